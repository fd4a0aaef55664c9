package flow

import (
	"strings"

	"prosa/internal/base/br"
	"prosa/internal/message"
	"prosa/internal/message/fold"
	"prosa/internal/modules/flow/expression"
)

// orderPlaceNode makes an order of the cart: how it is paid, who it is for, and
// the customer's yes to the total.
type orderPlaceNode struct {
	Head
	Text     Local  `json:"text,omitempty"` // above the cart that is to be confirmed
	Done     Local  `json:"done,omitempty"` // said when the order is placed
	OnCancel string `json:"on_cancel"`      // the customer said no
	OnShort  string `json:"on_short"`       // something is sold out, or the cart is empty
	OnFailed string `json:"on_failed"`      // the payment could not be set up, or another refusal
	patience
}

// Stages of an orderPlaceNode.
const (
	placePayments = iota // the shop tells how one can pay
	placePayment         // the customer chooses
	placeName            // the customer tells their name
	placeTaxID           // CPF or CNPJ
	placeCart            // the shop tells the cart to confirm
	placeConfirm         // the customer says yes or no
	placeOrder           // the shop places the order
)

// Places of kept.Words.
const (
	placeProvider = iota
	placeMethod
	placeNeedsTax // "1" where the vendor wants a tax id
	placeCustomer
	placeTax
	placeWords
)

func (n *orderPlaceNode) exits() []exit {
	return []exit{
		{label: "next", to: n.Next, sets: orderVariables(), waited: true},
		{label: "on_cancel", to: n.OnCancel, waited: true},
		{label: "on_short", to: n.OnShort},
		{label: "on_failed", to: n.OnFailed},
		n.missed(),
	}
}

func (n *orderPlaceNode) says() int { return 2 }

func (n *orderPlaceNode) gist(language string) string { return n.Text.gist(language) }

type orderPlace struct {
	node       *orderPlaceNode
	text, done texts
}

func (n *orderPlaceNode) prepare(c *compiler) runner {
	s := &orderPlace{node: n}
	c.learned(cartVariables())
	s.text = c.said("text", n.Text)
	c.learned(orderVariables())
	s.done = c.said("done", n.Done)
	return c.seller(s, &n.Head, &n.patience)
}

func (s *orderPlace) enter(r *run) step {
	return r.inquire(s.node.Name, placePayments, "shop.payments", nil, kept{Words: make([]string, placeWords)})
}

func (s *orderPlace) kept(r *run) kept {
	k := r.kept()
	if len(k.Words) != placeWords {
		k.Words = make([]string, placeWords)
	}
	return k
}

func (s *orderPlace) told(r *run, answer *Answer) step {
	switch r.state.Stage {
	case placePayments:
		return s.payments(r, answer)
	case placeCart:
		return s.confirm(r, answer)
	default:
		return s.placed(r, answer)
	}
}

func (s *orderPlace) payments(r *run, answer *Answer) step {
	var list struct {
		Choices []struct {
			Provider string `json:"provider"`
			Method   string `json:"method"`
			Label    string `json:"label"`
			TaxID    bool   `json:"tax_id"`
		} `json:"choices"`
	}
	no, ok := hears(answer, &list)
	if !ok && no.Text == "" {
		return r.unserved(no)
	}
	k := s.kept(r)
	for _, c := range list.Choices {
		needs := ""
		if c.TaxID {
			needs = "1"
		}
		k.Items = append(k.Items, keptItem{ID: c.Provider, Variant: c.Method, Title: shorten(c.Label, maxTitle), Link: needs})
	}
	switch len(k.Items) {
	case 0:
		r.sayText(orText(no.Text, r.phrases().shop.noPayment))
		return leave("on_failed", s.node.OnFailed)
	case 1:
		return s.paidBy(r, 0, k)
	}
	return s.next(r, placePayment, k)
}

