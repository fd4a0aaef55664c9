package httpclient

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"prosa/internal/base/fault"
)

// Policy says what a guarded client may reach.
type Policy struct {
	Limits
	// Private lists host names and addresses that may lie in a private network:
	// a company's allow-list, kept by the operator. Services of a cloud that
	// hand out credentials stay out of reach even so.
	Private []string
	// Denied lists domains that are not called, nor what is below them: the
	// channels' own APIs, which are called with our credentials only.
	Denied []string
}

// Guarded makes the client for URLs that somebody outside chose. What it may
// not reach is fault.Refused. It keeps no connection: each is checked for the
// company that asks. Making one is cheap.
func Guarded(policy Policy) *http.Client { return guarded(policy, nil, nil) }

// guarded takes what tests put before and behind the check of an address: a
// resolver, and a look at the addresses that passed.
func guarded(policy Policy, resolver *net.Resolver, passed func(netip.AddrPort) error) *http.Client {
	limits := policy.Limits.or(guardedTimeout, guardedBody)
	guard := &guard{private: plainHosts(policy.Private), denied: plainHosts(policy.Denied), resolver: resolver, passed: passed}
	transport := &http.Transport{
		DialContext:            guard.dial,
		TLSHandshakeTimeout:    dialTimeout,
		ResponseHeaderTimeout:  limits.Timeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
		MaxConnsPerHost:        limits.Connections,
		// A kept connection was checked for another request, perhaps with
		// another company's allow-list.
		DisableKeepAlives: true,
	}
	return &http.Client{
		Transport:     &ruled{inner: transport, check: guard.check, body: limits.Body},
		Timeout:       limits.Timeout,
		CheckRedirect: follow(limits.Redirects),
	}
}

type guard struct {
	private, denied []string
	resolver        *net.Resolver
	passed          func(netip.AddrPort) error
}

func plainHosts(hosts []string) []string {
	plain := make([]string, 0, len(hosts))
	for _, host := range hosts {
		if host = plainHost(strings.Trim(host, "[]")); host != "" {
			plain = append(plain, host)
		}
	}
	return plain
}

// metadataHeaders are what the clouds' credential services ask for to be sure
// that a program, and not a lured browser, is calling.
var metadataHeaders = []string{"Metadata", "Metadata-Flavor", "X-Google-Metadata-Request", "X-Aws-Ec2-Metadata-Token", "X-Aws-Ec2-Metadata-Token-Ttl-Seconds"}

// check refuses what can be refused before a name is resolved.
func (g *guard) check(request *http.Request) error {
	target := request.URL
	if target.Scheme != "http" && target.Scheme != "https" {
		return refuse("only http and https are called")
	}
	if target.User != nil {
		return refuse("credentials don't belong in an address; use a header")
	}
	if request.Host != "" && plainHost(request.Host) != plainHost(target.Host) {
		return refuse("the Host header names another host than the address")
	}
	for _, name := range metadataHeaders {
		if len(request.Header.Values(name)) > 0 {
			return refuse("the header " + name + " is not sent")
		}
	}
	host := plainHost(target.Hostname())
	if host == "" || looksNumeric(host) {
		return refuse("that is not a host name")
	}
	for _, domain := range g.denied {
		if host == domain || strings.HasSuffix(host, "."+domain) {
			return refuse("that service is not called by address")
		}
	}
	if address, err := netip.ParseAddr(host); err == nil {
		return g.allow(address, g.isPrivate(host))
	}
	return nil
}

// looksNumeric reports hosts such as 2130706433, 0x7f.1 and 0177.0.0.1, which
// some resolvers take for an address and netip does not.
func looksNumeric(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return false
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	if strings.HasPrefix(last, "0x") {
		return true
	}
	return last != "" && strings.Trim(last, "0123456789") == ""
}

func (g *guard) isPrivate(host string) bool {
	for _, allowed := range g.private {
		if host == allowed {
			return true
		}
	}
	return false
}

// dial connects to the host and checks the address that is really called.
func (g *guard) dial(ctx context.Context, network, target string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(target)
	if err != nil {
		return nil, err
	}
	private := g.isPrivate(plainHost(host))
	dialer := &net.Dialer{
		Timeout:   dialTimeout,
		KeepAlive: 30 * time.Second,
		Resolver:  g.resolver,
		// Control runs after the name was resolved, on the socket that is about
		// to connect, once for each address tried.
		Control: func(network, address string, _ syscall.RawConn) error {
			found, err := netip.ParseAddrPort(address)
			if err != nil || network != "tcp4" && network != "tcp6" {
				return refuse("that is not an address on the internet")
			}
			if err := g.allow(found.Addr(), private); err != nil || g.passed == nil {
				return err
			}
			return g.passed(found)
		},
	}
	return dialer.DialContext(ctx, network, target)
}

// allow decides on one address.
func (g *guard) allow(address netip.Addr, private bool) error {
	switch {
	case isPublic(address), private && isOurNetwork(address) && !isMetadata(address):
		return nil
	case isMetadata(address):
		return refuse("that address hands out the cloud's credentials")
	default:
		return refuse("that address is not on the public internet")
	}
}

func refuse(message string) error { return fault.Refuse("address_refused", "%s", message) }
