package aws

import (
	"maps"
	"net/http"
	"strings"
)

// scalerState is what Application Auto Scaling has of an account: what may be
// scaled, and by which rule.
type scalerState struct {
	targets  shelf[doc] // by name space, resource and dimension
	policies shelf[doc] // the same and the name
}

func (c *call) scaler() *scalerState { return state[scalerState](c.account, "application-autoscaling") }

func scalerCalls() map[string]handler {
	return map[string]handler{
		"RegisterScalableTarget": jsonCall(registerTarget), "DescribeScalableTargets": jsonCall(describeTargets), "DeregisterScalableTarget": jsonCall(deregisterTarget),
		"PutScalingPolicy": jsonCall(putScalingPolicy), "DescribeScalingPolicies": jsonCall(describeScalingPolicies), "DeleteScalingPolicy": jsonCall(deleteScalingPolicy),
		"ListTagsForResource": jsonCall(scalerTags), "TagResource": jsonCall(tagTarget), "UntagResource": jsonCall(untagTarget),
	}
}

// scaled names what a call scales.
func scaled(in doc) string {
	return text(in, "ServiceNamespace") + "|" + text(in, "ResourceId") + "|" + text(in, "ScalableDimension")
}

// invalid is how Application Auto Scaling, EventBridge Scheduler and Step
// Functions refuse a parameter.
func invalid(format string, args ...any) *failure {
	return refuse(http.StatusBadRequest, "ValidationException", format, args...)
}

func unscaled(what string, in doc) *failure {
	return refuse(http.StatusBadRequest, "ObjectNotFoundException", "No %s found for service namespace: %s, resource ID: %s, scalable dimension: %s", what,
		text(in, "ServiceNamespace"), text(in, "ResourceId"), text(in, "ScalableDimension"))
}

func registerTarget(c *call, in doc) (any, error) {
	name := scaled(in)
	if text(in, "ServiceNamespace") != "ecs" || text(in, "ScalableDimension") != "ecs:service:DesiredCount" {
		return nil, invalid("the stand-in scales services of ECS only, not %s", name)
	}
	cluster, service, _ := strings.Cut(strings.TrimPrefix(text(in, "ResourceId"), "service/"), "/")
	if s := c.containerService(cluster, service); s == nil || s.deleted {
		return nil, invalid("ECS service doesn't exist: %s", text(in, "ResourceId"))
	}
	held := c.scaler().targets[name]
	if held == nil {
		held = &doc{
			"ScalableTargetARN": c.arn("application-autoscaling", "scalable-target/"+shortID(c.account)), "CreationTime": seconds(c.server.config.Now()),
			"RoleARN":        c.globalARN("iam", "role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService"),
			"SuspendedState": doc{"DynamicScalingInSuspended": false, "DynamicScalingOutSuspended": false, "ScheduledScalingSuspended": false},
			"Tags":           doc{},
		}
	}
	made := maps.Clone(*held)
	maps.Copy(made, in)
	least, _ := whole(made, "MinCapacity")
	most, given := whole(made, "MaxCapacity")
	if !given || least < 0 || most < least {
		return nil, invalid("Maximum capacity cannot be less than minimum capacity")
	}
	c.scaler().targets.put(name, &made)
	return doc{"ScalableTargetARN": made["ScalableTargetARN"]}, nil
}

// shortID makes an identifier in the form of a UUID's first part.
func shortID(a *account) string { return strings.TrimPrefix(a.name("x"), "x-") }

func describeTargets(c *call, in doc) (any, error) {
	found := []doc{}
	for _, target := range c.scaler().targets.all() {
		if among(*target, in, "ResourceId", "ResourceIds") && among(*target, in, "ScalableDimension", "ScalableDimension") && (*target)["ServiceNamespace"] == in["ServiceNamespace"] {
			out := maps.Clone(*target)
			delete(out, "Tags")
			found = append(found, out)
		}
	}
	return doc{"ScalableTargets": found}, nil
}

// among says whether a field is one of those that a call asks for, if it asks.
func among(held, in doc, field, asked string) bool {
	wanted := wordsOf(in[asked])
	for _, one := range wanted {
		if held[field] == one {
			return true
		}
	}
	return len(wanted) == 0
}

