package aws_test

import (
	"strconv"
	"testing"
)

func TestAMachineIsDrawnToItsEnd(t *testing.T) {
	const arn = "arn:aws:states:sa-east-1:" + dev + ":stateMachine:notice"
	machine := func(role, definition string) string {
		return `{"name":"notice","type":"EXPRESS","roleArn":"arn:aws:iam::` + dev + `:role/` + role + `","definition":` + strconv.Quote(definition) + `,"tags":[{"key":"owner","value":"plataforma"}]}`
	}
	const good = `{"StartAt":"Move","States":{"Move":{"Type":"Task","Resource":"arn:aws:states:::aws-sdk:elasticloadbalancingv2:setRulePriorities","End":true}}}`
	newCloud(t).tell(t, dev, []step{
		{"iam", "Action=CreateRole&RoleName=mover&AssumeRolePolicyDocument=" + trusting("states.amazonaws.com"), "", 0, nil},
		{"iam", "Action=CreateRole&RoleName=bell&AssumeRolePolicyDocument=" + trusting("events.amazonaws.com"), "", 0, nil},
		{"states", "CreateStateMachine", machine("bell", good), 400, []string{"AccessDeniedException"}},
		{"states", "CreateStateMachine", machine("mover", `{`), 400, []string{"INVALID_JSON_DESCRIPTION"}},
		{"states", "CreateStateMachine", machine("mover", `{"StartAt":"Other","States":{}}`), 400, []string{"MISSING_TRANSITION_TARGET"}},
		{"states", "CreateStateMachine", machine("mover", `{"StartAt":"Move","States":{"Move":{"Type":"Pass"}}}`), 400, []string{"[Next] or [End]"}},
		{"states", "CreateStateMachine", machine("mover", `{"StartAt":"Move","States":{"Move":{"Type":"Pass","Next":"Rest"}}}`), 400, []string{"MISSING_TRANSITION_TARGET"}},
		{"states", "ValidateStateMachineDefinition", `{"definition":"{}"}`, 0, []string{`"FAIL"`}},
		{"states", "ValidateStateMachineDefinition", `{"definition":` + strconv.Quote(good) + `}`, 0, []string{`"OK"`}},
		{"states", "CreateStateMachine", machine("mover", good), 0, []string{arn}},
		{"states", "CreateStateMachine", machine("mover", good), 0, []string{arn}},
		{"states", "CreateStateMachine", machine("mover", `{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}`), 400, []string{"StateMachineAlreadyExists"}},
		{"states", "DescribeStateMachine", `{"stateMachineArn":"` + arn + `"}`, 0, []string{`"EXPRESS"`, `"OFF"`, "role/mover"}},
		{"states", "ListTagsForResource", `{"resourceArn":"` + arn + `"}`, 0, []string{"plataforma"}},
		{"states", "UpdateStateMachine", `{"stateMachineArn":"` + arn + `","definition":"{"}`, 400, []string{"InvalidDefinition"}},
		{"states", "DeleteStateMachine", `{"stateMachineArn":"` + arn + `"}`, 0, nil},
		{"states", "DescribeStateMachine", `{"stateMachineArn":"` + arn + `"}`, 400, []string{"StateMachineDoesNotExist"}},
	})
}
