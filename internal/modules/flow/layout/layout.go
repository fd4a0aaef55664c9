package layout

import (
	"math"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/base/fault"
	"prosa/internal/modules/flow"
)

// Limits on a layout.
const (
	maxBytes = 1 << 20
	maxNodes = 4000
	maxNotes = 200
	maxNote  = 4000 // runes
	maxName  = 200  // bytes; names of drafts may be wrong
	// far is how far from the origin anything may stand, in pixels of the canvas.
	far = 1_000_000
)

// Layout is the picture of a flow, in pixels of the canvas at full size.
type Layout struct {
	Nodes map[string]Point `json:"nodes"` // by name
	Notes []Note           `json:"notes,omitempty"`
}

// Point is the upper left corner of something.
type Point struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

// Note is a remark of the authors, which no customer sees.
type Note struct {
	X    float64 `json:"x"`
	Y    float64 `json:"y"`
	Text string  `json:"text"`
}

// Parse reads a layout; an empty text is an empty layout. Every error is a
// *fault.Error.
func Parse(text []byte) (Layout, error) {
	l := Layout{Nodes: map[string]Point{}}
	if len(text) == 0 {
		return l, nil
	}
	if len(text) > maxBytes {
		return Layout{}, fault.New(fault.TooLarge, "a layout has at most %d bytes", maxBytes)
	}
	if err := json.Unmarshal(text, &l, json.RejectUnknownMembers(true)); err != nil {
		return Layout{}, fault.OnField("layout", "the layout does not have the form {\"nodes\": {\"name\": {\"x\": 0, \"y\": 0}}, \"notes\": [...]}")
	}
	if l.Nodes == nil {
		l.Nodes = map[string]Point{}
	}
	if len(l.Nodes) > maxNodes || len(l.Notes) > maxNotes {
		return Layout{}, fault.New(fault.TooLarge, "a layout has at most %d nodes and %d notes", maxNodes, maxNotes)
	}
	for name, at := range l.Nodes {
		if len(name) > maxName || !near(at.X, at.Y) {
			return Layout{}, fault.OnField("layout.nodes", "a node stands too far away, or its name is too long")
		}
	}
	for _, note := range l.Notes {
		if !near(note.X, note.Y) || utf8.RuneCountInString(note.Text) > maxNote {
			return Layout{}, fault.OnField("layout.notes", "a note stands too far away, or has more than %d characters", maxNote)
		}
	}
	return l, nil
}

func near(x, y float64) bool { return math.Abs(x) <= far && math.Abs(y) <= far }

// Text writes the layout in its canonical form.
func (l Layout) Text() ([]byte, error) {
	text, err := json.Marshal(l, json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "a layout could not be written")
	}
	return append(text, '\n'), nil
}

// The distances between the corners of neighbours, at least: a card is 264 wide
// and grows with its text and its exits.
const (
	column = 360
	row    = 280
	// gap is what stays free between two cards of a column.
	gap = 40
	// The parts of a card: its head, a line of its text, an exit, and the margins
	// of the two.
	cardWidth, headHeight, lineHeight, exitHeight, margin = 264, 56, 19, 25, 12
	lineRunes, maxLines                                   = 34, 3
)

// height is about how tall the card of a node is drawn.
func height(node flow.GraphNode) float64 {
	tall := headHeight
	if lines := min(maxLines, (utf8.RuneCountInString(node.Summary)+lineRunes-1)/lineRunes); lines > 0 {
		tall += lines*lineHeight + margin
	}
	if len(node.Exits) > 0 {
		tall += len(node.Exits)*exitHeight + margin
	}
	return float64(tall)
}

// box is a card that keeps its place.
type box struct {
	Point
	height float64
}

// below gives the first place from y down at which a card covers none of them.
func below(boxes []box, x, y, height float64) float64 {
	for moved := true; moved; {
		moved = false
		for _, other := range boxes {
			if x < other.X+cardWidth && other.X < x+cardWidth && y < other.Y+other.height && other.Y < y+height {
				y, moved = other.Y+other.height+gap, true
			}
		}
	}
	return y
}

// Arrange gives every node of a flow that has no place one: in the column of its
// distance from the start, under what stands there. What no way leads to stands
// in a row below. Places that are given stay, and nothing that is placed covers
// another card.
func (l Layout) Arrange(start string, graph flow.Graph) Layout {
	out := Layout{Nodes: make(map[string]Point, len(graph.Nodes)), Notes: l.Notes}
	next := map[string][]string{}
	for _, node := range graph.Nodes {
		for _, exit := range node.Exits {
			if exit.To != "" {
				next[node.Name] = append(next[node.Name], exit.To)
			}
		}
	}
	depth := map[string]int{start: 0}
	for queue := []string{start}; len(queue) > 0; queue = queue[1:] {
		for _, to := range next[queue[0]] {
			if _, seen := depth[to]; !seen {
				depth[to] = depth[queue[0]] + 1
				queue = append(queue, to)
			}
		}
	}
	var kept []box
	for _, node := range graph.Nodes {
		if given, has := l.Nodes[node.Name]; has {
			out.Nodes[node.Name] = given
			kept = append(kept, box{given, height(node)})
		}
	}
	filled := map[int]float64{} // where the next card of a column may begin
	lowest := 0.0
	var lost []flow.GraphNode
	for _, node := range graph.Nodes {
		if _, has := l.Nodes[node.Name]; has {
			continue
		}
		at, reached := depth[node.Name]
		if !reached {
			lost = append(lost, node)
			continue
		}
		x, tall := float64(at*column), height(node)
		y := below(kept, x, filled[at], tall)
		out.Nodes[node.Name] = Point{X: x, Y: y}
		filled[at] = y + max(row, tall+gap)
		lowest = max(lowest, filled[at])
	}
	for i, node := range lost {
		x := float64(i * column)
		out.Nodes[node.Name] = Point{X: x, Y: below(kept, x, lowest, height(node))}
	}
	return out
}
