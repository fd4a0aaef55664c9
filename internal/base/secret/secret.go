// Package secret holds values that must never be printed. Every way of
// formatting, logging or encoding a Text shows a fixed mask; the value comes
// out only by Reveal, which is easy to find in a review.
package secret

import (
	"crypto/subtle"
	"fmt"
	"log/slog"
)

const mask = "[secret]"

// Text is a secret string. The zero value is empty.
type Text struct{ value string }

// New wraps value.
func New(value string) Text { return Text{value: value} }

// Reveal gives the value. Call it only where the value leaves for the place
// that it is meant for.
func (t Text) Reveal() string { return t.value }

// IsZero reports whether there is no secret.
func (t Text) IsZero() bool { return t.value == "" }

// Equal compares in constant time.
func (t Text) Equal(other string) bool {
	return subtle.ConstantTimeCompare([]byte(t.value), []byte(other)) == 1
}

// String implements fmt.Stringer with the mask; an empty secret shows as empty.
func (t Text) String() string {
	if t.value == "" {
		return ""
	}
	return mask
}

// GoString implements fmt.GoStringer with the mask.
func (t Text) GoString() string { return t.String() }

// Format implements fmt.Formatter, so that no verb reaches the field.
func (t Text) Format(state fmt.State, _ rune) { _, _ = state.Write([]byte(t.String())) }

// LogValue implements slog.LogValuer.
func (t Text) LogValue() slog.Value { return slog.StringValue(t.String()) }

// MarshalText implements encoding.TextMarshaler with the mask, which also
// covers JSON and XML.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads the value, so that a configuration or a request body can
// carry a secret in.
func (t *Text) UnmarshalText(text []byte) error {
	t.value = string(text)
	return nil
}
