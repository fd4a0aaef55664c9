package thread

import (
	"strconv"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/message/lay"
)

// choice is a question with chips to tap, or with numbers to answer.
func (r *rendering) choice(content message.Content) error {
	if content.Choice == nil {
		return fault.OnField("choice", "a choice without options")
	}
	choice, text := *content.Choice, content.Text
	if strings.HasPrefix(r.out.Language, "en") {
		if choice.More == "" {
			choice.More = "More options"
		}
		if text == "" && choice.Header == "" && choice.Button == "" {
			text = "Choose an option:"
		}
	}
	layout := message.Lay(choice, text, r.dialect.Channel)
	for _, before := range layout.Before {
		if err := r.texts(before); err != nil {
			return err
		}
	}
	if layout.Shape != message.ShapeQuick {
		return r.texts(layout.Text)
	}
	return r.say(&messageBody{Text: layout.Text, QuickReplies: chips(layout.Options)})
}

func chips(options []message.Option) []quickReply {
	replies := make([]quickReply, 0, len(options))
	for _, option := range options {
		replies = append(replies, quickReply{Type: "text", Title: option.Title, Payload: option.ID})
	}
	return replies
}

// survey asks the question of a poll as a choice: the platform has no polls.
func (r *rendering) survey(content message.Content) error {
	poll := content.Poll
	if poll == nil || len(poll.Options) == 0 {
		return fault.OnField("poll", "a poll without answers")
	}
	choice := &message.Choice{}
	for n, answer := range poll.Options {
		choice.Options = append(choice.Options, message.Option{ID: "poll:" + strconv.Itoa(n+1), Title: answer})
	}
	return r.choice(message.Content{Kind: message.Options, Text: or(content.Text, poll.Question), Choice: choice})
}

// links is a text over buttons that open pages.
func (r *rendering) links(content message.Content) error {
	doors := lay.Links(content, r.dialect.Channel, r.out.Language)
	for _, before := range doors.Before {
		if err := r.texts(before); err != nil {
			return err
		}
	}
	return r.buttons(doors.Text, pages(doors.Links))
}

func pages(links []message.Link) []button {
	buttons := make([]button, 0, len(links))
	for _, link := range links {
		buttons = append(buttons, button{Type: "web_url", Title: link.Title, URL: link.URL})
	}
	return buttons
}

// buttons is the button template; without any, a text.
func (r *rendering) buttons(text string, buttons []button) error {
	if len(buttons) == 0 {
		return r.texts(text)
	}
	return r.say(&messageBody{Attachment: &attachmentBody{Type: "template", Payload: &payloadBody{Template: "button", Text: text, Buttons: buttons}}})
}

// request asks by a chip that the app fills in, else in words.
func (r *rendering) request(content message.Content) error {
	if content.Request == "done" { // nothing of an earlier request stays here
		return r.texts(content.Text)
	}
	ask := lay.Request(content, r.dialect.Channel, r.out.Language)
	for _, before := range ask.Before {
		if err := r.texts(before); err != nil {
			return err
		}
	}
	body := &messageBody{Text: ask.Text}
	switch {
	case ask.Native && content.Request == lay.Phone:
		body.QuickReplies = []quickReply{{Type: "user_phone_number"}}
	case ask.Native && content.Request == lay.Email:
		body.QuickReplies = []quickReply{{Type: "user_email"}}
	default:
		return r.texts(ask.Text)
	}
	return r.say(body)
}

// deck shows cards side by side where the platform can.
func (r *rendering) deck(content message.Content) error {
	if len(content.Deck) == 0 {
		return fault.OnField("deck", "a deck without cards")
	}
	for _, spread := range lay.Deck(content, r.dialect.Channel, r.out.Language) {
		if err := r.texts(spread.Text); err != nil {
			return err
		}
		if spread.Side && showable(spread.Slides) {
			if err := r.sideBySide(spread.Slides); err != nil {
				return err
			}
			continue
		}
		for _, slide := range spread.Slides {
			if err := r.alone(slide); err != nil {
				return err
			}
		}
	}
	return nil
}

// showable reports whether the platform shows the slides as cards: pictures by
// public addresses only, and a title with something below it.
func showable(slides []message.Slide) bool {
	for _, slide := range slides {
		if slide.Media != nil && (slide.Media.URL == "" || strings.HasPrefix(slide.Media.MIME, "video/")) {
			return false
		}
		title, below := cardWords(slide)
		if title == "" || below == "" && slide.Media == nil && len(slide.Options)+len(slide.Links) == 0 {
			return false
		}
	}
	return true
}

func cardWords(slide message.Slide) (title, below string) {
	if slide.Title == "" {
		return slide.Text, ""
	}
	return slide.Title, slide.Text
}

func (r *rendering) sideBySide(slides []message.Slide) error {
	elements := make([]elementBody, 0, len(slides))
	for _, slide := range slides {
		title, below := cardWords(slide)
		element := elementBody{Title: title, Subtitle: below, Buttons: slideButtons(slide)}
		if slide.Media != nil {
			element.Image = slide.Media.URL
		}
		elements = append(elements, element)
	}
	return r.carousel(elements)
}

func (r *rendering) carousel(elements []elementBody) error {
	return r.say(&messageBody{Attachment: &attachmentBody{Type: "template", Payload: &payloadBody{Template: "generic", Elements: elements}}})
}

func slideButtons(slide message.Slide) []button {
	var buttons []button
	for _, option := range slide.Options {
		buttons = append(buttons, button{Type: "postback", Title: option.Title, Payload: option.ID})
	}
	return append(buttons, pages(slide.Links)...)
}

// alone is a slide in messages of its own: its file, and its words over what
// can be tapped.
func (r *rendering) alone(slide message.Slide) error {
	if slide.Media != nil {
		if err := r.media(message.Content{Kind: kindByType(slide.Media), Media: slide.Media}); err != nil {
			return err
		}
	}
	limits := lay.LimitsOf(r.dialect.Channel)
	buttons := slideButtons(slide)
	words := lay.Words(slide)
	switch {
	case len(buttons) == 0:
		return r.texts(words)
	case len(buttons) <= limits.SlideTaps && limits.LinkBody.Fits(words):
		return r.buttons(or(words, buttons[0].Title), buttons)
	case len(slide.Options) == 0:
		return r.links(message.Content{Kind: message.Links, Text: words, Links: slide.Links})
	default:
		return r.choice(message.Content{Kind: message.Options, Text: lay.Alone(slide, slide.Links), Choice: &message.Choice{Options: slide.Options}})
	}
}
