package stripe

import (
	"time"
)

// due is something that time does.
type due struct {
	at  int64
	run func()
}

// passMost bounds what one passing of time does.
const passMost = 100_000

// pass lets time go on by so much and does all that falls due on the way, in the
// order of its time; the caller holds the lock.
func (s *Server) pass(by time.Duration) {
	machine := s.config.Clock.Now()
	end := s.state.AheadMS + by.Milliseconds()
	until := machine.Add(time.Duration(end) * time.Millisecond).Unix()
	for range passMost {
		first, there := s.nextDue()
		if !there || first.at > until {
			break
		}
		// What happens meanwhile is dated by when it was due.
		s.state.AheadMS = max(s.state.AheadMS, first.at*1000-machine.UnixMilli())
		first.run()
	}
	s.state.AheadMS = end
	if by > 0 {
		s.saveState()
	}
}

// nextDue gives what falls due first.
func (s *Server) nextDue() (first due, there bool) {
	take := func(at int64, run func()) {
		if at > 0 && (!there || at < first.at) {
			first, there = due{at, run}, true
		}
	}
	for _, i := range s.intents.newest(func(i *intent) bool { return i.Status == needsAction }) {
		take(i.Expires, func() { s.lapse(i) })
	}
	for _, v := range s.invoices.newest(func(v *invoice) bool { return v.Status == open }) {
		take(v.NextAttempt, func() { _ = s.collect(v) }) // shown by the invoice
	}
	for _, u := range s.subscriptions.newest(func(u *subscription) bool {
		return u.Status == active || u.Status == pastDue || u.Status == trialing || u.Status == unpaid
	}) {
		take(u.PeriodEnd, func() { s.renew(u) })
	}
	for _, one := range s.sessions.newest(func(one *session) bool { return one.Status == open }) {
		take(one.Expires, func() { s.closeSession(one) })
	}
	return first, there
}

// renew is the end of a period, or of a trial: the subscription ends if that was
// wished, or begins its next period with an invoice.
func (s *Server) renew(u *subscription) {
	if u.EndsAtEnd {
		s.end(u, canceled)
		return
	}
	if u.Status == trialing {
		u.Status = active
	}
	u.PeriodStart = u.PeriodEnd
	u.PeriodEnd = next(time.Unix(u.PeriodStart, 0), s.prices.get(u.Price).Interval, u.AnchorDay).Unix()
	s.subscriptions.put(u.ID, u)
	if u.Status == unpaid {
		s.draftInvoice(u, "subscription_cycle", s.periodLine(u)) // left so: it is not collected any more
		return
	}
	_ = s.collect(s.newInvoice(u, "subscription_cycle", s.periodLine(u))) // shown by the invoice
	s.emit("customer.subscription.updated", s.viewSubscription(u))
}
