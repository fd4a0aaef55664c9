package whatsapp

import (
	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// shelf shows goods: of Meta's catalog where the shelf names it, else by
// pictures, buttons and lists.
func (r *rendering) shelf(content message.Content) error {
	if content.Shelf == nil {
		return fault.OnField("shelf", "goods without a shelf")
	}
	for _, stall := range message.Arrange(content.Kind, *content.Shelf, content.Text, message.WhatsApp, r.out.Language) {
		if err := r.stall(content, stall); err != nil {
			return err
		}
	}
	return nil
}

func (r *rendering) stall(content message.Content, stall message.Stall) error {
	interactive := &interactiveBody{Body: words(stall.Text), Footer: words(stall.Footer)}
	catalogID := content.Shelf.CatalogID
	switch stall.Stand {
	case message.StandText:
		return r.texts(stall.Text)
	case message.StandCard:
		return r.card(stall)
	case message.StandDoor:
		return r.door(stall.Header, stall.Text, stall.Footer, stall.Details, stall.Link)
	case message.StandRows:
		interactive.Type, interactive.Action.Button = "list", stall.Button
		if stall.Header != "" {
			interactive.Header = &headerBody{Type: "text", Text: stall.Header}
		}
		rows := make([]row, 0, len(stall.Rows))
		for _, option := range stall.Rows {
			rows = append(rows, row{ID: option.ID, Title: option.Title, Description: option.Description})
		}
		interactive.Action.Sections = []section{{Rows: rows}}
		return r.interactive(interactive, nil)
	case message.StandCards:
		interactive.Type = "carousel"
		for i, good := range stall.Goods {
			interactive.Action.Cards = append(interactive.Action.Cards, card{
				Index:  i,
				Header: &headerBody{Type: "image", Image: &mediaBody{Link: good.ImageURL}},
				Body:   words(good.CardText(message.WhatsApp, r.out.Language)),
				Action: actionBody{Buttons: []button{{Type: "quick_reply", QuickReply: row{ID: good.Option, Title: stall.Button}}}},
			})
		}
		return r.interactive(interactive, nil)
	case message.StandProduct:
		interactive.Type = "product"
		interactive.Action.CatalogID, interactive.Action.RetailerID = catalogID, stall.Goods[0].RetailerID
	case message.StandList:
		interactive.Type, interactive.Action.CatalogID = "product_list", catalogID
		interactive.Header = &headerBody{Type: "text", Text: stall.Header}
		for _, part := range stall.Sections {
			items := make([]productItem, 0, len(part.Goods))
			for _, good := range part.Goods {
				items = append(items, productItem{good.RetailerID})
			}
			interactive.Action.Sections = append(interactive.Action.Sections, section{Title: part.Title, Products: items})
		}
	case message.StandCarousel:
		interactive.Type = "carousel"
		for i, good := range stall.Goods {
			interactive.Action.Cards = append(interactive.Action.Cards, card{
				Index: i, Type: "product", Action: actionBody{CatalogID: catalogID, RetailerID: good.RetailerID},
			})
		}
	case message.StandCatalog:
		interactive.Type, interactive.Action.Name = "catalog_message", "catalog_message"
		if len(stall.Goods) > 0 {
			interactive.Action.Parameters = catalogParameters{stall.Goods[0].RetailerID}
		}
	}
	// What follows is Meta's own form: it may not hold what we believe.
	return r.interactive(interactive, func(plain *rendering) error { return plain.withoutCatalog(content, stall) })
}

// withoutCatalog shows the goods of one message by our own means.
func (r *rendering) withoutCatalog(content message.Content, stall message.Stall) error {
	shelf := *content.Shelf
	shelf.CatalogID, shelf.Header, shelf.Footer = "", stall.Header, stall.Footer
	shelf.Sections = []message.Section{{Goods: stall.Goods}}
	content.Shelf, content.Text = &shelf, stall.Text
	return r.shelf(content)
}

// interactive adds the message; plain renders what goes instead of it when
// Meta refuses the form.
func (r *rendering) interactive(body *interactiveBody, plain func(*rendering) error) error {
	var instead []channel.Part
	if plain != nil {
		var err error
		if instead, err = r.plainly(plain); err != nil {
			return err
		}
	}
	if err := r.add("interactive", nil, func(q *request) { q.Interactive = body }); err != nil {
		return err
	}
	r.parts[len(r.parts)-1].Instead = instead
	return nil
}

// plainly renders parts that stand in for the one to come. Only the last of
// them carries the delivery's id, so that a status of it is one of all.
func (r *rendering) plainly(render func(*rendering) error) ([]channel.Part, error) {
	plain := rendering{out: r.out, base: r.base}
	if len(r.parts) > 0 {
		plain.out.QuoteID = ""
	}
	if err := render(&plain); err != nil {
		return nil, err
	}
	for n := range len(plain.parts) - 1 {
		body, err := drop(plain.parts[n].Body, "biz_opaque_callback_data")
		if err != nil {
			return nil, err
		}
		plain.parts[n].Body = body
	}
	return plain.parts, nil
}

// card shows one good: its picture above, something to tap below. A message has
// one kind of buttons only, so beside a tap the page is a line of the text.
func (r *rendering) card(stall message.Stall) error {
	good := stall.Goods[0]
	limits := message.LimitsOf(message.WhatsApp)
	header, upload := pictureOf(good)
	interactive := &interactiveBody{Header: header, Body: words(stall.Text), Footer: words(stall.Footer)}
	switch {
	case stall.Button != "":
		interactive.Type = "button"
		interactive.Action.Buttons = []button{{Type: "reply", Reply: row{ID: good.Option, Title: stall.Button}}}
		if whole := stall.Text + "\n\n" + stall.Link; stall.Link != "" && limits.ButtonBody.Fits(whole) {
			interactive.Body = words(whole)
		}
	case stall.Link != "":
		interactive.Type, interactive.Action.Name = "cta_url", "cta_url"
		interactive.Action.Parameters = linkParameters{Label: stall.Details, URL: stall.Link}
	case upload != nil:
		return r.media(message.Content{Kind: message.Image, Text: stall.Text, Media: upload})
	case header != nil:
		return r.add("image", nil, func(q *request) { q.Image = &mediaBody{Link: good.ImageURL, Caption: stall.Text} })
	default:
		return r.texts(stall.Text)
	}
	return r.add("interactive", upload, func(q *request) { q.Interactive = interactive })
}

// pictureOf gives the header with a good's picture: our own bytes, to be
// uploaded, or its public address. A picture that WhatsApp does not take is
// left out, since the words say what it shows.
func pictureOf(good message.Goods) (*headerBody, *message.Media) {
	if good.Image != nil && good.Image.Blob != "" {
		if kind, err := (&rendering{}).kindOf(message.Image, good.Image); err == nil && kind == message.Image {
			upload := *good.Image
			return &headerBody{Type: "image", Image: &mediaBody{}}, &upload
		}
	}
	if good.ImageURL != "" {
		return &headerBody{Type: "image", Image: &mediaBody{Link: good.ImageURL}}, nil
	}
	return nil, nil
}

// door is a text over a button that opens a page.
func (r *rendering) door(header, text, footer, label, link string) error {
	interactive := &interactiveBody{Type: "cta_url", Body: words(text), Footer: words(footer)}
	if header != "" {
		interactive.Header = &headerBody{Type: "text", Text: header}
	}
	interactive.Action.Name = "cta_url"
	interactive.Action.Parameters = linkParameters{Label: message.LimitsOf(message.WhatsApp).Shop.LinkTitle.Cut(label), URL: link}
	return r.interactive(interactive, nil)
}
