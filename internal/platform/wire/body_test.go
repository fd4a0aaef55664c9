package wire

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"prosa/internal/base/fault"
)

func TestCleanRepairsWhatNoDatabaseKeeps(t *testing.T) {
	cases := map[string]struct{ in, want string }{
		"clean stays":         {`{"a":"olá \\u0000"}`, `{"a":"olá \\u0000"}`},
		"escaped NUL":         {`{"a":"x\u0000y"}`, `{"a":"x\ufffdy"}`},
		"NUL after backslash": {`{"a":"\\\u0000"}`, `{"a":"\\\ufffd"}`},
		"bytes not UTF-8":     {"{\"a\":\"x\xff\xfey\"}", "{\"a\":\"x\uFFFDy\"}"},
		"cannot join":         {`{"a":"\u00\u000000"}`, `{"a":"\u00\ufffd00"}`},
	}
	for name, c := range cases {
		got, err := Clean([]byte(c.in))
		if err != nil || string(got) != c.want {
			t.Errorf("%s: got %q, %v; want %q", name, got, err, c.want)
		}
	}
}

func TestCleanBounds(t *testing.T) {
	if _, err := Clean([]byte(strings.Repeat("[", MaxDepth+1))); !fault.Is(err, fault.Invalid) {
		t.Errorf("too deep: %v", err)
	}
	if _, err := Clean([]byte(strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth))); err != nil {
		t.Errorf("just deep enough: %v", err)
	}
	if _, err := Clean([]byte(`"` + strings.Repeat("[", 1000) + `\"` + strings.Repeat("{", 1000) + `"`)); err != nil {
		t.Errorf("brackets in a string: %v", err)
	}
	if _, err := Clean(make([]byte, MaxBody+1)); !fault.Is(err, fault.TooLarge) {
		t.Errorf("too large: %v", err)
	}
}

func FuzzClean(f *testing.F) {
	f.Add([]byte(`{"a":"x\u0000y","b":[1,{"c":"\\u0000"}]}`))
	f.Add([]byte("{\"a\":\"\xff\"}"))
	f.Add([]byte(`{"a":"\u00\u000000"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		clean, err := Clean(body)
		if err != nil {
			return
		}
		if !utf8.Valid(clean) {
			t.Fatalf("not UTF-8: %q", clean)
		}
		if json.Valid(body) != json.Valid(clean) && utf8.Valid(body) {
			t.Fatalf("syntax changed: %q to %q", body, clean)
		}
		var value any
		if json.Unmarshal(clean, &value) == nil && holdsNUL(value) {
			t.Fatalf("NUL left in %q", clean)
		}
	})
}

func holdsNUL(value any) bool {
	switch v := value.(type) {
	case string:
		return strings.ContainsRune(v, 0)
	case []any:
		for _, item := range v {
			if holdsNUL(item) {
				return true
			}
		}
	case map[string]any:
		for key, item := range v {
			if strings.ContainsRune(key, 0) || holdsNUL(item) {
				return true
			}
		}
	}
	return false
}
