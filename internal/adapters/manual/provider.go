package manual

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/modules/subscription"
)

// Name of the provider in the configuration and in what it made.
const Name = subscription.ManualProvider

// Books keep the lines of contracts; *subscription.Service does.
type Books interface {
	// Entries reads the lines of a contract, by their time. Error: fault.NotFound.
	Entries(ctx context.Context, contractID string) (lines []subscription.Entry, nowMS int64, err error)
	// Enter writes a line; the same key again changes nothing. Error:
	// fault.NotFound.
	Enter(ctx context.Context, contractID string, line subscription.Entry) error
}

// Provider implements subscription.Provider for contracts signed offline.
type Provider struct{ books Books }

var _ subscription.Provider = (*Provider)(nil)

// New makes the provider.
func New(books Books) *Provider { return &Provider{books} }

// Name implements subscription.Provider.
func (p *Provider) Name() string { return Name }

// Methods implements subscription.Provider: there is no page to pay on.
func (p *Provider) Methods() []string { return nil }

// EnsureCustomer implements subscription.Provider.
func (p *Provider) EnsureCustomer(_ context.Context, _ string, c subscription.Customer) (string, error) {
	return c.Reference, nil
}

// StartCheckout implements subscription.Provider.
func (p *Provider) StartCheckout(context.Context, string, subscription.Checkout) (subscription.Started, error) {
	return subscription.Started{}, noPage()
}

// LookCheckout implements subscription.Provider.
func (p *Provider) LookCheckout(context.Context, string) (subscription.CheckoutState, error) {
	return subscription.CheckoutState{}, noPage()
}

// ExpireCheckout implements subscription.Provider.
func (p *Provider) ExpireCheckout(context.Context, string) error { return nil }

func noPage() error {
	return &subscription.Trouble{Kind: subscription.Refused, Message: "a contract that was signed offline has no page to pay on"}
}

// LookSubscription implements subscription.Provider.
func (p *Provider) LookSubscription(ctx context.Context, contractID string) (subscription.Remote, error) {
	c, nowMS, err := p.read(ctx, contractID)
	if err != nil {
		return subscription.Remote{}, err
	}
	return c.remote(nowMS), nil
}

func (p *Provider) read(ctx context.Context, contractID string) (contract, int64, error) {
	lines, nowMS, err := p.books.Entries(ctx, contractID)
	if err != nil {
		return contract{}, 0, trouble(err)
	}
	c, err := read(contractID, lines)
	return c, nowMS, err
}

// PreviewChange implements subscription.Provider.
func (p *Provider) PreviewChange(_ context.Context, c subscription.Change) (money.Amount, error) {
	return c.Due, nil
}

// ApplyChange implements subscription.Provider.
func (p *Provider) ApplyChange(ctx context.Context, key string, c subscription.Change) error {
	return p.enter(ctx, c.SubscriptionID, key, changed, change{Interval: c.Interval, Price: c.Price, Due: c.Due, NewPeriodMS: c.NewPeriodMS})
}

// CancelAtEnd implements subscription.Provider.
func (p *Provider) CancelAtEnd(ctx context.Context, key, contractID string, ends bool) error {
	kind := goOn
	if ends {
		kind = toEnd
	}
	return p.enter(ctx, contractID, key, kind, struct{}{})
}

// CancelNow implements subscription.Provider.
func (p *Provider) CancelNow(ctx context.Context, key, contractID string) error {
	return p.enter(ctx, contractID, key, ended, struct{}{})
}

// Refund implements subscription.Provider: it notes what an operator sends back
// by the bank.
func (p *Provider) Refund(ctx context.Context, key, billID string, amount money.Amount) error {
	contractID := contractOf(billID)
	c, nowMS, err := p.read(ctx, contractID)
	if err != nil {
		return err
	}
	for _, bill := range c.remote(nowMS).Bills {
		if bill.BillID == billID {
			return p.enter(ctx, contractID, key, refunded, refund{BillID: billID, Amount: amount})
		}
	}
	return &subscription.Trouble{Kind: subscription.Refused, Message: "the contract has no such bill"}
}

// contractOf reads the contract's id off a bill's.
func contractOf(billID string) string {
	for i, c := range billID {
		if c == ':' {
			return billID[:i]
		}
	}
	return billID
}

// MethodPage implements subscription.Provider.
func (p *Provider) MethodPage(context.Context, string, string) (string, error) { return "", nil }

// Verify implements subscription.Provider: nobody calls back.
func (p *Provider) Verify(http.Header, []byte) ([]subscription.Notice, error) {
	return nil, fault.New(fault.Unauthorized, "contracts that were signed offline have no callbacks")
}

func (p *Provider) enter(ctx context.Context, contractID, key, kind string, data any) error {
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	return trouble(p.books.Enter(ctx, contractID, subscription.Entry{Key: key, Kind: kind, Data: text}))
}

// trouble tells an absent contract from books that can't be read now.
func trouble(err error) error {
	if missing := new(fault.Error); errors.As(err, &missing) && missing.Code == fault.NotFound {
		return &subscription.Trouble{Kind: subscription.Refused, Message: "there is no such contract"}
	}
	return err
}
