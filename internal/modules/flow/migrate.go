package flow

import (
	"bytes"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/base/fault"
)

// migration turns a text of one version of the form into one of the next. It
// knows JSON and no type of this package: those are of the newest version.
type migration func(*object) error

// migrations is the chain; the step at n reads version n.
func migrations() []migration { return []migration{named} }

// Migrate brings a text of an earlier version to SchemaVersion and tells which
// version it was of. A text of SchemaVersion comes back as it is. Errors: a
// *fault.Error about "schema" for a version that is unknown or newer.
func Migrate(text []byte) (migrated []byte, from int, err error) {
	if len(text) > maxDefinition {
		return nil, 0, fault.New(fault.TooLarge, "a flow has at most %d bytes, this one has %d", maxDefinition, len(text))
	}
	if err := checkDepth(text, maxDepth); err != nil {
		return nil, 0, err
	}
	return migrate(text, migrations())
}

func migrate(text []byte, chain []migration) (migrated []byte, from int, err error) {
	from, found := versionOf(text)
	if !found || from == len(chain) {
		return text, len(chain), nil // where there is none, the parser says so
	}
	if from < 0 || from > len(chain) {
		return nil, from, fault.OnField("schema", "this engine reads version %d, the flow is of version %d", len(chain), from)
	}
	o, err := readObject(text)
	if err != nil {
		return nil, from, fault.OnField(pointer(err), "%s", reason(err))
	}
	for version := from; version < len(chain); version++ {
		if err := chain[version](o); err != nil {
			return nil, from, err
		}
		o.set("schema", jsontext.Value(itoa(version+1)))
	}
	return o.text(), from, nil
}

// versionOf reads the version of a text, as far as it can be read.
func versionOf(text []byte) (version int, found bool) {
	var head struct {
		Schema *int `json:"schema"`
	}
	if json.Unmarshal(text, &head) != nil || head.Schema == nil {
		return 0, false
	}
	return *head.Schema, true
}

// named brings version 0 to 1. In version 0 a flow had one language and its
// nodes stood in an object by their names.
func named(o *object) error {
	if language, found := o.take("language"); found {
		o.set("languages", jsontext.Value("["+string(language)+"]"))
	}
	raw, found := o.take("nodes")
	if !found {
		return nil
	}
	if raw.Kind() != '{' {
		return fault.OnField("nodes", "in version 0 the nodes are an object by name")
	}
	byName, err := readObject(raw)
	if err != nil {
		return fault.OnField("nodes", "%s", reason(err))
	}
	var list bytes.Buffer
	list.WriteByte('[')
	for i, m := range byName.members {
		node, err := readObject(m.value)
		if err != nil {
			return fault.OnField("nodes."+m.name, "%s", reason(err))
		}
		if i > 0 {
			list.WriteByte(',')
		}
		quoted, _ := jsontext.AppendQuote(nil, m.name)
		node.members = append([]jsonMember{{"name", quoted}}, node.members...)
		list.Write(node.text())
	}
	list.WriteByte(']')
	o.set("nodes", list.Bytes())
	return nil
}

// object is a JSON object whose members keep their order.
type object struct{ members []jsonMember }

type jsonMember struct {
	name  string
	value jsontext.Value
}

func readObject(text []byte) (*object, error) {
	dec := jsontext.NewDecoder(bytes.NewReader(text))
	if dec.PeekKind() != '{' {
		return nil, fault.New(fault.Invalid, "an object is expected")
	}
	if _, err := dec.ReadToken(); err != nil {
		return nil, err
	}
	o := &object{}
	for dec.PeekKind() == '"' {
		name, err := dec.ReadToken()
		if err != nil {
			return nil, err
		}
		key := name.String()
		value, err := dec.ReadValue()
		if err != nil {
			return nil, err
		}
		o.members = append(o.members, jsonMember{key, value.Clone()})
	}
	_, err := dec.ReadToken()
	return o, err
}

// take removes a member and gives its value.
func (o *object) take(name string) (jsontext.Value, bool) {
	for i, m := range o.members {
		if m.name == name {
			o.members = append(o.members[:i], o.members[i+1:]...)
			return m.value, true
		}
	}
	return nil, false
}

// set gives a member a value, in its place or at the end.
func (o *object) set(name string, value []byte) {
	for i := range o.members {
		if o.members[i].name == name {
			o.members[i].value = value
			return
		}
	}
	o.members = append(o.members, jsonMember{name, value})
}

func (o *object) text() []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o.members {
		if i > 0 {
			b.WriteByte(',')
		}
		quoted, _ := jsontext.AppendQuote(nil, m.name)
		b.Write(quoted)
		b.WriteByte(':')
		b.Write(m.value)
	}
	b.WriteByte('}')
	return b.Bytes()
}
