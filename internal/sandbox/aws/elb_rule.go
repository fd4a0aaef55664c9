package aws

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
)

// listenerRule leads what meets its conditions somewhere.
type listenerRule struct {
	arn, listener       string
	priority            int
	conditions, actions []element
	tags                map[string]string
}

func listenerRuleCalls() map[string]handler {
	return map[string]handler{
		"CreateRule": createListenerRule, "DescribeRules": describeListenerRules, "ModifyRule": modifyListenerRule, "DeleteRule": deleteListenerRule,
		"SetRulePriorities": setRulePriorities,
	}
}

// Limits of rules: of their place, and the quota of values in all conditions of
// one.
const (
	lastPriority      = 50000
	mostConditionings = 5
)

func createListenerRule(c *call) (any, error) {
	l, err := c.listener()
	if err != nil {
		return nil, err
	}
	r := &listenerRule{listener: l.arn, tags: c.formTags("Tags.member")}
	if r.priority, err = c.place(l.arn, "", c.form.Get("Priority")); err != nil {
		return nil, err
	}
	if err := c.setListenerRule(r); err != nil {
		return nil, err
	}
	r.arn = ruleARN(l.arn, c.account.next())
	c.elb().rules.put(r.arn, r)
	return answerXML{el("Rules", el("member", r.write()...))}, nil
}

func ruleARN(listener string, number int) string {
	return regexp.MustCompile(`:listener/`).ReplaceAllString(listener, ":listener-rule/") + fmt.Sprintf("/%016x", number)
}

// place reads a priority, which one rule of a listener has.
func (c *call) place(listener, but, text string) (int, error) {
	priority, err := strconv.Atoi(text)
	if err != nil || priority < 1 || priority > lastPriority {
		return 0, refuse(http.StatusBadRequest, "ValidationError", "Rule priority '%s' must be between 1 and %d", text, lastPriority)
	}
	for _, other := range c.elb().rules {
		if other.listener == listener && other.priority == priority && other.arn != but {
			return 0, refuse(http.StatusBadRequest, "PriorityInUse", "Priority '%d' is currently in use", priority)
		}
	}
	return priority, nil
}

// setListenerRule takes the form's conditions and actions, when they can be so.
func (c *call) setListenerRule(r *listenerRule) error {
	changed := *r
	if conditions := c.formTree("Conditions"); len(conditions) > 0 {
		changed.conditions = conditions
	}
	if actions := c.formTree("Actions"); len(actions) > 0 {
		changed.actions = actions
	}
	values := 0
	for i, one := range changed.conditions {
		field := one.child("Field").text
		config, ok := conditionConfigs[field]
		if !ok {
			return refuse(http.StatusBadRequest, "ValidationError", "Condition field '%s' must be one of '[path-pattern,host-header,http-header,http-request-method,query-string,source-ip]'", field)
		}
		given := one.child(config, "Values").memberTexts()
		values += len(given)
		if len(given) == 0 {
			return refuse(http.StatusBadRequest, "ValidationError", "A condition value must be specified")
		}
		// Of two fields the older form is told as well.
		if field == "host-header" || field == "path-pattern" {
			changed.conditions[i] = el("member", one.child("Field"), texts("Values", "member", given), one.child(config))
		}
	}
	if values == 0 || values > mostConditionings {
		return refuse(http.StatusBadRequest, "ValidationError", "A rule can only have '%d' condition values, and needs one", mostConditionings)
	}
	made, err := c.checkActions(changed.actions, c.elb().balancers[c.elb().listeners[r.listener].balancer].vpc)
	if err != nil {
		return err
	}
	changed.actions = made
	*r = changed
	return nil
}

// conditionConfigs names the structure of a condition's field.
var conditionConfigs = map[string]string{
	"path-pattern": "PathPatternConfig", "host-header": "HostHeaderConfig", "source-ip": "SourceIpConfig",
	"http-header": "HttpHeaderConfig", "http-request-method": "HttpRequestMethodConfig", "query-string": "QueryStringConfig",
}

// What a listener may answer by itself.
var (
	fixedStatus = regexp.MustCompile(`^(2|4|5)\d\d$`)
	fixedTypes  = []string{"text/plain", "text/css", "text/html", "application/javascript", "application/json"}
)

const longestFixed = 1024