func (s *orderPlace) paidBy(r *run, at int, k kept) step {
	item := k.Items[at]
	k.Items = nil
	k.Words[placeProvider], k.Words[placeMethod], k.Words[placeNeedsTax] = item.ID, item.Variant, item.Link
	if k.Words[placeCustomer] = strings.TrimSpace(r.env.Contact.Name); k.Words[placeCustomer] == "" {
		return s.next(r, placeName, k)
	}
	return s.identified(r, k)
}

// identified goes on once the name is known.
func (s *orderPlace) identified(r *run, k kept) step {
	if k.Words[placeNeedsTax] != "" && k.Words[placeTax] == "" {
		for _, field := range []string{"cpf", "cnpj", "tax_id"} {
			if known := r.env.Contact.Fields[field]; known != "" && k.Words[placeTax] == "" {
				k.Words[placeTax] = known
			}
		}
		if k.Words[placeTax] == "" {
			return s.next(r, placeTaxID, k)
		}
	}
	return r.inquire(s.node.Name, placeCart, "shop.cart", nil, k)
}

// confirm shows what is about to be ordered.
func (s *orderPlace) confirm(r *run, answer *Answer) step {
	var c cart
	if no, ok := hears(answer, &c); !ok {
		return r.unserved(no)
	}
	k := s.kept(r)
	if c.Empty {
		r.sayText(r.phrases().shop.empty)
		return leave("on_short", s.node.OnShort)
	}
	c.save(r)
	k.Sum = c.Total
	r.hold(placeConfirm, k)
	p := s.prompt(r)
	p.body = strings.TrimSpace(r.withNews(strings.TrimSpace(r.render(s.text)+"\n\n"+c.Text), &c) + "\n\n" + p.body)
	r.prompt(p)
	return stop()
}

func (s *orderPlace) placed(r *run, answer *Answer) step {
	var o order
	no, ok := hears(answer, &o)
	k := s.kept(r)
	switch {
	case ok:
		o.save(r)
		r.sayText(r.spoken(s.done, r.phrases().shop.placed+" "+o.Number))
		return leave("next", s.node.Next)
	case no.Reason == "price_moved": // the customer says yes to the new total, or not
		return r.inquire(s.node.Name, placeCart, "shop.cart", nil, k)
	case no.Reason == "out_of_stock", no.Reason == "cart_empty":
		r.sayText(orText(no.Text, r.phrases().shop.soldOut))
		return leave("on_short", s.node.OnShort)
	case no.Text == "":
		return r.unserved(no)
	}
	r.sayText(no.Text)
	return leave("on_failed", s.node.OnFailed)
}

func (s *orderPlace) next(r *run, stage int, k kept) step {
	r.hold(stage, k)
	r.prompt(s.prompt(r))
	return stop()
}

func (s *orderPlace) prompt(r *run) prompt {
	words := r.phrases().shop
	switch r.state.Stage {
	case placePayment:
		return prompt{body: words.payment, options: promptOptions(r.kept().Items)}
	case placeName:
		return prompt{body: words.name}
	case placeTaxID:
		return prompt{body: words.taxID, refusal: r.phrases().expect["cpf"]}
	default:
		return prompt{body: words.confirm, options: []promptOption{
			{title: words.yes, synonyms: []string{"sim", "yes", "ok", "confirmo", "isso", "pode ser", "fechar"}}, {title: words.no, synonyms: []string{"nao", "no", "cancelar", "cancel"}},
		}}
	}
}

func (s *orderPlace) take(r *run, at int, content *message.Content) (step, bool) {
	k := s.kept(r)
	switch r.state.Stage {
	case placePayment:
		if at < 0 || at >= len(k.Items) {
			return step{}, false
		}
		return s.paidBy(r, at, k), true
	case placeName:
		if k.Words[placeCustomer] = strings.TrimSpace(shorten(words(content), 120)); k.Words[placeCustomer] == "" {
			return step{}, false
		}
		return s.identified(r, k), true
	case placeTaxID:
		plain, ok := br.CPF(words(content))
		if !ok {
			plain, ok = br.CNPJ(words(content))
		}
		if !ok {
			return step{}, false
		}
		k.Words[placeTax] = plain
		return s.identified(r, k), true
	}
	switch at {
	case 0:
		customer := map[string]any{"name": k.Words[placeCustomer], "phone": r.env.Contact.Fields["phone"], "tax_id": k.Words[placeTax]}
		return r.inquire(s.node.Name, placeOrder, "shop.place", map[string]any{
			"provider": k.Words[placeProvider], "method": k.Words[placeMethod], "expected_total": k.Sum, "customer": customer,
		}, k), true
	case 1:
		return leave("on_cancel", s.node.OnCancel), true
	}
	return step{}, false
}

