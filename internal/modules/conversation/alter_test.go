package conversation

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

func reaction(target, emoji string) channel.Inbound {
	return channel.Inbound{Kind: channel.InReaction, Target: target, Content: message.Content{Kind: message.Emoji, Text: emoji, Target: target}}
}

func edit(target, text string) channel.Inbound {
	return channel.Inbound{Kind: channel.InEdit, Target: target, Content: message.Content{Kind: message.Text, Text: text}}
}

func revoke(target string) channel.Inbound {
	return channel.Inbound{Kind: channel.InRevoke, Target: target}
}

func TestEditsReactionsAndDeletions(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		first := h.from(1, channel.Inbound{Key: "w1", Content: message.Content{Kind: message.Text, Text: "oi"}})
		h.deliver(first)
		c := h.only()
		window := c.WindowMS
		h.clock.Advance(time.Hour)
		h.types()
		h.deliver(h.from(1, edit("w1", "olá")), h.from(1, reaction("w1", "👍")))
		m := h.thread(c.ID)[0]
		if m.Content.Text != "olá" || m.EditedMS != h.now() || m.Reactions["customer"] != "👍" || len(h.thread(c.ID)) != 1 {
			t.Errorf("%+v", m)
		}
		if c = h.only(); c.Preview != "olá" || c.WindowMS <= window {
			t.Errorf("%+v", c)
		}
		if got := fmt.Sprint(h.types()); got != "[message.updated]" {
			t.Errorf("told %s", got)
		}
		window = c.WindowMS
		h.clock.Advance(time.Hour)
		h.deliver(h.from(1, reaction("w1", "")), h.from(1, revoke("w1")))
		if m = h.thread(c.ID)[0]; len(m.Reactions) != 0 || m.DeletedMS == 0 {
			t.Errorf("%+v", m)
		}
		if h.only().WindowMS != window {
			t.Error("taking something back kept the window open")
		}
		// An edit of an hour ago that comes now is old.
		old := edit("w1", "older")
		old.AtMS = m.EditedMS - 1
		h.deliver(h.from(1, old))
		if m = h.thread(c.ID)[0]; m.Content.Text != "olá" {
			t.Errorf("an older edit won: %s", m.Content.Text)
		}
	})
}

func TestWhatOvertakesItsMessageWaits(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.deliver(h.says(2, "a neighbour"))
		h.clock.Advance(time.Second)
		h.deliver(h.from(1, edit("w9", "second thought")), h.from(1, reaction("w9", "❤️")))
		if n := h.number(`SELECT COUNT(*) FROM parked_event`); n != 2 {
			t.Fatalf("%d parked, want 2", n)
		}
		h.deliver(h.from(1, channel.Inbound{Key: "w9", Content: message.Content{Kind: message.Text, Text: "first thought"}}))
		rows := h.list(AllView, sup)
		m := h.thread(rows[0].ID)[0]
		if m.Content.Text != "second thought" || m.Reactions["customer"] != "❤️" {
			t.Errorf("%+v", m)
		}
		if n := h.number(`SELECT COUNT(*) FROM parked_event`); n != 0 {
			t.Errorf("%d still parked", n)
		}
		// In one batch, in the wrong order.
		h.deliver(h.from(1, edit("w10", "b")), h.from(1, channel.Inbound{Key: "w10", Content: message.Content{Kind: message.Text, Text: "a"}}))
		if thread := h.thread(rows[0].ID); thread[1].Content.Text != "b" {
			t.Errorf("%+v", thread[1])
		}
	})
}

