package meta

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"prosa/internal/base/fault"
)

// Action is something that a customer does on the telephone. Do says which;
// the other members are read as far as the action needs them.
type Action struct {
	Number string `json:"number"` // phone number id of the business
	// Do: text, tap, image, video, audio, voice, document, sticker, location,
	// contact, share_contact, order, reaction, edit, revoke, form, address,
	// unsupported, poll, request_welcome, change_number, change_user_id, identity,
	// group, empty, call_permission, call, preference, link_click, button, raw,
	// read, played, block, unblock.
	Do string `json:"do"`
	// State of a call (ringing, missed, ended), of a call_permission (accept,
	// reject) or a preference (stop, resume).
	State   string `json:"state,omitempty"`
	Seconds int64  `json:"seconds,omitempty"` // of a call; of a permission, until it ends

	// AtMS is when it was written, of a message whose webhook comes late; 0: now.
	// The reply window counts from it.
	AtMS    int64  `json:"at,omitempty"`
	Text    string `json:"text,omitempty"`
	ReplyTo string `json:"reply_to,omitempty"` // wamid
	Message string `json:"message,omitempty"`  // wamid that a tap, reaction, edit, revocation or play is about
	Choice  string `json:"choice,omitempty"`   // id of the tapped button or row
	Emoji   string `json:"emoji,omitempty"`

	// Media: an id that this server gave, or bytes with their type.
	Media    string `json:"media,omitempty"`
	Data     []byte `json:"data,omitempty"` // base64 in JSON
	MIME     string `json:"mime,omitempty"`
	Filename string `json:"filename,omitempty"`
	Caption  string `json:"caption,omitempty"`

	Latitude  float64 `json:"latitude,omitempty"`
	Longitude float64 `json:"longitude,omitempty"`
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
	Phone     string  `json:"phone,omitempty"`

	CatalogID string      `json:"catalog_id,omitempty"`
	Items     []OrderItem `json:"items,omitempty"`
	// Product is what a text asks about: it comes as context.referred_product.
	Product *ProductRef `json:"product,omitempty"`

	// Referral is put into the message as it is: a click on an ad.
	Referral  json.RawMessage `json:"referral,omitempty"`
	Forwarded bool            `json:"forwarded,omitempty"`
	Often     bool            `json:"often,omitempty"` // forwarded many times
	Animated  bool            `json:"animated,omitempty"`
	// Origin marks a contact as the answer to our request: contact_request.
	Origin string `json:"origin,omitempty"`
	// Type and Content make a message of any type (raw), also of one that this
	// server does not know.
	Type    string          `json:"type,omitempty"`
	Content json.RawMessage `json:"content,omitempty"`

	author string // the side that acts; "" is the customer's
}

// OrderItem is a line of a WhatsApp cart.
type OrderItem struct {
	ID       string  `json:"product_retailer_id"`
	Quantity int     `json:"quantity"`
	Price    float64 `json:"item_price"`
	Currency string  `json:"currency"`

	shown string // the price as the catalog writes it, where Price is not given
}

// MarshalJSON writes the price as it was shown, digit for digit.
func (i OrderItem) MarshalJSON() ([]byte, error) {
	price := i.shown
	if price == "" {
		price = strconv.FormatFloat(i.Price, 'f', -1, 64)
	}
	return json.Marshal(struct {
		ID       string      `json:"product_retailer_id"`
		Quantity int         `json:"quantity"`
		Price    json.Number `json:"item_price"`
		Currency string      `json:"currency"`
	}{i.ID, i.Quantity, json.Number(price), i.Currency})
}

// incoming is a message object of a webhook under construction.
type incoming struct {
	typ     string
	content any // the member named by typ; nil for none
	extra   map[string]any
	text    string
	kind    string
	target  string
	emoji   string
	errors  []StatusError
	beside  []StatusError // errors of the value, beside the message
	replyTo string        // of a tap
}

