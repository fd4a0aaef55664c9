package stripe

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// form is the parameters of a call. Reading a parameter takes it: what nobody took
// is unknown, and refused. The first parameter of a wrong form stays in problem.
type form struct {
	values  map[string]string
	taken   map[string]bool
	problem *apiError
}

// Bounds of a form.
const (
	formMost  = 1000 // parameters
	formDepth = 8    // brackets of a name
	// numberMost is more than any amount and any time.
	numberMost = 10_000_000_000_000
)

// parseForm reads application/x-www-form-urlencoded with names such as
// items[0][price]; "name[]" counts up.
func parseForm(text string) (*form, *apiError) {
	f := &form{values: map[string]string{}, taken: map[string]bool{}}
	next := map[string]int{}
	count := 0
	for pair := range strings.SplitSeq(text, "&") {
		if pair == "" {
			continue
		}
		if count++; count > formMost {
			return nil, invalid("", "too many parameters", "")
		}
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(rawName)
		value, err2 := url.QueryUnescape(rawValue)
		if err != nil || err2 != nil || !utf8.ValidString(name) || !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
			return nil, invalid("", "the parameters can't be read", "")
		}
		if !wellNamed(name) {
			return nil, invalid("parameter_unknown", "Received unknown parameter: "+name, name)
		}
		if head, ok := strings.CutSuffix(name, "[]"); ok {
			name = head + "[" + strconv.Itoa(next[head]) + "]"
			next[head]++
		}
		f.values[name] = value
	}
	return f, nil
}

// wellNamed reports whether a name is word[word][word]...
func wellNamed(name string) bool {
	head, rest, bracketed := strings.Cut(name, "[")
	if head == "" || strings.ContainsAny(head, "]\x00") {
		return false
	}
	if !bracketed {
		return true
	}
	depth := 0
	for part := range strings.SplitSeq("["+rest, "[") {
		if depth++; depth == 1 {
			continue
		}
		body, after, closed := strings.Cut(part, "]")
		if !closed || after != "" || strings.ContainsAny(body, "[\x00") {
			return false
		}
	}
	return depth <= formDepth
}

func (f *form) has(name string) bool { _, ok := f.values[name]; return ok }

// text takes a parameter.
func (f *form) text(name string) string {
	f.taken[name] = true
	return f.values[name]
}

// need takes a parameter that must be there.
func (f *form) need(name string) string {
	value := f.text(name)
	if value == "" {
		f.fail(invalid("parameter_missing", "Missing required param: "+name+".", name))
	}
	return value
}

// one takes a parameter that must be one of the values, or is absent.
func (f *form) one(name string, of ...string) string {
	value := f.text(name)
	if value != "" && !slices.Contains(of, value) {
		f.fail(invalid("", "Invalid "+name+": must be one of "+strings.Join(of, ", "), name))
	}
	return value
}

func (f *form) number(name string) int64 {
	value := f.text(name)
	if value == "" {
		return 0
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n > numberMost || n < -numberMost {
		f.fail(invalid("parameter_invalid_integer", "Invalid integer: "+value, name))
	}
	return n
}

func (f *form) flag(name string) bool {
	value := f.text(name)
	if value != "" && value != "true" && value != "false" {
		f.fail(invalid("", "Invalid boolean: "+value, name))
	}
	return value == "true"
}

// list takes name[0], name[1], ...
func (f *form) list(name string) (list []string) {
	for i := 0; ; i++ {
		at := name + "[" + strconv.Itoa(i) + "]"
		if !f.has(at) {
			return list
		}
		list = append(list, f.text(at))
	}
}

// count tells how many of name[0][...], name[1][...] there are.
func (f *form) count(name string) int {
	n := 0
	for known := range f.values {
		rest, ok := strings.CutPrefix(known, name+"[")
		if !ok {
			continue
		}
		index, _, _ := strings.Cut(rest, "]")
		if i, err := strconv.Atoi(index); err == nil && i >= n && i < formMost {
			n = i + 1
		}
	}
	return n
}

// pairs takes all of name[...].
func (f *form) pairs(name string) map[string]string {
	found := map[string]string{}
	for known, value := range f.values {
		if rest, ok := strings.CutPrefix(known, name+"["); ok && strings.HasSuffix(rest, "]") && !strings.Contains(rest, "[") {
			f.taken[known] = true
			found[strings.TrimSuffix(rest, "]")] = value
		}
	}
	if len(found) > metadataMost {
		f.fail(invalid("", "Too many keys in "+name, name))
	}
	return found
}

func (f *form) fail(e *apiError) {
	if f.problem == nil {
		f.problem = e
	}
}

// done gives the first problem, an unknown parameter among them.
func (f *form) done() *apiError {
	var unknown []string
	for name := range f.values {
		if !f.taken[name] {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		f.fail(invalid("parameter_unknown", "Received unknown parameter: "+unknown[0], unknown[0]))
	}
	return f.problem
}
