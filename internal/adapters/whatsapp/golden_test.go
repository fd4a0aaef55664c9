package whatsapp

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

var update = flag.Bool("update", false, "write the golden files anew")

// seen is a piece and what was read of it, as the golden files show it.
type seen struct {
	ExternalID string
	ShardKey   string
	Problem    string
	Error      string
	Inbound    channel.Inbound
}

// incoming gives the webhooks of testdata/in: the folder is the kind of the
// content or of the event, "batch" where a body holds several or broken ones.
func incoming(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/in/*/*.json")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d webhooks: %v", len(files), err)
	}
	return files
}

// TestWebhooks cuts and reads every fixture. The fixtures are our own, written
// from Meta's reference of webhooks; a golden file tells what must come of one.
func TestWebhooks(t *testing.T) {
	adapter := New(testConfig(""), Deps{})
	for _, path := range incoming(t) {
		folder := filepath.Base(filepath.Dir(path))
		t.Run(folder+"/"+strings.TrimSuffix(filepath.Base(path), ".json"), func(t *testing.T) {
			body, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			pieces, err := adapter.Split(body)
			if err != nil {
				t.Fatalf("split: %v", err)
			}
			got := make([]seen, 0, len(pieces))
			for _, piece := range pieces {
				one := seen{ExternalID: piece.ExternalID, ShardKey: piece.ShardKey, Problem: piece.Problem}
				if !jsontext.Value(piece.Body).IsValid(jsontext.AllowInvalidUTF8(true)) {
					t.Errorf("the piece is no JSON: %s", piece.Body)
				}
				if piece.Problem == "" {
					inbound, err := adapter.Parse(piece.Body)
					if err != nil {
						one.Error = err.Error()
						if !fault.Is(err, fault.Invalid) {
							t.Errorf("not an invalid fault: %v", err)
						}
					}
					one.Inbound = inbound
				}
				got = append(got, one)
			}
			if folder != "batch" && (len(got) != 1 || got[0].Error+got[0].Problem != "" || kindOfInbound(got[0].Inbound) != folder) {
				t.Errorf("the folder is not its kind: %+v", got)
			}
			compare(t, path+".golden", got)
		})
	}
}

// kindOfInbound is the folder that an event belongs to.
func kindOfInbound(in channel.Inbound) string {
	if in.Kind == channel.InMessage {
		return string(in.Content.Kind)
	}
	return string(in.Kind)
}

func compare(t *testing.T, path string, value any) {
	t.Helper()
	got, err := json.Marshal(value, json.OmitZeroStructFields(true), json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
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
