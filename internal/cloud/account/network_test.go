package account

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"testing"

	"pgregory.net/rapid"
)

// network draws a network of few bits, so that overlaps are frequent.
func network(t *rapid.T, name string) netip.Prefix {
	bits := rapid.IntRange(10, 24).Draw(t, name+" bits")
	var address [4]byte
	binary.BigEndian.PutUint32(address[:], 10<<24|rapid.Uint32Range(0, 1<<12).Draw(t, name)<<8)
	return netip.PrefixFrom(netip.AddrFrom4(address), bits).Masked()
}

// The pairs found by the sorted walk are those of comparing each with each.
func TestOverlapsAreAllPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var blocks []block
		for i := range rapid.IntRange(0, 12).Draw(t, "count") {
			blocks = append(blocks, block{owner: fmt.Sprint(i), prefix: network(t, fmt.Sprint(i))})
		}
		want := 0
		for i, one := range blocks {
			for _, other := range blocks[i+1:] {
				if one.prefix.Overlaps(other.prefix) {
					want++
				}
			}
		}
		seen := map[string]bool{}
		for _, pair := range overlaps(blocks) {
			if !pair[0].prefix.Overlaps(pair[1].prefix) || pair[0].owner == pair[1].owner || seen[pair[0].owner+" "+pair[1].owner] {
				t.Fatalf("%s does not overlap %s, or is told twice", pair[0], pair[1])
			}
			seen[pair[0].owner+" "+pair[1].owner] = true
		}
		if len(seen) != want {
			t.Fatalf("%d pairs, want %d: %v", len(seen), want, blocks)
		}
	})
}

// Subnets lie in their network and never overlap each other.
func TestSubnetsLieInTheirNetwork(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := network(t, "network")
		zones := []string{"a", "b", "c", "d"}[:rapid.IntRange(1, 4).Draw(t, "zones")]
		subnets, err := Subnets(whole, zones)
		if whole.Bits() < minNetworkBits {
			if err == nil {
				t.Fatalf("%s was cut", whole)
			}
			return
		}
		if err != nil || len(subnets) != 3*len(zones) {
			t.Fatalf("%v, %v", subnets, err)
		}
		var blocks []block
		for _, s := range subnets {
			if !whole.Contains(s.Prefix.Addr()) || s.Prefix.Bits() > 28 || s.Prefix.Masked() != s.Prefix {
				t.Fatalf("%v lies outside %s", s, whole)
			}
			blocks = append(blocks, block{prefix: s.Prefix})
		}
		if pairs := overlaps(blocks); len(pairs) > 0 {
			t.Fatal(pairs)
		}
	})
}
