package flow

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/message"
	"prosa/internal/modules/flow/template"
)

// holds checks what is true of every turn, whatever was written.
func holds(t interface {
	Helper()
	Fatalf(string, ...any)
}, c *customer, before State, line string, effects []Effect) {
	t.Helper()
	messages, handoffs, ends, timers := 0, 0, 0, 0
	var asks []*Ask
	for _, effect := range effects {
		switch {
		case effect.Send != nil:
			messages++
			if effect.Send.Text == "" && effect.Send.Media == nil && effect.Send.Place == nil && len(effect.Send.Cards) == 0 {
				t.Fatalf("%q: an empty message", line)
			}
			if choice := effect.Send.Choice; choice != nil {
				for _, option := range choice.Options {
					if len(option.ID) > 64 || !isOption(option.ID) {
						t.Fatalf("%q: option id %q", line, option.ID)
					}
				}
			}
		case effect.HandOff != nil:
			handoffs++
		case effect.End != nil:
			ends++
		case effect.Ask != nil:
			asks = append(asks, effect.Ask)
		case effect.Schedule != nil:
			timers++
			if effect.Schedule.Timer != TimerName(c.state.Seq) {
				t.Fatalf("%q: timer %s after turn %d", line, effect.Schedule.Timer, c.state.Seq)
			}
		}
	}
	if messages > MaxMessages {
		t.Fatalf("%q: %d messages", line, messages)
	}
	if c.state.Status != Waiting && len(asks) > 0 {
		t.Fatalf("%q: %s with a call under way", line, c.state.Status)
	}
	if len(effects) == 0 {
		if !reflect.DeepEqual(before, c.state) {
			t.Fatalf("%q: nothing was done, yet the state changed", line)
		}
		return
	}
	if c.state.Seq != before.Seq+1 {
		t.Fatalf("%q: turn %d after %d", line, c.state.Seq, before.Seq)
	}
	switch c.state.Status {
	case Waiting:
		gathering := c.state.Pending != ""
		silent := gathering || c.state.DueMS != 0 // a wait, or an answer from outside, may come without a word
		if timers != 1 || handoffs+ends != 0 || messages == 0 && !silent {
			t.Fatalf("%q: waiting at %s with %d timers, %d hand-offs, %d ends, %d messages", line, c.state.Encode(), timers, handoffs, ends, messages)
		}
		if !c.flow.Fits(c.state) || c.state.Node == "" && !gathering {
			t.Fatalf("%q: waits at %q, which does not wait", line, c.state.Path())
		}
		if asking := c.flow.family[c.state.Flow].runners[c.state.Node]; len(asks) > 1 || len(asks) == 1 && asks[0].ID != AskID(c.state.Asked) {
			t.Fatalf("%q: %d asks at %T", line, len(asks), asking)
		}
		if !gathering && (len(c.trail) == 0 || c.trail[len(c.trail)-1] != Passed{Node: c.state.Path()}) {
			t.Fatalf("%q: waits at %q after %v", line, c.state.Path(), c.trail)
		}
	case HandedOff, Failed:
		if handoffs != 1 || ends+timers != 0 || messages == 0 {
			t.Fatalf("%q: handed off with %d hand-offs, %d ends, %d timers, %d messages", line, handoffs, ends, timers, messages)
		}
	case Ended:
		if ends != 1 || handoffs+timers != 0 {
			t.Fatalf("%q: ended with %d ends, %d hand-offs, %d timers", line, ends, handoffs, timers)
		}
	default:
		t.Fatalf("%q: status %q", line, c.state.Status)
	}
	if size := len(c.state.Encode()); size > 2<<10+maxVariables*maxValue {
		t.Fatalf("%q: the state has %d bytes", line, size)
	}
}

// lines are what customers send: sensible, senseless and hostile.
var lines = rapid.OneOf(
	rapid.SampledFrom([]string{
		"oi", "1", "2", "3", "0", "99", "-1", "1️⃣", "sim", "não", "menu", "sair", "voltar", "horários", "pedido", "atendente", "quero falar com alguém",
		"!voice", "!sticker", "!image", "!image 1", "!location", "!contacts", "!order", "!unsupported", "!reaction ❤️", "!welcome", "!system", "!idle", "!late", "!days",
		"!answer 200 {}", `!answer 200 {"pedido":{"estado":"ok","itens":[1]}}`, "!answer 500", "!answer 200 <html>", "!answer-late", "R$ 1.234,56", "14h30", "5", "10",
		"#1", "#2", "#3", "#1@1", "#2@1", "ana@exemplo.com", "11.222.333/0001-81", "50030-230", "10234", "hoje", "{{contact.name}}", "{{1/0", "👍", " ", "",
		"Robert'); DROP TABLE bot;--", "a\\nb", strings.Repeat("muito ", 2000), strings.Repeat("9", 400), "\u202eolleh", "null", "true",
	}),
	rapid.String(),
)

