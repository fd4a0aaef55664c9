package aws

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// subnetGroup says where databases of a network may run.
type subnetGroup struct {
	name, description, vpc string
	subnets                []string
}

// parameterGroup holds the settings of databases of one family.
type parameterGroup struct {
	name, family, description string
	set                       map[string]string // by name
	method                    map[string]string // immediate or pending-reboot
}

func rdsGroupCalls() map[string]handler {
	return map[string]handler{
		"CreateDBSubnetGroup": createSubnetGroup, "ModifyDBSubnetGroup": modifySubnetGroup, "DescribeDBSubnetGroups": describeSubnetGroups, "DeleteDBSubnetGroup": deleteSubnetGroup,
		"CreateDBParameterGroup": createParameterGroup, "ModifyDBParameterGroup": modifyParameterGroup, "ResetDBParameterGroup": resetParameterGroup,
		"DescribeDBParameterGroups": describeParameterGroups, "DescribeDBParameters": describeParameters, "DeleteDBParameterGroup": deleteParameterGroup,
		"ListTagsForResource": listDatabaseTags, "AddTagsToResource": addDatabaseTags, "RemoveTagsFromResource": removeDatabaseTags,
	}
}

// spread reads the subnets of a form: they must lie in one network and in two
// zones at least.
func (c *call) spread() (subnets []string, vpc string, err error) {
	subnets = c.formList("SubnetIds.SubnetIdentifier")
	zones := map[string]bool{}
	for _, id := range subnets {
		subnet := c.ec2().kinds["subnet"][id]
		if subnet == nil {
			return nil, "", refuse(http.StatusBadRequest, "InvalidSubnet", "Some input subnets in :[%s] are invalid.", strings.Join(subnets, ", "))
		}
		if vpc != "" && vpc != subnet.facts["vpc-id"] {
			return nil, "", refuse(http.StatusBadRequest, "InvalidSubnet", "The requested subnets are in different VPCs.")
		}
		vpc = subnet.facts["vpc-id"]
		zones[subnet.part("availabilityZone").text] = true
	}
	if len(zones) < 2 {
		return nil, "", refuse(http.StatusBadRequest, "DBSubnetGroupDoesNotCoverEnoughAZs", "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: %s. Add subnets to cover at least 2 AZs.",
			strings.Join(sortedKeys(zones), ", "))
	}
	return subnets, vpc, nil
}

func createSubnetGroup(c *call) (any, error) {
	if err := c.need("DBSubnetGroupName", "DBSubnetGroupDescription"); err != nil {
		return nil, err
	}
	name := strings.ToLower(c.form.Get("DBSubnetGroupName"))
	if c.databases().subnetGroups[name] != nil {
		return nil, refuse(http.StatusBadRequest, "DBSubnetGroupAlreadyExists", "The DB subnet group '%s' already exists.", name)
	}
	subnets, vpc, err := c.spread()
	if err != nil {
		return nil, err
	}
	made := &subnetGroup{name: name, description: c.form.Get("DBSubnetGroupDescription"), vpc: vpc, subnets: subnets}
	c.databases().subnetGroups.put(name, made)
	c.tagDatabase(c.arn("rds", "subgrp:"+name))
	return answerXML{el("DBSubnetGroup", c.writeSubnetGroup(made)...)}, nil
}

func (c *call) writeSubnetGroup(g *subnetGroup) []element {
	return []element{
		say("DBSubnetGroupName", g.name), say("DBSubnetGroupDescription", g.description), say("VpcId", g.vpc), say("SubnetGroupStatus", "Complete"),
		say("DBSubnetGroupArn", c.arn("rds", "subgrp:"+g.name)), texts("SupportedNetworkTypes", "member", []string{"IPV4"}),
		list("Subnets", "Subnet", g.subnets, func(id string) []element {
			zone := ""
			if subnet := c.ec2().kinds["subnet"][id]; subnet != nil {
				zone = subnet.part("availabilityZone").text
			}
			return []element{say("SubnetIdentifier", id), el("SubnetAvailabilityZone", say("Name", zone)), say("SubnetStatus", "Active")}
		}),
	}
}

func (c *call) subnetGroup() (*subnetGroup, error) {
	name := c.form.Get("DBSubnetGroupName")
	if found := c.databases().subnetGroups[strings.ToLower(name)]; found != nil {
		return found, nil
	}
	return nil, refuse(http.StatusNotFound, "DBSubnetGroupNotFoundFault", "DBSubnetGroup not found: DBSubnetGroup '%s' not found.", name)
}

