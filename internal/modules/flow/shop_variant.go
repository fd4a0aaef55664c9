package flow

import (
	"slices"

	"prosa/internal/message"
	"prosa/internal/modules/flow/expression"
)

// productVariantNode has the customer choose which one of a product: size, then
// colour, each among what can still be had. A product with one is not asked for.
type productVariantNode struct {
	Head
	Product   string `json:"product,omitempty"` // expression: its id; vars.product_id when empty
	Text      Local  `json:"text,omitempty"`    // before the name of each option
	OnSoldOut string `json:"on_sold_out"`
	patience
}

func (n *productVariantNode) exits() []exit {
	return []exit{
		// A product with one variant is passed at once.
		{label: "next", to: n.Next, sets: productVariables()},
		{label: "on_sold_out", to: n.OnSoldOut},
		n.missed(),
	}
}

func (n *productVariantNode) says() int { return 1 }

func (n *productVariantNode) gist(language string) string { return n.Text.gist(language) }

type productVariant struct {
	node    *productVariantNode
	text    texts
	product *expression.Program
}

func (n *productVariantNode) prepare(c *compiler) runner {
	s := &productVariant{node: n, text: c.said("text", n.Text), product: c.program("product", orText(n.Product, "vars.product_id"))}
	return c.seller(s, &n.Head, &n.patience)
}

const (
	variantFetch = iota
	variantPick
)

func (s *productVariant) enter(r *run) step { return s.fetch(r, nil) }

// fetch asks what can be had, with what is chosen so far in mind.
func (s *productVariant) fetch(r *run, chosen []string) step {
	return r.inquire(s.node.Name, variantFetch, "shop.variants", map[string]any{"product_id": r.eval(s.product).String()}, kept{Words: chosen})
}

type variant struct {
	VariantID string   `json:"variant_id"`
	Options   []string `json:"options"`
	Name      string   `json:"name"`
	PriceText string   `json:"price_text"`
	Available bool     `json:"available"`
}

func (s *productVariant) told(r *run, answer *Answer) step {
	var product struct {
		Name     string    `json:"name"`
		Options  []string  `json:"options"`
		Variants []variant `json:"variants"`
	}
	if no, ok := hears(answer, &product); !ok && no.Text == "" {
		return r.unserved(no)
	}
	chosen := r.kept().Words
	var left []variant
	for _, v := range product.Variants {
		if v.Available && len(v.Options) >= len(chosen) && slices.Equal(v.Options[:len(chosen)], chosen) {
			left = append(left, v)
		}
	}
	for len(left) > 1 && len(chosen) < len(left[0].Options) {
		values, prices := distinct(left, len(chosen))
		if len(values) > 1 {
			items := make([]keptItem, len(values))
			for i, value := range values {
				items[i] = keptItem{ID: value, Title: value, Note: prices[i]}
			}
			name := ""
			if len(chosen) < len(product.Options) {
				name = product.Options[len(chosen)]
			}
			r.hold(variantPick, kept{Items: items, Words: append(chosen, name)})
			r.prompt(s.prompt(r))
			return stop()
		}
		chosen = append(chosen, values[0])
	}
	if len(left) == 0 {
		r.sayText(r.phrases().shop.soldOut)
		return leave("on_sold_out", s.node.OnSoldOut)
	}
	one := left[0]
	r.set("product_id", r.eval(s.product))
	r.set("product_variant", expression.Of(one.VariantID))
	r.set("product_name", expression.Of(orText(one.Name, product.Name)))
	r.set("product_price", expression.Of(one.PriceText))
	r.set("product_link", r.state.Get("product_link").Value)
	return leave("next", s.node.Next)
}

// distinct gives the values of an option among variants, in their order, with
// the price of each that has one price only.
func distinct(list []variant, option int) (values, prices []string) {
	for _, v := range list {
		if option >= len(v.Options) {
			continue
		}
		at := slices.Index(values, v.Options[option])
		switch {
		case at < 0:
			values, prices = append(values, v.Options[option]), append(prices, v.PriceText)
		case prices[at] != v.PriceText:
			prices[at] = ""
		}
	}
	if len(values) == 0 {
		values, prices = []string{""}, []string{""}
	}
	return values, prices
}

func (s *productVariant) prompt(r *run) prompt {
	k := r.kept()
	body := r.phrases().shop.option
	if n := len(k.Words); n > 0 && k.Words[n-1] != "" {
		body = k.Words[n-1] + ":"
	}
	if before := r.render(s.text); before != "" {
		body = before + "\n" + body
	}
	return prompt{body: body, options: promptOptions(k.Items)}
}

func (s *productVariant) take(r *run, at int, _ *message.Content) (step, bool) {
	k := r.kept()
	if at < 0 || at >= len(k.Items) || len(k.Words) == 0 {
		return step{}, false
	}
	return s.fetch(r, append(k.Words[:len(k.Words)-1], k.Items[at].ID)), true
}
