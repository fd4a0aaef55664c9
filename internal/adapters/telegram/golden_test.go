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

// fixtures gives the paths of the updates: in/<kind>/<name>.json, where the
// kind is that of what comes out. They are our own, written from the Bot API's
// reference.
func fixtures(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/in/*/*.json")
	if err != nil || len(files) < 70 {
		t.Fatalf("%d fixtures: %v", len(files), err)
	}
	return files
}

func nameOf(path string) string { return strings.TrimSuffix(filepath.Base(path), ".json") }

// folderOf names where an update belongs: messages under the kind of their
// content, other events under their own.
func folderOf(s seen) string {
	switch {
	case s.Error != "":
		return "broken"
	case s.Inbound.Kind == channel.InMessage:
		return string(s.Inbound.Content.Kind)
	default:
		return string(s.Inbound.Kind)
	}
}

// TestUpdates cuts and reads every fixture.
func TestUpdates(t *testing.T) {
	adapter := New(testConfig(""), Deps{})
	for _, path := range fixtures(t) {
		t.Run(nameOf(path), func(t *testing.T) {
			body, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			pieces, err := adapter.Split(body)
			if err != nil || len(pieces) == 0 {
				t.Fatalf("split: %+v, %v", pieces, err)
			}
			var got []seen
			for _, piece := range pieces {
				if piece.ExternalID != "" || piece.Problem != "" {
					t.Errorf("piece %+v", piece)
				}
				one := seen{ShardKey: piece.ShardKey}
				if one.Inbound, err = adapter.Parse(piece.Body); err != nil {
					one.Error = err.Error()
					if !fault.Is(err, fault.Invalid) {
						t.Errorf("not an invalid fault: %v", err)
					}
				}
				if folder := folderOf(one); folder != filepath.Base(filepath.Dir(path)) {
					t.Errorf("belongs to %s", folder)
				}
				got = append(got, one)
			}
			compare(t, path+".golden", got)
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
