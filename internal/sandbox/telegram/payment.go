package telegram

import (
	"fmt"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

// checkoutLife is how long a query about a payment can be answered, in
// milliseconds. Source: answerPreCheckoutQuery ("within 10 seconds").
const checkoutLife = 10_000

// answerQuery makes the method that answers one kind of query about payments.
func (s *Server) answerQuery(kind string) method {
	return func(c *call) (stage.Answer, *apiError) {
		name := strings.TrimPrefix(kind, "pre_")
		ok, reason := c.params.flag("ok"), c.params.text("error_message")
		switch {
		case !ok && reason == "":
			return stage.Answer{}, bad("error message must be non-empty")
		case ok && kind == "shipping_query" && c.params.text("shipping_options") == "":
			return stage.Answer{}, bad("can't parse shipping options JSON object")
		}
		if kind == "pre_checkout_query" {
			name = kind
		}
		s.mu.Lock()
		query := s.callbacks[c.params.text(name+"_id")]
		if query == nil || query.kind != kind || query.bot != c.bot.ID || query.answered || s.now().UnixMilli()-query.atMS > checkoutLife {
			s.mu.Unlock()
			return stage.Answer{}, bad("query is too old and response timeout expired or query ID is invalid")
		}
		query.answered = true
		var changed Message
		if message := s.messages[query.message]; message != nil {
			message.Callback = or(reason, "ok")
			s.saveMessage(message)
			changed = *message
		}
		s.mu.Unlock()
		s.publish(changed)
		return result(true, ""), nil
	}
}

// ask makes a query about a payment. Like a press of a button it is kept as a
// message that has no place in the chat; the caller holds the lock.
func (s *Server) ask(bot *Bot, user *User, chat *Chat, a Action) (*Message, *update, error) {
	if a.Data == "" {
		return nil, nil, fault.OnField("data", "the payload of the invoice must not be empty")
	}
	kind := map[string]string{"checkout": "pre_checkout_query", "shipping": "shipping_query"}[a.Do]
	s.seq++
	now := s.now().UnixMilli()
	id := hashID(fmt.Sprint(kind, bot.ID, user.ID, now, s.seq))
	query := object{"id": id, "from": user.object(), "invoice_payload": a.Data}
	if a.Do == "checkout" {
		query["currency"], query["total_amount"] = or(a.Currency, "BRL"), a.Amount
	} else {
		query["shipping_address"] = object{
			"country_code": "BR", "state": "PE", "city": "Recife", "street_line1": or(a.Address, "Rua da Aurora, 1"), "street_line2": "", "post_code": "50050-000",
		}
	}
	message := &Message{
		Key: fmt.Sprintf("%d:%d:q%s", bot.ID, user.ID, id), Bot: bot.ID, User: user.ID, Dir: Inbound, Kind: a.Do,
		AtMS: now, Text: a.Data, Status: "sent", Content: encode(query),
	}
	s.callbacks[id] = &callback{kind: kind, bot: bot.ID, atMS: now, message: message.Key}
	s.keepMessage(chat, message)
	return message, s.newUpdate(bot, user.ID, kind, message, query), nil
}
