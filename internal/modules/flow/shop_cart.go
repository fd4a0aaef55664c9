package flow

import (
	"strconv"
	"strings"

	"prosa/internal/message"
	"prosa/internal/message/fold"
	"prosa/internal/modules/flow/expression"
)

// cartAddNode puts a product into the cart.
type cartAddNode struct {
	Head
	Variant       string `json:"variant,omitempty"`  // expression: its id; vars.product_variant when empty
	Quantity      string `json:"quantity,omitempty"` // expression; 1 when empty
	Text          Local  `json:"text,omitempty"`     // asks how many; then Quantity is not used
	Done          Local  `json:"done,omitempty"`     // said when it is in the cart
	OnUnavailable string `json:"on_unavailable"`
	patience
}

// maxQuantity is how many pieces of one thing a customer may ask for by a number.
const maxQuantity = 999

func (n *cartAddNode) exits() []exit {
	asked := len(n.Text) > 0
	return []exit{
		{label: "next", to: n.Next, sets: cartVariables(), waited: asked},
		{label: "on_unavailable", to: n.OnUnavailable, waited: asked},
		n.missed(),
	}
}

func (n *cartAddNode) says() int { return 1 }

func (n *cartAddNode) gist(language string) string { return n.Text.gist(language) }

type cartAdd struct {
	node              *cartAddNode
	text, done        texts
	variant, quantity *expression.Program
}

func (n *cartAddNode) prepare(c *compiler) runner {
	s := &cartAdd{
		node: n, text: c.said("text", n.Text), variant: c.program("variant", orText(n.Variant, "vars.product_variant")), quantity: c.optional("quantity", n.Quantity),
	}
	c.learned(cartVariables())
	s.done = c.said("done", n.Done)
	return c.seller(s, &n.Head, &n.patience)
}

func (s *cartAdd) enter(r *run) step {
	if len(s.node.Text) > 0 {
		r.open(s.node.Name, 0)
		r.prompt(s.prompt(r))
		return stop()
	}
	quantity := 1.0
	if s.quantity != nil {
		quantity, _ = r.eval(s.quantity).Number()
	}
	return s.add(r, int64(min(max(quantity, 1), maxQuantity)))
}

func (s *cartAdd) add(r *run, quantity int64) step {
	request := map[string]any{"variant_id": r.eval(s.variant).String(), "quantity": quantity}
	return r.inquire(s.node.Name, 1, "shop.add", request, kept{})
}

func (s *cartAdd) prompt(r *run) prompt {
	return prompt{body: r.render(s.text), refusal: r.phrases().shop.quantity}
}

func (s *cartAdd) take(r *run, _ int, content *message.Content) (step, bool) {
	quantity, ok := quantityIn(content)
	if !ok || quantity == 0 {
		return step{}, false
	}
	return s.add(r, quantity), true
}

// quantityIn reads "3", "quero 3", "três".
func quantityIn(content *message.Content) (int64, bool) {
	words := fold.Words(content.Text)
	n, found := onlyNumber(words)
	if !found {
		for i, name := range []string{"um uma one", "dois duas two", "tres three", "quatro four", "cinco five", "seis six", "sete seven", "oito eight", "nove nine", "dez ten"} {
			for _, one := range strings.Fields(name) {
				if words == one || core(words) == one {
					n, found = i+1, true
				}
			}
		}
	}
	return int64(n), found && n >= 0 && n <= maxQuantity
}

func (s *cartAdd) told(r *run, answer *Answer) step {
	var c cart
	if no, ok := hears(answer, &c); !ok {
		if no.Text == "" {
			return r.unserved(no)
		}
		r.sayText(no.Text)
		return leave("on_unavailable", s.node.OnUnavailable)
	}
	c.save(r)
	r.say(s.done)
	return leave("next", s.node.Next)
}

// cartShowNode says what is in the cart.
type cartShowNode struct {
	Head
	Text    Local  `json:"text,omitempty"`  // above the cart
	Quiet   bool   `json:"quiet,omitzero"`  // only sets the variables
	Empty   Local  `json:"empty,omitempty"` // said when there is nothing in it
	OnEmpty string `json:"on_empty"`
	Next    string `json:"next"`
}

