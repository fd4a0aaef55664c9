package telegram

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// description is the Bot API as data.
type description struct {
	Version string             `json:"version"`
	Methods map[string]*shaped `json:"methods"`
	Types   map[string]*shaped `json:"types"`
}

type shaped struct {
	Fields []struct {
		Name     string   `json:"name"`
		Types    []string `json:"types"`
		Required bool     `json:"required"`
	} `json:"fields"`
	Subtypes []string `json:"subtypes"`
}

// uploaded stands for a file of a form.
type uploaded struct{}

// loadDescription reads the Bot API's description, or skips and says what stays
// unchecked.
func loadDescription(t *testing.T) description {
	t.Helper()
	folder := os.Getenv("PROSA_SPECS")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "..", "shared", "specs")
	}
	data, err := os.ReadFile(filepath.Join(folder, "telegram-bot-api.json"))
	if err != nil {
		t.Skipf("SKIPPED: the Bot API's description is not in %s; %d kinds of request stay unchecked (set PROSA_SPECS)", folder, len(outbounds(t))+17)
	}
	var d description
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// object holds the members of an object against the fields of a method or
// type: each is known and of one of its types, and all required are there.
func (d description) object(at string, shape *shaped, members map[string]any) error {
	known := map[string][]string{}
	for _, field := range shape.Fields {
		known[field.Name] = field.Types
		if _, given := members[field.Name]; field.Required && !given {
			return fmt.Errorf("%s has no %s", at, field.Name)
		}
	}
	for name, value := range members {
		types, ok := known[name]
		if !ok {
			return fmt.Errorf("%s knows no %s", at, name)
		}
		if err := d.any(at+"."+name, types, value); err != nil {
			return err
		}
	}
	return nil
}

func (d description) any(at string, types []string, value any) error {
	var last error
	if _, bare := value.(string); bare && slices.Contains(types, "RichText") {
		return nil // described in prose: also a plain text, or an array of rich texts
	}
	if list, ok := value.([]any); ok && slices.Contains(types, "RichText") {
		return d.value(at, "Array of RichText", list)
	}
	for _, name := range types {
		if last = d.value(at, name, value); last == nil {
			return nil
		}
	}
	return last
}

func (d description) value(at, name string, value any) error {
	fits := false
	switch v := value.(type) {
	case string:
		fits = name == "String"
	case bool:
		fits = name == "Boolean"
	case float64:
		fits = name == "Float" || name == "Integer" && v == math.Trunc(v)
	case uploaded:
		fits = name == "InputFile"
	case []any:
		inner, isArray := strings.CutPrefix(name, "Array of ")
		if !isArray {
			break
		}
		for i, item := range v {
			if err := d.any(fmt.Sprintf("%s[%d]", at, i), []string{inner}, item); err != nil {
				return err
			}
		}
		return nil
	case map[string]any:
		shape := d.Types[name]
		if shape == nil {
			break
		}
		if len(shape.Subtypes) > 0 {
			return d.any(at, shape.Subtypes, value)
		}
		return d.object(at, shape, v)
	}
	if !fits {
		return fmt.Errorf("%s: %v is no %s", at, value, name)
	}
	return nil
}

