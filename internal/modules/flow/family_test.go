package flow

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"prosa/internal/message"
	"prosa/internal/modules/flow/expression"
)

// meetFamily compiles a flow with the flows that it names and meets a customer.
func meetFamily(t *testing.T, root string, flows map[string]string) *customer {
	t.Helper()
	parse := func(text string) *Definition {
		definition, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return definition
	}
	options := Options{Channels: allChannels, Key: "eu", Flows: map[string]*Definition{}}
	for key, text := range flows {
		options.Flows[key] = parse(text)
	}
	flow, issues := Compile(parse(root), options)
	if flow == nil {
		for _, issue := range issues {
			t.Errorf("%s/%s: %s", issue.Flow, issue.Node, issue.Sentence("en"))
		}
		t.FailNow()
	}
	return meet(t, flow, message.WhatsApp)
}

const (
	callFilho = `{"name":"a","kind":"message","text":"Antes","next":"s"},{"name":"s","kind":"subflow","flow":"filho","in":{"p":"vars.x + 1"},"out":{"r":"q"},"outcomes":[{"name":"não","next":"n"}],"next":"z","on_error":"e"},` +
		`{"name":"n","kind":"end","text":"não {{vars.x}}"},{"name":"e","kind":"handoff","text":"Falhou lá dentro."},{"name":"z","kind":"end","text":"r={{vars.r}} x={{vars.x}}"}`
	filho = `{"name":"a","kind":"question","text":"p={{vars.p}}","expect":"number","save":"q","next":"c"},{"name":"c","kind":"condition","cases":[{"when":"vars.q > 10","next":"muito"}],"else":"r"},` +
		`{"name":"muito","kind":"return","outcome":"não"},{"name":"r","kind":"return"}`
)

func withVariables(text, variables string) string {
	return strings.Replace(text, `"nodes"`, `"variables":{`+variables+`},"nodes"`, 1)
}

func TestASubflowTakesAndGives(t *testing.T) {
	for said, want := range map[string]string{"7": "r=7 x=1", "70": "não 1"} {
		c := meetFamily(t, withVariables(wrapped(callFilho), `"x":1`), map[string]string{"filho": withVariables(wrapped(filho), `"p":0`)})
		if text := lastText(t, c.write("oi")); text != "p=2" || c.state.Path() != "s/a" || len(c.state.Stack) != 1 {
			t.Fatalf("%q at %s", text, c.state.Path())
		}
		// Its variables are its own.
		if c.state.Get("x").Kind != expression.Empty || c.state.Get("p").String() != "2" {
			t.Errorf("%+v", c.state.Vars)
		}
		if text := lastText(t, c.write(said)); text != want || len(c.state.Stack) != 0 {
			t.Errorf("%s: %q", said, text)
		}
	}
}

func TestASubflowBeginsAfreshEachTime(t *testing.T) {
	root := `{"name":"a","kind":"choice","text":"?","options":[` + pick("vai", "Vai", "s") + `]},{"name":"s","kind":"subflow","flow":"filho","next":"a"}`
	child := `{"name":"a","kind":"set","set":[{"var":"n","to":"vars.n + 1"}],"next":"b"},{"name":"b","kind":"question","text":"n={{vars.n}}","expect":"text","save":"x","next":"r"},{"name":"r","kind":"return"}`
	c := meetFamily(t, wrapped(root), map[string]string{"filho": withVariables(wrapped(child), `"n":0`)})
	c.write("oi")
	for range 5 {
		if text := lastText(t, c.write("1")); text != "n=1" {
			t.Fatalf("%q", text)
		}
		c.write("ok")
		if size := len(c.state.Encode()); size > 200 || c.state.Node != "a" {
			t.Fatalf("%d bytes at %s", size, c.state.Path())
		}
	}
}

