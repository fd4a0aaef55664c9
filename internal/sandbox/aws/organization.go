package aws

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// organization is what the management account holds of all. It lies with that
// account; members find it through organizationOf.
type organization struct {
	id         string
	management string // id of the account
	types      []string
	trusted    []trusted // services that may act in every account
	delegated  []delegated
	members    shelf[member] // by account id
	units      shelf[unit]   // by id, the root among them
	policies   shelf[guardrail]
	joining    map[string]doc // what became of a request for an account
	tags       map[string]map[string]string
}

type trusted struct {
	service string
	since   time.Time
}

// delegated is a member that a service takes for the organization's keeper.
type delegated struct {
	account, service string
	since            time.Time
}

// member is an account of the organization, in a unit.
type member struct {
	id, name, email, unit, method string
	since                         time.Time
}

// unit holds accounts and units; the root is the one without a parent.
type unit struct{ id, name, parent string }

const (
	guardrails = "SERVICE_CONTROL_POLICY"
	fullAccess = "p-FullAWSAccess"
)

func organizationCalls() map[string]handler {
	calls := map[string]handler{
		"CreateOrganization": jsonCall(createOrganization), "DescribeOrganization": asMember(describeOrganization), "DeleteOrganization": kept(deleteOrganization),
		"ListRoots": kept(listRoots), "EnablePolicyType": kept(enableType), "DisablePolicyType": kept(disableType),
		"EnableAWSServiceAccess": kept(trustService), "DisableAWSServiceAccess": kept(distrustService), "ListAWSServiceAccessForOrganization": kept(listTrusted),
		"RegisterDelegatedAdministrator": kept(registerDelegate), "DeregisterDelegatedAdministrator": kept(deregisterDelegate), "ListDelegatedAdministrators": kept(listDelegates),
		"TagResource": kept(tagMember), "UntagResource": kept(untagMember), "ListTagsForResource": kept(listMemberTags),
	}
	for _, more := range []map[string]handler{memberCalls(), guardrailCalls()} {
		for name, handle := range more {
			calls[name] = handle
		}
	}
	return calls
}

// organizationOf finds the organization that an account belongs to.
func (s *Server) organizationOf(accountID string) *organization {
	for _, a := range s.accounts {
		if o, ok := a.services["organizations"].(*organization); ok && o.id != "" && o.members[accountID] != nil {
			return o
		}
	}
	return nil
}

