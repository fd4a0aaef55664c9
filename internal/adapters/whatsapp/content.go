package whatsapp

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/platform/wire"
)

// said holds the objects of all content types; only that of the type is read.
type said struct {
	Text        jsontext.Value `json:"text"`
	Image       jsontext.Value `json:"image"`
	Video       jsontext.Value `json:"video"`
	Audio       jsontext.Value `json:"audio"`
	Document    jsontext.Value `json:"document"`
	Sticker     jsontext.Value `json:"sticker"`
	Location    jsontext.Value `json:"location"`
	Contacts    jsontext.Value `json:"contacts"`
	Button      jsontext.Value `json:"button"`
	Interactive jsontext.Value `json:"interactive"`
	Order       jsontext.Value `json:"order"`
	Unsupported jsontext.Value `json:"unsupported"`
	Errors      jsontext.Value `json:"errors"`
}

// parseContent reads the content of a message of a type. A type that is not
// known is kept whole as unsupported.
func parseContent(kind string, raw jsontext.Value) (message.Content, error) {
	var s said
	if err := meta.Read(raw, &s); err != nil {
		return message.Content{}, fault.New(fault.Invalid, "the message cannot be read: %s", shape(err))
	}
	if lost(kind, &s) {
		return notSupported(kind, s, raw), nil
	}
	switch kind {
	case "text":
		return parseText(s.Text)
	case "image":
		return parseMedia(message.Image, s.Image)
	case "video":
		return parseMedia(message.Video, s.Video)
	case "audio":
		return parseMedia(message.Audio, s.Audio)
	case "document":
		return parseMedia(message.Document, s.Document)
	case "sticker":
		return parseMedia(message.Sticker, s.Sticker)
	case "location":
		return parsePlace(s.Location)
	case "contacts":
		return parseCards(s.Contacts, raw)
	case "button":
		return parseButton(s.Button)
	case "interactive":
		return parseInteractive(s.Interactive, raw)
	case "order":
		return parseOrder(s.Order, raw)
	case "request_welcome":
		return message.Content{Kind: message.Welcome}, nil
	default:
		return notSupported(kind, s, raw), nil
	}
}

// lost reports whether WhatsApp itself could not get the file of a message: it
// comes without an id and with the error (131052).
func lost(kind string, s *said) bool {
	if errors, _ := meta.Elements(s.Errors); len(errors) == 0 {
		return false
	}
	var file jsontext.Value
	switch kind {
	case "image":
		file = s.Image
	case "video":
		file = s.Video
	case "audio":
		file = s.Audio
	case "document":
		file = s.Document
	case "sticker":
		file = s.Sticker
	default:
		return false
	}
	return tellingOf(file).text("id") == ""
}

// notSupported names what it was: WhatsApp's own word for the sub-type (poll
// creation, view once, ...), else the type; the text is WhatsApp's reason.
func notSupported(kind string, s said, raw jsontext.Value) message.Content {
	content := unsupported(raw)
	content.Share = &message.Shared{Kind: kind}
	if sub := tellingOf(s.Unsupported).text("type"); sub != "" {
		content.Share.Kind = sub
	}
	if errors, _ := meta.Elements(s.Errors); len(errors) > 0 {
		content.Share.Title = tellingOf(errors[0]).sentence()
	}
	return content
}

func unsupported(raw jsontext.Value) message.Content {
	return message.Content{Kind: message.Unsupported, Raw: json.RawMessage(raw)}
}

// read decodes the object of a type; absent or of another shape is broken.
func read(kind message.Kind, raw jsontext.Value, into any) error {
	if raw.Kind() != '{' && raw.Kind() != '[' {
		return fault.New(fault.Invalid, "a message of kind %s without its content", kind)
	}
	if err := meta.Read(raw, into); err != nil {
		return fault.New(fault.Invalid, "the content of kind %s cannot be read: %s", kind, shape(err))
	}
	return nil
}

