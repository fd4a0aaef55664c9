package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/base/clock"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// Send implements channel.Adapter. Telegram's answer means that the message is
// with the customer's account: it is Sent, and nothing more will be told.
func (a *Adapter) Send(ctx context.Context, account channel.Account, part channel.Part) (channel.Receipt, error) {
	receipt, err := a.send(ctx, account, part)
	for _, other := range part.Instead {
		var failure *channel.SendError
		if !errors.As(err, &failure) || remedyOf(failure) != inOtherWay {
			break
		}
		a.logger.InfoContext(ctx, "Telegram refused the form of a message, so it goes another way", "account", account.ID, "delivery", part.Ours, "reason", err)
		receipt, err = a.send(ctx, account, other)
	}
	return receipt, err
}

// send makes one call, and once more without formatting that Telegram does not
// understand.
func (a *Adapter) send(ctx context.Context, account channel.Account, part channel.Part) (channel.Receipt, error) {
	receipt, err := a.once(ctx, account, part)
	var failure *channel.SendError
	if !errors.As(err, &failure) {
		return receipt, err
	}
	switch remedyOf(failure) {
	case done:
		return channel.Receipt{Status: message.Sent}, nil
	case unmarked:
		if body, had := bare(part.Body); had {
			part.Body = body
			return a.once(ctx, account, part)
		}
	}
	return receipt, err
}

// bare takes the formatting out of a body.
func bare(body []byte) (without []byte, had bool) {
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil {
		return nil, false
	}
	for _, name := range []string{"parse_mode", "entities", "caption_entities"} {
		if _, there := members[name]; there {
			delete(members, name)
			had = true
		}
	}
	without, err := json.Marshal(members)
	return without, had && err == nil
}

func (a *Adapter) once(ctx context.Context, account channel.Account, part channel.Part) (channel.Receipt, error) {
	c := call{method: part.Method, body: part.Body, deliveryID: part.Ours}
	files, fields := part.Uploads, make([]string, len(part.Uploads))
	for n := range files {
		fields[n] = fileField(n)
	}
	if part.Upload != nil {
		field, known := fieldOf(part.Method)
		if !known {
			return channel.Receipt{}, &channel.SendError{Class: channel.Rejected, Code: "body", Message: "the stored request has no place for its file"}
		}
		files, fields = []message.Media{*part.Upload}, []string{field}
	}
	for n := range files {
		opened, failure := a.open(ctx, account, &files[n])
		if failure != nil {
			return channel.Receipt{}, failure
		}
		defer opened.content.Close()
		opened.field = fields[n]
		c.files = append(c.files, opened)
	}
	result, err := a.do(ctx, account, c)
	if err != nil {
		var failure *channel.SendError
		if errors.As(err, &failure) {
			a.floods.judge(account.ID, chatOf(part.Body), failure, clock.MS(a.clock.Now()))
		}
		return channel.Receipt{}, err
	}
	return receiptOf(part.Method, result), nil
}

// chatOf gives the chat that a stored request goes to.
func chatOf(body []byte) place {
	var q struct {
		Chat       int64  `json:"chat_id"`
		Connection string `json:"business_connection_id"`
	}
	_ = read(body, &q) // one that cannot be read has been refused already
	return place{q.Connection, q.Chat}
}

// receiptOf reads what became of a call. What changes or removes a message
// makes none, and an id that cannot be read only costs quotes and edits: it was
// sent.
func receiptOf(method string, result jsontext.Value) channel.Receipt {
	receipt := channel.Receipt{Status: message.Sent}
	type sent struct {
		ID         int64  `json:"message_id"`
		Connection string `json:"business_connection_id"`
		Chat       *chat  `json:"chat"`
	}
	var first sent
	switch {
	case result.Kind() == 't', strings.HasPrefix(method, "edit"):
		return receipt
	case result.Kind() == '[': // an album: the first picture stands for it
		var album []sent
		if read(result, &album) == nil && len(album) > 0 {
			first = album[0]
		}
	default:
		_ = read(result, &first) // looked at below
	}
	if first.ID != 0 && first.Chat != nil {
		receipt.ExternalID = place{first.Connection, first.Chat.ID}.message(first.ID)
	}
	return receipt
}

