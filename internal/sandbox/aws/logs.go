package aws

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// logState holds the log groups of an account.
type logState struct{ groups shelf[doc] }

func (c *call) logs() *logState { return state[logState](c.account, "logs") }

func logCalls() map[string]handler {
	calls := map[string]handler{
		"CreateLogGroup": jsonCall(createLogGroup), "DescribeLogGroups": jsonCall(describeLogGroups), "DeleteLogGroup": jsonCall(deleteLogGroup),
		"PutRetentionPolicy": jsonCall(putRetention), "DeleteRetentionPolicy": jsonCall(deleteRetention), "AssociateKmsKey": jsonCall(sealLogs), "DisassociateKmsKey": jsonCall(openLogs),
		"ListTagsForResource": jsonCall(logTags), "TagResource": jsonCall(tagLogs), "UntagResource": jsonCall(untagLogs),
	}
	maps.Copy(calls, logFilterCalls())
	return calls
}

func createLogGroup(c *call, in doc) (any, error) {
	name := text(in, "logGroupName")
	if c.logs().groups[name] != nil {
		return nil, refuse(http.StatusBadRequest, "ResourceAlreadyExistsException", "The specified log group already exists")
	}
	if !logGroupName.MatchString(name) {
		return nil, refuse(http.StatusBadRequest, "InvalidParameterException", "1 validation error detected: Value '%s' at 'logGroupName' failed to satisfy constraint", name)
	}
	arn := c.arn("logs", "log-group:"+name)
	if err := c.sealable(text(in, "kmsKeyId"), arn); err != nil {
		return nil, err
	}
	made := doc{"logGroupName": name, "arn": arn + ":*", "logGroupArn": arn, "creationTime": c.server.config.Now().UnixMilli(), "logGroupClass": "STANDARD", "storedBytes": 0, "metricFilterCount": 0}
	for _, field := range []string{"kmsKeyId", "logGroupClass", "tags"} {
		if in[field] != nil {
			made[field] = in[field]
		}
	}
	c.logs().groups.put(name, &made)
	return nil, nil
}

var logGroupName = regexp.MustCompile(`^[.\-_/#A-Za-z0-9]{1,512}$`)

// sealable refuses a key whose policy does not let the service of logs use it for
// this group: the service has no role in the account.
func (c *call) sealable(name, group string) error {
	if name == "" {
		return nil
	}
	k, err := c.key(name)
	claims := map[string][]string{"kms:EncryptionContext:aws:logs:arn": {group}, "aws:SourceAccount": {c.account.ID}, "aws:SourceArn": {group}}
	service := "logs." + c.region + ".amazonaws.com"
	if err != nil || !k.lets(service, "kms:GenerateDataKey", claims) || !k.lets(service, "kms:Decrypt", claims) {
		return refuse(http.StatusBadRequest, "AccessDeniedException", "The specified KMS key does not exist or is not allowed to be used with Arn '%s'", group)
	}
	return nil
}

func describeLogGroups(c *call, in doc) (any, error) {
	found := []doc{}
	for _, g := range c.logs().groups.all() {
		if strings.HasPrefix(text(*g, "logGroupName"), text(in, "logGroupNamePrefix")) {
			found = append(found, *g)
		}
	}
	return doc{"logGroups": found}, nil
}

func (c *call) logGroup(name string) (doc, error) {
	if found := c.logs().groups[name]; found != nil {
		return *found, nil
	}
	return nil, refuse(http.StatusBadRequest, "ResourceNotFoundException", "The specified log group does not exist.")
}

func putRetention(c *call, in doc) (any, error) {
	g, err := c.logGroup(text(in, "logGroupName"))
	if err != nil {
		return nil, err
	}
	if days, _ := in["retentionInDays"].(float64); !slices.Contains(retentions, int(days)) {
		return nil, refuse(http.StatusBadRequest, "InvalidParameterException", "1 validation error detected: Value '%v' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set", in["retentionInDays"])
	}
	g["retentionInDays"] = in["retentionInDays"]
	return nil, nil
}

// retentions are the only spans that there are, in days.
var retentions = []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}

func deleteRetention(c *call, in doc) (any, error) {
	g, err := c.logGroup(text(in, "logGroupName"))
	if err != nil {
		return nil, err
	}
	delete(g, "retentionInDays")
	return nil, nil
}

func sealLogs(c *call, in doc) (any, error) {
	g, err := c.logGroup(text(in, "logGroupName"))
	if err != nil {
		return nil, err
	}
	if err := c.sealable(text(in, "kmsKeyId"), text(g, "logGroupArn")); err != nil {
		return nil, err
	}
	g["kmsKeyId"] = in["kmsKeyId"]
	return nil, nil
}

func openLogs(c *call, in doc) (any, error) {
	g, err := c.logGroup(text(in, "logGroupName"))
	if err != nil {
		return nil, err
	}
	delete(g, "kmsKeyId")
	return nil, nil
}

// logGroupOf finds the group of an ARN, with or without the star that some write.
func (c *call) logGroupOf(arn string) (doc, error) {
	_, name, _ := strings.Cut(arn, ":log-group:")
	return c.logGroup(strings.TrimSuffix(name, ":*"))
}

func tagLogs(c *call, in doc) (any, error) {
	g, err := c.logGroupOf(text(in, "resourceArn"))
	if err != nil {
		return nil, err
	}
	before, _ := g["tags"].(doc)
	after := doc{}
	maps.Copy(after, before)
	given, _ := in["tags"].(doc)
	maps.Copy(after, given)
	g["tags"] = after
	return nil, nil
}

func untagLogs(c *call, in doc) (any, error) {
	g, err := c.logGroupOf(text(in, "resourceArn"))
	if err != nil {
		return nil, err
	}
	tags, _ := g["tags"].(doc)
	for _, name := range wordsOf(in["tagKeys"]) {
		delete(tags, name)
	}
	return nil, nil
}

func logTags(c *call, in doc) (any, error) {
	g, err := c.logGroupOf(text(in, "resourceArn"))
	if err != nil {
		return nil, err
	}
	tags := g["tags"]
	if tags == nil {
		tags = doc{}
	}
	return doc{"tags": tags}, nil
}

func deleteLogGroup(c *call, in doc) (any, error) {
	if _, err := c.logGroup(text(in, "logGroupName")); err != nil {
		return nil, err
	}
	delete(c.logs().groups, text(in, "logGroupName"))
	return nil, nil
}
