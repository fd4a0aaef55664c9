package change

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/modules/flow"
	"prosa/internal/modules/flow/template"
)

var update = flag.Bool("update", false, "write the goldens anew")

func base(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/before.json")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// edit changes a decoded flow.
type edit func(flow map[string]any)

func nodeOf(flow map[string]any, name string) map[string]any {
	for _, item := range flow["nodes"].([]any) {
		if node := item.(map[string]any); node["name"] == name {
			return node
		}
	}
	panic("there is no node " + name)
}

func edited(t testing.TB, text []byte, change edit) []byte {
	t.Helper()
	var document map[string]any
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	change(document)
	out, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func options(f map[string]any) []any { return nodeOf(f, "menu")["options"].([]any) }

// swap exchanges two items of a list in place.
func swap(list []any, i, j int) { list[i], list[j] = list[j], list[i] }

// Each edit gives exactly the changes of the golden, in both languages.
func TestSentences(t *testing.T) {
	edits := []struct {
		name string
		do   edit
	}{
		{"nothing", func(map[string]any) {}},
		{"an exit goes elsewhere", func(f map[string]any) { options(f)[0].(map[string]any)["next"] = "horas" }},
		{"an exit is cut", func(f map[string]any) { options(f)[1].(map[string]any)["next"] = "" }},
		{"an exit is new", func(f map[string]any) { nodeOf(f, "menu")["on_miss"] = "pessoa" }},
		{"next", func(f map[string]any) { nodeOf(f, "pedido")["next"] = "pessoa" }},
		{"else", func(f map[string]any) { nodeOf(f, "decide")["else"] = "fim" }},
		{"start", func(f map[string]any) { f["start"] = "pedido" }},
		{"menu", func(f map[string]any) { f["settings"].(map[string]any)["menu"] = "pedido" }},
		{"idle", func(f map[string]any) {
			f["settings"].(map[string]any)["idle"] = map[string]any{"minutes": 30, "next": "fim"}
		}},
		{"a text in one language", func(f map[string]any) { nodeOf(f, "menu")["text"].(map[string]any)["en"] = "Hi!" }},
		{"a text is translated", func(f map[string]any) {
			nodeOf(f, "horas")["text"] = map[string]any{"pt-BR": "Abrimos às 9h.", "en": "We open at 9."}
		}},
		{"the same text as an object", func(f map[string]any) { nodeOf(f, "horas")["text"] = map[string]any{"pt-BR": "Abrimos às 9h."} }},
		{"a translation is lost", func(f map[string]any) { nodeOf(f, "fim")["text"] = "Até logo!" }},
		{"a title", func(f map[string]any) { options(f)[2].(map[string]any)["title"].(map[string]any)["pt-BR"] = "Não sei" }},
		{"the engine's text", func(f map[string]any) {
			f["settings"].(map[string]any)["texts"].(map[string]any)["apology"] = map[string]any{"pt-BR": "Ops!", "en": "Oops!"}
		}},
		{"an option is new", func(f map[string]any) {
			nodeOf(f, "menu")["options"] = append(options(f), map[string]any{"name": "preco", "title": map[string]any{"pt-BR": "Preços", "en": "Prices"}, "next": "fim"})
		}},
		{"an option is gone", func(f map[string]any) { nodeOf(f, "menu")["options"] = options(f)[1:] }},
		{"an option has another name", func(f map[string]any) { options(f)[1].(map[string]any)["name"] = "jamais" }},
		{"options in another order", func(f map[string]any) { swap(options(f), 0, 2) }},
		{"a synonym more", func(f map[string]any) { options(f)[0].(map[string]any)["synonyms"] = []any{"claro", "ok", "sim sim"} }},
		{"synonyms in another order", func(f map[string]any) { options(f)[0].(map[string]any)["synonyms"] = []any{"ok", "claro"} }},
		{"a case changes", func(f map[string]any) {
			nodeOf(f, "decide")["cases"].([]any)[1].(map[string]any)["when"] = "not vars.vip"
		}},
		{"a case in front", func(f map[string]any) {
			node := nodeOf(f, "decide")
			node["cases"] = append([]any{map[string]any{"when": "vars.pedido == 7", "next": "fim"}}, node["cases"].([]any)...)
		}},
		{"a word more", func(f map[string]any) {
			f["settings"].(map[string]any)["interrupts"].([]any)[0].(map[string]any)["words"] = []any{"horário", "aberto"}
		}},
		{"a bound", func(f map[string]any) { nodeOf(f, "pedido")["min"] = 100 }},
		{"a bound is gone", func(f map[string]any) { delete(nodeOf(f, "pedido"), "min") }},
		{"a kind of answer", func(f map[string]any) { nodeOf(f, "ainda")["expect"] = "email" }},
		{"a team", func(f map[string]any) { nodeOf(f, "pessoa")["team"] = "Suporte" }},
		{"a field to hand over", func(f map[string]any) { nodeOf(f, "pessoa")["fields"] = []any{} }},
		{"a variable is new", func(f map[string]any) { f["variables"].(map[string]any)["next"] = "fim" }},
		{"a variable is gone", func(f map[string]any) { delete(f["variables"].(map[string]any), "vip") }},
		{"a variable begins otherwise", func(f map[string]any) { f["variables"].(map[string]any)["pontos"] = 20 }},
		{"a language", func(f map[string]any) { f["languages"] = []any{"pt-BR", "en", "es"} }},
		{"the flow's name", func(f map[string]any) { f["name"] = "Loja nova" }},
		{"a node is new", func(f map[string]any) {
			f["nodes"] = append(f["nodes"].([]any), map[string]any{"name": "preco", "kind": "message", "text": "R$ 10", "next": "fim"})
		}},
		{"a node is gone", func(f map[string]any) {
			f["nodes"] = slices.DeleteFunc(f["nodes"].([]any), func(n any) bool { return n.(map[string]any)["name"] == "horas" })
		}},
		{"a node has another name", func(f map[string]any) {
			nodeOf(f, "fim")["name"] = "despedida"
			options(f)[1].(map[string]any)["next"] = "despedida"
			nodeOf(f, "horas")["next"] = "despedida"
			ainda := nodeOf(f, "ainda")
			ainda["next"], ainda["on_miss"] = "despedida", "despedida"
		}},
		{"two nodes have other names", func(f map[string]any) {
			nodeOf(f, "pedido")["name"] = "numero"
			nodeOf(f, "decide")["name"] = "tamanho"
			nodeOf(f, "numero")["next"] = "tamanho"
			options(f)[0].(map[string]any)["next"] = "numero"
		}},
		{"a node is of another kind", func(f map[string]any) { nodeOf(f, "horas")["kind"] = "end" }},
		{"nodes in another order", func(f map[string]any) { swap(f["nodes"].([]any), 3, 4) }},
		{"unknown kinds and fields", func(f map[string]any) {
			f["nodes"] = append(f["nodes"].([]any), map[string]any{"name": "loteria", "kind": "lottery", "next": "fim"})
			nodeOf(f, "horas")["price"] = 3
			f["future"] = true
		}},
	}
	var b strings.Builder
	text := base(t)
	for _, e := range edits {
		fmt.Fprintf(&b, "# %s\n", e.name)
		changes, err := Texts(text, edited(t, text, e.do))
		if err != nil {
			t.Fatal(err)
		}
		if len(changes) == 0 {
			b.WriteString("= nothing\n")
		}
		for _, c := range changes {
			fmt.Fprintf(&b, "%s %s\n  %s\n  %s\n", c.What, strings.TrimPrefix(c.Node+"/"+c.Field, "/"), c.Sentence("pt-BR"), c.Sentence("en"))
			if strings.Contains(c.Sentence("pt-BR")+c.Sentence("en"), "$") && !strings.Contains(c.Before+c.After, "$") {
				t.Errorf("%s: a gap was left open", e.name)
			}
		}
	}
	golden := filepath.Join("testdata", "sentences.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || b.String() != string(want) {
		t.Errorf("%v, got:\n%s", err, b.String())
	}
}

func TestAFlowHasNoChangeToItself(t *testing.T) {
	for _, name := range template.Names() {
		text, err := template.Text(name)
		if err != nil {
			t.Fatal(err)
		}
		definition, err := flow.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if changes, err := Between(definition, definition); err != nil || len(changes) != 0 {
			t.Errorf("%s: %v %v", name, changes, err)
		}
		// The canonical form says the same in other words.
		canonical, err := definition.Text()
		if err != nil {
			t.Fatal(err)
		}
		if changes, err := Texts(text, canonical); err != nil || len(changes) != 0 {
			t.Errorf("%s: canonical: %v %v", name, changes, err)
		}
	}
}

// A flow that only came to the newest version of the form has not changed.
func TestAMigratedFlowHasNoChange(t *testing.T) {
	old := `{"schema":0,"name":"Velho","language":"pt-BR","start":"a","nodes":{"a":{"kind":"end","text":"Tchau!"}}}`
	newest, from, err := flow.Migrate([]byte(old))
	if err != nil || from != 0 {
		t.Fatal(from, err)
	}
	if changes, err := Texts([]byte(old), newest); err != nil || len(changes) != 0 {
		t.Errorf("%+v %v", changes, err)
	}
}

// There and back: every change has its opposite.
func TestChangesHaveOpposites(t *testing.T) {
	a := base(t)
	b := edited(t, a, func(f map[string]any) {
		options(f)[0].(map[string]any)["next"] = "horas"
		nodeOf(f, "menu")["text"].(map[string]any)["en"] = "Hi!"
		f["nodes"] = append(f["nodes"].([]any), map[string]any{"name": "preco", "kind": "message", "text": "R$ 10", "next": "fim"})
		f["variables"].(map[string]any)["novo"] = 1
	})
	there, err := Texts(a, b)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Texts(b, a)
	if err != nil {
		t.Fatal(err)
	}
	if len(there) != 4 || len(there) != len(back) {
		t.Fatalf("%d there, %d back: %+v", len(there), len(back), there)
	}
	opposite := map[What]What{NodeAdded: NodeRemoved, VariableNew: VariableGone, Exit: Exit, Text: Text}
	for _, c := range there {
		if !slices.ContainsFunc(back, func(o Change) bool {
			return o.What == opposite[c.What] && o.Node == c.Node && o.Field == c.Field && o.Before == c.After && o.After == c.Before
		}) {
			t.Errorf("nothing takes back %+v", c)
		}
	}
}

func TestBrokenTexts(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 200) + "1" + strings.Repeat("}", 200)
	for _, broken := range []struct {
		text string
		code fault.Code
	}{
		{"", fault.Invalid}, {"{", fault.Invalid}, {"[]", fault.Invalid}, {`"x"`, fault.Invalid}, {`{"nodes":[}`, fault.Invalid}, {`{"a":1,"a":2}`, fault.Invalid},
		{"{\"a\":\"\xff\"}", fault.Invalid}, {deep, fault.TooLarge}, {`{"a":"` + strings.Repeat("x", maxText) + `"}`, fault.TooLarge}, {strings.Repeat("[", 1<<20), fault.TooLarge},
	} {
		if _, err := Texts([]byte(broken.text), base(t)); !fault.Is(err, broken.code) {
			t.Errorf("%.40q: %v", broken.text, err)
		}
		if _, err := Texts(base(t), []byte(broken.text)); !fault.Is(err, broken.code) {
			t.Errorf("%.40q after: %v", broken.text, err)
		}
	}
}

// Texts of the wrong shape are compared as they are.
func TestOddShapes(t *testing.T) {
	for _, odd := range []string{
		`{}`, `{"nodes":{}}`, `{"nodes":[1,"a",null,[]]}`, `{"nodes":[{"name":1,"kind":[]},{"name":"a"},{"name":"a"}]}`, `{"languages":"pt"}`, `{"languages":[[1]]}`,
		`{"settings":[]}`, `{"settings":{"idle":3}}`, `{"variables":[]}`, `{"start":{}}`, `{"nodes":[{"name":"menu","kind":"choice","options":{"a":1}}]}`,
		`{"nodes":[{"name":"menu","kind":"choice","options":["a"],"text":[1]}]}`, `{"nodes":[{"name":"menu","kind":"choice","options":[{"title":{"pt":1}}]}]}`,
	} {
		for _, other := range []string{string(base(t)), `{}`, `{"nodes":[{"name":"b","kind":"end"}]}`} {
			changes, err := Texts([]byte(odd), []byte(other))
			if err != nil || len(changes) == 0 && odd != other {
				t.Errorf("%s to %.30s: %v %v", odd, other, changes, err)
			}
			if changes, err := Texts([]byte(odd), []byte(odd)); err != nil || len(changes) > 0 {
				t.Errorf("%s to itself: %v %v", odd, changes, err)
			}
		}
	}
}

// A flow whose nodes all have other names and contents is compared in bounds.
func TestManyStrangers(t *testing.T) {
	big := func(prefix string) []byte {
		var b strings.Builder
		b.WriteString(`{"nodes":[`)
		for i := range 2000 {
			fmt.Fprintf(&b, `{"name":"%s%d","kind":"message","text":"%s %d","next":"%s%d"},`, prefix, i, prefix, i, prefix, i+1)
		}
		return []byte(strings.TrimSuffix(b.String(), ",") + "]}")
	}
	changes, err := Texts(big("a"), big("b"))
	if err != nil || len(changes) != 4000 {
		t.Errorf("%d changes, %v", len(changes), err)
	}
}

func FuzzTexts(f *testing.F) {
	text := base(f)
	f.Add(text, text)
	f.Add([]byte(`{"nodes":[{"name":"a"}]}`), text)
	f.Add([]byte(`{"languages":[{}]}`), []byte(`{"variables":{"a":{}}}`))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		changes, err := Texts(a, b)
		if err != nil {
			return
		}
		for _, c := range changes {
			if c.Sentence("pt-BR") == "" || c.Sentence("en") == "" {
				t.Fatalf("no sentence for %+v", c)
			}
		}
		again, _ := Texts(a, b)
		if !reflect.DeepEqual(changes, again) {
			t.Fatal("the changes came in another order")
		}
		if own, err := Texts(a, a); err != nil || len(own) > 0 {
			t.Fatalf("a flow differs from itself: %+v %v", own, err)
		}
	})
}
