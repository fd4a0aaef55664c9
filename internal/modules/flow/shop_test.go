package flow

import (
	"fmt"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"prosa/internal/message"
	"prosa/internal/modules/flow/stand"
)

// shopper is a customer whose flow asks a stand.
type shopper struct {
	*customer
	stand *stand.Stand
}

func shops(t *testing.T, settings string, nodes ...string) *shopper {
	t.Helper()
	return &shopper{customer: talk(t, settings, nodes...), stand: stand.New(nil)}
}

// says writes a line, has the stand answer what the flow asks, and gives all
// that was said.
func (s *shopper) says(line string) string {
	s.t.Helper()
	return s.served(s.write(line))
}

func (s *shopper) hears(content message.Content) string {
	s.t.Helper()
	return s.served(s.step(Input{Kind: Wrote, Content: content}))
}

func (s *shopper) served(effects []Effect) string {
	s.t.Helper()
	var said []string
	for range 20 {
		var ask *Ask
		for _, effect := range effects {
			if effect.Send != nil {
				said = append(said, effect.Send.Text)
			}
			if effect.Ask != nil {
				ask = effect.Ask
			}
		}
		if ask == nil {
			return strings.Join(said, " | ")
		}
		told := s.stand.Ask(ask.Kind, ask.Request)
		effects = s.step(Input{Kind: Answered, Answer: &Answer{ID: ask.ID, OK: told.OK, Body: told.Body, Pending: told.Topic != "", Topic: told.Topic}})
	}
	s.t.Fatal("the flow asks for ever")
	return ""
}

const (
	askMenu   = `{"name":"a","kind":"question","text":"?","expect":"text","save":"pedido","next":"s"}`
	sold      = `{"name":"z","kind":"end","text":"{{vars.product_name}} {{vars.product_price}}"}`
	nothing   = `{"name":"n","kind":"end","text":"nada"}`
	searching = `{"name":"s","kind":"product_search","next":"z","on_none":"n"}`
)

func TestSearchingAProduct(t *testing.T) {
	c := shops(t, "", askMenu, `{"name":"s","kind":"product_search","next":"z"}`, sold)
	c.says("oi")
	if said := c.says("x"); said != portugueseShop.search {
		t.Fatalf("%q", said)
	}
	if said := c.says("geladeira"); said != portugueseShop.noneAgain || c.state.Status != Waiting {
		t.Fatalf("%q", said)
	}
	if said := c.says("camisetas"); !strings.Contains(said, "Encontrei") || c.last.Options[0].Title != "Camiseta básica" || c.last.Options[0].Description != "R$ 59,90" {
		t.Fatalf("%q %+v", said, c.last)
	}
	// Other words look for something else, and an old option is none.
	if said := c.says("caneca"); !strings.Contains(said, "Encontrei") || c.last.Options[0].Title != "Caneca esmaltada" {
		t.Fatalf("%q %+v", said, c.last)
	}
	if said := c.says("#1@1"); !strings.Contains(said, "mensagem anterior") || c.state.Node != "s" {
		t.Fatalf("%q", said)
	}
	if said := c.says("#1"); said != "Caneca esmaltada R$ 39,00" {
		t.Fatalf("%q", said)
	}
}

func TestASearchPages(t *testing.T) {
	c := shops(t, "", askMenu, `{"name":"s","kind":"product_search","query":"vars.pedido","next":"z","on_none":"n"}`, sold, nothing)
	var many []stand.Product
	for i := range 12 {
		many = append(many, stand.Product{ID: fmt.Sprint("p", i), Name: fmt.Sprint("Vaso número ", i), Variants: []stand.Variant{{ID: fmt.Sprint("v", i), Price: 100, Stock: 1}}})
	}
	c.stand = stand.New(many)
	c.says("oi")
	if c.says("vaso"); len(c.last.Options) != searchPage+1 {
		t.Fatalf("%+v", c.last)
	}
	if c.says(portugueseShop.moreGoods); len(c.last.Options) != 3 {
		t.Fatalf("%+v", c.last)
	}
	if said := c.says("#3"); said != "Vaso número 11 R$ 1,00" {
		t.Fatalf("%q", said)
	}
	none := shops(t, "", askMenu, `{"name":"s","kind":"product_search","query":"vars.pedido","next":"z","on_none":"n"}`, sold, nothing)
	none.says("oi")
	if said := none.says("geladeira"); !strings.HasSuffix(said, "nada") {
		t.Fatalf("%q", said)
	}
}

