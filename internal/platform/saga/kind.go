package saga

import (
	"context"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

// Kind is a sort of journey: its steps, each once, without a cycle.
type Kind struct {
	Name  string
	Steps []Step
}

// Step is one thing to be done, or to be waited for.
type Step struct {
	Name string
	// After names the steps that are done or skipped before this one is due.
	After []string
	// Retry is what follows from a failure; empty is DB.
	Retry Retry
	// Circuit names the integration that the step calls, empty for none.
	Circuit string
	// Run does it. Without one the step waits for Signal.
	Run Run
	// Poll is how long a step whose Run answers Wait rests when that does not say;
	// 0 for a minute.
	Poll time.Duration
}

// Run makes the calls of a step, outside of any transaction; it is repeated after
// a failure or a crash. Errors, by type: *Wait, *Halt, *Outage, *Omit; any other
// is tried again by the step's class.
type Run func(ctx context.Context, job Job) (Commit, error)

// Commit writes what follows from the calls, in the transaction that completes
// the step. A nil one completes it without an output. Its transaction may touch
// all companies: a journey begins before there is one.
type Commit func(ctx context.Context, tx *database.Tx) (output string, err error)

// Job is what a step is run for.
type Job struct {
	SagaID string
	Step   string
	// Attempt counts from 1; it is never part of a key of an outside call.
	Attempt int64
	// Output is what the finished steps left, by their names.
	Output map[string]string
	// Mended is data that an operator corrected, by field.
	Mended map[string]string
}

// defaultPoll is how long a step rests that waits and does not say until when.
const defaultPoll = time.Minute

// check refuses a kind whose steps could not all be reached.
func (k Kind) check() error {
	if k.Name == "" || len(k.Steps) == 0 {
		return fault.New(fault.Internal, "a kind of journey needs a name and steps")
	}
	known := map[string]Step{}
	for _, step := range k.Steps {
		if _, twice := known[step.Name]; twice || step.Name == "" {
			return fault.New(fault.Internal, "the journey %s has the step %q twice, or without a name", k.Name, step.Name)
		}
		if _, err := step.Retry.pauses(); err != nil {
			return err
		}
		known[step.Name] = step
	}
	const open, closed = 1, 2
	seen := map[string]int{}
	var visit func(name string) error
	visit = func(name string) error {
		step, ok := known[name]
		switch {
		case !ok:
			return fault.New(fault.Internal, "the journey %s has no step %q", k.Name, name)
		case seen[name] == open:
			return fault.New(fault.Internal, "the journey %s comes back to its step %q", k.Name, name)
		case seen[name] == closed:
			return nil
		}
		seen[name] = open
		for _, before := range step.After {
			if err := visit(before); err != nil {
				return err
			}
		}
		seen[name] = closed
		return nil
	}
	for _, step := range k.Steps {
		if err := visit(step.Name); err != nil {
			return err
		}
	}
	return nil
}

func (k Kind) step(name string) (Step, bool) {
	for _, step := range k.Steps {
		if step.Name == name {
			return step, true
		}
	}
	return Step{}, false
}