// Whatever customers do, in whatever order, each turn of each template keeps the
// invariants, and 'atendente' always reaches a person.
func TestAdversarialCustomers(t *testing.T) {
	names := append(template.Names(), "reference", "every", "pages", "gather", "loja", "loja", "suporte", "cadastro")
	flows := map[string]*Compiled{}
	for _, name := range names {
		flows[name] = compiled(t, name)
	}
	rapid.Check(t, func(rt *rapid.T) {
		c := meet(t, flows[rapid.SampledFrom(names).Draw(rt, "flow")], rapid.SampledFrom(allChannels).Draw(rt, "channel"))
		c.env.Contact = Contact{Name: rapid.SampledFrom([]string{"", "Ana", "{{vars.x}}", "😀"}).Draw(rt, "name"), Language: rapid.SampledFrom([]string{"", "pt-BR", "en", "xx"}).Draw(rt, "language")}
		for range rapid.IntRange(1, 25).Draw(rt, "turns") {
			if c.state.Status != New && c.state.Status != Waiting {
				return
			}
			line := lines.Draw(rt, "line")
			if !possible(c, line) {
				continue
			}
			before := c.state
			effects := c.write(line)
			if line == "!days" {
				continue
			}
			holds(rt, c, before, line, effects)
			if strings.HasPrefix(line, "#") || strings.HasPrefix(line, "!") {
				continue
			}
			_, twice, err := Step(c.flow, before, typed(line), c.env)
			if err != nil || !reflect.DeepEqual(untrailed(twice), effects) {
				rt.Fatalf("%q: the same turn gave something else", line)
			}
		}
		deaf, _ := c.flow.family[c.state.Flow].waiting(c.state.Node).(interface{ deaf() bool })
		if heard := deaf == nil || !deaf.deaf() || c.env.Channel == message.Instagram; heard && (c.state.Status == New || c.state.Status == Waiting) {
			c.env.NowMS += hourMS // past the cap on turns
			c.state.Pending, c.state.Aside = "", nil
			if c.write("atendente"); c.state.Status != HandedOff {
				rt.Fatalf("'atendente' left the session %s at %q", c.state.Status, c.state.Node)
			}
		}
	})
}

// untrailed is effects without their trail, as a customer gives them.
func untrailed(effects []Effect) []Effect {
	if n := len(effects); n > 0 && effects[n-1].Trail != nil {
		return effects[:n-1]
	}
	return effects
}

func possible(c *customer, line string) bool {
	switch {
	case line == "!idle" || line == "!late":
		return c.state.Status == Waiting
	case strings.HasPrefix(line, "!answer"):
		return c.ask != nil
	case strings.HasPrefix(line, "#"):
		var option, of int
		if n, _ := fmt.Sscanf(line, "#%d@%d", &option, &of); n == 2 {
			return len(c.all) >= of && of > 0 && option >= 1 && option <= len(c.all[of-1].Options)
		}
		n, _ := fmt.Sscanf(line, "#%d", &option)
		return n == 1 && c.last != nil && option >= 1 && option <= len(c.last.Options) && line == fmt.Sprint("#", option)
	}
	return true
}

func typed(line string) Input {
	return Input{Kind: Wrote, Content: message.Content{Kind: message.Text, Text: strings.ReplaceAll(line, `\n`, "\n")}}
}

// forced compiles a flow without its proofs, as if they had a hole.
func forced(t *testing.T, text string) *Compiled {
	definition, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	f := newFamily(Options{})
	c := newCompiler(f, "", definition)
	f.flows[""] = c.flow
	c.prepare()
	return c.flow
}

// What slips through the proofs is stopped at run time, with an apology and a
// person.
func TestForcedFailures(t *testing.T) {
	loop := `{"name":"a","kind":"message","text":"x","next":"b"},{"name":"b","kind":"message","text":"y","next":"a"}`
	quiet := `{"name":"a","kind":"set","set":[{"var":"x","to":"1"}],"next":"a"}`
	costly := `{"name":"a","kind":"condition","cases":[{"when":"` + strings.Repeat("1+", 400) + `1 == 0","next":"a"}],"else":"a"}`
	for _, c := range []struct {
		name, text string
		messages   int
	}{
		{"a loop of messages", wrapped(loop), MaxMessages},
		{"a loop without messages", wrapped(quiet), 1},
		{"a loop of sums", wrapped(costly), 1},
		{"a way to nowhere", wrapped(`{"name":"a","kind":"message","text":"x","next":"q"}`), 2},
		{"an error route that fails too", strings.Replace(wrapped(loop), `"nodes"`, `"settings":{"on_error":"a"},"nodes"`, 1), MaxMessages},
	} {
		t.Run(c.name, func(t *testing.T) {
			customer := meet(t, forced(t, c.text), message.WhatsApp)
			effects := customer.write("oi")
			holds(t, customer, State{}, "oi", effects)
			messages := 0
			var last string
			for _, effect := range effects {
				if effect.Send != nil {
					messages, last = messages+1, effect.Send.Text
				}
			}
			if customer.state.Status != Failed || messages != c.messages || last != portuguese.apology {
				t.Fatalf("%s after %d messages, the last %q", customer.state.Status, messages, last)
			}
			if handoff := effects[len(effects)-1].HandOff; handoff == nil || handoff.Reason != ReasonFailed || handoff.Note == "" {
				t.Fatalf("%+v", effects)
			}
		})
	}
}

