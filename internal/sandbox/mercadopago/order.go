package mercadopago

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"prosa/internal/base/br"
	"prosa/internal/base/money"
)

const (
	pix    = "pix"
	boleto = "boleto"
)

// orderRequest is what an order may say here; a member that is not named is
// refused, as the vendor does ("unsupported_properties").
type orderRequest struct {
	Type              string          `json:"type"`
	TotalAmount       string          `json:"total_amount"`
	ExternalReference string          `json:"external_reference"`
	ProcessingMode    string          `json:"processing_mode"`
	CaptureMode       string          `json:"capture_mode"`
	Description       string          `json:"description"`
	Currency          string          `json:"currency"`
	ExpirationTime    string          `json:"expiration_time"`
	Items             json.RawMessage `json:"items"`
	Payer             struct {
		Email          string          `json:"email"`
		FirstName      string          `json:"first_name"`
		LastName       string          `json:"last_name"`
		EntityType     string          `json:"entity_type"`
		CustomerID     string          `json:"customer_id"`
		Identification json.RawMessage `json:"identification"`
		Phone          json.RawMessage `json:"phone"`
		Address        json.RawMessage `json:"address"`
	} `json:"payer"`
	Transactions struct {
		Payments []struct {
			Amount         string `json:"amount"`
			ExpirationTime string `json:"expiration_time"`
			PaymentMethod  struct {
				ID   string `json:"id"`
				Type string `json:"type"`
			} `json:"payment_method"`
		} `json:"payments"`
	} `json:"transactions"`
}

// createOrder makes an order that waits for a Pix transfer or a boleto's
// payment. The caller holds the lock, as of every POST.
func (s *Server) createOrder(c *call) (int, object, *apiError) {
	var in orderRequest
	decoder := json.NewDecoder(bytes.NewReader(c.body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&in); err != nil {
		if name, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
			return 0, nil, invalid("unsupported_properties", "The following properties are not supported", "additionalProperties "+name+" not allowed")
		}
		return 0, nil, invalid("json_syntax_error", "The body is not valid JSON", err.Error())
	}
	o, refused := s.readOrder(&in)
	if refused != nil {
		return 0, nil, refused
	}
	o.Seller, o.ID, o.PaymentID, o.Number = c.seller.UserID, s.newID("ORD01"), s.newID("PAY01"), s.nextNumber()
	o.CreatedMS = s.now().UnixMilli()
	if o.Method == pix {
		o.State = waitingTransfer
		code, err := br.Pix{
			URL:  "pix-qr.mercadopago.com/instore/o/v2/" + strings.ToLower(o.ID[5:]),
			Name: c.seller.Name, City: or(c.seller.City, "SAO PAULO"), Amount: o.Total,
		}.Code()
		if err != nil {
			return 0, nil, invalid("invalid_seller", err.Error())
		}
		o.Code = code
	} else {
		o.State = waitingPayment
		o.Code = line(o.Number, o.Total)
	}
	s.saveOrder(o)
	s.watch(o.ID, o.ExpiresMS)
	s.notify(c.seller.UserID, "order", "order.action_required", o.ID, "")
	return http.StatusCreated, o.view(s.config.PublicURL), nil
}

func (s *Server) readOrder(in *orderRequest) (*Order, *apiError) {
	var wrong []string
	need := func(holds bool, what string) {
		if !holds {
			wrong = append(wrong, what)
		}
	}
	total, ok := amount(in.TotalAmount)
	need(ok && total > 0, "'$.total_amount' must match ^\\d+\\.\\d{2}$ and be positive")
	need(in.Type == "online", "'$.type' must be online")
	need(in.ProcessingMode == "" || in.ProcessingMode == "automatic", "'$.processing_mode' must be automatic")
	need(in.Currency == "" || in.Currency == "BRL", "'$.currency' must be BRL")
	need(reference.MatchString(in.ExternalReference), "'$.external_reference' must have 1 to 64 of letters, digits, - and _")
	need(strings.Contains(in.Payer.Email, "@"), "'$.payer.email' is required")
	need(len(in.Transactions.Payments) == 1, "'$.transactions.payments' must have one item")
	if len(wrong) > 0 {
		return nil, invalid("property_value", "The request has invalid properties", wrong...)
	}
	payment := in.Transactions.Payments[0]
	o := &Order{Reference: in.ExternalReference, Description: in.Description, Email: in.Payer.Email, Method: payment.PaymentMethod.ID, Total: total}
	part, ok := amount(payment.Amount)
	usual, least := pixUsual, pixLeast
	switch {
	case !ok || part != total:
		return nil, invalid("invalid_total_amount", "The sum of the payments must be equal to total_amount")
	case o.Method == pix && payment.PaymentMethod.Type == "bank_transfer":
	case o.Method == boleto && payment.PaymentMethod.Type == "ticket":
		usual, least = boletoUsual, 24*time.Hour
	default:
		return nil, invalid("invalid_payment_method", "payment_method is not one of pix (bank_transfer) and boleto (ticket)")
	}
	life := usual
	if payment.ExpirationTime != "" {
		if life, ok = duration(payment.ExpirationTime); !ok || life < least || life > pixMost {
			return nil, invalid("invalid_expiration_time", fmt.Sprintf("expiration_time must be an ISO 8601 duration from %s to %s", least, pixMost))
		}
	}
	o.ExpiresMS = s.now().Add(life).UnixMilli()
	return o, nil
}