// orderStatusNode tells how an order is: the latest, or the one whose number the
// customer tells.
type orderStatusNode struct {
	Head
	Text   Local  `json:"text,omitempty"`   // asks for the number; the latest order when empty
	Number string `json:"number,omitempty"` // expression: the number, without asking
	Quiet  bool   `json:"quiet,omitzero"`   // only sets the variables
	OnNone string `json:"on_none"`
	patience
}

const (
	statusNumber = iota
	statusFetch
	statusLatest
)

func (n *orderStatusNode) asks() bool { return n.Number == "" && len(n.Text) > 0 }

func (n *orderStatusNode) exits() []exit {
	return []exit{
		{label: "next", to: n.Next, sets: orderVariables(), waited: n.asks()},
		{label: "on_none", to: n.OnNone, waited: n.asks()},
		n.missed(),
	}
}

func (n *orderStatusNode) says() int { return 1 }

func (n *orderStatusNode) gist(language string) string { return n.Text.gist(language) }

type orderStatus struct {
	node   *orderStatusNode
	text   texts
	number *expression.Program
}

func (n *orderStatusNode) prepare(c *compiler) runner {
	return c.seller(&orderStatus{node: n, text: c.said("text", n.Text), number: c.optional("number", n.Number)}, &n.Head, &n.patience)
}

func (s *orderStatus) enter(r *run) step {
	switch {
	case s.number != nil:
		return s.fetch(r, r.eval(s.number).String())
	case s.node.asks():
		r.open(s.node.Name, statusNumber)
		r.prompt(s.prompt(r))
		return stop()
	}
	return r.inquire(s.node.Name, statusLatest, "shop.orders", map[string]any{"limit": 1}, kept{})
}

func (s *orderStatus) fetch(r *run, number string) step {
	return r.inquire(s.node.Name, statusFetch, "shop.order", map[string]any{"number": shorten(strings.TrimSpace(number), 40)}, kept{})
}

func (s *orderStatus) prompt(r *run) prompt { return prompt{body: r.render(s.text)} }

func (s *orderStatus) take(r *run, _ int, content *message.Content) (step, bool) {
	said := words(content)
	switch fold.Words(said) {
	case "":
		return step{}, false
	case "nao sei", "ultimo", "o ultimo", "last", "the last", "i don t know", "latest":
		return r.inquire(s.node.Name, statusLatest, "shop.orders", map[string]any{"limit": 1}, kept{}), true
	}
	return s.fetch(r, said), true
}

func (s *orderStatus) told(r *run, answer *Answer) step {
	var o order
	var no refusal
	var ok bool
	if r.state.Stage == statusLatest {
		var list struct {
			Orders []order `json:"orders"`
		}
		if no, ok = hears(answer, &list); ok && len(list.Orders) > 0 {
			o = list.Orders[0]
		}
	} else {
		no, ok = hears(answer, &o)
	}
	switch {
	case !ok && no.Text == "" && no.Reason != "order_not_found":
		return r.unserved(no)
	case !ok || o.ID == "":
		r.sayText(orText(no.Text, r.phrases().shop.noOrder))
		return leave("on_none", s.node.OnNone)
	}
	o.save(r)
	if !s.node.Quiet {
		words := r.phrases().shop
		text := words.order + " " + o.Number + ": " + o.StateText + "\n" + words.total + ": " + o.TotalText
		if o.Link != "" {
			text += "\n" + o.Link
		}
		r.sayText(text)
	}
	return leave("next", s.node.Next)
}