func deregisterTarget(c *call, in doc) (any, error) {
	if c.scaler().targets[scaled(in)] == nil {
		return nil, unscaled("scalable target", in)
	}
	delete(c.scaler().targets, scaled(in))
	for name := range c.scaler().policies { // rules go with what they scale
		if strings.HasPrefix(name, scaled(in)+"|") {
			delete(c.scaler().policies, name)
		}
	}
	return nil, nil
}

func putScalingPolicy(c *call, in doc) (any, error) {
	if c.scaler().targets[scaled(in)] == nil {
		return nil, unscaled("scalable target registered", in)
	}
	name := text(in, "PolicyName")
	if name == "" || len(name) > 256 {
		return nil, invalid("PolicyName must have 1 to 256 characters")
	}
	tracking, _ := in["TargetTrackingScalingPolicyConfiguration"].(doc)
	if text(in, "PolicyType") == "TargetTrackingScaling" && (tracking == nil || tracking["PredefinedMetricSpecification"] == nil && tracking["CustomizedMetricSpecification"] == nil) {
		return nil, invalid("A target tracking policy needs one metric, predefined or customized")
	}
	key := scaled(in) + "|" + name
	held := c.scaler().policies[key]
	made := doc{"CreationTime": seconds(c.server.config.Now())}
	if held != nil {
		made = maps.Clone(*held)
	}
	maps.Copy(made, in)
	if held == nil {
		made["PolicyARN"] = c.arn("autoscaling", "scalingPolicy:"+shortID(c.account)+":resource/ecs/"+text(in, "ResourceId")+":policyName/"+name)
		alarms := []doc{}
		for _, kind := range []string{"AlarmHigh", "AlarmLow"} { // the vendor makes them for its own rule
			alarm := "TargetTracking-" + text(in, "ResourceId") + "-" + kind + "-" + shortID(c.account)
			alarms = append(alarms, doc{"AlarmName": alarm, "AlarmARN": c.arn("cloudwatch", "alarm:"+alarm)})
		}
		made["Alarms"] = alarms
	}
	c.scaler().policies.put(key, &made)
	return doc{"PolicyARN": made["PolicyARN"], "Alarms": made["Alarms"]}, nil
}

func describeScalingPolicies(c *call, in doc) (any, error) {
	found := []doc{}
	for _, policy := range c.scaler().policies.all() {
		if among(*policy, in, "PolicyName", "PolicyNames") && among(*policy, in, "ResourceId", "ResourceId") && among(*policy, in, "ScalableDimension", "ScalableDimension") &&
			(*policy)["ServiceNamespace"] == in["ServiceNamespace"] {
			found = append(found, *policy)
		}
	}
	return doc{"ScalingPolicies": found}, nil
}

func deleteScalingPolicy(c *call, in doc) (any, error) {
	key := scaled(in) + "|" + text(in, "PolicyName")
	if c.scaler().policies[key] == nil {
		return nil, unscaled("scaling policy", in)
	}
	delete(c.scaler().policies, key)
	return nil, nil
}

// scalable finds a target by its ARN: only targets have tags.
func (c *call) scalable(in doc) (doc, error) {
	for _, target := range c.scaler().targets {
		if (*target)["ScalableTargetARN"] == in["ResourceARN"] {
			return *target, nil
		}
	}
	return nil, refuse(http.StatusBadRequest, "ResourceNotFoundException", "The resource %s was not found", text(in, "ResourceARN"))
}

func scalerTags(c *call, in doc) (any, error) {
	held, err := c.scalable(in)
	if err != nil {
		return nil, err
	}
	return doc{"Tags": held["Tags"]}, nil
}

func tagTarget(c *call, in doc) (any, error) {
	held, err := c.scalable(in)
	if err != nil {
		return nil, err
	}
	tags, _ := held["Tags"].(doc)
	set, _ := in["Tags"].(doc)
	tags = maps.Clone(tags)
	maps.Copy(tags, set)
	held["Tags"] = tags
	return nil, nil
}

func untagTarget(c *call, in doc) (any, error) {
	held, err := c.scalable(in)
	if err != nil {
		return nil, err
	}
	tags, _ := held["Tags"].(doc)
	tags = maps.Clone(tags)
	for _, key := range wordsOf(in["TagKeys"]) {
		delete(tags, key)
	}
	held["Tags"] = tags
	return nil, nil
}
