package messenger

import (
	"encoding/json"
	"strconv"

	"prosa/internal/sandbox/stage"
)

// event is one item that waits to be put into a webhook.
type event struct {
	Seq     int64           `json:"seq"`
	ID      string          `json:"id"`   // of the message, or of what happened to it
	Kind    string          `json:"kind"` // message, echo, delivery, read, reaction, ...
	Object  string          `json:"object"`
	Account string          `json:"account"` // entry.id
	Chat    string          `json:"chat"`
	Message string          `json:"message,omitempty"`
	URL     string          `json:"url"`
	App     string          `json:"app"`
	Part    string          `json:"part"` // messaging, standby or changes
	Item    json.RawMessage `json:"item"`
	AtMS    int64           `json:"at"`

	done chan struct{} // closed after the first attempt; nil: nobody waits
}

// item starts an item of messaging between an account and a person; from says
// that the account is the sender. The caller holds the lock.
func (s *Server) item(a seat, person *Person, fromAccount bool) map[string]any {
	them, us := map[string]string{"id": scopedID(a.id, person.ID)}, map[string]string{"id": a.id}
	item := map[string]any{"sender": them, "recipient": us, "timestamp": s.now().UnixMilli()}
	if fromAccount {
		item["sender"], item["recipient"] = us, them
	}
	return item
}

// newEvent makes an event of an item, nil when no app wants it; the caller holds
// the lock. What happens while another app holds the thread goes on standby.
func (s *Server) newEvent(a seat, message *Message, chat *Chat, field, kind, id string, item map[string]any) *event {
	part := "messaging"
	if chat != nil && chat.Owner != "" && chat.Owner != a.app && kind != "handover" {
		part, field = "standby", "standby"
	}
	app, address := s.target(a, field)
	if address == "" {
		return nil
	}
	return s.makeEvent(a, message, chat, kind, id, part, app, address, item)
}

// newChange makes an event of a field that comes under changes; the caller holds
// the lock.
func (s *Server) newChange(a seat, field, kind, id string, value map[string]any) *event {
	app, address := s.target(a, field)
	if address == "" {
		return nil
	}
	return s.makeEvent(a, nil, nil, kind, id, "changes", app, address, map[string]any{"field": field, "value": value})
}

func (s *Server) makeEvent(a seat, message *Message, chat *Chat, kind, id, part, app, address string, item map[string]any) *event {
	raw, err := json.Marshal(item)
	if err != nil {
		s.config.Logger.Error("webhook item cannot be encoded", "id", id, "error", err)
		return nil
	}
	e := &event{
		Seq: s.hooks.nextSeq(), ID: id, Kind: kind, Object: a.object, Account: a.id, URL: address, App: app, Part: part, Item: raw, AtMS: s.now().UnixMilli(),
	}
	if message != nil {
		e.Message = message.ID
		if part == "standby" && message.Dir == Inbound {
			message.Standby = true
		}
	}
	if chat != nil {
		e.Chat = chatKey(chat.Account, chat.Person)
	}
	if s.ledger.Mode() != stage.LedgerCounts {
		s.journal.Put(keyEvent+strconv.FormatInt(e.Seq, 10), e)
	}
	return e
}

// target gives the app and the address that want a field of an account. The
// caller holds the lock.
func (s *Server) target(a seat, field string) (app, address string) {
	own := s.apps[a.app]
	if own == nil || !takes(own.Fields[a.object], field) {
		return "", ""
	}
	switch {
	case a.flavour == FlavourLogin:
		if fields := s.instagrams[a.id].Subscriptions; fields == nil || !takes(fields, field) {
			return "", ""
		}
	default:
		page := s.pages[a.page]
		if page == nil {
			return "", ""
		}
		fields, subscribed := page.Subscriptions[a.app]
		// The page's list names the page's fields; its Instagram account follows
		// the app's own list.
		if !subscribed || !a.instagram() && !takes(fields, field) {
			return "", ""
		}
	}
	return a.app, own.Callbacks[a.object]
}

// Ready reports whether what people write to an account is told to somebody.
func (s *Server) Ready(account string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, there := s.seat(account)
	if !there {
		return false
	}
	_, address := s.target(a, "messages")
	return address != ""
}

