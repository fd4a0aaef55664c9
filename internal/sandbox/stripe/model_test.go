package stripe

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// TestWhateverHappensTheBooksAreRight does what payers, time, banks and the seller
// may do, in any order, and holds after each step what must never be otherwise.
func TestWhateverHappensTheBooksAreRight(t *testing.T) {
	outer := t
	rapid.Check(t, func(t *rapid.T) {
		s := start(outer, Config{})
		defer s.stop()
		days := 0
		var sessions []string
		pick := func(list []string) string {
			if len(list) == 0 {
				return "none"
			}
			return rapid.SampledFrom(list).Draw(t, "which")
		}
		ids := func(kind string) (list []string) {
			for _, one := range s.server.show()[kind].([]object) {
				list = append(list, one["id"].(string))
			}
			return list
		}
		// What may be refused, is; what matters is what it leaves.
		try := func(method, path string, params pairs) { s.call(method, path, "", params) }
		t.Repeat(map[string]func(*rapid.T){
			"checkout": func(t *rapid.T) {
				more := pairs{}
				if rapid.Bool().Draw(t, "trial") {
					more["subscription_data[trial_period_days]"] = "7"
				}
				sessions = append(sessions, s.session(more)["id"].(string))
			},
			"choose": func(t *rapid.T) {
				s.server.mu.Lock()
				defer s.server.mu.Unlock()
				_, _ = s.server.choose(pick(sessions), rapid.SampledFrom([]string{chooseCard, chooseDeclined, choosePix, chooseBoleto}).Draw(t, "action"))
			},
			"pay": func(t *rapid.T) {
				wish := Pay{Invoice: pick(ids("invoices")), Card: rapid.Bool().Draw(t, "card")}
				s.server.mu.Lock()
				defer s.server.mu.Unlock()
				_, _ = s.server.payVoucher(wish)
			},
			"time": func(t *rapid.T) {
				if days < 400 {
					passed := rapid.IntRange(1, 40).Draw(t, "days")
					days += passed
					s.passes(passed)
				}
			},
			"fail": func(t *rapid.T) {
				_, _ = s.server.fail(Fail{Subscription: pick(ids("subscriptions")), Times: rapid.IntRange(-1, 2).Draw(t, "times")})
			},
			"refund": func(t *rapid.T) {
				s.server.mu.Lock()
				v := s.server.invoices.get(s.pickInvoice(t))
				s.server.mu.Unlock()
				if v != nil && v.Intent != "" {
					try(http.MethodPost, "/v1/refunds", pairs{"payment_intent": v.Intent, "amount": fmt.Sprint(rapid.IntRange(1, 12000).Draw(t, "amount"))})
				}
			},
			"cancel": func(t *rapid.T) {
				id := pick(ids("subscriptions"))
				if rapid.Bool().Draw(t, "now") {
					try(http.MethodDelete, "/v1/subscriptions/"+id, nil)
				} else {
					try(http.MethodPost, "/v1/subscriptions/"+id, pairs{"cancel_at_period_end": fmt.Sprint(rapid.Bool().Draw(t, "ends"))})
				}
			},
			"void":   func(*rapid.T) { try(http.MethodPost, "/v1/invoices/"+pick(ids("invoices"))+"/void", nil) },
			"retry":  func(*rapid.T) { try(http.MethodPost, "/v1/invoices/"+pick(ids("invoices"))+"/pay", nil) },
			"expire": func(*rapid.T) { try(http.MethodPost, "/v1/checkout/sessions/"+pick(sessions)+"/expire", nil) },
			"":       func(t *rapid.T) { s.books(t) },
		})
	})
}

func (s *shop) pickInvoice(t *rapid.T) string {
	order := s.server.invoices.order
	if len(order) == 0 {
		return ""
	}
	return rapid.SampledFrom(order).Draw(t, "invoice")
}

// books holds what must never be otherwise.
func (s *shop) books(t *rapid.T) {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	for _, id := range s.server.invoices.order {
		v := s.server.invoices.get(id)
		i := s.server.intents.get(v.Intent)
		switch {
		case v.Status == paid && v.Due > 0 && (i == nil || i.Status != succeeded || v.Paid != v.Due || v.PaidAt == 0):
			t.Fatalf("paid, and yet %+v by %+v", v, i)
		case v.Status != paid && (v.Paid != 0 || i != nil && i.Charged):
			t.Fatalf("not paid, and yet %+v by %+v", v, i)
		case v.Status != open && v.NextAttempt != 0:
			t.Fatalf("tried again though %s", v.Status)
		case i != nil && (i.Refunded > i.Amount || i.Amount != v.Due):
			t.Fatalf("%+v is paid by %+v", v, i)
		}
	}
	for _, id := range s.server.subscriptions.order {
		u := s.server.subscriptions.get(id)
		var at int64
		bills := s.server.invoices.oldest(func(v *invoice) bool { return v.Subscription == id })
		for _, v := range bills {
			for _, l := range v.Lines {
				if at != 0 && l.Start != at {
					t.Fatalf("%s: a period begins at %d, the one before ended at %d", id, l.Start, at)
				}
				at = l.End
			}
		}
		switch {
		case len(bills) == 0:
			t.Fatalf("%s has no bill", id)
		case at != u.PeriodEnd:
			t.Fatalf("%s ends at %d, what was billed at %d", id, u.PeriodEnd, at)
		case (u.Status == active || u.Status == pastDue || u.Status == trialing || u.Status == unpaid) && u.PeriodEnd <= s.server.now().Unix():
			t.Fatalf("%s is %s, and its period is over", id, u.Status)
		case u.Status == trialing && u.TrialEnd != u.PeriodEnd:
			t.Fatalf("%s tries until %d of %d", id, u.TrialEnd, u.PeriodEnd)
		}
	}
	for _, id := range s.server.sessions.order {
		one := s.server.sessions.get(id)
		v := s.server.invoices.get(one.Invoice)
		switch {
		case (one.Status == complete) != (v != nil):
			t.Fatalf("%+v has the invoice %+v", one, v)
		case v != nil && (one.PaymentStatus == unpaid) != (v.Status != paid):
			t.Fatalf("the session is %s, its invoice %s", one.PaymentStatus, v.Status)
		}
	}
}

// TestManyAtOnce: calls with one key side by side have one effect.
func TestManyAtOnce(t *testing.T) {
	s := start(t, Config{Dir: t.TempDir()})
	var all sync.WaitGroup
	made := make(chan any, 40)
	for range 40 {
		all.Go(func() {
			_, got := s.call(http.MethodPost, "/v1/customers", "one", pairs{"email": "a@b.example"})
			made <- got["id"]
		})
	}
	all.Wait()
	first := <-made
	for len(made) > 0 {
		if other := <-made; other != first {
			t.Fatalf("%v and %v", first, other)
		}
	}
	if n := len(s.ok(http.MethodGet, "/v1/customers", nil)["data"].([]any)); n != 1 {
		t.Errorf("%d customers", n)
	}
}
