package flow

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestInspectTellsWhatAFlowHolds(t *testing.T) {
	definition, err := Parse([]byte(`{"schema":1,"name":"x","languages":["pt-BR","en"],"start":"a","variables":{"origem":"site"},"nodes":[
		{"name":"a","kind":"question","text":{"pt-BR":"Qual é o\nseu nome?","en":"Name?"},"expect":"text","save":"nome","next":"b"},
		{"name":"b","kind":"subflow","flow":"cadastro","in":{"p":"vars.nome"},"out":{"cpf":"cpf"},"outcomes":[{"name":"desistiu","next":"z"}],"next":"c","on_error":"z"},
		{"name":"c","kind":"web","method":"GET","url":"https://x.exemplo.com.br/{{vars.cpf}}","headers":{"A":"{{secret.CHAVE}}"},"save":{"estado":"a"},"next":"d","on_error":"z"},
		{"name":"d","kind":"jump","flow":"vendas"},
		{"name":"z","kind":"end","text":"{{vars.origem}} {{vars.sumiu}}"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	got := Inspect(definition)
	want := Graph{
		Nodes: []GraphNode{
			{"a", "question", "Name?", []GraphExit{{"next", "b", false, true}, {"on_miss", "", true, true}}},
			{"b", "subflow", "cadastro", []GraphExit{{"desistiu", "z", false, false}, {"next", "c", false, false}, {"on_error", "z", true, false}}},
			{"c", "web", "GET https://x.exemplo.com.br/{{vars.cpf}}", []GraphExit{{"next", "d", false, false}, {"on_error", "z", false, false}}},
			{"d", "jump", "vendas", []GraphExit{}},
			{"z", "end", "{{vars.origem}} {{vars.sumiu}}", []GraphExit{}},
		},
		Variables: []GraphVariable{
			{"cpf", []string{"b"}, []string{"c"}}, {"estado", []string{"c"}, []string{}}, {"nome", []string{"a"}, []string{"b"}},
			{"origem", []string{""}, []string{"z"}}, {"sumiu", []string{}, []string{"z"}},
		},
		Flows: []string{"cadastro", "vendas"}, Secrets: []string{"CHAVE"},
	}
	// The default language is the first of the flow's, not of the alphabet.
	want.Nodes[0].Summary = "Qual é o seu nome?"
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nwant\n%+v", got, want)
	}
}

// Every label of the trail is one that Inspect told, or one of the engine's.
func TestTheTrailSpeaksTheLabelsOfTheGraph(t *testing.T) {
	labels := map[string]bool{}
	for _, name := range []string{"loja", "cadastro", "sim-ou-nao", "suporte"} {
		compiled(t, name)
		text := flowText(t, name)
		definition, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, node := range Inspect(definition).Nodes {
			for _, way := range node.Exits {
				labels[node.Name+"/"+way.Label] = true
			}
			if node.Kind == "jump" {
				labels[node.Name+"/flow"] = true
			}
		}
	}
	c := meet(t, compiled(t, "loja"), "whatsapp")
	seen := 0
	for _, line := range []string{"oi", "1", "Ana", "x", "y", "não", "529.982.247-25", `!answer 200 {"pedido":{"estado":"ok"}}`, "5", "ajuda", "não", "2", "10", "14h", "x", "x", "!image"} {
		c.write(line)
		for _, passed := range c.trail {
			if passed.Exit == "" || strings.HasPrefix(passed.Exit, "@") {
				continue
			}
			seen++
			name := passed.Node[strings.LastIndexAny(passed.Node, "/:")+1:]
			if !labels[name+"/"+passed.Exit] {
				t.Errorf("%q: %v is no exit of the graph", line, passed)
			}
		}
	}
	if seen < 15 || c.state.Status != HandedOff {
		t.Errorf("%d exits, %s", seen, c.state.Status)
	}
}

func TestInspectBearsWhatIsBroken(t *testing.T) {
	for _, c := range hostileDefinitions(t) {
		definition, err := Parse([]byte(c.text))
		if err != nil {
			continue
		}
		graph := Inspect(definition)
		if len(graph.Nodes) != len(definition.Nodes) {
			t.Errorf("%s: %d nodes of %d", c.name, len(graph.Nodes), len(definition.Nodes))
		}
		if text, err := json.Marshal(graph); err != nil || strings.Contains(string(text), "null") {
			t.Errorf("%s: %s %v", c.name, text, err)
		}
	}
}

func FuzzInspect(f *testing.F) {
	for _, c := range hostileDefinitions(f) {
		f.Add([]byte(c.text))
	}
	for _, name := range []string{"loja", "every", "suporte"} {
		f.Add(flowText(f, name))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		definition, err := Parse(text)
		if err != nil {
			return
		}
		graph := Inspect(definition)
		_, issues := Compile(definition, Options{Channels: allChannels, Key: "eu"})
		if len(graph.Nodes) != len(definition.Nodes) {
			t.Fatal("a node is missing")
		}
		for _, issue := range issues {
			if issue.Sentence("pt-BR") == issue.Code || issue.Sentence("en") == issue.Code {
				t.Fatalf("no sentence for %s", issue.Code)
			}
		}
	})
}
