package flow

import (
	"prosa/internal/message"
	"prosa/internal/message/fold"
	"strconv"
	"strings"
)

// maxPending is how much a customer may write before the bot stops waiting for
// the rest, in bytes.
const maxPending = 1500

// gathers puts a quick message aside when the flow waits for the rest, and
// reports that the turn is over with it. Nothing is put aside that asks for a
// person, and what was put aside is answered as one message when the timer
// fires, or together with whatever comes before.
func (r *run) gathers() bool {
	if r.home().gatherMS == 0 || r.state.DueMS != 0 || len(r.state.Aside) > 0 || r.failure != "" {
		return false
	}
	pending := r.state.Pending
	if r.in.Kind == Timer && pending != "" {
		r.state.Pending = ""
		r.in = Input{Kind: Wrote, Content: message.Content{Kind: message.Text, Text: pending}}
		return false
	}
	if r.in.Kind != Wrote {
		return false
	}
	r.state.Pending = ""
	if r.in.Content.Kind != message.Text {
		return false
	}
	if r.home().awaits(r.in.heard()) != "" {
		return false
	}
	if wishOf(fold.Words(r.in.Content.Text)) != wishNone {
		return false // read alone: "não" and then "atendente" asks for a person
	}
	if pending != "" {
		r.in.Content.Text = pending + "\n" + r.in.Content.Text
	}
	if text := r.in.Content.Text; strings.TrimSpace(text) != "" && len(text) <= maxPending && wishOf(fold.Words(text)) == wishNone {
		if r.state.Status == New {
			r.begin()
			r.state.Status = Waiting // at no node: it begins when the timer fires
		}
		r.notes(r.in.heard())
		r.state.Pending = text
		r.effect(Effect{Schedule: &Schedule{Timer: TimerName(r.state.Seq), AtMS: r.env.NowMS + r.home().gatherMS}})
		return true
	}
	return false
}

// turn decides what the input means and walks from there.
func (r *run) turn() {
	now := r.env.NowMS
	// A wait may be longer than a session lives otherwise.
	if r.state.Status == Waiting && r.in.Kind == Wrote && r.state.DueMS == 0 && now-r.state.StartedMS > int64(r.home().maxHours)*hourMS {
		r.pass(exitAgain)
		r.state, r.flow, r.at = State{Seq: r.state.Seq}, r.root, ""
	}
	fresh := r.state.Node == ""
	if r.state.Status == New {
		r.begin()
	}
	switch r.in.Kind {
	case Timer:
		r.expired()
	case Answered:
		r.sent, r.steps = r.state.Sent, r.state.Steps
		if at, ok := r.flow.runners[r.state.Node].(asker); ok {
			if !r.in.Answer.Pending {
				r.state.DueMS = 0
			}
			r.walk(at.answered(r, r.in.Answer))
		}
	case Wrote:
		if r.tooMany() {
			r.tooFast()
			return
		}
		r.state.Idles, r.state.Wakes = 0, 0
		if len(r.state.Aside) > 0 && !r.busy() {
			r.aside(r.in.heard()) // behind what came before it
			return
		}
		r.wrote(r.in.heard(), fresh)
	default:
		r.walk(leave("", r.flow.start))
	}
}

// begin sets up a new session.
func (r *run) begin() {
	r.state.StartedMS = r.env.NowMS
	r.state.Lang = r.flow.language(r.env.Contact.Language)
	r.state.Vars = r.flow.variables
}

// tooMany counts the turns of the hour.
func (r *run) tooMany() bool {
	if hour := r.env.NowMS / hourMS; hour != r.state.HourMS {
		r.state.HourMS, r.state.HourTurns = hour, 0
	}
	r.state.HourTurns++
	return r.state.HourTurns > r.home().maxTurns
}

func (r *run) tooFast() {
	r.handOff(exitLimit, ReasonLimit, "Muitas mensagens automáticas em uma hora: pode haver outro robô do outro lado.", r.flow.texts.apology)
}

func (r *run) expired() {
	if r.flow.asking(&r.state) {
		if at, ok := r.flow.runners[r.state.Node].(asker); ok {
			r.sent, r.steps = r.state.Sent, r.state.Steps
			r.state.DueMS = 0
			r.walk(at.late(r))
		}
		return
	}
	switch at := r.flow.runners[r.state.Node].(type) {
	case sleeper:
		if len(r.state.Aside) == 0 {
			r.state.DueMS = 0
			r.walk(at.wake(r))
			return
		}
	}
	if len(r.state.Aside) > 0 {
		return // the timer of what was put aside
	}
	// A flow that only ever asks whether one is still there would ask for ever.
	if home := r.home(); home.idleNext != "" && r.state.Idles == 0 {
		r.state.Idles++
		r.pass(exitIdle)
		r.back(0)
		r.walk(leave("", home.idleNext))
		return
	}
	r.state.Idles++
	r.pass(exitExpired)
	r.at = ""
	r.say(r.flow.texts.idle)
	r.end("expired")
}

func (r *run) wrote(heard *Heard, fresh bool) {
	content := &heard.Content
	r.heard = heard
	if !r.busy() {
		r.notes(heard)
	}
	stale := content.Kind == message.Pick && content.Pick != nil && isOption(content.Pick.ID) &&
		!strings.HasPrefix(content.Pick.ID, optionPrefix(r.env.Session, r.state.Asked))
	current := content.Kind == message.Pick && content.Pick != nil && isOption(content.Pick.ID) && !stale && !fresh
	if !current {
		if next, acted := r.interrupt(content); acted {
			r.walk(next)
			return
		}
	}
	if next, led := r.goods(content); led {
		r.walk(next)
		return
	}
	if next, led := r.happened(heard); led {
		r.walk(next)
		return
	}
	if fresh {
		if stale {
			r.say(r.flow.texts.stale)
		}
		r.walk(leave("", r.flow.start))
		return
	}
	if r.busy() {
		r.aside(heard)
		return
	}
	switch at := r.flow.runners[r.state.Node].(type) {
	case sleeper:
		r.state.DueMS = 0
		r.walk(at.woken(r))
	case waiter:
		if stale || r.outvoted(at, content) {
			r.walk(at.repeat(r, r.render(r.flow.texts.stale)))
			return
		}
		r.walk(at.answer(r, content))
	default:
		r.fail("a sessão esperava no nó " + strconv.Quote(r.state.Node) + ", que não existe nesta versão")
	}
}

// outvoted reports a vote where no poll is asked: it is on a poll of before, or
// of somebody else.
func (r *run) outvoted(at waiter, content *message.Content) bool {
	asked, ok := at.(*choice)
	return isVote(content) && !(ok && asked.polls(r))
}

// walk goes from node to node until the turn ends.
func (r *run) walk(s step) {
	for ; !s.stop && r.failure == ""; r.steps++ {
		if r.steps >= maxSteps {
			r.fail("a conversa passou por mais de " + strconv.Itoa(maxSteps) + " nós sem parar")
			return
		}
		r.pass(s.exit)
		node, found := r.flow.runners[s.to]
		if !found {
			r.fail("o nó " + strconv.Quote(s.to) + " não existe")
			return
		}
		r.at = s.to
		s = node.enter(r)
	}
}
