package conversation

import (
	"context"
	"fmt"
	"testing"
	"time"

	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

func (h *house) mending(by Viewer, m Message) Mending {
	h.serial++
	return Mending{TenantID: h.company, MessageID: m.ID, By: by, ClientKey: fmt.Sprint("mend-", h.serial)}
}

func TestReactEditAndWithdraw(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		h.on(message.Telegram, "")
		h.deliver(h.from(1, channel.Inbound{Key: "in1", Content: text("oi")}))
		c := h.must(h.Take(ctx, h.step(ana, h.only())))
		theirs := h.thread(c.ID)[0]
		ours, err := h.reply(ana, c, "olla")
		if err != nil {
			t.Fatal(err)
		}
		waiting := h.only()
		if _, err := h.Edit(ctx, h.mending(ana, ours), "olá"); reason(err) != "not_there" {
			t.Errorf("an edit of what has not left: %v", err)
		}
		h.sends(ours, "out1")

		wish := h.mending(ana, theirs)
		reaction, err := h.React(ctx, wish, "👍")
		if err != nil {
			t.Fatal(err)
		}
		if again, err := h.React(ctx, wish, "👍"); err != nil || again.ID != reaction.ID {
			t.Errorf("the same wish twice: %v", err)
		}
		if now := h.only(); now.Preview != waiting.Preview || now.LastMS != waiting.LastMS {
			t.Errorf("a reaction of ours is no news: %+v", now)
		}
		if m := h.message(theirs.ID); len(m.Reactions) != 0 {
			t.Error("it is shown before the platform has it")
		}
		h.sends(reaction, "r1")
		if m := h.message(theirs.ID); m.Reactions["company"] != "👍" {
			t.Errorf("%v", m.Reactions)
		}
		off, err := h.React(ctx, h.mending(ana, theirs), "")
		if err != nil {
			t.Fatal(err)
		}
		h.sends(off, "r2")
		if m := h.message(theirs.ID); len(m.Reactions) != 0 {
			t.Errorf("%v", m.Reactions)
		}

		edit, err := h.Edit(ctx, h.mending(ana, ours), "olá")
		if err != nil {
			t.Fatal(err)
		}
		if edit.Content.Target != "out1" || edit.QuotedID != ours.ID {
			t.Errorf("%+v", edit)
		}
		h.sends(edit, "e1")
		h.sends(edit, "e1") // a repeated word changes nothing
		if m := h.message(ours.ID); m.Content.Text != "olá" || m.EditedMS == 0 || len(m.Former) != 1 || m.Former[0].Text != "olla" {
			t.Errorf("%+v", m)
		}
		for name, c := range map[string]struct {
			did  func() (Message, error)
			want string
		}{
			"of the customer's words": {func() (Message, error) { return h.Edit(ctx, h.mending(ana, theirs), "x") }, "not_yours"},
			"of a colleague's":        {func() (Message, error) { return h.Withdraw(ctx, h.mending(rui, ours)) }, "not_found"},
			"with nothing":            {func() (Message, error) { return h.Edit(ctx, h.mending(ana, ours), " ") }, "invalid"},
			"with no emoji":           {func() (Message, error) { return h.React(ctx, h.mending(ana, ours), "two words") }, "invalid"},
			"of an edit":              {func() (Message, error) { return h.React(ctx, h.mending(ana, edit), "👍") }, "not_there"},
			"longer than a message": {func() (Message, error) {
				return h.Edit(ctx, h.mending(ana, ours), string(make([]rune, 5000)))
			}, "invalid"},
		} {
			if _, err := c.did(); reason(err) != c.want {
				t.Errorf("a change %s: %v", name, err)
			}
		}
		gone, err := h.Withdraw(ctx, h.mending(sup, ours))
		if err != nil {
			t.Fatal(err)
		}
		h.settle(channel.Change{TenantID: h.company, ConversationID: c.ID, MessageID: gone.ID, Status: message.Failed, ErrorText: "too late"})
		if m := h.message(ours.ID); m.DeletedMS != 0 {
			t.Error("what the platform refused was done")
		}
		if gone, err = h.Withdraw(ctx, h.mending(ana, ours)); err != nil {
			t.Fatal(err)
		}
		h.sends(gone, "w1")
		if m := h.message(ours.ID); m.DeletedMS == 0 || m.Content.Text != "olá" {
			t.Errorf("%+v", m)
		}
		if _, err := h.React(ctx, h.mending(ana, ours), "👍"); reason(err) != "not_there" {
			t.Errorf("a reaction to what is gone: %v", err)
		}
		late, err := h.reply(ana, c, "tarde")
		if err != nil {
			t.Fatal(err)
		}
		h.sends(late, "out2")
		h.clock.Advance(49 * time.Hour)
		if _, err := h.Withdraw(ctx, h.mending(ana, late)); reason(err) != "too_old" {
			t.Errorf("after two days: %v", err)
		}
	})
}

// What the channel cannot carry is refused before anything is stored.
func TestARefusalComesBeforeTheMessage(t *testing.T) {
	h := newHouse(t, database.SQLite)
	h.deliver(h.says(1, "oi"))
	c := h.only()
	if _, err := h.reply(ana, c, "unrenderable"); reason(err) != "too_odd" {
		t.Errorf("%v", err)
	}
	if now := h.only(); now.Seq != c.Seq || now.Owner.Kind != Nobody {
		t.Errorf("%+v", now)
	}
}

func TestWhatAPersonPutsTogether(t *testing.T) {
	link := message.Link{Title: "Loja", URL: "https://loja.example/a"}
	for _, c := range []struct {
		content message.Content
		ok      bool
	}{
		{message.Content{Kind: message.Links, Text: "veja", Links: []message.Link{link}}, true},
		{message.Content{Kind: message.Links, Links: []message.Link{link}}, false},
		{message.Content{Kind: message.Links, Text: "veja"}, false},
		{message.Content{Kind: message.Links, Text: "veja", Links: []message.Link{{Title: "x", URL: "javascript:alert(1)"}}}, false},
		{message.Content{Kind: message.Links, Text: "veja", Links: []message.Link{{Title: "x", URL: "https://a:b@c.example"}}}, false},
		{message.Content{Kind: message.Links, Text: "veja", Links: []message.Link{{URL: "https://c.example"}}}, false},
		{message.Content{Kind: message.Cards, Cards: []message.Card{{Name: "Bia", Phones: []string{"+5511988887777"}}}}, true},
		{message.Content{Kind: message.Cards, Cards: []message.Card{{Name: "Bia"}}}, false},
		{message.Content{Kind: message.Cards, Cards: []message.Card{{Phones: []string{"1"}}}}, false},
		{message.Content{Kind: message.Cards}, false},
	} {
		if err := checkContent(c.content); (err == nil) != c.ok {
			t.Errorf("%+v: %v", c.content, err)
		}
	}
}
