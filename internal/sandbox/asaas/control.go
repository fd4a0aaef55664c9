package asaas

import (
	"net/http"
	"net/url"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/sandbox/stage"
)

// controlRoutes is the control API. Bodies are the types of this package in
// JSON.
//
//	GET  PUT  /_sandbox/account         Account; key and token are not shown
//	GET       /_sandbox/subscriptions   Subscription
//	GET       /_sandbox/payments        Payment, also those that were taken back
//	POST      /_sandbox/pay             Deed: a bill is paid
//	POST      /_sandbox/overdue         Deed: a bill's day has passed
//	POST      /_sandbox/chargeback      Deed: a card's owner takes the money back
//	GET  PUT  /_sandbox/settings        Settings
//	GET  POST /_sandbox/faults          stage.Rule; DELETE removes all
//	DELETE    /_sandbox/faults/{rule}
//	POST      /_sandbox/reset           forgets everything
func (s *Server) controlRoutes() *http.ServeMux {
	mux := http.NewServeMux()
	handle := stage.Control(mux, s.journal)
	handle("GET /_sandbox/account", func(*http.Request) (any, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		return Account{Name: s.account.Name, WebhookURL: s.account.WebhookURL}, nil
	})
	handle("PUT /_sandbox/account", taking(s.PutAccount))
	handle("GET /_sandbox/subscriptions", func(*http.Request) (any, error) { return object{"subscriptions": s.Subscriptions()}, nil })
	handle("GET /_sandbox/payments", func(*http.Request) (any, error) { return object{"payments": s.Payments()}, nil })
	handle("POST /_sandbox/pay", taking(s.Pay))
	handle("POST /_sandbox/overdue", taking(s.Overdue))
	handle("POST /_sandbox/chargeback", taking(s.Chargeback))
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

// PutAccount makes or changes the account. Error: fault.Invalid.
func (s *Server) PutAccount(account Account) (Account, error) {
	if !strings.HasPrefix(account.Key, "$aact_") {
		return account, fault.OnField("key", "begins with $aact_")
	}
	if account.WebhookURL != "" {
		if target, err := url.Parse(account.WebhookURL); err != nil || target.Host == "" {
			return account, fault.OnField("webhook_url", "must be an address")
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.account = account
	s.journal.Put(accountKey, account)
	account.Key, account.Token = "", ""
	return account, nil
}

// Subscriptions lists the subscriptions, in the order in which they were made.
func (s *Server) Subscriptions() []Subscription {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []Subscription{}
	for _, sub := range s.inOrder() {
		list = append(list, *sub)
	}
	return list
}

// Payments lists the bills, in the order in which they were made.
func (s *Server) Payments() []Payment {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle()
	list := []Payment{}
	for _, p := range s.paymentsInOrder() {
		list = append(list, *p)
	}
	return list
}

// Deed is what somebody does about a bill.
type Deed struct {
	Payment string `json:"payment,omitempty"`
	Code    string `json:"code,omitempty"`   // instead: a Pix code or a boleto's line, as it was copied
	Method  string `json:"method,omitempty"` // PIX (default), BOLETO, CREDIT_CARD
	Refuse  bool   `json:"refuse,omitempty"` // the card is refused
}

func (s *Server) about(deed Deed) (*Payment, error) {
	s.settle()
	if p := s.payments[deed.Payment]; p != nil {
		return p, nil
	}
	for _, p := range s.payments {
		if code := strings.TrimSpace(deed.Code); code != "" && !p.Gone && (p.PixCode == code || p.BoletoLine == code) {
			return p, nil
		}
	}
	return nil, fault.New(fault.NotFound, "no such bill")
}

// Pay pays a bill as its payer would. Errors: fault.NotFound, fault.Invalid, and
// fault.Refused for one that can't be paid, or not so.
func (s *Server) Pay(deed Deed) (Deed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.about(deed)
	if err != nil {
		return deed, err
	}
	deed.Payment = p.ID
	if deed.Method == "" {
		deed.Method = "PIX"
		if p.BillingType != "UNDEFINED" {
			deed.Method = p.BillingType
		}
	}
	switch {
	case !p.open():
		return deed, fault.Refuse("closed", "the bill is paid, or was taken back")
	case deed.Method != "PIX" && deed.Method != "BOLETO" && deed.Method != "CREDIT_CARD":
		return deed, fault.OnField("method", "must be PIX, BOLETO or CREDIT_CARD")
	case p.BillingType != "UNDEFINED" && p.BillingType != deed.Method:
		return deed, fault.Refuse("method", "the bill is paid by %s", p.BillingType)
	case deed.Method == "CREDIT_CARD" && deed.Refuse:
		s.tell("PAYMENT_CREDIT_CARD_CAPTURE_REFUSED", p)
		return deed, nil
	case deed.Method == "CREDIT_CARD":
		s.settlePaid(p, deed.Method, "4242")
	default:
		s.settlePaid(p, deed.Method, "")
	}
	return deed, nil
}

// Overdue lets a bill's day pass. Errors: fault.NotFound, fault.Refused.
func (s *Server) Overdue(deed Deed) (Deed, error) {
	return s.do(deed, "PENDING", "OVERDUE", "PAYMENT_OVERDUE")
}

// Chargeback takes a card's money back. Errors: fault.NotFound, fault.Refused.
func (s *Server) Chargeback(deed Deed) (Deed, error) {
	return s.do(deed, "CONFIRMED", "CHARGEBACK_REQUESTED", "PAYMENT_CHARGEBACK_REQUESTED")
}

func (s *Server) do(deed Deed, from, to, event string) (Deed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.about(deed)
	if err != nil {
		return deed, err
	}
	if p.Gone || p.Status != from {
		return deed, fault.Refuse("status", "the bill is %s", p.Status)
	}
	p.Status = to
	s.savePayment(p)
	s.tell(event, p)
	return deed, nil
}

// Reset forgets everything.
func (s *Server) Reset() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.notices {
		n.Done = true
	}
	s.clear()
	s.rules.Remove("")
	return s.journal.Reset()
}
