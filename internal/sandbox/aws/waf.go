package aws

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// wafState holds the firewalls of an account by ARN, what each guards, and where
// its log goes.
type wafState struct {
	lists  shelf[accessList]
	guards map[string]string // list by the ARN of what it guards
	logs   shelf[doc]        // logging configuration by list
}

// accessList is a list of rules in front of balancers.
type accessList struct {
	arn, id, name, lock string
	about               doc // as it was given
	tags                []any
}

func (c *call) waf() *wafState { return state[wafState](c.account, "wafv2") }

func wafCalls() map[string]handler {
	return map[string]handler{
		"CreateWebACL": jsonCall(createAccessList), "GetWebACL": jsonCall(getAccessList), "UpdateWebACL": jsonCall(updateAccessList), "DeleteWebACL": jsonCall(deleteAccessList),
		"AssociateWebACL": jsonCall(guard), "DisassociateWebACL": jsonCall(unguard), "GetWebACLForResource": jsonCall(guardOf),
		"PutLoggingConfiguration": jsonCall(putFirewallLog), "GetLoggingConfiguration": jsonCall(getFirewallLog), "DeleteLoggingConfiguration": jsonCall(deleteFirewallLog),
		"ListTagsForResource": jsonCall(accessListTags), "TagResource": jsonCall(tagAccessList), "UntagResource": jsonCall(untagAccessList),
	}
}

// managedRules are groups of the vendor's with the capacity that each takes (WAF
// developer guide, "AWS managed rule groups list").
var managedRules = map[string]int{
	"AWSManagedRulesCommonRuleSet": 700, "AWSManagedRulesKnownBadInputsRuleSet": 200, "AWSManagedRulesAmazonIpReputationList": 25,
	"AWSManagedRulesAnonymousIpList": 50, "AWSManagedRulesSQLiRuleSet": 200, "AWSManagedRulesAdminProtectionRuleSet": 100, "AWSManagedRulesLinuxRuleSet": 200,
}

// Limits of a list: capacity, and a rate's requests and window.
const (
	mostCapacity = 5000
	leastRate    = 10
)

var (
	firewallName = regexp.MustCompile(`^[\w-]{1,128}$`)
	rateWindows  = []float64{60, 120, 300, 600}
)

func badFirewall(field, format string, args ...any) error {
	return refuse(http.StatusBadRequest, "WAFInvalidParameterException", "Error reason: %s, field: %s", fmt.Sprintf(format, args...), field)
}

// capacity adds up what the rules of a list take, and refuses what is none.
func capacity(rules []any) (int, error) {
	sum, places := 0, map[float64]bool{}
	for _, one := range rules {
		rule, _ := one.(doc)
		place, given := rule["Priority"].(float64)
		if !given || places[place] {
			return 0, badFirewall("RULE", "a rule has no priority of its own: %v", rule["Priority"])
		}
		places[place] = true
		if !firewallName.MatchString(text(rule, "Name")) {
			return 0, badFirewall("RULE", "the rule's name '%s' is not valid", text(rule, "Name"))
		}
		if err := visible(rule); err != nil {
			return 0, err
		}
		takes, err := capacityOf(rule)
		if err != nil {
			return 0, err
		}
		sum += takes
	}
	if sum > mostCapacity {
		return 0, refuse(http.StatusBadRequest, "WAFLimitsExceededException", "The rules take %d of capacity, %d at most", sum, mostCapacity)
	}
	return sum, nil
}

// capacityOf judges a rule: a group has an override, all others an action.
func capacityOf(rule doc) (int, error) {
	statement, _ := rule["Statement"].(doc)
	action, _ := rule["Action"].(doc)
	override, _ := rule["OverrideAction"].(doc)
	if group, ok := statement["ManagedRuleGroupStatement"].(doc); ok {
		takes, known := managedRules[text(group, "Name")]
		switch {
		case len(override) != 1 || len(action) != 0:
			return 0, badFirewall("RULE", "a rule group needs one override action and no action")
		case !known || text(group, "VendorName") != "AWS":
			return 0, badFirewall("MANAGED_RULE_GROUP", "there is no group %s of %s", text(group, "Name"), text(group, "VendorName"))
		}
		return takes, nil
	}
	if len(action) != 1 || len(override) != 0 || len(statement) != 1 {
		return 0, badFirewall("RULE", "a rule needs one statement, one action and no override")
	}
	const rateTakes, statementTakes = 2, 10
	rate, ok := statement["RateBasedStatement"].(doc)
	if !ok {
		return statementTakes, nil
	}
	if limit, _ := rate["Limit"].(float64); limit < leastRate {
		return 0, badFirewall("RATE_BASED_STATEMENT", "a limit is %d at least", leastRate)
	}
	if window, given := rate["EvaluationWindowSec"].(float64); given && !slices.Contains(rateWindows, window) {
		return 0, badFirewall("RATE_BASED_STATEMENT", "a window has 60, 120, 300 or 600 seconds")
	}
	return rateTakes + statementTakes, nil
}

