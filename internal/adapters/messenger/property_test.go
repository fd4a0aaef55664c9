package messenger

import (
	"encoding/json"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// drawEvent gives a valid event, and how many pieces must come of it.
func drawEvent(t *rapid.T, page string, n int) (map[string]any, []string) {
	person := rapid.SampledFrom([]string{"71", "72", "73"}).Draw(t, "person")
	mid := fmt.Sprint("m_", n)
	item := map[string]any{"sender": map[string]any{"id": person}, "recipient": map[string]any{"id": page}, "timestamp": 1_763_800_000_000 + n}
	keys := []string{mid}
	switch rapid.SampledFrom([]string{"text", "files", "echo", "postback", "reaction", "edit", "delivery", "read", "referral"}).Draw(t, "kind") {
	case "text":
		item["message"] = map[string]any{"mid": mid, "text": rapid.StringN(1, 20, -1).Draw(t, "text")}
	case "files":
		var files []any
		for i := range rapid.IntRange(1, 5).Draw(t, "files") {
			files = append(files, map[string]any{"type": "image", "payload": map[string]any{"url": fmt.Sprint("https://scontent.fbcdn.net/", i)}})
			if i > 0 {
				keys = append(keys, fmt.Sprint(mid, "#", i+1))
			}
		}
		item["message"] = map[string]any{"mid": mid, "attachments": files, "text": "as fotos"}
	case "echo":
		item["sender"], item["recipient"] = item["recipient"], item["sender"]
		item["message"] = map[string]any{"mid": mid, "text": "nós", "is_echo": true}
	case "postback":
		item["postback"] = map[string]any{"mid": mid, "title": "t", "payload": "p"}
	case "reaction":
		item["reaction"] = map[string]any{"mid": "m_other", "action": "react", "emoji": "👍"}
		keys = []string{fmt.Sprint("m_other:reaction:", person, ":", item["timestamp"])}
	case "edit":
		item["message_edit"] = map[string]any{"mid": mid, "text": "novo", "num_edit": 1}
		keys = []string{mid + ":edit:1"}
	case "delivery":
		mids := []any{fmt.Sprint("o", n, "a"), fmt.Sprint("o", n, "b")}
		item["delivery"] = map[string]any{"mids": mids, "watermark": 1_763_800_000_000}
		keys = []string{fmt.Sprint(mids[0]), fmt.Sprint(mids[1])}
	case "read":
		item["read"] = map[string]any{"watermark": 1_763_800_000_000 + n}
		keys = []string{fmt.Sprint("read:", 1_763_800_000_000+n)}
	case "referral":
		item["referral"] = map[string]any{"ref": "x", "source": "SHORTLINK", "type": "OPEN_THREAD"}
		keys = []string{fmt.Sprint("referral:", person, ":", item["timestamp"])}
	}
	return item, keys
}

// keyOf is what tells events apart in this test.
func keyOf(in channel.Inbound) string {
	switch {
	case in.Kind != channel.InStatus:
		return in.Key
	case in.Status.ExternalID != "":
		return in.Status.ExternalID
	default:
		return fmt.Sprint(in.Status.Status, ":", in.Status.UpToMS)
	}
}

// TestNothingIsLostInABatch draws webhooks with any number of entries, pages and
// events, broken ones among them, and counts: each event comes out once, for its
// page, and each broken one as a problem or an error.
func TestNothingIsLostInABatch(t *testing.T) {
	adapter := New(testConfig(""), Deps{})
	rapid.Check(t, func(t *rapid.T) {
		want := map[string]string{} // key of the event to its page
		next, broken := 0, 0
		var entries []any
		for range rapid.IntRange(0, 3).Draw(t, "entries") {
			page := rapid.SampledFrom([]string{"100", "200"}).Draw(t, "page")
			lists := map[string][]any{}
			for range rapid.IntRange(0, 5).Draw(t, "events") {
				next++
				list := rapid.SampledFrom([]string{"messaging", "standby"}).Draw(t, "list")
				if rapid.IntRange(0, 4).Draw(t, "broken") == 0 {
					broken++
					lists[list] = append(lists[list], rapid.SampledFrom([]any{
						nil, 7, "x", []any{}, map[string]any{"sender": []any{}},
						map[string]any{"sender": map[string]any{"id": "1"}, "recipient": map[string]any{"id": page}, "timestamp": "ontem", "message": map[string]any{"mid": "b"}},
						map[string]any{"sender": map[string]any{"id": "1"}, "recipient": map[string]any{"id": page}, "timestamp": 1763800000000, "message": map[string]any{"text": "sem id"}},
					}).Draw(t, "shape"))
					continue
				}
				item, keys := drawEvent(t, page, next)
				for _, key := range keys {
					want[key] = page
				}
				lists[list] = append(lists[list], item)
			}
			entry := map[string]any{"id": page, "time": 1}
			for name, list := range lists {
				entry[name] = list
			}
			entries = append(entries, entry)
		}
		body, err := json.Marshal(map[string]any{"object": "page", "entry": entries})
		if err != nil {
			t.Fatal(err)
		}
		pieces, err := adapter.Split(body)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, piece := range pieces {
			in, err := adapter.Parse(piece.Body)
			if piece.Problem != "" || err != nil {
				broken--
				continue
			}
			key := keyOf(in)
			if _, twice := got[key]; twice {
				t.Fatalf("%s came twice", key)
			}
			got[key] = piece.ExternalID
			if piece.ShardKey != in.From[0].Value {
				t.Fatalf("%s lies in the shard of %q and is of %v", key, piece.ShardKey, in.From)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) || broken != 0 {
			t.Fatalf("got %v, want %v; %d broken events are lost", got, want, broken)
		}
	})
}

// TestTheLateFormSaysTheSame: what a person wrote goes out the same after the
// window, with the tag; a bot's words have no such form.
func TestTheLateFormSaysTheSame(t *testing.T) {
	adapter := New(testConfig(""), Deps{})
	rapid.Check(t, func(t *rapid.T) {
		out := channel.Outbound{
			To: []message.Address{{Kind: message.PSID, Value: "71"}}, Human: rapid.Bool().Draw(t, "human"), Ours: "dlv_1",
			Content: message.Content{Kind: message.Text, Text: rapid.StringN(1, 5000, -1).Draw(t, "text")},
		}
		parts, err := adapter.Render(out)
		if err != nil {
			return // nothing but white space
		}
		for _, part := range parts {
			if (len(part.Late) > 0) != out.Human {
				t.Fatalf("human %v: %s", out.Human, part.Late)
			}
			if !out.Human {
				continue
			}
			var soon, late map[string]any
			if json.Unmarshal(part.Body, &soon) != nil || json.Unmarshal(part.Late, &late) != nil {
				t.Fatal("no JSON")
			}
			if late["messaging_type"] != "MESSAGE_TAG" || late["tag"] != "HUMAN_AGENT" || soon["tag"] != nil || fmt.Sprint(late["message"]) != fmt.Sprint(soon["message"]) {
				t.Fatalf("%s\n%s", part.Body, part.Late)
			}
		}
	})
}
