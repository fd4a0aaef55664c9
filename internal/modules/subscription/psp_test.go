package subscription

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/money"
)

// psp is a payment service that remembers: a second reading of the port.
type psp struct {
	mu        sync.Mutex
	name      string
	clock     clock.Clock
	subs      map[string]*held
	checkouts map[string]*desk
	keys      map[string]string // what was asked for under a key
	effects   []string          // that really happened, once a key
	answer    func(op, key string) error
	wholeDays bool                          // a change's bill is of the period from its day on
	closing   func(checkoutID string) error // answers ExpireCheckout, nil for as usual
	lose      bool                          // the effect happens, the answer does not come
	count     int
}

type held struct {
	Remote
	price money.Amount
	every Interval
}

type desk struct {
	Checkout
	CheckoutState
	expired bool
}

func newPSP(clock clock.Clock) *psp {
	return &psp{name: "psp", clock: clock, subs: map[string]*held{}, checkouts: map[string]*desk{}, keys: map[string]string{}}
}

var _ Provider = (*psp)(nil)

var errLost = errors.New("the connection broke")

func (p *psp) now() int64 { return clock.MS(p.clock.Now()) }

func (p *psp) next(kind string) string {
	p.count++
	return fmt.Sprintf("%s_%d", kind, p.count)
}

// once does what is wished under a key, the first time.
func (p *psp) once(op, key string, wish any, effect func()) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.answer != nil {
		if err := p.answer(op, key); err != nil {
			return err
		}
	}
	text, err := json.Marshal(wish)
	if err != nil {
		return err
	}
	if before, done := p.keys[key]; !done {
		p.keys[key] = string(text)
		p.effects = append(p.effects, op)
		effect()
	} else if before != string(text) {
		return &Trouble{Kind: Refused, Message: "another wish under the same key"}
	}
	if p.lose {
		return errLost
	}
	return nil
}

// sells makes a subscription that is paid, and gives its id.
func (p *psp) sells(price money.Amount, every Interval, trialDays int64) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sell(price, every, trialDays)
}

func (p *psp) sell(price money.Amount, every Interval, trialDays int64) string {
	h := &held{price: price, every: every}
	h.SubscriptionID, h.CustomerID, h.State, h.Method, h.Brand, h.Last4 = p.next("sub"), "cus_1", RemoteActive, "card", "visa", "4242"
	h.PeriodStartMS, h.Interval = p.now(), every
	h.PeriodEndMS = p.after(p.now(), every)
	if trialDays > 0 {
		h.State, h.TrialEndMS, h.PeriodEndMS = RemoteTrialing, p.now()+trialDays*day, p.now()+trialDays*day
	} else {
		h.Bills = append(h.Bills, p.bill(h, price, BillPaid))
	}
	p.subs[h.SubscriptionID] = h
	return h.SubscriptionID
}

func (p *psp) after(ms int64, every Interval) int64 {
	if every == Annual {
		return clock.MS(clock.FromMS(ms).AddDate(1, 0, 0))
	}
	return clock.MS(clock.FromMS(ms).AddDate(0, 1, 0))
}

func (p *psp) bill(h *held, amount money.Amount, state BillState) Bill {
	b := Bill{BillID: p.next("bill"), State: state, Amount: amount, Currency: money.BRL, PeriodStartMS: h.PeriodStartMS, PeriodEndMS: h.PeriodEndMS, CreatedMS: p.now(), DueMS: p.now(), URL: "https://pay.example.com/" + h.SubscriptionID}
	if state == BillPaid {
		b.Paid, b.PaidMS = amount, p.now()
	}
	return b
}

// renews begins the next period, with a bill in that state.
func (p *psp) renews(id string, state BillState) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.subs[id]
	if h.EndsAtPeriod {
		h.State = RemoteEnded
		return ""
	}
	h.PeriodStartMS, h.PeriodEndMS = h.PeriodEndMS, p.after(h.PeriodEndMS, h.every)
	h.State, h.TrialEndMS = RemoteActive, 0
	b := p.bill(h, h.price, state)
	if state == BillFailed {
		b.Problem, b.Attempts, h.State = "card declined", 1, RemotePastDue
	}
	h.Bills = append([]Bill{b}, h.Bills...)
	return b.BillID
}

// sets brings a bill into a state.
func (p *psp) sets(id, billID string, state BillState) {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.subs[id]
	late := false
	for i := range h.Bills {
		b := &h.Bills[i]
		if b.BillID == billID {
			b.State = state
			switch state {
			case BillPaid:
				b.Paid, b.PaidMS = b.Amount, p.now()
			case BillRefunded:
				b.Refunded = b.Paid
			}
		}
		late = late || b.State == BillFailed
	}
	if h.State == RemoteActive || h.State == RemotePastDue {
		h.State = RemoteActive
		if late {
			h.State = RemotePastDue
		}
	}
}

