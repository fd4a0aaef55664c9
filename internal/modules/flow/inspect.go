package flow

import (
	"slices"
	"strings"
)

// Graph is what can be told of a definition without running it, for tools and
// the builder.
type Graph struct {
	Nodes     []GraphNode     `json:"nodes"`
	Variables []GraphVariable `json:"variables"`
	Flows     []string        `json:"flows"`   // keys of the flows that it calls or jumps to
	Secrets   []string        `json:"secrets"` // names
}

// GraphNode is a node and its ways out.
type GraphNode struct {
	Name    string      `json:"name"`
	Kind    string      `json:"kind"`
	Summary string      `json:"summary,omitempty"` // the beginning of its text or rule
	Exits   []GraphExit `json:"exits"`
}

// GraphExit is a way out. Label is what Passed.Exit says of it.
type GraphExit struct {
	Label    string `json:"label"`
	To       string `json:"to,omitempty"`
	Optional bool   `json:"optional,omitzero"` // empty falls back on something of the engine
	Waited   bool   `json:"waited,omitzero"`   // taken only after the customer wrote or a time passed
}

// GraphVariable is a variable of the session and the nodes that touch it. A
// variable with a first value is set by "" as well.
type GraphVariable struct {
	Name   string   `json:"name"`
	SetBy  []string `json:"set_by"`
	ReadBy []string `json:"read_by"`
}

// maxSummary is how much of a text stands on a card, in runes.
const maxSummary = 80

// Inspect tells what a definition holds, however broken it is.
func Inspect(d *Definition) Graph {
	c := newCompiler(newFamily(Options{}), "", d)
	c.prepare()
	graph := Graph{Nodes: make([]GraphNode, 0, len(d.Nodes)), Variables: []GraphVariable{}, Flows: append([]string{}, c.calls...), Secrets: append([]string{}, c.secrets...)}
	sets, reads := map[string][]string{}, map[string][]string{}
	note := func(by map[string][]string, variable, node string) {
		if variable != "" && !contains(by[variable], node) {
			by[variable] = append(by[variable], node)
		}
	}
	for name := range d.Variables {
		note(sets, name, "")
	}
	for i, node := range d.Nodes {
		head := node.head()
		shown := GraphNode{Name: head.Name, Kind: head.Kind, Summary: summary(node.gist(c.flow.languages[0])), Exits: []GraphExit{}}
		for _, way := range node.exits() {
			shown.Exits = append(shown.Exits, GraphExit{Label: way.label, To: way.to, Optional: way.optional, Waited: way.waited})
			for _, name := range way.sets {
				note(sets, name, head.Name)
			}
		}
		if call, ok := node.(*subflowNode); ok {
			for name := range call.Out {
				note(sets, name, head.Name)
			}
		}
		for _, need := range c.needs[i] {
			note(reads, need.variable, head.Name)
		}
		graph.Nodes = append(graph.Nodes, shown)
	}
	names := sorted(sets)
	for name := range reads {
		if _, also := sets[name]; !also {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		graph.Variables = append(graph.Variables, GraphVariable{Name: name, SetBy: append([]string{}, sets[name]...), ReadBy: append([]string{}, reads[name]...)})
	}
	return graph
}

// summary is the beginning of a text on one line.
func summary(text string) string {
	text = shorten(text, 4*maxSummary)
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > maxSummary {
		return string(runes[:maxSummary-1]) + "…"
	}
	return string(runes)
}