func parseText(raw jsontext.Value) (message.Content, error) {
	var text struct {
		Body *string `json:"body"`
	}
	if err := read(message.Text, raw, &text); err != nil {
		return message.Content{}, err
	}
	if text.Body == nil {
		return message.Content{}, fault.New(fault.Invalid, "a text without a body")
	}
	return message.Content{Kind: message.Text, Text: *text.Body}, nil
}

func parseMedia(kind message.Kind, raw jsontext.Value) (message.Content, error) {
	var media struct {
		ID       meta.Text `json:"id"`
		MIME     string    `json:"mime_type"`
		SHA256   string    `json:"sha256"`
		Caption  string    `json:"caption"`
		Filename string    `json:"filename"`
		Voice    bool      `json:"voice"`
		Animated bool      `json:"animated"`
	}
	if err := read(kind, raw, &media); err != nil {
		return message.Content{}, err
	}
	if media.ID == "" {
		return message.Content{}, fault.New(fault.Invalid, "a medium without an id")
	}
	return message.Content{Kind: kind, Text: media.Caption, Media: &message.Media{
		MIME: media.MIME, Name: media.Filename, SHA256: digest(media.SHA256),
		Voice: media.Voice, Animated: media.Animated, Remote: string(media.ID), State: "pending",
	}}, nil
}

// digest gives a SHA-256 as lowercase hex: webhooks carry it in base 64, the
// media endpoint in hex. Anything else is dropped, since it proves nothing.
func digest(text string) string {
	for _, decode := range []func(string) ([]byte, error){hex.DecodeString, base64.StdEncoding.DecodeString} {
		if sum, err := decode(text); err == nil && len(sum) == 32 {
			return hex.EncodeToString(sum)
		}
	}
	return ""
}

func parsePlace(raw jsontext.Value) (message.Content, error) {
	var place struct {
		Latitude  *float64 `json:"latitude"`
		Longitude *float64 `json:"longitude"`
		Name      string   `json:"name"`
		Address   string   `json:"address"`
	}
	if err := read(message.Place, raw, &place); err != nil {
		return message.Content{}, err
	}
	if place.Latitude == nil || place.Longitude == nil {
		return message.Content{}, fault.New(fault.Invalid, "a location without coordinates")
	}
	return message.Content{Kind: message.Place, Place: &message.Location{
		Latitude: *place.Latitude, Longitude: *place.Longitude, Name: place.Name, Address: place.Address,
	}}, nil
}

func parseCards(raw, whole jsontext.Value) (message.Content, error) {
	var cards []struct {
		Name struct {
			Formatted string `json:"formatted_name"`
			First     string `json:"first_name"`
			Last      string `json:"last_name"`
		} `json:"name"`
		Phones []struct {
			Phone string    `json:"phone"`
			WaID  meta.Text `json:"wa_id"`
		} `json:"phones"`
		Emails []struct {
			Email string `json:"email"`
		} `json:"emails"`
	}
	if err := read(message.Cards, raw, &cards); err != nil {
		return message.Content{}, err
	}
	content := message.Content{Kind: message.Cards, Raw: json.RawMessage(whole)}
	for _, c := range cards {
		card := message.Card{Name: c.Name.Formatted}
		if card.Name == "" {
			card.Name = strings.TrimSpace(c.Name.First + " " + c.Name.Last)
		}
		for _, phone := range c.Phones {
			switch {
			case phone.Phone != "":
				card.Phones = append(card.Phones, phone.Phone)
			case phone.WaID != "":
				card.Phones = append(card.Phones, "+"+string(phone.WaID))
			}
		}
		for _, email := range c.Emails {
			if email.Email != "" {
				card.Emails = append(card.Emails, email.Email)
			}
		}
		content.Cards = append(content.Cards, card)
	}
	return content, nil
}

// parseButton reads a tap on a template's quick reply.
func parseButton(raw jsontext.Value) (message.Content, error) {
	var button struct {
		Payload string `json:"payload"`
		Text    string `json:"text"`
	}
	if err := read(message.Pick, raw, &button); err != nil {
		return message.Content{}, err
	}
	return picked(button.Payload, button.Text), nil
}

