package meta

import (
	"encoding/json"
	"net/http"
	"time"

	"prosa/internal/sandbox/stage"
)

// sendAnswer is the answer of an accepted message.
type sendAnswer struct {
	Product  string        `json:"messaging_product"`
	Contacts []sendContact `json:"contacts"`
	Messages []sendMessage `json:"messages"`
}

type sendContact struct {
	Input  string `json:"input"`
	WaID   string `json:"wa_id,omitempty"`
	UserID string `json:"user_id,omitempty"`
}

type sendMessage struct {
	ID     string `json:"id"`
	Status string `json:"message_status,omitempty"`
}

// postMessages answers POST /{number}/messages: a message, a read mark or a
// typing indicator.
func (s *Server) postMessages(c *call, number Number) (stage.Answer, *graphError) {
	check := &checker{}
	body := check.decode(c.body)
	if check.err != nil {
		return stage.Answer{}, check.err
	}
	if !body.has("messaging_product") {
		return stage.Answer{}, invalid("The parameter messaging_product is required.")
	}
	body.one("messaging_product", "whatsapp")
	if body.has("status") && check.err == nil {
		return s.markRead(body, number)
	}
	return s.sendDraft(c, number, check, readMessage(body))
}

// postMarketing answers POST /{number}/marketing_messages: marketing templates
// to telephone numbers. Source: Marketing Messages API for WhatsApp.
func (s *Server) postMarketing(c *call, number Number) (stage.Answer, *graphError) {
	check := &checker{}
	body := check.decode(c.body)
	if check.err != nil {
		return stage.Answer{}, check.err
	}
	body.only("messaging_product", "recipient_type", "to", "type", "template", "product_policy", "message_activity_sharing")
	body.one("messaging_product", "whatsapp")
	body.one("recipient_type", "individual")
	body.text("to", 0)
	body.one("type", "template")
	d := readMessage(body)
	d.marketing = true
	return s.sendDraft(c, number, check, d)
}

// sendDraft takes a message that was read, or tells what is wrong with it.
func (s *Server) sendDraft(c *call, number Number, check *checker, d draft) (stage.Answer, *graphError) {
	if check.err == nil {
		s.readFiles(&d, number, check)
		s.readGoods(&d, number, check)
	}
	if check.err != nil {
		return stage.Answer{}, check.err
	}
	answer, message, err := s.accept(c, number, d)
	if err != nil {
		return stage.Answer{}, err
	}
	if err := s.journal.Flush(); err != nil {
		// Not on disk: the effect cannot be promised, so it is not answered.
		return stage.Answer{}, &graphError{Message: "An unknown error has occurred.", Type: "OAuthException", Code: 1, IsTransient: true, status: http.StatusInternalServerError}
	}
	s.publish(message)
	s.mu.Lock()
	if kept := s.messages[message.ID]; kept != nil {
		s.scheduleNext(kept)
	}
	s.mu.Unlock()
	return answer, nil
}

// readFiles holds media references against what was uploaded.
func (s *Server) readFiles(d *draft, number Number, check *checker) {
	for i, ref := range d.files {
		if ref.id == "" {
			continue
		}
		item, ok := s.media.get(ref.id)
		if !ok || item.WABA != number.WABA {
			check.fail(invalid("Param %s['id'] is not a valid whatsapp business account media attachment ID", ref.place))
			return
		}
		if item.Kind != ref.kind {
			d.files[i].kind = "" // the platform finds out later: see doomOf
		}
	}
}

// accept decides about a message and writes it down: rates, recipient,
// template, and the failure that may await it.
func (s *Server) accept(c *call, number Number, d draft) (stage.Answer, Message, *graphError) {
	now := s.now()
	doomed := s.doomOfLinks(c.request.Context(), d)
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := d.to
	if asked == "" {
		asked = d.bsuid
	}
	customer := s.find(asked)
	address := digits(d.to)
	if customer != nil {
		address = customer.ID
	} else if address == "" {
		address = d.bsuid
	}
	if address == digits(number.Display) {
		return stage.Answer{}, Message{}, whatsappError(131021, "Recipient cannot be sender", "Sender and recipient phone number is the same")
	}
	chat := s.chat(number.ID, address)
	var shown *Shown
	if d.template != nil {
		var err *graphError
		if shown, d.category, err = s.useTemplate(number.WABA, d.template); err != nil {
			return stage.Answer{}, Message{}, err
		}
		d.text = shown.Text
		account := s.wabas[number.WABA]
		switch {
		case d.marketing && d.category != "marketing":
			return stage.Answer{}, Message{}, wrong("Only marketing templates are sent by this endpoint")
		case !d.marketing && d.category == "marketing" && account != nil && account.Marketing == "elsewhere":
			return stage.Answer{}, Message{}, whatsappError(131063, "Marketing templates disabled on Cloud API", "Use the Marketing Messages API.")
		}
	}
	if d.typ == "reaction" && s.ledger.Full() {
		if target := s.messages[d.target]; target == nil || chatKey(target.Number, target.Customer) != chatKey(number.ID, address) {
			return stage.Answer{}, Message{}, wrong("Message to react to was not found")
		}
	}
	if err := s.readPayment(number, &d, address); err != nil {
		return stage.Answer{}, Message{}, err
	}
	if err := s.throttle(number, chat, now); err != nil {
		return stage.Answer{}, Message{}, err
	}
	answer := sendAnswer{Product: "whatsapp", Contacts: []sendContact{{Input: asked, WaID: digits(d.to)}}}
	if customer != nil {
		answer.Contacts[0] = sendContact{Input: asked, WaID: customer.WaID, UserID: customer.scopedID(s.business(number.WABA))}
		if customer.HidePhone {
			answer.Contacts[0].WaID = ""
		}
	}
	message := &Message{
		ID: newWamid(address, false), Number: number.ID, Customer: address, Dir: Outbound,
		Type: d.typ, Kind: d.kind, AtMS: now.UnixMilli(), Text: d.text, Status: "accepted",
		Reference: d.reference, ReplyTo: d.replyTo, Target: d.target, Emoji: d.emoji, Category: d.category, Payment: d.payment,
		OrderStatus: d.orderStatus, Paid: d.paid, Shown: shown, doom: doomed,
	}
	if message.doom == nil {
		message.doom = doomOf(d, customer, chat, now)
	}
	entry := sendMessage{ID: message.ID}
	if d.template != nil {
		entry.Status = "accepted"
	}
	answer.Messages = []sendMessage{entry}
	out := stage.JSON(http.StatusOK, answer)
	if s.ledger.Full() {
		message.Content = json.RawMessage(c.body)
		message.Exchange = &stage.Exchange{
			AtMS: c.atMS, Method: c.request.Method, URL: c.request.URL.Path,
			RequestHeaders: stage.Headers(c.request.Header), RequestBody: stage.Clip(c.body),
			Status: out.Status, ResponseBody: stage.Clip(out.Body), TookMS: s.now().UnixMilli() - c.atMS,
			ResponseHeaders: map[string]string{"Content-Type": "application/json; charset=UTF-8"},
		}
	}
	chat.TypingUntilMS = 0
	if target := s.messages[d.target]; target != nil && d.typ == "reaction" && message.doom == nil {
		target.ReactionOut = d.emoji
		s.saveMessage(target)
	}
	s.keepPayment(message)
	s.keepMessage(chat, message)
	s.ledger.Accept(stage.Send{
		AtMS: message.AtMS, Account: number.ID, Recipient: address, Kind: d.kind, Text: d.text,
		Reference: d.reference, ID: message.ID, Payload: message.Content,
	})
	return out, *message, nil
}

