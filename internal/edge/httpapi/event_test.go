package httpapi

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"prosa/internal/event"
	"prosa/internal/modules/identity"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// watch is an open stream of events.
type watch struct {
	t      *testing.T
	cancel context.CancelFunc
	events chan [3]string // id, type, data
}

// watch opens the stream of events and waits until it greets.
func (c *client) watch(lastID string) *watch {
	c.h.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.h.server.URL+Prefix+"/events", nil)
	if err != nil {
		c.h.t.Fatal(err)
	}
	for name, value := range c.jar {
		request.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	if lastID != "" {
		request.Header.Set("Last-Event-ID", lastID)
	}
	response, err := c.h.server.Client().Do(request)
	if err != nil {
		c.h.t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK || !strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") {
		c.h.t.Fatalf("the stream of events answers %d %s", response.StatusCode, response.Header)
	}
	w := &watch{t: c.h.t, cancel: cancel, events: make(chan [3]string, 1000)}
	go func() {
		defer close(w.events)
		defer response.Body.Close()
		var e [3]string
		lines := bufio.NewScanner(response.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch name {
			case "id":
				e[0] = value
			case "event":
				e[1] = value
			case "data":
				e[2] = value
			case "":
				if e[1] != "" {
					w.events <- e
				}
				e = [3]string{}
			}
		}
	}()
	w.until("hello", func(string) bool { return true })
	c.h.t.Cleanup(w.close)
	return w
}

func (w *watch) close() { w.cancel() }

// each hands events to fn until it says that it has seen enough.
func (w *watch) each(fn func(e [3]string) (enough bool)) {
	w.t.Helper()
	late := time.After(patience)
	var last [3]string
	for {
		select {
		case e, ok := <-w.events:
			if !ok {
				w.t.Fatalf("the stream ended after %v", last)
			}
			last = e
			if fn(e) {
				return
			}
		case <-late:
			w.t.Fatal("what was waited for did not come")
		}
	}
}

// until reads on to an event and gives its data.
func (w *watch) until(kind string, is func(data string) bool) (data string) {
	w.t.Helper()
	w.each(func(e [3]string) bool {
		data = e[2]
		return e[1] == kind && is(e[2])
	})
	return data
}

func TestABrowserSeesAMessageComeAndItsReplyGo(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		h := open(t, db)
		account := h.connect(h.root, "Telegram", "111:token-of-the-first-bot")
		conversationID, _ := h.writes(h.root, account, "500", "Cliente", "oi, bom dia", nil)
		live := h.root.watch("")
		h.root.call(http.MethodPost, "/conversations/"+conversationID+"/take", nil).want(http.StatusOK)
		live.until(event.ConversationUpdated, func(data string) bool { return strings.Contains(data, `"state":"open"`) })
		body := map[string]any{"text": "Bom dia! Como posso ajudar?"}
		first := h.root.call(http.MethodPost, "/conversations/"+conversationID+"/messages", body, "Idempotency-Key", "key-00001").want(http.StatusCreated)
		again := h.root.call(http.MethodPost, "/conversations/"+conversationID+"/messages", body, "Idempotency-Key", "key-00001").want(http.StatusCreated)
		if first.text("id") != again.text("id") {
			t.Fatal("the same key made two messages")
		}
		live.until(event.MessageUpdated, func(data string) bool { return strings.Contains(data, `"status":"sent"`) })
		h.paper.mu.Lock()
		defer h.paper.mu.Unlock()
		if len(h.paper.sent) != 1 {
			t.Fatalf("%d messages were sent", len(h.paper.sent))
		}
	})
}

func TestARevokedSessionLosesItsStream(t *testing.T) {
	h := open(t, databasetest.Open(t))
	bia := h.join(h.root, "bia@alfa.example.com", "Bia", identity.Attendant)
	live := bia.watch("")
	h.root.call(http.MethodPatch, "/members/"+bia.userID(), map[string]any{"role": "supervisor"}).want(http.StatusOK)
	live.until("bye", func(data string) bool { return strings.Contains(data, "changed") })
	live = bia.watch("")
	bia.call(http.MethodDelete, "/sessions", nil).want(http.StatusNoContent)
	live.until("bye", func(data string) bool { return strings.Contains(data, "revoked") })
}

func TestTypingReachesColleagues(t *testing.T) {
	h := open(t, databasetest.Open(t))
	bia := h.join(h.root, "bia@alfa.example.com", "Bia", identity.Supervisor)
	account := h.connect(h.root, "Telegram", "111:token-of-the-first-bot")
	conversationID, _ := h.writes(h.root, account, "500", "Cliente", "oi", nil)
	live := bia.watch("")
	// Presence is told once; it may come before or after whatever else happens.
	live.until("presence.updated", func(data string) bool { return strings.Contains(data, bia.userID()) })
	h.root.call(http.MethodPost, "/conversations/"+conversationID+"/typing", map[string]any{"typing": true}).want(http.StatusNoContent)
	live.until(event.ConversationTyping, func(data string) bool { return strings.Contains(data, `"user_name":"Ana"`) })
}
