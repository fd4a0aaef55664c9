package botrun

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"prosa/internal/base/id"
	"prosa/internal/message"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/flow"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/telemetry"
)

// A worker's batch holds the messages of many companies; each is answered by its
// own bot and stored under its own name.
func TestABatchOfManyCompanies(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		var benches []*bench
		var requests []conversation.TurnRequest
		var tenants []string
		for range 5 {
			b := setup(t, db)
			benches, tenants = append(benches, b), append(tenants, b.tenant)
			// The same conversation id in every company: ids of different
			// companies must never meet.
			requests = append(requests, b.wrote("cnv_same", "oi"), b.wrote("cnv_same", "2"))
		}
		service := benches[0].service
		var turns []conversation.Turn
		err := db.Write(t.Context(), database.Companies(tenants), func(ctx context.Context, tx *database.Tx) (err error) {
			turns, err = service.Turns(ctx, tx, requests)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for i := range benches {
			expect(t, turns[2*i], "Olá, Ana!")
			expect(t, turns[2*i+1], "número do seu pedido")
			for _, turn := range turns[2*i : 2*i+2] {
				for _, reply := range turn.Replies {
					if seen[reply.ID] {
						t.Fatalf("two companies share the reply id %s", reply.ID)
					}
					seen[reply.ID] = true
				}
			}
		}
		for _, b := range benches {
			if n := b.one("SELECT CAST(COUNT(*) AS TEXT) FROM bot_turn WHERE tenant_id = $1", b.tenant); n != "2" {
				t.Errorf("%s turns under company %s", n, b.tenant)
			}
		}
	})
}

// A company can't run another's bot, even when a request says so.
func TestABotOfAnotherCompany(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		owner, stranger := setup(t, db), setup(t, db)
		request := stranger.wrote("cnv_1", "oi")
		request.BotID = owner.bot.ID
		turn := stranger.run(request)[0]
		expect(t, turn, "Desculpe")
		if turn.HandOff == nil {
			t.Fatalf("%+v", turn)
		}
	})
}

func TestAnotherBotBeginsAnew(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		b.run(b.wrote("cnv_1", "oi"), b.wrote("cnv_1", "2"))
		first := b.one("SELECT id FROM bot_session WHERE conversation_id = 'cnv_1'")
		other, err := b.service.CreateBot(t.Context(), b.tenant, "Captação")
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := b.service.PublishVersion(t.Context(), b.tenant, other.ID, Draft{Definition: flowText(t, "captacao")}); err != nil {
			t.Fatal(err)
		}
		request := b.wrote("cnv_1", "oi")
		request.BotID = other.ID
		expect(t, b.run(request)[0], "Qual é o seu nome?")
		if second := b.one("SELECT id FROM bot_session WHERE conversation_id = 'cnv_1'"); second == first {
			t.Fatal("the session of the other bot went on")
		}
		// The record of the first session is still there.
		if turns, err := b.service.Replay(t.Context(), b.tenant, first); err != nil || len(turns) != 2 {
			t.Fatalf("%d turns, %v", len(turns), err)
		}
	})
}

func TestFieldsReachTheContact(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		b.publish(flowText(t, "captacao"))
		b.run(b.wrote("cnv_1", "oi"))
		turn := b.run(b.wrote("cnv_1", "Ana Maria Souza"))[0]
		if turn.Fields["full_name"] != "Ana Maria Souza" {
			t.Fatalf("%+v", turn.Fields)
		}
		if state := b.one("SELECT state FROM bot_session WHERE conversation_id = 'cnv_1'"); len(state) > 2<<10 {
			t.Fatalf("the state has %d bytes", len(state))
		}
	})
}

func TestAVersionThatCannotBeRun(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		for n, definition := range []string{`{`, `{"schema":99,"name":"x","languages":["pt-BR"],"start":"a","nodes":[]}`, `{"schema":1,"name":"x","languages":["pt-BR"],"start":"a","nodes":[]}`} {
			b.exec("UPDATE flow_version SET definition = $1", definition)
			b.service.compiled = newVersionCache(4)
			turn := b.run(b.wrote(fmt.Sprint("cnv_", n), "oi"))[0]
			expect(t, turn, "Desculpe")
			if turn.HandOff == nil || turn.HandOff.Note == "" {
				t.Fatalf("%+v", turn)
			}
		}
	})
}

func TestCausesThatMeanNothing(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		call := b.wrote("cnv_1", "")
		call.Cause = conversation.CallReturned
		timer := b.wrote("cnv_1", "")
		timer.Cause, timer.Timer = conversation.TimerFired, flow.TimerName(1)
		for _, turn := range b.run(call, timer) {
			if len(turn.Replies) != 0 || turn.HandOff != nil || turn.Resolve {
				t.Fatalf("%+v", turn)
			}
		}
		if turns := b.run(); len(turns) != 0 {
			t.Fatalf("%d turns for no request", len(turns))
		}
	})
}

// The database's failure is not a bot's: nobody is told an apology for it.
func TestADatabaseErrorIsReturned(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		request := b.wrote("cnv_1", "oi")
		err := db.Write(t.Context(), database.Company(b.tenant), func(ctx context.Context, tx *database.Tx) error {
			if _, err := tx.Exec(ctx, "SELECT nothing FROM nowhere"); err == nil {
				t.Error("the statement should fail")
			}
			turns, err := b.service.Turns(ctx, tx, []conversation.TurnRequest{request})
			if err == nil {
				t.Errorf("%+v", turns)
			}
			return err
		})
		if err == nil {
			t.Fatal("committed")
		}
	})
}

