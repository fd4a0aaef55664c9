package meta

import (
	"strings"
	"testing"

	"prosa/internal/base/fault"
)

func TestOpenReadsAllLists(t *testing.T) {
	updates, err := Open([]byte(`{"object":"page","entry":[
		{"id":1077,"time":1,"messaging":[{"sender":{"id":"1"}},{"sender":{"id":"2"}}],"standby":[{"sender":{"id":"3"}}]},
		{"id":"1078","changes":[{"field":"feed","value":{"x":1}},{"field":"feed"}]},
		7,
		{"id":"1079","messaging":"no list","changes":null}]}`), "page")
	if err != nil {
		t.Fatal(err)
	}
	want := []Update{
		{EntryID: "1077", Field: "messaging", Value: []byte(`{"sender":{"id":"1"}}`)},
		{EntryID: "1077", Field: "messaging", Value: []byte(`{"sender":{"id":"2"}}`)},
		{EntryID: "1077", Field: "standby", Value: []byte(`{"sender":{"id":"3"}}`)},
		{EntryID: "1078", Field: "feed", Value: []byte(`{"x":1}`)},
		{EntryID: "1078", Value: []byte(`{"field":"feed"}`), Problem: "the change has no field and value"},
		{Value: []byte(`7`), Problem: "the entry is not an object"},
		{EntryID: "1079", Value: []byte(`"no list"`), Problem: "messaging is not an array"},
	}
	if len(updates) != len(want) {
		t.Fatalf("%d updates: %+v", len(updates), updates)
	}
	for i, update := range updates {
		if update.EntryID != want[i].EntryID || update.Field != want[i].Field || update.Problem != want[i].Problem || string(update.Value) != string(want[i].Value) {
			t.Errorf("%d: got %+v (%s), want %+v", i, update, update.Value, want[i])
		}
	}
}

func TestOpenRefusesWhatIsNoEnvelope(t *testing.T) {
	for name, body := range map[string]string{
		"empty": "", "text": "hello", "array": "[]", "null": "null", "other object": `{"object":"page","entry":[]}`,
		"no object": `{"entry":[]}`, "entry not a list": `{"object":"instagram","entry":{}}`, "cut": `{"object":"instagram","entry":[`,
		"deep": `{"object":"instagram","entry":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`,
	} {
		if updates, err := Open([]byte(body), "instagram"); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v, %v", name, updates, err)
		}
	}
	if _, err := Open(make([]byte, 3<<20+1), "page"); !fault.Is(err, fault.TooLarge) {
		t.Errorf("too large: %v", err)
	}
	if updates, err := Open([]byte(`{"object":"page","object":"instagram"}`), "instagram"); err != nil || len(updates) != 0 {
		t.Errorf("no entries: %v, %v", updates, err)
	}
}

func TestTextTakesNumbers(t *testing.T) {
	var got struct {
		A, B, C Text
		D       Text
	}
	if err := Read([]byte(`{"A":"x","B":12345678901234567890,"C":null}`), &got); err != nil || got.A != "x" || got.B != "12345678901234567890" || got.C != "" {
		t.Errorf("%+v, %v", got, err)
	}
	if err := Read([]byte(`{"D":{"x":1}}`), &got); err == nil {
		t.Error("an object was taken for a text")
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte(`{"object":"page","entry":[{"id":1,"messaging":[{"a":1}],"changes":[{"field":"f","value":[]}]}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		updates, err := Open(body, "page")
		if err != nil && fault.CodeOf(err) != fault.Invalid && fault.CodeOf(err) != fault.TooLarge {
			t.Fatal(err)
		}
		for _, update := range updates {
			if len(update.Value) == 0 || update.Problem == "" && update.Field == "" {
				t.Fatalf("%+v of %q", update, body)
			}
		}
	})
}
