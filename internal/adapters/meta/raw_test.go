package meta

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

func compactly(t *testing.T, value []byte) string {
	t.Helper()
	var out bytes.Buffer
	if err := json.Compact(&out, value); err != nil {
		t.Fatalf("%q: %v", value, err)
	}
	return out.String()
}

func TestTextOf(t *testing.T) {
	for value, want := range map[string]string{
		`"x"`: "x", `"a\"b\\\u00e1"`: `a"b\á`, `12.50`: "12.50", `-1e3`: "-1e3", `null`: "", ``: "", `"\ud83d"`: "\uFFFD",
	} {
		if got, ok := TextOf(jsontext.Value(value)); !ok || got != want {
			t.Errorf("%s: %q, %v", value, got, ok)
		}
	}
	for _, value := range []string{`{}`, `[]`, `true`, `false`} {
		if got, ok := TextOf(jsontext.Value(value)); ok {
			t.Errorf("%s: %q", value, got)
		}
	}
}

// FuzzRaw holds the walkers against the standard library on valid JSON, and
// lets nothing panic or hang on the rest.
func FuzzRaw(f *testing.F) {
	f.Add([]byte(` { "a" : [1, "x\"]}", {"b":[]} ,null] , "c\u0064":{} } `))
	f.Add([]byte(`[[],{},"",-1.5e3,true]`))
	f.Add([]byte(`{"a":`))
	f.Fuzz(func(t *testing.T, data []byte) {
		members := map[string]string{}
		for name, value := range Members(data) {
			members[string(name)] = string(value)
		}
		elements, isList := Elements(data)
		if !utf8.Valid(data) || !json.Valid(data) || !Valid(data) {
			return
		}
		var object map[string]json.RawMessage
		if json.Unmarshal(data, &object) == nil && object != nil {
			if len(members) != len(object) {
				t.Fatalf("%q: %d members, want %d", data, len(members), len(object))
			}
			for name, value := range object {
				if compactly(t, []byte(members[name])) != compactly(t, value) {
					t.Fatalf("%q: %q is %q, want %q", data, name, members[name], value)
				}
			}
		}
		var list []json.RawMessage
		if err := json.Unmarshal(data, &list); (err == nil) != isList || len(list) != len(elements) {
			t.Fatalf("%q: %d elements, list %v, want %d, %v", data, len(elements), isList, len(list), err)
		}
		for i, element := range elements {
			if compactly(t, element) != compactly(t, list[i]) {
				t.Fatalf("%q: element %d is %q, want %q", data, i, element, list[i])
			}
		}
	})
}
