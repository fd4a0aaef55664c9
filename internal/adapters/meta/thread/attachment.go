package thread

import (
	"net/url"
	"path"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/fault"
	"prosa/internal/message"
)

// attachment is a file, a place, or something of the platform that was sent on.
type attachment struct {
	Type    string         `json:"type"`
	Title   string         `json:"title"` // fallback
	URL     string         `json:"url"`   // fallback
	Payload jsontext.Value `json:"payload"`
}

type payload struct {
	URL         string    `json:"url"`
	Title       string    `json:"title"`
	Sticker     meta.Text `json:"sticker_id"`
	Reel        meta.Text `json:"reel_video_id"`
	Post        meta.Text `json:"ig_post_media_id"`
	Story       meta.Text `json:"story_media_id"`
	Coordinates *struct {
		Lat  *float64 `json:"lat"`
		Long *float64 `json:"long"`
	} `json:"coordinates"`
}

// attached reads an attachment with the words that came beside it.
func (r *reading) attached(raw jsontext.Value, text string) error {
	var a attachment
	if err := meta.Read(raw, &a); err != nil {
		return fault.New(fault.Invalid, "the attachment cannot be read: %s", shape(err))
	}
	var p payload
	if a.Payload.Kind() == '{' {
		if err := meta.Read(a.Payload, &p); err != nil {
			return fault.New(fault.Invalid, "the attachment of type %.40q cannot be read: %s", a.Type, shape(err))
		}
	}
	r.Content = r.attachment(&a, &p, text)
	if r.Content.Kind == message.Unsupported {
		r.Content.Raw = rawOf(raw)
	}
	if r.Content.Media != nil && r.piece.Of > 1 {
		r.Content.Media.Album = r.ExternalID
		if r.piece.Nth > 1 {
			r.Content.Media.Album = midOf(r.ExternalID)
		}
	}
	return nil
}

// album reads the files of an echo as the one message that they were sent as:
// its id is that of our send.
func (r *reading) album(raw []jsontext.Value, text string) error {
	album := message.Content{Kind: message.Album, Text: text}
	for _, attachment := range raw {
		if err := r.attached(attachment, ""); err != nil {
			return err
		}
		if r.Content.Media != nil {
			album.Album = append(album.Album, *r.Content.Media)
		}
	}
	if len(album.Album) == 0 { // not files: the last of them stands for all
		r.Content.Text = or(text, r.Content.Text)
		return nil
	}
	r.Content = album
	return nil
}

func (r *reading) attachment(a *attachment, p *payload, text string) message.Content {
	content := message.Content{Kind: message.Unsupported, Text: text}
	switch a.Type {
	case "image", "sticker", "animated_image":
		return r.picture(a, p, text)
	case "video":
		return r.file(message.Video, p, text)
	case "audio":
		content = r.file(message.Audio, p, text)
		if content.Media != nil {
			// What people record comes under this name.
			content.Media.Voice = r.dialect.Recorded || strings.Contains(p.URL, "audioclip")
		}
	case "file":
		content = r.file(message.Document, p, text)
		if content.Media != nil {
			content.Media.Name = nameOf(p.URL)
		}
	case "location":
		if c := p.Coordinates; c != nil && c.Lat != nil && c.Long != nil {
			content.Kind, content.Place = message.Place, &message.Location{Latitude: *c.Lat, Longitude: *c.Long, Name: or(p.Title, a.Title)}
		}
	case "like_heart":
		content.Kind, content.Text = message.Sticker, "❤️"
	case "fallback":
		return r.link(or(p.Title, a.Title), or(p.URL, a.URL), text)
	case "template":
		return r.template(a, text)
	case "reel", "ig_reel":
		return r.shared("reel", string(p.Reel), p, text)
	case "ig_post":
		return r.shared("post", string(p.Post), p, text)
	case "share", "post":
		return r.shared("post", "", p, text)
	case "story_mention":
		return r.shared("story_mention", "", p, text)
	case "ig_story", "story":
		return r.shared("story", string(p.Story), p, text)
	}
	return content
}

// picture tells stickers from pictures: both come as images.
func (r *reading) picture(a *attachment, p *payload, text string) message.Content {
	switch {
	case thumbs[string(p.Sticker)]:
		return message.Content{Kind: message.Sticker, Text: "👍"}
	case p.Sticker != "" || a.Type == "sticker":
		return r.file(message.Sticker, p, text)
	default:
		content := r.file(message.Image, p, text)
		if content.Media != nil && a.Type == "animated_image" {
			content.Media.Animated = true
		}
		return content
	}
}

// file is a medium that lies at the platform, for a while. One that came
// without its address (it may be looked at once, or is gone) cannot be shown.
func (r *reading) file(kind message.Kind, p *payload, text string) message.Content {
	if p.URL == "" {
		return message.Content{Kind: message.Unsupported, Text: text}
	}
	return message.Content{Kind: kind, Text: text, Media: &message.Media{Remote: p.URL, State: "pending"}}
}

