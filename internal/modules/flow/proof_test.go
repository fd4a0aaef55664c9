package flow

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/flow/template"
)

// wrapped puts nodes into a flow that starts at "a".
func wrapped(nodes string) string {
	return `{"schema":1,"name":"Teste","languages":["pt-BR"],"start":"a","nodes":[` + nodes + `]}`
}

const (
	endZ = `{"name":"z","kind":"end"}`
	askA = `{"name":"a","kind":"question","text":"Nome?","expect":"text","save":"nome","next":"z"}`
)

func pick(name, title, next string) string {
	return fmt.Sprintf(`{"name":%q,"title":%q,"next":%q}`, name, title, next)
}

// chain makes n nodes of a form, the first called "a", the last leading to "z".
func chain(n int, form string) string {
	name := func(i int) string {
		switch i {
		case 0:
			return "a"
		case n:
			return "z"
		}
		return fmt.Sprint("n", i)
	}
	var nodes []string
	for i := range n {
		nodes = append(nodes, fmt.Sprintf(form, name(i), name(i+1)))
	}
	return strings.Join(append(nodes, endZ), ",")
}

func choose(options ...string) string {
	return `{"name":"a","kind":"choice","text":"?","options":[` + strings.Join(options, ",") + `]}`
}

func TestBrokenFlowsAreRefusedWithTheNode(t *testing.T) {
	long := strings.Repeat("x", 8001)
	for _, c := range []struct {
		name, text string
		where      string // node or field that the refusal is about
		what       string // part of what it says
	}{
		{"empty", ``, "", "JSON"},
		{"no object", `[]`, "", "does not belong"},
		{"cut off", wrapped(askA)[:60], "", "JSON"},
		{"trailing text", wrapped(askA+","+endZ) + "x", "", "JSON"},
		{"not UTF-8", wrapped(strings.ReplaceAll(askA, "Nome", "\xff")), "", "JSON"},
		{"NUL", wrapped(strings.ReplaceAll(askA, "Nome", `\u0000`)), "", "NUL"},
		{"too large", strings.Repeat(" ", maxDefinition+1), "", "bytes"},
		{"too deep", strings.Repeat("[", 100_000), "", "nested"},
		{"too deep in a node", wrapped(`{"name":"a","kind":"end","text":` + strings.Repeat(`{"pt-BR":`, 50) + `""` + strings.Repeat("}", 50) + `}`), "", "nested"},
		{"a later schema", strings.Replace(wrapped(askA+","+endZ), `"schema":1`, `"schema":2`, 1), "schema", "version"},
		{"no schema", strings.Replace(wrapped(askA+","+endZ), `"schema":1,`, ``, 1), "schema", "version"},
		{"an unknown field", strings.Replace(wrapped(askA+","+endZ), `"start"`, `"strat":1,"start"`, 1), "strat", "no such field"},
		{"an unknown field of a node", wrapped(strings.Replace(askA, `"text"`, `"txt":"x","text"`, 1) + "," + endZ), "nodes.a", "txt: there is no such field"},
		{"an unknown field of an option", wrapped(choose(`{"name":"s","titel":"S","next":"z"}`) + "," + endZ), "nodes.a", "titel"},
		{"a field twice", wrapped(strings.Replace(askA, `"text"`, `"text":"x","text"`, 1) + "," + endZ), "nodes.a.text", "twice"},
		{"a number for a text", wrapped(`{"name":"a","kind":"end","text":7}`), "nodes.a", "does not belong"},
		{"a text for a number", wrapped(strings.Replace(askA, `"save"`, `"min":"2","save"`, 1) + "," + endZ), "nodes.a", "does not belong"},
		{"an unknown kind", wrapped(`{"name":"a","kind":"script"}`), "nodes.a", `no kind of node "script"`},
		{"no kind", wrapped(`{"name":"a"}`), "nodes.a", "no kind"},
		{"a node that is no object", wrapped(`7`), "nodes.0", "does not belong"},
		{"too many nodes", wrapped(strings.Repeat(endZ+",", 2001) + endZ), "", "at most 2000 nodes"},
		{"a text with a nameless language", wrapped(`{"name":"a","kind":"end","text":{"":"x"}}`), "nodes.a", "language"},
		{"a variable that is a list", strings.Replace(wrapped(askA+","+endZ), `"start"`, `"variables":{"x":[1]},"start"`, 1), "variables.x", "text, a number"},

		{"no nodes", wrapped(``), "", "não tem passos"},
		{"no start", strings.Replace(wrapped(askA+","+endZ), `"start":"a"`, `"start":"b"`, 1), "", `O início do fluxo leva a "b"`},
		{"no languages", strings.Replace(wrapped(askA+","+endZ), `["pt-BR"]`, `[]`, 1), "", "o idioma dos textos"},
		{"a language twice", strings.Replace(wrapped(askA+","+endZ), `["pt-BR"]`, `["en","en"]`, 1), "", `"en"`},
		{"no name", strings.Replace(wrapped(askA+","+endZ), `"Teste"`, `" "`, 1), "", "o nome do fluxo"},
		{"a nameless node", wrapped(askA + "," + endZ + `,{"name":"","kind":"end"}`), "", `O nome ""`},
		{"a name with a space", wrapped(askA + "," + endZ + `,{"name":"x y","kind":"end"}`), "x y", `O nome "x y"`},
		{"a name twice", wrapped(askA + "," + endZ + "," + endZ), "z", "em uso"},
		{"a dead end", wrapped(`{"name":"a","kind":"message","text":"x","next":""}`), "a", `A saída "Depois" não leva a lugar nenhum`},
		{"an absent next", wrapped(`{"name":"a","kind":"message","text":"x"}`), "a", "lugar nenhum"},
		{"a dead end in an option", wrapped(choose(pick("s", "Sim", "z"), pick("n", "Não", "")) + "," + endZ), "a", `A opção "Não" não leva`},
		{"a way to nowhere", wrapped(strings.Replace(askA, `"next":"z"`, `"next":"q"`, 1)), "a", `"q", que não existe`},
		{"on_miss to nowhere", wrapped(strings.Replace(askA, `"next"`, `"on_miss":"q","next"`, 1) + "," + endZ), "a", `"q"`},
		{"an unreachable node", wrapped(askA + "," + endZ + `,{"name":"só","kind":"end"}`), "só", "Nenhum caminho"},
		{"a cycle of one", wrapped(`{"name":"a","kind":"message","text":"x","next":"a"}`), "a", "a > a"},
		{"a cycle of two", wrapped(`{"name":"a","kind":"message","text":"x","next":"b"},{"name":"b","kind":"set","set":[{"var":"x","to":"1"}],"next":"a"}`), "a", "a > b > a"},
		{"a cycle behind a wait", wrapped(strings.Replace(askA, `"z"`, `"b"`, 1) + `,{"name":"b","kind":"condition","cases":[{"when":"true","next":"c"}],"else":"z"},{"name":"c","kind":"message","text":"x","next":"b"},` + endZ), "b", "b > c > b"},
		{"ten messages at once", wrapped(chain(10, `{"name":"%s","kind":"message","text":"x","next":"%s"}`)), "a", "receberia 11 mensagens"},
		{"a hundred steps at once", wrapped(chain(100, `{"name":"%s","kind":"set","set":[{"var":"x","to":"1"}],"next":"%s"}`)), "a", "101 passos"},
		{"a variable never set", wrapped(`{"name":"a","kind":"end","text":"Olá {{vars.nome}}"}`), "a", `No texto é usada a variável "nome"`},
		{"a variable set on one way only", wrapped(choose(pick("s", "Sim", "b"), pick("n", "Não", "z")) + `,{"name":"b","kind":"set","set":[{"var":"x","to":"1"}],"next":"z"},{"name":"z","kind":"end","text":"{{vars.x}}"}`), "z", `a variável "x"`},
		{"a variable not set when misses leave", wrapped(strings.Replace(askA, `"next"`, `"on_miss":"z","next"`, 1) + `,{"name":"z","kind":"end","text":"{{vars.nome}}"}`), "z", `a variável "nome"`},
		{"a variable not set for an interrupt", strings.Replace(wrapped(askA+`,{"name":"z","kind":"end","text":"{{vars.nome}}"}`), `"nodes"`, `"settings":{"interrupts":[{"words":["fim de papo"],"next":"z"}]},"nodes"`, 1), "z", `a variável "nome"`},
		{"a variable read before its line", wrapped(`{"name":"a","kind":"set","set":[{"var":"x","to":"vars.y"},{"var":"y","to":"1"}],"next":"z"},` + endZ), "a", `a variável "y"`},
		{"a variable in the flow's own sentence", strings.Replace(wrapped(askA+","+endZ), `"nodes"`, `"settings":{"texts":{"bye":"Tchau {{vars.nome}}"}},"nodes"`, 1), "", `a variável "nome"`},
		{"an unknown value", wrapped(`{"name":"a","kind":"end","text":"{{customer.name}}"}`), "a", "customer.name"},
		{"a broken template", wrapped(`{"name":"a","kind":"end","text":"{{contact.name"}`), "a", "não é fechado"},
		{"a broken condition", wrapped(`{"name":"a","kind":"condition","cases":[{"when":"1 +","next":"z"}],"else":"z"},` + endZ), "a", "falta algo"},
		{"a condition with an assignment", wrapped(`{"name":"a","kind":"condition","cases":[{"when":"vars.x = 1","next":"z"}],"else":"z"},` + endZ), "a", "não faz sentido"},
		{"no cases", wrapped(`{"name":"a","kind":"condition","cases":[],"else":"z"},` + endZ), "a", "Falta preencher os caminhos"},
		{"no options", wrapped(choose()), "a", "Falta preencher as opções"},
		{"too many options", wrapped(choose(strings.Split(strings.Repeat(pick("s", "Sim", "z")+"\n", 100), "\n")[:100]...) + "," + endZ), "a", "Nas opções há 100 itens; o máximo é 99"},
		{"two options of one name", wrapped(choose(pick("s", "Sim", "z"), pick("s", "Não", "z")) + "," + endZ), "a", "em uso"},
		{"an option without a title", wrapped(choose(pick("s", "", "z")) + "," + endZ), "a", "o título da opção 1"},
		{"a choice without a text", wrapped(strings.Replace(choose(pick("s", "Sim", "z")), `"text":"?",`, "", 1) + "," + endZ), "a", "Falta preencher o texto."},
		{"a title too long for quick replies", wrapped(choose(pick("s", "Quero falar com o setor", "z")) + "," + endZ), "a", `A opção "Quero falar com o setor" apareceria cortada no Messenger`},
		{"a text too long for Instagram", wrapped(strings.Replace(askA, "Nome?", strings.Repeat("ã", 501), 1) + "," + endZ), "a", "Instagram cabem 1000"},
		{"a text too long for anybody", wrapped(strings.Replace(askA, "Nome?", long, 1) + "," + endZ), "a", "O texto tem 8001 caracteres; o máximo é 8000"},
		{"a header too long", wrapped(strings.Replace(choose(pick("s", "Sim", "z")), `"text"`, `"header":"`+strings.Repeat("x", 61)+`","text"`, 1) + "," + endZ), "a", "O cabeçalho tem 61"},
		{"an unknown expectation", wrapped(strings.Replace(askA, `"expect":"text"`, `"expect":"rg"`, 1) + "," + endZ), "a", `"rg"`},
		{"a question that saves nothing", wrapped(strings.Replace(askA, `"save":"nome",`, "", 1) + "," + endZ), "a", "onde guardar a resposta"},
		{"a variable's name with a capital", wrapped(strings.Replace(askA, `"nome"`, `"Nome"`, 1) + "," + endZ), "a", `"Nome"`},
		{"a minimum over the maximum", wrapped(strings.Replace(askA, `"save"`, `"min":9,"max":2,"save"`, 1) + "," + endZ), "a", "maior que"},
		{"a medium of an unknown kind", wrapped(`{"name":"a","kind":"message","media":{"kind":"hologram","blob":"b","mime":"x/y"},"next":"z"},` + endZ), "a", "hologram"},
		{"a medium without bytes", wrapped(`{"name":"a","kind":"message","media":{"kind":"image","blob":"","mime":"image/png"},"next":"z"},` + endZ), "a", "o arquivo"},
		{"a place that is none", wrapped(`{"name":"a","kind":"message","location":{"latitude":91,"longitude":0},"next":"z"},` + endZ), "a", "mapa"},
		{"an empty message", wrapped(`{"name":"a","kind":"message","next":"z"},` + endZ), "a", "Falta preencher o texto."},
		{"nothing to set", wrapped(`{"name":"a","kind":"set","next":"z"},` + endZ), "a", "os valores a guardar"},
		{"an untold language", wrapped(`{"name":"a","kind":"end","text":{"pt-BR":"x","fr":"y"}}`), "a", `"fr"`},
		{"no text in the default language", wrapped(`{"name":"a","kind":"end","text":{"en":"x"}}`), "a", "o texto em português"},
		{"a timer beyond the window", strings.Replace(wrapped(askA+","+endZ), `"nodes"`, `"settings":{"idle":{"minutes":2000}},"nodes"`, 1), "", "1380"},
		{"a person's word taken away", strings.Replace(wrapped(askA+","+endZ), `"nodes"`, `"settings":{"interrupts":[{"words":["Atendente"],"next":"z"}]},"nodes"`, 1), "", "sempre chama uma pessoa"},
		{"misses out of bounds", wrapped(strings.Replace(askA, `"save"`, `"misses":-1,"save"`, 1) + "," + endZ), "a", "O número de tentativas"},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := processorTime()
			definition, err := Parse([]byte(c.text))
			if err == nil {
				flow, issues := Compile(definition, Options{Channels: allChannels})
				if flow != nil {
					t.Fatal("it was accepted")
				}
				var told []string
				for _, issue := range issues {
					told = append(told, issue.Node+": "+issue.Sentence("pt-BR"))
					if issue.Weight == Error && issue.Node == c.where && strings.Contains(issue.Sentence("pt-BR"), c.what) {
						return
					}
				}
				t.Fatalf("told %q, want %q about %q", told, c.what, c.where)
			}
			var known *fault.Error
			if !errorsAs(err, &known) {
				t.Fatalf("not a fault: %v", err)
			}
			if c.where != "" && !strings.HasPrefix(known.Field, c.where) || !strings.Contains(known.Message, c.what) {
				t.Fatalf("field %q, message %q; want %q, %q", known.Field, known.Message, c.where, c.what)
			}
			if spent := processorTime() - start; spent > slower*250*time.Millisecond {
				t.Errorf("took %v", spent)
			}
		})
	}
}

