package flow

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/message"
	"prosa/internal/message/fold"
	"prosa/internal/modules/flow/expression"
)

// callA asks for an order, calls a service and tells what came of it.
const (
	askOrder = `{"name":"a","kind":"question","text":"Pedido?","expect":"text","save":"pedido","next":"w"}`
	callW    = `{"name":"w","kind":"web","method":"POST","url":"https://api.exemplo.com.br/pedidos/{{vars.pedido}}?q={{vars.pedido}}","headers":{"Authorization":"Bearer {{secret.API_KEY}}","X-Nome":"{{contact.name}}"},` +
		`"body":"{\"pedido\":\"{{vars.pedido}}\",\"valor\":{{vars.pedido}},\"chave\":\"{{secret.API_KEY}}\"}","timeout_seconds":5,"save":{"estado":"pedido.estado","itens":"pedido.itens.#","nome":"pedido.itens.1.nome"},"status":"http","next":"y","on_error":"n"}`
	toldY = `{"name":"y","kind":"end","text":"{{vars.estado}}, {{vars.itens}} itens, {{vars.nome}} ({{vars.http}})"}`
	toldN = `{"name":"n","kind":"handoff","text":"Não deu ({{vars.http}})."}`
)

func (c *customer) answered(ok bool, status int, body string) []Effect {
	c.env.NowMS += 500
	return c.step(Input{Kind: Answered, Answer: &Answer{ID: c.ask.ID, OK: ok, Status: status, Body: body}})
}