func TestShowingGoods(t *testing.T) {
	show := `{"name":"s","kind":"product_show","text":"Veja","catalog":true,"next":"z","on_none":"n","on_cart":"k","on_text":"w"}`
	kart, wrote := `{"name":"k","kind":"end","text":"carrinho"}`, `{"name":"w","kind":"end","text":"disse {{vars.customer_text}}"}`
	begin := func() *shopper {
		c := shops(t, "", askMenu, show, sold, nothing, kart, wrote)
		c.says("oi")
		if said := c.says("x"); said != "Veja" || c.state.Node != "s" {
			t.Fatalf("%q at %s", said, c.state.Node)
		}
		return c
	}
	tap := begin()
	id := optionPrefix(testSession, tap.state.Asked) + "1"
	if said := tap.hears(message.Content{Kind: message.Pick, Pick: &message.Picked{ID: id}}); said != "Caneca esmaltada R$ 39,00" {
		t.Errorf("a tap: %q", said)
	}
	if said := begin().says("caneca"); said != "Caneca esmaltada R$ 39,00" {
		t.Errorf("a name: %q", said)
	}
	if said := begin().hears(message.Content{Kind: message.Text, Text: "esse?", About: &message.ProductRef{RetailerID: "var_caneca"}}); said != "Caneca esmaltada R$ 39,00" {
		t.Errorf("a question: %q", said)
	}
	gone := begin()
	if said := gone.hears(message.Content{Kind: message.Text, Text: "esse?", About: &message.ProductRef{RetailerID: "x"}}); said != portugueseShop.gone || gone.state.Node != "s" {
		t.Errorf("a question about what is gone: %q", said)
	}
	if said := begin().hears(message.Content{Kind: message.Cart, Order: &message.Order{}}); said != "carrinho" {
		t.Errorf("a cart: %q", said)
	}
	if said := begin().says("vocês abrem domingo?"); said != "disse vocês abrem domingo?" {
		t.Errorf("words: %q", said)
	}
	// Who wrote is not told to write.
	plain := shops(t, "", askMenu, strings.Replace(show, `,"on_text":"w"`, "", 1), sold, nothing, kart)
	plain.says("oi")
	plain.says("x")
	if said := plain.says("vocês abrem domingo?"); strings.Contains(said, portuguese.expect["text"]) || said == "" {
		t.Errorf("words without a way: %q", said)
	}
}

func TestChoosingAVariant(t *testing.T) {
	nodes := []string{askMenu, `{"name":"s","kind":"product_search","query":"vars.pedido","next":"v","on_none":"n"}`, `{"name":"v","kind":"product_variant","next":"z","on_sold_out":"n"}`, sold, nothing}
	c := shops(t, "", nodes...)
	c.says("oi")
	c.says("camiseta")
	if said := c.says("#1"); said != "Cor:" || len(c.last.Options) != 2 {
		t.Fatalf("%q %+v", said, c.last)
	}
	if said := c.says("preta"); said != "Camiseta básica Preta M R$ 64,90" { // the other size is sold out
		t.Fatalf("%q", said)
	}
	one := shops(t, "", nodes...)
	one.says("oi")
	one.says("caneca")
	if said := one.says("#1"); said != "Caneca esmaltada R$ 39,00" {
		t.Errorf("one variant is asked for: %q", said)
	}
	none := shops(t, "", nodes...)
	none.says("oi")
	none.says("boné")
	if said := none.says("#1"); said != portugueseShop.soldOut+" | nada" {
		t.Errorf("%q", said)
	}
}