// visible wants the metrics' name of a list or a rule.
func visible(about doc) error {
	config, _ := about["VisibilityConfig"].(doc)
	if !firewallName.MatchString(text(config, "MetricName")) {
		return badFirewall("METRIC_NAME", "'%s' is no name of a metric", text(config, "MetricName"))
	}
	return nil
}

func createAccessList(c *call, in doc) (any, error) {
	name := text(in, "Name")
	if !firewallName.MatchString(name) {
		return nil, badFirewall("NAME", "the name '%s' is not valid", name)
	}
	if text(in, "Scope") != "REGIONAL" {
		return nil, badFirewall("SCOPE_VALUE", "the stand-in has regional lists only")
	}
	for _, other := range c.waf().lists {
		if other.name == name {
			return nil, refuse(http.StatusBadRequest, "WAFDuplicateItemException", "AWS WAF couldn't perform the operation because some resource in your request is a duplicate of an existing one.")
		}
	}
	l := &accessList{name: name, id: fmt.Sprintf("00000000-0000-4000-8000-%012x", c.account.next())}
	if err := l.set(c, in); err != nil {
		return nil, err
	}
	l.tags, _ = in["Tags"].([]any)
	l.arn = c.arn("wafv2", "regional/webacl/"+name+"/"+l.id)
	c.waf().lists.put(l.arn, l)
	return doc{"Summary": doc{"Name": name, "Id": l.id, "ARN": l.arn, "LockToken": l.lock, "Description": text(in, "Description")}}, nil
}

// set takes the rules of a call, when they can be so.
func (l *accessList) set(c *call, in doc) error {
	rules, _ := in["Rules"].([]any)
	if action, _ := in["DefaultAction"].(doc); len(action) != 1 {
		return badFirewall("DEFAULT_ACTION", "a list allows or blocks what no rule takes")
	}
	if err := visible(in); err != nil {
		return err
	}
	takes, err := capacity(rules)
	if err != nil {
		return err
	}
	about := doc{"Capacity": takes, "Rules": orEmpty(rules), "ManagedByFirewallManager": false}
	for _, field := range []string{"DefaultAction", "Description", "VisibilityConfig", "CustomResponseBodies", "CaptchaConfig", "ChallengeConfig", "TokenDomains", "AssociationConfig", "DataProtectionConfig"} {
		if in[field] != nil {
			about[field] = in[field]
		}
	}
	l.about, l.lock = about, fmt.Sprintf("00000000-0000-4000-9000-%012x", c.account.next())
	return nil
}

func (c *call) tellAccessList(l *accessList) doc {
	told := doc{"Name": l.name, "Id": l.id, "ARN": l.arn, "LabelNamespace": "awswaf:" + c.account.ID + ":webacl:" + l.name + ":"}
	for field, value := range l.about {
		told[field] = value
	}
	return told
}

func noFirewall() error {
	return refuse(http.StatusBadRequest, "WAFNonexistentItemException", "AWS WAF couldn't perform the operation because your resource doesn't exist.")
}

// accessList finds a list by its id and its name, both of which must be right.
func (c *call) accessList(in doc) (*accessList, error) {
	for _, l := range c.waf().lists {
		if l.id == text(in, "Id") && l.name == text(in, "Name") || l.arn == text(in, "ARN") {
			return l, nil
		}
	}
	return nil, noFirewall()
}

func getAccessList(c *call, in doc) (any, error) {
	l, err := c.accessList(in)
	if err != nil {
		return nil, err
	}
	return doc{"WebACL": c.tellAccessList(l), "LockToken": l.lock}, nil
}

// locked finds the list of a change, which must have read the list as it is.
func (c *call) locked(in doc) (*accessList, error) {
	l, err := c.accessList(in)
	if err != nil {
		return nil, err
	}
	if l.lock != text(in, "LockToken") {
		return nil, refuse(http.StatusBadRequest, "WAFOptimisticLockException", "AWS WAF couldn't save your changes because someone changed the resource after you started to edit it.")
	}
	return l, nil
}

