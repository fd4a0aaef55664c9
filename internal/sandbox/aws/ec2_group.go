package aws

import (
	"net/http"
	"strconv"
)

func groupCalls() map[string]handler {
	return map[string]handler{
		"CreateSecurityGroup": createGroupOfRules, "DescribeSecurityGroups": describeGroups, "DeleteSecurityGroup": remove("group", "GroupId"),
		"AuthorizeSecurityGroupIngress": authorize(false), "AuthorizeSecurityGroupEgress": authorize(true),
		"RevokeSecurityGroupIngress": revoke(false), "RevokeSecurityGroupEgress": revoke(true),
		"DescribeSecurityGroupRules": describe("rule", "SecurityGroupRuleId", "securityGroupRuleSet"),
	}
}

// newGroup makes a group that lets everything out, as the vendor does.
func (c *call) newGroup(vpc, name, description string) *thing {
	id := c.account.name("sg")
	made := c.keep("group", id, map[string]string{"vpc-id": vpc, "group-name": name, "group-id": id}, say("groupId", id), say("groupName", name), say("groupDescription", description),
		say("vpcId", vpc), say("ownerId", c.account.ID), say("securityGroupArn", c.arn("ec2", "security-group/"+id)))
	c.newRule(id, true, map[string]string{"IpProtocol": "-1", "FromPort": "-1", "ToPort": "-1", "IpRanges.1.CidrIp": "0.0.0.0/0"})
	return made
}

func createGroupOfRules(c *call) (any, error) {
	if _, err := c.thing("vpc", "VpcId"); err != nil {
		return nil, err
	}
	for _, other := range c.ec2().kinds["group"] {
		if other.facts["vpc-id"] == c.form.Get("VpcId") && other.facts["group-name"] == c.form.Get("GroupName") {
			return nil, refuse(http.StatusBadRequest, "InvalidGroup.Duplicate", "The security group '%s' already exists for VPC '%s'", c.form.Get("GroupName"), c.form.Get("VpcId"))
		}
	}
	made := c.newGroup(c.form.Get("VpcId"), c.form.Get("GroupName"), c.form.Get("GroupDescription"))
	return answerXML{say("groupId", made.id), say("securityGroupArn", c.arn("ec2", "security-group/"+made.id))}, nil
}

// newRule keeps a rule as DescribeSecurityGroupRules tells it.
func (c *call) newRule(group string, out bool, permission map[string]string) *thing {
	id := c.account.name("sgr")
	from := element{}
	for given, told := range map[string]string{"IpRanges.1.CidrIp": "cidrIpv4", "Ipv6Ranges.1.CidrIpv6": "cidrIpv6", "PrefixListIds.1.PrefixListId": "prefixListId"} {
		if permission[given] != "" {
			from = say(told, permission[given])
		}
	}
	description := permission["IpRanges.1.Description"] + permission["Ipv6Ranges.1.Description"] + permission["Groups.1.Description"] + permission["PrefixListIds.1.Description"]
	if other := permission["Groups.1.GroupId"]; other != "" {
		from = el("referencedGroupInfo", say("groupId", other), say("userId", c.account.ID))
	}
	ports := [2]string{permission["FromPort"], permission["ToPort"]}
	for i := range ports {
		if ports[i] == "" {
			ports[i] = "-1"
		}
	}
	return c.keep("rule", id, map[string]string{"group-id": group, "security-group-rule-id": id}, say("securityGroupRuleId", id), say("securityGroupRuleArn", c.arn("ec2", "security-group-rule/"+id)),
		say("groupId", group), say("groupOwnerId", c.account.ID), say("isEgress", out), say("ipProtocol", permission["IpProtocol"]), say("fromPort", ports[0]), say("toPort", ports[1]), from, some("description", description))
}

func authorize(out bool) handler {
	return func(c *call) (any, error) {
		group, err := c.thing("group", "GroupId")
		if err != nil {
			return nil, err
		}
		var made []*thing
		for _, permission := range c.formRecords("IpPermissions") {
			made = append(made, c.newRule(group.id, out, permission))
		}
		return answerXML{say("return", true), list("securityGroupRuleSet", "item", made, (*thing).write)}, nil
	}
}

func revoke(out bool) handler {
	return func(c *call) (any, error) {
		group, err := c.thing("group", "GroupId")
		if err != nil {
			return nil, err
		}
		ids := c.formList("SecurityGroupRuleId")
		for _, id := range ids {
			delete(c.ec2().kinds["rule"], id)
		}
		for _, permission := range c.formRecords("IpPermissions") {
			for id, rule := range c.ec2().kinds["rule"] {
				if rule.facts["group-id"] == group.id && rule.part("isEgress").text == strconv.FormatBool(out) && rule.part("ipProtocol").text == permission["IpProtocol"] {
					delete(c.ec2().kinds["rule"], id)
				}
			}
		}
		return done, nil
	}
}

// describeGroups tells groups with their rules in the older form.
func describeGroups(c *call) (any, error) {
	for _, group := range c.ec2().kinds["group"] {
		in, out := el("ipPermissions"), el("ipPermissionsEgress")
		for _, rule := range c.ec2().kinds["rule"].all() {
			if rule.facts["group-id"] != group.id {
				continue
			}
			item := el("item", say("ipProtocol", rule.part("ipProtocol").text))
			if from := rule.part("fromPort").text; from != "-1" {
				item.children = append(item.children, say("fromPort", from), say("toPort", rule.part("toPort").text))
			}
			ranges, groups := el("ipRanges"), el("groups")
			if cidr := rule.part("cidrIpv4"); cidr != nil {
				ranges.children = []element{el("item", say("cidrIp", cidr.text))}
			}
			if other := rule.part("referencedGroupInfo"); other != nil {
				groups.children = []element{el("item", other.children...)}
			}
			item.children = append(item.children, ranges, groups, el("ipv6Ranges"), el("prefixListIds"))
			if rule.part("isEgress").text == "true" {
				out.children = append(out.children, item)
			} else {
				in.children = append(in.children, item)
			}
		}
		group.set(in)
		group.set(out)
	}
	return describe("group", "GroupId", "securityGroupInfo")(c)
}
