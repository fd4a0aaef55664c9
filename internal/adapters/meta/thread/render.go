package thread

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

const messagesPath = "messages"

// Render turns a message into requests, as channel.Adapter asks for it.
func (d Dialect) Render(out channel.Outbound) ([]channel.Part, error) {
	r := rendering{dialect: d, out: out}
	if err := r.address(); err != nil {
		return nil, err
	}
	if err := r.content(out.Content); err != nil {
		return nil, err
	}
	if len(r.parts) == 0 {
		return nil, fault.Refuse("empty", "there is nothing to send")
	}
	return r.parts, nil
}

// rendering collects the parts of one message.
type rendering struct {
	dialect Dialect
	out     channel.Outbound
	to      recipient
	parts   []channel.Part
}

// address takes the person's id, or who ticked the checkbox plugin as long as
// there is none.
func (r *rendering) address() error {
	for _, address := range r.out.To {
		switch {
		case address.Kind == r.dialect.Address && r.to.ID == "":
			r.to.ID = address.Value
		case address.Kind == message.UserRef && r.to.UserRef == "":
			r.to.UserRef = address.Value
		}
	}
	if r.to.ID != "" {
		r.to.UserRef = ""
	}
	if r.to.ID == "" && r.to.UserRef == "" {
		return fault.Refuse("no_address", "the customer has no %s address", r.dialect.Name)
	}
	return nil
}

func (r *rendering) content(content message.Content) error {
	switch content.Kind {
	case message.Text:
		return r.texts(content.Text)
	case message.Image, message.Video, message.Audio, message.Document:
		return r.media(content)
	case message.Sticker:
		return r.sticker(content)
	case message.Album:
		return r.album(content)
	case message.Place:
		return r.place(content.Place)
	case message.Cards:
		return r.cards(content.Cards)
	case message.Emoji:
		return r.reaction(content)
	case message.Options:
		return r.choice(content)
	case message.Survey:
		return r.survey(content)
	case message.Links:
		return r.links(content)
	case message.Request:
		return r.request(content)
	case message.Deck:
		return r.deck(content)
	case message.Share:
		return r.share(content)
	case message.Product, message.Products, message.Catalog:
		return r.shelf(content)
	case message.Invoice:
		return r.bill(content)
	case message.OrderNews:
		return r.progress(content)
	case message.Template:
		return fault.Refuse("template", "%s has no message templates; answer while the window is open", r.dialect.Name)
	case message.FormOffer:
		return fault.Refuse("form", "%s has no forms; ask the questions one by one", r.dialect.Name)
	case message.Amendment:
		return fault.Refuse("edit", "%s does not let a company change what it has sent", r.dialect.Name)
	case message.Withdrawal:
		return fault.Refuse("revoke", "%s does not let a company take back what it has sent", r.dialect.Name)
	default:
		return fault.Refuse("kind", "%s cannot carry a message of kind %s", r.dialect.Name, content.Kind)
	}
}

// say adds a message. Only the first part quotes: the others follow it.
func (r *rendering) say(body *messageBody, uploads ...message.Media) error {
	body.Metadata = r.out.Ours
	q := request{Recipient: r.to, Type: r.purpose(), Message: body}
	if r.out.QuoteID != "" && len(r.parts) == 0 {
		q.ReplyTo = &replyTo{midOf(r.out.QuoteID)}
	}
	part := channel.Part{Method: messagesPath, Ours: r.out.Ours}
	switch len(uploads) {
	case 0:
	case 1:
		part.Upload = &uploads[0]
	default:
		part.Uploads = uploads
	}
	var err error
	if part.Body, err = encode(&q); err != nil {
		return err
	}
	if r.out.Human && r.to.UserRef == "" {
		q.Type, q.Tag = asTagged, humanAgent
		if part.Late, err = encode(&q); err != nil {
			return err
		}
	}
	r.parts = append(r.parts, part)
	return nil
}

// purpose tells answers from news of an order, which nobody asked for (Send API,
// messaging_type).
func (r *rendering) purpose() string {
	switch r.out.Content.Kind {
	case message.OrderNews, message.Invoice:
		return asUpdate
	default:
		return asResponse
	}
}

func encode(q *request) ([]byte, error) {
	encoded, err := json.Marshal(q, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return nil, fault.New(fault.Invalid, "the message cannot be written: %s", shape(err))
	}
	return encoded, nil
}

func (r *rendering) texts(text string) error {
	for _, part := range message.Split(text, r.dialect.Channel) {
		if err := r.say(&messageBody{Text: part}); err != nil {
			return err
		}
	}
	return nil
}

// place is said in words, with a page that shows it: the platform carries no
// places from companies.
func (r *rendering) place(place *message.Location) error {
	if place == nil {
		return fault.OnField("location", "a location without coordinates")
	}
	number := func(degrees float64) string { return strconv.FormatFloat(degrees, 'f', -1, 64) }
	address := mapURL + number(place.Latitude) + "%2C" + number(place.Longitude)
	return r.texts(lines(place.Name, place.Address, address))
}

// cards are contacts in words.
func (r *rendering) cards(cards []message.Card) error {
	var blocks []string
	for _, card := range cards {
		block := append([]string{card.Name}, card.Phones...)
		if text := lines(append(block, card.Emails...)...); text != "" {
			blocks = append(blocks, text)
		}
	}
	if len(blocks) == 0 {
		return fault.OnField("contacts", "a contact without a name and phone")
	}
	return r.texts(strings.Join(blocks, "\n\n"))
}

// lines puts what is not blank on lines of its own.
func lines(texts ...string) string {
	kept := texts[:0:0]
	for _, text := range texts {
		if text = strings.TrimSpace(text); text != "" {
			kept = append(kept, text)
		}
	}
	return strings.Join(kept, "\n")
}

// reaction is a sign on a message; an empty one takes it back. It makes no
// message, so that there is nothing to tag when the window is over.
func (r *rendering) reaction(content message.Content) error {
	target := content.Target
	if target == "" {
		target = r.out.QuoteID
	}
	if target == "" {
		return fault.OnField("target", "a reaction without its message")
	}
	q := request{Recipient: r.to, Action: "react", Payload: &actionBody{MessageID: midOf(target), Reaction: content.Text}}
	if content.Text == "" {
		q.Action = "unreact"
	} else if r.dialect.Love != "" && strings.HasPrefix(content.Text, "❤") {
		q.Payload.Reaction = r.dialect.Love
	}
	body, err := encode(&q)
	if err != nil {
		return err
	}
	r.parts = append(r.parts, channel.Part{Method: messagesPath, Body: body, Ours: r.out.Ours})
	return nil
}

// share sends on a post of the company's own, or the page of anything else.
func (r *rendering) share(content message.Content) error {
	shared := content.Share
	switch {
	case shared == nil:
		return fault.OnField("share", "nothing to share")
	case r.dialect.Channel == message.Instagram && shared.Kind == "post" && shared.ID != "":
		if err := r.say(&messageBody{Attachment: &attachmentBody{Type: "MEDIA_SHARE", Payload: &payloadBody{ID: shared.ID}}}); err != nil {
			return err
		}
		return r.texts(content.Text)
	case shared.URL == "":
		return fault.Refuse("kind", "%s can share a page only by its address", r.dialect.Name)
	default:
		return r.texts(lines(content.Text, shared.Title, shared.URL))
	}
}