func (s *Server) business(waba string) string {
	if account := s.wabas[waba]; account != nil {
		return account.BusinessID
	}
	return ""
}

// throttle takes a place in the number's and the pair's bucket; the caller
// holds the lock. Sources: "Throughput" (130429), "Pair rate limits" (131056).
func (s *Server) throttle(number Number, chat *Chat, now time.Time) *graphError {
	if !s.settings.RateLimits {
		return nil
	}
	perSecond := number.PerSecond
	if perSecond == 0 {
		perSecond = defaultPerSecond
	}
	bucket := s.rates[number.ID]
	if bucket == nil {
		bucket = &stage.Bucket{}
		s.rates[number.ID] = bucket
	}
	if wait, ok := bucket.Take(now, float64(perSecond), float64(perSecond)); !ok {
		return throttled(130429, "Rate limit hit", "Message failed to send because there were too many messages sent from this phone number in a short period of time", wait)
	}
	if wait, ok := chat.pair.Take(now, pairPerSecond, pairBurst); !ok {
		return throttled(131056, "(Business Account, Consumer Account) pair rate limit hit", "Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time", wait)
	}
	return nil
}

// doomOf gives the failure that the platform will report by a status: the call
// itself is accepted.
func doomOf(d draft, customer *Customer, chat *Chat, now time.Time) *StatusError {
	switch {
	case customer == nil:
		return statusError(131026, "Message Undeliverable.")
	case chat.Blocked:
		return statusError(131026, "Message Undeliverable.")
	case d.country && customer.WaID != "" && country(customer.WaID) != "BR":
		return statusError(131026, "Payments are only available to recipients in Brazil.")
	case d.category == "marketing" && chat.NoMarketing:
		return statusError(131050, "The customer stopped marketing messages of this business.")
	case d.template == nil && !chat.windowOpen(now):
		return statusError(131047, "Message failed to send because more than 24 hours have passed since the customer last replied to this number.")
	}
	for _, ref := range d.files {
		if ref.kind == "" {
			return statusError(131053, "The uploaded media's type does not fit the message type.")
		}
	}
	return nil
}

// markRead answers a read mark, with or without a typing indicator. Both mark
// all earlier messages of the chat too.
func (s *Server) markRead(body object, number Number) (stage.Answer, *graphError) {
	body.one("status", "read")
	id := body.text("message_id", 0)
	typing := body.has("typing_indicator")
	if typing {
		indicator := body.object("typing_indicator")
		indicator.only("type")
		indicator.one("type", "text")
	}
	if body.check.err != nil {
		return stage.Answer{}, body.check.err
	}
	now := s.now().UnixMilli()
	s.mu.Lock()
	var changed []Message
	message := s.messages[id]
	switch {
	case message != nil && message.Number == number.ID && message.Dir == Inbound:
		chat := s.chat(number.ID, message.Customer)
		if typing {
			chat.TypingUntilMS = now + typingTime.Milliseconds()
		}
		for _, earlier := range chat.messages {
			if earlier.Dir == Inbound && earlier.Seq <= message.Seq && earlier.ReadMS == 0 {
				earlier.Status, earlier.ReadMS = "read", now
				s.saveMessage(earlier)
				changed = append(changed, *earlier)
			}
		}
		defer s.feed.Publish(Change{Number: number.ID, Customer: message.Customer})
	case s.ledger.Full():
		s.mu.Unlock()
		return stage.Answer{}, wrong("Message ID is not a received message of this number")
	}
	s.mu.Unlock()
	for _, message := range changed {
		s.publish(message)
	}
	if err := s.journal.Flush(); err != nil {
		return stage.Answer{}, &graphError{Message: "An unknown error has occurred.", Type: "OAuthException", Code: 1, IsTransient: true, status: http.StatusInternalServerError}
	}
	return stage.JSON(http.StatusOK, map[string]bool{"success": true}), nil
}
