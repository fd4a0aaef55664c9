package flow

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"prosa/internal/base/br"
	"prosa/internal/message"
	"prosa/internal/message/fold"
	"prosa/internal/modules/flow/expression"
)

// expectation gives the check of a Question.Expect.
func expectation(expect string) (check, bool) {
	switch expect {
	case "text":
		return expectText, true
	case "number":
		return expectNumber, true
	case "email":
		return written("email", email), true
	case "phone":
		return expectPhone, true
	case "date":
		return expectDate, true
	case "cpf":
		return written("cpf", br.CPF), true
	case "cnpj":
		return written("cnpj", br.CNPJ), true
	case "cep":
		return written("cep", br.CEP), true
	case "money":
		return expectMoney, true
	case "time":
		return expectTime, true
	case "file":
		return expectFile, true
	case "location":
		return expectLocation, true
	default:
		return nil, false
	}
}

// words gives what the customer wrote; a caption counts, an emoji reaction or
// the description of a place does not.
func words(content *message.Content) string {
	return strings.TrimSpace(content.Text)
}

// written makes a check of a reader of text.
func written(name string, read func(string) (string, bool)) check {
	return func(r *run, _ *questionNode, content *message.Content) (expression.Value, string) {
		if plain, ok := read(words(content)); ok {
			return expression.Of(plain), ""
		}
		return expression.Value{}, r.phrases().expect[name]
	}
}

func expectText(r *run, n *questionNode, content *message.Content) (expression.Value, string) {
	text := words(content)
	phrases := r.phrases()
	length := float64(utf8.RuneCountInString(text))
	switch {
	case text == "":
		return expression.Value{}, phrases.expect["text"]
	case n.Min != nil && length < *n.Min:
		return expression.Value{}, phrases.short
	case n.Max != nil && length > *n.Max:
		return expression.Value{}, phrases.long
	default:
		return expression.Of(text), ""
	}
}

func expectNumber(r *run, n *questionNode, content *message.Content) (expression.Value, string) {
	value, ok := readNumber(words(content))
	switch {
	case !ok:
		return expression.Value{}, r.phrases().expect["number"]
	case n.Min != nil && value < *n.Min, n.Max != nil && value > *n.Max:
		return expression.Value{}, r.phrases().bounds
	default:
		return expression.OfNumber(value), ""
	}
}

// readNumber reads "42", "1.234,56", "1,234.56", "R$ 10,50", "10%". A single
// separator with three digits behind it is of thousands, as it is in "1.500".
func readNumber(text string) (float64, bool) {
	text = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(text, "R$"), "$"))
	text = strings.TrimSpace(strings.TrimSuffix(text, "%"))
	digits := strings.TrimPrefix(text, "-")
	if digits == "" || len(digits) > 20 || strings.Trim(digits, "0123456789.,") != "" || strings.Trim(digits, ".,") == "" {
		return 0, false
	}
	dot, comma := strings.LastIndexByte(text, '.'), strings.LastIndexByte(text, ',')
	decimal := max(dot, comma)
	if decimal >= 0 {
		sign := text[decimal]
		one := dot < 0 || comma < 0
		if one && (strings.Count(text, string(sign)) > 1 || len(text)-decimal-1 == 3 && digits[0] != '0') {
			decimal = -1
		}
	}
	var b strings.Builder
	for i := range len(text) {
		switch c := text[i]; {
		case i == decimal:
			b.WriteByte('.')
		case c != '.' && c != ',':
			b.WriteByte(c)
		}
	}
	value, err := strconv.ParseFloat(b.String(), 64)
	return value, err == nil
}

// email reads one bare address: the dot-atom form of RFC 5322 section 3.2.3 and
// a domain of at least two labels, in lower case. Quoted local parts and comments
// are refused: nobody has them and senders choke on them.
func email(text string) (string, bool) {
	text = strings.ToLower(strings.Trim(text, " .,;"))
	local, domain, found := strings.Cut(text, "@")
	if !found || len(text) > 254 || len(local) > 64 || !labels(local, "!#$%&'*+-/=?^_`{|}~") || !labels(domain, "-") {
		return "", false
	}
	dot := strings.LastIndexByte(domain, '.')
	if dot < 0 || len(domain)-dot-1 < 2 || strings.Trim(domain[dot+1:], "0123456789") == "" {
		return "", false
	}
	return text, true
}

// labels reports whether text is one or more runs of letters, digits and signs,
// with single dots between them.
func labels(text, signs string) bool {
	for label := range strings.SplitSeq(text, ".") {
		if label == "" || signs == "-" && (label[0] == '-' || label[len(label)-1] == '-') {
			return false
		}
		for i := range len(label) {
			if c := label[i]; !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || strings.IndexByte(signs, c) >= 0) {
				return false
			}
		}
	}
	return true
}

// phone reads a Brazilian number, or any other with a plus and its country code
// (E.164: at most 15 digits). The digits come without the plus.
func phone(text string) (string, bool) {
	if digits, ok := br.Phone(text); ok {
		return digits, true
	}
	rest, plus := strings.CutPrefix(strings.TrimSpace(text), "+")
	if !plus || strings.HasPrefix(rest, "55") {
		return "", false
	}
	digits := strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "").Replace(rest)
	if len(digits) < 8 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" || digits[0] == '0' {
		return "", false
	}
	return digits, true
}

// expectDate reads a day as people in Brazil write it and saves it as
// 2026-12-25, which also sorts and compares.
func expectDate(r *run, _ *questionNode, content *message.Content) (expression.Value, string) {
	today := time.UnixMilli(r.env.NowMS).In(r.zone())
	day, ok := date(fold.Words(words(content)), today)
	if !ok {
		return expression.Value{}, r.phrases().expect["date"]
	}
	return expression.Of(day.Format(time.DateOnly)), ""
}

// date reads "25 12 2026", "25 12 26", "25 12" (the next one), "2026 12 25",
// "hoje", "amanha" and "ontem"; the words come without their signs.
func date(words string, today time.Time) (time.Time, bool) {
	switch words {
	case "hoje", "today":
		return today, true
	case "amanha", "tomorrow":
		return today.AddDate(0, 0, 1), true
	case "depois de amanha":
		return today.AddDate(0, 0, 2), true
	case "ontem", "yesterday":
		return today.AddDate(0, 0, -1), true
	}
	parts := strings.Fields(words)
	if len(parts) < 2 || len(parts) > 3 {
		return time.Time{}, false
	}
	numbers := make([]int, len(parts))
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || len(part) > 4 {
			return time.Time{}, false
		}
		numbers[i] = n
	}
	day, month, year := numbers[0], numbers[1], 0
	switch {
	case len(numbers) == 2:
		year = today.Year()
		if !time.Date(year, time.Month(month), day+1, 0, 0, 0, 0, today.Location()).After(today) {
			year++
		}
	case len(parts[0]) == 4:
		year, month, day = numbers[0], numbers[1], numbers[2]
	case len(parts[2]) == 2:
		// A birth date is in the past, a booking close by: pick the century that
		// is not more than ten years ahead.
		if year = numbers[2] + 2000; year > today.Year()+10 {
			year -= 100
		}
	default:
		year = numbers[2]
	}
	if year < 1900 || year > 2200 {
		return time.Time{}, false
	}
	at := time.Date(year, time.Month(month), day, 0, 0, 0, 0, today.Location())
	return at, at.Day() == day && int(at.Month()) == month
}
