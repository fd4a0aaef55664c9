package layout

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

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
	got := Layout{Nodes: map[string]Point{"c": {X: 7, Y: 9}, "sumiu": {}}}.Arrange("a", graph)
	want := map[string]Point{"a": {0, 0}, "b": {340, 0}, "c": {7, 9}, "d": {680, 0}, "perdido": {0, 360}}
	if !reflect.DeepEqual(got.Nodes, want) {
		t.Errorf("%+v", got.Nodes)
	}
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
