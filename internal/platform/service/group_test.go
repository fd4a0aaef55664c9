package service_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"prosa/internal/base/fault"
	"prosa/internal/platform/service"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// diary notes what happened, in order.
type diary struct {
	mu    sync.Mutex
	lines []string
}

func (d *diary) note(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, fmt.Sprintf(format, args...))
}

func (d *diary) read() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.lines)
}

// orderly is a service that writes each step of its life into the diary.
func (d *diary) orderly(name string) service.Service {
	return service.Service{
		Name:  name,
		Start: func(context.Context) error { d.note("start %s", name); return nil },
		Run: func(ctx context.Context) error {
			<-ctx.Done()
			d.note("drain %s", name)
			return nil
		},
		Stop: func(context.Context) error { d.note("stop %s", name); return nil },
	}
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestStartsInOrderAndStopsInReverse(t *testing.T) {
	var d diary
	g := service.NewGroup(quiet(), d.orderly("a"), d.orderly("b"), d.orderly("c"))
	if err := g.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := g.Ready(); err != nil {
		t.Fatal(err)
	}
	if err := g.Stop(); err != nil {
		t.Fatal(err)
	}
	want := []string{"start a", "start b", "start c", "drain c", "stop c", "drain b", "stop b", "drain a", "stop a"}
	if got := d.read(); !slices.Equal(got, want) {
		t.Fatalf("got  %v\nwant %v", got, want)
	}
}

func TestStartAndStopTwice(t *testing.T) {
	var d diary
	g := service.NewGroup(quiet(), d.orderly("a"))
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if err := g.Start(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for range 4 {
		all.Go(func() {
			if err := g.Stop(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := d.read(); !slices.Equal(got, []string{"start a", "drain a", "stop a"}) {
		t.Fatalf("got %v", got)
	}
}

func TestStopBeforeStart(t *testing.T) {
	var d diary
	g := service.NewGroup(quiet(), d.orderly("a"))
	if err := g.Stop(); err != nil {
		t.Fatal(err)
	}
	_ = g.Start(t.Context())
	if got := d.read(); len(got) != 0 {
		t.Fatalf("a stopped group started: %v", got)
	}
	if fault.CodeOf(g.Ready()) != fault.Unavailable {
		t.Fatal("a stopped group is ready")
	}
}

func TestFailedStartStopsThoseBefore(t *testing.T) {
	var d diary
	broken := errors.New("port taken")
	g := service.NewGroup(quiet(), d.orderly("a"),
		service.Service{Name: "door", Start: func(context.Context) error { return broken }}, d.orderly("c"))
	err := g.Run(t.Context())
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "door") {
		t.Fatalf("got %v", err)
	}
	if got := d.read(); !slices.Equal(got, []string{"start a", "drain a", "stop a"}) {
		t.Fatalf("got %v", got)
	}
	if g.Ready() == nil {
		t.Fatal("a group that failed to start is ready")
	}
}

func TestFirstFailureStopsAll(t *testing.T) {
	broken := errors.New("lost its connection")
	for name, failure := range map[string]error{"with an error": broken, "without one": nil} {
		t.Run(name, func(t *testing.T) {
			var d diary
			fail := make(chan struct{})
			g := service.NewGroup(quiet(), d.orderly("a"), service.Service{
				Name: "weak",
				Run:  func(context.Context) error { <-fail; return failure },
			}, d.orderly("c"))
			result := make(chan error)
			go func() { result <- g.Run(context.Background()) }()
			close(fail)
			err := <-result
			if err == nil || !strings.Contains(err.Error(), "weak") || failure != nil && !errors.Is(err, failure) {
				t.Fatalf("got %v", err)
			}
			// How far the start came is a race; what started must have stopped.
			lines := d.read()
			for _, s := range []string{"a", "c"} {
				if slices.Contains(lines, "start "+s) != slices.Contains(lines, "stop "+s) {
					t.Fatalf("%s is left running: %v", s, lines)
				}
			}
		})
	}
}

func TestRunEndsWellWithItsContext(t *testing.T) {
	var d diary
	ctx, cancel := context.WithCancel(context.Background())
	up := make(chan struct{})
	g := service.NewGroup(quiet(), d.orderly("a"), service.Service{
		Name: "last",
		Run:  func(ctx context.Context) error { close(up); <-ctx.Done(); return ctx.Err() },
	})
	result := make(chan error)
	go func() { result <- g.Run(ctx) }()
	<-up
	cancel()
	if err := <-result; err != nil {
		t.Fatalf("a group that was told to stop failed: %v", err)
	}
	if got := d.read(); !slices.Equal(got, []string{"start a", "drain a", "stop a"}) {
		t.Fatalf("got %v", got)
	}
}

func TestWatchdogLeavesAHungServiceBehind(t *testing.T) {
	var d diary
	release := make(chan struct{})
	defer close(release)
	g := service.NewGroup(quiet(), d.orderly("a"), service.Service{
		Name:        "hung",
		Run:         func(context.Context) error { <-release; return nil },
		StopTimeout: 10 * time.Millisecond,
	})
	if err := g.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := g.Stop()
	if err == nil || !strings.Contains(err.Error(), "hung") {
		t.Fatalf("got %v", err)
	}
	if got := d.read(); !slices.Equal(got, []string{"start a", "drain a", "stop a"}) {
		t.Fatalf("the others did not stop: %v", got)
	}
}

func TestStopGivesUpAStartUnderWay(t *testing.T) {
	var d diary
	waiting := make(chan struct{})
	g := service.NewGroup(quiet(), d.orderly("a"), service.Service{
		Name:  "slow",
		Start: func(ctx context.Context) error { close(waiting); <-ctx.Done(); return ctx.Err() },
	})
	result := make(chan error)
	go func() { result <- g.Start(context.Background()) }()
	<-waiting
	if fault.CodeOf(g.Ready()) != fault.Unavailable {
		t.Error("a group that is starting says it is ready")
	}
	if err := g.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if got := d.read(); !slices.Equal(got, []string{"start a", "drain a", "stop a"}) {
		t.Fatalf("got %v", got)
	}
}

func TestReadyNamesWhoIsNot(t *testing.T) {
	away := fault.New(fault.Unavailable, "no connection")
	var sick bool
	g := service.NewGroup(quiet(), service.Service{Name: "database", Ready: func() error {
		if sick {
			return away
		}
		return nil
	}})
	if err := g.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer g.Stop()
	if err := g.Ready(); err != nil {
		t.Fatal(err)
	}
	sick = true
	if err := g.Ready(); fault.CodeOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "database: ") {
		t.Fatalf("got %v", err)
	}
}
