package flow

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/base/fault"
	"prosa/internal/modules/flow/expression"
)

// SchemaVersion is the version of the text form that this engine writes. Texts
// of earlier ones are read through Migrate; a newer one is refused.
const SchemaVersion = 1

// Limits on a definition, checked before or while it is parsed.
const (
	maxDefinition = 2 << 20 // bytes
	maxDepth      = 16      // nesting of the JSON text
	maxNodes      = 2000
	maxOptions    = 99 // of one choice
	maxLanguages  = 10
	maxText       = 8000 // runes of one authored text
	maxName       = 40   // bytes of a node's or variable's name
)

// Definition is a flow as its author wrote it. Nodes have names, keep their
// order and hold no layout, so that a change reads well in a diff.
type Definition struct {
	Schema int    `json:"schema"`
	Name   string `json:"name"`
	// Languages of the texts; the first is the default.
	Languages []string `json:"languages"`
	Start     string   `json:"start"` // node that a new session enters
	// Variables with their first values; others come to be when they are set.
	Variables map[string]Value `json:"variables,omitempty"`
	Settings  Settings         `json:"settings,omitzero"`
	Nodes     nodes            `json:"nodes"`
}

// Settings of a flow. The zero value is sensible.
type Settings struct {
	Menu     string `json:"menu,omitempty"`     // node that 'menu' leads to; Start when empty
	Team     string `json:"team,omitempty"`     // who gets the conversations that no node sends elsewhere
	Misses   int    `json:"misses,omitzero"`    // misunderstandings at one node before a person takes over; 3 when 0
	Idle     Idle   `json:"idle,omitzero"`      //
	MaxHours int    `json:"max_hours,omitzero"` // age at which a session starts anew; 72 when 0
	// MaxTurnsHour is how many turns one session may take in an hour before a
	// person is called, since nobody but another bot writes so much; 120 when 0.
	MaxTurnsHour int `json:"max_turns_hour,omitzero"`
	// GatherSeconds is how long the bot waits for the rest when a customer writes
	// in quick short messages; they are then answered as one. 0 answers at once.
	GatherSeconds int         `json:"gather_seconds,omitzero"`
	OnError       string      `json:"on_error,omitempty"`   // node entered after a failure; apology and hand-off when empty
	OnCart        string      `json:"on_cart,omitempty"`    // node entered when the customer sends a cart (cart_receive)
	OnProduct     string      `json:"on_product,omitempty"` // node entered when a message is about a product (product_about)
	Interrupts    []Interrupt `json:"interrupts,omitempty"`
	Events        []Event     `json:"events,omitempty"`
	Texts         Texts       `json:"texts,omitzero"`
}

// Idle says what happens when the customer does not answer.
type Idle struct {
	Minutes int    `json:"minutes,omitzero"` // 60 when 0
	Next    string `json:"next,omitempty"`   // node entered; a farewell and the end when empty
}

// Interrupt leads from everywhere to a node when the customer writes one of the
// words and nothing else.
type Interrupt struct {
	Words []string `json:"words"`
	Next  string   `json:"next"`
}

// Texts replace the engine's own sentences; an empty one keeps it.
type Texts struct {
	Miss    Local `json:"miss,omitempty"`    // the answer is none of the options
	Stale   Local `json:"stale,omitempty"`   // a button of an older message
	Apology Local `json:"apology,omitempty"` // something failed, a person comes
	HandOff Local `json:"handoff,omitempty"` // a person comes
	Lost    Local `json:"lost,omitempty"`    // a person comes, since the bot did not understand
	Bye     Local `json:"bye,omitempty"`     // the customer said 'sair'
	Idle    Local `json:"idle,omitempty"`    // the customer did not answer
}

// Local is a text in one or several languages: a JSON string in the flow's
// default language, or an object of language and text.
type Local map[string]string

// plain is the key of a text that was written as a bare string.
const plain = ""

// MarshalJSONTo writes a bare string where there is only the default language.
func (l Local) MarshalJSONTo(enc *jsontext.Encoder) error {
	if text, ok := l[plain]; ok {
		return enc.WriteToken(jsontext.String(text))
	}
	return json.MarshalEncode(enc, map[string]string(l), json.Deterministic(true))
}

// UnmarshalJSONFrom reads a string or an object of strings.
func (l *Local) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() == '"' {
		var text string
		if err := json.UnmarshalDecode(dec, &text); err != nil {
			return err
		}
		*l = Local{plain: text}
		return nil
	}
	var by map[string]string
	if err := json.UnmarshalDecode(dec, &by); err != nil {
		return err
	}
	if _, bad := by[plain]; bad {
		return errors.New("a text needs the name of its language")
	}
	*l = by
	return nil
}

// gist is the text in a language, or in any.
func (l Local) gist(language string) string {
	for _, key := range []string{plain, language} {
		if text, ok := l[key]; ok {
			return text
		}
	}
	for _, language := range sorted(l) {
		return l[language]
	}
	return ""
}

// Value is a text, a number or a truth value in a definition or a session.
type Value struct{ expression.Value }

// MarshalJSONTo writes the value as the JSON of its kind.
func (v Value) MarshalJSONTo(enc *jsontext.Encoder) error {
	return enc.WriteValue(v.append(nil))
}

