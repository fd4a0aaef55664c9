package whatsapp

import (
	"strings"
	"unicode"

	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/message/lay"
)

// links sends a text with buttons that open pages: WhatsApp has room for one;
// more of them are written out. A file stands above the button where it may.
func (r *rendering) links(content message.Content) error {
	doors := lay.Links(content, message.WhatsApp, r.out.Language)
	header, upload, err := r.above(content, len(doors.Links) > 0)
	if err != nil {
		return err
	}
	for _, before := range doors.Before {
		if err := r.texts(before); err != nil {
			return err
		}
	}
	if len(doors.Links) == 0 {
		return r.texts(doors.Text)
	}
	link := doors.Links[0]
	return r.add("interactive", upload, func(q *request) {
		q.Interactive = &interactiveBody{
			Type: "cta_url", Header: header, Body: words(doors.Text),
			Action: actionBody{Name: "cta_url", Parameters: linkParameters{Label: link.Title, URL: link.URL}},
		}
	})
}

// wishes are the interactive types that ask for something, with the name of
// their action.
var wishes = map[string][2]string{
	lay.Place: {"location_request_message", "send_location"},
	lay.Phone: {"request_contact_info", "request_contact_info"},
}

// wish asks for the customer's place or number. The answer is a location or a
// contact whose context names this message.
func (r *rendering) wish(content message.Content) error {
	ask := lay.Request(content, message.WhatsApp, r.out.Language)
	for _, before := range ask.Before {
		if err := r.texts(before); err != nil {
			return err
		}
	}
	form, known := wishes[content.Request]
	if !ask.Native || !known {
		return r.texts(ask.Text)
	}
	return r.interactive(&interactiveBody{Type: form[0], Body: words(ask.Text), Action: actionBody{Name: form[1]}},
		func(plain *rendering) error { return plain.texts(ask.Text) })
}

// formLabel is the room of the button that opens a form, in characters: Meta's
// pages say 20 and 30.
var formLabel = message.Size{Max: 20, Unit: message.UTF16}

// form offers a form of the company's (WhatsApp Flows). Its button takes no
// emoji.
func (r *rendering) form(content message.Content) error {
	ask := content.Ask
	if ask == nil || ask.ID == "" {
		return fault.OnField("form_ask", "a form without its id")
	}
	parameters := formParameters{Version: "3", Label: formLabel.Cut(plainLabel(ask.Button)), Token: ask.Token}
	if parameters.Label == "" {
		parameters.Label = r.say("Abrir formulário", "Open form")
	}
	if digits(ask.ID) == ask.ID {
		parameters.ID = ask.ID
	} else {
		parameters.Name = ask.ID
	}
	if ask.Draft {
		parameters.Mode = "draft"
	}
	if ask.Screen != "" {
		parameters.Action = "navigate"
		parameters.Payload = &formPayload{Screen: ask.Screen}
		if data := jsontext.Value(ask.Data); data.Kind() == '{' && len(tellingOf(data)) > 0 {
			parameters.Payload.Data = data // Meta refuses an empty object
		}
	}
	limits := message.LimitsOf(message.WhatsApp)
	text := strings.TrimSpace(content.Text)
	if !limits.ButtonBody.Fits(text) {
		if err := r.texts(text); err != nil {
			return err
		}
		text = ""
	}
	if text == "" {
		text = parameters.Label
	}
	return r.add("interactive", nil, func(q *request) {
		q.Interactive = &interactiveBody{Type: "flow", Body: words(text), Action: actionBody{Name: "flow", Parameters: parameters}}
	})
}

// plainLabel is a label without emoji and other signs.
func plainLabel(label string) string {
	kept := strings.Map(func(char rune) rune {
		if unicode.Is(unicode.So, char) || unicode.Is(unicode.Sk, char) && char > unicode.MaxLatin1 || char == '\u200d' || char == '\ufe0f' {
			return -1
		}
		return char
	}, label)
	return strings.Join(strings.Fields(kept), " ")
}

// say picks our own words by the language of the conversation.
func (r *rendering) say(portuguese, english string) string {
	if strings.HasPrefix(r.out.Language, "en") {
		return english
	}
	return portuguese
}

// poll is a question with answers: as WhatsApp lets no company send polls, its
// answers are options to tap.
func (r *rendering) poll(content message.Content) error {
	if content.Poll == nil || len(content.Poll.Options) == 0 {
		return fault.OnField("poll", "a poll without answers")
	}
	return r.choice(lay.Poll(content))
}
