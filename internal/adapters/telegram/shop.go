package telegram

import (
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/message"
)

// shelf shows goods: a picture with something to tap below, a row for each, an
// album before the rows, or the way into the shop.
func (r *rendering) shelf(content message.Content) error {
	if content.Shelf == nil {
		return fault.OnField("shelf", "goods without a shelf")
	}
	for _, stall := range message.Arrange(content.Kind, *content.Shelf, content.Text, message.Telegram, r.out.Language) {
		if err := r.stall(stall); err != nil {
			return err
		}
	}
	return nil
}

func (r *rendering) stall(stall message.Stall) error {
	switch stall.Stand {
	case message.StandCard:
		return r.card(stall)
	case message.StandDoor:
		return r.withKeys(stall.Text, [][]key{{{Text: stall.Details, URL: stall.Link}}})
	case message.StandCards:
		if err := r.pictures(stall.Goods); err != nil {
			return err
		}
		return r.withKeys(stall.Text, rowsOf(stall.Rows))
	case message.StandRows:
		return r.withKeys(stall.Text, rowsOf(stall.Rows))
	default:
		return r.texts(stall.Text)
	}
}

// rowsOf puts each good on a line of its own: its label holds name and price.
func rowsOf(options []message.Option) [][]key {
	var rows [][]key
	for _, option := range options {
		if option.ID != "" {
			rows = append(rows, []key{{Text: option.Title, Data: option.ID}})
		}
	}
	return rows
}

func (r *rendering) withKeys(text string, rows [][]key) error {
	q := request{Text: text}
	if len(rows) > 0 {
		q.Markup = &markup{Keyboard: rows}
	}
	return r.add("sendMessage", q)
}

// card shows one good. A picture that Telegram cannot fetch costs the picture,
// not the message.
func (r *rendering) card(stall message.Stall) error {
	good := stall.Goods[0]
	var rows [][]key
	if stall.Button != "" {
		rows = append(rows, []key{{Text: stall.Button, Data: good.Option}})
	}
	if stall.Link != "" {
		rows = append(rows, []key{{Text: stall.Details, URL: stall.Link}})
	}
	picture := good.Image
	switch {
	case picture != nil && picture.Blob != "" && wayOf(message.Image, picture) == asPhoto:
	case good.ImageURL != "":
		picture = &message.Media{URL: good.ImageURL}
	default:
		return r.withKeys(stall.Text, rows)
	}
	q := request{Caption: stall.Text}
	if len(rows) > 0 {
		q.Markup = &markup{Keyboard: rows}
	}
	if err := r.file(message.Image, picture, q); err != nil {
		return err
	}
	return r.otherwise(func(other *rendering) error { return other.withKeys(stall.Text, rows) })
}

// pictures shows goods side by side, each with its words. An album carries no
// buttons: they come in the message after it.
func (r *rendering) pictures(goods []message.Goods) error {
	q := request{}
	words := make([]string, 0, len(goods))
	for _, good := range goods {
		text := good.CardText(message.Telegram, r.out.Language)
		q.Media = append(q.Media, picture{Type: "photo", Media: good.ImageURL, Caption: text})
		words = append(words, text)
	}
	if err := r.add("sendMediaGroup", q); err != nil {
		return err
	}
	text := message.LimitsOf(message.Telegram).Text.Cut(strings.Join(words, "\n\n"))
	return r.otherwise(func(other *rendering) error { return other.withKeys(text, nil) })
}

// bill is the bill in words with what one pays by: codes that a tap copies, a
// button for each page, and the picture of the Pix code.
func (r *rendering) bill(content message.Content) error {
	if content.Bill == nil {
		return fault.OnField("bill", "a bill without its lines")
	}
	bill := content.Bill.Worded(r.out.Language)
	bill.Native = false // Telegram has no form of its own for Pix
	if err := bill.Check(); err != nil {
		return err
	}
	limits := message.LimitsOf(message.Telegram)
	var codes marked
	var rows [][]key
	if bill.Pix != nil && bill.Pix.Code != "" {
		codes.code(bill.CodeTitle(r.out.Language), bill.Pix.Code)
		if limits.Shop.CopyText.Fits(bill.Pix.Code) {
			rows = append(rows, []key{{Text: bill.Copy, Copy: &copyText{bill.Pix.Code}}})
		}
	}
	if bill.Boleto != "" {
		codes.code(bill.BoletoTitle(r.out.Language), bill.Boleto)
	}
	if bill.Link != "" {
		rows = append(rows, []key{{Text: bill.Pay, URL: bill.Link}})
	}
	if bill.Page != "" {
		rows = append(rows, []key{{Text: bill.View, URL: bill.Page}})
	}
	written := bill.Written(content.Text, r.out.Language)
	if whole := codes.after(written); limits.Text.Fits(whole.text) {
		codes = whole
	} else if codes.text == "" {
		parts := message.Split(written, message.Telegram)
		for _, part := range parts[:len(parts)-1] {
			if err := r.add("sendMessage", request{Text: part}); err != nil {
				return err
			}
		}
		codes.text = parts[len(parts)-1]
	} else if err := r.texts(written); err != nil {
		return err
	}
	q := request{Text: codes.text, Entities: codes.entities}
	if len(rows) > 0 {
		q.Markup = &markup{Keyboard: rows}
	}
	if err := r.add("sendMessage", q); err != nil {
		return err
	}
	if bill.QR == nil || bill.QR.Blob == "" {
		return nil
	}
	return r.media(message.Content{Kind: message.Image, Text: bill.ScanTitle(r.out.Language), Media: bill.QR})
}

// marked is a text with parts that are codes.
type marked struct {
	text     string
	entities []entity
}

var units = message.Size{Unit: message.UTF16}

// code adds a title and below it a code.
func (m *marked) code(title, code string) {
	if m.text != "" {
		m.text += "\n\n"
	}
	m.text += title + "\n"
	m.entities = append(m.entities, entity{Type: "code", Offset: units.Of(m.text), Length: units.Of(code)})
	m.text += code
}

// after gives the whole with a text before it.
func (m *marked) after(text string) marked {
	if m.text == "" {
		return marked{text: text}
	}
	text += "\n\n"
	out := marked{text: text + m.text}
	for _, e := range m.entities {
		e.Offset += units.Of(text)
		out.entities = append(out.entities, e)
	}
	return out
}

// progress tells how far an order is, over a button that opens its page.
func (r *rendering) progress(content message.Content) error {
	progress := content.Progress
	if progress == nil {
		return fault.OnField("progress", "news of an order without its step")
	}
	parts := message.Split(progress.Written(content.Text, r.out.Language), message.Telegram)
	for n, part := range parts {
		var rows [][]key
		if n == len(parts)-1 && progress.Page != "" {
			rows = [][]key{{{Text: progress.Viewed(r.out.Language), URL: progress.Page}}}
		}
		if err := r.withKeys(part, rows); err != nil {
			return err
		}
	}
	return nil
}
