package stripe

import (
	"context"
	"net/http"
	"slices"

	sdk "github.com/stripe/stripe-go/v82"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/modules/subscription"
)

// Name is what subscriptions say of who takes their money.
const Name = "stripe"

// Adapter implements subscription.Provider.
type Adapter struct {
	cfg   Config
	api   *sdk.Client
	clock clock.Clock
}

var (
	_ subscription.Provider = (*Adapter)(nil)
	_ subscription.Tracer   = (*Adapter)(nil)
)

// New makes the adapter. client is httpclient.Provider's for cfg.Bases. Error:
// fault.Invalid for a configuration that can't work.
func New(cfg Config, client *http.Client, c clock.Clock) (*Adapter, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Key.IsZero() {
		return nil, fault.OnField("PROSA_STRIPE_KEY", "is needed to be paid by Stripe")
	}
	carrier := &backend{base: cfg.BaseURL, http: client}
	backends := &sdk.Backends{API: carrier, Connect: carrier, Uploads: carrier, MeterEvents: carrier}
	return &Adapter{cfg: cfg, api: sdk.NewClient(cfg.Key.Reveal(), sdk.WithBackends(backends)), clock: c}, nil
}

// Name implements subscription.Provider.
func (*Adapter) Name() string { return Name }

// Methods implements subscription.Provider.
func (a *Adapter) Methods() []string { return slices.Clone(a.cfg.Methods) }

// MethodPage implements subscription.Provider: the customer portal, opened where
// a way to pay is changed. Source: "Customer portal", "Deep links".
func (a *Adapter) MethodPage(ctx context.Context, customerID, returnURL string) (string, error) {
	page, err := a.api.V1BillingPortalSessions.Create(ctx, &sdk.BillingPortalSessionCreateParams{
		Params:    fresh(),
		Customer:  sdk.String(customerID),
		ReturnURL: sdk.String(returnURL),
		FlowData: &sdk.BillingPortalSessionCreateFlowDataParams{
			Type: sdk.String(sdk.BillingPortalSessionFlowTypePaymentMethodUpdate),
			AfterCompletion: &sdk.BillingPortalSessionCreateFlowDataAfterCompletionParams{
				Type:     sdk.String(sdk.BillingPortalSessionFlowAfterCompletionTypeRedirect),
				Redirect: &sdk.BillingPortalSessionCreateFlowDataAfterCompletionRedirectParams{ReturnURL: sdk.String(returnURL)},
			},
		},
	})
	if err != nil {
		return "", trouble(err)
	}
	return page.URL, nil
}
