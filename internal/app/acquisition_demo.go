package app

import (
	"context"
	"fmt"
	"net/http"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/message"
	"prosa/internal/modules/builder"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/crm"
	"prosa/internal/modules/tenancy"
)

// Credentials of the demo at its own simulators; they open nothing else.
const (
	demoStripeKey    = "sk_test_demo"
	demoStripeSecret = "whsec_ZGVtbw"
	demoAsaasKey     = "$aact_demo"
	demoAsaasToken   = "whtok_demo"
	demoZohoClient   = "1000.DEMO"
)

// openSales lets companies buy in a demo: there are plans, the simulated Stripe
// knows where to tell of payments, the simulated Zoho is connected, and a new
// company gets a number to try its bot with. It runs at each start and makes what
// is not there.
func (h *house) openSales(ctx context.Context, sandbox *sandboxClient) error {
	if err := h.samplePlans(ctx); err != nil {
		return err
	}
	err := sandbox.send(ctx, http.MethodPut, stripePath+"/_sandbox/endpoint", map[string]any{
		"url": h.cfg.Server.gatewayURL() + planHooks + "stripe", "secret": demoStripeSecret,
	}, nil)
	if err != nil {
		return err
	}
	err = sandbox.send(ctx, http.MethodPut, asaasPath+"/_sandbox/account", map[string]any{
		"name": "Prosa", "key": demoAsaasKey, "webhook_url": h.cfg.Server.gatewayURL() + planHooks + "asaas", "token": demoAsaasToken,
	}, nil)
	if err != nil {
		return err
	}
	return h.connectCRM(ctx, sandbox)
}

// samplePlans publishes the sample table of prices where there is none.
func (h *house) samplePlans(ctx context.Context) error {
	sold, err := h.plans.Public(ctx, h.cfg.Server.Line)
	if err != nil || len(sold) > 0 {
		return err
	}
	_, err = h.plans.Sample(ctx, tenancy.By{Actor: system()})
	return err
}

// connectCRM connects the simulated Zoho, once.
func (h *house) connectCRM(ctx context.Context, sandbox *sandboxClient) error {
	status, err := h.crm.Status(ctx)
	if err != nil || status.Connected {
		return err
	}
	password := randomHex(16)
	if err := sandbox.post(ctx, zohoPath+"/_sandbox/clients", map[string]any{"client_id": demoZohoClient, "client_secret": password}, nil); err != nil {
		return err
	}
	var given struct {
		Token string `json:"refresh_token"`
	}
	if err := sandbox.post(ctx, zohoPath+"/_sandbox/refresh", map[string]any{"client_id": demoZohoClient}, &given); err != nil {
		return err
	}
	_, err = h.crm.Connect(ctx, crm.Connect{Centre: "us", ClientID: demoZohoClient, Secret: secret.New(password), Refresh: secret.New(given.Token)}, system(), "")
	return err
}

// rehearsal gives new companies a number at the simulated Meta, on which their
// first bot answers.
type rehearsal struct {
	*house
	sandbox *sandboxClient
}

// Open implements acquisition.Rehearsal. Twice is as once: the bot is published
// when it is not live, and the number is found again by the company's id.
func (r *rehearsal) Open(ctx context.Context, tenantID, botID string) error {
	bot, err := r.builder.Get(ctx, tenantID, botID)
	if err != nil {
		return err
	}
	if bot.LiveVersionID == "" {
		_, err = r.builder.Publish(ctx, builder.Publishing{TenantID: tenantID, BotID: botID, Revision: 1, Note: "Primeira versão", By: builder.By{Actor: system()}})
		if err != nil {
			return err
		}
	}
	number, display := rehearsalNumber(tenantID)
	account, err := r.rehearsalAccount(ctx, tenantID, botID, number, display)
	if err != nil {
		return err
	}
	company, err := r.tenancy.Get(ctx, tenantID)
	if err != nil {
		return err
	}
	app, waba, token := "91"+number[2:], "92"+number[2:], account.Credential("token").Reveal()
	for _, step := range []struct {
		path string
		body map[string]any
	}{
		{"/apps", map[string]any{"app_id": app, "app_secret": account.Credential("app_secret").Reveal(), "verify_token": account.Credential("verify_token").Reveal(), "name": company.Name}},
		{"/wabas", map[string]any{"waba_id": waba, "name": company.Name, "subscriptions": map[string]string{app: r.hookURL(account)}}},
		{"/numbers", map[string]any{"phone_number_id": number, "waba_id": waba, "app_id": app, "display_phone_number": display, "verified_name": company.Name,
			"quality_rating": "GREEN", "token": token, "callback_url": r.hookURL(account)}},
	} {
		if err := r.sandbox.post(ctx, metaPath+"/_sandbox"+step.path, step.body, nil); err != nil {
			return err
		}
	}
	return nil
}

// rehearsalAccount makes the account of a simulated number, or finds it.
func (r *rehearsal) rehearsalAccount(ctx context.Context, tenantID, botID, number, display string) (channel.Account, error) {
	accounts, err := r.channel.List(ctx, tenantID)
	if err != nil {
		return channel.Account{}, err
	}
	for _, account := range accounts {
		if account.ExternalID == number {
			return r.channel.Get(ctx, tenantID, account.ID)
		}
	}
	account, err := r.channel.Create(ctx, channel.NewAccount{
		TenantID: tenantID, Channel: message.WhatsApp, Name: "WhatsApp de ensaio", ExternalID: number, Display: display, BotID: botID,
		Settings:    map[string]string{"waba_id": "92" + number[2:], "rehearsal": "true"},
		Credentials: map[string]secret.Text{"token": secret.New("EAAG" + randomHex(40)), "app_secret": secret.New(randomHex(16))}, Actor: system(),
	})
	if fault.Is(err, fault.Refused) {
		return account, fault.New(fault.Refused, "the plan has no room for a number to try with: %s", fault.MessageOf(err))
	}
	return account, err
}

// rehearsalNumber makes a simulated number of a company's id: its id at Meta and
// what people see.
func rehearsalNumber(tenantID string) (externalID, display string) {
	sum := uint64(0)
	for _, c := range []byte(tenantID) {
		sum = sum*131 + uint64(c)
	}
	digits := fmt.Sprintf("%013d", sum%10_000_000_000_000)
	return "95" + digits, "+55 11 4" + digits[:3] + "-" + digits[3:7]
}
