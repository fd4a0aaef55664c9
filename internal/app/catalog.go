package app

import (
	"bytes"
	"context"
	"strings"

	"prosa/internal/adapters/mercadopago"
	"prosa/internal/app/sample"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/modules/order"
	"prosa/internal/modules/payment"
	"prosa/internal/modules/product"
)

// openShop gives the sample company something to sell: a catalog, ways of
// delivery and payment, and a coupon.
func (h *house) openShop(ctx context.Context, tenantID string, sandbox *sandboxClient, by event.Actor) error {
	report, err := h.products.Import(ctx, tenantID, strings.NewReader(sample.Catalog), false, by)
	if err != nil {
		return err
	}
	if len(report.Flaws) > 0 {
		return fault.New(fault.Internal, "row %d of the sample catalog: %s", report.Flaws[0].Row, report.Flaws[0].Message)
	}
	if err := h.photograph(ctx, tenantID, by); err != nil {
		return err
	}
	for n, zone := range []order.Zone{
		{Kind: order.Pickup, Name: "Retirar na loja", Promise: "pronto em 2 horas"},
		{Kind: order.Neighbourhood, Name: "Entrega no bairro", Neighbourhoods: []string{"Pinheiros", "Vila Madalena", "Jardim Paulista"}, Price: 990, FreeAbove: 19900, Promise: "até 90 min"},
		{Kind: order.ByCEP, Name: "São Paulo, capital", CEPFrom: "01000-000", CEPTo: "05999-999", Price: 1990, FreeAbove: 39900, Promise: "no dia seguinte"},
		{Kind: order.Flat, Name: "Todo o Brasil", Price: 2890, MinOrder: 5000, Promise: "4 a 8 dias úteis"},
	} {
		zone.TenantID, zone.Position, zone.Active = tenantID, int64(n), true
		if _, err := h.orders.SaveZone(ctx, zone, by); err != nil {
			return err
		}
	}
	if _, err := h.orders.SaveCoupon(ctx, order.Coupon{
		TenantID: tenantID, Code: "BEMVINDO10", Kind: order.PercentOff, Value: 1000, FirstOrder: true, Active: true,
	}, by); err != nil {
		return err
	}
	if err := h.openTill(ctx, tenantID, sandbox, by); err != nil {
		return err
	}
	_, err = h.payments.SaveSetting(ctx, payment.Setting{
		TenantID: tenantID, PixKey: "pix@casa-aurora.example", PixName: "Casa Aurora", PixCity: "Sao Paulo", Cash: true, Card: true, ExpiryMinutes: 60,
	}, by)
	return err
}

// unseen is the sample product that nobody has photographed yet: the page of the
// catalog at Meta says what that costs.
const unseen = "capacho-personalizado"

// photograph gives the sample products their pictures.
func (h *house) photograph(ctx context.Context, tenantID string, by event.Actor) error {
	list, err := h.products.List(ctx, product.Search{TenantID: tenantID, Limit: 200})
	if err != nil {
		return err
	}
	for _, p := range list.Items {
		if p.Handle == unseen {
			continue
		}
		drawn, err := sample.Picture(p.Name)
		if err != nil {
			return err
		}
		kept, err := h.products.AddPicture(ctx, tenantID, bytes.NewReader(drawn))
		if err != nil {
			return err
		}
		p.Images = []product.Image{{Blob: kept.Hash, Alt: p.Name}}
		if _, err := h.products.Save(ctx, p, by); err != nil {
			return err
		}
	}
	return nil
}

// openTill opens the sample company's account at the simulated Mercado Pago, by
// which its customers pay with Pix.
func (h *house) openTill(ctx context.Context, tenantID string, sandbox *sandboxClient, by event.Actor) error {
	token, signing := "APP_USR-"+randomHex(16), randomHex(16)
	account, err := h.accounts.Connect(ctx, payment.Account{
		TenantID: tenantID, Provider: mercadopago.Name, Methods: []payment.Method{payment.Pix, payment.Link}, PayerEmail: "caixa@casa-aurora.example",
		Token: secret.New(token), Secret: secret.New(signing),
	}, by)
	if err != nil {
		return err
	}
	return sandbox.post(ctx, mercadoPagoPath+"/_sandbox/sellers", map[string]any{
		"user_id": 940000001, "name": "Casa Aurora", "city": "SAO PAULO", "token": token, "secret": signing,
		"webhook_url": h.cfg.Server.gatewayURL() + "/webhooks/" + mercadopago.Name + "/" + account.Hook,
	}, nil)
}
