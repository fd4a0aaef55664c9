package flow

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// A flow of version 0, as it was written then, is read as the flow that it is
// today, with its nodes in the author's order.
func TestAFlowOfVersion0IsRead(t *testing.T) {
	old, err := os.ReadFile("testdata/migration/recepcao.0.json")
	if err != nil {
		t.Fatal(err)
	}
	migrated, from, err := Migrate(old)
	if err != nil || from != 0 {
		t.Fatalf("version %d, %v", from, err)
	}
	want, err := os.ReadFile("testdata/migration/recepcao.1.json")
	if err != nil {
		t.Fatal(err)
	}
	definition, err := Parse(old)
	if err != nil {
		t.Fatal(err)
	}
	text, err := definition.Text()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("testdata/migration/recepcao.1.json", text, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(text) != string(want) {
		t.Errorf("%s\nwant\n%s", text, want)
	}
	direct, err := Parse(migrated)
	if err != nil {
		t.Fatal(err)
	}
	again, err := direct.Text()
	if err != nil || !bytes.Equal(again, text) {
		t.Errorf("Parse and Migrate read it differently: %v", err)
	}
	flow, issues := Compile(definition, Options{Channels: allChannels})
	if flow == nil {
		t.Fatal(issues)
	}
	c := meet(t, flow, "whatsapp")
	c.write("oi")
	if text := lastText(t, c.write("1")); text != "Abrimos às 8h." {
		t.Errorf("%q", text)
	}
	s, _ := schema(t)
	if err := valid(t, s, migrated); err != nil {
		t.Errorf("what comes of it is not of the schema: %v", err)
	}
}

func TestMigrateLeavesTodaysTextAlone(t *testing.T) {
	for _, name := range []string{"loja", "every", "reference"} {
		text := flowText(t, name)
		migrated, from, err := Migrate(text)
		if err != nil || from != SchemaVersion || !bytes.Equal(migrated, text) {
			t.Errorf("%s: version %d, %v", name, from, err)
		}
	}
}

// The chain is whole: its last step leads to the version that is written.
func TestTheChainOfMigrationsIsWhole(t *testing.T) {
	if n := len(migrations()); n != SchemaVersion {
		t.Errorf("%d steps lead to version %d", n, SchemaVersion)
	}
}

// Steps run one after the other, each on what the one before made.
func TestMigrationsRunInTheirOrder(t *testing.T) {
	note := func(what string) migration {
		return func(o *object) error {
			value, _ := o.take("steps")
			var list []string
			if value != nil {
				if err := json.Unmarshal(value, &list); err != nil {
					return err
				}
			}
			out, err := json.Marshal(append(list, what))
			o.set("steps", jsontext.Value(out))
			return err
		}
	}
	chain := []migration{note("a"), note("b"), note("c")}
	for from, want := range map[string][]string{`{"schema":0}`: {"a", "b", "c"}, `{"schema":1,"steps":["x"]}`: {"x", "b", "c"}, `{"x":{"z":1,"a":2},"schema":2}`: {"c"}} {
		text, _, err := migrate([]byte(from), chain)
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Schema int      `json:"schema"`
			Steps  []string `json:"steps"`
		}
		if err := json.Unmarshal(text, &got); err != nil || got.Schema != 3 || !reflect.DeepEqual(got.Steps, want) {
			t.Errorf("%s became %s (%v)", from, text, err)
		}
		if strings.Contains(from, `"z":1,"a":2`) && !strings.Contains(string(text), `"z":1,"a":2`) {
			t.Errorf("the order of %s is lost: %s", from, text)
		}
	}
}

func TestMigrateRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"a newer version": `{"schema":2}`, "a version below zero": `{"schema":-3}`, "a broken text": `{"schema":0,"nodes":{`, "nodes as a list": `{"schema":0,"nodes":[]}`,
		"a node that is no object": `{"schema":0,"nodes":{"a":7}}`, "a deep text": `{"schema":0,"x":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`,
		"a large text": `{"schema":0,"x":"` + strings.Repeat("x", maxDefinition) + `"}`,
	} {
		if _, _, err := Migrate([]byte(text)); err == nil && name != "a broken text" {
			t.Errorf("%s was read", name)
		}
		if _, err := Parse([]byte(text)); err == nil {
			t.Errorf("%s was parsed", name)
		}
	}
}
