package conversation

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// What platforms say of one customer, in any order, cut into any batches and
// said twice, ends in one state.
func TestShuffledEventsEndInOneState(t *testing.T) {
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) { shuffledEvents(t, newHouse(t, engine).on(message.Messenger, "")) })
	}
}

func shuffledEvents(t *testing.T, h *house) {
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		orders := [2][]int{}
		const events = 14
		for n := range orders {
			// Each event comes once or twice, in any order.
			all := make([]int, 0, 2*events)
			for i := range events {
				all = append(all, i)
				if rapid.Bool().Draw(rt, "twice") {
					all = append(all, i)
				}
			}
			orders[n] = rapid.Permutation(all).Draw(rt, "order")
		}
		var ends [2]string
		for n, order := range orders {
			round++
			list := h.story(1000 + round)
			for len(order) > 0 {
				size := min(rapid.IntRange(1, 6).Draw(rt, "batch"), len(order))
				var raws []event.Raw
				for _, i := range order[:size] {
					raws = append(raws, list[i])
				}
				h.deliver(raws...)
				order = order[size:]
			}
			ends[n] = h.ending(1000 + round)
		}
		if ends[0] != ends[1] {
			rt.Fatalf("two orders end differently:\n%s\n%s", ends[0], ends[1])
		}
	})
}

// story is what is said of one customer: messages, edits, a deletion, reactions,
// words on who has the thread, and the past.
func (h *house) story(customer int) []event.Raw {
	at := h.now() - 1_000_000
	key := func(n int) string { return fmt.Sprintf("c%d.%d", customer, n) }
	in := func(n int, in channel.Inbound) event.Raw {
		in.Key, in.AtMS = key(n), at+int64(n)*1000
		return h.from(customer, in)
	}
	emoji := func(e string) message.Content { return message.Content{Kind: message.Emoji, Text: e} }
	return []event.Raw{
		in(1, channel.Inbound{Content: text("one")}),
		in(2, channel.Inbound{Content: text("two"), Standby: true}),
		in(3, channel.Inbound{Kind: channel.InEdit, Target: key(1), Content: text("one!")}),
		in(4, channel.Inbound{Kind: channel.InEdit, Target: key(1), Content: text("one!!")}),
		in(5, channel.Inbound{Kind: channel.InRevoke, Target: key(2)}),
		in(6, channel.Inbound{Kind: channel.InReaction, Target: key(1), Content: emoji("👍")}),
		in(7, channel.Inbound{Kind: channel.InControl, Control: &channel.Control{Holder: "a"}}),
		in(8, channel.Inbound{Kind: channel.InControl, Control: &channel.Control{Ours: true}}),
		in(9, channel.Inbound{Kind: channel.InControl, Control: &channel.Control{Wish: true, Holder: "b"}}),
		in(10, channel.Inbound{Content: message.Content{Kind: message.Permission, Consent: &message.Consent{Topic: "marketing"}}}),
		in(-100, channel.Inbound{History: true, Content: text("past one")}),
		in(-99, channel.Inbound{History: true, Kind: channel.InEcho, Content: text("past two")}),
		in(11, channel.Inbound{Content: message.Content{Kind: message.Share, Share: &message.Shared{Kind: "post"}}, Referral: &message.Referral{SourceType: "ad", SourceID: "1"}}),
		in(12, channel.Inbound{Content: text("three"), Referral: &message.Referral{SourceType: "ad", SourceID: "2"}}),
	}
}

// ending describes what a customer's events came to, without what is told by
// the order of arrival (numbers of live messages, their activities' order).
func (h *house) ending(customer int) string {
	address := fmt.Sprintf("5511%d", 900000000+customer)
	list, err := h.List(context.Background(), ListInput{TenantID: h.company, By: sup, View: AllView, Query: address})
	if err != nil {
		h.t.Fatal(err)
	}
	end := ""
	live, past := 0, 0
	for _, row := range list.Items {
		messages := h.thread(row.ID)
		if row.Past {
			past++
			end += "past " + h.spoken(row.ID) + "\n"
			continue
		}
		live++
		said := map[string]string{}
		for _, m := range messages {
			if m.Kind == message.Activity {
				said["activity "+m.Content.Activity.What+" "+m.Content.Activity.Facts["app"]] += "x"
				continue
			}
			said[m.ExternalID] = fmt.Sprintf("%s %q %v edited %d deleted %v %v", m.Kind, m.Content.Text, m.Former, m.EditedMS-m.AtMS, m.DeletedMS > 0, m.Reactions)
		}
		control := control{}
		if row.Control != nil {
			control = *row.Control
		}
		control.AtMS, control.HolderMS, control.WishMS = control.AtMS%1_000_000, control.HolderMS%1_000_000, control.WishMS%1_000_000
		end += fmt.Sprintf("live %s %s %d unread, window %d, ad %v, %+v\n", row.State, row.Owner.Kind, row.Unread, row.WindowMS, row.Referral, control)
		for _, n := range []int{1, 2, 10, 11, 12} {
			end += "  " + said[fmt.Sprintf("c%d.%d", customer, n)] + "\n"
		}
		for _, what := range []string{"control_lost a", "control_ours ", "control_wished b"} {
			end += "  " + what + " " + said["activity "+what] + "\n"
		}
	}
	return fmt.Sprintf("%d live %d past\n%s", live, past, end)
}

// Words on prices in any order, repeated, end in one bill: the word of the
// furthest status.
func TestShuffledPricesEndInOneBill(t *testing.T) {
	h := newHouse(t, database.SQLite)
	h.deliver(h.says(1, "oi"))
	c := h.only()
	ctx := context.Background()
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		m, err := h.reply(ana, c, fmt.Sprint("m", round))
		if err != nil {
			rt.Fatal(err)
		}
		word := func(part int, status message.Status, billable bool, category string) channel.Billed {
			return channel.Billed{TenantID: h.company, AccountID: c.AccountID, ConversationID: c.ID, MessageID: m.ID, DeliveryID: fmt.Sprintf("dlv_%d_%d", round, part),
				Billable: billable, Category: category, Model: "PMP", Status: status, AtMS: h.now() + int64(status.Rank())}
		}
		words := []channel.Billed{
			word(1, message.Sent, true, "utility"), word(1, message.Delivered, true, "service"), word(1, message.Read, false, "service"),
			word(2, message.Sent, true, "service"), word(2, message.Delivered, true, "tomorrow"),
			{TenantID: h.company, ConversationID: c.ID, MessageID: m.ID, DeliveryID: fmt.Sprintf("dlv_%d_3", round), Status: message.Sent},
		}
		before, err := h.Get(ctx, h.company, c.ID, sup)
		if err != nil {
			rt.Fatal(err)
		}
		for _, w := range rapid.Permutation(append(words, words...)).Draw(rt, "order") {
			h.bill(w)
		}
		row, err := h.Get(ctx, h.company, c.ID, sup)
		if err != nil {
			rt.Fatal(err)
		}
		had := bills{Categories: map[string]int64{}}
		if before.Bills != nil {
			had = *before.Bills
		}
		if row.Bills.Billable != had.Billable+1 || row.Bills.Free != had.Free+1 || row.Bills.Categories["tomorrow"] != had.Categories["tomorrow"]+1 {
			rt.Fatalf("%+v after %+v", row.Bills, had)
		}
		list := h.thread(c.ID)
		if bill := list[len(list)-1].Bill; bill == nil || bill.Billable != 1 || bill.Free != 1 || bill.Model != "PMP" {
			rt.Fatalf("%+v", bill)
		}
	})
}
