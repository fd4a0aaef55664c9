package telegram

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// reserved are the characters that MarkdownV2 wants escaped everywhere.
const reserved = "_*[]()~`>#+-=|{}.!"

type openMark struct {
	mark     string
	kind     string
	name     string // as error texts call it
	byteAt   int
	entityAt int
	language string
}

// parseMarkdown reads the MarkdownV2 style. Source: "MarkdownV2 style" and
// td's parse_markdown_v2; offsets are bytes.
func parseMarkdown(text string) (formatted, error) {
	var out builder
	var result formatted
	var stack []openMark
	quote, quoteAt := false, 0
	endQuote := func() {
		if quote && out.at > quoteAt {
			result.entities = append(result.entities, entity{Type: "blockquote", Offset: quoteAt, Length: out.at - quoteAt})
		}
		quote = false
	}
	lineStart := true
	for i := 0; i < len(text); {
		c := text[i]
		inCode := len(stack) > 0 && (stack[len(stack)-1].kind == "code" || stack[len(stack)-1].kind == "pre")
		if c == '\\' && i+1 < len(text) && text[i+1] > 0 && text[i+1] <= 126 {
			out.write(text[i+1 : i+2])
			i, lineStart = i+2, false
			continue
		}
		if lineStart && c == '>' && !inCode {
			if !quote {
				quote, quoteAt = true, out.at
			}
			i, lineStart = i+1, false
			continue
		}
		if c == '\n' && !inCode {
			if quote && (i+1 >= len(text) || text[i+1] != '>') {
				endQuote()
			}
			out.write("\n")
			i, lineStart = i+1, true
			continue
		}
		lineStart = false
		if inCode && c != '`' || !inCode && !strings.ContainsRune(reserved, rune(c)) {
			_, size := utf8.DecodeRuneInString(text[i:])
			out.write(text[i : i+size])
			i += size
			continue
		}
		mark := markAt(text[i:])
		if n := len(stack); n > 0 {
			top := stack[n-1]
			closes := top.mark == mark || top.kind == "text_link" && c == ']' || top.kind == "custom_emoji" && c == ']'
			if top.kind == "code" && c == '`' || top.kind == "pre" && strings.HasPrefix(text[i:], "```") {
				closes, mark = true, top.mark
			}
			if closes {
				e := entity{Type: top.kind, Offset: top.entityAt, Length: out.at - top.entityAt, Language: top.language}
				i += len(mark)
				if c == ']' {
					var address string
					var err error
					if address, i, err = linkTarget(text, i, top); err != nil {
						return formatted{}, err
					}
					if top.kind == "custom_emoji" {
						e.EmojiID = strings.TrimPrefix(address, "tg://emoji?id=")
					} else {
						e.URL = address
					}
				}
				if e.Length > 0 && !(e.Type == "text_link" && e.URL == "") {
					result.entities = append(result.entities, e)
				}
				stack = stack[:n-1]
				continue
			}
			if inCode {
				out.write(text[i : i+1])
				i++
				continue
			}
		}
		opened, ok := openAt(text, i, mark)
		if !ok {
			return formatted{}, fmt.Errorf("Character '%c' is reserved and must be escaped with the preceding '\\'", c)
		}
		opened.entityAt = out.at
		i += len(opened.mark)
		if opened.kind == "pre" {
			opened.language, i = preLanguage(text, i)
		}
		stack = append(stack, opened)
	}
	endQuote()
	if n := len(stack); n > 0 {
		return formatted{}, fmt.Errorf("Can't find end of %s entity at byte offset %d", stack[n-1].name, stack[n-1].byteAt)
	}
	result.text = out.text.String()
	return result, nil
}

func markAt(text string) string {
	for _, mark := range []string{"```", "__", "||", "!["} {
		if strings.HasPrefix(text, mark) {
			return mark
		}
	}
	return text[:1]
}

func openAt(text string, i int, mark string) (openMark, bool) {
	kinds := map[string][2]string{
		"*": {"bold", "Bold"}, "_": {"italic", "Italic"}, "__": {"underline", "Underline"},
		"~": {"strikethrough", "Strikethrough"}, "||": {"spoiler", "Spoiler"}, "`": {"code", "Code"},
		"```": {"pre", "Pre"}, "[": {"text_link", "TextUrl"}, "![": {"custom_emoji", "CustomEmoji"},
	}
	kind, ok := kinds[mark]
	return openMark{mark: mark, kind: kind[0], name: kind[1], byteAt: i}, ok
}

// linkTarget reads "(address)" after a link's text.
func linkTarget(text string, i int, top openMark) (string, int, error) {
	if i >= len(text) || text[i] != '(' {
		return "", i, nil // a text in brackets without an address stays plain
	}
	var address strings.Builder
	for i++; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text):
			i++
			address.WriteByte(text[i])
		case text[i] == ')':
			return address.String(), i + 1, nil
		default:
			address.WriteByte(text[i])
		}
	}
	return "", i, fmt.Errorf("Can't find end of a URL at byte offset %d", top.byteAt)
}

// preLanguage reads the language after three backticks, if a line break ends
// it.
func preLanguage(text string, i int) (string, int) {
	end := strings.IndexAny(text[i:], " \n`")
	if end <= 0 || text[i+end] != '\n' {
		if strings.HasPrefix(text[i:], "\n") {
			return "", i + 1
		}
		return "", i
	}
	return text[i : i+end], i + end + 1
}

// parseOldMarkdown reads the legacy style: no nesting, few marks.
func parseOldMarkdown(text string) (formatted, error) {
	var out builder
	var result formatted
	for i := 0; i < len(text); {
		c := text[i]
		if c == '\\' && i+1 < len(text) && strings.ContainsRune("_*`[", rune(text[i+1])) {
			out.write(text[i+1 : i+2])
			i += 2
			continue
		}
		kind := map[byte]string{'_': "italic", '*': "bold", '`': "code", '[': "text_link"}[c]
		if kind == "" {
			_, size := utf8.DecodeRuneInString(text[i:])
			out.write(text[i : i+size])
			i += size
			continue
		}
		mark, from := string(c), i
		if strings.HasPrefix(text[i:], "```") {
			kind, mark = "pre", "```"
		}
		closing := mark
		if c == '[' {
			closing = "]"
		}
		i += len(mark)
		end := strings.Index(text[i:], closing)
		if end < 0 {
			return formatted{}, fmt.Errorf("Can't find end of the entity starting at byte offset %d", from)
		}
		e := entity{Type: kind, Offset: out.at}
		out.write(text[i : i+end])
		e.Length = out.at - e.Offset
		i += end + len(closing)
		if kind == "text_link" && i < len(text) && text[i] == '(' {
			if stop := strings.IndexByte(text[i:], ')'); stop > 0 {
				e.URL = text[i+1 : i+stop]
				i += stop + 1
			}
		}
		if e.Length > 0 && (kind != "text_link" || e.URL != "") {
			result.entities = append(result.entities, e)
		}
	}
	result.text = out.text.String()
	return result, nil
}
