package stripe

import (
	"net/http"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

// Pay is what a payer does with an open invoice: one of Invoice, Session and Code
// says which. A voucher of it is paid, or with Card a card that is good.
type Pay struct {
	Invoice string `json:"invoice,omitempty"`
	Session string `json:"session,omitempty"`
	Code    string `json:"code,omitempty"` // of Pix or boleto, as it was copied
	Card    bool   `json:"card,omitempty"`
}

// Choice is what a payer does on the page of a checkout: card, declined, pix or
// boleto.
type Choice struct {
	Session string `json:"session"`
	Action  string `json:"action"`
}

// Fail lets so many of the next attempts with a subscription's card be declined;
// negative for all, 0 for none.
type Fail struct {
	Subscription string `json:"subscription"`
	Times        int    `json:"times"`
}

// Dispute opens a chargeback of a paid invoice; with Outcome it ends it: won or
// lost by the seller.
type Dispute struct {
	Invoice string `json:"invoice"`
	Outcome string `json:"outcome,omitempty"`
}

// Endpoint is where events go, and what they are signed with.
type Endpoint struct {
	URL    string `json:"url"`
	Secret string `json:"secret"`
}

// Advance moves the billing clock.
type Advance struct {
	Seconds int64 `json:"seconds"`
	NowMS   int64 `json:"now"` // answered
}

// controlRoutes is the control API. Bodies are the types of this package in JSON.
//
//	GET  POST /_sandbox/clock      Advance
//	POST      /_sandbox/choose     Choice
//	POST      /_sandbox/pay        Pay
//	POST      /_sandbox/fail       Fail
//	POST      /_sandbox/dispute    Dispute
//	GET       /_sandbox/state      sessions, subscriptions, invoices and events
//	PUT       /_sandbox/endpoint   Endpoint
//	GET  POST /_sandbox/faults     stage.Rule; DELETE removes all
//	GET       /_sandbox/ledger     stage.Dump
//	POST      /_sandbox/reset      forgets everything
func (s *Server) controlRoutes(mux *http.ServeMux) {
	handle := func(pattern string, serve func(*http.Request) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			value, err := serve(r)
			if err == nil {
				err = s.journal.Flush()
			}
			if err != nil {
				stage.Failure(err).Write(w)
				return
			}
			stage.JSON(http.StatusOK, value).Write(w)
		})
	}
	handle("GET /_sandbox/clock", func(*http.Request) (any, error) { return s.Advance(Advance{}) })
	handle("POST /_sandbox/clock", taking(s.Advance))
	handle("POST /_sandbox/choose", taking(func(wish Choice) (any, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		one, err := s.choose(wish.Session, wish.Action)
		if err != nil {
			return nil, err
		}
		return s.viewSession(one), nil
	}))
	handle("POST /_sandbox/pay", taking(func(wish Pay) (any, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		v, err := s.payVoucher(wish)
		if err != nil {
			return nil, err
		}
		return s.viewInvoice(v), nil
	}))
	handle("POST /_sandbox/fail", taking(s.fail))
	handle("POST /_sandbox/dispute", taking(func(wish Dispute) (any, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		return wish, s.dispute(wish)
	}))
	handle("GET /_sandbox/state", func(*http.Request) (any, error) { return s.show(), nil })
	handle("PUT /_sandbox/endpoint", taking(func(endpoint Endpoint) (any, error) {
		if !isURL(endpoint.URL) {
			return nil, fault.OnField("url", "must be an address")
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.state.WebhookURL, s.state.WebhookSecret = endpoint.URL, endpoint.Secret
		s.saveState()
		return object{"url": endpoint.URL}, nil
	}))
	handle("GET /_sandbox/faults", func(*http.Request) (any, error) { return object{"faults": s.rules.List()}, nil })
	handle("POST /_sandbox/faults", taking(s.rules.Add))
	handle("DELETE /_sandbox/faults", func(*http.Request) (any, error) { return object{"removed": s.rules.Remove("")}, nil })
	handle("GET /_sandbox/ledger", func(*http.Request) (any, error) { return s.ledger.Dump(0), nil })
	handle("POST /_sandbox/reset", func(*http.Request) (any, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.ledger.Reset()
		s.clear()
		s.rules.Remove("")
		return object{"ok": true}, s.journal.Reset()
	})
}

// taking makes a route of a function that takes one JSON value.
func taking[In, Out any](use func(In) (Out, error)) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		var value In
		if err := stage.ReadJSON(r, &value); err != nil {
			return nil, err
		}
		return use(value)
	}
}

// advanceMost bounds one move of the clock.
const advanceMost = 5 * 366 * 24 * time.Hour

// Advance moves the billing clock forward, and does what falls due on the way.
// Error: fault.Invalid for a way back, or one too long.
func (s *Server) Advance(by Advance) (Advance, error) {
	if by.Seconds < 0 || by.Seconds > int64(advanceMost/time.Second) {
		return by, fault.OnField("seconds", "must be between 0 and five years")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pass(time.Duration(by.Seconds) * time.Second)
	by.NowMS = s.now().UnixMilli()
	return by, nil
}

func (s *Server) fail(wish Fail) (Fail, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.subscriptions.get(wish.Subscription)
	if u == nil {
		return wish, fault.New(fault.NotFound, "no such subscription")
	}
	u.Fails = wish.Times
	s.subscriptions.put(u.ID, u)
	return wish, nil
}

// show is all that is worth looking at, newest first.
func (s *Server) show() object {
	s.mu.Lock()
	defer s.mu.Unlock()
	kinds := []string{}
	for _, e := range s.events.newest(func(*event) bool { return true }) {
		kinds = append(kinds, e.Type)
	}
	return object{
		"now": s.now().UnixMilli(), "events": kinds,
		"customers":     views(s.customers, s.viewCustomer),
		"sessions":      views(s.sessions, s.viewSession),
		"subscriptions": views(s.subscriptions, s.viewSubscription),
		"invoices":      views(s.invoices, s.viewInvoice),
		"refunds":       views(s.refunds, viewRefund),
	}
}

func views[T any](t *table[T], view func(*T) object) []object {
	list := []object{}
	for _, row := range t.newest(func(*T) bool { return true }) {
		list = append(list, view(row))
	}
	return list
}
