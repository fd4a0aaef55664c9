package whatsapp

import (
	"prosa/internal/message"
	"prosa/internal/message/lay"
)

// deck sends cards: side by side as a media carousel, or each by itself.
// Source: Cloud API, Interactive media carousel messages (2025-12).
func (r *rendering) deck(content message.Content) error {
	for _, spread := range lay.Deck(content, message.WhatsApp, r.out.Language) {
		var err error
		switch {
		case spread.Side:
			err = r.carousel(spread)
		case len(spread.Slides) == 0:
			err = r.texts(spread.Text)
		default:
			err = r.slide(spread.Slides[0])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// carousel shows slides side by side. Files of ours are uploaded one by one:
// Uploads are those of the cards that have neither id nor link, in their order.
func (r *rendering) carousel(spread lay.Spread) error {
	interactive := &interactiveBody{Type: "carousel", Body: words(spread.Text)}
	var uploads []message.Media
	for i, slide := range spread.Slides {
		header, upload, err := r.header(slide.Media)
		if err != nil || header.Type == "document" {
			// A card that cannot show its file stands alone, as all of them then do.
			return r.alone(spread.Text, spread.Slides)
		}
		if upload != nil {
			uploads = append(uploads, *upload)
		}
		next := card{Index: i, Header: header, Body: words(lay.Words(slide))}
		for _, option := range slide.Options {
			next.Action.Buttons = append(next.Action.Buttons, button{Type: "quick_reply", QuickReply: row{ID: option.ID, Title: option.Title}})
		}
		if len(slide.Links) > 0 {
			next.Type, next.Action.Name = "cta_url", "cta_url"
			next.Action.Parameters = linkParameters{Label: slide.Links[0].Title, URL: slide.Links[0].URL}
		}
		interactive.Action.Cards = append(interactive.Action.Cards, next)
	}
	err := r.interactive(interactive, func(plain *rendering) error { return plain.alone(spread.Text, spread.Slides) })
	if err == nil {
		r.parts[len(r.parts)-1].Uploads = uploads
	}
	return err
}

func (r *rendering) alone(text string, slides []message.Slide) error {
	if err := r.texts(text); err != nil {
		return err
	}
	for _, slide := range slides {
		if err := r.slide(slide); err != nil {
			return err
		}
	}
	return nil
}

// slide is one card in a message of its own: with something to tap a choice
// under its picture, with one page a button, else the file with its words.
func (r *rendering) slide(slide message.Slide) error {
	switch {
	case len(slide.Options) > 0:
		return r.choice(message.Content{
			Kind: message.Options, Text: lay.Alone(slide, slide.Links), Media: slide.Media, Choice: &message.Choice{Options: slide.Options},
		})
	case len(slide.Links) > 0:
		return r.links(message.Content{Kind: message.Links, Text: lay.Words(slide), Media: slide.Media, Links: slide.Links})
	case slide.Media != nil:
		return r.media(message.Content{Kind: kindByType(slide.Media), Text: lay.Words(slide), Media: slide.Media})
	default:
		return r.texts(lay.Words(slide))
	}
}

// album sends files one after the other, since WhatsApp groups them by itself;
// the words go with the first.
func (r *rendering) album(content message.Content) error {
	for i := range content.Album {
		one := message.Content{Kind: kindByType(&content.Album[i]), Media: &content.Album[i]}
		if i == 0 {
			one.Text = content.Text
		}
		if err := r.media(one); err != nil {
			return err
		}
	}
	return nil
}
