package flow

// jumpNode goes on at another node, or in another flow for good.
type jumpNode struct {
	Head
	To   string `json:"to,omitempty"`   // a node of this flow
	Flow string `json:"flow,omitempty"` // or the key of a bot, which begins at its start
}

func (n *jumpNode) exits() []exit {
	if n.Flow != "" {
		return nil
	}
	return []exit{{label: "to", to: n.To}}
}

func (n *jumpNode) says() int { return 0 }

func (n *jumpNode) gist(string) string { return n.To + n.Flow }

type jump struct{ node *jumpNode }

func (n *jumpNode) prepare(c *compiler) runner {
	if n.To != "" && n.Flow != "" {
		c.report(Error, codeOneTarget)
	}
	if n.Flow != "" {
		c.needsFlow(n.Flow)
	}
	return &jump{node: n}
}

func (j *jump) enter(r *run) step {
	if j.node.Flow == "" {
		return leave("to", j.node.To)
	}
	r.pass("flow")
	key := r.root.keyOf(j.node.Flow)
	if !r.use(key) {
		return stop()
	}
	r.state.Flow, r.state.Stack, r.state.Vars = key, nil, r.flow.variables
	return leave("", r.flow.start)
}