// calls sends each message of outbounds and makes the other calls to a platform
// of ours, and gives what arrived by name: the method and its arguments.
func calls(t *testing.T, d description) map[string]error {
	t.Helper()
	checked := map[string]error{}
	name := ""
	adapter, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/file/") {
			return
		}
		method := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		arguments, err := argumentsOf(r)
		switch {
		case err != nil:
			checked[name+" "+method] = err
		case d.Methods[method] == nil:
			checked[name+" "+method] = fmt.Errorf("no method %s", method)
		default:
			checked[name+" "+method] = d.object(method, d.Methods[method], arguments)
		}
		_, _ = io.WriteString(w, `{"ok":true,"result":{"id":1,"message_id":1,"chat":{"id":77001},"file_path":"x"}}`)
	})
	for each, out := range outbounds(t) {
		parts, err := adapter.Render(out)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range parts {
			parts = append(parts, part.Instead...)
		}
		for i, part := range parts {
			name = fmt.Sprint(each, "#", i+1)
			if _, err := adapter.Send(t.Context(), testAccount(), part); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	name = "signal"
	must(t, adapter.Signal(t.Context(), testAccount(), rui(), channel.Signal{Typing: true, CallbackID: "1"}))
	name = "fetch"
	download, err := adapter.Fetch(t.Context(), testAccount(), message.Media{Remote: "1"})
	must(t, err)
	download.Body.Close()
	name = "probe"
	_, err = adapter.Probe(t.Context(), testAccount())
	must(t, err)
	name = "subscribe"
	must(t, adapter.Subscribe(t.Context(), testAccount(), "https://prosa.example/h"))
	name = "check"
	_, err = adapter.Check(t.Context(), testAccount(), "https://prosa.example/h")
	must(t, err)
	name = "disconnect"
	must(t, adapter.Disconnect(t.Context(), testAccount()))
	name = "profile"
	_, err = adapter.Profile(t.Context(), testAccount(), rui())
	must(t, err)
	for _, id := range []string{checkoutQuery + "1", shippingQuery + "1"} {
		name = "signal " + id
		must(t, adapter.Signal(t.Context(), testAccount(), rui(), channel.Signal{CallbackID: id}))
	}
	for kind := range doings {
		name = "signal " + string(kind)
		must(t, adapter.Signal(t.Context(), testAccount(), rui(), channel.Signal{Typing: true, Doing: kind}))
	}
	name = "signal business"
	must(t, adapter.Signal(t.Context(), testAccount(), rui(), channel.Signal{ReadUpTo: "AbC-1/77001:9"}))
	return checked
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

// argumentsOf reads a request as Telegram does: JSON, or a form whose texts are
// JSON where a field is no string.
func argumentsOf(r *http.Request) (map[string]any, error) {
	arguments := map[string]any{}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind == "application/json" {
		return arguments, json.NewDecoder(r.Body).Decode(&arguments)
	}
	form, err := multipart.NewReader(r.Body, params["boundary"]).ReadForm(1 << 20)
	if err != nil {
		return nil, err
	}
	for name, values := range form.Value {
		var value any
		if json.Unmarshal([]byte(values[0]), &value) != nil {
			value = values[0]
		}
		arguments[name] = value
	}
	for name := range form.File {
		if media, _ := json.Marshal(arguments["media"]); strings.Contains(string(media), `"`+attached+name+`"`) {
			continue // named by another argument
		}
		arguments[name] = uploaded{}
	}
	return arguments, nil
}

// TestSpecsRequests holds every call that we make against the description.
func TestSpecsRequests(t *testing.T) {
	d := loadDescription(t)
	checked := calls(t, d)
	wrong := 0
	for _, name := range slices.Sorted(maps.Keys(checked)) {
		if err := checked[name]; err != nil {
			wrong++
			t.Errorf("%s: %v", name, err)
			continue
		}
		t.Logf("description  %s", name)
	}
	t.Logf("%s: calls checked by the description: %d, by an overlay: 0 (there is none), by neither: %d", d.Version, len(checked)-wrong, wrong)
}

// TestSpecsCanRefuse shows that the validation is worth something.
func TestSpecsCanRefuse(t *testing.T) {
	d := loadDescription(t)
	method := d.Methods["sendMessage"]
	for name, arguments := range map[string]map[string]any{
		"no chat":        {"text": "x"},
		"unknown field":  {"chat_id": 1.0, "text": "x", "txet": "x"},
		"wrong type":     {"chat_id": 1.0, "text": 7.0},
		"broken number":  {"chat_id": 1.5, "text": "x"},
		"wrong inside":   {"chat_id": 1.0, "text": "x", "reply_markup": map[string]any{"inline_keyboard": []any{[]any{map[string]any{"callback_data": "x"}}}}},
		"unknown inside": {"chat_id": 1.0, "text": "x", "reply_parameters": map[string]any{"message_id": 1.0, "x": true}},
	} {
		if d.object("sendMessage", method, arguments) == nil {
			t.Errorf("%s passed", name)
		}
	}
	if err := d.object("sendMessage", method, map[string]any{"chat_id": 1.0, "text": "x"}); err != nil {
		t.Error(err)
	}
}

// TestSpecsUpdates holds our own fixtures against the description, so that the
// parser is tested with what Telegram could send; the broken ones must fail.
func TestSpecsUpdates(t *testing.T) {
	d := loadDescription(t)
	broken := map[string]bool{
		"callback_without_id": true, "file_without_id": true, "message_no_object": true, "no_chat": true, "unknown_update": true,
		"checkout_without_id": true, "something_new": true,
	}
	files, err := filepath.Glob("testdata/in/*/*.json")
	if err != nil {
		t.Fatal(err)
	}
	good, bad := 0, 0
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var update map[string]any
		if err := json.Unmarshal(data, &update); err != nil {
			t.Fatal(err)
		}
		err = d.object("Update", d.Types["Update"], update)
		if (err != nil) != broken[name] {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			good++
		} else {
			bad++
		}
	}
	t.Logf("update fixtures: %d as described, %d broken on purpose", good, bad)
}