func TestReactionToOurMessageBeforeItsIDIsKnown(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.deliver(h.says(1, "oi"))
		c := h.only()
		sent, err := h.reply(ana, c, "olá")
		if err != nil {
			t.Fatal(err)
		}
		h.deliver(h.from(1, reaction("wamid.out", "🙏")))
		h.writeTx(func(ctx context.Context, tx *database.Tx) error {
			var delivery string
			if err := tx.QueryRow(ctx, `SELECT id FROM delivery WHERE message_id = $1`, sent.ID).Scan(&delivery); err != nil {
				return err
			}
			return h.channel.Report(ctx, tx, []channel.Report{{TenantID: h.company, AccountID: h.account.ID, AtMS: h.now(),
				Status: channel.StatusReport{ExternalID: "wamid.out", Ours: delivery, Status: message.Sent}}})
		})
		m, _, err := h.Message(context.Background(), h.company, sent.ID, sup)
		if err != nil || m.Reactions["customer"] != "🙏" || m.Status != message.Sent {
			t.Errorf("%+v %v", m, err)
		}
		// A quote of our message is known by our id.
		h.deliver(h.from(1, channel.Inbound{QuotedID: "wamid.out", Content: message.Content{Kind: message.Text, Text: "isso"}}),
			h.from(1, channel.Inbound{QuotedID: "wamid.never", Content: message.Content{Kind: message.Text, Text: "aquilo"}}))
		thread := h.thread(c.ID)
		if thread[len(thread)-2].QuotedID != sent.ID || thread[len(thread)-1].QuotedID != "wamid.never" {
			t.Errorf("%+v", thread)
		}
	})
}

func TestWhatLostItsMessageIsShownByItself(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.withBot()
		h.deliver(h.says(1, "oi"))
		c := h.must(h.Resolve(context.Background(), h.step(sup, h.only())))
		h.deliver(h.from(1, reaction("lost1", "👀")), h.from(1, edit("lost2", "corrected")), h.from(1, revoke("lost3")), h.from(9, reaction("lost4", "🎉")))
		sweep := func() {
			if err := h.showParked(context.Background(), nil, 3); err != nil {
				t.Fatal(err)
			}
		}
		sweep()
		if n := h.number(`SELECT COUNT(*) FROM parked_event`); n != 4 {
			t.Fatalf("%d parked, want 4", n)
		}
		h.clock.Advance(11 * time.Minute)
		sweep()
		sweep()
		if got := h.spoken(c.ID); got != "in:oi | out:echo oi | activity:resolved | in:👀 | in:corrected" && got != "in:oi | out:echo oi | activity:resolved | in:corrected | in:👀" {
			t.Errorf("%s", got)
		}
		if n := h.number(`SELECT COUNT(*) FROM parked_event`); n != 0 {
			t.Errorf("%d still parked", n)
		}
		if n := h.number(`SELECT COUNT(*) FROM conversation WHERE state = 'resolved'`); n != 2 {
			t.Errorf("somebody was woken: %d of 2 conversations are resolved", n)
		}
	})
}

