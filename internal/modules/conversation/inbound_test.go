package conversation

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

func TestBotAnswersAndHandsOff(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.withBot()
		h.deliver(h.says(1, "oi"))
		c := h.only()
		if c.State != WithBot || c.Owner.ID != "bot_1" || c.WaitingMS != 0 || c.BotID != "bot_1" {
			t.Fatalf("%+v", c)
		}
		h.clock.Advance(time.Minute)
		h.deliver(h.says(1, "person"))
		if got, want := h.spoken(c.ID), "in:oi | out:echo oi | in:person | out:one moment | activity:bot_handoff | note:O cliente pediu para falar com uma pessoa.\nO que o bot coletou:\n• city: Recife\n• name: Bia"; got != want {
			t.Errorf("the thread is\n%s\nwant\n%s", got, want)
		}
		c = h.only()
		if c.State != Queued || c.Owner.Kind != Nobody || c.WaitingMS != h.now() || c.Team != "sales" || c.Preview == "" {
			t.Errorf("%+v", c)
		}
		// The bot is silent from now on.
		h.deliver(h.says(1, "alô?"))
		if last := h.thread(c.ID); last[len(last)-1].Content.Text != "alô?" {
			t.Error("the bot went on talking")
		}
		if n := h.number(`SELECT COUNT(*) FROM delivery`); n != 2 {
			t.Errorf("%d deliveries, want 2", n)
		}
	})
}

// channels.md 10: 4 equal webhooks at once, 20 ids, make 20 rows.
func TestRepeatedWebhooksActOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.withBot()
		var raws []event.Raw
		for n := range 20 {
			raws = append(raws, h.says(n%7, fmt.Sprint("m", n)))
		}
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() { h.deliver(raws...) })
		}
		group.Wait()
		if n := h.number(`SELECT COUNT(*) FROM message WHERE direction = 'in'`); n != 20 {
			t.Errorf("%d messages, want 20", n)
		}
		if n := h.number(`SELECT COUNT(*) FROM message WHERE direction = 'out'`); n != 20 {
			t.Errorf("%d replies, want 20", n)
		}
		if n := h.number(`SELECT COUNT(*) FROM conversation`); n != 7 {
			t.Errorf("%d conversations, want 7", n)
		}
	})
}

func TestThreePhotosMakeOneConversation(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var group sync.WaitGroup
		for n := range 3 {
			photo := h.from(1, channel.Inbound{Content: message.Content{Kind: message.Image, Media: &message.Media{Remote: fmt.Sprint("media", n), State: "pending"}}})
			group.Go(func() { h.deliver(photo) })
		}
		group.Wait()
		c := h.only()
		if c.Seq != 3 || len(h.wanted) != 3 {
			t.Errorf("%d messages, %d files to fetch, want 3 and 3", c.Seq, len(h.wanted))
		}
		h.writeTx(func(ctx context.Context, tx *database.Tx) error {
			return h.SetMedia(ctx, tx, h.company, h.wanted[0].MessageID, message.Media{Remote: h.wanted[0].Media.Remote, Blob: "blob_1", State: "ready"})
		})
		m, _, err := h.Message(context.Background(), h.company, h.wanted[0].MessageID, sup)
		if err != nil || m.Content.Media.Blob != "blob_1" || m.Version != 2 {
			t.Errorf("%+v %v", m, err)
		}
	})
}

func TestOneBadAmongThree(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		bad := h.says(1, "two")
		bad.Body = []byte(`{"AtMS": "yesterday"}`)
		lost := h.says(1, "elsewhere")
		lost.AccountID = "cha_unknown"
		h.deliver(h.says(1, "one"), bad, h.says(1, "three"), h.says(1, "explode"), lost,
			event.Raw{Problem: "unknown account", Channel: "whatsapp", Body: []byte("{}")})
		if got := h.spoken(h.only().ID); got != "in:one | in:three" {
			t.Errorf("stored %q", got)
		}
		if n := h.number(`SELECT COUNT(*) FROM quarantine WHERE state = 'waiting'`); n != 4 {
			t.Errorf("%d in quarantine, want 4", n)
		}
	})
}

