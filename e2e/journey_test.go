package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

type conversation struct {
	ID          string `json:"id"`
	ContactName string `json:"contact_name"`
	State       string `json:"state"`
	OwnerKind   string `json:"owner_kind"`
	Channel     string `json:"channel"`
	Preview     string `json:"preview"`
}

type said struct {
	ID        string `json:"id"`
	Direction string `json:"direction"`
	Kind      string `json:"kind"`
	Status    string `json:"status"`
	Seq       int64  `json:"seq"`
	Content   struct {
		Kind string `json:"kind"`
		Text string `json:"text"`
	} `json:"content"`

	Raw json.RawMessage `json:"-"` // the whole message as the API gave it
}

// UnmarshalJSON keeps the raw message beside what is read of it.
func (m *said) UnmarshalJSON(raw []byte) error {
	type plain said
	m.Raw = slices.Clone(raw)
	return json.Unmarshal(raw, (*plain)(m))
}

// find waits for the conversation of a customer in a view of the inbox.
func (c *client) find(view, name string) conversation {
	c.t.Helper()
	var found conversation
	until(c.t, "the conversation of "+name+" in "+view, func() (bool, string) {
		var list struct {
			Items []conversation `json:"items"`
		}
		if err := c.get("/conversations?view="+view, &list); err != nil {
			return false, err.Error()
		}
		for _, item := range list.Items {
			if item.ContactName == name {
				found = item
				return true, ""
			}
		}
		return false, fmt.Sprintf("%+v", list.Items)
	})
	return found
}

func (c *client) thread(id string) []said {
	var page struct {
		Items []said `json:"items"`
	}
	if err := c.get("/conversations/"+id+"/messages?limit=100", &page); err != nil {
		return nil
	}
	return page.Items
}

// The opening sentence of the product: a customer writes, the bot answers with
// a menu, the customer asks for a person, an attendant takes over and answers,
// the customer's phone shows it, and the ticks go to read without a reload.
func TestJourney(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			h := newHouse(t, mode)
			for _, channel := range []string{"whatsapp", "telegram"} {
				t.Run(channel, func(t *testing.T) {
					h := h.in(t)
					name := "Joana " + channel
					phone := h.newPhone(name, channel)
					if channel == "telegram" {
						phone.send(map[string]any{"kind": "start"})
					} else {
						phone.say("Oi")
					}
					menu := phone.await(t, "the menu", func(b bubble) bool { return len(b.choices()) > 0 })
					person := menu.choices()["Falar com atendente"]
					if person == "" {
						t.Fatalf("the menu has no way to a person: %+v", menu)
					}
					phone.send(map[string]any{"kind": "tap", "bubble": menu.ID, "choice": person})

					attendant := h.signIn("attendant")
					events := h.listen(t, attendant)
					found := attendant.find("queue", name)
					attendant.do(http.MethodPost, "/conversations/"+found.ID+"/take", map[string]any{}, nil)
					var reply said
					attendant.do(http.MethodPost, "/conversations/"+found.ID+"/messages", map[string]string{"text": "Olá! Aqui é a Bianca."}, &reply, "Idempotency-Key", "key-"+channel+"-1")
					var again said
					attendant.do(http.MethodPost, "/conversations/"+found.ID+"/messages", map[string]string{"text": "Olá! Aqui é a Bianca."}, &again, "Idempotency-Key", "key-"+channel+"-1")
					if again.ID != reply.ID {
						t.Errorf("one key made two messages: %s and %s", reply.ID, again.ID)
					}
					phone.await(t, "the attendant's words on the phone", func(b bubble) bool { return b.Text == "Olá! Aqui é a Bianca." })

					last := "sent" // Telegram tells no more
					if channel == "whatsapp" {
						phone.read()
						last = "read"
					}
					events.await(t, reply.ID, last)

					// The bot is silent while a person owns the conversation.
					before := len(phone.bubbles())
					phone.say("obrigada!")
					until(t, "the customer's thanks in the thread", func() (bool, string) {
						messages := attendant.thread(found.ID)
						return len(messages) > 0 && messages[len(messages)-1].Content.Text == "obrigada!", fmt.Sprintf("%+v", messages)
					})
					attendant.do(http.MethodPost, "/conversations/"+found.ID+"/resolve", map[string]any{}, nil)
					if now := phone.bubbles(); len(now) != before+1 {
						t.Errorf("the bot spoke while a person owned the conversation: %+v", now[before:])
					}
				})
			}
		})
	}
}

// in gives the house for a sub-test, so that failures stop the right one.
func (h *house) in(t *testing.T) *house {
	sub := *h
	sub.t = t
	return &sub
}

// feed is a browser's stream of live updates.
type feed struct{ lines chan string }

func (h *house) listen(t *testing.T, c *client) *feed {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := (&http.Client{Jar: c.http.Jar}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		t.Fatalf("the live updates answered %s", response.Status)
	}
	f := &feed{lines: make(chan string, 4096)}
	hello := make(chan struct{})
	go func() {
		defer response.Body.Close()
		defer close(f.lines)
		scanner := bufio.NewScanner(response.Body)
		scanner.Buffer(make([]byte, 1<<16), 1<<22)
		told := false
		for scanner.Scan() {
			if line := scanner.Text(); strings.HasPrefix(line, "data:") {
				f.lines <- line
			} else if strings.HasPrefix(line, "event: hello") && !told {
				told = true
				close(hello)
			}
		}
	}()
	select {
	case <-hello:
	case <-time.After(patience):
		t.Fatal("the live updates did not say hello")
	}
	return f
}

// await waits until an update shows a message with a status.
func (f *feed) await(t *testing.T, messageID, status string) {
	t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case line, ok := <-f.lines:
			if !ok {
				t.Fatal("the live updates ended")
			}
			if strings.Contains(line, messageID) && strings.Contains(line, `"status":"`+status+`"`) {
				return
			}
		case <-deadline:
			t.Fatalf("no update showed %s as %s", messageID, status)
		}
	}
}
