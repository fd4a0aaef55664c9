package conversation

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

// on puts the house behind an account of a channel, with a bot where one is
// named.
func (h *house) on(ch message.Channel, bot string) *house {
	h.account = h.connect(h.company, ch, bot)
	return h
}

func text(words string) message.Content { return message.Content{Kind: message.Text, Text: words} }

// sends hands a message of ours to the platform, which names it.
func (h *house) sends(m Message, external string) {
	h.t.Helper()
	h.settle(channel.Change{TenantID: h.company, ConversationID: m.ConversationID, MessageID: m.ID, Status: message.Sent, AtMS: h.now(), ExternalID: external})
}

func (h *house) settle(changes ...channel.Change) {
	h.t.Helper()
	h.writeTx(func(ctx context.Context, tx *database.Tx) error { return h.Settle(ctx, tx, changes) })
}

func (h *house) message(id string) Message {
	h.t.Helper()
	m, _, err := h.Message(context.Background(), h.company, id, sup)
	if err != nil {
		h.t.Fatal(err)
	}
	return m
}

func TestAnotherAppHasTheThread(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.on(message.Messenger, "bot_1")
		h.deliver(h.says(1, "oi"))
		at := h.now()
		h.deliver(h.from(1, channel.Inbound{Kind: channel.InControl, AtMS: at + 1, Control: &channel.Control{Holder: "app_2", Note: "to a person"}}))
		h.clock.Advance(time.Minute)
		h.deliver(h.from(1, channel.Inbound{Standby: true, Content: text("to the other app")}))
		if asked := len(h.bots.asked); asked != 1 {
			t.Errorf("the bot got %d turns while another app answers", asked)
		}
		c := h.only()
		if c.Control == nil || !c.Control.Held || c.Control.Holder != "app_2" || c.WaitingMS != 0 || c.State != WithBot {
			t.Errorf("%+v %+v", c, c.Control)
		}
		if row, err := h.Get(context.Background(), h.company, c.ID, sup); err != nil || row.Unread != 2 {
			t.Errorf("%d unread, %v", row.Unread, err)
		}
		if err := h.RunTurn(context.Background(), nil, TurnRequest{TenantID: h.company, ConversationID: c.ID, Cause: TimerFired}); err != nil || len(h.bots.asked) != 1 {
			t.Errorf("a timer woke the bot: %v", err)
		}
		h.deliver(h.from(1, channel.Inbound{Kind: channel.InControl, AtMS: h.now(), Control: &channel.Control{Wish: true, Holder: "app_3"}}))
		if c = h.only(); c.Control.Wish != "app_3" || !c.Control.Held {
			t.Errorf("%+v", c.Control)
		}
		h.clock.Advance(time.Minute)
		h.deliver(h.from(1, channel.Inbound{Kind: channel.InControl, AtMS: h.now(), Control: &channel.Control{Ours: true}}))
		if c = h.only(); c.Control.Held || c.Control.Wish != "" {
			t.Errorf("%+v", c.Control)
		}
		h.clock.Advance(time.Minute)
		h.deliver(h.says(1, "back"))
		if got := h.spoken(c.ID); got != "in:oi | out:echo oi | activity:control_lost | in:to the other app | activity:control_wished | activity:control_ours | in:back | out:echo back" {
			t.Error(got)
		}
	})
}

// A message that the platform gives to us as the owner says that the thread is
// ours, also when the word on it was lost.
func TestALostWordOnControlHealsByTheNextMessage(t *testing.T) {
	h := newHouse(t, database.SQLite).on(message.Messenger, "bot_1")
	h.deliver(h.from(1, channel.Inbound{Standby: true, Content: text("there")}))
	if c := h.only(); c.Control == nil || !c.Control.Held || len(h.bots.asked) != 0 {
		t.Fatalf("%+v", c.Control)
	}
	h.clock.Advance(time.Second)
	h.deliver(h.says(1, "here"))
	if c := h.only(); c.Control.Held || len(h.bots.asked) != 1 {
		t.Errorf("%+v, %d turns", c.Control, len(h.bots.asked))
	}
}

