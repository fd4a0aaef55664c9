package app

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"prosa/internal/adapters/asaas"
	"prosa/internal/adapters/manual"
	"prosa/internal/adapters/stripe"
	"prosa/internal/app/sample"
	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/modules/acquisition"
	"prosa/internal/modules/builder"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/subscription"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
	"prosa/internal/platform/httpclient"
	"prosa/internal/platform/saga"
)

// planHooks is the path of callbacks about payments of plans, before the vendor.
const planHooks = "/webhooks/plans/"

// joinSubscriptions makes what companies pay, and who takes the money.
func (h *house) joinSubscriptions() error {
	h.subscriptions = subscription.New(h.cfg.Subscriptions, subscription.Deps{
		DB: h.db, Plans: h.plans, Companies: h.tenancy, People: identity.Admins, Used: h.used, Post: h.mail, Site: h.cfg.Identity.PublicURL, Logger: h.logger,
	})
	providers, err := h.providers()
	if err != nil {
		return err
	}
	h.subscriptions.Bind(providers...)
	return nil
}

// used tells what a company has in use now, by meter.
func (h *house) used(ctx context.Context, tenantID string) (map[tenancy.Meter]int64, error) {
	list, err := h.tenancy.Usage(ctx, tenantID)
	used := map[tenancy.Meter]int64{}
	for _, one := range list {
		used[one.Meter] = one.Used
	}
	return used, err
}

// providers makes who takes the money of plans, in the order of the
// configuration. A new one is one line here.
func (h *house) providers() ([]subscription.Provider, error) {
	var list []subscription.Provider
	for _, name := range h.cfg.Signup.Payment {
		switch name = strings.TrimSpace(name); name {
		case subscription.ManualProvider:
			list = append(list, manual.New(h.subscriptions))
		case stripe.Name:
			client, err := httpclient.Provider(h.cfg.Stripe.Limits(), h.cfg.Stripe.Bases()...)
			if err != nil {
				return nil, err
			}
			vendor, err := stripe.New(h.cfg.Stripe, client, h.clock)
			if err != nil {
				return nil, err
			}
			list = append(list, vendor)
		case asaas.Name:
			client, err := httpclient.Provider(h.cfg.Asaas.Limits(), h.cfg.Asaas.Bases()...)
			if err != nil {
				return nil, err
			}
			list = append(list, asaas.New(h.cfg.Asaas, client, h.clock))
		case "":
		default:
			return nil, fault.OnField("PROSA_PLAN_PAYMENT", "there is no provider %q", name)
		}
	}
	// Contracts that were signed offline are always possible: operators open them.
	if !slices.ContainsFunc(list, func(p subscription.Provider) bool { return p.Name() == manual.Name }) {
		list = append(list, manual.New(h.subscriptions))
	}
	return list, nil
}

// joinSignup makes the way of companies to us, and the sagas that run it.
func (h *house) joinSignup() error {
	h.sagas = saga.New(h.cfg.Sagas, h.db, h.logger)
	keys, err := h.secrets.Derive("links of first admins")
	if err != nil {
		return err
	}
	var paying []subscription.Provider
	for _, name := range h.subscriptions.Vendors() {
		if provider, ok := h.subscriptions.Provider(name); ok {
			paying = append(paying, provider)
		}
	}
	h.signup = acquisition.New(h.cfg.Signup, acquisition.Deps{
		DB: h.db, Plans: h.plans, Sagas: h.sagas, Post: h.mail, Providers: paying, Subscriptions: h.subscriptions, Inviter: h.identity,
		Bots: firstBots{h.builder}, Goods: firstGoods{h}, CRM: h.crm, Keys: keys, Logger: h.logger,
	})
	h.subscriptions.BindCheckouts(h.signup)
	h.identity.BindJoined(h.signup.Joined)
	if h.cfg.Sandbox.URL != "" {
		// Where telephones are simulated, a new company is written to at once.
		h.signup.BindRehearsal(&rehearsal{house: h, sandbox: &sandboxClient{base: strings.TrimRight(h.cfg.Sandbox.URL, "/"), http: &http.Client{Timeout: 20 * time.Second}}})
	}
	return errors.Join(h.sagas.Register(h.signup.Journey()), h.sagas.Register(h.signup.Leads()))
}

// system is who acts for a company that is being made.
func system() event.Actor { return event.Actor{Kind: "system", ID: "acquisition"} }

// firstBots asks the builder for the bots that a company begins with.
type firstBots struct{ builder *builder.Service }

// Make implements acquisition.Bots.
func (f firstBots) Make(ctx context.Context, tx *database.Tx, tenantID string, bot acquisition.TradeBot) (string, error) {
	return f.builder.CreateIn(ctx, tx, builder.NewBot{TenantID: tenantID, Name: bot.Name, Template: bot.Template, By: builder.By{Actor: system()}})
}

// firstGoods fills the shop of a company that wished for something to try.
type firstGoods struct{ *house }

// Sample implements acquisition.Goods. Products are met by their handles, so
// that twice is as once.
func (f firstGoods) Sample(ctx context.Context, tenantID, _ string) error {
	report, err := f.products.Import(ctx, tenantID, strings.NewReader(sample.Catalog), false, system())
	if err != nil {
		return err
	}
	if len(report.Flaws) > 0 {
		return fault.New(fault.Internal, "row %d of the sample catalog: %s", report.Flaws[0].Row, report.Flaws[0].Message)
	}
	return f.photograph(ctx, tenantID, system())
}
