package httpapi

import (
	"encoding/json"
	"net/http"
	"testing"
)

// store is what a company's shop has, by which another could ask for it.
type store struct {
	product, variant, sku, category, list, zone, coupon, code, order, payment, refund, picture string
}

func (s store) marks() []string {
	return []string{s.product, s.variant, s.sku, s.category, s.list, s.zone, s.coupon, s.code, s.order, s.payment, s.refund, s.picture}
}

// stockUp gives a company a shop with one of everything.
func stockUp(t *testing.T, admin *client, word, contact string) (s store) {
	t.Helper()
	post := func(path string, body any, headers ...string) *answer {
		t.Helper()
		return admin.call(http.MethodPost, path, body, headers...).want(http.StatusCreated)
	}
	s.sku, s.code = "SKU-"+word, "CUPOM-"+word
	s.category = post("/collections", map[string]any{"kind": "category", "name": word + " categoria"}).text("id")
	s.list = post("/collections", map[string]any{"kind": "list", "name": word + " lista"}).text("id")
	s.picture = post("/products/pictures", file(t, word+".png", "\x89PNG\r\n\x1a\n"+word)).text("blob")
	made := decode[struct {
		ID       string `json:"id"`
		Variants []struct {
			ID string `json:"id"`
		} `json:"variants"`
	}](post("/products", productOf(word+" produto", s.sku, 1990, 10, map[string]any{"category_id": s.category, "images": []any{map[string]any{"blob": s.picture}}})))
	s.product, s.variant = made.ID, made.Variants[0].ID
	admin.call(http.MethodPut, "/collections/"+s.list+"/products", map[string]any{"products": []string{s.product}}).want(http.StatusNoContent)
	s.zone = post("/delivery/zones", map[string]any{"kind": "pickup", "name": word + " balcão", "active": true}).text("id")
	s.coupon = post("/coupons", map[string]any{"code": s.code, "kind": "percent", "value": 1000, "active": true}).text("id")
	s.code = "CUPOM-" + upper(word)
	placed := decode[placedOrder](post("/orders", map[string]any{
		"contact_id": contact, "payment": map[string]any{"provider": "on_delivery", "method": "cash"}, "delivery": map[string]any{"zone_id": s.zone},
		"lines": []any{map[string]any{"variant_id": s.variant, "quantity": 2}}, "note": word + " pedido",
	}, "Idempotency-Key", "order-of-"+word))
	s.order, s.payment = placed.ID, placed.Payments[0].ID
	admin.call(http.MethodPut, "/payments/accounts/mercadopago", map[string]any{
		"access_token": "APP_USR-of-" + word, "webhook_secret": "secret-of-" + word, "payer_email": "caixa@" + word + ".example.com", "methods": []string{"pix", "link"},
	}).want(http.StatusOK)
	admin.call(http.MethodPost, "/payments/"+s.payment+"/confirm", map[string]any{"amount": placed.Total + 1}, "Idempotency-Key", "till-of-"+word).want(http.StatusOK)
	s.refund = decode[placedOrder](admin.get("/orders/" + s.order).want(http.StatusOK)).Refunds[0].ID
	admin.call(http.MethodPost, "/contacts/"+contact+"/cart/lines", map[string]any{"variant_id": s.variant, "add": 1}).want(http.StatusOK)
	return s
}

func upper(word string) string {
	out := []byte(word)
	for i := range out {
		if out[i] >= 'a' && out[i] <= 'z' {
			out[i] -= 'a' - 'A'
		}
	}
	return string(out)
}

// placedOrder is what tests read of an order.
type placedOrder struct {
	ID            string
	Number, Total int64
	State         string
	PaymentState  string `json:"payment_state"`
	Attention     string
	Version       int64
	Payments      []struct {
		ID, State, Code string
		Amount          int64
	}
	Refunds []struct {
		ID, State string
		Amount    int64
	}
	Lines []struct {
		VariantID string `json:"variant_id"`
		Quantity  int64
	}
	Events []json.RawMessage
}

// productOf is the body of a product of one variant.
func productOf(name, sku string, price, onHand int64, more map[string]any) map[string]any {
	body := map[string]any{"name": name, "handle": sku, "variants": []any{map[string]any{"sku": sku, "price": price, "on_hand": onHand}}}
	for key, value := range more {
		body[key] = value
	}
	return body
}

