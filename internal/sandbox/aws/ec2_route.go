package aws

import (
	"net/http"
	"slices"
)

func routeCalls() map[string]handler {
	return map[string]handler{
		"CreateRouteTable": createTable, "DescribeRouteTables": describe("table", "RouteTableId", "routeTableSet"), "DeleteRouteTable": remove("table", "RouteTableId"),
		"CreateRoute": createRoute, "DeleteRoute": deleteRoute, "AssociateRouteTable": associateTable, "DisassociateRouteTable": disassociateTable,
		"CreateInternetGateway": createGateway, "DescribeInternetGateways": describe("gateway", "InternetGatewayId", "internetGatewaySet"),
		"AttachInternetGateway": attachGateway, "DetachInternetGateway": detachGateway, "DeleteInternetGateway": remove("gateway", "InternetGatewayId"),
		"AllocateAddress": allocateAddress, "DescribeAddresses": describe("address", "AllocationId", "addressesSet"), "ReleaseAddress": remove("address", "AllocationId"),
		"DescribeAddressesAttribute": func(*call) (any, error) { return answerXML{el("addressSet")}, nil },
		"CreateNatGateway":           createNat, "DescribeNatGateways": describe("nat", "NatGatewayId", "natGatewaySet"), "DeleteNatGateway": remove("nat", "NatGatewayId"),
	}
}

// newTable makes a table of routes with the network's own route in it.
func (c *call) newTable(vpc string, first bool) *thing {
	id := c.account.name("rtb")
	own := el("item", say("destinationCidrBlock", c.ec2().kinds["vpc"][vpc].part("cidrBlock").text), say("gatewayId", "local"), say("state", "active"), say("origin", "CreateRouteTable"))
	associations := el("associationSet")
	facts := map[string]string{"vpc-id": vpc, "route-table-id": id}
	if first {
		facts["association.main"] = "true"
		associations = el("associationSet", el("item", say("routeTableAssociationId", c.account.name("rtbassoc")), say("routeTableId", id), say("main", true), el("associationState", say("state", "associated"))))
	}
	return c.keep("table", id, facts, say("routeTableId", id), say("vpcId", vpc), say("ownerId", c.account.ID), el("routeSet", own), associations, el("propagatingVgwSet"))
}

func createTable(c *call) (any, error) {
	vpc, err := c.thing("vpc", "VpcId")
	if err != nil {
		return nil, err
	}
	return answerXML{el("routeTable", c.newTable(vpc.id, false).write()...)}, nil
}

func createRoute(c *call) (any, error) {
	table, err := c.thing("table", "RouteTableId")
	if err != nil {
		return nil, err
	}
	routes, to := table.part("routeSet"), c.form.Get("DestinationCidrBlock")
	if slices.ContainsFunc(routes.children, func(e element) bool { return e.children[0].text == to }) {
		return nil, refuse(http.StatusBadRequest, "RouteAlreadyExists", "The route identified by %s already exists.", to)
	}
	routes.children = append(routes.children, el("item", say("destinationCidrBlock", to), some("gatewayId", c.form.Get("GatewayId")),
		some("natGatewayId", c.form.Get("NatGatewayId")), say("state", "active"), say("origin", "CreateRoute")))
	return done, nil
}

func deleteRoute(c *call) (any, error) {
	table, err := c.thing("table", "RouteTableId")
	if err != nil {
		return nil, err
	}
	routes := table.part("routeSet")
	routes.children = slices.DeleteFunc(routes.children, func(e element) bool { return e.children[0].text == c.form.Get("DestinationCidrBlock") })
	return done, nil
}

func associateTable(c *call) (any, error) {
	table, err := c.thing("table", "RouteTableId")
	if err != nil {
		return nil, err
	}
	subnet, err := c.thing("subnet", "SubnetId")
	if err != nil {
		return nil, err
	}
	id := c.account.name("rtbassoc")
	associations := table.part("associationSet")
	associations.children = append(associations.children, el("item", say("routeTableAssociationId", id), say("routeTableId", table.id), say("subnetId", subnet.id), say("main", false),
		el("associationState", say("state", "associated"))))
	table.facts["association.route-table-association-id"] += "," + id
	table.facts["association.subnet-id"] += "," + subnet.id
	return answerXML{say("associationId", id), el("associationState", say("state", "associated"))}, nil
}

func disassociateTable(c *call) (any, error) {
	for _, table := range c.ec2().kinds["table"] {
		associations := table.part("associationSet")
		associations.children = slices.DeleteFunc(associations.children, func(e element) bool { return e.children[0].text == c.form.Get("AssociationId") })
	}
	return done, nil
}

func createGateway(c *call) (any, error) {
	id := c.account.name("igw")
	made := c.keep("gateway", id, map[string]string{"internet-gateway-id": id}, say("internetGatewayId", id), say("ownerId", c.account.ID), el("attachmentSet"))
	return answerXML{el("internetGateway", made.write()...)}, nil
}

func attachGateway(c *call) (any, error) {
	gateway, err := c.thing("gateway", "InternetGatewayId")
	if err != nil {
		return nil, err
	}
	vpc, err := c.thing("vpc", "VpcId")
	if err != nil {
		return nil, err
	}
	gateway.set(el("attachmentSet", el("item", say("vpcId", vpc.id), say("state", "available"))))
	gateway.facts["attachment.vpc-id"] = vpc.id
	return done, nil
}

func detachGateway(c *call) (any, error) {
	gateway, err := c.thing("gateway", "InternetGatewayId")
	if err != nil {
		return nil, err
	}
	gateway.set(el("attachmentSet"))
	delete(gateway.facts, "attachment.vpc-id")
	return done, nil
}

func allocateAddress(c *call) (any, error) {
	id := c.account.name("eipalloc")
	const documentation = "203.0.113.10" // TEST-NET-3: nobody's
	c.keep("address", id, map[string]string{"allocation-id": id}, say("allocationId", id), say("publicIp", documentation), say("domain", "vpc"),
		say("publicIpv4Pool", "amazon"), say("networkBorderGroup", c.region))
	return answerXML{say("allocationId", id), say("publicIp", documentation), say("domain", "vpc"), say("networkBorderGroup", c.region), say("publicIpv4Pool", "amazon")}, nil
}

func createNat(c *call) (any, error) {
	subnet, err := c.thing("subnet", "SubnetId")
	if err != nil {
		return nil, err
	}
	address, err := c.thing("address", "AllocationId")
	if err != nil {
		return nil, err
	}
	id, association := c.account.name("nat"), c.account.name("eipassoc")
	address.set(say("associationId", association))
	made := c.keep("nat", id, map[string]string{"subnet-id": subnet.id}, say("natGatewayId", id), say("subnetId", subnet.id), say("vpcId", subnet.facts["vpc-id"]), say("state", "available"),
		say("connectivityType", "public"), el("natGatewayAddressSet", el("item", say("allocationId", address.id), say("associationId", association), say("networkInterfaceId", c.account.name("eni")),
			say("privateIp", "10.0.0.10"), say("publicIp", address.part("publicIp").text), say("isPrimary", true), say("status", "succeeded"))), say("createTime", c.server.config.Now()))
	return answerXML{el("natGateway", made.write()...)}, nil
}
