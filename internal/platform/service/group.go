package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"prosa/internal/base/fault"
)

// Group is an ordered list of services with one life: it starts once and stops
// once.
type Group struct {
	logger   *slog.Logger
	services []Service

	start sync.Once
	stop  sync.Once

	mu       sync.Mutex
	running  []*running // in the order of their start
	stopping bool
	startErr error
	stopErr  error
	failure  error

	// failed is closed at the first failure of a running service, or when Stop
	// begins: whoever waits in Run goes on.
	failed  chan struct{}
	failing sync.Once
	// started is closed when Start is through, well or not.
	started chan struct{}
	// giveUp ends a Start that is under way when Stop is called.
	giveUp chan struct{}
}

type running struct {
	Service
	cancel context.CancelFunc
	done   chan struct{} // closed when Run has returned
}

// NewGroup makes a group of services in the order in which they start.
func NewGroup(logger *slog.Logger, services ...Service) *Group {
	return &Group{
		logger:   logger,
		services: services,
		failed:   make(chan struct{}),
		started:  make(chan struct{}),
		giveUp:   make(chan struct{}),
	}
}

// Run starts the group, waits until ctx ends or a service fails, and stops it.
// It returns the failure, joined with what went wrong while stopping; nil when
// ctx ended and all stopped well.
func (g *Group) Run(ctx context.Context) error {
	if err := g.Start(ctx); err != nil {
		if ctx.Err() != nil {
			err = nil // told to stop while starting: not a failure
		}
		return errors.Join(err, g.Stop())
	}
	select {
	case <-ctx.Done():
	case <-g.failed:
	}
	err := g.Stop()
	g.mu.Lock()
	defer g.mu.Unlock()
	return errors.Join(g.failure, err)
}

// Start starts the services one after the other. When one fails, those before
// it are stopped and its error is returned. A second call waits for the first
// and returns the same.
func (g *Group) Start(ctx context.Context) error {
	g.start.Do(func() {
		g.startErr = g.startAll(ctx)
		close(g.started)
	})
	if g.startErr != nil {
		_ = g.Stop() // it tells its own error to whoever asks
	}
	return g.startErr
}

func (g *Group) startAll(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { // Stop during Start
		select {
		case <-g.giveUp:
			cancel()
		case <-ctx.Done():
		}
	}()
	for i := range g.services {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := g.startOne(ctx, g.services[i]); err != nil {
			return fmt.Errorf("start %s: %w", g.services[i].Name, err)
		}
	}
	return nil
}

func (g *Group) startOne(ctx context.Context, s Service) error {
	begun := time.Now()
	if s.Start != nil {
		if err := s.Start(ctx); err != nil {
			return err
		}
	}
	// A service's context is its own and not the caller's: it must end in its
	// turn, not all at once.
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r := &running{Service: s, cancel: cancel, done: make(chan struct{})}
	g.mu.Lock()
	g.running = append(g.running, r)
	g.mu.Unlock()
	if s.Run == nil {
		close(r.done)
	} else {
		go g.watch(life, r)
	}
	g.logger.Debug("service started", "service", s.Name, "took", time.Since(begun))
	return nil
}

// watch runs a service and tells the group when it ends before its time.
func (g *Group) watch(life context.Context, r *running) {
	defer close(r.done)
	err := r.Run(life)
	if life.Err() != nil {
		if err != nil && !errors.Is(err, context.Canceled) {
			g.fail(fmt.Errorf("%s ended badly: %w", r.Name, err))
		}
		return
	}
	if err == nil {
		err = fault.New(fault.Internal, "it returned although nobody stopped it")
	}
	g.logger.Error("service failed", "service", r.Name, "error", err)
	g.fail(fmt.Errorf("%s: %w", r.Name, err))
}

func (g *Group) fail(err error) {
	g.mu.Lock()
	if g.failure == nil {
		g.failure = err
	}
	g.mu.Unlock()
	g.failing.Do(func() { close(g.failed) })
}

// Stop stops what was started, the last first, each within its time-out. A
// second call waits for the first and returns the same.
func (g *Group) Stop() error {
	g.stop.Do(func() {
		close(g.giveUp)
		g.start.Do(func() { close(g.started) }) // never started, never will be
		g.mu.Lock()
		g.stopping = true
		g.mu.Unlock()
		g.failing.Do(func() { close(g.failed) })
		<-g.started
		for i := len(g.running) - 1; i >= 0; i-- {
			g.stopErr = errors.Join(g.stopErr, g.stopOne(g.running[i]))
		}
	})
	return g.stopErr
}

func (g *Group) stopOne(r *running) error {
	limit := r.stopTimeout()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	r.cancel()
	ended := make(chan error, 1)
	go func() {
		<-r.done
		if r.Stop == nil {
			ended <- nil
			return
		}
		ended <- r.Stop(ctx)
	}()
	// The watchdog waits a little longer than the context lasts, so that a
	// service that minds its context still tells what it left undone.
	watchdog := time.NewTimer(limit + limit/10)
	defer watchdog.Stop()
	select {
	case err := <-ended:
		if err != nil {
			g.logger.Error("service stopped badly", "service", r.Name, "error", err)
			return fmt.Errorf("stop %s: %w", r.Name, err)
		}
		g.logger.Debug("service stopped", "service", r.Name)
		return nil
	case <-watchdog.C:
		g.logger.Error("service did not stop in time and is left behind", "service", r.Name, "limit", limit)
		return fault.New(fault.Internal, "stop %s: not within %s", r.Name, limit)
	}
}

// Ready tells whether every service can do its work: fault.Unavailable with the
// name and reason of each that can't, and while starting or stopping.
func (g *Group) Ready() error {
	select {
	case <-g.started:
	default:
		return fault.New(fault.Unavailable, "starting")
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.stopping || g.startErr != nil {
		return fault.New(fault.Unavailable, "stopping")
	}
	var err error
	for _, r := range g.running {
		if r.Ready == nil {
			continue
		}
		if why := r.Ready(); why != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", r.Name, why))
		}
	}
	return fault.Wrap(err, fault.Unavailable, "not ready")
}