func request(t *testing.T, ask *Ask) WebRequest {
	t.Helper()
	var out WebRequest
	if ask == nil || ask.Kind != "web" {
		t.Fatalf("no web call: %+v", ask)
	}
	if err := json.Unmarshal(ask.Request, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAWebCallAndItsAnswer(t *testing.T) {
	c := talk(t, "", askOrder, callW, toldY, toldN)
	c.write("oi")
	effects := c.write("A 1/2")
	if len(effects) != 2 || effects[0].Ask == nil || effects[1].Schedule == nil || c.state.Status != Waiting || c.state.Node != "w" {
		t.Fatalf("%+v", effects)
	}
	got := request(t, c.ask)
	if got.Method != "POST" || got.URL != "https://api.exemplo.com.br/pedidos/A%201%2F2?q=A+1%2F2" || got.TimeoutSeconds != 5 {
		t.Errorf("%+v", got)
	}
	if got.Body != `{"pedido":"A 1/2","valor":"A 1/2","chave":"{{secret.API_KEY}}"}` || got.Headers["Authorization"] != "Bearer {{secret.API_KEY}}" || got.Headers["X-Nome"] != "Ana Souza" {
		t.Errorf("%+v", got)
	}
	if wait := c.timer.AtMS - c.env.NowMS; wait != 65_000 {
		t.Errorf("the deadline is %d ms away", wait)
	}
	if c.ask.ID != AskID(c.state.Asked) || c.ask.Node != "w" {
		t.Errorf("%+v", c.ask)
	}
	told := c.answered(true, 200, `{"pedido":{"estado":"a caminho","itens":[{"nome":"bola"},{"nome":"rede"}]}}`)
	if text := lastText(t, told); text != "a caminho, 2 itens, rede (200)" {
		t.Errorf("%q", text)
	}
	if trail := fmt.Sprint(c.trail); trail != "[{w next} {y }]" {
		t.Errorf("%v", c.trail)
	}
}

func TestEveryFailureOfAWebCallHasItsWay(t *testing.T) {
	deep := strings.Repeat("[", 40) + strings.Repeat("]", 40)
	for name, answer := range map[string]Answer{
		"a status": {Status: 500, Body: `{}`}, "no response": {Error: "timeout"}, "no JSON": {OK: true, Status: 200, Body: "<html>"}, "an empty body": {OK: true, Status: 200},
		"too much": {OK: true, Status: 200, Body: `"` + strings.Repeat("x", MaxAnswer) + `"`}, "too deep": {OK: true, Status: 200, Body: deep}, "two values": {OK: true, Status: 200, Body: `{} {}`},
		"cut off": {OK: true, Status: 200, Body: `{"pedido":{"itens":[1,2`}, "a broken list": {OK: true, Status: 200, Body: `{"pedido":{"itens":[1 2]}}`},
	} {
		c := talk(t, "", askOrder, callW, toldY, toldN)
		c.write("oi")
		c.write("1")
		answer.ID = c.ask.ID
		effects := c.step(Input{Kind: Answered, Answer: &answer})
		if want := fmt.Sprintf("Não deu (%d).", answer.Status); lastText(t, effects) != want || c.state.Status != HandedOff {
			t.Errorf("%s: %q, %s", name, lastText(t, effects), c.state.Status)
		}
	}
	late := talk(t, "", askOrder, callW, toldY, toldN)
	late.write("oi")
	late.write("1")
	if effects := late.write("!idle"); lastText(t, effects) != "Não deu (0)." {
		t.Errorf("the deadline: %+v", effects)
	}
}

func TestALateAnswerDoesNothing(t *testing.T) {
	c := talk(t, "", strings.Replace(askOrder, `"w"`, `"w"`, 1), strings.Replace(callW, `"on_error":"n"`, `"on_error":"a"`, 1), toldY)
	c.write("oi")
	c.write("1")
	first := *c.ask
	c.write("!idle")
	before := c.state
	for _, answer := range []*Answer{{ID: first.ID, OK: true, Status: 200, Body: `{}`}, {ID: "ask.99"}, {ID: ""}, nil} {
		if effects := c.step(Input{Kind: Answered, Answer: answer}); len(effects) != 0 || c.state.Seq != before.Seq {
			t.Errorf("%+v: %+v", answer, effects)
		}
	}
	c.write("2") // asks again: the first answer is still not this one's
	before = c.state
	if effects := c.step(Input{Kind: Answered, Answer: &Answer{ID: first.ID, OK: true, Body: `{}`}}); len(effects) != 0 || c.state.Seq != before.Seq {
		t.Errorf("%+v", effects)
	}
}

func TestWhatIsWrittenDuringACallIsAnsweredAfterIt(t *testing.T) {
	c := talk(t, "", askOrder, strings.Replace(callW, `"next":"y"`, `"next":"b"`, 1), `{"name":"b","kind":"question","text":"E o bairro?","expect":"text","save":"bairro","next":"y"}`,
		`{"name":"y","kind":"end","text":"{{vars.bairro}}"}`, toldN)
	c.write("oi")
	c.write("1")
	for _, line := range []string{"boa", "vista"} {
		if effects := c.write(line); len(effects) != 1 || effects[0].Schedule == nil || effects[0].Schedule.AtMS != c.state.DueMS {
			t.Fatalf("%q: %+v", line, effects)
		}
	}
	effects := c.answered(true, 200, `{}`)
	if text := lastText(t, effects); text != "boa\nvista" || c.state.Status != Ended || c.state.Aside != nil {
		t.Fatalf("%q, %+v", text, c.state)
	}
}

func TestMediaAreKeptDuringACall(t *testing.T) {
	c := talk(t, "", askOrder, strings.Replace(callW, `"next":"y"`, `"next":"b"`, 1), `{"name":"b","kind":"question","text":"Comprovante?","expect":"file","save":"arquivo","next":"y"}`,
		`{"name":"y","kind":"end","text":"{{vars.arquivo}}"}`, toldN)
	c.write("oi")
	c.write("1")
	c.step(Input{Kind: Wrote, Content: message.Content{Kind: message.Document, Media: &message.Media{Name: "pix.pdf", Remote: "77"}, Raw: []byte(`{"x":1}`)}})
	if effects := c.answered(true, 200, `{}`); lastText(t, effects) != "pix.pdf" {
		t.Fatalf("%+v", effects)
	}
}

func TestWishesActDuringACall(t *testing.T) {
	for said, want := range map[string]Status{"atendente": HandedOff, "sair": Ended, "menu": Waiting} {
		c := talk(t, "", askOrder, callW, toldY, toldN)
		c.write("oi")
		c.write("1")
		old := *c.ask
		if c.write(said); c.state.Status != want || c.state.DueMS != 0 {
			t.Errorf("%s: %s", said, c.state.Status)
		}
		if want == Waiting {
			if effects := c.step(Input{Kind: Answered, Answer: &Answer{ID: old.ID, OK: true, Body: `{}`}}); len(effects) != 0 {
				t.Errorf("the answer of a call that was left: %+v", effects)
			}
		}
	}
}

func TestWhoFloodsACallGetsAPerson(t *testing.T) {
	c := talk(t, "", askOrder, callW, toldY, toldN)
	c.write("oi")
	c.write("1")
	for range 20 {
		if c.write("!sticker"); c.state.Status != Waiting {
			break
		}
	}
	if c.state.Status != HandedOff {
		t.Fatalf("%s with %d put aside", c.state.Status, len(c.state.Aside))
	}
}

// A value can't leave its place: it forms no reference to a secret, no other
// JSON, no other URL and no other header.
func TestValuesStayDataInEverySink(t *testing.T) {
	nodes := []string{
		`{"name":"a","kind":"question","text":"?","expect":"text","save":"x","next":"b"}`, `{"name":"b","kind":"question","text":"?","expect":"text","save":"y","next":"w"}`,
		`{"name":"w","kind":"web","method":"POST","url":"https://api.exemplo.com.br/{{vars.x}}/z?a={{vars.y}}","headers":{"X-A":"{{vars.x}}{{vars.y}}","X-B":"{ {{vars.x}}"},"body":"[\"{{vars.x}}{{vars.y}}\",{{vars.x}},{\"k\":\"\\\\\"}]","next":"z","on_error":"z"}`, endZ,
	}
	flow := talk(t, "", nodes...).flow
	plain := talk(t, "", nodes[0], nodes[1], `{"name":"w","kind":"web","method":"POST","url":"https://api.exemplo.com.br/","headers":{"Content-Type":"text/plain"},"body":"{{vars.x}}{{vars.y}} { {{vars.x}}","next":"z","on_error":"z"}`, endZ).flow
	said := rapid.OneOf(
		rapid.SampledFrom([]string{"{{secret.API_KEY}}", "{", "{secret.A}}", "{{", `"`, `\`, `","admin":true,"x":"`, "a\r\nX-Evil: 1", "../../etc", "?x=1&y=2#z", "%2e", "null", "1e999", "\u2028", "}}"}),
		rapid.StringOfN(rapid.SampledFrom([]rune(`{}"\/?&=#% secret.A`)), 1, 30, -1),
	)
	rapid.Check(t, func(rt *rapid.T) {
		x, y := strings.TrimSpace(said.Draw(rt, "x")), strings.TrimSpace(said.Draw(rt, "y"))
		if x == "" || y == "" || wishOf(fold.Words(x)) != wishNone || wishOf(fold.Words(y)) != wishNone {
			return
		}
		for _, flow := range []*Compiled{flow, plain} {
			c := meet(t, flow, message.WhatsApp)
			c.state = State{Status: Waiting, Node: "b", Seq: 1, Asked: 1, StartedMS: c.env.NowMS, Vars: []Var{{"x", Value{expression.Of(x)}}}}
			c.step(Input{Kind: Wrote, Content: message.Content{Kind: message.Text, Text: y}})
			if c.ask == nil && flow != plain {
				if !strings.Contains(x, ".") {
					rt.Fatalf("%q was not asked for", x)
				}
				continue
			}
			got := request(t, c.ask)
			whole := got.URL + got.Body + got.Headers["X-A"] + "|" + got.Headers["X-B"]
			if strings.Contains(whole, "{{secret.") {
				rt.Fatalf("%q and %q form a reference: %s", x, y, whole)
			}
			if strings.ContainsAny(got.Headers["X-A"]+got.URL, "\r\n") {
				rt.Fatalf("a line break in %q or %q", got.Headers["X-A"], got.URL)
			}
			if flow == plain {
				continue
			}
			var list []any
			if err := json.Unmarshal([]byte(got.Body), &list); err != nil || len(list) != 3 || list[0] != x+y || list[1] != x {
				rt.Fatalf("%q became %v (%v): %s", x, list, err, got.Body)
			}
			if path, query, _ := strings.Cut(strings.TrimPrefix(got.URL, "https://api.exemplo.com.br/"), "?"); strings.Count(path, "/") != 1 || strings.ContainsAny(query, "&#") {
				rt.Fatalf("the URL became %s", got.URL)
			}
		}
	})
}

// A customer who answers ".." does not choose another path of the service, which
// would be asked with the company's secret.
func TestAValueDoesNotClimbInAPath(t *testing.T) {
	for said, climbs := range map[string]bool{
		"..": true, ".": true, "../admin": true, "12/../../admin": true, `..\admin`: true, "..;v=1": true, "12/.": true,
		"...": false, "a..b": false, "1.5": false, "%2e%2e": false, "12/13": false, "?/../": true, "12?a=..": false,
	} {
		c := talk(t, "", askOrder, callW, toldY, toldN)
		c.write("oi")
		effects := c.write(said)
		if !climbs {
			request(t, c.ask)
		} else if c.ask != nil || lastText(t, effects) != "Não deu (0)." {
			t.Errorf("%q was asked for: %+v", said, effects)
		}
		query := talk(t, "", askOrder, strings.Replace(callW, "pedidos/{{vars.pedido}}?", "pedidos?", 1), toldY, toldN)
		query.write("oi")
		query.write(said)
		request(t, query.ask)
	}
}

func TestPathsIntoAnAnswer(t *testing.T) {
	const body = `{"a":{"b":[10,{"c":"d"},[]],"n":null,"t":true,"f":1.5},"big":12345678901234567890,"id":1234567890123456,"é":"ç","a.b":1,"o":{"k":[1]},"dup":1,"dup":2}`
	for path, want := range map[string]string{
		"a.b.0": "10", "a.b.1.c": "d", "a.b.#": "3", "a.b.2.#": "0", "a.b.9": "", "a.b.-1": "", "a.n": "", "a.t": "true", "a.f": "1.5", "big": "12345678901234567890", "id": "1234567890123456",
		"é": "ç", "nada.x.y": "", "a.t.x": "", "o": `{"k":[1]}`, "o.k": "[1]", "o.k.0": "1", "a.b.01": "", "a.#": "", "dup": "2",
	} {
		tree := &pathTree{}
		if !tree.add(path, "v") {
			t.Errorf("%s is no path", path)
			continue
		}
		values, err := tree.read(body)
		if got := values["v"]; err != nil || got.String() != want {
			t.Errorf("%s: %q (%v), want %q", path, got.String(), err, want)
		}
	}
	for _, path := range []string{"a..b", ".", "a.", strings.Repeat("a.", 20) + "b", strings.Repeat("x", 201), "#.a."} {
		if (&pathTree{}).add(path, "v") {
			t.Errorf("%s was taken", path)
		}
	}
	both := &pathTree{}
	both.add("o", "whole")
	both.add("o.k.0", "part")
	if values, err := both.read(body); err != nil || values["whole"].Kind == expression.Empty || values["part"].String() != "1" {
		t.Errorf("a list and its element: %v, %v", values, err)
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add("a.b.0", `{"a":{"b":[1]}}`)
	f.Add("#", `[1,2`)
	f.Add("x", `{"x":"\ud800"}`)
	f.Add("0", "0A00")
	f.Fuzz(func(t *testing.T, path, body string) {
		tree := &pathTree{}
		if !tree.add(path, "v") || len(body) > MaxAnswer {
			return
		}
		values, err := tree.read(body)
		if err == nil != json.Valid([]byte(body)) && checkDepth(body, maxAnswerDepth) == nil && err == nil {
			t.Fatalf("%q was read", body)
		}
		if v := values["v"]; len(v.String()) > len(body)+400 {
			t.Fatalf("%d bytes of %d", len(v.String()), len(body))
		}
	})
}

// An answer as large and as nested as is taken costs a moment.
func TestAHostileAnswerIsReadInTime(t *testing.T) {
	unit := strings.Repeat(`[`, 30) + strings.Repeat(`]`, 30) + ","
	for name, body := range map[string]string{
		"a list of numbers": "[" + strings.Repeat("1,", MaxAnswer/2-2) + "1]",
		"many members":      `{` + strings.TrimSuffix(strings.Repeat(`"a":1,`, MaxAnswer/6-2), ",") + `}`,
		"nested lists":      "[" + strings.Repeat(unit, MaxAnswer/len(unit)-1) + "1]",
		"escapes":           `{"pedido":{"estado":"` + strings.Repeat(`\u0041`, MaxAnswer/6-20) + `"}}`,
	} {
		c := talk(t, "", askOrder, callW, toldY, toldN)
		c.write("oi")
		c.write("1")
		state, ask := c.state, c.ask
		spent, bytes := spends(func() {
			c.state, c.ask = state, ask
			c.answered(true, 200, body)
		})
		t.Logf("%s: %v, %d KB", name, spent, bytes>>10)
		if bytes > bombMemory || spent > 4*bombTime {
			t.Errorf("%s: %v and %d KB", name, spent, bytes>>10)
		}
		if size := len(c.state.Encode()); size > 4<<10 {
			t.Errorf("%s: the state has %d bytes", name, size)
		}
	}
}

func TestCallsInARowAreCapped(t *testing.T) {
	// Forced past the proofs: a call that goes round for ever.
	text := wrapped(`{"name":"a","kind":"web","method":"GET","url":"https://x.exemplo.com.br/","next":"m","on_error":"m"},{"name":"m","kind":"message","text":"x","next":"a"}`)
	c := meet(t, forced(t, text), message.WhatsApp)
	c.write("oi")
	said := 0
	for turn := 0; c.state.Status == Waiting; turn++ {
		if turn > 50 {
			t.Fatal("it never ends")
		}
		said += len(sends(c.answered(true, 200, `{}`)))
	}
	if c.state.Status != Failed || said > MaxMessages+1 {
		t.Fatalf("%s after %d messages", c.state.Status, said)
	}
}

func TestATimerOfACallIsItsOwn(t *testing.T) {
	c := talk(t, `"settings":{"idle":{"minutes":1}}`, askOrder, callW, toldY, toldN)
	c.write("oi")
	c.write("1")
	due := c.timer
	c.write("e aí?")
	if c.timer.AtMS != due.AtMS || c.timer.Timer == due.Timer {
		t.Fatalf("%+v, then %+v", due, c.timer)
	}
	if effects := c.step(Input{Kind: Timer, Timer: due.Timer}); len(effects) != 0 {
		t.Fatalf("a timer that was replaced: %+v", effects)
	}
	if c.env.NowMS += time.Hour.Milliseconds(); c.write("!idle") == nil || c.state.Status != HandedOff {
		t.Fatalf("%+v", c.state)
	}
}
