package flow

import "strings"

// prove checks the graph: every way leads somewhere, every node can be reached,
// no cycle goes round without waiting, and every variable has a value on every
// way to where it is read. A graph that passes the first and third has no path
// that does not come to a wait, a hand-off or an end.
func (c *compiler) prove() {
	nodes := c.definition.Nodes
	ways := make([][]exit, len(nodes))
	for i, node := range nodes {
		ways[i] = node.exits()
		c.node = node.head().Name
		for _, way := range ways[i] {
			switch _, known := c.index[way.to]; {
			case way.to == "" && !way.optional:
				c.report(Error, codeDeadEnd, way.label)
			case way.to != "" && !known:
				c.report(Error, codeNowhere, way.label, way.to)
			}
		}
	}
	c.node = ""
	roots := c.roots()
	c.reachable(ways, roots)
	if !c.cycles(ways) {
		c.bursts(ways)
	}
	c.assignments(ways, roots)
}

// roots are the nodes that a session may come to from outside the graph.
func (c *compiler) roots() []int {
	var roots []int
	add := func(field, name string, optional bool) {
		if name == "" && optional {
			return
		}
		at, known := c.index[name]
		if !known {
			c.report(Error, codeNowhere, field, name)
			return
		}
		roots = append(roots, at)
	}
	s := c.definition.Settings
	add("start", c.definition.Start, false)
	add("settings.menu", s.Menu, true)
	add("settings.idle.next", s.Idle.Next, true)
	add("settings.on_error", s.OnError, true)
	for i, own := range s.Interrupts {
		add("settings.interrupts."+itoa(i+1), own.Next, false)
	}
	return roots
}

func (c *compiler) reachable(ways [][]exit, roots []int) {
	seen := make([]bool, len(ways))
	queue := append([]int(nil), roots...)
	for _, root := range roots {
		seen[root] = true
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, way := range ways[at] {
			if to, known := c.index[way.to]; known && !seen[to] {
				seen[to] = true
				queue = append(queue, to)
			}
		}
	}
	if len(roots) == 0 {
		return // the missing start is the one thing to say
	}
	for i, node := range c.definition.Nodes {
		if !seen[i] {
			c.node = node.head().Name
			c.report(Error, codeUnreachable)
		}
	}
	c.node = ""
}

// cycles looks for a way round that never waits for the customer: a depth-first
// walk over the exits that are taken at once.
func (c *compiler) cycles(ways [][]exit) (found bool) {
	const (
		fresh = iota
		open
		done
	)
	state := make([]uint8, len(ways))
	type frame struct{ at, next int }
	for root := range ways {
		if state[root] != fresh {
			continue
		}
		state[root] = open
		path := []frame{{at: root}}
		for len(path) > 0 {
			top := &path[len(path)-1]
			if top.next == len(ways[top.at]) {
				state[top.at] = done
				path = path[:len(path)-1]
				continue
			}
			way := ways[top.at][top.next]
			top.next++
			to, known := c.index[way.to]
			if !known || way.waited {
				continue
			}
			switch state[to] {
			case fresh:
				state[to] = open
				path = append(path, frame{at: to})
			case open:
				var round []string
				for i := len(path) - 1; i >= 0; i-- {
					round = append([]string{c.definition.Nodes[path[i].at].head().Name}, round...)
					if path[i].at == to {
						break
					}
				}
				found = true
				c.node = round[0]
				c.report(Error, codeCycle, strings.Join(append(round, round[0]), " > "))
				c.node = ""
			}
		}
	}
	return found
}

// bursts adds up the longest way from each node to the next wait, which exists
// since there is no cycle without one: the messages that would go out at once,
// and the steps. One message is left for the engine's own remark.
func (c *compiler) bursts(ways [][]exit) {
	type length struct{ messages, steps int }
	lengths := make([]length, len(ways))
	known := make([]bool, len(ways))
	var measure func(at int) length
	measure = func(at int) length {
		if known[at] {
			return lengths[at]
		}
		var longest length
		for _, way := range ways[at] {
			if to, exists := c.index[way.to]; exists && !way.waited {
				next := measure(to)
				longest.messages, longest.steps = max(longest.messages, next.messages), max(longest.steps, next.steps)
			}
		}
		longest.messages += c.definition.Nodes[at].says()
		longest.steps++
		lengths[at], known[at] = longest, true
		return longest
	}
	for i, node := range c.definition.Nodes {
		c.node = node.head().Name
		if l := measure(i); l.messages > MaxMessages-1 {
			c.report(Error, codeBurst, itoa(l.messages), itoa(MaxMessages-1))
		} else if l.steps > maxSteps {
			c.report(Error, codeLong, itoa(l.steps), itoa(maxSteps))
		}
	}
	c.node = ""
}

// assignments proves that every variable is set before it is read: the
// variables known at a node are those that every way to it has set. Sets are
// bits, since a flow has few variables and may have many nodes.
func (c *compiler) assignments(ways [][]exit, roots []int) {
	bit := map[string]int{}
	note := func(name string) {
		if _, known := bit[name]; !known && name != "" {
			bit[name] = len(bit)
		}
	}
	for name := range c.definition.Variables {
		note(name)
	}
	first := len(bit)
	for i := range ways {
		for _, way := range ways[i] {
			for _, name := range way.sets {
				note(name)
			}
		}
		for _, need := range c.needs[i] {
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
			to, exists := c.index[way.to]
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
	for i, node := range c.definition.Nodes {
		if known[i] == nil {
			continue // unreachable, which was said
		}
		for _, need := range c.needs[i] {
			if at := bit[need.variable]; known[i][at/64]&(1<<(at%64)) == 0 {
				c.node = node.head().Name
				c.report(Error, codeUnset, need.field, need.variable)
			}
		}
	}
	c.node = ""
}
