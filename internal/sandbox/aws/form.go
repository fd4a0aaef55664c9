package aws

import (
	"slices"
	"strconv"
	"strings"
)

// formTree reads a structure of a form, however deep, as the elements by which
// the service tells it again: Actions.member.1.Type becomes an action with its
// type. What does not begin with prefix is left out.
func (c *call) formTree(prefix string) []element {
	fields := map[string]string{}
	for name, values := range c.form {
		if rest, ok := strings.CutPrefix(name, prefix+"."); ok && len(values) > 0 {
			fields[rest] = values[0]
		}
	}
	return branches(fields)
}

// branches turns fields by their dotted names into elements. Names stand in
// their order, members in that of their numbers.
func branches(fields map[string]string) []element {
	below := map[string]map[string]string{}
	for name, value := range fields {
		head, rest, _ := strings.Cut(name, ".")
		if below[head] == nil {
			below[head] = map[string]string{}
		}
		below[head][rest] = value
	}
	var made []element
	for _, head := range numbered(below) {
		switch value, leaf := below[head][""]; {
		case leaf:
			made = append(made, say(head, value))
		case head == "member":
			made = append(made, members(below[head])...)
		default:
			made = append(made, el(head, branches(below[head])...))
		}
	}
	return made
}

// members are the elements of a list, whose fields begin with their number.
func members(fields map[string]string) []element {
	made := branches(fields)
	for i := range made {
		made[i].name = "member"
	}
	return made
}

// numbered sorts names, and numbers as such.
func numbered[T any](below map[string]T) []string {
	names := sortedKeys(below)
	slices.SortStableFunc(names, func(a, b string) int {
		first, bad := strconv.Atoi(a)
		second, worse := strconv.Atoi(b)
		if bad != nil || worse != nil {
			return strings.Compare(a, b)
		}
		return first - second
	})
	return names
}

// child finds an element below another by its path; an empty one when there is
// none.
func (e element) child(path ...string) element {
	for _, name := range path {
		at := slices.IndexFunc(e.children, func(c element) bool { return c.name == name })
		if at < 0 {
			return element{}
		}
		e = e.children[at]
	}
	return e
}

// memberTexts are the texts of a list.
func (e element) memberTexts() []string {
	texts := make([]string, 0, len(e.children))
	for _, one := range e.children {
		texts = append(texts, one.text)
	}
	return texts
}