func TestOrderIsKeptWhole(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		cart := &message.Order{CatalogID: "cat", Text: "por favor", Items: []message.OrderItem{{RetailerID: "sku-1", Quantity: 2, Price: "19.90", Currency: "BRL"}}}
		h.deliver(h.from(1, channel.Inbound{Content: message.Content{Kind: message.Cart, Order: cart}}),
			h.from(1, channel.Inbound{Content: message.Content{Kind: message.Unsupported, Raw: []byte(`{"type":"poll"}`)}}))
		thread := h.thread(h.only().ID)
		if len(thread) != 2 || thread[0].Content.Order == nil || thread[0].Content.Order.Items[0].Price != "19.90" {
			t.Fatalf("%+v", thread)
		}
		if h.only().Preview == "" || string(thread[1].Content.Raw) != `{"type":"poll"}` {
			t.Errorf("%+v", thread[1])
		}
	})
}

func TestOrderWithinABatch(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.withBot()
		h.deliver(h.says(1, "a"), h.says(2, "x"), h.says(1, "b"), h.says(1, "person"), h.says(1, "c"), h.says(2, "y"))
		rows := h.list(AllView, sup)
		threads := map[string]string{}
		for _, row := range rows {
			threads[row.ContactName] = h.spoken(row.ID)
		}
		one := threads["Customer 1"]
		if !strings.HasPrefix(one, "in:a | out:echo a | in:b | out:echo b | in:person | out:one moment | activity:bot_handoff | note:") || !strings.HasSuffix(one, "| in:c") {
			t.Errorf("customer 1: %s", one)
		}
		if two := threads["Customer 2"]; two != "in:x | out:echo x | in:y | out:echo y" {
			t.Errorf("customer 2: %s", two)
		}
		if n := h.number(`SELECT COUNT(*) FROM delivery d JOIN message m ON m.tenant_id = d.tenant_id AND m.id = d.message_id AND m.seq = d.seq`); n != 5 {
			t.Errorf("%d deliveries carry their message's number, want 5", n)
		}
	})
}

func TestBotFailuresEndWithAPerson(t *testing.T) {
	for _, text := range []string{"fail", "boom"} {
		t.Run(text, func(t *testing.T) {
			each(t, func(t *testing.T, h *house) {
				h.withBot()
				h.deliver(h.says(1, "oi"), h.says(2, text), h.says(3, "oi"))
				for _, row := range h.list(AllView, sup) {
					spoken := h.spoken(row.ID)
					if row.ContactName != "Customer 2" {
						if spoken != "in:oi | out:echo oi" || row.State != WithBot {
							t.Errorf("a neighbour suffered: %s", spoken)
						}
						continue
					}
					if row.State != Queued || row.WaitingMS == 0 || !strings.HasPrefix(spoken, "in:"+text+" | out:Desculpe") || !strings.Contains(spoken, "activity:bot_handoff") {
						t.Errorf("%s: %s", row.State, spoken)
					}
				}
			})
		})
	}
}

func TestFloodGuard(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.withBot()
		h.Service.cfg.BotPerMinute = 5
		for range 9 {
			h.deliver(h.says(1, "auto"))
		}
		c := h.only()
		if n := h.number(`SELECT COUNT(*) FROM message WHERE direction = 'out'`); n != 5 || c.State != Queued {
			t.Errorf("the bot said %d messages, want 5; %s", n, c.State)
		}
		h.must(h.HandBack(context.Background(), h.step(ana, c), ""))
		h.clock.Advance(time.Minute)
		h.deliver(h.says(1, "again"))
		if n := h.number(`SELECT COUNT(*) FROM message WHERE direction = 'out'`); n != 6 {
			t.Errorf("the next minute the bot said %d, want 6", n)
		}
	})
}

func TestReopenOrNewConversation(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.deliver(h.says(1, "oi"))
		first := h.must(h.Resolve(context.Background(), h.step(ana, h.only())))
		if first.State != Resolved || first.WaitingMS != 0 {
			t.Fatalf("%+v", first)
		}
		h.clock.Advance(23 * time.Hour)
		h.deliver(h.says(1, "de novo"))
		if again := h.only(); again.ID != first.ID || again.State != Queued || again.WaitingMS == 0 || again.ResolvedMS != 0 {
			t.Fatalf("%+v", again)
		}
		h.must(h.Resolve(context.Background(), h.step(ana, first)))
		h.clock.Advance(25 * time.Hour)
		h.deliver(h.says(1, "outro dia"))
		rows := h.list(AllView, sup)
		if len(rows) != 2 || rows[0].PreviousID != first.ID || rows[0].ID == first.ID || rows[1].State != Resolved {
			t.Fatalf("%+v", rows)
		}
		if _, err := h.Reopen(context.Background(), h.step(ana, first)); reason(err) != "conflict" {
			t.Errorf("the old one was reopened beside the new one: %v", err)
		}
	})
}

