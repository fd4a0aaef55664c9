package conversation

import (
	"encoding/json"

	"prosa/internal/base/fault"
)

// MessageEvent is the data of message.created and message.updated. The
// conversation beside the message is the row as it stands, so that a list needs
// no second event; it is absent when only the message changed (a tick).
type MessageEvent struct {
	Message      Message       `json:"message"`
	Conversation *Conversation `json:"conversation,omitempty"`
}

// ConversationEvent is the data of conversation.created and
// conversation.updated.
type ConversationEvent struct {
	Conversation Conversation `json:"conversation"`
}

// ReadEvent is the data of conversation.read: one person's cursor moved.
type ReadEvent struct {
	ConversationID string `json:"conversation_id"`
	UserID         string `json:"user_id"`
	Seq            int64  `json:"seq"`
}

// encode gives the JSON of what the house itself made; it can't fail but for
// raw JSON of a vendor that is none.
func encode(value any) ([]byte, error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the content could not be encoded")
	}
	return raw, nil
}

// contentJSON gives the content as it is stored, encoding it once.
func (m *Message) contentJSON() (string, error) {
	if m.stored == "" {
		raw, err := encode(m.Content)
		if err != nil {
			return "", err
		}
		m.stored = string(raw)
	}
	return m.stored, nil
}

// bareMessage is a message without its content, which is encoded already and
// needs no second look.
type bareMessage struct {
	*Message
	Content *struct{} `json:"content,omitempty"` // stands for the message's own
}

// messageEvent joins a message and its conversation's row, which is encoded
// once for all messages of a conversation; a nil row leaves it out.
func messageEvent(m *Message, conversation []byte) ([]byte, error) {
	content, err := m.contentJSON()
	if err != nil {
		return nil, err
	}
	bare, err := encode(bareMessage{Message: m})
	if err != nil {
		return nil, err
	}
	data := make([]byte, 0, len(bare)+len(content)+len(conversation)+48)
	data = append(append(data, `{"message":`...), bare[:len(bare)-1]...) // without its last brace
	data = append(append(data, `,"content":`...), content...)
	data = append(data, '}')
	if conversation != nil {
		data = append(append(data, `,"conversation":`...), conversation...)
	}
	return append(data, '}'), nil
}

func conversationEvent(conversation []byte) []byte {
	data := make([]byte, 0, len(conversation)+20)
	data = append(append(data, `{"conversation":`...), conversation...)
	return append(data, '}')
}
