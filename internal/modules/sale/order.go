package sale

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/modules/order"
	"prosa/internal/modules/payment"
)

// orderBody is an order as bots know it.
type orderBody struct {
	ID           string           `json:"id"`
	Number       string           `json:"number"`
	State        order.State      `json:"state"`
	StateText    string           `json:"state_text"`
	PaymentState order.MoneyState `json:"payment_state"`
	Total        money.Amount     `json:"total"`
	TotalText    string           `json:"total_text"`
	PlacedMS     int64            `json:"placed_ms"`
	Link         string           `json:"link"`
	Prepaid      bool             `json:"prepaid"`
}

func (s *Service) orderOf(o order.Order, v vocabulary) orderBody {
	return orderBody{
		o.ID, numberOf(o), o.State, v.orderStates[o.State], o.Money, o.Total, reais(o.Total), o.CreatedMS, s.links.Order(o.TenantID, o.ID), o.Payment.Prepaid(),
	}
}

func numberOf(o order.Order) string { return strconv.FormatInt(o.Number, 10) }

// choice is a way to pay.
type choice struct {
	Provider string         `json:"provider"`
	Method   payment.Method `json:"method"`
	Label    string         `json:"label"`
	TaxID    bool           `json:"tax_id"` // the payer's CPF or CNPJ is needed
}

// choices are the ways to pay. A Pix that a vendor confirms makes one that a
// person has to look for unnecessary.
func (a *asking) choices(ctx context.Context) (any, error) {
	all, err := a.payments.Offered(ctx, a.tx, a.TenantID)
	if err != nil {
		return nil, err
	}
	verified := slices.ContainsFunc(all, func(c payment.Choice) bool { return c.Method == payment.Pix && c.Provider != payment.PixKey })
	// What is paid in the conversation comes before what is paid at the door.
	slices.SortStableFunc(all, func(x, y payment.Choice) int { return rank(x) - rank(y) })
	list := []choice{}
	for _, c := range all {
		if verified && c.Provider == payment.PixKey {
			continue
		}
		list = append(list, choice{c.Provider, c.Method, a.words.label(c), c.Method == payment.Slip})
	}
	return map[string]any{"choices": list}, nil
}

// rank orders ways to pay: Pix, the other ones before the goods leave, the rest.
func rank(c payment.Choice) int {
	switch {
	case c.Method == payment.Pix:
		return 0
	case c.Prepaid():
		return 1
	default:
		return 2
	}
}

func (a *asking) place(ctx context.Context) (any, error) {
	o, err := a.orders.Place(ctx, order.Place{
		TenantID: a.TenantID, ContactID: a.ContactID, ConversationID: a.ConversationID, Source: order.FromBot,
		Payment: payment.Choice{Provider: a.Provider, Method: a.Method}, Customer: a.Customer, Expected: a.ExpectedTotal, Key: "bot/" + a.Key, By: a.by(),
	})
	if reasonOf(err) == "no_delivery" {
		err = fault.Refuse("delivery_missing", "it is not said how the order goes to the customer")
	}
	if err != nil {
		return nil, err
	}
	return a.orderOf(o, a.words), nil
}

// settled is how the wait for a payment ends.
type settled struct {
	State string    `json:"state"` // paid, expired, canceled
	Order orderBody `json:"order"`
}

// ending tells how the wait for the order's payment ended; empty while it goes
// on.
func ending(o order.Order) string {
	switch {
	case o.State == order.Expired:
		return "expired"
	case o.State == order.Canceled:
		return "canceled"
	case o.State == order.AwaitingPayment:
		return ""
	default:
		return "paid"
	}
}

// topicOf names what happens to an order.
func topicOf(orderID string) string { return "order:" + orderID }

// await answers at once when the order was settled, and else later. The order's
// row is locked, so that a payment comes either before this or behind the turn.
func (a *asking) await(ctx context.Context) (any, error) {
	if err := a.orders.LockOrder(ctx, a.tx, a.TenantID, a.OrderID); err != nil {
		return nil, err
	}
	o, err := a.orders.Get(ctx, a.TenantID, a.OrderID)
	if err != nil {
		return nil, err
	}
	if o.ContactID != a.ContactID {
		return nil, errNoOrder()
	}
	state := ending(o)
	if state == "" {
		return pending{topicOf(o.ID)}, nil
	}
	return settled{state, a.orderOf(o, a.words)}, nil
}

func errNoOrder() error { return fault.Refuse("order_not_found", "the customer has no such order") }

func (a *asking) list(ctx context.Context) (any, error) {
	found, err := a.orders.List(ctx, order.Search{TenantID: a.TenantID, ContactID: a.ContactID, Limit: bounded(a.Limit, pageOfTen, mostShown)})
	list := []orderBody{}
	for _, o := range found.Items {
		list = append(list, a.orderOf(o, a.words))
	}
	return map[string]any{"orders": list}, err
}

// numberIn reads the first number in a customer's words: "pedido nº 1024".
func numberIn(text string) int64 {
	isDigit := func(r rune) bool { return r >= '0' && r <= '9' }
	from := strings.IndexFunc(text, isDigit)
	if from < 0 {
		return 0
	}
	text = text[from:]
	if end := strings.IndexFunc(text, func(r rune) bool { return !isDigit(r) }); end >= 0 {
		text = text[:end]
	}
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return number
}

// one finds an order by its number, among the customer's own.
func (a *asking) one(ctx context.Context) (any, error) {
	text := string(a.Number)
	if words := ""; json.Unmarshal(a.Number, &words) == nil {
		text = words // the digits of an escaped character are none of the number
	}
	number := numberIn(text)
	if number < 1 {
		return nil, errNoOrder()
	}
	found, err := a.orders.List(ctx, order.Search{TenantID: a.TenantID, ContactID: a.ContactID, Number: number, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(found.Items) == 0 {
		return nil, errNoOrder()
	}
	return a.orderOf(found.Items[0], a.words), nil
}
