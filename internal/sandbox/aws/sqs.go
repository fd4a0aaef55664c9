package aws

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// queueState holds the queues of an account; no message ever lies in one.
type queueState struct{ queues shelf[queue] }

type queue struct {
	attributes map[string]string
	tags       map[string]string
}

// queueCall is what the calls about queues say.
type queueCall struct {
	QueueName, QueueURL string
	Attributes          map[string]string
	AttributeNames      []string
	TagKeys             []string
	Tags                map[string]string
	QueueNamePrefix     string
}

// queueDefaults are the attributes of a queue of which nothing was said.
var queueDefaults = map[string]string{
	"DelaySeconds": "0", "MaximumMessageSize": "262144", "MessageRetentionPeriod": "345600", "ReceiveMessageWaitTimeSeconds": "0", "VisibilityTimeout": "30", "SqsManagedSseEnabled": "true",
}

// queueLimits are the least and the most of the attributes that are numbers.
var queueLimits = map[string][2]int{
	"DelaySeconds": {0, 900}, "MaximumMessageSize": {1024, 262144}, "MessageRetentionPeriod": {60, 1209600}, "ReceiveMessageWaitTimeSeconds": {0, 20}, "VisibilityTimeout": {0, 43200},
	"KmsDataKeyReusePeriodSeconds": {60, 86400},
}

