package e2e

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// opening is what the echo says to the first message of a conversation.
const opening = "eco -"

// verdict is what came of a run.
type verdict struct {
	lost, doubled, swapped int
	unknown                int // whose arrival nobody can tell
	unsettled              int // whose state never came to rest
	unknownOf              map[string]int
	examples               []string
}

func (v *verdict) note(format string, args ...any) {
	if len(v.examples) < 20 {
		v.examples = append(v.examples, fmt.Sprintf(format, args...))
	}
}

func (v *verdict) add(other verdict) {
	v.lost, v.doubled, v.swapped = v.lost+other.lost, v.doubled+other.doubled, v.swapped+other.swapped
	v.unknown, v.unsettled = v.unknown+other.unknown, v.unsettled+other.unsettled
	for name, unknown := range other.unknownOf {
		if v.unknownOf == nil {
			v.unknownOf = map[string]int{}
		}
		v.unknownOf[name] += unknown
	}
	for _, example := range other.examples {
		v.note("%s", example)
	}
}

// sequence compares what should have happened with what did. Texts in maybe
// may be absent.
func (v *verdict) sequence(who string, want, got []string, maybe map[string]bool) {
	place := make(map[string]int, len(want))
	for i, text := range want {
		place[text] = i
	}
	seen := make(map[string]bool, len(got))
	last := -1
	for _, text := range got {
		at, wanted := place[text]
		switch {
		case seen[text] || !wanted: // what nobody asked for is a double of something
			v.doubled++
			v.note("%s: came twice or out of nothing: %q", who, text)
			continue
		case at < last:
			v.swapped++
			v.note("%s: %q came after %q", who, text, want[last])
		}
		seen[text] = true
		last = max(last, at)
	}
	for _, text := range want {
		if !seen[text] && !maybe[text] {
			v.lost++
			v.note("%s: never came: %q", who, text)
		}
	}
}

// TestVerdict shows that the judge sees what it is there to see.
func TestVerdict(t *testing.T) {
	want := []string{"a", "b", "c", "d"}
	for _, test := range []struct {
		name                   string
		got                    []string
		maybe                  map[string]bool
		lost, doubled, swapped int
	}{
		{"as it should be", []string{"a", "b", "c", "d"}, nil, 0, 0, 0},
		{"one lost", []string{"a", "c", "d"}, nil, 1, 0, 0},
		{"the last lost", []string{"a", "b", "c"}, nil, 1, 0, 0},
		{"nobody knows of one", []string{"a", "c", "d"}, map[string]bool{"b": true}, 0, 0, 0},
		{"an unknown that came", []string{"a", "b", "c", "d"}, map[string]bool{"b": true}, 0, 0, 0},
		{"an unknown that came twice", []string{"a", "b", "b", "c", "d"}, map[string]bool{"b": true}, 0, 1, 0},
		{"one twice", []string{"a", "b", "c", "b", "d"}, nil, 0, 1, 0},
		{"two swapped", []string{"a", "c", "b", "d"}, nil, 0, 0, 1},
		{"out of nothing", []string{"a", "b", "x", "c", "d"}, nil, 0, 1, 0},
		{"nothing came", nil, nil, 4, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			var v verdict
			v.sequence("somebody", want, test.got, test.maybe)
			if v.lost != test.lost || v.doubled != test.doubled || v.swapped != test.swapped {
				t.Errorf("lost %d doubled %d swapped %d, want %d %d %d: %v", v.lost, v.doubled, v.swapped, test.lost, test.doubled, test.swapped, v.examples)
			}
		})
	}
}

// judge waits until all has come to rest and compares what each customer and
// the attendant said with the threads and with what the witness took.
func (h *house) judge(t *testing.T, exchanges []*exchange) verdict {
	t.Helper()
	supervisor := h.signIn("supervisor")
	deadline := time.Now().Add(3 * time.Minute)
	var mu sync.Mutex
	var all verdict
	var group sync.WaitGroup
	for _, e := range exchanges {
		group.Go(func() {
			v := e.judge(supervisor, deadline)
			mu.Lock()
			defer mu.Unlock()
			all.add(v)
		})
	}
	group.Wait()
	return all
}

