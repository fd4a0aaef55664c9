package aws

import (
	"net/http"
	"net/netip"
	"strings"
)

func vpcCalls() map[string]handler {
	return map[string]handler{
		"CreateVpc": createVpc, "DescribeVpcs": describe("vpc", "VpcId", "vpcSet"), "DeleteVpc": remove("vpc", "VpcId"),
		"ModifyVpcAttribute": modifyVpc, "DescribeVpcAttribute": describeVpcAttribute, "DescribeNetworkAcls": describe("acl", "NetworkAclId", "networkAclSet"),
		"CreateSubnet": createSubnet, "DescribeSubnets": describe("subnet", "SubnetId", "subnetSet"), "DeleteSubnet": remove("subnet", "SubnetId"), "ModifySubnetAttribute": modifySubnet,
		"CreateFlowLogs": createFlow, "DescribeFlowLogs": describe("flow", "FlowLogId", "flowLogSet"), "DeleteFlowLogs": removeListed("flow", "FlowLogId"),
		"CreateVpcEndpoint": createEndpoint, "DescribeVpcEndpoints": describe("endpoint", "VpcEndpointId", "vpcEndpointSet"),
		"DeleteVpcEndpoints": removeListed("endpoint", "VpcEndpointId"), "DescribePrefixLists": prefixLists,
	}
}

func removeListed(kind, parameter string) handler {
	return func(c *call) (any, error) {
		for _, id := range c.formList(parameter) {
			delete(c.ec2().kinds[kind], id)
		}
		return answerXML{el("unsuccessful")}, nil
	}
}

// createVpc makes a network with what comes with one: a table, a group, a list of
// what may pass.
func createVpc(c *call) (any, error) {
	network, err := netip.ParsePrefix(c.form.Get("CidrBlock"))
	if err != nil || network.Bits() < 16 || network.Bits() > 28 {
		return nil, refuse(http.StatusBadRequest, "InvalidVpc.Range", "The CIDR '%s' is invalid.", c.form.Get("CidrBlock"))
	}
	id := c.account.name("vpc")
	association := el("item", say("associationId", c.account.name("vpc-cidr-assoc")), say("cidrBlock", network), el("cidrBlockState", say("state", "associated")))
	made := c.keep("vpc", id, map[string]string{"vpc-id": id},
		say("vpcId", id), say("ownerId", c.account.ID), say("state", "available"), say("cidrBlock", network), el("cidrBlockAssociationSet", association),
		say("dhcpOptionsId", "dopt-default"), say("instanceTenancy", "default"), say("isDefault", false))
	made.facts["enableDnsSupport"], made.facts["enableDnsHostnames"], made.facts["enableNetworkAddressUsageMetrics"] = "true", "false", "false"
	told := answerXML{el("vpc", made.write()...)}
	c.form = nil // the tags are the network's, not of what comes with it
	c.newTable(id, true)
	c.newGroup(id, "default", "default VPC security group")
	acl := c.account.name("acl")
	c.keep("acl", acl, map[string]string{"vpc-id": id, "default": "true"}, say("networkAclId", acl), say("vpcId", id), say("default", true), el("entrySet"), el("associationSet"), say("ownerId", c.account.ID))
	return told, nil
}

var vpcAttributes = []string{"enableDnsSupport", "enableDnsHostnames", "enableNetworkAddressUsageMetrics"}

func modifyVpc(c *call) (any, error) {
	t, err := c.thing("vpc", "VpcId")
	if err != nil {
		return nil, err
	}
	for _, name := range vpcAttributes {
		if value := c.form.Get(strings.ToUpper(name[:1]) + name[1:] + ".Value"); value != "" {
			t.facts[name] = value
		}
	}
	return done, nil
}

func describeVpcAttribute(c *call) (any, error) {
	t, err := c.thing("vpc", "VpcId")
	if err != nil {
		return nil, err
	}
	name := c.form.Get("Attribute")
	return answerXML{say("vpcId", t.id), el(name, say("value", t.facts[name]))}, nil
}