func modifySubnetGroup(c *call) (any, error) {
	g, err := c.subnetGroup()
	if err != nil {
		return nil, err
	}
	subnets, vpc, err := c.spread()
	if err != nil {
		return nil, err
	}
	if vpc != g.vpc {
		return nil, refuse(http.StatusBadRequest, "InvalidSubnet", "The new Subnets are not in the same Vpc as the existing subnet group")
	}
	g.subnets = subnets
	if description := c.form.Get("DBSubnetGroupDescription"); description != "" {
		g.description = description
	}
	return answerXML{el("DBSubnetGroup", c.writeSubnetGroup(g)...)}, nil
}

func describeSubnetGroups(c *call) (any, error) {
	all := c.databases().subnetGroups.all()
	if c.form.Get("DBSubnetGroupName") != "" {
		one, err := c.subnetGroup()
		if err != nil {
			return nil, err
		}
		all = []*subnetGroup{one}
	}
	return answerXML{list("DBSubnetGroups", "DBSubnetGroup", all, c.writeSubnetGroup)}, nil
}

func deleteSubnetGroup(c *call) (any, error) {
	g, err := c.subnetGroup()
	if err != nil {
		return nil, err
	}
	for _, d := range c.databases().instances {
		if d.subnetGroup == g.name {
			return nil, refuse(http.StatusBadRequest, "InvalidDBSubnetGroupStateFault", "Cannot delete the subnet group '%s' because at least one database instance: %s is still using it.", g.name, d.ID)
		}
	}
	delete(c.databases().subnetGroups, g.name)
	return answerXML{}, nil
}

// parameter is a setting of PostgreSQL as the service keeps it.
type parameter struct {
	value  string // when nobody sets it
	static bool   // takes a restart
}

// parameters are some of the family's few hundred: those that the product sets,
// and those that people set by habit (Amazon RDS User Guide, "RDS for PostgreSQL
// parameters").
var parameters = map[string]parameter{
	"rds.force_ssl": {value: "1"}, "log_lock_waits": {}, "log_min_duration_statement": {}, "idle_in_transaction_session_timeout": {value: "86400000"},
	"statement_timeout": {}, "lock_timeout": {}, "log_connections": {}, "log_disconnections": {}, "log_statement": {}, "work_mem": {}, "random_page_cost": {},
	"max_connections": {value: "LEAST({DBInstanceClassMemory/9531392},5000)", static: true}, "shared_buffers": {value: "{DBInstanceClassMemory/32768}", static: true},
	"shared_preload_libraries": {value: "pg_stat_statements", static: true}, "rds.logical_replication": {value: "0", static: true},
}

// families of parameters and the engine's version that each stands for.
var families = map[string]string{"postgres14": "14.17", "postgres15": "15.12", "postgres16": "16.8", "postgres17": "17.4"}

func createParameterGroup(c *call) (any, error) {
	if err := c.need("DBParameterGroupName", "DBParameterGroupFamily", "Description"); err != nil {
		return nil, err
	}
	name, family := strings.ToLower(c.form.Get("DBParameterGroupName")), c.form.Get("DBParameterGroupFamily")
	if c.databases().parameterGroups[name] != nil {
		return nil, refuse(http.StatusBadRequest, "DBParameterGroupAlreadyExists", "Parameter group %s already exists", name)
	}
	if families[family] == "" {
		return nil, refuse(http.StatusBadRequest, "InvalidParameterValue", "ParameterGroupFamily %s is not a valid parameter group family", family)
	}
	made := &parameterGroup{name: name, family: family, description: c.form.Get("Description"), set: map[string]string{}, method: map[string]string{}}
	c.databases().parameterGroups.put(name, made)
	c.tagDatabase(c.arn("rds", "pg:"+name))
	return answerXML{el("DBParameterGroup", c.writeParameterGroup(made)...)}, nil
}

func (c *call) writeParameterGroup(g *parameterGroup) []element {
	return []element{say("DBParameterGroupName", g.name), say("DBParameterGroupFamily", g.family), say("Description", g.description), say("DBParameterGroupArn", c.arn("rds", "pg:"+g.name))}
}

func (c *call) parameterGroup() (*parameterGroup, error) {
	name := c.form.Get("DBParameterGroupName")
	if found := c.databases().parameterGroups[strings.ToLower(name)]; found != nil {
		return found, nil
	}
	return nil, refuse(http.StatusNotFound, "DBParameterGroupNotFound", "DBParameterGroup not found: %s", name)
}

