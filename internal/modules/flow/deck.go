package flow

import (
	"strconv"
	"strings"

	"prosa/internal/message"
	"prosa/internal/message/fold"
	"prosa/internal/modules/flow/expression"
)

// deckNode shows cards side by side. It waits where a card has options; else it
// goes on.
type deckNode struct {
	Head
	Text   Local       `json:"text,omitempty"` // above the cards
	Cards  []slideNode `json:"cards"`
	Save   string      `json:"save,omitempty"` // variable that gets the option's name
	Retry  Local       `json:"retry,omitempty"`
	Misses int         `json:"misses,omitzero"`
	OnMiss string      `json:"on_miss,omitempty"`
	Next   string      `json:"next,omitempty"` // for cards without options
}

// slideNode is one card.
type slideNode struct {
	Title   Local      `json:"title"`
	Text    Local      `json:"text,omitempty"`
	Media   *mediaNode `json:"media,omitempty"` // a picture or a film
	Options []tapNode  `json:"options,omitempty"`
	Links   []linkNode `json:"links,omitempty"`
}

// tapNode is something to tap on a card.
type tapNode struct {
	Name  string `json:"name"` // unique in the deck; saved, and shown in numbers and diffs
	Title Local  `json:"title"`
	Next  string `json:"next"`
}

// Limits on a deck: what the channels that show cards side by side agree on.
const (
	maxSlides = 10
	maxTaps   = 3
)

func (n *deckNode) taps() (all []*tapNode) {
	for i := range n.Cards {
		for k := range n.Cards[i].Options {
			all = append(all, &n.Cards[i].Options[k])
		}
	}
	return all
}

func (n *deckNode) exits() []exit {
	taps := n.taps()
	if len(taps) == 0 {
		return []exit{{label: "next", to: n.Next}}
	}
	var sets []string
	if n.Save != "" {
		sets = []string{n.Save}
	}
	out := make([]exit, 0, len(taps)+1)
	for _, tap := range taps {
		out = append(out, exit{label: tap.Name, to: tap.Next, sets: sets, waited: true})
	}
	return append(out, exit{label: "on_miss", to: n.OnMiss, optional: true, waited: true})
}

func (n *deckNode) says() int { return 1 }

func (n *deckNode) gist(language string) string {
	if len(n.Text) == 0 && len(n.Cards) > 0 {
		return n.Cards[0].Title.gist(language)
	}
	return n.Text.gist(language)
}

// deck is a prepared deckNode.
type deck struct {
	node        *deckNode
	text, retry texts
	slides      []slide
	taps        []*tapNode
}

type slide struct {
	node        *slideNode
	title, text texts
	taps        []texts
	links       []door
}

func (n *deckNode) prepare(c *compiler) runner {
	out := &deck{node: n, text: c.said("text", n.Text), retry: c.texts("retry", n.Retry), taps: n.taps()}
	c.variable("save", n.Save)
	c.misses(n.Misses)
	c.count("cards", len(n.Cards), maxSlides)
	taken := map[string]bool{}
	for i := range n.Cards {
		card, place := &n.Cards[i], "cards."+itoa(i+1)
		own := slide{
			node: card, title: c.texts(place+".title", card.Title, required), text: c.texts(place+".text", card.Text),
			links: c.doors(place+".links", card.Links),
		}
		if len(card.Options)+len(card.Links) > maxTaps {
			c.report(Error, codeOptions, itoa(len(card.Options)+len(card.Links)), itoa(maxTaps), place+".options")
		}
		if card.Media != nil {
			c.file(place+".media", card.Media)
			if card.Media.Kind != message.Image && card.Media.Kind != message.Video {
				c.report(Error, codeMedia, string(card.Media.Kind))
			}
		}
		for k := range card.Options {
			c.named(card.Options[k].Name, taken)
			own.taps = append(own.taps, c.texts(place+".options."+itoa(k+1)+".title", card.Options[k].Title, required))
		}
		out.slides = append(out.slides, own)
	}
	c.decked(out)
	return out
}

func (d *deck) enter(r *run) step {
	if len(d.taps) == 0 {
		r.send(d.content(r, r.render(d.text)))
		return leave("next", d.node.Next)
	}
	r.await(d.node.Name)
	return d.ask(r, r.render(d.text))
}

func (d *deck) ask(r *run, reason string) step {
	r.send(d.content(r, reason))
	return stop()
}

func (d *deck) repeat(r *run, remark string) step { return d.ask(r, remark) }

func (d *deck) hint(p *phrases) string { return p.cards }

// content is the deck with the given words above it.
func (d *deck) content(r *run, words string) message.Content {
	out := message.Content{Kind: message.Deck, Text: words}
	prefix, tap := optionPrefix(r.env.Session, r.state.Asked), int64(0)
	for i := range d.slides {
		own := &d.slides[i]
		shown := message.Slide{Title: r.render(own.title), Text: r.render(own.text), Links: r.opened(own.links)}
		if own.node.Media != nil {
			media := own.node.Media.media()
			shown.Media = &media
		}
		for _, title := range own.taps {
			shown.Options = append(shown.Options, message.Option{ID: prefix + strconv.FormatInt(tap, 36), Title: r.render(title)})
			tap++
		}
		out.Deck = append(out.Deck, shown)
	}
	return out
}

func (d *deck) answer(r *run, content *message.Content) step {
	at := -1
	if content.Kind == message.Pick && content.Pick != nil {
		if index, ours := strings.CutPrefix(content.Pick.ID, optionPrefix(r.env.Session, r.state.Asked)); ours {
			if n, err := strconv.ParseInt(index, 36, 16); err == nil && n >= 0 && int(n) < len(d.taps) {
				at = int(n)
			}
		}
	}
	if at < 0 {
		at = d.match(r, fold.Words(content.Text))
	}
	if at < 0 {
		complaint := r.render(d.retry)
		if complaint == "" {
			complaint = r.phrases().cards
		}
		return r.miss(d.node.Misses, d.node.OnMiss, content, d, complaint)
	}
	if d.node.Save != "" {
		r.set(d.node.Save, expression.Of(d.taps[at].Name))
	}
	return leave(d.taps[at].Name, d.taps[at].Next)
}

// match finds what a customer meant with words of their own: the title of the
// one option that has it, of a card with a single option, or of both together.
// It gives -1 where nothing, or more than one thing, fits.
func (d *deck) match(r *run, words string) int {
	if words == "" || len(words) > 300 {
		return -1
	}
	found, at := -1, 0
	for i := range d.slides {
		own := &d.slides[i]
		card := fold.Words(r.render(own.title))
		for _, title := range own.taps {
			tap := fold.Words(r.render(title))
			if words == tap || words == card && len(own.taps) == 1 || words == card+" "+tap || words == tap+" "+card {
				if found >= 0 {
					return -1
				}
				found = at
			}
			at++
		}
	}
	return found
}
