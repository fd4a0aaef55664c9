package threadtest

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/base/fault"
	"prosa/internal/modules/channel"
)

// Adapter is what the files are held against.
type Adapter interface {
	Split(body []byte) ([]channel.Piece, error)
	Parse(piece []byte) (channel.Inbound, error)
	Render(out channel.Outbound) ([]channel.Part, error)
}

// seen is a piece and what was read of it, as the golden files show it.
type seen struct {
	ExternalID string
	ShardKey   string
	Problem    string
	Error      string
	Inbound    channel.Inbound
}

// rendered is what came of a message.
type rendered struct {
	Refused string // reason and sentence
	Parts   []channel.Part
}

// Files gives the cases of a direction ("in", "out"), at least as many as there
// must be.
func Files(t testing.TB, direction string, least int) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", direction, "*", "*.json"))
	if err != nil || len(files) < least {
		t.Fatalf("%d cases of %s, want %d: %v", len(files), direction, least, err)
	}
	return files
}

// In cuts and reads every webhook.
func In(t *testing.T, adapter Adapter, update bool, least int) {
	for _, path := range Files(t, "in", least) {
		t.Run(name(path), func(t *testing.T) {
			pieces, err := adapter.Split(read(t, path))
			if err != nil {
				t.Fatalf("split: %v", err)
			}
			got := make([]seen, 0, len(pieces))
			for _, piece := range pieces {
				got = append(got, look(t, adapter, piece))
			}
			hold(t, path, kindOf(got), got, update)
		})
	}
}

func look(t *testing.T, adapter Adapter, piece channel.Piece) seen {
	t.Helper()
	one := seen{ExternalID: piece.ExternalID, ShardKey: piece.ShardKey, Problem: piece.Problem}
	if !jsontext.Value(piece.Body).IsValid(jsontext.AllowInvalidUTF8(true)) {
		t.Errorf("the piece is no JSON: %s", piece.Body)
	}
	if piece.Problem != "" {
		return one
	}
	inbound, err := adapter.Parse(piece.Body)
	if err != nil {
		// What the decoder adds is worded differently from build to build.
		one.Error, _, _ = strings.Cut(err.Error(), ": json:")
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("not an invalid fault: %v", err)
		}
	}
	one.Inbound = inbound
	return one
}

// kindOf is the kind of the first event that was read.
func kindOf(all []seen) string {
	for _, one := range all {
		switch one.Inbound.Kind {
		case "":
		case channel.InMessage:
			return string(one.Inbound.Content.Kind)
		default:
			return string(one.Inbound.Kind)
		}
	}
	return ""
}

// Out renders every message.
func Out(t *testing.T, adapter Adapter, update bool, least int) {
	for _, path := range Files(t, "out", least) {
		t.Run(name(path), func(t *testing.T) {
			out := Outbound(t, path)
			got := rendered{}
			parts, err := adapter.Render(out)
			got.Parts = parts
			if err != nil {
				if code := fault.CodeOf(err); code != fault.Refused && code != fault.Invalid {
					t.Errorf("neither refused nor invalid: %v", err)
				}
				got.Refused = refusal(err)
			}
			hold(t, path, string(out.Content.Kind), got, update)
		})
	}
}

// Outbound reads a message that goes out.
func Outbound(t testing.TB, path string) channel.Outbound {
	t.Helper()
	var out channel.Outbound
	if err := json.Unmarshal(read(t, path), &out); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return out
}

// refusal is the reason, or the field, and the sentence.
func refusal(err error) string {
	var why *fault.Error
	if !errors.As(err, &why) {
		return err.Error()
	}
	return why.Reason + why.Field + ": " + why.Message
}

// hold compares with the golden file, and the kind with the folder's name.
func hold(t *testing.T, path, kind string, value any, update bool) {
	t.Helper()
	if folder := filepath.Base(filepath.Dir(path)); kind != "" && kind != folder {
		t.Errorf("%s is of kind %q", path, kind)
	}
	got, err := json.Marshal(value, json.OmitZeroStructFields(true), json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	golden := strings.TrimSuffix(path, ".json") + ".golden"
	if update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want := read(t, golden); !bytes.Equal(got, want) {
		t.Errorf("%s differs; got\n%s", golden, got)
	}
}

func name(path string) string {
	return filepath.Base(filepath.Dir(path)) + "/" + strings.TrimSuffix(filepath.Base(path), ".json")
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
