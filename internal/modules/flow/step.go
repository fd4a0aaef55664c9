package flow

import (
	"strconv"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/flow/expression"
)

// Limits on one turn and one session.
const (
	// MaxMessages is how many messages may go out for one that came in.
	MaxMessages = 10

	maxSteps   = 100
	maxCalls   = 10 // Asks without a word of the customer
	maxWakes   = 30 // waits that end without one
	maxFuel    = expression.Fuel(20_000)
	rescueFuel = expression.Fuel(5_000)
	hourMS     = int64(time.Hour / time.Millisecond)
)

// Step takes one turn. It gives the new state and what is to be done; an input
// that means nothing here (a reaction, a timer that was replaced, an answer that
// came too late) gives the state as it was and no effect. The only error is a
// session that is over.
func Step(flow *Compiled, state State, in Input, env Env) (State, []Effect, error) {
	switch state.Status {
	case New, Waiting:
	default:
		return state, nil, fault.New(fault.Conflict, "the session is over")
	}
	current := flow
	if state.Flow != "" {
		current = flow.family[state.Flow]
	}
	if idle(flow, current, state, in) {
		return state, nil, nil
	}
	r := &run{root: flow, flow: current, state: state, in: in, env: &env, fuel: maxFuel, effects: make([]Effect, 0, 4), at: state.Node}
	if current == nil {
		r.flow = flow
		r.fail("a sessão estava no fluxo " + strconv.Quote(state.Flow) + ", que não faz parte desta versão")
	}
	// A session that moved to a version with fewer languages speaks the default.
	if state.Lang < 0 || state.Lang >= len(r.flow.languages) {
		r.state.Lang = 0
	}
	r.state.Seq++
	if r.gathers() {
		return r.state, r.effects, nil
	}
	if r.failure == "" {
		r.turn()
	}
	if r.failure == "" {
		r.resume()
	}
	if r.failure != "" {
		r.rescue()
	}
	r.finish()
	return r.state, r.effects, nil
}

// finish sets the one timer of a session that goes on and writes the trail.
func (r *run) finish() {
	asking := false
	if r.state.Status == Waiting {
		asking = r.busy()
		at := r.env.NowMS + int64(r.home().idleMinutes)*60_000
		switch {
		case len(r.state.Aside) > 0 && !asking:
			at = r.env.NowMS
		case r.state.DueMS != 0:
			at = max(r.state.DueMS, r.env.NowMS)
		}
		r.effect(Effect{Schedule: &Schedule{Timer: TimerName(r.state.Seq), AtMS: at}})
	}
	if asking {
		r.state.Sent, r.state.Steps = r.sent, r.steps
	} else {
		r.state.Calls, r.state.Sent, r.state.Steps = 0, 0, 0
	}
	if r.at != "" {
		if r.trail == nil {
			r.trail = make([]Passed, 0, 1)
		}
		r.trail = append(r.trail, Passed{Node: r.path(r.at)})
	}
	if len(r.trail) > 0 {
		r.effect(Effect{Trail: r.trail})
	}
}

// idle reports an input that changes nothing.
func idle(root, flow *Compiled, state State, in Input) bool {
	switch in.Kind {
	case Timer:
		return state.Status != Waiting || in.Timer != TimerName(state.Seq)
	case Answered:
		if state.Status != Waiting || in.Answer == nil || in.Answer.ID != AskID(state.Asked) || flow == nil {
			return true
		}
		return !flow.asking(&state)
	case Wrote:
		switch in.Content.Kind {
		case message.Emoji, message.PhoneCall:
			return !expected(root, flow, state, in.heard())
		case message.System, message.Activity, message.Note, message.Permission:
			return true
		case message.Welcome:
			return state.Status == Waiting && !expected(root, flow, state, in.heard())
		}
	}
	return false
}

// expected reports that the flow has an Event for what came.
func expected(root, flow *Compiled, state State, heard *Heard) bool {
	if len(state.Stack) > 0 {
		flow = root.family[state.Stack[0].Flow]
	}
	return flow != nil && flow.awaits(heard) != ""
}

// TimerName is the name of the timer that the turn seq has set. A timer of an
// earlier turn is recognised by it and does nothing.
func TimerName(seq int64) string { return "idle." + strconv.FormatInt(seq, 10) }

// run is one turn under way.
type run struct {
	root    *Compiled // the version's own flow
	flow    *Compiled // the flow that the session is in
	state   State
	in      Input
	env     *Env
	effects []Effect
	sent    int
	steps   int
	fuel    expression.Fuel
	failure string // what went wrong, for the attendant and the log
	at      string // the node at hand, empty for none
	heard   *Heard // what the customer wrote, while it is acted on
	trail   []Passed
}
