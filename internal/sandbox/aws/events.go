package aws

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// eventState holds the rules of an account's default bus by name.
type eventState struct{ rules shelf[eventRule] }

type eventRule struct {
	name, arn string
	about     doc
	tags      []any
	targets   []doc
}

func (c *call) events() *eventState { return state[eventState](c.account, "events") }

func eventCalls() map[string]handler {
	return map[string]handler{
		"PutRule": jsonCall(putEventRule), "DescribeRule": jsonCall(describeEventRule), "DeleteRule": jsonCall(deleteEventRule),
		"EnableRule": jsonCall(switchEventRule("ENABLED")), "DisableRule": jsonCall(switchEventRule("DISABLED")),
		"PutTargets": jsonCall(putEventTargets), "ListTargetsByRule": jsonCall(listEventTargets), "RemoveTargets": jsonCall(removeEventTargets),
		"ListTagsForResource": jsonCall(eventTags), "TagResource": jsonCall(tagEventRule), "UntagResource": jsonCall(untagEventRule),
	}
}

var eventRuleName = regexp.MustCompile(`^[.\-_A-Za-z0-9]{1,64}$`)

// Limits of a rule: targets, and characters of a target's input.
const (
	mostTargets  = 5
	longestInput = 8192
)

// putEventRule makes a rule or replaces what is said of one.
func putEventRule(c *call, in doc) (any, error) {
	name := text(in, "Name")
	if !eventRuleName.MatchString(name) {
		return nil, refuse(http.StatusBadRequest, "ValidationException", "1 validation error detected: Value '%s' at 'name' failed to satisfy constraint", name)
	}
	if bus := text(in, "EventBusName"); bus != "" && bus != "default" {
		return nil, refuse(http.StatusBadRequest, "ResourceNotFoundException", "Event bus %s does not exist.", bus)
	}
	if text(in, "EventPattern") == "" && text(in, "ScheduleExpression") == "" {
		return nil, refuse(http.StatusBadRequest, "ValidationException", "Parameter(s) EventPattern or ScheduleExpression must be specified.")
	}
	if pattern := text(in, "EventPattern"); pattern != "" && !isPattern(pattern) {
		return nil, refuse(http.StatusBadRequest, "InvalidEventPatternException", "Event pattern is not valid. Reason: every field holds a list or fields of its own")
	}
	r := c.events().rules[name]
	if r == nil {
		r = &eventRule{name: name, arn: c.arn("events", "rule/"+name)}
		r.tags, _ = in["Tags"].([]any)
		c.events().rules.put(name, r)
	}
	r.about = doc{"Name": name, "Arn": r.arn, "EventBusName": "default", "State": "ENABLED", "CreatedBy": c.account.ID}
	for _, field := range []string{"EventPattern", "ScheduleExpression", "Description", "RoleArn", "State"} {
		if text(in, field) != "" {
			r.about[field] = in[field]
		}
	}
	return doc{"RuleArn": r.arn}, nil
}

// isPattern says whether a text is a pattern of events: an object whose leaves
// are lists (EventBridge user guide, "Event patterns").
func isPattern(text string) bool {
	var fields doc
	if err := json.Unmarshal([]byte(text), &fields); err != nil || len(fields) == 0 {
		return false
	}
	var fits func(fields doc) bool
	fits = func(fields doc) bool {
		for _, value := range fields {
			switch v := value.(type) {
			case []any:
				if len(v) == 0 {
					return false
				}
			case doc:
				if !fits(v) {
					return false
				}
			default:
				return false
			}
		}
		return true
	}
	return fits(fields)
}

func (c *call) eventRule(name string) (*eventRule, error) {
	if found := c.events().rules[name]; found != nil {
		return found, nil
	}
	return nil, refuse(http.StatusBadRequest, "ResourceNotFoundException", "Rule %s does not exist on EventBus default.", name)
}

func describeEventRule(c *call, in doc) (any, error) {
	r, err := c.eventRule(text(in, "Name"))
	if err != nil {
		return nil, err
	}
	return r.about, nil
}

func deleteEventRule(c *call, in doc) (any, error) {
	name := text(in, "Name")
	if r := c.events().rules[name]; r != nil && len(r.targets) > 0 {
		return nil, refuse(http.StatusBadRequest, "ValidationException", "Rule can't be deleted since it has targets.")
	}
	delete(c.events().rules, name)
	return nil, nil
}

