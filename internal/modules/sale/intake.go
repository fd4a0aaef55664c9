package sale

import (
	"context"
	"fmt"
	"strings"

	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/order"
	"prosa/internal/platform/database"
)

// cartKey is the cause to speak about a cart that a message brought.
func cartKey(messageID string) string { return "cart:" + messageID }

// takeIn puts a cart that a customer sent, and no bot took, into the customer's
// own, and says what became of it.
func (s *Service) takeIn(ctx context.Context, tenantID string, c conversation.Conversation, m conversation.Message) error {
	return s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		key := cartKey(m.ID)
		ours, err := claim(ctx, tx, tenantID, "", key)
		if err != nil || !ours {
			return err
		}
		if _, err := s.conversations.Hold(ctx, tx, tenantID, c.ID); err != nil {
			return passOver(err)
		}
		language, err := s.speaks(ctx, tx, tenantID, c.ContactID)
		if err != nil {
			return err
		}
		v := words(languageOf(language, portuguese))
		if _, err := tx.Exec(ctx, "SAVEPOINT cart"); err != nil {
			return err
		}
		text := ""
		receipt, failed := s.take(ctx, tx, taking{tenantID, c.AccountID, c.ContactID, m.ID, *m.Content.Order, event.Actor{Kind: "customer", ID: c.ContactID, Name: c.ContactName}})
		switch {
		case failed != nil && !isRule(failed):
			return failed
		case failed != nil:
			if _, err := tx.Exec(ctx, "ROLLBACK TO SAVEPOINT cart"); err != nil {
				return err
			}
			if text = v.reasons[reasonOf(failed)]; text == "" {
				text = v.reasons["refused"]
			}
		case !receipt.Again: // a bot has not taken it
			text = s.receiptText(tenantID, c, receipt, v)
			if err := s.orders.Within(tx).Told(ctx, tenantID, c.ContactID); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, "RELEASE SAVEPOINT cart"); err != nil || text == "" {
			return err
		}
		said, err := s.conversations.SayIn(ctx, tx, conversation.SayInput{
			TenantID: tenantID, ConversationID: c.ID, Key: key, Sender: house, Content: message.Content{Kind: message.Text, Text: text}, Unsaid: fmt.Sprintf(v.unsaid, text),
		})
		if err != nil {
			return passOver(err)
		}
		return noteSaid(ctx, tx, tenantID, key, said.ID)
	})
}

// receiptText tells a customer what became of the cart, and where to go on.
func (s *Service) receiptText(tenantID string, c conversation.Conversation, receipt order.Receipt, v vocabulary) string {
	parts := []string{v.received}
	if len(receipt.Missing) > 0 {
		lines := []string{v.receivedMissing}
		for _, m := range receipt.Missing {
			lines = append(lines, "• "+missingText(m, v))
		}
		parts = append(parts, strings.Join(lines, "\n"))
	}
	parts = append(parts, cartOf(receipt.Cart, v).Text)
	if len(receipt.Cart.Lines) > 0 {
		parts = append(parts, fmt.Sprintf(v.finish, s.links.Shop(tenantID, c.ContactID, c.ID)))
	}
	return strings.Join(parts, "\n\n")
}
