package environment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/cloud/schedule"
)

// Pace of a switch.
const (
	// pause between two looks at machines that move, unless it is set.
	pause = 10 * time.Second
	// runnerLife is how long a runner that says nothing keeps others out.
	runnerLife = 2 * time.Minute
	// stale is how old what is written of a look may be while a run goes on: much
	// less than a runner's life.
	stale = 30 * time.Second
	// patience bounds one switch: a database takes minutes, a backup more.
	patience = 45 * time.Minute
	// readyPatience bounds the wait for /readyz once everything runs.
	readyPatience = 10 * time.Minute
	// longestProblem bounds what the book keeps of a failure, in characters.
	longestProblem = 2000
)

// Machines are what a deployment is switched with.
type Machines struct {
	Power Power
	// Ready asks the product whether it serves; nil takes the machines' word.
	Ready func(ctx context.Context) error
	// Report hears of each step that begins; nil for nobody.
	Report func(Step)
}

// Outcome is what a command did.
type Outcome struct {
	Deployment string        `json:"deployment"`
	Want       schedule.Want `json:"want"`
	// Reason and Detail say why, Until for how long; 0 for ever.
	Reason  schedule.Reason `json:"reason"`
	Detail  string          `json:"detail,omitempty"`
	UntilMS int64           `json:"until_ms"`
	// Steps were done, or in a dry run would be.
	Steps []Step `json:"steps" nullable:"false"`
	// Ready says that the machines are where they are wanted.
	Ready  bool  `json:"ready"`
	TookMS int64 `json:"took_ms"`
	// Waits says that somebody else switches it right now.
	Waits string          `json:"waits_for,omitempty"`
	Lease *schedule.Lease `json:"lease,omitempty"`
	Dry   bool            `json:"dry_run,omitempty"`
}

// Up takes a lease and brings the environment up, until it serves.
func (s *Service) Up(ctx context.Context, name string, wish Wish, machines Machines) (Outcome, error) {
	d, caller, err := s.open(ctx, name, machines)
	if err != nil {
		return Outcome{}, err
	}
	wish.Who, wish.Proof = named(wish.Who, caller), caller.Proof
	lease, err := s.Take(ctx, name, wish)
	if err != nil {
		return Outcome{}, err
	}
	outcome, err := s.run(ctx, d, machines, caller, true)
	outcome.Lease = &lease
	return outcome, err
}

// Down ends the leases and takes the environment down.
func (s *Service) Down(ctx context.Context, name, who, why string, force bool, machines Machines) (Outcome, error) {
	d, caller, err := s.open(ctx, name, machines)
	if err != nil {
		return Outcome{}, err
	}
	if err := s.Release(ctx, name, named(who, caller), why, force); err != nil {
		return Outcome{}, err
	}
	return s.run(ctx, d, machines, caller, true)
}

// Tick decides and acts once; it is what runs every quarter of an hour.
func (s *Service) Tick(ctx context.Context, name string, machines Machines) (Outcome, error) {
	d, caller, err := s.open(ctx, name, machines)
	if err != nil {
		return Outcome{}, err
	}
	return s.run(ctx, d, machines, caller, false)
}

// Plan tells what a tick would do, or with a want what Up or Down would, and
// changes nothing.
func (s *Service) Plan(ctx context.Context, name string, want schedule.Want, machines Machines) (Outcome, error) {
	d, _, err := s.open(ctx, name, machines)
	if err != nil {
		return Outcome{}, err
	}
	sight, err := machines.Power.Look(ctx)
	if err != nil {
		return Outcome{}, err
	}
	p, _, err := s.read(ctx, name)
	if err != nil {
		return Outcome{}, err
	}
	decision, _ := schedule.Decide(d.Schedule, p.Book, sight.seen(), s.deps.Clock.Now())
	outcome := outcomeOf(d, decision)
	outcome.Dry = true
	if want != "" {
		outcome.Want, outcome.Reason, outcome.Detail, outcome.UntilMS = want, schedule.ByNoReason, "", 0
	}
	if want != "" || decision.Act {
		outcome.Steps = append(outcome.Steps, steps(outcome.Want, sight, p.Counts, false)...)
	}
	return outcome, nil
}

func named(who string, caller Caller) string {
	if who != "" {
		return who
	}
	return caller.Name
}

// open finds the deployment and makes sure that the machines are its own.
func (s *Service) open(ctx context.Context, name string, machines Machines) (Deployment, Caller, error) {
	d, err := s.find(name)
	if err != nil {
		return Deployment{}, Caller{}, err
	}
	caller, err := machines.Power.Who(ctx)
	if err != nil {
		return Deployment{}, Caller{}, err
	}
	if caller.AccountID != d.AccountID {
		return Deployment{}, Caller{}, fault.Refuse("wrong_account", "%s is account %q, and these credentials are of %q", name, d.AccountID, caller.AccountID)
	}
	return d, caller, nil
}

