package flow

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"prosa/internal/message"
	"prosa/internal/message/fold"
	"prosa/internal/message/lay"
	"prosa/internal/modules/flow/expression"
)

// expectMoney reads an amount as people write it and saves it in cents.
func expectMoney(r *run, n *questionNode, content *message.Content) (expression.Value, string) {
	cents, ok := money(words(content))
	switch {
	case !ok:
		return expression.Value{}, r.phrases().expect["money"]
	case n.Min != nil && cents < *n.Min, n.Max != nil && cents > *n.Max:
		return expression.Value{}, r.phrases().bounds
	default:
		return expression.OfNumber(cents), ""
	}
}

// money reads "R$ 1.234,56", "1.234", "50 reais", "12,5", "R$50" as cents. More
// than two places behind the comma are no amount.
func money(text string) (cents float64, ok bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	for _, unit := range []string{"reais", "real", "brl"} {
		text = strings.TrimSpace(strings.TrimSuffix(text, unit))
	}
	text = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(text, "r$"), "$"))
	if strings.HasPrefix(text, "-") || strings.HasSuffix(text, "%") {
		return 0, false
	}
	value, ok := readNumber(text)
	if !ok || value > 1e12 {
		return 0, false
	}
	cents = math.Round(value * 100)
	return cents, math.Abs(value*100-cents) < 1e-4
}

// expectTime reads a time of the day and saves it as 14:30.
func expectTime(r *run, _ *questionNode, content *message.Content) (expression.Value, string) {
	minute, ok := timeOfDay(fold.Words(words(content)))
	if !ok {
		return expression.Value{}, r.phrases().expect["time"]
	}
	return expression.Of(pad(minute/60) + ":" + pad(minute%60)), ""
}

func pad(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// timeOfDay reads folded words: "14 30", "14h30", "14h", "9", "as 9 da manha", "3 da
// tarde", "8 e meia da noite", "2 pm", "meio dia", "meia noite".
func timeOfDay(words string) (minute int, ok bool) {
	words = strings.TrimPrefix(strings.TrimPrefix(words, "as "), "a ")
	switch words {
	case "meio dia", "noon":
		return 12 * 60, true
	case "meia noite", "midnight":
		return 0, true
	}
	var numbers []int
	afternoon, morning, half := false, false, false
	for word := range strings.FieldsSeq(words) {
		switch word {
		case "da", "de", "do", "h", "hs", "hora", "horas", "min", "minutos", "e", "o", "clock", "in", "the":
		case "tarde", "noite", "pm", "afternoon", "evening":
			afternoon = true
		case "manha", "madrugada", "am", "morning":
			morning = true
		case "meia":
			half = true
		default:
			for part := range strings.FieldsFuncSeq(word, func(c rune) bool { return c == 'h' }) {
				part, pm := strings.CutSuffix(part, "pm")
				part, am := strings.CutSuffix(part, "am")
				afternoon, morning = afternoon || pm, morning || am
				n, err := strconv.Atoi(strings.TrimSuffix(part, "min"))
				if err != nil || n < 0 || len(part) > 5 {
					return 0, false
				}
				numbers = append(numbers, n)
			}
		}
	}
	if half {
		numbers = append(numbers, 30)
	}
	if len(numbers) == 0 || len(numbers) > 2 || afternoon && morning {
		return 0, false
	}
	hour := numbers[0]
	if len(numbers) == 2 {
		minute = numbers[1]
	}
	switch {
	case afternoon && hour >= 1 && hour < 12:
		hour += 12
	case morning && hour == 12:
		hour = 0
	}
	return hour*60 + minute, hour < 24 && minute < 60
}

// expectFile takes a medium and saves its file name or, where it has none, its
// kind: the file itself stays in the conversation.
func expectFile(r *run, n *questionNode, content *message.Content) (expression.Value, string) {
	switch {
	case !filed(content.Kind), len(n.Kinds) > 0 && !slices.Contains(n.Kinds, content.Kind):
		return expression.Value{}, r.phrases().expect["file"]
	case content.Media != nil && content.Media.Name != "":
		return expression.Of(content.Media.Name), ""
	default:
		return expression.Of(string(content.Kind)), ""
	}
}

// filed reports a kind of content that is a file.
func filed(kind message.Kind) bool {
	switch kind {
	case message.Image, message.Video, message.Audio, message.Document, message.Sticker:
		return true
	}
	return false
}

// expectLocation takes a place and saves it as "latitude,longitude".
func expectLocation(r *run, _ *questionNode, content *message.Content) (expression.Value, string) {
	if content.Kind != message.Place || content.Place == nil {
		return expression.Value{}, r.phrases().expect["location"]
	}
	return expression.Of(degrees(content.Place.Latitude) + "," + degrees(content.Place.Longitude)), ""
}

func degrees(of float64) string { return strconv.FormatFloat(of, 'f', 6, 64) }

// expectPhone takes a number that was written, or the first one of a contact
// that was sent.
func expectPhone(r *run, n *questionNode, content *message.Content) (expression.Value, string) {
	if content.Kind == message.Cards {
		for _, card := range content.Cards {
			for _, number := range card.Phones {
				if digits, ok := cardPhone(number); ok {
					return expression.Of(digits), ""
				}
			}
		}
		return expression.Value{}, r.phrases().expect["phone"]
	}
	return written("phone", phone)(r, n, content)
}

// cardPhone reads a number as platforms write it on a card: with or without
// the plus before its country code.
func cardPhone(number string) (string, bool) {
	if digits, ok := phone(number); ok {
		return digits, true
	}
	return phone("+" + strings.TrimPrefix(strings.TrimSpace(number), "+"))
}

// asked is what the app of the customer is asked for by an expectation, a value
// of message.Content.Request; empty where no app has a button.
func asked(expect string) string {
	switch expect {
	case "location":
		return lay.Place
	case "phone":
		return lay.Phone
	case "email":
		return lay.Email
	default:
		return ""
	}
}

// partsOf lists the parts that the answer to an expectation has beside its value.
func partsOf(expect string) []string {
	switch expect {
	case "location":
		return []string{"latitude", "longitude", "name", "address"}
	case "file":
		return []string{"id", "kind", "mime", "name"}
	case "phone":
		return []string{"name"}
	default:
		return nil
	}
}

// part gives one part of an answer; one that it does not have is empty.
func (r *run) part(expect, name string, content *message.Content) expression.Value {
	switch {
	case expect == "location" && content.Place != nil:
		return placePart(name, content.Place)
	case expect == "file" && name == "kind":
		return expression.Of(came(content))
	case expect == "file" && name == "id":
		return expression.Of(r.heard.ID)
	case expect == "file" && content.Media != nil && name == "mime":
		return expression.Of(content.Media.MIME)
	case expect == "file" && content.Media != nil:
		return expression.Of(content.Media.Name)
	case expect == "phone" && len(content.Cards) > 0:
		return expression.Of(content.Cards[0].Name)
	default:
		return expression.Value{}
	}
}

func placePart(name string, place *message.Location) expression.Value {
	switch name {
	case "latitude":
		return expression.OfNumber(place.Latitude)
	case "longitude":
		return expression.OfNumber(place.Longitude)
	case "address":
		return expression.Of(place.Address)
	default:
		return expression.Of(place.Name)
	}
}
