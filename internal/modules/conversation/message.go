package conversation

import (
	"prosa/internal/message"
)

// Sender is who wrote a message.
type Sender struct {
	Kind string `json:"sender_kind" enum:"customer,bot,user,system"`
	ID   string `json:"sender_id"`
	Name string `json:"sender_name"`
}

// Kinds of sender.
const (
	fromCustomer = "customer"
	fromBot      = "bot"
	fromUser     = "user"
	fromSystem   = "system"
)

// Message is one message of a conversation: from the customer, to the
// customer, or internal (a note, an activity).
type Message struct {
	TenantID       string            `json:"-"`
	ID             string            `json:"id"`
	ConversationID string            `json:"conversation_id"`
	Seq            int64             `json:"seq"`
	Direction      message.Direction `json:"direction" enum:"in,out,internal"`
	Kind           message.Kind      `json:"kind"`
	Content        message.Content   `json:"content"`
	Sender
	Status      message.Status    `json:"status" doc:"Empty for internal messages."`
	ErrorCode   string            `json:"error_code,omitempty"`
	ErrorText   string            `json:"error_text,omitempty"`
	QuotedID    string            `json:"quoted_id,omitempty" doc:"The message that this one answers: our id, or the platform's when we do not have it."`
	ClientKey   string            `json:"client_key,omitempty"`
	Reactions   map[string]string `json:"reactions,omitempty" doc:"Emoji by who reacted: customer or company."`
	AtMS        int64             `json:"at_ms" doc:"The platform's time for what came in, ours for the rest."`
	CreatedMS   int64             `json:"created_ms"`
	SentMS      int64             `json:"sent_ms"`
	DeliveredMS int64             `json:"delivered_ms"`
	ReadMS      int64             `json:"read_ms"`
	PlayedMS    int64             `json:"played_ms" doc:"When a voice note was first heard."`
	EditedMS    int64             `json:"edited_ms"`
	DeletedMS   int64             `json:"deleted_ms" doc:"When its writer deleted it; the content is kept for the record."`
	Former      []former          `json:"former,omitempty" doc:"The words before its edits, oldest first."`
	Bill        *bill             `json:"bill,omitempty" doc:"What the platform bills for it; only in threads, absent while it has not said."`
	Version     int64             `json:"version"`

	ExternalID string `json:"-"` // the platform's id of the first part
	// reacted is Reactions as they are stored: also those that were taken back,
	// since an older word may come later.
	reacted map[string]lastEmoji
	// stored is the content as it stands in its row, when nobody had to read it.
	stored string
}

// alters reports whether a message of ours is about another one, and not to be
// read itself: a reaction, an edit, a withdrawal.
func (m *Message) alters() bool {
	switch m.Kind {
	case message.Emoji, message.Amendment, message.Withdrawal:
		return m.Direction == message.Out
	default:
		return false
	}
}

// lastEmoji is somebody's last word by an emoji, empty for one taken back.
type lastEmoji struct {
	Emoji string `json:"emoji"`
	AtMS  int64  `json:"at_ms"`
}

// former is what a message said before an edit.
type former struct {
	AtMS int64  `json:"at_ms" doc:"When these words were written."`
	Text string `json:"text"`
}

// reached notes a status and its time. It reports whether the message changed:
// a status only moves forward, but the time of one that came late is kept.
func (m *Message) reached(status message.Status, atMS int64, code, text string) (changed bool) {
	switch status {
	case message.Sent:
		changed = note(&m.SentMS, atMS)
	case message.Delivered:
		changed = note(&m.DeliveredMS, atMS)
	case message.Read:
		changed = note(&m.ReadMS, atMS)
	case message.Played:
		changed = note(&m.PlayedMS, atMS)
	}
	if !message.Advances(m.Status, status) {
		return changed
	}
	m.Status, m.ErrorCode, m.ErrorText = status, "", ""
	if status == message.Failed || status == message.Unknown {
		m.ErrorCode, m.ErrorText = code, text
	}
	return true
}

func note(at *int64, ms int64) bool {
	if *at != 0 {
		return false
	}
	*at = ms
	return true
}