func outcomeOf(d Deployment, decision schedule.Decision) Outcome {
	outcome := Outcome{Deployment: d.Name, Want: decision.Want, Reason: decision.Reason, Detail: decision.Detail, Steps: []Step{}}
	if !decision.Until.IsZero() {
		outcome.UntilMS = decision.Until.UnixMilli()
	}
	return outcome
}

// runner is one run of a command on a deployment.
type runner struct {
	*Service
	d        Deployment
	machines Machines
	self     Runner
	began    time.Time
	migrated bool
	done     []Step
	told     bool // that the vendor started the database
}

// run brings the machines where they are wanted. Whoever runs decides anew at
// each look, so that a lease taken meanwhile turns it around. stay waits for the
// end also when somebody else does the work.
func (s *Service) run(ctx context.Context, d Deployment, machines Machines, caller Caller, stay bool) (Outcome, error) {
	now := s.deps.Clock.Now()
	r := &runner{Service: s, d: d, machines: machines, began: now, self: Runner{ID: id.New(id.Epoch, now.UnixMilli()), Who: caller.Name}}
	outcome, err := r.converge(ctx, stay)
	outcome.Steps = append([]Step{}, r.done...)
	outcome.TookMS = s.deps.Clock.Now().Sub(r.began).Milliseconds()
	// Whoever ends, also by a failure, lets the next one in at once.
	if freeErr := r.free(context.WithoutCancel(ctx), err); err == nil {
		err = freeErr
	}
	return outcome, err
}

func (r *runner) converge(ctx context.Context, stay bool) (Outcome, error) {
	for {
		sight, err := r.machines.Power.Look(ctx)
		if err != nil {
			return Outcome{Deployment: r.d.Name}, err
		}
		decision, next, other, err := r.decide(ctx, sight)
		if err != nil {
			return Outcome{Deployment: r.d.Name}, err
		}
		outcome := outcomeOf(r.d, decision)
		outcome.Ready = len(next) == 0
		if other != "" { // somebody else is at it
			if outcome.Waits = other; !stay || outcome.Ready {
				return outcome, nil
			}
			if err := r.rest(ctx); err != nil {
				return outcome, err
			}
			continue
		}
		// What was done by hand, and who is being warned, is left as it is; and a
		// tick does not stay for what already comes or goes by itself.
		idle := !decision.Act && !stay && !r.switching()
		if outcome.Ready || idle || !ours(decision) {
			outcome.Ready, err = r.arrive(ctx, decision, outcome)
			return outcome, err
		}
		if err := r.step(ctx, next[0], sight); err != nil {
			return outcome, err
		}
	}
}

// ours tells whether the machines are ours to move.
func ours(decision schedule.Decision) bool {
	return decision.Reason != schedule.ByHand && decision.Reason != schedule.ByWarning
}

// switching tells whether this run has begun to move something.
func (r *runner) switching() bool { return len(r.done) > 0 }

// decide asks the schedule with the newest book, keeps what it remembers, takes
// or renews the right to switch, and tells who else has it.
func (r *runner) decide(ctx context.Context, sight Sight) (decision schedule.Decision, next []Step, other string, err error) {
	var warned *schedule.Warning
	var restarted bool
	_, err = r.change(ctx, r.d.Name, func(p *page, now time.Time) error {
		other = ""
		if p.Runner.ID != "" && p.Runner.ID != r.self.ID && now.UnixMilli() < p.Runner.UntilMS {
			other = p.Runner.Who
		}
		var memory schedule.Memory
		decision, memory = schedule.Decide(r.d.Schedule, p.Book, sight.seen(), now)
		for _, part := range sight.Parts {
			if part.Count > 0 {
				if p.Counts == nil {
					p.Counts = map[string]int{}
				}
				p.Counts[part.Name] = part.Count
			}
		}
		next = steps(decision.Want, sight, p.Counts, r.migrated)
		// While machines come and go, not every look is worth a line.
		fresh := p.Runner.ID == r.self.ID && now.UnixMilli()-p.Last.SeenMS < stale.Milliseconds()
		if p.Last.Parts = sight.Parts; !fresh {
			p.Last.SeenMS = now.UnixMilli()
		}
		p.Last.Want, p.Last.Reason, p.Last.Detail, p.Last.UntilMS = decision.Want, decision.Reason, decision.Detail, 0
		if !decision.Until.IsZero() {
			p.Last.UntilMS = decision.Until.UnixMilli()
		}
		if other != "" {
			return nil // who works remembers
		}
		warned, restarted = decision.Warn, decision.Reason == schedule.ByRestart && decision.Act
		p.Memory = memory
		if decision.Act && p.Last.Goal != decision.Want || decision.Act && p.Last.DoneMS > 0 {
			p.Last.Goal, p.Last.BeganMS, p.Last.DoneMS, p.Last.Problem = decision.Want, now.UnixMilli(), 0, ""
		}
		p.Last.Step = Step{}
		if len(next) > 0 {
			p.Last.Step = next[0]
		}
		if !fresh {
			r.self.UntilMS = now.Add(runnerLife).UnixMilli()
		}
		p.Runner = r.self
		return nil
	})
	if err != nil {
		return schedule.Decision{}, nil, "", err
	}
	if warned != nil {
		r.warn(ctx, r.d, *warned)
	}
	if restarted && !r.told {
		r.told = true
		r.tell(ctx, r.d, Note{Kind: Restarted})
	}
	return decision, next, other, r.record(ctx, r.d, sight, decision)
}

