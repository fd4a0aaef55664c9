package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/base/secret"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/payment"
)

// paymentAccountView is an account as the set-up page shows it. Its token and
// secret are never shown.
type paymentAccountView struct {
	payment.Account
	WebhookURL string `json:"webhook_url" doc:"What the vendor must call: to be named in its panel."`
}

func (a *api) paymentAccountView(account payment.Account) paymentAccountView {
	return paymentAccountView{account, a.deps.GatewayURL + "/webhooks/" + account.Provider + "/" + account.Hook}
}

type paymentAccountOutput struct{ Body paymentAccountView }

type paymentVendorPath struct {
	Vendor string `path:"vendor" maxLength:"40" doc:"mercadopago."`
}

type paymentAccountInput struct {
	Vendor string `path:"vendor" maxLength:"40" doc:"mercadopago."`
	Body   struct {
		AccessToken   string           `json:"access_token,omitempty" maxLength:"500" doc:"Empty: stays as it is."`
		WebhookSecret string           `json:"webhook_secret,omitempty" maxLength:"500" doc:"Signs the vendor's callbacks. Empty: stays as it is."`
		PayerEmail    string           `json:"payer_email" maxLength:"250" doc:"Told to the vendor as the payer's, since customers in a chat give none."`
		Methods       []payment.Method `json:"methods" nullable:"false" minItems:"1" maxItems:"5" doc:"What customers are offered: pix, link, boleto."`
		Version       int64            `json:"version,omitempty" doc:"The version that was seen; a later one is a conflict."`
	}
}

func (a *api) registerPaymentAccount() {
	at := func(id, method, path, summary string) route {
		return route{id: id, method: method, path: "/payments/accounts" + path, tag: "payment", needs: identity.PaymentManage, summary: summary}
	}
	handle(a, at("list-payment-accounts", http.MethodGet, "", "The company's accounts at vendors of payments."),
		func(ctx context.Context, _ *struct{}) (*all[paymentAccountView], error) {
			accounts, err := a.deps.PaymentAccounts.List(ctx, caller(ctx).TenantID())
			views := make([]paymentAccountView, len(accounts))
			for i, account := range accounts {
				views[i] = a.paymentAccountView(account)
			}
			return whole(views, err)
		})
	handle(a, at("save-payment-account", http.MethodPut, "/{vendor}", "Connect or change the company's account at a vendor. Test it then."), a.savePaymentAccount)
	handle(a, at("test-payment-account", http.MethodPost, "/{vendor}/test", "Ask the vendor whether the credentials work."),
		func(ctx context.Context, in *paymentVendorPath) (*paymentAccountOutput, error) {
			account, err := a.deps.PaymentAccounts.Test(ctx, caller(ctx).TenantID(), in.Vendor)
			return &paymentAccountOutput{a.paymentAccountView(account)}, err
		})
	forget := at("delete-payment-account", http.MethodDelete, "/{vendor}", "Disconnect the account and forget its credentials.")
	forget.status = http.StatusNoContent
	handle(a, forget, func(ctx context.Context, in *paymentVendorPath) (*struct{}, error) {
		who := caller(ctx)
		return nil, a.deps.PaymentAccounts.Disconnect(ctx, who.TenantID(), in.Vendor, who.Actor())
	})
}

func (a *api) savePaymentAccount(ctx context.Context, in *paymentAccountInput) (*paymentAccountOutput, error) {
	who, b := caller(ctx), in.Body
	saved, err := a.deps.PaymentAccounts.Connect(ctx, payment.Account{
		TenantID: who.TenantID(), Provider: in.Vendor, Methods: b.Methods, PayerEmail: b.PayerEmail, Version: b.Version,
		Token: secret.New(b.AccessToken), Secret: secret.New(b.WebhookSecret),
	}, who.Actor())
	return &paymentAccountOutput{a.paymentAccountView(saved)}, err
}