func TestEchoesSilenceTheBot(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.withBot()
		h.deliver(h.says(1, "oi"))
		echo := channel.Inbound{Kind: channel.InEcho, Key: "echo1", ExternalID: "echo1", Content: message.Content{Kind: message.Text, Text: "from the phone"}}
		h.deliver(h.from(1, echo), h.says(1, "ah, oi"))
		c := h.only()
		if c.State != Queued || c.WaitingMS == 0 {
			t.Errorf("%+v", c)
		}
		if got := h.spoken(c.ID); got != "in:oi | out:echo oi | out:from the phone | activity:bot_handoff | in:ah, oi" {
			t.Errorf("%s", got)
		}
		m := h.thread(c.ID)[2]
		if m.Status != message.Sent || m.Sender.Kind != "user" {
			t.Errorf("%+v", m)
		}
		// The company edits and reacts in the phone's app.
		fix := h.from(1, channel.Inbound{Kind: channel.InEcho, Target: "echo1", Content: message.Content{Kind: message.Text, Text: "fixed"}})
		heart := h.from(1, channel.Inbound{Kind: channel.InEcho, Target: "echo1", Content: message.Content{Kind: message.Emoji, Text: "😀"}})
		gone := h.from(1, channel.Inbound{Kind: channel.InEcho, Target: "echo1"})
		h.deliver(fix, heart, gone)
		if m = h.thread(c.ID)[2]; m.Content.Text != "fixed" || m.Reactions["company"] != "😀" || m.DeletedMS == 0 {
			t.Errorf("%+v", m)
		}
		// An echo of what we sent ourselves is no news.
		sent, err := h.reply(ana, c, "mine")
		if err != nil {
			t.Fatal(err)
		}
		h.writeTx(func(ctx context.Context, tx *database.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE delivery SET external_id = 'ours' WHERE message_id = $1`, sent.ID)
			return err
		})
		before := h.only().Seq
		h.deliver(h.from(1, channel.Inbound{Kind: channel.InEcho, Key: "ours", ExternalID: "ours", Content: message.Content{Kind: message.Text, Text: "mine"}}))
		if h.only().Seq != before {
			t.Error("our own message was stored twice")
		}
		// What the customer does to it finds the message, not its echo.
		h.deliver(h.from(1, channel.Inbound{Kind: channel.InReaction, Key: "heart", Target: "ours", Content: message.Content{Kind: message.Emoji, Text: "❤️"}}))
		if all := h.thread(c.ID); all[len(all)-1].ID != sent.ID || all[len(all)-1].Reactions["customer"] != "❤️" {
			t.Errorf("%+v", all[len(all)-1])
		}
	})
}

// Instagram's echo carries nothing of ours and may be faster than its answer.
func TestAnEchoFasterThanTheAnswer(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.account = h.connect(h.company, message.Instagram, "")
		who := []message.Address{{Kind: message.IGSID, Value: "1789"}}
		h.deliver(h.from(1, channel.Inbound{From: who, Content: message.Content{Kind: message.Text, Text: "oi"}}))
		if _, err := h.reply(ana, h.only(), "on its way"); err != nil {
			t.Fatal(err)
		}
		before := h.only().Seq
		echo := func(key string, content message.Content) {
			h.deliver(h.from(1, channel.Inbound{Kind: channel.InEcho, From: who, Key: key, ExternalID: key, Content: content}))
		}
		echo("swift", message.Content{Kind: message.Text, Text: "on its way"})
		if h.only().Seq != before {
			t.Error("an echo of what is being sent was taken for a colleague's words")
		}
		echo("voice", message.Content{Kind: message.Audio, Media: &message.Media{Remote: "r"}})
		echo("other", message.Content{Kind: message.Text, Text: "by hand"})
		if h.only().Seq != before+2 {
			t.Errorf("a colleague's words were taken for ours: %s", h.spoken(h.only().ID))
		}
	})
}

// Elsewhere an echo is a colleague's, however much is under way.
func TestWhatAColleagueSaysWhileWeSendIsKept(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.deliver(h.says(1, "oi"))
		if _, err := h.reply(ana, h.only(), "on its way"); err != nil {
			t.Fatal(err)
		}
		before := h.only().Seq
		h.deliver(
			h.from(1, channel.Inbound{Kind: channel.InEcho, Key: "voice", ExternalID: "voice", Content: message.Content{Kind: message.Audio, Media: &message.Media{Remote: "r", Voice: true}}}),
			h.from(1, channel.Inbound{Kind: channel.InEcho, Key: "same", ExternalID: "same", Content: message.Content{Kind: message.Text, Text: "on its way"}}),
		)
		if h.only().Seq != before+2 {
			t.Errorf("lost: %s", h.spoken(h.only().ID))
		}
	})
}

func TestChangedNumberIsLinkedAndUsed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		old := message.Address{Kind: message.WaID, Value: "5511911111111"}
		fresh := message.Address{Kind: message.WaID, Value: "5511922222222"}
		h.deliver(h.from(1, channel.Inbound{From: []message.Address{old}, Name: "Bia", Content: message.Content{Kind: message.Text, Text: "oi"}}))
		c := h.only()
		waiting := c.WaitingMS
		h.must(h.Take(context.Background(), h.step(ana, c)))
		if _, err := h.reply(ana, c, "olá"); err != nil {
			t.Fatal(err)
		}
		h.deliver(h.from(1, channel.Inbound{From: []message.Address{old, fresh}, Content: message.Content{Kind: message.System, Text: "changed number"}}))
		c = h.only()
		if waiting == 0 || c.WaitingMS != 0 || c.State != Open || !slices.Equal(c.Addresses, []message.Address{fresh, old}) {
			t.Errorf("%+v", c)
		}
		h.deliver(h.from(1, channel.Inbound{From: []message.Address{fresh}, Content: message.Content{Kind: message.Text, Text: "novo número"}}))
		if c = h.only(); c.Seq != 5 || !slices.Equal(c.Addresses, []message.Address{fresh}) {
			t.Errorf("%+v", c)
		}
	})
}

func TestReachAndCallbacks(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.account = h.connect(h.company, message.Telegram, "")
		from := []message.Address{{Kind: message.TelegramUser, Value: "77"}}
		tap := channel.Inbound{From: from, Key: "callback:5", CallbackID: "5", Content: message.Content{Kind: message.Pick, Text: "Sim", Pick: &message.Picked{ID: "yes", Title: "Sim"}}}
		h.deliver(h.from(1, tap))
		c := h.only()
		if c.WindowMS != 0 || c.Preview != "Sim" || len(h.signals) != 1 || h.signals[0].CallbackID != "5" {
			t.Fatalf("%+v %+v", c, h.signals)
		}
		blocked, back := false, true
		reachable := func() bool {
			p, err := h.contacts.Get(context.Background(), h.company, c.ContactID)
			if err != nil {
				t.Fatal(err)
			}
			return p.Addresses[0].Reachable
		}
		h.deliver(h.from(1, channel.Inbound{Kind: channel.InReach, From: from, Reachable: &blocked}))
		if reachable() {
			t.Error("a customer who blocked us counts as reachable")
		}
		h.deliver(h.from(1, channel.Inbound{Kind: channel.InReach, From: from, Reachable: &back}))
		if !reachable() {
			t.Error("a customer who came back counts as unreachable")
		}
	})
}

func TestUselessEventsDoNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.deliver(h.from(1, channel.Inbound{Kind: channel.InIgnored}), h.from(1, channel.Inbound{Kind: channel.InAccount}),
			event.Raw{TenantID: h.company, AccountID: h.account.ID, Channel: "whatsapp", Body: []byte(`{"Kind":"message"}`)},
			event.Raw{TenantID: "ten_b", AccountID: h.account.ID, Channel: "whatsapp", Body: []byte(`{}`)})
		if n := h.number(`SELECT COUNT(*) FROM message`); n != 0 {
			t.Errorf("%d messages", n)
		}
		if n := h.number(`SELECT COUNT(*) FROM quarantine`); n != 2 {
			t.Errorf("%d in quarantine, want the nameless and the other company's", n)
		}
	})
}

func TestReactionsInAnyOrderEndAlike(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.deliver(h.from(1, channel.Inbound{Key: "m1", Content: text("oi")}))
		c := h.only()
		react := func(key, emoji string, at int64) event.Raw {
			return h.from(1, channel.Inbound{Kind: channel.InReaction, Key: key, Target: "m1", AtMS: h.now() - 10_000 + at, Content: message.Content{Kind: message.Emoji, Text: emoji}})
		}
		h.deliver(react("r2", "👍", 2000))
		h.deliver(react("r1", "❤️", 1000))
		if got := h.thread(c.ID)[0].Reactions["customer"]; got != "👍" {
			t.Errorf("an older reaction stands: %s", got)
		}
		h.deliver(react("r4", "", 4000))
		h.deliver(react("r3", "😂", 3000))
		if got := h.thread(c.ID)[0].Reactions; len(got) != 0 {
			t.Errorf("what was taken back came again: %v", got)
		}
		// Some platforms tell seconds: then the order of arrival counts.
		h.deliver(react("r5", "🙏", 5000))
		h.deliver(react("r6", "", 5000))
		if got := h.thread(c.ID)[0].Reactions; len(got) != 0 {
			t.Errorf("%v", got)
		}
	})
}

// The new number of somebody is known as somebody else's: the old one must not
// become that person's.
func TestAChangedNumberThatIsKnownAlready(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		old, next := message.Address{Kind: message.WaID, Value: "5581988887777"}, message.Address{Kind: message.WaID, Value: "5581966665555"}
		h.deliver(h.from(1, channel.Inbound{From: []message.Address{next}, Content: text("eu sou B")}))
		h.deliver(h.from(1, channel.Inbound{From: []message.Address{old}, Content: text("eu sou A")}))
		h.deliver(h.from(1, channel.Inbound{From: []message.Address{old, next}, Change: &channel.IdentityChange{Old: old, New: next}, Content: message.Content{Kind: message.System}}))
		for _, row := range h.list(AllView, sup) {
			if row.Addresses[0] == old && len(row.Addresses) > 1 {
				t.Errorf("answers go to the number that was given up: %+v", row.Addresses)
			}
			if h.thread(row.ID)[0].Content.Text == "eu sou B" && slices.Contains(row.Addresses, old) {
				t.Errorf("the other one's old number became B's: %+v", row.Addresses)
			}
		}
		if n := h.number(`SELECT COUNT(*) FROM contact_conflict`); n != 1 {
			t.Errorf("%d meetings are noted", n)
		}
	})
}
