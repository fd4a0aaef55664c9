package wire

import (
	"strings"
	"testing"
	"unicode/utf8"

	"prosa/internal/base/secret"
)

func TestMaskHidesEveryFormOfASecret(t *testing.T) {
	mask := NewMask(map[string]secret.Text{
		"token":  secret.New("123456:AA/B\"c"),
		"prefix": secret.New("123456"),
		"empty":  secret.New(""),
	})
	for _, text := range []string{
		`plain 123456:AA/B"c end`,
		`/bot123456:AA%2FB%22c/sendMessage`,
		`token=123456%3AAA%2FB%22c`,
		`{"token":"123456:AA/B\"c"}`,
	} {
		got := mask.Hide(text)
		if strings.Contains(got, "123456") || strings.Contains(got, "AA") {
			t.Errorf("%q became %q", text, got)
		}
		if !strings.Contains(got, "[secret]") {
			t.Errorf("%q became %q", text, got)
		}
	}
	if got := mask.Hide("nothing here"); got != "nothing here" {
		t.Errorf("an innocent text became %q", got)
	}
}

func TestKeepBoundsAndRepairs(t *testing.T) {
	got := NewMask(nil).Keep([]byte(strings.Repeat("é", keepText)))
	if len(got) > keepText+len("…") || !utf8.ValidString(got) || !strings.HasSuffix(got, "…") {
		t.Errorf("kept %d bytes, valid %v", len(got), utf8.ValidString(got))
	}
	if got := NewMask(nil).Keep([]byte("a\x00b\xff")); got != "ab\uFFFD" {
		t.Errorf("kept %q", got)
	}
}
