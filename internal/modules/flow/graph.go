package flow

import (
	"slices"
	"strings"
)

// graph is all flows of a family as one, for what goes across them. Its edges
// are the ways that a session takes in one burst: without the customer writing
// and without a wait worth the name. A web call is no wait: the customer gets
// what comes before and after it at once.
type graph struct {
	vertices []vertex
	first    map[string]int // of each flow, by key
	quick    [][]int
	timed    [][]int // quick, and waits that end by themselves
	through  map[string]length
	tail     map[string]length
}

type vertex struct {
	member *member
	at     int
	says   int
}

// length of a way: the messages that go out on it and its steps. Negative steps
// are no way at all.
type length struct{ messages, steps int }

var noWay = length{steps: -1}

func (l length) longer(other length) length {
	if other.steps < 0 {
		return l
	}
	if l.steps < 0 {
		return other
	}
	return length{max(l.messages, other.messages), max(l.steps, other.steps)}
}

func (l length) and(other length) length {
	if l.steps < 0 || other.steps < 0 {
		return noWay
	}
	return length{l.messages + other.messages, l.steps + other.steps}
}

func (f *family) graph() *graph {
	g := &graph{first: map[string]int{}, through: map[string]length{}, tail: map[string]length{}}
	for _, m := range f.order {
		g.first[m.key] = len(g.vertices)
		for i, node := range m.definition.Nodes {
			g.vertices = append(g.vertices, vertex{m, i, node.says()})
		}
	}
	g.quick, g.timed = make([][]int, len(g.vertices)), make([][]int, len(g.vertices))
	passable := map[string]bool{}
	for _, m := range f.order { // called flows stand before their callers
		first := g.first[m.key]
		for i, node := range m.definition.Nodes {
			at := first + i
			add := func(to int, quick bool) {
				if quick && !slices.Contains(g.quick[at], to) {
					g.quick[at] = append(g.quick[at], to)
				}
				if !slices.Contains(g.timed[at], to) {
					g.timed[at] = append(g.timed[at], to)
				}
			}
			passes := true
			switch n := node.(type) {
			case *jumpNode:
				if n.Flow != "" {
					if start, known := g.start(f, m.flow.keyOf(n.Flow)); known {
						add(start, true)
					}
				}
			case *subflowNode:
				if n.Flow == "" {
					passes = false
					break
				}
				key := m.flow.keyOf(n.Flow)
				if start, known := g.start(f, key); known {
					add(start, true)
					passes = passable[key]
				}
			}
			for _, way := range m.ways[i] {
				to, known := m.index[way.to]
				if known && passes && (!way.waited || way.alone) {
					add(first+to, !way.waited)
				}
			}
		}
		passable[m.key] = g.passes(m, f)
	}
	return g
}

func (g *graph) start(f *family, key string) (at int, known bool) {
	m := f.members[key]
	if m == nil {
		return 0, false
	}
	node, found := m.index[m.definition.Start]
	first, listed := g.first[key]
	return first + node, found && listed
}

// passes reports that a flow can return in the burst in which it was called.
func (g *graph) passes(m *member, f *family) bool {
	start, known := g.start(f, m.key)
	if !known {
		return false
	}
	seen := map[int]bool{start: true}
	for queue := []int{start}; len(queue) > 0; {
		at := queue[0]
		queue = queue[1:]
		if g.vertices[at].member == m && g.returns(at) {
			return true
		}
		for _, to := range g.quick[at] {
			if !seen[to] && g.vertices[to].member == m {
				seen[to] = true
				queue = append(queue, to)
			}
		}
	}
	return false
}

func (g *graph) node(at int) node { return g.vertices[at].member.definition.Nodes[g.vertices[at].at] }

func (g *graph) returns(at int) bool {
	_, is := g.node(at).(*returnNode)
	return is
}

// report makes an issue about a vertex.
func (g *graph) report(at int, weight Weight, code string, args ...string) {
	m := g.vertices[at].member
	m.node = g.node(at).head().Name
	m.report(weight, code, args...)
	m.node = ""
}

// cycles refuses a way round in one burst.
func (g *graph) cycles() (found bool) {
	rounds(g.quick, func(round []int) {
		found = true
		g.report(round[0], Error, codeCycle, g.names(round))
	})
	return found
}

// timedCycles warns of a way round on which the customer need never write; the
// engine ends it after maxWakes.
func (g *graph) timedCycles() {
	rounds(g.timed, func(round []int) { g.report(round[0], Warning, codeCycleTimed, g.names(round)) })
}

// maxRound is how many nodes of a way round are named.
const maxRound = 20

