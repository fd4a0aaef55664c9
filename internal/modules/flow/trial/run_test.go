package trial

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/modules/flow/template"
)

var update = flag.Bool("update", false, "write the goldens anew")

// everything has what a test can meet: options, waits, a web call, tags, a
// rating, more options than a channel shows.
const everything = `{"schema":1,"name":"Tudo","languages":["pt-BR"],"start":"menu","settings":{"team":"Geral"},"nodes":[
	{"name":"menu","kind":"choice","text":"O que vai ser?","save":"quer","options":[
		{"name":"espera","title":"Esperar","next":"avisa"},{"name":"consulta","title":"Consultar","next":"consulta"},{"name":"nota","title":"Dar nota","next":"marca"},
		{"name":"mes","title":"Mês","next":"mes"},{"name":"foto","title":"Foto","next":"foto"},{"name":"email","title":"E-mail","next":"email"}]},
	{"name":"avisa","kind":"message","text":"Já volto.","next":"espera"},
	{"name":"espera","kind":"wait","minutes":30,"next":"voltei","on_message":"calma"},
	{"name":"voltei","kind":"message","text":"Voltei!","next":"menu"},
	{"name":"calma","kind":"message","text":"Calma!","next":"menu"},
	{"name":"consulta","kind":"web","method":"GET","url":"https://example.com/{{vars.quer}}","save":{"valor":"a.b"},"next":"valor","on_error":"erro"},
	{"name":"valor","kind":"end","text":"Vale {{vars.valor}}."},
	{"name":"erro","kind":"handoff","team":"Suporte","text":"Deu erro."},
	{"name":"marca","kind":"tag","add":["avaliou"],"next":"nota"},
	{"name":"nota","kind":"rating","text":"Que nota?","scale":5,"save":"nota","next":"fim"},
	{"name":"mes","kind":"choice","text":"Qual mês?","save":"mes","options":[
		{"name":"m1","title":"1º","next":"fim"},{"name":"m2","title":"2º","next":"fim"},{"name":"m3","title":"3º","next":"fim"},{"name":"m4","title":"4º","next":"fim"},
		{"name":"m5","title":"5º","next":"fim"},{"name":"m6","title":"6º","next":"fim"},{"name":"m7","title":"7º","next":"fim"},{"name":"m8","title":"8º","next":"fim"},
		{"name":"m9","title":"9º","next":"fim"},{"name":"m10","title":"10º","next":"fim"},{"name":"m11","title":"11º","next":"fim"},{"name":"m12","title":"12º","next":"fim"}]},
	{"name":"foto","kind":"message","media":{"kind":"image","blob":"b","mime":"image/png"},"text":"Veja:","next":"onde"},
	{"name":"onde","kind":"message","location":{"latitude":-8,"longitude":-34,"name":"Loja"},"next":"menu"},
	{"name":"email","kind":"question","text":"Qual e-mail?","expect":"email","save":"email","field":"email","next":"fim"},
	{"name":"fim","kind":"end","text":"Fim."}]}`

// Each test of testdata/run.json is played; the golden has the conversation, how
// it went, and the sentence for what failed in both languages.
func TestRun(t *testing.T) {
	subject := prepared(t, everything)
	text, err := os.ReadFile("testdata/run.json")
	if err != nil {
		t.Fatal(err)
	}
	tests, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for i := range tests {
		result := Run(t.Context(), subject, &tests[i])
		fmt.Fprintf(&b, "# %s\n", result.Name)
		for _, line := range result.Lines {
			fmt.Fprintln(&b, line)
		}
		if result.Passed {
			fmt.Fprintf(&b, "passed, %d steps\n\n", len(result.Steps))
			continue
		}
		fmt.Fprintf(&b, "failed at %d\n  %s\n  %s\n\n", result.Step, result.Sentence("pt-BR"), result.Sentence("en"))
		if strings.Contains(result.Sentence("pt-BR")+result.Sentence("en"), "$") || len(result.Steps) != result.Step+1 || result.Steps[result.Step].Passed {
			t.Errorf("%+v", result)
		}
	}
	golden := filepath.Join("testdata", "run.txt")
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

// What was recorded passes, says all that was said, and survives its text form.
func TestWhatIsRecordedPasses(t *testing.T) {
	subjects := map[string]*Subject{"everything": prepared(t, everything)}
	for _, name := range template.Names() {
		subjects[name] = ready(t, name)
	}
	names := append([]string{"everything"}, template.Names()...)
	rapid.Check(t, func(rt *rapid.T) {
		subject := subjects[rapid.SampledFrom(names).Draw(rt, "flow")]
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 7))
		played, _ := converse(subject, rng, rapid.SampledFrom(allChannels).Draw(rt, "channel"), 12)
		played.Name = "gravado"
		recorded, err := Record(t.Context(), subject, &played)
		if err != nil {
			if fault.Is(err, fault.Invalid) {
				return // it holds an answer that nobody waited for any more
			}
			rt.Fatal(err)
		}
		text, err := Text([]Test{recorded})
		if err != nil {
			rt.Fatal(err)
		}
		tests, err := Parse(text)
		if err != nil {
			rt.Fatalf("%v\n%s", err, text)
		}
		result := Run(t.Context(), subject, &tests[0])
		if !result.Passed {
			rt.Fatalf("%s\n%s", result.Sentence("en"), text)
		}
		said := 0
		for _, line := range result.Lines {
			if line.Who == whoBot {
				said++
			}
		}
		for _, step := range tests[0].Steps {
			if step.Bot != nil {
				said--
			}
		}
		if said != 0 {
			rt.Fatalf("%d messages were not recorded", said)
		}
		again, err := Record(t.Context(), subject, &tests[0])
		if err != nil {
			rt.Fatal(err)
		}
		if twice, _ := Text([]Test{again}); string(twice) != string(text) {
			rt.Fatalf("a recording of a recording differs:\n%s\n%s", text, twice)
		}
	})
}

