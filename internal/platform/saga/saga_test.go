package saga

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

func TestAJourneyGoesFromStepToStep(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.out.answer("payment", func(Job) error { return &Wait{Note: "for the payment"} })
		b.out.answer("company", func(job Job) error {
			if job.Output["checkout"] != "checkout of acq_1" || job.Output["payment"] != "paid" {
				return fmt.Errorf("outputs %v", job.Output)
			}
			return nil
		})
		b.start("purchase", "acq_1", "acq_1")
		b.sweep()
		b.is("acq_1", map[string]State{"customer": Done, "checkout": Done, "payment": Waiting, "company": Waiting})
		if got := b.steps("acq_1"); got["payment"].Problem != "for the payment" || !slices.Equal(got["company"].Blocked, []string{"payment"}) || got["payment"].RunMS != b.clock.Now().Add(15*time.Minute).UnixMilli() {
			t.Errorf("steps: %+v", got)
		}
		b.signal("acq_1", "payment", "paid")
		b.signal("acq_1", "payment", "paid once more")
		b.sweep()
		b.is("acq_1", map[string]State{"payment": Done, "company": Done, "deal": Done, "letter": Done, "activation": Waiting, "closing": Waiting})
		if got := b.steps("acq_1")["activation"]; !got.Signal {
			t.Errorf("activation: %+v", got)
		}
		if b.state("acq_1") != journeyRunning {
			t.Error("the journey is over too early")
		}
		b.signal("acq_1", "activation", "")
		b.sweep()
		if b.state("acq_1") != journeyDone || b.steps("acq_1")["payment"].Output != "paid" {
			t.Errorf("the journey is %s; %+v", b.state("acq_1"), b.steps("acq_1"))
		}
		for _, step := range []string{"customer", "checkout", "company", "account", "deal", "letter", "closing"} {
			if b.out.called(step) != 1 {
				t.Errorf("%s was called %d times", step, b.out.called(step))
			}
		}
	})
}

// The notice of a payment may come before the answer that names the checkout.
func TestASignalBeforeItsTurnIsRemembered(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.start("purchase", "acq_1")
		b.signal("acq_1", "payment", "early")
		b.signal("acq_1", "payment", "again")
		b.is("acq_1", map[string]State{"customer": Due, "payment": Waiting, "company": Waiting})
		b.sweep()
		b.is("acq_1", map[string]State{"payment": Done, "company": Done})
		if b.out.called("payment") != 0 || b.steps("acq_1")["payment"].Output != "early" {
			t.Errorf("payment: %+v, asked %d times", b.steps("acq_1")["payment"], b.out.called("payment"))
		}
	})
}

func TestASignalOvertakesARunUnderWay(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.start("purchase", "acq_1")
		b.out.answer("payment", func(Job) error {
			b.signal("acq_1", "payment", "by notice")
			return nil
		})
		b.sweep()
		if got := b.steps("acq_1")["payment"]; got.State != Done || got.Output != "by notice" || slices.Contains(b.out.commits, "payment") {
			t.Errorf("payment: %+v, commits %v", got, b.out.commits)
		}
		b.is("acq_1", map[string]State{"company": Done})
	})
}

// News that come while a step asks for them must not be missed.
func TestANudgeDuringARunHasItRunAgain(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.start("purchase", "acq_1")
		nudge := func(ctx context.Context, tx *database.Tx) error { return b.Nudge(ctx, tx, "acq_1", "payment") }
		b.do(nudge) // not its turn: nothing to look at
		b.out.answer("payment", func(Job) error {
			if b.out.called("payment") == 1 {
				b.do(nudge)
			}
			return &Wait{}
		})
		b.sweep()
		if b.out.called("payment") != 2 {
			t.Fatalf("asked %d times", b.out.called("payment"))
		}
		b.sweep() // rests
		b.do(nudge)
		b.sweep()
		if b.out.called("payment") != 3 {
			t.Fatalf("asked %d times after a nudge", b.out.called("payment"))
		}
		b.clock.Advance(15 * time.Minute)
		b.sweep()
		if b.out.called("payment") != 4 {
			t.Fatalf("asked %d times after its pause", b.out.called("payment"))
		}
		b.out.always("payment", &Halt{Message: "no such checkout"})
		b.do(nudge)
		b.sweep()
		b.is("acq_1", map[string]State{"payment": Attention})
		b.out.always("payment", nil)
		b.do(nudge)
		b.sweep()
		b.is("acq_1", map[string]State{"payment": Done})
	})
}

