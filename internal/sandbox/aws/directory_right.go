package aws

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// right is a permission set: what may be done for how long, in the accounts that
// it is granted in.
type right struct {
	about    doc
	inline   string
	attached []string // ARNs of managed policies
	tags     map[string]string
}

// grant gives a right in an account to a person or a group.
type grant struct{ right, account, kind, who string }

type rightCall struct {
	InstanceArn, PermissionSetArn string
	Name, Description, RelayState string
	SessionDuration               string
	InlinePolicy                  string
	ManagedPolicyArn              string
	TargetID                      string `json:"TargetId"`
	AccountID                     string `json:"AccountId"`
	PrincipalType                 string
	PrincipalID                   string `json:"PrincipalId"`
	ResourceArn                   string
	TagKeys                       []string
	Tags                          []labelled

	AccountAssignmentCreationRequestID string `json:"AccountAssignmentCreationRequestId"`
	AccountAssignmentDeletionRequestID string `json:"AccountAssignmentDeletionRequestId"`
	ProvisionPermissionSetRequestID    string `json:"ProvisionPermissionSetRequestId"`
}

func rightCalls() map[string]handler {
	return map[string]handler{
		"CreatePermissionSet": entered(createRight), "DescribePermissionSet": entered(describeRight), "UpdatePermissionSet": entered(updateRight),
		"DeletePermissionSet": entered(deleteRight), "ListPermissionSets": entered(listRights), "PutInlinePolicyToPermissionSet": entered(putInlineOfRight),
		"GetInlinePolicyForPermissionSet": entered(getInlineOfRight), "DeleteInlinePolicyFromPermissionSet": entered(deleteInlineOfRight),
		"ProvisionPermissionSet": entered(provision), "DescribePermissionSetProvisioningStatus": entered(provisioned),
		"CreateAccountAssignment": entered(createGrant), "DescribeAccountAssignmentCreationStatus": entered(describeGranting),
		"DeleteAccountAssignment": entered(deleteGrant), "DescribeAccountAssignmentDeletionStatus": entered(describeTaking),
		"ListAccountAssignments": entered(listGrants), "ListTagsForResource": entered(listRightTags), "TagResource": entered(tagRight), "UntagResource": entered(untagRight),
		"ListManagedPoliciesInPermissionSet": entered(listManagedOfRight), "AttachManagedPolicyToPermissionSet": entered(attachToRight),
		"DetachManagedPolicyFromPermissionSet": entered(detachFromRight),
	}
}

// entered finds the directory by the ARN of its instance.
func entered(fn func(c *call, d *directory, in rightCall) (any, error)) handler {
	return jsonCall(func(c *call, in rightCall) (any, error) {
		d, err := c.directory()
		if err != nil {
			return nil, err
		}
		if d.instance == "" && instanceARN.MatchString(in.InstanceArn) {
			d.instance = in.InstanceArn
		}
		if in.InstanceArn == "" || d.instance != in.InstanceArn {
			return nil, refuse(http.StatusBadRequest, "ResourceNotFoundException", "Could not find Instance with ARN %s", in.InstanceArn)
		}
		if d.request == nil {
			d.request = map[string]doc{}
		}
		return fn(c, d, in)
	})
}

func (d *directory) right(arn string) (*right, error) {
	if found := d.rights[arn]; found != nil {
		return found, nil
	}
	return nil, refuse(http.StatusBadRequest, "ResourceNotFoundException", "Could not find PermissionSet with id %s", arn[strings.LastIndexByte(arn, '/')+1:])
}

// The forms of a right's name, of what it says and of how long it holds.
var (
	rightName  = regexp.MustCompile(`^[\w+=,.@-]{1,32}$`)
	rightSays  = regexp.MustCompile(`^[\t\n\r\x20-\x7E\x{00A1}-\x{00FF}]{0,700}$`)
	rightHours = regexp.MustCompile(`^(PT([1-9]|1[0-2])H(\d+M)?)?$`)
)

func checkRight(in rightCall) error {
	if !rightSays.MatchString(in.Description) || !rightHours.MatchString(in.SessionDuration) {
		return refuse(http.StatusBadRequest, "ValidationException", "the description %q or the duration %q does not satisfy its pattern", in.Description, in.SessionDuration)
	}
	return nil
}

