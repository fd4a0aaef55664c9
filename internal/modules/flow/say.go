package flow

import "prosa/internal/message"

// messageNode says something and goes on.
type messageNode struct {
	Head
	Text  Local      `json:"text,omitempty"` // body, or the caption of the medium
	Media *mediaNode `json:"media,omitempty"`
	Place *placeNode `json:"location,omitempty"`
	Next  string     `json:"next"`
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
	if n.Place != nil && len(n.Text) > 0 {
		return 2
	}
	return 1
}

type say struct {
	node *messageNode
	text texts
}

func (n *messageNode) prepare(c *compiler) runner {
	out := &say{node: n}
	switch {
	case n.Media != nil && n.Place != nil:
		c.report(Error, codeOneContent)
	case n.Media != nil:
		switch n.Media.Kind {
		case message.Image, message.Video, message.Audio, message.Document, message.Sticker:
		default:
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
	default:
		out.text = c.said("text", n.Text, required)
	}
	return out
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
	default:
		r.say(s.text)
	}
	return goTo(s.node.Next)
}
