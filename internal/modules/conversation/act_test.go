package conversation

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

func TestTakeReplyResolve(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		h.deliver(h.says(1, "oi"))
		c := h.only()
		if c.State != Queued || c.WaitingMS == 0 || c.WindowMS != h.now()+24*3600_000 {
			t.Fatalf("%+v", c)
		}
		h.types()
		taken := h.must(h.Take(ctx, h.step(ana, c)))
		if taken.State != Open || taken.Owner != ana.owner() || taken.WaitingMS == 0 || taken.Version != c.Version+1 {
			t.Errorf("%+v", taken)
		}
		if got := fmt.Sprint(h.types()); got != "[message.created conversation.updated]" {
			t.Errorf("told %s", got)
		}
		if again := h.must(h.Take(ctx, h.step(ana, c))); again.Version != taken.Version {
			t.Error("taking what one has changed something")
		}
		if _, err := h.Take(ctx, h.step(rui, c)); !fault.Is(err, fault.NotFound) {
			t.Errorf("another attendant sees it: %v", err)
		}
		stale := h.step(ana, c)
		stale.Version = c.Version
		if _, err := h.Resolve(ctx, stale); !fault.Is(err, fault.Conflict) {
			t.Errorf("a stale wish was granted: %v", err)
		}
		h.clock.Advance(time.Minute)
		m, err := h.reply(ana, c, "olá")
		if err != nil || m.Status != message.Queued || m.Sender.Name != "Ana" {
			t.Fatalf("%+v %v", m, err)
		}
		if c = h.only(); c.WaitingMS != 0 || c.PreviewBy != message.Out || c.Preview != "olá" {
			t.Errorf("%+v", c)
		}
		if n := h.number(`SELECT COUNT(*) FROM delivery WHERE human AND seq = 3`); n != 1 {
			t.Errorf("%d deliveries of a person", n)
		}
		over := h.must(h.Take(ctx, h.step(sup, c)))
		if !over.OwnedBy(sup.UserID) {
			t.Error("a supervisor could not take over")
		}
		h.must(h.Assign(ctx, Assignment{Step: h.step(sup, c), UserID: rui.UserID, UserName: rui.Name}))
		h.must(h.Assign(ctx, Assignment{Step: h.step(rui, c), Team: "billing"}))
		if c = h.only(); c.State != Queued || c.Team != "billing" || c.LastUserID != rui.UserID {
			t.Errorf("%+v", c)
		}
		h.must(h.Resolve(ctx, h.step(ana, c)))
		if _, err := h.reply(ana, c, "tchau"); reason(err) != "resolved" && reason(err) != "not_found" {
			t.Errorf("reply to what ended: %v", err)
		}
		if _, err := h.reply(sup, c, "tchau"); reason(err) != "resolved" {
			t.Errorf("reply to what ended: %v", err)
		}
		back := h.must(h.Reopen(ctx, h.step(sup, c)))
		if !back.OwnedBy(sup.UserID) || back.ResolvedMS != 0 {
			t.Errorf("%+v", back)
		}
		if got := h.spoken(c.ID); got != "in:oi | activity:taken | out:olá | activity:taken | activity:assigned | activity:released | activity:resolved | activity:reopened" {
			t.Errorf("%s", got)
		}
	})
}

func TestReplyTakesFromTheBotAndIsIdempotent(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.withBot()
		h.deliver(h.says(1, "oi"))
		c := h.only()
		in := ReplyInput{TenantID: h.company, ConversationID: c.ID, By: ana, ClientKey: "press-1", Content: message.Content{Kind: message.Text, Text: "sou a Ana"}}
		var group sync.WaitGroup
		ids := make([]string, 6)
		for n := range ids {
			group.Go(func() {
				m, err := h.Reply(context.Background(), in)
				if err != nil {
					t.Error(err)
				}
				ids[n] = m.ID
			})
		}
		group.Wait()
		for _, got := range ids {
			if got != ids[0] {
				t.Fatalf("one key made %v", ids)
			}
		}
		if c = h.only(); !c.OwnedBy(ana.UserID) {
			t.Error("the bot still owns it")
		}
		h.deliver(h.says(1, "bot?"))
		if got := h.spoken(c.ID); got != "in:oi | out:echo oi | activity:taken | out:sou a Ana | in:bot?" {
			t.Errorf("%s", got)
		}
		if _, err := h.reply(rui, c, "eu também"); !fault.Is(err, fault.NotFound) {
			t.Errorf("another attendant wrote: %v", err)
		}
		if _, err := h.reply(sup, c, "e eu"); reason(err) != "not_owner" {
			t.Errorf("a supervisor wrote without taking: %v", err)
		}
	})
}

func TestNotesChangeNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.withBot()
		h.deliver(h.says(1, "oi"))
		c := h.only()
		in := NoteInput{TenantID: h.company, ConversationID: c.ID, By: ana, ClientKey: "n1", Text: "cliente antigo"}
		first, err := h.Note(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		second, err := h.Note(context.Background(), in)
		if err != nil || second.ID != first.ID {
			t.Errorf("%v %v", second, err)
		}
		after := h.only()
		if after.State != WithBot || after.Owner != c.Owner || after.Seq != c.Seq+1 || h.number(`SELECT COUNT(*) FROM delivery`) != 1 {
			t.Errorf("%+v", after)
		}
		other := in
		other.Text = "outra coisa"
		if _, err := h.Note(context.Background(), other); !fault.Is(err, fault.Conflict) || reason(err) != "key_reused" {
			t.Errorf("the key of another note: %v", err)
		}
		reply := ReplyInput{TenantID: in.TenantID, ConversationID: in.ConversationID, By: ana, ClientKey: in.ClientKey,
			Content: message.Content{Kind: message.Text, Text: in.Text}}
		if _, err := h.Reply(context.Background(), reply); reason(err) != "key_reused" {
			t.Errorf("a note's key for a reply: %v", err)
		}
		other = in
		other.By = sup
		if _, err := h.Note(context.Background(), other); reason(err) != "key_reused" {
			t.Errorf("somebody else's key: %v", err)
		}
		in.ClientKey, in.Text = "n2", "  "
		if _, err := h.Note(context.Background(), in); !fault.Is(err, fault.Invalid) {
			t.Errorf("an empty note: %v", err)
		}
	})
}

func TestWindows(t *testing.T) {
	const hour = int64(3600_000)
	for _, c := range []struct {
		channel message.Channel
		kind    message.Kind
		human   bool
		after   int64 // hours since the customer's last message, -1 never
		want    string
	}{
		{message.WhatsApp, message.Text, false, 23, ""},
		{message.WhatsApp, message.Text, true, 24, "window_closed"},
		{message.WhatsApp, message.Template, false, 24, ""},
		{message.WhatsApp, message.Text, true, -1, "window_closed"},
		{message.WhatsApp, message.Template, false, -1, ""},
		{message.Messenger, message.Text, false, 24, "window_closed"},
		{message.Messenger, message.Text, true, 24, "late"},
		{message.Messenger, message.Image, true, 24, "late"},
		{message.Messenger, message.Options, true, 24, "late"},
		{message.Messenger, message.Image, false, 24, "window_closed"},
		{message.Messenger, message.Template, true, 24, "window_closed"},
		{message.Messenger, message.Text, true, -1, "window_closed"},
		{message.Instagram, message.Text, true, 23, ""},
		{message.Instagram, message.Text, true, 167, "late"},
		{message.Instagram, message.Text, true, 168, "window_closed"},
		{message.Telegram, message.Text, false, 9000, ""},
		{message.Telegram, message.Text, false, -1, ""},
	} {
		now := 100_000 * hour
		conv := &Conversation{Channel: c.channel}
		if c.after >= 0 {
			conv.LastInMS = now - c.after*hour
		}
		late, err := checkWindow(conv, c.kind, c.human, now)
		got := ""
		if err != nil {
			got = reason(err)
		} else if late {
			got = "late"
		}
		if got != c.want {
			t.Errorf("%+v: %q, %v", c, got, err)
		}
	}
}

