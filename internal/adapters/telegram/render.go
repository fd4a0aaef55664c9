package telegram

import (
	"slices"
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
	where, err := addressee(out.To)
	if err != nil {
		return nil, err
	}
	r := rendering{out: out, where: where}
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
	where place
	parts []channel.Part
}

func (r *rendering) content() error {
	content := r.out.Content
	switch content.Kind {
	case message.Text:
		return r.texts(content.Text)
	case message.Options:
		return r.choice(content)
	case message.Links:
		return r.links(content)
	case message.Image, message.Video, message.Audio, message.Document, message.Sticker:
		return r.media(content)
	case message.Album:
		return r.album(content)
	case message.Deck:
		return r.deck(content)
	case message.Place:
		return r.place(content.Place)
	case message.Cards:
		return r.cards(content.Cards)
	case message.Request:
		return r.request(content)
	case message.Survey:
		return r.poll(content)
	case message.Emoji:
		return r.reaction(content)
	case message.Amendment:
		return r.amend(content)
	case message.Withdrawal:
		return r.withdraw(content)
	case message.Product, message.Products, message.Catalog:
		return r.shelf(content)
	case message.Invoice:
		return r.bill(content)
	case message.OrderNews:
		return r.progress(content)
	case message.Template:
		return r.template(content.Template)
	case message.FormOffer:
		return fault.Refuse("form", "Telegram has no forms of its own; ask the questions one by one or send a link")
	default:
		return fault.Refuse("kind", "Telegram cannot carry a message of kind %s", content.Kind)
	}
}

// add makes a part. Only the first part quotes: the others follow it. What lies
// in another chat of the same customer cannot be quoted.
func (r *rendering) add(method string, q request) error { return r.addFiles(method, nil, nil, q) }

func (r *rendering) addFiles(method string, upload *message.Media, uploads []message.Media, q request) error {
	if method != "deleteBusinessMessages" { // a connection has one owner, and its messages one number each
		q.ChatID = r.where.chat
	}
	q.Connection = r.where.connection
	where, quoted, ok := messageOf(r.out.QuoteID)
	if ok && where == r.where && len(r.parts) == 0 && q.MessageID == 0 && len(q.MessageIDs) == 0 {
		q.Reply = &reply{MessageID: quoted, Anyway: true}
	}
	body, err := json.Marshal(&q, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return fault.New(fault.Invalid, "the message cannot be written")
	}
	r.parts = append(r.parts, channel.Part{Method: method, Body: body, Upload: upload, Uploads: uploads, Ours: r.out.Ours})
	return nil
}

// otherwise renders what goes in place of the last part when Telegram refuses
// its form, by the same rules of quoting.
func (r *rendering) otherwise(say func(*rendering) error) error {
	other := rendering{out: r.out, where: r.where}
	if len(r.parts) > 1 {
		other.out.QuoteID = ""
	}
	if err := say(&other); err != nil {
		return err
	}
	last := &r.parts[len(r.parts)-1]
	last.Instead = append(last.Instead, other.parts...)
	return nil
}

func (r *rendering) texts(text string) error {
	for _, part := range message.Split(text, message.Telegram) {
		if err := r.add("sendMessage", request{Text: part}); err != nil {
			return err
		}
	}
	return nil
}

// template says the words of a template, which Telegram does not know.
func (r *rendering) template(ref *message.TemplateRef) error {
	if ref == nil || ref.Shown == nil {
		return fault.Refuse("kind", "Telegram has no templates; write the message itself")
	}
	lines := []string{ref.Shown.Header, ref.Shown.Text, ref.Shown.Footer}
	return r.texts(strings.Join(slices.DeleteFunc(lines, func(line string) bool { return strings.TrimSpace(line) == "" }), "\n\n"))
}

func (r *rendering) choice(content message.Content) error {
	if content.Choice == nil {
		return fault.OnField("choice", "a choice without options")
	}
	choice, text := *content.Choice, content.Text
	if r.english() {
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
	return r.add("sendMessage", request{Text: layout.Text, Markup: &markup{Keyboard: keyboard(layout.Options)}})
}

func (r *rendering) english() bool { return strings.HasPrefix(r.out.Language, "en") }

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
	const shortest, longest = 60, 86400 // seconds of a live position (sendLocation)
	if place == nil {
		return fault.OnField("location", "a location without coordinates")
	}
	q := request{Latitude: &place.Latitude, Longitude: &place.Longitude}
	name, address := strings.TrimSpace(place.Name), strings.TrimSpace(place.Address)
	if name == "" && address == "" {
		if place.LiveSeconds > 0 {
			q.LivePeriod = min(max(place.LiveSeconds, shortest), longest)
		}
		return r.add("sendLocation", q)
	}
	// A venue needs both.
	q.Title, q.Address = name, address
	if name == "" {
		q.Title = address
	}
	if address == "" {
		q.Address = name
	}
	return r.add("sendVenue", q)
}