// judge gives the verdict on one conversation.
func (e *exchange) judge(supervisor *client, deadline time.Time) verdict {
	for {
		v, rest := e.look(supervisor)
		if rest && v.lost == 0 || time.Now().After(deadline) {
			return v
		}
		time.Sleep(300 * time.Millisecond)
	}
}

// look compares once, and reports whether the thread has come to rest.
func (e *exchange) look(supervisor *client) (v verdict, rest bool) {
	thread, err := supervisor.wholeThread(e.found.ID)
	if err != nil {
		v.lost++
		v.note("%s: the thread can't be read: %v", e.name, err)
		return v, false
	}
	var heard, replied []string
	unknown := map[string]bool{}
	for _, m := range thread {
		switch m.Direction {
		case "in":
			heard = append(heard, m.Content.Text)
		case "out":
			replied = append(replied, m.Content.Text)
			switch {
			case m.Status == "unknown" && e.channel == "telegram":
				unknown[m.Content.Text] = true
			case !settled(e.channel, m.Status):
				v.unsettled++
				v.note("%s: %q is %s", e.name, m.Content.Text, m.Status)
			}
		}
	}
	v.unknown, v.unknownOf = len(unknown), map[string]int{e.name: len(unknown)}
	// The platform may repeat webhooks out of order, so of what came in only the
	// set is given; the order is the one in which it was accepted.
	said := slices.Clone(e.said)
	slices.Sort(said)
	inOrder := slices.Clone(heard)
	slices.Sort(inOrder)
	v.sequence(e.name+" heard", said, inOrder, nil)
	want := e.expected(heard)
	v.sequence(e.name+" replied", want, replied, nil)
	v.sequence(e.name+" on the phone", want, e.chat.replies(), unknown)
	return v, v.unsettled == 0
}

// expected gives what must be said to what was heard, in that order.
func (e *exchange) expected(heard []string) []string {
	want := []string{opening}
	if e.attended {
		return append(want, e.answers...)
	}
	for _, text := range heard[min(1, len(heard)):] {
		want = append(want, "eco "+text)
	}
	return want
}

// settled reports whether a status is where a message ends: WhatsApp tells
// about each until it is delivered, Telegram tells nothing after its answer.
func settled(channel, status string) bool {
	if channel == "telegram" {
		return status == "sent"
	}
	return status == "delivered" || status == "read"
}

// wholeThread gives a conversation's messages from the first on.
func (c *client) wholeThread(id string) ([]said, error) {
	var all []said
	after := int64(0)
	for {
		var page struct {
			Items []said `json:"items"`
			More  bool   `json:"more"`
		}
		if err := c.get("/conversations/"+id+"/messages?limit=100&after="+strconv.FormatInt(after, 10), &page); err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if len(page.Items) == 0 || !page.More {
			return all, nil
		}
		after = page.Items[len(page.Items)-1].Seq
	}
}

// replies gives everything that the company said in a chat, oldest first.
func (c *chat) replies() []string {
	var texts []string
	before := ""
	for {
		var page struct {
			Bubbles []bubble `json:"bubbles"`
			More    bool     `json:"more"`
		}
		path := c.path("/messages?limit=500")
		if before != "" {
			path += "&before=" + url.QueryEscape(before)
		}
		if err := c.c.get(path, &page); err != nil || len(page.Bubbles) == 0 {
			return texts
		}
		var older []string
		for _, b := range page.Bubbles {
			if b.Dir == "theirs" && b.Text != "" {
				older = append(older, b.Text)
			}
		}
		texts = append(older, texts...)
		if !page.More {
			return texts
		}
		before = page.Bubbles[0].ID
	}
}
