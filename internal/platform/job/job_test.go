package job_test

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"prosa/internal/base/secret"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/job"
)

// The suite runs on both engines; its parts run side by side, since most of
// them wait for the queue's own clock (a scheduler that ticks every 5 s).

type greet struct {
	Name string `json:"name"`
}

func (greet) Kind() string { return "test.greet" }

type tick struct{}

func (tick) Kind() string { return "test.tick" }

var fast = job.Config{Workers: 5, Timeout: 500 * time.Millisecond, Rescue: time.Second, Poll: 20 * time.Millisecond, Grace: 5 * time.Second}

const patience = 30 * time.Second

var scope = database.Platform("test")

func enqueue(t *testing.T, db *database.DB, args job.Args, options job.Options) {
	t.Helper()
	err := db.Write(t.Context(), scope, func(ctx context.Context, tx *database.Tx) error {
		return job.EnqueueWith(ctx, tx, args, options)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// start runs the registry until the test ends.
func start(t *testing.T, db *database.DB, registry *job.Registry) *job.Runner {
	t.Helper()
	runner, err := job.NewRunner(db, registry, fast, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := runner.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := runner.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return runner
}

func registry(t *testing.T, run func(ctx context.Context, j job.Job[greet]) error) *job.Registry {
	t.Helper()
	r := job.NewRegistry()
	if err := job.Register(r, run); err != nil {
		t.Fatal(err)
	}
	return r
}

func wait[T any](t *testing.T, from <-chan T, what string) (got T) {
	t.Helper()
	select {
	case got = <-from:
	case <-time.After(patience):
		t.Fatal("waited in vain for ", what)
	}
	return got
}

// states counts the jobs by state.
func states(t *testing.T, db *database.DB) map[string]int {
	t.Helper()
	got := map[string]int{}
	err := db.Read(t.Context(), scope, func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, "SELECT CAST(state AS TEXT), COUNT(*) FROM river_job WHERE kind = $1 GROUP BY 1", greet{}.Kind())
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var state string
			var n int
			if err := rows.Scan(&state, &n); err != nil {
				return err
			}
			got[state] = n
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func each(t *testing.T, fn func(t *testing.T, db *database.DB)) {
	t.Parallel()
	databasetest.Each(t, fn)
}

func TestJobExistsExactlyIfTheTransactionCommits(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		no := errors.New("no")
		err := db.Write(t.Context(), scope, func(ctx context.Context, tx *database.Tx) error {
			return errors.Join(job.Enqueue(ctx, tx, greet{"rolled back"}), no)
		})
		if !errors.Is(err, no) {
			t.Fatal(err)
		}
		ran := make(chan string, 10)
		start(t, db, registry(t, func(_ context.Context, j job.Job[greet]) error {
			ran <- j.Args.Name
			return nil
		}))
		enqueue(t, db, greet{"committed"}, job.Options{})
		if got := wait(t, ran, "the job"); got != "committed" {
			t.Fatalf("%q ran", got)
		}
		if len(ran) > 0 {
			t.Fatalf("%q ran too", <-ran)
		}
	})
}

func TestUniqueWhileUnfinished(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		for range 3 {
			enqueue(t, db, greet{"one"}, job.Options{Unique: true})
		}
		enqueue(t, db, greet{"two"}, job.Options{Unique: true})
		if got := states(t, db); got["available"] != 2 {
			t.Fatalf("%v, want two available", got)
		}
		ran := make(chan string, 10)
		start(t, db, registry(t, func(ctx context.Context, j job.Job[greet]) error {
			return errors.Join(db.Write(ctx, scope, func(ctx context.Context, tx *database.Tx) error {
				return j.Complete(ctx, tx)
			}), send(ran, j.Args.Name))
		}))
		wait(t, ran, "the first")
		wait(t, ran, "the second")
		// Both are finished, in the transaction above: the same may come again.
		enqueue(t, db, greet{"one"}, job.Options{Unique: true})
		if got := wait(t, ran, "the repetition"); got != "one" {
			t.Fatalf("%q ran", got)
		}
	})
}

func send(to chan<- string, value string) error {
	to <- value
	return nil
}

func TestRetryThenGiveUp(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		type attempt struct {
			number int
			last   bool
		}
		tries := make(chan attempt, 10)
		start(t, db, registry(t, func(_ context.Context, j job.Job[greet]) error {
			tries <- attempt{j.Attempt, j.Last}
			switch j.Args.Name {
			case "panic":
				panic("a defect")
			case "hopeless":
				return job.Cancel(errors.New("never"))
			}
			return errors.New("not yet")
		}))
		enqueue(t, db, greet{"twice"}, job.Options{MaxAttempts: 2})
		first, second := wait(t, tries, "the first attempt"), wait(t, tries, "the second attempt")
		if first != (attempt{1, false}) || second != (attempt{2, true}) {
			t.Fatalf("attempts %v and %v", first, second)
		}
		enqueue(t, db, greet{"hopeless"}, job.Options{})
		enqueue(t, db, greet{"panic"}, job.Options{MaxAttempts: 1})
		wait(t, tries, "the hopeless one")
		wait(t, tries, "the panic")
		until(t, "two discarded, one cancelled", func() bool {
			got := states(t, db)
			return got["discarded"] == 2 && got["cancelled"] == 1
		})
	})
}

// until asks often: the queue has no signal for "the row is written".
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	end := time.After(patience)
	for !holds() {
		select {
		case <-tick.C:
		case <-end:
			t.Fatal("waited in vain for ", what)
		}
	}
}

