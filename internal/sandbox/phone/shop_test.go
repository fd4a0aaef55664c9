package phone

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"prosa/internal/sandbox/mercadopago"
	"prosa/internal/sandbox/meta"
	"prosa/internal/sandbox/metacatalog"
)

const catalogID = "194836987003835"

// shelf is a catalog that stands still.
type shelf []metacatalog.Item

func (s shelf) CatalogOf(waba string) (string, bool) { return catalogID, waba == "800" }
func (shelf) CommerceOf(string) (cart, visible bool) { return true, true }

func (s shelf) Item(catalog, retailer string) (metacatalog.Item, bool) {
	for _, item := range s {
		if catalog == catalogID && item.RetailerID == retailer {
			return item, true
		}
	}
	return metacatalog.Item{}, false
}

func (s shelf) Items(_, after string, limit int) []metacatalog.Item {
	var shown []metacatalog.Item
	past := after == ""
	for _, item := range s {
		if past && item.Visible && len(shown) < limit {
			shown = append(shown, item)
		}
		past = past || item.RetailerID == after
	}
	return shown
}

var goods = shelf{
	{RetailerID: "cafe", Name: "Café", Description: "Torra média", Price: "R$ 49,90", ListPrice: "R$ 59,90", Amount: "49.90", Currency: "BRL", Image: "http://localhost/cafe.png", Availability: "in stock", Visible: true},
	{RetailerID: "hidden", Name: "Caneca", Price: "R$ 10,00", Amount: "10.00", Currency: "BRL"},
	{RetailerID: "pao", Group: "g", Name: "Pão", Variant: "Integral · 500 g", Price: "R$ 2,50", Amount: "2.50", Currency: "BRL", Availability: "out of stock", Visible: true},
}

// selling is a world with a catalog and a bank.
func selling(t *testing.T, bank Bank) *world {
	t.Helper()
	w := start(t)
	handler := New(Config{Meta: w.meta, Telegram: w.telegram, Catalog: goods, Bank: bank})
	w.api.Config.Handler = handler
	return w
}

func TestGoodsHaveTheWordsOfTheCatalog(t *testing.T) {
	w := selling(t, nil)
	phone, chat, other := w.ana()
	w.send(chat, m{"kind": "text", "text": "oi"})
	w.graphSend(phone.ID, m{"type": "interactive", "interactive": m{"type": "product_list", "header": m{"type": "text", "text": "Loja"}, "body": m{"text": "Veja"},
		"action": m{"catalog_id": catalogID, "sections": []m{{"title": "Hoje", "product_items": []m{{"product_retailer_id": "cafe"}, {"product_retailer_id": "hidden"}}}}}}})
	list := w.bubbles(chat)[1]
	if list.Kind != "products" || len(list.Products) != 2 || list.CatalogID != catalogID {
		t.Fatalf("%+v", list)
	}
	if p := list.Products[0]; p.Name != "Café" || p.PriceText != "R$ 49,90" || p.ListPrice != "R$ 59,90" || p.Amount != 4990 || p.Section != "Hoje" || p.Image == "" || p.Gone || p.SoldOut {
		t.Errorf("%+v", p)
	}
	if p := list.Products[1]; !p.Gone || p.PriceText != "" {
		t.Errorf("a hidden item is shown: %+v", p)
	}
	w.graphSend(phone.ID, m{"type": "interactive", "interactive": m{"type": "catalog_message", "body": m{"text": "Nosso catálogo"},
		"action": m{"name": "catalog_message", "parameters": m{"thumbnail_product_retailer_id": "pao"}}}})
	if b := w.bubbles(chat)[2]; b.Kind != "catalog" || len(b.Products) != 1 || b.Products[0].ID != "pao" || !b.Products[0].SoldOut {
		t.Errorf("%+v", b)
	}
	var front Storefront
	w.call("GET", "chats/"+chat+"/catalog?limit=1", nil, &front, 200)
	if !front.Cart || len(front.Items) != 1 || front.Items[0].ID != "cafe" || front.After != "cafe" {
		t.Errorf("%+v", front)
	}
	w.call("GET", "chats/"+chat+"/catalog?limit=2&after=cafe", nil, &front, 200)
	if len(front.Items) == 0 || front.Items[len(front.Items)-1].ID != "pao" {
		t.Errorf("%+v", front)
	}
	if last := front.Items[len(front.Items)-1]; last.Name != "Pão · Integral · 500 g" {
		t.Errorf("siblings look the same: %q", last.Name)
	}
	w.call("GET", "chats/"+chat+"/catalog?limit=0", nil, nil, 422)
	w.call("GET", "chats/"+other+"/catalog", nil, nil, 404)
	var view Chat
	w.call("GET", "chats/"+chat, nil, &view, 200)
	if view.CatalogID != catalogID || !view.Cart {
		t.Errorf("%+v", view)
	}
}

