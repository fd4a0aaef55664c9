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
	kind := rapid.SampledFrom([]string{"text", "image", "location", "order", "interactive", "button", "request_welcome", "unsupported", "novelty", "reaction",
		"sticker", "voice", "contacts", "edit", "revoke", "system", "form", "permission", "forwarded", "empty"}).Draw(t, "kind")
	m["type"] = kind
	inner := map[string]any{"id": "7", "mime_type": "image/webp"}
	switch kind {
	case "sticker":
		m["sticker"] = inner
	case "voice":
		m["type"], m["audio"] = "audio", map[string]any{"id": "8", "mime_type": "audio/ogg", "voice": true}
	case "contacts":
		m["contacts"] = []any{map[string]any{"name": map[string]any{"formatted_name": rapid.String().Draw(t, "name")}, "phones": []any{map[string]any{"wa_id": "5581988887777"}}}}
		if rapid.Bool().Draw(t, "asked") {
			m["origin"] = "contact_request"
		}
	case "edit":
		m["edit"] = map[string]any{"original_message_id": "wamid.x", "message": map[string]any{"type": "text", "text": map[string]any{"body": rapid.String().Draw(t, "body")}}}
	case "revoke":
		m["revoke"] = map[string]any{"original_message_id": "wamid.x"}
	case "system":
		m["system"] = map[string]any{"type": rapid.SampledFrom([]string{"user_changed_number", "user_changed_user_id", "customer_identity_changed", "x"}).Draw(t, "change"), "wa_id": "5581966665555", "user_id": "BR.9", "body": "x"}
	case "form":
		m["type"], m["interactive"] = "interactive", map[string]any{"type": "nfm_reply", "nfm_reply": map[string]any{"name": "flow", "body": "Sent", "response_json": rapid.SampledFrom([]string{`{"flow_token":"a"}`, `{`, ``}).Draw(t, "json")}}
	case "permission":
		m["type"], m["interactive"] = "interactive", map[string]any{"type": "call_permission_reply", "call_permission_reply": map[string]any{"response": rapid.SampledFrom([]string{"accept", "reject", "x"}).Draw(t, "response")}}
	case "forwarded":
		m["type"], m["text"], m["context"] = "text", map[string]any{"body": "x"}, map[string]any{"frequently_forwarded": rapid.Bool().Draw(t, "often"), "forwarded": true}
	case "empty":
		m["type"] = "interactive"
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

// drawOthers gives changes of the other fields that customers speak through, and
// the ids that must come of them.
func drawOthers(t *rapid.T, number string, id int) (changes []any, keys []string) {
	metadata := map[string]any{"phone_number_id": number, "display_phone_number": "+55 11 4000-1000"}
	add := func(field, list string, items ...any) {
		changes = append(changes, map[string]any{"field": field, "value": map[string]any{"metadata": metadata, list: items}})
	}
	next := func() string {
		id++
		return fmt.Sprint("wamid.", id)
	}
	for range rapid.IntRange(0, 2).Draw(t, "others") {
		key := next()
		switch rapid.SampledFrom([]string{"echo", "call", "wish", "history", "person"}).Draw(t, "other") {
		case "echo":
			add("smb_message_echoes", "message_echoes", map[string]any{"id": key, "from": "551140001000", "to": "5581988887777", "timestamp": "1763800000", "type": "text", "text": map[string]any{"body": "x"}})
		case "call":
			add("calls", "calls", map[string]any{"id": key, "from": "5581988887777", "timestamp": "1763800000", "event": "connect"})
			key += ":ringing"
		case "wish":
			add("user_preferences", "user_preferences", map[string]any{"wa_id": fmt.Sprint("55819", id), "value": "stop", "category": "marketing_messages", "timestamp": 1763800000})
			key = fmt.Sprintf("consent:55819%d:marketing:stop:1763800000000", id)
		case "history":
			second := next()
			add("history", "history", map[string]any{"threads": []any{map[string]any{"id": "5581988887777", "messages": []any{
				map[string]any{"id": key, "from": "5581988887777", "timestamp": "1763800000", "type": "text", "text": map[string]any{"body": "x"}},
				map[string]any{"id": second, "from": "551140001000", "timestamp": "1763800000", "type": "text", "text": map[string]any{"body": "y"}},
			}}}})
			keys = append(keys, second)
		default:
			add("smb_app_state_sync", "state_sync", map[string]any{"action": "add", "contact": map[string]any{"full_name": key, "phone_number": "5581988887777"}})
			key = "person:5581988887777:" + key
		}
		keys = append(keys, key)
	}
	return changes, keys
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
				if others, keys := drawOthers(t, number, next); len(keys) > 0 {
					changes = append(changes, others...)
					next += len(keys)
					for _, key := range keys {
						want[key] = number
					}
				}
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
			id := in.ExternalID
			if in.Kind == channel.InPerson {
				id = in.Key
			}
			if _, twice := got[id]; twice {
				t.Fatalf("%s came twice", id)
			}
			got[id] = piece.ExternalID
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
