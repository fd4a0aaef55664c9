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

func (n *conditionNode) exits() []exit {
	out := make([]exit, 0, len(n.Cases)+1)
	for i, c := range n.Cases {
		label := c.Name
		if label == "" {
			label = "cases." + itoa(i+1)
		}
		out = append(out, exit{label: label, to: c.Next})
	}
	return append(out, exit{label: "else", to: n.Else})
}

func (n *conditionNode) says() int { return 0 }

type condition struct {
	node  *conditionNode
	cases []*expression.Program
}

func (n *conditionNode) prepare(c *compiler) runner {
	out := &condition{node: n}
	if len(n.Cases) == 0 || len(n.Cases) > maxOptions {
		c.report(Error, codeOptions, itoa(len(n.Cases)), itoa(maxOptions))
	}
	for i, branch := range n.Cases {
		out.cases = append(out.cases, c.program("cases."+itoa(i+1), branch.When))
	}
	return out
}

func (n *condition) enter(r *run) step {
	for i, program := range n.cases {
		if r.eval(program).Truth() {
			return goTo(n.node.Cases[i].Next)
		}
	}
	return goTo(n.node.Else)
}
