package telegram

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/base/fault"
	"prosa/internal/modules/channel"
)

var rewrite = flag.Bool("update", false, "write the golden files anew")

// seen is a piece and what was read of it, as the golden files show it.
type seen struct {
	ShardKey string
	Error    string
	Inbound  channel.Inbound
}

// TestUpdates cuts and reads every fixture. The fixtures are our own, written
// from the Bot API's reference.
func TestUpdates(t *testing.T) {
	files, err := filepath.Glob("testdata/update/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	adapter := New(testConfig(""), Deps{})
	for _, path := range files {
		name := filepath.Base(path)
		t.Run(strings.TrimSuffix(name, ".json"), func(t *testing.T) {
			body, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			pieces, err := adapter.Split(body)
			if err != nil || len(pieces) != 1 || pieces[0].ExternalID != "" || pieces[0].Problem != "" {
				t.Fatalf("split: %+v, %v", pieces, err)
			}
			got := seen{ShardKey: pieces[0].ShardKey}
			if got.Inbound, err = adapter.Parse(pieces[0].Body); err != nil {
				got.Error = err.Error()
				if !fault.Is(err, fault.Invalid) {
					t.Errorf("not an invalid fault: %v", err)
				}
			}
			compare(t, filepath.Join("testdata/golden", name), got)
		})
	}
}

func TestSplitRefusesWhatIsNoUpdate(t *testing.T) {
	adapter := New(testConfig(""), Deps{})
	for _, body := range []string{"", "[]", "null", "{}", `{"message":{}}`, `{"update_id":"x"}`, strings.Repeat("[", 500)} {
		if pieces, err := adapter.Split([]byte(body)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%.40q: %v, %v", body, pieces, err)
		}
	}
	if _, err := adapter.Split(make([]byte, 4<<20)); !fault.Is(err, fault.TooLarge) {
		t.Errorf("too large: %v", err)
	}
}

func compare(t *testing.T, path string, value any) {
	t.Helper()
	got, err := json.Marshal(value, json.OmitZeroStructFields(true), json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *rewrite {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; got\n%s", path, got)
	}
}
