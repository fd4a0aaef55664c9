package meta

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"prosa/internal/base/fault"
)

// stock is a catalog in memory.
type stock map[string]Good

func (s stock) CatalogOf(waba string) (string, bool) { return "3300", waba == wabaID }

func (s stock) Good(catalogID, retailerID string) (Good, bool) {
	good, ok := s[retailerID]
	return good, ok && catalogID == "3300"
}

func shop(t *testing.T) *world {
	t.Helper()
	w := start(t, Config{Unlimited: true})
	w.server.Join(stock{
		"bolo":   {Name: "Bolo de rolo", Price: "19.90", Currency: "BRL", Visible: true},
		"hidden": {Name: "Bolo de ontem", Price: "5.00", Currency: "BRL"},
	})
	w.act(Action{Do: "text", Text: "oi"})
	return w
}

// refused sends a message that must be refused with a code and words.
func (w *world) refused(body m, code int, say string) {
	w.t.Helper()
	status, raw := w.send(body)
	if status == http.StatusOK {
		w.t.Fatalf("accepted: %s", raw)
	}
	if got := graphErr(w.t, raw); got.Code != code || !strings.Contains(string(raw), say) {
		w.t.Errorf("wanted %d with %q, got %s", code, say, raw)
	}
}

func TestGoodsStandInTheCatalog(t *testing.T) {
	w := shop(t)
	product := func(catalog, id string) m {
		return interactive("product", m{"catalog_id": catalog, "product_retailer_id": id}, m{"body": nil})
	}
	message, err := w.server.Message(w.sent(product("3300", "bolo")))
	if err != nil || message.Text != "Bolo de rolo" {
		t.Errorf("%+v, %v", message, err)
	}
	w.refused(product("3300", "absent"), 131009, "absent")
	w.refused(product("3300", "hidden"), 131009, "hidden")
	w.refused(product("4400", "bolo"), 131009, "not connected")
	list := func(ids ...string) m {
		items := []m{}
		for _, id := range ids {
			items = append(items, m{"product_retailer_id": id})
		}
		return interactive("product_list", m{"catalog_id": "3300", "sections": []m{{"title": "Bolos", "product_items": items}}}, m{"header": m{"type": "text", "text": "Hoje"}})
	}
	w.sent(list("bolo"))
	w.refused(list("bolo", "hidden"), 131009, "hidden")
	card := func(i int, id string) m {
		return m{"card_index": i, "type": "product", "action": m{"catalog_id": "3300", "product_retailer_id": id}}
	}
	w.sent(interactive("carousel", m{"cards": []m{card(0, "bolo"), card(1, "bolo")}}))
	w.refused(interactive("carousel", m{"cards": []m{card(0, "bolo"), card(1, "absent")}}), 131009, "absent")
	w.refused(interactive("carousel", m{"cards": []m{card(0, "bolo"), card(1, "bolo")}}, m{"header": m{"type": "text", "text": "Hoje"}}), 131009, "Header is not allowed")
	open := m{"name": "catalog_message"}
	w.sent(interactive("catalog_message", open))
	w.sent(interactive("catalog_message", m{"name": "catalog_message", "parameters": m{"thumbnail_product_retailer_id": "bolo"}}))
	w.refused(interactive("catalog_message", m{"name": "catalog_message", "parameters": m{"thumbnail_product_retailer_id": "absent"}}), 131009, "absent")
	w.refused(interactive("catalog_message", open, m{"header": m{"type": "text", "text": "Hoje"}}), 131009, "Header is not allowed")
	w.put("/_sandbox/numbers", Number{ID: "700", WABA: "701", App: appID, Token: token + "2", Display: "+55 11 4000-9999"})
	status, raw := w.do("POST", "/v25.0/700/messages", token+"2", m{"messaging_product": "whatsapp", "to": ana, "type": "interactive", "interactive": interactive("catalog_message", open)["interactive"]})
	if status == http.StatusOK || !strings.Contains(string(raw), "No catalog") {
		t.Errorf("%d %s", status, raw)
	}
}

