package aws

import (
	"net/http"
	"slices"
	"strings"
)

// nobody gives the first principal of a resource's policy that is not there;
// empty when all are. The vendor refuses to keep such a policy, which is why one
// account's policy can't name another's role before that role was made (IAM User
// Guide, "AWS JSON policy elements: Principal").
func (s *Server) nobody(statements []statement) string {
	for _, one := range statements {
		kinds, named := one.Principal.(map[string]any)
		if !named && one.Principal != "*" {
			return "no principal"
		}
		for _, principal := range wordsOf(kinds["AWS"]) {
			if !s.isThere(principal) {
				return principal
			}
		}
		for _, principal := range wordsOf(kinds["Service"]) {
			if !strings.HasSuffix(principal, ".amazonaws.com") {
				return principal
			}
		}
	}
	return ""
}

// isThere says whether an account, a role or a user stands. Accounts that are not
// imitated are somebody else's, the vendor's own among them: what they hold is
// believed.
func (s *Server) isThere(principal string) bool {
	parts := strings.SplitN(principal, ":", 6)
	if principal == "*" || len(parts) < 6 && len(principal) == 12 {
		return true
	}
	if len(parts) < 6 || parts[2] != "iam" {
		return false
	}
	holder := s.accounts[parts[4]]
	if holder == nil || parts[5] == "root" {
		return true
	}
	if strings.HasPrefix(parts[5], "user/") {
		return slices.ContainsFunc(state[iamState](holder, "iam").users.all(), func(u *user) bool { return u.ARN == principal })
	}
	_, _, err := s.role(principal)
	return err == nil
}

// aboutBuckets are the actions on a bucket; the others that a policy of ours may
// name are on its objects.
var aboutBuckets = []string{"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads", "s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketPolicy", "s3:PutBucketPolicy"}

// judgeBucketPolicy refuses a policy as the store does: no JSON, somebody who is
// not there, another bucket's things, an action that none of the named resources
// knows.
func (c *call) judgeBucketPolicy(bucket string, document []byte) error {
	malformed := func(message string) error {
		return refuse(http.StatusBadRequest, "MalformedPolicy", "%s", message)
	}
	statements, err := statementsOf(string(document))
	if err != nil {
		return malformed("Policies must be valid JSON and the first byte must be '{'")
	}
	if c.server.nobody(statements) != "" {
		return malformed("Invalid principal in policy")
	}
	own := "arn:aws:s3:::" + bucket
	for _, one := range statements {
		resources, actions := wordsOf(one.Resource), wordsOf(one.Action)
		whole := slices.ContainsFunc(resources, func(arn string) bool { return !strings.Contains(arn, "/") })
		within := slices.ContainsFunc(resources, func(arn string) bool { return strings.Contains(arn, "/") || strings.HasSuffix(arn, "*") })
		for _, arn := range resources {
			if arn != own && !strings.HasPrefix(arn, own+"/") && arn != own+"*" {
				return malformed("Policy has invalid resource")
			}
		}
		for _, action := range actions {
			if len(resources) == 0 || strings.Contains(action, "*") {
				continue // NotResource, or a pattern that knows something of either
			}
			if onBucket := slices.Contains(aboutBuckets, action); onBucket && !whole || !onBucket && !within {
				return malformed("Action does not apply to any resource(s) in statement")
			}
		}
	}
	return nil
}