// asMember finds the caller's organization for fn; any member may ask.
func asMember[In any](fn func(c *call, o *organization, in In) (any, error)) handler {
	return jsonCall(func(c *call, in In) (any, error) {
		o := c.server.organizationOf(c.account.ID)
		if o == nil {
			return nil, refuse(http.StatusBadRequest, "AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
		}
		return fn(c, o, in)
	})
}

// kept is asMember for what only the management account may do.
func kept[In any](fn func(c *call, o *organization, in In) (any, error)) handler {
	return asMember(func(c *call, o *organization, in In) (any, error) {
		if o.management != c.account.ID {
			return nil, refuse(http.StatusBadRequest, "AccessDeniedException", "You don't have permissions to access this resource.")
		}
		return fn(c, o, in)
	})
}

func (o *organization) arn(kind, id string) string {
	return "arn:aws:organizations::" + o.management + ":" + kind + "/" + o.id + strings.TrimSuffix("/"+id, "/")
}

// root is the id of the unit above all.
func (o *organization) root() string { return "r-" + o.management[len(o.management)-4:] }

func (o *organization) about() doc {
	types := []doc{}
	for _, name := range o.types {
		types = append(types, doc{"Type": name, "Status": "ENABLED"})
	}
	return doc{
		"Id": o.id, "Arn": "arn:aws:organizations::" + o.management + ":organization/" + o.id, "FeatureSet": "ALL", "MasterAccountId": o.management,
		"MasterAccountArn": o.arn("account", o.management), "MasterAccountEmail": o.members[o.management].email, "AvailablePolicyTypes": types,
	}
}

func createOrganization(c *call, in struct{ FeatureSet string }) (any, error) {
	if c.server.organizationOf(c.account.ID) != nil {
		return nil, refuse(http.StatusBadRequest, "AlreadyInOrganizationException", "The AWS account is already a member of an organization.")
	}
	if in.FeatureSet != "" && in.FeatureSet != "ALL" {
		return nil, refuse(http.StatusBadRequest, "InvalidInputException", "the stand-in has organizations with all features only")
	}
	return doc{"Organization": c.server.organize(c.account).about()}, nil
}

// organize makes the organization of an account, which is alone in it.
func (s *Server) organize(a *account) *organization {
	o := state[organization](a, "organizations")
	now := s.config.Now()
	*o = organization{id: "o-" + a.ID, management: a.ID, joining: map[string]doc{}, tags: map[string]map[string]string{}}
	o.units.put(o.root(), &unit{id: o.root(), name: "Root"})
	o.members.put(a.ID, &member{id: a.ID, name: a.Name, email: a.Name + "@root.invalid", unit: o.root(), method: "INVITED", since: now})
	o.policies.put(fullAccess, &guardrail{
		id: fullAccess, name: "FullAWSAccess", says: "Allows access to every operation", kind: guardrails, vendors: true,
		content: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`,
	})
	return o
}

// MakeOrganization makes an organization of two accounts without a call, if the
// first has none: the second keeps its trail and its watch, as the layer that
// comes before the watch's would have said.
func (s *Server) MakeOrganization(managementID, keeperID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	management, keeper := s.accounts[managementID], s.accounts[keeperID]
	if management == nil || keeper == nil || s.organizationOf(managementID) != nil || s.organizationOf(keeperID) != nil {
		return
	}
	o, now := s.organize(management), s.config.Now()
	o.members.put(keeperID, &member{id: keeperID, name: keeper.Name, email: keeper.Name + "@root.invalid", unit: o.root(), method: "INVITED", since: now})
	for _, service := range []string{trailService, watchService} {
		o.trusted = append(o.trusted, trusted{service, now})
		o.delegated = append(o.delegated, delegated{keeperID, service, now})
	}
	s.openWatch(keeper)
}

func describeOrganization(_ *call, o *organization, _ doc) (any, error) {
	return doc{"Organization": o.about()}, nil
}

func deleteOrganization(c *call, o *organization, _ doc) (any, error) {
	if len(o.members) > 1 || len(o.units) > 1 {
		return nil, refuse(http.StatusBadRequest, "OrganizationNotEmptyException", "To delete an organization you must first remove all member accounts and units (except the master).")
	}
	delete(c.account.services, "organizations")
	return nil, nil
}

func listRoots(_ *call, o *organization, _ doc) (any, error) {
	about := o.about()
	return doc{"Roots": []doc{{"Id": o.root(), "Arn": o.arn("root", o.root()), "Name": "Root", "PolicyTypes": about["AvailablePolicyTypes"]}}}, nil
}

// typeCall is about a type of policy at the root.
type typeCall struct {
	RootID     string `json:"RootId"`
	PolicyType string
}

func enableType(_ *call, o *organization, in typeCall) (any, error) {
	known := []string{guardrails, "RESOURCE_CONTROL_POLICY", "TAG_POLICY", "BACKUP_POLICY", "AISERVICES_OPT_OUT_POLICY", "CHATBOT_POLICY", "DECLARATIVE_POLICY_EC2", "SECURITYHUB_POLICY"}
	switch {
	case in.RootID != o.root():
		return nil, refuse(http.StatusBadRequest, "RootNotFoundException", "You specified a root that doesn't exist.")
	case !slices.Contains(known, in.PolicyType):
		return nil, refuse(http.StatusBadRequest, "InvalidInputException", "You provided an invalid value for PolicyType: %s", in.PolicyType)
	case slices.Contains(o.types, in.PolicyType):
		return nil, refuse(http.StatusBadRequest, "PolicyTypeAlreadyEnabledException", "The specified policy type is already enabled.")
	}
	o.types = append(o.types, in.PolicyType)
	if in.PolicyType == guardrails { // the vendor hangs its own on all there is
		o.policies[fullAccess].targets = append(o.units.names(), o.members.names()...)
	}
	return listedRoot(o), nil
}

func disableType(_ *call, o *organization, in typeCall) (any, error) {
	if !slices.Contains(o.types, in.PolicyType) {
		return nil, refuse(http.StatusBadRequest, "PolicyTypeNotEnabledException", "The policy type %s isn't enabled.", in.PolicyType)
	}
	o.types = slices.DeleteFunc(o.types, func(name string) bool { return name == in.PolicyType })
	for _, p := range o.policies {
		if p.kind == in.PolicyType {
			p.targets = nil
		}
	}
	return listedRoot(o), nil
}

func listedRoot(o *organization) doc {
	return doc{"Root": doc{"Id": o.root(), "Arn": o.arn("root", o.root()), "Name": "Root", "PolicyTypes": o.about()["AvailablePolicyTypes"]}}
}

type trustCall struct{ ServicePrincipal string }

func trustService(c *call, o *organization, in trustCall) (any, error) {
	if !strings.HasSuffix(in.ServicePrincipal, ".amazonaws.com") {
		return nil, refuse(http.StatusBadRequest, "InvalidInputException", "You specified an invalid value for ServicePrincipal: %s", in.ServicePrincipal)
	}
	if !o.trusts(in.ServicePrincipal) {
		o.trusted = append(o.trusted, trusted{in.ServicePrincipal, c.server.config.Now()})
	}
	return nil, nil
}

func (o *organization) trusts(service string) bool {
	return slices.ContainsFunc(o.trusted, func(t trusted) bool { return t.service == service })
}

func distrustService(_ *call, o *organization, in trustCall) (any, error) {
	if slices.ContainsFunc(o.delegated, func(d delegated) bool { return d.service == in.ServicePrincipal }) {
		return nil, constraint("CANNOT_DISABLE_TRUSTED_ACCESS", "deregister the delegated administrators of %s first", in.ServicePrincipal)
	}
	o.trusted = slices.DeleteFunc(o.trusted, func(t trusted) bool { return t.service == in.ServicePrincipal })
	return nil, nil
}

func listTrusted(_ *call, o *organization, _ doc) (any, error) {
	found := []doc{}
	for _, t := range o.trusted {
		found = append(found, doc{"ServicePrincipal": t.service, "DateEnabled": seconds(t.since)})
	}
	return doc{"EnabledServicePrincipals": found}, nil
}

// constraint is the refusal of what breaks one of the organization's rules.
func constraint(reason, format string, args ...any) *failure {
	return refuse(http.StatusBadRequest, "ConstraintViolationException", "%s: %s", reason, fmt.Sprintf(format, args...))
}

type delegateCall struct {
	AccountID        string `json:"AccountId"`
	ServicePrincipal string
}

func registerDelegate(c *call, o *organization, in delegateCall) (any, error) {
	return nil, o.delegate(c, in.AccountID, in.ServicePrincipal)
}

// delegate lets a service take a member for the organization's keeper. The
// services' own calls end here too.
func (o *organization) delegate(c *call, accountID, service string) error {
	switch {
	case o.members[accountID] == nil:
		return refuse(http.StatusBadRequest, "AccountNotFoundException", "You specified an account that doesn't exist.")
	case accountID == o.management:
		return constraint("CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR", "the management account keeps the organization as it is")
	case !o.trusts(service):
		return constraint("SERVICE_ACCESS_NOT_ENABLED", "%s may not act in the organization", service)
	case o.isDelegate(accountID, service):
		return refuse(http.StatusBadRequest, "AccountAlreadyRegisteredException", "The specified account is already a delegated administrator for this service.")
	}
	o.delegated = append(o.delegated, delegated{accountID, service, c.server.config.Now()})
	return nil
}

func (o *organization) isDelegate(accountID, service string) bool {
	return slices.ContainsFunc(o.delegated, func(d delegated) bool { return d.account == accountID && d.service == service })
}

func deregisterDelegate(_ *call, o *organization, in delegateCall) (any, error) {
	return nil, o.recall(in.AccountID, in.ServicePrincipal)
}

func (o *organization) recall(accountID, service string) error {
	if !o.isDelegate(accountID, service) {
		return refuse(http.StatusBadRequest, "AccountNotRegisteredException", "The specified account is not a delegated administrator for this service.")
	}
	o.delegated = slices.DeleteFunc(o.delegated, func(d delegated) bool { return d.account == accountID && d.service == service })
	return nil
}

func listDelegates(_ *call, o *organization, in trustCall) (any, error) {
	found := []doc{}
	for _, d := range o.delegated {
		if in.ServicePrincipal != "" && in.ServicePrincipal != d.service {
			continue
		}
		told := o.tell(o.members[d.account])
		told["DelegationEnabledDate"] = seconds(d.since)
		found = append(found, told)
	}
	return doc{"DelegatedAdministrators": found}, nil
}

// tagging is a call about the tags of one thing of the organization.
type tagging struct {
	ResourceID string `json:"ResourceId"`
	Tags       []labelled
	TagKeys    []string
}

// labelled is a tag as the JSON protocol writes it.
type labelled struct{ Key, Value string }

func (o *organization) label(id string, tags []labelled) {
	if o.tags[id] == nil {
		o.tags[id] = map[string]string{}
	}
	for _, t := range tags {
		o.tags[id][t.Key] = t.Value
	}
}

func (o *organization) holds(id string) error {
	if id == o.root() || o.members[id] != nil || o.units[id] != nil || o.policies[id] != nil {
		return nil
	}
	return refuse(http.StatusBadRequest, "TargetNotFoundException", "You specified a target that doesn't exist: %s", id)
}

func tagMember(_ *call, o *organization, in tagging) (any, error) {
	if err := o.holds(in.ResourceID); err != nil {
		return nil, err
	}
	o.label(in.ResourceID, in.Tags)
	return nil, nil
}

func untagMember(_ *call, o *organization, in tagging) (any, error) {
	if err := o.holds(in.ResourceID); err != nil {
		return nil, err
	}
	for _, key := range in.TagKeys {
		delete(o.tags[in.ResourceID], key)
	}
	return nil, nil
}

func listMemberTags(_ *call, o *organization, in tagging) (any, error) {
	if err := o.holds(in.ResourceID); err != nil {
		return nil, err
	}
	return doc{"Tags": labels(o.tags[in.ResourceID])}, nil
}

// labels lists tags in the order of their keys.
func labels(tags map[string]string) []labelled {
	listed := []labelled{}
	for _, key := range sortedKeys(tags) {
		listed = append(listed, labelled{key, tags[key]})
	}
	return listed
}
