package phone

import (
	"encoding/json"
	"strings"

	"prosa/internal/sandbox/meta"
)

// graphMessage is a message of either direction: the body of a send call and
// the message object of a webhook name their content alike.
type graphMessage struct {
	Image       *graphMedia
	Video       *graphMedia
	Audio       *graphMedia
	Document    *graphMedia
	Sticker     *graphMedia
	Location    *Location
	Contacts    []graphContact
	Button      *struct{ Text string }
	Interactive *graphInteractive
	Order       *graphOrder
	System      *struct{ Body string }
	Template    *struct{ Name string }
}

type graphMedia struct {
	ID, Link, Caption, Filename string
	MIME                        string `json:"mime_type"`
	Voice, Animated             bool
}

type graphContact struct {
	Name struct {
		Formatted string `json:"formatted_name"`
	}
	Phones []struct{ Phone string }
}

type graphHeader struct {
	Type, Text             string
	Image, Video, Document *graphMedia
}

type graphInteractive struct {
	Type   string
	Header *graphHeader
	Footer struct{ Text string }
	Action graphAction
	NFM    struct {
		Response string `json:"response_json"`
	} `json:"nfm_reply"`
}

type graphAction struct {
	Button, Name string
	Buttons      []graphButton
	Sections     []struct {
		Title    string
		Rows     []struct{ ID, Title, Description string }
		Products []struct {
			ID string `json:"product_retailer_id"`
		} `json:"product_items"`
	}
	Cards []struct {
		Header *graphHeader
		Body   struct{ Text string }
		Action graphAction
	}
	CatalogID  string `json:"catalog_id"`
	ProductID  string `json:"product_retailer_id"`
	Parameters struct {
		DisplayText string `json:"display_text"`
		URL         string
		CTA         string `json:"flow_cta"`
		FlowToken   string `json:"flow_token"`
		Reference   string `json:"reference_id"`
		Currency    string
		Thumbnail   string       `json:"thumbnail_product_retailer_id"`
		Total       cents        `json:"total_amount"`
		Settings    []paySetting `json:"payment_settings"`
		Order       orderPart
	}
}

type graphButton struct {
	Reply      struct{ ID, Title string }
	QuickReply struct{ ID, Title string } `json:"quick_reply"` // of a carousel's cards
}

type graphOrder struct {
	CatalogID string `json:"catalog_id"`
	Text      string
	Items     []struct {
		ID       string `json:"product_retailer_id"`
		Quantity int
		Price    float64 `json:"item_price"`
		Currency string
	} `json:"product_items"`
}

// whatsappBubble draws a message; false for what is no bubble by itself.
func (h *Handler) whatsappBubble(m meta.Message) (Bubble, bool) {
	switch m.Type {
	case "reaction", "edit", "revoke":
		return Bubble{}, false
	case "call", "preference":
		return h.whatsappNote(m), true
	}
	b := Bubble{
		ID: whatsappID + m.ID, Chat: whatsappChat(m.Number, m.Customer), Dir: Theirs, Kind: m.Type, At: m.AtMS,
		Text: m.Text, Tick: m.Status, Edited: m.Edited, Deleted: m.Revoked,
	}
	if m.Dir == meta.Inbound {
		b.Dir = Mine
		if b.Tick == "sent" && !h.config.Meta.Ready(m.Number) {
			b.Tick = "clock"
		}
	}
	if m.Error != nil {
		b.Error = &Failure{Code: m.Error.Code, Message: m.Error.Title}
		if m.Error.Data != nil {
			b.Error.Message = m.Error.Data.Details
		}
	}
	for dir, emoji := range map[string]string{Mine: m.ReactionIn, Theirs: m.ReactionOut} {
		if emoji != "" {
			b.Reactions = append(b.Reactions, Reaction{Dir: dir, Emoji: emoji})
		}
	}
	if m.ReplyTo != "" {
		if target, err := h.config.Meta.Message(m.ReplyTo); err == nil {
			b.ReplyTo = &Quote{ID: whatsappID + target.ID, Dir: Theirs, Text: target.Text}
			if target.Dir == meta.Inbound {
				b.ReplyTo.Dir = Mine
			}
		}
	}
	if catalog, product := h.about(m.Content); product != nil && m.Dir == meta.Inbound {
		b.CatalogID, b.About = catalog, product
	}
	var g graphMessage
	if json.Unmarshal(m.Content, &g) == nil {
		h.drawGraph(&b, g, m)
	}
	return b, true
}

