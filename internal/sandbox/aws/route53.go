package aws

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// zoneState holds the zones of an account.
type zoneState struct{ zones shelf[zone] }

type zone struct {
	id, name, reference, comment string
	vpc                          *zoneNetwork // of a private zone
	tags                         map[string]string
	records                      []record
}

type zoneNetwork struct {
	Region string `xml:"VPCRegion"`
	ID     string `xml:"VPCId"`
}

type record struct {
	Name string `xml:"Name"`
	Type string `xml:"Type"`
	Set  string `xml:"SetIdentifier"`
	Text string `xml:",innerxml"`
}

func (c *call) zones() *zoneState { return state[zoneState](c.account, "route53") }

// zonePath takes a path of the service apart: kind, id, what of it.
func zonePath(r *http.Request) (kind, id, of string) {
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/2013-04-01/"), "/")
	parts = append(parts, "", "", "")
	return parts[0], parts[1], parts[2]
}

func zoneAction(r *http.Request) string {
	kind, id, of := zonePath(r)
	switch {
	case kind == "hostedzone" && id == "":
		return r.Method + "Zones"
	case kind == "hostedzone" && of == "":
		return r.Method + "Zone"
	case kind == "hostedzone":
		return r.Method + "Zone:" + of
	}
	return r.Method + kind
}

func zoneCalls() map[string]handler {
	return map[string]handler{
		"POSTZones": createZone, "GETZone": getZone, "DELETEZone": deleteZone, "GETchange": getChange, "GETtags": getZoneTags, "POSTtags": changeZoneTags,
		"POSTZone:rrset": changeRecords, "GETZone:rrset": listRecords, "GETZone:dnssec": getSigning,
	}
}

// answered wraps a root in the service's name space.
func answered(status int, name string, parts ...element) (any, error) {
	root := el(name+` xmlns="https://route53.amazonaws.com/doc/2013-04-01/"`, parts...)
	return answerREST{status: status, root: &root}, nil
}

func inSync(c *call) element {
	return el("ChangeInfo", say("Id", "/change/C0000000000001"), say("Status", "INSYNC"), say("SubmittedAt", c.server.config.Now()))
}

func createZone(c *call) (any, error) {
	var in struct {
		Name            string
		CallerReference string
		Comment         string       `xml:"HostedZoneConfig>Comment"`
		VPC             *zoneNetwork `xml:"VPC"`
	}
	if err := xml.Unmarshal(c.body, &in); err != nil {
		return nil, refuse(http.StatusBadRequest, "InvalidInput", "%s", err)
	}
	for _, z := range c.zones().zones {
		if z.reference == in.CallerReference {
			return nil, refuse(http.StatusConflict, "HostedZoneAlreadyExists", "A hosted zone has already been created with the specified caller reference.")
		}
	}
	if in.VPC != nil && c.ec2().kinds["vpc"][in.VPC.ID] == nil {
		return nil, refuse(http.StatusBadRequest, "InvalidVPCId", "The VPC: %s you provided is not authorized to make the association.", in.VPC.ID)
	}
	z := &zone{id: fmt.Sprintf("Z%s%07d", c.account.ID, c.account.next()), name: dotted(in.Name), reference: in.CallerReference, comment: in.Comment, vpc: in.VPC, tags: map[string]string{}}
	c.zones().zones.put(z.id, z)
	return answered(http.StatusCreated, "CreateHostedZoneResponse", z.write(), inSync(c), z.servers(), z.network())
}

func dotted(name string) string { return strings.TrimSuffix(strings.ToLower(name), ".") + "." }

// MakeZone makes a public zone of a given id in an account without a call, if it
// is not there: one that another account's code would have made.
func (s *Server) MakeZone(accountID, id, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	held := state[zoneState](s.accounts[accountID], "route53")
	if held.zones[id] == nil {
		held.zones.put(id, &zone{id: id, name: dotted(name), reference: id, tags: map[string]string{}})
	}
}

// servedBy are the name servers that every zone is told to have.
var servedBy = []string{"ns-1.awsdns-00.org", "ns-2.awsdns-00.com", "ns-3.awsdns-00.net", "ns-4.awsdns-00.co.uk"}

// own are the records that a zone has from the first and keeps.
func (z *zone) own() []record {
	servers := ""
	for _, server := range servedBy {
		servers += "<ResourceRecord><Value>" + server + ".</Value></ResourceRecord>"
	}
	write := func(kind, life, values string) record {
		return record{Name: z.name, Type: kind, Text: "<Name>" + z.name + "</Name><Type>" + kind + "</Type><TTL>" + life + "</TTL><ResourceRecords>" + values + "</ResourceRecords>"}
	}
	return []record{
		write("NS", "172800", servers),
		write("SOA", "900", "<ResourceRecord><Value>"+servedBy[0]+". awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400</Value></ResourceRecord>"),
	}
}

func (z *zone) write() element {
	return el("HostedZone", say("Id", "/hostedzone/"+z.id), say("Name", z.name), say("CallerReference", z.reference),
		el("Config", some("Comment", z.comment), say("PrivateZone", z.vpc != nil)), say("ResourceRecordSetCount", len(z.own())+len(z.records)))
}

func (z *zone) servers() element {
	if z.vpc != nil {
		return element{}
	}
	return el("DelegationSet", texts("NameServers", "NameServer", servedBy))
}

func (z *zone) network() element {
	if z.vpc == nil {
		return element{}
	}
	return el("VPC", say("VPCRegion", z.vpc.Region), say("VPCId", z.vpc.ID))
}

func (c *call) zone() (*zone, error) {
	_, id, of := zonePath(c.request)
	if id == "hostedzone" { // tags/hostedzone/{id}
		id = of
	}
	if found := c.zones().zones[id]; found != nil {
		return found, nil
	}
	return nil, refuse(http.StatusNotFound, "NoSuchHostedZone", "No hosted zone found with ID: %s", id)
}