func modifyParameterGroup(c *call) (any, error) {
	g, err := c.parameterGroup()
	if err != nil {
		return nil, err
	}
	asked := c.formRecords("Parameters.Parameter")
	for _, one := range asked {
		name := one["ParameterName"]
		known, ok := parameters[name]
		if !ok {
			return nil, refuse(http.StatusBadRequest, "InvalidParameterValue", "Could not find parameter with name: %s", name)
		}
		if known.static && one["ApplyMethod"] == "immediate" {
			return nil, refuse(http.StatusBadRequest, "InvalidParameterCombination", "cannot use immediate apply method for static parameter")
		}
	}
	for _, one := range asked {
		g.set[one["ParameterName"]], g.method[one["ParameterName"]] = one["ParameterValue"], one["ApplyMethod"]
	}
	return answerXML{say("DBParameterGroupName", g.name)}, nil
}

func resetParameterGroup(c *call) (any, error) {
	g, err := c.parameterGroup()
	if err != nil {
		return nil, err
	}
	if c.form.Get("ResetAllParameters") == "true" {
		g.set, g.method = map[string]string{}, map[string]string{}
	}
	for _, one := range c.formRecords("Parameters.Parameter") {
		delete(g.set, one["ParameterName"])
		delete(g.method, one["ParameterName"])
	}
	return answerXML{say("DBParameterGroupName", g.name)}, nil
}

func describeParameterGroups(c *call) (any, error) {
	all := c.databases().parameterGroups.all()
	if c.form.Get("DBParameterGroupName") != "" {
		one, err := c.parameterGroup()
		if err != nil {
			return nil, err
		}
		all = []*parameterGroup{one}
	}
	return answerXML{list("DBParameterGroups", "DBParameterGroup", all, c.writeParameterGroup)}, nil
}

// describeParameters tells what a group sets (source user) and the rest.
func describeParameters(c *call) (any, error) {
	g, err := c.parameterGroup()
	if err != nil {
		return nil, err
	}
	told := el("Parameters")
	for _, name := range sortedKeys(parameters) {
		known := parameters[name]
		value, set := g.set[name]
		source, kind, method := "user", "dynamic", g.method[name]
		if known.static {
			kind = "static"
		}
		if !set {
			value, source, method = known.value, "engine-default", "pending-reboot"
		}
		if asked := c.form.Get("Source"); asked != "" && asked != source {
			continue
		}
		told.children = append(told.children, el("Parameter", say("ParameterName", name), some("ParameterValue", value), say("Source", source), say("ApplyType", kind),
			say("ApplyMethod", method), say("IsModifiable", true)))
	}
	return answerXML{told}, nil
}

func deleteParameterGroup(c *call) (any, error) {
	g, err := c.parameterGroup()
	if err != nil {
		return nil, err
	}
	for _, d := range c.databases().instances {
		if d.parameterGroup == g.name {
			return nil, refuse(http.StatusBadRequest, "InvalidDBParameterGroupState", "One or more database instances are still members of this parameter group %s, so the group cannot be deleted", g.name)
		}
	}
	delete(c.databases().parameterGroups, g.name)
	return answerXML{}, nil
}

// tagDatabase keeps the tags of a form for what was made under an ARN.
func (c *call) tagDatabase(arn string) {
	s := c.databases()
	if s.tags == nil {
		s.tags = map[string]map[string]string{}
	}
	s.tags[arn] = c.formTags("Tags.Tag")
}

// databaseTags gives the tags of the resource that a form names.
func (c *call) databaseTags() (map[string]string, error) {
	arn := c.form.Get("ResourceName")
	if tags, ok := c.databases().tags[arn]; ok {
		return tags, nil
	}
	return nil, refuse(http.StatusNotFound, "DBInstanceNotFound", "%s is not found", arn)
}

func listDatabaseTags(c *call) (any, error) {
	tags, err := c.databaseTags()
	if err != nil {
		return nil, err
	}
	return answerXML{tagList("TagList", "Tag", tags)}, nil
}

func addDatabaseTags(c *call) (any, error) {
	tags, err := c.databaseTags()
	if err != nil {
		return nil, err
	}
	maps.Copy(tags, c.formTags("Tags.Tag"))
	return answerXML{}, nil
}

func removeDatabaseTags(c *call) (any, error) {
	tags, err := c.databaseTags()
	if err != nil {
		return nil, err
	}
	keys := c.formList("TagKeys.member")
	maps.DeleteFunc(tags, func(key, _ string) bool { return slices.Contains(keys, key) })
	return answerXML{}, nil
}
