package whatsapp

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"prosa/internal/modules/channel"
)

// description is Meta's OpenAPI document as generic JSON.
type description struct{ root map[string]any }

// loadDescription reads Meta's description, or skips and says what stays
// unchecked.
func loadDescription(t *testing.T) description {
	t.Helper()
	folder := os.Getenv("PROSA_SPECS")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "..", "shared", "specs")
	}
	data, err := os.ReadFile(filepath.Join(folder, "meta-whatsapp-openapi.yaml"))
	if err != nil {
		t.Skipf("SKIPPED: Meta's description is not in %s; %d kinds of request stay unchecked (set PROSA_SPECS)", folder, len(outbounds())+5)
	}
	var root any
	if err := yaml.Unmarshal(data, &root); err != nil {
		t.Fatal(err)
	}
	return description{plain(root).(map[string]any)}
}

// plain turns what YAML gives into what JSON gives.
func plain(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			v[key] = plain(item)
		}
		return v
	case map[any]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			out[fmt.Sprint(key)] = plain(item)
		}
		return out
	case []any:
		for i, item := range v {
			v[i] = plain(item)
		}
		return v
	case time.Time:
		return v.Format(time.DateOnly)
	case int:
		return float64(v)
	default:
		return v
	}
}

// repair moves the closure of allOf members to the whole: a member with
// additionalProperties false refuses what its siblings allow, so that nothing
// could ever match. It gives how many were moved.
func (d description) repair() int {
	moved := 0
	var walk func(any)
	walk = func(value any) {
		switch v := value.(type) {
		case []any:
			for _, item := range v {
				walk(item)
			}
		case map[string]any:
			if members, ok := v["allOf"].([]any); ok {
				for _, member := range members {
					if m, ok := member.(map[string]any); ok && m["additionalProperties"] == false {
						delete(m, "additionalProperties")
						v["unevaluatedProperties"] = false
						moved++
					}
				}
			}
			for _, item := range v {
				walk(item)
			}
		}
	}
	walk(d.root)
	return moved
}

// overlay applies the committed changes and gives their count.
func (d description) overlay(t *testing.T) int {
	t.Helper()
	data, err := os.ReadFile("testdata/meta-overlay.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var changes []struct {
		At   string `yaml:"at"`
		Set  any    `yaml:"set"`
		From string `yaml:"from"`
	}
	if err := yaml.Unmarshal(data, &changes); err != nil {
		t.Fatal(err)
	}
	for _, change := range changes {
		if change.From == "" {
			t.Errorf("%s rests on no document", change.At)
		}
		path := strings.Split(strings.TrimPrefix(change.At, "/"), "/")
		var at any = d.root
		for _, step := range path[:len(path)-1] {
			switch v := at.(type) {
			case map[string]any:
				at = v[step]
			case []any:
				at = v[int(step[0]-'0')]
			}
		}
		parent, ok := at.(map[string]any)
		if !ok {
			t.Fatalf("%s leads nowhere", change.At)
		}
		parent[path[len(path)-1]] = plain(change.Set)
	}
	return len(changes)
}

func (d description) compile(t *testing.T, schema string) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	if err := compiler.AddResource("meta.json", d.root); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("meta.json#/components/schemas/" + schema)
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// schemaOf gives the schema of a message type, by the description's own
// mapping.
func (d description) schemaOf(kind string) (string, bool) {
	schemas := d.root["components"].(map[string]any)["schemas"].(map[string]any)
	mapping := schemas["Message"].(map[string]any)["discriminator"].(map[string]any)["mapping"].(map[string]any)
	reference, ok := mapping[kind].(string)
	return strings.TrimPrefix(reference, "#/components/schemas/"), ok
}