func TestClosedWindowIsRefusedWhenAskedAndWhenSent(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.deliver(h.says(1, "oi"))
		c := h.only()
		m, err := h.reply(ana, c, "em tempo")
		if err != nil {
			t.Fatal(err)
		}
		h.clock.Advance(24 * time.Hour)
		if _, err := h.reply(ana, c, "tarde"); reason(err) != "window_closed" {
			t.Errorf("%v", err)
		}
		h.writeTx(func(ctx context.Context, tx *database.Tx) error {
			refusals, err := h.Admit(ctx, tx, []channel.Candidate{
				{TenantID: h.company, ConversationID: c.ID, MessageID: m.ID, Human: true, Kind: message.Text},
				{TenantID: h.company, ConversationID: c.ID, MessageID: "msg_template", Kind: message.Template},
				{TenantID: h.company, ConversationID: "cnv_gone", MessageID: "msg_gone", Kind: message.Text},
			})
			if len(refusals) != 2 || refusals[0].MessageID != m.ID || refusals[0].Code != "window_closed" || refusals[0].Text == "" || refusals[1].Code != "conversation_gone" {
				t.Errorf("%+v", refusals)
			}
			return err
		})
	})
}

func TestSnooze(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		h.deliver(h.says(1, "oi"))
		c := h.only()
		if _, err := h.Snooze(ctx, h.step(ana, c), h.now()); !fault.Is(err, fault.Invalid) {
			t.Errorf("a snooze that ends now: %v", err)
		}
		h.must(h.Take(ctx, h.step(ana, c)))
		if _, err := h.Snooze(ctx, h.step(ana, c), h.now()+400*24*3600_000); !fault.Is(err, fault.Invalid) {
			t.Errorf("more than a year ahead: %v", err)
		}
		h.must(h.Snooze(ctx, h.step(ana, c), h.now()+60_000))
		if rows := h.list(SnoozedView, ana); len(rows) != 1 || !rows[0].OwnedBy(ana.UserID) {
			t.Fatalf("%+v", rows)
		}
		sweep := func() Conversation {
			if err := h.wakeSnoozed(ctx, nil, 3); err != nil {
				t.Fatal(err)
			}
			return h.only()
		}
		if got := sweep(); got.State != Snoozed {
			t.Errorf("woken too early")
		}
		h.clock.Advance(time.Minute)
		if got := sweep(); got.State != Open || !got.OwnedBy(ana.UserID) || got.SnoozedMS != 0 {
			t.Errorf("%+v", got)
		}
		h.must(h.Assign(ctx, Assignment{Step: h.step(ana, c)}))
		h.must(h.Snooze(ctx, h.step(ana, c), 0))
		h.deliver(h.says(1, "voltei"))
		if got := h.only(); got.State != Queued || got.WaitingMS == 0 {
			t.Errorf("%+v", got)
		}
	})
}

func TestHandBackAndStartBot(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		h.withBot()
		h.deliver(h.says(1, "person"))
		c := h.only()
		back := h.must(h.HandBack(ctx, h.step(ana, c), ""))
		if back.State != WithBot || back.Owner.ID != "bot_1" || back.WaitingMS != 0 {
			t.Fatalf("%+v", back)
		}
		h.bots.answer = func(_ context.Context, _ *database.Tx, r TurnRequest) (Turn, error) {
			if r.Contact.Name != "Customer 1" || r.BotID != "bot_2" || r.Channel != message.WhatsApp {
				t.Errorf("%+v", r)
			}
			return Turn{Replies: []Reply{replyTo(r, "cause "+string(r.Cause)+r.Timer)}}, nil
		}
		h.must(h.StartBot(ctx, h.step(ana, c), "bot_2"))
		if err := h.RunTurn(ctx, nil, TurnRequest{TenantID: h.company, ConversationID: c.ID, Cause: TimerFired, Timer: "t1"}); err != nil {
			t.Fatal(err)
		}
		h.must(h.Take(ctx, h.step(ana, c)))
		if err := h.RunTurn(ctx, nil, TurnRequest{TenantID: h.company, ConversationID: c.ID, Cause: TimerFired, Timer: "t2"}); err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, m := range h.thread(c.ID) {
			if m.Direction == message.Out {
				said = append(said, m.Content.Text)
			}
		}
		if got := fmt.Sprint(said); got != "[one moment cause start cause timert1]" {
			t.Errorf("the bots said %s", got)
		}
		h.bots.answer = func(context.Context, *database.Tx, TurnRequest) (Turn, error) { panic("timer") }
		h.must(h.HandBack(ctx, h.step(ana, c), ""))
		if err := h.RunTurn(ctx, nil, TurnRequest{TenantID: h.company, ConversationID: c.ID, Cause: TimerFired}); err != nil {
			t.Fatal(err)
		}
		if got := h.only(); got.State != Queued {
			t.Errorf("a bot that broke on a timer keeps the conversation: %+v", got)
		}
		h.deliver(h.says(2, "oi"))
	})
}

