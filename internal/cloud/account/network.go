package account

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"

	"prosa/internal/base/fault"
)

// Tiers of a network, from the street to the vault: reached from outside,
// reaching outside, and neither.
const (
	TierPublic  = "public"
	TierPrivate = "private"
	TierData    = "data"
)

// tiers in the order of their blocks. A network is cut into four: the last
// quarter is kept for what comes.
var tiers = [...]string{TierPublic, TierPrivate, TierData}

const (
	tierBits = 2 // four quarters
	zoneBits = 2 // of four zones
	// The provider takes networks from /16 to /28; a /24 leaves each subnet 16
	// addresses, its smallest.
	minNetworkBits, maxNetworkBits = 16, 24
)

// Subnet is one part of an account's network.
type Subnet struct {
	Tier   string
	Zone   string // the letter
	Prefix netip.Prefix
}

// Subnets cuts a network for the given zones: a quarter a tier, a sixteenth a
// zone of it. It is the arithmetic of the contract module cidr. Error:
// fault.Invalid where they do not fit.
func Subnets(network netip.Prefix, zones []string) ([]Subnet, error) {
	bits := network.Bits()
	switch {
	case !network.IsValid() || !network.Addr().Is4() || network.Masked() != network:
		return nil, fault.New(fault.Invalid, "%s is no IPv4 network by its first address", network)
	case bits < minNetworkBits || bits > maxNetworkBits:
		return nil, fault.New(fault.Invalid, "%s is no network from /%d to /%d", network, minNetworkBits, maxNetworkBits)
	case len(zones) < 1 || len(zones) > 1<<zoneBits:
		return nil, fault.New(fault.Invalid, "%d zones do not fit: one to %d do", len(zones), 1<<zoneBits)
	}
	first := network.Addr().As4()
	size := bits + tierBits + zoneBits
	subnets := make([]Subnet, 0, len(tiers)*len(zones))
	for t, tier := range tiers {
		for z, zone := range zones {
			place := uint32(t<<zoneBits+z) << (32 - size)
			var address [4]byte
			binary.BigEndian.PutUint32(address[:], binary.BigEndian.Uint32(first[:])+place)
			subnets = append(subnets, Subnet{Tier: tier, Zone: zone, Prefix: netip.PrefixFrom(netip.AddrFrom4(address), size)})
		}
	}
	return subnets, nil
}

// block is a network with the name of who has it.
type block struct {
	owner  string
	path   string
	prefix netip.Prefix
	ours   bool // of a workload account: it is cut into subnets
}

// overlaps lists the pairs of blocks that share an address: n log n, by the
// first address, each block against those that it reaches into.
func overlaps(blocks []block) (pairs [][2]block) {
	sorted := slices.Clone(blocks)
	slices.SortStableFunc(sorted, func(a, b block) int {
		if c := a.prefix.Addr().Compare(b.prefix.Addr()); c != 0 {
			return c
		}
		return a.prefix.Bits() - b.prefix.Bits()
	})
	for i, one := range sorted {
		for _, other := range sorted[i+1:] {
			if !one.prefix.Contains(other.prefix.Addr()) {
				break // they are sorted: nobody behind begins inside either
			}
			pairs = append(pairs, [2]block{one, other})
		}
	}
	return pairs
}

var privateNetworks = [...]netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
}

// parseNetwork reads a network of our own. Error: fault.Invalid.
func parseNetwork(text string) (netip.Prefix, error) {
	network, err := netip.ParsePrefix(text)
	if err != nil || !network.Addr().Is4() {
		return netip.Prefix{}, fault.New(fault.Invalid, "%q is no IPv4 network", text)
	}
	if network.Masked() != network {
		return netip.Prefix{}, fault.New(fault.Invalid, "%s is an address inside a network: the network is %s", text, network.Masked())
	}
	for _, private := range privateNetworks {
		if private.Bits() <= network.Bits() && private.Contains(network.Addr()) {
			return network, nil
		}
	}
	return netip.Prefix{}, fault.New(fault.Invalid, "%s is not of the private networks (RFC 1918)", text)
}

func (b block) String() string { return fmt.Sprintf("%s (%s)", b.owner, b.prefix) }