func createRight(c *call, d *directory, in rightCall) (any, error) {
	if !rightName.MatchString(in.Name) {
		return nil, refuse(http.StatusBadRequest, "ValidationException", "the name %q does not satisfy its pattern", in.Name)
	}
	if err := checkRight(in); err != nil {
		return nil, err
	}
	for _, r := range d.rights {
		if r.about["Name"] == in.Name {
			return nil, refuse(http.StatusBadRequest, "ConflictException", "PermissionSet with name %s already exists.", in.Name)
		}
	}
	instance := in.InstanceArn[strings.LastIndexByte(in.InstanceArn, '/')+1:]
	arn := fmt.Sprintf("arn:aws:sso:::permissionSet/%s/ps-%016x", instance, c.account.next())
	r := &right{about: doc{"PermissionSetArn": arn, "Name": in.Name, "CreatedDate": seconds(c.server.config.Now())}, tags: map[string]string{}}
	r.set(in)
	for _, t := range in.Tags {
		r.tags[t.Key] = t.Value
	}
	d.rights.put(arn, r)
	return doc{"PermissionSet": r.about}, nil
}

// standardHours is how long a right holds when nobody says otherwise.
const standardHours = "PT1H"

// set writes what an update may change.
func (r *right) set(in rightCall) {
	for name, value := range map[string]string{"Description": in.Description, "RelayState": in.RelayState, "SessionDuration": in.SessionDuration} {
		if value != "" {
			r.about[name] = value
		}
	}
	if r.about["SessionDuration"] == nil {
		r.about["SessionDuration"] = standardHours
	}
}

func describeRight(_ *call, d *directory, in rightCall) (any, error) {
	r, err := d.right(in.PermissionSetArn)
	if err != nil {
		return nil, err
	}
	return doc{"PermissionSet": r.about}, nil
}

func updateRight(_ *call, d *directory, in rightCall) (any, error) {
	r, err := d.right(in.PermissionSetArn)
	if err != nil {
		return nil, err
	}
	if err := checkRight(in); err != nil {
		return nil, err
	}
	r.set(in)
	return nil, nil
}

func deleteRight(_ *call, d *directory, in rightCall) (any, error) {
	if _, err := d.right(in.PermissionSetArn); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(d.grants, func(g grant) bool { return g.right == in.PermissionSetArn }) {
		return nil, refuse(http.StatusBadRequest, "ConflictException", "PermissionSet is provisioned to accounts and cannot be deleted.")
	}
	delete(d.rights, in.PermissionSetArn)
	return nil, nil
}

func listRights(_ *call, d *directory, _ rightCall) (any, error) {
	return doc{"PermissionSets": d.rights.names()}, nil
}

// longestInline is how long a right's own policy may be.
const longestInline = 32768

func putInlineOfRight(_ *call, d *directory, in rightCall) (any, error) {
	r, err := d.right(in.PermissionSetArn)
	if err != nil {
		return nil, err
	}
	var document struct{ Statement any }
	if err := json.Unmarshal([]byte(in.InlinePolicy), &document); err != nil || document.Statement == nil || len(in.InlinePolicy) > longestInline {
		return nil, refuse(http.StatusBadRequest, "ValidationException", "The policy is not JSON, says nothing or is longer than %d characters", longestInline)
	}
	r.inline = in.InlinePolicy
	return nil, nil
}

func getInlineOfRight(_ *call, d *directory, in rightCall) (any, error) {
	r, err := d.right(in.PermissionSetArn)
	if err != nil {
		return nil, err
	}
	return doc{"InlinePolicy": r.inline}, nil
}

func deleteInlineOfRight(_ *call, d *directory, in rightCall) (any, error) {
	r, err := d.right(in.PermissionSetArn)
	if err != nil {
		return nil, err
	}
	r.inline = ""
	return nil, nil
}

// done notes that a request came to its end, which it does at once here.
func (d *directory) done(c *call, about doc) doc {
	about["RequestId"], about["Status"], about["CreatedDate"] = c.storedID(), "SUCCEEDED", seconds(c.server.config.Now())
	d.request[text(about, "RequestId")] = about
	return about
}

func (d *directory) outcome(field, id string) (any, error) {
	if found := d.request[id]; found != nil {
		return doc{field: found}, nil
	}
	return nil, refuse(http.StatusBadRequest, "ResourceNotFoundException", "Could not find the request %s", id)
}

func provision(c *call, d *directory, in rightCall) (any, error) {
	if _, err := d.right(in.PermissionSetArn); err != nil {
		return nil, err
	}
	return doc{"PermissionSetProvisioningStatus": d.done(c, doc{"PermissionSetArn": in.PermissionSetArn})}, nil
}