func TestLaterCountsAsNoAttempt(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		attempts := make(chan int, 10)
		calls := 0
		start(t, db, registry(t, func(_ context.Context, j job.Job[greet]) error {
			attempts <- j.Attempt
			if calls++; calls == 1 {
				return job.Later(100 * time.Millisecond)
			}
			return nil
		}))
		enqueue(t, db, greet{"patient"}, job.Options{MaxAttempts: 1})
		if first, second := wait(t, attempts, "the first call"), wait(t, attempts, "the second call"); first != 1 || second != 1 {
			t.Fatalf("attempts %d and %d", first, second)
		}
		until(t, "the end", func() bool { return states(t, db)["completed"] == 1 })
	})
}

func TestPeriodicRunsOnStart(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		ran := make(chan struct{}, 10)
		r := job.NewRegistry()
		if err := job.Register(r, func(context.Context, job.Job[tick]) error {
			ran <- struct{}{}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		r.Every(time.Hour, tick{})
		start(t, db, r)
		wait(t, ran, "the periodic job")
	})
}

func TestStopWaitsForWhatRuns(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		running, release := make(chan struct{}), make(chan struct{})
		runner := start(t, db, registry(t, func(ctx context.Context, _ job.Job[greet]) error {
			close(running)
			select {
			case <-release:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}))
		enqueue(t, db, greet{"slow"}, job.Options{})
		wait(t, running, "the job")
		stopped := make(chan error, 1)
		go func() { stopped <- runner.Stop(context.Background()) }()
		select {
		case err := <-stopped:
			t.Fatal("stopped while a job ran: ", err)
		default:
		}
		close(release)
		if err := wait(t, stopped, "the stop"); err != nil {
			t.Fatal(err)
		}
		if got := states(t, db); got["completed"] != 1 {
			t.Fatalf("%v, want one completed", got)
		}
		if err := runner.Stop(context.Background()); err != nil {
			t.Fatal("a second stop: ", err)
		}
	})
}

// childVariable carries the database of a child process that will be killed.
const childVariable = "PROSA_TEST_JOB_CHILD"

type childConfig struct{ URL, Dir string }

func TestMain(m *testing.M) {
	if given := os.Getenv(childVariable); given != "" {
		if err := child(given); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// child takes a job, says so, and never finishes it.
func child(given string) error {
	var cfg childConfig
	if err := json.Unmarshal([]byte(given), &cfg); err != nil {
		return err
	}
	db, err := database.Open(context.Background(), database.Config{URL: secret.New(cfg.URL), Dir: cfg.Dir, Readers: 1, PoolSize: 4})
	if err != nil {
		return err
	}
	r := job.NewRegistry()
	if err := job.Register(r, func(_ context.Context, j job.Job[greet]) error {
		fmt.Println("running", j.Args.Name)
		select {}
	}); err != nil {
		return err
	}
	runner, err := job.NewRunner(db, r, fast, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	if err := runner.Start(context.Background()); err != nil {
		return err
	}
	select {}
}

func TestAJobOfAKilledProcessRunsAgain(t *testing.T) {
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			cfg := databasetest.Config(t, engine)
			db, err := database.Open(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
			enqueue(t, db, greet{"survivor"}, job.Options{})
			taken := kill(t, cfg)

			// The lease of the dead leader would hold for 15 s more.
			forgetLeader(t, db)
			<-time.After(time.Until(taken.Add(fast.Rescue + 200*time.Millisecond)))
			again := make(chan int, 1)
			start(t, db, registry(t, func(_ context.Context, j job.Job[greet]) error {
				again <- j.Attempt
				return nil
			}))
			if attempt := wait(t, again, "the rescue"); attempt != 2 {
				t.Fatalf("ran again as attempt %d", attempt)
			}
		})
	}
}

// kill starts a process that takes the job, kills it, and tells when it was
// taken.
func kill(t *testing.T, cfg database.Config) time.Time {
	t.Helper()
	given, err := json.Marshal(childConfig{URL: cfg.URL.Reveal(), Dir: cfg.Dir})
	if err != nil {
		t.Fatal(err)
	}
	process := exec.Command(os.Args[0], "-test.run=^$")
	process.Env = append(os.Environ(), childVariable+"="+string(given))
	process.Stderr = os.Stderr
	output, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	taken := time.Now()
	if killErr := process.Process.Kill(); err != nil || killErr != nil {
		t.Fatal(line, err, killErr)
	}
	if err := process.Wait(); err == nil {
		t.Fatal("the child ended by itself")
	}
	return taken
}

func forgetLeader(t *testing.T, db *database.DB) {
	t.Helper()
	var err error
	switch pool := db.Unwrap().(type) {
	case *sql.DB:
		_, err = pool.Exec("DELETE FROM river_leader")
	case *pgxpool.Pool:
		_, err = pool.Exec(t.Context(), "DELETE FROM river_leader")
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestRegisterTwice(t *testing.T) {
	r := job.NewRegistry()
	run := func(context.Context, job.Job[tick]) error { return nil }
	if err := job.Register(r, run); err != nil {
		t.Fatal(err)
	}
	if err := job.Register(r, run); err == nil {
		t.Fatal("a kind was registered twice")
	}
	if len(r.Kinds()) != 1 {
		t.Fatalf("kinds: %v", r.Kinds())
	}
}

func TestConfigRules(t *testing.T) {
	if err := fast.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, break_ := range map[string]func(*job.Config){
		"workers": func(c *job.Config) { c.Workers = 0 },
		"timeout": func(c *job.Config) { c.Timeout = 0 },
		"rescue":  func(c *job.Config) { c.Rescue = c.Timeout },
		"poll":    func(c *job.Config) { c.Poll = 0 },
		"grace":   func(c *job.Config) { c.Grace = -1 },
	} {
		wrong := fast
		break_(&wrong)
		if wrong.Validate() == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