func (n *cartShowNode) exits() []exit {
	return []exit{{label: "next", to: n.Next, sets: cartVariables()}, {label: "on_empty", to: n.OnEmpty}}
}

func (n *cartShowNode) says() int { return 1 }

func (n *cartShowNode) gist(language string) string { return n.Text.gist(language) }

type cartShow struct {
	node        *cartShowNode
	text, empty texts
}

func (n *cartShowNode) prepare(c *compiler) runner {
	s := &cartShow{node: n, empty: c.said("empty", n.Empty)}
	c.learned(cartVariables())
	s.text = c.said("text", n.Text)
	return c.seller(s, &n.Head, &patience{})
}

func (s *cartShow) enter(r *run) step {
	return r.inquire(s.node.Name, 0, "shop.cart", nil, kept{})
}

func (s *cartShow) prompt(*run) prompt { return prompt{} }

func (s *cartShow) take(*run, int, *message.Content) (step, bool) { return step{}, false }

func (s *cartShow) told(r *run, answer *Answer) step {
	var c cart
	if no, ok := hears(answer, &c); !ok {
		return r.unserved(no)
	}
	if c.Empty {
		if !s.node.Quiet {
			r.sayText(r.spoken(s.empty, r.phrases().shop.empty))
		}
		return leave("on_empty", s.node.OnEmpty)
	}
	c.save(r)
	if !s.node.Quiet {
		r.sayText(r.withNews(strings.TrimSpace(r.render(s.text)+"\n\n"+c.Text), &c))
	}
	return leave("next", s.node.Next)
}

// withNews adds to a text about the cart what changed since the customer filled
// it.
func (r *run) withNews(text string, c *cart) string {
	if c.Moved {
		text += "\n\n" + r.phrases().shop.moved
	}
	if c.Short {
		text += "\n\n" + r.phrases().shop.short
	}
	return text
}

// cartChangeNode has the customer take something out of the cart, or change how
// much of it there is.
type cartChangeNode struct {
	Head
	Text    Local  `json:"text,omitempty"` // asks for the line
	OnEmpty string `json:"on_empty"`
	patience
}

const (
	changeFetch = iota
	changePick
	changeQuantity
	changeDone
)

func (n *cartChangeNode) exits() []exit {
	return []exit{{label: "next", to: n.Next, sets: cartVariables(), waited: true}, {label: "on_empty", to: n.OnEmpty}, n.missed()}
}

func (n *cartChangeNode) says() int { return 1 }

func (n *cartChangeNode) gist(language string) string { return n.Text.gist(language) }

type cartChange struct {
	node *cartChangeNode
	text texts
}

func (n *cartChangeNode) prepare(c *compiler) runner {
	return c.seller(&cartChange{node: n, text: c.said("text", n.Text)}, &n.Head, &n.patience)
}

func (s *cartChange) enter(r *run) step {
	return r.inquire(s.node.Name, changeFetch, "shop.cart", nil, kept{})
}

func (s *cartChange) prompt(r *run) prompt {
	k, words := r.kept(), r.phrases().shop
	if r.state.Stage == changeQuantity {
		return prompt{body: words.howMany, refusal: words.quantity, options: []promptOption{{title: words.takeOut, synonyms: []string{"remover", "tirar", "remove"}}}}
	}
	p := prompt{body: r.spoken(s.text, words.whichLine), options: promptOptions(k.Items)}
	return prompt{body: p.body, options: append(p.options, promptOption{title: words.clear}, promptOption{title: words.leaveIt})}
}

func (s *cartChange) take(r *run, at int, content *message.Content) (step, bool) {
	k := r.kept()
	if r.state.Stage == changeQuantity && len(k.Words) == 1 {
		quantity, ok := quantityIn(content)
		if content.Kind == message.Pick || !ok && at == 0 {
			quantity, ok = 0, at == 0
		}
		if !ok {
			return step{}, false
		}
		return r.inquire(s.node.Name, changeDone, "shop.set", map[string]any{"variant_id": k.Words[0], "quantity": quantity}, kept{}), true
	}
	switch {
	case at >= 0 && at < len(k.Items):
		r.hold(changeQuantity, kept{Words: []string{k.Items[at].ID}})
		r.prompt(s.prompt(r))
		return stop(), true
	case at == len(k.Items):
		return r.inquire(s.node.Name, changeDone, "shop.clear", nil, kept{}), true
	case at == len(k.Items)+1:
		return r.inquire(s.node.Name, changeDone, "shop.cart", nil, kept{}), true
	}
	return step{}, false
}

