package wire

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"prosa/internal/base/secret"
)

const (
	hidden   = "[secret]"
	keepText = 8 << 10
)

// Mask hides a set of secrets in texts that are kept or shown. It knows a
// secret also in the forms that it takes in a path, a query and a JSON string.
type Mask struct{ values []string }

// NewMask makes a mask of all secrets of one account.
func NewMask(secrets map[string]secret.Text) Mask {
	var mask Mask
	for _, text := range secrets {
		value := text.Reveal()
		if value == "" {
			continue
		}
		forms := []string{value, url.PathEscape(value), url.QueryEscape(value)}
		if quoted, err := json.Marshal(value); err == nil {
			forms = append(forms, string(quoted[1:len(quoted)-1]))
		}
		mask.values = append(mask.values, forms...)
	}
	slices.Sort(mask.values)
	mask.values = slices.Compact(mask.values)
	// The longest first, so that a secret that holds another goes whole.
	slices.SortStableFunc(mask.values, func(a, b string) int { return len(b) - len(a) })
	return mask
}

// Hide gives text without the secrets.
func (m Mask) Hide(text string) string {
	for _, value := range m.values {
		if strings.Contains(text, value) {
			text = strings.ReplaceAll(text, value, hidden)
		}
	}
	return text
}

// Keep gives a body as it may be kept in a log: without secrets, valid UTF-8
// without NUL, at most 8 KiB.
func (m Mask) Keep(body []byte) string {
	text := m.Hide(string(body))
	if len(text) > keepText {
		cut := keepText
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut] + "…"
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "")
}
