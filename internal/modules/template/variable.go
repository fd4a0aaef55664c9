package template

import (
	"strconv"
	"strings"

	"prosa/internal/base/fault"
)

// Format says how variables are written.
type Format string

// Formats (Business Management API, parameter_format).
const (
	Positional Format = "positional" // {{1}}, {{2}}
	Named      Format = "named"      // {{first_name}}
)

// maxVariable is how long the name of a variable may be, in bytes.
const maxVariable = 64

// piece is a part of a text: words, or a variable by its name.
type piece struct {
	text     string
	variable bool
}

// pieces cuts a text at its variables. Error: fault.Invalid on the field when
// braces are open, or hold no name.
func pieces(field, text string) ([]piece, error) {
	var list []piece
	for text != "" {
		before, rest, found := strings.Cut(text, "{{")
		if before != "" {
			if strings.Contains(before, "}}") {
				return nil, fault.OnField(field, "there is }} without {{ before it")
			}
			list = append(list, piece{text: before})
		}
		if !found {
			return list, nil
		}
		name, after, closed := strings.Cut(rest, "}}")
		if !closed {
			return nil, fault.OnField(field, "there is {{ without }} behind it")
		}
		if name = strings.TrimSpace(name); !validVariable(name) {
			return nil, fault.OnField(field, "{{%.40s}} is no variable: use a number, or small letters, digits and underscores", name)
		}
		list = append(list, piece{text: name, variable: true})
		text = after
	}
	return list, nil
}

// validVariable reports a number from 1 without zeros before it, or a name of
// small letters, digits and underscores that begins with a letter.
func validVariable(name string) bool {
	if name == "" || len(name) > maxVariable {
		return false
	}
	if isNumber(name) {
		return name[0] != '0' && len(name) <= 3
	}
	return name[0] >= 'a' && name[0] <= 'z' && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

func isNumber(name string) bool { return name != "" && strings.Trim(name, "0123456789") == "" }

// named gives the variables of a text once each, in the order of their first
// use.
func named(list []piece) []string {
	var names []string
	seen := map[string]bool{}
	for _, p := range list {
		if p.variable && !seen[p.text] {
			seen[p.text] = true
			names = append(names, p.text)
		}
	}
	return names
}

// join puts values into a text. A variable without a value stays as it is
// written.
func join(list []piece, value func(name string) (string, bool)) string {
	var out strings.Builder
	for _, p := range list {
		if !p.variable {
			out.WriteString(p.text)
			continue
		}
		if text, ok := value(p.text); ok {
			out.WriteString(text)
		} else {
			out.WriteString("{{" + p.text + "}}")
		}
	}
	return out.String()
}

// checkVariables holds the variables of a text against the rules: numbers from
// 1 without a gap, or names, all of one format; none at either end of the text.
func checkVariables(field string, list []piece, format Format) error {
	names := named(list)
	if len(names) == 0 {
		return nil
	}
	highest := 0
	for _, name := range names {
		if isNumber(name) != (format == Positional) {
			return fault.OnField(field, "number all variables ({{1}}, {{2}}) or name them all ({{first_name}})")
		}
		if n, err := strconv.Atoi(name); err == nil {
			highest = max(highest, n)
		}
	}
	if format == Positional && highest != len(names) {
		return fault.OnField(field, "the variables are numbered from {{1}} without a gap")
	}
	return nil
}

// checkEdges refuses a variable at either end of a text, where the platform
// allows none. Marks of punctuation count as text only before the variable.
func checkEdges(field string, list []piece) error {
	if len(list) == 0 {
		return nil
	}
	blank := func(p piece) bool { return !p.variable && strings.TrimSpace(p.text) == "" }
	first, last := 0, len(list)-1
	for first < last && blank(list[first]) {
		first++
	}
	for last > first && blank(list[last]) {
		last--
	}
	if list[first].variable || list[last].variable {
		return fault.OnField(field, "a variable can't stand at the beginning or the end: put words around it")
	}
	return nil
}

// formatOf is how the first variable of a text is written, positional without
// any.
func formatOf(lists ...[]piece) Format {
	for _, list := range lists {
		for _, p := range list {
			if p.variable && !isNumber(p.text) {
				return Named
			}
			if p.variable {
				return Positional
			}
		}
	}
	return Positional
}

// meant reads a text that the platform has approved: one whose braces can't be
// read holds no variables, and means them.
func meant(text string) []piece {
	parsed, err := pieces("", text)
	if err != nil {
		return []piece{{text: text}}
	}
	return parsed
}