func provisioned(_ *call, d *directory, in rightCall) (any, error) {
	return d.outcome("PermissionSetProvisioningStatus", in.ProvisionPermissionSetRequestID)
}

func (in rightCall) grant() grant {
	return grant{in.PermissionSetArn, in.TargetID, in.PrincipalType, in.PrincipalID}
}

func (g grant) tell() doc {
	return doc{"PermissionSetArn": g.right, "TargetId": g.account, "TargetType": "AWS_ACCOUNT", "PrincipalType": g.kind, "PrincipalId": g.who}
}

func createGrant(c *call, d *directory, in rightCall) (any, error) {
	if _, err := d.right(in.PermissionSetArn); err != nil {
		return nil, err
	}
	who := d.groups
	if in.PrincipalType == "USER" {
		who = d.users
	}
	if who[in.PrincipalID] == nil {
		return nil, refuse(http.StatusBadRequest, "ResourceNotFoundException", "Could not find %s %s", in.PrincipalType, in.PrincipalID)
	}
	if c.server.organizationOf(c.account.ID).members[in.TargetID] == nil {
		return nil, refuse(http.StatusBadRequest, "ResourceNotFoundException", "The account %s is not in the organization", in.TargetID)
	}
	if g := in.grant(); !slices.Contains(d.grants, g) {
		d.grants = append(d.grants, g)
	}
	return doc{"AccountAssignmentCreationStatus": d.done(c, in.grant().tell())}, nil
}

func describeGranting(_ *call, d *directory, in rightCall) (any, error) {
	return d.outcome("AccountAssignmentCreationStatus", in.AccountAssignmentCreationRequestID)
}

func deleteGrant(c *call, d *directory, in rightCall) (any, error) {
	d.grants = slices.DeleteFunc(d.grants, func(g grant) bool { return g == in.grant() })
	return doc{"AccountAssignmentDeletionStatus": d.done(c, in.grant().tell())}, nil
}

func describeTaking(_ *call, d *directory, in rightCall) (any, error) {
	return d.outcome("AccountAssignmentDeletionStatus", in.AccountAssignmentDeletionRequestID)
}

func listGrants(_ *call, d *directory, in rightCall) (any, error) {
	found := []doc{}
	for _, g := range d.grants {
		if g.account == in.AccountID && g.right == in.PermissionSetArn {
			found = append(found, doc{"AccountId": g.account, "PermissionSetArn": g.right, "PrincipalType": g.kind, "PrincipalId": g.who})
		}
	}
	return doc{"AccountAssignments": found}, nil
}

func listRightTags(_ *call, d *directory, in rightCall) (any, error) {
	r, err := d.right(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	return doc{"Tags": labels(r.tags)}, nil
}

func tagRight(_ *call, d *directory, in rightCall) (any, error) {
	r, err := d.right(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	for _, t := range in.Tags {
		r.tags[t.Key] = t.Value
	}
	return nil, nil
}

func untagRight(_ *call, d *directory, in rightCall) (any, error) {
	r, err := d.right(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	for _, key := range in.TagKeys {
		delete(r.tags, key)
	}
	return nil, nil
}

func listManagedOfRight(_ *call, d *directory, in rightCall) (any, error) {
	r, err := d.right(in.PermissionSetArn)
	if err != nil {
		return nil, err
	}
	found := []doc{}
	for _, arn := range r.attached {
		found = append(found, doc{"Arn": arn, "Name": arn[strings.LastIndexByte(arn, '/')+1:]})
	}
	return doc{"AttachedManagedPolicies": found}, nil
}

func attachToRight(_ *call, d *directory, in rightCall) (any, error) {
	r, err := d.right(in.PermissionSetArn)
	if err != nil {
		return nil, err
	}
	if !vendorPolicy(in.ManagedPolicyArn) {
		return nil, refuse(http.StatusBadRequest, "ResourceNotFoundException", "Policy %s does not exist or is not attachable.", in.ManagedPolicyArn)
	}
	if !slices.Contains(r.attached, in.ManagedPolicyArn) {
		r.attached = append(r.attached, in.ManagedPolicyArn)
	}
	return nil, nil
}

func detachFromRight(_ *call, d *directory, in rightCall) (any, error) {
	r, err := d.right(in.PermissionSetArn)
	if err != nil {
		return nil, err
	}
	r.attached = slices.DeleteFunc(r.attached, func(arn string) bool { return arn == in.ManagedPolicyArn })
	return nil, nil
}
