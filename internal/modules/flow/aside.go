package flow

import (
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"prosa/internal/message"
)

// maxContent bounds one message that was put aside, in bytes of its text form.
const maxContent = 4 << 10

// aside keeps what a customer sends while an Ask is pending. It is answered in
// order after the answer; lines of text are joined. Who sends more than that
// gets a person.
func (r *run) aside(heard *Heard) {
	kept := *heard
	kept.Raw, kept.Form = nil, nil
	kept.Text = shorten(kept.Text, maxPending)
	if text, err := json.Marshal(kept); err != nil || len(text) > maxContent {
		kept = Heard{Content: message.Content{Kind: kept.Kind, Text: kept.Text}}
	}
	// A new slice: the caller may still hold the state before the turn.
	list := append(make([]Heard, 0, len(r.state.Aside)+1), r.state.Aside...)
	if n := len(list); n > 0 && kept.Kind == message.Text && list[n-1].Kind == message.Text && len(list[n-1].Text)+len(kept.Text) < maxPending {
		list[n-1].Text += "\n" + kept.Text
	} else {
		list = append(list, kept)
	}
	if r.state.Aside = list; len(list) > maxAside {
		r.tooFast()
	}
}

// resume answers what was put aside, one after the other, as long as the
// session waits for the customer and few messages have gone out. What is left
// comes with the next timer.
func (r *run) resume() {
	for len(r.state.Aside) > 0 && r.state.Status == Waiting && !r.busy() && r.sent <= MaxMessages/2 && r.failure == "" {
		heard := r.state.Aside[0]
		if r.state.Aside = r.state.Aside[1:]; len(r.state.Aside) == 0 {
			r.state.Aside = nil
		}
		r.wrote(&heard, r.state.Node == "")
	}
	if r.state.Status != Waiting {
		r.state.Aside = nil
	}
}

// asking reports that a session waits for an answer from outside.
func (c *Compiled) asking(s *State) bool {
	switch c.runners[s.Node].(type) {
	case dialog:
		return s.Asking
	case asker:
		return true
	}
	return false
}

// busy reports that the session waits for an answer that comes at once, and the
// customer waits with it.
func (r *run) busy() bool { return r.state.Topic == "" && r.flow.asking(&r.state) }

// shorten bounds a text at a whole character.
func shorten(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}
