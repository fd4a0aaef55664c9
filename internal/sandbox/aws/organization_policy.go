package aws

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// guardrail is a policy of the organization and what it hangs on.
type guardrail struct {
	id, name, says, kind, content string
	vendors                       bool     // the vendor's own: nobody changes it
	targets                       []string // roots, units, accounts
}

func guardrailCalls() map[string]handler {
	return map[string]handler{
		"CreatePolicy": kept(createGuardrail), "DescribePolicy": kept(describeGuardrail), "UpdatePolicy": kept(updateGuardrail), "DeletePolicy": kept(deleteGuardrail),
		"ListPolicies": kept(listGuardrails), "AttachPolicy": kept(attachGuardrail), "DetachPolicy": kept(detachGuardrail),
		"ListTargetsForPolicy": kept(listTargets), "ListPoliciesForTarget": kept(listGuardrailsOf),
	}
}

type guardrailCall struct {
	PolicyID                         string `json:"PolicyId"`
	TargetID                         string `json:"TargetId"`
	Name, Description, Type, Content string
	Filter                           string
	Tags                             []labelled
}

const (
	longestGuardrail  = 5120
	mostOnOnePlace    = 5
	longestPolicyName = 128
)

// inherit hangs the vendor's own policy on what is new, where policies of that
// kind are on.
func (o *organization) inherit(id string) {
	if slices.Contains(o.types, guardrails) {
		o.policies[fullAccess].targets = append(o.policies[fullAccess].targets, id)
	}
}

// disinherit takes every policy off what goes.
func (o *organization) disinherit(id string) {
	for _, p := range o.policies {
		p.targets = slices.DeleteFunc(p.targets, func(target string) bool { return target == id })
	}
	delete(o.tags, id)
}

func (o *organization) tellSummary(p *guardrail) doc {
	arn := o.arn("policy", strings.ToLower(p.kind)+"/"+p.id)
	if p.vendors {
		arn = "arn:aws:organizations::aws:policy/" + strings.ToLower(p.kind) + "/" + p.id
	}
	return doc{"Id": p.id, "Arn": arn, "Name": p.name, "Description": p.says, "Type": p.kind, "AwsManaged": p.vendors}
}

func (o *organization) tellGuardrail(p *guardrail) doc {
	return doc{"Policy": doc{"PolicySummary": o.tellSummary(p), "Content": p.content}}
}

func (o *organization) guardrail(id string) (*guardrail, error) {
	if found := o.policies[id]; found != nil {
		return found, nil
	}
	return nil, refuse(http.StatusBadRequest, "PolicyNotFoundException", "You specified a policy that doesn't exist.")
}