func TestFailuresAreTriedAgainByTheirClass(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.out.always("customer", errDown)
		b.start("purchase", "acq_1")
		for range 9 {
			b.sweep()
			b.clock.Advance(time.Minute)
		}
		if got := b.steps("acq_1")["customer"]; got.State != Due || got.Attempt != 9 || got.Problem != "connection refused" || got.Class != "error" {
			t.Fatalf("customer: %+v", got)
		}
		b.sweep()
		b.clock.Advance(time.Hour)
		b.sweep()
		if got := b.steps("acq_1")["customer"]; got.State != Attention || b.out.called("customer") != 10 {
			t.Fatalf("after %d calls: %+v", b.out.called("customer"), got)
		}
		list, err := b.Attention(ctx, "", 10)
		if err != nil || len(list.Items) != 1 || list.Items[0].Step != "customer" || !list.Items[0].May(ActRetry) {
			t.Fatalf("attention: %+v, %v", list, err)
		}
		b.out.always("customer", nil)
		b.do(func(ctx context.Context, tx *database.Tx) error {
			return b.RetryStep(ctx, tx, "acq_1", "customer", nil)
		})
		b.sweep()
		b.is("acq_1", map[string]State{"customer": Done})
	})
}

// What a transaction of ours refuses is our defect: three tries.
func TestACommitThatFailsLeavesNothing(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		s := New(usual, b.db, quiet)
		tries := 0
		err := s.Register(Kind{Name: "broken", Steps: []Step{{Name: "write", Retry: DB, Run: func(context.Context, Job) (Commit, error) {
			return func(ctx context.Context, tx *database.Tx) (string, error) {
				tries++
				if err := b.Start(ctx, tx, "lone", fmt.Sprint("acq_left_", tries)); err != nil {
					return "", err
				}
				if tries == 2 {
					panic("a defect")
				}
				return "", errors.New("refused")
			}, nil
		}}}})
		if err != nil {
			t.Fatal(err)
		}
		b.do(func(ctx context.Context, tx *database.Tx) error { return s.Start(ctx, tx, "broken", "acq_1") })
		for range 5 {
			if err := s.Sweep(ctx); err != nil {
				t.Fatal(err)
			}
			b.clock.Advance(time.Minute)
		}
		if tries != 3 {
			t.Errorf("tried %d times", tries)
		}
		b.do(func(ctx context.Context, tx *database.Tx) error {
			list, err := s.Of(ctx, tx, "acq_1")
			if err == nil && list[0].State != Attention {
				t.Errorf("the step is %+v", list[0])
			}
			if _, err := s.Of(ctx, tx, "acq_left_1"); !fault.Is(err, fault.NotFound) {
				t.Errorf("what a failed commit wrote is there: %v", err)
			}
			return err
		})
	})
}

