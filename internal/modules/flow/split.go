package flow

import "hash/fnv"

// splitNode sends a share of the sessions each way, for comparison. A session
// that comes again goes the same way.
type splitNode struct {
	Head
	Arms []armNode `json:"arms"`
}

// armNode is one way of a split; its share is its weight among all weights.
type armNode struct {
	Name   string `json:"name"`
	Weight int    `json:"weight"`
	Next   string `json:"next"`
}

const (
	maxArms   = 10
	maxWeight = 1000
)

func (n *splitNode) exits() []exit {
	out := make([]exit, len(n.Arms))
	for i, arm := range n.Arms {
		out[i] = exit{label: arm.Name, to: arm.Next}
	}
	return out
}

func (n *splitNode) says() int { return 0 }

func (n *splitNode) gist(string) string {
	text := ""
	for _, arm := range n.Arms {
		if text != "" {
			text += " / "
		}
		text += arm.Name + " " + itoa(arm.Weight)
	}
	return text
}

type split struct {
	node  *splitNode
	total uint64
}

func (n *splitNode) prepare(c *compiler) runner {
	out := &split{node: n}
	if len(n.Arms) < 2 || len(n.Arms) > maxArms {
		c.report(Error, codeBounds, "arms", "2", itoa(maxArms))
	}
	names := map[string]bool{}
	for _, arm := range n.Arms {
		c.named(arm.Name, names)
		if arm.Weight < 1 || arm.Weight > maxWeight {
			c.report(Error, codeBounds, "arms."+arm.Name+".weight", "1", itoa(maxWeight))
			continue
		}
		out.total += uint64(arm.Weight)
	}
	return out
}

func (s *split) enter(r *run) step {
	hash := fnv.New64a()
	hash.Write([]byte(r.env.Session + "/" + s.node.Name))
	at := mix(hash.Sum64()) % max(1, s.total)
	for _, arm := range s.node.Arms {
		if weight := uint64(max(0, arm.Weight)); at < weight {
			return leave(arm.Name, arm.Next)
		} else {
			at -= weight
		}
	}
	r.fail("o teste A/B " + s.node.Name + " não tem caminhos")
	return stop()
}

// mix spreads a hash over all its bits (the last steps of MurmurHash3): session
// ids differ in few of their letters, and FNV's low bits follow them.
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}
