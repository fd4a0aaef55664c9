package flow

import (
	"strconv"
	"strings"
	"time"

	"prosa/internal/modules/flow/expression"
)

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
	case "message":
		fact, _ := find(r.state.Facts, name)
		return fact.Value
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
	case "tags":
		return expression.Of(strings.Join(r.env.Contact.Tags, ", "))
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