func TestAnOperatorMendsSkipsAndMarksDone(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.out.answer("account", func(job Job) error {
			if job.Mended["phone"] == "" {
				return &Halt{Field: "phone", Message: "is too long"}
			}
			return nil
		})
		b.out.always("deal", &Omit{Note: "no CRM"})
		b.out.always("letter", &Halt{Message: "refused"})
		b.start("purchase", "acq_1")
		b.sweep()
		got := b.steps("acq_1")["account"]
		if got.State != Attention || got.Field != "phone" || got.Class != "refused" || got.Attempt != 1 || !got.May(ActMend) {
			t.Fatalf("account: %+v", got)
		}
		refused := func(what string, fn func(ctx context.Context, tx *database.Tx) error) {
			t.Helper()
			if err := b.write(fn); !fault.Is(err, fault.Refused) {
				t.Errorf("%s: %v", what, err)
			}
		}
		refused("a step that is done is run", func(ctx context.Context, tx *database.Tx) error { return b.RetryStep(ctx, tx, "acq_1", "company", nil) })
		refused("a step before its turn is done", func(ctx context.Context, tx *database.Tx) error { return b.MarkDone(ctx, tx, "acq_1", "closing", "x") })
		refused("a wait is run", func(ctx context.Context, tx *database.Tx) error {
			return b.RetryStep(ctx, tx, "acq_1", "activation", nil)
		})

		b.do(func(ctx context.Context, tx *database.Tx) error {
			return b.RetryStep(ctx, tx, "acq_1", "account", map[string]string{"phone": "+5511"})
		})
		b.do(func(ctx context.Context, tx *database.Tx) error {
			return b.MarkDone(ctx, tx, "acq_1", "letter", "by hand")
		})
		b.sweep()
		b.is("acq_1", map[string]State{"account": Done, "deal": Skipped, "letter": Done, "activation": Waiting})
		if got := b.steps("acq_1")["deal"]; got.Problem != "no CRM" || !got.May(ActRetry) {
			t.Errorf("deal: %+v", got)
		}
		b.do(func(ctx context.Context, tx *database.Tx) error {
			return b.Skip(ctx, tx, "acq_1", "activation", "came in person")
		})
		b.sweep()
		if b.state("acq_1") != journeyDone {
			t.Error("the journey is not over")
		}
		// What was skipped may be caught up with.
		b.out.always("deal", nil)
		b.do(func(ctx context.Context, tx *database.Tx) error { return b.RetryStep(ctx, tx, "acq_1", "deal", nil) })
		if b.state("acq_1") != journeyRunning {
			t.Error("a journey whose step is due again is not over")
		}
		b.sweep()
		b.is("acq_1", map[string]State{"deal": Done})
		if b.state("acq_1") != journeyDone || b.out.called("closing") != 1 {
			t.Errorf("the journey is %s, closing was called %d times", b.state("acq_1"), b.out.called("closing"))
		}
	})
}

// A trial without payment begins behind the payment, in one transaction.
func TestStepsAreSkippedAsTheJourneyBegins(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.do(func(ctx context.Context, tx *database.Tx) error {
			if err := b.Start(ctx, tx, "purchase", "acq_1"); err != nil {
				return err
			}
			for _, step := range []string{"customer", "checkout", "payment"} {
				if err := b.Skip(ctx, tx, "acq_1", step, "trial"); err != nil {
					return err
				}
			}
			return nil
		})
		b.sweep()
		b.is("acq_1", map[string]State{"customer": Skipped, "company": Done})
		if b.out.called("customer")+b.out.called("payment") != 0 {
			t.Error("a skipped step was run")
		}
	})
}

func TestACanceledJourneyRunsNothing(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.start("purchase", "acq_1")
		cancel := func(ctx context.Context, tx *database.Tx) error { return b.Cancel(ctx, tx, "acq_1") }
		b.out.answer("checkout", func(Job) error {
			b.do(cancel) // by an operator, meanwhile
			return nil
		})
		b.sweep()
		b.is("acq_1", map[string]State{"customer": Done, "checkout": Canceled, "payment": Canceled, "closing": Canceled})
		if slices.Contains(b.out.commits, "checkout") {
			t.Error("a canceled step was committed")
		}
		b.signal("acq_1", "payment", "late")
		b.do(cancel)
		b.do(func(ctx context.Context, tx *database.Tx) error { return b.Nudge(ctx, tx, "acq_1", "payment") })
		b.sweep()
		b.is("acq_1", map[string]State{"payment": Canceled})
		if b.state("acq_1") != journeyCanceled {
			t.Errorf("the journey is %s", b.state("acq_1"))
		}
	})
}

