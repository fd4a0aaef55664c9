package change

import (
	"slices"
	"strconv"
	"strings"
)

// couple is an item after with what it was before, nil when it is new.
type couple struct {
	a, b   *tree
	at     int // the place of a in its list
	number int // the place of b
}

// pair finds for each item after the one that it was: of the same name; else of
// the same content but for the name, which was renamed; and of items without a
// name the same content, else the next in order.
func pair(before, after []*tree, by string) (pairs, gone []couple) {
	pairs = make([]couple, len(after))
	taken := make([]bool, len(before))
	// match pairs what is left by what a key makes of it.
	match := func(key func(*tree) string) {
		waiting := map[string][]int{}
		for at, item := range before {
			if !taken[at] {
				if k := key(item); k != "" {
					waiting[k] = append(waiting[k], at)
				}
			}
		}
		for i, item := range after {
			if pairs[i].a != nil || len(waiting) == 0 {
				continue
			}
			k := key(item)
			if at := waiting[k]; k != "" && len(at) > 0 {
				waiting[k] = at[1:]
				taken[at[0]] = true
				pairs[i].a, pairs[i].at = before[at[0]], at[0]
			}
		}
	}
	for i, item := range after {
		pairs[i] = couple{b: item, number: i}
	}
	match(func(t *tree) string { return t.word(by) })
	match(func(t *tree) string {
		if t.word(by) != "" && len(t.names) < 2 {
			return "" // nothing but a name
		}
		return "like " + fingerprint(t, by, nil)
	})
	match(func(t *tree) string {
		if t.word(by) != "" {
			return ""
		}
		return "nameless"
	})
	for at, item := range before {
		if !taken[at] {
			gone = append(gone, couple{a: item, at: at})
		}
	}
	return pairs, gone
}

// order reports whether items that stayed changed their order, and gives both.
func order(pairs []couple, by string) (before, after string, moved bool) {
	var stayed []couple
	for _, p := range pairs {
		if p.a != nil {
			if len(stayed) > 0 && p.at < stayed[len(stayed)-1].at {
				moved = true
			}
			stayed = append(stayed, p)
		}
	}
	if !moved {
		return "", "", false
	}
	list := func() string {
		names := make([]string, len(stayed))
		for i, p := range stayed {
			names[i] = itemName(p.b, by, p.number)
		}
		return strings.Join(names, ", ")
	}
	after = list()
	slices.SortFunc(stayed, func(x, y couple) int { return x.at - y.at })
	return list(), after, true
}

// rename finds nodes that only got another name, renames them and all that leads
// to them in the flow before, and gives the old name of each by its new one.
func rename(a, b *tree) map[string]string {
	old, fresh := missing(a, b), missing(b, a)
	if len(old) == 0 || len(fresh) == 0 {
		return nil
	}
	// What leads to a node whose name is in doubt counts as equal.
	doubt := map[string]bool{}
	by := map[string][]*tree{}
	for _, node := range old {
		doubt[node.word("name")] = true
	}
	for _, node := range fresh {
		doubt[node.word("name")] = true
	}
	for _, node := range old {
		print := fingerprint(node, "name", doubt)
		by[print] = append(by[print], node)
	}
	names, was := map[string]string{}, map[string]string{}
	for _, node := range fresh {
		print := fingerprint(node, "name", doubt)
		if same := by[print]; len(same) > 0 {
			by[print] = same[1:]
			names[same[0].word("name")] = node.word("name")
			was[node.word("name")] = same[0].word("name")
		}
	}
	if len(names) > 0 {
		a.eachLead("", func(lead *tree) {
			if name := names[lead.text]; name != "" {
				lead.text = name
			}
		})
		for _, node := range a.field("nodes").list() {
			if name := node.field("name"); name != nil && names[name.text] != "" {
				name.text = names[name.text]
			}
		}
	}
	return was
}

// missing gives the nodes of one flow whose names the other has not.
func missing(in, from *tree) []*tree {
	known := map[string]bool{}
	for _, node := range from.field("nodes").list() {
		known[node.word("name")] = true
	}
	var out []*tree
	for _, node := range in.field("nodes").list() {
		if name := node.word("name"); name != "" && !known[name] {
			out = append(out, node)
		}
	}
	return out
}

// eachLead calls visit with every value that names a node.
func (t *tree) eachLead(kind string, visit func(*tree)) {
	if own := t.word("kind"); own != "" && t.field("name") != nil {
		kind = own
	}
	for i, item := range t.items {
		if t.kind == '{' && named(t.names[i]) {
			continue
		}
		if t.kind == '{' && item.kind == '"' {
			if name := t.names[i]; leads(kind, name) || kind == "" && (name == "start" || name == "menu") {
				visit(item)
			}
			continue
		}
		item.eachLead(kind, visit)
	}
}

// fingerprint writes an item without its name; leads to nodes in doubt are blank.
func fingerprint(item *tree, by string, doubt map[string]bool) string {
	blank := map[*tree]bool{}
	if len(doubt) > 0 {
		item.eachLead("", func(lead *tree) { blank[lead] = doubt[lead.text] })
	}
	var b []byte
	for _, i := range item.sorted() {
		if item.names[i] != by {
			b = append(append(b, item.names[i]...), ':')
			b = item.items[i].write(b, blank)
		}
	}
	return string(b)
}

// sorted gives the places of an object's fields in the order of their names.
func (t *tree) sorted() []int {
	order := make([]int, len(t.names))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return strings.Compare(t.names[i], t.names[j]) })
	return order
}

func (t *tree) write(b []byte, blank map[*tree]bool) []byte {
	if blank[t] {
		return append(b, '*')
	}
	switch t.kind {
	case '{':
		b = append(b, '{')
		for _, i := range t.sorted() {
			b = append(strconv.AppendQuote(b, t.names[i]), ' ')
			b = t.items[i].write(b, blank)
		}
		return append(b, '}')
	case '[':
		b = append(b, '[')
		for _, item := range t.items {
			b = append(item.write(b, blank), ' ')
		}
		return append(b, ']')
	case '"':
		return strconv.AppendQuote(b, t.text)
	default:
		return append(b, t.text...)
	}
}