var queueName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,80}(\.fifo)?$`)

func (c *call) queues() *queueState { return state[queueState](c.account, "sqs") }

func queueCalls() map[string]handler {
	return map[string]handler{
		"CreateQueue": jsonCall(createQueue), "GetQueueUrl": jsonCall(getQueueURL), "ListQueues": jsonCall(listQueues), "DeleteQueue": jsonCall(deleteQueue),
		"GetQueueAttributes": jsonCall(getQueueAttributes), "SetQueueAttributes": jsonCall(setQueueAttributes),
		"ListQueueTags": jsonCall(listQueueTags), "TagQueue": jsonCall(tagQueue), "UntagQueue": jsonCall(untagQueue),
	}
}

func (c *call) queueURL(name string) string {
	return "https://sqs." + c.region + ".amazonaws.com/" + c.account.ID + "/" + name
}

// noQueue is told by its newer name in the body and by its older one beside, as
// the service does since it speaks JSON.
func noQueue() *failure {
	return &failure{Status: http.StatusBadRequest, Code: "com.amazonaws.sqs#QueueDoesNotExist", Message: "The specified queue does not exist.", older: "AWS.SimpleQueueService.NonExistentQueue"}
}

func (c *call) queue(in queueCall) (*queue, error) {
	name := in.QueueName
	if in.QueueURL != "" {
		var ours bool
		if name, ours = strings.CutPrefix(in.QueueURL, c.queueURL("")); !ours {
			return nil, noQueue()
		}
	}
	if found := c.queues().queues[name]; found != nil {
		return found, nil
	}
	return nil, noQueue()
}

// judgeQueue refuses attributes that the vendor would, and gives what they become.
func (c *call) judgeQueue(before, asked map[string]string) (map[string]string, error) {
	after := maps.Clone(before)
	for name, value := range asked {
		if limits, ok := queueLimits[name]; ok {
			if n, err := strconv.Atoi(value); err != nil || n < limits[0] || n > limits[1] {
				return nil, refuse(http.StatusBadRequest, "InvalidAttributeValue", "Invalid value for the parameter %s.", name)
			}
		}
		if name == "Policy" && value != "" {
			if statements, err := statementsOf(value); err != nil || c.server.nobody(statements) != "" {
				return nil, refuse(http.StatusBadRequest, "InvalidAttributeValue", "Invalid value for the parameter Policy.")
			}
		}
		if name == "RedrivePolicy" && value != "" && !json.Valid([]byte(value)) {
			return nil, refuse(http.StatusBadRequest, "InvalidAttributeValue", "Invalid value for the parameter %s.", name)
		}
		if value == "" {
			delete(after, name)
			continue
		}
		after[name] = value
	}
	if after["SqsManagedSseEnabled"] == "true" && asked["KmsMasterKeyId"] != "" {
		if asked["SqsManagedSseEnabled"] == "true" {
			return nil, refuse(http.StatusBadRequest, "InvalidAttributeValue", "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.")
		}
		after["SqsManagedSseEnabled"] = "false"
	}
	if dead := after["RedrivePolicy"]; dead != "" {
		var policy struct {
			Target string `json:"deadLetterTargetArn"`
		}
		_ = json.Unmarshal([]byte(dead), &policy) // it is valid JSON; a wrong shape has no target
		name, ours := strings.CutPrefix(policy.Target, c.arn("sqs", ""))
		if !ours || c.queues().queues[name] == nil {
			return nil, refuse(http.StatusBadRequest, "InvalidParameterValue", "Value %s for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.", dead)
		}
	}
	return after, nil
}

func createQueue(c *call, in queueCall) (any, error) {
	if !queueName.MatchString(in.QueueName) {
		return nil, refuse(http.StatusBadRequest, "InvalidParameterValue", "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length")
	}
	attributes, err := c.judgeQueue(queueDefaults, in.Attributes)
	if err != nil {
		return nil, err
	}
	if held := c.queues().queues[in.QueueName]; held != nil {
		for name, value := range in.Attributes {
			if held.attributes[name] != value {
				return nil, refuse(http.StatusBadRequest, "QueueNameExists", "A queue already exists with the same name and a different value for attribute %s", name)
			}
		}
		return doc{"QueueUrl": c.queueURL(in.QueueName)}, nil
	}
	now := strconv.FormatInt(c.server.config.Now().Unix(), 10)
	attributes["QueueArn"], attributes["CreatedTimestamp"], attributes["LastModifiedTimestamp"] = c.arn("sqs", in.QueueName), now, now
	for _, count := range []string{"ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed", "ApproximateNumberOfMessagesNotVisible"} {
		attributes[count] = "0"
	}
	tags := in.Tags
	if tags == nil {
		tags = map[string]string{}
	}
	c.queues().queues.put(in.QueueName, &queue{attributes: attributes, tags: tags})
	return doc{"QueueUrl": c.queueURL(in.QueueName)}, nil
}

func getQueueURL(c *call, in queueCall) (any, error) {
	if _, err := c.queue(in); err != nil {
		return nil, err
	}
	return doc{"QueueUrl": c.queueURL(in.QueueName)}, nil
}

func listQueues(c *call, in queueCall) (any, error) {
	urls := []string{}
	for _, name := range c.queues().queues.names() {
		if strings.HasPrefix(name, in.QueueNamePrefix) {
			urls = append(urls, c.queueURL(name))
		}
	}
	return doc{"QueueUrls": urls}, nil
}

func deleteQueue(c *call, in queueCall) (any, error) {
	if _, err := c.queue(in); err != nil {
		return nil, err
	}
	delete(c.queues().queues, strings.TrimPrefix(in.QueueURL, c.queueURL("")))
	return nil, nil
}

func getQueueAttributes(c *call, in queueCall) (any, error) {
	q, err := c.queue(in)
	if err != nil {
		return nil, err
	}
	told := maps.Clone(q.attributes)
	if !slices.Contains(in.AttributeNames, "All") {
		maps.DeleteFunc(told, func(name, _ string) bool { return !slices.Contains(in.AttributeNames, name) })
	}
	return doc{"Attributes": told}, nil
}

func setQueueAttributes(c *call, in queueCall) (any, error) {
	q, err := c.queue(in)
	if err != nil {
		return nil, err
	}
	after, err := c.judgeQueue(q.attributes, in.Attributes)
	if err != nil {
		return nil, err
	}
	q.attributes = after
	return nil, nil
}

func listQueueTags(c *call, in queueCall) (any, error) {
	q, err := c.queue(in)
	if err != nil {
		return nil, err
	}
	return doc{"Tags": q.tags}, nil
}

func tagQueue(c *call, in queueCall) (any, error) {
	q, err := c.queue(in)
	if err != nil {
		return nil, err
	}
	maps.Copy(q.tags, in.Tags)
	return nil, nil
}

func untagQueue(c *call, in queueCall) (any, error) {
	q, err := c.queue(in)
	if err != nil {
		return nil, err
	}
	for _, key := range in.TagKeys {
		delete(q.tags, key)
	}
	return nil, nil
}
