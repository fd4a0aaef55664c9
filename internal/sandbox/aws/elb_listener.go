package aws

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// listener is a port of a balancer and what it does with what no rule takes.
type listener struct {
	arn, balancer          string
	protocol, port, policy string
	certificates           []string
	actions                []element
	attributes             map[string]string
	tags                   map[string]string
}

func listenerCalls() map[string]handler {
	return map[string]handler{
		"CreateListener": createListener, "DescribeListeners": describeListeners, "ModifyListener": modifyListener, "DeleteListener": deleteListener,
		"ModifyListenerAttributes": modifyListenerAttributes, "DescribeListenerAttributes": describeListenerAttributes,
	}
}

// responseHeaders are those that a listener can add to what it answers.
var responseHeaders = []string{
	"strict_transport_security", "access_control_allow_origin", "access_control_allow_methods", "access_control_allow_headers", "access_control_allow_credentials",
	"access_control_expose_headers", "access_control_max_age", "content_security_policy", "x_content_type_options", "x_frame_options",
}

// listenerAttributes are the attributes of a listener of a protocol.
func listenerAttributes(protocol string) map[string]string {
	held := map[string]string{"routing.http.response.server.enabled": "true"}
	for _, name := range responseHeaders {
		held["routing.http.response."+name+".header_value"] = ""
	}
	if protocol != "HTTPS" {
		return held
	}
	for _, name := range []string{"mtls_clientcert_serial_number", "mtls_clientcert_issuer", "mtls_clientcert_subject", "mtls_clientcert_validity", "mtls_clientcert_leaf", "mtls_clientcert", "tls_version", "tls_cipher_suite"} {
		held["routing.http.request.x_amzn_"+name+".header_name"] = ""
	}
	return held
}

// tlsPolicies are those that are offered to application balancers.
var tlsPolicies = regexp.MustCompile(`^ELBSecurityPolicy-(2016-08|TLS-1-[12](-Ext)?-20(17-01|18-06)|FS(-1-[12](-Res)?)?-20(18-06|19-08|20-10)|TLS13-1-[0-3](-Res|-Ext[0-2]|-FIPS)?-(2021-06|2023-04))$`)

func createListener(c *call) (any, error) {
	b, err := c.balancer()
	if err != nil {
		return nil, err
	}
	l := &listener{balancer: b.arn, tags: c.formTags("Tags.member"), attributes: listenerAttributes(c.form.Get("Protocol"))}
	if err := c.setListener(l); err != nil {
		return nil, err
	}
	for _, other := range c.elb().listeners {
		if other.balancer == b.arn && other.port == l.port {
			return nil, refuse(http.StatusBadRequest, "DuplicateListener", "A listener already exists on this port for this load balancer '%s'", b.arn)
		}
	}
	l.arn = strings.Replace(b.arn, ":loadbalancer/", ":listener/", 1) + fmt.Sprintf("/%016x", c.account.next())
	c.elb().listeners.put(l.arn, l)
	return answerXML{el("Listeners", el("member", l.write()...))}, nil
}

// setListener takes what the form says of a listener, when it can be so.
func (c *call) setListener(l *listener) error {
	changed := *l
	for name, field := range map[string]*string{"Protocol": &changed.protocol, "Port": &changed.port, "SslPolicy": &changed.policy} {
		if value := c.form.Get(name); value != "" {
			*field = value
		}
	}
	if held := c.formRecords("Certificates.member"); len(held) > 0 {
		changed.certificates = []string{held[0]["CertificateArn"]}
	}
	if actions := c.formTree("DefaultActions"); len(actions) > 0 {
		changed.actions = actions
	}
	switch {
	case changed.protocol == "HTTPS" && len(changed.certificates) != 1:
		return refuse(http.StatusBadRequest, "ValidationError", "A certificate must be specified for HTTPS listeners")
	case changed.protocol == "HTTPS" && changed.policy == "":
		changed.policy = "ELBSecurityPolicy-2016-08"
	case changed.protocol != "HTTPS" && changed.protocol != "HTTP":
		return refuse(http.StatusBadRequest, "UnsupportedProtocol", "The protocol '%s' is not supported by application balancers", changed.protocol)
	}
	if changed.policy != "" && !tlsPolicies.MatchString(changed.policy) {
		return refuse(http.StatusBadRequest, "SSLPolicyNotFound", "SSL policy '%s' not found", changed.policy)
	}
	for _, arn := range changed.certificates {
		if err := c.usable(arn); err != nil {
			return err
		}
	}
	made, err := c.checkActions(changed.actions, c.elb().balancers[changed.balancer].vpc)
	if err != nil {
		return err
	}
	changed.actions = made
	*l = changed
	return nil
}

