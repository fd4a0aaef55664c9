package flow

import (
	"net/url"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/modules/flow/expression"
)

// sink is the kind of text that values are written into. Each has its own way
// of keeping a value data.
type sink uint8

const (
	sinkPlain  sink = iota
	sinkHeader      // no control characters
	sinkURL         // percent-encoded, as a path segment or a query value
	sinkForm        // application/x-www-form-urlencoded
	sinkJSON        // the inside of a string, or a whole value
)

// bodySink decides how a body is written: by its content type, else by its look.
func bodySink(contentType, body string) sink {
	switch {
	case strings.Contains(contentType, "json"):
		return sinkJSON
	case strings.Contains(contentType, "x-www-form-urlencoded"):
		return sinkForm
	case contentType == "" && strings.IndexAny(strings.TrimSpace(body), "{[") == 0 && !strings.HasPrefix(strings.TrimSpace(body), "{{"):
		return sinkJSON
	default:
		return sinkPlain
	}
}

// sinkText is a template for a sink.
type sinkText struct {
	sink   sink
	pieces []piece
}

// piece is a text, a reference to a secret, or a value.
type piece struct {
	text   string
	secret string
	value  *expression.Program
	// inner says where the value stands: for JSON, inside of a string; for a URL,
	// behind the question mark.
	inner bool
}

// sinkText parses a template whose values go into a sink. Here alone a secret
// may be named, by itself.
func (c *compiler) sinkText(field, source string, into sink) *sinkText {
	out := &sinkText{sink: into}
	inner, escaped := false, false
	for _, part := range c.parse(field, source).Parts() {
		if part.Program == nil {
			for i := range len(part.Text) {
				switch char := part.Text[i]; {
				case into == sinkURL && char == '?':
					inner = true
				case into == sinkJSON && escaped:
					escaped = false
				case into == sinkJSON && inner && char == '\\':
					escaped = true
				case into == sinkJSON && char == '"':
					inner = !inner
				}
			}
			out.pieces = append(out.pieces, piece{text: part.Text})
			continue
		}
		if path, bare := part.Program.Path(); bare {
			if name, ok := strings.CutPrefix(path, "secret."); ok {
				c.secret(field, name)
				out.pieces = append(out.pieces, piece{secret: name})
				continue
			}
		}
		for _, path := range part.Program.Paths() {
			c.reads(field, path)
		}
		out.pieces = append(out.pieces, piece{value: part.Program, inner: inner})
	}
	return out
}

// isJSON reports that the text is JSON whatever the values are.
func (t *sinkText) isJSON() bool {
	var b strings.Builder
	for _, p := range t.pieces {
		switch {
		case p.value != nil && !p.inner:
			b.WriteString("null")
		case p.value != nil:
			b.WriteString("x")
		default:
			b.WriteString(p.text)
			if p.secret != "" {
				b.WriteString("x")
			}
		}
	}
	return checkDepth(b.String(), maxAnswerDepth) == nil && jsontext.Value(b.String()).IsValid()
}

// render writes the values in. No value can form a reference to a secret: two
// braces of a value never stand side by side.
func (t *sinkText) render(r *run) string {
	var b strings.Builder
	brace := false // the last byte is a "{" of a value
	for _, p := range t.pieces {
		switch {
		case p.secret != "":
			b.WriteString("{{secret." + p.secret + "}}")
			brace = false
		case p.value == nil:
			if brace && strings.HasPrefix(p.text, "{") {
				b.WriteByte(' ')
			}
			b.WriteString(p.text)
			brace = brace && p.text == ""
		default:
			text := t.sink.write(r.eval(p.value), p.inner)
			for i := range len(text) {
				if text[i] == '{' && (brace || b.Len() > 0 && strings.HasSuffix(b.String(), "{")) {
					b.WriteByte(' ')
				}
				b.WriteByte(text[i])
				brace = text[i] == '{'
			}
		}
		if b.Len() > maxRendered {
			r.fail("um texto para um serviço passaria de " + itoa(maxRendered>>10) + " KB")
			return ""
		}
	}
	return b.String()
}

// maxRendered bounds a text for a service, in bytes.
const maxRendered = 64 << 10

// write gives a value in the form of the sink.
func (s sink) write(v expression.Value, inner bool) string {
	switch s {
	case sinkHeader:
		return strings.Map(func(char rune) rune {
			if char < ' ' || char == 0x7f {
				return -1
			}
			return char
		}, v.String())
	case sinkURL:
		if inner {
			return url.QueryEscape(v.String())
		}
		return url.PathEscape(v.String())
	case sinkForm:
		return url.QueryEscape(v.String())
	case sinkJSON:
		if !inner {
			if v.Kind == expression.Empty {
				return "null"
			}
			return strings.ReplaceAll(string(Value{v}.append(nil)), "{", `\u007b`)
		}
		quoted, _ := jsontext.AppendQuote(nil, v.String())
		// A brace is written as an escape, so that no reference can be formed.
		return strings.ReplaceAll(string(quoted[1:len(quoted)-1]), "{", `\u007b`)
	default:
		return v.String()
	}
}
