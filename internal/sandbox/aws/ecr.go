package aws

import (
	"maps"
	"net/http"
)

// ecrState is the registry of an account.
type ecrState struct{ repositories shelf[repository] }

type repository struct {
	about     doc
	tags      []tag
	lifecycle string
}

// tag as most JSON services write one.
type tag struct{ Key, Value string }

func (c *call) ecr() *ecrState { return state[ecrState](c.account, "ecr") }

// repositoryCall is what the calls about one repository say.
type repositoryCall struct {
	RepositoryName      string
	RepositoryNames     []string
	ResourceArn         string
	LifecyclePolicyText string
	Force               bool
	Tags                []tag
	TagKeys             []string
}

func ecrCalls() map[string]handler {
	return map[string]handler{
		"CreateRepository":      jsonCall(createRepository),
		"DescribeRepositories":  jsonCall(describeRepositories),
		"DeleteRepository":      jsonCall(deleteRepository),
		"ListTagsForResource":   jsonCall(repositoryTags),
		"PutLifecyclePolicy":    jsonCall(putLifecycle),
		"GetLifecyclePolicy":    jsonCall(getLifecycle),
		"DeleteLifecyclePolicy": jsonCall(deleteLifecycle),
	}
}

func createRepository(c *call, in doc) (any, error) {
	name := text(in, "repositoryName")
	if name == "" {
		return nil, refuse(http.StatusBadRequest, "InvalidParameterException", "repositoryName is missing")
	}
	if c.ecr().repositories[name] != nil {
		return nil, refuse(http.StatusBadRequest, "RepositoryAlreadyExistsException", "The repository with name '%s' already exists in the registry with id '%s'", name, c.account.ID)
	}
	about := maps.Clone(in)
	delete(about, "tags")
	if about["imageTagMutability"] == nil {
		about["imageTagMutability"] = "MUTABLE"
	}
	about["repositoryArn"] = c.arn("ecr", "repository/"+name)
	about["registryId"] = c.account.ID
	about["repositoryUri"] = c.account.ID + ".dkr.ecr." + c.region + ".amazonaws.com/" + name
	about["createdAt"] = seconds(c.server.config.Now())
	c.ecr().repositories.put(name, &repository{about: about, tags: tagsOf(in["tags"])})
	return doc{"repository": about}, nil
}

// tagsOf reads tags from a document, whatever the case of the keys.
func tagsOf(value any) []tag {
	var tags []tag
	many, _ := value.([]any)
	for _, one := range many {
		fields, _ := one.(doc)
		t := tag{}
		for name, v := range fields {
			s, _ := v.(string)
			switch name {
			case "Key", "key", "TagKey":
				t.Key = s
			case "Value", "value", "TagValue":
				t.Value = s
			}
		}
		tags = append(tags, t)
	}
	return tags
}

func (c *call) repository(name string) (*repository, error) {
	if found := c.ecr().repositories[name]; found != nil {
		return found, nil
	}
	return nil, refuse(http.StatusBadRequest, "RepositoryNotFoundException", "The repository with name '%s' does not exist in the registry with id '%s'", name, c.account.ID)
}

func describeRepositories(c *call, in repositoryCall) (any, error) {
	names := in.RepositoryNames
	if len(names) == 0 {
		names = c.ecr().repositories.names()
	}
	found := []doc{}
	for _, name := range names {
		r, err := c.repository(name)
		if err != nil {
			return nil, err
		}
		found = append(found, r.about)
	}
	return doc{"repositories": found}, nil
}

func deleteRepository(c *call, in repositoryCall) (any, error) {
	r, err := c.repository(in.RepositoryName)
	if err != nil {
		return nil, err
	}
	delete(c.ecr().repositories, in.RepositoryName)
	return doc{"repository": r.about}, nil
}

func repositoryTags(c *call, in repositoryCall) (any, error) {
	for _, r := range c.ecr().repositories {
		if r.about["repositoryArn"] == in.ResourceArn {
			return doc{"tags": r.tags}, nil
		}
	}
	return nil, refuse(http.StatusBadRequest, "RepositoryNotFoundException", "there is no %s", in.ResourceArn)
}

func putLifecycle(c *call, in repositoryCall) (any, error) {
	r, err := c.repository(in.RepositoryName)
	if err != nil {
		return nil, err
	}
	r.lifecycle = in.LifecyclePolicyText
	return doc{"registryId": c.account.ID, "repositoryName": in.RepositoryName, "lifecyclePolicyText": r.lifecycle}, nil
}

func getLifecycle(c *call, in repositoryCall) (any, error) {
	r, err := c.repository(in.RepositoryName)
	if err != nil {
		return nil, err
	}
	if r.lifecycle == "" {
		return nil, refuse(http.StatusBadRequest, "LifecyclePolicyNotFoundException", "Lifecycle policy does not exist for the repository with name '%s'", in.RepositoryName)
	}
	return doc{"registryId": c.account.ID, "repositoryName": in.RepositoryName, "lifecyclePolicyText": r.lifecycle}, nil
}

func deleteLifecycle(c *call, in repositoryCall) (any, error) {
	r, err := c.repository(in.RepositoryName)
	if err != nil {
		return nil, err
	}
	r.lifecycle = ""
	return doc{"registryId": c.account.ID, "repositoryName": in.RepositoryName}, nil
}
