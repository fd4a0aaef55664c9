package whatsapp

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/adapters/meta"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// Send implements channel.Adapter.
func (a *Adapter) Send(ctx context.Context, account channel.Account, part channel.Part) (channel.Receipt, error) {
	if len(part.Instead) > 0 {
		return a.sendOrInstead(ctx, account, part)
	}
	return a.send(ctx, account, part)
}

// send makes one request, after the upload of its file.
func (a *Adapter) send(ctx context.Context, account channel.Account, part channel.Part) (channel.Receipt, error) {
	body := []byte(part.Body)
	if part.Upload != nil {
		handle, err := a.upload(ctx, account, part)
		if err != nil {
			return channel.Receipt{}, err
		}
		if body, err = attach(body, handle); err != nil {
			return channel.Receipt{}, err
		}
	}
	answer, err := a.graph.Do(ctx, account, meta.Call{
		Verb: http.MethodPost, Path: url.PathEscape(account.ExternalID) + "/" + part.Method, Body: body, DeliveryID: part.Ours,
	}, verdicts)
	if err != nil {
		return channel.Receipt{}, err
	}
	return receipt(answer)
}

// attach puts the handle of an uploaded file at the place of its kind: of an
// interactive message that is the picture in its header.
func attach(body []byte, handle string) ([]byte, error) {
	return set(body, func(fields map[string]jsontext.Value) error {
		var kind string
		if meta.Read(fields["type"], &kind) != nil {
			return rejected("body", "the stored request has no place for its file")
		}
		path := []string{kind}
		if kind == "interactive" {
			path = []string{kind, "header", "image"}
		}
		return place(fields, path, handle)
	})
}

func place(fields map[string]jsontext.Value, path []string, handle string) error {
	if fields[path[0]].Kind() != '{' {
		return rejected("body", "the stored request has no place for its file")
	}
	changed, err := set(fields[path[0]], func(inner map[string]jsontext.Value) error {
		if len(path) > 1 {
			return place(inner, path[1:], handle)
		}
		inner["id"] = quote(nil, handle)
		return nil
	})
	fields[path[0]] = changed
	return err
}

// drop takes a member out of a JSON object.
func drop(object []byte, name string) ([]byte, error) {
	return set(object, func(fields map[string]jsontext.Value) error {
		delete(fields, name)
		return nil
	})
}

// set changes members of a JSON object.
func set(object []byte, change func(map[string]jsontext.Value) error) ([]byte, error) {
	fields := map[string]jsontext.Value{}
	if err := meta.Read(object, &fields); err != nil {
		return nil, rejected("body", "the stored request cannot be read")
	}
	if err := change(fields); err != nil {
		return nil, err
	}
	changed, err := json.Marshal(fields, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return nil, rejected("body", "the stored request cannot be written")
	}
	return changed, nil
}

func rejected(code, text string) *channel.SendError {
	return &channel.SendError{Class: channel.Rejected, Code: code, Message: text}
}

// receipt reads the answer of an accepted send. Without an id the message is on
// its way, but we cannot follow it: its status will tell by our own id.
func receipt(answer []byte) (channel.Receipt, error) {
	var accepted struct {
		Contacts []struct {
			WaID meta.Text `json:"wa_id"`
			User meta.Text `json:"user_id"`
		} `json:"contacts"`
		Messages []struct {
			ID string `json:"id"`
		} `json:"messages"`
	}
	if meta.Read(answer, &accepted) != nil || len(accepted.Messages) == 0 || accepted.Messages[0].ID == "" {
		return channel.Receipt{}, &channel.SendError{Class: channel.Ambiguous, Code: "no_id", Message: "the platform accepted the message without naming it"}
	}
	receipt := channel.Receipt{ExternalID: accepted.Messages[0].ID, Status: message.Accepted}
	for _, contact := range accepted.Contacts {
		if contact.WaID != "" {
			receipt.Learned = append(receipt.Learned, message.Address{Kind: message.WaID, Value: string(contact.WaID)})
		}
		if contact.User != "" {
			receipt.Learned = append(receipt.Learned, message.Address{Kind: message.BSUID, Value: string(contact.User)})
		}
	}
	return receipt, nil
}

// upload brings a file of ours to the platform and gives its handle. Whatever
// goes wrong here, no message has been sent.
func (a *Adapter) upload(ctx context.Context, account channel.Account, part channel.Part) (string, error) {
	content, size, err := a.blobs.Open(ctx, account.TenantID, part.Upload.Blob)
	if err != nil {
		a.logger.WarnContext(ctx, "a file to be sent could not be opened", "account", account.ID, "blob", part.Upload.Blob, "error", err)
		return "", &channel.SendError{Class: channel.Retry, Code: "blob", Message: "the file could not be opened", MaxTries: 3}
	}
	defer content.Close()
	answer, err := a.graph.Do(ctx, account, meta.Call{
		Verb: http.MethodPost, Path: url.PathEscape(account.ExternalID) + "/media", DeliveryID: part.Ours,
		File: &meta.File{
			Fields: [][2]string{{"messaging_product", "whatsapp"}, {"type", part.Upload.MIME}},
			Field:  "file", Name: fileName(part.Upload), MIME: part.Upload.MIME, Content: content, Size: size,
		},
	}, verdicts)
	var failure *channel.SendError
	if errors.As(err, &failure) && failure.Class == channel.Ambiguous {
		failure.Class = channel.Retry
	}
	if err != nil {
		return "", err
	}
	var uploaded struct {
		ID meta.Text `json:"id"`
	}
	if meta.Read(answer, &uploaded) != nil || uploaded.ID == "" {
		return "", &channel.SendError{Class: channel.Retry, Code: "no_id", Message: "the platform took the file without naming it", MaxTries: 3}
	}
	return string(uploaded.ID), nil
}

// Signal implements channel.Adapter. Typing is shown beside the mark on a
// message, so without one there is nothing to say.
func (a *Adapter) Signal(ctx context.Context, account channel.Account, _ []message.Address, signal channel.Signal) error {
	if signal.ReadUpTo == "" {
		return nil
	}
	mark := struct {
		Product   string `json:"messaging_product"`
		Status    string `json:"status"`
		MessageID string `json:"message_id"`
		Typing    *struct {
			Type string `json:"type"`
		} `json:"typing_indicator,omitempty"`
	}{Product: "whatsapp", Status: "read", MessageID: signal.ReadUpTo}
	if signal.Typing {
		mark.Typing = &struct {
			Type string `json:"type"`
		}{"text"}
	}
	body, err := json.Marshal(&mark, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return rejected("body", "the mark cannot be written")
	}
	_, err = a.graph.Do(ctx, account, meta.Call{Verb: http.MethodPost, Path: url.PathEscape(account.ExternalID) + "/" + messagesPath, Body: body}, verdicts)
	return err
}
