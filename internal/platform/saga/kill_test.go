package saga

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/secret"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

const childVariable = "PROSA_SAGA_KILL_CHILD"

// The moments at which a process is killed.
var moments = []string{"before", "called", "writing", "committed"}

// killed is the journey of the test; all its steps call the witness.
func killed(witness string) Kind {
	ask := func(path string) (string, error) {
		response, err := http.Get(witness + path)
		if err != nil {
			return "", err
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err == nil && response.StatusCode != http.StatusOK {
			err = fmt.Errorf("status %d", response.StatusCode)
		}
		return string(body), err
	}
	run := func(_ context.Context, job Job) (Commit, error) {
		at := "/at/" + job.SagaID + "/" + job.Step + "/"
		if _, err := ask(at + "before"); err != nil {
			return nil, err
		}
		answer, err := ask("/call/" + job.SagaID + "/" + job.Step)
		if err != nil {
			return nil, err
		}
		if _, err := ask(at + "called"); err != nil {
			return nil, err
		}
		if answer == "not yet" {
			return nil, &Wait{}
		}
		return func(ctx context.Context, tx *database.Tx) (string, error) {
			// A business row with a key: written twice, it would be refused.
			_, err := tx.Exec(ctx, `INSERT INTO contact (tenant_id, id, name, profile, username, language, folded, fields, blocked, created_ms, updated_ms, version)
				VALUES ('ten_a', $1, '', '', '', '', '', '{}', FALSE, $2, $2, 1)`, job.SagaID+"-"+job.Step, tx.Now())
			if err != nil {
				return "", err
			}
			if _, err := ask(at + "writing"); err != nil {
				return "", err
			}
			tx.AfterCommit(func() { _, _ = ask(at + "committed") })
			return answer, nil
		}, nil
	}
	return Kind{Name: "killed", Steps: []Step{
		{Name: "customer", Retry: Net, Run: run},
		{Name: "payment", After: []string{"customer"}, Retry: Net, Run: run, Poll: 10 * time.Millisecond},
		{Name: "company", After: []string{"payment"}, Retry: DB, Run: run},
		{Name: "account", After: []string{"payment"}, Retry: CRM, Circuit: "crm", Run: run},
		{Name: "deal", After: []string{"account", "company"}, Retry: CRM, Circuit: "crm", Run: run},
	}}
}

// hasty gives steps of a killed process to another one soon.
var hasty = Config{Poll: 20 * time.Millisecond, Workers: 4, PerCircuit: 2, Lease: 600 * time.Millisecond, Limit: time.Minute}

// child is a whole process that runs journeys until it is killed.
func child(place string) {
	witness, address, _ := strings.Cut(place, " ")
	cfg := database.Config{Dir: address, Readers: 2, CacheKB: 2048}
	if strings.Contains(address, "://") {
		cfg = database.Config{URL: secret.New(address), PoolSize: 6}
	}
	db, err := database.Open(context.Background(), cfg)
	if err == nil {
		settings := hasty
		settings.Process = strconv.Itoa(os.Getpid())
		s := New(settings, db, quiet)
		if err = s.Register(killed(witness)); err == nil {
			err = s.Sweeper().Run(context.Background())
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// witness is the outside world: it does what is asked once a key, and lives on
// when processes are killed. One that reaches the target is never answered.
type witness struct {
	mu      sync.Mutex
	calls   map[string]int
	target  string
	reached chan struct{}
}

func (w *witness) ServeHTTP(out http.ResponseWriter, in *http.Request) {
	w.mu.Lock()
	hit := w.target != "" && in.URL.Path == w.target
	if hit {
		w.target = ""
	}
	key, isCall := strings.CutPrefix(in.URL.Path, "/call/")
	if isCall {
		w.calls[key]++
	}
	count := w.calls[key]
	w.mu.Unlock()
	switch {
	case hit:
		close(w.reached)
		<-in.Context().Done() // until it is dead
	case isCall && strings.HasSuffix(key, "/payment") && count == 1:
		_, _ = io.WriteString(out, "not yet")
	case isCall:
		_, _ = io.WriteString(out, "made for "+key)
	}
}

// kill -9 of the process at each boundary of each step: before its call, after
// it, with the transaction written, and after the commit. Each journey ends in
// the same state, with the same keys, and nothing twice.
func TestKill9AtEachBoundary(t *testing.T) {
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) { killEverywhere(t, databasetest.Config(t, engine)) })
	}
}

func killEverywhere(t *testing.T, cfg database.Config) {
	w := &witness{calls: map[string]int{}}
	server := httptest.NewServer(w)
	defer server.Close()
	db, err := database.Open(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	b := &bench{t: t, db: db, Service: New(hasty, db, quiet)}
	kind := killed(server.URL)
	if err := b.Register(kind); err != nil {
		t.Fatal(err)
	}
	address := cfg.Dir
	if cfg.Engine() == database.Postgres {
		address = cfg.URL.Reveal()
	}
	launch := func() *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childVariable+"="+server.URL+" "+address)
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	end := func(cmd *exec.Cmd) {
		if err := cmd.Process.Kill(); err != nil {
			t.Error(err)
		}
		_ = cmd.Wait() // killed, as meant
	}
	var journeys []string
	for _, step := range kind.Steps {
		for _, moment := range moments {
			id := "acq_" + step.Name + "_" + moment
			journeys = append(journeys, id)
			w.mu.Lock()
			w.target, w.reached = "/at/"+id+"/"+step.Name+"/"+moment, make(chan struct{})
			w.mu.Unlock()
			b.start("killed", id)
			cmd := launch()
			select {
			case <-w.reached:
			case <-time.After(time.Minute):
				t.Errorf("%s: never reached; %+v", id, b.steps(id))
			}
			end(cmd)
		}
	}
	last := launch()
	defer end(last)
	deadline := time.Now().Add(time.Minute)
	for slices.ContainsFunc(journeys, func(id string) bool { return b.state(id) != journeyDone }) {
		if time.Now().After(deadline) {
			t.Fatal("not all journeys ended")
		}
	}
	for _, id := range journeys {
		for name, status := range b.steps(id) {
			if status.State != Done || status.Output != "made for "+id+"/"+name || status.Attempt != 0 {
				t.Errorf("%s: %s ends as %+v", id, name, status)
			}
		}
	}
	var rows int
	b.do(func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, `SELECT COUNT(*) FROM contact`).Scan(&rows)
	})
	if want := len(journeys) * len(kind.Steps); rows != want || len(w.calls) != want {
		t.Errorf("%d rows and %d keys for %d steps", rows, len(w.calls), want)
	}
	repeated := 0
	for key, count := range w.calls {
		if !strings.HasSuffix(key, "/payment") && count > 1 {
			repeated++
		}
	}
	// What was killed before its call or after the commit is not called again; the
	// others are, by the same key.
	if repeated < 2*(len(kind.Steps)-1) {
		t.Errorf("only %d calls were repeated: was anything killed?", repeated)
	}
}
