package message

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"pgregory.net/rapid"
)

func TestSplitAtTheKindestPlace(t *testing.T) {
	size := Size{20, Runes}
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"empty", "  \n", nil},
		{"fits", " olá ", []string{"olá"}},
		{"paragraph", "Bom dia, Ana.\n\nComo vai?", []string{"Bom dia, Ana.", "Como vai?"}},
		{"sentence", "Tudo certo aqui. E você?", []string{"Tudo certo aqui.", "E você?"}},
		{"word", "uma frase sem ponto final", []string{"uma frase sem ponto", "final"}},
		{"word that ends at the limit", "uma frase sem pontoo final", []string{"uma frase sem pontoo", "final"}},
		{"grapheme", strings.Repeat("👨‍👩‍👧‍👦", 4), []string{"👨‍👩‍👧‍👦👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦👨‍👩‍👧‍👦"}},
		{"no place at all", strings.Repeat("a", 45), []string{strings.Repeat("a", 20), strings.Repeat("a", 20), "aaaaa"}},
	} {
		got := split(c.text, size)
		if strings.Join(got, "|") != strings.Join(c.want, "|") || len(got) != len(c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestSplitLosesNothingButSpace(t *testing.T) {
	bare := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) {
				return -1
			}
			return r
		}, s)
	}
	text := rapid.StringOf(rapid.OneOf(rapid.Rune(), rapid.SampledFrom([]rune(" \n.?!ãé👍\u200d\u0301"))))
	rapid.Check(t, func(t *rapid.T) {
		text := text.Draw(t, "text")
		size := Size{rapid.IntRange(4, 60).Draw(t, "max"), rapid.SampledFrom([]Unit{Runes, UTF16, Bytes}).Draw(t, "unit")}
		parts := split(text, size)
		for _, part := range parts {
			if !size.Fits(part) {
				t.Fatalf("%q is over %v", part, size)
			}
			if strings.TrimSpace(part) != part || part == "" {
				t.Fatalf("blank edge in %q", part)
			}
			if !utf8.ValidString(part) {
				t.Fatalf("broken rune in %q", part)
			}
		}
		if got, want := bare(strings.Join(parts, "")), bare(strings.ToValidUTF8(text, "\uFFFD")); got != want {
			t.Fatalf("%q became %q", want, got)
		}
	})
}

func TestChannelsSplitByTheirOwnCount(t *testing.T) {
	text := strings.Repeat("é", 1500) // 1,500 runes, 3,000 bytes
	for channel, want := range map[Channel]int{WhatsApp: 1, Telegram: 1, Messenger: 1, Instagram: 3, "other": 3} {
		if got := len(Split(text, channel)); got != want {
			t.Errorf("%s: %d parts, want %d", channel, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		size       Size
		text, want string
	}{
		{Size{20, UTF16}, "Falar com atendente", "Falar com atendente"},
		{Size{20, UTF16}, "Falar com um atendente agora", "Falar com um atende…"},
		{Size{10, UTF16}, "Ver tudo, sempre", "Ver tudo…"},
		{Size{6, UTF16}, "a👨‍👩‍👧‍👦b", "a…"},
		{Size{6, Bytes}, "ééé", "ééé"},
		{Size{6, Bytes}, "éééé", "é…"},
		{Size{0, Runes}, "a", ""},
	} {
		if got := c.size.Cut(c.text); got != c.want {
			t.Errorf("%v.Cut(%q) = %q, want %q", c.size, c.text, got, c.want)
		}
	}
}

func TestCutKeepsWholeGraphemes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("ab é\u0301👍🏽\u200d👩🇧🇷"))).Draw(t, "text")
		size := Size{rapid.IntRange(3, 30).Draw(t, "max"), rapid.SampledFrom([]Unit{Runes, UTF16, Bytes}).Draw(t, "unit")}
		cut := size.Cut(text)
		if !size.Fits(cut) {
			t.Fatalf("%q is over %v", cut, size)
		}
		head := strings.TrimSuffix(cut, "…")
		if cut == text {
			return
		}
		for at, left, state := 0, text, -1; ; {
			if at == len(head) {
				return
			}
			var cluster string
			cluster, left, _, state = uniseg.FirstGraphemeClusterInString(left, state)
			if at += len(cluster); at > len(head) || left == "" && at != len(head) {
				t.Fatalf("%q cut inside a grapheme: %q", text, cut)
			}
		}
	})
}
