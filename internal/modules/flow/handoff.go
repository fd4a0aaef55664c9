package flow

import (
	"prosa/internal/modules/flow/expression"
)

// handOffNode gives the conversation to people.
type handOffNode struct {
	Head
	Text Local  `json:"text,omitempty"` // instead of the flow's sentence
	Team string `json:"team,omitempty"`
	// Assignee is the e-mail of an attendant who gets the conversation.
	Assignee string   `json:"assignee,omitempty"`
	Note     string   `json:"note,omitempty"`   // template, for the attendant
	Fields   []string `json:"fields,omitempty"` // variables to hand over; all when empty
}

func (n *handOffNode) exits() []exit { return nil }

func (n *handOffNode) says() int { return 1 }

func (n *handOffNode) gist(string) string { return n.Team }

type handOff struct {
	node *handOffNode
	text texts
	note *expression.Template
}

func (n *handOffNode) prepare(c *compiler) runner {
	for _, name := range n.Fields {
		c.reads("fields", "vars."+name)
	}
	if _, ok := email(n.Assignee); n.Assignee != "" && !ok {
		c.report(Error, codeEmail, n.Assignee)
	}
	out := &handOff{node: n, text: c.said("text", n.Text), note: c.template("note", n.Note)}
	out.text = c.flow.or(out.text, c.flow.texts.handoff)
	return out
}

func (h *handOff) enter(r *run) step {
	fields := r.collected()
	if len(h.node.Fields) > 0 {
		fields = make(map[string]string, len(h.node.Fields))
		for _, name := range h.node.Fields {
			fields[name] = r.state.Get(name).String()
		}
	}
	team := h.node.Team
	if team == "" {
		team = r.flow.team
	}
	note := r.fill(h.note)
	if r.failure != "" {
		return stop()
	}
	reason := ReasonFlow
	if r.in.Kind == Timer {
		reason = ReasonExpired
	}
	r.say(h.text)
	r.handOver(&HandOff{Team: team, Assignee: h.node.Assignee, Reason: reason, Note: note, Fields: fields})
	return stop()
}

// endNode closes the session.
type endNode struct {
	Head
	Text Local `json:"text,omitempty"`
}

func (n *endNode) exits() []exit { return nil }

func (n *endNode) says() int { return 1 }

func (n *endNode) gist(language string) string { return n.Text.gist(language) }

type end struct{ text texts }

func (n *endNode) prepare(c *compiler) runner { return &end{text: c.said("text", n.Text)} }

func (e *end) enter(r *run) step {
	r.say(e.text)
	r.end("flow")
	return stop()
}