func getZone(c *call) (any, error) {
	z, err := c.zone()
	if err != nil {
		return nil, err
	}
	networks := element{}
	if z.vpc != nil {
		networks = el("VPCs", z.network())
	}
	return answered(http.StatusOK, "GetHostedZoneResponse", z.write(), z.servers(), networks)
}

func deleteZone(c *call) (any, error) {
	z, err := c.zone()
	if err != nil {
		return nil, err
	}
	if len(z.records) > 0 {
		return nil, refuse(http.StatusBadRequest, "HostedZoneNotEmpty", "The specified hosted zone contains non-required resource record sets and so cannot be deleted.")
	}
	delete(c.zones().zones, z.id)
	return answered(http.StatusOK, "DeleteHostedZoneResponse", inSync(c))
}

func getChange(c *call) (any, error) {
	return answered(http.StatusOK, "GetChangeResponse", inSync(c))
}

func getSigning(c *call) (any, error) {
	if _, err := c.zone(); err != nil {
		return nil, err
	}
	return answered(http.StatusOK, "GetDNSSECResponse", el("Status", say("ServeSignature", "NOT_SIGNING")), el("KeySigningKeys"))
}

func getZoneTags(c *call) (any, error) {
	z, err := c.zone()
	if err != nil {
		return nil, err
	}
	return answered(http.StatusOK, "ListTagsForResourceResponse", el("ResourceTagSet", say("ResourceType", "hostedzone"), say("ResourceId", z.id), tagList("Tags", "Tag", z.tags)))
}

func changeZoneTags(c *call) (any, error) {
	z, err := c.zone()
	if err != nil {
		return nil, err
	}
	var in struct {
		Add    []tag    `xml:"AddTags>Tag"`
		Remove []string `xml:"RemoveTagKeys>Key"`
	}
	if err := xml.Unmarshal(c.body, &in); err != nil {
		return nil, refuse(http.StatusBadRequest, "InvalidInput", "%s", err)
	}
	for _, t := range in.Add {
		z.tags[t.Key] = t.Value
	}
	for _, name := range in.Remove {
		delete(z.tags, name)
	}
	return answered(http.StatusOK, "ChangeTagsForResourceResponse")
}

func changeRecords(c *call) (any, error) {
	z, err := c.zone()
	if err != nil {
		return nil, err
	}
	var in struct {
		Changes []struct {
			Action string
			Set    record `xml:"ResourceRecordSet"`
		} `xml:"ChangeBatch>Changes>Change"`
	}
	if err := xml.Unmarshal(c.body, &in); err != nil {
		return nil, refuse(http.StatusBadRequest, "InvalidInput", "%s", err)
	}
	for _, change := range in.Changes {
		set := change.Set
		set.Text = strings.Replace(set.Text, "<Name>"+set.Name+"</Name>", "<Name>"+strings.ReplaceAll(dotted(set.Name), "*", `\052`)+"</Name>", 1)
		set.Name = dotted(set.Name)
		if !strings.HasSuffix("."+set.Name, "."+z.name) {
			return nil, refuse(http.StatusBadRequest, "InvalidChangeBatch", "RRSet with DNS name %s is not permitted in zone %s", set.Name, z.name)
		}
		if change.Action != "DELETE" && !c.server.pointsSomewhere(set) {
			return nil, refuse(http.StatusBadRequest, "InvalidChangeBatch", "Tried to create an alias that targets a load balancer, type %s in zone %s, but that target was not found", set.Type, balancerZone)
		}
		at := slices.IndexFunc(z.records, func(r record) bool { return r.Name == set.Name && r.Type == set.Type && r.Set == set.Set })
		switch {
		case change.Action == "CREATE" && at >= 0:
			return nil, refuse(http.StatusBadRequest, "InvalidChangeBatch", "Tried to create resource record set [name='%s', type='%s'] but it already exists", set.Name, set.Type)
		case change.Action == "DELETE" && at >= 0:
			z.records = slices.Delete(z.records, at, at+1)
		case at >= 0:
			z.records[at] = set
		case change.Action != "DELETE":
			z.records = append(z.records, set)
		}
	}
	slices.SortFunc(z.records, func(a, b record) int { return strings.Compare(a.Name+a.Type+a.Set, b.Name+b.Type+b.Set) })
	return answered(http.StatusOK, "ChangeResourceRecordSetsResponse", inSync(c))
}

// pointsSomewhere says whether the balancer that an alias stands for is there. Of
// what else an alias may name nothing is asked.
func (s *Server) pointsSomewhere(set record) bool {
	var read struct {
		Zone string `xml:"AliasTarget>HostedZoneId"`
		Host string `xml:"AliasTarget>DNSName"`
	}
	if err := xml.Unmarshal([]byte("<Set>"+set.Text+"</Set>"), &read); err != nil || read.Zone != balancerZone {
		return true
	}
	return s.answers(strings.ToLower(read.Host))
}

func listRecords(c *call) (any, error) {
	z, err := c.zone()
	if err != nil {
		return nil, err
	}
	from, kind := dotted(c.request.URL.Query().Get("name")), c.request.URL.Query().Get("type")
	from = strings.ReplaceAll(from, `\052`, "*")
	sets := el("ResourceRecordSets")
	for _, r := range append(z.own(), z.records...) {
		if from != "." && (r.Name != from || kind != "" && r.Type != kind) {
			continue
		}
		sets.children = append(sets.children, element{name: "ResourceRecordSet", raw: r.Text})
	}
	return answered(http.StatusOK, "ListResourceRecordSetsResponse", sets, say("IsTruncated", false), say("MaxItems", 100))
}