// drawGraph fills a bubble from the message's content.
func (h *Handler) drawGraph(b *Bubble, g graphMessage, m meta.Message) {
	for _, item := range []struct {
		kind  string
		media *graphMedia
	}{{"image", g.Image}, {"video", g.Video}, {"audio", g.Audio}, {"document", g.Document}, {"sticker", g.Sticker}} {
		if item.media == nil {
			continue
		}
		b.Kind, b.Media = item.kind, h.graphMedia(item.media)
		if item.media.Voice {
			b.Kind, b.Media.Voice = "voice", true
		}
	}
	b.Location = g.Location
	for _, card := range g.Contacts {
		contact := Contact{Name: card.Name.Formatted}
		if len(card.Phones) > 0 {
			contact.Phone = card.Phones[0].Phone
		}
		b.Contacts = append(b.Contacts, contact)
	}
	switch {
	case g.Button != nil:
		b.Kind = "button_reply"
	case g.Order != nil:
		b.CatalogID = g.Order.CatalogID
		for _, item := range g.Order.Items {
			product := h.product(g.Order.CatalogID, item.ID)
			product.Quantity, product.Price, product.Currency = item.Quantity, item.Price, item.Currency
			b.Products = append(b.Products, product)
		}
	case g.System != nil:
		b.Notice = g.System.Body
	case g.Template != nil:
		h.drawTemplate(b, m)
	case g.Interactive != nil:
		h.drawInteractive(b, *g.Interactive, m)
	}
}

func (h *Handler) graphMedia(g *graphMedia) *Media {
	media := &Media{MIME: g.MIME, Name: g.Filename, Animated: g.Animated, URL: g.Link}
	if g.ID == "" {
		return media
	}
	media.ID = whatsappID + g.ID
	media.URL = h.mediaURL(media.ID)
	if data, kind, err := h.config.Meta.File(g.ID); err == nil {
		media.MIME, media.Size = kind, int64(len(data))
	}
	return media
}

func (h *Handler) graphHeader(g *graphHeader) *Header {
	if g == nil {
		return nil
	}
	header := &Header{Text: g.Text}
	for _, media := range []*graphMedia{g.Image, g.Video, g.Document} {
		if media != nil {
			header.Media = h.graphMedia(media)
			if header.Media.MIME == "" {
				header.Media.MIME = g.Type + "/*"
			}
		}
	}
	return header
}

// drawInteractive fills a bubble from an interactive message of any type.
func (h *Handler) drawInteractive(b *Bubble, in graphInteractive, m meta.Message) {
	chosen := m.Chosen
	b.Header, b.Footer = h.graphHeader(in.Header), in.Footer.Text
	p := in.Action.Parameters
	one := func(kind, text, value string) {
		b.Rows = [][]Choice{{{ID: kind, Text: text, Kind: kind, Value: value}}}
	}
	switch in.Type {
	case "button":
		b.Kind, b.Rows = "buttons", replyRows(in.Action.Buttons, chosen)
	case "list":
		b.Kind, b.List = "list", &List{Button: in.Action.Button}
		for _, section := range in.Action.Sections {
			rows := []Choice{}
			for _, row := range section.Rows {
				rows = append(rows, Choice{ID: row.ID, Text: row.Title, Description: row.Description, Kind: "reply", Chosen: chosen == row.ID})
			}
			b.List.Sections = append(b.List.Sections, Section{Title: section.Title, Rows: rows})
		}
	case "cta_url":
		b.Kind = "link"
		one("url", p.DisplayText, p.URL)
	case "location_request_message":
		b.Kind = "location_request"
		one("location", "Enviar localização", "")
	case "request_contact_info":
		b.Kind = "contact_request"
		one("contact", "Compartilhar contato", "")
	case "product", "product_list", "catalog_message":
		h.drawGoods(b, in, m)
	case "carousel":
		h.drawCards(b, in, chosen)
	case "flow":
		b.Kind = "flow"
		one("flow", p.CTA, "")
	case "order_details", "order_status":
		drawPayment(b, in)
	case "button_reply", "list_reply":
		b.Kind = in.Type
	case "nfm_reply":
		b.Kind, b.Form = "form_reply", filledForm(in.NFM.Response)
	}
}

