package conversation

import (
	"context"
	"testing"
	"time"

	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

// serve lets the house serve its company in part.
func (h *house) serve(bots, sends bool) {
	h.serves = func(string) (bool, bool) { return bots, sends }
}

// A suspended company's customers are heard: nothing is lost, nobody answers.
func TestASuspendedCompanyHearsAndSaysNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.withBot()
		h.deliver(h.says(1, "oi"))
		c := h.only()
		if c.State != WithBot || h.spoken(c.ID) != "in:oi | out:echo oi" {
			t.Fatalf("%s: %s", c.State, h.spoken(c.ID))
		}
		h.serve(false, false)
		h.deliver(h.says(1, "tem alguém?"))
		if c = h.only(); c.State != Queued || c.WaitingMS == 0 || h.spoken(c.ID) != "in:oi | out:echo oi | in:tem alguém? | activity:bot_handoff" {
			t.Fatalf("%s, waits since %d: %s", c.State, c.WaitingMS, h.spoken(c.ID))
		}
		for name, err := range map[string]error{
			"an attendant's reply": func() error { _, err := h.reply(ana, c, "aqui"); return err }(),
			"the house's word": func() error {
				_, err := h.Say(t.Context(), news(c, "order:1", "pago", ""))
				return err
			}(),
		} {
			if reason(err) != "company_suspended" {
				t.Errorf("%s: %v", name, err)
			}
		}
		unsaid := h.say(news(c, "order:2", "pago", "o cliente não soube: pago"))
		if unsaid.Direction != message.Internal {
			t.Errorf("said %+v", unsaid)
		}
		if _, err := h.HandBack(t.Context(), h.step(sup, c), ""); reason(err) != "plan_limit" {
			t.Errorf("handed back: %v", err)
		}
		if _, err := h.StartBot(t.Context(), h.step(sup, c), "bot_1"); reason(err) != "plan_limit" {
			t.Errorf("started: %v", err)
		}
		// A new customer waits for people at once.
		h.deliver(h.says(2, "bom dia"))
		for _, row := range h.list(AllView, sup) {
			if row.State != Queued {
				t.Errorf("%s is %s", row.ContactName, row.State)
			}
		}
		if n := h.number(`SELECT COUNT(*) FROM message WHERE direction = 'in'`); n != 3 {
			t.Errorf("%d messages were kept, want 3", n)
		}
		// What was on its way stays where it is.
		refused := h.candidates(c)
		if len(refused) != 1 || refused[0].Code != "company_suspended" {
			t.Errorf("%+v", refused)
		}
		h.serve(true, true)
		h.clock.Advance(time.Minute)
		if _, err := h.reply(ana, c, "voltamos"); err != nil {
			t.Fatal(err)
		}
	})
}

// candidates asks, as the sender does, whether a message of a conversation may
// leave.
func (h *house) candidates(c Conversation) (refused []channel.Refusal) {
	h.t.Helper()
	err := h.db.Write(context.Background(), database.Company(h.company), func(ctx context.Context, tx *database.Tx) (err error) {
		refused, err = h.Admit(ctx, tx, []channel.Candidate{{TenantID: c.TenantID, ConversationID: c.ID, MessageID: "msg_1", Kind: message.Text}})
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return refused
}

// A plan that is used up silences the bots; people go on.
func TestAUsedUpPlanLeavesThePeople(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.withBot()
		h.deliver(h.says(1, "oi"))
		c := h.only()
		h.serve(false, true)
		// A timer of the bot fires while it may not speak.
		if err := h.RunTurn(t.Context(), nil, TurnRequest{TenantID: h.company, ConversationID: c.ID, Cause: TimerFired, Timer: "late"}); err != nil {
			t.Fatal(err)
		}
		if c = h.only(); c.State != Queued || h.spoken(c.ID) != "in:oi | out:echo oi | activity:bot_handoff" {
			t.Fatalf("%s: %s", c.State, h.spoken(c.ID))
		}
		if _, err := h.reply(ana, c, "eu te atendo"); err != nil {
			t.Fatal(err)
		}
		if said := h.say(news(c, "order:1", "pago", "")); said.Direction != message.Out {
			t.Fatalf("%+v", said)
		}
		h.serve(true, true)
		h.deliver(h.says(2, "bom dia"))
		rows := h.list(AllView, sup)
		if len(rows) != 2 || rows[0].State != WithBot && rows[1].State != WithBot {
			t.Fatalf("%+v", rows)
		}
	})
}
