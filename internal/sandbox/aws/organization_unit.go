package aws

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

func memberCalls() map[string]handler {
	return map[string]handler{
		"CreateOrganizationalUnit": kept(createUnit), "DescribeOrganizationalUnit": kept(describeUnit), "UpdateOrganizationalUnit": kept(updateUnit),
		"DeleteOrganizationalUnit": kept(deleteUnit), "ListOrganizationalUnitsForParent": kept(listUnits), "ListParents": kept(listParents),
		"ListAccountsForParent": kept(listAccountsOfUnit), "CreateAccount": kept(createMember), "DescribeCreateAccountStatus": kept(describeJoining),
		"DescribeAccount": kept(describeMember), "ListAccounts": kept(listMembers), "MoveAccount": kept(moveMember),
		"RemoveAccountFromOrganization": kept(removeMember),
	}
}

type unitCall struct {
	OrganizationalUnitID string `json:"OrganizationalUnitId"`
	ParentID             string `json:"ParentId"`
	ChildID              string `json:"ChildId"`
	Name                 string
	Tags                 []labelled
}

// unit finds one that is not the root.
func (o *organization) unit(id string) (*unit, error) {
	if found := o.units[id]; found != nil && found.parent != "" {
		return found, nil
	}
	return nil, refuse(http.StatusBadRequest, "OrganizationalUnitNotFoundException", "You specified an organizational unit that doesn't exist.")
}

func (o *organization) tellUnit(u *unit) doc {
	return doc{"OrganizationalUnit": doc{"Id": u.id, "Arn": o.arn("ou", u.id), "Name": u.name}}
}

const longestUnitName = 128

func createUnit(c *call, o *organization, in unitCall) (any, error) {
	if o.units[in.ParentID] == nil {
		return nil, refuse(http.StatusBadRequest, "ParentNotFoundException", "You specified parent that doesn't exist.")
	}
	if in.Name == "" || len(in.Name) > longestUnitName {
		return nil, refuse(http.StatusBadRequest, "InvalidInputException", "You provided a name that isn't valid: %q", in.Name)
	}
	for _, u := range o.units {
		if u.parent == in.ParentID && u.name == in.Name {
			return nil, refuse(http.StatusBadRequest, "DuplicateOrganizationalUnitException", "An OU with the same name exists.")
		}
	}
	made := &unit{id: fmt.Sprintf("ou-%s-%08x", strings.TrimPrefix(o.root(), "r-"), c.account.next()), name: in.Name, parent: in.ParentID}
	o.units.put(made.id, made)
	o.label(made.id, in.Tags)
	o.inherit(made.id)
	return o.tellUnit(made), nil
}

func describeUnit(_ *call, o *organization, in unitCall) (any, error) {
	u, err := o.unit(in.OrganizationalUnitID)
	if err != nil {
		return nil, err
	}
	return o.tellUnit(u), nil
}

func updateUnit(_ *call, o *organization, in unitCall) (any, error) {
	u, err := o.unit(in.OrganizationalUnitID)
	if err != nil {
		return nil, err
	}
	u.name = in.Name
	return o.tellUnit(u), nil
}

func deleteUnit(_ *call, o *organization, in unitCall) (any, error) {
	u, err := o.unit(in.OrganizationalUnitID)
	if err != nil {
		return nil, err
	}
	for _, other := range o.units {
		if other.parent == u.id {
			return nil, refuse(http.StatusBadRequest, "OrganizationalUnitNotEmptyException", "The organizational unit has units in it.")
		}
	}
	for _, m := range o.members {
		if m.unit == u.id {
			return nil, refuse(http.StatusBadRequest, "OrganizationalUnitNotEmptyException", "The organizational unit has accounts in it.")
		}
	}
	delete(o.units, u.id)
	o.disinherit(u.id)
	return nil, nil
}

func listUnits(_ *call, o *organization, in unitCall) (any, error) {
	found := []doc{}
	for _, u := range o.units.all() {
		if u.parent == in.ParentID {
			found = append(found, doc{"Id": u.id, "Arn": o.arn("ou", u.id), "Name": u.name})
		}
	}
	return doc{"OrganizationalUnits": found}, nil
}

func listParents(_ *call, o *organization, in unitCall) (any, error) {
	parent := ""
	if m := o.members[in.ChildID]; m != nil {
		parent = m.unit
	} else if u := o.units[in.ChildID]; u != nil {
		parent = u.parent
	}
	if parent == "" {
		return nil, refuse(http.StatusBadRequest, "ChildNotFoundException", "You specified a child that doesn't exist.")
	}
	kind := "ORGANIZATIONAL_UNIT"
	if parent == o.root() {
		kind = "ROOT"
	}
	return doc{"Parents": []doc{{"Id": parent, "Type": kind}}}, nil
}

func listAccountsOfUnit(_ *call, o *organization, in unitCall) (any, error) {
	found := []doc{}
	for _, m := range o.members.all() {
		if m.unit == in.ParentID {
			found = append(found, o.tell(m))
		}
	}
	return doc{"Accounts": found}, nil
}

