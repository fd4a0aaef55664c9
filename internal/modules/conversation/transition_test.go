package conversation

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/platform/database"
)

var (
	aBot    = Owner{Kind: Bot, ID: "bot_1"}
	aPerson = Owner{Kind: Human, ID: "usr_1", Name: "Ana"}
	another = Owner{Kind: Human, ID: "usr_2", Name: "Rui"}
)

// standing makes a conversation in a state.
func standing(state State) Conversation {
	c := Conversation{State: state, Owner: Owner{Kind: Nobody}}
	switch state {
	case WithBot:
		c.Owner = aBot
	case Open:
		c.Owner = aPerson
	case Resolved:
		c.ResolvedMS = 5
	}
	return c
}

func TestTransitionTable(t *testing.T) {
	const now = 1000
	for _, c := range []struct {
		from   State
		change Change
		what   string // empty: refused
	}{
		{"", Change{To: WithBot, Owner: aBot}, "started"},
		{"", Change{To: Queued}, "started"},
		{"", Change{To: Resolved}, "started"},
		{"", Change{To: Snoozed}, ""},
		{WithBot, Change{To: Queued}, "bot_handoff"},
		{WithBot, Change{To: Open, Owner: aPerson, Actor: Actor{ID: "usr_1"}}, "taken"},
		{WithBot, Change{To: Open, Owner: aPerson, Actor: Actor{ID: "usr_9"}}, "assigned"},
		{WithBot, Change{To: WithBot, Owner: Owner{Kind: Bot, ID: "bot_2"}}, "handed_back"},
		{WithBot, Change{To: Snoozed}, ""},
		{WithBot, Change{To: Resolved}, "resolved"},
		{Queued, Change{To: Open, Owner: aPerson}, "assigned"},
		{Queued, Change{To: Queued, Team: "sales"}, "team"},
		{Queued, Change{To: WithBot, Owner: aBot}, "handed_back"},
		{Queued, Change{To: Snoozed, SnoozeUntil: now + 1}, "snoozed"},
		{Open, Change{To: Open, Owner: another}, "assigned"},
		{Open, Change{To: Queued}, "released"},
		{Open, Change{To: Snoozed}, "snoozed"},
		{Snoozed, Change{To: Queued}, "woken"},
		{Snoozed, Change{To: WithBot, Owner: aBot}, "handed_back"},
		{Snoozed, Change{To: Resolved}, "resolved"},
		{Resolved, Change{To: Queued}, "reopened"},
		{Resolved, Change{To: Open, Owner: aPerson}, "reopened"},
		{Resolved, Change{To: WithBot, Owner: aBot}, "reopened"},
		{Resolved, Change{To: Snoozed}, ""},
		{Resolved, Change{To: Resolved}, ""},
		{Queued, Change{To: Open}, ""},
		{Queued, Change{To: Open, Owner: aBot}, ""},
		{Queued, Change{To: WithBot, Owner: aPerson}, ""},
		{Queued, Change{To: Snoozed, SnoozeUntil: now}, ""},
	} {
		conv := standing(c.from)
		before := conv
		out, err := transition(&conv, c.change, now)
		if c.what == "" {
			if err == nil {
				t.Errorf("%s to %s was allowed", c.from, c.change.To)
			}
			if fmt.Sprint(conv) != fmt.Sprint(before) {
				t.Errorf("%s to %s was refused and yet changed the conversation", c.from, c.change.To)
			}
			continue
		}
		if err != nil || out.What != c.what || conv.State != c.change.To {
			t.Errorf("%s to %s: %q %v, want %q", c.from, c.change.To, out.What, err, c.what)
		}
	}
}

// checkOwner is what must always hold between state, owner and waiting.
func checkOwner(c *Conversation) error {
	kinds := map[State][]OwnerKind{WithBot: {Bot}, Queued: {Nobody}, Open: {Human}, Snoozed: {Nobody, Human}, Resolved: {Nobody}}
	fits := false
	for _, kind := range kinds[c.State] {
		fits = fits || c.Owner.Kind == kind
	}
	switch {
	case !fits:
		return fmt.Errorf("%s is owned by %s", c.State, c.Owner.Kind)
	case (c.Owner.ID == "") != (c.Owner.Kind == Nobody):
		return fmt.Errorf("the owner is %+v", c.Owner)
	case c.WaitingMS != 0 && (c.State == WithBot || c.State == Resolved):
		return fmt.Errorf("somebody waits for a person while %s", c.State)
	case (c.ResolvedMS != 0) != (c.State == Resolved):
		return fmt.Errorf("resolved at %d while %s", c.ResolvedMS, c.State)
	case c.SnoozedMS != 0 && c.State != Snoozed:
		return fmt.Errorf("snoozed until %d while %s", c.SnoozedMS, c.State)
	}
	return nil
}

