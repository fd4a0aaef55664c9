package telegram

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// Send implements channel.Adapter. Telegram's answer means that the message is
// with the customer's account: it is Sent, and nothing more will be told.
func (a *Adapter) Send(ctx context.Context, account channel.Account, part channel.Part) (channel.Receipt, error) {
	receipt, err := a.send(ctx, account, part)
	if len(part.Instead) > 0 && refusesPicture(err) {
		a.logger.InfoContext(ctx, "Telegram could not show a picture, so the words go alone", "account", account.ID, "delivery", part.Ours, "reason", err)
		return a.send(ctx, account, part.Instead[0])
	}
	return receipt, err
}

// refusesPicture reports whether the message may pass without its picture: the
// request was wrong, and Telegram does not speak of the chat.
func refusesPicture(err error) bool {
	var failure *channel.SendError
	return errors.As(err, &failure) && failure.Class == channel.Rejected && failure.Code == "400" &&
		!strings.Contains(strings.ToLower(failure.Message), "chat not found")
}

// send makes one call.
func (a *Adapter) send(ctx context.Context, account channel.Account, part channel.Part) (channel.Receipt, error) {
	c := call{method: part.Method, body: part.Body, deliveryID: part.Ours}
	if part.Upload != nil {
		field, known := fieldOf(part.Method)
		if !known {
			return channel.Receipt{}, &channel.SendError{Class: channel.Rejected, Code: "body", Message: "the stored request has no place for its file"}
		}
		content, size, err := a.blobs.Open(ctx, account.TenantID, part.Upload.Blob)
		if err != nil {
			a.logger.WarnContext(ctx, "a file to be sent could not be opened", "account", account.ID, "blob", part.Upload.Blob, "error", err)
			return channel.Receipt{}, &channel.SendError{Class: channel.Retry, Code: "blob", Message: "the file could not be opened", MaxTries: 3}
		}
		defer content.Close()
		c.file = &attachment{field: field, name: fileName(part.Upload), mime: part.Upload.MIME, content: content, size: size}
	}
	result, err := a.do(ctx, account, c)
	if err != nil {
		return channel.Receipt{}, err
	}
	receipt := channel.Receipt{Status: message.Sent}
	type sent struct {
		ID   int64 `json:"message_id"`
		Chat *chat `json:"chat"`
	}
	var first sent
	switch result.Kind() {
	case 't':
		return receipt, nil // a reaction makes no message
	case '[': // an album: the first picture stands for it
		var album []sent
		if read(result, &album) == nil && len(album) > 0 {
			first = album[0]
		}
	default:
		_ = read(result, &first) // looked at below
	}
	if first.ID == 0 || first.Chat == nil {
		// It was sent; an id that cannot be read only costs quotes and edits.
		return receipt, nil
	}
	receipt.ExternalID = externalID(first.Chat.ID, first.ID)
	return receipt, nil
}

// Signal implements channel.Adapter. A bot of a private chat cannot mark
// messages as read.
func (a *Adapter) Signal(ctx context.Context, account channel.Account, to []message.Address, signal channel.Signal) error {
	var failed error
	if signal.CallbackID != "" {
		failed = a.acknowledge(ctx, account, signal.CallbackID)
	}
	if !signal.Typing {
		return failed
	}
	r := rendering{out: channel.Outbound{To: to}}
	var err error = &channel.SendError{Class: channel.Rejected, Code: "no_address", Message: "the customer has no Telegram address"}
	if r.address() == nil {
		_, err = a.do(ctx, account, call{method: "sendChatAction", body: []byte(`{"chat_id":` + strconv.FormatInt(r.chat, 10) + `,"action":"typing"}`)})
	}
	if failed != nil {
		return failed
	}
	return err
}

// acknowledge stops the spinning of a tapped button. One that Telegram has
// already given up on needs no more.
func (a *Adapter) acknowledge(ctx context.Context, account channel.Account, callbackID string) error {
	body, err := json.Marshal(map[string]string{"callback_query_id": callbackID})
	if err != nil {
		return &channel.SendError{Class: channel.Rejected, Code: "body", Message: "the callback's id cannot be written"}
	}
	_, err = a.do(ctx, account, call{method: "answerCallbackQuery", body: body})
	var failure *channel.SendError
	if errors.As(err, &failure) && failure.Class == channel.Rejected && strings.Contains(strings.ToLower(failure.Message), "query is too old") {
		return nil
	}
	return err
}
