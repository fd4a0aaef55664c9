package card

// Lengths of a number, in digits.
const (
	shortest = 15
	longest  = 19
)

// Within reports whether a text holds the number of a card: alone or among other
// words, in groups parted by a blank, a dash or a dot. Digits that touch a letter
// are part of something else, such as an id.
func Within(text string) bool {
	for i := range len(text) {
		if isDigit(text[i]) && (i == 0 || !isWord(text[i-1])) && begins(text[i:]) {
			return true
		}
	}
	return false
}

// begins reports whether a text, which begins with a digit, begins with a number.
func begins(text string) bool {
	var digits []byte
	for i := 0; i < len(text) && len(digits) < longest; i++ {
		switch c := text[i]; {
		case isDigit(c):
			digits = append(digits, c)
			if whole := i+1 == len(text) || !isWord(text[i+1]); whole && isNumber(digits) {
				return true
			}
		case (c == ' ' || c == '-' || c == '.') && i+1 < len(text) && isDigit(text[i+1]):
		default:
			return false
		}
	}
	return false
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isWord takes all beyond ASCII for letters.
func isWord(c byte) bool {
	return isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}

func isNumber(digits []byte) bool {
	if len(digits) < shortest || len(digits) > longest || !issued(string(digits[:4])) {
		return false
	}
	sum := 0
	for i, c := range digits {
		n := int(c - '0')
		if (len(digits)-i)%2 == 0 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}

// issued tells whether numbers of cards begin so: American Express 34 and 37, JCB
// 3528 to 3589, Visa 4, Mastercard 51 to 55 and 2221 to 2720, and 50, 56 to 58 and
// 6, where Elo, Maestro, Hipercard, Discover and UnionPay stand.
func issued(first string) bool {
	switch {
	case first[0] == '4', first[0] == '5' && first[1] != '9', first[0] == '6':
		return true
	case first[:2] == "34", first[:2] == "37":
		return true
	}
	return first >= "2221" && first <= "2720" || first >= "3528" && first <= "3589"
}
