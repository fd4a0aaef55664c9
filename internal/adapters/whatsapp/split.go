package whatsapp

import (
	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/fault"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/wire"
)

const object = "whatsapp_business_account"

// maxPieces bounds the bytes of all pieces of a body: they repeat what they
// share, so that a body made for it could grow a thousandfold.
const maxPieces = 4 * wire.MaxBody

// Fields whose changes hold events of customers; all others are about the
// account.
const (
	fieldMessages = "messages"
	fieldEchoes   = "smb_message_echoes"
	fieldCalls    = "calls"
	fieldWishes   = "user_preferences"
	fieldHistory  = "history"            // coexistence: what was said before
	fieldPeople   = "smb_app_state_sync" // coexistence: the phone's address book
)

func ofCustomers(field string) bool {
	switch field {
	case fieldMessages, fieldEchoes, fieldCalls, fieldWishes, fieldHistory, fieldPeople:
		return true
	default:
		return false
	}
}

// Split implements channel.Adapter.
func (a *Adapter) Split(body []byte) ([]channel.Piece, error) {
	updates, err := meta.Open(body, object)
	if err != nil {
		return nil, err
	}
	pieces := make([]channel.Piece, 0, len(updates))
	left := maxPieces
	for i := range updates {
		cut := splitChange(&updates[i], left)
		for _, piece := range cut {
			left -= len(piece.Body)
		}
		if left < 0 {
			return nil, fault.New(fault.TooLarge, "the events of the body make more than %d bytes", maxPieces)
		}
		pieces = append(pieces, cut...)
	}
	return pieces, nil
}

// value is the part of a change that is cut. Everything is raw, so that an
// array that is none costs only its own elements.
type value struct {
	metadata, contacts, messages, statuses, echoes, actions, errors jsontext.Value
	calls, wishes, history, people                                  jsontext.Value
}

func valueOf(raw jsontext.Value) value {
	var v value
	for name, member := range meta.Members(raw) {
		switch string(name) {
		case "metadata":
			v.metadata = member
		case "contacts":
			v.contacts = member
		case "messages":
			v.messages = member
		case "statuses":
			v.statuses = member
		case "message_echoes":
			v.echoes = member
		case "user_actions":
			v.actions = member
		case "errors":
			v.errors = member
		case "calls":
			v.calls = member
		case "user_preferences":
			v.wishes = member
		case "history":
			v.history = member
		case "state_sync":
			v.people = member
		}
	}
	return v
}

// splitChange stops soon after its pieces have more than most bytes.
func splitChange(update *meta.Update, most int) []channel.Piece {
	base := piece{WABA: update.EntryID, Field: update.Field}
	if update.Problem != "" {
		return []channel.Piece{trouble(update.EntryID, base, update.Value, update.Problem)}
	}
	if !ofCustomers(update.Field) {
		return []channel.Piece{aboutAccount(base, update.Value)}
	}
	if update.Value.Kind() != '{' {
		return []channel.Piece{trouble(update.EntryID, base, update.Value, "the value is not an object")}
	}
	v := valueOf(update.Value)
	number := numberOf(v.metadata)
	if number == "" {
		return []channel.Piece{trouble("", base, update.Value, "the change names no phone_number_id")}
	}
	base.Metadata = v.metadata
	cut := cutter{base: base, number: number, contacts: v.contacts, left: most}
	if update.Field == fieldHistory {
		cut.past(v.history)
		cut.each(v.messages, pastElement, nil)
	} else {
		cut.each(v.messages, messageElement, v.errors)
	}
	cut.each(v.statuses, statusElement, nil)
	cut.each(v.echoes, echoElement, nil)
	cut.each(v.actions, actionElement, nil)
	cut.each(v.calls, callElement, nil)
	cut.each(v.wishes, wishElement, nil)
	cut.people(v.people)
	if len(cut.pieces) == 0 {
		// Errors of the number as a whole, or something new: kept as it is.
		whole := base
		whole.Value = update.Value
		return []channel.Piece{{ExternalID: number, Body: whole.encode()}}
	}
	return cut.pieces
}

