package flow

import (
	"strings"

	"prosa/internal/modules/flow/expression"
)

// setNode sets variables of the session and fields of the contact.
type setNode struct {
	Head
	Set    []assignNode `json:"set,omitempty"`
	Fields []fieldNode  `json:"fields,omitempty"`
	Next   string       `json:"next"`
}

// assignNode gives a variable the value of an expression.
type assignNode struct {
	Var string `json:"var"`
	To  string `json:"to"`
}

// fieldNode gives a field of the contact the text of a template.
type fieldNode struct {
	Field string `json:"field"`
	To    string `json:"to"`
}

func (n *setNode) exits() []exit {
	out := exit{label: "next", to: n.Next}
	for _, assign := range n.Set {
		out.sets = append(out.sets, assign.Var)
	}
	return []exit{out}
}

func (n *setNode) says() int { return 0 }

func (n *setNode) gist(string) string {
	var names []string
	for _, assign := range n.Set {
		names = append(names, assign.Var)
	}
	for _, assign := range n.Fields {
		names = append(names, assign.Field)
	}
	return strings.Join(names, ", ")
}

type set struct {
	node   *setNode
	set    []*expression.Program
	fields []*expression.Template
}

func (n *setNode) prepare(c *compiler) runner {
	out := &set{node: n}
	if len(n.Set)+len(n.Fields) == 0 || len(n.Set)+len(n.Fields) > maxVariables {
		c.report(Error, codeOptions, itoa(len(n.Set)+len(n.Fields)), itoa(maxVariables), "set")
	}
	for i, assign := range n.Set {
		place := "set." + itoa(i+1)
		if assign.Var == "" {
			c.report(Error, codeMissing, place+".var")
		}
		// What an earlier line of this node set may be read by a later one.
		out.set = append(out.set, c.program(place, assign.To))
		c.variable(place, assign.Var)
		c.assigned(assign.Var)
	}
	for i, assign := range n.Fields {
		place := "fields." + itoa(i+1)
		if assign.Field == "" {
			c.report(Error, codeMissing, place+".field")
		}
		c.contactField(place, assign.Field)
		out.fields = append(out.fields, c.template(place, assign.To))
	}
	return out
}

func (s *set) enter(r *run) step {
	for i, program := range s.set {
		r.set(s.node.Set[i].Var, r.eval(program))
	}
	for i, template := range s.fields {
		r.effect(Effect{SetField: &Field{Name: s.node.Fields[i].Field, Value: r.fill(template)}})
	}
	return leave("next", s.node.Next)
}