// Act lets a customer do something. It gives the message that came of it (for
// read, block and unblock an empty one). The errors are Invalid for a wrong
// field, NotFound for unknown people, numbers and messages, Refused for what
// the telephone would not offer, such as a button that is not there.
func (s *Server) Act(customer string, a Action) (Message, error) {
	switch a.Do {
	case "read":
		_, err := s.Read(a.Number, customer)
		return Message{}, err
	case "block", "unblock":
		return Message{}, s.block(a.Number, customer, a.Do == "block")
	case "played":
		return Message{}, s.SetStatus(a.Message, "played", 0)
	case "call", "preference", "link_click":
		return s.gesture(customer, a)
	}
	var item file
	if len(a.Data) > 0 {
		var err error
		if item, err = s.receiveFile(a); err != nil {
			return Message{}, err
		}
		a.Media = item.ID
	}
	if err := s.checkGoods(&a); err != nil {
		return Message{}, err
	}
	s.mu.Lock()
	message, waiting, err := s.write(customer, a)
	s.mu.Unlock()
	if err != nil {
		return Message{}, err
	}
	if err := s.journal.Flush(); err != nil {
		return Message{}, err
	}
	if waiting != nil {
		s.hooks.enqueue(waiting)
	}
	s.publish(message)
	return message, nil
}

// receiveFile stores the bytes that a customer sends.
func (s *Server) receiveFile(a Action) (file, error) {
	if failure := checkFormat(a.MIME, a.Data); failure != nil {
		return file{}, fault.OnField("mime", "%s", failure.Message)
	}
	s.mu.Lock()
	number := s.numbers[a.Number]
	s.mu.Unlock()
	if number == nil {
		return file{}, fault.New(fault.NotFound, "no such number")
	}
	return s.keepFile(number.WABA, a.MIME, a.Filename, a.Data, true)
}

// write makes the inbound message of an action and the webhook event for it;
// the caller holds the lock.
func (s *Server) write(customerID string, a Action) (Message, *event, error) {
	number := s.numbers[a.Number]
	customer := s.find(customerID)
	switch {
	case number == nil:
		return Message{}, nil, fault.New(fault.NotFound, "no such number")
	case customer == nil:
		return Message{}, nil, fault.New(fault.NotFound, "no such customer")
	}
	chat := s.chat(number.ID, customer.ID)
	if chat.Blocked {
		return Message{}, nil, fault.Refuse("blocked", "the customer blocked this number")
	}
	in, err := s.compose(number, customer, a)
	if err != nil {
		return Message{}, nil, err
	}
	if in.replyTo == "" {
		in.replyTo = a.ReplyTo
	}
	if in.replyTo == "" && (a.Do == "location" || a.Do == "share_contact" || a.Do == "call_permission" || a.Do == "form" || a.Do == "address") {
		in.replyTo = a.Message // it answers a request
	}
	now := min(or64(a.AtMS, s.now().UnixMilli()), s.now().UnixMilli())
	message := &Message{
		ID: newWamid(customer.ID, true), Number: number.ID, Customer: customer.ID, Dir: Inbound,
		Type: in.typ, Kind: in.kind, AtMS: now, Text: in.text, Status: "sent", ReplyTo: in.replyTo,
		Target: in.target, Emoji: in.emoji,
	}
	if message.Kind == "" {
		message.Kind = in.typ
	}
	object := map[string]any{
		"id": message.ID, "timestamp": strconv.FormatInt(now/1000, 10), "type": in.typ,
		"from_user_id": customer.scopedID(s.business(number.WABA)),
	}
	if customer.WaID != "" && !customer.HidePhone {
		object["from"] = customer.WaID
	}
	if in.content != nil {
		object[in.typ] = in.content
	}
	for name, content := range in.extra {
		object[name] = content
	}
	if len(in.errors) > 0 {
		object["errors"] = in.errors
	}
	if len(a.Referral) > 0 {
		object["referral"] = a.Referral
	}
	switch {
	case a.Product != nil && in.typ == "text":
		context := map[string]any{"from": digits(number.Display), "referred_product": a.Product}
		if in.replyTo != "" {
			context["id"] = in.replyTo
		}
		object["context"] = context
	case in.replyTo != "":
		object["context"] = map[string]string{"from": digits(number.Display), "id": in.replyTo}
	case a.Often:
		object["context"] = map[string]bool{"frequently_forwarded": true}
	case a.Forwarded:
		object["context"] = map[string]bool{"forwarded": true}
	}
	raw, err := json.Marshal(object)
	if err != nil {
		return Message{}, nil, fault.New(fault.Invalid, "the content is not JSON: %w", err)
	}
	message.Content = raw
	if !s.ledger.Full() {
		message.Content = nil
	}
	if in.typ != "system" {
		chat.LastInboundMS = max(chat.LastInboundMS, now)
	}
	s.journal.Put(keyChat+chatKey(number.ID, customer.ID), chat)
	s.keepMessage(chat, message)
	v := s.value(number)
	v.Messages, v.Errors = []json.RawMessage{raw}, in.beside
	if in.typ != "system" {
		v.Contacts = []contact{s.contact(customer, number)}
	}
	return *message, s.newEvent(number, message, "message", message.ID, v), nil
}

