package expression

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// function is a built-in; the second value is Empty where it takes one. None
// gives a text longer than those it was given together, or than maxText.
type function func(a, b Value) Value

type builtin struct {
	args int
	run  function
}

func lookup(name string) (builtin, bool) {
	switch name {
	case "length":
		return builtin{1, func(a, _ Value) Value { return OfNumber(float64(utf8.RuneCountInString(a.String()))) }}, true
	case "lower":
		return builtin{1, func(a, _ Value) Value { return Of(clip(strings.ToLower(a.String()))) }}, true
	case "upper":
		return builtin{1, func(a, _ Value) Value { return Of(clip(strings.ToUpper(a.String()))) }}, true
	case "trim":
		return builtin{1, func(a, _ Value) Value { return Of(strings.TrimSpace(a.String())) }}, true
	case "number":
		return builtin{1, func(a, _ Value) Value {
			if n, ok := a.Number(); ok {
				return OfNumber(n)
			}
			return Value{}
		}}, true
	case "first": // the first word: a name to greet by
		return builtin{1, func(a, _ Value) Value {
			for word := range strings.FieldsSeq(a.String()) {
				return Of(word)
			}
			return Value{}
		}}, true
	case "prefix": // ", " before a name that may be missing
		return builtin{2, func(a, b Value) Value {
			if b.Kind == Empty {
				return Value{}
			}
			return Of(clip(a.String() + b.String()))
		}}, true
	case "date": // a day that was saved, as it is read in Brazil: "25/12/2026"
		return builtin{1, func(a, _ Value) Value {
			if day, err := time.Parse(time.DateOnly, a.String()); err == nil {
				return Of(day.Format("02/01/2006"))
			}
			return a
		}}, true
	case "money": // cents, as they are read in Brazil: "R$ 1.234,56"
		return builtin{1, func(a, _ Value) Value {
			if cents, ok := a.Number(); ok && math.Abs(cents) < 1e15 {
				return Of(reais(int64(math.Round(cents))))
			}
			return Value{}
		}}, true
	case "digits": // the digits of a text, of a phone or document as it was written
		return builtin{1, func(a, _ Value) Value {
			return Of(strings.Map(func(r rune) rune {
				if r < '0' || r > '9' {
					return -1
				}
				return r
			}, a.String()))
		}}, true
	case "round":
		return builtin{2, func(a, b Value) Value {
			x, ok := a.Number()
			places, also := b.Number()
			if !ok || !also || places < 0 || places > 6 {
				return Value{}
			}
			scale := math.Pow10(int(places))
			return OfNumber(math.Round(x*scale) / scale)
		}}, true
	default:
		return builtin{}, false
	}
}

// reais writes cents as "R$ 1.234,56".
func reais(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	whole := strconv.FormatInt(cents/100, 10)
	var b strings.Builder
	b.WriteString(sign + "R$ ")
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte('.')
		}
		b.WriteByte(whole[i])
	}
	b.WriteByte(',')
	b.WriteByte(byte('0' + cents%100/10))
	b.WriteByte(byte('0' + cents%10))
	return b.String()
}