// wireBodies sends each message of outbounds and the other calls to a platform
// of ours, and gives what arrived, by name and schema.
func wireBodies(t *testing.T, d description) map[string]wireBody {
	t.Helper()
	bodies := map[string]wireBody{}
	name, schema := "", ""
	adapter, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if strings.HasSuffix(r.URL.Path, "/media") {
			_, _ = io.WriteString(w, `{"id":"9009"}`)
			return
		}
		var value map[string]any
		if err := json.Unmarshal(body, &value); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if kind, ok := value["type"].(string); ok && schema == "" {
			found, _ := d.schemaOf(kind)
			bodies[name] = wireBody{found, value}
		} else {
			bodies[name] = wireBody{schema, value}
		}
		_, _ = io.WriteString(w, accepted)
	})
	for each, out := range outbounds() {
		parts, err := adapter.Render(out)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range parts {
			parts = append(parts, part.Instead...)
		}
		for i, part := range parts {
			name = each
			if i > 0 {
				name = fmt.Sprint(each, "#", i+1)
			}
			if _, err := adapter.Send(t.Context(), testAccount(), part); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	name, schema = "marketing", "MarketingMessageRequestPayload"
	parts, err := adapter.Render(outbounds()["template_named"])
	check(t, err)
	refused := &channel.SendError{Class: channel.Rejected, Code: "131063"}
	other, ok := elsewhere(refused, parts[0].Body)
	_, err = adapter.Send(t.Context(), testAccount(), channel.Part{Method: "marketing_messages", Body: other})
	if check(t, err); !ok {
		t.Error("a marketing template has no other way")
	}
	name, schema = "mark_read", "MarkMessageRequestPayload"
	check(t, adapter.Signal(t.Context(), testAccount(), nil, channel.Signal{ReadUpTo: "wamid.1"}))
	name = "typing"
	check(t, adapter.Signal(t.Context(), testAccount(), nil, channel.Signal{ReadUpTo: "wamid.1", Typing: true}))
	name, schema = "subscribe", "SubscriptionRequest"
	check(t, adapter.Subscribe(t.Context(), testAccount(), "https://prosa.example/h"))
	return bodies
}

type wireBody struct {
	schema string
	value  map[string]any
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

// TestSpecsRequests holds every request that we make against Meta's
// description, repaired, and where that is not enough, with the overlay.
func TestSpecsRequests(t *testing.T) {
	repaired := loadDescription(t)
	moved := repaired.repair()
	extended := loadDescription(t)
	extended.repair()
	lines := extended.overlay(t)
	t.Logf("Meta's description, repaired at %d places, with an overlay of %d lines", moved, lines)
	bodies := wireBodies(t, repaired)
	counts := map[string]int{}
	for _, name := range slices.Sorted(maps.Keys(bodies)) {
		body := bodies[name]
		verdict := "neither"
		if body.schema != "" {
			if repaired.compile(t, body.schema).Validate(any(body.value)) == nil {
				verdict = "description"
			} else if err := extended.compile(t, body.schema).Validate(any(body.value)); err == nil {
				verdict = "overlay"
			} else {
				t.Errorf("%s: %v", name, err)
			}
		}
		counts[verdict]++
		t.Logf("%-12s %-18s %s", verdict, name, body.schema)
	}
	t.Logf("kinds checked by the description: %d, by the overlay: %d, by neither: %d", counts["description"], counts["overlay"], counts["neither"])
	if counts["neither"] > 0 {
		t.Error("a request is checked by nothing")
	}
}

// TestSpecsCanRefuse shows that the validation is worth something: what is
// wrong is refused, and without the repair nothing would pass.
func TestSpecsCanRefuse(t *testing.T) {
	raw := loadDescription(t)
	repaired := loadDescription(t)
	repaired.repair()
	repaired.overlay(t)
	base := func() map[string]any {
		return map[string]any{"messaging_product": "whatsapp", "recipient_type": "individual", "to": "1", "type": "text", "text": map[string]any{"body": "x"}}
	}
	if raw.compile(t, "TextMessage").Validate(any(base())) == nil {
		t.Error("the description needs no repair any more")
	}
	if err := repaired.compile(t, "TextMessage").Validate(any(base())); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(map[string]any){
		"unknown member": func(m map[string]any) { m["txet"] = 1.0 },
		"nobody":         func(m map[string]any) { delete(m, "to") },
		"no text":        func(m map[string]any) { delete(m, "text") },
		"unknown inside": func(m map[string]any) { m["text"].(map[string]any)["html"] = "x" },
		"wrong type":     func(m map[string]any) { m["text"].(map[string]any)["body"] = 7.0 },
	} {
		bad := base()
		change(bad)
		if repaired.compile(t, "TextMessage").Validate(any(bad)) == nil {
			t.Errorf("%s passed", name)
		}
	}
}

// TestSpecsUpload holds the form of an upload against the description's.
func TestSpecsUpload(t *testing.T) {
	d := loadDescription(t)
	path := d.root["paths"].(map[string]any)["/{Version}/{Phone-Number-ID}/media"].(map[string]any)
	content := path["post"].(map[string]any)["requestBody"].(map[string]any)["content"].(map[string]any)
	properties := content["multipart/form-data"].(map[string]any)["schema"].(map[string]any)["properties"].(map[string]any)
	for _, field := range []string{"file", "messaging_product"} {
		if properties[field] == nil {
			t.Errorf("the description's form has no %s", field)
		}
	}
	t.Logf("by description: file, messaging_product; by neither: type (Cloud API, Media reference: required)")
}

// TestSpecsWebhooks runs every webhook example of the description through Split
// and Parse, and tells what became of it.
func TestSpecsWebhooks(t *testing.T) {
	d := loadDescription(t)
	path := d.root["paths"].(map[string]any)["/whatsapp/webhooks"].(map[string]any)
	content := path["post"].(map[string]any)["requestBody"].(map[string]any)["content"].(map[string]any)
	examples := content["application/json"].(map[string]any)["examples"].(map[string]any)
	adapter := New(testConfig(""), Deps{})
	stored, quarantined := 0, 0
	for _, name := range slices.Sorted(maps.Keys(examples)) {
		body, err := json.Marshal(examples[name].(map[string]any)["value"])
		if err != nil {
			t.Fatal(err)
		}
		pieces, err := adapter.Split(body)
		if err != nil || len(pieces) == 0 {
			t.Errorf("%s: %d pieces, %v", name, len(pieces), err)
			continue
		}
		for _, piece := range pieces {
			in, err := adapter.Parse(piece.Body)
			reason := piece.Problem
			if err != nil {
				reason = err.Error()
			}
			if reason != "" {
				quarantined++
				t.Logf("quarantined  %-45s %s", name, reason)
				continue
			}
			stored++
			t.Logf("stored       %-45s %s, content %s", name, in.Kind, in.Content.Kind)
		}
	}
	t.Logf("webhook examples of the description: %d, stored %d, quarantined %d", len(examples), stored, quarantined)
	if quarantined > 0 || stored < len(examples) {
		t.Error("an example of Meta's own is not understood")
	}
}
