package telegram

import (
	"encoding/json"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/base/fault"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/wire"
)

// Split implements channel.Adapter: a body is one update, and an update is one
// event, but for messages of a business chat that are gone, which come
// together. One that names no chat becomes a piece all the same, for Parse to
// judge.
func (a *Adapter) Split(body []byte) ([]channel.Piece, error) {
	clean, err := wire.Clean(body)
	if err != nil {
		return nil, err
	}
	var u update
	if read(clean, &u) != nil || u.ID == nil {
		return nil, broken("the body is not an update")
	}
	whole := channel.Piece{ShardKey: u.shardKey(), Body: json.RawMessage(clean)}
	if len(u.BusinessDeleted) == 0 {
		return []channel.Piece{whole}, nil
	}
	return gone(*u.ID, whole, u.BusinessDeleted)
}

// maxPieces bounds the bytes of all pieces of a body: they repeat what they
// share, so that a body made for it could grow a thousandfold.
const maxPieces = 4 * wire.MaxBody

// gone makes a piece of each message that is gone. One that is named in a way
// that we can't read does not hold up its neighbours.
func gone(id int64, whole channel.Piece, raw jsontext.Value) ([]channel.Piece, error) {
	var members map[string]jsontext.Value
	var messages []jsontext.Value
	readable := read(raw, &members) == nil && read(members["message_ids"], &messages) == nil
	if !readable || len(messages) < 2 {
		return []channel.Piece{whole}, nil // Parse says what is wrong with it
	}
	var pieces []channel.Piece
	left := maxPieces
	for _, message := range messages {
		members["message_ids"] = jsontext.Value("[" + string(message) + "]")
		body, err := json.Marshal(map[string]any{"update_id": id, "deleted_business_messages": plain(members)})
		if err != nil {
			pieces = append(pieces, channel.Piece{ShardKey: whole.ShardKey, Body: whole.Body, Problem: "a message that is gone cannot be written apart"})
			continue
		}
		if left -= len(body); left < 0 {
			return nil, fault.New(fault.TooLarge, "the messages that are gone make more than %d bytes", maxPieces)
		}
		pieces = append(pieces, channel.Piece{ShardKey: whole.ShardKey, Body: body})
	}
	return pieces, nil
}

// plain lets the standard library write what the other one read.
func plain(members map[string]jsontext.Value) map[string]json.RawMessage {
	out := make(map[string]json.RawMessage, len(members))
	for name, value := range members {
		out[name] = json.RawMessage(value)
	}
	return out
}

// shardKey is the chat of the update; a private chat has its user's id.
func (u *update) shardKey() string {
	var places struct {
		Chat    *chat `json:"chat"`
		From    *user `json:"from"`
		User    *user `json:"user"`
		Message *struct {
			Chat *chat `json:"chat"`
		} `json:"message"`
	}
	for _, raw := range [][]byte{
		u.Message, u.Edited, u.Callback, u.Membership, u.Reaction, u.Checkout, u.Shipping, u.Vote,
		u.Connection, u.BusinessMessage, u.BusinessEdited, u.BusinessDeleted,
	} {
		if len(raw) == 0 || read(raw, &places) != nil {
			continue
		}
		switch {
		case places.Chat != nil:
			return strconv.FormatInt(places.Chat.ID, 10)
		case places.Message != nil && places.Message.Chat != nil:
			return strconv.FormatInt(places.Message.Chat.ID, 10)
		case places.From != nil:
			return strconv.FormatInt(places.From.ID, 10)
		case places.User != nil:
			return strconv.FormatInt(places.User.ID, 10)
		}
	}
	return ""
}