func (p *psp) ends(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.subs[id].State = RemoteEnded
}

// pays lets the payer of a checkout pay.
func (p *psp) pays(checkoutID string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	d := p.checkouts[checkoutID]
	d.State, d.CheckoutState.CustomerID = CheckoutPaid, d.Checkout.CustomerID
	d.SubscriptionID = p.sell(d.Price, d.Interval, 0)
}

func (p *psp) Name() string      { return p.name }
func (p *psp) Methods() []string { return []string{"card", "pix", "boleto"} }

func (p *psp) EnsureCustomer(_ context.Context, key string, c Customer) (string, error) {
	if c.Name == "" || c.TaxID == "" {
		return "", &Trouble{Kind: Refused, Field: "tax_id", Message: "who is it"}
	}
	return "cus_1", p.once("customer", key, c, func() {})
}

func (p *psp) StartCheckout(_ context.Context, key string, c Checkout) (Started, error) {
	id := "chk_" + key
	err := p.once("checkout", key, c, func() { p.checkouts[id] = &desk{Checkout: c, CheckoutState: CheckoutState{State: CheckoutOpen}} })
	return Started{CheckoutID: id, URL: "https://pay.example.com/" + id, ExpiresMS: p.now() + day}, err
}

func (p *psp) LookCheckout(_ context.Context, id string) (CheckoutState, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	d, ok := p.checkouts[id]
	if !ok {
		return CheckoutState{}, &Trouble{Kind: Refused, Message: "no such checkout"}
	}
	if d.expired && d.State == CheckoutOpen {
		d.State = CheckoutExpired
	}
	return d.CheckoutState, nil
}

func (p *psp) ExpireCheckout(_ context.Context, id string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closing != nil {
		return p.closing(id)
	}
	if d := p.checkouts[id]; d != nil {
		d.expired = true
	}
	return nil
}

func (p *psp) LookSubscription(_ context.Context, id string) (Remote, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.answer != nil {
		if err := p.answer("look", id); err != nil {
			return Remote{}, err
		}
	}
	h, ok := p.subs[id]
	if !ok {
		return Remote{}, &Trouble{Kind: Refused, Message: "no such subscription"}
	}
	remote := h.Remote
	remote.Bills = append([]Bill{}, h.Bills...)
	return remote, nil
}

func (p *psp) PreviewChange(_ context.Context, c Change) (money.Amount, error) { return c.Due, nil }

func (p *psp) ApplyChange(_ context.Context, key string, c Change) error {
	return p.once("change", key, c, func() {
		h := p.subs[c.SubscriptionID]
		h.price, h.every = c.Price, c.Interval
		if c.NewPeriodMS > 0 && c.NewPeriodMS <= p.now() {
			h.PeriodStartMS, h.PeriodEndMS = c.NewPeriodMS, p.after(c.NewPeriodMS, c.Interval)
		}
		if c.Due > 0 {
			b := p.bill(h, c.Due, BillPaid)
			if b.PeriodStartMS = p.now(); p.wholeDays && p.now()-h.PeriodStartMS < day {
				b.PeriodStartMS = h.PeriodStartMS
			}
			h.Bills = append([]Bill{b}, h.Bills...)
		}
	})
}

func (p *psp) CancelAtEnd(_ context.Context, key, id string, ends bool) error {
	return p.once("cancel", key, ends, func() { p.subs[id].EndsAtPeriod = ends })
}

func (p *psp) CancelNow(_ context.Context, key, id string) error {
	return p.once("cancel now", key, id, func() { p.subs[id].State = RemoteEnded })
}

func (p *psp) Refund(_ context.Context, key, billID string, amount money.Amount) error {
	return p.once("refund", key, amount, func() {
		for _, h := range p.subs {
			for i := range h.Bills {
				if b := &h.Bills[i]; b.BillID == billID {
					if b.Refunded += amount; b.Refunded == b.Paid {
						b.State = BillRefunded
					}
				}
			}
		}
	})
}

func (p *psp) MethodPage(_ context.Context, customerID, returnURL string) (string, error) {
	return "https://pay.example.com/method/" + customerID + "?back=" + returnURL, nil
}

func (p *psp) Verify(header http.Header, body []byte) (list []Notice, err error) {
	if header.Get("X-Signature") != "good" {
		return nil, fault.New(fault.Unauthorized, "not signed")
	}
	return list, json.Unmarshal(body, &list)
}
