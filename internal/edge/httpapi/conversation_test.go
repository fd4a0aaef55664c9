package httpapi

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/modules/botrun"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/identity"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// desk is a house with one conversation in its queue.
func desk(t *testing.T, db *database.DB) (h *house, conversationID, path string) {
	t.Helper()
	h = open(t, db)
	account := h.connect(h.root, "Telegram", "111:token-of-the-first-bot")
	conversationID, _ = h.writes(h.root, account, "500", "Cliente Um", "quero um bolo", nil)
	return h, conversationID, "/conversations/" + conversationID
}

func TestAConversationWalksThroughItsStates(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h, conversationID, path := desk(t, db)
		step := func(name string, body any, state string) conversation.Conversation {
			t.Helper()
			got := h.root.call(http.MethodPost, path+"/"+name, body).want(http.StatusOK)
			c := decode[conversation.Conversation](got)
			if c.ID != conversationID || string(c.State) != state {
				t.Fatalf("%s led to %s: %s", name, c.State, got.body)
			}
			return c
		}
		if row := decode[conversation.Row](h.root.get(path).want(http.StatusOK)); row.State != conversation.Queued || row.Unread != 1 {
			t.Fatalf("at first %+v", row)
		}
		taken := step("take", nil, "open")
		step("snooze", map[string]any{"until_ms": 0}, "snoozed")
		step("resolve", nil, "resolved")
		h.root.call(http.MethodPost, path+"/messages", map[string]any{"text": "x"}, "Idempotency-Key", "key-00001").wantProblem(http.StatusConflict, fault.Refused, "resolved")
		step("reopen", nil, "open")
		step("assign", map[string]any{}, "queued")
		h.root.call(http.MethodPost, path+"/take", map[string]any{"version": taken.Version}).wantProblem(http.StatusConflict, fault.Conflict, "")
		h.root.call(http.MethodPost, path+"/hand-back", nil).wantProblem(http.StatusConflict, fault.Refused, "no_bot")
		bot, err := h.bots.CreateBot(context.Background(), h.root.tenantID(), "Recepção")
		if err != nil {
			t.Fatal(err)
		}
		// One that nobody published would only apologise to the customer.
		channelID := h.root.get("/channels").want(http.StatusOK).text("items", "0", "id")
		for place, method := range map[string]string{path + "/hand-back": http.MethodPost, path + "/start-bot": http.MethodPost, "/channels/" + channelID: http.MethodPatch} {
			h.root.call(method, place, map[string]any{"bot_id": bot.ID}).wantProblem(http.StatusConflict, fault.Refused, "not_published")
		}
		if _, issues, err := h.bots.PublishVersion(context.Background(), h.root.tenantID(), bot.ID, botrun.Draft{Definition: botFlow("Recepção")}); err != nil {
			t.Fatal(err, issues)
		}
		step("hand-back", map[string]any{"bot_id": bot.ID}, "bot")
		if got := h.root.get("/bots/" + bot.ID).want(http.StatusOK); got.text("name") != "Recepção" {
			t.Fatalf("the bot: %s", got.body)
		}
		if got := h.root.get("/bots").want(http.StatusOK); !strings.Contains(string(got.body), bot.ID) {
			t.Fatalf("the bots: %s", got.body)
		}
	})
}

func TestListsViewsCountsAndReading(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h, conversationID, path := desk(t, db)
		shows := func(query string) bool {
			return strings.Contains(string(h.root.get("/conversations?"+query).want(http.StatusOK).body), conversationID)
		}
		for query, want := range map[string]bool{
			"view=queue": true, "view=all": true, "": true, "view=mine": false, "view=bot": false, "q=cliente": true, "q=BOLO": true, "q=nada": false,
			"channel=telegram": true, "channel=whatsapp": false,
		} {
			if shows(query) != want {
				t.Errorf("?%s shows it: %v", query, !want)
			}
		}
		h.root.call(http.MethodPost, path+"/take", nil).want(http.StatusOK)
		if counts := decode[conversation.Counts](h.root.get("/conversations/counts").want(http.StatusOK)); counts.Mine != 1 || counts.Queue != 0 || counts.Unread != 1 {
			t.Fatalf("counts %+v", counts)
		}
		h.root.get(path + "/messages").want(http.StatusOK) // a look marks nothing
		if row := decode[conversation.Row](h.root.get(path)); row.Unread != 1 {
			t.Fatalf("peeking read it: %+v", row)
		}
		h.root.call(http.MethodPost, path+"/read", map[string]any{"seq": 99}).want(http.StatusNoContent)
		if counts := decode[conversation.Counts](h.root.get("/conversations/counts")); counts.Unread != 0 {
			t.Fatalf("counts %+v", counts)
		}
	})
}