// Whatever the shop refuses or says that can't be read ends in a way of the
// author's or with a person, never in silence.
func TestEveryRefusalOfTheShopHasItsWay(t *testing.T) {
	nodes := map[string]string{
		"shop.search":   `{"name":"s","kind":"product_search","query":"vars.pedido","next":"z","on_none":"n"}`,
		"shop.show":     `{"name":"s","kind":"product_show","text":"Veja","catalog":true,"next":"z","on_none":"n"}`,
		"shop.variants": `{"name":"s","kind":"product_variant","product":"vars.pedido","next":"z","on_sold_out":"n"}`,
		"shop.add":      `{"name":"s","kind":"cart_add","variant":"vars.pedido","next":"z","on_unavailable":"n"}`,
		"shop.cart":     `{"name":"s","kind":"cart_show","next":"z","on_empty":"n"}`,
		"shop.coupon":   `{"name":"s","kind":"coupon","code":"vars.pedido","next":"z","on_refused":"n","on_skip":"n"}`,
		"shop.quotes":   `{"name":"s","kind":"shipping","next":"z","on_none":"n"}`,
		"shop.payments": `{"name":"s","kind":"order_place","next":"z","on_cancel":"n","on_short":"n","on_failed":"n"}`,
		"shop.await":    `{"name":"s","kind":"order_pay","order":"vars.pedido","next":"z","on_expired":"n","on_canceled":"n"}`,
		"shop.order":    `{"name":"s","kind":"order_status","number":"vars.pedido","next":"z","on_none":"n"}`,
	}
	answers := map[string]Answer{
		"a refusal": {Body: `{"reason":"out_of_stock","text":"Acabou."}`}, "without words": {Body: `{"reason":"x"}`}, "an error": {Error: "boom"},
		"no JSON": {OK: true, Body: "<html>"}, "another shape": {OK: true, Body: `[1]`}, "too much": {OK: true, Body: `"` + strings.Repeat("x", MaxAnswer) + `"`},
		"pending": {OK: true, Pending: true, Body: "{}"},
	}
	for kind, node := range nodes {
		for name, answer := range answers {
			c := talk(t, "", askMenu, node, `{"name":"z","kind":"end","text":"feito"}`, nothing)
			c.write("oi")
			c.write("1")
			if c.ask == nil || c.ask.Kind != kind {
				t.Fatalf("%s: %+v", kind, c.ask)
			}
			answer.ID = c.ask.ID
			effects := c.step(Input{Kind: Answered, Answer: &answer})
			waits := c.state.Status == Waiting && len(sends(effects)) > 0
			if len(sends(effects)) == 0 || !waits && c.state.Status != Ended && c.state.Status != Failed {
				t.Errorf("%s, %s: %s, %+v", kind, name, c.state.Status, effects)
			}
		}
		late := talk(t, "", askMenu, node, `{"name":"z","kind":"end","text":"feito"}`, nothing)
		late.write("oi")
		late.write("1")
		if late.write("!idle"); late.state.Status != Failed {
			t.Errorf("%s, too late: %s", kind, late.state.Status)
		}
	}
}

// A dialog remembers what it showed within bounds, however much there is.
func TestADialogStaysSmall(t *testing.T) {
	c := shops(t, "", askMenu, `{"name":"s","kind":"product_show","text":"Veja","catalog":true,"next":"z","on_none":"n"}`, sold, nothing)
	var many []stand.Product
	for i := range 80 {
		many = append(many, stand.Product{ID: fmt.Sprint("prd_", strings.Repeat("9", 26), i), Name: strings.Repeat("Ç\"", 60), Variants: []stand.Variant{{ID: fmt.Sprint("var_", strings.Repeat("9", 26), i), Price: 1, Stock: 1}}})
	}
	c.stand = stand.New(many)
	c.says("oi")
	c.says("x")
	if size := len(c.state.Encode()); size > maxKept+2<<10 || len(c.state.Kept) == 0 {
		t.Fatalf("%d bytes", size)
	}
	c.says("menu")
	if c.says("y"); c.state.Kept == "" || c.state.Node != "s" {
		t.Fatalf("%+v", c.state)
	}
	if c.says("atendente"); c.state.Kept != "" || c.state.Asking {
		t.Fatalf("%+v", c.state)
	}
}

