package move

import (
	"encoding/json"
	"strconv"

	"prosa/internal/base/fault"
	"prosa/internal/platform/secretbox"
)

// Sealer keeps secrets under a deployment's own key; secretbox.Box is one.
type Sealer interface {
	Seal(aad string, plain []byte) (string, error)
	Open(aad, sealed string) ([]byte, error)
}

// places says where the sealed columns stand, as the modules that seal them say
// it: what is sealed for one row opens for that row only.
var places = map[string]func(tenantID string, get func(column string) string) string{
	"channel_account.credentials": func(tenantID string, get func(string) string) string { return tenantID + "/" + get("id") },
	"bot_secret.sealed": func(tenantID string, get func(string) string) string {
		return secretbox.AAD(tenantID, "bot_secret", get("name"))
	},
	"payment_account.credentials": func(tenantID string, get func(string) string) string {
		return secretbox.AAD(tenantID, "payment_account", get("provider"))
	},
	"mail_letter.data": func(tenantID string, get func(string) string) string {
		return secretbox.AAD(tenantID, "mail_letter", get("id"))
	},
	"factor.sealed": func(_ string, get func(string) string) string { return "factor:" + get("id") },
}

// hold makes what a row is scanned into.
func (t *table) hold() []any {
	holders := make([]any, len(t.columns))
	for i, c := range t.columns {
		switch c.kind {
		case 'n':
			holders[i] = new(int64)
		case 'b':
			holders[i] = new(bool)
		case 'x':
			holders[i] = new([]byte)
		default:
			holders[i] = new(string)
		}
	}
	return holders
}

// row gives the values that were scanned.
func row(holders []any) []any {
	values := make([]any, len(holders))
	for i, holder := range holders {
		switch value := holder.(type) {
		case *int64:
			values[i] = *value
		case *bool:
			values[i] = *value
		case *[]byte:
			values[i] = append([]byte{}, *value...)
		case *string:
			values[i] = *value
		}
	}
	return values
}

func (t *table) get(values []any) func(string) string {
	return func(name string) string {
		text, _ := values[t.at(name)].(string)
		return text
	}
}

// unseal opens the secrets of a row in place, and seal closes them. An empty one
// stays empty.
func (t *table) unseal(box Sealer, tenantID string, values []any) error {
	return t.turn(tenantID, values, func(place, text string) (string, error) {
		plain, err := box.Open(place, text)
		return string(plain), err
	})
}

func (t *table) seal(box Sealer, tenantID string, values []any) error {
	return t.turn(tenantID, values, func(place, text string) (string, error) { return box.Seal(place, []byte(text)) })
}

func (t *table) turn(tenantID string, values []any, how func(place, text string) (string, error)) error {
	for i, c := range t.columns {
		place, secret := places[t.Name+"."+c.name]
		text, _ := values[i].(string)
		if !secret || text == "" {
			continue
		}
		turned, err := how(place(tenantID, t.get(values)), text)
		if err != nil {
			return fault.Wrap(err, fault.Refused, "a secret of "+t.Name+" does not open with this installation's key")
		}
		values[i] = turned
	}
	return nil
}

// line spells a row; with mask, without what the target fills in.
func (t *table) line(values []any, mask bool) ([]byte, error) {
	if mask {
		shown := make([]any, len(values))
		for i, c := range t.columns {
			if shown[i] = values[i]; masked[t.Name+"."+c.name] {
				shown[i] = nil
			}
		}
		values = shown
	}
	return json.Marshal(values)
}

// read is the reverse of line.
func (t *table) read(line []byte) ([]any, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(line, &raw); err != nil || len(raw) != len(t.columns) {
		return nil, fault.New(fault.Invalid, "a row of %s has %d values, the table %d columns", t.Name, len(raw), len(t.columns))
	}
	values := t.hold()
	for i := range values {
		if err := json.Unmarshal(raw[i], values[i]); err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "a row of "+t.Name+" can't be read")
		}
	}
	return row(values), nil
}

// keyOf spells the key of a row, and keyArgs makes arguments of it.
func (t *table) keyOf(values []any) []string {
	key := make([]string, len(t.key))
	for i, at := range t.key {
		switch value := values[at].(type) {
		case int64:
			key[i] = strconv.FormatInt(value, 10)
		case bool:
			key[i] = strconv.FormatBool(value)
		case string:
			key[i] = value
		}
	}
	return key
}

func (t *table) keyArgs(key []string) ([]any, error) {
	if len(key) != len(t.key) {
		return nil, fault.New(fault.Invalid, "a key of %s has %d parts", t.Name, len(key))
	}
	args := make([]any, len(key))
	for i, at := range t.key {
		var err error
		switch t.columns[at].kind {
		case 'n':
			args[i], err = strconv.ParseInt(key[i], 10, 64)
		case 'b':
			args[i], err = strconv.ParseBool(key[i])
		default:
			args[i] = key[i]
		}
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "a key of "+t.Name+" can't be read")
		}
	}
	return args, nil
}
