package aws

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// machineState is what Step Functions has of an account.
type machineState struct{ machines shelf[doc] } // by ARN

func (c *call) machines() *machineState { return state[machineState](c.account, "states") }

func machineStateCalls() map[string]handler {
	return map[string]handler{
		"CreateStateMachine": jsonCall(createStateMachine), "DescribeStateMachine": jsonCall(describeStateMachine), "UpdateStateMachine": jsonCall(updateStateMachine),
		"DeleteStateMachine": jsonCall(deleteStateMachine), "ListStateMachineVersions": jsonCall(listStateMachineVersions), "ValidateStateMachineDefinition": jsonCall(validateStateMachine),
		"ListTagsForResource": jsonCall(machineTags), "TagResource": jsonCall(tagMachine), "UntagResource": jsonCall(untagMachine),
	}
}

var machineName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,80}$`)

func createStateMachine(c *call, in doc) (any, error) {
	name := text(in, "name")
	if !machineName.MatchString(name) {
		return nil, refuse(http.StatusBadRequest, "InvalidName", "Invalid Name: '%s'", name)
	}
	arn := c.arn("states", "stateMachine:"+name)
	if held := c.machines().machines[arn]; held != nil {
		if (*held)["definition"] == in["definition"] && (*held)["roleArn"] == in["roleArn"] {
			return doc{"stateMachineArn": arn, "creationDate": (*held)["creationDate"]}, nil // the same again is no error
		}
		return nil, refuse(http.StatusBadRequest, "StateMachineAlreadyExists", "State Machine Already Exists: '%s'", arn)
	}
	made := withDefault(maps.Clone(in), doc{
		"type": "STANDARD", "loggingConfiguration": doc{"level": "OFF", "includeExecutionData": false}, "tracingConfiguration": doc{"enabled": false},
		"encryptionConfiguration": doc{"type": "AWS_OWNED_KEY"}, "tags": []any{},
	})
	if err := c.judgeMachine(made); err != nil {
		return nil, err
	}
	delete(made, "publish")
	made["stateMachineArn"], made["status"], made["creationDate"] = arn, "ACTIVE", seconds(c.server.config.Now())
	c.machines().machines.put(arn, &made)
	return doc{"stateMachineArn": arn, "creationDate": made["creationDate"]}, nil
}

func (c *call) judgeMachine(made doc) error {
	if problem := misdrawn(text(made, "definition")); problem != "" {
		return refuse(http.StatusBadRequest, "InvalidDefinition", "Invalid State Machine Definition: '%s'", problem)
	}
	if !c.passed(text(made, "roleArn"), "states.amazonaws.com", "") {
		return refuse(http.StatusBadRequest, "AccessDeniedException", "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.")
	}
	return nil
}

// kinds of states there are, and which of them end by themselves.
var stateKinds = map[string]bool{"Task": false, "Pass": false, "Wait": false, "Parallel": false, "Map": false, "Choice": true, "Succeed": true, "Fail": true}

// misdrawn says what is wrong with a machine in the Amazon States Language;
// empty when it could run.
func misdrawn(definition string) string {
	var drawn struct {
		StartAt string
		States  map[string]doc
	}
	if err := json.Unmarshal([]byte(definition), &drawn); err != nil {
		return "INVALID_JSON_DESCRIPTION: " + err.Error()
	}
	if drawn.States[drawn.StartAt] == nil {
		return fmt.Sprintf("MISSING_TRANSITION_TARGET: Missing 'Next' target: %s at /StartAt", drawn.StartAt)
	}
	for _, name := range sortedKeys(drawn.States) {
		one := drawn.States[name]
		ends, known := stateKinds[text(one, "Type")]
		next := text(one, "Next")
		switch {
		case !known:
			return fmt.Sprintf("SCHEMA_VALIDATION_FAILED: Value is not a valid type at /States/%s/Type", name)
		case text(one, "Type") == "Task" && !strings.HasPrefix(text(one, "Resource"), "arn:"):
			return fmt.Sprintf("SCHEMA_VALIDATION_FAILED: Value is not a valid resource ARN at /States/%s/Resource", name)
		case !ends && next == "" && one["End"] != true:
			return fmt.Sprintf("SCHEMA_VALIDATION_FAILED: These fields are required: [Next] or [End] at /States/%s", name)
		case next != "" && drawn.States[next] == nil:
			return fmt.Sprintf("MISSING_TRANSITION_TARGET: Missing 'Next' target: %s at /States/%s/Next", next, name)
		}
	}
	return ""
}

func validateStateMachine(_ *call, in doc) (any, error) {
	if problem := misdrawn(text(in, "definition")); problem != "" {
		code, message, _ := strings.Cut(problem, ": ")
		return doc{"result": "FAIL", "diagnostics": []doc{{"severity": "ERROR", "code": code, "message": message}}, "truncated": false}, nil
	}
	return doc{"result": "OK", "diagnostics": []doc{}, "truncated": false}, nil
}

func (c *call) machine(arn string) (doc, error) {
	if held := c.machines().machines[arn]; held != nil {
		return *held, nil
	}
	return nil, refuse(http.StatusBadRequest, "StateMachineDoesNotExist", "State Machine Does Not Exist: '%s'", arn)
}

func describeStateMachine(c *call, in doc) (any, error) {
	held, err := c.machine(text(in, "stateMachineArn"))
	if err != nil {
		return nil, err
	}
	out := maps.Clone(held)
	delete(out, "tags")
	return out, nil
}

func updateStateMachine(c *call, in doc) (any, error) {
	held, err := c.machine(text(in, "stateMachineArn"))
	if err != nil {
		return nil, err
	}
	changed := maps.Clone(held)
	for _, field := range []string{"definition", "roleArn", "loggingConfiguration", "tracingConfiguration", "encryptionConfiguration"} {
		if in[field] != nil {
			changed[field] = in[field]
		}
	}
	if err := c.judgeMachine(changed); err != nil {
		return nil, err
	}
	maps.Copy(held, changed)
	return doc{"updateDate": seconds(c.server.config.Now())}, nil
}

// deleteStateMachine takes a machine away; to take away what is not there is no
// error.
func deleteStateMachine(c *call, in doc) (any, error) {
	delete(c.machines().machines, text(in, "stateMachineArn"))
	return nil, nil
}

func listStateMachineVersions(c *call, in doc) (any, error) {
	if _, err := c.machine(text(in, "stateMachineArn")); err != nil {
		return nil, err
	}
	return doc{"stateMachineVersions": []doc{}}, nil
}

func (c *call) labelledMachine(in doc) (doc, error) {
	arn := text(in, "resourceArn")
	if slices.Contains(c.machines().machines.names(), arn) {
		return *c.machines().machines[arn], nil
	}
	return nil, refuse(http.StatusBadRequest, "ResourceNotFound", "Resource not found: '%s'", arn)
}

func machineTags(c *call, in doc) (any, error) {
	held, err := c.labelledMachine(in)
	if err != nil {
		return nil, err
	}
	return doc{"tags": held["tags"]}, nil
}

func tagMachine(c *call, in doc) (any, error) {
	held, err := c.labelledMachine(in)
	if err != nil {
		return nil, err
	}
	held["tags"] = retag(held["tags"], items(in, "tags"), nil, "key")
	return nil, nil
}

func untagMachine(c *call, in doc) (any, error) {
	held, err := c.labelledMachine(in)
	if err != nil {
		return nil, err
	}
	held["tags"] = retag(held["tags"], nil, wordsOf(in["tagKeys"]), "key")
	return nil, nil
}
