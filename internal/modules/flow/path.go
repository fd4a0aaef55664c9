package flow

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/modules/flow/expression"
)

// pathTree is a set of paths into a JSON text ("items.0.name"), read in one pass
// over it. The step "#" is the number of elements of a list.
type pathTree struct {
	saves []string // variables that get the value here
	count []string // variables that get the number of elements
	steps map[string]*pathTree
}

const maxPathSteps = 16

// add notes that a variable wants a path; an empty one is the whole text.
func (t *pathTree) add(path, variable string) bool {
	if path == "" {
		t.saves = append(t.saves, variable)
		return true
	}
	names := strings.Split(path, ".")
	if len(names) > maxPathSteps || len(path) > 200 {
		return false
	}
	for i, name := range names {
		if name == "#" && i == len(names)-1 {
			t.count = append(t.count, variable)
			return true
		}
		if name == "" {
			return false
		}
		if t.steps == nil {
			t.steps = map[string]*pathTree{}
		}
		next := t.steps[name]
		if next == nil {
			next = &pathTree{}
			t.steps[name] = next
		}
		t = next
	}
	t.saves = append(t.saves, variable)
	return true
}

var errAnswer = errors.New("the answer is not JSON")

// read gives the values that stand at the paths; a path that leads nowhere has
// none. The error says that the text is no JSON, or is nested too deeply.
func (t *pathTree) read(text string) (map[string]expression.Value, error) {
	if checkDepth(text, maxAnswerDepth) != nil {
		return nil, errAnswer
	}
	values := map[string]expression.Value{}
	dec := jsontext.NewDecoder(strings.NewReader(text), jsontext.AllowDuplicateNames(true))
	if err := t.value(dec, values); err != nil {
		return nil, err
	}
	if _, err := dec.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, errAnswer // something behind the value
	}
	return values, nil
}

func (t *pathTree) value(dec *jsontext.Decoder, values map[string]expression.Value) error {
	kind := dec.PeekKind()
	leaf := len(t.steps)+len(t.count) == 0 || kind != '{' && kind != '['
	if leaf || len(t.saves) > 0 {
		raw, err := dec.ReadValue()
		if err != nil {
			return errAnswer
		}
		for _, variable := range t.saves {
			values[variable] = scalar(raw)
		}
		if leaf {
			return nil
		}
		dec = jsontext.NewDecoder(strings.NewReader(string(raw)), jsontext.AllowDuplicateNames(true))
	}
	switch dec.PeekKind() {
	case '{':
		return t.object(dec, values)
	default:
		return t.list(dec, values)
	}
}

func (t *pathTree) object(dec *jsontext.Decoder, values map[string]expression.Value) error {
	if _, err := dec.ReadToken(); err != nil {
		return errAnswer
	}
	for dec.PeekKind() == '"' {
		name, err := dec.ReadToken()
		if err != nil {
			return errAnswer
		}
		if err := t.step(dec, name.String(), values); err != nil {
			return err
		}
	}
	if _, err := dec.ReadToken(); err != nil {
		return errAnswer
	}
	return nil
}

func (t *pathTree) list(dec *jsontext.Decoder, values map[string]expression.Value) error {
	if _, err := dec.ReadToken(); err != nil {
		return errAnswer
	}
	n := 0
	for ; dec.PeekKind() != ']'; n++ {
		if dec.PeekKind() == 0 {
			return errAnswer
		}
		if err := t.step(dec, strconv.Itoa(n), values); err != nil {
			return err
		}
	}
	if _, err := dec.ReadToken(); err != nil {
		return errAnswer
	}
	for _, variable := range t.count {
		values[variable] = expression.OfNumber(float64(n))
	}
	return nil
}

func (t *pathTree) step(dec *jsontext.Decoder, name string, values map[string]expression.Value) error {
	if next := t.steps[name]; next != nil {
		return next.value(dec, values)
	}
	if dec.SkipValue() != nil {
		return errAnswer
	}
	return nil
}

// scalar turns a JSON value into one of a session: a whole number of more
// digits than a float holds stays a text, as does a list or an object that is
// small enough.
func scalar(raw jsontext.Value) expression.Value {
	switch raw.Kind() {
	case '"':
		text, err := jsontext.AppendUnquote(nil, raw)
		if err != nil {
			return expression.Value{}
		}
		return expression.Of(string(text))
	case '0':
		plain := string(raw)
		if len(strings.TrimLeft(plain, "-")) > 15 && strings.Trim(plain, "-0123456789") == "" {
			return expression.Of(plain)
		}
		n, err := strconv.ParseFloat(plain, 64)
		if err != nil {
			return expression.Value{}
		}
		return expression.OfNumber(n)
	case 't', 'f':
		return expression.OfFlag(raw.Kind() == 't')
	case '{', '[':
		if len(raw) > maxValue {
			return expression.Value{}
		}
		return expression.Of(string(raw))
	default:
		return expression.Value{}
	}
}