func TestACartAndAQuestionAboutAProduct(t *testing.T) {
	w := selling(t, nil)
	_, chat, telegramChat := w.ana()
	cart := w.send(chat, m{"kind": "order", "catalog_id": catalogID, "text": "rápido", "items": []m{{"id": "cafe", "quantity": 2, "price": 49.9, "currency": "BRL"}}})
	if cart.Kind != "order" || len(cart.Products) != 1 || cart.Products[0].Name != "Café" || cart.Products[0].Quantity != 2 || cart.Products[0].Price != 49.9 {
		t.Fatalf("%+v", cart)
	}
	about := w.send(chat, m{"kind": "text", "text": "Tem moído?", "product": m{"catalog_id": catalogID, "product_retailer_id": "cafe"}})
	if about.About == nil || about.About.Name != "Café" || about.CatalogID != catalogID || about.Text != "Tem moído?" {
		t.Fatalf("%+v", about)
	}
	w.call("POST", "chats/"+telegramChat+"/messages", m{"kind": "order", "catalog_id": catalogID, "items": []m{{"id": "cafe", "quantity": 1}}}, nil, 409)
}

func TestOrderDetailsSayWhatIsPaid(t *testing.T) {
	w := selling(t, nil)
	raw := json.RawMessage(`{"type":"interactive","interactive":{"type":"order_details","body":{"text":"Pedido 101"},"action":{"name":"review_and_pay","parameters":{
		"reference_id":"101-1","currency":"BRL","total_amount":{"value":5490,"offset":100},
		"payment_settings":[{"type":"pix_dynamic_code","pix_dynamic_code":{"code":"000201pix"}},{"type":"payment_link","payment_link":{"uri":"http://localhost/pagar"}},{"type":"boleto","boleto":{"digitable_line":"23793"}}],
		"order":{"status":"pending","items":[{"retailer_id":"cafe","name":"Café","amount":{"value":5990,"offset":100},"sale_amount":{"value":4990,"offset":100},"quantity":1}],
		"subtotal":{"value":4990,"offset":100},"shipping":{"value":500,"offset":100}}}}}}`)
	b, ok := w.handler().whatsappBubble(meta.Message{ID: "wamid.1", Number: numberID, Customer: "5511987654321", Type: "interactive", Dir: meta.Outbound, Content: raw, Text: "Pedido 101"})
	if !ok || b.Kind != "order_details" || b.Payment == nil {
		t.Fatalf("%+v", b)
	}
	p := *b.Payment
	if p.Total != 5490 || p.Subtotal != 4990 || p.Shipping != 500 || p.Status != "pending" || p.PixCode != "000201pix" || p.Boleto != "23793" || p.Link != "http://localhost/pagar" {
		t.Errorf("%+v", p)
	}
	if len(p.Lines) != 1 || p.Lines[0] != (PaymentLine{Name: "Café", Quantity: 1, Price: 4990}) {
		t.Errorf("%+v", p.Lines)
	}
	carousel := json.RawMessage(`{"interactive":{"type":"carousel","action":{"cards":[{"card_index":0,"type":"product","action":{"catalog_id":"` + catalogID + `","product_retailer_id":"cafe"}},
		{"card_index":1,"body":{"text":"Pão"},"action":{"buttons":[{"type":"quick_reply","quick_reply":{"id":"opt.1","title":"Quero"}}]}}]}}}`)
	b, _ = w.handler().whatsappBubble(meta.Message{ID: "wamid.2", Number: numberID, Customer: "5511987654321", Type: "interactive", Dir: meta.Outbound, Content: carousel})
	if len(b.Cards) != 2 || b.Cards[0].Product == nil || b.Cards[0].Product.Name != "Café" || b.Cards[1].Rows[0][0] != (Choice{ID: "opt.1", Text: "Quero", Kind: "reply"}) {
		t.Errorf("%+v", b.Cards)
	}
}

func TestAPixIsPaidAtItsProviderOrPretended(t *testing.T) {
	provider, err := mercadopago.New(mercadopago.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.PutSeller(mercadopago.Seller{UserID: 778899, Name: "Casa Aurora", City: "Campinas", Token: "APP_USR-111-secret", Secret: "s3cr3t"}); err != nil {
		t.Fatal(err)
	}
	vendor := httptest.NewServer(provider)
	t.Cleanup(vendor.Close)
	body, _ := json.Marshal(m{
		"type": "online", "total_amount": "19.90", "external_reference": "PED-1", "processing_mode": "automatic", "payer": m{"email": "bia@example.com"},
		"transactions": m{"payments": []m{{"amount": "19.90", "expiration_time": "PT45M", "payment_method": m{"id": "pix", "type": "bank_transfer"}}}},
	})
	request, _ := http.NewRequest("POST", vendor.URL+"/v1/orders", bytes.NewReader(body))
	request.Header.Set("Authorization", "Bearer APP_USR-111-secret")
	request.Header.Set("X-Idempotency-Key", "key-1")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	orders := provider.Orders()
	if len(orders) != 1 {
		t.Fatalf("the provider answers %d and holds %d orders", response.StatusCode, len(orders))
	}
	w := selling(t, provider)
	var paid Paid
	w.call("POST", "pay", m{"code": " " + orders[0].Code + "\n"}, &paid, 200)
	if !paid.Provider || paid.Amount != 1990 {
		t.Fatalf("%+v", paid)
	}
	w.call("POST", "pay", m{"code": orders[0].Code}, nil, 409) // it is paid
	w.call("POST", "pay", m{"code": "00020126580014br.gov.bcb.pix6304ABCD"}, &paid, 200)
	if paid.Provider {
		t.Error("a key of the company's own was paid at the provider")
	}
	w.call("POST", "pay", m{"code": " "}, nil, 422)
}

// handler is the phones themselves.
func (w *world) handler() *Handler { return w.api.Config.Handler.(*Handler) }
