package botrun

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/message"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/flow"
	"prosa/internal/modules/flow/template"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/secretbox"
	"prosa/internal/platform/telemetry"
)

// bench is a bot of one company, ready to answer.
type bench struct {
	t       *testing.T
	db      *database.DB
	service *Service
	tenant  string
	bot     Bot
	clock   int64
}

func defaults() Config {
	return Config{
		Timezone: "America/Sao_Paulo", SweepEvery: time.Second, SweepBatch: 100, Claim: time.Minute, Versions: 16, CountEvery: time.Second, TurnsKeep: 24 * time.Hour,
		PruneEvery: time.Minute, Calls: 16, CallsPerTenant: 4, CallTimeout: 5 * time.Second, CallPoll: 20 * time.Millisecond,
	}
}

func setup(t *testing.T, db *database.DB) *bench {
	t.Helper()
	b := &bench{t: t, db: db, tenant: id.New(id.Tenant, 1), clock: time.Now().UnixMilli()}
	b.service = New(db, defaults(), Deps{
		Assign: func(context.Context, *database.Tx, string, string, string) error { return nil }, Sealer: box(t), Log: telemetry.Discard(),
	})
	var err error
	if b.bot, err = b.service.CreateBot(t.Context(), b.tenant, "Recepção"); err != nil {
		t.Fatal(err)
	}
	b.publish(flowText(t, "recepcao"))
	return b
}

func flowText(t *testing.T, name string) []byte {
	text, err := template.Text(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (b *bench) publish(text []byte) Version {
	b.t.Helper()
	version, issues, err := b.service.PublishVersion(b.t.Context(), b.tenant, b.bot.ID, Draft{Definition: text})
	if err != nil {
		b.t.Fatalf("%v %v", err, issues)
	}
	return version
}

func (b *bench) wrote(conversationID, text string) conversation.TurnRequest {
	b.clock += 1000
	return conversation.TurnRequest{
		TenantID: b.tenant, ConversationID: conversationID, BotID: b.bot.ID, Channel: message.WhatsApp, Cause: conversation.CustomerWrote,
		MessageID: id.Derive(id.Message, b.clock, conversationID, text), Content: message.Content{Kind: message.Text, Text: text}, AtMS: b.clock,
		Contact: conversation.ContactFacts{Name: "Ana Souza", Language: "pt-BR"},
	}
}

// nudged is the request that conversation makes of a timer or an answer.
func (b *bench) nudged(nudge Nudge) conversation.TurnRequest {
	request := b.wrote(nudge.ConversationID, "")
	request.Cause, request.Timer, request.Content, request.MessageID = conversation.TimerFired, nudge.Timer, message.Content{}, ""
	if nudge.Answer != "" {
		request.Cause, request.Answer = conversation.CallReturned, nudge.Answer
	}
	return request
}

// box seals for real.
func box(t testing.TB) Sealer {
	t.Helper()
	made, err := secretbox.Open(secretbox.Config{Keys: secretbox.NewKey("k1")})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// run takes the turns in one committed transaction.
func (b *bench) run(requests ...conversation.TurnRequest) []conversation.Turn {
	b.t.Helper()
	turns, err := b.try(nil, requests...)
	if err != nil {
		b.t.Fatal(err)
	}
	return turns
}

// try takes the turns and ends the transaction with the given error.
func (b *bench) try(end error, requests ...conversation.TurnRequest) (turns []conversation.Turn, err error) {
	err = b.db.Write(b.t.Context(), database.Company(b.tenant), func(ctx context.Context, tx *database.Tx) (err error) {
		if turns, err = b.service.Turns(ctx, tx, requests); err != nil {
			return err
		}
		return end
	})
	return turns, err
}

func (b *bench) exec(query string, args ...any) {
	b.t.Helper()
	err := b.db.Write(b.t.Context(), database.Company(b.tenant), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) one(query string, args ...any) (text string) {
	b.t.Helper()
	err := b.db.Read(b.t.Context(), database.Company(b.tenant), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, query, args...).Scan(&text)
	})
	if err != nil {
		b.t.Fatalf("%s: %v", query, err)
	}
	return text
}

// said joins the texts of a turn's replies.
func said(turn conversation.Turn) string {
	texts := make([]string, len(turn.Replies))
	for i, reply := range turn.Replies {
		texts[i] = reply.Content.Text
	}
	return strings.Join(texts, " | ")
}

func expect(t *testing.T, turn conversation.Turn, part string) {
	t.Helper()
	if !strings.Contains(said(turn), part) {
		t.Fatalf("the bot said %q, want %q", said(turn), part)
	}
}

func TestABotTalksFromGreetingToHandOff(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		turn := b.run(b.wrote("cnv_1", "oi"))[0]
		expect(t, turn, "Olá, Ana!")
		choice := turn.Replies[0].Content.Choice
		if choice == nil || len(choice.Options) != 3 {
			t.Fatalf("no menu: %+v", turn.Replies[0].Content)
		}
		if err := id.Check(id.Message, turn.Replies[0].ID); err != nil {
			t.Fatal(err)
		}
		tap := b.wrote("cnv_1", "")
		tap.Content = message.Content{Kind: message.Pick, Text: "Pedidos", Pick: &message.Picked{ID: choice.Options[1].ID, Title: "Pedidos"}}
		expect(t, b.run(tap)[0], "número do seu pedido")
		turn = b.run(b.wrote("cnv_1", "10234"))[0]
		expect(t, turn, "pedido 10234")
		if turn.HandOff == nil || turn.HandOff.Fields["pedido"] != "10234" || turn.HandOff.Reason != flow.ReasonFlow || turn.Resolve {
			t.Fatalf("%+v", turn)
		}
		if status := b.one("SELECT status FROM bot_session WHERE conversation_id = $1", "cnv_1"); status != "handed_off" {
			t.Fatalf("session is %s", status)
		}
		// Should the conversation come back to the bot, it begins anew.
		expect(t, b.run(b.wrote("cnv_1", "oi"))[0], "Olá, Ana!")
	})
}

