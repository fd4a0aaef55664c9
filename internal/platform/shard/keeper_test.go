package shard_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/shard"
)

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		child()
		return
	}
	os.Exit(m.Run())
}

// board shows who works on what, as the jobs themselves tell it.
type board struct {
	mu      sync.Mutex
	changed chan struct{}
	owners  map[int][]string // shard -> "process@epoch" at work
	epochs  map[int]int64    // highest seen
	wrong   []string
}

func newBoard() *board {
	return &board{changed: make(chan struct{}), owners: map[int][]string{}, epochs: map[int]int64{}}
}

func (b *board) update(fn func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	fn()
	close(b.changed)
	b.changed = make(chan struct{})
}

// await waits until so holds of the owners.
func (b *board) await(t *testing.T, what string, so func(owners map[int][]string) bool) {
	t.Helper()
	limit := time.After(30 * time.Second)
	for {
		b.mu.Lock()
		ok, changed, state := so(b.owners), b.changed, fmt.Sprint(b.owners)
		b.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-limit:
			t.Fatalf("%s did not come to be: %s", what, state)
		}
	}
}

// marker is a job that writes itself on the board.
type marker struct {
	*board
	process string
}

func (m marker) Run(ctx context.Context, lease shard.Lease) error {
	name := fmt.Sprintf("%s@%d", m.process, lease.Epoch)
	m.update(func() {
		m.owners[lease.Shard] = append(m.owners[lease.Shard], name)
		if lease.Epoch <= m.epochs[lease.Shard] {
			m.wrong = append(m.wrong, fmt.Sprintf("shard %d went from epoch %d to %s", lease.Shard, m.epochs[lease.Shard], name))
		}
		m.epochs[lease.Shard] = lease.Epoch
	})
	<-ctx.Done()
	m.update(func() {
		m.owners[lease.Shard] = slices.DeleteFunc(m.owners[lease.Shard], func(s string) bool { return s == name })
	})
	return nil
}

// each shard has one owner, and the processes' counts are counts.
func shares(counts map[string]int) func(map[int][]string) bool {
	return func(owners map[int][]string) bool {
		got := map[string]int{}
		for _, names := range owners {
			if len(names) != 1 {
				return false
			}
			process, _, _ := strings.Cut(names[0], "@")
			got[process]++
		}
		for process, count := range counts {
			if got[process] != count {
				return false
			}
		}
		return true
	}
}

var quick = shard.Config{Count: 8, TTL: 3 * time.Second, Renew: 20 * time.Millisecond}

// start runs a keeper until stop.
func start(t *testing.T, db *database.DB, process string, cfg shard.Config, jobs ...shard.Job) (*shard.Keeper, func()) {
	t.Helper()
	k := shard.NewKeeper(db, process, cfg, slog.New(slog.DiscardHandler), jobs...)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- k.Run(ctx) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return k, stop
}

func TestKeepersShareEvenlyAndHandOverAtOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := newBoard()
		k, stopA := start(t, db, "a", quick, marker{b, "a"})
		b.await(t, "all for one", shares(map[string]int{"a": 8}))
		if k.Ready() != nil || len(k.Held()) != 8 {
			t.Fatalf("%v %v", k.Ready(), k.Held())
		}
		_, stopB := start(t, db, "b", quick, marker{b, "b"})
		b.await(t, "halves", shares(map[string]int{"a": 4, "b": 4}))
		_, stopC := start(t, db, "c", quick, marker{b, "c"})
		b.await(t, "thirds", shares(map[string]int{"a": 3, "b": 3, "c": 2}))

		begun := time.Now()
		stopB()
		b.await(t, "halves again", shares(map[string]int{"a": 4, "c": 4}))
		if took := time.Since(begun); took > quick.TTL*2/3 {
			t.Errorf("the hand-over took %s, as if it had waited for the lease to run out", took)
		}
		stopA()
		b.await(t, "all for the last", shares(map[string]int{"c": 8}))
		stopC()
		if len(b.wrong) > 0 {
			t.Error(b.wrong)
		}
	})
}

