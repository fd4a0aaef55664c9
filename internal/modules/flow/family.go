package flow

import (
	"slices"
	"strings"
)

// maxFlows is how many flows may belong to one version.
const maxFlows = 50

// family is a flow under compilation with all that it calls and jumps to.
type family struct {
	options Options
	flows   map[string]*Compiled // by key; the version's own is under ""
	members map[string]*member
	order   []*member // each behind the ones that it calls
	calling []string  // flows whose sub-flows are being compiled, the outermost first
	circles bool      // flows that call each other were found
	queue   []string  // flows that are only jumped to, and may not be compiled yet
	issues  []Issue
	hears   bool // an expression reads the customer's last message
}

// member is one flow of a family.
type member struct {
	*compiler
	open    bool // its sub-flows are being compiled
	depth   int  // of sub-flows, itself included
	returns map[string]returned
}

// returned is what is known where a flow returns with an outcome.
type returned struct {
	sets map[string]bool // variables that have a value on every way there
}

func newFamily(options Options) *family {
	return &family{options: options, flows: map[string]*Compiled{}, members: map[string]*member{}}
}

// compile prepares a flow, then those that it calls, then proves what can be
// proved of it alone. Flows that it jumps to wait in the queue.
func (f *family) compile(key string, d *Definition) *member {
	m := &member{compiler: newCompiler(f, key, d), open: true, depth: 1, returns: map[string]returned{}}
	f.members[key], f.flows[key] = m, m.flow
	f.calling = append(f.calling, key)
	m.prepare()
	called := map[string]bool{}
	for _, node := range d.Nodes {
		if call, ok := node.(*subflowNode); ok && call.Flow != "" {
			called[call.Flow] = true
		}
	}
	for _, name := range m.calls {
		key := m.flow.keyOf(name)
		if !called[name] {
			f.queue = append(f.queue, key)
			continue
		}
		switch child := f.members[key]; {
		case child == nil:
			if child = f.load(key); child != nil {
				m.depth = max(m.depth, child.depth+1)
			}
		case child.open:
			m.about(name)
			m.report(Error, codeFlowCycle, f.circle(key))
			m.node, f.circles = "", true
		default:
			m.depth = max(m.depth, child.depth+1)
		}
	}
	m.prove()
	m.open = false
	f.calling = f.calling[:len(f.calling)-1]
	f.order = append(f.order, m)
	return m
}

// load compiles a flow of the options; nil where there is none.
func (f *family) load(key string) *member {
	d := f.options.Flows[key]
	if d == nil {
		return nil
	}
	if len(f.members) >= maxFlows {
		f.issues = append(f.issues, Issue{Weight: Error, Code: codeFlowCount, Args: []string{itoa(maxFlows)}})
		return nil
	}
	return f.compile(key, d)
}

// circle names the flows that call each other, from the given one round to it.
func (f *family) circle(key string) string {
	var names []string
	for _, at := range f.calling[slices.Index(f.calling, key):] {
		names = append(names, f.title(at))
	}
	return strings.Join(append(names, f.title(key)), " > ")
}

// title is what a person calls a flow.
func (f *family) title(key string) string {
	if key == "" {
		return f.members[""].definition.Name
	}
	return key
}

// about makes the next issues those of the first node that names a flow.
func (c *compiler) about(flow string) {
	for _, node := range c.definition.Nodes {
		switch n := node.(type) {
		case *subflowNode:
			if n.Flow == flow {
				c.node = n.Name
				return
			}
		case *jumpNode:
			if n.Flow == flow {
				c.node = n.Name
				return
			}
		}
	}
}

// prove compiles what is only jumped to and proves what goes across flows.
func (f *family) prove() {
	for len(f.queue) > 0 {
		key := f.queue[0]
		f.queue = f.queue[1:]
		if f.members[key] == nil {
			f.load(key)
		}
	}
	for _, m := range f.order {
		for _, name := range m.calls {
			if f.members[m.flow.keyOf(name)] == nil {
				m.about(name)
				m.report(Error, codeFlowMissing, name)
				m.node = ""
			}
		}
	}
	f.deepest()
	if f.circles {
		return // a way round flows is one round their nodes, which was said
	}
	g := f.graph()
	if !g.cycles() {
		g.bursts()
		g.timedCycles()
	}
}

// deepest refuses sub-flows that are nested more than a session can hold.
func (f *family) deepest() {
	for _, key := range append([]string{""}, sorted(f.members)...) {
		m := f.members[key]
		if m.depth <= MaxStack+1 {
			continue
		}
		for _, node := range m.definition.Nodes {
			if call, ok := node.(*subflowNode); ok {
				if child := f.members[m.flow.keyOf(call.Flow)]; child != nil && child.depth+1 == m.depth {
					m.node = call.Name
				}
			}
		}
		m.report(Error, codeFlowDepth, itoa(m.depth), itoa(MaxStack+1))
		m.node = ""
		return
	}
}
