package app

import (
	"context"
	"strings"

	"prosa/internal/app/sample"
	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/modules/order"
	"prosa/internal/modules/payment"
)

// openShop gives the sample company something to sell: a catalog, ways of
// delivery and payment, and a coupon.
func (h *house) openShop(ctx context.Context, tenantID string, by event.Actor) error {
	report, err := h.products.Import(ctx, tenantID, strings.NewReader(sample.Catalog), false, by)
	if err != nil {
		return err
	}
	if len(report.Flaws) > 0 {
		return fault.New(fault.Internal, "row %d of the sample catalog: %s", report.Flaws[0].Row, report.Flaws[0].Message)
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
	_, err = h.payments.SaveSetting(ctx, payment.Setting{
		TenantID: tenantID, PixKey: "pix@casa-aurora.example", PixName: "Casa Aurora", PixCity: "Sao Paulo", Cash: true, Card: true, ExpiryMinutes: 60,
	}, by)
	return err
}