// reachStore lists how somebody would reach for another company's shop.
func reachStore(own, other estate) map[string][]attempt {
	cart, mine := "/contacts/"+other.contact+"/cart", "/contacts/"+own.contact+"/cart"
	theirs := map[string]any{"variant_id": other.variant, "quantity": 1}
	cash := map[string]any{"provider": "on_delivery", "method": "cash"}
	body := productOf("x", "X-1", 100, 1, nil)
	zone := map[string]any{"kind": "flat", "name": "x", "active": true}
	coupon := map[string]any{"code": "XX", "kind": "free_shipping", "active": true}
	place := func(more map[string]any) attempt {
		wish := map[string]any{"payment": cash, "contact_id": own.contact, "delivery": map[string]any{"zone_id": own.zone}}
		for key, value := range more {
			wish[key] = value
		}
		return attempt{path: "/orders", body: wish, key: true, status: []int{http.StatusNotFound, http.StatusConflict}}
	}
	csv := form{[]byte("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nhandle,name,sku,price\nalfa-novo,x,X-2,1\r\n--x--\r\n"), "multipart/form-data; boundary=x"}
	return map[string][]attempt{
		"list-products": {
			{path: "/products?q=zebrafish", status: []int{http.StatusOK}}, {path: "/products?category_id=" + other.category, status: []int{http.StatusOK}},
			{path: "/products?collection_id=" + other.list, status: []int{http.StatusOK}},
			{path: "/products?cursor=" + other.cursor, status: []int{http.StatusOK, http.StatusUnprocessableEntity}},
		},
		"get-product":       {{path: "/products/" + other.product}},
		"create-product":    {{path: "/products", body: productOf("x", "X-9", 100, 1, map[string]any{"category_id": other.category})}, {path: "/products", body: productOf("x", "X-8", 100, 1, map[string]any{"images": []any{map[string]any{"blob": other.picture}}})}},
		"change-product":    {{path: "/products/" + other.product, body: body}},
		"set-product-state": {{path: "/products/" + other.product + "/state", body: map[string]any{"state": "archived"}}},
		"import-products":   {{path: "/products/import", body: csv, status: []int{http.StatusOK, http.StatusForbidden}}},
		"export-products":   blind("/products/export"),
		"upload-product-picture": {{path: "/products/pictures", status: []int{http.StatusForbidden, http.StatusUnprocessableEntity},
			body: form{[]byte("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nabc\r\n--x--\r\n"), "multipart/form-data; boundary=x"}}},
		// A picture of a catalog is public; a file of a conversation is none.
		"get-product-picture":    {{path: "/public/images/" + own.tenant + "/" + other.picture}},
		"list-goods":             {{path: "/goods?id=" + other.variant, status: []int{http.StatusOK}}},
		"move-stock":             {{path: "/variants/" + other.variant + "/stock", body: map[string]any{"quantity": 5}}},
		"list-stock-movements":   {{path: "/variants/" + other.variant + "/movements"}},
		"list-collections":       blind("/collections"),
		"create-collection":      {{path: "/collections", body: map[string]any{"kind": "category", "name": "x", "parent_id": other.category}}},
		"change-collection":      {{path: "/collections/" + other.category, body: map[string]any{"kind": "category", "name": "x"}}},
		"delete-collection":      {{path: "/collections/" + other.list}},
		"set-collection-items":   {{path: "/collections/" + other.list + "/products", body: map[string]any{"products": []string{}}}, {path: "/collections/" + own.list + "/products", body: map[string]any{"products": []string{other.product}}}},
		"get-cart":               {{path: cart}},
		"list-cart-entries":      {{path: cart + "/entries"}},
		"change-cart-line":       {{path: cart + "/lines", body: map[string]any{"variant_id": own.variant, "add": 1}}, {path: mine + "/lines", body: map[string]any{"variant_id": other.variant, "add": 1}}},
		"set-cart-coupon":        {{path: cart + "/coupon", body: map[string]any{"code": "x"}}, {path: mine + "/coupon", body: map[string]any{"code": other.code}, status: []int{http.StatusConflict}}},
		"set-cart-delivery":      {{path: cart + "/delivery", body: map[string]any{"delivery": map[string]any{"zone_id": own.zone}}}, {path: mine + "/delivery", body: map[string]any{"delivery": map[string]any{"zone_id": other.zone}}, status: []int{http.StatusConflict}}},
		"merge-carts":            {{path: cart + "/merge", body: map[string]any{"from": own.contact}}, {path: mine + "/merge", body: map[string]any{"from": other.contact}}},
		"clear-cart":             {{path: cart}},
		"list-coupons":           blind("/coupons"),
		"create-coupon":          {{path: "/coupons", body: coupon, status: []int{http.StatusCreated, http.StatusForbidden}}},
		"change-coupon":          {{path: "/coupons/" + other.coupon, body: coupon}},
		"list-zones":             blind("/delivery/zones"),
		"create-zone":            {{path: "/delivery/zones", body: zone, status: []int{http.StatusCreated, http.StatusForbidden}}},
		"change-zone":            {{path: "/delivery/zones/" + other.zone, body: zone}},
		"delete-zone":            {{path: "/delivery/zones/" + other.zone}},
		"quote-delivery":         blind("/delivery/quotes?address=x"),
		"list-orders":            {{path: "/orders?contact_id=" + other.contact, status: []int{http.StatusOK}}, {path: "/orders?cursor=" + other.cursor, status: []int{http.StatusOK, http.StatusUnprocessableEntity}}},
		"get-order":              {{path: "/orders/" + other.order}},
		"place-order":            {place(map[string]any{"contact_id": other.contact}), place(map[string]any{"lines": []any{theirs}}), place(map[string]any{"conversation_id": other.conversation}), place(map[string]any{"contact_id": other.contact, "lines": []any{map[string]any{"variant_id": own.variant, "quantity": 1}}}), place(map[string]any{"delivery": map[string]any{"zone_id": other.zone}, "lines": []any{map[string]any{"variant_id": own.variant, "quantity": 1}}})},
		"move-order":             {{path: "/orders/" + other.order + "/move", body: map[string]any{"to": "preparing"}}},
		"cancel-order":           {{path: "/orders/" + other.order + "/cancel", body: map[string]any{}}},
		"edit-order":             {{path: "/orders/" + other.order + "/lines", body: map[string]any{"lines": []any{theirs}}}, {path: "/orders/" + own.order + "/lines", body: map[string]any{"lines": []any{theirs}}}},
		"give-back":              {{path: "/orders/" + other.order + "/refunds", body: map[string]any{"amount": 1}}},
		"get-payment-setting":    blind("/payments/setting"),
		"save-payment-setting":   {{path: "/payments/setting", body: map[string]any{"cash": true, "card": false, "expiry_minutes": 30}, status: []int{http.StatusOK, http.StatusForbidden}}},
		"list-payment-accounts":  blind("/payments/accounts"),
		"save-payment-account":   {{path: "/payments/accounts/mercadopago", body: map[string]any{"payer_email": "x@example.com", "methods": []string{"pix"}}, status: []int{http.StatusOK, http.StatusForbidden}}},
		"test-payment-account":   {{path: "/payments/accounts/mercadopago/test", status: []int{http.StatusOK, http.StatusNotFound, http.StatusForbidden}}},
		"delete-payment-account": {{path: "/payments/accounts/mercadopago", status: []int{http.StatusNoContent, http.StatusNotFound, http.StatusForbidden}}},
		"list-payment-choices":   blind("/payments/choices"),
		"confirm-payment":        {{path: "/payments/" + other.payment + "/confirm", body: map[string]any{"amount": 1}, key: true}},
		"refresh-payment":        {{path: "/payments/" + other.payment + "/refresh"}},
		"show-products":          {{path: "/conversations/" + other.conversation + "/products", body: map[string]any{"variant_ids": []string{own.variant}}, key: true}, {path: "/conversations/" + own.conversation + "/products", body: map[string]any{"variant_ids": []string{other.variant}}, key: true, status: []int{http.StatusConflict, http.StatusNotFound}}, {path: "/conversations/" + own.conversation + "/products", body: map[string]any{"collection_id": other.list}, key: true}},
		"send-bill":              {{path: "/orders/" + other.order + "/bill", key: true}},
		"get-sale-setting":       blind("/sales/setting"),
		"save-sale-setting":      {{path: "/sales/setting", body: map[string]any{"native_bill": true, "honour_hours": 1, "remind_minutes": 1}, status: []int{http.StatusOK, http.StatusForbidden}}},
		"confirm-refund":         {{path: "/refunds/" + other.refund + "/confirm", body: map[string]any{}}},
	}
}
