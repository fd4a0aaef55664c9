package plan

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// Ports by which what is private is known.
const (
	portDatabase = 5432
	portHTTP     = 80
	portHTTPS    = 443
)

var portsNATS = []int{4222, 6222, 8222}

// reached holds what can be reached against the rules.
func (j *judge) reached(r *Resource) {
	switch r.Type {
	case "aws_security_group_rule":
		if r.text("type") == "ingress" {
			j.opening(r, r.name, r.number("from_port"), r.number("to_port"), r.text("protocol"), append(words(r.after["cidr_blocks"]), words(r.after["ipv6_cidr_blocks"])...))
		}
	case "aws_vpc_security_group_ingress_rule":
		from := append(words(r.after["cidr_ipv4"]), words(r.after["cidr_ipv6"])...)
		if r.given("prefix_list_id") {
			j.breach("open-port", r, "the networks of a prefix list reach %s", ports(r.number("from_port"), r.number("to_port")))
		}
		j.opening(r, strings.Join(r.refs["security_group_id"], " ")+" "+r.Address, r.number("from_port"), r.number("to_port"), r.text("ip_protocol"), from)
	case "aws_security_group":
		for _, rule := range r.blocks("ingress") {
			from := append(words(rule["cidr_blocks"]), words(rule["ipv6_cidr_blocks"])...)
			low, _ := rule["from_port"].(float64)
			high, _ := rule["to_port"].(float64)
			protocol, _ := rule["protocol"].(string)
			j.opening(r, r.text("name")+" "+r.Address, int(low), int(high), protocol, from)
		}
	case "aws_vpc":
		if j.expected.CIDR != "" && r.text("cidr_block") != j.expected.CIDR {
			j.breach("network-cidr", r, "the network is %s, not %s", r.text("cidr_block"), j.expected.CIDR)
		}
	case "aws_subnet":
		j.subnet(r)
	case "aws_lb":
		j.balancer(r)
	case "aws_lb_listener":
		j.listener(r)
	case "aws_route53_zone", "aws_route53_record", "aws_acm_certificate", "aws_ses_domain_identity":
		j.name(r)
	}
}

// opening judges one way in: from which networks, to which ports.
func (j *judge) opening(r *Resource, whose string, low, high int, protocol string, from []string) {
	if protocol == "-1" || protocol == "all" {
		low, high = 0, 65535
	}
	for _, network := range from {
		if j.inside(network) {
			continue
		}
		within := func(port int) bool { return low <= port && port <= high }
		switch {
		case slices.ContainsFunc(portsNATS, within):
			j.breach("nats-private", r, "%s reaches %s", network, ports(low, high))
		case within(portDatabase):
			j.breach("database-public", r, "%s reaches %s", network, ports(low, high))
		case low == high && (low == portHTTP || low == portHTTPS) && frontDoor(whose):
		default:
			j.breach("open-port", r, "%s reaches %s", network, ports(low, high))
		}
	}
}

func ports(low, high int) string {
	if low == high {
		return fmt.Sprintf("port %d", low)
	}
	return fmt.Sprintf("ports %d to %d", low, high)
}

// frontDoor says whether a security group is the load balancer's.
func frontDoor(name string) bool {
	return slices.ContainsFunc([]string{"balancer", "edge", "alb", "load"}, func(word string) bool { return strings.Contains(name, word) })
}

// inside says whether a network lies in the account's own.
func (j *judge) inside(network string) bool {
	own, err := netip.ParsePrefix(j.expected.CIDR)
	asked, bad := netip.ParsePrefix(network)
	return err == nil && bad == nil && own.Bits() <= asked.Bits() && own.Contains(asked.Addr())
}

func (j *judge) subnet(r *Resource) {
	if r.truth("map_public_ip_on_launch") {
		j.breach("public-address", r, "what stands in the subnet gets a public address")
	}
	if cidr := r.text("cidr_block"); j.expected.CIDR != "" && cidr != "" && !j.inside(cidr) {
		j.breach("network-cidr", r, "%s lies outside %s", cidr, j.expected.CIDR)
	}
}

func (j *judge) balancer(r *Resource) {
	if strings.Contains(r.text("name")+r.Address, "nats") && !r.truth("internal") {
		j.breach("nats-private", r, "the load balancer before NATS is public")
		return
	}
	if r.truth("internal") || r.text("load_balancer_type") != "application" {
		return
	}
	if j.expected.production() && !r.truth("enable_deletion_protection") {
		j.breach("prod-protected", r, "the load balancer can be deleted")
	}
	if len(j.byType["aws_wafv2_web_acl_association"]) == 0 {
		j.breach("firewall", r, "no web ACL is associated")
	}
}

// newTLS fits the vendor's policies whose oldest version is 1.2; the number behind
// TLS13 is that of the oldest: ELBSecurityPolicy-TLS13-1-0-2021-06 takes TLS 1.0.
var newTLS = regexp.MustCompile(`TLS13-1-[23]-|TLS-1-2-`)

func (j *judge) listener(r *Resource) {
	switch r.text("protocol") {
	case "HTTPS", "TLS":
		policy := r.text("ssl_policy")
		if !newTLS.MatchString(policy) {
			j.breach("listener-tls", r, "the policy is %s", quoted(policy))
		}
	case "HTTP":
		for _, action := range r.blocks("default_action") {
			if action["type"] != "redirect" {
				j.breach("listener-tls", r, "port %d does not redirect", r.number("port"))
			}
		}
	}
}

// name holds a name against the account's domain; the organisation's own accounts
// hold the apex.
func (j *judge) name(r *Resource) {
	argument := map[string]string{"aws_route53_zone": "name", "aws_route53_record": "name", "aws_acm_certificate": "domain_name", "aws_ses_domain_identity": "domain"}[r.Type]
	under := j.expected.Domain
	if under == "" {
		under = j.expected.Apex
	}
	name := strings.TrimSuffix(strings.TrimPrefix(r.text(argument), "*."), ".")
	if name == "" || under == "" || strings.HasSuffix(name, ".internal") {
		return // not known yet: the certificate's own proof; or a name of the private zone
	}
	if r.Type == "aws_route53_record" && !strings.Contains(name, ".") {
		return // relative to its zone
	}
	if name != under && !strings.HasSuffix(name, "."+under) {
		j.breach("domain", r, "%s lies outside %s", name, under)
	}
}
