package saga

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

func TestMain(m *testing.M) {
	if place := os.Getenv(childVariable); place != "" {
		child(place)
		return
	}
	os.Exit(m.Run())
}

var (
	quiet = slog.New(slog.DiscardHandler)
	ctx   = context.Background()
)

// outside answers the calls of steps as the test says, and remembers them.
type outside struct {
	mu      sync.Mutex
	answers map[string]func(job Job) error
	calls   []string // step names, in the order of the calls
	commits []string
}

func (o *outside) answer(step string, fn func(job Job) error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.answers[step] = fn
}

func (o *outside) always(step string, err error) { o.answer(step, func(Job) error { return err }) }

// called tells how often the step made its calls.
func (o *outside) called(step string) (count int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, name := range o.calls {
		if name == step {
			count++
		}
	}
	return count
}

// run is a step that asks outside and leaves its name as output.
func (o *outside) run(_ context.Context, job Job) (Commit, error) {
	o.mu.Lock()
	o.calls = append(o.calls, job.Step)
	answer := o.answers[job.Step]
	o.mu.Unlock()
	if answer != nil {
		if err := answer(job); err != nil {
			return nil, err
		}
	}
	return func(context.Context, *database.Tx) (string, error) {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.commits = append(o.commits, job.Step)
		return job.Step + " of " + job.SagaID, nil
	}, nil
}

// bench is a service whose clock the test moves.
type bench struct {
	*Service
	t     *testing.T
	db    *database.DB
	clock *clock.Manual
	out   *outside
}

func open(t *testing.T, engine database.Engine) *bench {
	t.Helper()
	b := &bench{t: t, clock: clock.NewManual(time.UnixMilli(1_700_000_000_000)), out: &outside{answers: map[string]func(Job) error{}}}
	cfg := databasetest.Config(t, engine)
	cfg.Clock = b.clock
	var err error
	if b.db, err = database.Open(ctx, cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.db.Close() })
	b.Service = b.another("first")
	return b
}

var usual = Config{Poll: time.Second, Workers: 8, PerCircuit: 3, Lease: 30 * time.Second, Limit: time.Minute}

// another is a service on the same data, as another process has it.
func (b *bench) another(process string) *Service {
	b.t.Helper()
	cfg := usual
	cfg.Process = process
	s := New(cfg, b.db, quiet)
	for _, kind := range []Kind{purchase(b.out), lone(b.out)} {
		if err := s.Register(kind); err != nil {
			b.t.Fatal(err)
		}
	}
	return s
}

// purchase has what journeys have: a line, a wait that is polled, a wait for a
// person, branches, and an integration that may be away.
func purchase(o *outside) Kind {
	return Kind{Name: "purchase", Steps: []Step{
		{Name: "customer", Retry: Net, Run: o.run},
		{Name: "checkout", After: []string{"customer"}, Retry: Net, Run: o.run},
		{Name: "payment", After: []string{"checkout"}, Retry: Net, Run: o.run, Poll: 15 * time.Minute},
		{Name: "company", After: []string{"payment"}, Retry: DB, Run: o.run},
		{Name: "account", After: []string{"payment"}, Retry: CRM, Circuit: "crm", Run: o.run},
		{Name: "deal", After: []string{"account"}, Retry: CRM, Circuit: "crm", Run: o.run},
		{Name: "letter", After: []string{"company"}, Run: o.run},
		{Name: "activation", After: []string{"letter"}},
		{Name: "closing", After: []string{"deal", "activation"}, Retry: CRM, Circuit: "crm", Run: o.run},
	}}
}

// lone is a journey of one step.
func lone(o *outside) Kind {
	return Kind{Name: "lone", Steps: []Step{{Name: "call", Retry: CRM, Circuit: "crm", Run: o.run}}}
}

func engines(t *testing.T, fn func(t *testing.T, b *bench)) {
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) { fn(t, open(t, engine)) })
	}
}

// write runs fn as a module's transaction.
func (b *bench) write(fn func(ctx context.Context, tx *database.Tx) error) error {
	return b.db.Write(ctx, database.Platform("a test changes a journey"), fn)
}

func (b *bench) do(fn func(ctx context.Context, tx *database.Tx) error) {
	b.t.Helper()
	if err := b.write(fn); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) start(kind string, ids ...string) {
	b.t.Helper()
	for _, id := range ids {
		b.do(func(ctx context.Context, tx *database.Tx) error { return b.Start(ctx, tx, kind, id) })
	}
}

func (b *bench) signal(id, step, output string) {
	b.t.Helper()
	b.do(func(ctx context.Context, tx *database.Tx) error { return b.Signal(ctx, tx, id, step, output) })
}

func (b *bench) sweep() {
	b.t.Helper()
	if err := b.Sweep(ctx); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) steps(id string) map[string]Status {
	b.t.Helper()
	found := map[string]Status{}
	b.do(func(ctx context.Context, tx *database.Tx) error {
		list, err := b.Of(ctx, tx, id)
		clear(found)
		for _, status := range list {
			found[status.Step] = status
		}
		return err
	})
	return found
}

// is holds steps against the states that they should have.
func (b *bench) is(id string, want map[string]State) {
	b.t.Helper()
	steps := b.steps(id)
	for name, state := range want {
		if got := steps[name]; got.State != state {
			b.t.Errorf("%s is %s, want %s (%s)", name, got.State, state, got.Problem)
		}
	}
	if b.t.Failed() {
		b.t.FailNow()
	}
}

// state gives how the whole journey is.
func (b *bench) state(id string) (state string) {
	b.t.Helper()
	b.do(func(ctx context.Context, tx *database.Tx) error {
		j, err := lock(ctx, tx, id)
		state = j.state
		return err
	})
	return state
}

func (b *bench) circuit(name string) Circuit {
	b.t.Helper()
	list, err := b.Circuits(ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(c Circuit) bool { return c.Name == name })
	if i < 0 {
		b.t.Fatalf("no circuit %s in %+v", name, list)
	}
	return list[i]
}

var errDown = errors.New("connection refused")
