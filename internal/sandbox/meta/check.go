package meta

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"sort"
	"strconv"
	"unicode/utf8"
)

// checker reads a message body strictly and keeps the first thing that is
// wrong. All its readers go on with zero values after an error, so that the
// rules read from top to bottom.
type checker struct {
	err *graphError
}

func (c *checker) fail(err *graphError) {
	if c.err == nil {
		c.err = err
	}
}

// object is a JSON object with its place in the body, as Graph names places:
// interactive['action']['buttons'][0].
type object struct {
	check *checker
	path  string
	m     map[string]any
}

// decode reads a body into an object. Numbers keep their text.
func (c *checker) decode(body []byte) object {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var m map[string]any
	if err := decoder.Decode(&m); err != nil || m == nil {
		c.fail(&graphError{Message: "Invalid JSON: the body is not a JSON object", Type: "OAuthException", Code: 100, status: 400})
	}
	return object{check: c, m: m}
}

func (o object) at(name string) string {
	if o.path == "" {
		return name
	}
	return fmt.Sprintf("%s['%s']", o.path, name)
}

func (o object) has(name string) bool {
	value, there := o.m[name]
	return there && value != nil
}

// only refuses members that are not named.
func (o object) only(names ...string) {
	if o.m == nil {
		return
	}
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
		sort.Strings(odd) // the first one by name, so that an answer repeats
		o.check.fail(invalid("Unexpected key %q on param %q.", odd[0], o.path))
	}
}

// object reads a member that must be an object.
func (o object) object(name string) object {
	child := object{check: o.check, path: o.at(name)}
	value, there := o.m[name]
	if !there || value == nil {
		o.check.fail(missing("The parameter %s is required.", child.path))
		return child
	}
	m, ok := value.(map[string]any)
	if !ok {
		o.check.fail(invalid("Param %s must be a JSON object.", child.path))
	}
	child.m = m
	return child
}

// list reads a member that must be an array of objects.
func (o object) list(name string) []object {
	value, there := o.m[name]
	if !there || value == nil {
		o.check.fail(missing("The parameter %s is required.", o.at(name)))
		return nil
	}
	items, ok := value.([]any)
	if !ok {
		o.check.fail(invalid("Param %s must be an array.", o.at(name)))
		return nil
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

// text reads a required string of 1 to max characters; max 0 sets no limit.
func (o object) text(name string, max int) string {
	if !o.has(name) {
		o.check.fail(missing("The parameter %s is required.", o.at(name)))
		return ""
	}
	text := o.maybe(name, max)
	if text == "" {
		o.check.fail(invalid("Param %s must be a string with a length of at least 1.", o.at(name)))
	}
	return text
}

// maybe reads a string that may be absent or empty.
func (o object) maybe(name string, max int) string {
	value, there := o.m[name]
	if !there || value == nil {
		return ""
	}
	text, ok := value.(string)
	if !ok {
		o.check.fail(invalid("Param %s must be a string.", o.at(name)))
		return ""
	}
	if max > 0 && utf8.RuneCountInString(text) > max {
		o.check.fail(invalid("Param %s must be at most %d characters long.", o.at(name), max))
	}
	return text
}

// one reads a required string that must be among the values.
func (o object) one(name string, values ...string) string {
	text := o.text(name, 0)
	for _, value := range values {
		if text == value {
			return text
		}
	}
	o.check.fail(invalid("Param %s must be one of {%s} - got %q.", o.at(name), joined(values), text))
	return text
}

func joined(values []string) string {
	var out bytes.Buffer
	for i, value := range values {
		if i > 0 {
			out.WriteString(", ")
		}
		out.WriteString(value)
	}
	return out.String()
}

// number reads a required number; strings of digits pass, as Graph takes both.
func (o object) number(name string) float64 {
	value, there := o.m[name]
	if !there || value == nil {
		o.check.fail(missing("The parameter %s is required.", o.at(name)))
		return 0
	}
	var number json.Number
	switch value := value.(type) {
	case json.Number:
		number = value
	case string:
		number = json.Number(value)
	}
	parsed, err := number.Float64()
	if err != nil {
		o.check.fail(invalid("Param %s must be a number.", o.at(name)))
	}
	return parsed
}

// whole reads a required whole number, from its text and not by way of a
// fraction: it may be money.
func (o object) whole(name string) int64 {
	value, there := o.m[name]
	if !there || value == nil {
		o.check.fail(missing("The parameter %s is required.", o.at(name)))
		return 0
	}
	text, _ := value.(string)
	if number, ok := value.(json.Number); ok {
		text = number.String()
	}
	parsed, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		o.check.fail(wrong("%s must be a whole number", o.at(name)))
	}
	return parsed
}

// flag checks a member that may be absent and otherwise is a boolean.
func (o object) flag(name string) bool {
	value, there := o.m[name]
	if !there || value == nil {
		return false
	}
	flag, ok := value.(bool)
	if !ok {
		o.check.fail(invalid("Param %s must be a boolean.", o.at(name)))
	}
	return flag
}

// link checks a required http or https address.
func (o object) link(name string, max int) string {
	text := o.text(name, max)
	if text == "" {
		return ""
	}
	address, err := url.Parse(text)
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		o.check.fail(invalid("Param %s is not a valid URI.", o.at(name)))
	}
	return text
}
