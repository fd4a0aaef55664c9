package flow

import (
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"pgregory.net/rapid"

	"prosa/internal/message"
	"prosa/internal/modules/flow/expression"
	"prosa/internal/modules/flow/template"
)

// limits of what a hostile flow may cost in one turn.
const (
	bombTime   = slower * 50 * time.Millisecond
	bombMemory = 10 << 20
)

// spends runs fn and tells the processor time and the bytes that it took, best of
// three: the machine may be busy with others' work.
func spends(fn func()) (time.Duration, uint64) {
	best, bytes := time.Hour, uint64(0)
	for range 3 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := processorTime()
		fn()
		best = min(best, processorTime()-start)
		runtime.ReadMemStats(&after)
		bytes = after.TotalAlloc - before.TotalAlloc
	}
	return best, bytes
}

func processorTime() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// A flow can be as costly as its text allows, and no more: sums, growing texts,
// hundreds of templates in one message, and variables that double at each turn.
func TestCostlyFlows(t *testing.T) {
	double := func(times int) string {
		var lines []string
		for range times {
			lines = append(lines, `{"var":"x","to":"vars.x + vars.x"}`)
		}
		return strings.Join(lines, ",")
	}
	fold := strings.TrimSuffix(strings.Repeat("vars.x contains vars.x and ", 35), " and ")
	for _, c := range []struct{ name, nodes string }{
		{"a text that doubles in every line", `{"name":"a","kind":"set","set":[` + double(60) + `],"next":"z"},{"name":"z","kind":"end","text":"{{vars.x}}"}`},
		{"a message of templates", `{"name":"a","kind":"end","text":"` + strings.Repeat("{{vars.x}}", 790) + `"}`},
		{"a message of sums", `{"name":"a","kind":"end","text":"` + strings.Repeat("{{1+1+1+1+1+1+1+1+1+1+1+1+1+1+1}}", 230) + `"}`},
		{"comparisons of long texts", `{"name":"a","kind":"condition","cases":[{"when":"` + fold + `","next":"z"}],"else":"z"},` + endZ},
		{"sixty conditions of long texts", func() string {
			var cases []string
			for range 60 {
				cases = append(cases, `{"when":"not (`+fold+`)","next":"z"}`)
			}
			return `{"name":"a","kind":"condition","cases":[` + strings.Join(cases, ",") + `],"else":"z"},` + endZ
		}()},
		{"functions in functions", `{"name":"a","kind":"end","text":"` + strings.Repeat("{{upper(lower(trim(upper(lower(trim(vars.x))))))}}", 150) + `"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(wrapped(c.nodes), `"nodes"`, `"variables":{"x":"`+strings.Repeat("é", 400)+`"},"nodes"`, 1)
			definition, err := Parse([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			flow, issues := Compile(definition, Options{})
			if flow == nil {
				t.Fatal(issues)
			}
			var customer *customer
			var effects []Effect
			spent, bytes := spends(func() {
				customer = meet(t, flow, message.WhatsApp)
				effects = customer.write("oi")
			})
			if spent > bombTime || bytes > bombMemory {
				t.Errorf("%v and %d KB", spent, bytes>>10)
			}
			holds(t, customer, State{}, "oi", effects)
			for _, effect := range effects {
				if effect.Send != nil && len(effect.Send.Text) > 16<<10 {
					t.Errorf("a message of %d bytes", len(effect.Send.Text))
				}
			}
		})
	}
}

// What customers send may be long and strange; it costs no more than a moment.
func TestCostlyCustomers(t *testing.T) {
	for _, name := range []string{"recepcao", "pages", "every", "gather"} {
		flow := compiled(t, name)
		for _, text := range []string{
			strings.Repeat("a", 60_000), strings.Repeat("quero falar com ", 4000), strings.Repeat("e\u0301\u0302\u0303", 9000), strings.Repeat("👨‍👩‍👧‍👦", 2000),
			strings.Repeat("oi ", 20_000), strings.Repeat("o a o a ", 6000), strings.Repeat("{{", 20_000), strings.Repeat("9", 60_000), strings.Repeat("\n", 60_000),
			strings.Repeat("por favor ", 6000), strings.Repeat("1 ", 30_000),
		} {
			spent, bytes := spends(func() {
				c := meet(t, flow, message.WhatsApp)
				c.write("oi")
				for range 3 {
					if c.state.Status == Waiting {
						c.write(text)
					}
				}
			})
			if spent > 3*bombTime || bytes > 3*bombMemory {
				t.Errorf("%s, %.20q: %v and %d KB", name, text, spent, bytes>>10)
			}
		}
	}
}

// The state does not grow with the turns, nor with what customers write.
func TestTheStateStaysSmall(t *testing.T) {
	c := meet(t, compiled(t, "every"), message.WhatsApp)
	c.write("oi")
	for range 50 {
		c.env.NowMS += 60_000
		for _, line := range []string{"Ana Maria", strings.Repeat("9", 50), "40", "ana@exemplo.com", "81 99999-1234", "hoje", "52998224725", "11222333000181", "50030230", "não"} {
			c.env.NowMS += 60_000
			if c.write(line); c.state.Status != Waiting {
				t.Fatalf("%q left the session %s", line, c.state.Status)
			}
		}
		if size := len(c.state.Encode()); size > 2<<10 {
			t.Fatalf("%d bytes", size)
		}
	}
	// One answer alone can't fill it either.
	long := meet(t, compiled(t, "echo"), message.WhatsApp)
	long.write("oi")
	if long.write(strings.Repeat("é", 30_000)); len(long.state.Encode()) > 2<<10 {
		t.Fatalf("%d bytes", len(long.state.Encode()))
	}
}

// From every node of every template that waits, a person, the menu and the way
// out are one word away.
func TestWishesFromEverywhere(t *testing.T) {
	for _, name := range template.Names() {
		flow := compiled(t, name)
		for node := range flow.runners {
			if flow.waiting(node) == nil {
				continue
			}
			for said, want := range map[string]Status{"atendente": HandedOff, "sair": Ended, "menu": Waiting} {
				c := meet(t, flow, message.Instagram)
				c.state = State{Status: Waiting, Node: node, Seq: 3, Asked: 3, StartedMS: c.env.NowMS}
				if c.write(said); c.state.Status != want {
					t.Errorf("%s at %s: %q left the session %s", name, node, said, c.state.Status)
				}
				if want == Waiting && c.state.Asked != 4 {
					t.Errorf("%s at %s: the menu was not shown", name, node)
				}
			}
		}
	}
}

// A timer that belongs to an earlier turn does nothing, whichever it is.
func TestOnlyTheLastTimerCounts(t *testing.T) {
	flow := compiled(t, "recepcao")
	rapid.Check(t, func(rt *rapid.T) {
		c := meet(t, flow, message.WhatsApp)
		turns := rapid.IntRange(1, 5).Draw(rt, "turns")
		for range turns {
			c.write("menu")
		}
		seq := rapid.Int64Range(-1, 8).Draw(rt, "seq")
		before := c.state
		effects := c.step(Input{Kind: Timer, Timer: TimerName(seq)})
		if fired := len(effects) > 0; fired != (seq == int64(turns)) {
			rt.Fatalf("timer of turn %d after %d turns: fired %v", seq, turns, fired)
		}
		if len(effects) == 0 && fmt.Sprint(before) != fmt.Sprint(c.state) {
			rt.Fatal("the state changed")
		}
	})
}

// An old session begins anew with the version that it has; its variables are
// those of a new one.
func TestOldSessionsBeginAnew(t *testing.T) {
	c := meet(t, compiled(t, "every"), message.WhatsApp)
	c.write("oi")
	c.write("Ana Maria")
	if c.state.Get("nome").String() != "Ana Maria" {
		t.Fatal("nothing was saved")
	}
	seq := c.state.Seq
	c.env.NowMS += 25 * hourMS // the flow says 24
	if c.write("40"); c.state.Get("nome").Kind != expression.Empty || c.state.Node != "nome" || c.state.Seq != seq+1 || c.state.Get("pontos").String() != "10" {
		t.Fatalf("%+v", c.state)
	}
}

// What is recorded of a turn can be read back and gives the same turn.
func TestRecordsSurviveTheirTextForm(t *testing.T) {
	flows := []*Compiled{compiled(t, "recepcao"), compiled(t, "every"), compiled(t, "captacao")}
	rapid.Check(t, func(rt *rapid.T) {
		c := meet(t, rapid.SampledFrom(flows).Draw(rt, "flow"), rapid.SampledFrom(allChannels).Draw(rt, "channel"))
		for range rapid.IntRange(1, 6).Draw(rt, "turns") {
			line := lines.Draw(rt, "line")
			if strings.HasPrefix(line, "#") || strings.HasPrefix(line, "!") || c.state.Status != New && c.state.Status != Waiting {
				return
			}
			before := c.state
			effects := c.write(line)
			recorded, err := json.Marshal(struct {
				Input Input `json:"input"`
				Env   Env   `json:"env"`
			}{typed(line), c.env})
			if err != nil {
				rt.Skip("not UTF-8: the edge lets none in")
			}
			var read struct {
				Input Input `json:"input"`
				Env   Env   `json:"env"`
			}
			if err := json.Unmarshal(recorded, &read); err != nil {
				rt.Fatal(err)
			}
			read.Env.Zone = c.env.Zone
			_, again, err := Step(c.flow, before, read.Input, read.Env)
			if err != nil {
				rt.Fatal(err)
			}
			one, _ := json.Marshal(effects, json.Deterministic(true))
			two, _ := json.Marshal(untrailed(again), json.Deterministic(true))
			if string(one) != string(two) {
				rt.Fatalf("%q: %s, then %s", line, one, two)
			}
			var back []Effect
			if err := json.Unmarshal(one, &back); err != nil {
				rt.Fatal(err)
			}
			if three, _ := json.Marshal(back, json.Deterministic(true)); string(three) != string(one) {
				rt.Fatalf("effects change when they are read: %s, then %s", one, three)
			}
		}
	})
}

// Step changes neither the state nor the flow that it was given: a repeated turn
// starts from the same.
func TestStepLeavesItsArgumentsAlone(t *testing.T) {
	flow := compiled(t, "every")
	c := meet(t, flow, message.WhatsApp)
	for _, line := range []string{"oi", "Ana Maria", "40", "x@y.com"} {
		before, encoded := c.state, c.state.Encode()
		if _, _, err := Step(flow, before, typed(line), c.env); err != nil {
			t.Fatal(err)
		}
		if before.Encode() != encoded {
			t.Fatalf("%q changed the state it was given", line)
		}
		c.write(line)
	}
	if got := fmt.Sprint(flow.variables[0].Value, flow.variables[1].Value); got != "site 10" && len(flow.variables) != 3 {
		t.Fatalf("the flow's first values became %s", got)
	}
	fresh := meet(t, flow, message.WhatsApp)
	if fresh.write("oi"); fresh.state.Get("pontos").String() != "10" {
		t.Fatalf("a new session begins with %s points", fresh.state.Get("pontos"))
	}
}
