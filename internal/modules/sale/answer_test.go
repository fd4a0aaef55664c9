package sale

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"prosa/internal/message"
	"prosa/internal/modules/flow"
	"prosa/internal/modules/order"
	"prosa/internal/modules/product"
)

// why reads the reason of an answer that is not OK.
func why(s *shop, answer flow.Answer) string {
	s.t.Helper()
	var body refused
	if answer.OK {
		s.t.Fatalf("the shop agreed: %s", answer.Body)
	}
	s.must(json.Unmarshal([]byte(answer.Body), &body))
	if body.Reason != answer.Error || body.Text == "" {
		s.t.Fatalf("%+v", answer)
	}
	return body.Reason
}

func TestABotFindsGoods(t *testing.T) {
	each(t, message.Telegram, func(t *testing.T, s *shop) {
		type found struct {
			Goods []good
			More  bool
		}
		all := told[found](s, s.ask("shop.search", map[string]any{"query": ""}))
		if len(all.Goods) != 2 || all.More {
			t.Fatalf("%+v", all)
		}
		first := told[found](s, s.ask("shop.search", map[string]any{"limit": 1}))
		second := told[found](s, s.ask("shop.search", map[string]any{"limit": 1, "page": 1}))
		if len(first.Goods) != 1 || !first.More || len(second.Goods) != 1 || second.More || first.Goods[0].ProductID == second.Goods[0].ProductID {
			t.Fatalf("%+v, %+v", first, second)
		}
		cup := told[found](s, s.ask("shop.search", map[string]any{"query": "canecas"})).Goods
		if len(cup) != 1 || cup[0].PriceText != "R$ 40,00" || !cup[0].Available || cup[0].Left != 5 || cup[0].Variants != 1 || cup[0].Link == "" || cup[0].VariantID != s.variant() {
			t.Fatalf("%+v", cup)
		}
		shirt := told[found](s, s.ask("shop.search", map[string]any{"query": "camiseta"})).Goods
		if shirt[0].Variants != 1 || shirt[0].Price != 5000 || shirt[0].ListPrice != 6000 {
			t.Fatalf("%+v", shirt)
		}
		variants := told[struct {
			Name     string
			Variants []variant
		}](s, s.ask("shop.variants", map[string]any{"product_id": s.shirt.ID}))
		if variants.Name != "Camiseta" || len(variants.Variants) != 1 || variants.Variants[0].Name != "Camiseta (P)" {
			t.Fatalf("%+v", variants)
		}
		if got := why(s, s.ask("shop.variants", map[string]any{"product_id": "prd_none"})); got != "not_found" {
			t.Error(got)
		}
		if got := why(s, s.ask("shop.search", map[string]any{"collection": "Nenhuma"})); got != "not_found" {
			t.Error(got)
		}
		if answer := s.ask("shop.nonsense", map[string]any{}); answer.OK || answer.Error == "" {
			t.Errorf("%+v", answer)
		}
	})
}

