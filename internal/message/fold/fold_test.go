package fold

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	for _, c := range [][2]string{
		{"", ""}, {"menu", "menu"}, {"MENU", "menu"}, {"  São \t JOSÉ\n", "sao jose"}, {"Ação!", "acao!"},
		{"e\u0301", "e"}, {"ﬁm", "fim"}, {"Ｏｌá", "ola"}, {"👍🏽 ok", "👍🏽 ok"}, {"a\u200db", "ab"}, {"İSTANBUL", "istanbul"},
		{"a\x00b", "ab"}, {"\xff", ""}, {" a", "a"}, {"a ", "a"}, {"ç", "c"}, {"nº 5", "no 5"},
	} {
		if got := Text(c[0]); got != c[1] {
			t.Errorf("Text(%q) = %q, want %q", c[0], got, c[1])
		}
	}
}

func TestWords(t *testing.T) {
	for _, c := range [][2]string{
		{"Olá, tudo bem?!", "ola tudo bem"}, {"1)", "1"}, {"  *Menu* ", "menu"}, {"👍", ""}, {"quero falar com alguém.", "quero falar com alguem"},
		{"2ª via", "2a via"}, {"sim", "sim"}, {"R$ 1.200,00", "r 1 200 00"},
	} {
		if got := Words(c[0]); got != c[1] {
			t.Errorf("Words(%q) = %q, want %q", c[0], got, c[1])
		}
	}
}

func TestFoldIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		once := Text(s)
		if twice := Text(once); twice != once {
			t.Fatalf("Text(%q) = %q, then %q", s, once, twice)
		}
		if strings.Contains(once, "  ") || strings.TrimSpace(once) != once {
			t.Fatalf("space left in %q", once)
		}
		if Text(strings.ToUpper(once)) != Text(strings.ToUpper(Text(strings.ToUpper(once)))) {
			t.Fatalf("case changes the fold of %q", once)
		}
		if words := Words(s); Words(words) != words {
			t.Fatalf("Words is not stable on %q", s)
		}
	})
}

func FuzzFold(f *testing.F) {
	f.Add("Olá")
	f.Add("\u212A\u1E9E\u0130")
	f.Fuzz(func(t *testing.T, s string) {
		once := Text(s)
		if twice := Text(once); twice != once {
			t.Fatalf("Text(%q) = %q, then %q", s, once, twice)
		}
	})
}

func BenchmarkFold(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Text("Quero falar com alguém, por favor")
	}
}
