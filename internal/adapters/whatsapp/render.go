package whatsapp

import (
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

const messagesPath = "messages"

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
	base  request
	parts []channel.Part
}

// address takes the phone's id when there is one, since it works for every
// kind; the business-scoped id else.
func (r *rendering) address() error {
	r.base = request{Product: "whatsapp", RecipientType: "individual", Callback: r.out.Ours}
	for _, address := range r.out.To {
		switch {
		case address.Kind == message.WaID && r.base.To == "":
			r.base.To = address.Value
		case address.Kind == message.BSUID && r.base.Recipient == "":
			r.base.Recipient = address.Value
		}
	}
	if r.base.To != "" {
		r.base.Recipient = ""
	}
	if r.base.To == "" && r.base.Recipient == "" {
		return fault.Refuse("no_address", "the customer has no WhatsApp address")
	}
	return nil
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
	case message.Template:
		return r.template(content.Template)
	case message.Product, message.Products, message.Catalog:
		return r.shelf(content)
	case message.Invoice:
		return r.bill(content)
	case message.OrderNews:
		return r.progress(content)
	case message.Links:
		return r.links(content)
	case message.Request:
		return r.wish(content)
	case message.Deck:
		return r.deck(content)
	case message.Album:
		return r.album(content)
	case message.FormOffer:
		return r.form(content)
	case message.Survey:
		return r.poll(content)
	case message.Amendment:
		return fault.Refuse("edit", "%s", r.say("O WhatsApp não deixa corrigir o que já foi enviado: escreva uma nova mensagem", "WhatsApp lets nobody change what was sent: write a new message"))
	case message.Withdrawal:
		return fault.Refuse("revoke", "%s", r.say("O WhatsApp não deixa apagar o que já foi enviado por aqui", "WhatsApp lets no company take back what it sent"))
	default:
		return fault.Refuse("kind", r.say("O WhatsApp não envia mensagens do tipo %q", "WhatsApp carries no message of kind %q"), content.Kind)
	}
}

// add makes a part of what fill puts into the request. Only the first part
// quotes: the others follow it.
func (r *rendering) add(kind string, upload *message.Media, fill func(*request)) error {
	body := r.base
	body.Type = kind
	if r.out.QuoteID != "" && len(r.parts) == 0 && kind != "reaction" {
		body.Context = &replyTo{r.out.QuoteID}
	}
	fill(&body)
	encoded, err := json.Marshal(&body, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return fault.New(fault.Invalid, "the message cannot be written: %s", shape(err))
	}
	r.parts = append(r.parts, channel.Part{Method: messagesPath, Body: encoded, Upload: upload, Ours: r.out.Ours})
	return nil
}

func (r *rendering) texts(text string) error {
	for _, part := range message.Split(text, message.WhatsApp) {
		body := &textBody{Body: part, Preview: strings.Contains(part, "http")}
		if err := r.add("text", nil, func(q *request) { q.Text = body }); err != nil {
			return err
		}
	}
	return nil
}

func (r *rendering) choice(content message.Content) error {
	if content.Choice == nil {
		return fault.OnField("choice", "a choice without options")
	}
	choice := *content.Choice
	text := content.Text
	if strings.HasPrefix(r.out.Language, "en") {
		inEnglish(&choice, &text)
	}
	buttons := content.Media != nil && message.Lay(choice, text, message.WhatsApp).Shape == message.ShapeButtons
	above, upload, err := r.above(content, buttons)
	if err != nil {
		return err
	}
	if above != nil {
		// The file takes the header's place, so that its words lead the text.
		text, choice.Header = strings.TrimSpace(choice.Header+"\n\n"+text), ""
	}
	layout := message.Lay(choice, text, message.WhatsApp)
	for _, before := range layout.Before {
		if err := r.texts(before); err != nil {
			return err
		}
	}
	interactive := &interactiveBody{Header: above, Body: &wording{layout.Text}}
	if layout.Header != "" {
		interactive.Header = &headerBody{Type: "text", Text: layout.Header}
	}
	if layout.Footer != "" {
		interactive.Footer = &wording{layout.Footer}
	}
	switch layout.Shape {
	case message.ShapeButtons:
		interactive.Type = "button"
		for _, option := range layout.Options {
			interactive.Action.Buttons = append(interactive.Action.Buttons, button{Type: "reply", Reply: row{ID: option.ID, Title: option.Title}})
		}
	case message.ShapeList:
		interactive.Type = "list"
		interactive.Action.Button = layout.Button
		rows := make([]row, 0, len(layout.Options))
		for _, option := range layout.Options {
			rows = append(rows, row{ID: option.ID, Title: option.Title, Description: option.Description})
		}
		interactive.Action.Sections = []section{{Rows: rows}}
	default:
		return r.texts(layout.Text)
	}
	return r.add("interactive", upload, func(q *request) { q.Interactive = interactive })
}

