package flow

import (
	"strconv"

	"prosa/internal/message/fold"
	"prosa/internal/modules/flow/expression"
)

// switchNode goes the way of the case that lists the value.
type switchNode struct {
	Head
	On    string         `json:"on"`
	Cases []switchedNode `json:"cases"`
	Else  string         `json:"else"`
}

// switchedNode is one case of a switch.
type switchedNode struct {
	Name   string   `json:"name,omitempty"` // for people
	Values []string `json:"values"`         // compared without case, accents and signs
	Next   string   `json:"next"`
}

func (n *switchNode) label(i int) string {
	if name := n.Cases[i].Name; name != "" {
		return name
	}
	return "cases." + itoa(i+1)
}

func (n *switchNode) exits() []exit {
	out := make([]exit, 0, len(n.Cases)+1)
	for i := range n.Cases {
		out = append(out, exit{label: n.label(i), to: n.Cases[i].Next})
	}
	return append(out, exit{label: "else", to: n.Else})
}

func (n *switchNode) says() int { return 0 }

func (n *switchNode) gist(string) string { return n.On }

type switching struct {
	on   *expression.Program
	ways map[string]step
	rest step
}

func (n *switchNode) prepare(c *compiler) runner {
	out := &switching{on: c.program("on", n.On), ways: map[string]step{}, rest: leave("else", n.Else)}
	c.count("cases", len(n.Cases), maxOptions)
	for i, branch := range n.Cases {
		place := "cases." + itoa(i+1)
		c.count(place+".values", len(branch.Values), maxOptions)
		for _, value := range branch.Values {
			key := comparable(value)
			if _, twice := out.ways[key]; twice {
				c.report(Error, codeTwice, value)
			}
			if key == "" || len(value) > maxValue {
				c.report(Error, codeMissing, place+".values")
			}
			out.ways[key] = leave(n.label(i), branch.Next)
		}
	}
	return out
}

// comparable is the form in which values of a switch are compared; what is all
// signs ("+", "👍") is taken as it stands.
func comparable(value string) string {
	if n, err := strconv.ParseFloat(value, 64); err == nil && len(value) < 40 {
		return expression.OfNumber(n).String()
	}
	if words := fold.Words(value); words != "" {
		return words
	}
	return fold.Text(value)
}

func (s *switching) enter(r *run) step {
	text := r.eval(s.on).String()
	if len(text) > maxValue { // no case is longer
		return s.rest
	}
	if way, found := s.ways[comparable(text)]; found && text != "" {
		return way
	}
	return s.rest
}
