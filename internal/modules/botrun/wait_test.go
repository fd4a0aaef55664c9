package botrun

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"prosa/internal/modules/conversation"
	"prosa/internal/modules/flow"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// payFlow asks whether an order is paid and waits for it.
const payFlow = `{"schema":1,"name":"Pagar","languages":["pt-BR"],"start":"qual","nodes":[
	{"name":"qual","kind":"question","text":"Qual é o pedido?","save":"order_id","expect":"text","next":"pagar"},
	{"name":"pagar","kind":"order_pay","waiting":"Espero o pagamento.","next":"pago","on_expired":"venceu","on_canceled":"venceu"},
	{"name":"pago","kind":"message","text":"Pago: {{vars.order_number}}.","next":"qual"},
	{"name":"venceu","kind":"message","text":"Venceu.","next":"qual"}]}`

const paidBody = `{"state":"paid","order":{"id":"ord_1","number":"17"}}`

// waiting is a bench whose bot waits for an order.
func waiting(t *testing.T, db *database.DB) *bench {
	t.Helper()
	b := setup(t, db)
	b.service.answers = Answers{"shop": func(_ context.Context, _ *database.Tx, q Question) (flow.Answer, error) {
		if q.Kind != "shop.await" || q.Channel == "" {
			return flow.Answer{}, errors.New("an unexpected question")
		}
		return flow.Answer{Pending: true, Topic: "order:ord_1"}, nil
	}}
	b.publish([]byte(payFlow))
	return b
}

func (b *bench) waits() string {
	b.t.Helper()
	return b.one("SELECT CAST(COUNT(*) AS TEXT) FROM bot_wait WHERE tenant_id = $1", b.tenant)
}

func (b *bench) fire(topic string) {
	b.t.Helper()
	if err := b.service.Fire(b.t.Context(), b.tenant, topic, paidBody); err != nil {
		b.t.Fatal(err)
	}
}

// bring brings what was fired and gives the turns that came of it.
func (b *bench) bring() (turns []conversation.Turn) {
	b.t.Helper()
	if _, err := b.service.Bring(b.t.Context(), b.waking(&turns)); err != nil {
		b.t.Fatal(err)
	}
	return turns
}

func TestASessionWaitsForATopic(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := waiting(t, db)
		b.run(b.wrote("cnv_1", "oi"), b.wrote("cnv_1", "ord_1"), b.wrote("cnv_2", "oi"))
		if b.waits() != "1" {
			t.Fatalf("%s wait", b.waits())
		}
		b.fire("order:ord_2")
		if turns := b.bring(); len(turns) != 0 || b.waits() != "1" {
			t.Fatalf("another topic: %+v", turns)
		}
		// The customer may write meanwhile.
		if turn := b.run(b.wrote("cnv_1", "já paguei"))[0]; said(turn) != "Espero o pagamento." || b.waits() != "1" {
			t.Fatalf("%+v, %s wait", turn, b.waits())
		}
		b.fire("order:ord_1")
		b.fire("order:ord_1")
		if turns := b.bring(); len(turns) != 1 || said(turns[0]) != "Pago: 17. | Qual é o pedido?" || b.waits() != "0" {
			t.Fatalf("%+v, %s wait", turns, b.waits())
		}
		b.fire("order:ord_1")
		if turns := b.bring(); len(turns) != 0 {
			t.Fatalf("told twice: %+v", turns)
		}
		session := b.one("SELECT id FROM bot_session WHERE conversation_id = 'cnv_1'")
		if replayed, err := b.service.Replay(t.Context(), b.tenant, session); err != nil || len(replayed) < 5 {
			t.Fatalf("%d turns, %v", len(replayed), err)
		}
	})
}

// Whatever ends the wait takes its row along: a wish, a new start, an end.
func TestASessionThatStopsWaitingDropsItsRow(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for _, word := range []string{"menu", "sair", "atendente", "!start"} {
			b := waiting(t, db)
			b.run(b.wrote("cnv_1", "oi"), b.wrote("cnv_1", "ord_1"))
			request := b.wrote("cnv_1", word)
			if word == "!start" {
				request.Cause = conversation.Started
			}
			if b.run(request); b.waits() != "0" {
				t.Errorf("after %q %s wait", word, b.waits())
			}
			b.fire("order:ord_1")
			if turns := b.bring(); len(turns) != 0 {
				t.Errorf("after %q: %+v", word, turns)
			}
		}
	})
}

