package e2e

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// outage is one way in which a platform misbehaves while replies go out.
type outage struct {
	name    string
	channel string
	rules   []object // of the simulator
	unknown int      // messages of which nobody will know whether they arrived
}

var outages = []outage{
	{"down", "whatsapp", []object{{"do": "status", "status": 503, "count": 2}}, 0},
	{"down", "telegram", []object{{"do": "status", "status": 502, "count": 2}}, 0},
	{"slow", "whatsapp", []object{{"do": "delay", "delay_ms": 1500, "count": 2}}, 0},
	{"slow", "telegram", []object{{"do": "delay", "delay_ms": 1500, "count": 2}}, 0},
	{"too many requests", "whatsapp", []object{{"do": "status", "status": 429, "retry_after": 1, "count": 2}}, 0},
	{"too many requests", "telegram", []object{{"do": "status", "status": 429, "retry_after": 1, "count": 2}}, 0},
	{"cut off before the effect", "whatsapp", []object{{"do": "cut_before", "count": 2}}, 0},
	{"cut off after the effect", "whatsapp", []object{{"do": "cut_after", "count": 2}}, 0},
	{"cut off before the effect", "telegram", []object{{"do": "cut_before", "count": 1}}, 1},
	{"cut off after the effect", "telegram", []object{{"do": "cut_after", "count": 1}}, 1},
}

// TestFaults lets the platforms misbehave while customers write: nothing is
// lost, nothing comes twice, and order stands.
func TestFaults(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel() // most of it is waiting
			h := newHouse(t, mode, append(slices.Clone(killSettings), "PROSA_CHANNEL_SETTLE_AFTER=4s")...)
			for _, o := range outages {
				t.Run(strings.ReplaceAll(o.channel+" "+o.name, " ", "_"), func(t *testing.T) { h.in(t).suffer(t, o) })
			}
			t.Run("away", func(t *testing.T) { h.in(t).away(t) })
		})
	}
}

// suffer makes a customer write three times during an outage.
func (h *house) suffer(t *testing.T, o outage) {
	e := h.meet(t, o.name+" "+o.channel, o.channel)
	platform, path := "meta", "/messages"
	if o.channel == "telegram" {
		platform, path = "telegram", "/sendMessage"
	}
	for _, rule := range o.rules {
		rule = maps.Clone(rule)
		rule["on"], rule["path"] = "call", path
		h.fault(t, platform, rule)
	}
	defer h.wellAgain(t)
	for range 3 {
		e.say(t)
	}
	h.hold(t, e, o.unknown)
	if o.unknown > 0 {
		h.sendAgain(t, e, strings.Contains(o.name, "after"))
	}
}

// meet brings one conversation with the echo about.
func (h *house) meet(t *testing.T, name, channel string) *exchange {
	t.Helper()
	e := &exchange{name: name, channel: channel, chat: h.newPhone(name, channel)}
	e.begin(t)
	e.found = h.signIn("supervisor").find("all", name)
	return e
}

// hold judges a conversation and fails the test unless all is as it should be.
func (h *house) hold(t *testing.T, e *exchange, unknown int) {
	t.Helper()
	v := h.judge(t, []*exchange{e})
	for _, example := range v.examples {
		t.Error(example)
	}
	if v.unknown != unknown {
		t.Errorf("%d messages are unknown, not %d", v.unknown, unknown)
	}
}

// sendAgain is the attendant's answer to an unknown message. Only then does it
// go out again.
func (h *house) sendAgain(t *testing.T, e *exchange, arrived bool) {
	t.Helper()
	supervisor := h.signIn("supervisor")
	thread, err := supervisor.wholeThread(e.found.ID)
	if err != nil {
		t.Fatal(err)
	}
	var m said
	for _, one := range thread {
		if one.Status == "unknown" {
			m = one
		}
	}
	count := func() (n int) {
		for _, text := range e.chat.replies() {
			if text == m.Content.Text {
				n++
			}
		}
		return n
	}
	before := map[bool]int{false: 0, true: 1}[arrived]
	if n := count(); n != before {
		t.Fatalf("%q is %d times on the phone, not %d", m.Content.Text, n, before)
	}
	supervisor.do(http.MethodPost, "/messages/"+m.ID+"/send-again", object{}, nil)
	until(t, "what was sent again", func() (bool, string) { n := count(); return n == before+1, fmt.Sprint(n) })
}

// away stops the platform's process while an attendant answers: what was
// answered waits, and arrives once.
func (h *house) away(t *testing.T) {
	e := h.meet(t, "Platform away", "whatsapp")
	e.attended = true
	attendant := h.signIn("attendant")
	attendant.do(http.MethodPost, "/conversations/"+e.found.ID+"/take", object{}, nil)
	h.sandbox.kill()
	for range 3 {
		e.answer(t, attendant)
	}
	h.sandbox.start()
	awaitHTTP(t, h.SandboxURL+"/sandbox/phone/api/phones", h.sandbox)
	h.hold(t, e, 0)
}

