package aws

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
)

// targetGroup is where a balancer sends requests.
type targetGroup struct {
	arn, name, vpc string
	parts          map[string]string // what was said of it, by the vendor's name
	attributes     map[string]string
	tags           map[string]string
}

func targetCalls() map[string]handler {
	return map[string]handler{
		"CreateTargetGroup": createTargetGroup, "DescribeTargetGroups": describeTargetGroups, "ModifyTargetGroup": modifyTargetGroup, "DeleteTargetGroup": deleteTargetGroup,
		"ModifyTargetGroupAttributes": modifyTargetAttributes, "DescribeTargetGroupAttributes": describeTargetAttributes, "DescribeTargetHealth": describeTargetHealth,
	}
}

// targetAttributes are the attributes of a group of addresses that is spoken to
// by HTTP, with the values that a new one has.
var targetAttributes = map[string]string{
	"deregistration_delay.timeout_seconds": "300", "load_balancing.algorithm.type": "round_robin", "load_balancing.algorithm.anomaly_mitigation": "off",
	"load_balancing.cross_zone.enabled": "use_load_balancer_configuration", "slow_start.duration_seconds": "0",
	"stickiness.enabled": "false", "stickiness.type": "lb_cookie", "stickiness.lb_cookie.duration_seconds": "86400",
	"stickiness.app_cookie.cookie_name": "", "stickiness.app_cookie.duration_seconds": "86400",
	"target_group_health.dns_failover.minimum_healthy_targets.count": "1", "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
	"target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1", "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
}

// targetParts are the fields of a group in the order in which they are told, with
// what a new one has when nothing is said.
var targetParts = [][2]string{
	{"Protocol", "HTTP"}, {"ProtocolVersion", "HTTP1"}, {"Port", "80"}, {"TargetType", "instance"}, {"IpAddressType", "ipv4"},
	{"HealthCheckProtocol", "HTTP"}, {"HealthCheckPort", "traffic-port"}, {"HealthCheckEnabled", "true"}, {"HealthCheckPath", "/"},
	{"HealthCheckIntervalSeconds", "30"}, {"HealthCheckTimeoutSeconds", "5"}, {"HealthyThresholdCount", "5"}, {"UnhealthyThresholdCount", "2"},
	{"Matcher.HttpCode", "200"},
}

func createTargetGroup(c *call) (any, error) {
	name, err := c.balancerName()
	if err != nil {
		return nil, err
	}
	for _, other := range c.elb().targets {
		if other.name == name {
			return nil, refuse(http.StatusBadRequest, "DuplicateTargetGroupName", "A target group with the same name '%s' exists, but with different settings", name)
		}
	}
	if c.ec2().kinds["vpc"][c.form.Get("VpcId")] == nil {
		return nil, refuse(http.StatusBadRequest, "ValidationError", "The VPC ID '%s' is not found", c.form.Get("VpcId"))
	}
	g := &targetGroup{name: name, vpc: c.form.Get("VpcId"), parts: map[string]string{}, attributes: maps.Clone(targetAttributes), tags: c.formTags("Tags.member")}
	for _, part := range targetParts {
		g.parts[part[0]] = part[1]
	}
	if err := g.set(c); err != nil {
		return nil, err
	}
	g.arn = c.arn("elasticloadbalancing", fmt.Sprintf("targetgroup/%s/%016x", name, c.account.next()))
	c.elb().targets.put(g.arn, g)
	return answerXML{el("TargetGroups", el("member", c.writeTargetGroup(g)...))}, nil
}

// set takes what the form says, when it can be so.
func (g *targetGroup) set(c *call) error {
	parts := maps.Clone(g.parts)
	for name := range parts {
		if value := c.form.Get(name); value != "" {
			parts[name] = value
		}
	}
	interval, _ := strconv.Atoi(parts["HealthCheckIntervalSeconds"])
	timeout, _ := strconv.Atoi(parts["HealthCheckTimeoutSeconds"])
	if timeout >= interval {
		return refuse(http.StatusBadRequest, "ValidationError", "Health check interval must be greater than the timeout.")
	}
	for name, limits := range map[string][2]int{"HealthCheckIntervalSeconds": {5, 300}, "HealthCheckTimeoutSeconds": {2, 120}, "HealthyThresholdCount": {2, 10}, "UnhealthyThresholdCount": {2, 10}, "Port": {1, 65535}} {
		if err := within(parts, name, limits[0], limits[1]); err != nil {
			return err
		}
	}
	g.parts = parts
	return nil
}

