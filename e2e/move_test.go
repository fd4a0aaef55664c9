package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// TestMove takes the company from one installation to another while customers
// write and an attendant answers: called off once after the pause, then carried
// out with kills of the command and of both installations. The witness, the
// simulators, tells what came of it: every message answered exactly once, in its
// order, and every thread whole at the target. PROSA_MOVES names the modes of
// the two sides, such as "all-all,all-split,split-all"; PROSA_SEED repeats the
// moments of the kills.
func TestMove(t *testing.T) {
	pairs := os.Getenv("PROSA_MOVES")
	if pairs == "" {
		pairs = "all-all"
	}
	seed := amount(t, "PROSA_SEED", uint64(time.Now().UnixNano()))
	for pair := range strings.SplitSeq(pairs, ",") {
		from, to, _ := strings.Cut(pair, "-")
		t.Run(pair, func(t *testing.T) {
			t.Logf("seed %d (PROSA_SEED repeats it)", seed)
			moveRun(t, from, to, rand.New(rand.NewPCG(seed, 2)))
		})
	}
}

// removal is a company on its way between two houses.
type removal struct {
	t              *testing.T
	source, target *house
	sourceEnv      string
	targetEnv      string
	moveID         string
}

func moveRun(t *testing.T, from, to string, dice *rand.Rand) {
	shelf := t.TempDir()
	settings := append(append([]string{}, killSettings...), "PROSA_MOVE_URL="+shelf, "PROSA_SHARDS=2", "PROSA_MOVE_KEY=m:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
	source := newHouse(t, from, settings...)
	target := source.neighbour(t, to, append(settings, "PROSA_LINE=enterprise")...)
	r := &removal{t: t, source: source, target: target, sourceEnv: source.envFile("source.env"), targetEnv: target.envFile("target.env")}
	exchanges := source.meetEverybody(t)
	source.worsen(t)

	stop := make(chan struct{})
	var group sync.WaitGroup
	var spoken, refused atomic.Int64
	desk := &desk{t: t, r: r, refused: &refused, now: source.signIn("attendant")}
	for _, e := range exchanges {
		pause := time.Duration(300+dice.IntN(500)) * time.Millisecond
		group.Go(func() {
			ticker := time.NewTicker(pause)
			defer ticker.Stop()
			for {
				select {
				case <-stop:
					return
				case <-ticker.C:
					if e.attended {
						desk.answer(e)
					} else {
						e.say(t)
					}
					spoken.Add(1)
				}
			}
		})
	}
	heard := func(more int64) {
		t.Helper()
		until(t, "more messages", func() (bool, string) { return spoken.Load() >= more, fmt.Sprint(spoken.Load()) })
	}
	heard(20)

	// Once to the pause and back.
	r.plan()
	for _, step := range []struct {
		name string
		env  string
	}{{"check", r.targetEnv}, {"copy", r.sourceEnv}, {"load", r.targetEnv}, {"pause", r.sourceEnv}} {
		r.step(step.name, step.env)
	}
	heard(spoken.Load() + 20) // what is said now is put aside
	r.step("rollback", r.sourceEnv)
	r.step("discard", r.targetEnv)
	heard(spoken.Load() + 20)

	// And for real, with a command that dies again and again and installations that
	// die beside it.
	r.plan()
	began := time.Now()
	kills := 0
	for range 4 {
		if r.run(time.Duration(200+dice.IntN(4500)) * time.Millisecond) {
			break
		}
		kills++
		victim := []*house{source, target}[dice.IntN(2)]
		for _, name := range victim.order {
			victim.parts[name].kill()
			kills++
		}
		for _, name := range victim.order {
			victim.startPart(name)
		}
		for _, name := range victim.order {
			victim.ready(name)
		}
	}
	receipt := r.finish()
	took := time.Since(began)
	heard(spoken.Load() + 40) // life at the target
	close(stop)
	group.Wait()

	v := target.judge(t, exchanges)
	until(t, "the last pieces to be sent on", func() (bool, string) {
		receipt = r.receipt()
		return receipt.Waiting == 0, fmt.Sprint(receipt.Waiting)
	})
	fmt.Printf("MOVE %s to %s lost=%d doubled=%d out_of_order=%d unknown=%d unsettled=%d kills=%d messages=%d refused_in_the_pause=%d rows=%d ranges=%d sent_on=%d stood_still=%.1fs took=%.0fs\n",
		from, to, v.lost, v.doubled, v.swapped, v.unknown, v.unsettled, kills, spoken.Load(), refused.Load(), receipt.Total, receipt.Ranges, receipt.SentOn, float64(receipt.PauseMS)/1000, took.Seconds())
	for _, example := range v.examples {
		t.Error(example)
	}
	if v.lost+v.doubled+v.swapped+v.unsettled > 0 {
		t.Fail()
	}
	if !receipt.Equal || receipt.Verdict != "cut" || receipt.Total == 0 || receipt.Waiting != 0 {
		t.Errorf("the receipt: %+v", receipt)
	}
	for name, unknown := range v.unknownOf {
		if unknown > kills {
			t.Errorf("%s: %d unknown after %d kills", name, unknown, kills)
		}
	}
	// The company has left: its old house says so, and takes nothing for it.
	if status, raw, err := source.signIn("attendant").try(http.MethodGet, "/conversations?view=all", nil); err != nil || status < 400 || !strings.Contains(string(raw), "moved") {
		t.Errorf("the old house answers %d %s %v", status, raw, err)
	}
}

// neighbour starts an empty house beside this one, with the same simulators.
func (h *house) neighbour(t *testing.T, mode string, more ...string) *house {
	t.Helper()
	n := &house{t: t, mode: mode, dir: t.TempDir(), binary: h.binary, parts: map[string]*process{}, sandbox: h.sandbox, SandboxURL: h.SandboxURL}
	n.furnish(mode, more)
	for _, name := range n.order {
		n.startPart(name)
	}
	for _, name := range n.order {
		n.ready(name)
	}
	return n
}

// envFile writes the house's settings for a command.
func (h *house) envFile(name string) string {
	h.t.Helper()
	path := filepath.Join(h.dir, name)
	if err := os.WriteFile(path, []byte(strings.Join(h.env, "\n")+"\n"), 0o600); err != nil {
		h.t.Fatal(err)
	}
	return path
}

// command runs a command to its end, or kills it after a while.
func (r *removal) command(limit time.Duration, args ...string) (output string, errors string, done bool) {
	r.t.Helper()
	command := exec.Command(r.source.binary, append([]string{"company", "move"}, args...)...)
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var out, problems strings.Builder
	command.Stdout, command.Stderr = &out, &problems
	if err := command.Start(); err != nil {
		r.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	select {
	case err := <-ended:
		return out.String(), problems.String(), err == nil
	case <-time.After(limit):
		_ = command.Process.Kill()
		<-ended
		return out.String(), problems.String() + "\nkilled", false
	}
}

func (r *removal) step(name, env string) string {
	r.t.Helper()
	out, problems, done := r.command(time.Minute, name, "--move", r.moveID, "--env", env)
	if !done {
		r.t.Fatalf("%s: %s\n%s", name, out, problems)
	}
	return out
}

func (r *removal) plan() {
	r.t.Helper()
	out, problems, done := r.command(time.Minute, "plan", "--company", "casa-aurora", "--env", r.sourceEnv)
	var plan struct {
		MoveID string `json:"move_id"`
	}
	if err := json.Unmarshal([]byte(out), &plan); err != nil || !done {
		r.t.Fatalf("plan: %v %s\n%s", err, out, problems)
	}
	r.moveID = plan.MoveID
}

// receipt is what the test reads of a receipt.
type receipt struct {
	Verdict string `json:"verdict"`
	Equal   bool   `json:"equal"`
	Total   int64  `json:"total_rows"`
	Ranges  int    `json:"ranges"`
	SentOn  int64  `json:"pieces_sent_on"`
	Waiting int64  `json:"pieces_waiting"`
	PauseMS int64  `json:"pause_ms"`
}

// run goes on with the move until it is done, or until the limit kills it.
func (r *removal) run(limit time.Duration) bool {
	r.t.Helper()
	out, problems, done := r.command(limit, "run", "--company", "casa-aurora", "--move", r.moveID, "--source-env", r.sourceEnv, "--target-env", r.targetEnv)
	r.t.Logf("run, %s at most, done %t:\n%s\n%s", limit, done, problems, out)
	if !done && !strings.HasSuffix(problems, "\nkilled") {
		r.t.Fatal("the command failed")
	}
	return done
}

// finish runs the rest and gives the receipt.
func (r *removal) finish() (got receipt) {
	r.t.Helper()
	if !r.run(2 * time.Minute) {
		r.t.Fatal("the move does not come to its end")
	}
	return r.receipt()
}

func (r *removal) receipt() (got receipt) {
	r.t.Helper()
	out, problems, done := r.command(time.Minute, "status", "--move", r.moveID, "--env", r.sourceEnv, "--json")
	if err := json.Unmarshal([]byte(out), &got); err != nil || !done {
		r.t.Fatalf("status: %v %s\n%s", err, out, problems)
	}
	return got
}

// desk is an attendant who follows the company to its new house.
type desk struct {
	t       *testing.T
	r       *removal
	refused *atomic.Int64

	mu    sync.Mutex
	now   *client
	there bool
}

// answer posts a reply until it is taken, here or there. In the pause it is
// refused with a word, and tried again.
func (d *desk) answer(e *exchange) {
	text := fmt.Sprintf("a%d", len(e.answers))
	deadline := time.Now().Add(3 * time.Minute)
	for {
		d.mu.Lock()
		client := d.now
		d.mu.Unlock()
		status, raw, err := client.try(http.MethodPost, "/conversations/"+e.found.ID+"/messages", map[string]string{"text": text}, "Idempotency-Key", "key-"+e.found.ID+"-"+text)
		switch {
		case err == nil && status == http.StatusCreated:
			e.answers = append(e.answers, text)
			return
		case err == nil && strings.Contains(string(raw), `"moved"`):
			d.follow()
		case err == nil && strings.Contains(string(raw), `"moving"`):
			d.refused.Add(1)
		case err == nil && status < 500 && status != http.StatusUnauthorized:
			d.t.Errorf("the answer %q to %s was refused: %d %s", text, e.name, status, raw)
			return
		}
		if time.Now().After(deadline) {
			d.t.Errorf("the answer %q to %s was not taken within three minutes: %d %s %v", text, e.name, status, raw, err)
			return
		}
		time.Sleep(100 * time.Millisecond) // the pause of a browser between tries
	}
}

// follow signs the attendant in at the new house.
func (d *desk) follow() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.there {
		return
	}
	client := newClient(d.t, d.r.target.APIURL+"/api/v1")
	if status, _, err := client.try(http.MethodPost, "/demo/session", map[string]string{"role": "attendant"}); err == nil && status < 300 {
		d.now, d.there = client, true
	}
}
