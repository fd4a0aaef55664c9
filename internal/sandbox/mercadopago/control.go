package mercadopago

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/sandbox/stage"
)

// controlRoutes is the control API. Bodies are the types of this package in
// JSON.
//
//	GET  POST /_sandbox/sellers         Seller; tokens are not shown
//	GET       /_sandbox/orders          Order
//	POST      /_sandbox/pay             Pay: pays a code, an order or a preference, as the customer would
//	POST      /_sandbox/expire          {"order"}: its time is over now
//	GET  PUT  /_sandbox/settings        Settings
//	GET  POST /_sandbox/faults          stage.Rule; DELETE removes all
//	DELETE    /_sandbox/faults/{rule}
//	GET       /_sandbox/ledger          stage.Dump
//	POST      /_sandbox/reset           forgets everything
func (s *Server) controlRoutes() *http.ServeMux {
	mux := http.NewServeMux()
	handle := stage.Control(mux, s.journal)
	handle("GET /_sandbox/sellers", func(*http.Request) (any, error) { return object{"sellers": s.Sellers()}, nil })
	handle("POST /_sandbox/sellers", taking(s.PutSeller))
	handle("GET /_sandbox/orders", func(*http.Request) (any, error) { return object{"orders": s.Orders()}, nil })
	handle("POST /_sandbox/pay", taking(s.Pay))
	handle("POST /_sandbox/expire", taking(s.Expire))
	handle("GET /_sandbox/settings", func(*http.Request) (any, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.settings, nil
	})
	handle("PUT /_sandbox/settings", taking(func(settings Settings) (Settings, error) {
		if settings.LatencyMS < 0 {
			return settings, fault.OnField("latency_ms", "must not be negative")
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.settings = settings
		return settings, nil
	}))
	handle("GET /_sandbox/faults", func(*http.Request) (any, error) { return object{"faults": s.rules.List()}, nil })
	handle("POST /_sandbox/faults", taking(s.rules.Add))
	handle("DELETE /_sandbox/faults", func(*http.Request) (any, error) { return object{"removed": s.rules.Remove("")}, nil })
	handle("DELETE /_sandbox/faults/{rule}", func(r *http.Request) (any, error) {
		if !s.rules.Remove(r.PathValue("rule")) {
			return nil, fault.New(fault.NotFound, "no such rule")
		}
		return object{"removed": true}, nil
	})
	handle("GET /_sandbox/ledger", func(*http.Request) (any, error) { return s.ledger.Dump(0), nil })
	handle("POST /_sandbox/reset", func(*http.Request) (any, error) { return object{"ok": true}, s.Reset() })
	return mux
}

// taking makes a route of a function that takes one JSON value.
func taking[T any](use func(T) (T, error)) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		var value T
		if err := stage.ReadJSON(r, &value); err != nil {
			return nil, err
		}
		return use(value)
	}
}

// PutSeller makes or replaces a seller. Error: fault.Invalid.
func (s *Server) PutSeller(seller Seller) (Seller, error) {
	switch {
	case seller.UserID <= 0:
		return seller, fault.OnField("user_id", "must be a positive number")
	case seller.Name == "":
		return seller, fault.OnField("name", "is needed: it stands in the Pix codes")
	case !strings.HasPrefix(seller.Token, "APP_USR-") && !strings.HasPrefix(seller.Token, "TEST-"):
		return seller, fault.OnField("token", "begins with APP_USR- or TEST-")
	case seller.Secret == "":
		return seller, fault.OnField("secret", "is needed: it signs the notifications")
	}
	if seller.WebhookURL != "" {
		if target, err := url.Parse(seller.WebhookURL); err != nil || target.Host == "" {
			return seller, fault.OnField("webhook_url", "must be an address")
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := seller
	s.sellers[seller.UserID] = &kept
	s.journal.Put(sellerPrefix+stamped(seller.UserID), &kept)
	seller.Token, seller.Secret = "", ""
	return seller, nil
}

// Sellers lists the sellers without what they keep secret.
func (s *Server) Sellers() []Seller {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Seller, 0, len(s.sellers))
	for _, seller := range s.sellers {
		shown := *seller
		shown.Token, shown.Secret = "", ""
		list = append(list, shown)
	}
	slices.SortFunc(list, func(a, b Seller) int { return int(a.UserID - b.UserID) })
	return list
}

// Orders lists the orders, newest first.
func (s *Server) Orders() []Order {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Order, 0, len(s.orders))
	for _, o := range s.orders {
		list = append(list, *o)
	}
	slices.SortFunc(list, func(a, b Order) int { return strings.Compare(b.ID, a.ID) })
	return list
}