func TestThreadsPageBothWays(t *testing.T) {
	h, _, path := desk(t, databasetest.Open(t))
	h.root.call(http.MethodPost, path+"/take", nil).want(http.StatusOK)
	for _, text := range []string{"um", "dois", "três"} {
		h.root.call(http.MethodPost, path+"/notes", map[string]any{"text": text}, "Idempotency-Key", "note-"+text+"-0001").want(http.StatusCreated)
	}
	type thread struct {
		Items []conversation.Message `json:"items"`
		More  bool                   `json:"more"`
	}
	newest := decode[thread](h.root.get(path + "/messages?limit=2").want(http.StatusOK))
	if len(newest.Items) != 2 || !newest.More || newest.Items[1].Content.Text != "três" || newest.Items[0].Seq >= newest.Items[1].Seq {
		t.Fatalf("newest %+v", newest)
	}
	seen := len(newest.Items)
	for before, more := newest.Items[0].Seq, true; more; {
		older := decode[thread](h.root.get(path + "/messages?limit=2&before=" + itoa(before)).want(http.StatusOK))
		seen += len(older.Items)
		more, before = older.More, older.Items[0].Seq
	}
	all := decode[thread](h.root.get(path + "/messages?after=0").want(http.StatusOK))
	if len(all.Items) != seen || all.Items[0].Seq != 1 {
		t.Fatalf("%d seen page by page, %d at once", seen, len(all.Items))
	}
	last := decode[thread](h.root.get(path + "/messages?after=" + itoa(all.Items[len(all.Items)-1].Seq)).want(http.StatusOK))
	if last.Items == nil || len(last.Items) != 0 || last.More {
		t.Fatalf("behind the end %+v", last)
	}
}

func TestWritingNeedsOwnerAndKey(t *testing.T) {
	h, _, path := desk(t, databasetest.Open(t))
	bia := h.join(h.root, "bia@alfa.example.com", "Bia", identity.Supervisor)
	h.root.call(http.MethodPost, path+"/take", nil).want(http.StatusOK)
	bia.call(http.MethodPost, path+"/messages", map[string]any{"text": "x"}, "Idempotency-Key", "key-00001").wantProblem(http.StatusConflict, fault.Refused, "not_owner")
	h.root.call(http.MethodPost, path+"/messages", map[string]any{"text": "x"}, "Idempotency-Key", "short").wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "")
	h.root.call(http.MethodPost, path+"/messages", map[string]any{"text": "  "}, "Idempotency-Key", "key-00002").wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "")
	place := h.root.call(http.MethodPost, path+"/messages", map[string]any{"location": map[string]any{"latitude": -23.5, "longitude": -46.6, "name": "Loja"}}, "Idempotency-Key", "key-00003").want(http.StatusCreated)
	if place.text("content", "kind") != "location" || place.text("content", "location", "name") != "Loja" {
		t.Fatalf("posted: %s", place.body)
	}
	h.root.call(http.MethodPost, "/messages/"+place.text("id")+"/send-again", nil).wantProblem(http.StatusConflict, fault.Refused, "nothing_to_repeat")
	note := bia.call(http.MethodPost, path+"/notes", map[string]any{"text": "cliente antigo"}, "Idempotency-Key", "key-00004").want(http.StatusCreated)
	again := bia.call(http.MethodPost, path+"/notes", map[string]any{"text": "cliente antigo"}, "Idempotency-Key", "key-00004").want(http.StatusCreated)
	if note.text("id") != again.text("id") || note.text("direction") != "internal" {
		t.Fatalf("note: %s, again %s", note.body, again.body)
	}
}

func TestDraftsFollowTheirWriter(t *testing.T) {
	h, _, path := desk(t, databasetest.Open(t))
	bia := h.join(h.root, "bia@alfa.example.com", "Bia", identity.Supervisor)
	if got := h.root.get(path + "/draft").want(http.StatusOK); got.text("text") != "" {
		t.Fatalf("at first %s", got.body)
	}
	h.root.call(http.MethodPut, path+"/draft", map[string]any{"text": "Bom dia, sen"}).want(http.StatusOK)
	if got := h.root.get(path + "/draft"); got.text("text") != "Bom dia, sen" {
		t.Fatalf("kept %s", got.body)
	}
	if got := bia.get(path + "/draft").want(http.StatusOK); got.text("text") != "" {
		t.Fatalf("another's draft: %s", got.body)
	}
	h.root.call(http.MethodPut, path+"/draft", map[string]any{"text": ""}).want(http.StatusOK)
	if got := h.root.get(path + "/draft"); got.text("text") != "" {
		t.Fatalf("removed %s", got.body)
	}
}