// step does the next thing, or waits for what moves.
func (r *runner) step(ctx context.Context, step Step, sight Sight) error {
	if r.deps.Clock.Now().Sub(r.began) > patience {
		return fault.New(fault.Unavailable, "%s did not get there within %s: it waits for %s", r.d.Name, patience, step.Part)
	}
	if len(r.done) == 0 || r.done[len(r.done)-1] != step {
		r.done = append(r.done, step)
		if r.machines.Report != nil {
			r.machines.Report(step)
		}
	}
	var err error
	switch step.Verb {
	case Start, Stop:
		for _, part := range sight.Parts {
			if part.Name != step.Part {
				continue
			}
			if step.Verb == Start {
				err = r.machines.Power.Start(ctx, part, step.Count)
			} else {
				err = r.machines.Power.Stop(ctx, part)
			}
		}
		if fault.Is(err, fault.Conflict) {
			return r.rest(ctx) // a backup began between our look and our call
		}
	case Migrate:
		if err = r.machines.Power.Migrate(ctx, r.renew); err == nil {
			r.migrated = true
		}
	default:
		err = r.rest(ctx)
	}
	return err
}

// arrive is the end of a switch: what runs must also serve.
func (r *runner) arrive(ctx context.Context, decision schedule.Decision, outcome Outcome) (bool, error) {
	if !r.switching() {
		// Who was killed may have done the last step and not said so.
		_, err := r.change(ctx, r.d.Name, func(p *page, now time.Time) error {
			if p.Last.Goal == decision.Want && p.Last.DoneMS == 0 && outcome.Ready {
				p.Last.DoneMS = now.UnixMilli()
			}
			return nil
		})
		return outcome.Ready, err
	}
	if !outcome.Ready {
		return false, nil // somebody moved them by hand while we did
	}
	if decision.Want == schedule.Up {
		if err := r.serves(ctx); err != nil {
			return false, err
		}
	}
	_, err := r.change(ctx, r.d.Name, func(p *page, now time.Time) error {
		p.Last.DoneMS, p.Last.Problem, p.Last.Step = now.UnixMilli(), "", Step{}
		return nil
	})
	if err != nil {
		return false, err
	}
	kind := map[schedule.Want]Kind{schedule.Up: CameUp, schedule.Down: WentDown}[decision.Want]
	r.tell(ctx, r.d, Note{Kind: kind, EndsMS: outcome.UntilMS})
	return true, nil
}

// serves waits until the product says that it is ready.
func (r *runner) serves(ctx context.Context) error {
	if r.machines.Ready == nil {
		return nil
	}
	step := Step{Verb: Ready}
	r.done = append(r.done, step)
	if r.machines.Report != nil {
		r.machines.Report(step)
	}
	for begun := r.deps.Clock.Now(); ; {
		err := r.machines.Ready(ctx)
		if err == nil {
			return nil
		}
		if r.deps.Clock.Now().Sub(begun) > readyPatience {
			return fault.New(fault.Unavailable, "%s runs and does not serve: %w", r.d.Name, err)
		}
		if err := r.renew(ctx); err != nil {
			return err
		}
	}
}

func (r *runner) rest(ctx context.Context) error { return r.deps.Sleep(ctx, r.deps.Pause) }

// renew waits, and keeps others out meanwhile.
func (r *runner) renew(ctx context.Context) error {
	if err := r.rest(ctx); err != nil {
		return err
	}
	_, err := r.change(ctx, r.d.Name, func(p *page, now time.Time) error {
		if p.Runner.ID != r.self.ID && now.UnixMilli() < p.Runner.UntilMS {
			return fault.New(fault.Conflict, "%s has taken over", p.Runner.Who)
		}
		r.self.UntilMS = now.Add(runnerLife).UnixMilli()
		p.Runner = r.self
		return nil
	})
	return err
}

// errFree says that there is nothing to write.
var errFree = errors.New("not the runner")

// free lets others switch, and keeps what went wrong for the page.
func (r *runner) free(ctx context.Context, failure error) error {
	_, err := r.change(ctx, r.d.Name, func(p *page, _ time.Time) error {
		if p.Runner.ID != r.self.ID {
			return errFree
		}
		p.Runner = Runner{}
		if failure != nil && !errors.Is(failure, context.Canceled) {
			p.Last.Problem = fmt.Sprintf("%.*s", longestProblem, fault.MessageOf(failure))
		}
		return nil
	})
	if errors.Is(err, errFree) {
		return nil
	}
	if failure != nil && !errors.Is(failure, context.Canceled) {
		r.tell(ctx, r.d, Note{Kind: Failed, Who: fault.MessageOf(failure)})
	}
	return err
}