// TestDiskFull fills the disk under the data folder: platforms are asked to
// repeat, the health tells, and with room again all goes on by itself.
func TestDiskFull(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("SKIPPED: only root can make a small disk")
	}
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			disk := t.TempDir()
			if err := syscall.Mount("prosa-e2e", disk, "tmpfs", 0, "size=96m"); err != nil {
				t.Skipf("SKIPPED: this machine lets nobody mount a small disk: %v", err)
			}
			t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) }) // after the processes on it ended
			h := newHouse(t, mode, append(slices.Clone(killSettings), "PROSA_DATA_DIR="+filepath.Join(disk, "data"), "PROSA_STREAM_FREE_MB=8",
				"PROSA_STREAM_IN_MB=16", "PROSA_STREAM_EVENT_MB=16", "PROSA_STREAM_DEAD_MB=8")...)
			n := h.connect(h.signIn("admin"), "200100300400", "secret")
			e := h.meet(t, "Disk", "whatsapp")

			if mode == "split" {
				// A stream server whose store failed ends; a supervisor starts it again.
				defer h.parts["stream"].supervise()()
			}
			filler := filepath.Join(disk, "filler")
			fill(t, filler)
			body := envelope(n.value("5511970009999", "Cheio", text("wamid.full", "cabe?")))
			until(t, "503 while the disk is full", func() (bool, string) {
				r := n.tell(body)
				return r.status == http.StatusServiceUnavailable, fmt.Sprint(r.status, r.body)
			})
			witness := h.order[0] // all, or the stream's clients
			if mode == "split" {
				witness = "gateway"
			}
			until(t, "a health state that tells", func() (bool, string) {
				response, err := http.Get(h.parts[witness].operations + "/readyz")
				if err != nil {
					return false, err.Error()
				}
				_ = response.Body.Close()
				return response.StatusCode == http.StatusServiceUnavailable, response.Status
			})
			for range 3 {
				e.say(t) // the simulator repeats what is refused
			}
			if err := os.Remove(filler); err != nil {
				t.Fatal(err)
			}
			until(t, "200 with room again", func() (bool, string) {
				r := n.tell(body)
				return r.status == http.StatusOK, fmt.Sprint(r.status, r.body)
			})
			h.hold(t, e, 0)
			h.ready(witness)
			if got := n.owner.heard("Cheio", 1); len(got) != 1 {
				t.Errorf("what was refused and repeated is there %d times", len(got))
			}
		})
	}
}

// fill writes a file until the disk takes no more.
func fill(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	block := make([]byte, 1<<20)
	for size := len(block); size >= 4096; {
		if _, err := file.Write(block[:size]); err != nil {
			size /= 4
		}
	}
}

// supervise starts the process again whenever it ends, as a service manager
// does, until stop is called.
func (p *process) supervise() (stop func()) {
	ended, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			p.mu.Lock()
			exited := p.exited
			p.mu.Unlock()
			select {
			case <-ended:
				return
			case <-exited:
				time.Sleep(250 * time.Millisecond) // the pause of a service manager
				p.start()
			}
		}
	}()
	return func() {
		close(ended)
		<-done
	}
}

// TestTakeOver kills a worker's process for good while another takes over
// within the life of its leases, and stops one, which takes no time.
func TestTakeOver(t *testing.T) {
	h := newHouse(t, "split", killSettings...)
	h.add("second worker", []string{"serve", "--target", "worker"})
	h.startPart("second worker")
	h.ready("second worker")
	var all []*exchange // enough that both workers have some
	for n := range 5 {
		all = append(all, h.meet(t, fmt.Sprintf("Take over W%d", n), "whatsapp"), h.meet(t, fmt.Sprintf("Take over T%d", n), "telegram"))
	}
	speak := func() {
		for range 3 {
			for _, e := range all {
				e.say(t)
			}
		}
	}
	speak()
	h.parts["worker"].kill()
	began := time.Now()
	speak()
	v := h.judge(t, all)
	for _, example := range v.examples {
		t.Error(example)
	}
	if v.unknown > 5 {
		t.Errorf("%d unknown, more than the five that could be in flight", v.unknown)
	}
	t.Logf("all was answered %s after the kill", time.Since(began).Round(100*time.Millisecond))

	// One that is asked to stop finishes its calls and hands over at once.
	h.startPart("worker")
	h.ready("worker")
	speak()
	h.parts["second worker"].stop()
	began = time.Now()
	speak()
	after := h.judge(t, all)
	for _, example := range after.examples {
		t.Error(example)
	}
	if after.unknown != v.unknown {
		t.Errorf("a stop made %d messages unknown", after.unknown-v.unknown)
	}
	t.Logf("all was answered %s after the stop", time.Since(began).Round(100*time.Millisecond))
}
