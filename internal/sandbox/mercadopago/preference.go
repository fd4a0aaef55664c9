package mercadopago

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"prosa/internal/base/money"
)

// preferenceRequest is what a hosted checkout may say; what is not named here
// is kept by the vendor too, and means nothing to this simulator.
type preferenceRequest struct {
	Items []struct {
		Title     string      `json:"title"`
		Quantity  int64       `json:"quantity"`
		UnitPrice json.Number `json:"unit_price"`
		Currency  string      `json:"currency_id"`
	} `json:"items"`
	ExternalReference string `json:"external_reference"`
	NotificationURL   string `json:"notification_url"`
	BackURLs          struct {
		Success string `json:"success"`
	} `json:"back_urls"`
	Expires          bool   `json:"expires"`
	ExpirationDateTo string `json:"expiration_date_to"`
}

func (s *Server) createPreference(c *call) (int, object, *apiError) {
	var in preferenceRequest
	if err := json.Unmarshal(c.body, &in); err != nil {
		return 0, nil, invalid("invalid_body", "the body is not valid JSON", err.Error())
	}
	p := &Preference{Seller: c.seller.UserID, Reference: in.ExternalReference, NotifyURL: in.NotificationURL, Back: in.BackURLs.Success, CreatedMS: s.now().UnixMilli()}
	if len(in.Items) == 0 {
		return 0, nil, invalid("invalid_items", "items needed")
	}
	for _, item := range in.Items {
		price, err := money.ParseDecimal(item.UnitPrice.String())
		sum, tooMuch := price.Times(item.Quantity)
		if item.Title == "" || item.Quantity < 1 || err != nil || price <= 0 || tooMuch != nil || item.Currency != "" && item.Currency != "BRL" {
			return 0, nil, invalid("invalid_items", "each item needs title, quantity and unit_price in BRL")
		}
		p.Total += sum
	}
	p.Title = in.Items[0].Title
	if len(in.ExternalReference) > 256 {
		return 0, nil, invalid("invalid_external_reference", "external_reference has at most 256 characters")
	}
	for _, address := range []string{in.NotificationURL, in.BackURLs.Success} {
		if address == "" {
			continue
		}
		if parsed, err := url.Parse(address); err != nil || parsed.Host == "" {
			return 0, nil, invalid("invalid_url", "notification_url and back_urls must be addresses")
		}
	}
	if in.Expires {
		until, err := time.Parse(time.RFC3339, in.ExpirationDateTo)
		if err != nil {
			return 0, nil, invalid("invalid_expiration_date_to", "expiration_date_to must be ISO 8601 with a zone")
		}
		p.ExpiresMS = until.UnixMilli()
	}
	p.ID = stamped(c.seller.UserID) + "-" + s.newID("")
	s.savePreference(p)
	return http.StatusCreated, p.view(s.config.PublicURL), nil
}

func (s *Server) getPreference(c *call) (int, object, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.preferences[c.PathValue("preference")]
	if p == nil || p.Seller != c.seller.UserID {
		return 0, nil, errPath
	}
	return http.StatusOK, p.view(s.config.PublicURL), nil
}

// changePreference moves the end of a hosted checkout; nothing else of one is
// changed here. The caller holds the lock, as of every PUT.
func (s *Server) changePreference(c *call) (int, object, *apiError) {
	var in preferenceRequest
	if err := json.Unmarshal(c.body, &in); err != nil {
		return 0, nil, invalid("invalid_body", "the body is not valid JSON", err.Error())
	}
	p := s.preferences[c.PathValue("preference")]
	if p == nil || p.Seller != c.seller.UserID {
		return 0, nil, errPath
	}
	until, err := time.Parse(time.RFC3339, in.ExpirationDateTo)
	if !in.Expires || err != nil {
		return 0, nil, invalid("invalid_expiration_date_to", "expiration_date_to must be ISO 8601 with a zone")
	}
	p.ExpiresMS = max(until.UnixMilli(), 1)
	s.savePreference(p)
	return http.StatusOK, p.view(s.config.PublicURL), nil
}

func (s *Server) paymentOf(c *call) (*Payment, *apiError) {
	number, err := strconv.ParseInt(c.PathValue("payment"), 10, 64)
	if err != nil {
		return nil, errNoPayment
	}
	p := s.payments[number]
	if p == nil || p.Seller != c.seller.UserID {
		return nil, errNoPayment
	}
	return p, nil
}

func (s *Server) getPayment(c *call) (int, object, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, refused := s.paymentOf(c)
	if refused != nil {
		return 0, nil, refused
	}
	return http.StatusOK, p.view(), nil
}

// searchPayments finds payments by external_reference, newest first.
func (s *Server) searchPayments(c *call) (int, object, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	wanted := c.URL.Query().Get("external_reference")
	var found []*Payment
	for _, p := range s.payments {
		if p.Seller == c.seller.UserID && (wanted == "" || p.Reference == wanted) {
			found = append(found, p)
		}
	}
	slices.SortFunc(found, func(a, b *Payment) int { return int(b.ID - a.ID) })
	results := make([]object, 0, len(found))
	for _, p := range found {
		results = append(results, p.view())
	}
	return http.StatusOK, object{"paging": object{"total": len(results), "limit": 30, "offset": 0}, "results": results}, nil
}

// refundPayment gives back the whole without a body, or {"amount": n}.
func (s *Server) refundPayment(c *call) (int, object, *apiError) {
	p, refused := s.paymentOf(c)
	if refused != nil {
		return 0, nil, refused
	}
	back := p.Amount - p.Returned
	if len(bytes.TrimSpace(c.body)) > 0 {
		var in struct {
			Amount json.Number `json:"amount"`
		}
		if err := json.Unmarshal(c.body, &in); err != nil {
			return 0, nil, invalid("invalid_body", "the body is not valid JSON", err.Error())
		}
		if in.Amount != "" {
			part, err := money.ParseDecimal(in.Amount.String())
			if err != nil || part <= 0 || part > back {
				return 0, nil, invalid("invalid_amount", "a refund is at most what is left of the payment")
			}
			back = part
		}
	}
	if p.Status != "approved" || back == 0 {
		return 0, nil, invalid("invalid_status", "the payment can't be refunded in status "+p.Status)
	}
	made := s.nextNumber()
	p.Returned += back
	p.Refunds = append(p.Refunds, Refund{ID: stamped(made), Amount: back})
	p.Detail = "partially_refunded"
	if p.Returned == p.Amount {
		p.Status, p.Detail = "refunded", "refunded"
	}
	s.savePayment(p)
	s.notify(p.Seller, "payment", "payment.updated", stamped(p.ID), s.notifyURL(p))
	return http.StatusCreated, object{"id": made, "payment_id": p.ID, "amount": number(back), "status": "approved"}, nil
}

func (s *Server) notifyURL(p *Payment) string {
	if preference := s.preferences[p.Preference]; preference != nil {
		return preference.NotifyURL
	}
	return ""
}
