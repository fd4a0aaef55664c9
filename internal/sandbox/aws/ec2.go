package aws

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// ec2State is the network of an account: things of each kind by id.
type ec2State struct {
	kinds  map[string]shelf[thing]
	sealed bool // new volumes are encrypted
}

// thing is a resource of EC2: what is told of it, in order, and the facts that
// filters ask for.
type thing struct {
	id    string
	parts []element
	facts map[string]string
	tags  map[string]string
}

// set replaces a part, or adds it.
func (t *thing) set(part element) {
	if at := slices.IndexFunc(t.parts, func(e element) bool { return e.name == part.name }); at >= 0 {
		t.parts[at] = part
		return
	}
	t.parts = append(t.parts, part)
}

// part finds one by name; nil when it is not told.
func (t *thing) part(name string) *element {
	for i := range t.parts {
		if t.parts[i].name == name {
			return &t.parts[i]
		}
	}
	return nil
}

func (t *thing) write() []element {
	return append(slices.Clone(t.parts), list("tagSet", "item", sortedKeys(t.tags), func(key string) []element {
		return []element{say("key", key), say("value", t.tags[key])}
	}))
}

func (c *call) ec2() *ec2State { return state[ec2State](c.account, "ec2") }

// keep makes a thing of a kind. facts are what filters ask by.
func (c *call) keep(kind, id string, facts map[string]string, parts ...element) *thing {
	made := &thing{id: id, parts: parts, facts: facts, tags: map[string]string{}}
	for _, specification := range c.formRecords("TagSpecification") {
		for n := 1; specification["Tag."+strconv.Itoa(n)+".Key"] != ""; n++ {
			made.tags[specification["Tag."+strconv.Itoa(n)+".Key"]] = specification["Tag."+strconv.Itoa(n)+".Value"]
		}
	}
	held := c.ec2()
	if held.kinds == nil {
		held.kinds = map[string]shelf[thing]{}
	}
	shelved := held.kinds[kind]
	shelved.put(id, made)
	held.kinds[kind] = shelved
	return made
}

// codes of what is not there, by kind.
var absent = map[string]string{
	"vpc": "InvalidVpcID.NotFound", "subnet": "InvalidSubnetID.NotFound", "group": "InvalidGroup.NotFound", "rule": "InvalidSecurityGroupRuleId.NotFound",
	"table": "InvalidRouteTableID.NotFound", "gateway": "InvalidInternetGatewayID.NotFound", "nat": "NatGatewayNotFound", "address": "InvalidAllocationID.NotFound",
	"endpoint": "InvalidVpcEndpointId.NotFound", "flow": "InvalidFlowLogId.NotFound", "acl": "InvalidNetworkAclID.NotFound", "volume": "InvalidVolume.NotFound",
	"template": "InvalidLaunchTemplateId.NotFound", "snapshot": "InvalidSnapshot.NotFound",
}

// thing finds one by the form's parameter.
func (c *call) thing(kind, parameter string) (*thing, error) {
	id := c.form.Get(parameter)
	if found := c.ec2().kinds[kind][id]; found != nil {
		return found, nil
	}
	return nil, refuse(http.StatusBadRequest, absent[kind], "The %s ID '%s' does not exist", kind, id)
}

// describe lists the things of a kind by ids and filters.
func describe(kind, parameter, set string) handler {
	return func(c *call) (any, error) {
		asked := c.formList(parameter)
		for _, id := range asked {
			if c.ec2().kinds[kind][id] == nil {
				return nil, refuse(http.StatusBadRequest, absent[kind], "The %s ID '%s' does not exist", kind, id)
			}
		}
		var found []*thing
		for _, t := range c.ec2().kinds[kind].all() {
			if (len(asked) == 0 || slices.Contains(asked, t.id)) && c.fits(t) {
				found = append(found, t)
			}
		}
		return answerXML{list(set, "item", found, (*thing).write)}, nil
	}
}

// fits says whether a thing passes every filter of the form.
func (c *call) fits(t *thing) bool {
	for n := 1; ; n++ {
		prefix := "Filter." + strconv.Itoa(n)
		name := c.form.Get(prefix + ".Name")
		if name == "" {
			return true
		}
		values := c.formList(prefix + ".Value")
		have := t.facts[name]
		if key, ok := strings.CutPrefix(name, "tag:"); ok {
			have = t.tags[key]
		}
		// A fact of many, such as the subnets of a table, is a list with commas.
		if !slices.ContainsFunc(strings.Split(have, ","), func(one string) bool { return slices.Contains(values, one) }) {
			return false
		}
	}
}

// done is what most calls of EC2 answer.
var done = answerXML{say("return", true)}

func remove(kind, parameter string) handler {
	return func(c *call) (any, error) {
		t, err := c.thing(kind, parameter)
		if err != nil {
			return nil, err
		}
		delete(c.ec2().kinds[kind], t.id)
		return done, nil
	}
}

func ec2Calls() map[string]handler {
	calls := map[string]handler{
		"EnableEbsEncryptionByDefault": sealVolumes(true), "DisableEbsEncryptionByDefault": sealVolumes(false),
		"GetEbsEncryptionByDefault": func(c *call) (any, error) {
			return answerXML{say("ebsEncryptionByDefault", c.ec2().sealed)}, nil
		},
		"CreateTags": createTags, "DeleteTags": deleteTags,
	}
	for _, more := range []map[string]handler{vpcCalls(), routeCalls(), groupCalls(), machineCalls(), templateCalls()} {
		for name, handle := range more {
			calls[name] = handle
		}
	}
	return calls
}

func sealVolumes(on bool) handler {
	return func(c *call) (any, error) {
		c.ec2().sealed = on
		return answerXML{say("ebsEncryptionByDefault", on)}, nil
	}
}

// tagged gives the things that a call about tags names.
func (c *call) tagged() (found []*thing) {
	ids := c.formList("ResourceId")
	for _, kind := range c.ec2().kinds {
		for _, id := range ids {
			if kind[id] != nil {
				found = append(found, kind[id])
			}
		}
	}
	return found
}

func createTags(c *call) (any, error) {
	for _, t := range c.tagged() {
		for key, value := range c.formTags("Tag") {
			t.tags[key] = value
		}
	}
	return done, nil
}

func deleteTags(c *call) (any, error) {
	for _, t := range c.tagged() {
		for key := range c.formTags("Tag") {
			delete(t.tags, key)
		}
	}
	return done, nil
}