func TestWhatWasSaidBeforeTheAccountWasConnected(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.withBot()
		h.deliver(h.says(1, "live"))
		h.types()
		day := int64(24 * 3600_000)
		old := h.now() - 90*day
		past := func(at int64, kind channel.InboundKind, words string) event.Raw {
			return h.from(1, channel.Inbound{Kind: kind, AtMS: at, History: true, ExternalID: "x" + words, Content: text(words)})
		}
		// The newest piece first, as platforms send it.
		h.deliver(past(old+3*day, channel.InMessage, "third"), past(old+4*day, channel.InEcho, "fourth"))
		h.deliver(past(old+day, channel.InMessage, "first"), past(old+day, channel.InMessage, "first again"), past(old+2*day, channel.InEcho, "second"))
		if told := h.types(); len(told) != 0 {
			t.Errorf("it was told: %v", told)
		}
		list := h.list(AllView, sup)
		if len(list) != 2 || len(h.bots.asked) != 1 {
			t.Fatalf("%d conversations, %d turns", len(list), len(h.bots.asked))
		}
		at := slices.IndexFunc(list, func(r Row) bool { return r.Past })
		was := list[at]
		if was.State != Resolved || was.Unread != 0 || was.WindowMS != 0 || was.WaitingMS != 0 || was.LastMS != old+4*day || was.Preview != "fourth" {
			t.Errorf("%+v", was)
		}
		if got := h.spoken(was.ID); got != "in:first | in:first again | out:second | in:third | out:fourth" {
			t.Error(got)
		}
		// The next message goes on where the customer is.
		h.deliver(h.says(1, "live too"))
		if n := len(h.list(AllView, sup)); n != 2 {
			t.Errorf("%d conversations", n)
		}
		if _, err := h.Reopen(context.Background(), h.step(ana, was.Conversation)); reason(err) != "bad_transition" {
			t.Errorf("the past was reopened: %v", err)
		}
	})
}

// consentBook keeps what it hears.
type consentBook struct{ heard []ConsentWord }

func (b *consentBook) Heard(_ context.Context, _ *database.Tx, said []ConsentWord) error {
	b.heard = append(b.heard, said...)
	return nil
}

func (b *consentBook) Reads(words string) *message.Consent {
	if words == "parar" {
		return &message.Consent{Topic: "marketing", Text: words}
	}
	return nil
}

func (b *consentBook) Refuses(_ context.Context, _ *database.Tx, _, contactID, topic string) (bool, error) {
	for _, word := range slices.Backward(b.heard) {
		if word.ContactID == contactID && word.Topic == topic {
			return !word.Granted, nil
		}
	}
	return false, nil
}

func TestConsentIsQuietAndObeyed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		book := &consentBook{}
		h.consents = book
		h.withBot()
		h.deliver(h.says(1, "oi"))
		before := h.only()
		h.clock.Advance(time.Hour)
		h.deliver(h.from(1, channel.Inbound{Content: message.Content{Kind: message.Permission, Consent: &message.Consent{Topic: "marketing"}}}))
		c := h.only()
		if c.LastInMS != before.LastInMS || c.WindowMS != before.WindowMS || c.LastInSeq != before.LastInSeq || len(h.bots.asked) != 1 {
			t.Errorf("it woke somebody: %+v", c)
		}
		if len(book.heard) != 1 || book.heard[0].ContactID != c.ContactID || book.heard[0].MessageID == "" || book.heard[0].Granted {
			t.Errorf("%+v", book.heard)
		}
		send := func(category string) error {
			_, err := h.Reply(context.Background(), ReplyInput{TenantID: h.company, ConversationID: c.ID, By: ana,
				Content: message.Content{Kind: message.Template, Template: &message.TemplateRef{Name: "t", Language: "pt_BR", Category: category}}})
			return err
		}
		if err := send("marketing"); reason(err) != "opted_out" {
			t.Errorf("marketing to who wants none: %v", err)
		}
		if err := send("utility"); err != nil {
			t.Error(err)
		}
		h.deliver(h.says(1, "parar"))
		if len(book.heard) != 2 || book.heard[1].Text != "parar" || book.heard[1].ContactID != c.ContactID {
			t.Errorf("%+v", book.heard)
		}
	})
}

func TestCalls(t *testing.T) {
	for _, c := range []struct {
		state   string
		turns   int
		waiting bool // without a bot
	}{{"missed", 1, true}, {"ringing", 0, false}, {"answered", 0, false}, {"ended", 0, false}, {"permitted", 0, true}} {
		content := message.Content{Kind: message.PhoneCall, Call: &message.Call{State: c.state, ID: "call"}}
		h := newHouse(t, database.SQLite).withBot()
		h.deliver(h.says(1, "oi"))
		turns := len(h.bots.asked)
		h.clock.Advance(time.Hour)
		h.deliver(h.from(1, channel.Inbound{Content: content}))
		if got := len(h.bots.asked) - turns; got != c.turns {
			t.Errorf("%s: %d turns", c.state, got)
		}
		if conv := h.only(); conv.LastInMS != h.now() {
			t.Errorf("%s: a call opens the window", c.state)
		}
		h = newHouse(t, database.SQLite)
		h.deliver(h.from(1, channel.Inbound{Content: content}))
		if conv := h.only(); (conv.WaitingMS != 0) != c.waiting || (conv.State == Queued) != c.waiting {
			t.Errorf("%s: %s waits since %d", c.state, conv.State, conv.WaitingMS)
		}
	}
}

