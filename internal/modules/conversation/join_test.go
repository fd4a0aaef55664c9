package conversation

import (
	"context"
	"errors"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/contact"
)

func TestConversationsFollowTheirCustomer(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.contacts.BindHolders(nil, h.Service)
		join := func(stays, goes string) (contact.Merge, error) {
			_, m, err := h.contacts.Merge(context.Background(), contact.MergeInput{TenantID: h.company, ContactID: stays, OtherID: goes})
			return m, err
		}
		h.deliver(h.says(1, "oi"))
		whatsapp := h.account
		first := h.only()
		h.clock.Advance(time.Minute)
		h.account = h.connect(h.company, message.Instagram, "")
		instagram := func(text string) channel.Inbound {
			return channel.Inbound{Name: "ana.souza", From: []message.Address{{Kind: message.IGSID, Value: "1789"}}, Content: message.Content{Kind: message.Text, Text: text}}
		}
		h.deliver(h.from(2, instagram("olá")))
		second := h.list(AllView, sup)[0].Conversation
		if second.Channel != message.Instagram || second.ContactID == first.ContactID {
			t.Fatalf("%+v", second)
		}

		merge, err := join(first.ContactID, second.ContactID)
		if err != nil {
			t.Fatal(err)
		}
		// What comes now goes on in the same conversation, under the name that stays.
		h.deliver(h.from(2, instagram("ainda aí?")))
		rows := h.list(AllView, sup)
		if len(rows) != 2 || rows[0].ID != second.ID || rows[0].ContactID != first.ContactID || rows[0].ContactName != "Customer 1" {
			t.Fatalf("%+v", rows)
		}
		if got := h.spoken(second.ID); got != "in:olá | in:ainda aí?" {
			t.Error(got)
		}

		// A conversation that began since goes back with the address that it runs over.
		h.must(h.Resolve(context.Background(), h.step(sup, rows[0].Conversation)))
		h.clock.Advance(30 * 24 * time.Hour) // long enough for a new one
		h.deliver(h.from(2, instagram("voltei")))
		third := h.list(AllView, sup)[0].Conversation
		if third.ID == second.ID || third.ContactID != first.ContactID {
			t.Fatalf("%+v", third)
		}
		if _, err := h.contacts.Part(context.Background(), h.company, first.ContactID, merge.ID, event.Actor{Kind: "user", ID: sup.UserID}); err != nil {
			t.Fatal(err)
		}
		for conversationID, want := range map[string]string{first.ID: first.ContactID, second.ID: second.ContactID, third.ID: second.ContactID} {
			c, err := h.Get(context.Background(), h.company, conversationID, sup)
			if err != nil || c.ContactID != want {
				t.Errorf("%s is %s's, want %s's: %v", conversationID, c.ContactID, want, err)
			}
		}
		h.account = whatsapp
	})
}

func TestTwoOpenConversationsOfOneChannelAreNotJoined(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.contacts.BindHolders(nil, h.Service)
		h.deliver(h.says(1, "oi"), h.says(2, "olá"))
		rows := h.list(AllView, sup)
		in := contact.MergeInput{TenantID: h.company, ContactID: rows[0].ContactID, OtherID: rows[1].ContactID}
		_, _, err := h.contacts.Merge(context.Background(), in)
		var refusal *fault.Error
		if !errors.As(err, &refusal) || refusal.Reason != "both_open" {
			t.Fatal(err)
		}
		h.must(h.Resolve(context.Background(), h.step(sup, rows[1].Conversation)))
		if _, _, err := h.contacts.Merge(context.Background(), in); err != nil {
			t.Fatal(err)
		}
	})
}
