package meta

import (
	"strconv"

	"prosa/internal/base/fault"
)

// statusObject is an entry of statuses[].
type statusObject struct {
	ID              string        `json:"id"`
	Status          string        `json:"status"`
	Timestamp       string        `json:"timestamp"`
	RecipientID     string        `json:"recipient_id,omitempty"`
	RecipientUserID string        `json:"recipient_user_id,omitempty"`
	Conversation    *conversation `json:"conversation,omitempty"`
	Pricing         *pricing      `json:"pricing,omitempty"`
	Reference       string        `json:"biz_opaque_callback_data,omitempty"`
	Errors          []StatusError `json:"errors,omitempty"`
}

type conversation struct {
	ID         string            `json:"id"`
	Expiration string            `json:"expiration_timestamp,omitempty"`
	Origin     map[string]string `json:"origin"`
}

type pricing struct {
	Billable bool   `json:"billable"`
	Model    string `json:"pricing_model"`
	Category string `json:"category"`
	Type     string `json:"type"`
}

// serviceBilledFrom is 2026-10-01 UTC: from then on replies inside the window
// are billed too.
const serviceBilledFrom = 1790812800000

// scheduleNext plans the status that follows the message's own; the caller
// holds the lock. A negative delay plans nothing.
func (s *Server) scheduleNext(message *Message) {
	next, delay := "", int64(0)
	switch message.Status {
	case "accepted":
		next, delay = "sent", s.settings.SentMS
		if message.doom != nil {
			next = "failed"
		}
	case "sent":
		next, delay = "delivered", s.settings.DeliveredMS
	case "delivered":
		next, delay = "read", s.settings.ReadMS
		customer := s.customers[message.Customer]
		switch {
		case customer == nil || customer.NoReceipts:
			next = ""
		case message.readWanted:
			delay = 0
		}
	}
	if next == "" || delay < 0 {
		if next == "" || s.settings.ReadMS < 0 {
			s.forgetIfDone(message)
		}
		return
	}
	id := message.ID
	s.timers.After(millis(delay), func() { s.advance(id, next, nil) })
}

// forgetIfDone drops a message that waits for nothing but a hand that will not
// come where no transcript is kept.
func (s *Server) forgetIfDone(message *Message) {
	if message.Status != "accepted" && message.Status != "sent" {
		s.forget(message)
	}
}

// advance moves an outbound message to a status and tells the business. It
// says whether the status was a step forward.
func (s *Server) advance(id, status string, failure *StatusError) bool {
	now := s.now().UnixMilli()
	s.mu.Lock()
	message := s.messages[id]
	if message == nil || message.Dir != Outbound || rank(status) <= rank(message.Status) {
		s.mu.Unlock()
		return false
	}
	message.Status = status
	switch status {
	case "sent":
		message.SentMS = now
	case "delivered":
		message.DeliveredMS = now
	case "read":
		message.ReadMS = now
	case "played":
		message.PlayedMS = now
	case "failed":
		message.FailedMS = now
		message.Error = failure
		if failure == nil {
			message.Error = message.doom
		}
		message.doom = nil
	}
	s.saveMessage(message)
	waiting := s.statusEvent(message, now)
	s.scheduleNext(message)
	copied := *message
	s.mu.Unlock()
	if waiting != nil {
		s.hooks.enqueue(waiting)
	}
	s.publish(copied)
	return true
}

// statusEvent makes the webhook event of the message's status, nil when nobody
// subscribed; the caller holds the lock.
func (s *Server) statusEvent(message *Message, nowMS int64) *event {
	number := s.numbers[message.Number]
	if number == nil {
		return nil
	}
	customer := s.customers[message.Customer]
	status := statusObject{
		ID: message.ID, Status: message.Status, Timestamp: strconv.FormatInt(nowMS/1000, 10),
		Reference: message.Reference, RecipientID: message.Customer,
	}
	value := s.value(number)
	if customer != nil {
		status.RecipientID, status.RecipientUserID = customer.WaID, customer.scopedID(s.business(number.WABA))
		if customer.HidePhone {
			status.RecipientID = ""
		}
		if message.Status != "failed" { // contacts are missing on failures
			value.Contacts = []contact{s.contact(customer, number)}
		}
	}
	if message.Error != nil && message.Status == "failed" {
		status.Errors = []StatusError{*message.Error}
	}
	if message.Status == "sent" || message.Status == "delivered" {
		status.Conversation, status.Pricing = charge(message, nowMS)
	}
	value.Statuses = []statusObject{status}
	return s.newEvent(number, message, "status", message.ID+"/"+message.Status, value)
}

// charge gives the conversation and pricing objects of a status.
func charge(message *Message, nowMS int64) (*conversation, *pricing) {
	const day = 24 * 60 * 60 * 1000
	talk := &conversation{
		ID:     hashDigits(message.Number+message.Customer+strconv.FormatInt(message.AtMS/day, 10), 19),
		Origin: map[string]string{"type": message.Category},
	}
	if message.Status == "sent" {
		talk.Expiration = strconv.FormatInt((nowMS+day)/1000, 10)
	}
	price := &pricing{Billable: true, Model: "PMP", Category: message.Category, Type: "regular"}
	if message.Category == "service" && nowMS < serviceBilledFrom {
		price.Billable, price.Type = false, "free_customer_service"
	}
	return talk, price
}

// SetStatus moves a message by hand: sent, delivered, read, played or failed
// (then code is the reason; 0 means 131026).
func (s *Server) SetStatus(id, status string, code int) error {
	if rank(status) < rank("sent") {
		return fault.OnField("status", "must be sent, delivered, read, played or failed")
	}
	var failure *StatusError
	if status == "failed" {
		if code == 0 {
			code = 131026
		}
		failure = statusError(code, "Set by hand in the sandbox.")
	}
	if !s.advance(id, status, failure) {
		return fault.New(fault.Conflict, "no such message, or it is already past this status")
	}
	return s.journal.Flush()
}

// Read marks all that the number wrote to the customer as seen on the
// customer's phone and gives how many messages that changed. Messages that are
// still on their way are read as soon as they are delivered.
func (s *Server) Read(number, customer string) (int, error) {
	s.mu.Lock()
	person := s.find(customer)
	if person == nil {
		s.mu.Unlock()
		return 0, fault.New(fault.NotFound, "no such customer")
	}
	var ready []string
	count := 0
	for _, message := range s.chat(number, person.ID).messages {
		if message.Dir != Outbound || rank(message.Status) >= rank("read") || message.readWanted {
			continue
		}
		count++
		message.readWanted = true
		if message.Status == "delivered" && !person.NoReceipts {
			ready = append(ready, message.ID)
		}
	}
	s.mu.Unlock()
	for _, id := range ready {
		s.advance(id, "read", nil)
	}
	if count > 0 {
		s.feed.Publish(Change{Number: number, Customer: person.ID})
	}
	return count, s.journal.Flush()
}
