package flow

import (
	"strconv"
	"strings"
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
	maxFuel    = expression.Fuel(20_000)
	rescueFuel = expression.Fuel(5_000)
	hourMS     = int64(time.Hour / time.Millisecond)
)

// Step takes one turn. It gives the new state and what is to be done; an input
// that means nothing here (a reaction, a timer that was replaced) gives the
// state as it was and no effect. The only error is a session that is over.
func Step(flow *Compiled, state State, in Input, env Env) (State, []Effect, error) {
	switch state.Status {
	case New, Waiting:
	default:
		return state, nil, fault.New(fault.Conflict, "the session is over")
	}
	if idle(state, in) {
		return state, nil, nil
	}
	// A session that moved to a version with fewer languages speaks the default.
	if state.Lang < 0 || state.Lang >= len(flow.languages) {
		state.Lang = 0
	}
	r := &run{flow: flow, state: state, in: in, env: &env, fuel: maxFuel, effects: make([]Effect, 0, 4)}
	r.state.Seq++
	if r.gathers() {
		return r.state, r.effects, nil
	}
	r.turn()
	if r.failure != "" {
		r.rescue()
	}
	if r.state.Status == Waiting {
		r.effect(Effect{Schedule: &Schedule{Timer: TimerName(r.state.Seq), AtMS: env.NowMS + int64(flow.idleMinutes)*60_000}})
	}
	return r.state, r.effects, nil
}

// idle reports an input that changes nothing.
func idle(state State, in Input) bool {
	switch in.Kind {
	case Timer:
		return state.Status != Waiting || in.Timer != TimerName(state.Seq)
	case Wrote:
		switch in.Content.Kind {
		case message.Emoji, message.System, message.Activity, message.Note:
			return true
		case message.Welcome:
			return state.Status == Waiting
		}
	}
	return false
}

// TimerName is the name of the timer that the turn seq has set. A timer of an
// earlier turn is recognised by it and does nothing.
func TimerName(seq int64) string { return "idle." + strconv.FormatInt(seq, 10) }

// maxPending is how much a customer may write before the bot stops waiting for
// the rest, in bytes.
const maxPending = 1500

