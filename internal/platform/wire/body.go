package wire

import (
	"bytes"
	"unicode/utf8"

	"prosa/internal/base/fault"
)

// Bounds of a body from outside. Meta posts at most 3 MB; no vendor nests
// deeper than about a dozen levels.
const (
	MaxBody  = 3 << 20
	MaxDepth = 64
)

// Clean gives a JSON body that is safe to hand on: bytes that are not UTF-8
// and escaped NULs become U+FFFD, since no database keeps them in a text and no
// customer means them. It does not check the syntax. A body that is clean
// comes back as it is. Errors: fault.TooLarge beyond MaxBody bytes,
// fault.Invalid beyond MaxDepth levels.
func Clean(body []byte) ([]byte, error) {
	if len(body) > MaxBody {
		return nil, fault.New(fault.TooLarge, "the body has %d bytes, more than %d", len(body), MaxBody)
	}
	if deeper(body, MaxDepth) {
		return nil, fault.New(fault.Invalid, "the body is nested deeper than %d levels", MaxDepth)
	}
	if !utf8.Valid(body) {
		body = bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	return withoutNUL(body), nil
}

// deeper reports whether JSON nests beyond max levels. Brackets inside strings
// do not count.
func deeper(body []byte, max int) bool {
	depth := 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '"':
			i = stringEnd(body, i)
		case '{', '[':
			if depth++; depth > max {
				return true
			}
		case '}', ']':
			depth--
		}
	}
	return false
}

// stringEnd gives the index of the quote that closes the string opened at
// start, or the end of the body.
func stringEnd(body []byte, start int) int {
	for i := start + 1; i < len(body); i++ {
		switch body[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(body)
}

var (
	escapedNUL     = []byte(`\u0000`)
	escapedUnknown = []byte(`\ufffd`)
)

// withoutNUL replaces the escape of NUL where the backslash is not itself
// escaped. The replacement has the same length, so that nothing behind it can
// join to another escape.
func withoutNUL(body []byte) []byte {
	if !bytes.Contains(body, escapedNUL) {
		return body
	}
	clean := bytes.Clone(body)
	for i := 0; i < len(clean); i++ {
		if clean[i] != '\\' {
			continue
		}
		if bytes.HasPrefix(clean[i:], escapedNUL) {
			copy(clean[i:], escapedUnknown)
		}
		i++ // what follows a backslash belongs to it
	}
	return clean
}
