package change

import (
	"strconv"
	"strings"
)

// differ walks two flows side by side and notes what differs.
type differ struct {
	before, after string // languages of bare texts
	node, kind    string // at hand; empty for the flow itself
	changes       []Change
}

func (d *differ) note(c Change) {
	c.Node = d.node
	d.changes = append(d.changes, c)
}

// flow compares the heads, then the nodes.
func (d *differ) flow(a, b *tree) {
	names := rename(a, b)
	d.value("name", a.field("name"), b.field("name"))
	d.value("schema", a.field("schema"), b.field("schema"))
	d.words("languages", a.field("languages"), b.field("languages"))
	if x, y := a.field("start"), b.field("start"); x.is('"') && y.is('"') {
		d.exit("start", "", text(x), text(y))
	} else {
		d.value("start", x, y)
	}
	d.variables(a.field("variables"), b.field("variables"))
	if x, y := a.field("settings"), b.field("settings"); x.is('{') && y.is('{') {
		d.object("settings", x, y)
	} else {
		d.value("settings", x, y)
	}
	for _, name := range union(a, b) {
		switch name {
		case "name", "schema", "languages", "start", "variables", "settings", "nodes":
		default:
			d.field(name, name, a.field(name), b.field(name))
		}
	}
	d.nodes(a.field("nodes"), b.field("nodes"), names)
}

// nodes compares node by node in the order of those after; the removed come last.
func (d *differ) nodes(a, b *tree, renamed map[string]string) {
	if !a.of(isObject) || !b.of(isObject) {
		d.value("nodes", a, b)
		return
	}
	pairs, gone := pair(a.list(), b.list(), "name")
	for _, p := range pairs {
		name := p.b.word("name")
		d.node, d.kind = name, p.b.word("kind")
		if p.a == nil {
			d.note(Change{What: NodeAdded, After: d.kind})
			continue
		}
		if old := renamed[name]; old != "" {
			d.note(Change{What: NodeRenamed, Before: old, After: name})
		}
		if was := p.a.word("kind"); was != d.kind {
			d.note(Change{What: Value, Field: "kind", Before: was, After: d.kind})
		}
		for _, field := range union(p.a, p.b) {
			if field != "name" && field != "kind" {
				d.field(field, field, p.a.field(field), p.b.field(field))
			}
		}
	}
	for _, p := range gone {
		d.node = p.a.word("name")
		d.note(Change{What: NodeRemoved, Before: p.a.word("kind")})
	}
	d.node, d.kind = "", ""
	if before, after, moved := order(pairs, "name"); moved {
		d.note(Change{What: NodesMoved, Field: "nodes", Before: before, After: after})
	}
}

// field compares one field by what it holds. name is its last part, path its
// place in the node.
func (d *differ) field(path, name string, a, b *tree) {
	switch {
	case d.kind == "" && path == "settings.menu":
		d.exit(path, "", text(a), text(b))
	case leads(d.kind, name) && a.is('"') && b.is('"'):
		d.exit(path, "", text(a), text(b))
	case (localised(d.kind, name) || strings.HasPrefix(path, "settings.texts.")) && isLocal(a) && isLocal(b):
		d.texts(path, "", a, b)
	case named(name) && a.is('{') && b.is('{'):
		for _, own := range union(a, b) {
			d.value(path+"."+own, a.field(own), b.field(own))
		}
	case a.is('{') && b.is('{'):
		d.object(path, a, b)
	case a.of(isObject) && b.of(isObject):
		d.items(path, name, a, b)
	case a.of((*tree).scalar) && b.of((*tree).scalar):
		d.words(path, a, b)
	default:
		d.value(path, a, b)
	}
}

func (d *differ) object(path string, a, b *tree) {
	for _, name := range union(a, b) {
		d.field(path+"."+name, name, a.field(name), b.field(name))
	}
}

// items compares a list of objects item by item.
func (d *differ) items(path, list string, a, b *tree) {
	by := key(list)
	pairs, gone := pair(a.list(), b.list(), by)
	for _, p := range pairs {
		place, label := path+"."+itemName(p.b, by, p.number), d.label(p.b, by, p.number)
		if p.a == nil {
			d.note(Change{What: ItemAdded, Field: place, Label: label, After: p.b.word("next")})
			continue
		}
		if was, is := p.a.word(by), p.b.word(by); was != is {
			d.note(Change{What: ItemRenamed, Field: place, Label: label, Before: was, After: is})
		}
		for _, name := range union(p.a, p.b) {
			x, y := p.a.field(name), p.b.field(name)
			switch {
			case name == by:
			case leads(d.kind, name) && x.is('"') && y.is('"'):
				d.exit(place+"."+name, label, text(x), text(y))
			case localised(d.kind, name) && isLocal(x) && isLocal(y):
				d.texts(place+"."+name, label, x, y)
			default:
				d.field(place+"."+name, name, x, y)
			}
		}
	}
	for _, p := range gone {
		d.note(Change{What: ItemRemoved, Field: path + "." + itemName(p.a, by, p.at), Label: d.label(p.a, by, p.at), Before: p.a.word("next")})
	}
	if before, after, moved := order(pairs, by); moved {
		d.note(Change{What: ItemsMoved, Field: path, Before: before, After: after})
	}
}

