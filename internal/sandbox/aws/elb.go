package aws

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// elbState holds the balancers of an account and what hangs on them, by ARN.
type elbState struct {
	balancers shelf[balancer]
	targets   shelf[targetGroup]
	listeners shelf[listener]
	rules     shelf[listenerRule]
}

type balancer struct {
	arn, name, scheme, vpc string
	subnets, groups        []string
	zones                  []string // of the subnets, by place
	attributes             map[string]string
	tags                   map[string]string
	made                   time.Time
}

// Of the region's balancers: the zone of their names, and the account that
// writes their access log.
const (
	balancerZone    = "Z2P70J7HTTTPLU"
	balancerAccount = "507241528517"
)

func (c *call) elb() *elbState { return state[elbState](c.account, "elasticloadbalancing") }

func elbCalls() map[string]handler {
	calls := map[string]handler{
		"CreateLoadBalancer": createBalancer, "DescribeLoadBalancers": describeBalancers, "DeleteLoadBalancer": deleteBalancer,
		"ModifyLoadBalancerAttributes": modifyBalancer, "DescribeLoadBalancerAttributes": balancerAttributesOf, "DescribeCapacityReservation": describeCapacity,
		"SetSecurityGroups": setBalancerGroups, "SetSubnets": setBalancerSubnets,
		"DescribeTags": describeBalancerTags, "AddTags": addBalancerTags, "RemoveTags": removeBalancerTags,
	}
	for _, more := range []map[string]handler{targetCalls(), listenerCalls(), listenerRuleCalls()} {
		maps.Copy(calls, more)
	}
	return calls
}

