package conversation

import (
	"encoding/json"

	"prosa/internal/base/fault"
)

// MessageEvent is the data of message.created and message.updated. The
// conversation beside the message is the row as it stands, so that a list needs
// no second event.
type MessageEvent struct {
	Message      Message      `json:"message"`
	Conversation Conversation `json:"conversation"`
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

// encodedMessage is a message whose content is encoded already.
type encodedMessage struct {
	*Message
	Content json.RawMessage `json:"content"` // stands for the message's own
}

// messageEvent joins the two halves, of which the second is encoded once for
// all messages of a conversation.
func messageEvent(m *Message, conversation []byte) ([]byte, error) {
	content, err := m.contentJSON()
	if err != nil {
		return nil, err
	}
	half, err := encode(encodedMessage{m, json.RawMessage(content)})
	if err != nil {
		return nil, err
	}
	data := make([]byte, 0, len(half)+len(conversation)+32)
	data = append(append(data, `{"message":`...), half...)
	data = append(append(data, `,"conversation":`...), conversation...)
	return append(data, '}'), nil
}

func conversationEvent(conversation []byte) []byte {
	data := make([]byte, 0, len(conversation)+20)
	data = append(append(data, `{"conversation":`...), conversation...)
	return append(data, '}')
}
