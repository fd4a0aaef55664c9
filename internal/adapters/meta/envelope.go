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

// Elements cuts a JSON array into its elements; an absent or null array has
// none. It reports false for anything else.
func Elements(array jsontext.Value) ([]jsontext.Value, bool) {
	if len(array) == 0 || array.Kind() == 'n' {
		return nil, true
	}
	var items []jsontext.Value
	return items, Read(array, &items) == nil
}

// Open reads the envelope of a webhook about object ("whatsapp_business_account",
// "page", "instagram"). Errors: fault.Invalid when the body is not such an
// envelope, fault.TooLarge.
func Open(body []byte, object string) ([]Update, error) {
	body, err := wire.Clean(body)
	if err != nil {
		return nil, err
	}
	var envelope struct {
		Object string         `json:"object"`
		Entry  jsontext.Value `json:"entry"`
	}
	if err := Read(body, &envelope); err != nil {
		return nil, fault.New(fault.Invalid, "the body is not a JSON object with an object and entries")
	}
	if envelope.Object != object {
		return nil, fault.New(fault.Invalid, "the body is not about %s", object)
	}
	entries, ok := Elements(envelope.Entry)
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
	var entry struct {
		ID        Text           `json:"id"`
		Changes   jsontext.Value `json:"changes"`
		Messaging jsontext.Value `json:"messaging"`
		Standby   jsontext.Value `json:"standby"`
	}
	if Read(raw, &entry) != nil {
		return []Update{{Value: raw, Problem: "the entry cannot be read"}}
	}
	id := string(entry.ID)
	var updates []Update
	changes, ok := Elements(entry.Changes)
	if !ok {
		updates = append(updates, Update{EntryID: id, Value: entry.Changes, Problem: "changes is not an array"})
	}
	for _, change := range changes {
		updates = append(updates, openChange(id, change))
	}
	for _, list := range []struct {
		field string
		items jsontext.Value
	}{{"messaging", entry.Messaging}, {"standby", entry.Standby}} {
		items, ok := Elements(list.items)
		if !ok {
			updates = append(updates, Update{EntryID: id, Field: list.field, Value: list.items, Problem: list.field + " is not an array"})
		}
		for _, item := range items {
			updates = append(updates, Update{EntryID: id, Field: list.field, Value: item})
		}
	}
	return updates
}

func openChange(id string, raw jsontext.Value) Update {
	var change struct {
		Field string         `json:"field"`
		Value jsontext.Value `json:"value"`
	}
	if Read(raw, &change) != nil || change.Field == "" || len(change.Value) == 0 {
		return Update{EntryID: id, Value: raw, Problem: "the change has no field and value"}
	}
	return Update{EntryID: id, Field: change.Field, Value: change.Value}
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
