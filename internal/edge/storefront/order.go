package storefront

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/event"
	"prosa/internal/modules/order"
	"prosa/internal/modules/payment"
)

// orderPage is an order as its customer follows it.
type orderPage struct {
	frame
	Order  order.Order
	Lines  []orderLine
	Steps  []step
	Head   string // the state in a few words
	Text   string // and what it means
	Tone   string // good, wait, bad
	Pay    *due
	Facts  []string // about the money
	Cancel string   // where the form goes; empty when it is too late
	Stamp  string   // changes with everything that is shown
	Live   string   // where the stamp is asked for; empty when nothing will change soon
}

type orderLine struct {
	order.Line
	Picture string
	Tone    int
	Letter  string
}

// step is one of those that an order takes.
type step struct {
	Name       string
	AtMS       int64
	Done, Next bool
	Bad        bool
}

// due is what is still to be paid, and how.
type due struct {
	Amount    money.Amount
	Method    payment.Method
	Code      string // Pix copia e cola, or the line of a boleto
	QR        string
	Link      string
	ExpiresMS int64
	Verified  bool
	Waiting   bool // the vendor has yet to give the code
	OnHand    bool // paid when the goods are handed over
}

func (s *site) showOrder(v *visit) error { return v.showOrder(http.StatusOK, "") }

// order reads the order of a ticket.
func (v *visit) order() (order.Order, error) {
	tenantID, orderID, ok := v.site.deps.Links.order(v.r.PathValue("ticket"))
	if !ok {
		return order.Order{}, v.guessed()
	}
	return v.site.deps.Orders.Get(v.ctx, tenantID, orderID)
}

func (v *visit) showOrder(status int, notice string) error {
	o, err := v.order()
	if err != nil {
		return err
	}
	number := decimal(o.Number)
	f, err := v.of(o.TenantID, v.say("order.title", number))
	if err != nil {
		return err
	}
	if f.Talks, err = v.talks(o.TenantID, v.say("talk.order", number), ""); err != nil {
		return err
	}
	root := Prefix + "/o/" + v.r.PathValue("ticket")
	page := orderPage{frame: f, Order: o, Stamp: stampOf(o), Steps: v.steps(o), Facts: v.facts(o)}
	page.Notice = notice
	page.Head, page.Text, page.Tone = v.headline(o)
	for _, l := range o.Lines {
		page.Lines = append(page.Lines, orderLine{l, page.kept(o.TenantID, l.Image), tone(l.ProductID), letter(l.Name)})
	}
	if page.Pay = dueOf(o); page.Pay != nil {
		if page.Pay.Method == payment.Pix && page.Pay.Code != "" {
			page.Pay.QR = Prefix + "/q/" + v.r.PathValue("ticket") + "?v=" + page.Stamp
		}
		page.Refresh = 15
	}
	if cancelable(o) {
		page.Cancel = root + "/cancel"
	}
	if o.State != order.Completed {
		page.Live = root + "/live"
	}
	v.show(status, "order.html", page)
	return nil
}

// followOrder tells the stamp of an order: the page asks, and loads itself anew
// when it is another one.
func (s *site) followOrder(v *visit) error {
	o, err := v.order()
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = v.w.Write([]byte(stampOf(o))) // the client is gone: nobody to tell
	return nil
}

func stampOf(o order.Order) string {
	hash := sha256.New()
	fmt.Fprint(hash, o.Version, o.State, o.Money)
	for _, p := range o.Payments {
		fmt.Fprint(hash, "/", p.ID, p.State, p.Version, len(p.Code), len(p.Link))
	}
	for _, r := range o.Refunds {
		fmt.Fprint(hash, "/", r.ID, r.State)
	}
	return base64.RawURLEncoding.EncodeToString(hash.Sum(nil)[:9])
}

// cancelable reports whether the customer may still take the order back: nothing
// was paid and nothing is under way.
func cancelable(o order.Order) bool {
	return o.State == order.AwaitingPayment && o.Paid == 0
}

// cancelOrder takes an unpaid order back, as the customer. A payment that is
// under way all the same counts, by the rules of late ones.
func (s *site) cancelOrder(v *visit) error {
	o, err := v.order()
	if err != nil {
		return err
	}
	if !cancelable(o) {
		return v.showOrder(http.StatusConflict, v.say("order.tooLate"))
	}
	_, err = s.deps.Orders.Cancel(v.ctx, order.Act{
		TenantID: o.TenantID, OrderID: o.ID, Version: o.Version, Reason: "by the customer, on the page of the order",
		By: event.Actor{Kind: "customer", ID: o.ContactID, Name: o.Customer.Name},
	}, true)
	switch {
	case fault.Is(err, fault.Conflict):
		return v.showOrder(http.StatusConflict, v.say("order.tooLate"))
	case err != nil:
		return err
	default:
		return v.see(Prefix + "/o/" + v.r.PathValue("ticket"))
	}
}

