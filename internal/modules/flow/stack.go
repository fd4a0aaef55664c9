package flow

// keyOf gives the key by which a flow is kept in a session: empty for the
// version's own, even when another flow names it.
func (c *Compiled) keyOf(key string) string {
	if key == c.key {
		return ""
	}
	return key
}

// use makes a flow the current one and speaks the customer's language in it.
func (r *run) use(key string) bool {
	next := r.root.family[key]
	if next == nil {
		r.fail("o fluxo \"" + key + "\" não faz parte desta versão")
		return false
	}
	spoken := r.flow.languages[r.state.Lang]
	if next != r.flow {
		r.flow = next
		r.state.Lang = next.language(spoken)
	}
	return true
}

// push begins a sub-flow that returns to a node of the current one.
func (r *run) push(node, key string) bool {
	if len(r.state.Stack) == MaxStack {
		r.fail("há mais de " + itoa(MaxStack) + " fluxos um dentro do outro")
		return false
	}
	frame := Frame{Flow: r.state.Flow, Node: node, Lang: r.state.Lang, Vars: r.state.Vars}
	if !r.use(key) {
		return false
	}
	// A new slice: the caller may still hold the state before the turn.
	stack := make([]Frame, 0, len(r.state.Stack)+1)
	r.state.Stack = append(append(stack, r.state.Stack...), frame)
	r.state.Flow, r.state.Vars, r.at = key, r.flow.variables, ""
	return true
}

// pop goes back to the flow that called and gives its node; nil where this
// version has none, which fails the turn.
func (r *run) pop() *subflow {
	depth := len(r.state.Stack)
	frame := r.state.Stack[depth-1]
	r.back(depth - 1)
	if r.failure != "" {
		return nil
	}
	caller, ok := r.flow.runners[frame.Node].(*subflow)
	if !ok {
		r.fail("o nó \"" + frame.Node + "\" não chama um fluxo nesta versão")
		return nil
	}
	r.at = frame.Node
	return caller
}

// back leaves all sub-flows above a depth.
func (r *run) back(depth int) {
	if depth >= len(r.state.Stack) {
		return
	}
	frame := r.state.Stack[depth]
	if !r.use(frame.Flow) {
		return
	}
	r.state.Flow, r.state.Vars, r.state.Stack = frame.Flow, frame.Vars, r.state.Stack[:depth:depth]
	if frame.Lang >= 0 && frame.Lang < len(r.flow.languages) {
		r.state.Lang = frame.Lang
	}
	if depth == 0 {
		r.state.Stack = nil
	}
	r.at = ""
}

// home is the flow that the session is in when its sub-flows are left aside:
// its settings hold for all of them.
func (r *run) home() *Compiled {
	if len(r.state.Stack) > 0 {
		if flow := r.root.family[r.state.Stack[0].Flow]; flow != nil {
			return flow
		}
	}
	return r.flow
}