func photo(album, caption string) message.Content {
	return message.Content{Kind: message.Image, Text: caption, Media: &message.Media{Remote: "r" + caption, Album: album}}
}

func TestABotAnswersAnAlbumOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.withBot()
		h.deliver(h.from(1, channel.Inbound{Content: photo("a", "")}), h.from(1, channel.Inbound{Content: photo("a", "look")}))
		h.clock.Advance(time.Second)
		h.deliver(h.from(1, channel.Inbound{Content: photo("a", "")}))
		sweep := func() {
			if err := h.answerAlbums(context.Background(), nil, 3); err != nil {
				t.Fatal(err)
			}
		}
		h.clock.Advance(time.Second)
		sweep()
		if len(h.bots.asked) != 0 {
			t.Fatal("the bot did not wait for the rest")
		}
		h.clock.Advance(time.Second)
		sweep()
		sweep()
		if len(h.bots.asked) != 1 || h.bots.asked[0].Content.Text != "look" || len(h.bots.asked[0].Content.Album) != 3 || !h.bots.asked[0].New {
			t.Fatalf("%+v", h.bots.asked)
		}
		h.deliver(h.from(1, channel.Inbound{Content: photo("a", "")}))
		h.clock.Advance(time.Minute)
		sweep()
		if len(h.bots.asked) != 1 {
			t.Error("a late picture of an answered album woke the bot")
		}
		// Words do not wait for an album, and do not overtake it.
		h.deliver(h.from(1, channel.Inbound{Content: photo("b", "two")}), h.says(1, "and?"))
		if got := len(h.bots.asked); got != 3 || h.bots.asked[1].Content.Text != "two" || h.bots.asked[2].Content.Text != "and?" {
			t.Fatalf("%d turns: %+v", got, h.bots.asked)
		}
		if n := h.number(`SELECT COUNT(*) FROM conversation WHERE gather_ms > 0`); n != 0 {
			t.Errorf("%d still wait", n)
		}
	})
}

// newsBook hears what platforms say of accounts.
type newsBook struct{ heard []channel.News }

func (b *newsBook) HearNews(_ context.Context, _ *database.Tx, account channel.Account, news channel.News, _ int64) error {
	if news.Reason == "fail" {
		return fault.New(fault.Internal, "the reader is broken")
	}
	news.Reason, news.Raw = news.Reason+" "+account.ID, nil
	b.heard = append(b.heard, news)
	return nil
}

func TestNewsOfAccountsReachTheirReaders(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		first, second := &newsBook{}, &newsBook{}
		h.BindNews(first, second)
		raw := h.from(1, channel.Inbound{Kind: channel.InAccount, Key: "n1", News: &channel.News{Kind: channel.NewsQuality, Quality: "red", Reason: "spam"}})
		h.deliver(raw, raw)
		want := []channel.News{{Kind: channel.NewsQuality, Quality: "red", Reason: "spam " + h.account.ID}}
		if !reflect.DeepEqual(first.heard, want) || !reflect.DeepEqual(second.heard, want) {
			t.Errorf("%+v, %+v", first.heard, second.heard)
		}
		h.deliver(h.from(1, channel.Inbound{Kind: channel.InAccount, Key: "n2"})) // says nothing
		if n := len(h.list(AllView, sup)); n != 0 {
			t.Errorf("%d conversations", n)
		}
	})
}

func TestFormerWordsAreKept(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.deliver(h.from(1, channel.Inbound{Key: "m1", Content: text("wrogn")}))
		m := h.thread(h.only().ID)[0]
		at := h.now()
		edit := func(n int64, words string) event.Raw {
			return h.from(1, channel.Inbound{Kind: channel.InEdit, AtMS: at - 100 + n, Target: "m1", Content: text(words)})
		}
		h.clock.Advance(time.Minute)
		at = h.now()
		h.deliver(edit(2, "wrong"))
		h.deliver(edit(1, "wrnog"))
		m = h.message(m.ID)
		if m.Content.Text != "wrong" || len(m.Former) != 2 || m.Former[0].Text != "wrogn" || m.Former[1].Text != "wrnog" {
			t.Errorf("%q, before: %+v", m.Content.Text, m.Former)
		}
		h.deliver(h.from(1, channel.Inbound{Kind: channel.InRevoke, Target: "m1"}))
		m = h.message(m.ID)
		if m.DeletedMS == 0 || m.Content.Text != "wrong" || len(m.Former) != 2 {
			t.Errorf("%+v", m)
		}
		if got := h.only().Preview; got != "🚫 Mensagem apagada" {
			t.Error(got)
		}
		for n := range int64(40) {
			h.deliver(edit(3+n, fmt.Sprint("again ", n)))
		}
		if m = h.message(m.ID); len(m.Former) != maxFormer || m.Former[0].Text != "wrogn" || m.Former[maxFormer-1].Text != "again 38" {
			t.Errorf("%+v", m.Former)
		}
	})
}