// echoEvent tells what an account sent: a field of its own on Messenger, part of
// messages on Instagram, where neither the app nor the metadata are told. The
// caller holds the lock.
func (s *Server) echoEvent(a seat, m *Message) *event {
	person, chat := s.people[m.Person], s.chat(m.Account, m.Person)
	item := s.item(a, person, true)
	item["timestamp"] = m.AtMS
	body := map[string]any{"mid": m.ID, "is_echo": true}
	if !a.instagram() {
		if number, err := strconv.ParseInt(m.App, 10, 64); err == nil {
			body["app_id"] = number
		}
		if m.Metadata != "" {
			body["metadata"] = m.Metadata
		}
	}
	if m.ReplyTo != "" {
		body["reply_to"] = map[string]string{"mid": m.ReplyTo}
	}
	if m.Text != "" && (m.Kind == "text" || len(m.Files) > 0) {
		body["text"] = m.Text
	}
	if attachments := s.echoAttachments(m); len(attachments) > 0 {
		body["attachments"] = attachments
	}
	item["message"] = body
	field := "message_echoes"
	if a.instagram() {
		field = "messages"
	}
	return s.newEvent(a, m, chat, field, "echo", m.ID+"/echo", item)
}

func (s *Server) echoAttachments(m *Message) []map[string]any {
	var out []map[string]any
	for _, f := range m.Files {
		out = append(out, map[string]any{"type": f.Kind, "payload": map[string]any{"url": s.addressOf(f)}})
	}
	switch {
	case m.Kind == "like" && m.Text == "👍":
		out = append(out, attachment("image", map[string]any{"url": thumbURL, "sticker_id": thumb}))
	case m.Kind == "like":
		out = append(out, map[string]any{"type": "like_heart"})
	}
	var body struct {
		Attachment struct {
			Payload json.RawMessage
		}
	}
	if len(m.Files) == 0 && (m.Kind == "button" || m.Kind == "generic" || m.Kind == "product" || m.Kind == "receipt") && json.Unmarshal(m.Content, &body) == nil {
		out = append(out, map[string]any{"type": "template", "payload": body.Attachment.Payload})
	}
	return out
}

// addressOf gives where a file of a message can be had.
func (s *Server) addressOf(f Attached) string {
	if item, there := s.media.get(f.File); there {
		return s.address(item)
	}
	return f.URL
}

// planDelivery tells later that a message reached the person's app. Instagram
// tells no deliveries.
func (s *Server) planDelivery(m Message) {
	settings := s.Settings()
	if settings.DeliveredMS < 0 {
		return
	}
	s.timers.After(millis(settings.DeliveredMS), func() { s.deliver(m.ID) })
}

// deliver moves a message on and tells the business.
func (s *Server) deliver(id string) {
	s.mu.Lock()
	m := s.messages[id]
	if m == nil || m.Dir != Outbound || m.Status != "sent" {
		s.mu.Unlock()
		return
	}
	m.Status, m.DeliveredMS = "delivered", s.now().UnixMilli()
	s.saveMessage(m)
	a, _ := s.seat(m.Account)
	var waiting *event
	if person := s.people[m.Person]; person != nil && !a.instagram() {
		item := s.item(a, person, false)
		news := map[string]any{"watermark": m.DeliveredMS}
		if s.settings.DeliveryMids {
			news["mids"] = []string{m.ID}
		}
		item["delivery"] = news
		waiting = s.newEvent(a, m, s.chat(m.Account, m.Person), "message_deliveries", "delivery", m.ID+"/delivered", item)
	}
	copied := *m
	s.mu.Unlock()
	if waiting != nil {
		s.hooks.enqueue(waiting)
	}
	s.publish(copied)
	if err := s.journal.Flush(); err != nil {
		s.config.Logger.Error("sandbox journal", "error", err)
	}
}

// Read marks all that an account wrote to a person as seen and gives how many
// messages that changed.
func (s *Server) Read(account, personID string) (int, error) {
	s.mu.Lock()
	a, person, chat, err := s.meet(account, personID)
	if err != nil {
		s.mu.Unlock()
		return 0, err
	}
	now := s.now().UnixMilli()
	var changed []Message
	for _, m := range chat.messages {
		if m.Dir != Outbound || m.Status == "read" {
			continue
		}
		m.Status, m.ReadMS = "read", now
		s.saveMessage(m)
		changed = append(changed, *m)
	}
	var waiting *event
	if len(changed) > 0 && !person.NoReceipts {
		last := &changed[len(changed)-1]
		item := s.item(a, person, false)
		field := "message_reads"
		item["read"] = map[string]any{"watermark": now}
		if a.instagram() {
			field = "messaging_seen"
			item["read"] = map[string]any{"mid": last.ID}
		}
		waiting = s.newEvent(a, last, chat, field, "read", last.ID+"/read", item)
	}
	s.mu.Unlock()
	if waiting != nil {
		s.hooks.enqueue(waiting)
	}
	for _, m := range changed {
		s.publish(m)
	}
	return len(changed), s.journal.Flush()
}
