package change

import (
	"encoding/json"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/modules/flow/template"
)

// One edit at a random place of a random template is seen as exactly that one
// change, in the right place.
func TestOneEditIsOneChange(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text, err := template.Text(rapid.SampledFrom(template.Names()).Draw(rt, "template"))
		if err != nil {
			rt.Fatal(err)
		}
		var document map[string]any
		if err := json.Unmarshal(text, &document); err != nil {
			rt.Fatal(err)
		}
		want := drawEdit(rt, document)
		after, err := json.Marshal(document)
		if err != nil {
			rt.Fatal(err)
		}
		got, err := Texts(text, after)
		if err != nil {
			rt.Fatal(err)
		}
		if want.What == "" {
			if len(got) > 0 {
				rt.Fatalf("nothing was edited, yet: %+v", got)
			}
			return
		}
		if len(got) != 1 {
			rt.Fatalf("edited %+v, found %d changes: %+v", want, len(got), got)
		}
		g := got[0]
		if g.What != want.What || g.Node != want.Node || g.Before != want.Before || g.After != want.After || want.Field != "" && g.Field != want.Field {
			rt.Fatalf("edited %+v, found %+v", want, g)
		}
	})
}

// drawEdit edits a flow in one place and says what it did; the zero Change for
// an edit that finds no place or means nothing.
func drawEdit(rt *rapid.T, document map[string]any) Change {
	nodes := document["nodes"].([]any)
	at := rapid.IntRange(0, len(nodes)-1).Draw(rt, "node")
	node := nodes[at].(map[string]any)
	name := node["name"].(string)
	names := make([]string, len(nodes))
	for i, n := range nodes {
		names[i] = n.(map[string]any)["name"].(string)
	}
	switch rapid.SampledFrom([]string{"exit", "text", "option", "drop", "add", "rename", "variable", "shuffle", "name", "value"}).Draw(rt, "edit") {
	case "exit":
		was, leads := node["next"].(string)
		to := rapid.SampledFrom(append([]string{"nenhures"}, names...)).Draw(rt, "to")
		if !leads || was == to {
			return Change{}
		}
		node["next"] = to
		return Change{Node: name, What: Exit, Field: "next", Before: was, After: to}
	case "text":
		texts, has := node["text"].(map[string]any)
		if !has {
			return Change{}
		}
		language := rapid.SampledFrom([]string{"pt-BR", "en", "es"}).Draw(rt, "language")
		was, _ := texts[language].(string)
		texts[language] = "Outro texto"
		return Change{Node: name, What: Text, Field: "text", Before: was, After: "Outro texto"}
	case "option":
		options, has := node["options"].([]any)
		if !has {
			return Change{}
		}
		i := rapid.IntRange(0, len(options)-1).Draw(rt, "option")
		gone := options[i].(map[string]any)
		node["options"] = slices.Delete(options, i, i+1)
		return Change{Node: name, What: ItemRemoved, Field: "options." + gone["name"].(string), Before: gone["next"].(string)}
	case "drop":
		document["nodes"] = slices.Delete(nodes, at, at+1)
		return Change{Node: name, What: NodeRemoved, Before: node["kind"].(string)}
	case "add":
		document["nodes"] = slices.Insert(nodes, at, any(map[string]any{"name": "novissimo", "kind": "end", "text": "Fim de verdade"}))
		return Change{Node: "novissimo", What: NodeAdded, After: "end"}
	case "rename":
		follow(document, name, "renomeado")
		node["name"] = "renomeado"
		return Change{Node: "renomeado", What: NodeRenamed, Before: name, After: "renomeado"}
	case "variable":
		variables, _ := document["variables"].(map[string]any)
		if variables == nil {
			variables = map[string]any{}
		}
		variables["novissima"] = 7
		document["variables"] = variables
		return Change{What: VariableNew, Field: "variables.novissima", After: "7"}
	case "shuffle":
		// The order of fields means nothing: a map has none.
		return Change{}
	case "name":
		was := document["name"].(string)
		document["name"] = was + "!"
		return Change{What: Value, Field: "name", Before: was, After: was + "!"}
	default:
		was, _ := node["misses"].(float64)
		node["misses"] = 9
		if was == 0 {
			return Change{Node: name, What: Value, Field: "misses", After: "9"}
		}
		return Change{Node: name, What: Value, Field: "misses", Before: strconv.Itoa(int(was)), After: "9"}
	}
}

// follow renames what leads to a node, as an editor does.
func follow(value any, from, to string) {
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			if lead, is := item.(string); is && lead == from && (leads("", key) || leads("jump", key) || leads("hours", key) || key == "start" || key == "menu") {
				v[key] = to
				continue
			}
			follow(item, from, to)
		}
	case []any:
		for _, item := range v {
			follow(item, from, to)
		}
	}
}
