package br

import "strings"

// CPF reads a person's tax number and gives its 11 digits; ok is false when the
// check digits do not agree. Source: Receita Federal, calculation by weights 10
// to 2 and 11 to 2, modulo 11.
func CPF(text string) (digits string, ok bool) {
	digits, ok = plain(text, ".-/ ", isDigit)
	if !ok || len(digits) != 11 || same(digits) {
		return "", false
	}
	first := check(digits[:9], 2, 10)
	second := check(digits[:10], 2, 11)
	return digits, digits[9] == first && digits[10] == second
}

// FormatCPF writes 11 digits as 000.000.000-00; anything else comes back as it is.
func FormatCPF(digits string) string {
	if len(digits) != 11 {
		return digits
	}
	return digits[:3] + "." + digits[3:6] + "." + digits[6:9] + "-" + digits[9:]
}

// CNPJ reads a company's tax number and gives its 14 characters in upper case.
// Since July 2026 the first 12 may be letters: a character counts as its ASCII
// code less 48, the weights run 2 to 9 from the right. Source: Instrução
// Normativa RFB 2.229/2024.
func CNPJ(text string) (number string, ok bool) {
	number, ok = plain(strings.ToUpper(text), ".-/ ", func(c byte) bool { return isDigit(c) || c >= 'A' && c <= 'Z' })
	if !ok || len(number) != 14 || same(number) || !isDigit(number[12]) || !isDigit(number[13]) {
		return "", false
	}
	first := check(number[:12], 2, 9)
	second := check(number[:13], 2, 9)
	return number, number[12] == first && number[13] == second
}

// FormatCNPJ writes 14 characters as 00.000.000/0000-00; anything else comes
// back as it is.
func FormatCNPJ(number string) string {
	if len(number) != 14 {
		return number
	}
	return number[:2] + "." + number[2:5] + "." + number[5:8] + "/" + number[8:12] + "-" + number[12:]
}

// CEP reads a postal code and gives its 8 digits. It has no check digit; a code
// of zeros is refused. Source: Correios.
func CEP(text string) (digits string, ok bool) {
	digits, ok = plain(text, ".- ", isDigit)
	return digits, ok && len(digits) == 8 && digits[:5] != "00000"
}

// FormatCEP writes 8 digits as 00000-000; anything else comes back as it is.
func FormatCEP(digits string) string {
	if len(digits) != 8 {
		return digits
	}
	return digits[:5] + "-" + digits[5:]
}

// check gives the modulo 11 check digit of body: weights from low, at the right
// end, up to high and round again.
func check(body string, low, high int) byte {
	sum, weight := 0, low
	for i := len(body) - 1; i >= 0; i-- {
		sum += int(body[i]-'0') * weight
		if weight++; weight > high {
			weight = low
		}
	}
	if rest := sum % 11; rest >= 2 {
		return byte('0' + 11 - rest)
	}
	return '0'
}

// plain drops the separators and refuses every other character that keep does
// not want. Full-width and other digits are not digits here.
func plain(text, separators string, keep func(byte) bool) (string, bool) {
	text = strings.TrimSpace(text)
	if len(text) > 40 {
		return "", false
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case keep(c):
			out = append(out, c)
		case strings.IndexByte(separators, c) < 0:
			return "", false
		}
	}
	return string(out), true
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// same reports a number of one repeated character, which passes the arithmetic
// and is nobody's.
func same(text string) bool { return strings.Count(text, text[:1]) == len(text) }
