package lay

import (
	"slices"

	"prosa/internal/message"
)

// What a customer's app can be asked for: the values of message.Content.Request.
const (
	Place = "place"
	Phone = "phone"
	Email = "email"
)

// Ask is a request laid out for one channel.
type Ask struct {
	// Before holds parts of a long text that go out first, as plain texts.
	Before []string
	// Text asks for it; a plain text unless Native.
	Text string
	// Native says that the app has a button for it; Label is its title where the
	// company may choose one.
	Native bool
	Label  string
}

// Request lays out a message of kind request: the app's own button where it has
// one, else the question alone, to be answered by typing.
func Request(content message.Content, channel message.Channel, language string) Ask {
	limits, say := LimitsOf(channel), wordsOf(language)
	question, label := say.askPlace, say.sendPlace
	switch content.Request {
	case Phone:
		question, label = say.askPhone, say.sendPhone
	case Email:
		question, label = say.askEmail, say.sendEmail
	}
	if slices.Contains(limits.Asks, content.Request) {
		ask := Ask{Native: true, Label: label}
		if ask.Before, ask.Text = body(content.Text, limits.AskBody, channel); ask.Text == "" {
			ask.Text = question
		}
		return ask
	}
	parts := message.Split(or(content.Text, question), channel)
	return Ask{Before: parts[:len(parts)-1], Text: parts[len(parts)-1]}
}
