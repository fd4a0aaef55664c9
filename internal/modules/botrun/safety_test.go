package botrun

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/message"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/flow"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// The safety requirements of a bot's runtime, by their numbers; docs/bot-safety.md
// is the list of all of them.

// S4: texts that would grow without end are bounded by the engine (flow,
// hostile_test.go); here: the others in the batch are answered.
func TestS4AnExpressionBombIsBounded(t *testing.T) {
	db := databasetest.Open(t)
	b, other := setup(t, db), setup(t, db)
	bomb := strings.Repeat("{{vars.x + vars.x + vars.x + vars.x}}", 150)
	var nodes strings.Builder
	for n := range 40 {
		fmt.Fprintf(&nodes, `{"name":"n%d","kind":"set","set":[{"var":"x","to":"'%s' + vars.x + vars.x"}],"next":"n%d"},`, n, strings.Repeat("x", 50), n+1)
	}
	b.publish(fmt.Appendf(nil, `{"schema":1,"name":"Bomba","languages":["pt-BR"],"start":"n0","variables":{"x":"ab"},"nodes":[%s
		{"name":"n40","kind":"message","text":%q,"next":"fim"},{"name":"fim","kind":"end"}]}`, nodes.String(), bomb))
	var turns []conversation.Turn
	err := db.Write(t.Context(), database.Companies([]string{b.tenant, other.tenant}), func(ctx context.Context, tx *database.Tx) (err error) {
		turns, err = b.service.Turns(ctx, tx, []conversation.TurnRequest{b.wrote("cnv_1", "oi"), other.wrote("cnv_2", "oi")})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(said(turns[0])); n > 64<<10 || len(turns[0].Replies) > 1 {
		t.Fatalf("%d replies of %d bytes", len(turns[0].Replies), n)
	}
	expect(t, turns[1], "Olá, Ana!")
}

// S5: even an engine that says more than it may is cut off, and a person comes.
func TestS5AtMostTenMessagesGoOut(t *testing.T) {
	db := databasetest.Open(t)
	b := setup(t, db)
	b.service.step = func(_ *flow.Compiled, s flow.State, _ flow.Input, _ flow.Env) (flow.State, []flow.Effect, error) {
		s.Seq++
		s.Status = flow.Waiting
		var effects []flow.Effect
		for range flow.MaxMessages + 1 {
			effects = append(effects, flow.Effect{Send: &message.Content{Kind: message.Text, Text: "de novo"}})
		}
		return s, effects, nil
	}
	turn := b.run(b.wrote("cnv_1", "oi"))[0]
	if len(turn.Replies) != 1 || turn.HandOff == nil {
		t.Fatalf("%d messages, %+v", len(turn.Replies), turn.HandOff)
	}
	if _, issues, err := Check(Draft{Definition: []byte(`{"schema":1,"name":"x","languages":["pt-BR"],"start":"a","nodes":[
		{"name":"a","kind":"message","text":"oi","next":"b"},{"name":"b","kind":"message","text":"oi","next":"a"}]}`)}); err != nil || firstError(issues) == "" {
		t.Fatalf("a cycle without a wait: %v %v", issues, err)
	}
}

// S6: TestWhateverFailsEndsWithAPerson has the failures of versions, states and
// engines; here the flow's own limits.
func TestS6ALimitIsNeverSilent(t *testing.T) {
	db := databasetest.Open(t)
	b := setup(t, db)
	b.run(b.wrote("cnv_1", "oi"))
	b.exec(`UPDATE bot_session SET state = REPLACE(state, '"n":"menu"', '"n":"sumiu"')`)
	turn := b.run(b.wrote("cnv_1", "1"))[0]
	if turn.HandOff == nil || len(turn.Replies) == 0 {
		t.Fatalf("a node that is gone: %+v", turn)
	}
}

// S7: two bots that answer each other stop after the turns of an hour.
func TestS7TwoBotsDoNotTalkForEver(t *testing.T) {
	db := databasetest.Open(t)
	b := setup(t, db)
	for n := range 1000 {
		turn := b.run(b.wrote("cnv_1", "menu"))[0]
		if turn.HandOff != nil {
			if turn.HandOff.Reason != flow.ReasonLimit || n > 130 {
				t.Fatalf("after %d turns: %+v", n, turn.HandOff)
			}
			return
		}
	}
	t.Fatal("they talk for ever")
}

// S8: a wait of a month is a row, fires late by a minute at most, and only once.
func TestS8WaitsAreRowsWithJitter(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		b.publish([]byte(`{"schema":1,"name":"Espera","languages":["pt-BR"],"start":"espera","nodes":[
			{"name":"espera","kind":"wait","days":30,"next":"volta"},{"name":"volta","kind":"message","text":"Voltei.","next":"fim"},{"name":"fim","kind":"end"}]}`))
		before := time.Now().UnixMilli()
		b.run(b.wrote("cnv_1", "oi"), b.wrote("cnv_2", "oi"))
		wakes := func(cnv string) (ms int64) {
			_, err := fmt.Sscan(b.one("SELECT CAST(wakes_ms AS TEXT) FROM bot_session WHERE conversation_id = $1", cnv), &ms)
			if err != nil {
				t.Fatal(err)
			}
			return ms
		}
		month := 30 * 24 * time.Hour.Milliseconds()
		if one, two := wakes("cnv_1"), wakes("cnv_2"); one < before+month || one > before+month+2*60_000 || one == two {
			t.Fatalf("wakes in %d and %d ms", one-before, two-before)
		}
		// Another process, a month later.
		step := b.service.step
		b.service = New(db, defaults(), Deps{Log: b.service.log})
		b.service.step = func(c *flow.Compiled, s flow.State, in flow.Input, env flow.Env) (flow.State, []flow.Effect, error) {
			env.NowMS += month + 120_000
			return step(c, s, in, env)
		}
		b.exec("UPDATE bot_session SET wakes_ms = 1")
		var turns []conversation.Turn
		if fired, err := b.service.Sweep(t.Context(), b.waking(&turns)); err != nil || fired != 2 {
			t.Fatalf("%d fired, %v", fired, err)
		}
		if said(turns[0]) != "Voltei." || !turns[0].Resolve {
			t.Fatalf("%+v", turns)
		}
		for length, most := range map[int64]int64{49: 1, 2_000: 40, 3_600_000: 60_000, month: 60_000} {
			for _, session := range []string{"a", "b", "c"} {
				if j := jitterMS(session, length); j < 0 || j >= most || j != jitterMS(session, length) {
					t.Errorf("%d ms: jitter %d", length, j)
				}
			}
		}
	})
}

