package trial

import (
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/modules/flow/template"
)

func TestTestsAreReadBack(t *testing.T) {
	text := `[{"name":"tudo","channel":"telegram","contact":{"name":"Ana","language":"en","fields":{"vip":"sim"}},"now":"2026-12-25T23:59:59-03:00","steps":[
		{"start":true},{"customer":{"text":"oi","quick":true}},{"customer":{"pick":"sim"}},{"customer":{"tap":"0000000000.1.0","text":"Sim"}},
		{"customer":{"media":"image","text":"olha"}},{"customer":{"location":{"latitude":-8,"longitude":-34}}},{"customer":{}},{"wait":"1d2h30m"},
		{"answer":{"ok":true,"status":201,"body":{"a":[1,{"b":null}]}}},{"answer":{"ok":false,"error":"timeout"}},{"answer":{"ok":true,"raw":"<html>","late":true}},
		{"bot":{"text":"Oi!","options":["sim","nao"]}},{"bot":{}},{"bot":{"contains":"oi","kind":"image"}},
		{"expect":{"node":"menu","status":"waiting","team":"Vendas","reason":"flow","vars":{"n":10,"s":"x","b":true,"nada":null},"fields":{"email":"a@b.c"},"tags":["vip"],"score":0}}]}]`
	tests, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if got := *tests[0].Steps[14].Expect.Score; got != 0 || len(tests[0].Steps) != 15 {
		t.Errorf("%+v", tests[0])
	}
	canonical, err := Text(tests)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse(canonical)
	if err != nil {
		t.Fatalf("%v\n%s", err, canonical)
	}
	second, err := Text(again)
	if err != nil || string(second) != string(canonical) {
		t.Errorf("%v\n%s\n%s", err, canonical, second)
	}
	if empty, err := Text(nil); err != nil || string(empty) != "[]\n" {
		t.Errorf("%q %v", empty, err)
	}
}

// Each broken text is refused with the place of what is wrong: the corpus of
// testdata/broken.json lists the text, the code and the field.
func TestBrokenTests(t *testing.T) {
	text, err := os.ReadFile("testdata/broken.json")
	if err != nil {
		t.Fatal(err)
	}
	var corpus []struct{ Text, Code, Field string }
	if err := json.Unmarshal(text, &corpus); err != nil || len(corpus) < 40 {
		t.Fatalf("%d broken tests, %v", len(corpus), err)
	}
	for _, c := range corpus {
		_, err := Parse([]byte(c.Text))
		var known *fault.Error
		if !errors.As(err, &known) || string(known.Code) != c.Code || known.Field != c.Field || known.Message == "" {
			t.Errorf("%s\n  gave %v, wanted %s at %q", c.Text, err, c.Code, c.Field)
		}
	}
}

// What is too large is refused before it is parsed.
func TestHugeTests(t *testing.T) {
	step := `{"customer":{"text":"a"}},`
	for name, text := range map[string]string{
		"bytes": "[" + strings.Repeat(" ", maxBytes) + "]",
		"depth": strings.Repeat("[", maxDepth+1) + strings.Repeat("]", maxDepth+1),
		"nests": `[{"name":"a","steps":[{"answer":{"body":` + strings.Repeat("[", 1<<20) + "}}]}]",
		"tests": "[" + strings.Repeat(`{"name":"a","steps":[]},`, maxTests) + `{"name":"a","steps":[]}]`,
		"steps": `[{"name":"a","steps":[` + strings.Repeat(step, maxSteps) + strings.TrimSuffix(step, ",") + "]}]",
	} {
		if _, err := Parse([]byte(text)); !fault.Is(err, fault.TooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"90s": 90 * time.Second, "1h30m": 90 * time.Minute, "2d": 48 * time.Hour, "1d12h": 36 * time.Hour, "60d": maxWait, "500ms": 500 * time.Millisecond,
		"": 0, "d": 0, "0s": 0, "-1h": 0, "61d": 0, "60d1s": 0, "1d-1h": 0, "1": 0, "1x": 0, "99999999999h": 0, "1dd": 0, "1.5d": 0,
	} {
		if got, ok := duration(text); ok != (want > 0) || ok && got != want {
			t.Errorf("%q: %v %v", text, got, ok)
		}
	}
}

// Parse is bounded and never panics; what it takes, it writes and takes again,
// and a flow can run it.
func FuzzParse(f *testing.F) {
	text, err := os.ReadFile("testdata/broken.json")
	if err != nil {
		f.Fatal(err)
	}
	var corpus []struct{ Text string }
	if err := json.Unmarshal(text, &corpus); err != nil {
		f.Fatal(err)
	}
	for _, c := range corpus {
		f.Add([]byte(c.Text))
	}
	for _, name := range template.Names() {
		ready, err := template.Get(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(ready.Tests))
	}
	subject := ready(f, "recepcao")
	f.Fuzz(func(t *testing.T, text []byte) {
		tests, err := Parse(text)
		if err != nil {
			if fault.CodeOf(err) == fault.Internal {
				t.Fatal(err)
			}
			return
		}
		canonical, err := Text(tests)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(canonical)
		if err != nil {
			t.Fatalf("%v\n%s", err, canonical)
		}
		if twice, err := Text(again); err != nil || string(twice) != string(canonical) {
			t.Fatalf("%v\n%s\n%s", err, canonical, twice)
		}
		for i := range tests {
			first := Run(t.Context(), subject, &tests[i])
			if first.Passed != (first.Step < 0) || first.Passed != (first.Sentence("en") == "") {
				t.Fatalf("%+v", first)
			}
			if second := Run(t.Context(), subject, &tests[i]); !reflect.DeepEqual(first, second) {
				t.Fatal("a test gave two results")
			}
		}
	})
}