func TestAnyChangesKeepOneOwner(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Conversation{}
		open := ""
		now := int64(1000)
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			now += rapid.Int64Range(0, 1000).Draw(t, "pause")
			change := Change{
				To:          rapid.SampledFrom([]State{WithBot, Queued, Open, Snoozed, Resolved}).Draw(t, "to"),
				Owner:       rapid.SampledFrom([]Owner{aBot, aPerson, another, {}, {Kind: Bot, ID: "bot_2"}}).Draw(t, "owner"),
				Team:        rapid.SampledFrom([]string{"", "sales"}).Draw(t, "team"),
				SnoozeUntil: rapid.SampledFrom([]int64{0, now - 1, now + 5000}).Draw(t, "until"),
			}
			before, from := c, c.State
			out, err := transition(&c, change, now)
			if err != nil {
				if fmt.Sprint(c) != fmt.Sprint(before) {
					t.Fatal("a refused change left traces")
				}
				continue
			}
			if err := checkOwner(&c); err != nil {
				t.Fatal(err)
			}
			if out.What == "" {
				continue
			}
			if out.Ends != (open != "") {
				t.Fatalf("from %s: an interval ends: %v, one is open: %q", from, out.Ends, open)
			}
			open = out.Begins
			if (open == "") != (c.State == Resolved) {
				t.Fatalf("%s has the interval %q", c.State, open)
			}
			if from == WithBot && c.State == Queued && c.WaitingMS == 0 {
				t.Fatal("after a hand-off nobody waits")
			}
		}
	})
}

// Whatever customers, bots, people and clocks do, the rows tell one story.
func TestAnyHistoryKeepsTheLedger(t *testing.T) {
	h := newHouse(t, database.SQLite).withBot()
	ctx := context.Background()
	customer := 0
	rapid.Check(t, func(t *rapid.T) {
		customer++
		h.deliver(h.says(customer, rapid.SampledFrom([]string{"oi", "person", "fail", "bye"}).Draw(t, "first")))
		first := latestOf(t, h, customer)
		for range rapid.IntRange(0, 12).Draw(t, "steps") {
			h.clock.Advance(time.Duration(rapid.IntRange(1, 7200).Draw(t, "seconds")) * time.Second)
			c := latestOf(t, h, customer)
			by := rapid.SampledFrom([]Viewer{ana, rui, sup}).Draw(t, "by")
			spoken := h.number(`SELECT COUNT(*) FROM message WHERE conversation_id = $1 AND sender_kind = 'bot'`, c.ID)
			human := c.Owner.Kind == Human
			var err error
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0, 1, 2:
				h.deliver(h.says(customer, rapid.SampledFrom([]string{"oi", "person", "fail", "boom", "bye"}).Draw(t, "text")))
				if human && spoken != h.number(`SELECT COUNT(*) FROM message WHERE conversation_id = $1 AND sender_kind = 'bot'`, c.ID) {
					t.Fatal("a bot spoke while a person owned the conversation")
				}
			case 3:
				_, err = h.Take(ctx, h.step(by, c))
			case 4:
				_, err = h.reply(by, c, "olá")
				if err == nil && latestOf(t, h, customer).WaitingMS != 0 {
					t.Fatal("the customer waits after a person answered")
				}
			case 5:
				_, err = h.Resolve(ctx, h.step(by, c))
			case 6:
				_, err = h.Snooze(ctx, h.step(by, c), h.now()+rapid.Int64Range(-10, 3600_000).Draw(t, "until"))
			case 7:
				_, err = h.HandBack(ctx, h.step(by, c), "")
			case 8:
				err = h.wakeSnoozed(ctx, nil, 3)
			case 9:
				_, err = h.Reopen(ctx, h.step(by, c))
			}
			switch fault.CodeOf(err) {
			case "", fault.Refused, fault.NotFound, fault.Invalid, fault.Conflict:
			default:
				t.Fatal(err)
			}
			now := latestOf(t, h, customer)
			if err := checkOwner(&now); err != nil {
				t.Fatal(err)
			}
		}
		checkLedger(t, h, first.ContactID)
	})
}