// S8 and S15: a company with many timers fires a share of each sweep.
func TestS15TimersAreSharedOut(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		many, few := setup(t, db), setup(t, db)
		many.service.config.SweepBatch = 8
		for n := range 12 {
			many.run(many.wrote(fmt.Sprint("cnv_many_", n), "oi"))
		}
		few.run(few.wrote("cnv_few", "oi"))
		many.exec("UPDATE bot_session SET wakes_ms = 1")
		few.exec("UPDATE bot_session SET wakes_ms = 2")
		fired := map[string]int{}
		wake := func(_ context.Context, n Nudge) error { fired[n.TenantID]++; return nil }
		if _, err := many.service.Sweep(t.Context(), wake); err != nil {
			t.Fatal(err)
		}
		if fired[few.tenant] != 1 || fired[many.tenant] != 2 {
			t.Fatalf("%d and %d of a batch of 8", fired[many.tenant], fired[few.tenant])
		}
		for {
			n, err := many.service.Sweep(t.Context(), wake)
			if err != nil {
				t.Fatal(err)
			}
			if n == 0 {
				break
			}
		}
		if fired[many.tenant] != 12 {
			t.Fatalf("%d of 12 fired", fired[many.tenant])
		}
	})
}

// S9: a customer who asks for a person gets one, wherever they stand and however
// they spell it.
func TestS9APersonIsOneWordAway(t *testing.T) {
	db := databasetest.Open(t)
	b := setup(t, db)
	for n, word := range []string{"atendente", "ATENDENTE", "Atendente!", "falar com atendente"} {
		for depth, before := range [][]string{nil, {"oi"}, {"oi", "2"}} {
			cnv := fmt.Sprintf("cnv_%d_%d", n, depth)
			for _, text := range before {
				b.run(b.wrote(cnv, text))
			}
			if turn := b.run(b.wrote(cnv, word))[0]; turn.HandOff == nil || turn.HandOff.Reason != flow.ReasonAsked && turn.HandOff.Reason != flow.ReasonFlow {
				t.Errorf("%q after %q: %+v", word, before, turn)
			}
		}
	}
}

