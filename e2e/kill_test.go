package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Who writes and who is written to while processes die.
const (
	whatsappWriters = 8
	telegramWriters = 4
	attended        = 2 // conversations of an attendant on each channel
)

// killSettings make a run short without touching what is proved: short leases,
// quick customers, no limits of pace. The wait for WhatsApp's word on a send
// that was cut off is well above the simulator's pauses between webhooks.
var killSettings = []string{
	"PROSA_SEED_FLOW=testdata/echo.json", "PROSA_CHANNEL_SETTLE_AFTER=15s",
	"PROSA_SHARD_TTL=2s", "PROSA_SHARD_RENEW=200ms",
	"PROSA_CONVERSATION_BOT_PER_MINUTE=100000", "PROSA_CHANNEL_WHATSAPP_PAIR_EVERY=0.01",
	"PROSA_CHANNEL_TELEGRAM_PAIR_EVERY=0.01", "PROSA_CHANNEL_TELEGRAM_RATE=1000",
}

// TestKills kills our processes with SIGKILL at random moments while customers
// write and an attendant answers, starts them again, and asks the witness, the
// simulators, what came of it: every message answered exactly once, in the
// order in which it was accepted. PROSA_KILLS sets how many kills a mode gets;
// PROSA_SEED repeats a run's moments; PROSA_MODE runs one mode only.
func TestKills(t *testing.T) {
	kills := int(amount(t, "PROSA_KILLS", 3))
	seed := amount(t, "PROSA_SEED", uint64(time.Now().UnixNano()))
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			if only := os.Getenv("PROSA_MODE"); only != "" && only != mode {
				t.Skipf("PROSA_MODE asks for %s only", only)
			}
			t.Logf("seed %d (PROSA_SEED repeats it)", seed)
			killRun(t, mode, kills, rand.New(rand.NewPCG(seed, 1)))
		})
	}
}

func amount(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	value, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return value
}

// exchange is one conversation under load.
type exchange struct {
	name     string
	channel  string
	chat     *chat
	attended bool
	found    conversation
	said     []string // by the customer, in the order of saying
	answers  []string // by the attendant, in the order of answering
}

func killRun(t *testing.T, mode string, kills int, dice *rand.Rand) {
	h := newHouse(t, mode, killSettings...)
	exchanges := h.meetEverybody(t)
	attendant := h.signIn("attendant")
	h.worsen(t)

	stop := make(chan struct{})
	var group sync.WaitGroup
	var spoken atomic.Int64
	for _, e := range exchanges {
		group.Add(1)
		pause := time.Duration(300+dice.IntN(500)) * time.Millisecond
		go func() {
			defer group.Done()
			ticker := time.NewTicker(pause)
			defer ticker.Stop()
			for {
				select {
				case <-stop:
					return
				case <-ticker.C:
					if e.attended {
						e.answer(t, attendant)
					} else {
						e.say(t)
					}
					spoken.Add(1)
				}
			}
		}()
	}
	until(t, "the first messages", func() (bool, string) { return spoken.Load() > 20, fmt.Sprint(spoken.Load()) })

	began := time.Now()
	senders, told := 0, 0 // kills of a process that sends; reports
	killed := 0
	for killed < kills {
		// The moment of the kill is what is random: nothing is waited for here.
		time.Sleep(time.Duration(dice.IntN(1500)) * time.Millisecond)
		victims := []string{h.order[dice.IntN(len(h.order))]}
		if len(h.order) > 1 && dice.IntN(8) == 0 {
			victims = h.order // a power cut takes all
		}
		kill := func() {
			for _, name := range victims {
				h.parts[name].kill()
				if killed++; name == "all" || name == "worker" {
					senders++
				}
			}
		}
		kill()
		away := time.Duration(dice.IntN(300)) * time.Millisecond
		if dice.IntN(25) == 0 {
			away = time.Duration(dice.IntN(20)) * time.Second // longer than leases and waits for reports last
		}
		time.Sleep(away)
		for _, name := range victims {
			h.startPart(name)
		}
		if dice.IntN(8) == 0 { // once more, while it comes up
			time.Sleep(time.Duration(dice.IntN(400)) * time.Millisecond)
			kill()
			for _, name := range victims {
				h.startPart(name)
			}
		}
		for _, name := range victims {
			h.ready(name)
		}
		if killed/25 > told {
			told = killed / 25
			t.Logf("%d kills, %d messages, %s", killed, spoken.Load(), time.Since(began).Round(time.Second))
		}
	}
	close(stop)
	group.Wait()

	v := h.judge(t, exchanges)
	fmt.Printf("KILLS mode=%s lost=%d doubled=%d out_of_order=%d unknown=%d unsettled=%d kills=%d messages=%d seconds=%d\n",
		mode, v.lost, v.doubled, v.swapped, v.unknown, v.unsettled, killed, spoken.Load(), int(time.Since(began).Seconds()))
	for _, example := range v.examples {
		t.Error(example)
	}
	if v.lost+v.doubled+v.swapped+v.unsettled > 0 {
		t.Fail()
	}
	// Only what a sender had in flight when it died may be unknown, and only on
	// Telegram: one send a conversation and kill.
	for name, unknown := range v.unknownOf {
		if unknown > senders {
			t.Errorf("%s: %d unknown after %d kills of a sender: more than were in flight", name, unknown, senders)
		}
	}
}