func errorsAs(err error, target **fault.Error) bool {
	known, ok := err.(*fault.Error)
	*target = known
	return ok
}

func TestSentencesAreWholeInBothLanguages(t *testing.T) {
	source, err := os.ReadFile("issue.go")
	if err != nil {
		t.Fatal(err)
	}
	codes := regexp.MustCompile(`\tcode\w+ += "(\w+)"`).FindAllStringSubmatch(string(source), -1)
	if len(codes) < 50 {
		t.Fatalf("%d codes", len(codes))
	}
	for _, found := range codes {
		code := found[1]
		issue := Issue{Code: code, Args: []string{"um", "dois", "três", "quatro", "cinco"}}
		pt, en := issue.Sentence("pt-BR"), issue.Sentence("en")
		if pt == code || en == code || pt == en || strings.Contains(pt+en, "$") {
			t.Errorf("%s: %q, %q", code, pt, en)
		}
	}
}

func TestAnArgumentIsNoPlaceForAnother(t *testing.T) {
	issue := Issue{Code: codeNowhere, Args: []string{"$2", "$1"}}
	if got := issue.Sentence("en"); got != `The exit "$2" leads to "$1", which does not exist.` {
		t.Error(got)
	}
}

func TestWarningsDoNotStopAFlow(t *testing.T) {
	options := make([]string, 14)
	for i := range options {
		options[i] = pick(fmt.Sprint("o", i), fmt.Sprint("Opção ", i), "z")
	}
	text := strings.Replace(wrapped(choose(options...)+","+endZ), `["pt-BR"]`, `["pt-BR","en"]`, 1)
	text = strings.Replace(text, `"text":"?"`, `"text":{"pt-BR":"?"}`, 1)
	definition, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	flow, issues := Compile(definition, Options{Channels: allChannels})
	if flow == nil {
		t.Fatal(issues)
	}
	codes := map[string]int{}
	for _, issue := range issues {
		codes[issue.Code]++
	}
	if codes[codeNumbered] == 0 || codes[codeUntranslated] == 0 {
		t.Fatalf("warnings %v", codes)
	}
}

