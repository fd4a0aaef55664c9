package conversation

import (
	"context"
	"testing"

	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

// shelf is a template module that knows what the platform calls each template
// now.
type shelf map[string]string

func (s shelf) Fill(_ context.Context, _ *database.Tx, _, _, templateID string, _ map[string]string, _ *message.Media) (message.TemplateRef, error) {
	return message.TemplateRef{ID: templateID, Name: templateID, Language: "pt_BR", Category: s[templateID]}, nil
}

func (s shelf) Category(_ context.Context, _ *database.Tx, _, templateID string) (string, error) {
	return s[templateID], nil
}

func (s shelf) Failed(context.Context, *database.Tx, string, string, message.TemplateRef, string, string, int64) error {
	return nil
}

func aTemplate(id, category string) message.Content {
	return message.Content{Kind: message.Template, Text: "x", Template: &message.TemplateRef{ID: id, Name: id, Language: "pt_BR", Category: category}}
}

// leaving asks whether the last message of ours may leave now.
func (h *house) leaving(c Conversation) string {
	h.t.Helper()
	list := h.thread(c.ID)
	last := list[len(list)-1]
	code := ""
	h.writeTx(func(ctx context.Context, tx *database.Tx) error {
		refusals, err := h.Admit(ctx, tx, []channel.Candidate{{TenantID: h.company, ConversationID: c.ID, MessageID: last.ID, Kind: last.Kind}})
		for _, r := range refusals {
			code = r.Code
		}
		return err
	})
	return code
}

func TestWhoSaidStopWhileItWaitedGetsNoMarketing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.consents = &consentBook{}
		h.deliver(h.says(1, "oi"))
		c := h.only()
		if _, err := h.Reply(context.Background(), ReplyInput{TenantID: h.company, ConversationID: c.ID, By: ana, Content: aTemplate("promo", "marketing")}); err != nil {
			t.Fatal(err)
		}
		if code := h.leaving(c); code != "" {
			t.Fatal(code)
		}
		said := h.says(1, "parar")
		h.deliver(said)
		list := h.thread(c.ID)
		promo := list[len(list)-2]
		if promo.Kind != message.Template {
			t.Fatalf("%+v", promo)
		}
		h.writeTx(func(ctx context.Context, tx *database.Tx) error {
			refusals, err := h.Admit(ctx, tx, []channel.Candidate{{TenantID: h.company, ConversationID: c.ID, MessageID: promo.ID, Kind: promo.Kind, Human: true}})
			if len(refusals) != 1 || refusals[0].Code != "opted_out" {
				t.Errorf("it leaves: %+v", refusals)
			}
			return err
		})
		// Nor by a new attempt.
		h.writeTx(func(ctx context.Context, tx *database.Tx) error {
			return h.Settle(ctx, tx, []channel.Change{{TenantID: h.company, ConversationID: c.ID, MessageID: promo.ID, Status: message.Failed, AtMS: h.now(), ErrorCode: "opted_out"}})
		})
		if _, err := h.SendAgain(context.Background(), h.company, promo.ID, ana); reason(err) != "opted_out" {
			t.Errorf("sent again: %v", err)
		}
	})
}

func TestABotSendsNoMarketingToWhoWantsNone(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.consents = &consentBook{}
		h.withBot()
		h.bots.answer = func(_ context.Context, _ *database.Tx, r TurnRequest) (Turn, error) {
			return Turn{Replies: []Reply{{ID: replyTo(r, "x").ID, Content: aTemplate("promo", "marketing")}}}, nil
		}
		h.deliver(h.says(1, "parar"))
		if code := h.leaving(h.only()); code != "opted_out" {
			t.Errorf("it leaves: %q", code)
		}
	})
}

func TestWhatThePlatformNowCallsMarketingIsMarketing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.consents = &consentBook{}
		now := shelf{"notice": "utility"}
		h.BindTemplates(now)
		h.deliver(h.says(1, "parar"))
		c := h.only()
		ask := ReplyInput{TenantID: h.company, ConversationID: c.ID, By: ana, Template: &TemplateAsk{TemplateID: "notice"}}
		if _, err := h.Reply(context.Background(), ask); err != nil {
			t.Fatal(err)
		}
		if code := h.leaving(c); code != "" {
			t.Fatal(code)
		}
		now["notice"] = "marketing"
		if code := h.leaving(c); code != "opted_out" {
			t.Errorf("it leaves: %q", code)
		}
	})
}

func TestTheLedgerKnowsByWhatAWordCame(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		book := &consentBook{}
		h.consents = book
		h.deliver(h.says(1, "parar"))
		c := h.only()
		if len(book.heard) != 1 || !book.heard[0].ByWords || book.heard[0].ByPlatform {
			t.Fatalf("%+v", book.heard)
		}
		sent, err := h.reply(ana, c, "tchau")
		if err != nil {
			t.Fatal(err)
		}
		fail := func(code string) {
			h.writeTx(func(ctx context.Context, tx *database.Tx) error {
				return h.Settle(ctx, tx, []channel.Change{{TenantID: h.company, ConversationID: c.ID, MessageID: sent.ID, Status: message.Failed, AtMS: h.now(), ErrorCode: code, ErrorText: "stopped marketing"}})
			})
		}
		fail("131050")
		fail("131050") // the status comes twice
		if len(book.heard) != 2 || !book.heard[1].ByPlatform || book.heard[1].Granted || book.heard[1].ContactID != c.ContactID ||
			book.heard[1].MessageID != sent.ID || book.heard[1].Topic != "marketing" || book.heard[1].AccountID != c.AccountID {
			t.Errorf("%+v", book.heard)
		}
	})
}
