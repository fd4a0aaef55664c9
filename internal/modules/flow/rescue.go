package flow

// fail ends the turn; the first failure counts.
func (r *run) fail(why string) {
	if r.failure == "" {
		r.failure = why
	}
}

// rescue goes the nearest way for failures: of the flow at hand, of the node
// that called it, of the flow around it. Where there is none, or that fails
// too, it apologises and calls a person.
func (r *run) rescue() {
	why := r.failure
	r.drop()
	r.pass(exitFailed)
	r.at = ""
	r.settle()
	if next := r.onError(); next != "" && r.sent < MaxMessages {
		r.failure, r.fuel, r.steps = "", rescueFuel, 0
		r.walk(leave("", next))
		if r.failure == "" {
			return
		}
		r.drop()
		r.at = ""
		r.settle()
	}
	if r.sent >= MaxMessages {
		// Make room for the apology: it matters more than the last message.
		for i := len(r.effects) - 1; i >= 0; i-- {
			if r.effects[i].Send != nil {
				r.effects = append(r.effects[:i], r.effects[i+1:]...)
				break
			}
		}
		r.sent = MaxMessages - 1
	}
	r.failure, r.fuel = "", rescueFuel
	text := r.render(r.flow.texts.apology)
	if r.failure != "" || text == "" {
		text, r.failure = r.phrases().apology, ""
	}
	r.sayText(text)
	r.handOver(&HandOff{Team: r.flow.team, Reason: ReasonFailed, Note: why, Fields: r.collected()})
	r.state.Status = Failed
}

// onError gives the nearest way for failures and goes to the flow that has it.
func (r *run) onError() string {
	for {
		if r.flow.onError != "" {
			return r.flow.onError
		}
		depth := len(r.state.Stack)
		if depth == 0 {
			return ""
		}
		r.failure = ""
		caller := r.pop()
		r.at = ""
		if caller == nil {
			return ""
		}
		if caller.node.OnError != "" {
			r.at = caller.node.Name
			r.pass("on_error")
			r.at = ""
			return caller.node.OnError
		}
	}
}

// drop takes back what ends or suspends a turn that failed.
func (r *run) drop() {
	kept := r.effects[:0]
	for _, effect := range r.effects {
		if effect.Schedule == nil && effect.HandOff == nil && effect.End == nil && effect.Ask == nil {
			kept = append(kept, effect)
		}
	}
	r.effects = kept
}
