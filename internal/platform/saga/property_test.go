package saga

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/platform/database"
)

// history is what was committed of the steps, in order.
type history struct {
	mu    sync.Mutex
	steps map[string][]string
}

func (h *history) remember(job Job) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.steps[job.SagaID] = append(h.steps[job.SagaID], job.Step)
}

// remembered makes the runs of a kind tell of their commits, once they are there.
func (h *history) remembered(kind Kind) Kind {
	for i := range kind.Steps {
		run := kind.Steps[i].Run
		if run == nil {
			continue
		}
		kind.Steps[i].Run = func(ctx context.Context, job Job) (Commit, error) {
			commit, err := run(ctx, job)
			if err != nil {
				return nil, err
			}
			return func(ctx context.Context, tx *database.Tx) (string, error) {
				tx.AfterCommit(func() { h.remember(job) })
				return commit(ctx, tx)
			}, nil
		}
	}
	return kind
}

// However processes die, wake up late and race, however often news come, and in
// which order: once the world works again, each journey ends in the same state,
// each of its steps committed once and after those before it.
func TestAnyHistoryEndsTheSame(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		var round atomic.Int64
		rapid.Check(t, func(rt *rapid.T) {
			h := &history{steps: map[string][]string{}}
			out := &outside{answers: map[string]func(Job) error{}}
			kind := h.remembered(purchase(out))
			kind.Name = fmt.Sprint("purchase ", round.Add(1))
			processes := make([]*Service, 3)
			for i := range processes {
				processes[i] = New(Config{Workers: 8, PerCircuit: 2, Lease: 30 * time.Second, Limit: time.Minute, Process: fmt.Sprint(i)}, b.db, quiet)
				if err := processes[i].Register(kind); err != nil {
					rt.Fatal(err)
				}
			}
			var journeys []string
			for i := range rapid.IntRange(1, 2).Draw(rt, "journeys") {
				journeys = append(journeys, fmt.Sprintf("acq_%d_%d", round.Load(), i))
			}
			paid := map[string]bool{}
			failing := true
			for _, step := range kind.Steps {
				out.answer(step.Name, func(job Job) error {
					if !failing {
						if job.Step == "payment" && !paid[job.SagaID] {
							return &Wait{}
						}
						return nil
					}
					switch rapid.SampledFrom([]string{"well", "well", "down", "error", "outage", "wait", "halt"}).Draw(rt, "answer of "+job.Step) {
					case "down":
						return &Outage{Message: "down"}
					case "outage":
						return &Outage{Message: "revoked", AtOnce: true}
					case "error":
						return errDown
					case "wait":
						return &Wait{}
					case "halt":
						return &Halt{Message: "no"}
					}
					if job.Step == "payment" {
						return &Wait{}
					}
					return nil
				})
			}
			write := func(fn func(ctx context.Context, tx *database.Tx) error) {
				if err := b.write(fn); err != nil {
					rt.Fatal(err)
				}
			}
			process := func() *Service { return rapid.SampledFrom(processes).Draw(rt, "process") }
			journey := func() string { return rapid.SampledFrom(journeys).Draw(rt, "journey") }
			for _, id := range journeys {
				write(func(ctx context.Context, tx *database.Tx) error { return processes[0].Start(ctx, tx, kind.Name, id) })
			}
			type zombie struct {
				s       *Service
				c       claimed
				commit  Commit
				failure error
				called  bool
			}
			var zombies []zombie
			rt.Repeat(map[string]func(*rapid.T){
				"a step each": func(*rapid.T) {
					s := process()
					taken, err := s.take(ctx)
					if err != nil {
						rt.Fatal(err)
					}
					for _, c := range taken {
						s.work(ctx, c)
					}
				},
				"dies before the calls": func(*rapid.T) {
					s := process()
					taken, err := s.take(ctx)
					if err != nil {
						rt.Fatal(err)
					}
					for _, c := range taken {
						s.leave(c.Circuit)
						zombies = append(zombies, zombie{s: s, c: c})
					}
				},
				"dies after the calls": func(*rapid.T) {
					s := process()
					taken, err := s.take(ctx)
					if err != nil {
						rt.Fatal(err)
					}
					for _, c := range taken {
						s.leave(c.Circuit)
						commit, failure := s.call(ctx, c)
						zombies = append(zombies, zombie{s, c, commit, failure, true})
					}
				},
				"was not dead": func(*rapid.T) {
					if len(zombies) == 0 {
						return
					}
					z := zombies[0]
					zombies = zombies[1:]
					switch {
					case !z.called:
						if z.s.admit(z.c.Circuit) {
							z.s.work(ctx, z.c)
						}
					case z.failure != nil:
						_ = z.s.note(ctx, z.c, z.failure)
					default:
						_ = z.s.complete(ctx, z.c, z.commit)
					}
				},
				"time": func(*rapid.T) {
					b.clock.Advance(time.Duration(rapid.SampledFrom([]int{1, 10, 31, 61, 901}).Draw(rt, "seconds")) * time.Second)
				},
				"payment": func(*rapid.T) {
					id := journey()
					paid[id] = true
					write(func(ctx context.Context, tx *database.Tx) error {
						return process().Nudge(ctx, tx, id, "payment")
					})
				},
				"activation": func(*rapid.T) {
					id := journey()
					write(func(ctx context.Context, tx *database.Tx) error {
						return process().Signal(ctx, tx, id, "activation", "by link")
					})
				},
				"retry": func(*rapid.T) {
					id, step := journey(), rapid.SampledFrom(kind.Steps).Draw(rt, "step").Name
					_ = b.write(func(ctx context.Context, tx *database.Tx) error { return process().RetryStep(ctx, tx, id, step, nil) })
				},
			})
			failing = false
			s := processes[0]
			for _, id := range journeys {
				paid[id] = true
				write(func(ctx context.Context, tx *database.Tx) error {
					return s.Signal(ctx, tx, id, "activation", "by link")
				})
			}
			for range 40 { // more than the longest chain of leases, pauses and probes
				b.clock.Advance(16 * time.Minute)
				if err := s.Sweep(ctx); err != nil {
					rt.Fatal(err)
				}
				for _, id := range journeys {
					write(func(ctx context.Context, tx *database.Tx) error {
						list, err := s.Of(ctx, tx, id)
						for _, status := range list {
							if status.State == Attention {
								err = s.RetryStep(ctx, tx, id, status.Step, nil)
							}
						}
						return err
					})
				}
			}
			for _, id := range journeys {
				write(func(ctx context.Context, tx *database.Tx) error {
					list, err := s.Of(ctx, tx, id)
					for _, status := range list {
						want := status.Step + " of " + id
						if status.Step == "activation" {
							want = "by link"
						}
						if status.State != Done || status.Output != want {
							rt.Errorf("%s ends as %+v", status.Step, status)
						}
					}
					return err
				})
				for i, name := range h.steps[id] {
					step, _ := kind.step(name)
					for _, earlier := range step.After {
						if earlier != "activation" && !slices.Contains(h.steps[id][:i], earlier) {
							rt.Errorf("%s was committed before %s", name, earlier)
						}
					}
				}
				if len(h.steps[id]) != len(kind.Steps)-1 {
					rt.Errorf("committed: %v", h.steps[id])
				}
			}
		})
	})
}
