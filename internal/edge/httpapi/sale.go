package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/modules/identity"
	"prosa/internal/modules/sale"
)

type saleSettingOutput struct{ Body sale.Setting }

func (a *api) registerSale() {
	handle(a, route{
		id: "show-products", method: http.MethodPost, path: "/conversations/{conversation}/products", tag: "sale", needs: identity.InboxReply, status: http.StatusCreated,
		summary: "Show goods, a collection or the catalog to the customer, in the channel's own form. The same Idempotency-Key gives the same message. Reasons: not_shown, and those of a message.",
	}, a.showProducts)
	handle(a, route{
		id: "send-bill", method: http.MethodPost, path: "/orders/{order}/bill", tag: "sale", needs: identity.OrderWrite, status: http.StatusCreated,
		summary: "Send the bill of an order's open payment again, in its conversation. The same Idempotency-Key gives the same message. Reasons: nothing_to_pay, no_conversation, window_closed, contact_blocked.",
	}, a.sendBill)
	setting := route{
		id: "get-sale-setting", method: http.MethodGet, path: "/sales/setting", tag: "sale", needs: identity.OrderRead,
		summary: "How the company sells in conversations.",
	}
	handle(a, setting, func(ctx context.Context, _ *struct{}) (*saleSettingOutput, error) {
		found, err := a.deps.Sales.Setting(ctx, caller(ctx).TenantID())
		return &saleSettingOutput{found}, err
	})
	setting.id, setting.method, setting.needs, setting.summary = "save-sale-setting", http.MethodPut, identity.PaymentManage, "Change how the company sells in conversations."
	handle(a, setting, a.saveSaleSetting)
}

type showProductsInput struct {
	ConversationPath
	Once
	Body struct {
		VariantIDs   []string `json:"variant_ids,omitempty" maxItems:"30"`
		CollectionID string   `json:"collection_id,omitempty" maxLength:"64"`
		Catalog      bool     `json:"catalog,omitempty" doc:"The way into the whole catalog."`
		Text         string   `json:"text,omitempty" maxLength:"4000" doc:"The words above the goods; absent: the company's usual ones."`
		Carousel     bool     `json:"carousel,omitempty" doc:"Side by side rather than as a list."`
	}
}

func (a *api) showProducts(ctx context.Context, in *showProductsInput) (*messageOutput, error) {
	who, b := caller(ctx), in.Body
	said, err := a.deps.Sales.Show(ctx, sale.ShowInput{
		TenantID: who.TenantID(), ConversationID: in.Conversation, By: viewerOf(who), Key: in.Key, VariantIDs: b.VariantIDs, CollectionID: b.CollectionID,
		Catalog: b.Catalog, Text: b.Text, Carousel: b.Carousel,
	})
	return &messageOutput{said}, err
}

type sendBillInput struct {
	OrderPath
	Once
}

func (a *api) sendBill(ctx context.Context, in *sendBillInput) (*messageOutput, error) {
	who := caller(ctx)
	said, err := a.deps.Sales.BillAgain(ctx, sale.BillInput{TenantID: who.TenantID(), OrderID: in.Order, By: viewerOf(who), Key: in.Key})
	return &messageOutput{said}, err
}

type saleSettingInput struct {
	Body struct {
		NativeBill    bool  `json:"native_bill"`
		HonourHours   int64 `json:"honour_hours" minimum:"0" maximum:"720"`
		RemindMinutes int64 `json:"remind_minutes" minimum:"0" maximum:"1440"`
		Version       int64 `json:"version,omitempty" doc:"The version that was seen; a later one is a conflict."`
	}
}

func (a *api) saveSaleSetting(ctx context.Context, in *saleSettingInput) (*saleSettingOutput, error) {
	who, b := caller(ctx), in.Body
	saved, err := a.deps.Sales.SaveSetting(ctx, sale.Setting{
		TenantID: who.TenantID(), NativeBill: b.NativeBill, HonourHours: b.HonourHours, RemindMinutes: b.RemindMinutes, Version: b.Version,
	}, who.Actor())
	return &saleSettingOutput{saved}, err
}