// S10 is held by conversation (race_test.go); here: an answer or a timer for a
// conversation that the bot no longer owns finds no session and says nothing.
func TestS10ASilentBotStaysSilent(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		b.run(b.wrote("cnv_1", "oi"), b.wrote("cnv_1", "atendente"))
		for _, nudge := range []Nudge{{ConversationID: "cnv_1", Timer: flow.TimerName(1)}, {ConversationID: "cnv_1", Answer: `{"call":"x","session":"y","answer":{"id":"ask.1","ok":true}}`}, {ConversationID: "cnv_1", Answer: `{`}} {
			if turn := b.run(b.nudged(nudge))[0]; len(turn.Replies) != 0 || turn.HandOff != nil {
				t.Errorf("%+v: %+v", nudge, turn)
			}
		}
		// Another company's call or timer finds nothing here either.
		other := setup(t, db)
		if turn := other.run(other.nudged(Nudge{ConversationID: "cnv_1", Timer: flow.TimerName(2)}))[0]; len(turn.Replies) != 0 {
			t.Error("a timer of another company")
		}
	})
}

// S11: two messages of the same millisecond are both answered, in order, with
// ids of their own.
func TestS11TwoMessagesInTheSameMillisecond(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		b.publishWith(asks("a", "nome", "question"), Drain)
		b.run(b.wrote("cnv_1", "oi"))
		first, second := b.wrote("cnv_1", "Recife"), b.wrote("cnv_1", "Ana")
		second.AtMS = first.AtMS
		turns := b.run(first, second)
		expect(t, turns[0], "a: e o nome?")
		expect(t, turns[1], "a: até logo")
		if turns[0].Replies[0].ID == turns[1].Replies[0].ID {
			t.Fatal("one id for two replies")
		}
		// And when each comes in a batch of its own, by another worker.
		b.run(b.wrote("cnv_2", "oi"))
		first, second = b.wrote("cnv_2", "Recife"), b.wrote("cnv_2", "Ana")
		second.AtMS = first.AtMS
		expect(t, b.run(first)[0], "a: e o nome?")
		expect(t, b.run(second)[0], "a: até logo")
	})
}

// S12: TestShowKillEveryStep kills; here a turn whose transaction is repeated
// makes the same call under the same key.
func TestS12ARepeatedTurnAsksOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		c := setupCalls(t, db, nil)
		c.run(c.wrote("cnv_1", "oi"))
		ask := c.wrote("cnv_1", "10")
		if _, err := c.try(errors.New("the commit was lost"), ask); err == nil {
			t.Fatal("committed")
		}
		if n := c.one("SELECT CAST(COUNT(*) AS TEXT) FROM bot_call"); n != "0" {
			t.Fatalf("%s calls of a turn that never was", n)
		}
		c.run(ask)
		session := c.one("SELECT id FROM bot_session WHERE conversation_id = 'cnv_1'")
		if got := c.one("SELECT id FROM bot_call"); got != session+".2.ask.2" {
			t.Fatalf("the call is %s of session %s", got, session)
		}
	})
}

