package flow

// prove checks one flow's graph: every way leads somewhere, every node can be
// reached, every variable has a value on every way to where it is read, and a
// person can be reached from everywhere. What goes across flows is proved by the
// family: cycles and bursts. A graph that passes has no path that does not come
// to a wait, a hand-off or an end.
func (m *member) prove() {
	nodes := m.definition.Nodes
	m.ways = make([][]exit, len(nodes))
	for i, node := range nodes {
		m.node = node.head().Name
		m.ways[i] = node.exits()
		if call, ok := node.(*subflowNode); ok {
			m.ways[i] = m.called(call)
		}
		for _, way := range m.ways[i] {
			switch _, known := m.index[way.to]; {
			case way.to == "" && !way.optional:
				m.report(Error, codeDeadEnd, way.label)
			case way.to != "" && !known:
				m.report(Error, codeNowhere, way.label, way.to)
			}
		}
	}
	m.node = ""
	roots := m.roots()
	m.reachable(m.ways, roots)
	m.assignments(m.ways, roots)
	m.persons()
	m.silences()
}

// called gives the exits of a sub-flow node as its flow really returns.
func (m *member) called(n *subflowNode) []exit {
	ways := n.exits()
	next := &ways[len(ways)-2]
	child := m.family.members[m.flow.keyOf(n.Flow)]
	if child == nil || child.open {
		next.optional = true // what is missing or circular was said
		for i := range ways[:len(ways)-1] {
			ways[i].sets = sorted(n.Out)
		}
		return ways
	}
	for _, name := range sorted(n.In) {
		if _, first := child.definition.Variables[name]; !first {
			m.report(Error, codeParameter, n.Flow, name)
		}
	}
	known := child.assignable()
	for _, name := range sorted(n.Out) {
		if !known[n.Out[name]] {
			m.report(Error, codeResult, n.Flow, n.Out[name])
		}
	}
	if len(child.returns) == 0 {
		m.report(Error, codeNoReturn, n.Flow)
	}
	listed := map[string]bool{}
	for i, outcome := range n.Outcomes {
		listed[outcome.Name] = true
		back, there := child.returns[outcome.Name]
		if !there && len(child.returns) > 0 {
			m.report(Error, codeOutcome, n.Flow, outcome.Name)
		}
		ways[i].sets = n.brought(back)
	}
	next.optional = true
	first := true
	for outcome, back := range child.returns {
		if listed[outcome] {
			continue
		}
		next.optional = false
		if sets := n.brought(back); first {
			next.sets, first = sets, false
		} else {
			next.sets = both(next.sets, sets)
		}
	}
	return ways
}

// brought lists our variables that have a value after a return.
func (n *subflowNode) brought(back returned) (sets []string) {
	for _, name := range sorted(n.Out) {
		if back.sets[n.Out[name]] {
			sets = append(sets, name)
		}
	}
	return sets
}

func both(a, b []string) (out []string) {
	for _, name := range a {
		if contains(b, name) {
			out = append(out, name)
		}
	}
	return out
}

// assignable lists the variables that the flow ever sets.
func (m *member) assignable() map[string]bool {
	out := map[string]bool{}
	for name := range m.definition.Variables {
		out[name] = true
	}
	for _, ways := range m.ways {
		for _, way := range ways {
			for _, name := range way.sets {
				out[name] = true
			}
		}
	}
	return out
}

// roots are the nodes that a session may come to from outside the graph.
func (m *member) roots() []int {
	var roots []int
	add := func(field, name string, optional bool) {
		if name == "" && optional {
			return
		}
		at, known := m.index[name]
		if !known {
			m.report(Error, codeNowhere, field, name)
			return
		}
		roots = append(roots, at)
	}
	s := m.definition.Settings
	add("start", m.definition.Start, false)
	add("settings.menu", s.Menu, true)
	add("settings.idle.next", s.Idle.Next, true)
	add("settings.on_error", s.OnError, true)
	add("settings.on_cart", s.OnCart, true)
	add("settings.on_product", s.OnProduct, true)
	for _, event := range s.Events {
		add("settings.events."+event.On, event.Next, false)
	}
	for i, own := range s.Interrupts {
		add("settings.interrupts."+itoa(i+1), own.Next, false)
	}
	return roots
}

func (m *member) reachable(ways [][]exit, roots []int) {
	seen := make([]bool, len(ways))
	queue := append([]int(nil), roots...)
	for _, root := range roots {
		seen[root] = true
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, way := range ways[at] {
			if to, known := m.index[way.to]; known && !seen[to] {
				seen[to] = true
				queue = append(queue, to)
			}
		}
	}
	if len(roots) == 0 {
		return // the missing start is the one thing to say
	}
	for i, node := range m.definition.Nodes {
		if !seen[i] {
			m.node = node.head().Name
			m.report(Error, codeUnreachable)
		}
	}
	m.node = ""
}

// assignments proves that every variable is set before it is read: the
// variables known at a node are those that every way to it has set. Sets are
// bits, since a flow has few variables and may have many nodes.
func (m *member) assignments(ways [][]exit, roots []int) {
	bit := map[string]int{}
	note := func(name string) {
		if _, known := bit[name]; !known && name != "" {
			bit[name] = len(bit)
		}
	}
	for name := range m.definition.Variables {
		note(name)
	}
	first := len(bit)
	for i := range ways {
		for _, way := range ways[i] {
			for _, name := range way.sets {
				note(name)
			}
		}
		for _, need := range m.needs[i] {
			note(need.variable)
		}
	}
	words := max(1, (len(bit)+63)/64) // never 0: a nil set means 'not reached'
	set := func(b []uint64, i int) { b[i/64] |= 1 << (i % 64) }
	known := make([][]uint64, len(ways)) // nil: not reached yet, which is everything
	initial := make([]uint64, words)
	for i := range first {
		set(initial, i)
	}
	var queue []int
	meet := func(at int, with []uint64) {
		if known[at] == nil {
			known[at] = append([]uint64(nil), with...)
			queue = append(queue, at)
			return
		}
		changed := false
		for i, word := range with {
			if next := known[at][i] & word; next != known[at][i] {
				known[at][i], changed = next, true
			}
		}
		if changed {
			queue = append(queue, at)
		}
	}
	for _, root := range roots {
		meet(root, initial)
	}
	out := make([]uint64, words)
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, way := range ways[at] {
			to, exists := m.index[way.to]
			if !exists {
				continue
			}
			copy(out, known[at])
			for _, name := range way.sets {
				if name != "" {
					set(out, bit[name])
				}
			}
			meet(to, out)
		}
	}
	names := make([]string, len(bit))
	for name, at := range bit {
		names[at] = name
	}
	for i, node := range m.definition.Nodes {
		if known[i] == nil {
			continue // unreachable, which was said
		}
		if back, ok := node.(*returnNode); ok {
			m.comesBack(back.Outcome, names, known[i])
		}
		for _, need := range m.needs[i] {
			if at := bit[need.variable]; known[i][at/64]&(1<<(at%64)) == 0 {
				m.node = node.head().Name
				m.report(Error, codeUnset, need.field, need.variable)
			}
		}
	}
	m.node = ""
}

// comesBack notes the variables that have a value where a flow returns.
func (m *member) comesBack(outcome string, names []string, known []uint64) {
	before, twice := m.returns[outcome]
	sets := map[string]bool{}
	for at, name := range names {
		if known[at/64]&(1<<(at%64)) != 0 && (!twice || before.sets[name]) {
			sets[name] = true
		}
	}
	m.returns[outcome] = returned{sets: sets}
}
