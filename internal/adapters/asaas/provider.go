package asaas

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"prosa/internal/base/clock"
	"prosa/internal/base/money"
	"prosa/internal/modules/subscription"
)

// Name of the vendor.
const Name = "asaas"

// Provider implements subscription.Provider.
type Provider struct {
	cfg   Config
	http  *http.Client
	clock clock.Clock
}

var _ subscription.Provider = (*Provider)(nil)

// New makes the adapter. client must be bound to Config.Bases.
func New(cfg Config, client *http.Client, clock clock.Clock) *Provider {
	return &Provider{cfg: cfg, http: client, clock: clock}
}

// Name implements subscription.Provider.
func (p *Provider) Name() string { return Name }

// Methods implements subscription.Provider.
func (p *Provider) Methods() []string { return []string{pix, boleto, card} }

func (p *Provider) nowMS() int64 { return p.clock.Now().UnixMilli() }

// number is an amount as the vendor takes it.
func number(amount money.Amount) json.Number { return json.Number(amount.Decimal()) }

// customer is the vendor's payer.
type customer struct {
	ID         string `json:"id,omitempty"`
	Name       string `json:"name"`
	TaxID      string `json:"cpfCnpj"`
	Email      string `json:"email,omitempty"`
	Phone      string `json:"mobilePhone,omitempty"`
	Street     string `json:"address,omitempty"`
	Number     string `json:"addressNumber,omitempty"`
	Complement string `json:"complement,omitempty"`
	District   string `json:"province,omitempty"`
	ZIP        string `json:"postalCode,omitempty"`
	Reference  string `json:"externalReference"`
	Silent     bool   `json:"notificationDisabled"`
}

// EnsureCustomer implements subscription.Provider.
func (p *Provider) EnsureCustomer(ctx context.Context, key string, c subscription.Customer) (string, error) {
	known, err := list[struct {
		ID      string `json:"id"`
		Deleted bool   `json:"deleted"`
	}](ctx, p, "/customers", url.Values{"externalReference": {key}})
	if err != nil {
		return "", trouble(err)
	}
	for _, one := range known {
		if !one.Deleted {
			return one.ID, nil
		}
	}
	var made customer
	err = p.call(ctx, http.MethodPost, "/customers", customer{
		Name: c.Name, TaxID: c.TaxID, Email: c.Email, Phone: national(c.Phone), Street: c.Address.Street, Number: c.Address.Number,
		Complement: c.Address.Complement, District: c.Address.District, ZIP: c.Address.ZIP, Reference: key, Silent: !p.cfg.Notices,
	}, &made)
	if err != nil {
		return "", trouble(err)
	}
	return made.ID, nil
}

// national gives a Brazilian number without its country, as the vendor has it;
// another country's is left out, since it would be refused.
func national(phone string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
	if len(digits) > 11 {
		digits = strings.TrimPrefix(digits, "55")
	}
	if len(digits) != 10 && len(digits) != 11 {
		return ""
	}
	return digits
}

// plan is the vendor's subscription.
type plan struct {
	ID          string      `json:"id"`
	Customer    string      `json:"customer"`
	BillingType string      `json:"billingType"`
	Value       json.Number `json:"value"`
	Cycle       string      `json:"cycle"`
	NextDue     string      `json:"nextDueDate"`
	Status      string      `json:"status"` // ACTIVE, EXPIRED, INACTIVE
	Deleted     bool        `json:"deleted"`
	Created     string      `json:"dateCreated"`
	Description string      `json:"description"`
	Reference   string      `json:"externalReference"`
}

// StartCheckout implements subscription.Provider.
func (p *Provider) StartCheckout(ctx context.Context, key string, c subscription.Checkout) (subscription.Started, error) {
	t, value, due := p.agree(key, c)
	made, found, err := p.find(ctx, c.CustomerID, key)
	if err == nil && !found {
		err = p.call(ctx, http.MethodPost, "/subscriptions", map[string]any{
			"customer": c.CustomerID, "billingType": billingType(c.Methods), "value": number(value), "nextDueDate": day(due), "cycle": cycleOf(c.Interval),
			"description": c.Plan, "externalReference": t.String(), "callback": map[string]any{"successUrl": c.SuccessURL, "autoRedirect": true},
		}, &made)
	}
	if err != nil {
		return subscription.Started{}, trouble(err)
	}
	if t.trial != "" {
		// There is nothing to pay yet, and paying would charge at once.
		return subscription.Started{CheckoutID: made.ID, URL: c.SuccessURL, ExpiresMS: due}, nil
	}
	bills, err := p.bills(ctx, made)
	if err != nil {
		return subscription.Started{}, trouble(err)
	}
	first, ok := firstOf(bills, made.ID)
	if !ok {
		return subscription.Started{}, &subscription.Trouble{Kind: subscription.Down, Message: "Asaas has not made the first bill yet"}
	}
	dueMS, _ := dayMS(first.Due)
	return subscription.Started{CheckoutID: made.ID, URL: first.Page, ExpiresMS: dueMS + dayLength}, nil
}