// inEnglish sets the words that the layout would else say in Portuguese.
func inEnglish(choice *message.Choice, text *string) {
	if choice.Button == "" {
		choice.Button = "See options"
	}
	if choice.More == "" {
		choice.More = "More options"
	}
	if *text == "" && choice.Header == "" {
		*text = "Choose an option:"
	}
}

func (r *rendering) place(place *message.Location) error {
	if place == nil {
		return fault.OnField("location", "a location without coordinates")
	}
	body := &placeBody{Latitude: place.Latitude, Longitude: place.Longitude, Name: place.Name, Address: place.Address}
	if body.Name == "" {
		body.Name = body.Address // an address is shown below a name only
	}
	return r.add("location", nil, func(q *request) { q.Location = body })
}

// cards sends each contact by itself: how many one message may hold is told
// differently by different pages.
func (r *rendering) cards(cards []message.Card) error {
	for _, card := range cards {
		name := strings.TrimSpace(card.Name)
		if name == "" && len(card.Phones) > 0 {
			name = card.Phones[0]
		}
		if name == "" {
			return fault.OnField("contacts", "a contact without a name and phone")
		}
		first, _, _ := strings.Cut(name, " ")
		body := cardBody{Name: cardName{Formatted: name, First: first}}
		for _, phone := range card.Phones {
			body.Phones = append(body.Phones, cardPhone{phone})
		}
		for _, email := range card.Emails {
			body.Emails = append(body.Emails, cardEmail{email})
		}
		if err := r.add("contacts", nil, func(q *request) { q.Contacts = []cardBody{body} }); err != nil {
			return err
		}
	}
	return nil
}

func (r *rendering) reaction(content message.Content) error {
	target := content.Target
	if target == "" {
		target = r.out.QuoteID
	}
	if target == "" {
		return fault.OnField("target", "a reaction without its message")
	}
	return r.add("reaction", nil, func(q *request) {
		q.Reaction = &reactionBody{MessageID: target, Emoji: content.Text}
	})
}

// template sends an approved one. The file of its header is put at its place
// in the components (place holders by the template's own rules).
func (r *rendering) template(template *message.TemplateRef) error {
	if template == nil || template.Name == "" || template.Language == "" {
		return fault.OnField("template", "a template without a name or language")
	}
	body := &templateBody{Name: template.Name, Language: language{Policy: "deterministic", Code: template.Language}}
	components := jsontext.Value(template.Components)
	var upload *message.Media
	if template.Header != nil {
		header, file, err := r.header(template.Header)
		if err != nil {
			return err
		}
		if components, err = withHeader(components, header); err != nil {
			return err
		}
		upload = file
	}
	if len(components) > 0 {
		body.Components = components
	}
	return r.add("template", upload, func(q *request) { q.Template = body })
}

// withHeader sets the header component to one file.
func withHeader(components jsontext.Value, header *headerBody) (jsontext.Value, error) {
	elements, ok := meta.Elements(components)
	if !ok {
		return nil, fault.OnField("template", "the components of a template are no list")
	}
	own, err := json.Marshal(templateHeader{Type: "header", Parameters: []*headerBody{header}}, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return nil, fault.New(fault.Invalid, "the header cannot be written: %s", shape(err))
	}
	out := []jsontext.Value{own}
	for _, element := range elements {
		if tellingOf(element).lower("type") != "header" {
			out = append(out, element)
		}
	}
	return json.Marshal(out, jsontext.AllowInvalidUTF8(true))
}