// A turn that was not committed leaves the answer to be brought again; a process
// that died over it left it claimed, and it comes once the claim ran out.
func TestAnAnswerThatWasNotTakenComesAgain(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := waiting(t, db)
		b.run(b.wrote("cnv_1", "oi"), b.wrote("cnv_1", "ord_1"))
		b.fire("order:ord_1")
		lost := errors.New("the process dies here")
		if _, err := b.service.Bring(t.Context(), func(_ context.Context, nudge Nudge) error {
			_, err := b.try(lost, b.nudged(nudge))
			return err
		}); err != nil || b.waits() != "1" {
			t.Fatalf("%v, %s wait", err, b.waits())
		}
		if turns := b.bring(); len(turns) != 0 {
			t.Fatalf("brought while claimed: %+v", turns)
		}
		claimed, err := strconv.ParseInt(b.one("SELECT CAST(due_ms AS TEXT) FROM bot_wait WHERE tenant_id = $1", b.tenant), 10, 64)
		if most := time.Now().Add(b.service.config.Claim).UnixMilli(); err != nil || claimed > most {
			t.Errorf("claimed until %d, later than %d (%v)", claimed, most, err)
		}
		b.exec("UPDATE bot_wait SET due_ms = 1")
		if turns := b.bring(); len(turns) != 1 || !strings.HasPrefix(said(turns[0]), "Pago") || b.waits() != "0" {
			t.Fatalf("%+v", turns)
		}
	})
}

// A conversation that a person took over gets no turn, and the answer is no
// longer kept for it.
func TestAnAnswerForNobodyIsForgotten(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := waiting(t, db)
		b.run(b.wrote("cnv_1", "oi"), b.wrote("cnv_1", "ord_1"))
		b.fire("order:ord_1")
		brought, err := b.service.Bring(t.Context(), func(context.Context, Nudge) error { return nil })
		if err != nil || brought != 1 || b.waits() != "0" {
			t.Fatalf("%d %v, %s wait", brought, err, b.waits())
		}
	})
}

// What is fired in a transaction that fails was not fired.
func TestFiringIsPartOfTheTransaction(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := waiting(t, db)
		b.run(b.wrote("cnv_1", "oi"), b.wrote("cnv_1", "ord_1"))
		lost := errors.New("no")
		err := db.Write(t.Context(), database.Company(b.tenant), func(ctx context.Context, tx *database.Tx) error {
			if err := b.service.FireIn(ctx, tx, b.tenant, "order:ord_1", paidBody); err != nil {
				return err
			}
			return lost
		})
		if turns := b.bring(); !errors.Is(err, lost) || len(turns) != 0 {
			t.Fatalf("%v %+v", err, turns)
		}
	})
}

// Without news the shop is asked again, so that a lost one is only late.
func TestTheShopIsAskedAgainByItself(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := waiting(t, db)
		b.run(b.wrote("cnv_1", "oi"), b.wrote("cnv_1", "ord_1"))
		b.service.answers = Answers{"shop": func(context.Context, *database.Tx, Question) (flow.Answer, error) {
			return flow.Answer{OK: true, Body: paidBody}, nil
		}}
		seq := b.one("SELECT CAST(seq AS TEXT) FROM bot_session WHERE conversation_id = 'cnv_1'")
		turn := b.run(b.nudged(Nudge{ConversationID: "cnv_1", Timer: "idle." + seq}))[0]
		if !strings.HasPrefix(said(turn), "Pago") || b.waits() != "0" {
			t.Fatalf("%+v, %s wait", turn, b.waits())
		}
	})
}

// A person takes over while the bot waits, the money comes meanwhile, and the
// person hands back: the news went to nobody, and so did the timer, yet the bot
// does not wait for ever.
func TestABotThatWasHandedBackHearsOfThePayment(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := waiting(t, db)
		b.run(b.wrote("cnv_1", "oi"), b.wrote("cnv_1", "ord_1"))
		b.fire("order:ord_1")
		if _, err := b.service.Bring(t.Context(), func(context.Context, Nudge) error { return nil }); err != nil {
			t.Fatal(err)
		}
		b.exec("UPDATE bot_session SET wakes_ms = 0")
		if turn := b.run(b.wrote("cnv_1", "já paguei"))[0]; !strings.HasPrefix(said(turn), "Espero") {
			t.Fatalf("%+v", turn)
		}
		if wakes := b.one("SELECT CAST(wakes_ms AS TEXT) FROM bot_session WHERE conversation_id = 'cnv_1'"); wakes == "0" {
			t.Fatal("nothing will ask the shop again")
		}
		b.service.answers = Answers{"shop": func(context.Context, *database.Tx, Question) (flow.Answer, error) {
			return flow.Answer{OK: true, Body: paidBody}, nil
		}}
		seq := b.one("SELECT CAST(seq AS TEXT) FROM bot_session WHERE conversation_id = 'cnv_1'")
		if turn := b.run(b.nudged(Nudge{ConversationID: "cnv_1", Timer: "idle." + seq}))[0]; !strings.HasPrefix(said(turn), "Pago") || b.waits() != "0" {
			t.Fatalf("%+v, %s wait", turn, b.waits())
		}
	})
}