func TestARepeatedTurnMakesTheSameRows(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		crash := errors.New("crash")
		for _, text := range []string{"oi", "1", "voltar ao menu"} {
			request := b.wrote("cnv_1", text)
			lost, err := b.try(crash, request)
			if !errors.Is(err, crash) {
				t.Fatal(err)
			}
			kept := b.run(request)
			if len(lost[0].Replies) == 0 || len(lost[0].Replies) != len(kept[0].Replies) {
				t.Fatalf("%d replies, then %d", len(lost[0].Replies), len(kept[0].Replies))
			}
			for i := range kept[0].Replies {
				a, c := lost[0].Replies[i], kept[0].Replies[i]
				if a.ID != c.ID || fmt.Sprint(a.Content.Choice) != fmt.Sprint(c.Content.Choice) {
					t.Fatalf("%+v, then %+v", a, c)
				}
			}
		}
		if n := b.one("SELECT CAST(COUNT(*) AS TEXT) FROM bot_turn"); n != "3" {
			t.Fatalf("%s turns recorded", n)
		}
	})
}

func TestMessagesOfOneBatchAreAnsweredInOrder(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		a1, c1, a2, a3 := b.wrote("cnv_a", "oi"), b.wrote("cnv_c", "oi"), b.wrote("cnv_a", "pedidos"), b.wrote("cnv_a", "77")
		a3.AtMS = a2.AtMS // in the same millisecond
		turns := b.run(a1, c1, a2, a3)
		expect(t, turns[0], "Olá, Ana!")
		expect(t, turns[1], "Olá, Ana!")
		expect(t, turns[2], "número do seu pedido")
		expect(t, turns[3], "pedido 77")
		seen := map[string]bool{}
		for _, turn := range turns {
			for _, reply := range turn.Replies {
				if seen[reply.ID] {
					t.Fatalf("two replies have the id %s", reply.ID)
				}
				seen[reply.ID] = true
			}
		}
	})
}

func TestSessionsStayWithTheirVersion(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		b.run(b.wrote("cnv_old", "oi"))
		second := b.publish([]byte(strings.ReplaceAll(string(flowText(t, "recepcao")), "Qual é o número do seu pedido?", "Diga o número.")))
		if second.Number != 2 {
			t.Fatalf("number %d", second.Number)
		}
		turns := b.run(b.wrote("cnv_old", "2"), b.wrote("cnv_new", "oi"), b.wrote("cnv_new", "2"))
		expect(t, turns[0], "Qual é o número do seu pedido?")
		expect(t, turns[2], "Diga o número.")
	})
}

