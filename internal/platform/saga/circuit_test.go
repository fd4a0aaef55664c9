package saga

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

var outage = &Outage{Message: "status 500"}

func ids(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("acq_%02d", i)
	}
	return list
}

// An integration that is away for a week uses up nothing, is asked once a minute,
// and afterwards each of its steps is done once.
func TestAnOpenCircuitParksItsSteps(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.out.always("call", outage)
		b.start("lone", ids(20)...)
		for range 10 {
			b.sweep()
		}
		c := b.circuit("crm")
		if !c.Open || c.Problem != "status 500" || c.Parked != 20 || c.SinceMS == 0 || c.ProbeMS != b.clock.Now().Add(time.Minute).UnixMilli() {
			t.Fatalf("circuit: %+v", c)
		}
		called := b.out.called("call")
		if called < circuitFailures || called > circuitFailures+usual.PerCircuit {
			t.Fatalf("called %d times", called)
		}
		for i := range 7 {
			b.clock.Advance(24 * time.Hour)
			b.sweep()
			b.sweep()
			if got := b.out.called("call"); got != called+i+1 {
				t.Fatalf("day %d: called %d times", i, got-called)
			}
		}
		for _, id := range ids(20) {
			if got := b.steps(id)["call"]; got.State != Due || got.Attempt > 1 || !got.Parked {
				t.Fatalf("%s: %+v", id, got)
			}
		}
		b.out.always("call", nil)
		b.sweep() // not before the minute is over
		if b.steps("acq_00")["call"].State == Done {
			t.Fatal("an open circuit was not respected")
		}
		b.clock.Advance(time.Minute)
		b.sweep()
		for _, id := range ids(20) {
			b.is(id, map[string]State{"call": Done})
		}
		if c := b.circuit("crm"); c.Open || c.Failures != 0 || c.Parked != 0 || c.SuccessMS != b.clock.Now().UnixMilli() {
			t.Errorf("circuit: %+v", c)
		}
		if got := len(b.out.commits); got != 20 {
			t.Errorf("%d steps were done", got)
		}
	})
}

func TestFailuresAMinuteApartOpenNothing(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.out.always("call", outage)
		b.start("lone", "acq_1")
		for range 12 {
			b.sweep()
			b.clock.Advance(15 * time.Minute)
		}
		if c := b.circuit("crm"); c.Open || c.Failures != 1 {
			t.Errorf("circuit: %+v", c)
		}
		if got := b.steps("acq_1")["call"]; got.Attempt != 12 || got.Class != "down" {
			t.Errorf("the step: %+v", got)
		}
	})
}

func TestATroubleOfTheWholeIntegrationOpensAtOnce(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		until := b.clock.Now().Add(10 * time.Minute).UnixMilli()
		b.out.always("call", &Outage{Class: "throttled", Message: "too many requests", AtOnce: true, UntilMS: until})
		b.start("lone", "acq_1", "acq_2")
		b.sweep()
		c := b.circuit("crm")
		if !c.Open || c.ProbeMS != until || !slices.Equal(c.Classes, []Count{{"throttled", c.Classes[0].Count}}) {
			t.Fatalf("circuit: %+v", c)
		}
		if got := b.steps("acq_1")["call"]; got.Attempt != 0 || got.State != Due {
			t.Errorf("the step: %+v", got)
		}
		called := b.out.called("call")
		b.clock.Advance(9 * time.Minute)
		b.sweep()
		if b.out.called("call") != called {
			t.Error("it was asked before it listens again")
		}
		// An operator may know better.
		b.out.always("call", nil)
		if err := b.Probe(ctx, "crm"); err != nil {
			t.Fatal(err)
		}
		b.sweep()
		b.is("acq_1", map[string]State{"call": Done})
		b.is("acq_2", map[string]State{"call": Done})
		if err := b.Probe(ctx, "crm"); !fault.Is(err, fault.Refused) {
			t.Errorf("a closed circuit is probed: %v", err)
		}
	})
}

// A record that is refused is an answer: the integration works.
func TestARefusedRecordClosesTheCircuit(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.out.always("call", &Outage{Message: "revoked", AtOnce: true})
		b.start("lone", "acq_1", "acq_2")
		b.sweep()
		b.out.answer("call", func(job Job) error {
			if job.SagaID == "acq_1" {
				return &Halt{Field: "name", Message: "is missing"}
			}
			return nil
		})
		b.clock.Advance(time.Minute)
		b.sweep()
		b.is("acq_1", map[string]State{"call": Attention})
		b.is("acq_2", map[string]State{"call": Done})
		if b.circuit("crm").Open {
			t.Error("the circuit stayed open")
		}
	})
}

// One try a minute is one in all processes together.
func TestOnlyOneProcessProbes(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.out.always("call", &Outage{Message: "down", AtOnce: true})
		b.start("lone", ids(9)...)
		b.sweep()
		called := b.out.called("call")
		b.clock.Advance(time.Minute)
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
		if got := b.out.called("call") - called; got != 1 {
			t.Errorf("%d tries in a minute", got)
		}
	})
}

// A slow integration takes a part of the places, and leaves others theirs.
func TestASlowIntegrationLeavesPlaces(t *testing.T) {
	b := open(t, database.SQLite)
	var mu sync.Mutex
	now, most := 0, 0
	release := make(chan struct{})
	b.out.answer("call", func(Job) error {
		mu.Lock()
		now++
		most = max(most, now)
		mu.Unlock()
		<-release
		mu.Lock()
		now--
		mu.Unlock()
		return nil
	})
	b.start("lone", ids(10)...)
	b.start("purchase", "acq_p")
	paid := make(chan struct{})
	b.out.answer("company", func(Job) error { close(paid); return nil })
	running, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	all.Go(func() {
		if err := b.Sweeper().Run(running); err != nil {
			t.Error(err)
		}
	})
	<-paid // though ten calls hang
	close(release)
	for b.circuit("crm").SuccessMS == 0 || b.steps("acq_09")["call"].State != Done { //nolint:revive // each turn reads the database
	}
	stop()
	all.Wait()
	if most > usual.PerCircuit {
		t.Errorf("%d calls at a time", most)
	}
}