func TestWaitingForAPayment(t *testing.T) {
	nodes := []string{askMenu, `{"name":"s","kind":"order_pay","order":"vars.pedido","waiting":"Espero.","remind":"Lembre-se.","remind_minutes":15,"next":"z","on_expired":"n","on_canceled":"n"}`,
		`{"name":"z","kind":"end","text":"pago {{vars.order_number}}"}`, nothing}
	begin := func() *customer {
		c := talk(t, "", nodes...)
		c.write("oi")
		c.write("ord_1")
		c.step(Input{Kind: Answered, Answer: &Answer{ID: c.ask.ID, OK: true, Body: "{}", Pending: true, Topic: "order:ord_1"}})
		if c.state.Topic != "order:ord_1" || c.state.Status != Waiting || c.state.Sent != 0 {
			t.Fatalf("%+v", c.state)
		}
		return c
	}
	paid := `{"state":"paid","order":{"id":"ord_1","number":"17"}}`
	c := begin()
	ask := c.ask.ID
	if said := lastText(t, c.write("já paguei")); said != "Espero." || c.state.Topic == "" {
		t.Fatalf("%q", said)
	}
	if said := lastText(t, c.step(Input{Kind: Answered, Answer: &Answer{ID: ask, OK: true, Body: paid}})); said != "pago 17" {
		t.Fatalf("%q", said)
	}
	for state, want := range map[string]string{"paid": "pago 17", "expired": "nada", "canceled": "nada"} {
		c := begin()
		body, err := json.Marshal(map[string]any{"state": state, "order": map[string]any{"id": "ord_1", "number": "17"}})
		if err != nil {
			t.Fatal(err)
		}
		if said := lastText(t, c.step(Input{Kind: Answered, Answer: &Answer{ID: c.ask.ID, OK: true, Body: string(body)}})); said != want {
			t.Errorf("%s: %q", state, said)
		}
	}
	// Asked again by itself, and reminded once.
	c = begin()
	reminders := 0
	for range 12 {
		for _, said := range sends(c.write("!idle")) {
			if said.Text == "Lembre-se." {
				reminders++
			}
		}
		if c.state.Status != Waiting || c.state.Topic != "" {
			t.Fatalf("%+v", c.state)
		}
		c.step(Input{Kind: Answered, Answer: &Answer{ID: c.ask.ID, OK: true, Body: "{}", Pending: true, Topic: "order:ord_1"}})
	}
	if reminders != 1 {
		t.Errorf("reminded %d times", reminders)
	}
	for word, want := range map[string]Status{"atendente": HandedOff, "sair": Ended, "menu": Waiting} {
		c := begin()
		if c.write(word); c.state.Status != want || c.state.Topic != "" {
			t.Errorf("%s: %+v", word, c.state)
		}
		if want == Waiting {
			if effects := c.step(Input{Kind: Answered, Answer: &Answer{ID: ask, OK: true, Body: paid}}); len(effects) != 0 {
				t.Errorf("news of what is not awaited: %+v", effects)
			}
		}
	}
}

func TestACartFromTheChannelsCatalog(t *testing.T) {
	settings := `"settings":{"on_cart":"r","on_product":"p"}`
	nodes := []string{askMenu, `{"name":"s","kind":"end","text":"fim"}`, `{"name":"r","kind":"cart_receive","next":"c","on_failed":"n"}`, `{"name":"c","kind":"end","text":"{{vars.cart_total}}"}`,
		`{"name":"p","kind":"product_about","next":"z","on_none":"n"}`, sold, nothing}
	cart := message.Content{Kind: message.Cart, Order: &message.Order{CatalogID: "1", Items: []message.OrderItem{{RetailerID: "var_caneca", Quantity: 2}, {RetailerID: "x", Quantity: 1}}}}
	for name, words := range map[string][]string{"at once": nil, "in the middle": {"oi"}} {
		c := shops(t, settings, nodes...)
		for _, word := range words {
			c.says(word)
		}
		if said := c.hears(cart); !strings.Contains(said, "2 × Caneca") || !strings.Contains(said, portugueseShop.unavailable+" x") || !strings.HasSuffix(said, "R$ 78,00") {
			t.Errorf("%s: %q", name, said)
		}
	}
	c := shops(t, settings, nodes...)
	if said := c.hears(message.Content{Kind: message.Text, Text: "Quanto?", About: &message.ProductRef{CatalogID: "1", RetailerID: "var_caneca"}}); said != "Caneca esmaltada R$ 39,00" || c.state.Get("customer_text").String() != "Quanto?" {
		t.Errorf("%q", said)
	}
	plain := shops(t, "", askMenu, searching, sold, nothing)
	plain.says("oi")
	if said := plain.hears(cart); !strings.Contains(said, "Recebi seu carrinho") {
		t.Errorf("without a way for carts: %q", said)
	}
}

func TestWhatAShelfMustName(t *testing.T) {
	for given, fine := range map[string]bool{
		`"catalog":true`: true, `"products":["prd_1"]`: true, `"collection":"col_1"`: true, `"query":"contact.name"`: true,
		`"catalog":true,"collection":"col_1"`: false, `"carousel":true`: false,
	} {
		definition, err := Parse([]byte(wrapped(askMenu + `,{"name":"s","kind":"product_show","text":"Veja",` + given + `,"next":"z","on_none":"z"},` + endZ)))
		if err != nil {
			t.Fatal(err)
		}
		compiled, issues := Compile(definition, Options{})
		if (compiled != nil) != fine {
			t.Errorf("%s: %v", given, issues)
		}
	}
}