// memberCall is about an account of the organization.
type memberCall struct {
	AccountID              string `json:"AccountId"`
	AccountName            string
	Email                  string
	IamUserAccessToBilling string
	RoleName               string
	SourceParentID         string `json:"SourceParentId"`
	DestinationParentID    string `json:"DestinationParentId"`
	CreateAccountRequestID string `json:"CreateAccountRequestId"`
	Tags                   []labelled
}

func (o *organization) tell(m *member) doc {
	return doc{"Id": m.id, "Arn": o.arn("account", m.id), "Name": m.name, "Email": m.email, "Status": "ACTIVE", "State": "ACTIVE", "JoinedMethod": m.method, "JoinedTimestamp": seconds(m.since)}
}

func (o *organization) member(id string) (*member, error) {
	if found := o.members[id]; found != nil {
		return found, nil
	}
	return nil, refuse(http.StatusBadRequest, "AccountNotFoundException", "You specified an account that doesn't exist.")
}

var mailAddress = regexp.MustCompile(`^[^\s@]+@[^\s@]+\.[^\s@]+$`)

const (
	longestAccountName = 50
	longestAddress     = 64
)

// createMember makes an account. One that the stand-in was made with gets the id
// that it was given there, so that accounts.yaml, which names it, is right; any
// other gets an id that nobody could know before.
func createMember(c *call, o *organization, in memberCall) (any, error) {
	if in.AccountName == "" || len(in.AccountName) > longestAccountName || len(in.Email) > longestAddress || !mailAddress.MatchString(in.Email) {
		return nil, refuse(http.StatusBadRequest, "InvalidInputException", "You specified an invalid value: account %q, address %q", in.AccountName, in.Email)
	}
	number := c.account.next()
	request := fmt.Sprintf("car-%08x", number)
	status := doc{"Id": request, "AccountName": in.AccountName, "State": "SUCCEEDED", "RequestedTimestamp": seconds(c.server.config.Now()), "CompletedTimestamp": seconds(c.server.config.Now())}
	o.joining[request] = status
	taken := func(m *member) bool { return strings.EqualFold(m.email, in.Email) }
	if slices.ContainsFunc(o.members.all(), taken) {
		status["State"], status["FailureReason"] = "FAILED", "EMAIL_ALREADY_EXISTS"
		return doc{"CreateAccountStatus": status}, nil
	}
	id := c.server.unmade(in.AccountName)
	if id == "" {
		id = fmt.Sprintf("2%011d", number)
		c.server.accounts[id] = &account{Account: Account{ID: id, Name: in.AccountName}, services: map[string]any{}}
	}
	status["AccountId"] = id
	o.members.put(id, &member{id: id, name: in.AccountName, email: in.Email, unit: o.root(), method: "CREATED", since: c.server.config.Now()})
	o.label(id, in.Tags)
	o.inherit(id)
	return doc{"CreateAccountStatus": status}, nil
}

// unmade finds the account of a name that is in no organization yet.
func (s *Server) unmade(name string) string {
	for _, id := range sortedKeys(s.accounts) {
		if s.accounts[id].Name == name && s.organizationOf(id) == nil {
			return id
		}
	}
	return ""
}

func describeJoining(_ *call, o *organization, in memberCall) (any, error) {
	if found := o.joining[in.CreateAccountRequestID]; found != nil {
		return doc{"CreateAccountStatus": found}, nil
	}
	return nil, refuse(http.StatusBadRequest, "CreateAccountStatusNotFoundException", "You specified a request that doesn't exist.")
}

func describeMember(_ *call, o *organization, in memberCall) (any, error) {
	m, err := o.member(in.AccountID)
	if err != nil {
		return nil, err
	}
	return doc{"Account": o.tell(m)}, nil
}

func listMembers(_ *call, o *organization, _ doc) (any, error) {
	found := []doc{}
	for _, m := range o.members.all() {
		found = append(found, o.tell(m))
	}
	return doc{"Accounts": found}, nil
}

func moveMember(_ *call, o *organization, in memberCall) (any, error) {
	m, err := o.member(in.AccountID)
	switch {
	case err != nil:
		return nil, err
	case m.unit != in.SourceParentID:
		return nil, refuse(http.StatusBadRequest, "SourceParentNotFoundException", "The account doesn't lie in %s.", in.SourceParentID)
	case o.units[in.DestinationParentID] == nil:
		return nil, refuse(http.StatusBadRequest, "DestinationParentNotFoundException", "You specified a destination that doesn't exist.")
	}
	m.unit = in.DestinationParentID
	return nil, nil
}

func removeMember(_ *call, o *organization, in memberCall) (any, error) {
	m, err := o.member(in.AccountID)
	if err != nil {
		return nil, err
	}
	if m.id == o.management {
		return nil, refuse(http.StatusBadRequest, "MasterCannotLeaveOrganizationException", "You can't remove a management account from an organization.")
	}
	if slices.ContainsFunc(o.delegated, func(d delegated) bool { return d.account == m.id }) {
		return nil, constraint("CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG", "%s keeps a service of the organization", m.id)
	}
	delete(o.members, m.id)
	o.disinherit(m.id)
	return nil, nil
}
