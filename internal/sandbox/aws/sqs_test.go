package aws_test

import "testing"

func TestAQueueIsReadAsItWasMade(t *testing.T) {
	const url = `"QueueUrl":"https://sqs.sa-east-1.amazonaws.com/` + dev + `/undelivered"`
	policy := func(principal string) string {
		return `"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"` + principal + `\"},\"Action\":\"sqs:SendMessage\",\"Resource\":\"*\"}]}"`
	}
	newCloud(t).tell(t, dev, []step{
		{"sqs", "CreateQueue", `{"QueueName":"undelivered!"}`, 400, []string{"InvalidParameterValue"}},
		{"sqs", "CreateQueue", `{"QueueName":"undelivered","Attributes":{"MessageRetentionPeriod":"1209601"}}`, 400, []string{"InvalidAttributeValue"}},
		{"sqs", "CreateQueue", `{"QueueName":"undelivered","Attributes":{"SqsManagedSseEnabled":"true","KmsMasterKeyId":"k"}}`, 400, []string{"one type of server-side encryption"}},
		{"sqs", "CreateQueue", `{"QueueName":"undelivered","Attributes":{"RedrivePolicy":"{\"deadLetterTargetArn\":\"arn:aws:sqs:sa-east-1:` + dev + `:nobody\"}"}}`, 400, []string{"Dead letter target"}},
		{"sqs", "CreateQueue", `{"QueueName":"undelivered","Attributes":{"MessageRetentionPeriod":"1209600"},"tags":{"owner":"p"}}`, 0, []string{"/undelivered"}},
		{"sqs", "CreateQueue", `{"QueueName":"undelivered","Attributes":{"MessageRetentionPeriod":"60"}}`, 400, []string{"QueueNameExists"}},
		{"sqs", "SetQueueAttributes", `{` + url + `,"Attributes":{"Policy":"no JSON"}}`, 400, []string{"InvalidAttributeValue"}},
		{"sqs", "SetQueueAttributes", `{` + url + `,"Attributes":{"Policy":` + policy("arn:aws:iam::"+dev+":role/nobody") + `}}`, 400, []string{"InvalidAttributeValue"}},
		{"sqs", "SetQueueAttributes", `{` + url + `,"Attributes":{"Policy":` + policy("arn:aws:iam::"+dev+":root") + `}}`, 0, nil},
		{"sqs", "GetQueueAttributes", `{` + url + `,"AttributeNames":["All"]}`, 0, []string{`"Policy":"{`, `"1209600"`, `"SqsManagedSseEnabled":"true"`, "arn:aws:sqs:sa-east-1:" + dev + ":undelivered"}},
		{"sqs", "TagQueue", `{` + url + `,"Tags":{"line":"massivo"}}`, 0, nil},
		{"sqs", "UntagQueue", `{` + url + `,"TagKeys":["owner"]}`, 0, nil},
		{"sqs", "ListQueueTags", `{` + url + `}`, 0, []string{`{"line":"massivo"}`}},
		{"sqs", "GetQueueUrl", `{"QueueName":"undelivered"}`, 0, []string{"/undelivered"}},
		{"sqs", "ListQueues", `{"QueueNamePrefix":"other"}`, 0, []string{`[]`}},
		{"sqs", "DeleteQueue", `{` + url + `}`, 0, nil},
		{"sqs", "GetQueueAttributes", `{` + url + `,"AttributeNames":["All"]}`, 400, []string{"QueueDoesNotExist"}},
	})
}
