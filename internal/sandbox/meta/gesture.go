package meta

import (
	"encoding/json"
	"strconv"

	"prosa/internal/base/fault"
)

// gesture does what is no message of the field messages: a call, a wish about
// marketing messages, a tap on a link of a marketing message. Sources: Cloud API
// Calling, webhooks; user_preferences; marketing messages, user_actions.
func (s *Server) gesture(customerID string, a Action) (Message, error) {
	s.mu.Lock()
	number, customer := s.numbers[a.Number], s.find(customerID)
	if number == nil || customer == nil {
		s.mu.Unlock()
		return Message{}, fault.New(fault.NotFound, "no such number or customer")
	}
	var message Message
	var waiting *event
	var err error
	switch a.Do {
	case "call":
		message, waiting, err = s.call(number, customer, a)
	case "preference":
		message, waiting, err = s.prefer(number, customer, a)
	default:
		waiting, err = s.click(number, customer, a)
	}
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
	if message.ID != "" {
		s.publish(message)
	}
	return message, nil
}

// call rings, or ends a call: one that is named by Message, else a new one. Only
// a call that was taken has a duration.
func (s *Server) call(number *Number, customer *Customer, a Action) (Message, *event, error) {
	if a.State != "ringing" && a.State != "missed" && a.State != "ended" {
		return Message{}, nil, fault.OnField("state", "must be ringing, missed or ended")
	}
	chat := s.chat(number.ID, customer.ID)
	if chat.Blocked {
		return Message{}, nil, fault.Refuse("blocked", "the customer blocked this number")
	}
	now := s.now().UnixMilli()
	message := s.messages[a.Message]
	if message == nil || message.Type != "call" || message.Number != number.ID || message.Customer != customer.ID {
		message = &Message{
			ID: "wacid." + newWamid(customer.ID, true)[len("wamid."):], Number: number.ID, Customer: customer.ID, Dir: Inbound,
			Type: "call", Kind: "call", AtMS: now, Status: "sent",
		}
		defer s.keepMessage(chat, message)
	}
	message.Text = a.State
	object := map[string]any{
		"id": message.ID, "to": digits(number.Display), "timestamp": strconv.FormatInt(now/1000, 10), "direction": "USER_INITIATED",
		"from_user_id": customer.scopedID(s.business(number.WABA)), "event": "connect",
	}
	if customer.WaID != "" && !customer.HidePhone {
		object["from"] = customer.WaID
	}
	switch a.State {
	case "ringing":
		object["session"] = map[string]string{"sdp_type": "offer", "sdp": "v=0\r\n"}
	case "missed":
		object["event"], object["status"] = "terminate", "FAILED"
	default:
		seconds := max(a.Seconds, 1)
		object["event"], object["status"], object["duration"] = "terminate", "COMPLETED", seconds
		object["start_time"], object["end_time"] = strconv.FormatInt(now/1000-seconds, 10), strconv.FormatInt(now/1000, 10)
	}
	raw, err := json.Marshal(object)
	if err != nil {
		return Message{}, nil, fault.New(fault.Invalid, "the call is not JSON: %w", err)
	}
	message.Content = raw
	s.saveMessage(message)
	chat.LastInboundMS = now // a call opens the reply window
	s.journal.Put(keyChat+chatKey(number.ID, customer.ID), chat)
	v := s.value(number)
	v.Contacts, v.Calls = []contact{s.contact(customer, number)}, []json.RawMessage{raw}
	return *message, s.newFieldEvent(number, message, "message", message.ID+"/"+a.State, "calls", v), nil
}

// prefer stops or resumes marketing messages of the number.
func (s *Server) prefer(number *Number, customer *Customer, a Action) (Message, *event, error) {
	if a.State != "stop" && a.State != "resume" {
		return Message{}, nil, fault.OnField("state", "must be stop or resume")
	}
	chat := s.chat(number.ID, customer.ID)
	chat.NoMarketing = a.State == "stop"
	s.journal.Put(keyChat+chatKey(number.ID, customer.ID), chat)
	now := s.now().UnixMilli()
	wish := map[string]any{
		"user_id": customer.scopedID(s.business(number.WABA)), "detail": or(a.Text, "User requested to "+a.State+" marketing messages"),
		"category": "marketing_messages", "value": a.State, "timestamp": now / 1000,
	}
	if customer.WaID != "" && !customer.HidePhone {
		wish["wa_id"] = customer.WaID
	}
	raw, err := json.Marshal(wish)
	if err != nil {
		return Message{}, nil, fault.New(fault.Invalid, "the preference is not JSON: %w", err)
	}
	message := &Message{
		ID: "preference." + newWamid(customer.ID, true), Number: number.ID, Customer: customer.ID, Dir: Inbound,
		Type: "preference", Kind: "preference", AtMS: now, Text: a.State, Status: "sent", Content: raw,
	}
	s.keepMessage(chat, message)
	v := s.value(number)
	v.Contacts, v.Wishes = []contact{s.contact(customer, number)}, []json.RawMessage{raw}
	return *message, s.newFieldEvent(number, message, "message", message.ID, "user_preferences", v), nil
}

