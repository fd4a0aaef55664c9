package aws_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

// TestWhatWouldNotStartIsTold lets a task and a schedule come into being that
// the vendor takes, and gives them one right after the other.
func TestWhatWouldNotStartIsTold(t *testing.T) {
	c := newCloud(t)
	const (
		vault = "arn:aws:secretsmanager:sa-east-1:" + dev + ":secret:massivo-dev/url-AbCdEf"
		image = `"image":"` + dev + `.dkr.ecr.sa-east-1.amazonaws.com/prosa@sha256:1"`
		log   = `"logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"/prosa/tick","awslogs-region":"sa-east-1","awslogs-stream-prefix":"tick"}}`
	)
	role := func(name, service string) step {
		return step{"iam", "Action=CreateRole&RoleName=" + name + "&AssumeRolePolicyDocument=" + trusting(service), "", 0, nil}
	}
	lets := func(role, statements string) {
		t.Helper()
		c.tell(t, dev, []step{{"iam", "Action=PutRolePolicy&RoleName=" + role + "&PolicyName=p&PolicyDocument=" + url.QueryEscape(`{"Version":"2012-10-17","Statement":[`+statements+`]}`), "", 0, nil}})
	}
	told := func(want ...string) {
		t.Helper()
		reasons := c.Unstartable(dev)
		if len(reasons) != len(want) {
			t.Fatalf("%d reasons, want %d: %s", len(reasons), len(want), strings.Join(reasons, "\n"))
		}
		for _, text := range want {
			if !slices.ContainsFunc(reasons, func(why string) bool { return strings.Contains(why, text) }) {
				t.Errorf("%q is not told in %s", text, strings.Join(reasons, "\n"))
			}
		}
	}
	c.tell(t, dev, append(network, role("start", "ecs-tasks.amazonaws.com"), role("clock", "scheduler.amazonaws.com"),
		step{"ecs", "CreateCluster", `{"clusterName":"massivo-dev"}`, 0, nil},
		step{"ecs", "RegisterTaskDefinition", `{"family":"tick","executionRoleArn":"arn:aws:iam::` + dev + `:role/start","containerDefinitions":[{"name":"tick",` + image + `,` + log +
			`,"secrets":[{"name":"URL","valueFrom":"` + vault + `"}]}]}`, 0, nil}))
	told("no repository prosa", "ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "no log group /prosa/tick",
		"logs:CreateLogStream", "logs:PutLogEvents", "secretsmanager:GetSecretValue", "no secret "+vault)

	c.tell(t, dev, []step{
		{"ecr", "CreateRepository", `{"repositoryName":"prosa"}`, 0, nil},
		{"logs", "CreateLogGroup", `{"logGroupName":"/prosa/tick"}`, 0, nil},
		{"secretsmanager", "CreateSecret", `{"Name":"massivo-dev/url","KmsKeyId":"arn:aws:kms:sa-east-1:` + dev + `:key/1"}`, 0, []string{vault}},
	})
	const may = `{"Effect":"Allow","Action":["ecr:*","logs:*","secretsmanager:GetSecretValue"],"Resource":"*"}`
	lets("start", may)
	told("kms:Decrypt")
	lets("start", may+`,{"Effect":"Allow","NotAction":"iam:*","Resource":"*"},{"Effect":"Deny","Action":"ecr:*","NotResource":"arn:aws:ecr:*:*:repository/prosa"}`)
	told("ecr:GetAuthorizationToken on *")
	lets("start", may+`,{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"aws:ResourceAccount":"`+dev+`"}}}`)
	told()

	schedule := `{"ScheduleExpression":"rate(15 minutes)","FlexibleTimeWindow":{"Mode":"OFF"},"Target":{"Arn":"arn:aws:ecs:sa-east-1:` + dev + `:cluster/massivo-dev","RoleArn":"arn:aws:iam::` + dev +
		`:role/clock","EcsParameters":{"TaskDefinitionArn":"arn:aws:ecs:sa-east-1:` + dev + `:task-definition/tick:1","PropagateTags":"TASK_DEFINITION"},"DeadLetterConfig":{"Arn":"arn:aws:sqs:sa-east-1:` + dev + `:letters"}}}`
	if status, text := c.call(t, dev, "scheduler", "POST", "/schedules/tick", "application/json", schedule, nil); status != 200 {
		t.Fatal(text)
	}
	told("ecs:RunTask", "ecs:TagResource", "iam:PassRole", "sqs:SendMessage")
	lets("clock", `{"Effect":"Allow","Action":"ecs:RunTask","Resource":"arn:aws:ecs:sa-east-1:`+dev+`:task-definition/tick:*","Condition":{"ArnEquals":{"ecs:cluster":"arn:aws:ecs:sa-east-1:`+dev+`:cluster/massivo-dev"}}},`+
		`{"Effect":"Allow","Action":["iam:PassRole","sqs:SendMessage"],"Resource":"*"},{"Effect":"Allow","Action":"ecs:TagResource","Resource":"*","Condition":{"StringEquals":{"ecs:CreateAction":"CreateService"}}}`)
	told("ecs:TagResource")
	lets("clock", `{"Effect":"Allow","Action":["ecs:RunTask","ecs:TagResource","iam:PassRole","sqs:SendMessage"],"Resource":"*"}`)
	told()

	// A boundary takes away what it does not let.
	c.tell(t, dev, []step{
		{"iam", "Action=CreatePolicy&PolicyName=boundary&PolicyDocument=" + url.QueryEscape(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ecs:*","sqs:*"],"Resource":"*"}]}`), "", 0, nil},
		{"iam", "Action=PutRolePermissionsBoundary&RoleName=clock&PermissionsBoundary=" + url.QueryEscape("arn:aws:iam::"+dev+":policy/boundary"), "", 0, nil},
	})
	told("iam:PassRole")
}
