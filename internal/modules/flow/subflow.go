package flow

import (
	"slices"

	"prosa/internal/modules/flow/expression"
)

// subflowNode runs another flow within this one and comes back. The other has
// variables of its own: In fills its first ones, Out brings results back.
type subflowNode struct {
	Head
	Flow     string            `json:"flow"`          // key of a bot
	In       map[string]string `json:"in,omitempty"`  // its variable -> expression over ours
	Out      map[string]string `json:"out,omitempty"` // our variable -> its variable
	Outcomes []outcomeNode     `json:"outcomes,omitempty"`
	Next     string            `json:"next,omitempty"` // every other way back
	OnError  string            `json:"on_error,omitempty"`
}

// outcomeNode is where to go on after a return with this outcome.
type outcomeNode struct {
	Name string `json:"name"`
	Next string `json:"next"`
}

// MaxStack is how deep sub-flows may run within sub-flows.
const MaxStack = 8

func (n *subflowNode) exits() []exit {
	out := make([]exit, 0, len(n.Outcomes)+2)
	for _, outcome := range n.Outcomes {
		out = append(out, exit{label: outcome.Name, to: outcome.Next})
	}
	return append(out, exit{label: "next", to: n.Next}, exit{label: "on_error", to: n.OnError, optional: true})
}

func (n *subflowNode) says() int { return 0 }

func (n *subflowNode) gist(string) string { return n.Flow }

type subflow struct {
	node *subflowNode
	ins  []inward
	outs []outward
	ways map[string]string // by outcome
}

type inward struct {
	to   string
	from *expression.Program
}

type outward struct{ to, from string }

func (n *subflowNode) prepare(c *compiler) runner {
	out := &subflow{node: n, ways: make(map[string]string, len(n.Outcomes))}
	if n.Flow == "" {
		c.report(Error, codeMissing, "flow")
	} else {
		c.needsFlow(n.Flow)
	}
	if len(n.In) > maxVariables || len(n.Out) > maxVariables || len(n.Outcomes) > maxOptions {
		c.report(Error, codeOptions, itoa(max(len(n.In), len(n.Out), len(n.Outcomes))), itoa(maxVariables), "in + out")
	}
	for _, name := range sorted(n.In) {
		c.variable("in", name)
		out.ins = append(out.ins, inward{name, c.program("in."+name, n.In[name])})
	}
	for _, name := range sorted(n.Out) {
		c.variable("out", name)
		c.variable("out."+name, n.Out[name])
		if name == "" || n.Out[name] == "" {
			c.report(Error, codeMissing, "out."+name)
		}
		out.outs = append(out.outs, outward{name, n.Out[name]})
	}
	names := map[string]bool{}
	for _, outcome := range n.Outcomes {
		c.named(outcome.Name, names)
		out.ways[outcome.Name] = outcome.Next
	}
	return out
}

// sorted gives the keys of a map in order.
func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func (s *subflow) enter(r *run) step {
	vars := make([]expression.Value, len(s.ins))
	for i, in := range s.ins {
		vars[i] = r.eval(in.from)
	}
	if !r.push(s.node.Name, r.root.keyOf(s.node.Flow)) {
		return stop()
	}
	for i, in := range s.ins {
		r.set(in.to, vars[i])
	}
	return leave("", r.flow.start)
}