func picked(id, title string) message.Content {
	return message.Content{Kind: message.Pick, Text: title, Pick: &message.Picked{ID: id, Title: title}}
}

func parseInteractive(raw, whole jsontext.Value) (message.Content, error) {
	if len(raw) == 0 || raw.Kind() == 'n' {
		return unsupported(whole), nil // seen with error 131000 beside it
	}
	type reply struct {
		ID    string `json:"id"`
		Title string `json:"title"`
	}
	var interactive struct {
		Type   string `json:"type"`
		Button *reply `json:"button_reply"`
		List   *reply `json:"list_reply"`
		Form   *struct {
			Name     string         `json:"name"`
			Body     string         `json:"body"`
			Response jsontext.Value `json:"response_json"`
		} `json:"nfm_reply"`
		Permission *struct {
			Response string    `json:"response"`
			Expires  meta.Text `json:"expiration_timestamp"`
		} `json:"call_permission_reply"`
	}
	if err := read(message.Pick, raw, &interactive); err != nil {
		return message.Content{}, err
	}
	switch {
	case interactive.Button != nil:
		return picked(interactive.Button.ID, interactive.Button.Title), nil
	case interactive.List != nil:
		return picked(interactive.List.ID, interactive.List.Title), nil
	case interactive.Form != nil:
		return filled(interactive.Form.Name, interactive.Form.Body, interactive.Form.Response, whole), nil
	case interactive.Permission != nil:
		return permission(interactive.Permission.Response, interactive.Permission.Expires), nil
	default:
		content := unsupported(whole)
		content.Share = &message.Shared{Kind: interactive.Type}
		return content, nil
	}
}

// filled is an answered form: a flow of the company's, whose token comes back
// in Ask, or WhatsApp's own form for an address.
func filled(name, body string, response, whole jsontext.Value) message.Content {
	content := message.Content{Kind: message.Form, Text: body, Form: formOf(response), Raw: json.RawMessage(whole)}
	token := tellingOf(jsontext.Value(content.Form)).text("flow_token")
	if name != "" || token != "" {
		content.Ask = &message.FormCall{ID: name, Token: token}
	}
	return content
}

// formOf gives the answers of a form: they come as JSON inside a string. What
// is no JSON is kept as that string.
func formOf(response jsontext.Value) json.RawMessage {
	var text string
	if response.Kind() != '"' || meta.Read(response, &text) != nil {
		return json.RawMessage(response)
	}
	// The text has its own escapes and nesting, so it is judged by itself.
	clean, err := wire.Clean([]byte(text))
	var inner jsontext.Value
	if err != nil || meta.Read(clean, &inner) != nil {
		return json.RawMessage(response)
	}
	return json.RawMessage(inner)
}

func parseOrder(raw, whole jsontext.Value) (message.Content, error) {
	var order struct {
		CatalogID meta.Text `json:"catalog_id"`
		Text      string    `json:"text"`
		Items     []struct {
			RetailerID meta.Text `json:"product_retailer_id"`
			Quantity   meta.Text `json:"quantity"`
			Price      meta.Text `json:"item_price"`
			Currency   string    `json:"currency"`
		} `json:"product_items"`
	}
	if err := read(message.Cart, raw, &order); err != nil {
		return message.Content{}, err
	}
	cart := &message.Order{CatalogID: string(order.CatalogID), Text: order.Text}
	for _, item := range order.Items {
		quantity, err := strconv.ParseInt(string(item.Quantity), 10, 64)
		if err != nil || quantity < 0 {
			return message.Content{}, fault.New(fault.Invalid, "the quantity %.40q of an order is not a count", string(item.Quantity))
		}
		cart.Items = append(cart.Items, message.OrderItem{
			RetailerID: string(item.RetailerID), Quantity: quantity, Price: string(item.Price), Currency: item.Currency,
		})
	}
	return message.Content{Kind: message.Cart, Text: order.Text, Order: cart, Raw: json.RawMessage(whole)}, nil
}
