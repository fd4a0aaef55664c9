package flow

import (
	"prosa/internal/message"
	"prosa/internal/modules/flow/expression"
)

// orderPayNode waits until an order is paid, or can't be any more. The bill
// itself is sent by the shop. The customer may write meanwhile.
type orderPayNode struct {
	Head
	Order         string `json:"order,omitempty"`   // expression: its id; vars.order_id when empty
	Waiting       Local  `json:"waiting,omitempty"` // said to a customer who writes meanwhile
	Remind        Local  `json:"remind,omitempty"`  // said once, after RemindMinutes
	RemindMinutes int    `json:"remind_minutes,omitzero"`
	OnExpired     string `json:"on_expired"`
	OnCanceled    string `json:"on_canceled"`
	Next          string `json:"next"`
}

// recheckMS is how often the shop is asked again on its own: should news of a
// payment have been lost, they are late and no more.
const recheckMS = int64(10 * 60_000)

func (n *orderPayNode) exits() []exit {
	// An order that was paid at once is passed at once.
	return []exit{
		{label: "next", to: n.Next, sets: orderVariables()},
		{label: "on_expired", to: n.OnExpired, sets: orderVariables()},
		{label: "on_canceled", to: n.OnCanceled, sets: orderVariables()},
	}
}

func (n *orderPayNode) says() int { return 1 }

func (n *orderPayNode) gist(language string) string { return n.Waiting.gist(language) }

type orderPay struct {
	node            *orderPayNode
	waiting, remind texts
	order           *expression.Program
}

func (n *orderPayNode) prepare(c *compiler) runner {
	if n.RemindMinutes < 0 || n.RemindMinutes > 1380 {
		c.report(Error, codeBounds, "remind_minutes", "1", "1380")
	}
	if n.RemindMinutes > 0 && len(n.Remind) == 0 {
		c.report(Error, codeMissing, "remind")
	}
	s := &orderPay{node: n, waiting: c.said("waiting", n.Waiting), remind: c.said("remind", n.Remind), order: c.program("order", orText(n.Order, "vars.order_id"))}
	return &payment{seller{scene: s, name: n.Name}, s}
}

// payment is the dialog of an orderPayNode, for which time goes by.
type payment struct {
	seller
	order *orderPay
}

func (s *orderPay) enter(r *run) step {
	k := kept{}
	if s.node.RemindMinutes > 0 {
		k.AtMS = r.env.NowMS + int64(s.node.RemindMinutes)*60_000
	}
	return s.look(r, k)
}

func (s *orderPay) look(r *run, k kept) step {
	return r.inquire(s.node.Name, 0, "shop.await", map[string]any{"order_id": r.eval(s.order).String()}, k)
}

func (s *orderPay) told(r *run, answer *Answer) step {
	if answer.Pending {
		k := r.kept()
		r.state.Topic, r.state.DueMS = answer.Topic, r.env.NowMS+recheckMS
		if k.AtMS > 0 {
			r.state.DueMS = min(r.state.DueMS, k.AtMS)
		}
		if r.state.Topic == "" {
			return r.unserved(refusal{Reason: "pending without a topic"})
		}
		return stop()
	}
	var done struct {
		State string `json:"state"`
		Order order  `json:"order"`
	}
	if no, ok := hears(answer, &done); !ok {
		return r.unserved(no)
	}
	done.Order.save(r)
	switch done.State {
	case "paid":
		return leave("next", s.node.Next)
	case "expired":
		return leave("on_expired", s.node.OnExpired)
	default:
		return leave("on_canceled", s.node.OnCanceled)
	}
}

// late reminds the customer when it is time for that, and asks the shop again.
func (p *payment) late(r *run) step {
	if r.state.Topic == "" {
		return p.seller.late(r)
	}
	k := r.kept()
	if k.AtMS > 0 && r.env.NowMS >= k.AtMS {
		r.say(p.order.remind)
		k.AtMS = 0
	}
	r.state.Calls = 0 // an hour between two questions is no loop
	return p.order.look(r, k)
}

func (s *orderPay) prompt(r *run) prompt {
	return prompt{body: r.spoken(s.waiting, r.phrases().shop.waiting)}
}

func (s *orderPay) take(r *run, _ int, _ *message.Content) (step, bool) {
	r.prompt(s.prompt(r))
	return stop(), true
}