// checkGuardrail holds a policy's text to the form that the organization takes:
// a denial or permission of actions on things, to nobody by name.
func checkGuardrail(kind, content string) error {
	malformed := func(format string, args ...any) error {
		return refuse(http.StatusBadRequest, "MalformedPolicyDocumentException", format, args...)
	}
	if kind != guardrails {
		if !json.Valid([]byte(content)) {
			return malformed("The provided policy document is not JSON.")
		}
		return nil
	}
	if len(content) > longestGuardrail {
		return constraint("POLICY_CONTENT_LIMIT_EXCEEDED", "a policy has %d characters at most, this one %d", longestGuardrail, len(content))
	}
	var document struct {
		Version   string
		Statement []map[string]any
	}
	if err := json.Unmarshal([]byte(content), &document); err != nil || document.Version != "2012-10-17" || len(document.Statement) == 0 {
		return malformed("The provided policy document does not meet the requirements of the specified policy type.")
	}
	for _, s := range document.Statement {
		one := func(a, b string) bool { return (s[a] == nil) != (s[b] == nil) }
		effect := s["Effect"]
		if effect != "Allow" && effect != "Deny" || !one("Action", "NotAction") || !one("Resource", "NotResource") || s["Principal"] != nil || s["NotPrincipal"] != nil {
			return malformed("The statement %v does not meet the requirements of the specified policy type.", s["Sid"])
		}
		for field := range s {
			if !slices.Contains([]string{"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}, field) {
				return malformed("The statement %v has a field %s.", s["Sid"], field)
			}
		}
		for _, action := range append(wordsOf(s["Action"]), wordsOf(s["NotAction"])...) {
			if action != "*" && !strings.Contains(action, ":") {
				return malformed("The statement %v names an action without its service: %s", s["Sid"], action)
			}
		}
	}
	return nil
}

func createGuardrail(c *call, o *organization, in guardrailCall) (any, error) {
	if in.Name == "" || len(in.Name) > longestPolicyName {
		return nil, refuse(http.StatusBadRequest, "InvalidInputException", "You provided a name that isn't valid: %q", in.Name)
	}
	if err := checkGuardrail(in.Type, in.Content); err != nil {
		return nil, err
	}
	for _, p := range o.policies {
		if p.name == in.Name && p.kind == in.Type {
			return nil, refuse(http.StatusBadRequest, "DuplicatePolicyException", "A policy with the same name already exists.")
		}
	}
	made := &guardrail{id: fmt.Sprintf("p-%08x", c.account.next()), name: in.Name, says: in.Description, kind: in.Type, content: in.Content}
	o.policies.put(made.id, made)
	o.label(made.id, in.Tags)
	return o.tellGuardrail(made), nil
}

func describeGuardrail(_ *call, o *organization, in guardrailCall) (any, error) {
	p, err := o.guardrail(in.PolicyID)
	if err != nil {
		return nil, err
	}
	return o.tellGuardrail(p), nil
}

func updateGuardrail(_ *call, o *organization, in guardrailCall) (any, error) {
	p, err := o.guardrail(in.PolicyID)
	if err != nil {
		return nil, err
	}
	if p.vendors {
		return nil, refuse(http.StatusBadRequest, "InvalidInputException", "IMMUTABLE_POLICY: the vendor's own policy is not changed.")
	}
	if in.Content != "" {
		if err := checkGuardrail(p.kind, in.Content); err != nil {
			return nil, err
		}
		p.content = in.Content
	}
	if in.Name != "" {
		p.name = in.Name
	}
	p.says = in.Description
	return o.tellGuardrail(p), nil
}

func deleteGuardrail(_ *call, o *organization, in guardrailCall) (any, error) {
	p, err := o.guardrail(in.PolicyID)
	if err != nil {
		return nil, err
	}
	if len(p.targets) > 0 {
		return nil, refuse(http.StatusBadRequest, "PolicyInUseException", "The policy is attached to one or more entities.")
	}
	delete(o.policies, p.id)
	delete(o.tags, p.id)
	return nil, nil
}

func listGuardrails(_ *call, o *organization, in guardrailCall) (any, error) {
	found := []doc{}
	for _, p := range o.policies.all() {
		if p.kind == in.Filter {
			found = append(found, o.tellSummary(p))
		}
	}
	return doc{"Policies": found}, nil
}

// on counts the policies of a kind that hang on a place.
func (o *organization) on(target, kind string) (count int) {
	for _, p := range o.policies {
		if p.kind == kind && slices.Contains(p.targets, target) {
			count++
		}
	}
	return count
}

func attachGuardrail(_ *call, o *organization, in guardrailCall) (any, error) {
	p, err := o.guardrail(in.PolicyID)
	if err != nil {
		return nil, err
	}
	switch {
	case o.units[in.TargetID] == nil && o.members[in.TargetID] == nil:
		return nil, refuse(http.StatusBadRequest, "TargetNotFoundException", "You specified a target that doesn't exist.")
	case !slices.Contains(o.types, p.kind):
		return nil, refuse(http.StatusBadRequest, "PolicyTypeNotEnabledException", "The policy type %s isn't enabled for the root.", p.kind)
	case slices.Contains(p.targets, in.TargetID):
		return nil, refuse(http.StatusBadRequest, "DuplicatePolicyAttachmentException", "The policy is already attached to the target.")
	case o.on(in.TargetID, p.kind) >= mostOnOnePlace:
		return nil, constraint("MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", "%d policies of one type fit on %s", mostOnOnePlace, in.TargetID)
	}
	p.targets = append(p.targets, in.TargetID)
	return nil, nil
}

func detachGuardrail(_ *call, o *organization, in guardrailCall) (any, error) {
	p, err := o.guardrail(in.PolicyID)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(p.targets, in.TargetID) {
		return nil, refuse(http.StatusBadRequest, "PolicyNotAttachedException", "The policy isn't attached to the target.")
	}
	if p.kind == guardrails && o.on(in.TargetID, p.kind) == 1 {
		return nil, constraint("MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", "%s keeps one policy at least", in.TargetID)
	}
	p.targets = slices.DeleteFunc(p.targets, func(target string) bool { return target == in.TargetID })
	return nil, nil
}

func listTargets(_ *call, o *organization, in guardrailCall) (any, error) {
	p, err := o.guardrail(in.PolicyID)
	if err != nil {
		return nil, err
	}
	found := []doc{}
	for _, target := range p.targets {
		switch m, u := o.members[target], o.units[target]; {
		case m != nil:
			found = append(found, doc{"TargetId": target, "Arn": o.arn("account", target), "Name": m.name, "Type": "ACCOUNT"})
		case target == o.root():
			found = append(found, doc{"TargetId": target, "Arn": o.arn("root", target), "Name": u.name, "Type": "ROOT"})
		default:
			found = append(found, doc{"TargetId": target, "Arn": o.arn("ou", target), "Name": u.name, "Type": "ORGANIZATIONAL_UNIT"})
		}
	}
	return doc{"Targets": found}, nil
}

func listGuardrailsOf(_ *call, o *organization, in guardrailCall) (any, error) {
	if o.units[in.TargetID] == nil && o.members[in.TargetID] == nil {
		return nil, refuse(http.StatusBadRequest, "TargetNotFoundException", "You specified a target that doesn't exist.")
	}
	found := []doc{}
	for _, p := range o.policies.all() {
		if p.kind == in.Filter && slices.Contains(p.targets, in.TargetID) {
			found = append(found, o.tellSummary(p))
		}
	}
	return doc{"Policies": found}, nil
}
