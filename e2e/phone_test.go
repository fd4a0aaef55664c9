package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
)

// chat is one conversation as a simulated telephone shows it.
type chat struct {
	c  *client
	ID string
}

type bubble struct {
	ID   string `json:"id"`
	Dir  string `json:"dir"`
	Kind string `json:"kind"`
	Text string `json:"text"`
	Tick string `json:"tick"`
	Rows [][]struct {
		ID   string `json:"id"`
		Text string `json:"text"`
		Kind string `json:"kind"`
	} `json:"rows"`
	List *struct {
		Sections []struct {
			Rows []struct {
				ID   string `json:"id"`
				Text string `json:"text"`
			} `json:"rows"`
		} `json:"sections"`
	} `json:"list"`
}

// chatOf finds the chat of a person on a channel with the company's account.
func (h *house) chatOf(person, channel string) *chat {
	h.t.Helper()
	c := h.phones()
	var phones struct {
		Phones []struct{ ID, Name string } `json:"phones"`
	}
	c.do(http.MethodGet, "/phones", nil, &phones)
	for _, phone := range phones.Phones {
		if phone.Name != person {
			continue
		}
		var chats struct {
			Chats []struct {
				ID, Channel string
				Business    struct{ Ready bool }
			} `json:"chats"`
		}
		c.do(http.MethodGet, "/phones/"+url.PathEscape(phone.ID)+"/chats", nil, &chats)
		for _, found := range chats.Chats {
			if found.Channel == channel && found.Business.Ready { // a webhook listens
				return &chat{c: c, ID: found.ID}
			}
		}
	}
	h.t.Fatalf("no chat of %s on %s among %+v", person, channel, phones.Phones)
	return nil
}

// newPhone makes a telephone and gives its chat on a channel.
func (h *house) newPhone(name, channel string) *chat {
	h.t.Helper()
	h.phones().do(http.MethodPost, "/phones", map[string]any{"name": name, "phone": "", "channels": []string{channel}}, nil)
	return h.chatOf(name, channel)
}

func (c *chat) path(more string) string { return "/chats/" + url.PathEscape(c.ID) + more }

func (c *chat) say(text string) {
	c.c.t.Helper()
	c.c.do(http.MethodPost, c.path("/messages"), map[string]string{"kind": "text", "text": text}, nil)
}

func (c *chat) send(body map[string]any) {
	c.c.t.Helper()
	c.c.do(http.MethodPost, c.path("/messages"), body, nil)
}

func (c *chat) bubbles() []bubble {
	var page struct {
		Bubbles []bubble `json:"bubbles"`
	}
	if err := c.c.get(c.path("/messages?limit=200"), &page); err != nil {
		return nil
	}
	return page.Bubbles
}

// await waits for a bubble of the company that fits, and gives it.
func (c *chat) await(t *testing.T, what string, fits func(bubble) bool) bubble {
	t.Helper()
	var found bubble
	until(t, what, func() (bool, string) {
		all := c.bubbles()
		for i := len(all) - 1; i >= 0; i-- {
			if all[i].Dir == "theirs" && fits(all[i]) {
				found = all[i]
				return true, ""
			}
		}
		return false, fmt.Sprintf("%+v", all)
	})
	return found
}

// choices gives the ids and titles to tap under a bubble.
func (b bubble) choices() map[string]string {
	choices := map[string]string{}
	for _, row := range b.Rows {
		for _, choice := range row {
			choices[choice.Text] = choice.ID
		}
	}
	if b.List != nil {
		for _, section := range b.List.Sections {
			for _, row := range section.Rows {
				choices[row.Text] = row.ID
			}
		}
	}
	return choices
}

// read opens the chat on the telephone, which tells the company.
func (c *chat) read() {
	c.c.t.Helper()
	c.c.do(http.MethodPost, c.path("/read"), map[string]any{}, nil)
}
