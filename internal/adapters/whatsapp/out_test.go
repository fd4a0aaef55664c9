package whatsapp

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// outgoing is a message in testdata/out; the folder is its kind.
type outgoing struct {
	To       []message.Address `json:"to"`
	QuoteID  string            `json:"quote_id,omitempty"`
	Ours     string            `json:"ours,omitempty"`
	Human    bool              `json:"human,omitempty"`
	Language string            `json:"language,omitempty"`
	Content  message.Content   `json:"content"`
}

// sent is what comes of it: parts, or the reason of a refusal and its sentence.
type sent struct {
	Refused  string         `json:"refused,omitempty"`
	Sentence string         `json:"sentence,omitempty"`
	Parts    []channel.Part `json:"parts,omitempty"`
}

// all gives every message of testdata/out by its path.
func all() map[string]channel.Outbound {
	files, err := filepath.Glob("testdata/out/*/*.json")
	if err != nil || len(files) == 0 {
		panic("no messages in testdata/out")
	}
	out := make(map[string]channel.Outbound, len(files))
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			panic(err)
		}
		var o outgoing
		if err := json.Unmarshal(data, &o, json.RejectUnknownMembers(true)); err != nil {
			panic(path + ": " + err.Error())
		}
		out[path] = channel.Outbound{To: o.To, QuoteID: o.QuoteID, Ours: o.Ours, Human: o.Human, Language: o.Language, Content: o.Content}
	}
	return out
}

func nameOf(path string) string { return strings.TrimSuffix(filepath.Base(path), ".json") }

// outbounds are the messages that WhatsApp carries, by name.
func outbounds() map[string]channel.Outbound {
	out := map[string]channel.Outbound{}
	for path, one := range all() {
		if !strings.HasPrefix(nameOf(path), "refused_") {
			out[nameOf(path)] = one
		}
	}
	return out
}

// shopping are the messages of a purchase.
func shopping() map[string]channel.Outbound {
	out := map[string]channel.Outbound{}
	for name, one := range outbounds() {
		switch one.Content.Kind {
		case message.Product, message.Products, message.Catalog, message.Invoice, message.OrderNews:
			out[name] = one
		}
	}
	return out
}

// TestRender renders every message of testdata/out; what must come of it stands
// beside it. Names that begin with refused_ are what WhatsApp cannot carry.
func TestRender(t *testing.T) {
	adapter := New(testConfig("https://graph.example"), Deps{})
	names := map[string]bool{}
	for path, out := range all() {
		name := nameOf(path)
		t.Run(filepath.Base(filepath.Dir(path))+"/"+name, func(t *testing.T) {
			if folder := filepath.Base(filepath.Dir(path)); folder != string(out.Content.Kind) || names[name] {
				t.Errorf("the folder is not its kind %q, or the name is twice", out.Content.Kind)
			}
			names[name] = true
			var got sent
			parts, err := adapter.Render(out)
			got.Parts = parts
			if err != nil {
				if code := fault.CodeOf(err); code != fault.Refused && code != fault.Invalid {
					t.Errorf("%v", err)
				}
				var failure *fault.Error
				if errors.As(err, &failure) {
					got.Refused, got.Sentence = failure.Reason, failure.Message
				}
				if got.Refused == "" {
					got.Refused = failure.Field
				}
			}
			if (err != nil) != strings.HasPrefix(name, "refused_") {
				t.Errorf("%d parts, %v", len(parts), err)
			}
			compare(t, path+".golden", got)
		})
	}
	if len(names) < 100 {
		t.Errorf("only %d messages", len(names))
	}
}