func (c *call) writeTargetGroup(g *targetGroup) []element {
	told := []element{say("TargetGroupArn", g.arn), say("TargetGroupName", g.name), say("VpcId", g.vpc)}
	for _, part := range targetParts {
		if part[0] != "Matcher.HttpCode" {
			told = append(told, say(part[0], g.parts[part[0]]))
		}
	}
	return append(told, el("Matcher", say("HttpCode", g.parts["Matcher.HttpCode"])), texts("LoadBalancerArns", "member", c.balancersOf(g.arn)))
}

// balancersOf names the balancers whose listeners lead to a group.
func (c *call) balancersOf(arn string) (arns []string) {
	add := func(balancer string) {
		if !slices.Contains(arns, balancer) {
			arns = append(arns, balancer)
		}
	}
	for _, l := range c.elb().listeners.all() {
		if slices.Contains(leadTo(l.actions), arn) {
			add(l.balancer)
		}
	}
	for _, r := range c.elb().rules.all() {
		if slices.Contains(leadTo(r.actions), arn) {
			add(c.elb().listeners[r.listener].balancer)
		}
	}
	return arns
}

func (c *call) targetGroup() (*targetGroup, error) {
	if found := c.elb().targets[c.form.Get("TargetGroupArn")]; found != nil {
		return found, nil
	}
	return nil, refuse(http.StatusBadRequest, "TargetGroupNotFound", "Target groups '%s' not found", c.form.Get("TargetGroupArn"))
}

func describeTargetGroups(c *call) (any, error) {
	found, err := asked(c.elb().targets, c.formList("TargetGroupArns.member"), c.formList("Names.member"), func(g *targetGroup) string { return g.name }, "TargetGroupNotFound")
	if err != nil {
		return nil, err
	}
	return answerXML{list("TargetGroups", "member", found, c.writeTargetGroup)}, nil
}

func modifyTargetGroup(c *call) (any, error) {
	g, err := c.targetGroup()
	if err != nil {
		return nil, err
	}
	if err := g.set(c); err != nil {
		return nil, err
	}
	return answerXML{el("TargetGroups", el("member", c.writeTargetGroup(g)...))}, nil
}

func deleteTargetGroup(c *call) (any, error) {
	arn := c.form.Get("TargetGroupArn")
	if len(c.balancersOf(arn)) > 0 {
		return nil, refuse(http.StatusBadRequest, "ResourceInUse", "Target group '%s' is currently in use by a listener or a rule", arn)
	}
	delete(c.elb().targets, arn)
	return answerXML{}, nil
}

func modifyTargetAttributes(c *call) (any, error) {
	g, err := c.targetGroup()
	if err != nil {
		return nil, err
	}
	changed, err := c.attributes(g.attributes, "Target group")
	if err != nil {
		return nil, err
	}
	if err := within(changed, "deregistration_delay.timeout_seconds", 0, 3600); err != nil {
		return nil, err
	}
	g.attributes = changed
	return answerXML{writeAttributes(g.attributes)}, nil
}

func describeTargetAttributes(c *call) (any, error) {
	g, err := c.targetGroup()
	if err != nil {
		return nil, err
	}
	return answerXML{writeAttributes(g.attributes)}, nil
}

// describeTargetHealth tells of no target: tasks of the stand-in do not run.
func describeTargetHealth(c *call) (any, error) {
	if _, err := c.targetGroup(); err != nil {
		return nil, err
	}
	return answerXML{el("TargetHealthDescriptions")}, nil
}

// targetGroupFacts tells of a group to whoever joins tasks to it: its network,
// what its targets are, and whether a listener leads there.
func (c *call) targetGroupFacts(arn string) (vpc, kind string, listened, found bool) {
	g := c.elb().targets[arn]
	if g == nil {
		return "", "", false, false
	}
	return g.vpc, g.parts["TargetType"], len(c.balancersOf(arn)) > 0, true
}