// compose turns an action into the message object that the platform would
// send. Source: Cloud API reference, "Webhooks", messages; and what is known
// of edit, revoke and unsupported.
func (s *Server) compose(number *Number, customer *Customer, a Action) (incoming, error) {
	switch a.Do {
	case "text":
		if n := len([]rune(a.Text)); n < 1 || n > 4096 {
			return incoming{}, fault.OnField("text", "must have 1 to 4096 characters")
		}
		return incoming{typ: "text", content: map[string]string{"body": a.Text}, text: a.Text}, nil
	case "tap":
		return s.composeTap(number, customer, a)
	case "image", "video", "audio", "voice", "document", "sticker":
		return s.composeMedia(number, a)
	case "location":
		place := map[string]any{"latitude": a.Latitude, "longitude": a.Longitude}
		for name, text := range map[string]string{"name": a.Name, "address": a.Address} {
			if text != "" {
				place[name] = text
			}
		}
		return incoming{typ: "location", content: place, text: a.Name}, nil
	case "contact":
		return composeContact(customer, a), nil
	case "share_contact":
		return shareContact(customer, a)
	case "order":
		if a.CatalogID == "" || len(a.Items) == 0 {
			return incoming{}, fault.OnField("items", "an order needs a catalog_id and items")
		}
		return incoming{typ: "order", text: a.Text, content: map[string]any{
			"catalog_id": a.CatalogID, "text": a.Text, "product_items": a.Items,
		}}, nil
	case "reaction", "edit", "revoke":
		return s.composeAbout(number, customer, a)
	case "button":
		return incoming{typ: "button", text: a.Text, content: map[string]string{"payload": a.Choice, "text": a.Text}}, nil
	case "form":
		response := string(a.Content)
		if response == "" {
			response = `{"flow_token":"unused"}`
		}
		return incoming{typ: "interactive", kind: "interactive.nfm_reply", text: "Sent", content: map[string]any{
			"type": "nfm_reply", "nfm_reply": map[string]string{"name": "flow", "body": "Sent", "response_json": response},
		}}, nil
	case "address", "call_permission", "group", "empty", "change_user_id", "identity":
		return s.composeRare(number, customer, a)
	case "unsupported", "poll":
		kind := a.Type
		if kind == "" {
			kind = "poll_creation"
		}
		failure := statusError(131051, "Message type is currently not supported.")
		failure.Href = ""
		return incoming{typ: "unsupported", content: map[string]string{"type": kind}, errors: []StatusError{*failure}}, nil
	case "request_welcome":
		return incoming{typ: "request_welcome"}, nil
	case "change_number":
		return s.changeNumber(customer, a)
	case "raw":
		if a.Type == "" {
			return incoming{}, fault.OnField("type", "a raw message needs a type")
		}
		in := incoming{typ: a.Type, text: a.Text}
		if len(a.Content) > 0 {
			in.content = a.Content
		}
		return in, nil
	}
	return incoming{}, fault.OnField("do", "unknown action %q", a.Do)
}