func (s *cartChange) told(r *run, answer *Answer) step {
	var c cart
	no, ok := hears(answer, &c)
	switch {
	case !ok && no.Text == "":
		return r.unserved(no)
	case !ok:
		r.sayText(no.Text)
		return s.enter(r)
	case c.Empty:
		r.sayText(r.phrases().shop.empty)
		return leave("on_empty", s.node.OnEmpty)
	case r.state.Stage == changeDone:
		c.save(r)
		return leave("next", s.node.Next)
	}
	k := kept{}
	for _, line := range c.Lines {
		title := line.Name
		if len(line.Options) > 0 {
			title += " " + strings.Join(line.Options, " ")
		}
		k.Items = append(k.Items, keptItem{ID: line.VariantID, Title: shorten(title, maxTitle), Note: strconv.FormatInt(line.Quantity, 10) + " × " + shorten(line.TotalText, 40)})
	}
	r.hold(changePick, k)
	r.prompt(s.prompt(r))
	return stop()
}

// cartReceiveNode takes over the cart that a customer filled in the channel's
// own catalog and sent. It is where the flow's on_cart leads.
type cartReceiveNode struct {
	Head
	OnFailed string `json:"on_failed"` // nothing of it can be sold, or nothing was sent
	patience
}

const (
	receiveCart = iota
	receiveConfirm
)

func (n *cartReceiveNode) exits() []exit {
	return []exit{{label: "next", to: n.Next, sets: cartVariables()}, {label: "on_failed", to: n.OnFailed}, n.missed()}
}

func (n *cartReceiveNode) says() int { return 1 }

func (n *cartReceiveNode) gist(string) string { return "" }

type cartReceive struct{ node *cartReceiveNode }

func (n *cartReceiveNode) prepare(c *compiler) runner {
	return c.seller(&cartReceive{node: n}, &n.Head, &n.patience)
}

func (s *cartReceive) enter(r *run) step {
	if r.heard == nil || r.heard.Order == nil {
		return leave("on_failed", s.node.OnFailed)
	}
	return r.inquire(s.node.Name, receiveCart, "shop.receive", map[string]any{"order": r.heard.Order}, kept{})
}

func (s *cartReceive) told(r *run, answer *Answer) step {
	if r.state.Stage == receiveConfirm { // cleared, since the customer did not want it so
		return leave("on_failed", s.node.OnFailed)
	}
	var got struct {
		Cart        cart     `json:"cart"`
		Unavailable []string `json:"unavailable"`
		Confirm     bool     `json:"confirm"`
	}
	no, ok := hears(answer, &got)
	if !ok && no.Text == "" {
		return r.unserved(no)
	}
	if !ok || got.Cart.Empty {
		r.sayText(orText(no.Text, r.phrases().shop.gone))
		return leave("on_failed", s.node.OnFailed)
	}
	got.Cart.save(r)
	text := got.Cart.Text
	if len(got.Unavailable) > 0 {
		text += "\n\n" + r.phrases().shop.unavailable + " " + strings.Join(got.Unavailable, ", ")
	}
	if got.Confirm {
		r.hold(receiveConfirm, kept{})
		p := s.prompt(r)
		p.body = text + "\n\n" + r.phrases().shop.moved + "\n\n" + p.body
		r.prompt(p)
		return stop()
	}
	r.sayText(text)
	return leave("next", s.node.Next)
}

func (s *cartReceive) prompt(r *run) prompt {
	words := r.phrases().shop
	return prompt{body: words.goOn, options: []promptOption{{title: words.yes, synonyms: []string{"sim", "yes", "ok"}}, {title: words.no, synonyms: []string{"nao", "no"}}}}
}

func (s *cartReceive) take(r *run, at int, _ *message.Content) (step, bool) {
	switch at {
	case 0:
		return leave("next", s.node.Next), true
	case 1:
		return r.inquire(s.node.Name, receiveConfirm, "shop.clear", nil, kept{}), true
	}
	return step{}, false
}