// A process that dies with a step loses its lease; should it come back, it
// commits nothing.
func TestALostLeaseIsTakenOverAndFenced(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.start("lone", "acq_1")
		slow, err := b.take(ctx)
		if err != nil || len(slow) != 1 {
			t.Fatalf("taken: %v, %v", slow, err)
		}
		other := b.another("second")
		if err := other.Sweep(ctx); err != nil || b.out.called("call") != 0 {
			t.Fatalf("the lease was not respected: %v", err)
		}
		b.clock.Advance(usual.Lease)
		if err := other.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		if got := b.steps("acq_1")["call"]; got.State != Done || got.Owner != "second" || got.Attempt != 0 {
			t.Fatalf("the step: %+v", got)
		}
		b.work(ctx, slow[0]) // wakes up late
		if commits := len(b.out.commits); commits != 1 {
			t.Errorf("%d commits", commits)
		}
		if err := b.note(ctx, slow[0], errDown); !errors.Is(err, errOvertaken) {
			t.Errorf("a late failure: %v", err)
		}
		b.is("acq_1", map[string]State{"call": Done})
	})
}

// A step that takes its process with it each time ends in attention.
func TestAStepThatEndsItsProcessesIsSetAside(t *testing.T) {
	b := open(t, database.SQLite)
	b.start("lone", "acq_1")
	for range mostLost {
		if taken, err := b.another("mortal").take(ctx); err != nil || len(taken) != 1 {
			t.Fatalf("taken: %v, %v", taken, err)
		}
		b.clock.Advance(usual.Lease)
		if err := b.another("nurse").takeBack(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if got := b.steps("acq_1")["call"]; got.State != Attention || got.Class != "lost" || got.RunMS != 0 {
		t.Errorf("the step: %+v", got)
	}
}

// While its calls are made, a step's lease is renewed; when it is lost all the
// same, the calls are ended.
func TestALeaseIsRenewedAndItsLossEndsTheCalls(t *testing.T) {
	b := open(t, database.SQLite)
	s := New(Config{Workers: 1, PerCircuit: 1, Lease: 30 * time.Millisecond, Limit: time.Minute, Process: "slow"}, b.db, quiet)
	entered, over := make(chan struct{}), make(chan error, 1)
	err := s.Register(Kind{Name: "slow", Steps: []Step{{Name: "call", Run: func(ctx context.Context, _ Job) (Commit, error) {
		close(entered)
		<-ctx.Done()
		over <- context.Cause(ctx)
		return nil, ctx.Err()
	}}}})
	if err != nil {
		t.Fatal(err)
	}
	b.do(func(ctx context.Context, tx *database.Tx) error { return s.Start(ctx, tx, "slow", "acq_1") })
	var all sync.WaitGroup
	all.Go(func() {
		if err := s.Sweep(ctx); err != nil {
			t.Error(err)
		}
	})
	<-entered
	first := b.steps("acq_1")["call"].LeaseMS
	b.clock.Advance(time.Second)
	for b.steps("acq_1")["call"].LeaseMS == first { //nolint:revive // each turn reads the database
	}
	b.do(func(ctx context.Context, tx *database.Tx) error { return s.Cancel(ctx, tx, "acq_1") })
	if err := <-over; !errors.Is(err, errOvertaken) {
		t.Errorf("the calls ended by %v", err)
	}
	all.Wait()
	b.is("acq_1", map[string]State{"call": Canceled})
}

func TestAStoppingProcessGivesItsStepsBack(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		stopping, stop := context.WithCancel(ctx)
		b.out.answer("call", func(Job) error { stop(); return context.Canceled })
		b.start("lone", "acq_1")
		if err := b.Sweep(stopping); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if got := b.steps("acq_1")["call"]; got.State != Due || got.Attempt != 0 || got.RunMS != b.clock.Now().UnixMilli() {
			t.Fatalf("the step: %+v", got)
		}
		b.out.always("call", nil)
		b.sweep()
		b.is("acq_1", map[string]State{"call": Done})
	})
}