// What fails inside of a sub-flow goes its own way for failures, then the way of
// the node that called it, then the way of the flow around it, and else to a
// person.
func TestFailuresFindTheNearestWay(t *testing.T) {
	settings := func(text, node string) string {
		return strings.Replace(text, `"nodes"`, `"settings":{"on_error":"`+node+`"},"nodes"`, 1)
	}
	const helpers = `,{"name":"h","kind":"handoff","text":"De dentro."}`
	for name, c := range map[string]struct{ root, child, want string }{
		"of the sub-flow":     {wrapped(callFilho), settings(wrapped(filho+helpers), "h"), "De dentro."},
		"of the calling node": {wrapped(callFilho), wrapped(filho), "Falhou lá dentro."},
		"of the flow around":  {settings(wrapped(strings.Replace(callFilho, `,"on_error":"e"`, "", 1)), "e"), wrapped(filho), "Falhou lá dentro."},
		"none":                {wrapped(strings.Replace(strings.Replace(callFilho, `,"on_error":"e"`, "", 1), `{"name":"e","kind":"handoff","text":"Falhou lá dentro."},`, "", 1)), wrapped(filho), portuguese.apology},
	} {
		customer := meetFamily(t, withVariables(c.root, `"x":1`), map[string]string{"filho": withVariables(c.child, `"p":0`)})
		customer.write("oi")
		customer.state.Node = "sumiu" // as after a move to a version without it
		effects := customer.write("7")
		if text := lastText(t, effects); text != c.want {
			t.Errorf("%s: %q", name, text)
		}
		if last := effects[len(effects)-1].HandOff; last == nil || last.Fields["x"] != "1" {
			t.Errorf("%s: %+v", name, last)
		}
	}
}

func TestASessionWhoseFlowIsGone(t *testing.T) {
	c := meetFamily(t, withVariables(wrapped(callFilho), `"x":1`), map[string]string{"filho": withVariables(wrapped(filho), `"p":0`)})
	c.write("oi")
	if !c.flow.Fits(c.state) {
		t.Error("it does not fit its own version")
	}
	other := talk(t, "", askA, endZ).flow
	if other.Fits(c.state) {
		t.Error("it fits a version without its flow")
	}
	c.flow = other
	if c.write("7"); c.state.Status != Failed {
		t.Errorf("%s", c.state.Status)
	}
	for _, state := range []State{{Node: "a"}, {Node: "z"}, {Node: "q"}, {Flow: "x", Node: "a"}, {Node: "a", Stack: []Frame{{Node: "a"}}}, {Node: "a", Stack: []Frame{{Flow: "x", Node: "a"}}}} {
		want := reflect.DeepEqual(state, State{Node: "a"})
		if got := other.Fits(state); got != want {
			t.Errorf("%+v: %v", state, got)
		}
	}
}

// Sub-flows as deep as they may be, and the longest state that they make.
func TestSubflowsAsDeepAsTheyMayBe(t *testing.T) {
	flows := map[string]string{}
	call := func(to string) string {
		return wrapped(`{"name":"a","kind":"subflow","flow":"` + to + `","next":"r"},{"name":"r","kind":"return"}`)
	}
	for i := range MaxStack - 1 {
		flows[fmt.Sprint("f", i)] = call(fmt.Sprint("f", i+1))
	}
	flows[fmt.Sprint("f", MaxStack-1)] = wrapped(`{"name":"a","kind":"question","text":"Fundo?","expect":"text","save":"x","next":"r"},{"name":"r","kind":"return"}`)
	c := meetFamily(t, call("f0"), flows)
	if text := lastText(t, c.write("oi")); text != "Fundo?" || len(c.state.Stack) != MaxStack {
		t.Fatalf("%q, %d deep", text, len(c.state.Stack))
	}
	if back, err := Decode(c.state.Encode()); err != nil || !reflect.DeepEqual(back, c.state) {
		t.Fatalf("%+v, %v", back, err)
	}
	if c.write("ok"); c.state.Status != Ended || len(c.state.Stack) != 0 {
		t.Fatalf("%s, %d deep", c.state.Status, len(c.state.Stack))
	}
	if strings.Count(fmt.Sprint(c.trail), "next") < MaxStack {
		t.Errorf("%v", c.trail)
	}
}