func TestABotFillsTheCartAndOrders(t *testing.T) {
	each(t, message.WhatsApp, func(t *testing.T, s *shop) {
		if empty := told[cart](s, s.ask("shop.cart", map[string]any{})); !empty.Empty || empty.Text != "Seu carrinho está vazio." {
			t.Fatalf("%+v", empty)
		}
		if got := why(s, s.ask("shop.place", map[string]any{"provider": "pix_key", "method": "pix"})); got != "cart_empty" {
			t.Error(got)
		}
		c := told[cart](s, s.ask("shop.add", map[string]any{"variant_id": s.variant(), "quantity": 2}))
		if c.Count != 2 || c.Total != 8000 || c.Text != "2 × Caneca Azul: R$ 80,00\nTotal: R$ 80,00" {
			t.Fatalf("%+v", c)
		}
		// What is refused is not written.
		if got := why(s, s.ask("shop.add", map[string]any{"variant_id": s.variant(), "quantity": 9})); got != "out_of_stock" {
			t.Error(got)
		}
		if c := told[cart](s, s.ask("shop.cart", map[string]any{"language": "en"})); c.Count != 2 || c.TotalText != "R$ 80,00" {
			t.Fatalf("%+v", c)
		}
		if got := why(s, s.ask("shop.place", map[string]any{"provider": "pix_key", "method": "pix"})); got != "delivery_missing" {
			t.Error(got)
		}
		if got := why(s, s.ask("shop.coupon", map[string]any{"code": "NADA"})); got != "coupon_unknown" {
			t.Error(got)
		}
		quotes := told[struct{ Quotes []quote }](s, s.ask("shop.quotes", map[string]any{})).Quotes
		if len(quotes) != 1 || quotes[0].ZoneID != s.zone || quotes[0].PriceText != "grátis" || quotes[0].Label != "Balcão" || quotes[0].Promise != "hoje" {
			t.Fatalf("%+v", quotes)
		}
		c = told[cart](s, s.ask("shop.delivery", map[string]any{"kind": "pickup", "note": "sem pressa"}))
		if c.DeliveryText != "Balcão, hoje" || c.ShippingText != "grátis" {
			t.Fatalf("%+v", c)
		}
		choices := told[struct{ Choices []choice }](s, s.ask("shop.payments", map[string]any{})).Choices
		if len(choices) != 2 || choices[0].Label != "Pix" || choices[1].Label != "Dinheiro na entrega" {
			t.Fatalf("%+v", choices)
		}
		if got := why(s, s.ask("shop.place", map[string]any{"provider": "pix_key", "method": "pix", "expected_total": 1})); got != "price_moved" {
			t.Error(got)
		}
		o := told[orderBody](s, s.ask("shop.place", map[string]any{"provider": "pix_key", "method": "pix", "expected_total": 8000, "customer": map[string]any{"name": "Bia"}}))
		if o.Number != "101" || o.State != order.AwaitingPayment || !o.Prepaid || o.StateText != "aguardando pagamento" {
			t.Fatalf("%+v", o)
		}
		if answer := s.ask("shop.await", map[string]any{"order_id": o.ID}); !answer.Pending || answer.Topic != "order:"+o.ID {
			t.Fatalf("%+v", answer)
		}
		for _, words := range []any{101, "101", "pedido nº 101, por favor"} {
			if found := told[orderBody](s, s.ask("shop.order", map[string]any{"number": words})); found.ID != o.ID {
				t.Errorf("%v: %+v", words, found)
			}
		}
		if list := told[struct{ Orders []orderBody }](s, s.ask("shop.orders", map[string]any{"limit": 3})).Orders; len(list) != 1 {
			t.Errorf("%+v", list)
		}
		if c := told[cart](s, s.ask("shop.cart", map[string]any{})); !c.Empty {
			t.Errorf("%+v", c)
		}
		// Another customer finds none of it.
		s.writes("Caio")
		for kind, request := range map[string]map[string]any{"shop.order": {"number": 101}, "shop.await": {"order_id": o.ID}} {
			if got := why(s, s.ask(kind, request)); got != "order_not_found" {
				t.Errorf("%s: %s", kind, got)
			}
		}
	})
}

func TestTheWaitForAPaymentEndsAtOnceWhenItIsOver(t *testing.T) {
	each(t, message.WhatsApp, func(t *testing.T, s *shop) {
		o := s.placed(pix)
		s.pay(o, "k1", 8000)
		if end := told[settled](s, s.ask("shop.await", map[string]any{"order_id": o.ID})); end.State != "paid" || end.Order.PaymentState != order.WholePaid {
			t.Fatalf("%+v", end)
		}
	})
}

