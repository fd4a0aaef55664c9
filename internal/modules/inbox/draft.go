package inbox

import (
	"context"
	"errors"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

// DraftMax bounds a draft, in bytes: several of the longest messages.
const DraftMax = 64 << 10

// Draft is what somebody has begun to write in a conversation.
type Draft struct {
	Text      string `json:"text"`
	UpdatedMS int64  `json:"updated_ms"`
}

// Draft gives a person's draft in a conversation, zero when there is none. The
// caller has made sure that the person may see the conversation.
func (s *Service) Draft(ctx context.Context, tenantID, userID, conversationID string) (draft Draft, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		draft = Draft{}
		err := tx.QueryRow(ctx, "SELECT body, updated_ms FROM draft WHERE tenant_id = $1 AND user_id = $2 AND conversation_id = $3",
			tenantID, userID, conversationID).Scan(&draft.Text, &draft.UpdatedMS)
		if errors.Is(err, database.ErrNoRows) {
			return nil
		}
		return err
	})
	return draft, err
}

// SaveDraft keeps a draft; an empty text removes it. Errors: fault.Invalid,
// fault.TooLarge.
func (s *Service) SaveDraft(ctx context.Context, tenantID, userID, conversationID, text string) (draft Draft, err error) {
	if len(text) > DraftMax {
		return Draft{}, fault.New(fault.TooLarge, "a draft has at most %d bytes", DraftMax)
	}
	if err := database.Text(text); err != nil {
		return Draft{}, fault.OnField("text", "%s", fault.MessageOf(err))
	}
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		draft = Draft{Text: text, UpdatedMS: tx.Now()}
		if text == "" {
			draft.UpdatedMS = 0
			_, err := tx.Exec(ctx, "DELETE FROM draft WHERE tenant_id = $1 AND user_id = $2 AND conversation_id = $3", tenantID, userID, conversationID)
			return err
		}
		_, err := tx.Exec(ctx, `
			INSERT INTO draft (tenant_id, user_id, conversation_id, body, updated_ms) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (tenant_id, user_id, conversation_id) DO UPDATE SET body = $4, updated_ms = $5`,
			tenantID, userID, conversationID, text, draft.UpdatedMS)
		return err
	})
	return draft, err
}
