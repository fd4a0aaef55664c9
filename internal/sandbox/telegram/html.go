package telegram

import (
	"fmt"
	"html"
	"strings"
)

// htmlTags are the supported tags with the entity that each makes.
var htmlTags = map[string]string{
	"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
	"s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
	"span": "spoiler", "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote",
	"tg-emoji": "custom_emoji", "tg-time": "date_time",
}

type openTag struct {
	name, argument string
	expandable     bool
	entityAt       int
	outAt          int
}

// parseHTML reads the HTML style of the manual. Source of the rules and of the
// error texts: "HTML style" and td's parse_html; offsets are bytes.
func parseHTML(text string) (formatted, error) {
	var out builder
	var result formatted
	var stack []openTag
	for i := 0; i < len(text); {
		switch text[i] {
		case '&':
			plain, size := htmlEntity(text[i:])
			out.write(plain)
			i += size
		case '<':
			end := strings.IndexByte(text[i:], '>')
			if end < 0 {
				return formatted{}, fmt.Errorf("Unclosed start tag at byte offset %d", i)
			}
			inside := text[i+1 : i+end]
			if name, closing := strings.CutPrefix(inside, "/"); closing {
				name = strings.ToLower(strings.TrimSpace(name))
				if len(stack) == 0 {
					return formatted{}, fmt.Errorf("Unexpected end tag at byte offset %d", i)
				}
				top := stack[len(stack)-1]
				if name != "" && name != top.name {
					return formatted{}, fmt.Errorf("Unmatched end tag at byte offset %d, expected \"</%s>\", found \"</%s>\"", i, top.name, name)
				}
				stack = stack[:len(stack)-1]
				result.close(top, out.at, out.text.String(), stack)
			} else {
				tag, err := startTag(inside, i)
				if err != nil {
					return formatted{}, err
				}
				tag.entityAt, tag.outAt = out.at, out.text.Len()
				stack = append(stack, tag)
			}
			i += end + 1
		default:
			next := strings.IndexAny(text[i:], "<&")
			if next < 0 {
				next = len(text) - i
			}
			out.write(text[i : i+next])
			i += next
		}
	}
	if len(stack) > 0 {
		return formatted{}, fmt.Errorf("Can't find end tag corresponding to start tag \"%s\"", stack[len(stack)-1].name)
	}
	result.text = out.text.String()
	return result, nil
}

// close adds the entity of a tag that ended at UTF-16 unit `at`.
func (f *formatted) close(tag openTag, at int, text string, stack []openTag) {
	e := entity{Type: htmlTags[tag.name], Offset: tag.entityAt, Length: at - tag.entityAt}
	if e.Length == 0 {
		return
	}
	switch tag.name {
	case "a":
		e.URL = tag.argument
		if e.URL == "" {
			e.URL = text[tag.outAt:]
		}
		if !strings.Contains(e.URL, "://") && !strings.HasPrefix(e.URL, "tg:") && !strings.HasPrefix(e.URL, "mailto:") {
			if !strings.Contains(e.URL, ".") {
				return // not an address: the text stays plain
			}
			e.URL = "http://" + e.URL + "/"
		}
	case "code":
		// <pre><code class="language-go"> is one entity, of the pre.
		if n := len(stack); n > 0 && stack[n-1].name == "pre" && tag.argument != "" {
			stack[n-1].argument = tag.argument
			return
		}
	case "pre":
		e.Language = tag.argument
	case "blockquote":
		if tag.expandable {
			e.Type = "expandable_blockquote"
		}
	case "tg-emoji":
		e.EmojiID = tag.argument
	}
	f.entities = append(f.entities, e)
}

// startTag reads what stands between < and >.
func startTag(inside string, at int) (openTag, error) {
	name, rest, _ := strings.Cut(strings.ReplaceAll(inside, "\n", " "), " ")
	name = strings.ToLower(name)
	if htmlTags[name] == "" {
		return openTag{}, fmt.Errorf("Unsupported start tag \"%s\" at byte offset %d", name, at)
	}
	tag := openTag{name: name}
	for rest = strings.TrimSpace(rest); rest != ""; rest = strings.TrimSpace(rest) {
		end := strings.IndexAny(rest, "= ")
		attribute := rest
		if end >= 0 {
			attribute = rest[:end]
		}
		if attribute == "" {
			return openTag{}, fmt.Errorf("Empty attribute name in the tag \"%s\" at byte offset %d", name, at)
		}
		rest = rest[len(attribute):]
		value := ""
		if after, has := strings.CutPrefix(strings.TrimLeft(rest, " "), "="); has {
			after = strings.TrimLeft(after, " ")
			quote := ""
			if after != "" && (after[0] == '"' || after[0] == '\'') {
				quote = after[:1]
			}
			if quote == "" {
				value, rest, _ = strings.Cut(after, " ")
			} else {
				var closed bool
				value, rest, closed = strings.Cut(after[1:], quote)
				if !closed {
					return openTag{}, fmt.Errorf("Unclosed start tag at byte offset %d", at)
				}
			}
		}
		value = html.UnescapeString(value)
		switch {
		case name == "a" && attribute == "href", name == "tg-emoji" && attribute == "emoji-id":
			tag.argument = value
		case name == "code" && attribute == "class" && strings.HasPrefix(value, "language-"):
			tag.argument = strings.TrimPrefix(value, "language-")
		case name == "span" && attribute == "class" && value == "tg-spoiler":
			tag.argument = value
		case name == "blockquote" && attribute == "expandable":
			tag.expandable = true
		}
	}
	if name == "span" && tag.argument == "" {
		return openTag{}, fmt.Errorf("Tag \"span\" must have class \"tg-spoiler\" at byte offset %d", at)
	}
	return tag, nil
}

// htmlEntity decodes the entities that the server knows: the four named ones
// and numbers. Everything else stays as it is.
func htmlEntity(text string) (string, int) {
	end := strings.IndexByte(text, ';')
	if end < 0 || end > 9 {
		return "&", 1
	}
	token := text[:end+1]
	switch token {
	case "&lt;", "&gt;", "&amp;", "&quot;":
		return html.UnescapeString(token), len(token)
	}
	if strings.HasPrefix(token, "&#") {
		if plain := html.UnescapeString(token); plain != token {
			return plain, len(token)
		}
	}
	return "&", 1
}
