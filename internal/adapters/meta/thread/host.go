package thread

import (
	"net/url"
	"strings"
)

// Hosts are where files of customers lie: Names with their subdomains, by
// https, and the origins of Bases, which is how a simulator is reached.
type Hosts struct {
	Bases []string
	Names []string
}

// HoldsFile reports whether an address is that of a file of the platform and
// not of a page.
func (h Hosts) HoldsFile(address string) bool {
	target, err := url.Parse(address)
	return err == nil && h.allowed(target)
}

// base reports whether the address is at one of the configured bases, taken as
// they are, with scheme and port.
func (h Hosts) base(target *url.URL) bool {
	for _, address := range h.Bases {
		base, err := url.Parse(address)
		if err == nil && base.Host != "" && target.Scheme == base.Scheme && target.Host == base.Host {
			return true
		}
	}
	return false
}

// allowed holds an address against the list.
func (h Hosts) allowed(target *url.URL) bool {
	switch {
	case target.User != nil:
		return false
	case h.base(target):
		return true
	case target.Scheme != "https" || target.Port() != "":
		return false
	}
	name := strings.ToLower(target.Hostname())
	for _, host := range h.Names {
		if name == host || strings.HasSuffix(name, "."+host) {
			return true
		}
	}
	return false
}

// lookaside is Meta's door to private files, the only one that may want the
// token.
const lookaside = "lookaside.fbsbx.com"

func wantsToken(target *url.URL) bool {
	return target.Scheme == "https" && strings.ToLower(target.Host) == lookaside
}