// shared is something of the platform: its file where the address is one, else
// the page to look at.
func (r *reading) shared(kind, id string, p *payload, text string) message.Content {
	content := message.Content{Kind: message.Share, Text: text, Share: &message.Shared{Kind: kind, ID: id, Title: p.Title}}
	switch {
	case p.URL == "":
	case kind == "story_mention" || r.hosts.HoldsFile(p.URL):
		content.Media = &message.Media{Remote: p.URL, State: "pending"}
	default:
		content.Share.URL = p.URL
	}
	return content
}

// link is a page that was sent, as the platform previews it. Words beside it
// stay what was said.
func (r *reading) link(title, address, text string) message.Content {
	if title == "" && address == "" {
		if text == "" {
			return message.Content{Kind: message.Unsupported}
		}
		return message.Content{Kind: message.Text, Text: text}
	}
	content := message.Content{Kind: message.Share, Text: text, Share: &message.Shared{Kind: "link", Title: title, URL: address}}
	if text != "" {
		content.Kind = message.Text
	}
	return content
}

// template is a message with buttons or cards: in an echo one that the company
// sent by another app, from a customer a product of a shop.
type template struct {
	Type     string    `json:"template_type"`
	Text     string    `json:"text"`
	Buttons  []tap     `json:"buttons"`
	Elements []element `json:"elements"`
	Product  *struct {
		Elements []element `json:"elements"`
	} `json:"product"`
	// Generic is where Instagram puts the cards.
	Generic *struct {
		Elements []element `json:"elements"`
	} `json:"generic"`
}

type element struct {
	ID       meta.Text `json:"id"`
	Retailer meta.Text `json:"retailer_id"`
	Title    string    `json:"title"`
	Subtitle string    `json:"subtitle"`
	Image    string    `json:"image_url"`
	URL      string    `json:"url"`
	Buttons  []tap     `json:"buttons"`
}

type tap struct {
	Type    string `json:"type"`
	Title   string `json:"title"`
	URL     string `json:"url"`
	Payload string `json:"payload"`
}

func (r *reading) template(a *attachment, text string) message.Content {
	var t template
	if a.Payload.Kind() == '{' && meta.Read(a.Payload, &t) != nil {
		return message.Content{Kind: message.Unsupported, Text: text}
	}
	if t.Generic != nil && len(t.Elements) == 0 {
		t.Elements = t.Generic.Elements
	}
	switch {
	case t.Product != nil && len(t.Product.Elements) > 0:
		return productOf(t.Product.Elements[0], text)
	case t.Type == "product" && len(t.Elements) > 0:
		return productOf(t.Elements[0], text)
	case len(t.Elements) > 0:
		content := message.Content{Kind: message.Deck, Text: text}
		for _, e := range t.Elements {
			slide := message.Slide{Title: e.Title, Text: e.Subtitle}
			slide.Options, slide.Links = taps(e.Buttons)
			if e.Image != "" {
				slide.Media = &message.Media{URL: e.Image}
			}
			content.Deck = append(content.Deck, slide)
		}
		return content
	case or(t.Text, text, a.Title) == "":
		return message.Content{Kind: message.Unsupported}
	}
	options, links := taps(t.Buttons)
	content := message.Content{Kind: message.Text, Text: or(t.Text, text, a.Title)}
	switch {
	case len(links) > 0:
		content.Kind, content.Links = message.Links, links
	case len(options) > 0:
		content.Kind, content.Choice = message.Options, &message.Choice{Options: options}
	}
	return content
}

// taps are the buttons of a template: what comes back as a pick, and pages.
func taps(buttons []tap) ([]message.Option, []message.Link) {
	var options []message.Option
	var links []message.Link
	for _, b := range buttons {
		switch {
		case b.URL != "":
			links = append(links, message.Link{Title: b.Title, URL: b.URL})
		case b.Payload != "":
			options = append(options, message.Option{ID: b.Payload, Title: b.Title})
		}
	}
	return options, links
}

func productOf(e element, text string) message.Content {
	id := or(string(e.Retailer), string(e.ID))
	content := message.Content{Kind: message.Share, Text: text, Share: &message.Shared{Kind: "product", ID: id, Title: e.Title, URL: e.URL}}
	if id != "" {
		content.About = &message.ProductRef{RetailerID: id}
	}
	return content
}

// nameOf is a file's name as its address has it, which is where the platform
// keeps it.
func nameOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return ""
	}
	name := path.Base(parsed.Path)
	if name == "." || name == "/" || !strings.Contains(name, ".") {
		return ""
	}
	return strings.ToValidUTF8(strings.ReplaceAll(name, "\x00", ""), "")
}

func or(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
