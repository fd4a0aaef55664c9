package aws_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestAScheduleRunsWhatIsThere(t *testing.T) {
	c := newCloud(t)
	c.tell(t, dev, []step{
		{"iam", "Action=CreateRole&RoleName=clock&AssumeRolePolicyDocument=" + trusting("scheduler.amazonaws.com"), "", 0, nil},
		{"iam", "Action=CreateRole&RoleName=other&AssumeRolePolicyDocument=" + trusting("events.amazonaws.com"), "", 0, nil},
		{"ecs", "RegisterTaskDefinition", `{"family":"tick","containerDefinitions":[{"name":"tick"}]}`, 0, nil},
	})
	rest := func(method, path, body string, status int, holds ...string) {
		t.Helper()
		got, text := c.call(t, dev, "scheduler", method, path, "application/json", body, nil)
		if got != status {
			t.Fatalf("%s %s: %d %s, want %d", method, path, got, text, status)
		}
		for _, want := range holds {
			if !strings.Contains(text, want) {
				t.Errorf("%s %s: %q is missing in %s", method, path, want, text)
			}
		}
	}
	schedule := func(expression, zone, role string) string {
		return `{"GroupName":"massivo-dev","ScheduleExpression":"` + expression + `","ScheduleExpressionTimezone":"` + zone + `","FlexibleTimeWindow":{"Mode":"OFF"},` +
			`"Target":{"Arn":"arn:aws:ecs:sa-east-1:` + dev + `:cluster/massivo-dev","RoleArn":"arn:aws:iam::` + dev + `:role/` + role + `","EcsParameters":{"TaskDefinitionArn":"arn:aws:ecs:sa-east-1:` + dev + `:task-definition/tick:1"},` +
			`"DeadLetterConfig":{"Arn":"arn:aws:sqs:sa-east-1:` + dev + `:massivo-dev-undelivered"}}}`
	}
	const at, here = "/schedules/massivo-dev-tick", "America/Sao_Paulo"
	whole := schedule("rate(15 minutes)", here, "clock")
	rest(http.MethodPost, at, whole, http.StatusNotFound, "Schedule group massivo-dev does not exist")
	rest(http.MethodPost, "/schedule-groups/"+strings.Repeat("a", 65), `{}`, http.StatusBadRequest, "ValidationException")
	rest(http.MethodPost, "/schedule-groups/massivo-dev", `{"Tags":[{"Key":"owner","Value":"plataforma"}]}`, http.StatusOK, "schedule-group/massivo-dev")
	rest(http.MethodPost, "/schedule-groups/massivo-dev", `{}`, http.StatusConflict, "ConflictException")
	rest(http.MethodGet, "/schedule-groups/massivo-dev", "", http.StatusOK, `"ACTIVE"`)
	rest(http.MethodGet, "/tags/arn%3Aaws%3Ascheduler%3Asa-east-1%3A"+dev+"%3Aschedule-group%2Fmassivo-dev", "", http.StatusOK, "plataforma")
	rest(http.MethodPost, at, whole, http.StatusBadRequest, "cluster", "does not exist")
	c.tell(t, dev, []step{{"ecs", "CreateCluster", `{"clusterName":"massivo-dev"}`, 0, nil}})
	rest(http.MethodPost, at, schedule("rate(15 minutes)", here, "other"), http.StatusBadRequest, "must allow AWS EventBridge Scheduler to assume the role")
	rest(http.MethodPost, at, schedule("rate(15 minutes)", "Brazil/Nowhere", "clock"), http.StatusBadRequest, "Timezone")
	for _, bad := range []string{"rate(0 minutes)", "cron(0 8 * * MON-FRI *)", "cron(0 8 ? * MON-FRI)", "cron(0 8 ? * SEG-SEX *)", "every day"} {
		rest(http.MethodPost, at, schedule(bad, here, "clock"), http.StatusBadRequest, "Invalid Schedule Expression")
	}
	rest(http.MethodPost, at, strings.Replace(whole, "tick:1", "tick:2", 1), http.StatusBadRequest, "task definition")
	rest(http.MethodPost, at, strings.Replace(whole, `arn:aws:sqs`, `arn:aws:sns`, 1), http.StatusBadRequest, "queue of SQS")
	rest(http.MethodPost, at, whole, http.StatusOK, "schedule/massivo-dev/massivo-dev-tick")
	rest(http.MethodPost, at, whole, http.StatusConflict, "ConflictException")
	rest(http.MethodPut, at, schedule("cron(0 8 ? * MON-FRI *)", here, "clock"), http.StatusOK)
	rest(http.MethodGet, at+"?groupName=massivo-dev", "", http.StatusOK, "cron(0 8 ? * MON-FRI *)", `"ENABLED"`, `"MaximumRetryAttempts":185`)
	rest(http.MethodGet, at, "", http.StatusNotFound, "ResourceNotFoundException")
	rest(http.MethodDelete, "/schedule-groups/massivo-dev", "", http.StatusOK)
	rest(http.MethodGet, at+"?groupName=massivo-dev", "", http.StatusNotFound)
}
