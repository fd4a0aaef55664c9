package expression

import (
	"errors"
	"strings"

	"prosa/internal/base/fault"
)

// Template is a text with expressions in double braces: "Olá, {{contact.name}}!".
type Template struct {
	parts []part
	plain int // bytes outside the braces
}

type part struct {
	text    string
	program *Program // nil: text
}

// Parse reads a template. The error says which expression is wrong.
func Parse(source string) (*Template, error) {
	t := &Template{}
	for source != "" {
		text, rest, found := strings.Cut(source, "{{")
		if text != "" {
			t.parts = append(t.parts, part{text: text})
			t.plain += len(text)
		}
		if !found {
			break
		}
		inside, after, closed := strings.Cut(rest, "}}")
		if !closed {
			return nil, wrong(fault.Invalid, "\"{{\" is not closed by \"}}\"")
		}
		program, err := Compile(inside)
		if err != nil {
			var m *mistake
			if errors.As(err, &m) {
				err = m.in(inside)
			}
			return nil, err
		}
		t.parts = append(t.parts, part{program: program})
		source = after
	}
	return t, nil
}

// Paths lists the paths that the template reads; one may come twice.
func (t *Template) Paths() []string {
	var paths []string
	for _, part := range t.parts {
		if part.program != nil {
			paths = append(paths, part.program.paths...)
		}
	}
	return paths
}

// Part is a piece of a template: a text as it stands or, where Program is set,
// an expression.
type Part struct {
	Text    string
	Program *Program
}

// Parts gives the pieces in order, for a caller that writes each value in the
// form of its own medium.
func (t *Template) Parts() []Part {
	out := make([]Part, len(t.parts))
	for i, part := range t.parts {
		out[i] = Part{Text: part.text, Program: part.program}
	}
	return out
}

// Dynamic reports whether the template has an expression at all.
func (t *Template) Dynamic() bool {
	return len(t.parts) > 1 || len(t.parts) == 1 && t.parts[0].program != nil
}

// Static gives the text without its expressions, which is what can be measured
// before a flow runs.
func (t *Template) Static() string {
	if len(t.parts) == 1 {
		return t.parts[0].text
	}
	var b strings.Builder
	b.Grow(t.plain)
	for _, part := range t.parts {
		b.WriteString(part.text)
	}
	return b.String()
}

// Render puts the values in. Values are written as they are, whatever they
// hold. The result is at most 16 KiB; the only error is ErrFuel.
func (t *Template) Render(scope Scope, fuel *Fuel) (string, error) {
	if len(t.parts) == 0 {
		return "", nil
	}
	if len(t.parts) == 1 && t.parts[0].program == nil {
		if !fuel.burn(0) {
			return "", ErrFuel
		}
		return t.parts[0].text, nil
	}
	var b strings.Builder
	b.Grow(t.plain + 32)
	for _, part := range t.parts {
		if part.program == nil {
			b.WriteString(part.text)
			continue
		}
		v, err := part.program.Eval(scope, fuel)
		if err != nil {
			return "", err
		}
		b.WriteString(v.String())
		if b.Len() > maxText {
			break
		}
	}
	return clip(b.String()), nil
}
