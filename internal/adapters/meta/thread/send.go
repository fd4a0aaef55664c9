package thread

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/go-json-experiment/json"

	"prosa/internal/adapters/meta"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// Send makes one request for node, the page or account that speaks, after the
// upload of its files. The platform's answer means that the message is in the
// thread: it is Sent.
func (l *Line) Send(ctx context.Context, account channel.Account, node string, part channel.Part) (channel.Receipt, error) {
	body := []byte(part.Body)
	files := part.Uploads
	if part.Upload != nil {
		files = []message.Media{*part.Upload}
	}
	if len(files) > 0 {
		var err error
		if body, err = l.attach(ctx, account, node, part, files); err != nil {
			return channel.Receipt{}, err
		}
	}
	answer, err := l.Graph.Do(ctx, account, meta.Call{
		Verb: http.MethodPost, Path: url.PathEscape(node) + "/" + part.Method, Body: body, DeliveryID: part.Ours,
	}, meta.PageErrors)
	if err != nil {
		return channel.Receipt{}, err
	}
	return l.receipt(body, answer)
}

// attach uploads the files and puts their handles where they belong.
func (l *Line) attach(ctx context.Context, account channel.Account, node string, part channel.Part, files []message.Media) ([]byte, error) {
	var q request
	if err := meta.Read(part.Body, &q); err != nil || q.Message == nil {
		return nil, rejected("body", "the stored request cannot be read")
	}
	places := q.Message.Attachments
	if q.Message.Attachment != nil {
		places = []attachmentBody{*q.Message.Attachment}
	}
	if len(places) != len(files) {
		return nil, rejected("body", "the stored request has no place for its file")
	}
	for n := range files {
		handle, err := l.upload(ctx, account, node, places[n].Type, part.Ours, &files[n])
		if err != nil {
			return nil, err
		}
		places[n].Payload = &payloadBody{AttachmentID: handle}
	}
	if q.Message.Attachment != nil {
		q.Message.Attachment = &places[0]
	}
	body, err := encode(&q)
	if err != nil {
		return nil, rejected("body", "the stored request cannot be written")
	}
	return body, nil
}

func rejected(code, text string) *channel.SendError {
	return &channel.SendError{Class: channel.Rejected, Code: code, Message: text}
}

// receipt reads the answer of an accepted send. A sign on a message makes no
// message. Without an id a message is in the thread, but we cannot follow it:
// its echo will tell by our own id.
func (l *Line) receipt(body, answer []byte) (channel.Receipt, error) {
	var accepted struct {
		Recipient meta.Text `json:"recipient_id"`
		Message   meta.Text `json:"message_id"`
	}
	readable := meta.Read(answer, &accepted) == nil
	receipt := channel.Receipt{ExternalID: string(accepted.Message), Status: message.Sent}
	if accepted.Recipient != "" {
		receipt.Learned = []message.Address{{Kind: l.Dialect.Address, Value: string(accepted.Recipient)}}
	}
	if readable && accepted.Message != "" || isAction(body) {
		return receipt, nil
	}
	return channel.Receipt{}, &channel.SendError{Class: channel.Ambiguous, Code: "no_id", Message: "the platform accepted the message without naming it"}
}

func isAction(body []byte) bool {
	var q request
	return meta.Read(body, &q) == nil && q.Action != ""
}

// upload brings a file of ours to the platform and gives its handle (Messenger
// Platform, Attachment Upload API). Whatever goes wrong here, no message has
// been sent.
func (l *Line) upload(ctx context.Context, account channel.Account, node, kind, deliveryID string, file *message.Media) (string, error) {
	content, size, err := l.Blobs.Open(ctx, account.TenantID, file.Blob)
	if err != nil {
		l.Logger.WarnContext(ctx, "a file to be sent could not be opened", "account", account.ID, "blob", file.Blob, "error", err)
		return "", &channel.SendError{Class: channel.Retry, Code: "blob", Message: "the file could not be opened", MaxTries: 3}
	}
	defer content.Close()
	about, err := json.Marshal(&messageBody{Attachment: &attachmentBody{Type: kind, Payload: &payloadBody{Reusable: true}}})
	if err != nil {
		return "", rejected("body", "the upload cannot be written")
	}
	fields := [][2]string{{"message", string(about)}}
	if l.Platform != "" {
		fields = append(fields, [2]string{"platform", l.Platform})
	}
	answer, err := l.Graph.Do(ctx, account, meta.Call{
		Verb: http.MethodPost, Path: url.PathEscape(node) + "/message_attachments", DeliveryID: deliveryID,
		File: &meta.File{Fields: fields, Field: "filedata", Name: fileName(file), MIME: base(file.MIME), Content: content, Size: size},
	}, meta.PageErrors)
	var failure *channel.SendError
	if errors.As(err, &failure) && failure.Class == channel.Ambiguous {
		failure.Class = channel.Retry
	}
	if err != nil {
		return "", err
	}
	var uploaded struct {
		ID meta.Text `json:"attachment_id"`
	}
	if meta.Read(answer, &uploaded) != nil || uploaded.ID == "" {
		return "", &channel.SendError{Class: channel.Retry, Code: "no_id", Message: "the platform took the file without naming it", MaxTries: 3}
	}
	return string(uploaded.ID), nil
}

// Signal marks what was said as seen, then shows that we are typing: each is a
// call of its own (Messenger Platform, Sender Actions).
func (l *Line) Signal(ctx context.Context, account channel.Account, node string, to []message.Address, signal channel.Signal) error {
	person, ok := l.Dialect.recipientOf(to)
	if !ok || person.ID == "" {
		return nil // nobody whose app could show it
	}
	var actions []string
	if signal.ReadUpTo != "" {
		actions = append(actions, "mark_seen")
	}
	if signal.Typing {
		actions = append(actions, "typing_on")
	}
	for _, action := range actions {
		body, err := encode(&request{Recipient: person, Action: action})
		if err != nil {
			return rejected("body", "the sign cannot be written")
		}
		if _, err := l.Graph.Do(ctx, account, meta.Call{Verb: http.MethodPost, Path: url.PathEscape(node) + "/" + messagesPath, Body: body}, meta.PageErrors); err != nil {
			return err
		}
	}
	return nil
}
