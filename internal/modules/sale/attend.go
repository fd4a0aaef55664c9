package sale

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/conversation"
	"prosa/internal/platform/database"
)

// ShowInput is an attendant's wish to show goods to a customer.
type ShowInput struct {
	TenantID       string
	ConversationID string
	By             conversation.Viewer
	Key            string // makes a repeated request the same message
	VariantIDs     []string
	CollectionID   string
	Catalog        bool
	Text           string
	Carousel       bool
}

// Show sends goods to a customer as the attendant's message, in the form that
// the channel has for them. Errors: fault.NotFound, fault.Invalid,
// fault.Refused with reason not_shown, and those of conversation.Reply.
func (s *Service) Show(ctx context.Context, in ShowInput) (conversation.Message, error) {
	before, ok, err := s.conversations.Spoken(ctx, in.TenantID, in.ConversationID, in.By, in.Key)
	if err != nil || ok {
		return before, err
	}
	row, err := s.conversations.Get(ctx, in.TenantID, in.ConversationID, in.By)
	if err != nil {
		return before, err
	}
	content, err := s.compose(ctx, in, row.Conversation)
	if err != nil {
		return before, err
	}
	return s.conversations.Reply(ctx, conversation.ReplyInput{
		TenantID: in.TenantID, ConversationID: in.ConversationID, By: in.By, ClientKey: in.Key, Content: content,
	})
}

// compose makes the message of the goods that an attendant chose.
func (s *Service) compose(ctx context.Context, in ShowInput, c conversation.Conversation) (content message.Content, err error) {
	err = s.db.Read(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) error {
		shelf := s.shelfOf(tx, in.TenantID)
		look := display{
			accountID: c.AccountID, channel: c.Channel, contactID: c.ContactID, conversationID: c.ID, text: in.Text, carousel: in.Carousel,
			option: func(_ int, g good) string { return "goods." + g.VariantID },
		}
		language, err := s.speaks(ctx, tx, in.TenantID, c.ContactID)
		if err != nil {
			return err
		}
		if look.text == "" {
			look.text = words(languageOf(language, portuguese)).look
		}
		var list []good
		switch {
		case in.Catalog:
			content, err = shelf.entrance(ctx, look)
			return err
		case len(in.VariantIDs) > 0:
			list, err = shelf.exactly(ctx, in.VariantIDs)
		case in.CollectionID != "":
			list, _, err = shelf.find(ctx, "", in.CollectionID, mostShown, 0)
		default:
			return fault.OnField("variant_ids", "say what to show: goods, a collection or the catalog")
		}
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return fault.Refuse("not_shown", "nothing of this can be had now")
		}
		content, err = shelf.display(ctx, list, look)
		return err
	})
	return content, err
}

// BillInput is a person's wish to send the bill of an order again.
type BillInput struct {
	TenantID string
	OrderID  string
	By       conversation.Viewer
	Key      string
}

// BillAgain sends the bill of an order's open payment once more, in its
// conversation. Errors: fault.NotFound, fault.Refused with reason
// nothing_to_pay, no_conversation, window_closed or contact_blocked.
func (s *Service) BillAgain(ctx context.Context, in BillInput) (m conversation.Message, err error) {
	o, err := s.orders.Get(ctx, in.TenantID, in.OrderID)
	if err != nil {
		return m, err
	}
	if o.ConversationID == "" {
		return m, fault.Refuse("no_conversation", "the order belongs to no conversation")
	}
	// Seeing the order is not seeing the conversation.
	sum := sha256.Sum256([]byte(in.Key))
	key := "again:" + hex.EncodeToString(sum[:16])
	if before, ok, err := s.conversations.Spoken(ctx, in.TenantID, o.ConversationID, in.By, key); err != nil || ok {
		return before, err
	}
	if before, ok, err := s.sentAgain(ctx, in, key); err != nil || ok {
		return before, err
	}
	v, _, err := s.before(ctx, o)
	if err != nil {
		return m, err
	}
	for _, p := range o.Payments {
		if payable(o, p) {
			by := conversation.Sender{Kind: "user", ID: in.By.UserID, Name: in.By.Name}
			if m, err = s.sendBill(ctx, o, p, by, key, v, false); err == nil && m.ID == "" {
				err = fault.New(fault.Conflict, "the bill is being sent")
			}
			return m, err
		}
	}
	return m, errNothingToPay()
}

func errNothingToPay() error {
	return fault.Refuse("nothing_to_pay", "no payment of the order waits for its payer")
}

// sentAgain finds the bill that a key has sent into a later conversation of the
// customer, since the order's own had ended.
func (s *Service) sentAgain(ctx context.Context, in BillInput, key string) (m conversation.Message, ok bool, err error) {
	messageID := ""
	err = s.db.Read(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) error {
		messageID, err = messageOfKey(ctx, tx, in.TenantID, key)
		return err
	})
	if err != nil || messageID == "" {
		return m, false, err
	}
	m, _, err = s.conversations.Message(ctx, in.TenantID, messageID, in.By)
	return m, true, err
}
