package aws

import (
	"maps"
	"net/http"
	"strings"
)

// logState holds the log groups of an account.
type logState struct{ groups shelf[doc] }

func (c *call) logs() *logState { return state[logState](c.account, "logs") }

func logCalls() map[string]handler {
	calls := map[string]handler{
		"CreateLogGroup": jsonCall(createLogGroup), "DescribeLogGroups": jsonCall(describeLogGroups), "PutRetentionPolicy": jsonCall(putRetention),
		"ListTagsForResource": jsonCall(logTags), "DeleteLogGroup": jsonCall(deleteLogGroup),
	}
	maps.Copy(calls, logFilterCalls())
	return calls
}

func createLogGroup(c *call, in doc) (any, error) {
	name := text(in, "logGroupName")
	if c.logs().groups[name] != nil {
		return nil, refuse(http.StatusBadRequest, "ResourceAlreadyExistsException", "The specified log group already exists")
	}
	arn := c.arn("logs", "log-group:"+name)
	made := doc{"logGroupName": name, "arn": arn + ":*", "logGroupArn": arn, "creationTime": c.server.config.Now().UnixMilli(), "logGroupClass": "STANDARD", "storedBytes": 0, "metricFilterCount": 0}
	for _, field := range []string{"kmsKeyId", "logGroupClass", "tags"} {
		if in[field] != nil {
			made[field] = in[field]
		}
	}
	c.logs().groups.put(name, &made)
	return nil, nil
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
	g["retentionInDays"] = in["retentionInDays"]
	return nil, nil
}

func logTags(c *call, in doc) (any, error) {
	_, name, _ := strings.Cut(text(in, "resourceArn"), ":log-group:")
	g, err := c.logGroup(strings.TrimSuffix(name, ":*"))
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
