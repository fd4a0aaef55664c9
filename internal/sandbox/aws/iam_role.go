package aws

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

func iamRoleCalls() map[string]handler {
	return map[string]handler{
		"CreateRole": createRole, "GetRole": getRole, "DeleteRole": deleteRole, "UpdateRole": updateRole,
		"UpdateAssumeRolePolicy": updateTrust, "PutRolePermissionsBoundary": putBoundary, "DeleteRolePermissionsBoundary": deleteBoundary,
		"TagRole": tagRole, "UntagRole": untagRole, "ListRoleTags": listRoleTags, "ListRolePolicies": listRolePolicies,
		"PutRolePolicy": putRolePolicy, "GetRolePolicy": getRolePolicy, "DeleteRolePolicy": deleteRolePolicy,
		"AttachRolePolicy": attachRole, "DetachRolePolicy": detachRole, "ListAttachedRolePolicies": listRoleAttached,
		"ListInstanceProfilesForRole": listRoleProfiles, "ListRoles": listRoles, "CreateServiceLinkedRole": createLinkedRole,
	}
}

func writeRole(r *role) []element {
	boundary := element{}
	if r.Boundary != "" {
		boundary = el("PermissionsBoundary", say("PermissionsBoundaryType", "Policy"), say("PermissionsBoundaryArn", r.Boundary))
	}
	return []element{
		say("RoleName", r.Name), say("RoleId", r.ID), say("Arn", r.ARN), say("Path", r.Path), say("CreateDate", r.Made),
		say("AssumeRolePolicyDocument", url.QueryEscape(r.Trust)), some("Description", r.Description),
		say("MaxSessionDuration", r.MaxSeconds), boundary, tagList("Tags", "member", r.Tags),
	}
}

func (c *call) role() (*role, error) {
	name := c.form.Get("RoleName")
	if found := c.iam().roles[name]; found != nil {
		return found, nil
	}
	return nil, noSuch("role", name)
}

// boundary reads the ARN of a boundary, which must be a policy that exists.
func (c *call) boundary() (string, error) {
	arn := c.form.Get("PermissionsBoundary")
	if arn == "" || vendorPolicy(arn) || c.iam().policies[arn] != nil {
		return arn, nil
	}
	return "", refuse(http.StatusNotFound, "NoSuchEntity", "Scope ARN: %s does not exist or is not attachable.", arn)
}

func vendorPolicy(arn string) bool { return strings.HasPrefix(arn, "arn:aws:iam::aws:policy/") }

func createRole(c *call) (any, error) {
	name := c.form.Get("RoleName")
	if !entityName.MatchString(name) || len(name) > 64 {
		return nil, refuse(http.StatusBadRequest, "ValidationError", "1 validation error detected: Value at 'roleName' failed to satisfy constraint")
	}
	if c.iam().roles[name] != nil {
		return nil, exists("Role", name)
	}
	trust, err := c.document("AssumeRolePolicyDocument", maxTrust)
	if err != nil {
		return nil, err
	}
	boundary, err := c.boundary()
	if err != nil {
		return nil, err
	}
	r := &role{
		Name: name, ID: c.entity("AROA"), Path: c.path(), Description: c.form.Get("Description"), Trust: trust, Boundary: boundary,
		MaxSeconds: 3600, Inline: map[string]string{}, Tags: c.formTags("Tags.member"), Made: c.server.config.Now(),
	}
	if text := c.form.Get("MaxSessionDuration"); text != "" {
		if r.MaxSeconds, err = strconv.Atoi(text); err != nil || r.MaxSeconds < 3600 || r.MaxSeconds > 43200 {
			return nil, refuse(http.StatusBadRequest, "ValidationError", "MaxSessionDuration must lie between 3600 and 43200")
		}
	}
	r.ARN = c.globalARN("iam", "role"+r.Path+name)
	c.iam().roles.put(name, r)
	return answerXML{el("Role", writeRole(r)...)}, nil
}