// worsen makes the platforms as they are on a bad day: calls take a while, so
// that a kill finds some under way, and webhooks come twice and overtake each
// other.
func (h *house) worsen(t *testing.T) {
	t.Helper()
	for platform, path := range map[string]string{"meta": "/messages", "telegram": "/sendMessage"} {
		h.fault(t, platform, map[string]any{"on": "call", "path": path, "do": "delay", "delay_ms": 60})
		h.fault(t, platform, map[string]any{"on": "webhook", "do": "duplicate", "probability": 0.05})
	}
	h.fault(t, "meta", map[string]any{"on": "webhook", "do": "reorder", "probability": 0.05})
}

// fault adds a fault rule to a simulator, "meta" or "telegram".
func (h *house) fault(t *testing.T, platform string, rule map[string]any) {
	t.Helper()
	newClient(t, h.SandboxURL+"/"+platform+"/_sandbox").do(http.MethodPost, "/faults", rule, nil)
}

// wellAgain takes all fault rules away.
func (h *house) wellAgain(t *testing.T) {
	t.Helper()
	for _, platform := range []string{"meta", "telegram"} {
		newClient(t, h.SandboxURL+"/"+platform+"/_sandbox").do(http.MethodDelete, "/faults", nil, nil)
	}
}

// meetEverybody brings the conversations about, so that the attendant has
// theirs before the first kill.
func (h *house) meetEverybody(t *testing.T) []*exchange {
	t.Helper()
	var exchanges []*exchange
	meet := func(channel string, count int, attended bool) {
		for n := range count {
			e := &exchange{name: fmt.Sprintf("%s %s %d", map[bool]string{true: "Attended", false: "Writer"}[attended], channel, n), channel: channel, attended: attended}
			e.chat = h.newPhone(e.name, channel)
			e.begin(t)
			exchanges = append(exchanges, e)
		}
	}
	meet("whatsapp", whatsappWriters, false)
	meet("telegram", telegramWriters, false)
	meet("whatsapp", attended, true)
	meet("telegram", attended, true)
	attendant := h.signIn("attendant")
	for _, e := range exchanges {
		e.found = attendant.find("all", e.name)
		if e.attended {
			attendant.do(http.MethodPost, "/conversations/"+e.found.ID+"/take", map[string]any{}, nil)
		}
	}
	return exchanges
}

// begin says the first words; the echo answers them with its opening.
func (e *exchange) begin(t *testing.T) {
	t.Helper()
	if e.channel == "telegram" {
		e.chat.send(map[string]any{"kind": "start"})
		e.said = []string{"/start"}
	} else {
		e.chat.say("oi")
		e.said = []string{"oi"}
	}
	e.chat.await(t, "the first answer to "+e.name, func(b bubble) bool { return b.Text == opening })
}

// say makes the customer write. The simulators are never killed: they take it.
func (e *exchange) say(t *testing.T) {
	text := fmt.Sprintf("n%d", len(e.said))
	status, raw, err := e.chat.c.try(http.MethodPost, e.chat.path("/messages"), map[string]string{"kind": "text", "text": text})
	if err != nil || status != http.StatusCreated {
		t.Errorf("the phone of %s did not take %q: %d %s %v", e.name, text, status, raw, err)
		return
	}
	e.said = append(e.said, text)
}

// answer posts an attendant's reply under one key until it is taken, as a
// browser does. A reply that nobody took when the load ends is repeated until
// somebody does: the processes are all up then.
func (e *exchange) answer(t *testing.T, attendant *client) {
	text := fmt.Sprintf("a%d", len(e.answers))
	key := fmt.Sprintf("key-%s-%s", e.found.ID, text)
	deadline := time.Now().Add(time.Minute)
	for {
		status, raw, err := attendant.try(http.MethodPost, "/conversations/"+e.found.ID+"/messages", map[string]string{"text": text}, "Idempotency-Key", key)
		switch {
		case err == nil && status == http.StatusCreated:
			e.answers = append(e.answers, text)
			return
		case err == nil && status < 500:
			t.Errorf("the answer %q to %s was refused: %d %s", text, e.name, status, raw)
			return
		case time.Now().After(deadline):
			t.Errorf("the answer %q to %s was not taken within a minute: %d %s %v", text, e.name, status, raw, err)
			return
		}
		time.Sleep(100 * time.Millisecond) // the pause of a browser between tries
	}
}
