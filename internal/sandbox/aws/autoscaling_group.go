package aws

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// scalingTag is a tag that a group may hand on to its machines.
type scalingTag struct{ value, launched string }

// scalingDefaults are the plain fields of a group of which nothing was said;
// empty is not told.
var scalingDefaults = map[string]string{
	"HealthCheckType": "EC2", "HealthCheckGracePeriod": "0", "DefaultCooldown": "300", "NewInstancesProtectedFromScaleIn": "false", "VPCZoneIdentifier": "", "CapacityRebalance": "",
	"DefaultInstanceWarmup": "", "MaxInstanceLifetime": "", "PlacementGroup": "", "Context": "", "DesiredCapacityType": "", "ServiceLinkedRoleARN": "",
}

func invalidGroup(format string, args ...any) *failure {
	return refuse(http.StatusBadRequest, "ValidationError", format, args...)
}

func (c *call) scalingGroup() (*scalingGroup, error) {
	if err := c.need("AutoScalingGroupName"); err != nil {
		return nil, err
	}
	if found := c.scalingGroups().groups[c.form.Get("AutoScalingGroupName")]; found != nil {
		return found, nil
	}
	return nil, invalidGroup("AutoScalingGroup name not found - null")
}

func createScalingGroup(c *call) (any, error) {
	if err := c.need("AutoScalingGroupName", "MinSize", "MaxSize"); err != nil {
		return nil, err
	}
	name := c.form.Get("AutoScalingGroupName")
	if c.scalingGroups().groups[name] != nil {
		return nil, refuse(http.StatusBadRequest, "AlreadyExists", "AutoScalingGroup by this name already exists - A group with the name %s already exists", name)
	}
	made := &scalingGroup{Name: name, fields: maps.Clone(scalingDefaults), tags: map[string]scalingTag{}, policies: []string{"Default"}, made: c.server.config.Now()}
	made.fields["ServiceLinkedRoleARN"] = c.globalARN("iam", "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling")
	if err := c.shapeGroup(made); err != nil {
		return nil, err
	}
	made.takeTags(c.formRecords("Tags.member"))
	c.scalingGroups().groups.put(name, made)
	made.scale(c, max(made.min, c.number("DesiredCapacity")))
	return answerXML{}, nil
}

// shapeGroup reads a form into a group, or refuses what its machines could not be
// made from.
func (c *call) shapeGroup(g *scalingGroup) error {
	least, most := g.min, g.max
	if c.form.Has("MinSize") {
		least = c.number("MinSize")
	}
	if c.form.Has("MaxSize") {
		most = c.number("MaxSize")
	}
	if least > most {
		return invalidGroup("Max bound, %d, must be greater than or equal to min bound, %d", most, least)
	}
	if desired := c.number("DesiredCapacity"); c.form.Has("DesiredCapacity") && (desired < least || desired > most) {
		return invalidGroup("Desired capacity:%d must be between the specified min size:%d and max size:%d", desired, least, most)
	}
	zones, vpc, err := c.spreadGroup()
	if err != nil {
		return err
	}
	template, err := c.templateOfGroup(vpc)
	if err != nil {
		return err
	}
	g.min, g.max = least, most
	if zones != nil {
		g.zones = zones
	}
	if template != nil {
		g.template = template
	}
	if policies := c.formList("TerminationPolicies.member"); len(policies) > 0 {
		g.policies = policies
	}
	for name := range scalingDefaults {
		if c.form.Has(name) {
			g.fields[name] = c.form.Get(name)
		}
	}
	return nil
}

// spreadGroup gives the zones of a form's subnets, and their network.
func (c *call) spreadGroup() (zones []string, vpc string, err error) {
	for _, id := range strings.Split(c.form.Get("VPCZoneIdentifier"), ",") {
		if id == "" {
			continue
		}
		subnet := c.ec2().kinds["subnet"][id]
		if subnet == nil {
			return nil, "", invalidGroup("The subnet ID '%s' does not exist", id)
		}
		zone := subnet.part("availabilityZone").text
		if slices.Contains(zones, zone) {
			return nil, "", invalidGroup("The subnets of a group lie in one Availability Zone each: %s", zone)
		}
		zones, vpc = append(zones, zone), subnet.facts["vpc-id"]
	}
	slices.Sort(zones)
	return zones, vpc, nil
}

// templateOfGroup finds the template of a form and tries a machine of it: its
// profile and its groups must be there, and be of the group's network.
func (c *call) templateOfGroup(vpc string) ([]element, error) {
	const prefix = "LaunchTemplate."
	word := c.form.Get(prefix + "Version")
	if !c.form.Has(prefix+"LaunchTemplateId") && !c.form.Has(prefix+"LaunchTemplateName") {
		return nil, nil
	}
	template, err := c.template(prefix)
	if err != nil {
		return nil, invalidGroup("You must use a valid fully-formed launch template. %s", err)
	}
	version := c.ec2().kinds["template version"][template.id+":"+template.version(word)]
	if version == nil {
		return nil, invalidGroup("You must use a valid fully-formed launch template. Could not find launch template version %s", word)
	}
	data := version.part("launchTemplateData")
	if err := c.mayStart(data); err != nil {
		return nil, err
	}
	for _, arn := range data.below("iamInstanceProfile", "arn") {
		if !slices.ContainsFunc(c.iam().profiles.all(), func(p *profile) bool { return p.ARN == arn }) {
			return nil, invalidGroup("You must use a valid fully-formed launch template. Value (%s) for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN", arn)
		}
	}
	for _, id := range append(data.below("networkInterfaceSet", "groupId"), data.below("securityGroupIdSet", "item")...) {
		group := c.ec2().kinds["group"][id]
		switch {
		case group == nil:
			return nil, invalidGroup("You must use a valid fully-formed launch template. The security group '%s' does not exist", id)
		case vpc != "" && group.facts["vpc-id"] != vpc:
			return nil, invalidGroup("You must use a valid fully-formed launch template. Security group %s and the subnets belong to different networks.", id)
		}
	}
	if word == "" {
		word = "$Default"
	}
	return []element{say("LaunchTemplateId", template.id), say("LaunchTemplateName", template.facts["launch-template-name"]), say("Version", word)}, nil
}

