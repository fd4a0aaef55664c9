package thread

import (
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/message"
)

// Room of a card (Messenger Platform, generic template).
var (
	cardTitle = message.Size{Max: 80, Unit: message.UTF16}
	cardBelow = message.Size{Max: 80, Unit: message.UTF16}
)

// shelf shows goods: cards with pictures, a picture over buttons, chips below a
// list in words, or the way into the shop.
func (r *rendering) shelf(content message.Content) error {
	if content.Shelf == nil {
		return fault.OnField("shelf", "goods without a shelf")
	}
	for _, stall := range message.Arrange(content.Kind, *content.Shelf, content.Text, r.dialect.Channel, r.out.Language) {
		if err := r.stall(stall); err != nil {
			return err
		}
	}
	return nil
}

func (r *rendering) stall(stall message.Stall) error {
	switch stall.Stand {
	case message.StandCard:
		return r.good(stall)
	case message.StandCards:
		return r.goods(stall)
	case message.StandRows:
		return r.say(&messageBody{Text: stall.Text, QuickReplies: chips(stall.Rows)})
	case message.StandDoor:
		return r.buttons(stall.Text, []button{{Type: "web_url", Title: stall.Details, URL: stall.Link}})
	default:
		return r.texts(stall.Text)
	}
}

// goods are cards side by side, each with what takes it and what shows more.
func (r *rendering) goods(stall message.Stall) error {
	if err := r.texts(stall.Text); err != nil {
		return err
	}
	elements := make([]elementBody, 0, len(stall.Goods))
	for _, good := range stall.Goods {
		title, below, _ := strings.Cut(good.CardText(r.dialect.Channel, r.out.Language), "\n")
		element := elementBody{Title: cardTitle.Cut(title), Subtitle: cardBelow.Cut(below), Image: good.ImageURL}
		if good.Option != "" {
			element.Buttons = append(element.Buttons, button{Type: "postback", Title: stall.Button, Payload: good.Option})
		}
		elements = append(elements, element)
	}
	return r.carousel(elements)
}

// good shows one: as a card when its words have room there, after what
// introduces it; else its picture and all the words over the buttons.
func (r *rendering) good(stall message.Stall) error {
	good := stall.Goods[0]
	var buttons []button
	if stall.Button != "" {
		buttons = append(buttons, button{Type: "postback", Title: stall.Button, Payload: good.Option})
	}
	if stall.Link != "" {
		buttons = append(buttons, button{Type: "web_url", Title: stall.Details, URL: stall.Link})
	}
	title := strings.TrimSpace(good.Name)
	intro, below, named := strings.Cut(stall.Text, title)
	below = strings.TrimSpace(below)
	if good.ImageURL != "" && title != "" && named && cardTitle.Fits(title) && cardBelow.Fits(below) {
		if err := r.texts(intro); err != nil {
			return err
		}
		return r.carousel([]elementBody{{Title: title, Subtitle: below, Image: good.ImageURL, Buttons: buttons}})
	}
	if err := r.pictureOf(good); err != nil {
		return err
	}
	return r.buttons(stall.Text, buttons)
}

// pictureOf sends a good's picture. One that the platform does not take is left
// out, since the words say what it shows.
func (r *rendering) pictureOf(good message.Goods) error {
	for _, file := range []*message.Media{good.Image, {URL: good.ImageURL}} {
		if kind, err := r.carry(message.Image, file); err == nil && kind == message.Image {
			return r.file(kind, file)
		}
	}
	return nil
}

// bill is the bill in words, over a button that opens the page to pay on; then
// the Pix code alone, since a long tap copies a message, its picture, and the
// line of the boleto.
func (r *rendering) bill(content message.Content) error {
	if content.Bill == nil {
		return fault.OnField("bill", "a bill without its lines")
	}
	bill := content.Bill.Worded(r.out.Language)
	bill.Native = false // the platform has no form of its own for one
	if err := bill.Check(); err != nil {
		return err
	}
	written := bill.Written(content.Text, r.out.Language)
	hasCode := bill.Pix != nil && bill.Pix.Code != ""
	if hasCode {
		written += "\n\n" + bill.CodeTitle(r.out.Language)
	}
	var doors []message.Link
	if bill.Link != "" {
		doors = append(doors, message.Link{Title: bill.Pay, URL: bill.Link})
	}
	if bill.Page != "" {
		doors = append(doors, message.Link{Title: bill.View, URL: bill.Page})
	}
	if err := r.links(message.Content{Kind: message.Links, Text: written, Links: doors}); err != nil {
		return err
	}
	if hasCode {
		if err := r.texts(bill.Pix.Code); err != nil {
			return err
		}
	}
	if bill.QR != nil && bill.QR.Blob != "" {
		if err := r.media(message.Content{Kind: message.Image, Text: bill.ScanTitle(r.out.Language), Media: bill.QR}); err != nil {
			return err
		}
	}
	if bill.Boleto != "" {
		return r.texts(bill.BoletoTitle(r.out.Language) + "\n" + bill.Boleto)
	}
	return nil
}

// progress tells how far an order is, over a button that opens its page.
func (r *rendering) progress(content message.Content) error {
	progress := content.Progress
	if progress == nil {
		return fault.OnField("progress", "news of an order without its step")
	}
	news := message.Content{Kind: message.Links, Text: progress.Written(content.Text, r.out.Language)}
	if progress.Page != "" {
		news.Links = []message.Link{{Title: progress.Viewed(r.out.Language), URL: progress.Page}}
	}
	return r.links(news)
}
