package meta

import (
	"bytes"
	"iter"

	"github.com/go-json-experiment/json/jsontext"
)

// The functions of this file walk JSON that is known to be valid, as Open has
// checked it: they look for structure only, copy nothing and give parts of what
// they are given. The gateway runs them for every webhook, where decoding each
// level into structs took four times as long.

// Valid reports whether data is one JSON value. Duplicate names and lone
// surrogates pass: the rest of the value is worth having.
func Valid(data jsontext.Value) bool {
	return data.IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// Members gives the names and values of a valid object in their order; anything
// else has none. Of equal names the last one counts.
func Members(object jsontext.Value) iter.Seq2[[]byte, jsontext.Value] {
	return func(yield func([]byte, jsontext.Value) bool) {
		at := space(object, 0)
		if at >= len(object) || object[at] != '{' {
			return
		}
		for at = space(object, at+1); at < len(object) && object[at] == '"'; at = space(object, at+1) {
			end := skip(object, at)
			name := unquote(object[at:end])
			at = space(object, end) // the colon
			at = space(object, at+1)
			end = skip(object, at)
			if at >= end || !yield(name, object[at:end:end]) {
				return
			}
			if at = space(object, end); at >= len(object) || object[at] != ',' {
				return
			}
		}
	}
}

// Elements gives the elements of a valid array; an absent or null one has none.
// It reports false for anything else.
func Elements(array jsontext.Value) ([]jsontext.Value, bool) {
	at := space(array, 0)
	if at >= len(array) || array[at] == 'n' {
		return nil, true
	}
	if array[at] != '[' {
		return nil, false
	}
	var elements []jsontext.Value
	for at = space(array, at+1); at < len(array) && array[at] != ']'; at = space(array, at+1) {
		end := skip(array, at)
		if at >= end {
			return elements, true
		}
		elements = append(elements, array[at:end:end])
		if at = space(array, end); at >= len(array) || array[at] != ',' {
			break
		}
	}
	return elements, true
}

// TextOf gives a string or a number as text: vendors send ids and times as
// either. It reports false for objects, arrays and booleans; null is empty.
func TextOf(value jsontext.Value) (string, bool) {
	switch value.Kind() {
	case '"':
		return string(unquote(value)), true
	case '0':
		return string(value), true
	case 'n', 0:
		return "", true
	default:
		return "", false
	}
}

// unquote gives the content of a JSON string. Most have no escapes.
func unquote(quoted jsontext.Value) []byte {
	if len(quoted) < 2 {
		return nil
	}
	inner := quoted[1 : len(quoted)-1]
	for _, b := range inner {
		if b == '\\' {
			text, _ := jsontext.AppendUnquote(nil, quoted) // lone surrogates become U+FFFD, which is all that can be wrong
			return text
		}
	}
	return inner
}

func space(data []byte, at int) int {
	for at < len(data) && (data[at] == ' ' || data[at] == '\n' || data[at] == '\r' || data[at] == '\t') {
		at++
	}
	return at
}

// skip gives the end of the value that begins at.
func skip(data []byte, at int) int {
	if at >= len(data) {
		return at
	}
	switch data[at] {
	case '"':
		return min(stringEnd(data, at)+1, len(data))
	case '{', '[':
		depth := 0
		for ; at < len(data); at++ {
			switch data[at] {
			case '"':
				at = stringEnd(data, at)
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return at + 1
				}
			}
		}
		return len(data)
	default:
		for at < len(data) {
			switch data[at] {
			case ',', ']', '}', ' ', '\n', '\r', '\t':
				return at
			}
			at++
		}
		return at
	}
}

// stringEnd gives the index of the quote that closes the string opened at
// start, or the end of the data.
func stringEnd(data []byte, start int) int {
	for at := start + 1; at < len(data); {
		length := bytes.IndexByte(data[at:], '"')
		if length < 0 {
			break
		}
		slash := bytes.IndexByte(data[at:at+length], '\\')
		if slash < 0 {
			return at + length
		}
		at += slash + 2 // behind what the backslash escapes
	}
	return len(data)
}