// words compares a list of plain values.
func (d *differ) words(path string, a, b *tree) {
	if !a.of((*tree).scalar) || !b.of((*tree).scalar) {
		d.value(path, a, b)
		return
	}
	left := map[string]int{}
	for _, item := range a.list() {
		left[item.text]++
	}
	added := 0
	for _, item := range b.list() {
		if left[item.text]--; left[item.text] < 0 {
			d.note(Change{What: ItemAdded, Field: path, Label: item.text})
			added++
		}
	}
	removed := 0
	for _, item := range a.list() {
		if left[item.text] > 0 {
			left[item.text]--
			d.note(Change{What: ItemRemoved, Field: path, Label: item.text})
			removed++
		}
	}
	if added+removed == 0 && !same(a, b) && a != nil && b != nil {
		d.note(Change{What: ItemsMoved, Field: path, Before: a.plain(), After: b.plain()})
	}
}

func (d *differ) exit(path, label, before, after string) {
	if before != after {
		d.note(Change{What: Exit, Field: path, Label: label, Before: before, After: after})
	}
}

// texts compares language by language.
func (d *differ) texts(path, label string, a, b *tree) {
	x, y := local(a, d.before), local(b, d.after)
	for _, language := range union(x, y) {
		if before, after := text(x.field(language)), text(y.field(language)); before != after {
			d.note(Change{What: Text, Field: path, Label: label, Language: language, Before: before, After: after})
		}
	}
}

func (d *differ) variables(a, b *tree) {
	if !a.is('{') || !b.is('{') {
		d.value("variables", a, b)
		return
	}
	for _, name := range union(a, b) {
		x, y := a.field(name), b.field(name)
		switch {
		case x == nil:
			d.note(Change{What: VariableNew, Field: "variables." + name, After: y.plain()})
		case y == nil:
			d.note(Change{What: VariableGone, Field: "variables." + name, Before: x.plain()})
		default:
			d.value("variables."+name, x, y)
		}
	}
}

func (d *differ) value(path string, a, b *tree) {
	if !same(a, b) {
		d.note(Change{What: Value, Field: path, Before: a.plain(), After: b.plain()})
	}
}

// label is what people call an item: its title, else its name.
func (d *differ) label(item *tree, by string, at int) string {
	title := local(item.field("title"), d.after)
	if title != nil && len(title.items) > 0 && title.items[0].text != "" {
		if own := text(title.field(d.after)); own != "" {
			return own
		}
		return title.items[0].text
	}
	if words := item.field("words").list(); len(words) > 0 {
		return words[0].text
	}
	return itemName(item, by, at)
}

// itemName names an item in a path: by its name, or by its place from 1.
func itemName(item *tree, by string, at int) string {
	if name := item.word(by); name != "" {
		return name
	}
	return strconv.Itoa(at + 1)
}

// local gives a localised text as an object of languages; nil for none.
func local(t *tree, language string) *tree {
	if t == nil || t.kind != '"' {
		return t
	}
	return &tree{kind: '{', names: []string{language}, items: []*tree{t}}
}

// isLocal reports a text, or an object of texts.
func isLocal(t *tree) bool {
	if t == nil || t.kind == '"' {
		return true
	}
	if t.kind != '{' {
		return false
	}
	for _, item := range t.items {
		if item.kind != '"' {
			return false
		}
	}
	return true
}

func isObject(t *tree) bool { return t.kind == '{' }

func text(t *tree) string {
	if t == nil {
		return ""
	}
	return t.text
}

// union gives the names of the fields of both, those after in their order first.
func union(a, b *tree) []string {
	var names []string
	if b != nil && b.kind == '{' {
		names = append(names, b.names...)
	}
	if a != nil && a.kind == '{' {
		for _, name := range a.names {
			if b.field(name) == nil {
				names = append(names, name)
			}
		}
	}
	return names
}
