package change

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A change of each kind of node gives one sentence, in both languages.
func TestSentencesOfEveryKind(t *testing.T) {
	at := func(name string, change func(node map[string]any)) edit {
		return func(f map[string]any) { change(nodeOf(f, name)) }
	}
	put := func(name, field string, value any) edit {
		return at(name, func(node map[string]any) { node[field] = value })
	}
	first := func(node map[string]any, list string) map[string]any { return node[list].([]any)[0].(map[string]any) }
	edits := []struct {
		name string
		do   edit
	}{
		{"a file", put("e0", "media", map[string]any{"kind": "image"})},
		{"a link", put("e0", "links", []any{map[string]any{"url": "https://example.com"}})},
		{"a file of an album", put("e0", "album", []any{map[string]any{"kind": "image"}})},
		{"the app's button", put("e2", "request", true)},
		{"a part of the answer", put("e2", "parts", map[string]any{"next": "latitude"})},
		{"a poll", put("e1", "poll", true)},
		{"a card's title", at("d1", func(n map[string]any) { first(n, "cards")["title"] = "Xícara" })},
		{"an option of a card", at("d1", func(n map[string]any) { first(first(n, "cards"), "options")["next"] = "e0" })},
		{"another form", put("f1", "form", "2")},
		{"another answer of a form", put("f1", "save", map[string]any{"next": "a.b"})},
		{"a channel without forms", put("f1", "on_other", "e0")},
		{"a field of the contact", put("e2", "field", "email")},
		{"a scale", put("e3", "scale", 10)},
		{"the unhappy go elsewhere", at("e3", func(n map[string]any) { n["low"].(map[string]any)["next"] = "e16" })},
		{"who is unhappy", at("e3", func(n map[string]any) { n["low"].(map[string]any)["most"] = 3 })},
		{"nobody is unhappy", at("e3", func(n map[string]any) { n["low"].(map[string]any)["next"] = "" })},
		{"a comment", put("e3", "comment", "Por quê?")},
		{"a case gets a name", at("e4", func(n map[string]any) { first(n, "cases")["name"] = "sempre" })},
		{"another value", at("e5", func(n map[string]any) { first(n, "cases")["values"] = []any{"a", "b"} })},
		{"another expression", put("e5", "on", "contact.name")},
		{"hours of a day", put("e6", "week", map[string]any{"mon": []any{[]any{"09:00", "12:00"}, []any{"14:00", "18:00"}}})},
		{"hours of a new day", put("e6", "week", map[string]any{"mon": []any{[]any{"09:00", "18:00"}}, "sat": []any{[]any{"09:00", "13:00"}}})},
		{"holidays", put("e6", "holidays", "br")},
		{"a closed day", put("e6", "closed_days", []any{"2026-12-24"})},
		{"when open", put("e6", "open", "e16")},
		{"when closed", put("e6", "closed", "")},
		{"a weight", at("e7", func(n map[string]any) { first(n, "arms")["weight"] = 3 })},
		{"an arm goes elsewhere", at("e7", func(n map[string]any) { first(n, "arms")["next"] = "e0" })},
		{"an arm less", at("e7", func(n map[string]any) { n["arms"] = n["arms"].([]any)[:1] })},
		{"another value of a variable", at("e8", func(n map[string]any) { first(n, "set")["to"] = "2" })},
		{"a tag more", put("e9", "add", []any{"next", "vip"})},
		{"a tag taken off", put("e9", "remove", []any{"novo"})},
		{"a longer wait", put("e10", "minutes", 10)},
		{"a wait ends elsewhere", put("e10", "on_message", "e0")},
		{"another address", put("e11", "url", "https://example.org")},
		{"another header", put("e11", "headers", map[string]any{"next": "e99", "X-A": "1"})},
		{"another result", put("e11", "save", map[string]any{"next": "a.b"})},
		{"an error leads elsewhere", put("e11", "on_error", "e0")},
		{"a jump elsewhere", put("e12", "to", "e0")},
		{"another sub-flow", put("e13", "flow", "terceiro")},
		{"another value for the sub-flow", put("e13", "in", map[string]any{"next": "2"})},
		{"another variable from the sub-flow", put("e13", "out", map[string]any{"next": "outra"})},
		{"an outcome goes elsewhere", at("e13", func(n map[string]any) { first(n, "outcomes")["next"] = "e0" })},
		{"an outcome more", at("e13", func(n map[string]any) {
			n["outcomes"] = append(n["outcomes"].([]any), map[string]any{"name": "p", "next": "e0"})
		})},
		{"another outcome", put("e14", "outcome", "pronto")},
		{"an attendant", put("e15", "assignee", "ana@exemplo.com.br")},
		{"a note", put("e15", "note", "Ligar de volta")},
		{"a goodbye", put("e16", "text", "Até logo!")},
		{"an idle time", func(f map[string]any) { f["settings"] = map[string]any{"idle": map[string]any{"minutes": 5}} }},
		{"a way after failures", func(f map[string]any) { f["settings"] = map[string]any{"on_error": "e16"} }},
		{"a word", func(f map[string]any) {
			f["settings"] = map[string]any{"interrupts": []any{map[string]any{"words": []any{"promoção"}, "next": "e0"}}}
		}},
		{"an event", func(f map[string]any) {
			f["settings"] = map[string]any{"events": []any{map[string]any{"on": "call", "next": "e0"}}}
		}},
		{"a team", func(f map[string]any) { f["settings"] = map[string]any{"team": "Vendas"} }},
	}
	var b strings.Builder
	for _, e := range edits {
		changes, err := Texts([]byte(allKinds), edited(t, []byte(allKinds), e.do))
		if err != nil || len(changes) != 1 {
			t.Errorf("%s: %d changes, %v: %+v", e.name, len(changes), err, changes)
			continue
		}
		c := changes[0]
		fmt.Fprintf(&b, "# %s\n%s %s\n  %s\n  %s\n", e.name, c.What, strings.TrimPrefix(c.Node+"/"+c.Field, "/"), c.Sentence("pt-BR"), c.Sentence("en"))
	}
	golden := filepath.Join("testdata", "kinds.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || string(want) != b.String() {
		t.Errorf("%v, got:\n%s", err, b.String())
	}
}
