package flow

import (
	"prosa/internal/message"
	"prosa/internal/modules/flow/expression"
)

// productAboutNode learns which product a customer's message is about. It is
// where the flow's on_product leads.
type productAboutNode struct {
	Head
	OnNone string `json:"on_none"` // the product is not sold any more
	Next   string `json:"next"`
}

func (n *productAboutNode) exits() []exit {
	return []exit{
		{label: "next", to: n.Next, sets: append(productVariables(), "customer_text")},
		{label: "on_none", to: n.OnNone, sets: []string{"customer_text"}},
	}
}

func (n *productAboutNode) says() int { return 0 }

func (n *productAboutNode) gist(string) string { return "" }

type productAbout struct{ node *productAboutNode }

func (n *productAboutNode) prepare(c *compiler) runner {
	return c.seller(&productAbout{node: n}, &n.Head, &patience{})
}

func (s *productAbout) enter(r *run) step {
	said := ""
	if r.heard != nil {
		said = words(&r.heard.Content)
	}
	r.set("customer_text", expression.Of(said))
	if r.heard == nil || r.heard.About == nil {
		return leave("on_none", s.node.OnNone)
	}
	request := map[string]any{"catalog_id": r.heard.About.CatalogID, "retailer_id": r.heard.About.RetailerID}
	return r.inquire(s.node.Name, 0, "shop.about", request, kept{})
}

func (s *productAbout) prompt(*run) prompt { return prompt{} }

func (s *productAbout) take(*run, int, *message.Content) (step, bool) { return step{}, false }

func (s *productAbout) told(r *run, answer *Answer) step {
	var g goods
	no, ok := hears(answer, &g)
	switch {
	case !ok && no.Text == "":
		return r.unserved(no)
	case !ok || g.ProductID == "":
		return leave("on_none", s.node.OnNone)
	}
	g.save(r)
	return leave("next", s.node.Next)
}