// mayStart refuses a caller who could not start such a machine: the group is
// made in the caller's name. Of whom the stand-in knows no policies, nothing is
// asked.
func (c *call) mayStart(data *element) error {
	_, caller, _ := c.server.role(c.assumed) // nil of a person, or of a role that nobody made here
	if caller == nil || len(caller.Inline)+len(caller.Attached) == 0 {
		return nil
	}
	asked := map[string]string{"ec2:RunInstances": c.arn("ec2", "instance/*")}
	if parameter, public := strings.CutPrefix(data.child("imageId").text, "resolve:ssm:/aws/"); public {
		asked["ssm:GetParameters"] = "arn:aws:ssm:" + c.region + "::parameter/aws/" + parameter
	}
	for _, arn := range data.below("iamInstanceProfile", "arn") {
		for _, p := range c.iam().profiles.all() {
			if held := c.iam().roles[p.Role]; p.ARN == arn && held != nil {
				asked["iam:PassRole"] = held.ARN
			}
		}
	}
	for _, action := range sortedKeys(asked) {
		if !c.permitted(caller, action, asked[action], map[string]string{"iam:PassedToService": "ec2.amazonaws.com"}) {
			return refuse(http.StatusForbidden, "AccessDenied", "You are not authorized to use launch template: %s on %s", action, asked[action])
		}
	}
	return nil
}

// below gives the texts of all elements of a name that stand under a child.
func (e *element) below(child, name string) (values []string) {
	var walk func(at element)
	walk = func(at element) {
		if at.name == name {
			values = append(values, at.text)
		}
		for _, one := range at.children {
			walk(one)
		}
	}
	for _, one := range e.children {
		if one.name == child {
			walk(one)
		}
	}
	return values
}

func (g *scalingGroup) takeTags(records []map[string]string) {
	for _, record := range records {
		g.tags[record["Key"]] = scalingTag{value: record["Value"], launched: strconv.FormatBool(record["PropagateAtLaunch"] == "true")}
	}
}

func (g *scalingGroup) writeTags() []element {
	var told []element
	for _, key := range sortedKeys(g.tags) {
		told = append(told, el("member", say("Key", key), say("Value", g.tags[key].value), say("PropagateAtLaunch", g.tags[key].launched), say("ResourceId", g.Name), say("ResourceType", "auto-scaling-group")))
	}
	return told
}

func (c *call) writeScalingGroup(g *scalingGroup) []element {
	told := []element{
		say("AutoScalingGroupName", g.Name), say("AutoScalingGroupARN", c.arn("autoscaling", "autoScalingGroup:00000000-0000-4000-8000-000000000000:autoScalingGroupName/"+g.Name)),
		say("MinSize", g.min), say("MaxSize", g.max), say("DesiredCapacity", g.desired), say("CreatedTime", g.made), g.living(c),
		texts("AvailabilityZones", "member", g.zones), texts("TerminationPolicies", "member", g.policies), el("Tags", g.writeTags()...),
	}
	for _, name := range sortedKeys(g.fields) {
		told = append(told, some(name, g.fields[name]))
	}
	if g.template != nil {
		told = append(told, el("LaunchTemplate", g.template...))
	}
	return told
}

func updateScalingGroup(c *call) (any, error) {
	g, err := c.scalingGroup()
	if err != nil {
		return nil, err
	}
	if err := c.shapeGroup(g); err != nil {
		return nil, err
	}
	desired := min(max(g.desired, g.min), g.max)
	if c.form.Has("DesiredCapacity") {
		desired = c.number("DesiredCapacity")
	}
	g.scale(c, desired)
	return answerXML{}, nil
}

func deleteScalingGroup(c *call) (any, error) {
	g, err := c.scalingGroup()
	if err != nil {
		return nil, err
	}
	if left := len(g.living(c).children); left > 0 && c.form.Get("ForceDelete") != "true" {
		return nil, refuse(http.StatusBadRequest, "ResourceInUse", "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.")
	}
	delete(c.scalingGroups().groups, g.Name)
	return answerXML{}, nil
}

func describeScalingTags(c *call) (any, error) {
	told := el("Tags")
	for _, g := range c.scalingGroups().groups.all() {
		asked := true
		for _, filter := range c.formRecords("Filters.member") {
			asked = asked && (filter["Name"] != "auto-scaling-group" || filter["Values.member.1"] == g.Name)
		}
		if asked {
			told.children = append(told.children, g.writeTags()...)
		}
	}
	return answerXML{told}, nil
}

func tagScalingGroups(away bool) handler {
	return func(c *call) (any, error) {
		for _, record := range c.formRecords("Tags.member") {
			g := c.scalingGroups().groups[record["ResourceId"]]
			switch {
			case g == nil:
				return nil, invalidGroup("The requested Auto Scaling group %s does not exist", record["ResourceId"])
			case away:
				delete(g.tags, record["Key"])
			default:
				g.takeTags([]map[string]string{record})
			}
		}
		return answerXML{}, nil
	}
}
