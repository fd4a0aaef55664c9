package conversation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

// crowd makes conversations in all states, named by them.
func crowd(h *house) map[string]Conversation {
	h.withBot()
	ctx := context.Background()
	named := map[string]Conversation{}
	for n, name := range []string{"Bóris", "Queila", "Ângela", "Rui Alves", "Sônia", "Renê"} {
		h.clock.Advance(time.Minute)
		text := "person"
		if name == "Bóris" {
			text = "oi"
		}
		h.deliver(h.from(n, channel.Inbound{Name: name, Content: message.Content{Kind: message.Text, Text: text}}))
		list := h.list(AllView, sup)
		c := list[0].Conversation
		switch name {
		case "Ângela":
			h.must(h.Take(ctx, h.step(ana, c)))
		case "Rui Alves":
			h.must(h.Take(ctx, h.step(rui, c)))
		case "Sônia":
			h.must(h.Take(ctx, h.step(rui, c)))
			h.must(h.Snooze(ctx, h.step(rui, c), 0))
		case "Renê":
			h.must(h.Take(ctx, h.step(rui, c)))
			h.must(h.Resolve(ctx, h.step(rui, c)))
		}
		named[name] = c
	}
	return named
}

func names(rows []Row) string {
	list := make([]string, len(rows))
	for n, row := range rows {
		list[n] = row.ContactName
	}
	return strings.Join(list, ",")
}

func TestViewsByRole(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		crowd(h)
		for _, c := range []struct {
			by   Viewer
			view View
			want string
		}{
			{sup, AllView, "Renê,Sônia,Rui Alves,Ângela,Queila,Bóris"},
			{sup, MineView, ""},
			{sup, QueueView, "Queila"},
			{sup, BotView, "Bóris"},
			{sup, OpenView, "Rui Alves,Ângela"},
			{sup, SnoozedView, "Sônia"},
			{sup, ResolvedView, "Renê"},
			{ana, AllView, "Ângela,Queila,Bóris"},
			{ana, MineView, "Ângela"},
			{ana, OpenView, "Ângela"},
			{ana, SnoozedView, ""},
			{ana, ResolvedView, ""},
			{rui, MineView, "Sônia,Rui Alves"},
			{rui, ResolvedView, "Renê"},
			{Viewer{UserID: "usr_x"}, AllView, ""},
		} {
			if got := names(h.list(c.view, c.by)); got != c.want {
				t.Errorf("%s sees in %s: %s, want %s", c.by.Name, c.view, got, c.want)
			}
		}
		if _, err := h.List(context.Background(), ListInput{TenantID: h.company, By: sup, View: "secret"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("an unknown view: %v", err)
		}
		h.Service.cfg.AttendantsSeeBots = false
		if got := names(h.list(AllView, ana)); got != "Ângela,Queila" {
			t.Errorf("without the bots' Ana sees %s", got)
		}
		h.Service.cfg.AttendantsSeeAll = true
		if got := h.list(AllView, ana); len(got) != 6 {
			t.Errorf("in an open house Ana sees %d", len(got))
		}
	})
}

func TestCounts(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		crowd(h)
		for _, c := range []struct {
			by   Viewer
			want Counts
		}{
			{sup, Counts{Queue: 1, Bot: 1, Open: 2, Snoozed: 1}},
			{ana, Counts{Mine: 1, Queue: 1, Bot: 1, Open: 1, Unread: 1}},
			{rui, Counts{Mine: 2, Queue: 1, Bot: 1, Open: 1, Snoozed: 1, Unread: 2}},
			{Viewer{}, Counts{}},
		} {
			got, err := h.Counts(context.Background(), h.company, c.by)
			if err != nil || got != c.want {
				t.Errorf("%s: %+v %v, want %+v", c.by.Name, got, err, c.want)
			}
		}
	})
}