// checkActions refuses actions that lead nowhere, and adds to the others what
// the vendor tells beside what it was given.
func (c *call) checkActions(actions []element, vpc string) ([]element, error) {
	made := make([]element, 0, len(actions))
	for _, action := range actions {
		for _, arn := range leadTo([]element{action}) {
			g := c.elb().targets[arn]
			if g == nil {
				return nil, refuse(http.StatusBadRequest, "TargetGroupNotFound", "Target groups '%s' not found", arn)
			}
			if g.vpc != vpc {
				return nil, refuse(http.StatusBadRequest, "ValidationError", "The following target groups are in a different VPC from the load balancer: '%s'", arn)
			}
		}
		switch kind := action.child("Type").text; kind {
		case "forward":
			if arn := action.child("TargetGroupArn").text; arn != "" && action.child("ForwardConfig").name == "" {
				action = el("member", append(slices.Clone(action.children), el("ForwardConfig",
					el("TargetGroups", el("member", say("TargetGroupArn", arn), say("Weight", 1))), el("TargetGroupStickinessConfig", say("Enabled", false))))...)
			}
		case "redirect":
			if code := action.child("RedirectConfig", "StatusCode").text; code != "HTTP_301" && code != "HTTP_302" {
				return nil, refuse(http.StatusBadRequest, "ValidationError", "Redirect status code '%s' must be HTTP_301 or HTTP_302", code)
			}
		case "fixed-response":
			fixed := action.child("FixedResponseConfig")
			if status := fixed.child("StatusCode").text; !fixedStatus.MatchString(status) {
				return nil, refuse(http.StatusBadRequest, "ValidationError", "Fixed response status code '%s' is not valid", status)
			}
			if kind := fixed.child("ContentType").text; kind != "" && !slices.Contains(fixedTypes, kind) {
				return nil, refuse(http.StatusBadRequest, "ValidationError", "Fixed response content type '%s' is not valid", kind)
			}
			if body := fixed.child("MessageBody").text; len(body) > longestFixed {
				return nil, refuse(http.StatusBadRequest, "ValidationError", "Fixed response message body has %d characters, %d at most", len(body), longestFixed)
			}
		default:
			return nil, refuse(http.StatusBadRequest, "ValidationError", "Action type '%s' is not valid", kind)
		}
		made = append(made, action)
	}
	return made, nil
}

// leadTo names the groups that actions lead to.
func leadTo(actions []element) (arns []string) {
	for _, action := range actions {
		if arn := action.child("TargetGroupArn").text; arn != "" {
			arns = append(arns, arn)
		}
		for _, group := range action.child("ForwardConfig", "TargetGroups").children {
			arns = append(arns, group.child("TargetGroupArn").text)
		}
	}
	return arns
}

func (r *listenerRule) write() []element {
	return []element{say("RuleArn", r.arn), say("Priority", r.priority), el("Conditions", r.conditions...), el("Actions", r.actions...), say("IsDefault", false)}
}

func (c *call) listenerRule(arn string) (*listenerRule, error) {
	if found := c.elb().rules[arn]; found != nil {
		return found, nil
	}
	return nil, refuse(http.StatusBadRequest, "RuleNotFound", "Rule '%s' not found", arn)
}

// describeListenerRules tells rules in their order, the listener's own last.
func describeListenerRules(c *call) (any, error) {
	found, err := asked(c.elb().rules, c.formList("RuleArns.member"), nil, nil, "RuleNotFound")
	if err != nil {
		return nil, err
	}
	told := el("Rules")
	if c.form.Has("ListenerArn") {
		l, err := c.listener()
		if err != nil {
			return nil, err
		}
		found = slices.DeleteFunc(found, func(r *listenerRule) bool { return r.listener != l.arn })
		slices.SortFunc(found, func(a, b *listenerRule) int { return a.priority - b.priority })
		told.children = []element{el("member", say("RuleArn", ruleARN(l.arn, 0)), say("Priority", "default"), el("Conditions"), el("Actions", l.actions...), say("IsDefault", true))}
	}
	return answerXML{el("Rules", append(list("Rules", "member", found, (*listenerRule).write).children, told.children...)...)}, nil
}

func modifyListenerRule(c *call) (any, error) {
	r, err := c.listenerRule(c.form.Get("RuleArn"))
	if err != nil {
		return nil, err
	}
	if err := c.setListenerRule(r); err != nil {
		return nil, err
	}
	return answerXML{el("Rules", el("member", r.write()...))}, nil
}

func deleteListenerRule(c *call) (any, error) {
	r, err := c.listenerRule(c.form.Get("RuleArn"))
	if err != nil {
		return nil, err
	}
	delete(c.elb().rules, r.arn)
	return answerXML{}, nil
}

func setRulePriorities(c *call) (any, error) {
	told := el("Rules")
	for _, one := range c.formRecords("RulePriorities.member") {
		r, err := c.listenerRule(one["RuleArn"])
		if err != nil {
			return nil, err
		}
		if r.priority, err = c.place(r.listener, r.arn, one["Priority"]); err != nil {
			return nil, err
		}
		told.children = append(told.children, el("member", r.write()...))
	}
	return answerXML{told}, nil
}
