package flow

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"prosa/internal/modules/flow/template"
)

const schemaFile = "../../../api/flow.schema.json"

func schema(t *testing.T) (*jsonschema.Schema, map[string]any) {
	t.Helper()
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("flow.schema.json", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("flow.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled, document.(map[string]any)
}

func valid(t *testing.T, s *jsonschema.Schema, text []byte) error {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return s.Validate(value)
}

func TestFlowsMatchThePublishedSchema(t *testing.T) {
	s, _ := schema(t)
	texts := map[string][]byte{"wrapped": []byte(wrapped(askA + "," + endZ))}
	for _, name := range template.Names() {
		text, err := template.Text(name)
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = text
		definition, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if texts[name+" (canonical)"], err = definition.Text(); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob("testdata/flow/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if texts[file], err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range texts {
		if err := valid(t, s, text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheSchemaRefusesWhatTheParserRefuses(t *testing.T) {
	s, _ := schema(t)
	for _, text := range []string{
		`[]`, wrapped(``), wrapped(`{"name":"a","kind":"script"}`), wrapped(`{"name":"a"}`), wrapped(`{"name":"a","kind":"end","text":7}`),
		wrapped(`{"name":"a","kind":"end","texto":"x"}`), wrapped(`{"name":"a b","kind":"end"}`), wrapped(choose(`{"name":"s","titel":"S","next":"z"}`)),
		wrapped(strings.Replace(askA, `"expect":"text"`, `"expect":"rg"`, 1)), wrapped(strings.Replace(askA, `"nome"`, `"Nome"`, 1)),
		strings.Replace(wrapped(askA+","+endZ), `"schema":1`, `"schema":2`, 1),
	} {
		if err := valid(t, s, []byte(text)); err == nil {
			t.Errorf("%s was accepted", text)
		}
	}
}

// Every field that the parser reads stands in the schema, and no other.
func TestTheSchemaNamesTheFieldsOfTheParser(t *testing.T) {
	_, document := schema(t)
	at := func(path ...string) any {
		var v any = document
		for _, key := range path {
			object, _ := v.(map[string]any)
			if v = object[key]; v == nil {
				t.Fatalf("the schema has no %v", path)
			}
		}
		return v
	}
	check := func(properties any, of any) {
		t.Helper()
		var told []string
		for key := range properties.(map[string]any) {
			told = append(told, key)
		}
		slices.Sort(told)
		read := fieldsOf(reflect.TypeOf(of))
		slices.Sort(read)
		if !slices.Equal(told, read) {
			t.Errorf("%T: the schema has %v, the parser %v", of, told, read)
		}
	}
	check(at("properties"), Definition{})
	check(at("$defs", "settings", "properties"), Settings{})
	check(at("$defs", "settings", "properties", "idle", "properties"), Idle{})
	check(at("$defs", "settings", "properties", "texts", "properties"), Texts{})
	check(at("$defs", "settings", "properties", "interrupts", "items", "properties"), Interrupt{})
	listed := map[string]bool{}
	for _, way := range at("$defs", "node", "oneOf").([]any) {
		reference := way.(map[string]any)["$ref"].(string)
		kind := strings.TrimSuffix(strings.TrimPrefix(reference, "#/$defs/"), "_node")
		create, found := kinds(kind)
		if !found {
			t.Errorf("the schema has a kind %q", kind)
			continue
		}
		listed[kind] = true
		check(at("$defs", kind+"_node", "properties"), reflect.ValueOf(create()).Elem().Interface())
	}
	for _, kind := range Kinds() {
		if !listed[kind] {
			t.Errorf("the schema lacks the kind %q", kind)
		}
	}
	check(at("$defs", "choice_node", "properties", "options", "items", "properties"), optionNode{})
	check(at("$defs", "condition_node", "properties", "cases", "items", "properties"), caseNode{})
	check(at("$defs", "set_node", "properties", "set", "items", "properties"), assignNode{})
	check(at("$defs", "set_node", "properties", "fields", "items", "properties"), fieldNode{})
	check(at("$defs", "message_node", "properties", "media", "properties"), mediaNode{})
	check(at("$defs", "message_node", "properties", "location", "properties"), placeNode{})
	check(at("$defs", "message_node", "properties", "contact", "properties"), cardNode{})
	check(at("$defs", "message_node", "properties", "links", "items", "properties"), linkNode{})
	check(at("$defs", "message_node", "properties", "album", "items", "properties"), mediaNode{})
	check(at("$defs", "deck_node", "properties", "cards", "items", "properties"), slideNode{})
	check(at("$defs", "deck_node", "properties", "cards", "items", "properties", "options", "items", "properties"), tapNode{})
	check(at("$defs", "settings", "properties", "events", "items", "properties"), Event{})
	check(at("$defs", "switch_node", "properties", "cases", "items", "properties"), switchedNode{})
	check(at("$defs", "split_node", "properties", "arms", "items", "properties"), armNode{})
	check(at("$defs", "subflow_node", "properties", "outcomes", "items", "properties"), outcomeNode{})
	check(at("$defs", "rating_node", "properties", "low", "properties"), lowNode{})
	check(at("$defs", "hours_node", "properties", "week", "properties"), weekNode{})
	for _, on := range at("$defs", "settings", "properties", "events", "items", "properties", "on", "enum").([]any) {
		if !contains(happenings(), on.(string)) {
			t.Errorf("the schema has the event %q", on)
		}
	}
	for _, expect := range at("$defs", "question_node", "properties", "expect", "enum").([]any) {
		if _, known := expectation(expect.(string)); !known {
			t.Errorf("the schema has the expectation %q", expect)
		}
	}
}

func fieldsOf(of reflect.Type) []string {
	var names []string
	for i := range of.NumField() {
		f := of.Field(i)
		if f.Anonymous {
			names = append(names, fieldsOf(f.Type)...)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}
