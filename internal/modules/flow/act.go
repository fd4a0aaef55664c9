package flow

import (
	"strconv"
	"strings"

	"prosa/internal/message"
)

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
	r.state.Misses, r.state.Page, r.state.Stage = 0, 0, 0
	r.settle()
}

// settle forgets what the session waited for.
func (r *run) settle() {
	r.state.DueMS, r.state.Asking, r.state.Topic, r.state.Kept = 0, false, "", ""
}

func (r *run) end(reason string) {
	r.state.Status, r.state.Node = Ended, ""
	r.settle()
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
	r.state.Status, r.state.Node = HandedOff, ""
	r.settle()
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
