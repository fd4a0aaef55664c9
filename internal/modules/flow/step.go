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
	if idle(current, state, in) {
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
		asking = r.asking()
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
func idle(flow *Compiled, state State, in Input) bool {
	switch in.Kind {
	case Timer:
		return state.Status != Waiting || in.Timer != TimerName(state.Seq)
	case Answered:
		if state.Status != Waiting || in.Answer == nil || in.Answer.ID != AskID(state.Asked) || flow == nil {
			return true
		}
		_, asks := flow.runners[state.Node].(asker)
		return !asks
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
		r.effect(Effect{Schedule: &Schedule{Timer: TimerName(r.state.Seq), AtMS: r.env.NowMS + r.home().gatherMS}})
		return true
	}
	return false
}

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
	trail   []Passed
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
			r.state.DueMS = 0
			r.walk(at.answered(r, r.in.Answer))
		}
	case Wrote:
		if r.tooMany() {
			r.tooFast()
			return
		}
		r.state.Idles, r.state.Wakes = 0, 0
		if len(r.state.Aside) > 0 && !r.asking() {
			r.aside(&r.in.Content) // behind what came before it
			return
		}
		r.wrote(&r.in.Content, fresh)
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
	switch at := r.flow.runners[r.state.Node].(type) {
	case asker:
		r.sent, r.steps = r.state.Sent, r.state.Steps
		r.state.DueMS = 0
		r.walk(at.late(r))
		return
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
		r.walk(leave("", r.flow.start))
		return
	}
	switch at := r.flow.runners[r.state.Node].(type) {
	case asker:
		r.aside(content)
	case sleeper:
		r.state.DueMS = 0
		r.walk(at.woken(r))
	case waiter:
		if stale {
			r.walk(at.repeat(r, r.render(r.flow.texts.stale)))
			return
		}
		r.walk(at.answer(r, content))
	default:
		r.fail("a sessão esperava no nó " + strconv.Quote(r.state.Node) + ", que não existe nesta versão")
	}
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
	r.at, r.state.DueMS = "", 0
	if next := r.onError(); next != "" && r.sent < MaxMessages {
		r.failure, r.fuel, r.steps = "", rescueFuel, 0
		r.walk(leave("", next))
		if r.failure == "" {
			return
		}
		r.drop()
		r.at, r.state.DueMS = "", 0
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

// miss counts an answer that was not understood and asks again; after the last
// one a person takes over, or the flow's own way is gone.
func (r *run) miss(most int, onMiss string, content *message.Content, at waiter, reason string) step {
	if most == 0 {
		most = r.flow.misses
	}
	if r.state.Misses++; r.state.Misses >= most {
		if onMiss != "" {
			return leave("on_miss", onMiss)
		}
		r.handOff(exitMisses, ReasonMisses, "O robô não entendeu "+strconv.Itoa(r.state.Misses)+" respostas seguidas em "+strconv.Quote(r.state.Node)+".", r.flow.texts.lost)
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
	r.state.Misses, r.state.Page, r.state.Stage, r.state.DueMS = 0, 0, 0, 0
}

func (r *run) end(reason string) {
	r.state.Status, r.state.Node, r.state.DueMS = Ended, "", 0
	r.effect(Effect{End: &End{Reason: reason}})
}

// handOff leaves the node at hand by an exit of the engine's, says a sentence
// and calls a person with all that was collected.
func (r *run) handOff(exit, reason, note string, sentence texts) {
	r.pass(exit)
	r.at = ""
	r.say(sentence)
	r.handOver(&HandOff{Team: r.flow.team, Reason: reason, Note: note, Fields: r.collected()})
}

func (r *run) handOver(to *HandOff) {
	r.state.Status, r.state.Node, r.state.DueMS = HandedOff, "", 0
	r.effect(Effect{HandOff: to})
}

// collected gives every variable that has a value, nil for none; those of a
// sub-flow go before those of the flow around it.
func (r *run) collected() map[string]string {
	if len(r.state.Vars)+len(r.state.Stack) == 0 {
		return nil
	}
	out := make(map[string]string, len(r.state.Vars))
	add := func(vars []Var) {
		for _, v := range vars {
			if text := v.Value.String(); text != "" {
				out[v.Name] = text
			}
		}
	}
	for _, frame := range r.state.Stack {
		add(frame.Vars)
	}
	add(r.state.Vars)
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
	if r.sent >= MaxMessages {
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
