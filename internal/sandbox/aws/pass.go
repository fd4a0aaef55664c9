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

// permitted says whether a role may do something: its own policies let it, its
// boundary does, and neither forbids it. What the organization's policies say is
// not asked.
func (c *call) permitted(held *role, action, resource string, claims map[string]string) bool {
	asked := request{action: action, resource: resource, claims: map[string][]string{"aws:RequestedRegion": {c.region}, "aws:ResourceAccount": {c.account.ID}}}
	for key, value := range claims {
		asked.claims[key] = []string{value}
	}
	own := make([]string, 0, len(held.Inline)+len(held.Attached))
	for _, document := range held.Inline {
		own = append(own, document)
	}
	for _, arn := range held.Attached {
		own = append(own, c.managed(arn))
	}
	if !weigh(own, asked) {
		return false
	}
	return held.Boundary == "" || weigh([]string{c.managed(held.Boundary)}, asked)
}

// managed gives the document of a policy of the account's own that is in force;
// what the vendor's say nobody here reads.
func (c *call) managed(arn string) string {
	if p := c.iam().policies[arn]; p != nil && p.Versions[p.Default] != nil {
		return p.Versions[p.Default].Document
	}
	return `{"Statement":[]}`
}

// weigh says what several documents say together.
func weigh(documents []string, asked request) bool {
	let := false
	for _, document := range documents {
		allowed, denied, err := verdict(document, asked)
		if err != nil || denied {
			return false
		}
		let = let || allowed
	}
	return let
}
