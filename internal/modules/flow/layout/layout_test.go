package layout

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/modules/flow"
)

func TestParse(t *testing.T) {
	l, err := Parse([]byte(`{"nodes":{"menu":{"x":0,"y":120.5}},"notes":[{"x":-10,"y":0,"text":"Revisar antes do Natal"}]}`))
	if err != nil || l.Nodes["menu"] != (Point{0, 120.5}) || l.Notes[0].Text != "Revisar antes do Natal" {
		t.Fatalf("%+v %v", l, err)
	}
	text, err := l.Text()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := Parse(text); err != nil || !reflect.DeepEqual(again, l) {
		t.Errorf("%+v %v", again, err)
	}
	for _, empty := range []string{"", "{}", `{"nodes":null}`, `{"nodes":{},"notes":[]}`} {
		if l, err := Parse([]byte(empty)); err != nil || len(l.Nodes) != 0 || l.Nodes == nil {
			t.Errorf("%q: %+v %v", empty, l, err)
		}
	}
}

func TestBrokenLayouts(t *testing.T) {
	var many strings.Builder
	for i := range maxNodes + 1 {
		fmt.Fprintf(&many, `"n%d":{"x":1,"y":1},`, i)
	}
	for _, broken := range []struct {
		text string
		code fault.Code
	}{
		{"[]", fault.Invalid}, {"{", fault.Invalid}, {`{"nodes":[]}`, fault.Invalid}, {`{"nodes":{"a":{"x":"1"}}}`, fault.Invalid}, {`{"edges":{}}`, fault.Invalid},
		{`{"nodes":{"a":{"x":1,"z":2}}}`, fault.Invalid}, {`{"nodes":{"a":{"x":1e9,"y":0}}}`, fault.Invalid}, {`{"nodes":{"a":{"x":1e400,"y":0}}}`, fault.Invalid},
		{`{"notes":[{"x":0,"y":-1e7,"text":""}]}`, fault.Invalid}, {`{"notes":[{"x":0,"y":0,"text":"` + strings.Repeat("a", maxNote+1) + `"}]}`, fault.Invalid},
		{`{"nodes":{"` + strings.Repeat("a", maxName+1) + `":{"x":1,"y":0}}}`, fault.Invalid}, {strings.Repeat(" ", maxBytes+1), fault.TooLarge},
		{`{"nodes":{` + strings.TrimSuffix(many.String(), ",") + `}}`, fault.TooLarge}, {`{"notes":[` + strings.Repeat(`{"x":0,"y":0,"text":""},`, maxNotes) + `{"x":0,"y":0,"text":""}]}`, fault.TooLarge},
	} {
		if _, err := Parse([]byte(broken.text)); !fault.Is(err, broken.code) {
			t.Errorf("%.60s: %v", broken.text, err)
		}
	}
}

func TestArrange(t *testing.T) {
	graph := flow.Graph{Nodes: []flow.GraphNode{
		{Name: "a", Exits: []flow.GraphExit{{To: "b"}, {To: "c"}, {To: "", Optional: true}}},
		{Name: "b", Exits: []flow.GraphExit{{To: "d"}}},
		{Name: "c", Exits: []flow.GraphExit{{To: "a"}}},
		{Name: "d"}, {Name: "perdido", Exits: []flow.GraphExit{{To: "nada"}}},
	}}
	got := Layout{Nodes: map[string]Point{"c": {X: 7, Y: 900}, "sumiu": {}}}.Arrange("a", graph)
	want := map[string]Point{"a": {0, 0}, "b": {360, 0}, "c": {7, 900}, "d": {720, 0}, "perdido": {0, 280}}
	if !reflect.DeepEqual(got.Nodes, want) {
		t.Errorf("%+v", got.Nodes)
	}
}

// However tall the cards are and wherever an author has put some, none covers
// another.
func TestArrangedCardsStandApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "nodes")
		graph := flow.Graph{Nodes: make([]flow.GraphNode, n)}
		given := Layout{Nodes: map[string]Point{}}
		for i := range graph.Nodes {
			node := &graph.Nodes[i]
			node.Name, node.Summary = fmt.Sprint(i), strings.Repeat("á", rapid.IntRange(0, 80).Draw(t, "summary"))
			for range rapid.IntRange(0, 12).Draw(t, "exits") {
				node.Exits = append(node.Exits, flow.GraphExit{To: fmt.Sprint(rapid.IntRange(0, n).Draw(t, "to"))})
			}
			if rapid.IntRange(0, 4).Draw(t, "placed") == 0 {
				given.Nodes[node.Name] = Point{float64(rapid.IntRange(-500, 1500).Draw(t, "x")), float64(rapid.IntRange(-500, 1500).Draw(t, "y"))}
			}
		}
		got := given.Arrange("0", graph)
		for i, a := range graph.Nodes {
			for _, b := range graph.Nodes[:i] {
				_, hasA := given.Nodes[a.Name]
				_, hasB := given.Nodes[b.Name]
				one, other := got.Nodes[a.Name], got.Nodes[b.Name]
				apart := one.X >= other.X+cardWidth || other.X >= one.X+cardWidth || one.Y >= other.Y+height(b) || other.Y >= one.Y+height(a)
				if !apart && !(hasA && hasB) {
					t.Fatalf("%s at %v covers %s at %v", a.Name, one, b.Name, other)
				}
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"nodes":{"menu":{"x":0,"y":120}},"notes":[{"x":0,"y":0,"text":"a"}]}`))
	f.Add([]byte(`{"nodes":{"":{}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := Parse(text)
		if err != nil {
			return
		}
		canonical, err := l.Text()
		if err != nil {
			t.Fatal(err)
		}
		if again, err := Parse(canonical); err != nil || len(again.Nodes) != len(l.Nodes) {
			t.Fatalf("%v\n%s", err, canonical)
		}
	})
}
