package whatsapp

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

func drawText(t *rapid.T, label string, most int) string {
	words := rapid.SliceOfN(rapid.SampledFrom([]string{"olá", "💙", "👩‍👩‍👧", "preço", "é", "\n\n", "fim.", "a\u0301\u0302", "https://x.example", "1"}), 0, most).Draw(t, label)
	return strings.Join(words, " ")
}

// TestRenderStaysWithinLimits draws choices and texts of any size and holds
// what comes out against the platform's limits.
func TestRenderStaysWithinLimits(t *testing.T) {
	adapter := New(testConfig("https://graph.example"), Deps{})
	limits := message.LimitsOf(message.WhatsApp)
	rapid.Check(t, func(t *rapid.T) {
		content := message.Content{Kind: message.Text, Text: drawText(t, "text", 1500)}
		if rapid.Bool().Draw(t, "choice") {
			content.Kind = message.Options
			content.Choice = &message.Choice{Header: drawText(t, "header", 30), Footer: drawText(t, "footer", 30), Button: drawText(t, "button", 10)}
			for i := range rapid.IntRange(1, 25).Draw(t, "options") {
				content.Choice.Options = append(content.Choice.Options, message.Option{
					ID: fmt.Sprint("id", i), Title: drawText(t, "title", 12), Description: drawText(t, "description", 20),
				})
			}
		}
		parts, err := adapter.Render(channel.Outbound{To: to("wa:5581988887777"), Content: content})
		if err != nil {
			if fault.Is(err, fault.Refused) && content.Kind == message.Text && strings.TrimSpace(content.Text) == "" {
				return
			}
			t.Fatal(err)
		}
		for _, part := range parts {
			var q request
			if err := json.Unmarshal(part.Body, &q); err != nil {
				t.Fatal(err)
			}
			if q.Text != nil && (!limits.Text.Fits(q.Text.Body) || q.Text.Body == "") {
				t.Fatalf("text of %d", limits.Text.Of(q.Text.Body))
			}
			if q.Interactive != nil {
				checkInteractive(t, limits, q.Interactive)
			}
		}
	})
}

func checkInteractive(t *rapid.T, limits message.Limits, q *interactiveBody) {
	body := limits.ButtonBody
	seen := map[string]bool{}
	unique := func(id, title string, size message.Size) {
		if title == "" || !size.Fits(title) || seen["i"+id] || seen["t"+title] {
			t.Fatalf("option %q %q", id, title)
		}
		seen["i"+id], seen["t"+title] = true, true
	}
	switch q.Type {
	case "button":
		if n := len(q.Action.Buttons); n < 1 || n > limits.Buttons {
			t.Fatalf("%d buttons", n)
		}
		for _, b := range q.Action.Buttons {
			unique(b.Reply.ID, b.Reply.Title, limits.ButtonTitle)
		}
	case "list":
		body = limits.ListBody
		if q.Action.Button == "" || !limits.ListButton.Fits(q.Action.Button) || len(q.Action.Sections) != 1 || len(q.Action.Sections[0].Rows) > limits.Rows {
			t.Fatalf("list %+v", q.Action)
		}
		for _, row := range q.Action.Sections[0].Rows {
			unique(row.ID, row.Title, limits.RowTitle)
			if !limits.RowDescription.Fits(row.Description) {
				t.Fatalf("description %q", row.Description)
			}
		}
	default:
		t.Fatalf("type %q", q.Type)
	}
	if q.Body.Text == "" || !body.Fits(q.Body.Text) {
		t.Fatalf("body of %d", body.Of(q.Body.Text))
	}
	if q.Header != nil && (q.Header.Text == "" || !limits.Header.Fits(q.Header.Text)) || q.Footer != nil && (q.Footer.Text == "" || !limits.Footer.Fits(q.Footer.Text)) {
		t.Fatalf("header %+v, footer %+v", q.Header, q.Footer)
	}
}

