package conversation

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

func TestTwoAttendantsTakeAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.deliver(h.says(1, "oi"))
		c := h.only()
		var group sync.WaitGroup
		errs := make([]error, 2)
		for n, by := range []Viewer{ana, rui} {
			group.Go(func() { _, errs[n] = h.Take(context.Background(), h.step(by, c)) })
		}
		group.Wait()
		lost := 0
		for _, err := range errs {
			if fault.Is(err, fault.NotFound) {
				lost++
			} else if err != nil {
				t.Error(err)
			}
		}
		if lost != 1 || h.only().Owner.Kind != Human {
			t.Errorf("%v leave %+v", errs, h.only().Owner)
		}
	})
}

// A customer who is new may come on two shards at once, by the number and by
// the user id: still one contact, one conversation, all messages.
func TestOneCustomerOnTwoShards(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		phone, user := message.Address{Kind: message.WaID, Value: "5511988887777"}, message.Address{Kind: message.BSUID, Value: "BR.7"}
		var group sync.WaitGroup
		for n := range 6 {
			from := []message.Address{phone, user}
			if n%2 == 1 {
				from = []message.Address{user}
			}
			raw := h.from(1, channel.Inbound{From: from, Content: message.Content{Kind: message.Text, Text: fmt.Sprint("m", n)}})
			group.Go(func() {
				r := h.run(nil)
				r.shard = n % 2
				if err := r.do(context.Background(), []event.Raw{raw}); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if c := h.only(); c.Seq != 6 || len(h.dead) != 0 {
			t.Errorf("%+v, dead %v", c, h.dead)
		}
		if n := h.number(`SELECT COUNT(*) FROM contact`); n != 1 {
			t.Errorf("%d contacts", n)
		}
	})
}

// Replies, reports and new messages of one conversation at the same time leave
// messages numbered without gap and every report counted.
func TestEverythingAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.deliver(h.says(1, "oi"))
		c := h.only()
		var sent []Message
		for n := range 4 {
			m, err := h.reply(ana, c, fmt.Sprint("r", n))
			if err != nil {
				t.Fatal(err)
			}
			sent = append(sent, m)
		}
		var reports []event.Raw
		for _, m := range sent {
			var delivery string
			h.writeTx(func(ctx context.Context, tx *database.Tx) error {
				return tx.QueryRow(ctx, `SELECT id FROM delivery WHERE message_id = $1`, m.ID).Scan(&delivery)
			})
			for _, status := range []message.Status{message.Read, message.Sent, message.Delivered} {
				reports = append(reports, h.from(1, channel.Inbound{Kind: channel.InStatus,
					Status: &channel.StatusReport{ExternalID: "wamid." + delivery, Ours: delivery, Status: status}}))
			}
		}
		var group sync.WaitGroup
		for n, report := range reports {
			group.Go(func() { h.deliver(report) })
			group.Go(func() { h.deliver(h.says(1, fmt.Sprint("more", n))) })
			group.Go(func() {
				if _, err := h.reply(ana, c, fmt.Sprint("and", n)); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		thread := h.thread(c.ID)
		want := 2 + len(sent) + 2*len(reports) // the first message, the activity, and all of these
		if len(thread) != want || h.only().Seq != int64(want) {
			t.Errorf("%d messages, want %d", len(thread), want)
		}
		for n, m := range thread {
			if m.Seq != int64(n+1) {
				t.Errorf("message %d has the number %d", n+1, m.Seq)
			}
		}
		for _, m := range sent {
			if now, _, err := h.Message(context.Background(), h.company, m.ID, sup); err != nil || now.Status != message.Read {
				t.Errorf("%s %v", now.Status, err)
			}
		}
	})
}

func TestAccountMadeAMomentAgoIsKnown(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		fresh, err := h.channel.Create(context.Background(), channel.NewAccount{TenantID: h.company, Channel: message.WhatsApp, Name: "New", ExternalID: "ext-new",
			Credentials: map[string]secret.Text{"token": secret.New("t"), "app_secret": secret.New("s")}})
		if err != nil {
			t.Fatal(err)
		}
		if _, known := h.channel.Directory().Account(fresh.ID); known {
			t.Fatal("the snapshot knows it already: the test shows nothing")
		}
		h.account = fresh
		h.deliver(h.says(1, "oi"))
		if c := h.only(); c.AccountID != fresh.ID {
			t.Errorf("%+v", c)
		}
	})
}

