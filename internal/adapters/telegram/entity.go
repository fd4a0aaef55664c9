package telegram

import (
	"slices"
	"strings"
	"unicode/utf16"
)

// mark is formatting of a part of a text; its place counts UTF-16 units (Bot
// API, MessageEntity).
type mark struct {
	Type   string `json:"type"`
	Offset int    `json:"offset"`
	Length int    `json:"length"`
	URL    string `json:"url"`
}

// readable writes formatting as plain words where it carries what the words do
// not: the address behind a link follows its words, quoted lines begin with
// ">". What only looks different (bold, code) is left as it is.
func readable(text string, marks []mark) string {
	if !slices.ContainsFunc(marks, func(m mark) bool { return m.Type == "text_link" || strings.HasSuffix(m.Type, "blockquote") }) {
		return text
	}
	units := utf16.Encode([]rune(text))
	marks = slices.DeleteFunc(slices.Clone(marks), func(m mark) bool {
		return m.Offset < 0 || m.Length <= 0 || m.Offset > len(units) || m.Length > len(units)-m.Offset
	})
	// From the end, so that what was put in moves no place that is still to come.
	slices.SortStableFunc(marks, func(a, b mark) int { return (b.Offset + b.Length) - (a.Offset + a.Length) })
	quoted := map[int]bool{} // where a line begins in the text as it came
	insert := map[int]string{}
	for _, m := range marks {
		words := string(utf16.Decode(units[m.Offset : m.Offset+m.Length]))
		switch {
		case m.Type == "text_link" && m.URL != "" && !sameAddress(words, m.URL):
			insert[m.Offset+m.Length] += " (" + m.URL + ")"
		case strings.HasSuffix(m.Type, "blockquote"):
			quoted[m.Offset] = true
			for i := m.Offset; i < m.Offset+m.Length-1; i++ {
				if units[i] == '\n' {
					quoted[i+1] = true
				}
			}
		}
	}
	var out []uint16
	for i := 0; i <= len(units); i++ {
		out = append(out, utf16.Encode([]rune(insert[i]))...)
		if quoted[i] {
			out = append(out, '>', ' ')
		}
		if i < len(units) {
			out = append(out, units[i])
		}
	}
	return string(utf16.Decode(out))
}

// sameAddress reports whether words already show the address.
func sameAddress(words, address string) bool {
	bare := func(text string) string {
		_, after, found := strings.Cut(text, "://")
		if !found {
			after = text
		}
		return strings.TrimSuffix(after, "/")
	}
	return strings.EqualFold(bare(strings.TrimSpace(words)), bare(address))
}