func (g *graph) names(round []int) string {
	home := g.vertices[round[0]].member
	var names []string
	for i, at := range append(round, round[0]) {
		if i >= maxRound && i < len(round) {
			continue
		}
		if i == len(round) && i > maxRound {
			names = append(names, "…")
		}
		name := g.node(at).head().Name
		if m := g.vertices[at].member; m != home {
			name = m.family.title(m.key) + ":" + name
		}
		names = append(names, name)
	}
	return strings.Join(names, " > ")
}

// rounds walks a graph depth first and reports each way round that it closes, as
// many as are told.
func rounds(edges [][]int, report func(round []int)) {
	const (
		fresh = iota
		open
		done
	)
	state, told := make([]uint8, len(edges)), 0
	type frame struct{ at, next int }
	for root := range edges {
		if state[root] != fresh {
			continue
		}
		state[root] = open
		path := []frame{{at: root}}
		for len(path) > 0 {
			top := &path[len(path)-1]
			if top.next == len(edges[top.at]) {
				state[top.at] = done
				path = path[:len(path)-1]
				continue
			}
			to := edges[top.at][top.next]
			top.next++
			switch state[to] {
			case fresh:
				state[to] = open
				path = append(path, frame{at: to})
			case open:
				begin := len(path) - 1
				for path[begin].at != to {
					begin--
				}
				round := make([]int, 0, len(path)-begin)
				for _, frame := range path[begin:] {
					round = append(round, frame.at)
				}
				report(round)
				if told++; told == maxAlike {
					return
				}
			}
		}
	}
}

// bursts adds up the longest way from each node to the next wait, which exists
// since there is no cycle without one: the messages that would go out at once,
// and the steps. One message is left for the engine's own remark.
func (g *graph) bursts() {
	forward, toReturn := g.lengths()
	for at := range g.vertices {
		l := forward[at]
		if call, ok := g.node(at).(*subflowNode); ok {
			// What a sub-flow says after its last wait, and what follows its return.
			after := noWay
			m := g.vertices[at].member
			for _, way := range m.ways[g.vertices[at].at] {
				if to, known := m.index[way.to]; known {
					after = after.longer(forward[g.first[m.key]+to])
				}
			}
			l = l.longer(g.after(m.flow.keyOf(call.Flow), toReturn).and(after))
		}
		if l.messages > MaxMessages-1 {
			g.report(at, Error, codeBurst, itoa(l.messages), itoa(MaxMessages-1))
		} else if l.steps > maxSteps {
			g.report(at, Error, codeLong, itoa(l.steps), itoa(maxSteps))
		}
	}
}

// lengths gives the longest way from each vertex to the end of the burst, and to
// a return of its flow.
func (g *graph) lengths() (forward, toReturn []length) {
	forward, toReturn = make([]length, len(g.vertices)), make([]length, len(g.vertices))
	known := make([]bool, len(g.vertices))
	var measure func(at int)
	measure = func(at int) {
		if known[at] {
			return
		}
		known[at] = true
		own := length{g.vertices[at].says, 1}
		m := g.vertices[at].member
		on, back := length{}, noWay
		if g.returns(at) {
			back = length{}
		}
		inside := length{} // spent in a sub-flow before its return
		for _, to := range g.quick[at] {
			measure(to)
			if g.vertices[to].member != m {
				on = on.longer(forward[to])
				if _, call := g.node(at).(*subflowNode); call {
					inside = toReturn[to]
				}
			}
		}
		for _, to := range g.quick[at] {
			if g.vertices[to].member == m {
				on = on.longer(inside.and(forward[to]))
				back = back.longer(inside.and(toReturn[to]))
			}
		}
		forward[at], toReturn[at] = own.and(on), own.and(back)
	}
	for at := range g.vertices {
		measure(at)
	}
	return forward, toReturn
}

// after is the longest way within a flow from a wait to a return, its sub-flows'
// included.
func (g *graph) after(key string, toReturn []length) length {
	if l, known := g.tail[key]; known {
		return l
	}
	longest := noWay
	g.tail[key] = longest
	first, known := g.first[key]
	if !known {
		return longest
	}
	m := g.vertices[first].member
	for i, node := range m.definition.Nodes {
		call, calls := node.(*subflowNode)
		for _, way := range m.ways[i] {
			to, known := m.index[way.to]
			if !known {
				continue
			}
			if way.waited {
				longest = longest.longer(toReturn[first+to])
			}
			if calls {
				longest = longest.longer(g.after(m.flow.keyOf(call.Flow), toReturn).and(toReturn[first+to]))
			}
		}
	}
	g.tail[key] = longest
	return longest
}