func TestListPagesFiltersAndSearches(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		named := crowd(h)
		ctx := context.Background()
		var seen []string
		for cursor := ""; ; {
			list, err := h.List(ctx, ListInput{TenantID: h.company, By: sup, View: AllView, Cursor: cursor, Limit: 4})
			if err != nil {
				t.Fatal(err)
			}
			seen = append(seen, names(list.Items))
			// A new message while paging moves a row to the front and repeats none.
			h.clock.Advance(time.Second)
			h.deliver(h.from(1, channel.Inbound{Name: "Queila", Content: message.Content{Kind: message.Text, Text: "ainda aqui"}}))
			if cursor = list.Next; cursor == "" {
				break
			}
		}
		if got := fmt.Sprint(seen); got != "[Renê,Sônia,Rui Alves,Ângela Bóris]" {
			t.Errorf("pages: %s", got)
		}
		for query, want := range map[string]string{"angela": "Ângela", "RENE": "Renê", "ainda": "Queila", "(11) 90000-0003": "Rui Alves", "%": "", "nobody": ""} {
			list, err := h.List(ctx, ListInput{TenantID: h.company, By: sup, View: AllView, Query: query})
			if err != nil || names(list.Items) != want {
				t.Errorf("%q finds %s (%v), want %s", query, names(list.Items), err, want)
			}
		}
		list, err := h.List(ctx, ListInput{TenantID: h.company, By: sup, ContactID: named["Sônia"].ContactID, Channel: message.WhatsApp, AccountID: h.account.ID})
		if err != nil || names(list.Items) != "Sônia" {
			t.Errorf("%v %v", list, err)
		}
		if _, err := h.List(ctx, ListInput{TenantID: h.company, By: sup, Cursor: "forged"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a forged cursor: %v", err)
		}
	})
}

func TestListsReadTheirIndexes(t *testing.T) {
	h := newHouse(t, database.SQLite)
	for view, index := range map[View]string{MineView: "conversation_people", QueueView: "conversation_queue", BotView: "conversation_bot", ResolvedView: "conversation_resolved"} {
		conditions, err := view.states()
		if err != nil {
			t.Fatal(err)
		}
		err = h.db.Read(context.Background(), database.Company(h.company), func(ctx context.Context, tx *database.Tx) error {
			order := view.order()
			rows, err := tx.Query(ctx, `EXPLAIN QUERY PLAN SELECT id FROM conversation WHERE tenant_id = $1 AND `+conditions[0]+
				` AND (`+order.key+`, id) `+order.sign+` ($3, $4) ORDER BY `+order.by()+` LIMIT 50`, h.company, ana.UserID, 1, "x")
			if err != nil {
				return err
			}
			defer rows.Close()
			plan := ""
			for rows.Next() {
				var a, b, c int
				var detail string
				if err := rows.Scan(&a, &b, &c, &detail); err != nil {
					return err
				}
				plan += detail + "; "
			}
			if !strings.Contains(plan, index) || strings.Contains(plan, "TEMP B-TREE") {
				t.Errorf("%s: %s", view, plan)
			}
			return rows.Err()
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Whoever has waited longest is served first, page by page.
func TestTheQueueStandsByWaiting(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for n := range 7 {
			h.deliver(h.says(n, "oi"))
			h.clock.Advance(time.Minute)
		}
		h.deliver(h.says(0, "ainda espero")) // newest words, longest wait
		var waits []int64
		cursor := ""
		for {
			list, err := h.List(context.Background(), ListInput{TenantID: h.company, By: sup, View: QueueView, Limit: 3, Cursor: cursor})
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range list.Items {
				waits = append(waits, row.WaitingMS)
			}
			if cursor = list.Next; cursor == "" {
				break
			}
		}
		if len(waits) != 7 || !slices.IsSorted(waits) {
			t.Errorf("the queue stands %v", waits)
		}
	})
}

func TestUnreadIsPerPersonAndPeekingMarksNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		for n := range 13 {
			h.deliver(h.says(1, fmt.Sprint("m", n)))
		}
		c := h.must(h.Take(ctx, h.step(ana, h.only())))
		unread := func(by Viewer) int {
			t.Helper()
			row, err := h.Get(ctx, h.company, c.ID, by)
			if err != nil {
				t.Fatal(err)
			}
			for _, listed := range h.list(AllView, by) {
				if listed.Unread != row.Unread {
					t.Errorf("the list says %d, the row %d", listed.Unread, row.Unread)
				}
			}
			return row.Unread
		}
		if unread(ana) != 10 || unread(sup) != 10 {
			t.Errorf("unread %d and %d, want 10 at most", unread(ana), unread(sup))
		}
		h.thread(c.ID) // the supervisor peeks
		if err := h.MarkRead(ctx, h.company, c.ID, sup, 10); err != nil {
			t.Fatal(err)
		}
		if len(h.signals) != 0 || unread(ana) != 10 || unread(sup) != 3 {
			t.Errorf("a supervisor's reading showed to others: %v %d %d", h.signals, unread(ana), unread(sup))
		}
		h.types()
		for range 2 {
			if err := h.MarkRead(ctx, h.company, c.ID, ana, 99); err != nil {
				t.Fatal(err)
			}
		}
		if unread(ana) != 0 || len(h.signals) != 1 || h.signals[0].ReadUpTo == "" || fmt.Sprint(h.types()) != "[conversation.read]" {
			t.Errorf("%d %+v", unread(ana), h.signals)
		}
		if err := h.MarkRead(ctx, h.company, c.ID, ana, 3); err != nil || unread(ana) != 0 {
			t.Errorf("a cursor went back: %d %v", unread(ana), err)
		}
		h.deliver(h.says(1, "mais uma"))
		if unread(ana) != 1 {
			t.Errorf("unread %d, want 1", unread(ana))
		}
		if _, err := h.reply(ana, c, "pronto"); err != nil || unread(ana) != 0 {
			t.Errorf("who answered has read: %d %v", unread(ana), err)
		}
	})
}