func latestOf(t *rapid.T, h *house, customer int) Conversation {
	list, err := h.List(context.Background(), ListInput{TenantID: h.company, By: sup, View: AllView, Query: fmt.Sprintf("5511%d", 900000000+customer)})
	if err != nil || len(list.Items) == 0 {
		t.Fatalf("%v %v", list, err)
	}
	return list.Items[0].Conversation
}

// checkLedger holds the intervals of a customer's conversations: without gap
// while live, one open, none beyond the end; and messages numbered without gap.
func checkLedger(t *rapid.T, h *house, contactID string) {
	type row struct {
		conversation, state, kind string
		started, ended            int64
	}
	var rows []row
	err := h.db.Read(context.Background(), database.Company(h.company), func(ctx context.Context, tx *database.Tx) error {
		found, err := tx.Query(ctx, `SELECT c.id, c.state, i.kind, i.started_ms, i.ended_ms FROM conversation c
			JOIN conversation_interval i ON i.tenant_id = c.tenant_id AND i.conversation_id = c.id
			WHERE c.contact_id = $1 ORDER BY c.id, i.started_ms, CASE WHEN i.ended_ms = 0 THEN 1 ELSE 0 END, i.ended_ms`, contactID)
		if err != nil {
			return err
		}
		defer found.Close()
		for found.Next() {
			var r row
			if err := found.Scan(&r.conversation, &r.state, &r.kind, &r.started, &r.ended); err != nil {
				return err
			}
			rows = append(rows, r)
		}
		return found.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	open, live := map[string]int{}, map[string]bool{}
	for n, r := range rows {
		live[r.conversation] = r.state != string(Resolved)
		if r.ended == 0 {
			open[r.conversation]++
			want := map[string]string{"bot": inBot, "queued": inQueue, "open": inHuman, "snoozed": inSnoozed}[r.state]
			if r.kind != want {
				t.Fatalf("a conversation that is %s has the open interval %s", r.state, r.kind)
			}
		} else if r.ended < r.started {
			t.Fatalf("an interval ends before it starts: %+v", r)
		}
		if n > 0 && rows[n-1].conversation == r.conversation && rows[n-1].ended > r.started {
			t.Fatalf("two intervals at once: %+v and %+v", rows[n-1], r)
		}
	}
	for conversation, isLive := range live {
		if isLive && open[conversation] != 1 || !isLive && open[conversation] != 0 {
			t.Fatalf("%s live %v has %d open intervals", conversation, isLive, open[conversation])
		}
	}
	if n := h.number(`SELECT COUNT(*) FROM conversation WHERE contact_id = $1 AND state <> 'resolved'`, contactID); n > 1 {
		t.Fatalf("%d live conversations of one customer", n)
	}
	if n := h.number(`SELECT COUNT(*) FROM conversation c WHERE contact_id = $1 AND seq <> (SELECT COUNT(*) FROM message m
		WHERE m.tenant_id = c.tenant_id AND m.conversation_id = c.id)`, contactID); n != 0 {
		t.Fatalf("%d conversations count their messages wrongly", n)
	}
}

func TestActivitiesNameWhoAndWhy(t *testing.T) {
	h := newHouse(t, database.SQLite)
	h.deliver(h.says(1, "oi"))
	h.must(h.Assign(context.Background(), Assignment{Step: h.step(ana, h.only()), UserID: rui.UserID, UserName: rui.Name, Team: "vip"}))
	thread := h.thread(h.only().ID)
	act := thread[len(thread)-1].Content.Activity
	if act.What != "assigned" || act.Who != ana.UserID || act.Facts["to_name"] != "Rui" || act.Facts["team"] != "vip" || act.Facts["cause"] != string(event.Manual) {
		t.Errorf("%+v", act)
	}
}
