package telegram

import (
	"encoding/json"
	"strconv"

	"prosa/internal/modules/channel"
	"prosa/internal/platform/wire"
)

// Split implements channel.Adapter: a body is one update. One that names no
// chat becomes a piece all the same, for Parse to judge.
func (a *Adapter) Split(body []byte) ([]channel.Piece, error) {
	clean, err := wire.Clean(body)
	if err != nil {
		return nil, err
	}
	var u update
	if read(clean, &u) != nil || u.ID == nil {
		return nil, broken("the body is not an update")
	}
	return []channel.Piece{{ShardKey: u.shardKey(), Body: json.RawMessage(clean)}}, nil
}

// shardKey is the chat of the update; a private chat has its user's id.
func (u *update) shardKey() string {
	var places struct {
		Chat    *chat `json:"chat"`
		From    *user `json:"from"`
		Message *struct {
			Chat *chat `json:"chat"`
		} `json:"message"`
	}
	for _, raw := range [][]byte{u.Message, u.Edited, u.Callback, u.Membership, u.Reaction} {
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
		}
	}
	return ""
}