// UnmarshalJSONFrom reads a string, number or truth value.
func (v *Value) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	token, err := dec.ReadToken()
	if err != nil {
		return err
	}
	switch token.Kind() {
	case '"':
		v.Value = expression.Of(token.String())
	case '0':
		n, err := token.Float()
		if err != nil {
			return err
		}
		v.Value = expression.OfNumber(n)
	case 't', 'f':
		v.Value = expression.OfFlag(token.Bool())
	default:
		return errors.New("a value is a text, a number, true or false")
	}
	return nil
}

func (v Value) append(dst []byte) []byte {
	switch v.Kind {
	case expression.Number, expression.Flag:
		return append(dst, v.String()...)
	default:
		// The only error is invalid UTF-8, for which the text is still written.
		dst, _ = jsontext.AppendQuote(dst, v.String())
		return dst
	}
}

// nodes decodes each node by its kind and names the node in every error.
type nodes []node

// UnmarshalJSONFrom reads the array of nodes.
func (n *nodes) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	var raws []jsontext.Value
	if err := json.UnmarshalDecode(dec, &raws); err != nil {
		return err
	}
	if len(raws) > maxNodes {
		return fault.New(fault.TooLarge, "a flow has at most %d nodes, this one has %d", maxNodes, len(raws))
	}
	*n = make(nodes, 0, len(raws))
	for i, raw := range raws {
		var head Head
		if err := json.Unmarshal(raw, &head); err != nil {
			return fault.OnField(field(i, head.Name), "%s", reason(err))
		}
		create, found := kinds(head.Kind)
		if !found {
			return fault.OnField(field(i, head.Name), "there is no kind of node %q", head.Kind)
		}
		spec := create()
		if err := json.Unmarshal(raw, spec, json.RejectUnknownMembers(true)); err != nil {
			return fault.OnField(field(i, head.Name), "%s", reason(err))
		}
		*n = append(*n, spec)
	}
	return nil
}

// Parse reads a definition. Every error is a *fault.Error that names the node
// it is about ("nodes.menu").
func Parse(text []byte) (*Definition, error) {
	if len(text) > maxDefinition {
		return nil, fault.New(fault.TooLarge, "a flow has at most %d bytes, this one has %d", maxDefinition, len(text))
	}
	if err := checkDepth(text, maxDepth); err != nil {
		return nil, err
	}
	if bytes.Contains(text, []byte(`\u0000`)) {
		return nil, fault.New(fault.Invalid, "a flow must not hold the character NUL: no channel and no database takes it")
	}
	text, _, err := migrate(text, migrations())
	if err != nil {
		return nil, err
	}
	var d Definition
	if err := json.Unmarshal(text, &d, json.RejectUnknownMembers(true)); err != nil {
		var known *fault.Error
		if errors.As(err, &known) {
			return nil, known
		}
		return nil, fault.OnField(place(text, err), "%s", reason(err))
	}
	if d.Schema != SchemaVersion {
		return nil, fault.OnField("schema", "this engine reads version %d, the flow is of version %d", SchemaVersion, d.Schema)
	}
	return &d, nil
}

// Text writes the definition in its canonical form: two spaces, fields in one
// order, nodes in the author's. Parse reads it back to the same definition.
func (d *Definition) Text() ([]byte, error) {
	text, err := json.Marshal(d, json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "a flow could not be written")
	}
	return append(text, '\n'), nil
}

// Hash is the SHA-256 of the canonical form, in lower-case hexadecimal.
func (d *Definition) Hash() (string, error) {
	text, err := d.Text()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// checkDepth bounds the nesting before a parser recurses into it.
func checkDepth[T string | []byte](text T, most int) error {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > most {
				return fault.New(fault.TooLarge, "a flow is nested at most %d deep", most)
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}

func field(index int, name string) string {
	if name == "" || len(name) > maxName || !utf8.ValidString(name) {
		return "nodes." + itoa(index)
	}
	return "nodes." + name
}

// pointer turns the place of a JSON error into a field path.
func pointer(err error) string {
	var semantic *json.SemanticError
	if errors.As(err, &semantic) {
		return strings.ReplaceAll(strings.TrimPrefix(string(semantic.JSONPointer), "/"), "/", ".")
	}
	var syntactic *jsontext.SyntacticError
	if errors.As(err, &syntactic) {
		return strings.ReplaceAll(strings.TrimPrefix(string(syntactic.JSONPointer), "/"), "/", ".")
	}
	return ""
}

// reason says what is wrong in words of ours: the parser's own name Go types.
func reason(err error) string {
	at := pointer(err)
	if at != "" {
		at += ": "
	}
	var semantic *json.SemanticError
	if errors.As(err, &semantic) {
		switch {
		case errors.Is(err, json.ErrUnknownName):
			return at + "there is no such field"
		case semantic.GoType != nil && semantic.JSONKind != 0:
			return at + "a JSON " + semantic.JSONKind.String() + " does not belong here"
		case semantic.Err != nil:
			return at + semantic.Err.Error()
		}
	}
	if errors.Is(err, jsontext.ErrDuplicateName) {
		return at + "the field comes twice"
	}
	return at + "not valid JSON"
}