// gathers puts a quick message aside when the flow waits for the rest, and
// reports that the turn is over with it. Nothing is put aside that asks for a
// person, and what was put aside is answered as one message when the timer
// fires, or together with whatever comes before.
func (r *run) gathers() bool {
	if r.flow.gatherMS == 0 {
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
	if wishOf(message.Words(r.in.Content.Text)) != wishNone {
		return false // read alone: "não" and then "atendente" asks for a person
	}
	if pending != "" {
		r.in.Content.Text = pending + "\n" + r.in.Content.Text
	}
	if text := r.in.Content.Text; strings.TrimSpace(text) != "" && len(text) <= maxPending && wishOf(message.Words(text)) == wishNone {
		if r.state.Status == New {
			r.begin()
			r.state.Status = Waiting // at no node: it begins when the timer fires
		}
		r.state.Pending = text
		r.effect(Effect{Schedule: &Schedule{Timer: TimerName(r.state.Seq), AtMS: r.env.NowMS + r.flow.gatherMS}})
		return true
	}
	return false
}

// run is one turn under way.
type run struct {
	flow    *Compiled
	state   State
	in      Input
	env     *Env
	effects []Effect
	sent    int
	fuel    expression.Fuel
	failure string // what went wrong, for the attendant and the log
}

// turn decides what the input means and walks from there.
func (r *run) turn() {
	now := r.env.NowMS
	if r.state.Status == Waiting && now-r.state.StartedMS > int64(r.flow.maxHours)*hourMS {
		r.state = State{Seq: r.state.Seq}
	}
	fresh := r.state.Node == ""
	if r.state.Status == New {
		r.begin()
	}
	if r.tooMany() {
		r.handOff(ReasonLimit, "Muitas mensagens automáticas em uma hora: pode haver outro robô do outro lado.", r.flow.texts.apology)
		return
	}
	switch r.in.Kind {
	case Timer:
		r.expired()
	case Wrote:
		r.state.Idles = 0
		r.wrote(&r.in.Content, fresh)
	default:
		r.walk(goTo(r.flow.start))
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
	return r.state.HourTurns > r.flow.maxTurns
}

func (r *run) expired() {
	// A flow that only ever asks whether one is still there would ask for ever.
	if r.state.Idles++; r.flow.idleNext != "" && r.state.Idles == 1 {
		r.walk(goTo(r.flow.idleNext))
		return
	}
	r.say(r.flow.texts.idle)
	r.end("expired")
}

func (r *run) wrote(content *message.Content, fresh bool) {
	stale := content.Kind == message.Pick && content.Pick != nil && isOption(content.Pick.ID) &&
		!strings.HasPrefix(content.Pick.ID, optionPrefix(r.env.Session, r.state.Asked))
	current := content.Kind == message.Pick && content.Pick != nil && isOption(content.Pick.ID) && !stale && !fresh
	if !current {
		if next, acted := r.interrupt(content); acted {
			r.walk(next)
			return
		}
	}
	if fresh {
		if stale {
			r.say(r.flow.texts.stale)
		}
		r.walk(goTo(r.flow.start))
		return
	}
	at := r.flow.waiting(r.state.Node)
	switch {
	case at == nil:
		r.fail("a sessão esperava no nó " + strconv.Quote(r.state.Node) + ", que não existe nesta versão")
	case stale:
		r.walk(at.repeat(r, r.render(r.flow.texts.stale)))
	default:
		r.walk(at.answer(r, content))
	}
}

// walk goes from node to node until the turn ends.
func (r *run) walk(s step) {
	for steps := 0; !s.stop && r.failure == ""; steps++ {
		if steps == maxSteps {
			r.fail("a conversa passou por mais de " + strconv.Itoa(maxSteps) + " nós sem parar")
			return
		}
		node, found := r.flow.runners[s.to]
		if !found {
			r.fail("o nó " + strconv.Quote(s.to) + " não existe")
			return
		}
		s = node.enter(r)
	}
}

// fail ends the turn; the first failure counts.
func (r *run) fail(why string) {
	if r.failure == "" {
		r.failure = why
	}
}

// rescue goes the flow's own way for failures, and where there is none, or that
// fails too, apologises and calls a person.
func (r *run) rescue() {
	why := r.failure
	r.drop(func(e Effect) bool { return e.Schedule == nil && e.HandOff == nil && e.End == nil })
	if r.flow.onError != "" && r.sent < MaxMessages {
		r.failure, r.fuel = "", rescueFuel
		r.walk(goTo(r.flow.onError))
		if r.failure == "" {
			return
		}
		r.drop(func(e Effect) bool { return e.Schedule == nil && e.HandOff == nil && e.End == nil })
	}
	if r.sent == MaxMessages {
		// Make room for the apology: it matters more than the last message.
		for i := len(r.effects) - 1; i >= 0; i-- {
			if r.effects[i].Send != nil {
				r.effects = append(r.effects[:i], r.effects[i+1:]...)
				r.sent--
				break
			}
		}
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

func (r *run) drop(keep func(Effect) bool) {
	kept := r.effects[:0]
	for _, effect := range r.effects {
		if keep(effect) {
			kept = append(kept, effect)
		}
	}
	r.effects = kept
}

// miss counts an answer that was not understood and asks again; after the last
// one a person takes over, or the flow's own way is gone.
func (r *run) miss(most int, onMiss string, content *message.Content, at waiter, reason string) step {
	if most == 0 {
		most = r.flow.misses
	}
	if r.state.Misses++; r.state.Misses >= most {
		if onMiss != "" {
			return goTo(onMiss)
		}
		r.handOff(ReasonMisses, "O robô não entendeu "+strconv.Itoa(r.state.Misses)+" respostas seguidas em "+strconv.Quote(r.state.Node)+".", r.flow.texts.lost)
		return stop()
	}
	if remark := r.phrases().remark(content); remark != "" {
		reason = remark + " " + at.hint(r.phrases())
	}
	return at.ask(r, reason)
}

// await makes the session wait at a node.
func (r *run) await(node string) {
	r.state.Status, r.state.Node, r.state.Asked = Waiting, node, r.state.Seq
	r.state.Misses, r.state.Page = 0, 0
}

func (r *run) end(reason string) {
	r.state.Status, r.state.Node = Ended, ""
	r.effect(Effect{End: &End{Reason: reason}})
}

// handOff says a sentence and calls a person with all that was collected.
func (r *run) handOff(reason, note string, sentence texts) {
	r.say(sentence)
	r.handOver(&HandOff{Team: r.flow.team, Reason: reason, Note: note, Fields: r.collected()})
}

func (r *run) handOver(to *HandOff) {
	r.state.Status, r.state.Node = HandedOff, ""
	r.effect(Effect{HandOff: to})
}

// collected gives every variable that has a value, nil for none.
func (r *run) collected() map[string]string {
	if len(r.state.Vars) == 0 {
		return nil
	}
	out := make(map[string]string, len(r.state.Vars))
	for _, v := range r.state.Vars {
		if text := v.Value.String(); text != "" {
			out[v.Name] = text
		}
	}
	return out
}

func (r *run) effect(e Effect) { r.effects = append(r.effects, e) }

func (r *run) say(t texts) { r.sayText(r.render(t)) }

func (r *run) sayText(text string) {
	if strings.TrimSpace(text) == "" {
		return // a text of nothing but an empty variable: no channel sends it
	}
	r.send(message.Content{Kind: message.Text, Text: text})
}

func (r *run) send(content message.Content) {
	if r.failure != "" {
		return
	}
	if r.sent == MaxMessages {
		r.fail("a conversa mandaria mais de " + strconv.Itoa(MaxMessages) + " mensagens de uma vez")
		return
	}
	r.sent++
	r.effect(Effect{Send: &content})
}

// set gives a variable a value, within the limits on a session's size.
func (r *run) set(name string, value expression.Value) {
	if text := value.String(); len(text) > maxValue {
		value = expression.Of(strings.ToValidUTF8(text[:maxValue], ""))
	}
	r.state.Vars = with(r.state.Vars, name, Value{value})
	if len(r.state.Vars) > maxVariables {
		r.fail("a conversa guardaria mais de " + strconv.Itoa(maxVariables) + " variáveis")
	}
}

func (r *run) render(t texts) string {
	if len(t) == 0 {
		return ""
	}
	return r.fill(t[min(r.state.Lang, len(t)-1)])
}

func (r *run) fill(t *expression.Template) string {
	text, err := t.Render(r, &r.fuel)
	if err != nil {
		r.fail("a conversa faz contas demais de uma vez")
	}
	return text
}

func (r *run) eval(p *expression.Program) expression.Value {
	v, err := p.Eval(r, &r.fuel)
	if err != nil {
		r.fail("a conversa faz contas demais de uma vez")
	}
	return v
}

// Lookup gives what a path of an expression stands for.
func (r *run) Lookup(path string) expression.Value {
	root, name, _ := strings.Cut(path, ".")
	switch root {
	case "vars":
		return r.state.Get(name).Value
	case "contact":
		return r.contact(name)
	case "session":
		switch name {
		case "channel":
			return expression.Of(string(r.env.Channel))
		case "language":
			return expression.Of(r.flow.languages[r.state.Lang])
		}
	case "now":
		now := time.UnixMilli(r.env.NowMS).In(r.zone())
		switch name {
		case "date":
			return expression.Of(now.Format(time.DateOnly))
		case "time":
			return expression.Of(now.Format("15:04"))
		case "hour":
			return expression.OfNumber(float64(now.Hour()))
		case "weekday": // 0 is Sunday
			return expression.OfNumber(float64(now.Weekday()))
		}
	}
	return expression.Value{}
}

func (r *run) contact(name string) expression.Value {
	switch name {
	case "name":
		return expression.Of(r.env.Contact.Name)
	case "first_name":
		for word := range strings.FieldsSeq(r.env.Contact.Name) {
			return expression.Of(word)
		}
		return expression.Value{}
	case "username":
		return expression.Of(r.env.Contact.Username)
	case "language":
		return expression.Of(r.env.Contact.Language)
	default:
		return expression.Of(r.env.Contact.Fields[name])
	}
}

func (r *run) phrases() *phrases { return phrasesFor(r.flow.languages[r.state.Lang]) }

func (r *run) zone() *time.Location {
	if r.env.Zone == nil {
		return time.UTC
	}
	return r.env.Zone
}
