package ability

import (
	"time"

	"prosa/internal/message"
)

// WithdrawWithin is how old a message may be that Telegram still deletes.
// Source: Bot API 10.1, deleteMessage.
const WithdrawWithin = 48 * time.Hour

// Ability is what an attendant may do on a channel: what the composer offers.
// The channel itself has the last word (conversation refuses with its sentence).
type Ability struct {
	Channel  message.Channel `json:"channel"`
	Kinds    []message.Kind  `json:"kinds" doc:"What may be sent."`
	Text     Room            `json:"text" doc:"What fits into one message; a longer text leaves as several."`
	Caption  Room            `json:"caption" doc:"Words under a file; 0: they follow as a message of their own."`
	Links    int             `json:"links" doc:"Buttons that open pages; a message with more says the rest as text."`
	React    bool            `json:"react"`
	Emojis   []string        `json:"emojis" doc:"Reactions to offer first."`
	Quote    bool            `json:"quote"`
	Edit     bool            `json:"edit"`
	Withdraw bool            `json:"withdraw"`
	// WithdrawMS is how old a message may be that is taken back, 0 for any age.
	WithdrawMS int64 `json:"withdraw_ms"`
	Templates  bool  `json:"templates" doc:"Templates may be sent when the window is closed."`
	Read       bool  `json:"read" doc:"The platform tells what was read."`
}

// Room is a limit on a text in the platform's own unit.
type Room struct {
	Max  int    `json:"max"`
	Unit string `json:"unit" enum:"characters,utf16,bytes"`
}

func room(size message.Size) Room {
	units := map[message.Unit]string{message.Runes: "characters", message.UTF16: "utf16", message.Bytes: "bytes"}
	return Room{Max: size.Max, Unit: units[size.Unit]}
}

// All gives what may be done on every channel. Sources: channels.md 3, 4.2,
// 5 and 6.3.
func All() []Ability {
	files := []message.Kind{message.Image, message.Video, message.Audio, message.Document}
	build := func(ch message.Channel, more Ability, kinds ...message.Kind) Ability {
		limits := message.LimitsOf(ch)
		more.Channel, more.Text, more.Caption, more.Quote, more.React = ch, room(limits.Text), room(limits.Caption), true, true
		more.Kinds = append(append([]message.Kind{message.Text}, files...), kinds...)
		if more.Emojis == nil {
			more.Emojis = []string{"👍", "❤️", "😂", "😮", "😢", "🙏"}
		}
		return more
	}
	return []Ability{
		build(message.WhatsApp, Ability{Links: 1, Templates: true, Read: true}, message.Sticker, message.Place, message.Cards, message.Links, message.Template),
		build(message.Telegram, Ability{
			Links: 100, Edit: true, Withdraw: true, WithdrawMS: WithdrawWithin.Milliseconds(), Emojis: []string{"👍", "❤", "🔥", "🎉", "😁", "😢", "🙏"},
		}, message.Sticker, message.Place, message.Cards, message.Links),
		build(message.Messenger, Ability{Links: 3, Read: true}, message.Place, message.Cards, message.Links),
		build(message.Instagram, Ability{Links: 3, Read: true}, message.Place, message.Cards, message.Links),
	}
}
