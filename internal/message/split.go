package message

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Split cuts a text into parts that each fit the channel's text message: at a
// paragraph if one ends in the second half of the room, else at a sentence, a
// word, a grapheme. Only white space at the cuts is lost. An empty or blank
// text has no parts; buttons belong under the last part.
func Split(text string, channel Channel) []string {
	return split(text, LimitsOf(channel).Text)
}

func split(text string, size Size) []string {
	text = strings.TrimSpace(strings.ToValidUTF8(text, "\uFFFD"))
	var parts []string
	for text != "" {
		if size.Fits(text) {
			return append(parts, text)
		}
		head, _ := take(text, size)
		var rest string
		if head == "" {
			// One grapheme (a letter under a tower of accents) is longer than a
			// whole message: break it between code points.
			head, rest = takeRunes(text, size)
		} else {
			at := breakBefore(text, len(head))
			head, rest = text[:at], text[at:]
		}
		if head = strings.TrimRightFunc(head, unicode.IsSpace); head != "" {
			parts = append(parts, head)
		}
		text = strings.TrimLeftFunc(rest, unicode.IsSpace)
	}
	return parts
}

// breakBefore finds the best place to cut text at or before most, a grapheme
// boundary. It looks only at the second half so that no part is tiny.
func breakBefore(text string, most int) int {
	least := most / 2
	if at := strings.LastIndex(text[least:most], "\n\n"); at >= 0 && least+at > 0 {
		return least + at + 2
	}
	if at := lastSentence(text, least, most); at > 0 {
		return at
	}
	if next, _ := utf8.DecodeRuneInString(text[most:]); unicode.IsSpace(next) {
		return most
	}
	if at := strings.LastIndexFunc(text[least:most], unicode.IsSpace); at >= 0 && least+at > 0 {
		return least + at
	}
	return most
}

// lastSentence gives the end of the last sentence that ends after least and not
// after most, or 0.
func lastSentence(text string, least, most int) int {
	found, at, state := 0, 0, -1
	left := text
	for left != "" {
		var sentence string
		sentence, left, state = uniseg.FirstSentenceInString(left, state)
		at += len(sentence)
		if at > most {
			break
		}
		if at > least {
			found = at
		}
	}
	return found
}

func takeRunes(text string, size Size) (head, rest string) {
	at := 0
	for at < len(text) {
		_, n := utf8.DecodeRuneInString(text[at:])
		if at > 0 && !size.Fits(text[:at+n]) {
			break
		}
		at += n
	}
	return text[:at], text[at:]
}
