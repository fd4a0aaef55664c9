package ticket

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var key = []byte("0123456789abcdef0123456789abcdef")

func TestASignedTextIsReadForItsKindOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.String().Draw(t, "kind")
		parts := rapid.SliceOfN(rapid.StringN(0, 40, 60), 0, 5).Draw(t, "parts")
		text := New(key).Sign(kind, parts...)
		if text != url.PathEscape(text) {
			t.Fatalf("%q is not a segment of a path", text)
		}
		got, ok := New(key).Read(kind, text)
		if !ok || !slices.Equal(got, parts) {
			t.Fatalf("%q came back as %q, %v", parts, got, ok)
		}
		other := rapid.String().Draw(t, "other")
		if _, ok := New(key).Read(other, text); ok && other != kind {
			t.Fatalf("a ticket for %q was read as one for %q", kind, other)
		}
	})
}

func TestPartsCannotRunIntoEachOther(t *testing.T) {
	seen := map[string][]string{}
	for _, parts := range [][]string{{}, {""}, {"", ""}, {"a", "b"}, {"ab"}, {"a.b"}, {"a~2Eb"}, {"a", "b", ""}, {"", "a", "b"}} {
		text := New(key).Sign("order", parts...)
		if twin, twice := seen[text]; twice {
			t.Errorf("%q and %q have one ticket", parts, twin)
		}
		seen[text] = parts
	}
}

func TestEveryChangedTextIsRefused(t *testing.T) {
	signer := New(key)
	text := signer.Sign("order", "ten_01j", "ord_01j")
	if _, ok := signer.Read("order", text); !ok {
		t.Fatal("the ticket itself is refused")
	}
	for i := range text {
		for _, c := range []byte("aA0-_.~") {
			changed := text[:i] + string(c) + text[i+1:]
			if _, ok := signer.Read("order", changed); ok && changed != text {
				t.Errorf("%q was read", changed)
			}
		}
		for _, cut := range []string{text[:i], text[i+1:], text[:i] + text[i+1:]} {
			if _, ok := signer.Read("order", cut); ok {
				t.Errorf("the truncated %q was read", cut)
			}
		}
	}
	for _, wrong := range []string{"", ".", strings.Repeat(".", sealChars), text + "a", text + "=", "a." + text, " " + text, strings.Repeat("a", MaxText+1)} {
		if _, ok := signer.Read("order", wrong); ok {
			t.Errorf("%q was read", wrong)
		}
	}
}

func TestKindAndPartsAreToldApart(t *testing.T) {
	signer := New(key)
	if _, ok := signer.Read("ordera", signer.Sign("order", "a", "b")); ok {
		t.Error("another kind was read")
	}
	if _, ok := signer.Read("or", signer.Sign("order", "a")); ok {
		t.Error("the beginning of a kind was read")
	}
}

func TestKeysMayChange(t *testing.T) {
	fresh := []byte("another key of thirty-two bytes.")
	old, changed := New(key), New(fresh, key)
	text := old.Sign("shop", "ten_1")
	if _, ok := changed.Read("shop", text); !ok {
		t.Error("a ticket of the older key is refused")
	}
	if changed.Sign("shop", "ten_1") == text {
		t.Error("the older key signs")
	}
	if _, ok := New(fresh).Read("shop", text); ok {
		t.Error("a ticket of another key was read")
	}
}

func FuzzRead(f *testing.F) {
	signer := New(key)
	f.Add("shop", signer.Sign("shop", "ten_1", "a b", "ç"))
	f.Add("order", "ten_1.~2~.AAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, kind, text string) {
		// Nobody guesses a seal: what is read is what was signed.
		if parts, ok := signer.Read(kind, text); ok && signer.Sign(kind, parts...) != text {
			t.Fatalf("%q has a second spelling", text)
		}
		// What a seal can't say: the escapes alone.
		if part, ok := unescape(text); ok {
			var again strings.Builder
			if escape(&again, part); again.String() != text {
				t.Fatalf("%q is another spelling of %q", text, part)
			}
		}
	})
}