func TestNoTwoOwnersWhateverComesAndGoes(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		rounds := 0
		rapid.Check(t, func(r *rapid.T) {
			if rounds++; rounds > 4 {
				return // each takes real time
			}
			b := newBoard()
			cfg := shard.Config{Count: rapid.IntRange(1, 9).Draw(r, "shards"), TTL: 3 * time.Second, Renew: 10 * time.Millisecond}
			stops := map[string]func(){}
			for i, come := range rapid.SliceOfN(rapid.Bool(), 1, 6).Draw(r, "come") {
				if come || len(stops) == 0 {
					name := fmt.Sprintf("r%d-%d", rounds, i)
					_, stops[name] = start(t, db, name, cfg, exclusive{marker{b, name}})
				} else {
					for name, stop := range stops {
						stop()
						delete(stops, name)
						break
					}
				}
			}
			if len(stops) > 0 {
				b.await(t, "an even share", func(owners map[int][]string) bool {
					counts := map[string]int{}
					held := 0
					for _, names := range owners {
						for _, name := range names {
							process, _, _ := strings.Cut(name, "@")
							counts[process]++
							held++
						}
					}
					low, high := cfg.Count, 0
					for name := range stops {
						low, high = min(low, counts[name]), max(high, counts[name])
					}
					return held == cfg.Count && high-low <= 1
				})
			}
			for _, stop := range stops {
				stop()
			}
			if len(b.wrong) > 0 {
				r.Fatal(b.wrong)
			}
			// Epochs begin anew on the next round's board, not in the table.
		})
	})
}

// exclusive also notes when a shard has two owners at work: nobody dies in that
// test, so nobody may be taken over from.
type exclusive struct{ marker }

func (e exclusive) Run(ctx context.Context, lease shard.Lease) error {
	e.mu.Lock()
	if others := e.owners[lease.Shard]; len(others) > 0 {
		e.wrong = append(e.wrong, fmt.Sprintf("%s takes shard %d while %v work", e.process, lease.Shard, others))
	}
	e.mu.Unlock()
	return e.marker.Run(ctx, lease)
}

func fenced(ctx context.Context, db *database.DB, lease shard.Lease, fn func(ctx context.Context, tx *database.Tx) error) error {
	return db.Write(ctx, database.Platform("a test works as the owner of a shard"), func(ctx context.Context, tx *database.Tx) error {
		if err := lease.Fence(ctx, tx); err != nil {
			return err
		}
		return fn(ctx, tx)
	})
}

func TestTheFenceRefusesAnOwnerOfThePast(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := newBoard()
		cfg := quick
		cfg.Count = 1
		k, stop := start(t, db, "a", cfg, marker{b, "a"})
		b.await(t, "an owner", shares(map[string]int{"a": 1}))
		old := k.Held()[0]
		nothing := func(context.Context, *database.Tx) error { return nil }
		if err := fenced(t.Context(), db, old, nothing); err != nil {
			t.Fatal(err)
		}
		stop()
		_, stop = start(t, db, "b", cfg, marker{b, "b"})
		defer stop()
		b.await(t, "the next owner", shares(map[string]int{"b": 1}))
		if err := fenced(t.Context(), db, old, nothing); fault.CodeOf(err) != fault.Conflict {
			t.Fatalf("got %v", err)
		}
		if err := fenced(t.Context(), db, shard.Lease{Shard: 99, Epoch: 1}, nothing); fault.CodeOf(err) != fault.Conflict {
			t.Fatalf("got %v", err)
		}
	})
}

