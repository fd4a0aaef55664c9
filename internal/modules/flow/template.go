package flow

import (
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/message"
	"prosa/internal/modules/flow/expression"
)

// templateNode sends one of WhatsApp's approved templates, which may leave when
// the customer's window is closed.
type templateNode struct {
	Head
	Template string            `json:"template"`         // its name at WhatsApp
	Language string            `json:"language"`         // as WhatsApp writes it: pt_BR
	Values   map[string]string `json:"values,omitempty"` // key of the variable -> text
	Media    *mediaNode        `json:"media,omitempty"`  // of a header that shows a file
	Next     string            `json:"next"`
	OnError  string            `json:"on_error"` // it can't be sent: not approved, another channel, a value is missing
}

// TemplateRequest is the request of an Ask of kind "template.fill"; the answer's
// body is {"content": message.Content}.
type TemplateRequest struct {
	Name     string            `json:"name"`
	Language string            `json:"language"`
	Values   map[string]string `json:"values,omitempty"`
	Header   *message.Media    `json:"header,omitempty"`
}

// maxValues bounds the variables of a template.
const maxValues = 60

func (n *templateNode) exits() []exit {
	return []exit{{label: "next", to: n.Next}, {label: "on_error", to: n.OnError}}
}

func (n *templateNode) says() int { return 1 }

func (n *templateNode) gist(string) string { return n.Template }

type templated struct {
	node   *templateNode
	values map[string]*expression.Template
}

func (n *templateNode) prepare(c *compiler) runner {
	out := &templated{node: n, values: make(map[string]*expression.Template, len(n.Values))}
	if n.Template == "" {
		c.report(Error, codeMissing, "template")
	}
	if n.Language == "" {
		c.report(Error, codeMissing, "language")
	}
	if len(n.Values) > maxValues {
		c.report(Error, codeOptions, itoa(len(n.Values)), itoa(maxValues), "values")
	}
	for _, key := range sorted(n.Values) {
		if n.Values[key] == "" {
			c.report(Error, codeMissing, "values."+key)
		}
		out.values[key] = c.template("values."+key, n.Values[key])
	}
	if n.Media != nil && n.Media.Blob == "" {
		c.report(Error, codeMissing, "media.blob")
	}
	// Approved today may be paused tomorrow, so this keeps nothing from being
	// published: the step has a way for it.
	if known := c.options.Templates; known != nil && n.Template != "" && !slices.Contains(known, n.Template+"/"+n.Language) {
		c.report(Warning, codeTemplateUnknown, n.Template, n.Language)
	}
	return out
}

func (s *templated) enter(r *run) step {
	if r.state.Calls++; r.state.Calls > maxCalls {
		r.fail("a conversa enviou modelos " + itoa(maxCalls) + " vezes seguidas")
		return stop()
	}
	request := TemplateRequest{Name: s.node.Template, Language: s.node.Language, Values: make(map[string]string, len(s.values))}
	for _, key := range sorted(s.node.Values) {
		request.Values[key] = r.fill(s.values[key])
	}
	if m := s.node.Media; m != nil {
		request.Header = &message.Media{MIME: m.MIME, Name: m.Name, Blob: m.Blob, State: "ready"}
	}
	if r.failure != "" {
		return stop()
	}
	text, err := json.Marshal(request, json.Deterministic(true))
	if err != nil { // text that is not UTF-8, which the edge lets not in
		return leave("on_error", s.node.OnError)
	}
	r.await(s.node.Name)
	r.state.DueMS = r.env.NowMS + shopMargin
	r.effect(Effect{Ask: &Ask{ID: AskID(r.state.Asked), Node: r.path(s.node.Name), Kind: "template.fill", Request: jsontext.Value(text)}})
	return stop()
}

func (s *templated) late(*run) step { return leave("on_error", s.node.OnError) }

func (s *templated) answered(r *run, answer *Answer) step {
	var told struct {
		Content *message.Content `json:"content"`
	}
	if !answer.OK || answer.Pending || len(answer.Body) > MaxAnswer || json.Unmarshal([]byte(answer.Body), &told) != nil ||
		told.Content == nil || told.Content.Kind != message.Template || told.Content.Template == nil {
		return leave("on_error", s.node.OnError)
	}
	r.send(*told.Content)
	return leave("next", s.node.Next)
}
