package flow

import (
	"strings"

	"prosa/internal/base/br"
	"prosa/internal/message"
)

// shippingNode settles how the order gets to the customer: fetched, or brought to
// an address that is asked for.
type shippingNode struct {
	Head
	Text   Local  `json:"text,omitempty"` // asks how; not asked when there is one way only
	OnNone string `json:"on_none"`        // nothing goes to that address
	patience
}

// Stages of a shippingNode.
const (
	shipWays     = iota // the shop tells what there is without an address
	shipWay             // the customer chooses between fetching and having it brought
	shipCEP             // the customer tells the CEP
	shipQuotes          // the shop tells what goes there
	shipQuote           // the customer chooses one
	shipStreet          // street and number
	shipArea            // neighbourhood
	shipCity            // city
	shipSettling        // the shop writes it into the cart
)

// pickupKind is how the shop calls orders that customers fetch.
const pickupKind = "pickup"

// Places of kept.Words.
const (
	shipZone = iota
	shipKind
	shipLabel
	shipCode // CEP
	shipAddress
	shipNeighbourhood
	shipWords
)

func (n *shippingNode) exits() []exit {
	return []exit{{label: "next", to: n.Next, sets: cartVariables()}, {label: "on_none", to: n.OnNone}, n.missed()}
}

func (n *shippingNode) says() int { return 1 }

func (n *shippingNode) gist(language string) string { return n.Text.gist(language) }

type shipping struct {
	node *shippingNode
	text texts
}

func (n *shippingNode) prepare(c *compiler) runner {
	return c.seller(&shipping{node: n, text: c.said("text", n.Text)}, &n.Head, &n.patience)
}

func (s *shipping) enter(r *run) step {
	return r.inquire(s.node.Name, shipWays, "shop.quotes", nil, kept{Words: make([]string, shipWords)})
}

func (s *shipping) told(r *run, answer *Answer) step {
	k := r.kept()
	if len(k.Words) != shipWords {
		k.Words = make([]string, shipWords)
	}
	if r.state.Stage == shipSettling {
		return s.settled(r, answer, k)
	}
	var list struct {
		Quotes []struct {
			ZoneID    string `json:"zone_id"`
			Kind      string `json:"kind"`
			Label     string `json:"label"`
			PriceText string `json:"price_text"`
		} `json:"quotes"`
	}
	if no, ok := hears(answer, &list); !ok && no.Text == "" {
		return r.unserved(no)
	}
	k.Items = nil
	for _, q := range list.Quotes {
		// Without an address only fetching is certain; with one the customer chose to
		// have it brought.
		if (q.Kind == pickupKind) == (r.state.Stage == shipWays) {
			k.Items = append(k.Items, keptItem{ID: q.ZoneID, Variant: q.Kind, Title: shorten(q.Label, maxTitle), Note: shorten(q.PriceText, maxTitle)})
		}
	}
	if r.state.Stage == shipWays {
		stage := shipWay
		if len(k.Items) == 0 {
			stage = shipCEP
		}
		return s.next(r, stage, k)
	}
	switch len(k.Items) {
	case 0:
		if k.Words[shipNeighbourhood] == "" { // a zone may be known by its name alone
			return s.next(r, shipArea, k)
		}
		r.sayText(r.phrases().shop.noDelivery)
		return leave("on_none", s.node.OnNone)
	case 1:
		return s.pick(r, 0, k)
	}
	return s.next(r, shipQuote, k)
}

// next asks the customer at a stage.
func (s *shipping) next(r *run, stage int, k kept) step {
	r.hold(stage, k)
	r.prompt(s.prompt(r))
	return stop()
}

func (s *shipping) pick(r *run, at int, k kept) step {
	item := k.Items[at]
	k.Items = nil
	k.Words[shipZone], k.Words[shipKind], k.Words[shipLabel] = item.ID, item.Variant, item.Title
	if item.Variant == pickupKind {
		return s.settle(r, "", k)
	}
	return s.next(r, shipStreet, k)
}

func (s *shipping) settle(r *run, city string, k kept) step {
	request := map[string]any{
		"zone_id": k.Words[shipZone], "kind": k.Words[shipKind], "label": k.Words[shipLabel], "cep": k.Words[shipCode],
		"address": k.Words[shipAddress], "neighbourhood": k.Words[shipNeighbourhood], "city": city,
	}
	return r.inquire(s.node.Name, shipSettling, "shop.delivery", request, k)
}

func (s *shipping) settled(r *run, answer *Answer, _ kept) step {
	var c cart
	no, ok := hears(answer, &c)
	switch {
	case !ok && no.Text == "":
		return r.unserved(no)
	case !ok:
		r.sayText(no.Text)
		return leave("on_none", s.node.OnNone)
	}
	c.save(r)
	return leave("next", s.node.Next)
}

func (s *shipping) prompt(r *run) prompt {
	k, words := r.kept(), r.phrases().shop
	switch r.state.Stage {
	case shipWay:
		return prompt{body: r.spoken(s.text, words.how), options: append(promptOptions(k.Items), promptOption{title: words.bring, synonyms: []string{"entrega", "entregar", "delivery"}})}
	case shipCEP:
		return prompt{body: words.cep, refusal: r.phrases().expect["cep"]}
	case shipQuote:
		return prompt{body: words.whichQuote, options: promptOptions(k.Items)}
	case shipStreet:
		return prompt{body: words.street}
	case shipArea:
		return prompt{body: words.area}
	default:
		return prompt{body: words.city}
	}
}

func (s *shipping) take(r *run, at int, content *message.Content) (step, bool) {
	k := r.kept()
	if len(k.Words) != shipWords {
		k.Words = make([]string, shipWords)
	}
	said := shorten(words(content), 300)
	switch r.state.Stage {
	case shipWay:
		if at == len(k.Items) {
			k.Items = nil
			return s.next(r, shipCEP, k), true
		}
		fallthrough
	case shipQuote:
		if at < 0 || at >= len(k.Items) {
			return step{}, false
		}
		return s.pick(r, at, k), true
	case shipCEP:
		cep, ok := br.CEP(said)
		if !ok {
			return step{}, false
		}
		k.Words[shipCode], k.Items = cep, nil
		return r.inquire(s.node.Name, shipQuotes, "shop.quotes", map[string]any{"cep": cep}, k), true
	}
	if strings.TrimSpace(said) == "" {
		return step{}, false
	}
	switch r.state.Stage {
	case shipStreet:
		k.Words[shipAddress] = said
		if k.Words[shipNeighbourhood] != "" {
			return s.next(r, shipCity, k), true
		}
		return s.next(r, shipArea, k), true
	case shipArea:
		if k.Words[shipNeighbourhood] = said; k.Words[shipZone] == "" {
			request := map[string]any{"cep": k.Words[shipCode], "neighbourhood": said}
			return r.inquire(s.node.Name, shipQuotes, "shop.quotes", request, k), true
		}
		return s.next(r, shipCity, k), true
	default:
		return s.settle(r, said, k), true
	}
}