func TestThreadPages(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		for n := range 10 {
			h.deliver(h.says(1, fmt.Sprint("m", n)))
		}
		c := h.only()
		newest, more, err := h.Thread(ctx, h.company, c.ID, ana, 0, 4)
		if err != nil || !more || len(newest) != 4 || newest[0].Seq != 7 || newest[3].Seq != 10 {
			t.Fatalf("%+v %v %v", newest, more, err)
		}
		earliest, more, err := h.Thread(ctx, h.company, c.ID, ana, 4, 4)
		if err != nil || more || len(earliest) != 3 || earliest[0].Seq != 1 {
			t.Errorf("%+v %v %v", earliest, more, err)
		}
		missed, more, err := h.After(ctx, h.company, c.ID, ana, 5, 3)
		if err != nil || !more || len(missed) != 3 || missed[0].Seq != 6 {
			t.Errorf("%+v %v %v", missed, more, err)
		}
	})
}

func TestCompaniesDoNotMeet(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		h.deliver(h.says(1, "oi"))
		theirs := h.only()
		m := h.thread(theirs.ID)[0]
		other := func() Step { return Step{TenantID: "ten_b", ConversationID: theirs.ID, By: sup} }
		fails := func(what string, err error) {
			t.Helper()
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("%s of another company: %v", what, err)
			}
		}
		_, err := h.Get(ctx, "ten_b", theirs.ID, sup)
		fails("get", err)
		_, _, err = h.Thread(ctx, "ten_b", theirs.ID, sup, 0, 0)
		fails("thread", err)
		_, _, err = h.Message(ctx, "ten_b", m.ID, sup)
		fails("message", err)
		_, err = h.Take(ctx, other())
		fails("take", err)
		_, err = h.Resolve(ctx, other())
		fails("resolve", err)
		_, err = h.StartBot(ctx, other(), "bot_1")
		fails("start", err)
		_, err = h.Reply(ctx, ReplyInput{TenantID: "ten_b", ConversationID: theirs.ID, By: sup, Content: message.Content{Kind: message.Text, Text: "x"}})
		fails("reply", err)
		_, err = h.SendAgain(ctx, "ten_b", m.ID, sup)
		fails("send again", err)
		fails("read", h.MarkRead(ctx, "ten_b", theirs.ID, sup, 1))
		list, err := h.List(ctx, ListInput{TenantID: "ten_b", By: sup})
		if err != nil || len(list.Items) != 0 {
			t.Errorf("list: %v %v", list, err)
		}
		if got := h.only(); got.Version != theirs.Version {
			t.Errorf("another company changed it: %+v", got)
		}
		// The same person writes to two companies.
		mine := h.account
		h.company = "ten_b"
		h.account = h.connect("ten_b", message.WhatsApp, "")
		h.deliver(h.says(1, "oi"))
		if c := h.only(); c.ContactID == theirs.ContactID || c.AccountID == mine.ID {
			t.Errorf("%+v", c)
		}
	})
}
