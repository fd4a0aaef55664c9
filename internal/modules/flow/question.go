package flow

import (
	"prosa/internal/message"
	"prosa/internal/modules/flow/expression"
)

// questionNode asks for something in the customer's own words and checks it.
type questionNode struct {
	Head
	Text   Local  `json:"text"`
	Expect string `json:"expect"` // see expectations in check.go
	Save   string `json:"save"`   // variable that gets the answer
	Field  string `json:"field,omitempty"`
	// Request has the customer's app show its own button for a location, a phone
	// or an e-mail address, on the channels that have one.
	Request bool `json:"request,omitzero"`
	// Parts are variables that get one part of the answer each: see parts.
	Parts map[string]string `json:"parts,omitempty"`
	// Kinds of file that do, for expect "file"; any when empty.
	Kinds []message.Kind `json:"kinds,omitempty"`
	// Min and Max bound the length of a text, the value of a number and, in cents,
	// an amount of money.
	Min    *float64 `json:"min,omitempty"`
	Max    *float64 `json:"max,omitempty"`
	Retry  Local    `json:"retry,omitempty"`
	Misses int      `json:"misses,omitzero"`
	OnMiss string   `json:"on_miss,omitempty"`
	Deaf   bool     `json:"deaf,omitzero"`
	Next   string   `json:"next"`
}

func (n *questionNode) exits() []exit {
	return []exit{
		{label: "next", to: n.Next, sets: append(sorted(n.Parts), n.Save), waited: true},
		{label: "on_miss", to: n.OnMiss, optional: true, waited: true},
	}
}

func (n *questionNode) says() int { return 1 }

func (n *questionNode) gist(language string) string { return n.Text.gist(language) }

// question is a prepared questionNode.
type question struct {
	node        *questionNode
	text, retry texts
	check       check
}

func (n *questionNode) prepare(c *compiler) runner {
	check, known := expectation(n.Expect)
	if !known {
		c.report(Error, codeExpect, n.Expect)
		check = expectText
	}
	if n.Save == "" {
		c.report(Error, codeMissing, "save")
	}
	c.variable("save", n.Save)
	c.contactField("field", n.Field)
	c.misses(n.Misses)
	if n.Request && asked(n.Expect) == "" {
		c.report(Error, codeAppButton)
	}
	for _, name := range sorted(n.Parts) {
		c.variable("parts", name)
		if !contains(partsOf(n.Expect), n.Parts[name]) {
			c.report(Error, codePart, name, n.Parts[name])
		}
	}
	if n.Request {
		c.asking(asked(n.Expect))
	}
	for _, kind := range n.Kinds {
		if !filed(kind) {
			c.report(Error, codeMedia, string(kind))
		}
	}
	if n.Min != nil && n.Max != nil && *n.Min > *n.Max {
		c.report(Error, codeRange)
	}
	return &question{node: n, text: c.said("text", n.Text, required), retry: c.said("retry", n.Retry), check: check}
}

func (q *question) deaf() bool { return q.node.Deaf }

func (q *question) enter(r *run) step {
	r.await(q.node.Name)
	q.show(r, r.render(q.text))
	return stop()
}

// show asks with the given words, by the app's own button where the author
// wants it.
func (q *question) show(r *run, words string) {
	if q.node.Request {
		r.send(message.Content{Kind: message.Request, Text: words, Request: asked(q.node.Expect)})
		return
	}
	r.sayText(words)
}

func (q *question) ask(r *run, reason string) step {
	q.show(r, reason)
	return stop()
}

func (q *question) repeat(r *run, remark string) step {
	q.show(r, remark+"\n\n"+r.render(q.text))
	return stop()
}

func (q *question) hint(p *phrases) string {
	if q.node.Expect == "file" || q.node.Expect == "location" {
		return p.expect[q.node.Expect]
	}
	return p.here
}

func (q *question) answer(r *run, content *message.Content) step {
	value, complaint := q.check(r, q.node, content)
	if complaint != "" {
		if custom := r.render(q.retry); custom != "" {
			complaint = custom
		}
		return r.miss(q.node.Misses, q.node.OnMiss, content, q, complaint)
	}
	r.set(q.node.Save, value)
	for _, name := range sorted(q.node.Parts) {
		r.set(name, r.part(q.node.Expect, q.node.Parts[name], content))
	}
	if q.node.Field != "" {
		r.effect(Effect{SetField: &Field{Name: q.node.Field, Value: value.String()}})
	}
	return leave("next", q.node.Next)
}

// check reads an answer: the value, or a sentence on why it can't be taken.
type check func(r *run, n *questionNode, content *message.Content) (value expression.Value, complaint string)