// A test that was true once fails when the flow changes, and says how.
func TestARecordingSeesAChange(t *testing.T) {
	subject := prepared(t, everything)
	recorded, err := Record(t.Context(), subject, &Test{Name: "nota", Steps: []Step{
		{Customer: &Customer{Text: "oi"}}, {Customer: &Customer{Pick: "nota"}}, {Customer: &Customer{Pick: "5"}}}})
	if err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{
		`"text":"Que nota?"`: `"text":"Quantas estrelas?"`, `"name":"mes","title"`: `"name":"data","title"`, `"save":"nota","next":"fim"`: `"save":"nota","next":"erro"`,
	} {
		changed := prepared(t, strings.Replace(everything, from, to, 1))
		if result := Run(t.Context(), changed, &recorded); result.Passed || result.Sentence("pt-BR") == "" {
			t.Errorf("%s was not seen", to)
		}
	}
}

func TestRecordRefusesWhatCantBePlayed(t *testing.T) {
	subject := prepared(t, everything)
	for name, test := range map[string]Test{
		"no name":     {Steps: []Step{{Start: true}}},
		"no option":   {Name: "x", Steps: []Step{{Start: true}, {Customer: &Customer{Pick: "lua"}}}},
		"no call":     {Name: "x", Steps: []Step{{Start: true}, {Answer: &Answer{OK: true}}}},
		"a bad time":  {Name: "x", Now: "hoje", Steps: []Step{{Start: true}}},
		"a bad step":  {Name: "x", Steps: []Step{{}}},
		"no choice":   {Name: "x", Steps: []Step{{Customer: &Customer{Pick: "nota"}}}},
		"a bad place": {Name: "x", Channel: "fax", Steps: []Step{{Start: true}}},
	} {
		if _, err := Record(t.Context(), subject, &test); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCoverageAddsUp(t *testing.T) {
	subject := prepared(t, everything)
	var sum Coverage
	for _, pick := range []string{"foto", "email"} {
		result := Run(t.Context(), subject, &Test{Name: pick, Steps: []Step{{Customer: &Customer{Text: "oi"}}, {Customer: &Customer{Pick: pick}}}})
		sum.Add(result.Coverage)
	}
	if sum.Nodes["menu"] != 3 || sum.Exits["menu/foto"] != 1 || sum.Exits["menu/email"] != 1 || sum.Nodes["onde"] != 1 {
		text, _ := json.Marshal(sum)
		t.Errorf("%s", text)
	}
	nodes, exits := sum.Missed(subject.Graph())
	if strings.Contains(strings.Join(nodes, " "), "foto") || !strings.Contains(strings.Join(exits, " "), "menu/nota") || strings.Contains(strings.Join(exits, " "), "on_miss") {
		t.Errorf("%v %v", nodes, exits)
	}
}

// Numbers, not buttons, where a channel shows numbers.
func TestPickingWhereNumbersAreShown(t *testing.T) {
	subject := prepared(t, everything)
	for _, channel := range allChannels {
		result := Run(t.Context(), subject, &Test{Name: "mês", Channel: channel, Steps: []Step{
			{Customer: &Customer{Text: "oi"}}, {Customer: &Customer{Pick: "mes"}}, {Customer: &Customer{Pick: "m12"}},
			{Expect: &Expect{Status: "ended", Vars: map[string]jsontext.Value{"mes": jsontext.Value(`"m12"`)}}}}})
		if !result.Passed {
			t.Errorf("%s: %s", channel, result.Sentence("en"))
		}
	}
}

// A split goes by the session: a test says which.
func TestBothArmsOfASplit(t *testing.T) {
	subject := prepared(t, `{"schema":1,"name":"Divide","languages":["pt-BR"],"start":"s","nodes":[
		{"name":"s","kind":"split","arms":[{"name":"a","weight":1,"next":"fa"},{"name":"b","weight":1,"next":"fb"}]},
		{"name":"fa","kind":"end","text":"A"},{"name":"fb","kind":"end","text":"B"}]}`)
	seen := map[string]int{}
	for i := range 20 {
		test := Test{Name: "x", Session: fmt.Sprintf("sessao-%05d", i), Steps: []Step{{Start: true}}}
		recorded, err := Record(t.Context(), subject, &test)
		if err != nil {
			t.Fatal(err)
		}
		if result := Run(t.Context(), subject, &recorded); !result.Passed {
			t.Error(result.Sentence("en"))
		}
		seen[recorded.Steps[1].Bot.Text]++
	}
	if seen["A"] == 0 || seen["B"] == 0 || seen["A"]+seen["B"] != 20 {
		t.Error(seen)
	}
}
