package aws

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
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
	RepositoryName             string
	RepositoryNames            []string
	ResourceArn                string
	LifecyclePolicyText        string
	ImageTagMutability         string
	ImageScanningConfiguration doc
	Tags                       []tag
	TagKeys                    []string
}

func ecrCalls() map[string]handler {
	return map[string]handler{
		"CreateRepository":              jsonCall(createRepository),
		"DescribeRepositories":          jsonCall(describeRepositories),
		"DeleteRepository":              jsonCall(deleteRepository),
		"PutImageTagMutability":         jsonCall(putMutability),
		"PutImageScanningConfiguration": jsonCall(putScanning),
		"ListTagsForResource":           jsonCall(repositoryTags),
		"TagResource":                   jsonCall(tagRepository),
		"UntagResource":                 jsonCall(untagRepository),
		"PutLifecyclePolicy":            jsonCall(putLifecycle),
		"GetLifecyclePolicy":            jsonCall(getLifecycle),
		"DeleteLifecyclePolicy":         jsonCall(deleteLifecycle),
	}
}

var repositoryName = regexp.MustCompile(`^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$`)

func createRepository(c *call, in doc) (any, error) {
	name := text(in, "repositoryName")
	if !repositoryName.MatchString(name) || len(name) > 256 {
		return nil, refuse(http.StatusBadRequest, "InvalidParameterException", "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression'")
	}
	if sealed, _ := in["encryptionConfiguration"].(doc); text(sealed, "kmsKey") != "" {
		if _, err := c.key(text(sealed, "kmsKey")); err != nil {
			return nil, refuse(http.StatusBadRequest, "KmsException", "The operation failed due to a KMS exception. %s", err)
		}
	}
	if c.ecr().repositories[name] != nil {
		return nil, refuse(http.StatusBadRequest, "RepositoryAlreadyExistsException", "The repository with name '%s' already exists in the registry with id '%s'", name, c.account.ID)
	}
	about := maps.Clone(in)
	delete(about, "tags")
	if about["imageTagMutability"] == nil {
		about["imageTagMutability"] = "MUTABLE"
	}
	if about["encryptionConfiguration"] == nil {
		about["encryptionConfiguration"] = doc{"encryptionType": "AES256"}
	}
	if about["imageScanningConfiguration"] == nil {
		about["imageScanningConfiguration"] = doc{"scanOnPush": false}
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

func putMutability(c *call, in repositoryCall) (any, error) {
	r, err := c.repository(in.RepositoryName)
	if err != nil {
		return nil, err
	}
	if in.ImageTagMutability != "MUTABLE" && in.ImageTagMutability != "IMMUTABLE" {
		return nil, refuse(http.StatusBadRequest, "InvalidParameterException", "Invalid parameter at 'imageTagMutability'")
	}
	r.about["imageTagMutability"] = in.ImageTagMutability
	return doc{"repositoryName": in.RepositoryName, "imageTagMutability": in.ImageTagMutability}, nil
}

func putScanning(c *call, in repositoryCall) (any, error) {
	r, err := c.repository(in.RepositoryName)
	if err != nil {
		return nil, err
	}
	r.about["imageScanningConfiguration"] = in.ImageScanningConfiguration
	return doc{"repositoryName": in.RepositoryName, "imageScanningConfiguration": in.ImageScanningConfiguration}, nil
}

func (c *call) repositoryOf(arn string) (*repository, error) {
	for _, r := range c.ecr().repositories {
		if r.about["repositoryArn"] == arn {
			return r, nil
		}
	}
	return nil, refuse(http.StatusBadRequest, "RepositoryNotFoundException", "there is no %s", arn)
}

func repositoryTags(c *call, in repositoryCall) (any, error) {
	r, err := c.repositoryOf(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	return doc{"tags": r.tags}, nil
}

func tagRepository(c *call, in repositoryCall) (any, error) {
	r, err := c.repositoryOf(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	for _, t := range in.Tags {
		r.tags = append(slices.DeleteFunc(r.tags, func(before tag) bool { return before.Key == t.Key }), t)
	}
	return nil, nil
}

func untagRepository(c *call, in repositoryCall) (any, error) {
	r, err := c.repositoryOf(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	r.tags = slices.DeleteFunc(r.tags, func(t tag) bool { return slices.Contains(in.TagKeys, t.Key) })
	return nil, nil
}

// judgeLifecycle refuses a policy as the registry does (Amazon ECR User Guide,
// "Lifecycle policy properties").
func judgeLifecycle(document string) error {
	invalid := func(message string) error {
		return refuse(http.StatusBadRequest, "InvalidParameterException", "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: %s'", message)
	}
	var policy struct {
		Rules []struct {
			RulePriority int
			Selection    struct {
				TagStatus, CountType, CountUnit string
				TagPatternList, TagPrefixList   []string
				CountNumber                     int
			}
			Action struct{ Type string }
		}
	}
	if err := json.Unmarshal([]byte(document), &policy); err != nil || len(policy.Rules) == 0 {
		return invalid("instance failed to match schema")
	}
	seen, last, whole := map[int]bool{}, 0, 0
	for _, rule := range policy.Rules {
		chosen := rule.Selection
		named := len(chosen.TagPatternList) + len(chosen.TagPrefixList)
		switch {
		case rule.RulePriority < 1 || seen[rule.RulePriority]:
			return invalid("rulePriority must be unique")
		case rule.Action.Type != "expire":
			return invalid("action must be expire")
		case chosen.CountNumber < 1:
			return invalid("countNumber must be at least 1")
		case chosen.CountType == "sinceImagePushed" && chosen.CountUnit != "days", chosen.CountType == "imageCountMoreThan" && chosen.CountUnit != "":
			return invalid("countUnit does not fit countType")
		case chosen.CountType != "sinceImagePushed" && chosen.CountType != "imageCountMoreThan":
			return invalid("countType is not known")
		case (chosen.TagStatus == "tagged") != (named > 0):
			return invalid("tagPatternList or tagPrefixList is for tagged images, and only for them")
		}
		seen[rule.RulePriority], last = true, max(last, rule.RulePriority)
		if chosen.TagStatus == "any" {
			whole = rule.RulePriority
		}
	}
	if whole != 0 && whole != last {
		return invalid("a rule for any image must be the last")
	}
	return nil
}

func putLifecycle(c *call, in repositoryCall) (any, error) {
	r, err := c.repository(in.RepositoryName)
	if err != nil {
		return nil, err
	}
	if err := judgeLifecycle(in.LifecyclePolicyText); err != nil {
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
