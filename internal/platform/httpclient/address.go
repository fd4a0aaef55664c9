package httpclient

import "net/netip"

// Addresses of the clouds' services that hand out credentials. Most are
// link-local and so refused anyway; these also lie in networks that an
// allow-list may open, or look public.
var metadata = prefixes(
	"169.254.0.0/16",      // AWS, Google, Azure, Oracle, DigitalOcean; AWS task role 169.254.170.2
	"168.63.129.16/32",    // Azure's own agent; publicly routable range
	"100.100.100.200/32",  // Alibaba
	"192.0.0.192/32",      // Oracle classic
	"fd00:ec2::/32",       // AWS over IPv6: ::254, ::253 (DNS), ::123 (time)
	"fd20:ce::254/128",    // Google over IPv6
	"fe80::a9fe:a9fe/128", // OpenStack over IPv6
)

// The IANA special-purpose registries, save what is global. IPv6 is listed the
// other way round, below.
var reservedV4 = prefixes(
	"0.0.0.0/8",       // this network
	"10.0.0.0/8",      // private, RFC 1918
	"100.64.0.0/10",   // carrier-grade NAT, RFC 6598
	"127.0.0.0/8",     // loopback
	"169.254.0.0/16",  // link-local
	"172.16.0.0/12",   // private
	"192.0.0.0/24",    // IETF protocols
	"192.0.2.0/24",    // documentation
	"192.88.99.0/24",  // 6to4 relays, retired
	"192.168.0.0/16",  // private
	"198.18.0.0/15",   // benchmarks
	"198.51.100.0/24", // documentation
	"203.0.113.0/24",  // documentation
	"224.0.0.0/4",     // multicast
	"240.0.0.0/4",     // reserved, and broadcast
)

// globalV6 is the only part of IPv6 that is given out to the internet; it
// leaves out loopback, v4-mapped, NAT64, ULA, link-local and multicast.
var globalV6 = netip.MustParsePrefix("2000::/3")

// reservedV6 is what is special inside globalV6.
var reservedV6 = prefixes(
	"2001::/23",     // IETF protocols: Teredo, ORCHID, benchmarks
	"2001:db8::/32", // documentation
	"2002::/16",     // 6to4: carries a v4 address
	"3fff::/20",     // documentation
)

// ourNetworks is what an allow-list may open.
var ourNetworks = prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "fc00::/7", "::1/128")

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		list[i] = netip.MustParsePrefix(text)
	}
	return list
}

func within(address netip.Addr, list []netip.Prefix) bool {
	for _, prefix := range list {
		if prefix.Contains(address) {
			return true
		}
	}
	return false
}

// isPublic reports whether the address is one of the public internet. A v4
// address in v6 clothes is not: nobody calls one so without intent.
func isPublic(address netip.Addr) bool {
	if address.Zone() != "" || isMetadata(address) {
		return false
	}
	if address.Is4() {
		return !within(address, reservedV4)
	}
	return globalV6.Contains(address) && !within(address, reservedV6)
}

func isOurNetwork(address netip.Addr) bool {
	return address.Zone() == "" && within(address, ourNetworks)
}

func isMetadata(address netip.Addr) bool {
	return within(address.Unmap().WithZone(""), metadata)
}