func replyRows(buttons []graphButton, chosen string) [][]Choice {
	var rows [][]Choice
	for _, button := range buttons {
		reply := button.Reply
		if reply.ID == "" {
			reply = button.QuickReply
		}
		rows = append(rows, []Choice{{ID: reply.ID, Text: reply.Title, Kind: "reply", Chosen: chosen == reply.ID}})
	}
	return rows
}

// sendWhatsApp does what a Send asks for.
func (h *Handler) sendWhatsApp(number, customer string, s Send) (Bubble, error) {
	action := meta.Action{
		Number: number, Do: s.Kind, Text: s.Text, ReplyTo: strings.TrimPrefix(s.ReplyTo, whatsappID),
		Message: strings.TrimPrefix(s.Bubble, whatsappID), Choice: s.Choice, Emoji: s.Emoji,
		Latitude: s.Latitude, Longitude: s.Longitude, Name: s.Name, Address: s.Address, Phone: s.Phone,
		CatalogID: s.CatalogID, Product: s.Product, Data: s.data, MIME: s.mime, Filename: s.filename,
	}
	if s.data != nil {
		action.Caption, action.Text = s.Text, ""
	}
	for _, item := range s.Items {
		action.Items = append(action.Items, meta.OrderItem{ID: item.ID, Quantity: item.Quantity, Price: item.Price, Currency: item.Currency})
	}
	switch s.Kind {
	case "key", "start":
		action.Do = "text"
	case "tap":
		// A request is answered by an action of its own.
		target, err := h.config.Meta.Message(action.Message)
		if err != nil {
			return Bubble{}, err
		}
		switch target.Kind {
		case "interactive.location_request_message":
			action.Do, action.ReplyTo = "location", action.Message
			if s.Latitude == 0 && s.Longitude == 0 {
				action.Latitude, action.Longitude = demoLatitude, demoLongitude
			}
		case "interactive.request_contact_info":
			action.Do = "share_contact"
		case "interactive.flow":
			action.Do, action.Content = "form", h.fillForm(target, nil)
		}
	case "form":
		target, err := h.config.Meta.Message(action.Message)
		if err != nil {
			return Bubble{}, err
		}
		action.Content = h.fillForm(target, s.Values)
	case "call", "preference":
		action.State, action.Seconds = s.State, int64(s.Seconds)
	case "ad":
		action.Do, action.Referral = "text", adReferral(s.Name)
	case "video_note", "animation":
		action.Do = "video"
	}
	message, err := h.config.Meta.Act(customer, action)
	if err != nil {
		return Bubble{}, err
	}
	return h.bubbleOrTarget(message), nil
}

// bubbleOrTarget draws a message, or what it changed.
func (h *Handler) bubbleOrTarget(m meta.Message) Bubble {
	if b, ok := h.whatsappBubble(m); ok {
		return b
	}
	if target, err := h.config.Meta.Message(m.Target); err == nil {
		b, _ := h.whatsappBubble(target)
		return b
	}
	return Bubble{}
}
