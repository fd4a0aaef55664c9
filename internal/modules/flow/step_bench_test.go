package flow

import (
	"strconv"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"prosa/internal/message"
)

// The bars of the engine: an inbound message of the reference flow (menu,
// answer, branch, message), with its state decoded and encoded and its effects
// encoded, as a live turn does. bots.md section 5 has the peers' figures.
const (
	barAllocs = 120
	barBytes  = 2 << 10 // of state
	barTime   = slower * 20 * time.Microsecond
)

// turnTo brings a session of the reference flow to its nth turn.
func turnTo(t testing.TB, n int) (flow *Compiled, state string, in Input, env Env) {
	c := meet(t, compiled(t, "reference"), message.WhatsApp)
	c.write("oi")
	for range n {
		c.env.NowMS += 60_000 // a person's pace: the cap on turns an hour is another test's
		c.write("#1")
	}
	option := c.last.Options[0]
	return c.flow, c.state.Encode(), Input{Kind: Wrote, Content: message.Content{
		Kind: message.Pick, Text: option.Title, Pick: &message.Picked{ID: option.ID, Title: option.Title},
	}}, c.env
}

func inbound(t testing.TB, flow *Compiled, stored string, in Input, env Env) (string, []byte) {
	state, err := Decode(stored)
	if err != nil {
		t.Fatal(err)
	}
	next, effects, err := Step(flow, state, in, env)
	if err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(effects)
	if err != nil {
		t.Fatal(err)
	}
	return next.Encode(), out
}

func BenchmarkInbound(b *testing.B) {
	for _, turn := range []int{1, 100, 1000} {
		b.Run("turn"+strconv.Itoa(turn), func(b *testing.B) {
			flow, state, in, env := turnTo(b, turn)
			b.ReportMetric(float64(len(state)), "state-bytes")
			b.ReportAllocs()
			for b.Loop() {
				inbound(b, flow, state, in, env)
			}
		})
	}
}

func BenchmarkInboundTyped(b *testing.B) {
	flow, state, in, env := turnTo(b, 1)
	in.Content = message.Content{Kind: message.Text, Text: "Quero comprar um presente, por favor"}
	b.ReportAllocs()
	for b.Loop() {
		inbound(b, flow, state, in, env)
	}
}

// The cost of an inbound message is the same at the first turn and at the
// thousandth, in allocations and in bytes. Its time is a figure for people, since
// the machine may be busy: the test bounds only what would be absurd.
func TestInboundStaysCheapAndFlat(t *testing.T) {
	var firstAllocs, firstBytes float64
	for _, turn := range []int{1, 1000} {
		flow, state, in, env := turnTo(t, turn)
		if next, _ := inbound(t, flow, state, in, env); len(next) > barBytes {
			t.Errorf("turn %d: the state has %d bytes, more than %d", turn, len(next), barBytes)
		}
		const runs = 2000
		allocs := testing.AllocsPerRun(200, func() { inbound(t, flow, state, in, env) })
		spent, total := spends(func() {
			for range runs {
				inbound(t, flow, state, in, env)
			}
		})
		bytes, each := float64(total)/runs, spent/runs
		t.Logf("turn %4d: %v of processor, %.0f allocations, %.0f bytes, state of %d bytes", turn, each, allocs, bytes, len(state))
		if allocs > barAllocs {
			t.Errorf("turn %d: %.0f allocations, more than %d", turn, allocs, barAllocs)
		}
		if each > 10*barTime {
			t.Errorf("turn %d takes %v, the bar is %v", turn, each, barTime)
		}
		if firstAllocs == 0 {
			firstAllocs, firstBytes = allocs, bytes
			continue
		}
		// Numbers of a thousand turns have a few more digits.
		if allocs > firstAllocs*1.1+2 || bytes > firstBytes*1.1 {
			t.Errorf("turn %d takes %.0f allocations and %.0f bytes, the first %.0f and %.0f", turn, allocs, bytes, firstAllocs, firstBytes)
		}
	}
}

// Sub-flows, calls and the trail keep to the same bar, and what they leave in a
// session goes when they end.
func TestTurnsOfEveryKindStayCheap(t *testing.T) {
	c := meet(t, compiled(t, "loja"), message.WhatsApp)
	for round := range 3 {
		for _, line := range []string{"oi", "1", "Ana", "x", "y", "não", "529.982.247-25", `!answer 200 {"pedido":{"estado":"ok","itens":[1,2]}}`, "2", "R$ 10", "14h", "!location", "menu", "3", "menu"} {
			stored, env, ask := c.state.Encode(), c.env, c.ask
			allocs := testing.AllocsPerRun(5, func() {
				again := *c
				again.env, again.ask = env, ask
				state, err := Decode(stored)
				if err != nil {
					t.Fatal(err)
				}
				again.state = state
				again.write(line)
			})
			if allocs > 2*barAllocs { // the helper decodes and encodes once more
				t.Errorf("round %d, %q: %.0f allocations", round, line, allocs)
			}
			c.write(line)
			if size := len(c.state.Encode()); size > barBytes {
				t.Errorf("round %d, %q: the state has %d bytes", round, line, size)
			}
			if c.state.Status != Waiting {
				t.Fatalf("round %d, %q: %s", round, line, c.state.Status)
			}
		}
	}
	if len(c.state.Stack) != 0 || c.state.Path() != "menu" {
		t.Errorf("at %s, %d deep", c.state.Path(), len(c.state.Stack))
	}
}
