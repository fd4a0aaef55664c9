package change

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/base/fault"
)

// Limits on what is compared. A definition is at most 2 MiB and 16 deep.
const (
	maxText  = 2 << 20
	maxDepth = 24
)

// tree is a JSON value that keeps the order of its fields.
type tree struct {
	kind  jsontext.Kind // '{' '[' '"' '0' 't' 'f' 'n'
	text  string        // of a scalar
	names []string      // of the fields of an object
	items []*tree       // values of the fields, or the items of a list
}

// read parses a text. The root is always an object.
func read(text []byte) (*tree, error) {
	if len(text) > maxText {
		return nil, fault.New(fault.TooLarge, "a flow has at most %d bytes, this one has %d", maxText, len(text))
	}
	dec := jsontext.NewDecoder(bytes.NewReader(text))
	root, err := readValue(dec, 0)
	if err != nil {
		return nil, err
	}
	if root.kind != '{' {
		return nil, fault.New(fault.Invalid, "a flow is a JSON object")
	}
	return root, nil
}

func readValue(dec *jsontext.Decoder, depth int) (*tree, error) {
	if depth > maxDepth {
		return nil, fault.New(fault.TooLarge, "a flow is nested at most %d deep", maxDepth)
	}
	token, err := dec.ReadToken()
	if err != nil {
		return nil, fault.New(fault.Invalid, "the flow is not valid JSON")
	}
	t := &tree{kind: token.Kind()}
	switch t.kind {
	case '{':
		for dec.PeekKind() != '}' {
			name, err := dec.ReadToken()
			if err != nil {
				return nil, fault.New(fault.Invalid, "the flow is not valid JSON")
			}
			t.names = append(t.names, name.String())
			item, err := readValue(dec, depth+1)
			if err != nil {
				return nil, err
			}
			t.items = append(t.items, item)
		}
		_, err = dec.ReadToken()
	case '[':
		for dec.PeekKind() != ']' {
			item, err := readValue(dec, depth+1)
			if err != nil {
				return nil, err
			}
			t.items = append(t.items, item)
		}
		_, err = dec.ReadToken()
	default:
		t.text = token.String()
	}
	if err != nil {
		return nil, fault.New(fault.Invalid, "the flow is not valid JSON")
	}
	return t, nil
}

// field gives the value of a field, nil when there is none.
func (t *tree) field(name string) *tree {
	if t == nil || t.kind != '{' {
		return nil
	}
	for i, own := range t.names {
		if own == name {
			return t.items[i]
		}
	}
	return nil
}

// word gives the text of a field that is a string.
func (t *tree) word(name string) string {
	if value := t.field(name); value != nil && value.kind == '"' {
		return value.text
	}
	return ""
}

// list gives the items of a list; nil has none.
func (t *tree) list() []*tree {
	if t == nil || t.kind != '[' {
		return nil
	}
	return t.items
}

// is reports whether t is of a kind; an absent value is of any.
func (t *tree) is(kind jsontext.Kind) bool { return t == nil || t.kind == kind }

// scalar reports a value that holds no others; an absent one counts.
func (t *tree) scalar() bool { return t == nil || t.kind != '{' && t.kind != '[' }

// of reports a list whose items all satisfy what; an absent or empty list does.
func (t *tree) of(what func(*tree) bool) bool {
	if !t.is('[') {
		return false
	}
	for _, item := range t.list() {
		if !what(item) {
			return false
		}
	}
	return true
}

// same compares by value; the order of fields does not count.
func same(a, b *tree) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.kind != b.kind || a.text != b.text || len(a.items) != len(b.items) {
		return false
	}
	for i := range a.items {
		other := b.items[i]
		if a.kind == '{' {
			other = b.field(a.names[i])
		}
		if !same(a.items[i], other) {
			return false
		}
	}
	return true
}

// plain writes a value as a person would read it in a sentence.
func (t *tree) plain() string {
	if t == nil {
		return ""
	}
	switch t.kind {
	case '[':
		parts := make([]string, len(t.items))
		for i, item := range t.items {
			parts[i] = item.plain()
		}
		if len(parts) == 2 && clock(parts[0]) && clock(parts[1]) {
			return parts[0] + "-" + parts[1]
		}
		return strings.Join(parts, ", ")
	case '{':
		parts := make([]string, len(t.items))
		for i, item := range t.items {
			parts[i] = t.names[i] + ": " + item.plain()
		}
		return strings.Join(parts, ", ")
	default:
		return t.text
	}
}

// clock reports a time of day, as in the opening hours.
func clock(text string) bool {
	return len(text) == 5 && text[2] == ':' && strings.Trim(text, "0123456789:") == ""
}
