package flow

import (
	"strings"

	"prosa/internal/message"
)

// messageNode says something and goes on.
type messageNode struct {
	Head
	Text  Local      `json:"text,omitempty"` // body, or the caption of the medium
	Media *mediaNode `json:"media,omitempty"`
	Place *placeNode `json:"location,omitempty"`
	Card  *cardNode  `json:"contact,omitempty"`
	Link  *linkNode  `json:"link,omitempty"` // below the text
	Next  string     `json:"next"`
}

// cardNode is a contact to keep, such as that of a shop.
type cardNode struct {
	Name   string   `json:"name"`
	Phones []string `json:"phones,omitempty"`
	Emails []string `json:"emails,omitempty"`
}

// linkNode is a page to open. It is written below the text, which every channel
// makes a link of.
type linkNode struct {
	Title Local  `json:"title"`
	URL   string `json:"url"` // template after the host
}

// mediaNode is a file that the company uploaded.
type mediaNode struct {
	Kind message.Kind `json:"kind"` // image, video, audio, document, sticker
	Blob string       `json:"blob"` // our key of the bytes
	MIME string       `json:"mime"`
	Name string       `json:"name,omitempty"`
}

type placeNode struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
}

func (n *messageNode) exits() []exit { return []exit{{label: "next", to: n.Next}} }

func (n *messageNode) says() int {
	if (n.Place != nil || n.Card != nil) && len(n.Text) > 0 {
		return 2
	}
	return 1
}

func (n *messageNode) gist(language string) string { return n.Text.gist(language) }

type say struct {
	node  *messageNode
	text  texts
	title texts // of the link
	url   *sinkText
}

func (n *messageNode) prepare(c *compiler) runner {
	out := &say{node: n}
	contents := 0
	for _, given := range []bool{n.Media != nil, n.Place != nil, n.Card != nil} {
		if given {
			contents++
		}
	}
	if n.Link != nil {
		out.title, out.url = c.texts("link.title", n.Link.Title, required), c.sinkText("link.url", n.Link.URL, sinkURL)
		for _, piece := range out.url.pieces {
			if piece.secret != "" {
				c.report(Error, codeSecretPlace, piece.secret)
			}
		}
		if !hostIsFixed(out.url) {
			c.report(Error, codeURL)
		}
	}
	switch {
	case contents > 1 || contents > 0 && n.Link != nil:
		c.report(Error, codeOneContent)
	case n.Media != nil:
		if !filed(n.Media.Kind) {
			c.report(Error, codeMedia, string(n.Media.Kind))
		}
		if n.Media.Blob == "" {
			c.report(Error, codeMissing, "media.blob")
		}
		out.text = c.captions("text", n.Text)
	case n.Place != nil:
		if n.Place.Latitude < -90 || n.Place.Latitude > 90 || n.Place.Longitude < -180 || n.Place.Longitude > 180 {
			c.report(Error, codePlace)
		}
		out.text = c.said("text", n.Text)
	case n.Card != nil:
		if strings.TrimSpace(n.Card.Name) == "" || len(n.Card.Phones)+len(n.Card.Emails) == 0 || len(n.Card.Phones)+len(n.Card.Emails) > maxTags {
			c.report(Error, codeMissing, "contact")
		}
		out.text = c.said("text", n.Text)
	default:
		out.text = c.said("text", n.Text, required)
		out.fits(c)
	}
	return out
}

// fits holds a text with its link below it against the channels.
func (s *say) fits(c *compiler) {
	if s.url == nil {
		return
	}
	link := ""
	for _, piece := range s.url.pieces {
		link += piece.text
	}
	for _, channel := range c.options.Channels {
		limit := message.LimitsOf(channel).Text
		for i := range min(len(s.text), len(s.title)) {
			if n := limit.Of(s.text[i].Static() + "\n\n" + s.title[i].Static() + ": " + link); n > limit.Max {
				c.report(Error, codeTooLong, "text + link", string(channel), c.flow.languages[i], itoa(n), itoa(limit.Max))
			}
		}
	}
}

func (s *say) enter(r *run) step {
	switch n := s.node; {
	case n.Media != nil:
		r.send(message.Content{
			Kind: n.Media.Kind, Text: r.render(s.text),
			Media: &message.Media{MIME: n.Media.MIME, Name: n.Media.Name, Blob: n.Media.Blob, State: "ready"},
		})
	case n.Place != nil:
		r.say(s.text)
		r.send(message.Content{Kind: message.Place, Place: &message.Location{
			Latitude: n.Place.Latitude, Longitude: n.Place.Longitude, Name: n.Place.Name, Address: n.Place.Address,
		}})
	case n.Card != nil:
		r.say(s.text)
		r.send(s.card(r.env.Channel))
	case n.Link != nil:
		r.sayText(r.render(s.text) + "\n\n" + r.render(s.title) + ": " + s.url.render(r))
	default:
		r.say(s.text)
	}
	return leave("next", s.node.Next)
}

// card is the contact, in words where a channel has no cards.
func (s *say) card(channel message.Channel) message.Content {
	card := s.node.Card
	if channel == message.WhatsApp || channel == message.Telegram {
		return message.Content{Kind: message.Cards, Cards: []message.Card{{Name: card.Name, Phones: card.Phones, Emails: card.Emails}}}
	}
	lines := append(append([]string{card.Name}, card.Phones...), card.Emails...)
	return message.Content{Kind: message.Text, Text: strings.Join(lines, "\n")}
}