// Workers that share a service, and so its cache, do not disturb each other.
func TestWorkersSideBySide(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db)
		b.service.compiled = newVersionCache(1)
		var group sync.WaitGroup
		failures := make(chan error, 8)
		for worker := range 4 {
			request := b.wrote(fmt.Sprint("cnv_", worker), "oi")
			group.Add(1)
			go func() {
				defer group.Done()
				for n := range 5 {
					next := request
					next.AtMS += int64(n)
					next.MessageID = id.Derive(id.Message, next.AtMS, request.MessageID)
					next.Content.Text = []string{"oi", "1", "voltar ao menu", "2", "55"}[n]
					err := db.Write(t.Context(), database.Company(b.tenant), func(ctx context.Context, tx *database.Tx) error {
						turns, err := b.service.Turns(ctx, tx, []conversation.TurnRequest{next})
						if err == nil && len(turns[0].Replies) != 1 {
							err = fmt.Errorf("worker %d, message %d: %d replies", worker, n, len(turns[0].Replies))
						}
						return err
					})
					if err != nil {
						failures <- err
						return
					}
				}
			}()
		}
		group.Wait()
		close(failures)
		var all []error
		for err := range failures {
			all = append(all, err)
		}
		if err := errors.Join(all...); err != nil {
			t.Fatal(err)
		}
		if n := b.one("SELECT CAST(COUNT(*) AS TEXT) FROM bot_session WHERE status = 'handed_off'"); n != "4" {
			t.Fatalf("%s sessions handed off, want 4", n)
		}
	})
}

// The sweeper is a service that stops when it is told to.
func TestTheSweeperFiresAndStops(t *testing.T) {
	db := databasetest.Open(t)
	b := setup(t, db)
	b.service.config.SweepEvery = 1
	b.run(b.wrote("cnv_1", "oi"))
	b.exec("UPDATE bot_session SET wakes_ms = 1")
	fired := make(chan string, 100)
	service := b.service.Sweeper(func(_ context.Context, nudge Nudge) error {
		fired <- nudge.ConversationID + " " + nudge.Timer
		return nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- service.Run(ctx) }()
	if got := <-fired; got != "cnv_1 "+flow.TimerName(1) {
		t.Fatalf("fired %q", got)
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestDecisionsOfATurn(t *testing.T) {
	db := databasetest.Open(t)
	s := &session{key: key{"ten_1", "cnv_1"}, id: id.New(id.BotSession, 1), state: flow.State{Seq: 7}, wakesMS: 5, number: 3}
	say := func(text string) flow.Effect {
		return flow.Effect{Send: &message.Content{Kind: message.Text, Text: text}}
	}
	err := db.Write(t.Context(), database.Company("ten_1"), func(ctx context.Context, tx *database.Tx) error {
		b := &batch{service: New(db, defaults(), Deps{Log: telemetry.Discard()}), ctx: ctx, tx: tx}
		request := &conversation.TurnRequest{AtMS: 1000}
		var turn conversation.Turn
		ask := b.apply(s, request, []flow.Effect{
			say("um"), {SetField: &flow.Field{Name: "a", Value: "1"}}, say("dois"), {SetField: &flow.Field{Name: "a", Value: "2"}},
			{Tag: &flow.Tag{Add: []string{"lead", "vip"}}}, {Tag: &flow.Tag{Remove: []string{"lead", "cold"}}},
			{Rate: &flow.Rate{Node: "nota", Score: 4, Scale: 5}}, {Ask: &flow.Ask{ID: "ask.7", Node: "api", Kind: "web", Request: []byte("{}")}},
			{Schedule: &flow.Schedule{Timer: "idle.7", AtMS: 99}}, {End: &flow.End{Reason: "flow"}},
		}, &turn)
		if said(turn) != "um | dois" || turn.Fields["a"] != "2" || s.wakesMS != 99 || !turn.Resolve || turn.HandOff != nil || ask != nil {
			t.Fatalf("%+v, timer %d", turn, s.wakesMS)
		}
		if fmt.Sprint(turn.Tag, turn.Untag) != "[vip] [lead cold]" {
			t.Fatalf("tags %v, %v", turn.Tag, turn.Untag)
		}
		if turn.Replies[0].ID == turn.Replies[1].ID || id.TimeMS(turn.Replies[0].ID) != 1000 {
			t.Fatalf("ids %s and %s", turn.Replies[0].ID, turn.Replies[1].ID)
		}
		if len(b.ratings) != 1 || b.ratings[0].Score != 4 || b.ratings[0].Number != 3 || len(b.calls) != 1 || b.calls[0].id != s.id+".7.ask.7" {
			t.Fatalf("%+v %+v", b.ratings, b.calls)
		}
		if b.apply(s, request, nil, &turn); s.wakesMS != 0 {
			t.Fatal("an old timer stands")
		}
		if ask := b.apply(s, request, []flow.Effect{{Ask: &flow.Ask{ID: "ask.8", Kind: "shop.search"}}}, &turn); ask == nil || len(b.calls) != 1 {
			t.Fatal("a question that is answered here left the house")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
