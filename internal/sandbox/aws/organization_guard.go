package aws

import (
	"net/http"
	"slices"
	"strings"
)

// guard refuses what the policies of the organization refuse to a session of a
// role. They bind every account but the one that manages, whatever rights the
// caller has there. An account's long-lived key passes: it stands for whoever
// keeps the organization.
func (s *Server) guard(c *call, spoken protocol) error {
	o := s.organizationOf(c.account.ID)
	if o == nil || c.assumed == "" || c.account.ID == o.management || c.service == "sts" || !slices.Contains(o.types, guardrails) {
		return nil
	}
	asked := request{action: c.permission(), resource: "*", claims: map[string][]string{"aws:PrincipalArn": {c.assumed}, "aws:RequestedRegion": {c.region}}}
	if boundary := c.form.Get("PermissionsBoundary"); boundary != "" {
		asked.claims["iam:PermissionsBoundary"] = []string{boundary}
	}
	for place := c.account.ID; place != ""; place = o.above(place) {
		allowed, denied := false, ""
		for _, p := range o.policies.all() {
			if p.kind != guardrails || !slices.Contains(p.targets, place) {
				continue
			}
			yes, no, err := verdict(p.content, asked)
			if err != nil {
				return err
			}
			if allowed = allowed || yes; no {
				denied = p.name
			}
		}
		if denied != "" || !allowed {
			return refuse(http.StatusForbidden, denialCode(c.service, spoken), "%s is not authorized to perform: %s with an explicit deny in a service control policy (%s on %s)", c.principal, asked.action, denied, place)
		}
	}
	return nil
}

// above is the unit in which an account or a unit lies; empty for the root.
func (o *organization) above(place string) string {
	if m := o.members[place]; m != nil {
		return m.unit
	}
	if u := o.units[place]; u != nil {
		return u.parent
	}
	return ""
}

// denialCode is how a service says that somebody may not.
func denialCode(service string, spoken protocol) string {
	switch {
	case spoken == ec2Protocol:
		return "UnauthorizedOperation"
	case spoken == queryProtocol, service == "s3":
		return "AccessDenied"
	}
	return "AccessDeniedException"
}

// permissions are the rights to calls that are called otherwise; of the REST
// services those that a policy might name.
var permissions = map[string]string{
	"s3:PutBucket": "s3:CreateBucket", "s3:ListBuckets": "s3:ListAllMyBuckets", "s3:HeadBucket": "s3:ListBucket", "s3:ListObjects": "s3:ListBucket",
	"s3:PutAccountBlock": "s3:PutAccountPublicAccessBlock", "s3:DeleteAccountBlock": "s3:PutAccountPublicAccessBlock", "s3:GetAccountBlock": "s3:GetAccountPublicAccessBlock",
	"route53:POSTZones": "route53:CreateHostedZone", "route53:DELETEZone": "route53:DeleteHostedZone", "route53:POSTZone:rrset": "route53:ChangeResourceRecordSets",
	"access-analyzer:PUTAnalyzer": "access-analyzer:CreateAnalyzer", "access-analyzer:DELETEAnalyzer": "access-analyzer:DeleteAnalyzer",
	"guardduty:POST detector": "guardduty:CreateDetector", "guardduty:POST detector/{id}": "guardduty:UpdateDetector", "guardduty:DELETE detector/{id}": "guardduty:DeleteDetector",
}

// permission names the right to a call.
func (c *call) permission() string {
	service := c.service
	if service == "monitoring" {
		service = "cloudwatch"
	}
	name := service + ":" + c.action
	if known, ok := permissions[name]; ok {
		return known
	}
	return strings.ReplaceAll(name, " ", "")
}