func TestWhateverFailsEndsWithAPerson(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		sorry := func(t *testing.T, turn conversation.Turn) {
			t.Helper()
			expect(t, turn, "Desculpe")
			if turn.HandOff == nil || turn.HandOff.Reason != flow.ReasonFailed || len(turn.Replies) != 1 {
				t.Fatalf("%+v", turn)
			}
		}
		empty, err := b.service.CreateBot(t.Context(), b.tenant, "Vazio")
		if err != nil {
			t.Fatal(err)
		}
		t.Run("a bot without a version", func(t *testing.T) {
			request := b.wrote("cnv_1", "oi")
			request.BotID = empty.ID
			sorry(t, b.run(request)[0])
		})
		t.Run("a bot that does not exist", func(t *testing.T) {
			request := b.wrote("cnv_2", "oi")
			request.BotID = id.New(id.Bot, 5)
			sorry(t, b.run(request)[0])
		})
		t.Run("a state that can't be read", func(t *testing.T) {
			b.run(b.wrote("cnv_3", "oi"))
			b.exec("UPDATE bot_session SET state = '{' WHERE conversation_id = $1", "cnv_3")
			turns := b.run(b.wrote("cnv_3", "1"), b.wrote("cnv_4", "oi"))
			sorry(t, turns[0])
			expect(t, turns[1], "Olá, Ana!")
		})
		t.Run("a panic in the engine", func(t *testing.T) {
			b.service.step = func(c *flow.Compiled, s flow.State, in flow.Input, env flow.Env) (flow.State, []flow.Effect, error) {
				if in.Content.Text == "boom" {
					panic("boom")
				}
				return flow.Step(c, s, in, env)
			}
			defer func() { b.service.step = flow.Step }()
			turns := b.run(b.wrote("cnv_5", "boom"), b.wrote("cnv_6", "oi"))
			sorry(t, turns[0])
			expect(t, turns[1], "Olá, Ana!")
		})
	})
}

func TestReactionsLeaveNoTrace(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		request := b.wrote("cnv_1", "")
		request.Content = message.Content{Kind: message.Emoji, Text: "❤️"}
		if turn := b.run(request)[0]; len(turn.Replies) != 0 || turn.HandOff != nil {
			t.Fatalf("%+v", turn)
		}
		if n := b.one("SELECT CAST(COUNT(*) AS TEXT) FROM bot_session"); n != "0" {
			t.Fatalf("%s sessions", n)
		}
	})
}

func TestStartPutsTheBotBack(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		b.run(b.wrote("cnv_1", "oi"), b.wrote("cnv_1", "2"))
		start := b.wrote("cnv_1", "")
		start.Cause, start.Content, start.MessageID = conversation.Started, message.Content{}, ""
		expect(t, b.run(start)[0], "Olá, Ana!")
	})
}

func TestTimersFireOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		b.run(b.wrote("cnv_1", "oi"), b.wrote("cnv_taken", "oi"), b.wrote("cnv_fails", "oi"))
		var turns []conversation.Turn
		failures := 0
		wake := func(_ context.Context, nudge Nudge) error {
			switch nudge.ConversationID {
			case "cnv_taken": // a person owns it now
				return nil
			case "cnv_fails":
				failures++
				return errors.New("the database is away")
			}
			request := b.nudged(nudge)
			turns = append(turns, b.run(request)...)
			return nil
		}
		if fired, err := b.service.Sweep(t.Context(), wake); err != nil || fired != 0 {
			t.Fatalf("%d timers fired an hour early (%v)", fired, err)
		}
		b.exec("UPDATE bot_session SET wakes_ms = 1")
		for range 2 {
			if _, err := b.service.Sweep(t.Context(), wake); err != nil {
				t.Fatal(err)
			}
		}
		if len(turns) != 1 || !turns[0].Resolve {
			t.Fatalf("%+v", turns)
		}
		expect(t, turns[0], "Como não tive resposta")
		if failures != 1 {
			t.Fatalf("a timer that failed was tried %d times at once", failures)
		}
		if wakes := b.one("SELECT CAST(wakes_ms AS TEXT) FROM bot_session WHERE conversation_id = 'cnv_taken'"); wakes != "0" {
			t.Fatalf("the timer of a taken conversation stands at %s", wakes)
		}
		if wakes := b.one("SELECT CAST(wakes_ms AS TEXT) FROM bot_session WHERE conversation_id = 'cnv_fails'"); wakes < "1" {
			t.Fatalf("the failed timer stands at %s", wakes)
		}
		late := b.wrote("cnv_1", "")
		late.Cause, late.Timer = conversation.TimerFired, flow.TimerName(1)
		if turn := b.run(late)[0]; len(turn.Replies) != 0 {
			t.Fatalf("a late timer spoke: %s", said(turn))
		}
	})
}