func TestWishesLeaveSubflows(t *testing.T) {
	for said, want := range map[string]Status{"atendente": HandedOff, "sair": Ended, "menu": Waiting} {
		c := meet(t, compiled(t, "loja"), message.WhatsApp)
		for _, line := range []string{"oi", "1", "Ana", "x", "y"} {
			c.write(line)
		}
		if c.state.Path() != "dados/confirma/pergunta" {
			t.Fatalf("at %s", c.state.Path())
		}
		effects := c.write(said)
		if c.state.Status != want || want == Waiting && (c.state.Path() != "menu" || len(c.state.Stack) != 0) {
			t.Errorf("%s: %s at %s", said, c.state.Status, c.state.Path())
		}
		if want == HandedOff {
			if fields := effects[len(effects)-1].HandOff.Fields; fields["nome"] != "Ana" || fields["desejo"] != "pedido" {
				t.Errorf("handed over %v", fields)
			}
		}
	}
}

func TestAJumpForgetsWhereItCameFrom(t *testing.T) {
	root := `{"name":"a","kind":"choice","text":"?","save":"x","options":[` + pick("vai", "Vai", "j") + `]},{"name":"j","kind":"jump","flow":"outro"}`
	other := `{"name":"a","kind":"choice","text":"Aqui","options":[` + pick("volta", "Volta", "j") + `,` + pick("fim", "Fim", "r") + `]},{"name":"j","kind":"jump","flow":"eu"},{"name":"r","kind":"return"}`
	c := meetFamily(t, wrapped(root), map[string]string{"outro": strings.Replace(wrapped(other), `["pt-BR"]`, `["en","pt-BR"]`, 1)})
	c.write("oi")
	for range 20 {
		if text := lastText(t, c.write("1")); text != "Aqui" || c.state.Path() != "outro:a" || c.state.Vars != nil || c.flow.family["outro"].languages[c.state.Lang] != "pt-BR" {
			t.Fatalf("%q: %+v", text, c.state)
		}
		if c.write("menu"); c.state.Path() != "outro:a" {
			t.Fatalf("the menu is that of the flow it is in, not %s", c.state.Path())
		}
		if text := lastText(t, c.write("1")); text != "?" || c.state.Flow != "" {
			t.Fatalf("%q: %+v", text, c.state)
		}
	}
	c.write("1")
	if c.write("2"); c.state.Status != Ended { // a return with nothing to return to
		t.Fatalf("%s", c.state.Status)
	}
}

func TestIssuesNameTheirFlow(t *testing.T) {
	definition, err := Parse([]byte(withVariables(wrapped(callFilho), `"x":1`)))
	if err != nil {
		t.Fatal(err)
	}
	child, err := Parse([]byte(withVariables(wrapped(strings.Replace(filho, `"else":"r"`, `"else":""`, 1)), `"p":0`)))
	if err != nil {
		t.Fatal(err)
	}
	_, issues := Compile(definition, Options{Flows: map[string]*Definition{"filho": child}})
	var told []string
	for _, issue := range issues {
		told = append(told, issue.Flow+"/"+issue.Node+"/"+issue.Code)
	}
	if !reflect.DeepEqual(told[0], "filho/c/"+codeDeadEnd) {
		t.Errorf("%v", told)
	}
}

func TestSecretsAreCheckedWhereTheyAreKnown(t *testing.T) {
	definition, err := Parse([]byte(wrapped(strings.Join([]string{strings.Replace(askOrder, `"w"`, `"w"`, 1), callW, toldY, toldN}, ","))))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		known []string
		want  int
	}{{nil, 0}, {[]string{}, 2}, {[]string{"OUTRA"}, 2}, {[]string{"API_KEY"}, 0}} {
		flow, issues := Compile(definition, Options{Secrets: c.known})
		if flow == nil || len(issues) != c.want {
			t.Errorf("%v: %v", c.known, issues)
		}
		for _, issue := range issues {
			if issue.Code != codeSecretUnknown || issue.Weight != Warning || issue.Node != "w" {
				t.Errorf("%+v", issue)
			}
		}
	}
}