// drawMessage gives a valid message of some kind.
func drawMessage(t *rapid.T, id int) map[string]any {
	m := map[string]any{"id": fmt.Sprint("wamid.", id), "timestamp": fmt.Sprint(1_763_800_000 + id), "from": rapid.SampledFrom([]string{"5581988887777", "5511977776666", "16505551234"}).Draw(t, "from")}
	if rapid.Bool().Draw(t, "bsuid") {
		m["from_user_id"] = "BR." + fmt.Sprint(id)
	}
	kind := rapid.SampledFrom([]string{"text", "image", "location", "order", "interactive", "button", "request_welcome", "unsupported", "novelty", "reaction"}).Draw(t, "kind")
	m["type"] = kind
	switch kind {
	case "text":
		m["text"] = map[string]any{"body": rapid.String().Draw(t, "body")}
	case "image":
		m["image"] = map[string]any{"id": "1", "mime_type": "image/jpeg", "caption": rapid.String().Draw(t, "caption")}
	case "location":
		m["location"] = map[string]any{"latitude": rapid.Float64Range(-90, 90).Draw(t, "lat"), "longitude": rapid.Float64Range(-180, 180).Draw(t, "lng")}
	case "order":
		m["order"] = map[string]any{"catalog_id": "1", "product_items": []any{map[string]any{"product_retailer_id": "a", "quantity": 1, "item_price": 9.5, "currency": "BRL"}}}
	case "interactive":
		m["interactive"] = map[string]any{"type": "button_reply", "button_reply": map[string]any{"id": "a", "title": rapid.String().Draw(t, "title")}}
	case "button":
		m["button"] = map[string]any{"payload": "p", "text": "t"}
	case "reaction":
		m["reaction"] = map[string]any{"message_id": "wamid.x", "emoji": "👍"}
	}
	return m
}

// TestNothingIsLostInABatch draws webhooks with any number of entries, changes,
// messages and statuses, and counts: each event comes out once, with its key
// and its number.
func TestNothingIsLostInABatch(t *testing.T) {
	adapter := New(testConfig(""), Deps{})
	rapid.Check(t, func(t *rapid.T) {
		want := map[string]string{} // key of the event to its number
		next := 0
		var entries []any
		for range rapid.IntRange(0, 3).Draw(t, "entries") {
			var changes []any
			for range rapid.IntRange(0, 3).Draw(t, "changes") {
				number := rapid.SampledFrom([]string{"100", "200"}).Draw(t, "number")
				value := map[string]any{"messaging_product": "whatsapp", "metadata": map[string]any{"phone_number_id": number}}
				var messages, statuses []any
				for range rapid.IntRange(0, 4).Draw(t, "messages") {
					next++
					messages = append(messages, drawMessage(t, next))
					want[fmt.Sprint("wamid.", next)] = number
				}
				for range rapid.IntRange(0, 3).Draw(t, "statuses") {
					next++
					statuses = append(statuses, map[string]any{"id": fmt.Sprint("wamid.", next), "status": "sent", "timestamp": "1763800000", "recipient_id": "5581988887777"})
					want[fmt.Sprint("wamid.", next)] = number
				}
				if len(messages) > 0 {
					value["messages"] = messages
				}
				if len(statuses) > 0 {
					value["statuses"] = statuses
				}
				changes = append(changes, map[string]any{"field": "messages", "value": value})
			}
			entries = append(entries, map[string]any{"id": "1", "changes": changes})
		}
		body, err := json.Marshal(map[string]any{"object": object, "entry": entries})
		if err != nil {
			t.Fatal(err)
		}
		pieces, err := adapter.Split(body)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, piece := range pieces {
			if piece.Problem != "" {
				t.Fatalf("problem %s", piece.Problem)
			}
			in, err := adapter.Parse(piece.Body)
			if err != nil {
				t.Fatal(err)
			}
			if in.Kind == channel.InAccount {
				continue // a change without events, kept whole
			}
			if _, twice := got[in.ExternalID]; twice {
				t.Fatalf("%s came twice", in.ExternalID)
			}
			got[in.ExternalID] = piece.ExternalID
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// TestBothBrazilianFormsShareAShard writes from the one form and reports on the
// other.
func TestBothBrazilianFormsShareAShard(t *testing.T) {
	adapter := New(testConfig(""), Deps{})
	rapid.Check(t, func(t *rapid.T) {
		area := rapid.SampledFrom([]string{"11", "21", "31", "81", "98"}).Draw(t, "area")
		local := rapid.StringMatching(`[6-9][0-9]{7}`).Draw(t, "local")
		body := fmt.Sprintf(`{"object":%q,"entry":[{"id":"1","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"1"},
			"messages":[{"id":"a","from":"55%s9%s","timestamp":"1763800000","type":"request_welcome"}],
			"statuses":[{"id":"b","status":"read","timestamp":"1763800000","recipient_id":"55%s%s"}]}}]}]}`, object, area, local, area, local)
		pieces, err := adapter.Split([]byte(body))
		if err != nil || len(pieces) != 2 || pieces[0].ShardKey != pieces[1].ShardKey || pieces[0].ShardKey != "55"+area+local {
			t.Fatalf("%+v, %v", pieces, err)
		}
	})
	if shardKey("", "558133331212") != "558133331212" || shardKey("BR.7", "5581988887777") != "BR.7" || shardKey("", "5519888877770001") != "5519888877770001" {
		t.Error("a landline, a user id or another number was changed")
	}
}
