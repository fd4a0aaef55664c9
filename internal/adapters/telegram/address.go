package telegram

import (
	"strconv"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// place is where messages lie: the bot's own chat with a person, or a chat of a
// person who lets the bot speak in their name (Telegram Business). The two are
// apart even when their chat has the same number.
type place struct {
	connection string
	chat       int64
}

// String is the form in addresses and external ids: "77001" or "AbC/77001".
func (p place) String() string {
	if p.connection == "" {
		return strconv.FormatInt(p.chat, 10)
	}
	return p.connection + "/" + strconv.FormatInt(p.chat, 10)
}

// message names a message over all chats of a bot.
func (p place) message(id int64) string { return p.String() + ":" + strconv.FormatInt(id, 10) }

// placeOf reads the form of String.
func placeOf(text string) (place, bool) {
	var p place
	if cut := strings.LastIndexByte(text, '/'); cut >= 0 {
		p.connection, text = text[:cut], text[cut+1:]
		if p.connection == "" {
			return place{}, false
		}
	}
	var err error
	p.chat, err = strconv.ParseInt(text, 10, 64)
	return p, err == nil && p.chat != 0
}

// messageOf takes an external id apart.
func messageOf(external string) (where place, id int64, ok bool) {
	cut := strings.LastIndexByte(external, ':')
	if cut < 0 {
		return place{}, 0, false
	}
	id, err := strconv.ParseInt(external[cut+1:], 10, 64)
	where, ok = placeOf(external[:cut])
	return where, id, ok && err == nil && id > 0
}

// addressee takes the chat to write to; a private chat has the id of its user.
func addressee(to []message.Address) (place, error) {
	for _, kind := range []message.AddressKind{message.TelegramChat, message.TelegramUser} {
		for _, address := range to {
			if address.Kind != kind {
				continue
			}
			where, ok := placeOf(address.Value)
			if !ok {
				return place{}, fault.Refuse("bad_address", "the customer's Telegram address is not a number")
			}
			return where, nil
		}
	}
	return place{}, fault.Refuse("no_address", "the customer has no Telegram address")
}

// who tells the customer of a chat.
func who(in *channel.Inbound, where place, person *user) {
	in.From = append(in.From, message.Address{Kind: message.TelegramChat, Value: where.String()})
	if person == nil {
		return
	}
	in.From = append(in.From, message.Address{Kind: message.TelegramUser, Value: strconv.FormatInt(person.ID, 10)})
	in.Name, in.Username, in.Language = person.name(), person.Username, person.Language
}
