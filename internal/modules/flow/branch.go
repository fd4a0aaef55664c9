package flow

import "prosa/internal/modules/flow/expression"

// conditionNode goes the way of the first case that holds.
type conditionNode struct {
	Head
	Cases []caseNode `json:"cases"`
	Else  string     `json:"else"`
}

type caseNode struct {
	Name string `json:"name,omitempty"` // for people
	When string `json:"when"`
	Next string `json:"next"`
}

func (n *conditionNode) label(i int) string {
	if name := n.Cases[i].Name; name != "" {
		return name
	}
	return "cases." + itoa(i+1)
}

func (n *conditionNode) exits() []exit {
	out := make([]exit, 0, len(n.Cases)+1)
	for i := range n.Cases {
		out = append(out, exit{label: n.label(i), to: n.Cases[i].Next})
	}
	return append(out, exit{label: "else", to: n.Else})
}

func (n *conditionNode) says() int { return 0 }

func (n *conditionNode) gist(string) string {
	if len(n.Cases) == 0 {
		return ""
	}
	return n.Cases[0].When
}

type condition struct {
	node  *conditionNode
	cases []*expression.Program
	ways  []step
}

func (n *conditionNode) prepare(c *compiler) runner {
	out := &condition{node: n}
	if len(n.Cases) == 0 || len(n.Cases) > maxOptions {
		c.report(Error, codeOptions, itoa(len(n.Cases)), itoa(maxOptions), "cases")
	}
	for i, branch := range n.Cases {
		out.cases = append(out.cases, c.program("cases."+itoa(i+1), branch.When))
		out.ways = append(out.ways, leave(n.label(i), branch.Next))
	}
	return out
}

func (n *condition) enter(r *run) step {
	for i, program := range n.cases {
		if r.eval(program).Truth() {
			return n.ways[i]
		}
	}
	return leave("else", n.node.Else)
}