// S16: a definition that is too large, too deep or no flow at all is refused
// before anything is stored; importing one brings no secret with it.
func TestS16AnUntrustedDefinitionIsRefused(t *testing.T) {
	db := databasetest.Open(t)
	b := setup(t, db)
	for name, text := range map[string]string{
		"too large": `{"schema":1,"name":"` + strings.Repeat("x", 3<<20) + `"}`, "too deep": strings.Repeat(`{"a":`, 100), "no JSON": "<flow/>", "empty": "",
		"of tomorrow": `{"schema":99,"name":"x","languages":["pt-BR"],"start":"a","nodes":[]}`,
		"unknown":     `{"schema":1,"name":"x","languages":["pt-BR"],"start":"a","script":"rm","nodes":[{"name":"a","kind":"end"}]}`,
	} {
		err := db.Write(t.Context(), database.Company(b.tenant), func(ctx context.Context, tx *database.Tx) error {
			_, err := b.service.PublishIn(ctx, tx, b.tenant, b.bot.ID, Publication{Definition: []byte(text)})
			return err
		})
		if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.TooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := b.one("SELECT CAST(COUNT(*) AS TEXT) FROM flow_version"); n != "1" {
		t.Fatalf("%s versions", n)
	}
	// The secret is named, and the company has none of that name: the call is not
	// made, and the flow goes its own way.
	b.service.config.PrivateHosts = []string{b.tenant + "=127.0.0.1"}
	b.publish(fmt.Appendf(nil, callingFlow, "http://127.0.0.1:9"))
	b.run(b.wrote("cnv_1", "oi"), b.wrote("cnv_1", "10"))
	if turns := b.calls(); len(turns) != 1 || !strings.HasPrefix(said(turns[0]), "Não consegui consultar") {
		t.Fatalf("%+v", turns)
	}
}

// shopStep is an engine that asks "shop" once a turn, and says what it heard.
func shopStep(kind string, always bool) stepFunc {
	return func(_ *flow.Compiled, s flow.State, in flow.Input, _ flow.Env) (flow.State, []flow.Effect, error) {
		s.Seq++
		s.Status, s.Asked = flow.Waiting, s.Seq
		ask := flow.Effect{Ask: &flow.Ask{ID: flow.AskID(s.Seq), Node: "loja", Kind: kind, Request: []byte(`{"busca":"sapato"}`)}}
		if in.Kind != flow.Answered {
			return s, []flow.Effect{{Send: &message.Content{Kind: message.Text, Text: "Um momento."}}, ask}, nil
		}
		if always {
			return s, []flow.Effect{ask}, nil
		}
		return s, []flow.Effect{{Send: &message.Content{Kind: message.Text, Text: fmt.Sprint(in.Answer.OK, " ", in.Answer.Body, in.Answer.Error)}}}, nil
	}
}

// What can be answered at once is answered within the turn's transaction.
func TestQuestionsAreAnsweredWithinTheTurn(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		var asked []Question
		b.service.answers = Answers{"shop": func(ctx context.Context, tx *database.Tx, q Question) (flow.Answer, error) {
			asked = append(asked, q)
			if _, err := tx.Exec(ctx, "UPDATE bot SET name = 'changed' WHERE tenant_id = $1", q.TenantID); err != nil {
				return flow.Answer{}, err
			}
			switch q.Kind {
			case "shop.fails":
				return flow.Answer{}, fault.New(fault.NotFound, "no such product")
			case "shop.panics":
				panic("shop")
			}
			return flow.Answer{OK: true, Body: `["sapato 38"]`}, nil
		}}
		for kind, want := range map[string]string{
			"shop.search": `Um momento. | true ["sapato 38"]`, "shop.fails": "Um momento. | false no such product",
			"shop.panics": "Um momento. | false something went wrong on our side", "bank.pay": "Um momento. | false nobody here answers bank.pay",
		} {
			b.exec("UPDATE bot SET name = 'before' WHERE tenant_id = $1", b.tenant)
			b.service.step = shopStep(kind, false)
			cnv := "cnv_" + kind
			turn := b.run(b.wrote(cnv, "oi"))[0]
			if said(turn) != want || turn.Replies[0].ID == turn.Replies[1].ID {
				t.Errorf("%s: %q, want %q", kind, said(turn), want)
			}
			// What a failed answerer wrote is undone.
			if name := b.one("SELECT name FROM bot WHERE tenant_id = $1", b.tenant); (name == "changed") != (kind == "shop.search") {
				t.Errorf("%s: the bot is called %s", kind, name)
			}
			if n := b.one("SELECT CAST(COUNT(*) AS TEXT) FROM bot_turn WHERE conversation_id = $1", cnv); n != "2" {
				t.Errorf("%s: %s steps recorded", kind, n)
			}
		}
		for _, q := range asked {
			if id.Check(id.BotSession, q.SessionID) != nil || q.Key != q.SessionID+".1.ask.1" || q.BotID != b.bot.ID || q.Node != "loja" || string(q.Request) != `{"busca":"sapato"}` {
				t.Errorf("%+v", q)
			}
		}
		b.service.step = shopStep("shop.search", true)
		asked = nil
		if turn := b.run(b.wrote("cnv_ever", "oi"))[0]; turn.HandOff == nil || len(asked) != maxAsks || len(turn.Replies) != 2 {
			t.Fatalf("%d questions, %+v", len(asked), turn)
		}
	})
}

// docs/bot-safety.md names each requirement, and only tests that exist.
func TestTheListOfSafetyNamesRealTests(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	text, err := os.ReadFile(filepath.Join(root, "docs", "bot-safety.md"))
	if err != nil {
		t.Fatal(err)
	}
	real := map[string]bool{}
	found := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	for _, pattern := range []string{"internal/*/*_test.go", "internal/*/*/*_test.go", "internal/*/*/*/*_test.go", "e2e/*_test.go"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, match := range found.FindAllSubmatch(source, -1) {
				real[string(match[1])] = true
			}
		}
	}
	for n := 1; n <= 17; n++ {
		row := regexp.MustCompile(fmt.Sprintf("(?m)^\\| S%d \\|.*`Test", n))
		if !row.Match(text) {
			t.Errorf("S%d has no test", n)
		}
	}
	for _, match := range regexp.MustCompile("`(Test\\w+)`").FindAllSubmatch(text, -1) {
		if name := string(match[1]); !real[name] && name != "TestS" {
			t.Errorf("there is no test %s", name)
		}
	}
}
