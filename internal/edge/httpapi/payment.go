package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/base/money"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/payment"
)

type paymentOutput struct{ Body payment.Payment }

type paymentSettingOutput struct{ Body payment.Setting }

func (a *api) registerPayment() {
	setting := route{
		id: "get-payment-setting", method: http.MethodGet, path: "/payments/setting", tag: "payment", needs: identity.OrderRead,
		summary: "How the company wants to be paid.",
	}
	handle(a, setting, func(ctx context.Context, _ *struct{}) (*paymentSettingOutput, error) {
		found, err := a.deps.Payments.Setting(ctx, caller(ctx).TenantID())
		return &paymentSettingOutput{found}, err
	})
	setting.id, setting.method, setting.needs, setting.summary = "save-payment-setting", http.MethodPut, identity.PaymentManage, "Change how the company wants to be paid."
	handle(a, setting, a.savePaymentSetting)
	handle(a, route{
		id: "list-payment-choices", method: http.MethodGet, path: "/payments/choices", tag: "payment", needs: identity.OrderRead,
		summary: "The ways in which customers may pay.",
	}, func(ctx context.Context, _ *struct{}) (*all[payment.Choice], error) {
		return whole(a.deps.Payments.Choices(ctx, caller(ctx).TenantID()))
	})
	handle(a, route{
		id: "confirm-payment", method: http.MethodPost, path: "/payments/{payment}/confirm", tag: "payment", needs: identity.OrderWrite,
		summary: "Say that money came, as a receipt or the till shows. The same Idempotency-Key counts once.",
	}, a.confirmPayment)
	handle(a, route{
		id: "refresh-payment", method: http.MethodPost, path: "/payments/{payment}/refresh", tag: "payment", needs: identity.OrderWrite,
		summary: "Ask the vendor of a payment now; others stay as they are.",
	}, func(ctx context.Context, in *paymentPath) (*paymentOutput, error) {
		after, err := a.deps.Payments.Reach(ctx, caller(ctx).TenantID(), in.Payment)
		return &paymentOutput{after}, err
	})
	handle(a, route{
		id: "confirm-refund", method: http.MethodPost, path: "/refunds/{refund}/confirm", tag: "payment", needs: identity.OrderWrite,
		summary: "Say that a refund was sent by hand.",
	}, a.confirmRefund)
}

type paymentSettingInput struct {
	Body struct {
		PixKey        string `json:"pix_key,omitempty" maxLength:"77"`
		PixName       string `json:"pix_name,omitempty" maxLength:"100"`
		PixCity       string `json:"pix_city,omitempty" maxLength:"100"`
		Cash          bool   `json:"cash"`
		Card          bool   `json:"card"`
		ExpiryMinutes int64  `json:"expiry_minutes" minimum:"5" maximum:"43200"`
		Version       int64  `json:"version,omitempty" doc:"The version that was seen; a later one is a conflict."`
	}
}

func (a *api) savePaymentSetting(ctx context.Context, in *paymentSettingInput) (*paymentSettingOutput, error) {
	who, b := caller(ctx), in.Body
	saved, err := a.deps.Payments.SaveSetting(ctx, payment.Setting{
		TenantID: who.TenantID(), PixKey: b.PixKey, PixName: b.PixName, PixCity: b.PixCity, Cash: b.Cash, Card: b.Card, ExpiryMinutes: b.ExpiryMinutes, Version: b.Version,
	}, who.Actor())
	return &paymentSettingOutput{saved}, err
}

type paymentPath struct {
	Payment string `path:"payment" maxLength:"64"`
}

type confirmPaymentInput struct {
	Payment string `path:"payment" maxLength:"64"`
	Once
	Body struct {
		Amount money.Amount `json:"amount" minimum:"1" doc:"What came, in minor units."`
		Note   string       `json:"note,omitempty" maxLength:"2000"`
	}
}

func (a *api) confirmPayment(ctx context.Context, in *confirmPaymentInput) (*paymentOutput, error) {
	who := caller(ctx)
	fact := payment.Fact{Key: "hand/" + in.Key, Kind: payment.WasPaid, Amount: in.Body.Amount, Note: in.Body.Note}
	after, err := a.deps.Payments.Confirm(ctx, who.TenantID(), in.Payment, []payment.Fact{fact}, who.Actor())
	return &paymentOutput{after}, err
}

type confirmRefundInput struct {
	Refund string `path:"refund" maxLength:"64"`
	Body   struct {
		Note string `json:"note,omitempty" maxLength:"2000"`
	}
}

func (a *api) confirmRefund(ctx context.Context, in *confirmRefundInput) (*paymentOutput, error) {
	who := caller(ctx)
	after, err := a.deps.Payments.RefundedByHand(ctx, who.TenantID(), in.Refund, in.Body.Note, who.Actor())
	return &paymentOutput{after}, err
}
