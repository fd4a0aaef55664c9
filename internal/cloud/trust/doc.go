// Package trust judges who may take a role by a token of OpenID Connect: the
// trust policy of an IAM role held against the claims of a token, and the
// mistakes that let strangers in.
//
// It evaluates as IAM does where both agree on what a document means, and
// refuses what it can't judge: an operator that it does not know, a policy
// variable, a condition about something that is not in the token. What it allows
// IAM allows; the contrary is not promised.
//
// Sources: AWS IAM User Guide, "JSON policy elements: Condition operators" and
// "Multivalued context keys"; GitHub, "OpenID Connect reference"; Atlassian,
// "Integrate Pipelines with resource servers using OIDC".
package trust
