package flow

import (
	"strconv"
	"strings"

	"prosa/internal/message"
	"prosa/internal/modules/flow/expression"
)

// productShowNode shows goods: those that are named, a collection, what a query
// finds, or the way into the whole catalog. How they look is the channel's
// matter: its own catalog where the company's is connected, else cards.
type productShowNode struct {
	Head
	Text       Local    `json:"text"`
	Header     Local    `json:"header,omitempty"`
	Footer     Local    `json:"footer,omitempty"`
	Button     Local    `json:"button,omitempty"`
	Products   []string `json:"products,omitempty"`   // ids
	Collection string   `json:"collection,omitempty"` // id
	Query      string   `json:"query,omitempty"`      // expression: words to look for
	Catalog    bool     `json:"catalog,omitzero"`     // the whole catalog
	Carousel   bool     `json:"carousel,omitzero"`    // side by side where a channel can
	None       Local    `json:"none,omitempty"`
	OnNone     string   `json:"on_none"`           // nothing can be shown
	OnCart     string   `json:"on_cart,omitempty"` // the customer sent a cart; the flow's own way when empty
	OnText     string   `json:"on_text,omitempty"` // the customer wrote something else
	patience
}

const (
	showFetch = iota // the shop makes the message
	showPick         // the customer is to choose
	showAbout        // the shop tells of what the customer wrote about
)

func (n *productShowNode) exits() []exit {
	return []exit{
		{label: "next", to: n.Next, sets: productVariables(), waited: true},
		{label: "on_cart", to: n.OnCart, optional: true, waited: true},
		{label: "on_text", to: n.OnText, sets: []string{"customer_text"}, optional: true, waited: true},
		{label: "on_none", to: n.OnNone},
		n.missed(),
	}
}

func (n *productShowNode) says() int { return 1 }

func (n *productShowNode) gist(language string) string { return n.Text.gist(language) }

type productShow struct {
	node                         *productShowNode
	text, header, footer, button texts
	none                         texts
	query                        *expression.Program
}

func (n *productShowNode) prepare(c *compiler) runner {
	given := 0
	for _, one := range []bool{len(n.Products) > 0, n.Collection != "", n.Query != "", n.Catalog} {
		if one {
			given++
		}
	}
	if given != 1 {
		c.report(Error, codeOneShelf)
	}
	if len(n.Products) > maxShelf {
		c.report(Error, codeOptions, itoa(len(n.Products)), itoa(maxShelf), "products")
	}
	s := &productShow{
		node: n, text: c.said("text", n.Text, required), header: c.texts("header", n.Header), footer: c.texts("footer", n.Footer),
		button: c.texts("button", n.Button), none: c.said("none", n.None), query: c.optional("query", n.Query),
	}
	return c.seller(s, &n.Head, &n.patience)
}

func (s *productShow) enter(r *run) step {
	request := map[string]any{"text": r.render(s.text), "limit": maxShelf}
	for name, value := range map[string]string{"header": r.render(s.header), "footer": r.render(s.footer), "button": r.render(s.button), "collection": s.node.Collection} {
		if value != "" {
			request[name] = value
		}
	}
	switch {
	case len(s.node.Products) > 0:
		request["product_ids"] = s.node.Products
	case s.query != nil:
		request["query"] = shorten(r.eval(s.query).String(), 200)
	case s.node.Catalog:
		request["catalog"] = true
	}
	if s.node.Carousel {
		request["carousel"] = true
	}
	return r.inquire(s.node.Name, showFetch, "shop.show", request, kept{})
}

// prompt is not what was shown, which the shop made, but enough to choose from
// it again.
func (s *productShow) prompt(r *run) prompt {
	return prompt{body: r.render(s.text), options: promptOptions(r.kept().Items)}
}

func (s *productShow) told(r *run, answer *Answer) step {
	if r.state.Stage == showAbout {
		return s.about(r, answer)
	}
	var shown struct {
		Content *message.Content `json:"content"`
		Goods   []goods          `json:"goods"`
	}
	if no, ok := hears(answer, &shown); !ok && no.Text == "" {
		return r.unserved(no)
	}
	if shown.Content == nil || len(shown.Goods) == 0 && !s.node.Catalog {
		r.sayText(r.spoken(s.none, r.phrases().shop.none))
		return leave("on_none", s.node.OnNone)
	}
	r.hold(showPick, kept{Items: keptGoods(shown.Goods)})
	r.send(*shown.Content)
	return stop()
}

func (s *productShow) about(r *run, answer *Answer) step {
	var g goods
	if _, ok := hears(answer, &g); !ok || g.ProductID == "" {
		k := r.kept()
		r.hold(showPick, k)
		r.sayText(r.phrases().shop.gone)
		return stop()
	}
	g.save(r)
	return leave("next", s.node.Next)
}

func (s *productShow) take(r *run, at int, content *message.Content) (step, bool) {
	k := r.kept()
	// The options of the shop count in tens; ours in thirty-sixes.
	if content.Kind == message.Pick && content.Pick != nil {
		if index, ours := strings.CutPrefix(content.Pick.ID, optionPrefix(r.env.Session, r.state.Asked)); ours {
			if n, err := strconv.Atoi(index); err == nil && n >= 0 && n < len(k.Items) {
				at = n
			}
		}
	}
	switch {
	case content.Kind == message.Cart && s.node.OnCart != "":
		return leave("on_cart", s.node.OnCart), true
	case content.About != nil:
		request := map[string]any{"catalog_id": content.About.CatalogID, "retailer_id": content.About.RetailerID}
		return r.inquire(s.node.Name, showAbout, "shop.about", request, k), true
	case at >= 0 && at < len(k.Items):
		k.Items[at].goods().save(r)
		return leave("next", s.node.Next), true
	case s.node.OnText != "" && words(content) != "":
		r.set("customer_text", expression.Of(words(content)))
		return leave("on_text", s.node.OnText), true
	}
	return step{}, false
}
