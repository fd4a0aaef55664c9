package channel

import (
	"context"

	"prosa/internal/message"
	"prosa/internal/platform/database"
)

// Billed is a platform's word on what one part of a message costs: the pricing
// that WhatsApp puts into statuses (channels.md 2.4). Unknown values are kept as
// the platform's text.
type Billed struct {
	TenantID       string
	AccountID      string
	ConversationID string
	MessageID      string
	DeliveryID     string
	Billable       bool
	Category       string
	Model          string
	// Status is the state that the word came with: of several words the one of
	// the highest rank stands.
	Status message.Status
	AtMS   int64
	// WindowEndsMS is when the platform says its conversation ends, 0 unknown.
	WindowEndsMS int64
}

// Biller is a Ledger that also keeps what messages cost.
type Biller interface {
	// Bill is told each word, in channel's transaction; words repeat and come in
	// any order.
	Bill(ctx context.Context, tx *database.Tx, words []Billed) error
}

// bill passes on what the reports say of prices.
func (s *Service) bill(ctx context.Context, tx *database.Tx, incoming []Report, found []*known) error {
	biller, ok := s.ledger.(Biller)
	if !ok {
		return nil
	}
	var words []Billed
	for i, k := range found {
		report := incoming[i].Status
		if k == nil || k.messageID == "" || report.Category == "" && report.Model == "" && report.WindowEndsMS == 0 {
			continue
		}
		words = append(words, Billed{
			TenantID: k.tenantID, AccountID: incoming[i].AccountID, ConversationID: k.conversationID, MessageID: k.messageID, DeliveryID: k.id,
			Billable: report.Billable, Category: report.Category, Model: report.Model, Status: report.Status, AtMS: incoming[i].AtMS,
			WindowEndsMS: report.WindowEndsMS,
		})
	}
	if len(words) == 0 {
		return nil
	}
	return biller.Bill(ctx, tx, words)
}
