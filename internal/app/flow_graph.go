package app

import (
	"fmt"
	"strconv"
	"strings"

	"prosa/internal/modules/flow"
)

type flowGraphCommand struct {
	File string `arg:"" help:"A flow or export; - reads the standard input."`
	As   string `default:"mermaid" enum:"mermaid,dot" help:"The language of the drawing: ${enum}."`
}

// Run implements the command. A flow that could not be published is drawn too.
func (c *flowGraphCommand) Run(around *surroundings) error {
	file, err := readFlow(around, c.File)
	if err != nil {
		return err
	}
	definition, err := flow.Parse(file.definition)
	if err != nil {
		return err
	}
	draw := mermaid
	if c.As == "dot" {
		draw = dot
	}
	_, err = fmt.Fprint(around.out, draw(definition.Start, flow.Inspect(definition)))
	return err
}

// mermaid draws a flow in the language of mermaid.js.
func mermaid(start string, graph flow.Graph) string {
	var b strings.Builder
	b.WriteString("flowchart TD\n")
	places := placesOf(graph)
	for i, node := range graph.Nodes {
		fmt.Fprintf(&b, "  n%d%s\n", i, mermaidBox(node, node.Name == start))
	}
	for i, node := range graph.Nodes {
		for _, exit := range node.Exits {
			to, known := places[exit.To]
			switch {
			case known:
				fmt.Fprintf(&b, "  n%d -->|\"%s\"| n%d\n", i, mermaidText(exit.Label), to)
			case exit.To != "" || !exit.Optional:
				fmt.Fprintf(&b, "  n%d -.->|\"%s\"| missing[\"? %s\"]\n", i, mermaidText(exit.Label), mermaidText(exit.To))
			}
		}
	}
	return b.String()
}

func mermaidBox(node flow.GraphNode, start bool) string {
	text := "\"" + mermaidText(node.Name) + "<br/><i>" + mermaidText(node.Kind) + "</i>\""
	switch {
	case start:
		return "([" + text + "])"
	case len(node.Exits) == 0:
		return "[[" + text + "]]"
	case len(node.Exits) > 1:
		return "{{" + text + "}}"
	default:
		return "[" + text + "]"
	}
}

func mermaidText(text string) string {
	return strings.NewReplacer("&", "&amp;", "\"", "#quot;", "<", "&lt;", ">", "&gt;", "\n", " ").Replace(text)
}

// dot draws a flow in the language of Graphviz.
func dot(start string, graph flow.Graph) string {
	var b strings.Builder
	b.WriteString("digraph flow {\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname=sans];\n")
	places := placesOf(graph)
	for i, node := range graph.Nodes {
		border := ""
		if node.Name == start {
			border = ", penwidth=2"
		}
		fmt.Fprintf(&b, "  n%d [label=%s%s];\n", i, strconv.Quote(node.Name+"\n"+node.Kind), border)
	}
	for i, node := range graph.Nodes {
		for _, exit := range node.Exits {
			to, known := places[exit.To]
			switch {
			case known:
				fmt.Fprintf(&b, "  n%d -> n%d [label=%s];\n", i, to, strconv.Quote(exit.Label))
			case exit.To != "" || !exit.Optional:
				fmt.Fprintf(&b, "  n%d -> missing [label=%s, style=dashed];\n", i, strconv.Quote(exit.Label+" "+exit.To))
			}
		}
	}
	b.WriteString("}\n")
	return b.String()
}

func placesOf(graph flow.Graph) map[string]int {
	places := make(map[string]int, len(graph.Nodes))
	for i, node := range graph.Nodes {
		places[node.Name] = i
	}
	return places
}
