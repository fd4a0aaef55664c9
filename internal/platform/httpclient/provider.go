package httpclient

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"prosa/internal/base/fault"
)

// Provider makes the client for an outside service. It calls the schemes, hosts
// and ports of the base URLs, which the operator configured, and refuses all
// others with fault.Refused, also by redirect. Connections are kept and reused.
//
// Error: fault.Invalid for a base that is not a whole http or https URL.
func Provider(limits Limits, bases ...string) (*http.Client, error) {
	limits = limits.or(providerTimeout, providerBody)
	pinned := map[string]bool{}
	for _, base := range bases {
		target, err := url.Parse(base)
		if err != nil || target.Hostname() == "" || target.Scheme != "http" && target.Scheme != "https" {
			return nil, fault.New(fault.Invalid, "the base URL of an outside service must be a whole http or https URL")
		}
		pinned[origin(target)] = true
	}
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}
	transport := &http.Transport{
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    dialTimeout,
		MaxIdleConns:           256,
		MaxIdleConnsPerHost:    64,
		MaxConnsPerHost:        limits.Connections,
		IdleConnTimeout:        90 * time.Second,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
	check := func(request *http.Request) error {
		if !pinned[origin(request.URL)] {
			return fault.Refuse("host_not_configured", "the host %s is not one that the operator configured", request.URL.Hostname())
		}
		return nil
	}
	return &http.Client{
		Transport:     &ruled{inner: transport, check: check, body: limits.Body},
		Timeout:       limits.Timeout,
		CheckRedirect: follow(limits.Redirects),
	}, nil
}

// origin spells scheme, host and port of a URL, so that two that mean the same
// server are equal.
func origin(target *url.URL) string {
	port := target.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[target.Scheme]
	}
	return target.Scheme + "://" + net.JoinHostPort(plainHost(target.Hostname()), port)
}

// plainHost is a host name without the differences that name the same host.
func plainHost(host string) string { return strings.TrimSuffix(strings.ToLower(host), ".") }

// carried are the headers that a redirect to another host keeps; any other may
// be a secret meant for the first host.
var carried = []string{"Accept", "Accept-Language", "Content-Type", "User-Agent"}

// follow bounds the redirects and keeps secrets and encryption on the way.
func follow(most int) func(*http.Request, []*http.Request) error {
	return func(next *http.Request, before []*http.Request) error {
		if len(before) > most {
			return fault.Refuse("too_many_redirects", "more than %d redirects", most)
		}
		last := before[len(before)-1]
		if last.URL.Scheme == "https" && next.URL.Scheme != "https" {
			return fault.Refuse("redirect_unencrypted", "a redirect leaves encryption")
		}
		if origin(next.URL) != origin(last.URL) {
			kept := http.Header{}
			for _, name := range carried {
				if values := next.Header.Values(name); len(values) > 0 {
					kept[name] = values
				}
			}
			next.Header = kept
		}
		// A redirect must not tell the next host where we came from, since the
		// path may be a secret.
		next.Header.Del("Referer")
		return nil
	}
}
