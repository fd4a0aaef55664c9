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
	// Links are pages to open: buttons below the text, written out where a channel
	// has fewer.
	Links []linkNode `json:"links,omitempty"`
	// Album is several pictures and films at once.
	Album []mediaNode `json:"album,omitempty"`
	Next  string      `json:"next"`
}

// cardNode is a contact to keep, such as that of a shop.
type cardNode struct {
	Name   string   `json:"name"`
	Phones []string `json:"phones,omitempty"`
	Emails []string `json:"emails,omitempty"`
}

// linkNode is a page to open.
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
	if (n.Place != nil || n.Card != nil || len(n.Album) > 0) && len(n.Text) > 0 {
		return 2
	}
	return 1
}

func (n *messageNode) gist(language string) string { return n.Text.gist(language) }

// maxAlbum is how many files an album has at most: what Telegram and WhatsApp
// show together.
const maxAlbum = 10

type say struct {
	node  *messageNode
	text  texts
	links []door
}

// door is a prepared linkNode.
type door struct {
	title texts
	url   *sinkText
}

func (n *messageNode) prepare(c *compiler) runner {
	out := &say{node: n, links: c.doors("links", n.Links)}
	contents := 0
	for _, given := range []bool{n.Media != nil, n.Place != nil, n.Card != nil, len(n.Links) > 0, len(n.Album) > 0} {
		if given {
			contents++
		}
	}
	switch {
	case contents > 1:
		c.report(Error, codeOneContent)
	case n.Media != nil:
		c.file("media", n.Media)
		out.text = c.captions("text", n.Text)
	case n.Place != nil:
		if n.Place.Latitude < -90 || n.Place.Latitude > 90 || n.Place.Longitude < -180 || n.Place.Longitude > 180 {
			c.report(Error, codePlace)
		}
		out.text = c.said("text", n.Text)
		c.otherwise("location", message.Messenger, message.Instagram)
	case n.Card != nil:
		if strings.TrimSpace(n.Card.Name) == "" || len(n.Card.Phones)+len(n.Card.Emails) == 0 || len(n.Card.Phones)+len(n.Card.Emails) > maxTags {
			c.report(Error, codeMissing, "contact")
		}
		out.text = c.said("text", n.Text)
		c.otherwise("contact", message.Messenger, message.Instagram)
	case len(n.Album) > 0:
		c.count("album", len(n.Album), maxAlbum)
		for i := range n.Album {
			c.file("album."+itoa(i+1), &n.Album[i])
			if kind := n.Album[i].Kind; kind != message.Image && kind != message.Video {
				c.report(Error, codeMedia, string(kind))
			}
		}
		out.text = c.said("text", n.Text)
		c.otherwise("album", message.WhatsApp, message.Instagram)
	default:
		out.text = c.said("text", n.Text, required)
		c.linked(len(n.Links))
	}
	return out
}

// doors prepares links: their hosts are fixed and they hold no secrets.
func (c *compiler) doors(field string, links []linkNode) []door {
	if len(links) > maxLinks {
		c.report(Error, codeOptions, itoa(len(links)), itoa(maxLinks), field)
	}
	doors := make([]door, 0, len(links))
	for i, link := range links {
		place := field + "." + itoa(i+1)
		door := door{c.texts(place+".title", link.Title, required), c.sinkText(place+".url", link.URL, sinkURL)}
		for _, piece := range door.url.pieces {
			if piece.secret != "" {
				c.report(Error, codeSecretPlace, piece.secret)
			}
		}
		if !hostIsFixed(door.url) {
			c.report(Error, codeURL)
		}
		doors = append(doors, door)
	}
	return doors
}

// maxLinks is how many links one message has at most.
const maxLinks = 10

func (r *run) opened(doors []door) []message.Link {
	var links []message.Link
	for _, door := range doors {
		links = append(links, message.Link{Title: r.render(door.title), URL: door.url.render(r)})
	}
	return links
}

// file checks a file that the company uploaded.
func (c *compiler) file(field string, file *mediaNode) {
	if !filed(file.Kind) {
		c.report(Error, codeMedia, string(file.Kind))
	}
	if file.Blob == "" {
		c.report(Error, codeMissing, field+".blob")
	}
	c.carried(file)
}

func (n *mediaNode) media() message.Media {
	return message.Media{MIME: n.MIME, Name: n.Name, Blob: n.Blob, State: "ready"}
}

func (s *say) enter(r *run) step {
	switch n := s.node; {
	case n.Media != nil:
		media := n.Media.media()
		r.send(message.Content{Kind: n.Media.Kind, Text: r.render(s.text), Media: &media})
	case n.Place != nil:
		r.say(s.text)
		r.send(message.Content{Kind: message.Place, Place: &message.Location{
			Latitude: n.Place.Latitude, Longitude: n.Place.Longitude, Name: n.Place.Name, Address: n.Place.Address,
		}})
	case n.Card != nil:
		r.say(s.text)
		r.send(s.card(r.env.Channel))
	case len(n.Album) > 0:
		r.say(s.text)
		files := make([]message.Media, 0, len(n.Album))
		for i := range n.Album {
			files = append(files, n.Album[i].media())
		}
		r.send(message.Content{Kind: message.Album, Album: files})
	case len(n.Links) > 0:
		r.send(message.Content{Kind: message.Links, Text: r.render(s.text), Links: r.opened(s.links)})
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