// usable refuses a certificate that a balancer cannot take: another account's, or
// one that was not issued.
func (c *call) usable(arn string) error {
	held := c.acm().certificates[arn]
	switch {
	case held == nil:
		return refuse(http.StatusBadRequest, "CertificateNotFound", "Certificate '%s' not found", arn)
	case c.statusOf(held) != certificateIssued:
		return refuse(http.StatusBadRequest, "UnsupportedCertificate", "The certificate '%s' must have a fully-qualified domain name, a supported signature, and a supported key size.", arn)
	}
	return nil
}

func (l *listener) write() []element {
	certificates := element{}
	if len(l.certificates) > 0 {
		certificates = list("Certificates", "member", l.certificates, func(arn string) []element { return []element{say("CertificateArn", arn)} })
	}
	return []element{
		say("ListenerArn", l.arn), say("LoadBalancerArn", l.balancer), say("Port", l.port), say("Protocol", l.protocol), some("SslPolicy", l.policy), certificates,
		el("DefaultActions", l.actions...), mutual(l.protocol),
	}
}

// mutual is told of listeners with TLS: clients show no certificate.
func mutual(protocol string) element {
	if protocol != "HTTPS" {
		return element{}
	}
	return el("MutualAuthentication", say("Mode", "off"))
}

func (c *call) listener() (*listener, error) {
	if found := c.elb().listeners[c.form.Get("ListenerArn")]; found != nil {
		return found, nil
	}
	return nil, refuse(http.StatusBadRequest, "ListenerNotFound", "Listener '%s' not found", c.form.Get("ListenerArn"))
}

func describeListeners(c *call) (any, error) {
	found, err := asked(c.elb().listeners, c.formList("ListenerArns.member"), nil, nil, "ListenerNotFound")
	if err != nil {
		return nil, err
	}
	if arn := c.form.Get("LoadBalancerArn"); arn != "" {
		found = slices.DeleteFunc(found, func(l *listener) bool { return l.balancer != arn })
	}
	return answerXML{list("Listeners", "member", found, (*listener).write)}, nil
}

func modifyListener(c *call) (any, error) {
	l, err := c.listener()
	if err != nil {
		return nil, err
	}
	if err := c.setListener(l); err != nil {
		return nil, err
	}
	return answerXML{el("Listeners", el("member", l.write()...))}, nil
}

// dropListener removes a listener with its rules.
func (c *call) dropListener(arn string) {
	maps.DeleteFunc(c.elb().rules, func(_ string, r *listenerRule) bool { return r.listener == arn })
	delete(c.elb().listeners, arn)
}

func deleteListener(c *call) (any, error) {
	l, err := c.listener()
	if err != nil {
		return nil, err
	}
	c.dropListener(l.arn)
	return answerXML{}, nil
}

func modifyListenerAttributes(c *call) (any, error) {
	l, err := c.listener()
	if err != nil {
		return nil, err
	}
	changed, err := c.attributes(l.attributes, "Listener")
	if err != nil {
		return nil, err
	}
	l.attributes = changed
	return answerXML{writeAttributes(l.attributes)}, nil
}

func describeListenerAttributes(c *call) (any, error) {
	l, err := c.listener()
	if err != nil {
		return nil, err
	}
	return answerXML{writeAttributes(l.attributes)}, nil
}
