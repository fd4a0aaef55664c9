package aws

// passed says whether a service may take a role that it was handed: the role is
// the account's own and its trust lets the service in for this account. source
// is the ARN that the service acts for, empty when it says none.
//
// Whether the caller may hand the role over (iam:PassRole) is not asked, as with
// all permissions of identities.
func (c *call) passed(arn, principal, source string) bool {
	holder, held, err := c.server.role(arn)
	if err != nil || holder != c.account {
		return false
	}
	asked := request{action: "sts:AssumeRole", principals: map[string][]string{"Service": {principal}}, claims: map[string][]string{"aws:SourceAccount": {c.account.ID}}}
	if source != "" {
		asked.claims["aws:SourceArn"] = []string{source}
	}
	allowed, err := evaluate(held.Trust, asked)
	return err == nil && allowed
}
