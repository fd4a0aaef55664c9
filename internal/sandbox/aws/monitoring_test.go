package aws_test

import (
	"net/url"
	"strings"
	"testing"

	"prosa/internal/sandbox/aws"
)

func TestATopicTellsWhoeverAskedForIt(t *testing.T) {
	topic := "arn:aws:sns:" + aws.Region + ":" + dev + ":alarms"
	policy := func(action, resource string) string {
		return "Action=SetTopicAttributes&TopicArn=" + topic + "&AttributeName=Policy&AttributeValue=" +
			url.QueryEscape(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"cloudwatch.amazonaws.com"},"Action":"`+action+`","Resource":"`+resource+`"}]}`)
	}
	newCloud(t).tell(t, dev, []step{
		{"sns", "Action=CreateTopic&Name=a+b", "", 400, []string{"InvalidParameter"}},
		{"sns", "Action=CreateTopic&Name=alarms&Attributes.entry.1.key=DisplayName&Attributes.entry.1.value=Prosa&Tags.member.1.Key=owner&Tags.member.1.Value=p", "", 0, []string{topic}},
		{"sns", "Action=GetTopicAttributes&TopicArn=" + topic, "", 0, []string{"Prosa", "__default_policy_ID"}},
		{"sns", "Action=ListTagsForResource&ResourceArn=" + topic, "", 0, []string{"<Value>p</Value>"}},
		{"sns", "Action=SetTopicAttributes&TopicArn=" + topic + "&AttributeName=Policy&AttributeValue=x", "", 400, []string{"Policy Error"}},
		{"sns", policy("s3:GetObject", topic), "", 400, []string{"out of service scope"}},
		{"sns", policy("sns:Publish", topic+"-other"), "", 400, []string{"another topic"}},
		{"sns", policy("sns:Publish", topic), "", 0, nil},
		{"sns", "Action=Subscribe&TopicArn=" + topic + "&Protocol=email&Endpoint=nobody", "", 400, []string{"Email address"}},
		{"sns", "Action=Subscribe&TopicArn=" + topic + "&Protocol=email&Endpoint=a@prosa.example", "", 0, []string{"pending confirmation"}},
		{"sns", "Action=Subscribe&TopicArn=" + topic + "&Protocol=email&Endpoint=a@prosa.example&ReturnSubscriptionArn=true", "", 0, []string{topic + ":"}},
		{"sns", "Action=ListSubscriptionsByTopic&TopicArn=" + topic, "", 0, []string{"PendingConfirmation", "a@prosa.example"}},
		{"sns", "Action=Unsubscribe&SubscriptionArn=" + topic + ":00000000-0000-4000-8000-000000000001", "", 400, []string{"pending confirmation"}},
		{"sns", "Action=DeleteTopic&TopicArn=" + topic, "", 0, nil},
		{"sns", "Action=GetTopicAttributes&TopicArn=" + topic, "", 404, []string{"<Code>NotFound</Code>"}},
	})
}

func TestAnAlarmRingsSomewhereAndCanBeMeasured(t *testing.T) {
	topic := "arn:aws:sns:" + aws.Region + ":" + dev + ":alarms"
	good := "Action=PutMetricAlarm&AlarmName=a&Namespace=AWS/RDS&MetricName=CPUUtilization&Statistic=Average&Period=300&EvaluationPeriods=3&DatapointsToAlarm=3&Threshold=80&ComparisonOperator=GreaterThanThreshold&AlarmActions.member.1=" + topic + "&Dimensions.member.1.Name=Id&Dimensions.member.1.Value=db"
	with := func(from, to string) string { return strings.Replace(good, from, to, 1) }
	refused := func(form, why string) step {
		return step{"monitoring", form, "", 400, []string{"ValidationError", why}}
	}
	newCloud(t).tell(t, dev, []step{
		refused(good, "no topic"),
		{"sns", "Action=CreateTopic&Name=alarms", "", 0, nil},
		refused(with(topic, strings.Replace(topic, aws.Region, "us-east-1", 1)), "Invalid region"),
		refused(with("Period=300", "Period=90"), "multiple of 60"),
		refused(with("Period=300&EvaluationPeriods=3", "Period=300&EvaluationPeriods=300"), "more than 86400"),
		refused(with("DatapointsToAlarm=3", "DatapointsToAlarm=4"), "DatapointsToAlarm"),
		refused(with("Statistic=Average", "Statistic=p99"), "statistic"),
		refused(with("Statistic=Average", "Statistic=Average&ExtendedStatistic=p99"), "Exactly one"),
		refused(with("Threshold=80", "Threshold=much"), "no number"),
		refused(with("Value=db", "Value="), "dimension"),
		refused(with("AlarmName=a", "AlarmName="+strings.Repeat("a", 256)), "255"),
		{"monitoring", good + "&Tags.member.1.Key=owner&Tags.member.1.Value=p", "", 0, nil},
		{"monitoring", with("Threshold=80", "Threshold=90"), "", 0, nil},
		{"monitoring", "Action=DescribeAlarms&AlarmNames.member.1=a", "", 0, []string{"<Threshold>90</Threshold>", "<Value>db</Value>", topic}},
		{"monitoring", "Action=ListTagsForResource&ResourceARN=arn:aws:cloudwatch:" + aws.Region + ":" + dev + ":alarm:a", "", 0, []string{"<Value>p</Value>"}},
		{"monitoring", "Action=DeleteAlarms&AlarmNames.member.1=a", "", 0, nil},
		{"monitoring", "Action=DescribeAlarms&AlarmNames.member.1=a", "", 0, []string{"<MetricAlarms></MetricAlarms>"}},
	})
}

func TestAScreenCanBeDrawn(t *testing.T) {
	put := func(body string) string {
		return "Action=PutDashboard&DashboardName=massivo-dev&DashboardBody=" + url.QueryEscape(body)
	}
	widget := `{"widgets":[{"type":"metric","x":12,"y":0,"width":12,"height":6,"properties":{"region":"sa-east-1","metrics":[["AWS/RDS","CPUUtilization","Id","db"]]}}]}`
	newCloud(t).tell(t, dev, []step{
		{"monitoring", put(`{"widgets":`), "", 400, []string{"InvalidParameterInput"}},
		{"monitoring", put(strings.Replace(widget, `"x":12`, `"x":13`, 1)), "", 400, []string{"columns"}},
		{"monitoring", put(strings.Replace(widget, `,"db"`, ``, 1)), "", 400, []string{"parts"}},
		{"monitoring", put(strings.Replace(widget, `"region":"sa-east-1",`, ``, 1)), "", 400, []string{"region"}},
		{"monitoring", put(widget), "", 0, nil},
		{"monitoring", "Action=GetDashboard&DashboardName=massivo-dev", "", 0, []string{"CPUUtilization"}},
		{"monitoring", "Action=DeleteDashboards&DashboardNames.member.1=massivo-dev", "", 0, nil},
		{"monitoring", "Action=GetDashboard&DashboardName=massivo-dev", "", 404, []string{"ResourceNotFound"}},
	})
}

func TestAFilterTakesNumbersOutOfALog(t *testing.T) {
	filter := `{"logGroupName":"/prosa/x","filterName":"f","filterPattern":"{ ($.msg = \"streams\") && ($.in = *) }","metricTransformations":[{"metricNamespace":"Prosa","metricName":"In","metricValue":"$.in"}]}`
	newCloud(t).tell(t, dev, []step{
		{"logs", "PutMetricFilter", filter, 400, []string{"ResourceNotFoundException"}},
		{"logs", "CreateLogGroup", `{"logGroupName":"/prosa/x"}`, 0, nil},
		{"logs", "PutMetricFilter", strings.Replace(filter, "*) }", "* }", 1), 400, []string{"Invalid metric filter pattern"}},
		{"logs", "PutMetricFilter", strings.Replace(filter, `"$.in"}`, `"in"}`, 1), 400, []string{"no field and no number"}},
		{"logs", "PutMetricFilter", strings.Replace(filter, `"Prosa"`, `"AWS/X"`, 1), 400, []string{"Invalid metric transformation"}},
		{"logs", "PutMetricFilter", filter, 0, nil},
		{"logs", "DescribeMetricFilters", `{"logGroupName":"/prosa/x","filterNamePrefix":"f"}`, 0, []string{`"metricName":"In"`}},
		{"logs", "DeleteMetricFilter", `{"logGroupName":"/prosa/x","filterName":"f"}`, 0, nil},
		{"logs", "DeleteMetricFilter", `{"logGroupName":"/prosa/x","filterName":"f"}`, 400, []string{"ResourceNotFoundException"}},
	})
}

func TestAnEventReachesATargetThatMayBeCalled(t *testing.T) {
	trust := url.QueryEscape(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)
	elsewhere := url.QueryEscape(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)
	target := func(role, queue, input string) string {
		return `{"Rule":"r","Targets":[{"Id":"t","Arn":"arn:aws:states:` + aws.Region + `:` + dev + `:stateMachine:m","RoleArn":"` + role + `","Input":"` + input + `","DeadLetterConfig":{"Arn":"` + queue + `"}}]}`
	}
	queue, role := "arn:aws:sqs:"+aws.Region+":"+dev+":undelivered", "arn:aws:iam::"+dev+":role/"
	newCloud(t).tell(t, dev, []step{
		{"iam", "Action=CreateRole&RoleName=bell&AssumeRolePolicyDocument=" + trust, "", 0, nil},
		{"iam", "Action=CreateRole&RoleName=task&AssumeRolePolicyDocument=" + elsewhere, "", 0, nil},
		{"events", "PutRule", `{"Name":"a rule","EventPattern":"{}"}`, 400, []string{"ValidationException"}},
		{"events", "PutRule", `{"Name":"r"}`, 400, []string{"must be specified"}},
		{"events", "PutRule", `{"Name":"r","EventPattern":"{\"source\":\"aws.cloudwatch\"}"}`, 400, []string{"InvalidEventPatternException"}},
		{"events", "PutRule", `{"Name":"r","EventPattern":"{\"source\":[\"aws.cloudwatch\"]}","Tags":[{"Key":"owner","Value":"p"}]}`, 0, []string{":rule/r"}},
		{"events", "ListTagsForResource", `{"ResourceARN":"arn:aws:events:` + aws.Region + `:` + dev + `:rule/r"}`, 0, []string{`"owner"`}},
		{"events", "PutTargets", target("", queue, "{}"), 400, []string{"RoleArn is required"}},
		{"events", "PutTargets", target(role+"nobody", queue, "{}"), 400, []string{"cannot be assumed"}},
		{"events", "PutTargets", target(role+"task", queue, "{}"), 400, []string{"cannot be assumed"}},
		{"events", "PutTargets", target(role+"bell", strings.Replace(queue, dev, prod, 1), "{}"), 400, []string{"DeadLetterConfig"}},
		{"events", "PutTargets", target(role+"bell", queue, "{"), 400, []string{"JSON syntax"}},
		{"events", "PutTargets", target(role+"bell", queue, "{}"), 0, nil},
		{"events", "ListTargetsByRule", `{"Rule":"r"}`, 0, []string{"stateMachine:m"}},
		{"events", "DeleteRule", `{"Name":"r"}`, 400, []string{"has targets"}},
		{"events", "RemoveTargets", `{"Rule":"r","Ids":["t"]}`, 0, nil},
		{"events", "DeleteRule", `{"Name":"r"}`, 0, nil},
		{"events", "DescribeRule", `{"Name":"r"}`, 400, []string{"ResourceNotFoundException"}},
	})
}