// balancerName is how balancers and target groups may be called.
var balancerName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$`)

func (c *call) balancerName() (string, error) {
	name := c.form.Get("Name")
	if !balancerName.MatchString(name) || strings.HasPrefix(name, "internal-") {
		return "", refuse(http.StatusBadRequest, "ValidationError", "The name '%s' must have 32 alphanumeric characters or hyphens at most, and may not begin or end with a hyphen or begin with 'internal-'", name)
	}
	return name, nil
}

// balancerAttributes are the attributes of an application balancer with the
// values that a new one has.
var balancerAttributes = map[string]string{
	"access_logs.s3.enabled": "false", "access_logs.s3.bucket": "", "access_logs.s3.prefix": "",
	"connection_logs.s3.enabled": "false", "connection_logs.s3.bucket": "", "connection_logs.s3.prefix": "",
	"client_keep_alive.seconds": "3600", "deletion_protection.enabled": "false", "idle_timeout.timeout_seconds": "60",
	"ipv6.deny_all_igw_traffic": "false", "load_balancing.cross_zone.enabled": "true",
	"routing.http.desync_mitigation_mode": "defensive", "routing.http.drop_invalid_header_fields.enabled": "false",
	"routing.http.preserve_host_header.enabled": "false", "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
	"routing.http.xff_client_port.enabled": "false", "routing.http.xff_header_processing.mode": "append", "routing.http2.enabled": "true",
	"waf.fail_open.enabled": "false", "zonal_shift.config.enabled": "false",
}

func createBalancer(c *call) (any, error) {
	name, err := c.balancerName()
	if err != nil {
		return nil, err
	}
	for _, other := range c.elb().balancers {
		if other.name == name {
			return nil, refuse(http.StatusBadRequest, "DuplicateLoadBalancerName", "A load balancer with the same name '%s' exists, but with different settings", name)
		}
	}
	b := &balancer{
		name: name, scheme: c.form.Get("Scheme"), subnets: c.formList("Subnets.member"), groups: c.formList("SecurityGroups.member"),
		attributes: maps.Clone(balancerAttributes), tags: c.formTags("Tags.member"), made: c.server.config.Now(),
	}
	if b.scheme == "" {
		b.scheme = "internet-facing"
	}
	if kind := c.form.Get("Type"); kind != "" && kind != "application" {
		return nil, refuse(http.StatusBadRequest, "ValidationError", "the stand-in has application balancers only, not '%s'", kind)
	}
	if err := c.placeBalancer(b); err != nil {
		return nil, err
	}
	b.arn = c.arn("elasticloadbalancing", fmt.Sprintf("loadbalancer/app/%s/%016x", name, c.account.next()))
	c.elb().balancers.put(b.arn, b)
	return answerXML{el("LoadBalancers", el("member", c.writeBalancer(b)...))}, nil
}

// placeBalancer finds where a balancer stands: in two zones at least, of one
// network, which has a way to the internet when the balancer faces it.
func (c *call) placeBalancer(b *balancer) error {
	b.vpc, b.zones = "", nil
	for _, id := range b.subnets {
		subnet := c.ec2().kinds["subnet"][id]
		if subnet == nil {
			return refuse(http.StatusBadRequest, "SubnetNotFound", "The subnet ID '%s' is not valid", id)
		}
		zone, vpc := subnet.part("availabilityZone").text, subnet.facts["vpc-id"]
		if slices.Contains(b.zones, zone) {
			return refuse(http.StatusBadRequest, "InvalidConfigurationRequest", "A load balancer cannot be attached to multiple subnets in the same Availability Zone")
		}
		if b.vpc != "" && b.vpc != vpc {
			return refuse(http.StatusBadRequest, "InvalidConfigurationRequest", "All subnets must belong to the same VPC")
		}
		b.vpc, b.zones = vpc, append(b.zones, zone)
	}
	if len(b.zones) < 2 {
		return refuse(http.StatusBadRequest, "ValidationError", "At least two subnets in two different Availability Zones must be specified")
	}
	way := slices.ContainsFunc(c.ec2().kinds["gateway"].all(), func(g *thing) bool { return g.facts["attachment.vpc-id"] == b.vpc })
	if b.scheme == "internet-facing" && !way {
		return refuse(http.StatusBadRequest, "InvalidSubnet", "VPC %s has no internet gateway", b.vpc)
	}
	for _, id := range b.groups {
		group := c.ec2().kinds["group"][id]
		if group == nil {
			return refuse(http.StatusBadRequest, "InvalidSecurityGroup", "The security group '%s' does not exist", id)
		}
		if group.facts["vpc-id"] != b.vpc {
			return refuse(http.StatusBadRequest, "InvalidConfigurationRequest", "One or more security groups are invalid: '%s' is not in VPC '%s'", id, b.vpc)
		}
	}
	return nil
}

func (c *call) writeBalancer(b *balancer) []element {
	zones := el("AvailabilityZones")
	for i, id := range b.subnets {
		zones.children = append(zones.children, el("member", say("ZoneName", b.zones[i]), say("SubnetId", id), el("LoadBalancerAddresses")))
	}
	return []element{
		say("LoadBalancerArn", b.arn), say("LoadBalancerName", b.name), say("DNSName", b.host()), say("CanonicalHostedZoneId", balancerZone),
		say("CreatedTime", b.made), say("Scheme", b.scheme), say("VpcId", b.vpc), el("State", say("Code", "active")), say("Type", "application"), zones,
		texts("SecurityGroups", "member", b.groups), say("IpAddressType", "ipv4"),
	}
}

// host is the name under which a balancer answers.
func (b *balancer) host() string {
	name := b.name
	if b.scheme == "internal" {
		name = "internal-" + name
	}
	return name + "-" + b.arn[len(b.arn)-9:] + "." + strings.Split(b.arn, ":")[3] + ".elb.amazonaws.com"
}

// answers says whether a balancer of any account answers under a name, or under
// that name for both families of addresses.
func (s *Server) answers(host string) bool {
	host = strings.TrimPrefix(strings.TrimSuffix(host, "."), "dualstack.")
	for _, a := range s.accounts {
		for _, b := range state[elbState](a, "elasticloadbalancing").balancers {
			if b.host() == host {
				return true
			}
		}
	}
	return false
}

func (c *call) balancer() (*balancer, error) {
	if found := c.elb().balancers[c.form.Get("LoadBalancerArn")]; found != nil {
		return found, nil
	}
	return nil, refuse(http.StatusBadRequest, "LoadBalancerNotFound", "Load balancer '%s' not found", c.form.Get("LoadBalancerArn"))
}

// asked picks the things that a list of ARNs or of names asks for, or all. code
// is the refusal when one of them is not there.
func asked[T any](held shelf[T], arns, names []string, name func(*T) string, code string) ([]*T, error) {
	if len(arns) == 0 && len(names) == 0 {
		return held.all(), nil
	}
	var found []*T
	for _, arn := range arns {
		if held[arn] == nil {
			return nil, refuse(http.StatusBadRequest, code, "'%s' was not found", arn)
		}
		found = append(found, held[arn])
	}
	for _, wanted := range names {
		at := slices.IndexFunc(held.all(), func(t *T) bool { return name(t) == wanted })
		if at < 0 {
			return nil, refuse(http.StatusBadRequest, code, "'[%s]' was not found", wanted)
		}
		found = append(found, held.all()[at])
	}
	return found, nil
}

func describeBalancers(c *call) (any, error) {
	found, err := asked(c.elb().balancers, c.formList("LoadBalancerArns.member"), c.formList("Names.member"), func(b *balancer) string { return b.name }, "LoadBalancerNotFound")
	if err != nil {
		return nil, err
	}
	return answerXML{list("LoadBalancers", "member", found, c.writeBalancer)}, nil
}

func deleteBalancer(c *call) (any, error) {
	b := c.elb().balancers[c.form.Get("LoadBalancerArn")]
	if b == nil {
		return answerXML{}, nil // as the vendor: it is gone
	}
	if b.attributes["deletion_protection.enabled"] == "true" {
		return nil, refuse(http.StatusBadRequest, "OperationNotPermitted", "Load balancer '%s' cannot be deleted because deletion protection is enabled", b.arn)
	}
	if c.guarded(b.arn) != "" {
		return nil, refuse(http.StatusBadRequest, "ResourceInUse", "Load balancer '%s' cannot be deleted because it is associated with another service", b.arn)
	}
	for arn, l := range c.elb().listeners {
		if l.balancer == b.arn {
			c.dropListener(arn)
		}
	}
	delete(c.elb().balancers, b.arn)
	return answerXML{}, nil
}

func describeCapacity(c *call) (any, error) {
	if _, err := c.balancer(); err != nil {
		return nil, err
	}
	return answerXML{el("CapacityReservationState"), say("DecreaseRequestsRemaining", 2)}, nil
}

func modifyBalancer(c *call) (any, error) {
	b, err := c.balancer()
	if err != nil {
		return nil, err
	}
	changed, err := c.attributes(b.attributes, "Load balancer")
	if err != nil {
		return nil, err
	}
	if err := within(changed, "idle_timeout.timeout_seconds", 1, 4000); err != nil {
		return nil, err
	}
	if err := c.tryLog(changed); err != nil {
		return nil, err
	}
	b.attributes = changed
	return answerXML{writeAttributes(b.attributes)}, nil
}

func balancerAttributesOf(c *call) (any, error) {
	b, err := c.balancer()
	if err != nil {
		return nil, err
	}
	return answerXML{writeAttributes(b.attributes)}, nil
}

// attributes gives what a thing's attributes are after the form's changes. A key
// that the thing does not have is refused.
func (c *call) attributes(held map[string]string, kind string) (map[string]string, error) {
	changed := maps.Clone(held)
	for _, one := range c.formRecords("Attributes.member") {
		if _, known := held[one["Key"]]; !known {
			return nil, refuse(http.StatusBadRequest, "ValidationError", "%s attribute key '%s' is not recognized", kind, one["Key"])
		}
		changed[one["Key"]] = one["Value"]
	}
	return changed, nil
}

func within(attributes map[string]string, key string, least, most int) error {
	if n, err := strconv.Atoi(attributes[key]); err != nil || n < least || n > most {
		return refuse(http.StatusBadRequest, "ValidationError", "'%s' must be between %d and %d, inclusive, and is '%s'", key, least, most, attributes[key])
	}
	return nil
}

func writeAttributes(attributes map[string]string) element {
	return list("Attributes", "member", sortedKeys(attributes), func(key string) []element {
		return []element{say("Key", key), say("Value", attributes[key])}
	})
}

// tryLog writes a trial object where the access log is to go, as the vendor does
// before it believes that it may.
func (c *call) tryLog(attributes map[string]string) error {
	if attributes["access_logs.s3.enabled"] != "true" {
		return nil
	}
	name := attributes["access_logs.s3.bucket"]
	held := c.server.buckets().buckets[name]
	if held == nil {
		return refuse(http.StatusBadRequest, "InvalidConfigurationRequest", "The bucket %s does not exist", name)
	}
	if held.Region != c.region {
		return refuse(http.StatusBadRequest, "InvalidConfigurationRequest", "The S3 bucket %s must be in the same Region as the load balancer", name)
	}
	key := strings.TrimPrefix(attributes["access_logs.s3.prefix"]+"/AWSLogs/"+c.account.ID+"/ELBAccessLogTestFile", "/")
	allowed, err := evaluate(string(held.Settings["policy"].body), request{
		action: "s3:PutObject", resource: "arn:aws:s3:::" + name + "/" + key, claims: map[string][]string{"aws:SecureTransport": {"true"}},
		principals: map[string][]string{"AWS": {"arn:aws:iam::" + balancerAccount + ":root"}},
	})
	if err != nil || !allowed || strings.Contains(string(held.Settings["encryption"].body), "aws:kms") {
		return refuse(http.StatusBadRequest, "InvalidConfigurationRequest", "Access Denied for bucket: %s. Please check S3bucket permission", name)
	}
	held.keep(key, []byte("Enable AccessLog"), "text/plain", c.server.config.Now())
	return nil
}

func setBalancerGroups(c *call) (any, error) {
	b, err := c.balancer()
	if err != nil {
		return nil, err
	}
	moved := *b
	moved.groups = c.formList("SecurityGroups.member")
	if err := c.placeBalancer(&moved); err != nil {
		return nil, err
	}
	*b = moved
	return answerXML{texts("SecurityGroupIds", "member", b.groups)}, nil
}

func setBalancerSubnets(c *call) (any, error) {
	b, err := c.balancer()
	if err != nil {
		return nil, err
	}
	moved := *b
	moved.subnets = c.formList("Subnets.member")
	if err := c.placeBalancer(&moved); err != nil {
		return nil, err
	}
	*b = moved
	return answerXML{}, nil
}

// labels finds the tags of a thing of the service by its ARN.
func (s *elbState) labels(arn string) (map[string]string, error) {
	switch {
	case s.balancers[arn] != nil:
		return s.balancers[arn].tags, nil
	case s.targets[arn] != nil:
		return s.targets[arn].tags, nil
	case s.listeners[arn] != nil:
		return s.listeners[arn].tags, nil
	case s.rules[arn] != nil:
		return s.rules[arn].tags, nil
	}
	code := "LoadBalancerNotFound"
	for part, name := range map[string]string{":targetgroup/": "TargetGroupNotFound", ":listener/": "ListenerNotFound", ":listener-rule/": "RuleNotFound"} {
		if strings.Contains(arn, part) {
			code = name
		}
	}
	return nil, refuse(http.StatusBadRequest, code, "'%s' was not found", arn)
}

func describeBalancerTags(c *call) (any, error) {
	told := el("TagDescriptions")
	for _, arn := range c.formList("ResourceArns.member") {
		tags, err := c.elb().labels(arn)
		if err != nil {
			return nil, err
		}
		told.children = append(told.children, el("member", say("ResourceArn", arn), tagList("Tags", "member", tags)))
	}
	return answerXML{told}, nil
}

func addBalancerTags(c *call) (any, error) {
	for _, arn := range c.formList("ResourceArns.member") {
		tags, err := c.elb().labels(arn)
		if err != nil {
			return nil, err
		}
		maps.Copy(tags, c.formTags("Tags.member"))
	}
	return answerXML{}, nil
}

func removeBalancerTags(c *call) (any, error) {
	for _, arn := range c.formList("ResourceArns.member") {
		tags, err := c.elb().labels(arn)
		if err != nil {
			return nil, err
		}
		for _, key := range c.formList("TagKeys.member") {
			delete(tags, key)
		}
	}
	return answerXML{}, nil
}
