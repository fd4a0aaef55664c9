package meta

import (
	"encoding/json"
	"net/http"
	"strconv"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

// What a company does in WhatsApp's phone app beside the Cloud API
// (coexistence), and what the platform says of its account. Sources: webhooks
// smb_message_echoes, history, smb_app_state_sync; and those about accounts.

// History is what was said before the number was connected, as the company
// shares it; Declined says that it does not.
type History struct {
	Declined bool     `json:"declined,omitempty"`
	Threads  []Thread `json:"threads,omitempty"`
}

// Thread is a chat of a History.
type Thread struct {
	Customer string     `json:"customer"` // wa_id
	Messages []PastWord `json:"messages"`
}

// PastWord is a text of a Thread.
type PastWord struct {
	Ours bool   `json:"ours,omitempty"` // the company wrote it
	Text string `json:"text"`
	AtMS int64  `json:"at"` // 0: an hour ago
}

// BookEntry is an entry of the phone app's address book; Removed takes it out.
type BookEntry struct {
	Name    string `json:"name"`
	Phone   string `json:"phone"`
	Removed bool   `json:"removed,omitempty"`
}

// companyRoutes are the control routes of this file; control.go lists them.
func (s *Server) companyRoutes(handle func(string, func(*http.Request) (any, error))) {
	handle("POST /_sandbox/customers/{customer}/echoes", func(r *http.Request) (any, error) {
		var action Action
		if err := stage.ReadJSON(r, &action); err != nil {
			return nil, err
		}
		message, err := s.Echo(r.PathValue("customer"), action)
		return map[string]any{"message": message}, err
	})
	handle("POST /_sandbox/numbers/{number}/history", func(r *http.Request) (any, error) {
		var history History
		if err := stage.ReadJSON(r, &history); err != nil {
			return nil, err
		}
		return map[string]bool{"ok": true}, s.Import(r.PathValue("number"), history)
	})
	handle("POST /_sandbox/numbers/{number}/contacts", func(r *http.Request) (any, error) {
		var book struct {
			Contacts []BookEntry `json:"contacts"`
		}
		if err := stage.ReadJSON(r, &book); err != nil {
			return nil, err
		}
		return map[string]bool{"ok": true}, s.SyncContacts(r.PathValue("number"), book.Contacts)
	})
	handle("POST /_sandbox/wabas/{waba}/news", func(r *http.Request) (any, error) {
		var news struct {
			Field  string          `json:"field"`
			Number string          `json:"number"`
			Value  json.RawMessage `json:"value"`
		}
		if err := stage.ReadJSON(r, &news); err != nil {
			return nil, err
		}
		return map[string]bool{"ok": true}, s.Tell(r.PathValue("waba"), news.Number, news.Field, news.Value)
	})
	handle("POST /_sandbox/templates/{id}/state", func(r *http.Request) (any, error) {
		var state TemplateState
		if err := stage.ReadJSON(r, &state); err != nil {
			return nil, err
		}
		return s.DecideTemplate(r.PathValue("id"), state)
	})
}

// Echo lets the company write to a customer from its own phone app, or change
// what it wrote there: text, image, video, audio, voice, document, sticker,
// location, contact, reaction, edit, revoke. Errors as those of Act.
func (s *Server) Echo(customerID string, a Action) (Message, error) {
	switch a.Do {
	case "text", "image", "video", "audio", "voice", "document", "sticker", "location", "contact", "reaction", "edit", "revoke":
	default:
		return Message{}, fault.OnField("do", "a company does not %q", a.Do)
	}
	a.author = Outbound
	if len(a.Data) > 0 {
		item, err := s.receiveFile(a)
		if err != nil {
			return Message{}, err
		}
		a.Media = item.ID
	}
	s.mu.Lock()
	message, waiting, err := s.echo(customerID, a)
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

func (s *Server) echo(customerID string, a Action) (Message, *event, error) {
	number, customer := s.numbers[a.Number], s.find(customerID)
	if number == nil || customer == nil {
		return Message{}, nil, fault.New(fault.NotFound, "no such number or customer")
	}
	in, err := s.compose(number, customer, a)
	if err != nil {
		return Message{}, nil, err
	}
	now := s.now().UnixMilli()
	message := &Message{
		ID: newWamid(customer.ID, false), Number: number.ID, Customer: customer.ID, Dir: Outbound, Type: in.typ, Kind: or(in.kind, in.typ),
		AtMS: now, Text: in.text, Status: "read", ReplyTo: a.ReplyTo, Target: in.target, Emoji: in.emoji,
	}
	object := map[string]any{
		"id": message.ID, "timestamp": strconv.FormatInt(now/1000, 10), "type": in.typ, in.typ: in.content,
		"from": digits(number.Display), "to_user_id": customer.scopedID(s.business(number.WABA)),
	}
	if customer.WaID != "" && !customer.HidePhone {
		object["to"] = customer.WaID
	}
	if a.ReplyTo != "" {
		object["context"] = map[string]string{"from": customer.WaID, "id": a.ReplyTo}
	}
	raw, err := json.Marshal(object)
	if err != nil {
		return Message{}, nil, fault.New(fault.Invalid, "the content is not JSON: %w", err)
	}
	if s.ledger.Full() {
		message.Content = raw
	}
	s.keepMessage(s.chat(number.ID, customer.ID), message)
	v := s.value(number)
	v.Contacts, v.Echoes = []contact{s.contact(customer, number)}, []json.RawMessage{raw}
	return *message, s.newFieldEvent(number, message, "echo", message.ID, "smb_message_echoes", v), nil
}

// Import shares the history of the phone app, in one chunk.
func (s *Server) Import(numberID string, history History) error {
	chunk := map[string]any{"metadata": map[string]int{"phase": 0, "chunk_order": 1, "progress": 100}}
	if history.Declined {
		failure := statusError(2593109, "History sharing is turned off by the business")
		failure.Title, failure.Message = "History sync is turned off by the business from the WhatsApp Business App", "History sync is turned off"
		chunk = map[string]any{"errors": []StatusError{*failure}}
	}
	return s.tellNumber(numberID, "history", func(number *Number, v *value) error {
		threads := []any{}
		for _, thread := range history.Threads {
			wa := digits(thread.Customer)
			if wa == "" {
				return fault.OnField("threads", "each needs the number of its customer")
			}
			messages := []any{}
			for _, word := range thread.Messages {
				at := or64(word.AtMS, s.now().UnixMilli()-3_600_000)
				message := map[string]any{
					"id": newWamid(wa, !word.Ours), "timestamp": strconv.FormatInt(at/1000, 10), "type": "text",
					"text": map[string]string{"body": word.Text}, "from": wa, "history_context": map[string]string{"status": "READ"},
				}
				if word.Ours {
					message["from"], message["to"] = digits(number.Display), wa
				}
				messages = append(messages, message)
			}
			threads = append(threads, map[string]any{"id": wa, "messages": messages})
		}
		if !history.Declined {
			chunk["threads"] = threads
		}
		v.History = []any{chunk}
		return nil
	})
}

// SyncContacts shares entries of the phone app's address book.
func (s *Server) SyncContacts(numberID string, entries []BookEntry) error {
	return s.tellNumber(numberID, "smb_app_state_sync", func(_ *Number, v *value) error {
		for _, entry := range entries {
			if digits(entry.Phone) == "" {
				return fault.OnField("contacts", "each needs a phone")
			}
			person := map[string]string{"phone_number": digits(entry.Phone)}
			action := "add"
			if entry.Removed {
				action = "remove"
			} else {
				person["full_name"] = entry.Name
			}
			v.People = append(v.People, map[string]any{
				"type": "contact", "action": action, "contact": person, "metadata": map[string]string{"timestamp": strconv.FormatInt(s.now().Unix(), 10)},
			})
		}
		return nil
	})
}

// tellNumber sends a webhook of a field about a number as a whole.
func (s *Server) tellNumber(numberID, field string, fill func(*Number, *value) error) error {
	s.mu.Lock()
	number := s.numbers[numberID]
	if number == nil {
		s.mu.Unlock()
		return fault.New(fault.NotFound, "no such number")
	}
	v := s.value(number)
	if err := fill(number, &v); err != nil {
		s.mu.Unlock()
		return err
	}
	waiting := s.newFieldEvent(number, &Message{}, "account", field+"/"+strconv.FormatInt(s.now().UnixNano(), 10), field, v)
	s.mu.Unlock()
	if err := s.journal.Flush(); err != nil {
		return err
	}
	if waiting != nil {
		s.hooks.enqueue(waiting)
	}
	return nil
}

// Tell sends a webhook of any field, with the value as it is given: about a
// number (errors of the whole number: field messages), or about the account.
func (s *Server) Tell(waba, numberID, field string, raw json.RawMessage) error {
	if field == "" || !json.Valid(raw) {
		return fault.OnField("value", "news need a field and a value")
	}
	if numberID != "" {
		return s.tellNumber(numberID, field, func(_ *Number, v *value) error {
			if err := json.Unmarshal(raw, v); err != nil {
				return fault.OnField("value", "must be a JSON object")
			}
			return nil
		})
	}
	s.mu.Lock()
	if s.wabas[waba] == nil {
		s.mu.Unlock()
		return fault.New(fault.NotFound, "no such account")
	}
	waiting := s.accountEvents(waba, field, raw)
	s.mu.Unlock()
	if err := s.journal.Flush(); err != nil {
		return err
	}
	for _, e := range waiting {
		s.hooks.enqueue(e)
	}
	return nil
}
