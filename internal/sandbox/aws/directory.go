package aws

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
)

// directory holds the people of an organization and their rights: the Identity
// Center of its management account. Somebody enabled it by hand in a console, so
// the instance and the store that the account names first are taken for it, and
// no other.
type directory struct {
	instance, store string

	users   shelf[doc]
	groups  shelf[doc]
	joined  shelf[doc] // memberships
	rights  shelf[right]
	grants  []grant
	request map[string]doc // what became of a grant that was asked for or taken back
}

// directory finds the directory of the caller, who must keep the organization.
func (c *call) directory() (*directory, error) {
	o := c.server.organizationOf(c.account.ID)
	if o == nil || o.management != c.account.ID {
		return nil, refuse(http.StatusBadRequest, "AccessDeniedException", "User: %s is not authorized to perform: %s:%s", c.principal, c.service, c.action)
	}
	return state[directory](c.account, "directory"), nil
}

func storeCalls() map[string]handler {
	return map[string]handler{
		"CreateUser": stored(createPerson), "DescribeUser": stored(describePerson), "UpdateUser": stored(updatePerson), "DeleteUser": stored(deletePerson),
		"CreateGroup": stored(createCircle), "DescribeGroup": stored(describeCircle), "UpdateGroup": stored(updateCircle), "DeleteGroup": stored(deleteCircle),
		"CreateGroupMembership": stored(join), "DescribeGroupMembership": stored(describeJoin), "DeleteGroupMembership": stored(leave),
	}
}