// The owner is in the middle of a transaction when its lease runs out: either
// its transaction is whole before the next owner begins, or it is refused.
func TestATakeOverWaitsForATransactionInHand(t *testing.T) {
	cfg := databasetest.Config(t, database.Postgres)
	db, err := database.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	b := newBoard()
	short := shard.Config{Count: 1, TTL: 3 * time.Second, Renew: 20 * time.Millisecond}
	k, stop := start(t, db, "a", short, marker{b, "a"})
	b.await(t, "an owner", shares(map[string]int{"a": 1}))
	lease := k.Held()[0]
	err = fenced(t.Context(), db, lease, func(ctx context.Context, tx *database.Tx) error {
		stop() // gives the lease back, though a transaction of ours still runs
		_, stopB := start(t, db, "b", short, marker{b, "b"})
		defer stopB()
		select {
		case <-time.After(5 * short.Renew):
		case <-ctx.Done():
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		if len(b.owners[0]) != 0 {
			t.Error("taken over while a transaction of the owner before was in hand")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	_, stopC := start(t, db, "c", short, marker{b, "c"})
	defer stopC()
	b.await(t, "the next owner", shares(map[string]int{"c": 1}))
}

// Without the database the leases run out: the jobs must have ended by then.
func TestAnOwnerThatCanNotRenewLetsGoInTime(t *testing.T) {
	db, err := database.Open(t.Context(), databasetest.Config(t, database.SQLite))
	if err != nil {
		t.Fatal(err)
	}
	b := newBoard()
	cfg := shard.Config{Count: 2, TTL: time.Second, Renew: 20 * time.Millisecond}
	start(t, db, "a", cfg, marker{b, "a"})
	b.await(t, "an owner", shares(map[string]int{"a": 2}))
	begun := time.Now()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	b.await(t, "the end of the jobs", func(owners map[int][]string) bool { return len(owners[0]) == 0 && len(owners[1]) == 0 })
	if took := time.Since(begun); took > cfg.TTL {
		t.Errorf("the jobs went on for %s", took)
	}
}

func TestAJobThatFailsIsRunAgain(t *testing.T) {
	db := databasetest.Open(t)
	cfg := quick
	cfg.Count = 1
	runs := make(chan struct{}, 10)
	_, stop := start(t, db, "a", cfg, jobFunc(func(context.Context, shard.Lease) error {
		runs <- struct{}{}
		return errors.New("no luck")
	}))
	defer stop()
	for range 3 {
		<-runs
	}
}

type jobFunc func(ctx context.Context, lease shard.Lease) error

func (f jobFunc) Run(ctx context.Context, lease shard.Lease) error { return f(ctx, lease) }

func TestConfig(t *testing.T) {
	for _, cfg := range []shard.Config{{Count: -1}, {Count: 5000}, {TTL: time.Second, Renew: time.Second}, {Renew: time.Nanosecond}} {
		if fault.CodeOf(cfg.Validate()) != fault.Invalid {
			t.Errorf("%+v passed", cfg)
		}
	}
	if err := (shard.Config{}).Validate(); err != nil {
		t.Error(err)
	}
}

const childVariable = "PROSA_SHARD_CHILD"

// child is a process that holds shards until it is paused or killed.
func child() {
	dir, url, _ := strings.Cut(os.Getenv(childVariable), "|")
	db, err := database.Open(context.Background(), database.Config{Dir: dir, URL: secret.New(url)})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	k := shard.NewKeeper(db, "child", killed, slog.New(slog.DiscardHandler), jobFunc(func(ctx context.Context, lease shard.Lease) error {
		fmt.Printf("%d %d\n", lease.Shard, lease.Epoch)
		<-ctx.Done()
		return nil
	}))
	fmt.Println(k.Run(context.Background()))
}

var killed = shard.Config{Count: 4, TTL: 600 * time.Millisecond, Renew: 50 * time.Millisecond}

// pause stops a process between two of its transactions: one that is stopped
// inside of one keeps its locks, and who waits for those waits for the database
// and not for a lease. It gives the time of the stop.
func pause(t *testing.T, process *os.Process, db *database.DB, leases map[int]int64) time.Time {
	t.Helper()
	free := func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		for number, epoch := range leases {
			err := fenced(ctx, db, shard.Lease{Shard: number, Epoch: epoch}, func(context.Context, *database.Tx) error { return nil })
			if err != nil && fault.CodeOf(err) != fault.Conflict {
				return false
			}
		}
		return true
	}
	for range 20 {
		at := time.Now()
		if err := process.Signal(syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		if free() {
			return at
		}
		if err := process.Signal(syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("the process is always inside a transaction")
	return time.Time{}
}

// A process is paused (its lease runs out without its knowing), taken over
// from, and killed: what it had is ours after the TTL, by a higher epoch.
func TestAProcessThatDiesIsTakenOverAfterTheTTL(t *testing.T) {
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			cfg := databasetest.Config(t, engine)
			db, err := database.Open(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), childVariable+"="+cfg.Dir+"|"+cfg.URL.Reveal())
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
			leases := map[int]int64{}
			for len(leases) < killed.Count {
				var number int
				var epoch int64
				if _, err := fmt.Fscanln(out, &number, &epoch); err != nil {
					t.Fatal(err)
				}
				leases[number] = epoch
			}
			begun := pause(t, cmd.Process, db, leases)
			b := newBoard()
			_, stop := start(t, db, "heir", killed, marker{b, "heir"})
			defer stop()
			b.await(t, "the take-over", shares(map[string]int{"heir": killed.Count}))
			if took := time.Since(begun); took < killed.TTL/3 {
				t.Errorf("taken over after %s, before the lease ran out", took)
			}
			for number, epoch := range leases {
				err := fenced(t.Context(), db, shard.Lease{Shard: number, Epoch: epoch}, func(context.Context, *database.Tx) error { return nil })
				if fault.CodeOf(err) != fault.Conflict {
					t.Errorf("shard %d: the paused owner would pass the fence: %v", number, err)
				}
			}
			if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		})
	}
}