func TestManyProcessesRunAStepOnce(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		var ids []string
		for i := range 12 {
			ids = append(ids, fmt.Sprintf("acq_%02d", i))
		}
		b.start("purchase", ids...)
		var all sync.WaitGroup
		for i := range 5 {
			other := b.another(fmt.Sprint("p", i))
			all.Go(func() {
				if err := other.Sweep(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		b.sweep() // what the last one made due while the others had gone
		for _, id := range ids {
			b.is(id, map[string]State{"company": Done, "deal": Done, "letter": Done, "activation": Waiting})
		}
		for _, step := range []string{"customer", "company", "deal", "letter"} {
			if b.out.called(step) != len(ids) {
				t.Errorf("%s was called %d times for %d journeys", step, b.out.called(step), len(ids))
			}
		}
	})
}

// A commit wakes the sweeper of its process; it need not wait for the poll.
func TestTheSweeperIsWokenByTheCommit(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		s := New(Config{Poll: time.Hour, Workers: 2, PerCircuit: 1, Lease: time.Hour, Limit: time.Hour}, b.db, quiet)
		done := make(chan string, 3)
		err := s.Register(Kind{Name: "chain", Steps: []Step{
			{Name: "a", Run: func(context.Context, Job) (Commit, error) { done <- "a"; return nil, nil }},
			{Name: "b", After: []string{"a"}, Run: func(context.Context, Job) (Commit, error) { done <- "b"; return nil, nil }},
			{Name: "c", After: []string{"b"}, Circuit: "x", Run: func(context.Context, Job) (Commit, error) { done <- "c"; return nil, nil }},
		}})
		if err != nil {
			t.Fatal(err)
		}
		running, stop := context.WithCancel(ctx)
		var all sync.WaitGroup
		all.Go(func() {
			if err := s.Sweeper().Run(running); err != nil {
				t.Error(err)
			}
		})
		b.do(func(ctx context.Context, tx *database.Tx) error { return s.Start(ctx, tx, "chain", "acq_1") })
		if got := <-done + <-done + <-done; got != "abc" {
			t.Errorf("the order was %s", got)
		}
		stop()
		all.Wait()
	})
}

func TestKindsThatCannotBeWalkedAreRefused(t *testing.T) {
	s := New(usual, open(t, database.SQLite).db, quiet)
	for name, kind := range map[string]Kind{
		"no name":    {Steps: []Step{{Name: "a"}}},
		"no steps":   {Name: "k"},
		"twice":      {Name: "k", Steps: []Step{{Name: "a"}, {Name: "a"}}},
		"unknown":    {Name: "k", Steps: []Step{{Name: "a", After: []string{"b"}}}},
		"circle":     {Name: "k", Steps: []Step{{Name: "a", After: []string{"b"}}, {Name: "b", After: []string{"a"}}}},
		"no class":   {Name: "k", Steps: []Step{{Name: "a", Retry: "often"}}},
		"after self": {Name: "k", Steps: []Step{{Name: "a", After: []string{"a"}}}},
	} {
		if err := s.Register(kind); !fault.Is(err, fault.Internal) {
			t.Errorf("%s: %v", name, err)
		}
	}
	good := Kind{Name: "k", Steps: []Step{{Name: "b", After: []string{"a"}}, {Name: "a"}}}
	if err := errors.Join(s.Register(good)); err != nil {
		t.Fatal(err)
	}
	if err := s.Register(good); err == nil {
		t.Error("a name was taken twice")
	}
}