var (
	reference = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	decimal   = regexp.MustCompile(`^\d{1,12}\.\d{2}$`)
	period    = regexp.MustCompile(`^P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?)?$`)
)

func amount(text string) (money.Amount, bool) {
	if !decimal.MatchString(text) {
		return 0, false
	}
	a, err := money.ParseDecimal(text)
	return a, err == nil
}

// duration reads the ISO 8601 durations that the API takes: days, hours,
// minutes.
func duration(text string) (time.Duration, bool) {
	parts := period.FindStringSubmatch(text)
	if parts == nil {
		return 0, false
	}
	var sum time.Duration
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute} {
		n := time.Duration(0)
		for _, digit := range parts[i+1] {
			n = n*10 + time.Duration(digit-'0')
		}
		sum += n * unit
	}
	return sum, sum > 0
}

// line makes a boleto's line of 47 digits: bank 237, the payment's number and
// the amount; its due date is left at zero ("counter presentation").
func line(number int64, total money.Amount) string {
	free := fmt.Sprintf("%025d", number)
	fields := []string{"2379" + free[:5], free[5:15], free[15:]}
	for i, field := range fields {
		fields[i] = field + mod10(field)
	}
	return fields[0] + fields[1] + fields[2] + "1" + fmt.Sprintf("%014d", int64(total))
}

// mod10 is the check digit of a field of a boleto's line.
func mod10(digits string) string {
	sum, weight := 0, 2
	for i := len(digits) - 1; i >= 0; i-- {
		product := int(digits[i]-'0') * weight
		sum += product/10 + product%10
		weight = 3 - weight
	}
	return fmt.Sprint((10 - sum%10) % 10)
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

func (s *Server) getOrder(c *call) (int, object, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, refused := s.orderOf(c)
	if refused != nil {
		return 0, nil, refused
	}
	return http.StatusOK, o.view(s.config.PublicURL), nil
}

func (s *Server) orderOf(c *call) (*Order, *apiError) {
	o := s.orders[c.PathValue("order")]
	if o == nil || o.Seller != c.seller.UserID {
		return nil, errNoOrder
	}
	return o, nil
}

// cancelOrder ends an order that nobody has paid.
func (s *Server) cancelOrder(c *call) (int, object, *apiError) {
	o, refused := s.orderOf(c)
	switch {
	case refused != nil:
		return 0, nil, refused
	case !o.State.open():
		return 0, nil, &apiError{status: http.StatusConflict, code: "cannot_cancel_order", message: "An order in status " + o.State.Status + " can't be canceled"}
	}
	s.move(o, canceled, "order.canceled")
	return http.StatusOK, o.view(s.config.PublicURL), nil
}

// refundOrder gives the whole back without a body, or the amounts that it names.
func (s *Server) refundOrder(c *call) (int, object, *apiError) {
	o, refused := s.orderOf(c)
	if refused != nil {
		return 0, nil, refused
	}
	if !o.State.paid() {
		return 0, nil, &apiError{status: http.StatusConflict, code: "cannot_refund_order", message: "An order in status " + o.State.Status + " can't be refunded"}
	}
	back := o.Paid - o.returned()
	if len(bytes.TrimSpace(c.body)) > 0 {
		var in struct {
			Transactions []struct {
				ID     string `json:"id"`
				Amount string `json:"amount"`
			} `json:"transactions"`
		}
		if err := json.Unmarshal(c.body, &in); err != nil {
			return 0, nil, invalid("json_syntax_error", "The body is not valid JSON", err.Error())
		}
		if len(in.Transactions) > 0 {
			part, ok := amount(in.Transactions[0].Amount)
			if len(in.Transactions) > 1 || in.Transactions[0].ID != o.PaymentID || !ok || part == 0 || part > back {
				return 0, nil, invalid("invalid_refund", "A refund names the order's transaction and at most what is left of it")
			}
			back = part
		}
	}
	o.Refunds = append(o.Refunds, Refund{ID: s.newID("REF01"), Amount: back})
	to := partlyRefunded
	if o.returned() == o.Paid {
		to = refunded
	}
	s.move(o, to, "order.refunded")
	return http.StatusCreated, o.view(s.config.PublicURL), nil
}

// move changes an order's state and tells the seller; the caller holds the lock.
func (s *Server) move(o *Order, to State, action string) {
	o.State = to
	s.saveOrder(o)
	s.notify(o.Seller, "order", action, o.ID, "")
}

// watch lets an order expire when its time is over.
func (s *Server) watch(orderID string, atMS int64) {
	s.timers.After(time.UnixMilli(atMS).Sub(s.now()), func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		o := s.orders[orderID]
		switch {
		case o == nil || !o.State.open():
		case s.now().UnixMilli() < o.ExpiresMS: // the clock of a test went another way
			s.watch(orderID, o.ExpiresMS)
		default:
			s.move(o, expired, "order.expired")
		}
	})
}