func (s *Server) composeMedia(number *Number, a Action) (incoming, error) {
	item, ok := s.media.get(a.Media)
	if !ok {
		return incoming{}, fault.OnField("media", "give data with mime, or the id of known media")
	}
	typ := a.Do
	object := map[string]any{"id": item.ID, "mime_type": item.MIME, "sha256": item.sha256Base64(), "url": s.mediaURL(item, number.Token)}
	switch a.Do {
	case "voice":
		typ = "audio"
		object["voice"] = true
	case "audio":
		object["voice"] = false
	case "sticker":
		object["animated"] = a.Animated
	case "document":
		name := a.Filename
		if name == "" {
			name = item.Name
		}
		object["filename"] = name
	}
	if typ != "document" && item.Kind != typ {
		return incoming{}, fault.OnField("mime", "%s is not %s", item.MIME, typ)
	}
	if a.Caption != "" {
		if typ == "audio" || typ == "sticker" {
			return incoming{}, fault.OnField("caption", "%s carries no caption", typ)
		}
		object["caption"] = a.Caption
	}
	return incoming{typ: typ, kind: a.Do, content: object, text: a.Caption}, nil
}

func composeContact(customer *Customer, a Action) incoming {
	name, phone := a.Name, digits(a.Phone)
	if name == "" {
		name = customer.Name
	}
	if phone == "" {
		phone = customer.WaID
	}
	first, last, _ := strings.Cut(name, " ")
	card := map[string]any{
		"name":   map[string]string{"formatted_name": name, "first_name": first, "last_name": last},
		"phones": []map[string]string{{"phone": "+" + phone, "wa_id": phone, "type": "MOBILE"}},
	}
	return incoming{typ: "contacts", content: []any{card}, text: name}
}

// composeAbout makes a reaction, an edit or a revocation of another message.
func (s *Server) composeAbout(number *Number, customer *Customer, a Action) (incoming, error) {
	target := s.messages[a.Message]
	if target == nil || target.Number != number.ID || target.Customer != customer.ID {
		return incoming{}, fault.New(fault.NotFound, "no such message in this chat")
	}
	in := incoming{typ: a.Do, target: target.ID}
	own := or(a.author, Inbound)
	switch {
	case a.Do == "reaction":
		in.emoji, in.text = a.Emoji, a.Emoji
		object := map[string]string{"message_id": target.ID}
		if a.Emoji != "" {
			object["emoji"] = a.Emoji
		}
		in.content = object
		if own == Inbound {
			target.ReactionIn = a.Emoji
		} else {
			target.ReactionOut = a.Emoji
		}
		s.saveMessage(target)
		return in, nil
	case target.Dir != own:
		return incoming{}, fault.Refuse("not_own", "only own messages can be changed")
	case a.Do == "revoke":
		target.Revoked = true
		in.content = map[string]string{"original_message_id": target.ID}
	default:
		content, err := edited(target, a.Text)
		if err != nil {
			return incoming{}, err
		}
		target.Edited, target.Text = true, a.Text
		in.text = a.Text
		in.content = map[string]any{"original_message_id": target.ID, "message": content}
	}
	s.saveMessage(target)
	return in, nil
}

