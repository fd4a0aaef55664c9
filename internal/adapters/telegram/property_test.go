package telegram

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/wire"
)

func drawText(t *rapid.T, label string, most int) string {
	words := rapid.SliceOfN(rapid.SampledFrom([]string{"olá", "💙", "👩‍👩‍👧", "preço", "é", "\n\n", "fim.", "a\u0301\u0302", "*_[", "1"}), 0, most).Draw(t, label)
	return strings.Join(words, " ")
}

// TestRenderStaysWithinLimits draws choices and texts of any size and holds
// what comes out against the platform's limits.
func TestRenderStaysWithinLimits(t *testing.T) {
	adapter := New(testConfig("https://api.example"), Deps{})
	limits := message.LimitsOf(message.Telegram)
	rapid.Check(t, func(t *rapid.T) {
		content := message.Content{Kind: message.Text, Text: drawText(t, "text", 1500)}
		want := 0
		if rapid.Bool().Draw(t, "choice") {
			content.Kind = message.Options
			content.Choice = &message.Choice{Header: drawText(t, "header", 30), Footer: drawText(t, "footer", 30)}
			want = rapid.IntRange(1, 120).Draw(t, "options")
			for i := range want {
				content.Choice.Options = append(content.Choice.Options, message.Option{ID: fmt.Sprint("id", i), Title: fmt.Sprint(i, strings.Repeat("ó", i))})
			}
		}
		parts, err := adapter.Render(channel.Outbound{To: rui(), Content: content})
		if err != nil {
			if fault.Is(err, fault.Refused) && content.Kind == message.Text && strings.TrimSpace(content.Text) == "" {
				return
			}
			t.Fatal(err)
		}
		ids := map[string]bool{}
		for _, part := range parts {
			var q request
			if err := json.Unmarshal(part.Body, &q); err != nil {
				t.Fatal(err)
			}
			if q.Text == "" || !limits.Text.Fits(q.Text) {
				t.Fatalf("text of %d", limits.Text.Of(q.Text))
			}
			if q.Markup == nil {
				continue
			}
			for _, row := range q.Markup.Keyboard {
				if len(row) == 0 || len(row) > 8 {
					t.Fatalf("row of %d", len(row))
				}
				for _, key := range row {
					if key.Text == "" || !limits.OptionID.Fits(key.Data) || key.Data == "" || ids[key.Data] {
						t.Fatalf("key %+v", key)
					}
					ids[key.Data] = true
				}
			}
		}
		if want <= limits.Keyboard && len(ids) != want {
			t.Fatalf("%d options, %d keys", want, len(ids))
		}
	})
}

// TestEveryUpdateComesOutOnce draws messages of a chat and counts their keys.
func TestEveryUpdateComesOutOnce(t *testing.T) {
	adapter := New(testConfig(""), Deps{})
	rapid.Check(t, func(t *rapid.T) {
		chatID := rapid.Int64Range(1, 1<<52).Draw(t, "chat")
		keys := map[string]bool{}
		count := rapid.IntRange(1, 20).Draw(t, "count")
		for i := range count {
			text := rapid.String().Draw(t, "text")
			body, err := json.Marshal(map[string]any{"update_id": i, "message": map[string]any{
				"message_id": i + 1, "date": 1_763_800_000 + i, "text": text,
				"chat": map[string]any{"id": chatID, "type": "private"}, "from": map[string]any{"id": chatID, "first_name": "x"},
			}})
			if err != nil {
				t.Fatal(err)
			}
			pieces, err := adapter.Split(body)
			if err != nil || len(pieces) != 1 || pieces[0].ShardKey != fmt.Sprint(chatID) {
				t.Fatalf("%+v, %v", pieces, err)
			}
			in, err := adapter.Parse(pieces[0].Body)
			if err != nil || in.Kind != channel.InMessage || !strings.Contains(text, "\x00") && in.Content.Text != strings.ToValidUTF8(text, "\uFFFD") {
				t.Fatalf("%+v, %v", in, err)
			}
			keys[in.Key] = true
		}
		if len(keys) != count {
			t.Fatalf("%d keys of %d", len(keys), count)
		}
	})
}

func seeds(f *testing.F) {
	f.Helper()
	files, err := filepath.Glob("testdata/in/*/*.json")
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, path := range files {
		body, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
}

// checkNeighbours puts a body between two messages that are gone: both come out
// whatever it is. It is the one list of events that an update holds.
func checkNeighbours(t *testing.T, adapter *Adapter, body []byte) {
	t.Helper()
	clean, err := wire.Clean(body)
	if err != nil || !json.Valid(clean) {
		return
	}
	batch := []byte(`{"update_id":9,"deleted_business_messages":{"business_connection_id":"b","chat":{"id":71,"type":"private"},"message_ids":[7,` + string(clean) + `,8]}}`)
	if _, err := wire.Clean(batch); err != nil {
		return // too deep, or too large
	}
	pieces, err := adapter.Split(batch)
	if fault.Is(err, fault.TooLarge) {
		return
	}
	if err != nil || len(pieces) != 3 {
		t.Fatalf("%d pieces, %v, of %q", len(pieces), err, batch)
	}
	for i, target := range map[int]string{0: "b/71:7", 2: "b/71:8"} {
		if in, err := adapter.Parse(pieces[i].Body); err != nil || in.Kind != channel.InRevoke || in.Target != target {
			t.Fatalf("%s is lost: %+v, %v, of %q", target, in, err, batch)
		}
	}
	if _, err := adapter.Parse(pieces[1].Body); err != nil && !fault.Is(err, fault.Invalid) {
		t.Fatal(err)
	}
}

// FuzzSplit: no body makes it panic, what it gives is JSON that databases can
// keep, and neighbours of whatever it is come out too.
func FuzzSplit(f *testing.F) {
	seeds(f)
	adapter := New(testConfig(""), Deps{})
	f.Fuzz(func(t *testing.T, body []byte) {
		checkNeighbours(t, adapter, body)
		pieces, err := adapter.Split(body)
		if err != nil {
			if code := fault.CodeOf(err); code != fault.Invalid && code != fault.TooLarge {
				t.Fatalf("error %v", err)
			}
			return
		}
		for _, piece := range pieces {
			if !json.Valid(piece.Body) || !utf8.Valid(piece.Body) {
				t.Fatalf("piece %+v of %q", piece, body)
			}
		}
	})
}

// FuzzParse: no piece makes it panic, and no text that it gives is one that a
// database refuses.
func FuzzParse(f *testing.F) {
	seeds(f)
	adapter := New(testConfig(""), Deps{})
	f.Fuzz(func(t *testing.T, piece []byte) {
		in, err := adapter.Parse(piece)
		if err != nil {
			if code := fault.CodeOf(err); code != fault.Invalid && code != fault.TooLarge {
				t.Fatalf("error %v", err)
			}
			return
		}
		if in.Kind == "" || in.Kind == channel.InMessage && (in.Key == "" || len(in.From) == 0 || in.Content.Kind == "") {
			t.Fatalf("inbound %+v of %q", in, piece)
		}
		texts := []string{in.Key, in.ExternalID, in.Name, in.Username, in.Language, in.Content.Text, in.QuotedID, in.Target, in.CallbackID}
		for _, text := range texts {
			if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
				t.Fatalf("text %q of %q", text, piece)
			}
		}
		if raw := in.Content.Raw; len(raw) > 0 && !json.Valid(raw) {
			t.Fatalf("raw %q of %q", raw, piece)
		}
	})
}