func TestTimersOfLostShardsAndBrokenDatabases(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		h.withBot()
		h.deliver(h.says(1, "oi"), h.says(2, "oi"))
		var requests []TurnRequest
		for _, row := range h.list(BotView, sup) {
			requests = append(requests, TurnRequest{TenantID: h.company, ConversationID: row.ID, Cause: TimerFired, Timer: "t"})
		}
		asked := len(h.bots.asked)
		gone := fenceFunc(func(context.Context, *database.Tx) error { return fault.New(fault.Conflict, "gone") })
		if err := h.RunTurns(ctx, gone, requests); !fault.Is(err, fault.Conflict) || len(h.bots.asked) != asked {
			t.Errorf("the bots were asked for one who lost the shard: %v", err)
		}
		h.bots.answer = func(ctx context.Context, tx *database.Tx, r TurnRequest) (Turn, error) {
			_, err := tx.Exec(ctx, `SELECT * FROM no_such_table`)
			return Turn{}, err
		}
		if err := h.RunTurns(ctx, nil, requests); err == nil {
			t.Error("a failure of the database was taken for one of the bot")
		}
		for _, row := range h.list(AllView, sup) {
			if row.State != WithBot {
				t.Errorf("%s was handed off", row.ContactName)
			}
		}
		h.bots.answer = nil
		if err := h.RunTurns(ctx, nil, requests); err != nil {
			t.Error(err)
		}
		if err := h.RunTurns(ctx, nil, nil); err != nil {
			t.Error(err)
		}
		if n := h.number(`SELECT COUNT(*) FROM message WHERE direction = 'out'`); n != 4 {
			t.Errorf("the bots said %d, want 4", n)
		}
	})
}

func TestSignalsGoToTheOwnersCustomer(t *testing.T) {
	h := newHouse(t, database.SQLite)
	ctx := context.Background()
	h.deliver(h.says(1, "oi"))
	c := h.must(h.Take(ctx, h.step(ana, h.only())))
	for _, by := range []Viewer{sup, ana} {
		if err := h.Typing(ctx, h.company, c.ID, by); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Typing(ctx, h.company, c.ID, rui); !fault.Is(err, fault.NotFound) {
		t.Errorf("%v", err)
	}
	if len(h.signals) != 1 || !h.signals[0].Typing {
		t.Errorf("%+v", h.signals)
	}
}

func TestAdmitRefusesTheBlocked(t *testing.T) {
	if _, err := admit(&Conversation{Channel: message.Telegram, Blocked: true}, message.Text, true, 1); reason(err) != "contact_blocked" {
		t.Error(err)
	}
}

func TestWhatAPersonMaySend(t *testing.T) {
	long := make([]byte, MaxText+1)
	for n := range long {
		long[n] = 'a'
	}
	for _, c := range []struct {
		content message.Content
		ok      bool
	}{
		{message.Content{Kind: message.Text, Text: "oi"}, true},
		{message.Content{Kind: message.Text, Text: " \n"}, false},
		{message.Content{Kind: message.Text, Text: string(long)}, false},
		{message.Content{Kind: message.Text, Text: "a\x00b"}, false},
		{message.Content{Kind: message.Text, Text: "\xff"}, false},
		{message.Content{Kind: message.Image}, false},
		{message.Content{Kind: message.Audio, Media: &message.Media{Blob: "b", Voice: true}}, true},
		{message.Content{Kind: message.Template, Template: &message.TemplateRef{Name: "t"}}, true},
		{message.Content{Kind: message.Activity}, false},
		{message.Content{Kind: message.Cart}, false},
		{message.Content{}, false},
	} {
		if err := checkContent(c.content); (err == nil) != c.ok {
			t.Errorf("%.40v: %v", c.content, err)
		}
	}
}

func TestConfigIsChecked(t *testing.T) {
	if err := Defaults().Validate(); err != nil {
		t.Error(err)
	}
	for name, spoil := range map[string]func(c *Config){
		"keys for less than platforms repeat": func(c *Config) { c.KeysFor = 7 * 24 * time.Hour },
		"no batch":                            func(c *Config) { c.BatchEvents = 0 },
		"no word for bots":                    func(c *Config) { c.BotPerMinute = 0 },
		"no sweep":                            func(c *Config) { c.SweepEvery = 0 },
		"an album waited for too long":        func(c *Config) { c.GatherAlbum = time.Hour },
	} {
		c := Defaults()
		spoil(&c)
		if c.Validate() == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestEnglishCompanies(t *testing.T) {
	h := newHouse(t, database.SQLite).withBot()
	h.Service.locale = func(string) string { return "en" }
	h.deliver(h.says(1, "fail"))
	h.deliver(h.from(2, channel.Inbound{Content: message.Content{Kind: message.Image, Media: &message.Media{Remote: "m"}}}))
	for _, row := range h.list(QueueView, sup) {
		if got := h.spoken(row.ID); got != "in:fail | out:Sorry, something went wrong on our side. A person will answer you shortly. | activity:bot_handoff | note:The bot failed and apologised to the customer." {
			t.Errorf("%s", got)
		}
	}
}