func TestGoodsAreShownInTheCatalogOnlyWhenItHasThemAll(t *testing.T) {
	each(t, message.WhatsApp, func(t *testing.T, s *shop) {
		type shown struct {
			Content message.Content
			Goods   []good
		}
		both := map[string]any{"product_ids": []string{s.cup.ID, s.shirt.ID}, "text": "Veja:", "option_prefix": "ver"}
		cards := told[shown](s, s.ask("shop.show", both))
		if cards.Content.Kind != message.Products || cards.Content.Shelf.CatalogID != "" || cards.Content.Shelf.Goods()[1].Option != "ver.1" || len(cards.Goods) != 2 {
			t.Fatalf("%+v", cards)
		}
		s.listing.catalog, s.listing.ids = "cat1", map[string]string{"r-cup": s.variant()}
		if half := told[shown](s, s.ask("shop.show", both)); half.Content.Shelf.CatalogID != "" {
			t.Fatalf("a list that is shown half: %+v", half)
		}
		s.listing.ids["r-shirt"] = s.shirt.Variants[0].ID
		native := told[shown](s, s.ask("shop.show", both))
		if native.Content.Shelf.CatalogID != "cat1" || native.Content.Shelf.Goods()[0].RetailerID != "r-cup" {
			t.Fatalf("%+v", native.Content.Shelf)
		}
		one := told[shown](s, s.ask("shop.show", map[string]any{"variant_ids": []string{s.variant()}, "text": "Esta:"}))
		if one.Content.Kind != message.Product || one.Content.Shelf.Goods()[0].Price != 4000 {
			t.Fatalf("%+v", one)
		}
		door := told[shown](s, s.ask("shop.show", map[string]any{"catalog": true, "text": "Entre:"}))
		if door.Content.Kind != message.Catalog || door.Content.Shelf.CatalogID != "" || door.Content.Shelf.Link == "" {
			t.Fatalf("a catalog that nobody sees at the number: %+v", door)
		}
		s.listing.visible = true
		if door = told[shown](s, s.ask("shop.show", map[string]any{"catalog": true, "text": "Entre:"})); door.Content.Shelf.CatalogID != "cat1" {
			t.Fatalf("%+v", door)
		}
		if about := told[good](s, s.ask("shop.about", map[string]any{"catalog_id": "cat1", "retailer_id": "r-cup"})); about.ProductID != s.cup.ID {
			t.Fatalf("%+v", about)
		}
		if got := why(s, s.ask("shop.about", map[string]any{"catalog_id": "other", "retailer_id": "r-cup"})); got != "not_found" {
			t.Error(got)
		}
		if got := why(s, s.ask("shop.show", map[string]any{"variant_ids": []string{s.shirt.Variants[1].ID}})); got != "not_shown" {
			t.Error(got)
		}
	})
}

func TestABotTakesACartThatWasSent(t *testing.T) {
	each(t, message.WhatsApp, func(t *testing.T, s *shop) {
		sent := map[string]any{"order": message.Order{CatalogID: "cat1", Items: []message.OrderItem{
			{RetailerID: "r-cup", Quantity: 9, Price: "40.0", Currency: "BRL"}, {RetailerID: "r-gone", Quantity: 1, Price: "10", Currency: "BRL"},
		}}}
		if got := why(s, s.ask("shop.receive", sent)); got != "catalog_foreign" {
			t.Error(got)
		}
		s.listing.catalog, s.listing.ids = "cat1", map[string]string{"r-cup": s.variant()}
		r := told[received](s, s.ask("shop.receive", sent))
		if r.Cart.Count != 5 || len(r.Unavailable) != 2 || r.Unavailable[0] != "Caneca Azul (só temos 5)" || r.Unavailable[1] != "r-gone" || r.Confirm {
			t.Fatalf("%+v", r)
		}
		if got := why(s, s.ask("shop.receive", map[string]any{"order": message.Order{CatalogID: "cat1", Items: []message.OrderItem{{RetailerID: "r-cup", Quantity: 1, Price: "x", Currency: "BRL"}}}})); got != "invalid" {
			t.Error(got)
		}
	})
}

func TestEveryReasonHasItsWords(t *testing.T) {
	for reason := range inPortuguese.reasons {
		if inEnglish.reasons[reason] == "" {
			t.Errorf("%s has no English words", reason)
		}
	}
	if len(inEnglish.reasons) != len(inPortuguese.reasons) || len(inEnglish.orderStates) != len(inPortuguese.orderStates) {
		t.Error("one language has more words than the other")
	}
	for tag, want := range map[string]string{"pt": portuguese, "pt-br": portuguese, "EN-us": english, "de": portuguese, "": portuguese} {
		if got := languageOf(tag, portuguese); got != want {
			t.Errorf("%q is %s", tag, got)
		}
	}
}

func FuzzNumberIn(f *testing.F) {
	f.Add(`"pedido nº 1024"`)
	f.Add("99999999999999999999")
	f.Fuzz(func(t *testing.T, text string) {
		if numberIn(text) < 0 {
			t.Fatal(text)
		}
	})
}

