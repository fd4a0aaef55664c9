package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"prosa/internal/base/br"
	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/modules/identity"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// opened is a company with a customer, a product of two variants and a counter.
type opened struct {
	*house
	contact, product, small, large, zone string
}

func openStore(t *testing.T, db *database.DB) opened {
	t.Helper()
	o := opened{house: open(t, db)}
	account := o.connect(o.root, "loja", "333:token-of-the-shop-of-alfa")
	conversation, _ := o.writes(o.root, account, "300", "Bia", "oi", nil)
	o.contact = o.root.get("/conversations/" + conversation).want(http.StatusOK).text("contact_id")
	made := decode[struct {
		ID       string
		Variants []struct{ ID string }
	}](o.root.call(http.MethodPost, "/products", map[string]any{
		"name": "Suco de Maracujá", "options": []string{"Tamanho"}, "variants": []any{
			map[string]any{"sku": "SU-P", "options": []string{"300 ml"}, "price": 990, "on_hand": 5},
			map[string]any{"sku": "SU-G", "options": []string{"1 l"}, "price": 2490, "sale_price": 1990, "on_hand": 2},
		},
	}).want(http.StatusCreated))
	o.product, o.small, o.large = made.ID, made.Variants[0].ID, made.Variants[1].ID
	o.zone = o.root.call(http.MethodPost, "/delivery/zones", map[string]any{"kind": "pickup", "name": "Balcão", "active": true}).want(http.StatusCreated).text("id")
	return o
}

func (o opened) cart(path string) string { return "/contacts/" + o.contact + "/cart" + path }

func TestAnAttendantSellsThroughTheAPI(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		o := openStore(t, db)
		bia := o.join(o.root, "atendente@alfa.example.com", "Atena", identity.Attendant)
		bia.call(http.MethodPut, "/payments/setting", map[string]any{"cash": true, "card": true, "expiry_minutes": 30}).wantProblem(http.StatusForbidden, fault.Forbidden, "role")
		o.root.call(http.MethodPut, "/payments/setting", map[string]any{
			"pix_key": "loja@alfa.example.com", "pix_name": "Padaria Alfa", "pix_city": "São Luís", "cash": true, "card": false, "expiry_minutes": 30,
		}).want(http.StatusOK)
		watching := bia.watch("")
		defer watching.close()

		found := bia.get("/products?q=sucos%20maracuja").want(http.StatusOK)
		if !strings.Contains(string(found.body), o.product) {
			t.Fatalf("%s", found.body)
		}
		if empty := bia.get(o.cart("")).want(http.StatusOK); !strings.Contains(string(empty.body), `"version":0`) {
			t.Errorf("%s", empty.body)
		}
		bia.call(http.MethodPost, o.cart("/lines"), map[string]any{"variant_id": o.small, "add": 2}).want(http.StatusOK)
		bia.call(http.MethodPost, o.cart("/lines"), map[string]any{"variant_id": o.large, "set": 1}).want(http.StatusOK)
		bia.call(http.MethodPost, o.cart("/lines"), map[string]any{"variant_id": o.large, "add": 2}).wantProblem(http.StatusConflict, fault.Refused, "out_of_stock")
		bia.call(http.MethodPost, o.cart("/lines"), map[string]any{"variant_id": o.small, "add": 1, "version": 1}).wantProblem(http.StatusConflict, fault.Conflict, "")
		bia.call(http.MethodPut, o.cart("/delivery"), map[string]any{"delivery": map[string]any{"zone_id": o.zone}, "note": "sem gelo"}).want(http.StatusOK)
		if quotes := bia.get("/delivery/quotes?subtotal=1000").want(http.StatusOK); !strings.Contains(string(quotes.body), o.zone) {
			t.Errorf("%s", quotes.body)
		}
		wish := map[string]any{"contact_id": o.contact, "payment": map[string]any{"provider": "pix_key", "method": "pix"}, "expected_total": 1}
		bia.call(http.MethodPost, "/orders", wish, "Idempotency-Key", "wrong-total").wantProblem(http.StatusConflict, fault.Refused, "price_moved")
		wish["expected_total"] = 3970
		placed := decode[placedOrder](bia.call(http.MethodPost, "/orders", wish, "Idempotency-Key", "right-total").want(http.StatusCreated))
		again := decode[placedOrder](bia.call(http.MethodPost, "/orders", wish, "Idempotency-Key", "right-total").want(http.StatusCreated))
		if placed.ID != again.ID || placed.Number != 101 || placed.State != "awaiting_payment" || placed.Total != 3970 {
			t.Fatalf("%+v and %+v", placed, again)
		}
		if code, err := br.ParsePix(placed.Payments[0].Code); err != nil || code.Amount != 3970 || code.City != "Sao Luis" {
			t.Errorf("%+v %v", code, err)
		}
		watching.until(event.OrderPlaced, func(data string) bool { return strings.Contains(data, placed.ID) })
		edited := decode[placedOrder](bia.call(http.MethodPut, "/orders/"+placed.ID+"/lines", map[string]any{
			"lines": []any{map[string]any{"variant_id": o.large, "quantity": 0}}, "reason": "desistiu de um",
		}).want(http.StatusOK))
		last := edited.Payments[len(edited.Payments)-1]
		if edited.Total != 1980 || len(edited.Payments) != 2 {
			t.Fatalf("%+v", edited)
		}
		for range 2 { // the receipt, shown twice
			bia.call(http.MethodPost, "/payments/"+last.ID+"/confirm", map[string]any{"amount": 1980, "note": "comprovante"}, "Idempotency-Key", "the-receipt").want(http.StatusOK)
		}
		watching.until(event.OrderPaid, func(data string) bool { return strings.Contains(data, placed.ID) })
		bia.call(http.MethodPost, "/orders/"+placed.ID+"/move", map[string]any{"to": "completed"}).wantProblem(http.StatusConflict, fault.Conflict, "")
		for _, to := range []string{"preparing", "ready", "delivered"} {
			bia.call(http.MethodPost, "/orders/"+placed.ID+"/move", map[string]any{"to": to}).want(http.StatusOK)
		}
		back := decode[placedOrder](bia.call(http.MethodPost, "/orders/"+placed.ID+"/refunds", map[string]any{"amount": 500, "reason": "veio frio"}).want(http.StatusOK))
		if back.Attention != "refund_due" || len(back.Refunds) != 1 {
			t.Fatalf("%+v", back)
		}
		bia.call(http.MethodPost, "/refunds/"+back.Refunds[0].ID+"/confirm", map[string]any{"note": "pix feito"}).want(http.StatusOK)
		whole := decode[placedOrder](bia.get("/orders/" + placed.ID).want(http.StatusOK))
		if whole.PaymentState != "partially_refunded" || whole.Attention != "" || len(whole.Events) < 7 {
			t.Errorf("%+v", whole)
		}
		if list := bia.get(fmt.Sprint("/orders?number=", placed.Number)).want(http.StatusOK); !strings.Contains(string(list.body), placed.ID) {
			t.Errorf("%s", list.body)
		}
		bia.call(http.MethodPost, "/orders/"+placed.ID+"/cancel", map[string]any{}).wantProblem(http.StatusConflict, fault.Conflict, "")
		entries := decode[struct{ Items []json.RawMessage }](bia.get(o.cart("/entries")).want(http.StatusOK))
		if len(entries.Items) != 0 { // the cart was submitted; there is no open one
			t.Errorf("%s", entries.Items)
		}
	})
}

