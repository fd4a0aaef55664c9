package whatsapp

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

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

// send makes one request, after the upload of its files.
func (a *Adapter) send(ctx context.Context, account channel.Account, part channel.Part) (channel.Receipt, error) {
	body, err := a.attachAll(ctx, account, part)
	if err != nil {
		return channel.Receipt{}, err
	}
	call := meta.Call{Verb: http.MethodPost, Path: url.PathEscape(account.ExternalID) + "/" + part.Method, Body: body, DeliveryID: part.Ours}
	answer, err := a.graph.Do(ctx, account, call, verdicts)
	if other, ok := elsewhere(err, body); ok {
		call.Path, call.Body = url.PathEscape(account.ExternalID)+"/marketing_messages", other
		answer, err = a.graph.Do(ctx, account, call, verdicts)
	}
	if err != nil {
		return channel.Receipt{}, err
	}
	return receipt(answer)
}

// elsewhere gives the body for the endpoint of marketing messages, when Meta
// says that this account's marketing templates go there (131063). That endpoint
// takes a phone number only, and neither a quote nor our id (Marketing Messages
// API for WhatsApp).
func elsewhere(err error, body []byte) ([]byte, bool) {
	var failure *channel.SendError
	if !errors.As(err, &failure) || failure.Code != "131063" {
		return nil, false
	}
	whole := tellingOf(body)
	if whole.text("type") != "template" || whole.text("to") == "" {
		return nil, false
	}
	for _, name := range []string{"context", "biz_opaque_callback_data"} {
		changed, err := drop(body, name)
		if err != nil {
			return nil, false
		}
		body = changed
	}
	return body, true
}

// attachAll uploads the files of a part and puts their handles into its body.
func (a *Adapter) attachAll(ctx context.Context, account channel.Account, part channel.Part) ([]byte, error) {
	body := []byte(part.Body)
	if part.Upload != nil {
		handle, err := a.upload(ctx, account, part.Upload, part.Ours)
		if err != nil {
			return nil, err
		}
		if body, err = attach(body, handle); err != nil {
			return nil, err
		}
	}
	if len(part.Uploads) == 0 {
		return body, nil
	}
	handles := make([]string, 0, len(part.Uploads))
	for i := range part.Uploads {
		handle, err := a.upload(ctx, account, &part.Uploads[i], part.Ours)
		if err != nil {
			return nil, err
		}
		handles = append(handles, handle)
	}
	return attachCards(body, handles)
}

// attach puts the handle of an uploaded file at the place of its kind: of an
// interactive message and of a template that is the file in its header.
func attach(body []byte, handle string) ([]byte, error) {
	return set(body, func(fields map[string]jsontext.Value) error {
		var kind string
		if meta.Read(fields["type"], &kind) != nil {
			return noPlace()
		}
		switch kind {
		case "interactive":
			return place(fields, []string{kind, "header"}, handle)
		case "template":
			return place(fields, []string{kind, "components", "0", "parameters", "0"}, handle)
		default:
			return place(fields, nil, handle, kind)
		}
	})
}

// attachCards puts handles at the cards of a carousel that have no file yet, in
// their order.
func attachCards(body []byte, handles []string) ([]byte, error) {
	changed, err := set(body, func(fields map[string]jsontext.Value) error {
		return within(fields, []string{"interactive", "action", "cards"}, func(cards jsontext.Value) (jsontext.Value, error) {
			elements, _ := meta.Elements(cards)
			out := make([]jsontext.Value, 0, len(elements))
			for _, element := range elements {
				header := tellingOf(element).inner("header")
				kind := header.text("type")
				if file := header.inner(kind); kind != "" && len(file) == 0 && len(handles) > 0 {
					filled, err := set(element, func(card map[string]jsontext.Value) error {
						return place(card, []string{"header"}, handles[0])
					})
					if err != nil {
						return nil, err
					}
					element, handles = filled, handles[1:]
				}
				out = append(out, element)
			}
			return json.Marshal(out, jsontext.AllowInvalidUTF8(true))
		})
	})
	if err == nil && len(handles) > 0 {
		err = noPlace()
	}
	return changed, err
}

func noPlace() error { return rejected("body", "the stored request has no place for its file") }

// place sets the id of the file object that stands at the end of path; without
// a kind, the object there names its own by "type".
func place(fields map[string]jsontext.Value, path []string, handle string, kind ...string) error {
	named := func(holder map[string]jsontext.Value) error {
		name := ""
		if len(kind) > 0 {
			name = kind[0]
		} else if meta.Read(holder["type"], &name) != nil {
			return noPlace()
		}
		if holder[name].Kind() != '{' {
			return noPlace()
		}
		changed, err := set(holder[name], func(file map[string]jsontext.Value) error {
			file["id"] = quote(nil, handle)
			return nil
		})
		holder[name] = changed
		return err
	}
	if len(path) == 0 {
		return named(fields)
	}
	return within(fields, path, func(holder jsontext.Value) (jsontext.Value, error) {
		return set(holder, named)
	})
}

// within changes the value at the end of a path of members and places in lists.
func within(fields map[string]jsontext.Value, path []string, change func(jsontext.Value) (jsontext.Value, error)) error {
	changed, err := deeper(fields[path[0]], path[1:], change)
	if err != nil {
		return err
	}
	fields[path[0]] = changed
	return nil
}

func deeper(value jsontext.Value, path []string, change func(jsontext.Value) (jsontext.Value, error)) (jsontext.Value, error) {
	if len(path) == 0 {
		return change(value)
	}
	switch value.Kind() {
	case '{':
		changed, err := set(value, func(fields map[string]jsontext.Value) error { return within(fields, path, change) })
		return changed, err
	case '[':
		elements, _ := meta.Elements(value)
		at, err := strconv.Atoi(path[0])
		if err != nil || at < 0 || at >= len(elements) {
			return nil, noPlace()
		}
		if elements[at], err = deeper(elements[at], path[1:], change); err != nil {
			return nil, err
		}
		return json.Marshal(elements, jsontext.AllowInvalidUTF8(true))
	default:
		return nil, noPlace()
	}
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
func (a *Adapter) upload(ctx context.Context, account channel.Account, file *message.Media, deliveryID string) (string, error) {
	content, size, err := a.blobs.Open(ctx, account.TenantID, file.Blob)
	if err != nil {
		a.logger.WarnContext(ctx, "a file to be sent could not be opened", "account", account.ID, "blob", file.Blob, "error", err)
		return "", &channel.SendError{Class: channel.Retry, Code: "blob", Message: "the file could not be opened", MaxTries: 3}
	}
	defer content.Close()
	answer, err := a.graph.Do(ctx, account, meta.Call{
		Verb: http.MethodPost, Path: url.PathEscape(account.ExternalID) + "/media", DeliveryID: deliveryID,
		File: &meta.File{
			Fields: [][2]string{{"messaging_product", "whatsapp"}, {"type", file.MIME}},
			Field:  "file", Name: fileName(file), MIME: file.MIME, Content: content, Size: size,
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
