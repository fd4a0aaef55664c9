package trial

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"prosa/internal/message"
	"prosa/internal/modules/flow"
)

// Subject is a flow on trial: what runs, and what a customer may know of it.
type Subject struct {
	flow  *flow.Compiled
	graph flow.Graph
	nodes []nodeText // of the flow, then of its sub-flows
	words []string   // values that some switch looks for
}

// nodeText is what a customer may read off a node.
type nodeText struct {
	Name    string       `json:"name"`
	Kind    string       `json:"kind"`
	Expect  string       `json:"expect"`
	Deaf    bool         `json:"deaf"`
	Scale   int          `json:"scale"`
	OnError string       `json:"on_error"`
	Options []optionText `json:"options"`
	Cards   []cardText   `json:"cards"`
	Save    savedText    `json:"save"`
	Cases   []caseText   `json:"cases"`
}

type caseText struct {
	Values []string `json:"values"`
}

// cardText is one card of a deck.
type cardText struct {
	Options []optionText `json:"options"`
}

// options are those that the node shows, cards included.
func (n *nodeText) options() []optionText {
	all := n.Options
	for _, card := range n.Cards {
		all = append(all[:len(all):len(all)], card.Options...)
	}
	return all
}

type optionText struct {
	Name     string   `json:"name"`
	Synonyms []string `json:"synonyms"`
}

// savedText is the save of a web call, by variable; of other nodes it is a word
// that nobody needs here.
type savedText map[string]string

// UnmarshalJSON reads an object of texts and passes over anything else.
func (s *savedText) UnmarshalJSON(text []byte) error {
	var paths map[string]string
	if json.Unmarshal(text, &paths) == nil {
		*s = paths
	}
	return nil
}

// Prepare compiles a flow for its trial. Where it can't run, the issues say why
// and there is no Subject.
func Prepare(definition *flow.Definition, options flow.Options) (*Subject, []flow.Issue) {
	compiled, issues := flow.Compile(definition, options)
	if compiled == nil {
		return nil, issues
	}
	s := &Subject{flow: compiled, graph: flow.Inspect(definition)}
	s.read(definition)
	for _, key := range slices.Sorted(maps.Keys(options.Flows)) {
		s.read(options.Flows[key])
	}
	return s, issues
}

func (s *Subject) read(definition *flow.Definition) {
	text, err := definition.Text()
	if err != nil {
		return // a definition that compiled can be written
	}
	var known struct {
		Nodes []nodeText `json:"nodes"`
	}
	if json.Unmarshal(text, &known) == nil {
		s.nodes = append(s.nodes, known.Nodes...)
	}
	for _, node := range known.Nodes {
		for _, branch := range node.Cases {
			s.words = append(s.words, branch.Values...)
		}
	}
}

// Graph is the flow as inspected.
func (s *Subject) Graph() flow.Graph { return s.graph }

// sells reports a flow with a node of the shop.
func (s *Subject) sells() bool {
	for _, node := range s.nodes {
		if sells(node.Kind) {
			return true
		}
	}
	return false
}

// node finds what is known of the node at a path of the trail: "menu", or
// "endereco/cep" in a sub-flow. The zero nodeText when nothing is known.
func (s *Subject) node(path string) nodeText {
	name := path[strings.LastIndexAny(path, "/:")+1:]
	for _, node := range s.nodes {
		if node.Name == name {
			return node
		}
	}
	return nodeText{}
}

// optionNames gives the names of the options of the choice that a node shows;
// those of a rating are its scores.
func (s *Subject) optionNames(path string, shown *message.Choice) []string {
	names := make([]string, len(shown.Options))
	name := path[strings.LastIndexAny(path, "/:")+1:]
	for _, node := range s.nodes {
		options := node.options()
		if node.Name != name || (node.Kind == "choice" || node.Kind == "deck") && len(options) != len(shown.Options) {
			continue
		}
		for i := range names {
			switch node.Kind {
			case "choice", "deck":
				names[i] = options[i].Name
			case "rating":
				names[i] = string(rune('1' + i))
			default: // of the shop: what it sells
				names[i] = shown.Options[i].Title
			}
		}
		return names
	}
	for i, option := range shown.Options {
		names[i] = option.Title
	}
	return names
}