func createSubnet(c *call) (any, error) {
	vpc, err := c.thing("vpc", "VpcId")
	if err != nil {
		return nil, err
	}
	whole, _ := netip.ParsePrefix(vpc.part("cidrBlock").text)
	network, err := netip.ParsePrefix(c.form.Get("CidrBlock"))
	if err != nil || network.Bits() < whole.Bits() || !whole.Contains(network.Addr()) {
		return nil, refuse(http.StatusBadRequest, "InvalidSubnet.Range", "The CIDR '%s' is invalid.", c.form.Get("CidrBlock"))
	}
	for _, other := range c.ec2().kinds["subnet"] {
		taken, _ := netip.ParsePrefix(other.part("cidrBlock").text)
		if other.facts["vpc-id"] == vpc.id && taken.Overlaps(network) {
			return nil, refuse(http.StatusBadRequest, "InvalidSubnet.Conflict", "The CIDR '%s' conflicts with another subnet", network)
		}
	}
	id := c.account.name("subnet")
	zone := c.form.Get("AvailabilityZone")
	made := c.keep("subnet", id, map[string]string{"vpc-id": vpc.id, "subnet-id": id},
		say("subnetId", id), say("subnetArn", c.arn("ec2", "subnet/"+id)), say("state", "available"), say("ownerId", c.account.ID), say("vpcId", vpc.id), say("cidrBlock", network),
		say("availabilityZone", zone), say("availabilityZoneId", "sae1-az"+zone[max(0, len(zone)-1):]), say("mapPublicIpOnLaunch", false), say("assignIpv6AddressOnCreation", false),
		say("enableDns64", false), say("ipv6Native", false), say("defaultForAz", false), say("mapCustomerOwnedIpOnLaunch", false), el("ipv6CidrBlockAssociationSet"),
		el("privateDnsNameOptionsOnLaunch", say("hostnameType", "ip-name"), say("enableResourceNameDnsARecord", false), say("enableResourceNameDnsAAAARecord", false)))
	return answerXML{el("subnet", made.write()...)}, nil
}

func modifySubnet(c *call) (any, error) {
	t, err := c.thing("subnet", "SubnetId")
	if err != nil {
		return nil, err
	}
	if value := c.form.Get("MapPublicIpOnLaunch.Value"); value != "" {
		t.set(say("mapPublicIpOnLaunch", value))
	}
	return done, nil
}

func createFlow(c *call) (any, error) {
	id := c.account.name("fl")
	destination := c.form.Get("LogDestination")
	group := ""
	if _, after, ok := strings.Cut(destination, ":log-group:"); ok {
		group = strings.TrimSuffix(after, ":*")
	}
	kind := c.form.Get("LogDestinationType")
	if kind == "" {
		kind = "cloud-watch-logs"
	}
	format := c.form.Get("LogFormat")
	if format == "" {
		format = "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}"
	}
	c.keep("flow", id, map[string]string{"resource-id": c.form.Get("ResourceId.1")},
		say("flowLogId", id), say("flowLogStatus", "ACTIVE"), say("deliverLogsStatus", "SUCCESS"), say("resourceId", c.form.Get("ResourceId.1")), say("trafficType", c.form.Get("TrafficType")),
		say("logDestinationType", kind), some("logDestination", destination), some("logGroupName", group), some("deliverLogsPermissionArn", c.form.Get("DeliverLogsPermissionArn")),
		say("logFormat", format), say("maxAggregationInterval", c.form.Get("MaxAggregationInterval")))
	return answerXML{texts("flowLogIdSet", "item", []string{id}), el("unsuccessful")}, nil
}

func createEndpoint(c *call) (any, error) {
	if _, err := c.thing("vpc", "VpcId"); err != nil {
		return nil, err
	}
	id, kind, service := c.account.name("vpce"), c.form.Get("VpcEndpointType"), c.form.Get("ServiceName")
	policy := c.form.Get("PolicyDocument")
	if policy == "" {
		policy = `{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}`
	}
	parts := []element{
		say("vpcEndpointId", id), say("vpcEndpointType", kind), say("vpcId", c.form.Get("VpcId")), say("serviceName", service), say("state", "available"), say("policyDocument", policy),
		say("privateDnsEnabled", c.form.Get("PrivateDnsEnabled") == "true"), say("requesterManaged", false), say("ownerId", c.account.ID),
		texts("routeTableIdSet", "item", c.formList("RouteTableId")), texts("subnetIdSet", "item", c.formList("SubnetId")),
		list("groupSet", "item", c.formList("SecurityGroupId"), func(group string) []element { return []element{say("groupId", group), say("groupName", group)} }),
		el("networkInterfaceIdSet"), el("dnsEntrySet"), say("creationTimestamp", c.server.config.Now()),
	}
	if kind == "Interface" {
		parts = append(parts, say("ipAddressType", "ipv4"), el("dnsOptions", say("dnsRecordIpType", "ipv4")))
	}
	made := c.keep("endpoint", id, map[string]string{"vpc-id": c.form.Get("VpcId"), "service-name": service}, parts...)
	return answerXML{el("vpcEndpoint", made.write()...)}, nil
}

func prefixLists(c *call) (any, error) {
	name := "com.amazonaws." + c.region + ".s3"
	return answerXML{el("prefixListSet", el("item", say("prefixListId", "pl-6ba54002"), say("prefixListName", name), texts("cidrSet", "item", []string{"52.95.163.0/24"})))}, nil
}
