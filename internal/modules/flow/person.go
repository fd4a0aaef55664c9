package flow

import "prosa/internal/message/fold"

// persons proves that whoever keeps asking for a person gets one. Where a step
// is deaf, the words are taken as an answer: they must lead to a step that
// listens, to people or to an end, after which the bot listens again.
func (m *member) persons() {
	heard := make([]bool, len(m.ways))
	back := make([][]int, len(m.ways)) // who leads here
	var queue []int
	for i, node := range m.definition.Nodes {
		listens, ways := m.insists(node, m.ways[i])
		if listens {
			heard[i] = true
			queue = append(queue, i)
		}
		for _, to := range ways {
			if at, known := m.index[to]; known {
				back[at] = append(back[at], i)
			}
		}
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, from := range back[at] {
			if !heard[from] {
				heard[from] = true
				queue = append(queue, from)
			}
		}
	}
	for i, node := range m.definition.Nodes {
		if deaf(node) && !heard[i] {
			m.node = node.head().Name
			m.report(Error, codeNoPerson)
		}
	}
	m.node = ""
}

func deaf(n node) bool {
	switch n := n.(type) {
	case *choiceNode:
		return n.Deaf
	case *questionNode:
		return n.Deaf
	}
	return false
}

// insists tells what becomes of "atendente" at a node: it is heard there, or
// leads on by one of the ways.
func (m *member) insists(n node, exits []exit) (heard bool, ways []string) {
	switch n := n.(type) {
	case *choiceNode:
		for _, option := range n.Options {
			if option.asksForPerson() {
				ways = append(ways, option.Next)
			}
		}
		return !n.Deaf || n.OnMiss == "", append(ways, n.OnMiss)
	case *questionNode:
		if n.Expect == "text" {
			return !n.Deaf, []string{n.Next}
		}
		return !n.Deaf || n.OnMiss == "", []string{n.OnMiss}
	case *deckNode:
		return len(n.taps()) > 0, []string{n.Next}
	case *ratingNode, *formNode, *waitNode, *webNode, *templateNode, *handOffNode, *endNode, *returnNode:
		return true, nil
	case *jumpNode:
		heard = n.Flow != ""
	case *subflowNode:
		heard = true // its flow is proved on its own
	}
	for _, way := range exits {
		ways = append(ways, way.to)
	}
	return heard, ways
}

func (o *optionNode) asksForPerson() bool {
	for _, title := range o.Title {
		if wishOf(fold.Words(title)) == wishPerson {
			return true
		}
	}
	for _, synonym := range o.Synonyms {
		if wishOf(fold.Words(synonym)) == wishPerson {
			return true
		}
	}
	return false
}
