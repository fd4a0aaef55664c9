package meta

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// specs finds the vendors' descriptions: where PROSA_SPECS points, else beside
// the repository.
func specs(t *testing.T, name string) []byte {
	t.Helper()
	places := []string{os.Getenv("PROSA_SPECS"), "../../../../shared/specs"}
	for _, place := range places {
		if place == "" {
			continue
		}
		if raw, err := os.ReadFile(filepath.Join(place, name)); err == nil {
			return raw
		}
	}
	t.Skipf("%s is not here: 0 checks against the vendor's description", name)
	return nil
}

func description(t *testing.T) map[string]any {
	t.Helper()
	var doc map[string]any
	if err := yaml.Unmarshal(specs(t, "meta-whatsapp-openapi.yaml"), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// dig walks into nested maps.
func dig(t *testing.T, value any, path ...string) any {
	t.Helper()
	for _, name := range path {
		m, ok := value.(map[string]any)
		if !ok || m[name] == nil {
			t.Fatalf("the description has no %s in %v", name, path)
		}
		value = m[name]
	}
	return value
}

var (
	placeholder = regexp.MustCompile(`\{\{[^}]*\}\}|<[^>]*>`)
	linkMember  = regexp.MustCompile(`"link":"[^"]*"`)
)

// refused are the vendor's examples that its own rules refuse, with why.
var refused = map[string]string{
	"Send Sample Issue Resolution Template": "must be a string",      // YAML reads its Yes as true
	"Send Order Details Message":            "payment_configuration", // India's payments; ours are Brazil's
	"Send Reply to List Message":            "parameter text",        // has no type, so it is a text
	"Send Multi-Product Message":            "['header']['type']",    // a placeholder where a type must stand
	"Send Order Status Message":             "35 characters",         // a placeholder longer than the limit
}

// TestDescribedMessagesAreAccepted: every example of a message in the vendor's
// description passes our rules, or is known not to.
func TestDescribedMessagesAreAccepted(t *testing.T) {
	doc := description(t)
	examples := dig(t, doc, "paths", "/{Version}/{Phone-Number-ID}/messages", "post", "requestBody", "content", "application/json", "examples").(map[string]any)
	checked := 0
	for name, example := range examples {
		value, ok := example.(map[string]any)["value"].(map[string]any)
		if !ok {
			continue
		}
		raw, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		var plain map[string]any
		_ = json.Unmarshal(raw, &plain)
		if plain["status"] != nil {
			continue // a read mark
		}
		plain["to"] = ana
		raw, _ = json.Marshal(plain)
		text := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(string(raw))
		text = linkMember.ReplaceAllString(text, `"link":"https://example.com/file"`)
		next := 0
		text = placeholder.ReplaceAllStringFunc(text, func(string) string {
			next++
			return fmt.Sprint("x", next)
		})
		c := &checker{}
		readMessage(c.decode([]byte(text)))
		checked++
		why := ""
		if c.err != nil {
			why = c.err.Message
			if c.err.Data != nil {
				why += ": " + c.err.Data.Details
			}
		}
		if want := refused[name]; want == "" && why != "" || want != "" && !strings.Contains(why, want) {
			t.Errorf("%s: %q, expected %q\n%s", name, why, want, text)
		}
	}
	t.Logf("%d examples of messages checked, %d of them refused with a reason", checked, len(refused))
	if checked < 20 {
		t.Fatalf("only %d examples were found", checked)
	}
}

// shape lists the members of a JSON value with their types, arrays by their
// first item.
func shape(value any, path string, into map[string]string) {
	switch value := value.(type) {
	case map[string]any:
		into[path] = "object"
		for name, member := range value {
			shape(member, path+"."+name, into)
		}
	case []any:
		into[path] = "array"
		if len(value) > 0 {
			shape(value[0], path+"[]", into)
		}
	case string:
		into[path] = "string"
	case bool:
		into[path] = "boolean"
	case float64, int:
		into[path] = "number"
	}
}

// optional are members of examples that a customer may leave out.
var optional = regexp.MustCompile(`\.(caption|url|org|last_name|context|referral|name|address)(\.|$|\[)`)

// TestWebhooksLookLikeTheDescribed: for each example of an incoming message,
// ours of the same type has every member of it, of the same JSON type.
func TestWebhooksLookLikeTheDescribed(t *testing.T) {
	doc := description(t)
	examples := dig(t, doc, "paths", "/whatsapp/webhooks", "post", "requestBody", "content", "application/json", "examples").(map[string]any)
	w := start(t, Config{})
	menu := w.sent(interactive("list", listAction(m{"rows": []m{{"id": "a", "title": "Bolos", "description": "hoje"}}})))
	buttons := w.sent(interactive("button", buttons("Um")))
	actions := map[string]Action{
		"text":                     {Do: "text", Text: "oi"},
		"image":                    {Do: "image", Data: []byte("x"), MIME: "image/jpeg"},
		"location":                 {Do: "location", Latitude: 1, Longitude: 2},
		"contacts":                 {Do: "contact", Name: "Lucía Gómez", Phone: "19835552319"},
		"reaction":                 {Do: "reaction", Message: menu, Emoji: "👍"},
		"button":                   {Do: "button", Choice: "a", Text: "b"},
		"interactive.list_reply":   {Do: "tap", Message: menu, Choice: "a"},
		"interactive.button_reply": {Do: "tap", Message: buttons, Choice: "b0"},
		"order":                    {Do: "order", CatalogID: "c", Text: "x", Items: []OrderItem{{ID: "a", Quantity: 1, Price: 2.5, Currency: "BRL"}}},
		"unsupported":              {Do: "unsupported"},
		"system":                   {Do: "change_number", Phone: "5511911112222"},
	}
	checked, skipped := 0, []string{}
	names := make([]string, 0, len(examples))
	for name := range examples {
		names = append(names, name)
	}
	// The change of a number comes last: after it the person has another one.
	sort.Slice(names, func(i, j int) bool {
		last := func(s string) bool { return strings.HasPrefix(s, "System") }
		if last(names[i]) != last(names[j]) {
			return last(names[j])
		}
		return names[i] < names[j]
	})
	for _, name := range names {
		raw, _ := json.Marshal(examples[name].(map[string]any)["value"])
		var theirs map[string]any
		_ = json.Unmarshal(raw, &theirs)
		value := theirs["entry"].([]any)[0].(map[string]any)["changes"].([]any)[0].(map[string]any)["value"].(map[string]any)
		messages, ok := value["messages"].([]any)
		if !ok {
			skipped = append(skipped, name)
			continue
		}
		kind := fmt.Sprint(messages[0].(map[string]any)["type"])
		if kind == "interactive" {
			kind += "." + fmt.Sprint(messages[0].(map[string]any)["interactive"].(map[string]any)["type"])
		}
		action, ok := actions[kind]
		if !ok {
			t.Errorf("%s: no action makes a %s", name, kind)
			continue
		}
		w.act(action)
		var ours map[string]any
		if err := json.Unmarshal(w.receiver.next(t).body, &ours); err != nil {
			t.Fatal(err)
		}
		want, got := map[string]string{}, map[string]string{}
		shape(theirs, "", want)
		shape(ours, "", got)
		for path, sort := range want {
			if got[path] != sort && !optional.MatchString(path) {
				t.Errorf("%s: %s is %q, the example has %s", name, path, got[path], sort)
			}
		}
		checked++
	}
	t.Logf("%d examples of webhooks compared, %d are not messages: %v", checked, len(skipped), skipped)
	if checked < 10 {
		t.Fatalf("only %d examples were found", checked)
	}
}

// TestAnswersLookLikeTheDescribed compares the answers of the Graph calls with
// the examples of the description.
func TestAnswersLookLikeTheDescribed(t *testing.T) {
	doc := description(t)
	w := start(t, Config{})
	w.act(Action{Do: "text", Text: "oi"})
	_, raw := w.upload("image/png", []byte("x"))
	var media struct{ ID string }
	_ = json.Unmarshal(raw, &media)
	_, send := w.send(text("oi"))
	_, info := w.graph("GET", "/v23.0/"+media.ID, nil)
	_, subscribed := w.graph("GET", "/v23.0/"+wabaID+"/subscribed_apps", nil)
	_, unauthorized := w.do("GET", "/v23.0/"+wabaID+"/subscribed_apps", "nope", nil)
	message := "/{Version}/{Phone-Number-ID}/messages"
	cases := []struct {
		path, method, status, example string
		body                          []byte
	}{
		{message, "post", "200", "Example response", send},
		{"/{Version}/{Phone-Number-ID}/media", "post", "200", "Upload Image JSON", raw},
		{"/{Version}/{WABA-ID}/subscribed_apps", "get", "200", "multiple_subscriptions", subscribed},
		{"/{Version}/{WABA-ID}/subscribed_apps", "get", "401", "", unauthorized},
	}
	for _, c := range cases {
		content := dig(t, doc, "paths", c.path, c.method, "responses", c.status, "content", "application/json")
		example := any(nil)
		if c.example != "" {
			example = dig(t, content, "examples", c.example, "value")
		} else {
			example = dig(t, content, "example")
		}
		encoded, _ := json.Marshal(example)
		var theirs, ours any
		_ = json.Unmarshal(encoded, &theirs)
		_ = json.Unmarshal(c.body, &ours)
		want, got := map[string]string{}, map[string]string{}
		shape(theirs, "", want)
		shape(ours, "", got)
		delete(want, ".error.error_subcode") // 463 is an expired token; ours was never one
		for path, sort := range want {
			if got[path] != sort {
				t.Errorf("%s %s %s: %s is %q, the example has %s in %s", c.method, c.path, c.status, path, got[path], sort, c.body)
			}
		}
	}
	if !strings.Contains(string(info), `"sha256"`) {
		t.Errorf("%s", info)
	}
	t.Logf("%d answers compared", len(cases))
}
