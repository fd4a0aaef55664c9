package fold

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Text gives the form by which texts are compared and searched: accents and
// case gone, compatibility forms (full-width letters, ligatures) made plain,
// white space squeezed to single spaces and trimmed. "  São  JOSÉ " and
// "sao jose" fold alike. Folding twice changes nothing.
func Text(s string) string {
	if folded(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false
	emit := func(r rune) {
		switch {
		case r > ' ' && r < 0x7f: // most letters: no table is asked
		case unicode.IsSpace(r):
			space = true
			return
		case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Cc, r), r == utf8.RuneError:
			return // accents, joiners, variation selectors, control bytes
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	for _, r := range decompose(s) {
		if low := unicode.ToLower(r); low == r || low < utf8.RuneSelf {
			emit(low)
		} else {
			// A lower-case letter may itself carry an accent of its own.
			for _, part := range decompose(string(low)) {
				emit(part)
			}
		}
	}
	return b.String()
}

// Words is Text with every sign that is neither letter nor digit taken as a
// space: "Olá, tudo bem?!" gives "ola tudo bem". It is the form in which a
// customer's answer is compared with a menu.
func Words(s string) string {
	s = Text(s)
	plain := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }
	bare := true
	for i := 0; i < len(s); i++ {
		if c := s[i]; !(c == ' ' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9') {
			bare = false
			break
		}
	}
	if bare {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		if !plain(r) {
			space = true
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	return b.String()
}

// folded reports whether s is plain lower-case ASCII with single spaces, which
// most compared texts are.
func folded(s string) bool {
	space := true
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == ' ':
			if space {
				return false
			}
			space = true
			continue
		case c < ' ', c >= 0x7f, c >= 'A' && c <= 'Z':
			return false
		}
		space = false
	}
	return s == "" || !space
}

func decompose(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return norm.NFKD.String(s)
		}
	}
	return s
}