func TestUnknownJourneysAndSteps(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.start("lone", "acq_1")
		for name, fn := range map[string]func(ctx context.Context, tx *database.Tx) error{
			"signal": func(ctx context.Context, tx *database.Tx) error { return b.Signal(ctx, tx, "acq_2", "call", "") },
			"step":   func(ctx context.Context, tx *database.Tx) error { return b.Nudge(ctx, tx, "acq_1", "walk") },
			"cancel": func(ctx context.Context, tx *database.Tx) error { return b.Cancel(ctx, tx, "acq_2") },
			"of":     func(ctx context.Context, tx *database.Tx) error { _, err := b.Of(ctx, tx, "acq_2"); return err },
		} {
			if err := b.write(fn); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := b.write(func(ctx context.Context, tx *database.Tx) error { return b.Start(ctx, tx, "purchase", "acq_1") }); !fault.Is(err, fault.Conflict) {
			t.Errorf("another kind under the same id: %v", err)
		}
		long := strings.Repeat("x", outputMax+1)
		if err := b.write(func(ctx context.Context, tx *database.Tx) error { return b.Signal(ctx, tx, "acq_1", "call", long) }); !fault.Is(err, fault.TooLarge) {
			t.Errorf("a long output: %v", err)
		}
	})
}

func TestAttentionIsPaged(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.out.always("call", &Halt{Message: "no\ngood\x00"})
		b.start("lone", "acq_1", "acq_2", "acq_3")
		b.sweep()
		var got []string
		cursor := ""
		for {
			list, err := b.Attention(ctx, cursor, 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, status := range list.Items {
				got = append(got, status.SagaID+" "+status.Problem)
			}
			if cursor = list.Next; cursor == "" {
				break
			}
		}
		troubled, err := b.Troubled(ctx, []string{"acq_1", "acq_4", "acq_3"})
		if err != nil || len(troubled) != 2 || troubled["acq_3"].Step != "call" {
			t.Errorf("troubled: %+v, %v", troubled, err)
		}
		if want := []string{"acq_3 no good ", "acq_2 no good ", "acq_1 no good "}; !slices.Equal(got, want) {
			t.Errorf("attention: %q", got)
		}
	})
}

// The classes of the reference, by the time that they take.
func TestPausesOfTheClasses(t *testing.T) {
	total := func(r Retry) (tries int64, spent, longest time.Duration) {
		p, err := r.pauses()
		if err != nil {
			t.Fatal(err)
		}
		for tries = 1; ; tries++ {
			wait, over := p.after(tries)
			if over {
				return tries, spent, longest
			}
			spent, longest = spent+wait, max(longest, wait)
		}
	}
	if tries, spent, longest := total(Net); tries != 10 || longest > time.Minute || spent > 9*time.Minute {
		t.Errorf("net: %d tries, %s, at most %s", tries, spent, longest)
	}
	if tries, _, _ := total(DB); tries != 3 {
		t.Errorf("db: %d tries", tries)
	}
	for _, r := range []Retry{CRM, Mail} {
		p, _ := r.pauses()
		var day time.Duration
		for n := int64(1); n < dayOfTries; n++ {
			wait, _ := p.after(n)
			day += wait
		}
		if day < 23*time.Hour || day > 25*time.Hour {
			t.Errorf("%s: the first day takes %s", r, day)
		}
		if _, spent, longest := total(r); longest != time.Hour || spent < 8*24*time.Hour-time.Hour || spent > 8*24*time.Hour+time.Hour {
			t.Errorf("%s: %s, at most %s", r, spent, longest)
		}
	}
}

// Full jitter: two steps that failed together don't come back together.
func TestTheNetClassIsSpread(t *testing.T) {
	p, err := Net.pauses()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[time.Duration]bool{}
	for range 50 {
		wait, _ := p.after(6)
		if wait <= 0 || wait > 33*time.Second {
			t.Fatalf("%s", wait)
		}
		seen[wait] = true
	}
	if len(seen) < 25 {
		t.Errorf("50 pauses are only %d different ones", len(seen))
	}
}