// cutter makes the pieces of one change.
type cutter struct {
	base     piece
	number   string
	contacts jsontext.Value
	known    []contact // read once, when the first element needs them
	pieces   []channel.Piece
	left     int // bytes that the pieces may still have
}

type contact struct {
	raw      jsontext.Value
	user, wa string
	key      string // shard key of wa
}

// maxContacts is how many contacts of a change are looked through for each of
// its messages: Meta sends at most a thousand events in a body.
const maxContacts = 1000

func (c *cutter) each(array jsontext.Value, kind elementKind, errors jsontext.Value) {
	elements, ok := meta.Elements(array)
	if !ok {
		c.pieces = append(c.pieces, trouble(c.number, c.base, array, "the list of events is not a list"))
		return
	}
	for _, element := range elements {
		if c.left < 0 {
			return
		}
		piece := c.one(element, kind, errors, len(elements) == 1)
		c.left -= len(piece.Body)
		c.pieces = append(c.pieces, piece)
	}
}

func (c *cutter) one(element jsontext.Value, kind elementKind, errors jsontext.Value, alone bool) channel.Piece {
	user, wa, ok := namesOf(element, kind)
	if kind == callElement || kind == pastElement {
		user, wa, ok = c.outsider(element)
	}
	if !ok {
		return trouble(c.number, c.base, element, "the event does not name its people in a way we can read")
	}
	p := c.base
	if about := c.contactOf(user, wa, alone); about != nil {
		p.Contact = about.raw
		if user == "" {
			user = about.user
		}
		if wa == "" {
			wa = about.wa
		}
	}
	switch kind {
	case messageElement:
		p.Message, p.Errors = element, errors
	case statusElement:
		p.Status = element
	case echoElement:
		p.Echo = element
	case callElement:
		p.Call = element
	case wishElement:
		p.Wish = element
	case pastElement:
		p.Past = element
	default:
		p.Action = element
	}
	return channel.Piece{ExternalID: c.number, ShardKey: shardKey(user, wa), Body: p.encode()}
}

// contactOf finds the contact that belongs to an element. A contact that
// stands alone beside an element that stands alone belongs to it, unless their
// ids say otherwise.
func (c *cutter) contactOf(user, wa string, alone bool) *contact {
	if c.known == nil {
		c.known = readContacts(c.contacts)
	}
	key := shardKey("", wa)
	for i := range c.known {
		known := &c.known[i]
		if user != "" && known.user == user || wa != "" && known.key == key {
			return known
		}
	}
	if len(c.known) == 1 && alone {
		only := &c.known[0]
		if (user == "" || only.user == "") && (wa == "" || only.wa == "") {
			return only
		}
	}
	return nil
}

// readContacts gives what can be read of them: a contact only adds a name to
// its message, so that a broken one must not hold it up.
func readContacts(array jsontext.Value) []contact {
	elements, _ := meta.Elements(array)
	elements = elements[:min(len(elements), maxContacts)]
	contacts := make([]contact, 0, len(elements))
	for _, element := range elements {
		if user, wa, ok := namesOf(element, contactElement); ok {
			contacts = append(contacts, contact{raw: element, user: user, wa: wa, key: shardKey("", wa)})
		}
	}
	return contacts
}

// aboutAccount is a change of a field that no customer speaks through. It is
// routed by its number when it names one, else by the business account.
func aboutAccount(base piece, raw jsontext.Value) channel.Piece {
	base.Value = raw
	external := base.WABA
	if number := numberOf(valueOf(raw).metadata); number != "" {
		external = number
	}
	return channel.Piece{ExternalID: external, Body: base.encode()}
}

func trouble(external string, base piece, raw jsontext.Value, problem string) channel.Piece {
	base.Value = raw
	return channel.Piece{ExternalID: external, Body: base.encode(), Problem: problem}
}

func numberOf(metadata jsontext.Value) string {
	number := ""
	for name, member := range meta.Members(metadata) {
		if string(name) == "phone_number_id" {
			number, _ = meta.TextOf(member)
		}
	}
	return number
}
