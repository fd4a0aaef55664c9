package database

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"prosa/internal/base/fault"
)

// MaxList is how many values a caller should put into one IN list; a longer
// list is cut into chunks of it.
const MaxList = 500

// List spells n placeholders that start at number from: List(3, 3) is
// "$3, $4, $5".
func List(n, from int) string {
	var text strings.Builder
	for i := range n {
		if i > 0 {
			text.WriteString(", ")
		}
		text.WriteByte('$')
		text.WriteString(strconv.Itoa(from + i))
	}
	return text.String()
}

// Strings turns values into arguments.
func Strings(values []string) []any {
	args := make([]any, len(values))
	for i, value := range values {
		args[i] = value
	}
	return args
}

// Text checks that s can be stored by both engines: valid UTF-8 without NUL.
// Anything else is fault.Invalid.
func Text(s string) error {
	if !utf8.ValidString(s) {
		return fault.New(fault.Invalid, "the text is not valid UTF-8")
	}
	if strings.IndexByte(s, 0) >= 0 {
		return fault.New(fault.Invalid, "the text holds a NUL character")
	}
	return nil
}