func TestTheFlowsOwnErrorRoute(t *testing.T) {
	text := wrapped(`{"name":"a","kind":"message","text":"x","next":"q"},{"name":"e","kind":"handoff","team":"Suporte","text":"Ops."}`)
	customer := meet(t, forced(t, strings.Replace(text, `"nodes"`, `"settings":{"on_error":"e"},"nodes"`, 1)), message.WhatsApp)
	effects := customer.write("oi")
	if customer.state.Status != HandedOff || effects[1].Send.Text != "Ops." || effects[2].HandOff.Team != "Suporte" {
		t.Fatalf("%+v", effects)
	}
}

// A bot on the other side is noticed by its pace.
func TestTurnsOfAnHourAreCapped(t *testing.T) {
	c := meet(t, compiled(t, "reference"), message.WhatsApp)
	for turn := 1; ; turn++ {
		effects := c.write("1")
		if c.state.Status == Waiting {
			if turn > 120 {
				t.Fatal("no cap")
			}
			continue
		}
		if turn != 121 || effects[len(effects)-1].HandOff.Reason != ReasonLimit {
			t.Fatalf("turn %d: %+v", turn, effects)
		}
		return
	}
}

func TestASessionThatIsOverTakesNoTurn(t *testing.T) {
	c := meet(t, compiled(t, "recepcao"), message.WhatsApp)
	c.write("sair")
	if _, _, err := Step(c.flow, c.state, Input{Kind: Start}, c.env); err == nil {
		t.Fatal("it took one")
	}
}

func TestAWaitingNodeThatIsGone(t *testing.T) {
	c := meet(t, compiled(t, "recepcao"), message.WhatsApp)
	c.write("oi")
	c.state.Node = "antigo"
	if c.flow.Has("antigo") || !c.flow.Has("menu") || c.flow.Has("ate-logo") {
		t.Fatal("Has is wrong about a node")
	}
	if c.write("1"); c.state.Status != Failed {
		t.Fatalf("status %s", c.state.Status)
	}
}

func FuzzStep(f *testing.F) {
	f.Add("recepcao", `{"v":1,"s":"waiting","n":"menu","q":1,"a":1,"t":1795438800000}`, "2", "text", "")
	f.Add("captacao", `{"v":1,"s":"waiting","n":"cep","q":9,"a":9,"t":1795438800000,"x":{"nome":"Ana","interesse":"comprar","email":"a@b.co"}}`, "50030-230", "text", "")
	f.Add("every", `{"v":1,"s":"waiting","n":"data","q":3,"a":3,"l":7,"t":1795438800000,"x":{"n":1}}`, "31/02/2026", "image", "0000000000.1.1")
	f.Add("gather", `{"v":1,"s":"waiting","n":"menu","q":1,"a":1,"t":1795438800000,"g":"vendas"}`, "não", "text", "")
	f.Add("loja", `{"v":1,"s":"waiting","n":"cpf","q":9,"a":9,"t":1795438800000,"f":"cadastro","x":{"nome":"Ana"},"r":[{"n":"dados"}]}`, "52998224725", "text", "")
	f.Add("loja", `{"v":1,"s":"waiting","n":"consulta","q":9,"a":9,"d":1795438800000,"t":1795438800000,"b":[{"kind":"text","text":"oi"}]}`, "e aí", "text", "")
	flows := map[string]*Compiled{}
	for _, name := range []string{"recepcao", "captacao", "reference", "every", "pages", "gather", "loja"} {
		flows[name] = compiled(f, name)
	}
	f.Fuzz(func(t *testing.T, name, stored, text, kind, pick string) {
		flow := flows[name]
		if flow == nil {
			return
		}
		state, err := Decode(stored)
		if err != nil || state.Status != New && state.Status != Waiting {
			return
		}
		c := meet(t, flow, message.Telegram)
		content := message.Content{Kind: message.Kind(kind), Text: text}
		if pick != "" {
			content.Pick = &message.Picked{ID: pick, Title: text}
		}
		c.state = state
		effects := c.step(Input{Kind: Wrote, Content: content})
		next := c.state
		holds(t, c, state, text, effects)
		if again, err := Decode(next.Encode()); err != nil || again.Encode() != next.Encode() {
			t.Fatalf("the state does not survive its text form: %v", err)
		}
	})
}