func TestBotResolvesAndSetsFields(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.withBot()
		h.deliver(h.says(1, "oi"), h.says(1, "bye"))
		c := h.only()
		p, err := h.contacts.Get(context.Background(), h.company, c.ContactID)
		if err != nil || c.State != Resolved || p.Fields["vip"] != "yes" {
			t.Errorf("%+v %+v %v", c, p, err)
		}
	})
}

func TestSendAgain(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		h.deliver(h.says(1, "oi"))
		c := h.only()
		m, err := h.reply(ana, c, "olá")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.SendAgain(ctx, h.company, m.ID, ana); reason(err) != "nothing_to_repeat" {
			t.Errorf("%v", err)
		}
		h.writeTx(func(ctx context.Context, tx *database.Tx) error {
			if _, err := tx.Exec(ctx, `UPDATE delivery SET state = 'failed' WHERE message_id = $1`, m.ID); err != nil {
				return err
			}
			return h.Settle(ctx, tx, []channel.Change{{TenantID: h.company, ConversationID: c.ID, MessageID: m.ID, Status: message.Failed, AtMS: h.now(), ErrorCode: "1", ErrorText: "broken"}})
		})
		if _, err := h.SendAgain(ctx, h.company, m.ID, rui); !fault.Is(err, fault.NotFound) {
			t.Errorf("another attendant sent it again: %v", err)
		}
		again, err := h.SendAgain(ctx, h.company, m.ID, ana)
		if err != nil || again.Status != message.Queued || again.ErrorText != "" || again.Version != 3 {
			t.Errorf("%+v %v", again, err)
		}
		if n := h.number(`SELECT COUNT(*) FROM delivery WHERE state = 'queued'`); n != 1 {
			t.Errorf("%d queued attempts", n)
		}
	})
}

func TestLearnedAddressesAndUnreachableCustomers(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.deliver(h.says(1, "oi"))
		c := h.only()
		m, err := h.reply(ana, c, "olá")
		if err != nil {
			t.Fatal(err)
		}
		bsuid := message.Address{Kind: message.BSUID, Value: "BR.42"}
		for range 2 {
			h.writeTx(func(ctx context.Context, tx *database.Tx) error {
				return h.Settle(ctx, tx, []channel.Change{{TenantID: h.company, ConversationID: c.ID, MessageID: m.ID, Status: message.Accepted, AtMS: h.now(),
					ExternalID: "w", Learned: append([]message.Address{bsuid}, c.Addresses...), Unreachable: true}})
			})
		}
		p, err := h.contacts.Get(context.Background(), h.company, c.ContactID)
		if err != nil || len(p.Addresses) != 2 || p.Addresses[0].Reachable && p.Addresses[1].Reachable {
			t.Errorf("%+v %v", p, err)
		}
		if c = h.only(); len(c.Addresses) != 2 || c.Addresses[1] != bsuid {
			t.Errorf("%+v", c.Addresses)
		}
	})
}

func TestABotHandsOffToAnAttendant(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.attendant = func(_ context.Context, _ *database.Tx, tenantID, email string) (Owner, error) {
			if tenantID == h.company && email == "rui@example.com" {
				return Owner{Kind: Human, ID: rui.UserID, Name: rui.Name}, nil
			}
			return Owner{}, nil
		}
		h.withBot()
		for n, email := range map[int]string{1: "rui@example.com", 2: "gone@example.com"} {
			h.bots.answer = func(_ context.Context, _ *database.Tx, r TurnRequest) (Turn, error) {
				return Turn{Tag: []string{"lead"}, HandOff: &HandOff{Reason: "flow", Team: "sales", Assignee: email}}, nil
			}
			h.deliver(h.says(n, "oi"))
		}
		owners := map[string]string{}
		for _, c := range h.list(AllView, sup) {
			owners[string(c.State)] = c.Owner.ID + " " + c.Team
			person, err := h.contacts.Get(context.Background(), h.company, c.ContactID)
			if err != nil || len(person.Tags) != 1 {
				t.Errorf("%+v %v", person.Tags, err)
			}
		}
		if owners["open"] != rui.UserID+" sales" || owners["queued"] != " sales" {
			t.Errorf("%v", owners)
		}
	})
}
