package app

import (
	"context"
	"slices"
	"strings"
	"testing"

	"prosa/internal/app/sample"
	"prosa/internal/modules/order"
	"prosa/internal/modules/payment"
	"prosa/internal/modules/product"
)

// What the sample company sells is told by a file of ours: a row for each
// variant, with the product's own words in the first of its rows.
func TestTheSampleCatalogIsWholeAndPriced(t *testing.T) {
	rows := strings.Split(strings.TrimSpace(sample.Catalog), "\n")
	products := map[string]bool{}
	for _, row := range rows[1:] {
		handle, rest, _ := strings.Cut(row, ",")
		if strings.HasPrefix(rest, ",") != products[handle] {
			t.Errorf("%s: only the first row of a product tells its name", row)
		}
		products[handle] = true
	}
	if len(rows) < 10 || len(products) < 7 {
		t.Errorf("%d rows of %d products", len(rows), len(products))
	}
}

func TestTheSampleCompanyHasAShop(t *testing.T) {
	l := liveIn(t)
	ctx := context.Background()
	companies, err := l.tenancy.List(ctx, "", 1)
	if err != nil || len(companies.Items) != 1 {
		t.Fatal(companies, err)
	}
	tenant := companies.Items[0].ID
	found, err := l.products.List(ctx, product.Search{TenantID: tenant, Query: "lençóis casal"})
	if err != nil || len(found.Items) != 1 || len(found.Items[0].Variants) != 3 || found.Items[0].Variants[1].SalePrice != 21990 {
		t.Fatalf("%+v %v", found, err)
	}
	quotes, err := l.orders.Quotes(ctx, tenant, order.Delivery{CEP: "05425-070", Neighbourhood: "pinheiros"}, 5000)
	if err != nil || len(quotes) != 4 || quotes[1].Price != 990 {
		t.Errorf("%+v %v", quotes, err)
	}
	choices, err := l.payments.Choices(ctx, tenant)
	for _, wanted := range []payment.Choice{
		{Provider: payment.PixKey, Method: payment.Pix}, {Provider: payment.OnDelivery, Method: payment.Cash}, {Provider: payment.OnDelivery, Method: payment.Card},
		{Provider: "mercadopago", Method: payment.Pix}, {Provider: "mercadopago", Method: payment.Link},
	} {
		if err != nil || !slices.Contains(choices, wanted) {
			t.Errorf("%+v is not offered: %+v %v", wanted, choices, err)
		}
	}
}
