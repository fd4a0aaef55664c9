package aws

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

func iamPolicyCalls() map[string]handler {
	return map[string]handler{
		"CreatePolicy": createPolicy, "GetPolicy": getPolicy, "DeletePolicy": deletePolicy, "ListPolicyTags": listPolicyTags,
		"TagPolicy": tagPolicy, "UntagPolicy": untagPolicy, "CreatePolicyVersion": createVersion, "GetPolicyVersion": getVersion,
		"ListPolicyVersions": listVersions, "DeletePolicyVersion": deleteVersion,
	}
}

// policy finds the form's policy. One of the vendor's own exists under its name,
// with a document that nobody here reads.
func (c *call) policy() (*policy, error) {
	arn := c.form.Get("PolicyArn")
	if found := c.iam().policies[arn]; found != nil {
		return found, nil
	}
	return nil, refuse(http.StatusNotFound, "NoSuchEntity", "Policy %s was not found.", arn)
}

func (c *call) writePolicy(p *policy) element {
	used := 0
	for _, r := range c.iam().roles {
		if slices.Contains(r.Attached, p.ARN) {
			used++
		}
	}
	return el("Policy", say("PolicyName", p.Name), say("PolicyId", p.ID), say("Arn", p.ARN), say("Path", p.Path), some("Description", p.Description),
		say("DefaultVersionId", p.Default), say("AttachmentCount", used), say("IsAttachable", true),
		say("CreateDate", p.Made), say("UpdateDate", p.Made), tagList("Tags", "member", p.Tags))
}

func createPolicy(c *call) (any, error) {
	name := c.form.Get("PolicyName")
	if !entityName.MatchString(name) {
		return nil, refuse(http.StatusBadRequest, "ValidationError", "1 validation error detected: Value at 'policyName' failed to satisfy constraint")
	}
	document, err := c.document("PolicyDocument", maxManagedPolicy)
	if err != nil {
		return nil, err
	}
	now := c.server.config.Now()
	p := &policy{Name: name, ID: c.entity("ANPA"), Path: c.path(), Description: c.form.Get("Description"), Default: "v1", Tags: c.formTags("Tags.member"), Made: now}
	p.ARN = c.globalARN("iam", "policy"+p.Path+name)
	if c.iam().policies[p.ARN] != nil {
		return nil, exists("Policy", name)
	}
	p.Versions.put("v1", &policyVersion{ID: "v1", Document: document, Made: now})
	c.iam().policies.put(p.ARN, p)
	return answerXML{c.writePolicy(p)}, nil
}

func getPolicy(c *call) (any, error) {
	p, err := c.policy()
	if err != nil {
		return nil, err
	}
	return answerXML{c.writePolicy(p)}, nil
}

func deletePolicy(c *call) (any, error) {
	p, err := c.policy()
	if err != nil {
		return nil, err
	}
	for _, r := range c.iam().roles {
		if slices.Contains(r.Attached, p.ARN) || r.Boundary == p.ARN {
			return nil, inUse("must detach the policy first.")
		}
	}
	for _, u := range c.iam().users {
		if u.Boundary == p.ARN {
			return nil, inUse("must detach the policy first.")
		}
	}
	if len(p.Versions) > 1 {
		return nil, inUse("must delete the versions that are not the default first.")
	}
	delete(c.iam().policies, p.ARN)
	return answerXML{}, nil
}

func listPolicyTags(c *call) (any, error) {
	p, err := c.policy()
	if err != nil {
		return nil, err
	}
	return answerXML{tagList("Tags", "member", p.Tags), say("IsTruncated", false)}, nil
}

func tagPolicy(c *call) (any, error) {
	p, err := c.policy()
	if err != nil {
		return nil, err
	}
	for key, value := range c.formTags("Tags.member") {
		p.Tags[key] = value
	}
	return answerXML{}, nil
}

func untagPolicy(c *call) (any, error) {
	p, err := c.policy()
	if err != nil {
		return nil, err
	}
	for _, key := range c.formList("TagKeys.member") {
		delete(p.Tags, key)
	}
	return answerXML{}, nil
}

func (p *policy) write(v *policyVersion) []element {
	return []element{say("Document", url.QueryEscape(v.Document)), say("VersionId", v.ID), say("IsDefaultVersion", v.ID == p.Default), say("CreateDate", v.Made)}
}

// maxVersions is how many versions of a policy the vendor keeps.
const maxVersions = 5

func createVersion(c *call) (any, error) {
	p, err := c.policy()
	if err != nil {
		return nil, err
	}
	document, err := c.document("PolicyDocument", maxManagedPolicy)
	if err != nil {
		return nil, err
	}
	if len(p.Versions) >= maxVersions {
		return nil, refuse(http.StatusConflict, "LimitExceeded", "A managed policy can have up to %d versions.", maxVersions)
	}
	v := &policyVersion{ID: "v" + strconv.Itoa(c.account.next()+1), Document: document, Made: c.server.config.Now()}
	p.Versions.put(v.ID, v)
	if c.form.Get("SetAsDefault") == "true" {
		p.Default = v.ID
	}
	return answerXML{el("PolicyVersion", p.write(v)...)}, nil
}

func getVersion(c *call) (any, error) {
	p, err := c.policy()
	if err != nil {
		return nil, err
	}
	v := p.Versions[c.form.Get("VersionId")]
	if v == nil {
		return nil, refuse(http.StatusNotFound, "NoSuchEntity", "Policy %s version %s does not exist.", p.ARN, c.form.Get("VersionId"))
	}
	return answerXML{el("PolicyVersion", p.write(v)...)}, nil
}

func listVersions(c *call) (any, error) {
	p, err := c.policy()
	if err != nil {
		return nil, err
	}
	return answerXML{list("Versions", "member", p.Versions.all(), p.write), say("IsTruncated", false)}, nil
}

func deleteVersion(c *call) (any, error) {
	p, err := c.policy()
	if err != nil {
		return nil, err
	}
	if c.form.Get("VersionId") == p.Default {
		return nil, inUse("the default version cannot be deleted.")
	}
	delete(p.Versions, c.form.Get("VersionId"))
	return answerXML{}, nil
}