func updateAccessList(c *call, in doc) (any, error) {
	l, err := c.locked(in)
	if err != nil {
		return nil, err
	}
	if err := l.set(c, in); err != nil {
		return nil, err
	}
	return doc{"NextLockToken": l.lock}, nil
}

func deleteAccessList(c *call, in doc) (any, error) {
	l, err := c.locked(in)
	if err != nil {
		return nil, err
	}
	for _, list := range c.waf().guards {
		if list == l.arn {
			return nil, refuse(http.StatusBadRequest, "WAFAssociatedItemException", "AWS WAF couldn't perform the operation because your resource is being used by another resource or it's associated with another resource.")
		}
	}
	delete(c.waf().lists, l.arn)
	delete(c.waf().logs, l.arn)
	return nil, nil
}

func guard(c *call, in doc) (any, error) {
	list, resource := text(in, "WebACLArn"), text(in, "ResourceArn")
	if c.waf().lists[list] == nil {
		return nil, noFirewall()
	}
	if c.elb().balancers[resource] == nil {
		return nil, refuse(http.StatusBadRequest, "WAFUnavailableEntityException", "AWS WAF couldn't retrieve the resource that you requested: %s", resource)
	}
	if c.waf().guards == nil {
		c.waf().guards = map[string]string{}
	}
	c.waf().guards[resource] = list
	return nil, nil
}

// guarded names the list in front of a resource, if there is one.
func (c *call) guarded(resource string) string { return c.waf().guards[resource] }

func unguard(c *call, in doc) (any, error) {
	delete(c.waf().guards, text(in, "ResourceArn"))
	return nil, nil
}

func guardOf(c *call, in doc) (any, error) {
	l := c.waf().lists[c.guarded(text(in, "ResourceArn"))]
	if l == nil {
		return nil, nil
	}
	return doc{"WebACL": c.tellAccessList(l)}, nil
}

// firewallLogs begins the name of every log group that a firewall writes to.
const firewallLogs = "aws-waf-logs-"

func putFirewallLog(c *call, in doc) (any, error) {
	config, _ := in["LoggingConfiguration"].(doc)
	arn := text(config, "ResourceArn")
	if c.waf().lists[arn] == nil {
		return nil, noFirewall()
	}
	places := wordsOf(config["LogDestinationConfigs"])
	if len(places) != 1 {
		return nil, badFirewall("LOG_DESTINATION", "a log goes to one place")
	}
	_, group, found := strings.Cut(strings.TrimSuffix(places[0], ":*"), ":log-group:")
	if !found || !strings.HasPrefix(group, firewallLogs) {
		return nil, badFirewall("LOG_DESTINATION", "The ARN isn't valid. A valid ARN begins with arn: and includes other information separated by colons or slashes, and its group is called %s...", firewallLogs)
	}
	if c.logs().groups[group] == nil {
		return nil, refuse(http.StatusBadRequest, "WAFLogDestinationPermissionIssueException", "The log group %s does not exist or cannot be written", group)
	}
	c.waf().logs.put(arn, &config)
	return doc{"LoggingConfiguration": config}, nil
}

func getFirewallLog(c *call, in doc) (any, error) {
	if found := c.waf().logs[text(in, "ResourceArn")]; found != nil {
		return doc{"LoggingConfiguration": *found}, nil
	}
	return nil, noFirewall()
}

func deleteFirewallLog(c *call, in doc) (any, error) {
	if c.waf().logs[text(in, "ResourceArn")] == nil {
		return nil, noFirewall()
	}
	delete(c.waf().logs, text(in, "ResourceArn"))
	return nil, nil
}

func (c *call) labelledList(in doc) (*accessList, error) {
	if found := c.waf().lists[text(in, "ResourceARN")]; found != nil {
		return found, nil
	}
	return nil, noFirewall()
}

func accessListTags(c *call, in doc) (any, error) {
	l, err := c.labelledList(in)
	if err != nil {
		return nil, err
	}
	return doc{"TagInfoForResource": doc{"ResourceARN": l.arn, "TagList": orEmpty(l.tags)}}, nil
}

func tagAccessList(c *call, in doc) (any, error) {
	l, err := c.labelledList(in)
	if err != nil {
		return nil, err
	}
	l.tags = relabel(l.tags, in["Tags"], nil)
	return nil, nil
}

func untagAccessList(c *call, in doc) (any, error) {
	l, err := c.labelledList(in)
	if err != nil {
		return nil, err
	}
	l.tags = relabel(l.tags, nil, wordsOf(in["TagKeys"]))
	return nil, nil
}
