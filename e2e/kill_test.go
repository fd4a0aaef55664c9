package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// writer is a customer who writes numbered messages; the bot repeats each.
type writer struct {
	chat *chat
	sent int
}

// TestKills kills our processes with SIGKILL at random moments while customers
// write, starts them again, and asks the witness, the simulators, what came of
// it: every message answered exactly once and in order. PROSA_KILLS sets how
// many kills a mode gets; PROSA_SEED repeats a run's moments.
func TestKills(t *testing.T) {
	kills := 4
	if text := os.Getenv("PROSA_KILLS"); text != "" {
		var err error
		if kills, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("PROSA_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			t.Logf("seed %d (repeat with PROSA_SEED)", seed)
			killRun(t, mode, kills, rand.New(rand.NewPCG(seed, 1)))
		})
	}
}

func killRun(t *testing.T, mode string, kills int, dice *rand.Rand) {
	h := newHouse(t, mode, "PROSA_CHANNEL_SETTLE_AFTER=4s", "PROSA_SEED_FLOW=testdata/echo.json")
	var writers []*writer
	for i := range 10 {
		writers = append(writers, &writer{chat: h.newPhone(fmt.Sprintf("Kill %d", i), "whatsapp")})
	}
	for i := range 5 {
		writers = append(writers, &writer{chat: h.newPhone(fmt.Sprintf("Kill T%d", i), "telegram")})
	}

	stop := make(chan struct{})
	var group sync.WaitGroup
	var written atomic.Int64
	for _, w := range writers {
		group.Add(1)
		pause := time.Duration(250+dice.IntN(500)) * time.Millisecond
		go func() {
			defer group.Done()
			ticker := time.NewTicker(pause)
			defer ticker.Stop()
			for {
				select {
				case <-stop:
					return
				case <-ticker.C:
					w.write()
					written.Add(1)
				}
			}
		}()
	}
	until(t, "the first messages", func() (bool, string) { return written.Load() > 20, fmt.Sprint(written.Load()) })
	for k := range kills {
		time.Sleep(time.Duration(dice.IntN(1500)) * time.Millisecond) // the moment of the kill is what is random
		victim := h.parts[h.order[dice.IntN(len(h.order))]]
		victim.kill()
		time.Sleep(time.Duration(dice.IntN(300)) * time.Millisecond)
		victim.start()
		h.ready(victim.name)
		if (k+1)%20 == 0 {
			t.Logf("%d kills, %d messages written", k+1, written.Load())
		}
	}
	close(stop)
	group.Wait()

	verdict := h.judge(t, writers)
	t.Logf("mode %s: %d kills, %d messages: lost %d, doubled %d, out of order %d, unknown %d",
		mode, kills, written.Load(), verdict.lost, verdict.doubled, verdict.swapped, verdict.unknown)
	if verdict.lost+verdict.doubled+verdict.swapped > 0 {
		for _, example := range verdict.examples {
			t.Error(example)
		}
		t.Fail()
	}
	// At each kill, at most the sends in flight are unknown: one a Telegram chat.
	if most := kills * 5; verdict.unknown > most {
		t.Errorf("%d unknown, more than the %d that could be in flight", verdict.unknown, most)
	}
}

func (w *writer) write() {
	w.chat.say(fmt.Sprintf("n%d", w.sent))
	w.sent++
}

type verdict struct {
	lost, doubled, swapped, unknown int
	examples                        []string
}

// judge waits until nothing more comes and compares what each customer wrote
// with what the witness took.
func (h *house) judge(t *testing.T, writers []*writer) verdict {
	t.Helper()
	supervisor := h.signIn("supervisor")
	var v verdict
	for n, w := range writers {
		want := make([]string, 0, w.sent)
		for i := range w.sent {
			if i == 0 {
				want = append(want, "eco -")
			} else {
				want = append(want, fmt.Sprintf("eco n%d", i))
			}
		}
		name := fmt.Sprintf("Kill %d", n)
		if n >= 10 {
			name = fmt.Sprintf("Kill T%d", n-10)
		}
		var got []string
		unknown := map[string]bool{}
		deadline := time.Now().Add(2 * time.Minute)
		for {
			got = w.chat.replies()
			unknown = supervisor.unknown(t, name)
			if len(missing(want, got, unknown)) == 0 || time.Now().After(deadline) {
				break
			}
			time.Sleep(200 * time.Millisecond)
		}
		v.compare(name, want, got, unknown)
	}
	return v
}

func missing(want, got []string, unknown map[string]bool) (lost []string) {
	for _, text := range want {
		if !slices.Contains(got, text) && !unknown[text] {
			lost = append(lost, text)
		}
	}
	return lost
}

func (v *verdict) compare(name string, want, got []string, unknown map[string]bool) {
	v.unknown += len(unknown)
	if lost := missing(want, got, unknown); len(lost) > 0 {
		v.lost += len(lost)
		v.note("%s: never answered: %s", name, strings.Join(lost[:min(len(lost), 5)], ", "))
	}
	seen := map[string]bool{}
	last := -1
	for _, text := range got {
		if seen[text] {
			v.doubled++
			v.note("%s: answered twice: %s", name, text)
			continue
		}
		seen[text] = true
		place := slices.Index(want, text)
		if place < last {
			v.swapped++
			v.note("%s: %s came after %s", name, text, want[last])
		}
		last = max(last, place)
	}
}

func (v *verdict) note(format string, args ...any) {
	if len(v.examples) < 10 {
		v.examples = append(v.examples, fmt.Sprintf(format, args...))
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
		path := c.path("/messages?limit=200")
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

// unknown gives the texts of a customer's thread whose sending nobody can
// tell.
func (c *client) unknown(t *testing.T, name string) map[string]bool {
	found := map[string]bool{}
	item := c.find("all", name)
	before := ""
	for {
		var page struct {
			Items []said `json:"items"`
			More  bool   `json:"more"`
		}
		if err := c.get("/conversations/"+item.ID+"/messages?limit=200"+before, &page); err != nil {
			t.Logf("the thread of %s could not be read: %v", name, err)
			return found
		}
		for _, m := range page.Items {
			if m.Status == "unknown" {
				found[m.Content.Text] = true
			}
		}
		if !page.More || len(page.Items) == 0 {
			return found
		}
		before = "&before=" + strconv.FormatInt(page.Items[0].Seq, 10)
	}
}