// cards sends a contact for each phone, with all that is known on its first;
// one without a phone goes as text.
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
		for n, phone := range card.Phones {
			q := request{Phone: phone, FirstName: first, LastName: strings.TrimSpace(last)}
			if n == 0 {
				q.VCard = vcard(name, card)
			}
			if err := r.add("sendContact", q); err != nil {
				return err
			}
		}
	}
	return nil
}

// vcard carries what a contact of Telegram has no field for (sendContact,
// vcard, at most 2048 bytes; RFC 2426); empty when there is no more to say.
func vcard(name string, card message.Card) string {
	const most = 2048
	if len(card.Emails) == 0 {
		return ""
	}
	escaped := strings.NewReplacer(`\`, `\\`, ",", `\,`, ";", `\;`, "\r", "", "\n", `\n`)
	lines := []string{"BEGIN:VCARD", "VERSION:3.0", "FN:" + escaped.Replace(name)}
	for _, phone := range card.Phones {
		lines = append(lines, "TEL:"+escaped.Replace(phone))
	}
	for _, email := range card.Emails {
		lines = append(lines, "EMAIL:"+escaped.Replace(email))
	}
	written := strings.Join(append(lines, "END:VCARD"), "\n")
	if len(written) > most {
		return ""
	}
	return written
}

// target gives the message that a reaction, an edit or a withdrawal is about.
func (r *rendering) target(content message.Content, otherwise string) (int64, error) {
	external := content.Target
	if external == "" {
		external = r.out.QuoteID
	}
	where, id, ok := messageOf(external)
	if !ok {
		return 0, fault.OnField("target", "%s", otherwise)
	}
	r.where = where
	return id, nil
}

func (r *rendering) reaction(content message.Content) error {
	id, err := r.target(content, "a reaction without its message")
	if err != nil {
		return err
	}
	if r.where.connection != "" {
		return fault.Refuse("business", "Telegram lets no bot react in the name of a person")
	}
	reactions := []emoji{}
	if content.Text != "" {
		reactions = append(reactions, emoji{Type: "emoji", Emoji: content.Text})
	}
	return r.add("setMessageReaction", request{MessageID: id, Reaction: &reactions})
}

// amend gives a message of ours new words. Whether it was a text or the caption
// of a file is Telegram's to know.
func (r *rendering) amend(content message.Content) error {
	id, err := r.target(content, "new words without their message")
	if err != nil {
		return err
	}
	limits := message.LimitsOf(message.Telegram)
	text := strings.TrimSpace(strings.ToValidUTF8(content.Text, "\uFFFD"))
	switch {
	case text == "":
		return fault.OnField("text", "new words must not be empty")
	case !limits.Text.Fits(text):
		return fault.Refuse("text_size", "the new words have %d characters; Telegram takes at most %d", limits.Text.Of(text), limits.Text.Max)
	}
	if err := r.add("editMessageText", request{MessageID: id, Text: text}); err != nil || !limits.Caption.Fits(text) {
		return err
	}
	return r.otherwise(func(other *rendering) error {
		return other.add("editMessageCaption", request{MessageID: id, Caption: text})
	})
}

// withdraw takes a message of ours back; Telegram lets that be for 48 hours.
func (r *rendering) withdraw(content message.Content) error {
	id, err := r.target(content, "a withdrawal without its message")
	if err != nil {
		return err
	}
	if r.where.connection != "" {
		return r.add("deleteBusinessMessages", request{MessageIDs: []int64{id}})
	}
	return r.add("deleteMessage", request{MessageID: id})
}

// Bounds of a poll (sendPoll, InputPollOption).
var (
	pollQuestion = message.Size{Max: 300, Unit: message.UTF16}
	pollAnswer   = message.Size{Max: 100, Unit: message.UTF16}
)

const pollAnswers = 12

// poll asks with names, since only then a vote is told. What does not fit a
// poll is asked with buttons.
func (r *rendering) poll(content message.Content) error {
	if content.Poll == nil || len(content.Poll.Options) == 0 {
		return fault.OnField("poll", "a poll without answers")
	}
	poll := content.Poll
	q := request{Question: strings.TrimSpace(poll.Question), Several: poll.Several, Anonymous: new(bool)}
	fits := q.Question != "" && pollQuestion.Fits(q.Question) && len(poll.Options) <= pollAnswers
	choice := message.Choice{}
	for n, option := range poll.Options {
		q.Options = append(q.Options, answer{option})
		choice.Options = append(choice.Options, message.Option{ID: "vote:" + strconv.Itoa(n), Title: option})
		fits = fits && strings.TrimSpace(option) != "" && pollAnswer.Fits(option)
	}
	if !fits {
		return r.choice(message.Content{Text: poll.Question, Choice: &choice})
	}
	return r.add("sendPoll", q)
}
