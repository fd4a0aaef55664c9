package meta

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/base/fault"
	"prosa/internal/platform/wire"
)

// Update is one element of a webhook's envelope: a change (WhatsApp, comments)
// or a messaging item (Messenger, Instagram).
type Update struct {
	// EntryID is the business side's id: the WhatsApp Business Account, the page
	// or the Instagram account.
	EntryID string
	// Field is the change's field; "messaging" or "standby" for those lists.
	Field string
	Value jsontext.Value
	// Problem is set when the element cannot be read; Value then holds as much
	// of the envelope as belongs to it.
	Problem string
}

// Read decodes JSON that came from outside: duplicate names (the last wins) and
// lone surrogates are mended instead of refused, since the rest of the element
// is worth having.
func Read(data []byte, into any) error {
	return json.Unmarshal(data, into, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// Open reads the envelope of a webhook about object ("whatsapp_business_account",
// "page", "instagram"). Errors: fault.Invalid when the body is not such an
// envelope, fault.TooLarge.
func Open(body []byte, object string) ([]Update, error) {
	body, err := wire.Clean(body)
	if err != nil {
		return nil, err
	}
	if !Valid(body) {
		return nil, fault.New(fault.Invalid, "the body is not JSON")
	}
	var about string
	var list jsontext.Value
	for name, value := range Members(body) {
		switch string(name) {
		case "object":
			about, _ = TextOf(value)
		case "entry":
			list = value
		}
	}
	if about != object {
		return nil, fault.New(fault.Invalid, "the body is not about %s", object)
	}
	entries, ok := Elements(list)
	if !ok {
		return nil, fault.New(fault.Invalid, "entry is not an array")
	}
	var updates []Update
	for _, entry := range entries {
		updates = append(updates, openEntry(entry)...)
	}
	return updates, nil
}

func openEntry(raw jsontext.Value) []Update {
	if raw.Kind() != '{' {
		return []Update{{Value: raw, Problem: "the entry is not an object"}}
	}
	var id string
	var lists [3]jsontext.Value
	for name, value := range Members(raw) {
		switch string(name) {
		case "id":
			id, _ = TextOf(value)
		case "changes":
			lists[0] = value
		case "messaging":
			lists[1] = value
		case "standby":
			lists[2] = value
		}
	}
	var updates []Update
	for i, field := range [...]string{"changes", "messaging", "standby"} {
		items, ok := Elements(lists[i])
		if !ok {
			updates = append(updates, Update{EntryID: id, Value: lists[i], Problem: field + " is not an array"})
		}
		for _, item := range items {
			if field == "changes" {
				updates = append(updates, openChange(id, item))
			} else {
				updates = append(updates, Update{EntryID: id, Field: field, Value: item})
			}
		}
	}
	return updates
}

func openChange(id string, raw jsontext.Value) Update {
	change := Update{EntryID: id}
	for name, value := range Members(raw) {
		switch string(name) {
		case "field":
			change.Field, _ = TextOf(value)
		case "value":
			change.Value = value
		}
	}
	if change.Field == "" || len(change.Value) == 0 {
		return Update{EntryID: id, Value: raw, Problem: "the change has no field and value"}
	}
	return change
}

// Text is a string that a vendor sometimes sends as a number, such as an id or
// a time.
type Text string

// UnmarshalJSONFrom implements json.UnmarshalerFrom.
func (t *Text) UnmarshalJSONFrom(in *jsontext.Decoder) error {
	token, err := in.ReadToken()
	if err != nil {
		return err
	}
	switch token.Kind() {
	case '"', '0':
		*t = Text(token.String())
	case 'n':
		*t = ""
	default:
		return fault.New(fault.Invalid, "neither a text nor a number")
	}
	return nil
}
