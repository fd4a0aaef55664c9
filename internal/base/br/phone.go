package br

import "strings"

// Phone reads a Brazilian number as a person types it, "(81) 99999-1234" or
// "+55 81 3333-1234", and gives it with the country code and no sign,
// "5581999991234". A mobile of eight digits, as written before 2016, gets its
// ninth. Source: Anatel, numbering plan: area codes, mobiles begin with 9,
// fixed lines with 2 to 5.
func Phone(text string) (digits string, ok bool) {
	digits, ok = plain(text, "+()-. /", isDigit)
	if !ok {
		return "", false
	}
	if len(digits) >= 12 && strings.HasPrefix(digits, "55") {
		digits = digits[2:]
	}
	digits = strings.TrimPrefix(digits, "0") // trunk prefix
	if len(digits) < 10 || len(digits) > 11 || !area(digits[:2]) {
		return "", false
	}
	switch local := digits[2:]; {
	case len(local) == 9:
		return "55" + digits, local[0] == '9'
	case local[0] >= '2' && local[0] <= '5':
		return "55" + digits, true
	case local[0] >= '6':
		return "55" + digits[:2] + "9" + local, true
	default:
		return "", false
	}
}

// FormatPhone writes a number of Phone's form as "(81) 99999-1234"; anything
// else comes back as it is.
func FormatPhone(digits string) string {
	local, found := strings.CutPrefix(digits, "55")
	if !found || len(local) < 10 || len(local) > 11 {
		return digits
	}
	cut := len(local) - 4
	return "(" + local[:2] + ") " + local[2:cut] + "-" + local[cut:]
}

// Variants gives the forms under which the same Brazilian mobile may be known
// (with and without the ninth digit), the given one first. Any other number has
// only itself. Old accounts keep an id without the digit, so a number is
// matched by both and sent to as the platform gave it.
func Variants(digits string) []string {
	if !strings.HasPrefix(digits, "55") || len(digits) < 12 || !area(digits[2:4]) {
		return []string{digits}
	}
	switch head, local := digits[:4], digits[4:]; {
	case len(local) == 9 && local[0] == '9' && local[1] >= '6':
		return []string{digits, head + local[1:]}
	case len(local) == 8 && local[0] >= '6':
		return []string{digits, head + "9" + local}
	default:
		return []string{digits}
	}
}

// area reports whether the two digits are an area code in use (67 of them).
func area(code string) bool {
	const codes = "11 12 13 14 15 16 17 18 19 21 22 24 27 28 31 32 33 34 35 37 38 41 42 43 44 45 46 47 48 49 51 53 54 55 " +
		"61 62 63 64 65 66 67 68 69 71 73 74 75 77 79 81 82 83 84 85 86 87 88 89 91 92 93 94 95 96 97 98 99"
	return strings.Contains(codes, code) && !strings.Contains(code, " ")
}
