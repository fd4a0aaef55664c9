package flow

// returnNode ends a sub-flow: the conversation goes on where it was called. In
// a flow that runs on its own it ends the session.
type returnNode struct {
	Head
	Outcome string `json:"outcome,omitempty"`
}

func (n *returnNode) exits() []exit { return nil }

func (n *returnNode) says() int { return 0 }

func (n *returnNode) gist(string) string { return n.Outcome }

type returning struct{ node *returnNode }

func (n *returnNode) prepare(c *compiler) runner {
	if n.Outcome != "" && !validName(n.Outcome) {
		c.report(Error, codeName, n.Outcome)
	}
	return &returning{node: n}
}

func (t *returning) enter(r *run) step {
	depth := len(r.state.Stack)
	if depth == 0 {
		r.end("flow")
		return stop()
	}
	inner := r.state.Vars
	caller := r.pop()
	if caller == nil {
		return stop()
	}
	for _, way := range caller.outs {
		if v, found := find(inner, way.from); found {
			r.set(way.to, v.Value)
		}
	}
	if next, listed := caller.ways[t.node.Outcome]; listed {
		return leave(t.node.Outcome, next)
	}
	return leave("next", caller.node.Next)
}
