package sale

import (
	"fmt"
	"slices"

	"prosa/internal/base/money"
	"prosa/internal/message"
	"prosa/internal/modules/order"
	"prosa/internal/modules/payment"
)

// cause is a reason to speak about an order, once.
type cause struct {
	key string
	// One of these is set; the others are for the customer.
	bill   *payment.Payment
	note   string            // for the company's people only
	text   string            // for the customer
	step   message.OrderStep // how far the order is, when that is the news
	quiet  bool              // passed over: something newer is said
	always bool              // never passed over
}

// causes are the reasons to speak that an order gives as it stands, in order,
// without those about which something was said. It is a pure function, so that
// an event that comes twice, late or not at all changes nothing.
func causes(o order.Order, said map[string]bool, v vocabulary) []cause {
	var all []cause
	all = append(all, bills(o, v)...)
	all = append(all, steps(o, said, v)...)
	all = append(all, moneyNews(o, v)...)
	for _, r := range o.Refunds {
		if r.ByHand && r.State == payment.RefundPending {
			all = append(all, cause{key: "hand:" + r.ID, note: fmt.Sprintf(v.noteHand, numberOf(o), reais(r.Amount))})
		}
	}
	return slices.DeleteFunc(all, func(c cause) bool { return said[c.key] })
}

// bills are the payments that wait for their payer, and those that no vendor
// took.
func bills(o order.Order, v vocabulary) (list []cause) {
	for i := range o.Payments {
		p := &o.Payments[i]
		switch {
		case payable(o, *p):
			list = append(list, cause{key: "bill:" + p.ID, bill: p})
		case p.State == payment.Failed && o.State == order.AwaitingPayment:
			list = append(list,
				cause{key: "failed:" + p.ID, text: fmt.Sprintf(v.failed, numberOf(o))},
				cause{key: "failed:" + p.ID + ":note", note: fmt.Sprintf(v.noteFailed, numberOf(o))})
		}
	}
	return list
}

// payable reports whether a payer can do something about a payment now.
func payable(o order.Order, p payment.Payment) bool {
	return p.Open() && p.Choice.Prepaid() && (p.Code != "" || p.Link != "") && o.State != order.Expired && o.State != order.Canceled
}

// steps are the moves of an order. Of several that nobody spoke about the newest
// is told, and that the order was confirmed always.
func steps(o order.Order, said map[string]bool, v vocabulary) (list []cause) {
	for _, e := range o.Events {
		if e.Kind != "moved" {
			continue
		}
		c := cause{key: fmt.Sprintf("move:%s:%d", o.ID, e.Seq)}
		c.text, c.step = stepText(o, e, v)
		c.always = e.To == order.Confirmed
		if c.text != "" && !said[c.key] {
			list = append(list, c)
		}
	}
	for i := range list {
		list[i].quiet = i < len(list)-1 && !list[i].always
	}
	return list
}

// stepText is what a customer hears of a move.
func stepText(o order.Order, e order.Event, v vocabulary) (text string, step message.OrderStep) {
	number := numberOf(o)
	switch e.To {
	case order.Confirmed:
		if o.Total == 0 {
			return fmt.Sprintf(v.confirmed, number), message.StepProcessing
		}
		if o.Payment.Prepaid() {
			return fmt.Sprintf(v.paid, number), message.StepProcessing
		}
		return fmt.Sprintf(v.placed, number, reais(o.Total)), message.StepProcessing
	case order.Preparing:
		return fmt.Sprintf(v.preparing, number), message.StepProcessing
	case order.Ready:
		return fmt.Sprintf(v.ready, number), message.StepProcessing
	case order.OutForDelivery:
		return fmt.Sprintf(v.out, number), message.StepShipped
	case order.Shipped:
		return fmt.Sprintf(v.shipped, number), message.StepShipped
	case order.Delivered:
		return fmt.Sprintf(v.delivered, number), message.StepCompleted
	case order.Completed:
		return fmt.Sprintf(v.completed, number), message.StepCompleted
	case order.Expired:
		return fmt.Sprintf(v.expired, number), message.StepCanceled
	case order.Canceled:
		if back := o.Paid - o.Refunded; back > 0 {
			return fmt.Sprintf(v.canceledBack, number, reais(back)), message.StepCanceled
		}
		return fmt.Sprintf(v.canceled, number), message.StepCanceled
	default:
		return "", ""
	}
}

// moneyNews are the sums that changed in a way that somebody has to hear of.
func moneyNews(o order.Order, v vocabulary) (list []cause) {
	number := numberOf(o)
	var paid, refunded money.Amount
	for _, e := range o.Events {
		if e.Kind != "paid" {
			continue
		}
		key := fmt.Sprintf("money:%s:%d", o.ID, e.Seq)
		if e.Reason != "" {
			list = append(list, cause{key: key, text: fmt.Sprintf(v.late, number)}, cause{key: key + ":note", note: fmt.Sprintf(v.noteLate, number)})
			continue
		}
		nowPaid, nowRefunded := amountIn(e.Facts["paid"]), amountIn(e.Facts["refunded"])
		switch {
		case nowRefunded > refunded:
			list = append(list, cause{key: key, text: fmt.Sprintf(v.back, reais(nowRefunded-refunded), number)})
		case nowPaid > paid && nowPaid < o.Total && o.State == order.AwaitingPayment && e.To == order.AwaitingPayment:
			list = append(list,
				cause{key: key, text: fmt.Sprintf(v.short, reais(nowPaid-paid), number, reais(o.Total-nowPaid))},
				cause{key: key + ":note", note: fmt.Sprintf(v.noteShort, number, reais(nowPaid), reais(o.Total))})
		case nowPaid > paid && nowPaid > o.Total && o.State != order.Canceled && o.State != order.Expired:
			list = append(list, cause{key: key + ":note", note: fmt.Sprintf(v.noteOver, number, reais(nowPaid-o.Total))})
		}
		paid, refunded = nowPaid, nowRefunded
	}
	return list
}

// amountIn reads a sum of an order's log; what can't be read is none.
func amountIn(text string) money.Amount {
	amount, err := money.ParseDecimal(text)
	if err != nil {
		return 0
	}
	return amount
}
