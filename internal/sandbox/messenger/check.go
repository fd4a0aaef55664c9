package messenger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// checker reads a body strictly and keeps the first thing that is wrong. All its
// readers go on with zero values after an error, so that the rules read from
// top to bottom.
type checker struct{ err *graphError }

func (c *checker) fail(err *graphError) {
	if c.err == nil {
		c.err = err
	}
}

// object is a JSON object with its place in the body, as Graph names places:
// message[quick_replies][0].
type object struct {
	check *checker
	path  string
	m     map[string]any
}

// decode reads a body into an object.
func (c *checker) decode(body []byte) object {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var m map[string]any
	if err := decoder.Decode(&m); err != nil || m == nil {
		c.fail(invalid("The body is not a JSON object."))
	}
	return object{check: c, m: m}
}

func (o object) at(name string) string {
	if o.path == "" {
		return name
	}
	return fmt.Sprintf("%s[%s]", o.path, name)
}

func (o object) has(name string) bool {
	value, there := o.m[name]
	return there && value != nil
}

// only refuses members that are not named.
func (o object) only(names ...string) {
	allowed := make(map[string]bool, len(names))
	for _, name := range names {
		allowed[name] = true
	}
	var odd []string
	for name := range o.m {
		if !allowed[name] {
			odd = append(odd, name)
		}
	}
	if len(odd) > 0 {
		sort.Strings(odd)
		o.check.fail(invalid("Invalid keys %q were found in param %q.", strings.Join(odd, ", "), o.path))
	}
}

// object reads a member that must be an object. Graph takes one as text, too.
func (o object) object(name string) object {
	child := object{check: o.check, path: o.at(name)}
	switch value := o.m[name].(type) {
	case nil:
		o.check.fail(invalid("The parameter %s is required.", child.path))
	case map[string]any:
		child.m = value
	case string:
		child.m = o.check.decode([]byte(value)).m
	default:
		o.check.fail(invalid("Param %s must be a JSON object.", child.path))
	}
	return child
}

// list reads a member that must be an array of 1 to most objects.
func (o object) list(name string, most int) []object {
	value, there := o.m[name]
	if !there || value == nil {
		o.check.fail(invalid("The parameter %s is required.", o.at(name)))
		return nil
	}
	items, ok := value.([]any)
	if !ok {
		o.check.fail(invalid("Param %s must be an array.", o.at(name)))
		return nil
	}
	if len(items) == 0 {
		o.check.fail(invalid("Param %s must be non-empty.", o.at(name)))
	}
	if len(items) > most {
		o.check.fail(invalid("Param %s has too many elements: at most %d are allowed.", o.at(name), most))
	}
	out := make([]object, 0, len(items))
	for i, item := range items {
		child := object{check: o.check, path: fmt.Sprintf("%s[%d]", o.at(name), i)}
		m, ok := item.(map[string]any)
		if !ok {
			o.check.fail(invalid("Param %s must be a JSON object.", child.path))
		}
		child.m = m
		out = append(out, child)
	}
	return out
}

// text reads a required string of 1 to most characters; most 0 sets no limit.
func (o object) text(name string, most int) string {
	text, ok := o.string(name)
	switch {
	case !o.has(name):
		o.check.fail(invalid("The parameter %s is required.", o.at(name)))
	case !ok:
		o.check.fail(invalid("Param %s must be a string.", o.at(name)))
	case text == "":
		o.check.fail(invalid("Param %s must be non-empty.", o.at(name)))
	case most > 0 && utf8.RuneCountInString(text) > most:
		o.check.fail(tooLong(o.at(name), most))
	}
	return text
}

func (o object) string(name string) (string, bool) {
	switch value := o.m[name].(type) {
	case string:
		return value, true
	case json.Number:
		return value.String(), true
	}
	return "", false
}

// maybe reads an optional string.
func (o object) maybe(name string, most int) string {
	if !o.has(name) {
		return ""
	}
	return o.text(name, most)
}

// one reads a required string that must be one of the values.
func (o object) one(name string, values ...string) string {
	text := o.text(name, 0)
	for _, value := range values {
		if text == value {
			return text
		}
	}
	o.check.fail(invalid("Param %s must be one of {%s} - got %q.", o.at(name), strings.ToUpper(strings.Join(values, ", ")), text))
	return text
}

// address reads a required web address.
func (o object) address(name string) string {
	text := o.text(name, 0)
	parsed, err := url.Parse(text)
	if err != nil || parsed.Host == "" || parsed.Scheme != "https" && parsed.Scheme != "http" {
		o.check.fail(invalid("Param %s must be a valid URL.", o.at(name)))
	}
	return text
}

// yes reads an optional boolean; Graph takes it as text, too.
func (o object) yes(name string) bool {
	switch value := o.m[name].(type) {
	case nil:
		return false
	case bool:
		return value
	case string:
		yes, err := strconv.ParseBool(value)
		if err == nil {
			return yes
		}
	}
	o.check.fail(invalid("Param %s must be a boolean.", o.at(name)))
	return false
}
