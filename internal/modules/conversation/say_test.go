package conversation

import (
	"context"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/platform/database"
)

func news(c Conversation, key, text, unsaid string) SayInput {
	return SayInput{TenantID: c.TenantID, ConversationID: c.ID, Key: key, Content: message.Content{Kind: message.Text, Text: text},
		Sender: Sender{Kind: fromSystem}, Unsaid: unsaid}
}

func (h *house) say(in SayInput) Message {
	h.t.Helper()
	in.TenantID = h.company
	m, err := h.Say(context.Background(), in)
	if err != nil {
		h.t.Fatal(err)
	}
	return m
}

func TestTheCompanysOwnWordChangesNobodysWork(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.deliver(h.says(1, "oi"))
		c := h.only()
		first := h.say(news(c, "order:1", "Pedido pago", ""))
		again := h.say(news(c, "order:1", "Pedido pago, de novo", ""))
		if first.ID != again.ID || first.Direction != message.Out || first.Status != message.Queued {
			t.Fatal(first, again)
		}
		after := h.only()
		if after.State != c.State || after.Owner != c.Owner || after.WaitingMS != c.WaitingMS || after.Seq != c.Seq+1 {
			t.Fatalf("%+v became %+v", c, after)
		}
		note := h.say(SayInput{ConversationID: c.ID, Key: "note:1", Content: message.Content{Kind: message.Note, Text: "falta pagar"}, Sender: Sender{Kind: fromSystem}})
		if note.Direction != message.Internal || note.Status != "" {
			t.Fatalf("%+v", note)
		}
		if got := h.number(`SELECT COUNT(*) FROM delivery`); got != 1 {
			t.Fatal(got, "deliveries")
		}
	})
}

func TestAClosedWindowIsSeenInTheThread(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.deliver(h.says(1, "oi"))
		c := h.only()
		h.clock.Advance(25 * time.Hour)
		in := news(c, "order:1", "Pedido pago", "")
		in.TenantID = h.company
		if _, err := h.Say(context.Background(), in); reason(err) != "window_closed" {
			t.Fatal(err)
		}
		m := h.say(news(c, "order:1", "Pedido pago", "Não enviado: Pedido pago"))
		if m.Direction != message.Internal || m.Kind != message.Note || m.Content.Text != "Não enviado: Pedido pago" {
			t.Fatalf("%+v", m)
		}
		// It was dealt with: the customer's next message does not bring it back.
		h.deliver(h.says(1, "alô"))
		if again := h.say(news(c, "order:1", "Pedido pago", "Não enviado: Pedido pago")); again.ID != m.ID {
			t.Fatal(h.spoken(c.ID))
		}
	})
}

func TestAnEndedConversationPassesTheWordOn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.deliver(h.says(1, "oi"))
		old := h.only()
		h.must(h.Resolve(context.Background(), h.step(sup, old)))
		if m := h.say(news(old, "order:1", "a caminho", "")); m.ConversationID != old.ID {
			t.Fatal("there is no other one", m)
		}
		h.clock.Advance(25 * time.Hour)
		h.deliver(h.says(1, "voltei"))
		m := h.say(news(old, "order:2", "chegou", ""))
		if m.ConversationID == old.ID || m.Direction != message.Out {
			t.Fatalf("%+v", m)
		}
	})
}

func TestAWordNeedsAKeyAndASpeaker(t *testing.T) {
	h := newHouse(t, database.SQLite)
	h.deliver(h.says(1, "oi"))
	c := h.only()
	for _, in := range []SayInput{news(c, "", "x", ""), {ConversationID: c.ID, Key: "k", Sender: Sender{Kind: fromCustomer}}} {
		in.TenantID = h.company
		if _, err := h.Say(context.Background(), in); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
	}
	in := news(c, "k", "x", "")
	in.TenantID, in.ConversationID = h.company, "cnv_none"
	if _, err := h.Say(context.Background(), in); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}