// composeTap answers a button, a row or a quick reply of a message that the
// business sent, if it is there.
func (s *Server) composeTap(number *Number, customer *Customer, a Action) (incoming, error) {
	target := s.messages[a.Message]
	if target == nil || target.Dir != Outbound || target.Number != number.ID || target.Customer != customer.ID {
		return incoming{}, fault.New(fault.NotFound, "no such message in this chat")
	}
	if target.Status == "failed" {
		return incoming{}, fault.Refuse("not_shown", "the message never reached the telephone")
	}
	for _, choice := range Choices(*target) {
		if choice.ID != a.Choice {
			continue
		}
		target.Chosen = choice.ID
		s.saveMessage(target)
		if choice.Kind == "quick_reply" {
			return incoming{typ: "button", text: choice.Title, replyTo: target.ID, content: map[string]string{"payload": choice.ID, "text": choice.Title}}, nil
		}
		reply := map[string]string{"id": choice.ID, "title": choice.Title}
		if choice.Description != "" {
			reply["description"] = choice.Description
		}
		return incoming{
			typ: "interactive", kind: "interactive." + choice.Kind, text: choice.Title, replyTo: target.ID,
			content: map[string]any{"type": choice.Kind, choice.Kind: reply},
		}, nil
	}
	return incoming{}, fault.Refuse("no_choice", "the message offers no such choice")
}

// changeNumber moves a customer to another telephone number: the old one tells
// by a system message.
func (s *Server) changeNumber(customer *Customer, a Action) (incoming, error) {
	next := digits(a.Phone)
	if len(next) < 8 || s.find(next) != nil {
		return incoming{}, fault.OnField("phone", "must be a telephone number that nobody has")
	}
	old := customer.WaID
	in := incoming{
		typ: "system", text: fmt.Sprintf("User %s changed from %s to %s", customer.Name, old, next),
		extra: map[string]any{"from": old},
	}
	in.content = map[string]string{"body": in.text, "type": "user_changed_number", "wa_id": next}
	customer.WaID = next
	s.index(customer)
	s.journal.Put(keyCustomer+customer.ID, customer)
	return in, nil
}

func (s *Server) block(numberID, customerID string, blocked bool) error {
	s.mu.Lock()
	customer := s.find(customerID)
	if customer == nil || s.numbers[numberID] == nil {
		s.mu.Unlock()
		return fault.New(fault.NotFound, "no such customer or number")
	}
	chat := s.chat(numberID, customer.ID)
	chat.Blocked = blocked
	s.journal.Put(keyChat+chatKey(numberID, customer.ID), chat)
	s.mu.Unlock()
	s.feed.Publish(Change{Number: numberID, Customer: customer.ID})
	return s.journal.Flush()
}

// Choice is something that a customer can tap on an outbound message.
type Choice struct {
	ID, Title, Description string
	Kind                   string // button_reply, list_reply or quick_reply
}

// Choices reads what can be tapped from the call that sent the message.
func Choices(m Message) []Choice {
	var body struct {
		Interactive struct {
			Action struct {
				Buttons []struct {
					Reply struct{ ID, Title string }
				}
				Sections []struct {
					Rows []struct{ ID, Title, Description string }
				}
				Cards []struct {
					Action struct {
						Buttons []struct {
							Reply struct{ ID, Title string } `json:"quick_reply"`
						}
					}
				}
			}
		}
	}
	if json.Unmarshal(m.Content, &body) != nil {
		return nil
	}
	var out []Choice
	action := body.Interactive.Action
	for _, button := range action.Buttons {
		out = append(out, Choice{ID: button.Reply.ID, Title: button.Reply.Title, Kind: "button_reply"})
	}
	for _, card := range action.Cards {
		for _, button := range card.Action.Buttons {
			out = append(out, Choice{ID: button.Reply.ID, Title: button.Reply.Title, Kind: "button_reply"})
		}
	}
	for _, section := range action.Sections {
		for _, row := range section.Rows {
			if row.ID != "" {
				out = append(out, Choice{ID: row.ID, Title: row.Title, Description: row.Description, Kind: "list_reply"})
			}
		}
	}
	if m.Shown != nil {
		for _, card := range append([]Shown{*m.Shown}, m.Shown.Cards...) {
			for _, button := range card.Buttons {
				if button.Type == "QUICK_REPLY" {
					out = append(out, Choice{ID: button.Value, Title: button.Text, Kind: "quick_reply"})
				}
			}
		}
	}
	return slices.Clip(out)
}
