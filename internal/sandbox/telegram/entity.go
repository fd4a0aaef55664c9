package telegram

import (
	"regexp"
	"sort"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// entity is a MessageEntity; offset and length count UTF-16 units.
type entity struct {
	Type     string `json:"type"`
	Offset   int    `json:"offset"`
	Length   int    `json:"length"`
	URL      string `json:"url,omitempty"`
	User     any    `json:"user,omitempty"`
	Language string `json:"language,omitempty"`
	EmojiID  string `json:"custom_emoji_id,omitempty"`
}

// entityTypes are the types that a caller may give.
var entityTypes = map[string]bool{
	"mention": true, "hashtag": true, "cashtag": true, "bot_command": true, "url": true, "email": true,
	"phone_number": true, "bold": true, "italic": true, "underline": true, "strikethrough": true, "spoiler": true,
	"blockquote": true, "expandable_blockquote": true, "code": true, "pre": true, "text_link": true,
	"text_mention": true, "custom_emoji": true, "date_time": true,
}

// units counts the UTF-16 units of text.
func units(text string) int {
	n := 0
	for _, r := range text {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}

// formatted is a text with its entities.
type formatted struct {
	text     string
	entities []entity
}

// readText parses a text by its mode. The error's text follows "can't parse
// entities".
func readText(text, mode string, given []entity) (formatted, *apiError) {
	if !utf8.ValidString(text) {
		return formatted{}, bad("strings must be encoded in UTF-8")
	}
	var out formatted
	var err error
	switch strings.ToLower(mode) {
	case "":
		out = formatted{text: text, entities: given}
	case "html":
		out, err = parseHTML(text)
	case "markdownv2":
		out, err = parseMarkdown(text)
	case "markdown":
		out, err = parseOldMarkdown(text)
	default:
		return formatted{}, bad("unsupported parse_mode")
	}
	if err != nil {
		return formatted{}, bad("can't parse entities: %s", err.Error())
	}
	return out.trimmed().withFound(), nil
}

// trimmed cuts white space from both ends, as the server does, and drops
// entities that became empty.
func (f formatted) trimmed() formatted {
	const space = " \t\r\n\u00a0"
	left := strings.TrimLeft(f.text, space)
	cut := units(f.text) - units(left)
	out := formatted{text: strings.TrimRight(left, space)}
	end := units(out.text)
	for _, e := range f.entities {
		from, to := max(0, e.Offset-cut), min(end, e.Offset+e.Length-cut)
		if to > from {
			e.Offset, e.Length = from, to-from
			out.entities = append(out.entities, e)
		}
	}
	return out
}

var found = []struct {
	kind string
	form *regexp.Regexp
}{
	{"bot_command", regexp.MustCompile(`(?:^|\s)(/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{5,32})?)`)},
	{"url", regexp.MustCompile(`(?:^|\s|\()(https?://[^\s<>)]+)`)},
	{"email", regexp.MustCompile(`(?:^|\s)([A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z0-9.-]+)`)},
	{"mention", regexp.MustCompile(`(?:^|\s)(@[A-Za-z0-9_]{4,32})\b`)},
}

// withFound adds the entities that the server finds by itself.
func (f formatted) withFound() formatted {
	taken := func(from, to int) bool {
		for _, e := range f.entities {
			if from < e.Offset+e.Length && e.Offset < to {
				return true
			}
		}
		return false
	}
	if strings.ContainsAny(f.text, "/@") {
		for _, kind := range found {
			for _, at := range kind.form.FindAllStringSubmatchIndex(f.text, -1) {
				from := units(f.text[:at[2]])
				to := from + units(f.text[at[2]:at[3]])
				if !taken(from, to) {
					f.entities = append(f.entities, entity{Type: kind.kind, Offset: from, Length: to - from})
				}
			}
		}
	}
	sort.SliceStable(f.entities, func(i, j int) bool {
		a, b := f.entities[i], f.entities[j]
		return a.Offset < b.Offset || a.Offset == b.Offset && a.Length > b.Length
	})
	return f
}

// builder collects text and knows its length in UTF-16 units.
type builder struct {
	text strings.Builder
	at   int
}

func (b *builder) write(text string) {
	b.text.WriteString(text)
	b.at += units(text)
}