func TestTheTelephoneSendsACart(t *testing.T) {
	w := shop(t)
	order := Action{Do: "order", CatalogID: "3300", Text: "Para hoje", Items: []OrderItem{{ID: "bolo", Quantity: 2}}}
	message := w.act(order)
	var content struct {
		Order struct {
			Text  string
			Items []struct {
				Price    json.Number `json:"item_price"`
				Currency string
			} `json:"product_items"`
		}
	}
	if err := json.Unmarshal(message.Content, &content); err != nil || content.Order.Text != "Para hoje" || content.Order.Items[0].Price != "19.90" || content.Order.Items[0].Currency != "BRL" {
		t.Errorf("%s, %v", message.Content, err)
	}
	order.Items[0].Price = 18.5 // what the telephone showed before
	if message = w.act(order); !strings.Contains(string(message.Content), `"item_price":18.5`) {
		t.Errorf("%s", message.Content)
	}
	for _, bad := range []Action{
		{Do: "order", CatalogID: "4400", Items: []OrderItem{{ID: "bolo", Quantity: 1}}},
		{Do: "order", CatalogID: "3300", Items: []OrderItem{{ID: "bolo", Quantity: 1}, {ID: "hidden", Quantity: 1}}},
		{Do: "text", Text: "tem?", Product: &ProductRef{"3300", "absent"}},
	} {
		bad.Number = numberID
		var failure *fault.Error
		if _, err := w.server.Act(ana, bad); !errors.As(err, &failure) || failure.Reason != "not_in_catalog" {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	bad := Action{Number: "nobody", Do: "order", CatalogID: "3300", Items: []OrderItem{{ID: "bolo", Quantity: 1}}}
	if _, err := w.server.Act(ana, bad); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

func TestTheTelephoneAsksAboutAProduct(t *testing.T) {
	w := shop(t)
	sent := w.sent(text("veja"))
	for reply, want := range map[string]string{
		"":   `"context":{"from":"551140001234","referred_product":{"catalog_id":"3300","product_retailer_id":"bolo"}}`,
		sent: `"context":{"from":"551140001234","id":"` + sent + `","referred_product":{"catalog_id":"3300","product_retailer_id":"bolo"}}`,
	} {
		message := w.act(Action{Do: "text", Text: "Tem grande?", ReplyTo: reply, Product: &ProductRef{"3300", "bolo"}})
		if !strings.Contains(string(message.Content), want) {
			t.Errorf("no %s in %s", want, message.Content)
		}
	}
}

func TestACardOfACarouselIsTapped(t *testing.T) {
	w := shop(t)
	card := func(i int, id string) m {
		return m{"card_index": i, "header": m{"type": "image", "image": m{"link": "https://example.com/a.png"}},
			"action": m{"buttons": []m{{"type": "quick_reply", "quick_reply": m{"id": id, "title": "Quero"}}}}}
	}
	id := w.sent(interactive("carousel", m{"cards": []m{card(0, "a"), card(1, "b")}}))
	tapped := w.act(Action{Do: "tap", Message: id, Choice: "b"})
	if tapped.Kind != "interactive.button_reply" || !strings.Contains(string(tapped.Content), `"id":"b"`) {
		t.Errorf("%s: %s", tapped.Kind, tapped.Content)
	}
}

func status(reference string, parameters m) m {
	parameters["reference_id"] = reference
	return interactive("order_status", m{"name": "review_order", "parameters": parameters})
}

func step(name string) m { return m{"order": m{"status": name}} }

func TestAnOrderGoesItsWay(t *testing.T) {
	w := shop(t)
	bill := func(reference string) m {
		return interactive("order_details", pix(1000, 1000, m{"reference_id": reference}))
	}
	id := w.sent(bill("p1"))
	if message, err := w.server.Message(id); err != nil || message.Payment != "p1" || message.Kind != "interactive.order_details" {
		t.Errorf("%+v, %v", message, err)
	}
	w.sent(status("p1", step("pending")))
	w.sent(status("p1", m{"payment": m{"status": "captured", "timestamp": 1763800000}}))
	w.refused(status("p1", step("canceled")), 2047, "canceled")
	w.sent(status("p1", step("processing")))
	w.refused(status("p1", step("pending")), 2046, "processing to pending")
	w.sent(status("p1", step("partially-shipped")))
	w.sent(status("p1", step("shipped")))
	w.refused(status("p1", step("processing")), 2046, "shipped to processing")
	w.sent(status("p1", step("completed")))
	w.refused(status("p1", step("shipped")), 2046, "completed to shipped")
	w.refused(status("p1", step("canceled")), 2047, "canceled")

	w.sent(bill("p2"))
	w.sent(status("p2", step("canceled")))
	w.refused(status("p2", step("processing")), 2046, "canceled to processing")
	w.refused(status("p3", step("processing")), 131009, "no order")
	w.refused(bill("p2"), 131009, "already used")
	w.put("/_sandbox/customers", Customer{WaID: "5511912340000", Name: "Rui"})
	other := status("p2", step("pending"))
	other["to"] = "5511912340000"
	w.refused(other, 131009, "no order")
	w.refused(status("p2", m{}), 131008, "order")
}

func TestPaymentsAreForBrazil(t *testing.T) {
	w := shop(t)
	bill := func(reference string) m {
		return interactive("order_details", pix(1000, 1000, m{"reference_id": reference}))
	}
	w.put("/_sandbox/wabas", WABA{ID: wabaID, Payments: PaymentsOff})
	w.refused(bill("a"), 131009, "not eligible")
	w.put("/_sandbox/wabas", WABA{ID: wabaID, Payments: PaymentsOn})
	w.sent(bill("a"))
	if code, raw := w.do("POST", "/_sandbox/wabas", "", WABA{ID: wabaID, Payments: "maybe"}); code == http.StatusCreated {
		t.Errorf("%s", raw)
	}
	w.put("/_sandbox/numbers", Number{ID: numberID, Display: "+1 555 010 0000"})
	w.refused(bill("b"), 131009, "not eligible")
	w.put("/_sandbox/numbers", Number{ID: numberID, Display: "+55 11 4000-1234"})

	w.put("/_sandbox/customers", Customer{WaID: "351912345678", Name: "Inês"})
	if _, err := w.server.Act("351912345678", Action{Number: numberID, Do: "text", Text: "olá"}); err != nil {
		t.Fatal(err)
	}
	abroad := bill("c")
	abroad["to"] = "351912345678"
	message, err := w.server.Message(w.sent(abroad))
	if err != nil || message.doom == nil || message.doom.Code != 131026 {
		t.Errorf("%+v, %v", message, err)
	}
}

func TestABillAddsUp(t *testing.T) {
	w := shop(t)
	amount := func(v any) m { return m{"value": v, "offset": 100} }
	order := func(change func(m)) m {
		o := m{"status": "pending", "subtotal": amount(2980), "tax": amount(0), "shipping": amount(500), "discount": amount(80),
			"items": []m{{"retailer_id": "a", "name": "Bolo", "amount": amount(1000), "sale_amount": amount(990), "quantity": 2}, {"retailer_id": "b", "name": "Suco", "amount": amount(1000), "quantity": 1}}}
		change(o)
		return interactive("order_details", pix(3400, 0, m{"reference_id": "s1", "order": o}))
	}
	w.refused(order(func(o m) { o["discount"] = amount(81) }), 131009, "total_amount")
	w.refused(order(func(o m) { o["subtotal"] = amount(2981) }), 131009, "sum of its items")
	w.refused(order(func(o m) { o["shipping"] = amount(500.5) }), 131009, "whole number")
	w.refused(order(func(o m) { o["tax"] = amount(-1) }), 131009, "whole number")
	w.refused(order(func(o m) { o["items"] = []m{} }), 131009, "at least one item")
	w.refused(order(func(o m) { o["items"].([]m)[0]["sale_amount"] = amount(1000) }), 131009, "less than")
	w.refused(interactive("order_details", pix(1000, 1000, m{"payment_settings": []m{}})), 131009, "payment setting")
	w.refused(interactive("order_details", pix(1000, 1000, m{"payment_type": nil})), 131008, "payment_type")
	w.refused(interactive("order_details", pix(1000, 1000, nil), m{"header": m{"type": "text", "text": "x"}}), 100, "one of {image}")
	w.sent(order(func(m) {}))
}

func TestBillsAreRememberedOverARestart(t *testing.T) {
	config := Config{Unlimited: true, Dir: t.TempDir(), StatusDelays: StatusDelays{Sent: -1, Delivered: -1, Read: -1}}
	w := start(t, config)
	w.act(Action{Do: "text", Text: "oi"})
	w.sent(interactive("order_details", pix(1000, 1000, nil)))
	w.sent(status("pedido-1", step("processing")))
	w.stop()
	if err := w.server.Close(); err != nil {
		t.Fatal(err)
	}
	w.open(config)
	w.refused(interactive("order_details", pix(1000, 1000, nil)), 131009, "already used")
	w.refused(status("pedido-1", step("canceled")), 2047, "canceled")
	w.sent(status("pedido-1", step("shipped")))
}

// TestTheControlAPITakesCartsAndQuestions as the telephones' page sends them.
func TestTheControlAPITakesCartsAndQuestions(t *testing.T) {
	w := shop(t)
	path := "/_sandbox/customers/" + ana + "/actions"
	for body, want := range map[string]string{
		`{"do":"order","number":"` + numberID + `","catalog_id":"3300","items":[{"product_retailer_id":"bolo","quantity":3}]}`:                                    `"item_price":19.90`,
		`{"do":"text","number":"` + numberID + `","text":"Tem grande?","product":{"catalog_id":"3300","product_retailer_id":"bolo"}}`:                             `"referred_product":{"catalog_id":"3300","product_retailer_id":"bolo"}`,
		`{"do":"order","number":"` + numberID + `","catalog_id":"3300","items":[{"product_retailer_id":"bolo","quantity":1,"item_price":18.5,"currency":"BRL"}]}`: `"item_price":18.5`,
	} {
		code, raw := w.do("POST", path, "", body)
		if code != http.StatusCreated {
			t.Fatalf("%d %s", code, raw)
		}
		if got := w.receiver.next(t); !strings.Contains(string(got.body), want) && !strings.Contains(string(w.receiver.next(t).body), want) {
			t.Errorf("no %s in %s", want, got.body)
		}
	}
	code, raw := w.do("POST", path, "", `{"do":"order","number":"`+numberID+`","catalog_id":"3300","items":[{"product_retailer_id":"absent","quantity":1}]}`)
	if code != http.StatusConflict || !strings.Contains(string(raw), "absent") {
		t.Errorf("%d %s", code, raw)
	}
}