// Pay is what a customer does: one of Code, Order and Preference says what is
// paid.
type Pay struct {
	Code       string `json:"code,omitempty"` // Pix code or boleto line, as it was copied
	Order      string `json:"order,omitempty"`
	Preference string `json:"preference,omitempty"`
	Method     string `json:"method,omitempty"` // of a preference: pix (default), master, bolbradesco
	Refuse     bool   `json:"refuse,omitempty"` // the card is refused; a preference only

	// Answered.
	Payment int64        `json:"payment,omitempty"`
	Amount  money.Amount `json:"amount,omitempty"`
}

// Pay pays as the customer would. Errors: fault.Invalid, fault.NotFound, and
// fault.Refused for what is paid, expired or canceled.
func (s *Server) Pay(pay Pay) (Pay, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if pay.Preference != "" {
		return s.payPreference(pay)
	}
	o := s.orders[pay.Order]
	if code := strings.TrimSpace(pay.Code); pay.Order == "" && code != "" {
		for _, known := range s.orders {
			if known.Code == code {
				o = known
			}
		}
	}
	switch {
	case o == nil:
		return pay, fault.New(fault.NotFound, "no order has this code")
	case !o.State.open():
		return pay, fault.Refuse(o.State.Status, "the order is %s", o.State.Status)
	}
	o.Paid = o.Total
	s.move(o, accredited, "order.processed")
	pay.Order, pay.Amount = o.ID, o.Total
	return pay, nil
}

func (s *Server) payPreference(pay Pay) (Pay, error) {
	p := s.preferences[pay.Preference]
	switch {
	case p == nil:
		return pay, fault.New(fault.NotFound, "no such checkout")
	case p.Paid:
		return pay, fault.Refuse("paid", "the checkout is paid")
	case p.ExpiresMS > 0 && s.now().UnixMilli() > p.ExpiresMS:
		return pay, fault.Refuse("expired", "the checkout is expired")
	}
	switch pay.Method = or(pay.Method, pix); pay.Method {
	case pix, "master", "bolbradesco":
	default:
		return pay, fault.OnField("method", "must be pix, master or bolbradesco")
	}
	payment := &Payment{
		ID: s.nextNumber(), Seller: p.Seller, Preference: p.ID, Reference: p.Reference, Method: pay.Method,
		Status: "approved", Detail: "accredited", Amount: p.Total, CreatedMS: s.now().UnixMilli(),
	}
	if pay.Refuse {
		payment.Status, payment.Detail = "rejected", "cc_rejected_insufficient_amount"
	} else {
		p.Paid = true
		s.savePreference(p)
	}
	s.savePayment(payment)
	s.notify(p.Seller, "payment", "payment.created", stamped(payment.ID), p.NotifyURL)
	pay.Payment, pay.Amount = payment.ID, payment.Amount
	return pay, nil
}

// Expire ends an order's time. Errors: fault.NotFound, fault.Refused.
func (s *Server) Expire(pay Pay) (Pay, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.orders[pay.Order]
	switch {
	case o == nil:
		return pay, fault.New(fault.NotFound, "no such order")
	case !o.State.open():
		return pay, fault.Refuse(o.State.Status, "the order is %s", o.State.Status)
	}
	s.move(o, expired, "order.expired")
	return pay, nil
}

// Reset forgets everything.
func (s *Server) Reset() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.timers.Clear()
	s.ledger.Reset()
	s.clear()
	s.rules.Remove("")
	return s.journal.Reset()
}
