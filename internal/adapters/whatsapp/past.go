package whatsapp

import (
	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// Coexistence: a company that keeps WhatsApp's phone app beside the Cloud API
// may hand over up to six months of what was said there and its address book
// (Meta: Onboarding WhatsApp Business app users, webhooks history and
// smb_app_state_sync).

// past cuts the threads of a history into their messages. A refusal to share
// the history has errors in place of threads and is kept whole.
func (c *cutter) past(chunks jsontext.Value) {
	elements, ok := meta.Elements(chunks)
	if !ok {
		c.pieces = append(c.pieces, trouble(c.number, c.base, chunks, "the history is not a list"))
		return
	}
	for _, chunk := range elements {
		var threads jsontext.Value
		for name, member := range meta.Members(chunk) {
			if string(name) == "threads" {
				threads = member
			}
		}
		list, ok := meta.Elements(threads)
		if !ok || len(list) == 0 {
			whole := c.base
			whole.Value = chunk
			c.add(channel.Piece{ExternalID: c.number, Body: whole.encode()})
			continue
		}
		for _, thread := range list {
			c.thread(thread)
		}
	}
}

// thread cuts one chat. Its id is the customer's number; an id of the person
// stands in the context, where there is one.
func (c *cutter) thread(raw jsontext.Value) {
	var messages, context jsontext.Value
	wa := ""
	for name, member := range meta.Members(raw) {
		switch string(name) {
		case "id":
			wa, _ = meta.TextOf(member)
		case "context":
			context = member
		case "messages":
			messages = member
		}
	}
	user, known, readable := namesOf(context, pastElement)
	if readable && known != "" {
		wa = known
	}
	list, ok := meta.Elements(messages)
	if !ok || wa == "" && user == "" {
		c.add(trouble(c.number, c.base, raw, "the thread names no customer or has no list of messages"))
		return
	}
	about := append([]byte(`{"user_id":`), quote(nil, user)...)
	about = append(append(about, `,"wa_id":`...), quote(nil, wa)...)
	about = append(about, '}')
	for _, element := range list {
		if c.left < 0 {
			return
		}
		p := c.base
		p.Past, p.Thread = element, about
		if contact := c.contactOf(user, wa, false); contact != nil {
			p.Contact = contact.raw
		}
		c.add(channel.Piece{ExternalID: c.number, ShardKey: shardKey(user, wa), Body: p.encode()})
	}
}

// people cuts an address book.
func (c *cutter) people(list jsontext.Value) {
	elements, ok := meta.Elements(list)
	if !ok {
		c.pieces = append(c.pieces, trouble(c.number, c.base, list, "the address book is not a list"))
		return
	}
	for _, element := range elements {
		if c.left < 0 {
			return
		}
		p := c.base
		p.Person = element
		who, _, _ := personOf(element)
		c.add(channel.Piece{ExternalID: c.number, ShardKey: shardKey("", who), Body: p.encode()})
	}
}

func (c *cutter) add(piece channel.Piece) {
	c.left -= len(piece.Body)
	c.pieces = append(c.pieces, piece)
}

// outsider gives the side of a call or a past message that is not the
// company's number.
func (c *cutter) outsider(element jsontext.Value) (user, wa string, ok bool) {
	user, wa, ok = namesOf(element, messageElement)
	if ok && wa != "" && digits(wa) == ownDigits(c.base.Metadata) {
		return namesOf(element, echoElement)
	}
	return user, wa, ok
}

// ownDigits are the digits of the company's own number.
func ownDigits(metadata jsontext.Value) string {
	for name, member := range meta.Members(metadata) {
		if string(name) == "display_phone_number" {
			text, _ := meta.TextOf(member)
			return digits(text)
		}
	}
	return ""
}

func digits(text string) string {
	out := make([]byte, 0, len(text))
	for i := range len(text) {
		if text[i] >= '0' && text[i] <= '9' {
			out = append(out, text[i])
		}
	}
	return string(out)
}

// parsePast reads a message of before the connection, of either side.
func parsePast(p *piece) (channel.Inbound, error) {
	head, in, err := parseHead(p.Past)
	if err != nil {
		return channel.Inbound{}, err
	}
	if head.GroupID != "" {
		return channel.Inbound{Kind: channel.InIgnored, AtMS: in.AtMS}, nil
	}
	ours := head.From != "" && digits(string(head.From)) == ownDigits(p.Metadata)
	wa, user := head.From, head.FromUser
	if ours {
		wa, user = head.To, head.ToUser
	}
	var thread struct {
		User meta.Text `json:"user_id"`
		WaID meta.Text `json:"wa_id"`
	}
	if len(p.Thread) > 0 && meta.Read(p.Thread, &thread) == nil {
		wa, user = thread.WaID, thread.User
	}
	in.Kind, in.History = channel.InMessage, true
	if err := in.name(p.Contact, wa, user, ""); err != nil {
		return channel.Inbound{}, err
	}
	if err := in.say(&head, p.Past, nil); err != nil {
		return channel.Inbound{}, err
	}
	if len(p.Thread) == 0 && in.Kind == channel.InMessage {
		// The file of a message whose thread came before with a placeholder.
		in.Kind, in.Target, in.Key = channel.InEdit, head.ID, head.ID+":file"
	}
	if ours {
		in.Kind = channel.InEcho
	}
	return in.Inbound, nil
}

// parsePerson reads an entry of the phone's address book.
func parsePerson(p *piece) (channel.Inbound, error) {
	number, name, ok := personOf(p.Person)
	if !ok || number == "" {
		return channel.Inbound{}, fault.New(fault.Invalid, "the entry of the address book names nobody")
	}
	if name == "" {
		return channel.Inbound{Kind: channel.InIgnored}, nil // taken out of the book
	}
	return channel.Inbound{
		Kind: channel.InPerson, Key: "person:" + number + ":" + name, Name: name,
		From: []message.Address{{Kind: message.WaID, Value: number}},
	}, nil
}

// personOf gives the number and the name of an entry; no name when it was
// removed.
func personOf(raw jsontext.Value) (number, name string, ok bool) {
	var entry struct {
		Action  string `json:"action"`
		Contact struct {
			Full  string    `json:"full_name"`
			First string    `json:"first_name"`
			Phone meta.Text `json:"phone_number"`
		} `json:"contact"`
	}
	if meta.Read(raw, &entry) != nil {
		return "", "", false
	}
	name = entry.Contact.Full
	if name == "" {
		name = entry.Contact.First
	}
	if entry.Action == "remove" {
		name = ""
	}
	return digits(string(entry.Contact.Phone)), name, true
}