// dueOf finds what is still to be paid of a living order: its newest open
// payment.
func dueOf(o order.Order) *due {
	if o.State == order.Expired || o.State == order.Canceled {
		return nil
	}
	for _, p := range slices.Backward(o.Payments) {
		if !p.Open() {
			continue
		}
		return &due{
			Amount: p.Amount - p.Paid, Method: p.Choice.Method, Code: p.Code, Link: p.Link, ExpiresMS: p.ExpiresMS, Verified: p.Verified,
			Waiting: p.State == payment.Created, OnHand: !p.Choice.Prepaid(),
		}
	}
	return nil
}

// steps are those that the order took and will take.
func (v *visit) steps(o order.Order) []step {
	pickup := o.Delivery.Kind == order.Pickup
	names := []string{"step.placed", "step.confirmed", "step.preparing", "step.away", "step.delivered"}
	if o.Payment.Prepaid() {
		names[1] = "step.paid"
	}
	if pickup {
		names[3], names[4] = "step.ready", "step.pickedUp"
	}
	at := map[int]int64{0: o.CreatedMS}
	for _, e := range o.Events {
		if i := rank(e.To, pickup); i > 0 && at[i] == 0 {
			at[i] = e.AtMS
		}
	}
	reached := rank(o.State, pickup)
	if o.State == order.Expired || o.State == order.Canceled {
		list := []step{{Name: v.say(names[0]), AtMS: o.CreatedMS, Done: true}}
		last := step{Name: v.say("state." + string(o.State)), Bad: true}
		for _, e := range o.Events {
			if e.To == o.State && e.From != e.To {
				last.AtMS = e.AtMS
			}
		}
		return append(list, last)
	}
	list := make([]step, len(names))
	for i, name := range names {
		list[i] = step{Name: v.say(name), Done: i <= reached, Next: i == reached+1}
		if list[i].Done {
			list[i].AtMS = at[i]
		}
	}
	return list
}

// rank is how many steps a state has behind it.
func rank(state order.State, pickup bool) int {
	switch state {
	case order.Confirmed:
		return 1
	case order.Preparing:
		return 2
	case order.Ready:
		if pickup {
			return 3
		}
		return 2
	case order.OutForDelivery, order.Shipped:
		return 3
	case order.Delivered, order.Completed:
		return 4
	default:
		return 0
	}
}

// headline is the state in the customer's words.
func (v *visit) headline(o order.Order) (head, text, tone string) {
	key := string(o.State)
	switch {
	case o.State == order.AwaitingPayment && o.Paid > 0:
		key = "short"
	case o.State == order.Expired && o.Paid > 0, o.State == order.Canceled && o.Paid > 0:
		key += ".paid"
	case o.State == order.Ready && o.Delivery.Kind != order.Pickup:
		key = string(order.Preparing)
	case o.State == order.Confirmed && !o.Payment.Prepaid():
		key = "confirmed.onDelivery"
	}
	tone = "good"
	switch o.State {
	case order.AwaitingPayment:
		tone = "wait"
	case order.Expired, order.Canceled:
		tone = "bad"
	default:
	}
	return v.say("head." + key), v.say("head." + key + ".text"), tone
}

// facts are what is to be said about the money besides the bill.
func (v *visit) facts(o order.Order) []string {
	var list []string
	if o.Paid > 0 {
		list = append(list, v.say("money.paid", price(o.Paid, o.Currency)))
	}
	if o.State == order.AwaitingPayment && o.Paid > 0 && o.Paid < o.Total {
		list = append(list, v.say("money.lacks", price(o.Total-o.Paid, o.Currency)))
	}
	var waiting money.Amount
	for _, r := range o.Refunds {
		if r.State != payment.RefundDone {
			waiting += r.Amount
		}
	}
	if waiting > 0 {
		list = append(list, v.say("money.owed", price(waiting, o.Currency)))
	}
	if o.Refunded > 0 {
		list = append(list, v.say("money.back", price(o.Refunded, o.Currency)))
	}
	for _, p := range o.Payments {
		if p.State == payment.Failed && o.State == order.AwaitingPayment {
			list = append(list, v.say("money.failed"))
			break
		}
	}
	return list
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
