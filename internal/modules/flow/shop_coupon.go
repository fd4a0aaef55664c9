package flow

import (
	"prosa/internal/message"
	"prosa/internal/modules/flow/expression"
)

// couponNode puts a coupon on the cart.
type couponNode struct {
	Head
	Text      Local  `json:"text,omitempty"` // asks for the code
	Code      string `json:"code,omitempty"` // expression: the code, without asking
	OnRefused string `json:"on_refused"`
	OnSkip    string `json:"on_skip"` // the customer has none
	patience
}

func (n *couponNode) exits() []exit {
	asked := n.Code == ""
	return []exit{
		{label: "next", to: n.Next, sets: cartVariables(), waited: asked},
		{label: "on_refused", to: n.OnRefused, waited: asked},
		{label: "on_skip", to: n.OnSkip, waited: asked},
		n.missed(),
	}
}

func (n *couponNode) says() int { return 1 }

func (n *couponNode) gist(language string) string { return n.Text.gist(language) }

type coupon struct {
	node *couponNode
	text texts
	code *expression.Program
}

func (n *couponNode) prepare(c *compiler) runner {
	return c.seller(&coupon{node: n, text: c.said("text", n.Text), code: c.optional("code", n.Code)}, &n.Head, &n.patience)
}

func (s *coupon) enter(r *run) step {
	if s.code != nil {
		if code := r.eval(s.code).String(); code != "" {
			return s.try(r, code)
		}
		return leave("on_skip", s.node.OnSkip)
	}
	r.open(s.node.Name, 0)
	r.prompt(s.prompt(r))
	return stop()
}

func (s *coupon) try(r *run, code string) step {
	return r.inquire(s.node.Name, 1, "shop.coupon", map[string]any{"code": shorten(code, 60)}, kept{})
}

func (s *coupon) prompt(r *run) prompt {
	words := r.phrases().shop
	none := []string{"nao", "no", "nao tenho", "sem cupom", "pular", "skip", "none", "nenhum"}
	return prompt{body: r.spoken(s.text, words.coupon), options: []promptOption{{title: words.noCoupon, synonyms: none}}}
}

func (s *coupon) take(r *run, at int, content *message.Content) (step, bool) {
	code := words(content)
	switch {
	case at == 0:
		return leave("on_skip", s.node.OnSkip), true
	case code == "":
		return step{}, false
	}
	return s.try(r, code), true
}

func (s *coupon) told(r *run, answer *Answer) step {
	var c cart
	no, ok := hears(answer, &c)
	switch {
	case !ok && no.Text == "":
		return r.unserved(no)
	case !ok:
		r.sayText(no.Text)
		return leave("on_refused", s.node.OnRefused)
	}
	c.save(r)
	return leave("next", s.node.Next)
}
