// Package visitor tells where a request came from. It is one rule for all doors:
// limits on guessing and logs rest on it.
package visitor

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Address tells where a request came from. X-Forwarded-For is believed as far
// as our own proxies wrote it: each appends the address that it saw.
func Address(r *http.Request, proxies int) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if proxies > 0 {
		seen := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if at := len(seen) - proxies; at >= 0 {
			if address, err := netip.ParseAddr(strings.TrimSpace(seen[at])); err == nil {
				return address.String()
			}
		}
	}
	return host
}
