package mercadopago

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/money"
	"prosa/internal/modules/payment"
)

// Name is what payments say of who takes them.
const Name = "mercadopago"

// Accounts gives a company's account at Mercado Pago, with its credentials.
// Error: fault.NotFound. payment.Accounts fills it.
type Accounts interface {
	Of(ctx context.Context, tenantID, provider string) (payment.Account, error)
}

// Adapter implements payment.Vendor.
type Adapter struct {
	cfg      Config
	base     *url.URL
	http     *http.Client
	accounts Accounts
}

var _ payment.Vendor = (*Adapter)(nil)

// New makes the adapter. client is httpclient.Provider's for cfg.Bases. Error:
// fault.Invalid for a base URL that is none.
func New(cfg Config, client *http.Client, accounts Accounts) (*Adapter, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	base, err := url.Parse(cfg.BaseURL)
	if err != nil {
		return nil, err
	}
	return &Adapter{cfg: cfg, base: base, http: client, accounts: accounts}, nil
}

// Name implements payment.Provider.
func (*Adapter) Name() string { return Name }

// Methods implements payment.Vendor.
func (*Adapter) Methods() []payment.Method {
	return []payment.Method{payment.Pix, payment.Link, payment.Slip}
}

// Choices implements payment.Provider.
func (a *Adapter) Choices(ctx context.Context, tenantID string) ([]payment.Choice, error) {
	account, err := a.accounts.Of(ctx, tenantID, Name)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	list := make([]payment.Choice, len(account.Methods))
	for i, method := range account.Methods {
		list[i] = payment.Choice{Provider: Name, Method: method}
	}
	return list, nil
}

// Test implements payment.Vendor: a search that finds nothing, which any token
// that works may do.
func (a *Adapter) Test(ctx context.Context, account payment.Account) error {
	_, err := a.search(ctx, account, "no-such-payment")
	return err
}

// Ask implements payment.Provider.
func (a *Adapter) Ask(ctx context.Context, in payment.Asked) (payment.Answered, error) {
	if in.Currency != money.BRL {
		return payment.Answered{}, refuse("an account of Mercado Pago takes reais only")
	}
	account, err := a.account(ctx, in.TenantID)
	if err != nil {
		return payment.Answered{}, err
	}
	if in.Method == payment.Link {
		return a.createPreference(ctx, account, in)
	}
	return a.createOrder(ctx, account, in)
}

// account gives a company's account. A company without one is refused for its
// credentials: payments wait until it has one again.
func (a *Adapter) account(ctx context.Context, tenantID string) (payment.Account, error) {
	account, err := a.accounts.Of(ctx, tenantID, Name)
	if fault.Is(err, fault.NotFound) {
		return account, fault.Refuse(payment.WrongCredentials, "the company has no account at Mercado Pago connected")
	}
	return account, err
}

// isOrder tells ids of orders from those of preferences.
func isOrder(externalID string) bool { return strings.HasPrefix(externalID, "ORD") }

// Look implements payment.Provider.
func (a *Adapter) Look(ctx context.Context, tenantID, externalID string) ([]payment.Fact, error) {
	account, err := a.account(ctx, tenantID)
	if err != nil {
		return nil, err
	}
	if isOrder(externalID) {
		found, err := a.getOrder(ctx, account, externalID)
		if err != nil {
			return nil, err
		}
		return orderFacts(found)
	}
	made, err := a.paymentsOf(ctx, account, externalID)
	if err != nil {
		return nil, err
	}
	return paymentFacts(made)
}

// Cancel implements payment.Provider. One that is paid, or over already, is left
// as it is: a look tells.
func (a *Adapter) Cancel(ctx context.Context, tenantID, externalID string) error {
	account, err := a.account(ctx, tenantID)
	if err != nil {
		return err
	}
	if isOrder(externalID) {
		return a.cancelOrder(ctx, account, externalID)
	}
	return a.closePreference(ctx, account, externalID)
}

// PayBack implements payment.Provider.
func (a *Adapter) PayBack(ctx context.Context, in payment.Returned) (payment.Fact, error) {
	account, err := a.account(ctx, in.TenantID)
	if err != nil {
		return payment.Fact{}, err
	}
	if isOrder(in.ExternalID) {
		return a.refundOrder(ctx, account, in)
	}
	return a.refundPayment(ctx, account, in)
}

// Trace implements payment.Vendor. What the vendor does not know, or does not
// know under a reference of ours, is nobody's.
func (a *Adapter) Trace(ctx context.Context, account payment.Account, notice payment.Notice) (paymentID string, err error) {
	switch notice.Kind {
	case kindOrder:
		found, err := a.getOrder(ctx, account, notice.ExternalID)
		if err != nil {
			return "", err
		}
		paymentID = found.ExternalReference
	case kindPayment:
		found, err := a.getPayment(ctx, account, notice.ExternalID)
		if err != nil {
			return "", err
		}
		paymentID = found.Reference
	}
	if ours := id.Check(id.Payment, paymentID) == nil; !ours {
		paymentID = ""
	}
	return paymentID, nil
}

func refuse(format string, args ...any) error {
	return fault.Refuse(payment.RefusedByVendor, format, args...)
}
