// Package plan holds Terraform's code and its plans against the rules of the
// house, in Go: no tool, no policy language beside it.
//
// Two readings, one list of rules (rule.go):
//
//   - Scan reads the HCL as text, without Terraform: every layer there, modules
//     of what is read alone, providers guarded and pinned, backends locked, no
//     literal of an account, a region or a host.
//   - Judge reads the plans of one account as `terraform show -json` gives them:
//     what would really stand there, with the tags, policies and task definitions
//     that the provider computed.
//
// A Breach names its rule, where it stands (file and line, or layer and address),
// what was found and how to mend it. What a rule must read and a plan does not
// know yet is a breach of its own ("unreadable"): silence is no proof.
//
// Sources: developer.hashicorp.com/terraform/internals/json-format; the AWS
// provider's documents of each resource; docs.aws.amazon.com/IAM/latest/UserGuide
// (trust policies for OIDC federation).
//
// Invariants: both readings are pure but for Scan's reading of the tree; the same
// tree gives the same breaches in the same order.
package plan