func TestTheCatalogGoesInAndOut(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		o := openStore(t, db)
		dry := o.root.call(http.MethodPost, "/products/import?dry_run=true", file(t, "a.csv", "handle;name;sku;price\nbolo;Bolo;BO;30,00\nruim;Ruim;RU;caro\n")).want(http.StatusOK)
		if !strings.Contains(string(dry.body), `"created":1`) || !strings.Contains(string(dry.body), `{"row":3,"column":"price"`) {
			t.Errorf("%s", dry.body)
		}
		out := o.root.get("/products/export").want(http.StatusOK)
		if text := string(out.body); !strings.Contains(text, "SU-G") || strings.Contains(text, "BO,") || !strings.HasPrefix(text, "handle,name,") {
			t.Errorf("%s", text)
		}
		again := o.root.call(http.MethodPost, "/products/import", file(t, "b.csv", string(out.body))).want(http.StatusOK)
		if !strings.Contains(string(again.body), `"changed":1`) {
			t.Errorf("%s", again.body)
		}
		o.root.call(http.MethodPost, "/products/import", file(t, "c.csv", "a,b\n")).wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "")
		picture := o.root.call(http.MethodPost, "/products/pictures", file(t, "p.png", "\x89PNG\r\n\x1a\nx")).want(http.StatusCreated)
		_, path, _ := strings.Cut(picture.text("url"), Prefix)
		shown := o.browser().get(path).want(http.StatusOK) // Meta has no cookie
		if shown.header.Get("Content-Type") != "image/png" || !strings.Contains(shown.header.Get("Cache-Control"), "public") {
			t.Errorf("%v", shown.header)
		}
		o.browser().get(path[:len(path)-1]).want(http.StatusNotFound)
		o.root.call(http.MethodPost, "/variants/"+o.small+"/stock", map[string]any{"quantity": -6}).wantProblem(http.StatusConflict, fault.Refused, "out_of_stock")
		o.root.call(http.MethodPost, "/variants/"+o.small+"/stock", map[string]any{"quantity": 3, "reason": "nota 1"}).want(http.StatusOK)
		if moves := o.root.get("/variants/" + o.small + "/movements").want(http.StatusOK); !strings.Contains(string(moves.body), "nota 1") {
			t.Errorf("%s", moves.body)
		}
		o.root.call(http.MethodPost, "/products/"+o.product+"/state", map[string]any{"state": "archived"}).want(http.StatusOK)
		o.root.call(http.MethodPost, o.cart("/lines"), map[string]any{"variant_id": o.small, "add": 1}).wantProblem(http.StatusConflict, fault.Refused, "out_of_stock")
	})
}
