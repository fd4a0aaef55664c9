package telegram

import (
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/message"
)

// links is a text over buttons that open pages.
func (r *rendering) links(content message.Content) error {
	rows, rest := linkRows(content.Links, message.LimitsOf(message.Telegram).Keyboard)
	text := strings.TrimSpace(strings.Join(append([]string{content.Text}, rest...), "\n"))
	if text == "" && len(rows) > 0 {
		text = rows[0][0].Text
	}
	return r.keyed(text, rows)
}

// keyed is a text of any length with buttons under its end. They show where they
// lead, so that no page is shown beside them.
func (r *rendering) keyed(text string, rows [][]key) error {
	parts := message.Split(text, message.Telegram)
	for n, part := range parts {
		q := request{Text: part}
		if n == len(parts)-1 && len(rows) > 0 {
			q.Markup, q.Preview = &markup{Keyboard: rows}, &preview{Disabled: true}
		}
		if err := r.add("sendMessage", q); err != nil {
			return err
		}
	}
	return nil
}

// linkRows makes a button of each link, as far as there is room, and a line of
// what cannot be one: only addresses of the web may be behind a button.
func linkRows(links []message.Link, room int) (rows [][]key, rest []string) {
	for _, link := range links {
		title := message.LimitsOf(message.Telegram).Shop.LinkTitle.Cut(strings.TrimSpace(link.Title))
		switch web := strings.HasPrefix(link.URL, "https:") || strings.HasPrefix(link.URL, "http:"); {
		case link.URL == "":
		case !web || title == "" || len(rows) >= room:
			rest = append(rest, strings.TrimSpace(link.Title+" "+link.URL))
		default:
			rows = append(rows, []key{{Text: title, URL: link.URL}})
		}
	}
	return rows, rest
}

// request asks for the customer's place or number by a key in place of the
// keyboard, which goes away once it was used; "done" takes it away unused.
func (r *rendering) request(content message.Content) error {
	words := map[string][2]string{
		"place": {"📍 Enviar minha localização", "📍 Send my location"},
		"phone": {"📱 Enviar meu telefone", "📱 Send my phone number"},
	}
	asked := map[string][2]string{
		"place": {"Pode nos enviar sua localização?", "Could you send us your location?"},
		"phone": {"Pode nos enviar seu telefone?", "Could you send us your phone number?"},
		"email": {"Qual é o seu e-mail?", "What is your e-mail address?"},
		"done":  {"Obrigado!", "Thank you!"},
	}
	language := 0
	if r.english() {
		language = 1
	}
	text := strings.TrimSpace(content.Text)
	if text == "" {
		text = asked[content.Request][language]
	}
	parts := message.Split(text, message.Telegram)
	var keys *markup
	switch content.Request {
	case "place":
		keys = &markup{Keys: [][]replyKey{{{Text: words["place"][language], Location: true}}}, Resize: true, OneTime: true}
	case "phone":
		keys = &markup{Keys: [][]replyKey{{{Text: words["phone"][language], Contact: true}}}, Resize: true, OneTime: true}
	case "done":
		keys = &markup{Remove: true}
	case "email": // an address is written by hand
	default:
		return fault.OnField("request", "unknown request %q", content.Request)
	}
	if r.where.connection != "" {
		keys = nil // keys of a bot do not show in a person's chat
	}
	for n, part := range parts {
		q := request{Text: part}
		if n == len(parts)-1 {
			q.Markup = keys
		}
		if err := r.add("sendMessage", q); err != nil {
			return err
		}
	}
	return nil
}

// deck shows its cards one under the other, each a picture with its words and
// buttons: Telegram has nothing that goes side by side with buttons.
func (r *rendering) deck(content message.Content) error {
	if len(content.Deck) == 0 {
		return fault.OnField("deck", "a deck without cards")
	}
	if strings.TrimSpace(content.Text) != "" {
		if err := r.texts(content.Text); err != nil {
			return err
		}
	}
	for _, slide := range content.Deck {
		if err := r.slide(slide); err != nil {
			return err
		}
	}
	return nil
}

func (r *rendering) slide(slide message.Slide) error {
	limits := message.LimitsOf(message.Telegram)
	text, rows, room := strings.TrimSpace(slide.Title+"\n"+slide.Text), [][]key(nil), limits.Keyboard
	shown := slide.Media != nil && (slide.Media.Blob != "" || slide.Media.URL != "")
	if len(slide.Options) > 0 {
		layout := message.Lay(message.Choice{Options: slide.Options}, text, message.Telegram)
		if layout.Shape == message.ShapeKeyboard {
			rows, room = keyboard(layout.Options), room-len(layout.Options)
		}
		if text == "" && !shown || layout.Shape != message.ShapeKeyboard {
			text = strings.Join(append(layout.Before, layout.Text), "\n")
		}
	}
	more, rest := linkRows(slide.Links, room)
	rows = append(rows, more...)
	text = strings.TrimSpace(strings.Join(append([]string{text}, rest...), "\n"))
	switch {
	case !shown && text == "" && len(rows) == 0:
		return fault.OnField("deck", "a card without words and picture")
	case !shown && text == "":
		return r.keyed(rows[0][0].Text, rows)
	case !shown:
		return r.keyed(text, rows)
	case !limits.Caption.Fits(text):
		if err := r.media(message.Content{Kind: kindOf(slide.Media), Media: slide.Media}); err != nil {
			return err
		}
		return r.keyed(text, rows)
	}
	q := request{Caption: strings.ToValidUTF8(text, "\uFFFD")}
	if len(rows) > 0 {
		q.Markup = &markup{Keyboard: rows}
	}
	if err := r.file(kindOf(slide.Media), slide.Media, q); err != nil || slide.Media.Blob != "" || text == "" {
		return err
	}
	return r.otherwise(func(other *rendering) error { return other.keyed(text, rows) })
}
