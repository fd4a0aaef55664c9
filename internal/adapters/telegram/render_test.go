package telegram

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

func rui() []message.Address {
	return []message.Address{{Kind: message.TelegramUser, Value: "77001"}, {Kind: message.TelegramChat, Value: "77001"}}
}

func options(n int, title string) []message.Option {
	var out []message.Option
	for i := range n {
		out = append(out, message.Option{ID: "o" + string(rune('a'+i)), Title: title + string(rune('A'+i))})
	}
	return out
}

// refusedName is how the name of a message begins that must be refused.
const refusedName = "refused_"

// sayings reads all messages of testdata/out/<kind>/<name>.json by path.
func sayings(t testing.TB) map[string]channel.Outbound {
	t.Helper()
	files, err := filepath.Glob("testdata/out/*/*.json")
	if err != nil || len(files) < 70 {
		t.Fatalf("%d messages to send: %v", len(files), err)
	}
	all := map[string]channel.Outbound{}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var out channel.Outbound
		if err := json.Unmarshal(data, &out); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if folder := filepath.Base(filepath.Dir(path)); folder != string(out.Content.Kind) {
			t.Errorf("%s belongs to %s", path, out.Content.Kind)
		}
		all[path] = out
	}
	return all
}

// outbounds are the messages that Telegram carries, by name.
func outbounds(t testing.TB) map[string]channel.Outbound {
	t.Helper()
	all := map[string]channel.Outbound{}
	for path, out := range sayings(t) {
		if name := nameOf(path); !strings.HasPrefix(name, refusedName) {
			if _, twice := all[name]; twice {
				t.Errorf("two messages are called %s", name)
			}
			all[name] = out
		}
	}
	return all
}

// said is what becomes of a message, as the golden files show it.
type said struct {
	Refused string
	Reason  string
	Parts   []channel.Part
}

func TestRender(t *testing.T) {
	adapter := New(testConfig("https://api.example"), Deps{})
	for path, out := range sayings(t) {
		parts, err := adapter.Render(out)
		got := said{Parts: parts}
		if (err != nil) != strings.HasPrefix(nameOf(path), refusedName) {
			t.Errorf("%s: %v", path, err)
		}
		if err != nil {
			got.Refused = err.Error()
			var refused *fault.Error
			if code := fault.CodeOf(err); code != fault.Refused && code != fault.Invalid || !errors.As(err, &refused) {
				t.Errorf("%s: %v", path, err)
			} else {
				got.Reason = refused.Reason
			}
		}
		compare(t, path+".golden", got)
	}
}

func TestRenderSpeaksEnglish(t *testing.T) {
	adapter := New(testConfig("https://api.example"), Deps{})
	parts, err := adapter.Render(channel.Outbound{To: rui(), Language: "en", Content: message.Content{Kind: message.Options, Choice: &message.Choice{Options: options(2, "Item ")}}})
	if err != nil || len(parts) != 1 || !strings.Contains(string(parts[0].Body), "Choose an option:") {
		t.Fatalf("%+v, %v", parts, err)
	}
}
