package whatsapp

import (
	"encoding/json"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/br"
)

// piece is the body of a channel.Piece: one event with what stood around it.
// Exactly one of Message, Status, Echo, Action, Call, Wish, Past, Person and
// Value is set.
type piece struct {
	WABA     string         `json:"waba"`
	Field    string         `json:"field"`
	Metadata jsontext.Value `json:"metadata"`
	Contact  jsontext.Value `json:"contact"`
	Message  jsontext.Value `json:"message"`
	Status   jsontext.Value `json:"status"`
	Echo     jsontext.Value `json:"echo"`
	Action   jsontext.Value `json:"action"`
	Call     jsontext.Value `json:"call"`
	Wish     jsontext.Value `json:"wish"` // of user_preferences
	Past     jsontext.Value `json:"past"` // a message of before the connection
	Person   jsontext.Value `json:"person"`
	// Thread is the customer of a past message.
	Thread jsontext.Value `json:"thread"`
	// Errors stood beside the messages: why one of them came without content.
	Errors jsontext.Value `json:"errors"`
	// Value is a whole change about the account.
	Value jsontext.Value `json:"value"`
}

// encode writes the piece with the vendor's own bytes. It is done by hand since
// it runs for every event that the gateway takes, and the values are JSON
// already.
func (p *piece) encode() json.RawMessage {
	size := 64 + len(p.WABA) + len(p.Field)
	values := [...]struct {
		name  string
		value jsontext.Value
	}{
		{"metadata", p.Metadata}, {"contact", p.Contact}, {"message", p.Message}, {"status", p.Status},
		{"echo", p.Echo}, {"action", p.Action}, {"call", p.Call}, {"wish", p.Wish}, {"past", p.Past}, {"person", p.Person},
		{"thread", p.Thread}, {"errors", p.Errors}, {"value", p.Value},
	}
	for _, v := range values {
		size += len(v.name) + len(v.value) + 4
	}
	out := make([]byte, 0, size)
	out = append(out, `{"waba":`...)
	out = quote(out, p.WABA)
	out = append(out, `,"field":`...)
	out = quote(out, p.Field)
	for _, v := range values {
		if len(v.value) == 0 {
			continue
		}
		out = append(out, ',', '"')
		out = append(out, v.name...)
		out = append(out, '"', ':')
		out = append(out, v.value...)
	}
	return append(out, '}')
}

func quote(dst []byte, text string) []byte {
	quoted, err := jsontext.AppendQuote(dst, text)
	if err != nil {
		return strconv.AppendQuoteToASCII(dst, "") // invalid UTF-8 was mended before
	}
	return quoted
}

// person is what an element tells of the customer, under the names that the
// different elements use.
type person struct {
	From          meta.Text `json:"from"`
	FromUser      meta.Text `json:"from_user_id"`
	FromParent    meta.Text `json:"from_parent_user_id"`
	To            meta.Text `json:"to"`
	ToUser        meta.Text `json:"to_user_id"`
	Recipient     meta.Text `json:"recipient_id"`
	RecipientUser meta.Text `json:"recipient_user_id"`
}

type elementKind uint8

const (
	messageElement elementKind = iota
	statusElement
	echoElement
	contactElement
	actionElement
	callElement
	wishElement
	pastElement
)

// nameMembers are the members of each kind of element that name the customer:
// the business-scoped user id and the phone's id.
var nameMembers = [...]struct{ user, wa string }{
	messageElement: {"from_user_id", "from"},
	statusElement:  {"recipient_user_id", "recipient_id"},
	echoElement:    {"to_user_id", "to"},
	contactElement: {"user_id", "wa_id"},
	actionElement:  {"user_id", "wa_id"},
	callElement:    {"from_user_id", "from"},
	wishElement:    {"user_id", "wa_id"},
	pastElement:    {"user_id", "wa_id"},
}

// namesOf reads who an element is about; false when it is no object or names
// somebody in a form that is no id.
func namesOf(element jsontext.Value, kind elementKind) (user, wa string, ok bool) {
	if element.Kind() != '{' {
		return "", "", false
	}
	names := nameMembers[kind]
	ok = true
	for name, member := range meta.Members(element) {
		readable := true
		switch string(name) {
		case names.user:
			user, readable = meta.TextOf(member)
		case names.wa:
			wa, readable = meta.TextOf(member)
		}
		ok = ok && readable
	}
	return user, wa, ok
}

// shardKey is stable for a customer: the business-scoped user id, else the
// phone's id without the Brazilian ninth digit.
func shardKey(user, wa string) string {
	if user != "" {
		return user
	}
	shortest := wa
	for _, variant := range br.Variants(wa) {
		if len(variant) < len(shortest) {
			shortest = variant
		}
	}
	return shortest
}
