package flow

import "strings"

// silences warns of an answer after which the conversation ends without a word:
// the customer would wait for a reply that never comes. What follows in another
// flow is not looked at.
func (m *member) silences() {
	ends := m.silentEnds()
	for i, node := range m.definition.Nodes {
		if !asks(node) {
			continue
		}
		for _, way := range m.ways[i] {
			at, known := m.index[way.to]
			if known && ends[at] != "" {
				m.node = node.head().Name
				m.report(Warning, codeNoReply, way.label, ends[at])
			}
		}
	}
	m.node = ""
}

// asks reports a node that takes what the customer writes.
func asks(n node) bool {
	switch n.(type) {
	case *choiceNode, *questionNode, *ratingNode, *deckNode, *formNode:
		return true
	}
	return false
}

// silentEnds gives, by node, an end that can be come to from there without a
// word said on the way; empty where there is none.
func (m *member) silentEnds() []string {
	ends := make([]string, len(m.ways))
	back := make([][]int, len(m.ways)) // who leads here and says nothing
	var queue []int
	for i, node := range m.definition.Nodes {
		switch n := node.(type) {
		case *endNode:
			if n.silent() {
				ends[i] = n.Name
				queue = append(queue, i)
			}
		case *conditionNode, *switchNode, *splitNode, *hoursNode, *setNode, *tagNode, *webNode, *jumpNode:
			for _, way := range m.ways[i] {
				if to, known := m.index[way.to]; known {
					back[to] = append(back[to], i)
				}
			}
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		for _, from := range back[queue[0]] {
			if ends[from] == "" {
				ends[from] = ends[queue[0]]
				queue = append(queue, from)
			}
		}
	}
	return ends
}

func (n *endNode) silent() bool {
	for _, text := range n.Text {
		if strings.TrimSpace(text) != "" {
			return false
		}
	}
	return true
}