// dayLength is a day, in milliseconds.
const dayLength = 24 * 60 * 60 * 1000

// agree gives what a subscription is made with.
func (p *Provider) agree(key string, c subscription.Checkout) (t terms, value money.Amount, dueMS int64) {
	t, value, dueMS = terms{key: key}, c.Price, max(c.DueMS, p.nowMS())
	switch {
	case c.Discount > 0 && c.DiscountCycles > 0:
		t.discount, t.cycles = c.Discount, c.DiscountCycles
	case c.Discount > 0:
		value -= c.Discount
	}
	if c.TrialDays > 0 {
		dueMS = p.nowMS() + int64(c.TrialDays)*dayLength
		t.trial = day(dueMS)
	}
	return t, value, dueMS
}

// find looks for the subscription that a key made.
func (p *Provider) find(ctx context.Context, customerID, key string) (plan, bool, error) {
	known, err := list[plan](ctx, p, "/subscriptions", url.Values{"customer": {customerID}})
	for _, one := range known {
		if !one.Deleted && readTerms(one.Reference).key == key {
			return one, true, nil
		}
	}
	return plan{}, false, err
}

// read reads a subscription; one that was deleted, or never was, says so.
func (p *Provider) read(ctx context.Context, subscriptionID string) (plan, error) {
	var found plan
	err := p.call(ctx, http.MethodGet, "/subscriptions/"+url.PathEscape(subscriptionID), nil, &found)
	if isMissing(err) {
		return plan{ID: subscriptionID, Deleted: true}, nil
	}
	return found, err
}

// LookCheckout implements subscription.Provider.
func (p *Provider) LookCheckout(ctx context.Context, checkoutID string) (subscription.CheckoutState, error) {
	held, err := p.read(ctx, checkoutID)
	if err != nil {
		return subscription.CheckoutState{}, trouble(err)
	}
	state := subscription.CheckoutState{State: subscription.CheckoutExpired, SubscriptionID: held.ID, CustomerID: held.Customer, AtMS: p.nowMS()}
	if held.Deleted {
		return state, nil
	}
	if readTerms(held.Reference).trial != "" {
		state.State = subscription.CheckoutPaid
		return state, nil
	}
	bills, err := p.bills(ctx, held)
	if err != nil {
		return state, trouble(err)
	}
	first, ok := firstOf(bills, held.ID)
	if !ok {
		return state, nil
	}
	state.Method, state.BoletoURL = methodOf(first.BillingType), first.BoletoURL
	state.DueMS, _ = dayMS(first.Due)
	switch first.state() {
	case subscription.BillPaid, subscription.BillRefunded, subscription.BillDisputed:
		state.State, state.Paid = subscription.CheckoutPaid, first.amount()
		return state, nil
	case subscription.BillVoid:
		return state, nil
	}
	state.State = subscription.CheckoutOpen
	if state.Method == pix || state.Method == boleto {
		state.State = subscription.CheckoutPending
	}
	state.PixCode, state.BoletoLine, err = p.codes(ctx, first)
	return state, trouble(err)
}

// ExpireCheckout implements subscription.Provider. One that was paid meanwhile
// stays.
func (p *Provider) ExpireCheckout(ctx context.Context, checkoutID string) error {
	state, err := p.LookCheckout(ctx, checkoutID)
	if err != nil || state.State == subscription.CheckoutExpired {
		return err
	}
	if state.State == subscription.CheckoutPaid {
		return &subscription.Trouble{Kind: subscription.Refused, Message: "the checkout was paid"}
	}
	return p.CancelNow(ctx, "", checkoutID)
}

// CancelNow implements subscription.Provider. The vendor takes its open bills
// back.
func (p *Provider) CancelNow(ctx context.Context, _, subscriptionID string) error {
	err := p.call(ctx, http.MethodDelete, "/subscriptions/"+url.PathEscape(subscriptionID), nil, nil)
	if isMissing(err) {
		return nil
	}
	return trouble(err)
}

// MethodPage implements subscription.Provider: Asaas has none. Each bill's page
// lets its payer choose.
func (p *Provider) MethodPage(context.Context, string, string) (string, error) { return "", nil }
