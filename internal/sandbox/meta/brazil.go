package meta

import "strings"

// digits keeps the digits of a telephone number.
func digits(text string) string {
	var out strings.Builder
	for _, c := range []byte(text) {
		if c >= '0' && c <= '9' {
			out.WriteByte(c)
		}
	}
	return out.String()
}

// otherForm gives the second spelling of a Brazilian mobile number: with the
// ninth digit when it has none, without it when it has one. Accounts made
// before the ninth digit keep a wa_id of 12 digits; WhatsApp takes both
// spellings of a recipient and answers with the account's own. Landlines
// (2 to 5) have one spelling.
func otherForm(number string) (string, bool) {
	if !strings.HasPrefix(number, "55") {
		return "", false
	}
	switch {
	case len(number) == 12 && number[4] >= '6':
		return number[:4] + "9" + number[4:], true
	case len(number) == 13 && number[4] == '9' && number[5] >= '6':
		return number[:4] + number[5:], true
	}
	return "", false
}

// country guesses the two letters that start a business-scoped user id.
func country(number string) string {
	prefixes := []struct{ prefix, code string }{
		{"55", "BR"}, {"351", "PT"}, {"54", "AR"}, {"52", "MX"}, {"57", "CO"},
		{"56", "CL"}, {"34", "ES"}, {"44", "GB"}, {"1", "US"},
	}
	for _, p := range prefixes {
		if strings.HasPrefix(number, p.prefix) {
			return p.code
		}
	}
	return "BR"
}
