package saga

import "slices"

// State is how far a step is.
type State string

// States of a step.
const (
	Waiting   State = "waiting"   // for the steps before it, for a signal, or for its next look
	Due       State = "due"       // runs at RunMS
	Running   State = "running"   // its calls are being made
	Done      State = "done"      //
	Attention State = "attention" // an operator has to act
	Skipped   State = "skipped"   //
	Canceled  State = "canceled"  //
)

// settled reports whether what comes after a step needs to wait for it no more.
func (s State) settled() bool { return s == Done || s == Skipped || s == Canceled }

// Action is what an operator may do with a step.
type Action string

// Actions on a step.
const (
	ActRetry Action = "retry" // run it now
	ActMend  Action = "mend"  // correct its data and run it
	ActDone  Action = "done"  // it was done by hand
	ActSkip  Action = "skip"  // go on without it
)

// Status is a step as operators see it.
type Status struct {
	SagaID string `json:"saga_id"`
	Step   string `json:"step"`
	State  State  `json:"state" enum:"waiting,due,running,done,attention,skipped,canceled"`
	// Attempt counts failures that used up a try.
	Attempt   int64             `json:"attempt" doc:"Tries that failed."`
	RunMS     int64             `json:"run_ms" doc:"When it is run, or looked at, again; 0 for not by itself."`
	LeaseMS   int64             `json:"lease_ms" doc:"Of a running one: until when its process has it."`
	Owner     string            `json:"owner" doc:"The process that has it, or had it last."`
	Circuit   string            `json:"circuit" doc:"The integration that it needs, empty for none."`
	Parked    bool              `json:"parked" doc:"It waits for that integration, without using up tries."`
	Blocked   []string          `json:"blocked" doc:"The steps that it waits for."`
	Signal    bool              `json:"signal" doc:"It waits for news from outside."`
	Output    string            `json:"output"`
	Mended    map[string]string `json:"mended" doc:"Data that an operator corrected."`
	Class     string            `json:"class" doc:"A word for the problem: down, refused, error, lost, or the integration's."`
	Field     string            `json:"field" doc:"Of the data that the problem is about."`
	Problem   string            `json:"problem" doc:"What was said last against it, or why it was skipped."`
	Actions   []Action          `json:"actions" doc:"What an operator may do."`
	UpdatedMS int64             `json:"updated_ms"`

	kind     string
	claim    int64
	lost     int64
	signaled bool
	nudged   bool
}

// May reports whether an operator may do that with the step.
func (s Status) May(action Action) bool { return slices.Contains(s.Actions, action) }

// settle sets what follows from the rest: before are the steps that must be
// settled first and are not, runs says that the step has something to run.
func (s *Status) settle(before []string, runs bool) {
	s.Blocked, s.Actions = append([]string{}, before...), []Action{}
	if s.State == Running {
		s.LeaseMS, s.RunMS = s.RunMS, 0
	}
	ready := len(before) == 0
	s.Signal = s.State == Waiting && ready && s.RunMS == 0
	switch s.State {
	case Attention, Due, Waiting:
		if runs && ready {
			s.Actions = append(s.Actions, ActRetry, ActMend)
		}
		if ready {
			s.Actions = append(s.Actions, ActDone)
		}
		s.Actions = append(s.Actions, ActSkip)
	case Skipped:
		if runs && ready {
			s.Actions = append(s.Actions, ActRetry, ActMend)
		}
	case Running, Done, Canceled:
	}
}