func createLinkedRole(c *call) (any, error) {
	service := c.form.Get("AWSServiceName")
	name := "AWSServiceRoleFor" + strings.ReplaceAll(strings.TrimSuffix(service, ".amazonaws.com"), ".", "")
	if c.iam().roles[name] != nil {
		return nil, refuse(http.StatusBadRequest, "InvalidInput", "Service role name %s has been taken in this account, please try a different suffix.", name)
	}
	r := &role{
		Name: name, ID: c.entity("AROA"), Path: "/aws-service-role/" + service + "/", MaxSeconds: 3600, Inline: map[string]string{}, Made: c.server.config.Now(),
		Trust: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"` + service + `"},"Action":"sts:AssumeRole"}]}`,
	}
	r.ARN = c.globalARN("iam", "role"+r.Path+name)
	c.iam().roles.put(name, r)
	return answerXML{el("Role", writeRole(r)...)}, nil
}

func getRole(c *call) (any, error) {
	r, err := c.role()
	if err != nil {
		return nil, err
	}
	return answerXML{el("Role", writeRole(r)...)}, nil
}

func listRoles(c *call) (any, error) {
	return answerXML{list("Roles", "member", c.iam().roles.all(), writeRole), say("IsTruncated", false)}, nil
}

func deleteRole(c *call) (any, error) {
	r, err := c.role()
	if err != nil {
		return nil, err
	}
	if len(r.Attached) > 0 {
		return nil, inUse("must detach all policies first.")
	}
	if len(r.Inline) > 0 {
		return nil, inUse("must delete policies first.")
	}
	for _, p := range c.iam().profiles {
		if p.Role == r.Name {
			return nil, inUse("must remove roles from instance profile first.")
		}
	}
	delete(c.iam().roles, r.Name)
	return answerXML{}, nil
}

func updateRole(c *call) (any, error) {
	r, err := c.role()
	if err != nil {
		return nil, err
	}
	if c.form.Has("Description") {
		r.Description = c.form.Get("Description")
	}
	if text := c.form.Get("MaxSessionDuration"); text != "" {
		if r.MaxSeconds, err = strconv.Atoi(text); err != nil {
			return nil, refuse(http.StatusBadRequest, "ValidationError", "%s", err)
		}
	}
	return answerXML{}, nil
}

func updateTrust(c *call) (any, error) {
	r, err := c.role()
	if err != nil {
		return nil, err
	}
	if r.Trust, err = c.document("PolicyDocument", maxTrust); err != nil {
		return nil, err
	}
	return answerXML{}, nil
}

func putBoundary(c *call) (any, error) {
	r, err := c.role()
	if err != nil {
		return nil, err
	}
	if r.Boundary, err = c.boundary(); err != nil {
		return nil, err
	}
	return answerXML{}, nil
}

func deleteBoundary(c *call) (any, error) {
	r, err := c.role()
	if err != nil {
		return nil, err
	}
	r.Boundary = ""
	return answerXML{}, nil
}

func tagRole(c *call) (any, error) {
	r, err := c.role()
	if err != nil {
		return nil, err
	}
	for key, value := range c.formTags("Tags.member") {
		r.Tags[key] = value
	}
	return answerXML{}, nil
}

func untagRole(c *call) (any, error) {
	r, err := c.role()
	if err != nil {
		return nil, err
	}
	for _, key := range c.formList("TagKeys.member") {
		delete(r.Tags, key)
	}
	return answerXML{}, nil
}

func listRoleTags(c *call) (any, error) {
	r, err := c.role()
	if err != nil {
		return nil, err
	}
	return answerXML{tagList("Tags", "member", r.Tags), say("IsTruncated", false)}, nil
}

func listRolePolicies(c *call) (any, error) {
	r, err := c.role()
	if err != nil {
		return nil, err
	}
	return answerXML{texts("PolicyNames", "member", sortedKeys(r.Inline)), say("IsTruncated", false)}, nil
}

func putRolePolicy(c *call) (any, error) {
	r, err := c.role()
	if err != nil {
		return nil, err
	}
	document, err := c.document("PolicyDocument", maxInlinePolicy)
	if err != nil {
		return nil, err
	}
	r.Inline[c.form.Get("PolicyName")] = document
	return answerXML{}, nil
}

func getRolePolicy(c *call) (any, error) {
	r, err := c.role()
	if err != nil {
		return nil, err
	}
	name := c.form.Get("PolicyName")
	document, ok := r.Inline[name]
	if !ok {
		return nil, noSuch("role policy", name)
	}
	return answerXML{say("RoleName", r.Name), say("PolicyName", name), say("PolicyDocument", url.QueryEscape(document))}, nil
}

func deleteRolePolicy(c *call) (any, error) {
	r, err := c.role()
	if err != nil {
		return nil, err
	}
	delete(r.Inline, c.form.Get("PolicyName"))
	return answerXML{}, nil
}

// attach adds the form's policy to a list, once.
func (c *call) attach(held *[]string) error {
	arn := c.form.Get("PolicyArn")
	if !vendorPolicy(arn) && c.iam().policies[arn] == nil {
		return refuse(http.StatusNotFound, "NoSuchEntity", "Policy %s does not exist or is not attachable.", arn)
	}
	if !slices.Contains(*held, arn) {
		*held = append(*held, arn)
	}
	return nil
}

func writeAttached(arns []string) element {
	return list("AttachedPolicies", "member", arns, func(arn string) []element {
		return []element{say("PolicyName", arn[strings.LastIndexByte(arn, '/')+1:]), say("PolicyArn", arn)}
	})
}

func attachRole(c *call) (any, error) {
	r, err := c.role()
	if err != nil {
		return nil, err
	}
	if err := c.attach(&r.Attached); err != nil {
		return nil, err
	}
	return answerXML{}, nil
}

func detachRole(c *call) (any, error) {
	r, err := c.role()
	if err != nil {
		return nil, err
	}
	r.Attached = slices.DeleteFunc(r.Attached, func(arn string) bool { return arn == c.form.Get("PolicyArn") })
	return answerXML{}, nil
}

func listRoleAttached(c *call) (any, error) {
	r, err := c.role()
	if err != nil {
		return nil, err
	}
	return answerXML{writeAttached(r.Attached), say("IsTruncated", false)}, nil
}

func listRoleProfiles(c *call) (any, error) {
	held := slices.DeleteFunc(c.iam().profiles.all(), func(p *profile) bool { return p.Role != c.form.Get("RoleName") })
	return answerXML{list("InstanceProfiles", "member", held, c.writeProfile), say("IsTruncated", false)}, nil
}