// click taps a link of a marketing message; no message comes of it.
func (s *Server) click(number *Number, customer *Customer, a Action) (*event, error) {
	target := s.messages[a.Message]
	if target == nil || target.Dir != Outbound || target.Customer != customer.ID || target.Category != "marketing" {
		return nil, fault.New(fault.NotFound, "no such marketing message in this chat")
	}
	v := s.value(number)
	v.Contacts = []contact{s.contact(customer, number)}
	v.Actions = []any{map[string]any{
		"type": "marketing_messages_link_click", "timestamp": strconv.FormatInt(s.now().Unix(), 10), "wa_id": customer.WaID,
		"user_id":                            customer.scopedID(s.business(number.WABA)),
		"marketing_messages_link_click_data": map[string]string{"tracking_token": hashDigits(target.ID, 12), "click_component": "CTA"},
	}}
	return s.newFieldEvent(number, target, "click", target.ID+"/click", "messages", v), nil
}

// composeRare makes the messages that a customer seldom sends.
func (s *Server) composeRare(number *Number, customer *Customer, a Action) (incoming, error) {
	switch a.Do {
	case "address":
		response := string(a.Content)
		if response == "" {
			response = `{"values":{"name":"` + customer.Name + `","city":"Recife"}}`
		}
		return incoming{typ: "interactive", kind: "interactive.nfm_reply", text: or(a.Text, customer.Name), content: map[string]any{
			"type": "nfm_reply", "nfm_reply": map[string]string{"name": "address_message", "body": or(a.Text, customer.Name), "response_json": response},
		}}, nil
	case "call_permission":
		if a.State != "accept" && a.State != "reject" {
			return incoming{}, fault.OnField("state", "must be accept or reject")
		}
		reply := map[string]any{"response": a.State, "response_source": "user_action"}
		if a.State == "accept" {
			reply["expiration_timestamp"] = s.now().Unix() + or64(a.Seconds, 7*24*3600)
		}
		return incoming{typ: "interactive", kind: "interactive.call_permission_reply", text: a.State, content: map[string]any{
			"type": "call_permission_reply", "call_permission_reply": reply,
		}}, nil
	case "group":
		return incoming{typ: "text", kind: "group", text: a.Text, content: map[string]string{"body": a.Text}, extra: map[string]any{"group_id": hashDigits("group"+number.ID, 18)}}, nil
	case "empty":
		return incoming{typ: "interactive", kind: "interactive", beside: []StatusError{*statusError(131000, "The answer could not be read.")}}, nil
	case "change_user_id":
		return s.changeUserID(number, customer), nil
	default: // identity
		return incoming{typ: "system", text: "Security code of " + customer.Name + " changed", content: map[string]any{
			"body": "Security code of " + customer.Name + " changed", "type": "customer_identity_changed", "customer": customer.WaID,
			"identity": map[string]any{"acknowledged": false, "created_timestamp": s.now().Unix(), "hash": hashDigits("hash"+customer.UserID+strconv.FormatInt(s.now().UnixNano(), 10), 15)},
		}}, nil
	}
}

func or64(value, instead int64) int64 {
	if value != 0 {
		return value
	}
	return instead
}

// changeUserID gives a customer another user id, as a new number does: the old
// one tells of it.
func (s *Server) changeUserID(number *Number, customer *Customer) incoming {
	business := s.business(number.WABA)
	old := customer.scopedID(business)
	customer.UserID = customer.UserID[:3] + hashDigits("user"+customer.UserID, 16)
	s.index(customer)
	s.journal.Put(keyCustomer+customer.ID, customer)
	text := "User " + customer.Name + " changed their user id"
	return incoming{typ: "system", text: text, extra: map[string]any{"from_user_id": old}, content: map[string]string{
		"body": text, "type": "user_changed_user_id", "user_id": customer.scopedID(business),
	}}
}

// shareContact is the answer to a request for the number: the customer's own.
func shareContact(customer *Customer, a Action) (incoming, error) {
	if a.Phone == "" && customer.WaID == "" {
		return incoming{}, fault.OnField("phone", "the customer has no number to share: give one")
	}
	in := composeContact(customer, Action{Name: a.Name, Phone: a.Phone})
	in.extra = map[string]any{"origin": "contact_request"}
	return in, nil
}

// edited is the content of a message after its words were changed: a text's, or
// the caption of a file.
func edited(target *Message, text string) (map[string]any, error) {
	if text == "" {
		return nil, fault.OnField("text", "an edit needs the new words")
	}
	switch target.Type {
	case "text":
		return map[string]any{"type": "text", "text": map[string]string{"body": text}}, nil
	case "image", "video", "document":
		var object map[string]any
		var file map[string]any
		if json.Unmarshal(target.Content, &object) == nil {
			file, _ = object[target.Type].(map[string]any)
		}
		if file == nil {
			return nil, fault.New(fault.NotFound, "the message's file is not kept")
		}
		file["caption"] = text
		return map[string]any{"type": target.Type, target.Type: file}, nil
	default:
		return nil, fault.OnField("text", "only a text or a caption can be edited")
	}
}