func TestReplayGivesWhatHappened(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		var all []string
		for _, text := range []string{"oi", "horários", "não faz sentido", "voltar ao menu", "2", "abc", "atendente"} {
			all = append(all, said(b.run(b.wrote("cnv_1", text))[0]))
		}
		session := b.one("SELECT id FROM bot_session WHERE conversation_id = 'cnv_1'")
		turns, err := b.service.Replay(t.Context(), b.tenant, session)
		if err != nil {
			t.Fatal(err)
		}
		if len(turns) != len(all) {
			t.Fatalf("%d turns, want %d", len(turns), len(all))
		}
		for i, turn := range turns {
			if !turn.Same {
				t.Errorf("turn %d differs: %+v", i+1, turn.Effects)
			}
		}
		if last := turns[len(turns)-1]; last.State.Status != flow.HandedOff {
			t.Errorf("ended %s", last.State.Status)
		}
		if _, err := b.service.Replay(t.Context(), b.tenant, id.New(id.BotSession, 1)); !fault.Is(err, fault.NotFound) {
			t.Errorf("an unknown session: %v", err)
		}
	})
}

func TestTheVersionCacheIsBounded(t *testing.T) {
	c := newVersionCache(3)
	for i := range 10 {
		c.put(versionKey{"ten_1", fmt.Sprint(i)}, &runnable{})
	}
	if len(c.entries) != 3 || c.get(versionKey{"ten_1", "9"}) == nil || c.get(versionKey{"ten_2", "9"}) != nil {
		t.Fatalf("%d entries", len(c.entries))
	}
}

func TestQuickMessagesAreAnsweredAsOne(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		b.publish([]byte(strings.Replace(string(flowText(t, "recepcao")), `"settings": {`, `"settings": {"gather_seconds": 2,`, 1)))
		for _, turn := range b.run(b.wrote("cnv_1", "oi"), b.wrote("cnv_1", "tudo bem?")) {
			if len(turn.Replies) != 0 {
				t.Fatalf("the bot did not wait: %s", said(turn))
			}
		}
		fire := func() (turns []conversation.Turn) {
			t.Helper()
			b.exec("UPDATE bot_session SET wakes_ms = 1")
			_, err := b.service.Sweep(t.Context(), func(_ context.Context, nudge Nudge) error {
				request := b.nudged(nudge)
				turns = append(turns, b.run(request)...)
				return nil
			})
			if err != nil || len(turns) != 1 {
				t.Fatalf("%d turns, %v", len(turns), err)
			}
			return turns
		}
		expect(t, fire()[0], "Olá, Ana!")
		b.run(b.wrote("cnv_1", "queria ver"), b.wrote("cnv_1", "meu pedido"))
		expect(t, fire()[0], "número do seu pedido")
	})
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTwoStartsInOneMillisecond(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		start := b.wrote("cnv_1", "")
		start.Cause, start.Content, start.MessageID = conversation.Started, message.Content{}, ""
		for range 3 {
			expect(t, b.run(start)[0], "Olá, Ana!")
		}
		for _, turn := range b.run(start, start) {
			expect(t, turn, "Olá, Ana!")
		}
		if n := b.one("SELECT CAST(COUNT(DISTINCT session_id) AS TEXT) FROM bot_turn"); n != "5" {
			t.Fatalf("%s sessions, want 5", n)
		}
	})
}

// The engine knows a message's id and the advert or link that it came by, and
// the record of the turn keeps both for a replay.
func TestAFlowKnowsWhereACustomerCameFrom(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		b.publish([]byte(`{"schema":1,"name":"Origem","languages":["pt-BR"],"start":"a","nodes":[
			{"name":"a","kind":"end","text":"{{message.referral.ad}} {{message.kind}} {{message.file.id}}"}]}`))
		request := b.wrote("cnv_origem", "")
		request.Content = message.Content{Kind: message.Image, Media: &message.Media{MIME: "image/jpeg"}}
		request.Referral = &message.Referral{SourceType: "ad", SourceID: "120"}
		turn := b.run(request)[0]
		if want := "120 image " + request.MessageID; len(turn.Replies) != 1 || turn.Replies[0].Content.Text != want {
			t.Errorf("%+v, want %q", turn.Replies, want)
		}
	})
}
