package expression

import (
	"math"
	"strconv"
	"strings"

	"prosa/internal/message/fold"
)

// Kind says what a Value holds.
type Kind uint8

// Kinds of value. The zero kind is Empty: nothing was set.
const (
	Empty Kind = iota
	Text
	Number
	Flag
)

// Value is a text, a number, a truth value, or nothing. Values are compared
// with Equal, not with ==.
type Value struct {
	Kind   Kind
	text   string
	number float64
}

// Of makes a text value; an empty text is Empty.
func Of(text string) Value {
	if text == "" {
		return Value{}
	}
	return Value{Kind: Text, text: text}
}

// OfNumber makes a number; what is not finite is Empty.
func OfNumber(n float64) Value {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return Value{}
	}
	return Value{Kind: Number, number: n}
}

// OfFlag makes a truth value.
func OfFlag(yes bool) Value {
	v := Value{Kind: Flag}
	if yes {
		v.number = 1
	}
	return v
}

// String writes the value as a customer reads it: numbers without exponent or
// needless zeros, truth as "true" and "false", nothing as "".
func (v Value) String() string {
	switch v.Kind {
	case Text:
		return v.text
	case Number:
		return strconv.FormatFloat(v.number, 'f', -1, 64)
	case Flag:
		return strconv.FormatBool(v.number != 0)
	default:
		return ""
	}
}

// Number gives the value as a number; ok is false where it is none. A text
// counts when all of it is a plain decimal ("12.5").
func (v Value) Number() (n float64, ok bool) {
	switch v.Kind {
	case Number, Flag:
		return v.number, true
	case Text:
		if len(v.text) > 40 || strings.ContainsAny(v.text, "xXpPiInN_") {
			return 0, false // no hexadecimal, infinity or NaN
		}
		n, err := strconv.ParseFloat(v.text, 64)
		return n, err == nil
	default:
		return 0, false
	}
}

// Truth is false for nothing, an empty text, zero and false.
func (v Value) Truth() bool { return v.Kind == Text || v.number != 0 }

// Equal compares as a person would: numbers by value, texts without case and
// accents, nothing only with nothing.
func Equal(a, b Value) bool {
	if a.Kind == Empty || b.Kind == Empty {
		return a.Kind == b.Kind
	}
	if a.Kind == Text && b.Kind == Text {
		return a.text == b.text || fold.Text(a.text) == fold.Text(b.text)
	}
	x, ok := a.Number()
	y, also := b.Number()
	return ok && also && x == y
}

// less orders numbers by value and texts by their folded form; ok is false
// where the two have no order.
func less(a, b Value) (yes, ok bool) {
	x, isNumber := a.Number()
	y, also := b.Number()
	if isNumber && also {
		return x < y, true
	}
	if a.Kind == Text && b.Kind == Text {
		return fold.Text(a.text) < fold.Text(b.text), true
	}
	return false, false
}