// Queries about payments, by what stands before their id in CallbackID. Plain
// callback ids are numbers.
const (
	checkoutQuery = "checkout:"
	shippingQuery = "shipping:"
)

// noPayments is what a customer reads who tries to pay inside Telegram.
const noPayments = "Ainda não recebemos pagamentos por aqui. Escreva para nós nesta conversa e ajudamos você a pagar. / We do not take payments here yet."

// doings are the signs in the app by what is about to be sent (sendChatAction).
var doings = map[message.Kind]string{
	message.Image: "upload_photo", message.Album: "upload_photo", message.Deck: "upload_photo", message.Video: "upload_video",
	message.Audio: "record_voice", message.Document: "upload_document", message.Sticker: "choose_sticker", message.Place: "find_location",
}

// Signal implements channel.Adapter. A bot cannot mark messages of its own
// chats as read, only those of a person who lets it speak in their name.
func (a *Adapter) Signal(ctx context.Context, account channel.Account, to []message.Address, signal channel.Signal) error {
	var failed []error
	if signal.CallbackID != "" {
		failed = append(failed, a.acknowledge(ctx, account, signal.CallbackID))
	}
	if signal.Typing {
		action := "typing"
		if doing, known := doings[signal.Doing]; known {
			action = doing
		}
		failed = append(failed, a.act(ctx, account, to, action))
	}
	if where, id, ok := messageOf(signal.ReadUpTo); ok && where.connection != "" {
		_, err := a.ask(ctx, account, "readBusinessMessage", request{Connection: where.connection, ChatID: where.chat, MessageID: id})
		failed = append(failed, err)
	}
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *Adapter) act(ctx context.Context, account channel.Account, to []message.Address, action string) error {
	where, err := addressee(to)
	if err != nil {
		return &channel.SendError{Class: channel.Rejected, Code: "no_address", Message: "the customer has no Telegram address"}
	}
	_, err = a.ask(ctx, account, "sendChatAction", struct {
		Connection string `json:"business_connection_id,omitempty"`
		ChatID     int64  `json:"chat_id"`
		Action     string `json:"action"`
	}{where.connection, where.chat, action})
	return err
}

// acknowledge stops the spinning of a tapped button, or says no to a payment.
// One that Telegram has already given up on needs no more.
func (a *Adapter) acknowledge(ctx context.Context, account channel.Account, callbackID string) error {
	method, arguments := "answerCallbackQuery", map[string]any{"callback_query_id": callbackID}
	if id, found := strings.CutPrefix(callbackID, checkoutQuery); found {
		method, arguments = "answerPreCheckoutQuery", map[string]any{"pre_checkout_query_id": id, "ok": false, "error_message": noPayments}
	}
	if id, found := strings.CutPrefix(callbackID, shippingQuery); found {
		method, arguments = "answerShippingQuery", map[string]any{"shipping_query_id": id, "ok": false, "error_message": noPayments}
	}
	_, err := a.ask(ctx, account, method, arguments)
	var failure *channel.SendError
	if errors.As(err, &failure) && failure.Code == strconv.Itoa(400) && strings.Contains(strings.ToLower(failure.Message), "query is too old") {
		return nil
	}
	return err
}

// ask makes a call that sends no message. Error: *channel.SendError, always.
func (a *Adapter) ask(ctx context.Context, account channel.Account, method string, arguments any) (jsontext.Value, error) {
	body, err := json.Marshal(arguments)
	if err != nil {
		return nil, &channel.SendError{Class: channel.Rejected, Code: "body", Message: "the request cannot be written"}
	}
	return a.do(ctx, account, call{method: method, body: body})
}