// The forms of a store's id and of an instance's ARN.
var (
	storeID     = regexp.MustCompile(`^d-[0-9a-f]{10}$|^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	instanceARN = regexp.MustCompile(`^arn:aws:sso:::instance/(sso)?ins-[a-zA-Z0-9-.]{16}$`)
)

// stored finds the directory by the id of its store.
func stored(fn func(c *call, d *directory, in doc) (any, error)) handler {
	return jsonCall(func(c *call, in doc) (any, error) {
		d, err := c.directory()
		if err != nil {
			return nil, err
		}
		id := text(in, "IdentityStoreId")
		if d.store == "" && storeID.MatchString(id) {
			d.store = id
		}
		if id == "" || d.store != id {
			return nil, refuse(http.StatusBadRequest, "ResourceNotFoundException", "there is no store %s", id)
		}
		return fn(c, d, in)
	})
}

// inStore finds a thing of the store by the id in a field of the call.
func inStore(held shelf[doc], in doc, field string) (doc, error) {
	if found := held[text(in, field)]; found != nil {
		return *found, nil
	}
	return nil, refuse(http.StatusBadRequest, "ResourceNotFoundException", "%s %s not found", field, text(in, field))
}

// free refuses a name that another one has.
func free(held shelf[doc], field, name string) error {
	if name == "" {
		return refuse(http.StatusBadRequest, "ValidationException", "%s must not be empty", field)
	}
	for _, other := range held {
		if text(*other, field) == name {
			return refuse(http.StatusBadRequest, "ConflictException", "Duplicate %s", field)
		}
	}
	return nil
}

// storedID is an id of the store's kind: a UUID.
func (c *call) storedID() string {
	return fmt.Sprintf("00000000-0000-4000-8000-%012d", c.account.next())
}

func createPerson(c *call, d *directory, in doc) (any, error) {
	if err := free(d.users, "UserName", text(in, "UserName")); err != nil {
		return nil, err
	}
	name, _ := in["Name"].(doc)
	if text(in, "DisplayName") == "" || text(name, "GivenName") == "" || text(name, "FamilyName") == "" {
		return nil, refuse(http.StatusBadRequest, "ValidationException", "a user has a display name, a given name and a family name")
	}
	if emails, _ := in["Emails"].([]any); len(emails) > 0 {
		if first, _ := emails[0].(doc); !mailAddress.MatchString(text(first, "Value")) {
			return nil, refuse(http.StatusBadRequest, "ValidationException", "%q is no address", text(first, "Value"))
		}
	}
	in["UserId"] = c.storedID()
	d.users.put(text(in, "UserId"), &in)
	return doc{"UserId": in["UserId"], "IdentityStoreId": in["IdentityStoreId"]}, nil
}

func describePerson(_ *call, d *directory, in doc) (any, error) {
	return inStore(d.users, in, "UserId")
}

func updatePerson(_ *call, d *directory, in doc) (any, error) {
	held, err := inStore(d.users, in, "UserId")
	if err != nil {
		return nil, err
	}
	return nil, operate(held, in)
}

// storeFields are the paths that an update may name, and the fields they stand
// for.
var storeFields = map[string]string{"displayName": "DisplayName", "description": "Description"}

// operate sets the fields that an update names.
func operate(held, in doc) error {
	operations, _ := in["Operations"].([]any)
	for _, one := range operations {
		operation, _ := one.(doc)
		path := text(operation, "AttributePath")
		name, _ := held["Name"].(doc)
		switch field := storeFields[path]; {
		case field != "":
			held[field] = operation["AttributeValue"]
		case path == "name.givenName" && name != nil:
			name["GivenName"] = operation["AttributeValue"]
		case path == "name.familyName" && name != nil:
			name["FamilyName"] = operation["AttributeValue"]
		case path == "emails":
			held["Emails"] = capitalised(operation["AttributeValue"])
		default:
			return refuse(http.StatusBadRequest, "ValidationException", "the stand-in changes no %s", path)
		}
	}
	return nil
}

// capitalised turns addresses as an update writes them (value, primary) into what
// is read back (Value, Primary).
func capitalised(value any) any {
	var addresses []struct {
		Value, Type string
		Primary     bool
	}
	raw, err := json.Marshal(value)
	if err != nil || json.Unmarshal(raw, &addresses) != nil {
		return value
	}
	written := []any{}
	for _, a := range addresses {
		told := doc{"Value": a.Value, "Primary": a.Primary}
		if a.Type != "" {
			told["Type"] = a.Type
		}
		written = append(written, told)
	}
	return written
}

func deletePerson(_ *call, d *directory, in doc) (any, error) {
	if _, err := inStore(d.users, in, "UserId"); err != nil {
		return nil, err
	}
	delete(d.users, text(in, "UserId"))
	d.unjoin(func(m doc) bool { return memberOf(m) == text(in, "UserId") })
	return nil, nil
}

func createCircle(c *call, d *directory, in doc) (any, error) {
	if err := free(d.groups, "DisplayName", text(in, "DisplayName")); err != nil {
		return nil, err
	}
	in["GroupId"] = c.storedID()
	d.groups.put(text(in, "GroupId"), &in)
	return doc{"GroupId": in["GroupId"], "IdentityStoreId": in["IdentityStoreId"]}, nil
}

func describeCircle(_ *call, d *directory, in doc) (any, error) {
	return inStore(d.groups, in, "GroupId")
}

func updateCircle(_ *call, d *directory, in doc) (any, error) {
	held, err := inStore(d.groups, in, "GroupId")
	if err != nil {
		return nil, err
	}
	return nil, operate(held, in)
}

func deleteCircle(_ *call, d *directory, in doc) (any, error) {
	if _, err := inStore(d.groups, in, "GroupId"); err != nil {
		return nil, err
	}
	delete(d.groups, text(in, "GroupId"))
	d.unjoin(func(m doc) bool { return m["GroupId"] == in["GroupId"] })
	return nil, nil
}

// memberOf is the person of a membership.
func memberOf(m doc) string {
	who, _ := m["MemberId"].(doc)
	return text(who, "UserId")
}

func (d *directory) unjoin(gone func(m doc) bool) {
	for id, m := range d.joined {
		if gone(*m) {
			delete(d.joined, id)
		}
	}
}

func join(c *call, d *directory, in doc) (any, error) {
	if d.groups[text(in, "GroupId")] == nil || d.users[memberOf(in)] == nil {
		return nil, refuse(http.StatusBadRequest, "ResourceNotFoundException", "group %s or user %s not found", text(in, "GroupId"), memberOf(in))
	}
	same := func(m *doc) bool { return (*m)["GroupId"] == in["GroupId"] && memberOf(*m) == memberOf(in) }
	if slices.ContainsFunc(d.joined.all(), same) {
		return nil, refuse(http.StatusBadRequest, "ConflictException", "Member and Group relationship already exists.")
	}
	in["MembershipId"] = c.storedID()
	d.joined.put(text(in, "MembershipId"), &in)
	return doc{"MembershipId": in["MembershipId"], "IdentityStoreId": in["IdentityStoreId"]}, nil
}

func describeJoin(_ *call, d *directory, in doc) (any, error) {
	return inStore(d.joined, in, "MembershipId")
}

func leave(_ *call, d *directory, in doc) (any, error) {
	if _, err := inStore(d.joined, in, "MembershipId"); err != nil {
		return nil, err
	}
	delete(d.joined, text(in, "MembershipId"))
	return nil, nil
}
