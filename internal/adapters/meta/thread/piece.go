package thread

import (
	"encoding/json"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/adapters/meta"
)

// piece is the body of a channel.Piece. Either Item or Value is set.
type piece struct {
	// Entry is the business side: the page or the Instagram account.
	Entry string `json:"entry"`
	// Field is the list or the field that it came in.
	Field string         `json:"field"`
	Item  jsontext.Value `json:"item"`
	// Value is a whole change about the account.
	Value jsontext.Value `json:"value"`
	// Nth of the message's attachments, from 1, of Of; both 0 where the message
	// has at most one.
	Nth int `json:"nth"`
	Of  int `json:"of"`
	// MID is the message of a delivery that names several, and Last says that it
	// is the last of them, which stands for the watermark too.
	MID  string `json:"mid"`
	Last bool   `json:"last"`
}

// encode writes the piece with the vendor's own bytes, by hand since it runs
// for every event that the gateway takes.
func (p *piece) encode() json.RawMessage {
	out := make([]byte, 0, 64+len(p.Entry)+len(p.Field)+len(p.MID)+len(p.Item)+len(p.Value))
	out = append(out, `{"entry":`...)
	out = quote(out, p.Entry)
	out = append(out, `,"field":`...)
	out = quote(out, p.Field)
	if p.Of > 0 {
		out = append(out, `,"nth":`...)
		out = strconv.AppendInt(out, int64(p.Nth), 10)
		out = append(out, `,"of":`...)
		out = strconv.AppendInt(out, int64(p.Of), 10)
	}
	if p.MID != "" {
		out = append(out, `,"mid":`...)
		out = quote(out, p.MID)
	}
	if p.Last {
		out = append(out, `,"last":true`...)
	}
	if len(p.Item) > 0 {
		out = append(out, `,"item":`...)
		out = append(out, p.Item...)
	}
	if len(p.Value) > 0 {
		out = append(out, `,"value":`...)
		out = append(out, p.Value...)
	}
	return append(out, '}')
}

func quote(dst []byte, text string) []byte {
	quoted, err := jsontext.AppendQuote(dst, text)
	if err != nil {
		return strconv.AppendQuoteToASCII(dst, "") // invalid UTF-8 was mended before
	}
	return quoted
}

// people are the two ends of an item.
type people struct {
	business, customer string
	// ours is true for what the business side did.
	ours bool
	// ref is the customer of the checkbox plugin, who has no id yet.
	ref string
}

// peopleOf reads who an item is about; false when it is no object or names
// somebody in a form that is no id. An echo is ours by its mark, other events
// when the entry's own id sent them.
func peopleOf(entry string, item jsontext.Value) (people, bool) {
	if item.Kind() != '{' {
		return people{}, false
	}
	var sender, recipient, ref string
	echo, ok := false, true
	for name, member := range meta.Members(item) {
		readable := true
		switch string(name) {
		case "sender":
			sender, ref, readable = partyOf(member)
		case "recipient":
			recipient, _, readable = partyOf(member)
		case "message":
			echo = echo || isEcho(member)
		case "optin":
			if ref == "" {
				ref = userRefOf(member)
			}
		}
		ok = ok && readable
	}
	if echo || sender != "" && sender == entry && recipient != "" {
		return people{business: sender, customer: recipient, ours: true}, ok
	}
	return people{business: recipient, customer: sender, ref: ref}, ok
}

func partyOf(party jsontext.Value) (id, ref string, ok bool) {
	if kind := party.Kind(); kind != '{' {
		return "", "", kind == 'n'
	}
	ok = true
	for name, member := range meta.Members(party) {
		readable := true
		switch string(name) {
		case "id":
			id, readable = meta.TextOf(member)
		case "user_ref":
			ref, readable = meta.TextOf(member)
		}
		ok = ok && readable
	}
	return id, ref, ok
}

func userRefOf(optin jsontext.Value) string {
	ref := ""
	for name, member := range meta.Members(optin) {
		if string(name) == "user_ref" {
			ref, _ = meta.TextOf(member)
		}
	}
	return ref
}

func isEcho(message jsontext.Value) bool {
	echo := false
	for name, member := range meta.Members(message) {
		if string(name) == "is_echo" {
			echo = member.Kind() == 't'
		}
	}
	return echo
}
