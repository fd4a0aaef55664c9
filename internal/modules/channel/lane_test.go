package channel

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/message"
)

func item(tenant, conversation string, seq int64, part int) queued {
	return queued{tenantID: tenant, id: fmt.Sprintf("%s/%d/%d", conversation, seq, part), conversationID: conversation,
		seq: seq, part: part, nextTryMS: 1, state: message.Queued}
}

// Whatever the order in which rows become known, and however calls end, each
// conversation's parts leave one at a time in the order of (seq, part), and
// every part leaves.
func TestLanesKeepTheOrderOfAConversation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rows []queued
		for c := range rapid.IntRange(1, 6).Draw(t, "conversations") {
			for seq := range rapid.IntRange(1, 8).Draw(t, "messages") {
				for part := range rapid.IntRange(1, 3).Draw(t, "parts") {
					rows = append(rows, item(fmt.Sprintf("t%d", c%2), fmt.Sprintf("c%d", c), int64(seq), part))
				}
			}
		}
		// All rows of one offer are known before the next is chosen: a queue is
		// filled in commits, in order; a look at the table may repeat any of it.
		ls := newLanes()
		for _, row := range rapid.Permutation(rows).Draw(t, "arrival") {
			ls.offer(row, pace{}, 10)
		}
		for _, row := range rapid.SliceOfN(rapid.SampledFrom(rows), 0, 5).Draw(t, "repeated") {
			ls.offer(row, pace{}, 10)
		}
		left := map[string]int64{}
		count := 0
		now := int64(10)
		for count < len(rows) {
			now++
			ls.due(now)
			l := ls.next(true)
			if l == nil {
				if next := ls.due(now); next > now {
					now = next
					continue
				}
				t.Fatalf("%d of %d parts left and nothing more to send", count, len(rows))
			}
			head := l.items[0]
			if rapid.IntRange(0, 4).Draw(t, "outcome") == 0 {
				l.items[0].nextTryMS = now + rapid.Int64Range(1, 50).Draw(t, "retry")
				ls.arrange(l, now)
				continue
			}
			place := head.seq*10 + int64(head.part)
			if last, ok := left[l.conversationID]; ok && place <= last {
				t.Fatalf("%s left at %d after %d", l.conversationID, place, last)
			}
			left[l.conversationID] = place
			count++
			l.remove(head.id)
			ls.arrange(l, now)
		}
		if l := ls.next(true); l != nil {
			t.Fatalf("something is left over: %+v", l.items)
		}
		if len(ls.byConversation) != 0 {
			t.Fatalf("%d lanes stay behind", len(ls.byConversation))
		}
	})
}

func TestCompaniesTakeTurns(t *testing.T) {
	ls := newLanes()
	for c := range 50 {
		ls.offer(item("crowd", fmt.Sprintf("crowd%d", c), 1, 0), pace{}, 10)
	}
	ls.offer(item("lone", "lone1", 1, 0), pace{}, 10)
	for turn := 1; turn <= 2; turn++ {
		if l := ls.next(true); l.tenantID == "lone" {
			return
		}
	}
	t.Fatal("one message waited behind another company's crowd")
}

func TestAPairIsRememberedWithoutALane(t *testing.T) {
	ls := newLanes()
	limit := pace{every: 6 * time.Second, burst: 1}
	ls.offer(item("t", "c", 1, 0), limit, 10)
	l := ls.next(true)
	l.pair.take(10)
	l.remove(l.items[0].id)
	ls.arrange(l, 10)
	ls.offer(item("t", "c", 2, 0), limit, 20)
	if l := ls.next(true); l.pair.waitMS(20, 0) == 0 {
		t.Fatal("the customer's limit was forgotten with the lane")
	}
}

func TestReduceOfParts(t *testing.T) {
	for _, c := range []struct {
		states []message.Status
		want   message.Status
	}{
		{[]message.Status{message.Read, message.Delivered}, message.Delivered},
		{[]message.Status{message.Read, message.Queued}, message.Queued},
		{[]message.Status{message.Read, message.Failed, message.Queued}, message.Failed},
		{[]message.Status{message.Unknown, message.Read}, message.Unknown},
		{[]message.Status{message.Played}, message.Played},
	} {
		if got := reduce(c.states); got != c.want {
			t.Errorf("%v reduces to %s, want %s", c.states, got, c.want)
		}
	}
}

func TestJudge(t *testing.T) {
	cfg := Config{MaxAttempts: 3, SettleAfter: time.Minute}
	account := func(ch message.Channel) Account { return Account{Channel: ch} }
	for name, c := range map[string]struct {
		channel message.Channel
		err     *SendError
		attempt int
		state   message.Status
		told    message.Status
		again   bool
		refund  int
	}{
		"accepted":                      {message.WhatsApp, nil, 1, message.Accepted, message.Accepted, false, 0},
		"temporary":                     {message.WhatsApp, &SendError{Class: Retry}, 1, message.Queued, "", true, 0},
		"temporary, too often":          {message.WhatsApp, &SendError{Class: Retry}, 3, message.Failed, message.Failed, false, 0},
		"temporary, the code allows 2":  {message.WhatsApp, &SendError{Class: Retry, MaxTries: 2}, 2, message.Failed, message.Failed, false, 0},
		"account throttled":             {message.WhatsApp, &SendError{Class: Throttled, Scope: OneAccount}, 3, message.Queued, "", true, 1},
		"pair throttled":                {message.WhatsApp, &SendError{Class: Throttled, Scope: OneCustomer}, 1, message.Queued, "", true, 0},
		"telegram says when":            {message.Telegram, &SendError{Class: Throttled, Scope: OneCustomer, AfterMS: 3000}, 9, message.Queued, "", true, 1},
		"rejected":                      {message.WhatsApp, &SendError{Class: Rejected}, 1, message.Failed, message.Failed, false, 0},
		"window closed":                 {message.WhatsApp, &SendError{Class: Window}, 1, message.Failed, message.Failed, false, 0},
		"blocked by the customer":       {message.Telegram, &SendError{Class: Dead}, 1, message.Failed, message.Failed, false, 0},
		"token refused: keep the queue": {message.WhatsApp, &SendError{Class: Stop}, 9, message.Queued, "", true, 1},
		"no answer, reports come":       {message.WhatsApp, &SendError{Class: Ambiguous}, 1, message.Sending, "", true, 0},
		"no answer, none ever come":     {message.Telegram, &SendError{Class: Ambiguous}, 1, message.Unknown, message.Unknown, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			v := cfg.judge(outcome{account: account(c.channel), attempt: c.attempt, err: c.err, finished: 1000, receipt: Receipt{Status: message.Accepted}})
			if v.state != c.state || v.change != c.told || (v.nextTryMS > 0) != c.again || v.refund != c.refund {
				t.Errorf("got %+v", v)
			}
			if v.nextTryMS != 0 && v.nextTryMS <= 1000 {
				t.Errorf("the next try at %d lies in the past", v.nextTryMS)
			}
		})
	}
}