func switchEventRule(to string) func(c *call, in doc) (any, error) {
	return func(c *call, in doc) (any, error) {
		r, err := c.eventRule(text(in, "Name"))
		if err != nil {
			return nil, err
		}
		r.about["State"] = to
		return nil, nil
	}
}

func putEventTargets(c *call, in doc) (any, error) {
	r, err := c.eventRule(text(in, "Rule"))
	if err != nil {
		return nil, err
	}
	given, _ := in["Targets"].([]any)
	targets := slices.Clone(r.targets)
	for _, one := range given {
		target, _ := one.(doc)
		if err := c.checkTarget(r.arn, target); err != nil {
			return nil, err
		}
		targets = slices.DeleteFunc(targets, func(held doc) bool { return text(held, "Id") == text(target, "Id") })
		targets = append(targets, target)
	}
	if len(targets) > mostTargets {
		return nil, refuse(http.StatusBadRequest, "LimitExceededException", "The requested resource exceeds the maximum number allowed.")
	}
	r.targets = targets
	return doc{"FailedEntryCount": 0, "FailedEntries": []any{}}, nil
}

// checkTarget refuses a target that no event of a rule would reach.
func (c *call) checkTarget(rule string, target doc) error {
	arn, role := text(target, "Arn"), text(target, "RoleArn")
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return refuse(http.StatusBadRequest, "ValidationException", "Provided Arn is not in correct format.")
	}
	if needsRole := parts[2] == "states" || parts[2] == "ecs"; needsRole && role == "" {
		return refuse(http.StatusBadRequest, "ValidationException", "RoleArn is required for target %s.", arn)
	}
	if role != "" && !c.passed(role, "events.amazonaws.com", rule) {
		return refuse(http.StatusBadRequest, "ValidationException", "Provided role '%s' cannot be assumed by principal 'events.amazonaws.com'.", role)
	}
	if input := text(target, "Input"); input != "" && (!json.Valid([]byte(input)) || len(input) > longestInput) {
		return refuse(http.StatusBadRequest, "ValidationException", "JSON syntax error in input for target %s", text(target, "Id"))
	}
	dead, _ := target["DeadLetterConfig"].(doc)
	if queue := text(dead, "Arn"); queue != "" && !strings.HasPrefix(queue, c.arn("sqs", "")) {
		return refuse(http.StatusBadRequest, "ValidationException", "Parameter DeadLetterConfig.Arn is not valid: %s is no queue of this account and region.", queue)
	}
	return nil
}

func listEventTargets(c *call, in doc) (any, error) {
	r, err := c.eventRule(text(in, "Rule"))
	if err != nil {
		return nil, err
	}
	targets := r.targets
	if targets == nil {
		targets = []doc{}
	}
	return doc{"Targets": targets}, nil
}

func removeEventTargets(c *call, in doc) (any, error) {
	r, err := c.eventRule(text(in, "Rule"))
	if err != nil {
		return nil, err
	}
	gone := wordsOf(in["Ids"])
	r.targets = slices.DeleteFunc(r.targets, func(held doc) bool { return slices.Contains(gone, text(held, "Id")) })
	return doc{"FailedEntryCount": 0, "FailedEntries": []any{}}, nil
}

func (c *call) labelledRule(in doc) (*eventRule, error) {
	_, name, _ := strings.Cut(text(in, "ResourceARN"), ":rule/")
	return c.eventRule(name)
}

func eventTags(c *call, in doc) (any, error) {
	r, err := c.labelledRule(in)
	if err != nil {
		return nil, err
	}
	return doc{"Tags": orEmpty(r.tags)}, nil
}

func tagEventRule(c *call, in doc) (any, error) {
	r, err := c.labelledRule(in)
	if err != nil {
		return nil, err
	}
	r.tags = relabel(r.tags, in["Tags"], nil)
	return nil, nil
}

func untagEventRule(c *call, in doc) (any, error) {
	r, err := c.labelledRule(in)
	if err != nil {
		return nil, err
	}
	r.tags = relabel(r.tags, nil, wordsOf(in["TagKeys"]))
	return nil, nil
}
