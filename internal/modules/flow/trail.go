package flow

// The engine's own exits, see Passed.Exit.
const (
	exitPerson  = "@person"
	exitMenu    = "@menu"
	exitLeave   = "@exit"
	exitWord    = "@word"
	exitIdle    = "@idle"
	exitExpired = "@expired"
	exitMisses  = "@misses"
	exitLimit   = "@limit"
	exitFailed  = "@failed"
	exitAgain   = "@again"
	exitGoods   = "@shop"
	exitEvent   = "@event"
)

// pass notes that the node at hand is left by an exit.
func (r *run) pass(exit string) {
	if r.at == "" || exit == "" {
		return
	}
	if r.trail == nil {
		r.trail = make([]Passed, 0, 4)
	}
	r.trail = append(r.trail, Passed{Node: r.path(r.at), Exit: exit})
}

// path is the name of a node of the current flow as counts know it.
func (r *run) path(node string) string {
	if r.state.Flow == "" && len(r.state.Stack) == 0 {
		return node
	}
	return pathOf(&r.state) + node
}