// However many products stand before what is looked for, sold out or not.
func TestAnyProductIsFound(t *testing.T) {
	each(t, message.WhatsApp, func(t *testing.T, s *shop) {
		ctx := t.Context()
		shelf, err := s.products.SaveCollection(ctx, product.Collection{TenantID: s.tenant, Kind: product.List, Name: "Louças"}, ana)
		s.must(err)
		for n := range 115 {
			p := product.Product{TenantID: s.tenant, Name: fmt.Sprint("Caneca esgotada ", n), Handle: fmt.Sprint("esgotada-", n), Variants: []product.Variant{{SKU: fmt.Sprint("ESG", n), Price: 1000, Tracked: true}}}
			if n >= 105 {
				p.Variants[0].OnHand, p.Name = 1, fmt.Sprint("Caneca nova ", n)
			}
			_, err := s.products.Save(ctx, p, ana)
			s.must(err)
		}
		type page struct {
			Goods []good `json:"goods"`
			More  bool   `json:"more"`
		}
		first := told[page](s, s.ask("shop.search", map[string]any{"query": "caneca", "limit": 9}))
		second := told[page](s, s.ask("shop.search", map[string]any{"query": "canecas", "limit": 9, "page": 1}))
		if len(first.Goods) != 9 || !first.More || len(second.Goods) != 2 || second.More {
			t.Fatalf("%d %t, %d %t", len(first.Goods), first.More, len(second.Goods), second.More)
		}
		all := slices.Concat(first.Goods, second.Goods)
		if !slices.ContainsFunc(all, func(g good) bool { return g.ProductID == s.cup.ID }) || slices.ContainsFunc(all, func(g good) bool { return !g.Available }) {
			t.Fatalf("%+v", all)
		}
		// One by one, far behind the tenth page, and not in circles at the end.
		seen := map[string]bool{}
		for n, more := 0, true; more; n++ {
			one := told[page](s, s.ask("shop.search", map[string]any{"query": "caneca", "limit": 1, "page": n}))
			for _, g := range one.Goods {
				seen[g.ProductID] = true
			}
			if more = one.More; n > 20 {
				t.Fatal("the pages never end")
			}
		}
		if last := told[page](s, s.ask("shop.search", map[string]any{"query": "caneca", "limit": 1, "page": mostPages + 5})); len(seen) != 11 || last.More || len(last.Goods) != 0 {
			t.Fatalf("%d were seen, %+v", len(seen), last)
		}
		s.must(s.products.SetItems(ctx, s.tenant, shelf.ID, []string{s.cup.ID}))
		named := told[page](s, s.ask("shop.show", map[string]any{"collection": "loucas", "text": "Veja"}))
		if len(named.Goods) != 1 || named.Goods[0].ProductID != s.cup.ID {
			t.Fatalf("%+v", named.Goods)
		}
	})
}

// The number is in the words, however JSON spells them.
func TestAnOrderIsFoundByTheCustomersWords(t *testing.T) {
	each(t, message.WhatsApp, func(t *testing.T, s *shop) {
		o := s.placed(cash)
		for _, words := range []json.RawMessage{json.RawMessage(`101`), json.RawMessage(`"101"`), json.RawMessage(`"pedido n\u00ba 101, por favor"`), json.RawMessage(`"\u003c101\u003e"`)} {
			if body := told[orderBody](s, s.ask("shop.order", map[string]any{"number": words})); body.ID != o.ID {
				t.Errorf("%s: %+v", words, body)
			}
		}
		for _, words := range []string{`"102"`, `"99999999999999999999"`, `""`, `"-101 "`, `null`, `{}`, `[101]`} {
			answer := s.ask("shop.order", map[string]any{"number": json.RawMessage(words)})
			if words != `"-101 "` && words != `[101]` && why(s, answer) != "order_not_found" {
				t.Errorf("%s: %+v", words, answer)
			}
		}
		// Nobody else's number opens it.
		s.writes("Caio")
		if reason := why(s, s.ask("shop.order", map[string]any{"number": 101})); reason != "order_not_found" {
			t.Error(reason)
		}
		if reason := why(s, s.ask("shop.await", map[string]any{"order_id": o.ID})); reason != "order_not_found" {
			t.Error(reason)
		}
	})
}
