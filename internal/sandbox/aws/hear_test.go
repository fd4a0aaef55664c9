package aws_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"prosa/internal/sandbox/aws"
)

// TestWhatNobodyWouldHearIsTold lets alarms and rules come into being that the
// vendor takes, and puts them right one after the other.
func TestWhatNobodyWouldHearIsTold(t *testing.T) {
	c := newCloud(t)
	topic, queue := "arn:aws:sns:"+aws.Region+":"+dev+":alarms", "arn:aws:sqs:"+aws.Region+":"+dev+":undelivered"
	lets := func(service, action, resource string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"` + service + `"},"Action":` + action + `,"Resource":"` + resource + `","Condition":{"StringEquals":{"aws:SourceAccount":"` + dev + `"}}}]}`
	}
	quoted := func(document string) string { return strings.ReplaceAll(document, `"`, `\"`) }
	told := func(want ...string) {
		t.Helper()
		reasons := c.Unheard(dev)
		if len(reasons) != len(want) {
			t.Fatalf("%d reasons, want %d: %s", len(reasons), len(want), strings.Join(reasons, "\n"))
		}
		for _, text := range want {
			if !slices.ContainsFunc(reasons, func(why string) bool { return strings.Contains(why, text) }) {
				t.Errorf("%q is not told in %s", text, strings.Join(reasons, "\n"))
			}
		}
	}
	may := func(role, action string) step {
		document := url.QueryEscape(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"` + action + `","Resource":"*"}]}`)
		return step{"iam", "Action=PutRolePolicy&RoleName=" + role + "&PolicyName=p&PolicyDocument=" + document, "", 0, nil}
	}
	setPolicy := func(document string) step {
		return step{"sns", "Action=SetTopicAttributes&TopicArn=" + topic + "&AttributeName=Policy&AttributeValue=" + url.QueryEscape(document), "", 0, nil}
	}
	c.tell(t, dev, []step{
		{"kms", "CreateKey", `{"Policy":"` + quoted(strings.Replace(lets("cloudwatch.amazonaws.com", `"kms:Decrypt"`, "*"), `[{`, `[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::`+dev+`:root"},"Action":"kms:*","Resource":"*"},{`, 1)) + `"}`, 0, nil},
		{"sns", "Action=CreateTopic&Name=alarms&Attributes.entry.1.key=KmsMasterKeyId&Attributes.entry.1.value={key}", "", 0, nil},
		setPolicy(lets("events.amazonaws.com", `"sns:Publish"`, topic)),
		{"monitoring", "Action=PutMetricAlarm&AlarmName=a&Namespace=AWS/RDS&MetricName=CPUUtilization&Statistic=Average&Period=300&EvaluationPeriods=3&Threshold=80&ComparisonOperator=GreaterThanThreshold&AlarmActions.member.1=" + topic, "", 0, nil},
		{"sqs", "CreateQueue", `{"QueueName":"undelivered"}`, 0, nil},
		{"iam", "Action=CreateRole&RoleName=bell&AssumeRolePolicyDocument=" + trusting("events.amazonaws.com"), "", 0, nil},
		{"events", "PutRule", `{"Name":"r","EventPattern":"{\"source\":[\"aws.cloudwatch\"]}"}`, 0, nil},
		{"events", "PutTargets", `{"Rule":"r","Targets":[{"Id":"t","Arn":"arn:aws:states:` + aws.Region + `:` + dev + `:stateMachine:m","RoleArn":"arn:aws:iam::` + dev + `:role/bell","DeadLetterConfig":{"Arn":"` + queue + `"}}]}`, 0, nil},
		setPolicy(lets("cloudwatch.amazonaws.com", `"sns:Publish"`, topic)),
	})
	told("alarm a: the key of "+topic+" lets cloudwatch.amazonaws.com not kms:GenerateDataKey", "dead letters of rule r: "+queue+" lets no", "rule r: its role may not start")
	c.tell(t, dev, []step{setPolicy(lets("events.amazonaws.com", `"sns:Publish"`, topic))})
	told("alarm a: "+topic+" lets no cloudwatch.amazonaws.com in", "dead letters of rule r", "its role may not start")

	c.tell(t, dev, []step{
		setPolicy(lets("cloudwatch.amazonaws.com", `"sns:Publish"`, topic)),
		{"sns", "Action=SetTopicAttributes&TopicArn=" + topic + "&AttributeName=KmsMasterKeyId&AttributeValue=", "", 0, nil},
		{"sqs", "SetQueueAttributes", `{"QueueUrl":"https://sqs.` + aws.Region + `.amazonaws.com/` + dev + `/undelivered","Attributes":{"Policy":"` + quoted(lets("events.amazonaws.com", `"sqs:SendMessage"`, queue)) + `"}}`, 0, nil},
		may("bell", "states:StartExecution"),
	})
	told()
}