func TestBlockedContactsCreateNoWork(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.withBot()
		h.deliver(h.says(1, "oi"))
		c := h.only()
		if _, err := h.contacts.Block(context.Background(), h.company, c.ContactID, true, Actor{Kind: "user"}); err != nil {
			t.Fatal(err)
		}
		if c = h.only(); !c.Blocked {
			t.Error("the row does not know that the customer is blocked")
		}
		h.deliver(h.says(1, "ignored"))
		if got := h.spoken(c.ID); got != "in:oi | out:echo oi | in:ignored" {
			t.Errorf("%s", got)
		}
		if _, err := h.reply(ana, c, "x"); reason(err) != "contact_blocked" {
			t.Errorf("reply to a blocked customer: %v", err)
		}
		h.must(h.Resolve(context.Background(), h.step(sup, c)))
		h.clock.Advance(48 * time.Hour)
		h.deliver(h.says(1, "later"))
		if c = h.only(); c.State != Resolved || c.Seq != 5 {
			t.Errorf("%+v", c)
		}
	})
}

func TestStatusesOnlyMoveForward(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.deliver(h.says(1, "oi"))
		c := h.only()
		sent, err := h.reply(ana, c, "olá")
		if err != nil {
			t.Fatal(err)
		}
		report := func(status message.Status, code string) {
			t.Helper()
			var delivery string
			h.writeTx(func(ctx context.Context, tx *database.Tx) error {
				return tx.QueryRow(ctx, `SELECT id FROM delivery WHERE message_id = $1`, sent.ID).Scan(&delivery)
			})
			h.clock.Advance(time.Second)
			h.deliver(h.from(1, channel.Inbound{Kind: channel.InStatus, Status: &channel.StatusReport{ExternalID: "wamid.out", Ours: delivery, Status: status, ErrorCode: code, ErrorText: code}}))
		}
		now := func() Message {
			m, _, err := h.Message(context.Background(), h.company, sent.ID, sup)
			if err != nil {
				t.Fatal(err)
			}
			return m
		}
		h.types()
		report(message.Failed, "131026")
		if m := now(); m.Status != message.Failed || m.ErrorCode != "131026" {
			t.Fatalf("%+v", m)
		}
		report(message.Sent, "")
		if m := now(); m.Status != message.Failed {
			t.Errorf("a late sent cleared a failure")
		}
		report(message.Delivered, "")
		if m := now(); m.Status != message.Delivered || m.ErrorCode != "" {
			t.Errorf("failed, then delivered: %+v", m)
		}
		report(message.Read, "")
		report(message.Sent, "")
		if m := now(); m.Status != message.Read || m.ReadMS == 0 || m.DeliveredMS == 0 || m.ExternalID != "wamid.out" {
			t.Errorf("read, then sent: %+v", m)
		}
		if got := fmt.Sprint(h.types()); got != "[message.updated message.updated message.updated]" {
			t.Errorf("told %s", got)
		}
	})
}

func TestUndeliverableBotMessageCallsAPerson(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.withBot()
		h.bots.answer = func(_ context.Context, _ *database.Tx, r TurnRequest) (Turn, error) {
			return Turn{Replies: []Reply{replyTo(r, "unrenderable")}}, nil
		}
		h.deliver(h.says(1, "oi"))
		c := h.only()
		if c.State != Queued || !strings.Contains(h.spoken(c.ID), "activity:bot_handoff | note:Uma mensagem do bot não pôde ser entregue.") {
			t.Errorf("%s %s", c.State, h.spoken(c.ID))
		}
		if m := h.thread(c.ID)[1]; m.Status != message.Failed || m.ErrorText == "" {
			t.Errorf("%+v", m)
		}
	})
}