func TestTextFormIsStable(t *testing.T) {
	for _, name := range template.Names() {
		source, err := template.Text(name)
		if err != nil {
			t.Fatal(err)
		}
		definition, err := Parse(source)
		if err != nil {
			t.Fatal(err)
		}
		first, err := definition.Text()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(first)
		if err != nil {
			t.Fatalf("%s: its own text can't be read: %v", name, err)
		}
		second, err := again.Text()
		if err != nil {
			t.Fatal(err)
		}
		if string(first) != string(second) {
			t.Errorf("%s changes when it is read and written", name)
		}
		var a, b any
		if json.Unmarshal(source, &a) != nil || json.Unmarshal(first, &b) != nil || fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("%s loses something when it is written", name)
		}
		hash, err := definition.Hash()
		other, err2 := again.Hash()
		if err != nil || err2 != nil || hash != other || len(hash) != 64 {
			t.Errorf("%s: hash %s, then %s", name, hash, other)
		}
	}
}

func TestThousandNodesInTime(t *testing.T) {
	var nodes []string
	for i := range 1000 {
		next := fmt.Sprint("n", i+1)
		if i == 999 {
			next = "z"
		}
		nodes = append(nodes, fmt.Sprintf(`{"name":"n%d","kind":"choice","text":"Pergunta {{contact.name}} %d","save":"v%d","options":[%s,%s]}`,
			i, i, i%60, pick("s", "Sim", next), pick("n", "Não", "z")))
	}
	text := []byte(strings.Replace(wrapped(strings.Join(nodes, ",")+","+endZ), `"start":"a"`, `"start":"n0"`, 1))
	best := time.Hour
	for range 3 { // the machine may be busy with others' work
		start := processorTime()
		definition, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		flow, issues := Compile(definition, Options{Channels: []message.Channel{message.WhatsApp, message.Telegram}})
		if flow == nil {
			t.Fatal(issues)
		}
		best = min(best, processorTime()-start)
	}
	t.Logf("%d bytes parsed, proved and compiled in %v", len(text), best)
	if best > slower*250*time.Millisecond {
		t.Errorf("a flow of 1,000 nodes took %v", best)
	}
}

func FuzzDefinition(f *testing.F) {
	for _, name := range template.Names() {
		text, err := template.Text(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(wrapped(askA + "," + endZ)))
	f.Add([]byte(wrapped(`{"name":"a","kind":"message","media":{"kind":"image","blob":"b","mime":"image/png"},"text":{"pt-BR":"x"},"next":"a"}`)))
	f.Fuzz(func(t *testing.T, text []byte) {
		definition, err := Parse(text)
		if err != nil {
			return
		}
		flow, _ := Compile(definition, Options{Channels: allChannels})
		if flow == nil {
			return
		}
		canonical, err := definition.Text()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(canonical); err != nil {
			t.Fatalf("a good flow is not read back: %v\n%s", err, canonical)
		}
		// What passed the proofs answers, and holds the invariants.
		c := meet(t, flow, message.WhatsApp)
		for _, line := range []string{"oi", "1", "2", "x@y.com", "!voice", "atendente"} {
			if c.state.Status != New && c.state.Status != Waiting {
				return
			}
			before := c.state
			holds(t, c, before, line, c.write(line))
		}
	})
}
