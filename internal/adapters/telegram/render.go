package telegram

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// Render implements channel.Adapter.
func (a *Adapter) Render(out channel.Outbound) ([]channel.Part, error) {
	r := rendering{out: out}
	if err := r.address(); err != nil {
		return nil, err
	}
	if err := r.content(); err != nil {
		return nil, err
	}
	if len(r.parts) == 0 {
		return nil, fault.Refuse("empty", "there is nothing to send")
	}
	return r.parts, nil
}

// rendering collects the parts of one message.
type rendering struct {
	out   channel.Outbound
	chat  int64
	parts []channel.Part
}

// address takes the chat; a private chat has the id of its user.
func (r *rendering) address() error {
	for _, kind := range []message.AddressKind{message.TelegramChat, message.TelegramUser} {
		for _, address := range r.out.To {
			if address.Kind != kind {
				continue
			}
			id, err := strconv.ParseInt(address.Value, 10, 64)
			if err != nil || id == 0 {
				return fault.Refuse("bad_address", "the customer's Telegram address is not a number")
			}
			r.chat = id
			return nil
		}
	}
	return fault.Refuse("no_address", "the customer has no Telegram address")
}

func (r *rendering) content() error {
	content := r.out.Content
	switch content.Kind {
	case message.Text:
		return r.texts(content.Text)
	case message.Options:
		return r.choice(content)
	case message.Image, message.Video, message.Audio, message.Document, message.Sticker:
		return r.media(content)
	case message.Place:
		return r.place(content.Place)
	case message.Cards:
		return r.cards(content.Cards)
	case message.Emoji:
		return r.reaction(content)
	case message.Product, message.Products, message.Catalog:
		return r.shelf(content)
	case message.Invoice:
		return r.bill(content)
	case message.OrderNews:
		return r.progress(content)
	default:
		return fault.Refuse("kind", "Telegram cannot carry a message of kind %s", content.Kind)
	}
}

// add makes a part. Only the first part quotes: the others follow it.
func (r *rendering) add(method string, upload *message.Media, q request) error {
	q.ChatID = r.chat
	if _, quoted, ok := messageOf(r.out.QuoteID); ok && len(r.parts) == 0 && q.Reaction == nil {
		q.Reply = &reply{MessageID: quoted, Anyway: true}
	}
	body, err := json.Marshal(&q, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return fault.New(fault.Invalid, "the message cannot be written")
	}
	r.parts = append(r.parts, channel.Part{Method: method, Body: body, Upload: upload, Ours: r.out.Ours})
	return nil
}

func (r *rendering) texts(text string) error {
	for _, part := range message.Split(text, message.Telegram) {
		if err := r.add("sendMessage", nil, request{Text: part}); err != nil {
			return err
		}
	}
	return nil
}

func (r *rendering) choice(content message.Content) error {
	if content.Choice == nil {
		return fault.OnField("choice", "a choice without options")
	}
	choice, text := *content.Choice, content.Text
	if strings.HasPrefix(r.out.Language, "en") {
		if choice.More == "" {
			choice.More = "More options"
		}
		if text == "" && choice.Header == "" && choice.Footer == "" {
			text = "Choose an option:"
		}
	}
	layout := message.Lay(choice, text, message.Telegram)
	for _, before := range layout.Before {
		if err := r.texts(before); err != nil {
			return err
		}
	}
	if layout.Shape != message.ShapeKeyboard {
		return r.texts(layout.Text)
	}
	return r.add("sendMessage", nil, request{Text: layout.Text, Markup: &markup{Keyboard: keyboard(layout.Options)}})
}

// keyboard puts the options one under the other, or two by two when there are
// many short ones, so that a phone shows them without scrolling.
func keyboard(options []message.Option) [][]key {
	const many, short = 5, 18
	perRow := 2
	if len(options) < many {
		perRow = 1
	}
	for _, option := range options {
		if utf8.RuneCountInString(option.Title) > short {
			perRow = 1
		}
	}
	var rows [][]key
	for i, option := range options {
		if i%perRow == 0 {
			rows = append(rows, nil)
		}
		last := &rows[len(rows)-1]
		*last = append(*last, key{Text: option.Title, Data: option.ID})
	}
	return rows
}

func (r *rendering) place(place *message.Location) error {
	if place == nil {
		return fault.OnField("location", "a location without coordinates")
	}
	q := request{Latitude: &place.Latitude, Longitude: &place.Longitude}
	name, address := strings.TrimSpace(place.Name), strings.TrimSpace(place.Address)
	if name == "" && address == "" {
		return r.add("sendLocation", nil, q)
	}
	// A venue needs both.
	q.Title, q.Address = name, address
	if name == "" {
		q.Title = address
	}
	if address == "" {
		q.Address = name
	}
	return r.add("sendVenue", nil, q)
}

// cards sends a contact for each phone; one without a phone goes as text.
func (r *rendering) cards(cards []message.Card) error {
	for _, card := range cards {
		name := strings.TrimSpace(card.Name)
		if len(card.Phones) == 0 {
			if err := r.texts(strings.Join(append([]string{name}, card.Emails...), "\n")); err != nil {
				return err
			}
			continue
		}
		if name == "" {
			name = card.Phones[0]
		}
		first, last, _ := strings.Cut(name, " ")
		for _, phone := range card.Phones {
			if err := r.add("sendContact", nil, request{Phone: phone, FirstName: first, LastName: strings.TrimSpace(last)}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *rendering) reaction(content message.Content) error {
	target := content.Target
	if target == "" {
		target = r.out.QuoteID
	}
	_, id, ok := messageOf(target)
	if !ok {
		return fault.OnField("target", "a reaction without its message")
	}
	reactions := []emoji{}
	if content.Text != "" {
		reactions = append(reactions, emoji{Type: "emoji", Emoji: content.Text})
	}
	return r.add("setMessageReaction", nil, request{MessageID: id, Reaction: &reactions})
}
