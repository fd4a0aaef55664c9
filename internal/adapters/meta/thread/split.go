package thread

import (
	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/fault"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/wire"
)

// maxPieces bounds the bytes of all pieces of a body: the attachments of a
// message repeat what they share, so that a body made for it could grow a
// thousandfold.
const maxPieces = 4 * wire.MaxBody

const (
	listMessaging = "messaging"
	listStandby   = "standby"
)

// Split cuts a verified body, as channel.Adapter asks for it.
func (d Dialect) Split(body []byte) ([]channel.Piece, error) {
	updates, err := meta.Open(body, d.Object)
	if err != nil {
		return nil, err
	}
	pieces := make([]channel.Piece, 0, len(updates))
	left := maxPieces
	for i := range updates {
		for _, cut := range splitUpdate(&updates[i], left) {
			left -= len(cut.Body)
			pieces = append(pieces, cut)
		}
		if left < 0 {
			return nil, fault.New(fault.TooLarge, "the events of the body make more than %d bytes", maxPieces)
		}
	}
	return pieces, nil
}

func splitUpdate(update *meta.Update, most int) []channel.Piece {
	base := piece{Entry: update.EntryID, Field: update.Field}
	switch {
	case update.Problem != "":
		return []channel.Piece{trouble(base, update.Value, update.Problem)}
	case update.Field == listMessaging || update.Field == listStandby:
		return splitItem(base, update.Value, most)
	case talks(update.Value):
		// The dashboard sends its test events as changes, and some apps of
		// Instagram Login get all of theirs so.
		return splitItem(base, update.Value, most)
	default:
		base.Value = update.Value
		return []channel.Piece{{ExternalID: base.Entry, Body: base.encode()}}
	}
}

// talks reports whether a change holds an event between two people.
func talks(value jsontext.Value) bool {
	sender, recipient := false, false
	for name, member := range meta.Members(value) {
		switch string(name) {
		case "sender":
			sender = member.Kind() == '{'
		case "recipient":
			recipient = member.Kind() == '{'
		}
	}
	return sender && recipient
}

// splitItem stops soon after its pieces have more than most bytes.
func splitItem(base piece, item jsontext.Value, most int) []channel.Piece {
	who, ok := peopleOf(base.Entry, item)
	if !ok {
		return []channel.Piece{trouble(base, item, "the event does not name its people in a way we can read")}
	}
	if base.Entry == "" || base.Entry == "0" { // a test event of the dashboard
		base.Entry = who.business
	}
	if base.Entry == "" {
		return []channel.Piece{trouble(base, item, "the event names no page or account")}
	}
	key := who.customer
	if key == "" {
		key = who.ref
	}
	var pieces []channel.Piece
	add := func(p piece) {
		if most < 0 {
			return
		}
		body := p.encode()
		most -= len(body)
		pieces = append(pieces, channel.Piece{ExternalID: base.Entry, ShardKey: key, Body: body})
	}
	whole := base
	whole.Item = item
	found := partsOf(item)
	switch {
	case len(found.attachments) > 1 && !who.ours: // of ours, all are one message
		for n, attachment := range found.attachments {
			one := base
			one.Nth, one.Of = n+1, len(found.attachments)
			one.Item = withOne(item, attachment, n == 0)
			add(one)
		}
	case len(found.delivered) > 0:
		for n, mid := range found.delivered {
			one := whole
			one.MID, one.Last = mid, n == len(found.delivered)-1
			one.Item = withoutList(item)
			add(one)
		}
	default:
		add(whole)
	}
	return pieces
}

// parts are what an item holds several of.
type parts struct {
	attachments []jsontext.Value
	delivered   []string // mids
}

func partsOf(item jsontext.Value) parts {
	var found parts
	for name, member := range meta.Members(item) {
		switch string(name) {
		case "message":
			found.attachments = withoutTwins(elementsOf(member, "attachments"))
		case "delivery":
			for _, element := range elementsOf(member, "mids") {
				if mid, ok := meta.TextOf(element); ok && mid != "" {
					found.delivered = append(found.delivered, mid)
				}
			}
		}
	}
	return found
}

func elementsOf(object jsontext.Value, list string) []jsontext.Value {
	var elements []jsontext.Value
	for name, member := range meta.Members(object) {
		if string(name) == list {
			elements, _ = meta.Elements(member)
		}
	}
	return elements
}

// withoutTwins drops the picture of a sticker that came as a sticker too
// (Messenger Platform, changelog of 2026-06-01: both until the end of August).
func withoutTwins(attachments []jsontext.Value) []jsontext.Value {
	if len(attachments) < 2 {
		return attachments
	}
	stickers := map[string]bool{}
	for _, attachment := range attachments {
		if kind, id := stickerOf(attachment); kind == "sticker" && id != "" {
			stickers[id] = true
		}
	}
	kept := attachments[:0:0]
	for _, attachment := range attachments {
		if kind, id := stickerOf(attachment); kind != "image" || !stickers[id] {
			kept = append(kept, attachment)
		}
	}
	return kept
}

func stickerOf(attachment jsontext.Value) (kind, id string) {
	for name, member := range meta.Members(attachment) {
		switch string(name) {
		case "type":
			kind, _ = meta.TextOf(member)
		case "payload":
			for name, member := range meta.Members(member) {
				if string(name) == "sticker_id" {
					id, _ = meta.TextOf(member)
				}
			}
		}
	}
	return kind, id
}

// withOne gives the item with one of its attachments; the words stay with the
// first.
func withOne(item, attachment jsontext.Value, first bool) jsontext.Value {
	return rebuilt(item, "message", func(message jsontext.Value) jsontext.Value {
		out := rebuilt(message, "attachments", func(jsontext.Value) jsontext.Value {
			return append(append(jsontext.Value{'['}, attachment...), ']')
		})
		if !first {
			out = rebuilt(out, "text", nil)
		}
		return out
	})
}

// withoutList gives a delivery without its mids, one of which each piece names.
func withoutList(item jsontext.Value) jsontext.Value {
	return rebuilt(item, "delivery", func(delivery jsontext.Value) jsontext.Value {
		return rebuilt(delivery, "mids", nil)
	})
}

// rebuilt gives an object with one member changed; without it when change is
// nil.
func rebuilt(object jsontext.Value, member string, change func(jsontext.Value) jsontext.Value) jsontext.Value {
	out := make(jsontext.Value, 0, len(object))
	out = append(out, '{')
	for name, value := range meta.Members(object) {
		if string(name) == member {
			if change == nil {
				continue
			}
			value = change(value)
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(quote(out, string(name)), ':')
		out = append(out, value...)
	}
	return append(out, '}')
}

func trouble(base piece, raw jsontext.Value, problem string) channel.Piece {
	base.Value = raw
	return channel.Piece{ExternalID: base.Entry, Body: base.encode(), Problem: problem}
}
