package flow

import (
	"encoding/json"

	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/message"
	"prosa/internal/modules/flow/expression"
)

// formNode offers a form that the company made at the platform (WhatsApp
// "flow") and keeps what the customer fills in.
type formNode struct {
	Head
	Text   Local  `json:"text"`
	Form   string `json:"form"` // its id at the platform
	Button Local  `json:"button"`
	Screen string `json:"screen,omitempty"` // the first one to show
	// Data is what the form begins with: JSON whose values may be templates.
	Data    string            `json:"data,omitempty"`
	Draft   bool              `json:"draft,omitzero"` // not published yet: only testers see it
	Save    map[string]string `json:"save"`           // variable -> path in the answers
	Retry   Local             `json:"retry,omitempty"`
	Misses  int               `json:"misses,omitzero"`
	OnMiss  string            `json:"on_miss,omitempty"`
	Next    string            `json:"next"`
	OnOther string            `json:"on_other"` // the channel has no forms
}

// maxFormData bounds what a form begins with, in bytes.
const maxFormData = 4 << 10

func (n *formNode) exits() []exit {
	return []exit{
		{label: "next", to: n.Next, sets: sorted(n.Save), waited: true},
		{label: "on_miss", to: n.OnMiss, optional: true, waited: true},
		{label: "on_other", to: n.OnOther},
	}
}

func (n *formNode) says() int { return 1 }

func (n *formNode) gist(language string) string { return n.Text.gist(language) }

// form is a prepared formNode.
type form struct {
	node                *formNode
	text, button, retry texts
	data                *sinkText
	paths               *pathTree
}

func (n *formNode) prepare(c *compiler) runner {
	out := &form{node: n, text: c.said("text", n.Text, required), button: c.texts("button", n.Button, required), retry: c.texts("retry", n.Retry), paths: &pathTree{}}
	if n.Form == "" {
		c.report(Error, codeMissing, "form")
	}
	if n.Data != "" {
		out.data = c.sinkText("data", n.Data, sinkJSON)
		for _, piece := range out.data.pieces {
			if piece.secret != "" {
				c.report(Error, codeSecretPlace, piece.secret)
			}
		}
		if !out.data.isJSON() {
			c.report(Error, codeNotJSON, "data")
		}
	}
	c.misses(n.Misses)
	if len(n.Save) > maxSaves {
		c.report(Error, codeOptions, itoa(len(n.Save)), itoa(maxSaves), "save")
	}
	for _, name := range sorted(n.Save) {
		c.variable("save", name)
		if !out.paths.add(n.Save[name], name) {
			c.report(Error, codeAnswerPath, n.Save[name])
		}
	}
	for _, channel := range c.options.Channels {
		if !hasForms(channel) {
			c.report(Warning, codeRefused, "form", string(channel))
		}
	}
	return out
}

// hasForms reports a channel whose app opens forms of the company's.
func hasForms(channel message.Channel) bool { return channel == message.WhatsApp }

func (f *form) enter(r *run) step {
	if !hasForms(r.env.Channel) {
		return leave("on_other", f.node.OnOther)
	}
	r.await(f.node.Name)
	return f.ask(r, r.render(f.text))
}

func (f *form) ask(r *run, reason string) step {
	call := &message.FormCall{ID: f.node.Form, Button: r.render(f.button), Token: f.token(r), Screen: f.node.Screen, Draft: f.node.Draft}
	if f.data != nil {
		data := f.data.render(r)
		if len(data) > maxFormData {
			r.fail("um formulário começaria com mais de " + itoa(maxFormData>>10) + " KB")
			return stop()
		}
		call.Data = json.RawMessage(data)
	}
	r.send(message.Content{Kind: message.FormOffer, Text: reason, Ask: call})
	return stop()
}

func (f *form) repeat(r *run, remark string) step { return f.ask(r, remark) }

func (f *form) hint(p *phrases) string { return p.form }

// token comes back with the answers and binds them to the turn that asked.
func (f *form) token(r *run) string { return optionPrefix(r.env.Session, r.state.Asked) + "f" }

func (f *form) answer(r *run, content *message.Content) step {
	values, old, ok := f.read(r, content)
	switch {
	case old:
		return f.repeat(r, r.render(r.flow.texts.stale))
	case !ok:
		complaint := r.render(f.retry)
		if complaint == "" {
			complaint = r.phrases().form
		}
		return r.miss(f.node.Misses, f.node.OnMiss, content, f, complaint)
	}
	for _, name := range sorted(f.node.Save) {
		r.set(name, values[name])
	}
	return leave("next", f.node.Next)
}

// read gives the answers of a filled form; old says that it was offered by an
// earlier message. A platform that brings no token back is believed.
func (f *form) read(r *run, content *message.Content) (values map[string]expression.Value, old, ok bool) {
	if content.Kind != message.Form || len(content.Form) > MaxAnswer {
		return nil, false, false
	}
	text := string(content.Form)
	named := &pathTree{}
	named.add("flow_token", "token")
	told, err := named.read(text)
	if err != nil || jsontext.Value(text).Kind() != '{' {
		return nil, false, false
	}
	if token := told["token"].String(); token != "" && token != f.token(r) {
		return nil, true, false
	}
	values, err = f.paths.read(text)
	return values, false, err == nil
}