func TestAChangedNumberStandsInTheThread(t *testing.T) {
	h := newHouse(t, database.SQLite)
	h.deliver(h.says(1, "oi"))
	old := h.only().Addresses[0]
	next := message.Address{Kind: message.WaID, Value: "5511911112222"}
	h.deliver(h.from(1, channel.Inbound{From: []message.Address{next}, Change: &channel.IdentityChange{Old: old, New: next}, Content: message.Content{Kind: message.System}}))
	c := h.only() // still one: both addresses are the same person's
	list := h.thread(c.ID)
	act := list[len(list)-1].Content.Activity
	if act == nil || act.What != "identity_changed" || act.Facts["from"] != old.Value || act.Facts["to"] != next.Value {
		t.Errorf("%+v", act)
	}
	if c.Addresses[0] != next || c.WaitingMS == 0 {
		t.Errorf("%+v", c.Addresses)
	}
}

func TestAStoryMentionOpensTheWindow(t *testing.T) {
	h := newHouse(t, database.SQLite).on(message.Instagram, "")
	at := h.now() - 3600_000
	h.deliver(h.from(1, channel.Inbound{AtMS: at, Content: message.Content{Kind: message.Share, Share: &message.Shared{Kind: "story_mention"}, Media: &message.Media{Remote: "u"}}}))
	c := h.only()
	if c.WindowMS != at+24*3600_000 || c.LateMS != at+7*24*3600_000 {
		t.Errorf("the window ends %d, a person may answer until %d", c.WindowMS, c.LateMS)
	}
	if len(h.wanted) != 1 {
		t.Error("the picture of the story was not fetched")
	}
	if _, err := h.reply(ana, c, "obrigada"); err != nil {
		t.Error(err)
	}
	h.clock.Advance(30 * time.Hour)
	m, err := h.Reply(context.Background(), ReplyInput{TenantID: h.company, ConversationID: c.ID, By: ana,
		Content: message.Content{Kind: message.Image, Media: &message.Media{Blob: "b"}}})
	if err != nil {
		t.Fatalf("a person's picture after the free window: %v", err)
	}
	var refusals []channel.Refusal
	h.writeTx(func(ctx context.Context, tx *database.Tx) error {
		refusals, err = h.Admit(ctx, tx, []channel.Candidate{
			{TenantID: h.company, ConversationID: c.ID, MessageID: m.ID, Human: true, Kind: message.Image},
			{TenantID: h.company, ConversationID: c.ID, MessageID: "msg_bot", Kind: message.Text},
		})
		return err
	})
	if len(refusals) != 2 || !refusals[0].Late || refusals[0].Code != "" || refusals[1].Late || refusals[1].Code != "window_closed" {
		t.Errorf("%+v", refusals)
	}
	h.clock.Advance(7 * 24 * time.Hour)
	if _, err := h.reply(ana, c, "tarde"); reason(err) != "window_closed" {
		t.Errorf("after a week: %v", err)
	}
}

func TestTheFirstAnswerToAnAdvertIsFreeForThreeDays(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.deliver(h.says(1, "before"))
		h.deliver(h.from(1, channel.Inbound{Content: text("from the ad"), Referral: &message.Referral{SourceType: "ad", SourceID: "7", Headline: "Sale"}}))
		c := h.only()
		if c.Referral == nil || c.Referral.Headline != "Sale" || c.Referral.AtMS != h.now() || c.FreeMS != 0 {
			t.Fatalf("%+v", c)
		}
		h.clock.Advance(time.Hour)
		m, err := h.reply(ana, c, "hello")
		if err != nil {
			t.Fatal(err)
		}
		if c = h.only(); c.FreeMS != h.now()+72*3600_000 {
			t.Errorf("free until %d", c.FreeMS)
		}
		// The platform's own word is the better one.
		h.bill(channel.Billed{TenantID: h.company, AccountID: c.AccountID, ConversationID: c.ID, MessageID: m.ID, DeliveryID: "dlv_1",
			Category: "referral_conversion", Status: message.Sent, AtMS: h.now(), WindowEndsMS: c.FreeMS + 5000})
		if now := h.only(); now.FreeMS != c.FreeMS+5000 {
			t.Errorf("free until %d", now.FreeMS)
		}
	})
}

func (h *house) bill(words ...channel.Billed) {
	h.t.Helper()
	h.writeTx(func(ctx context.Context, tx *database.Tx) error { return h.Bill(ctx, tx, words) })
}
