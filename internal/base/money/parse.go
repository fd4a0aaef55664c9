package money

import (
	"strings"

	"prosa/internal/base/fault"
)

var errText = fault.New(fault.Invalid, "not an amount of money, such as 1.234,50")

// maxText bounds what is looked at, in bytes.
const maxText = 40

// Parse reads an amount as people write it, first of all in Brazil: "49,90",
// "R$ 1.234,50", "1234.5", "1,234.56", "10". A dot before exactly three digits
// groups thousands, as it does in Portuguese; a comma is a decimal point unless
// a dot follows it. "1,234" is refused, since it means two things. Error:
// fault.Invalid.
func Parse(text string) (Amount, error) {
	amount, _, err := ParsePrice(text)
	return amount, err
}

// ParsePrice reads an amount and the currency beside it, in front or behind:
// "49.90 BRL", "R$ 49,90". No currency gives an empty one. Error:
// fault.Invalid.
func ParsePrice(text string) (Amount, Currency, error) {
	if len(text) > maxText {
		return 0, "", errText
	}
	text = strings.TrimSpace(strings.ReplaceAll(text, "\u00a0", " ")) // what pages put behind R$
	number, currency := text, Currency("")
	for code, form := range forms {
		for _, word := range []string{string(code), form.symbol} {
			if rest, ok := cut(text, word); ok && len(rest) < len(number) {
				number, currency = rest, code
			}
		}
	}
	amount, err := parseNumber(number)
	return amount, currency, err
}

// cut takes a word off either end, whatever its case.
func cut(text, word string) (rest string, ok bool) {
	if len(text) < len(word) {
		return text, false
	}
	if strings.EqualFold(text[:len(word)], word) {
		return strings.TrimSpace(text[len(word):]), true
	}
	if strings.EqualFold(text[len(text)-len(word):], word) {
		return strings.TrimSpace(text[:len(text)-len(word)]), true
	}
	return text, false
}

func parseNumber(text string) (Amount, error) {
	comma, dot := strings.LastIndexByte(text, ','), strings.LastIndexByte(text, '.')
	switch {
	case max(comma, dot) == len(text)-1: // nothing, or nothing behind the point
		return 0, errText
	case comma < 0 && dot < 0:
		return join(text, "")
	case comma > dot: // 1.234,50
		whole, ok := ungroup(text[:comma], '.')
		if !ok {
			return 0, errText
		}
		return join(whole, text[comma+1:])
	case comma >= 0: // 1,234.50
		whole, ok := ungroup(text[:dot], ',')
		if !ok {
			return 0, errText
		}
		return join(whole, text[dot+1:])
	case len(text)-dot-1 == 3: // 1.234 or 1.234.567
		whole, ok := ungroup(text, '.')
		if !ok {
			return 0, errText
		}
		return join(whole, "")
	default: // 1234.5
		return join(text[:dot], text[dot+1:])
	}
}

// ungroup takes the separators of thousands out, if they stand right.
func ungroup(text string, separator byte) (string, bool) {
	groups := strings.Split(text, string(separator))
	for i, group := range groups {
		if i > 0 && len(group) != 3 || i == 0 && (group == "" || len(groups) > 1 && len(group) > 3) {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

// ParseDecimal reads an amount as programs write it, "49.90" or "7.9" in the
// major unit; also the text of a JSON number. Zeros behind the second decimal
// are let pass, any other digit there is refused: no centavo is rounded away.
// Error: fault.Invalid.
func ParseDecimal(text string) (Amount, error) {
	if len(text) > maxText {
		return 0, errText
	}
	whole, cents, pointed := strings.Cut(text, ".")
	if pointed && cents == "" {
		return 0, errText
	}
	if len(cents) > 2 {
		if strings.Trim(cents[2:], "0") != "" {
			return 0, errText
		}
		cents = cents[:2]
	}
	return join(whole, cents)
}

// join makes an amount of the digits before and behind the point.
func join(whole, cents string) (Amount, error) {
	if whole == "" || len(whole) > 15 || len(cents) > 2 {
		return 0, errText
	}
	var amount Amount
	for _, part := range []string{whole, (cents + "00")[:2]} {
		for _, digit := range []byte(part) {
			if digit < '0' || digit > '9' {
				return 0, errText
			}
			amount = amount*10 + Amount(digit-'0')
		}
	}
	if amount > Max {
		return 0, fault.New(fault.TooLarge, "the amount is above what the house takes")
	}
	return amount, nil
}
