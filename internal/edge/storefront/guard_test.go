package storefront

import (
	"context"
	"encoding/json"
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"prosa/internal/base/clock"
	"prosa/internal/event"
	"prosa/internal/modules/order"
	"prosa/internal/modules/payment"
)

// A ticket of one company shows nothing of another's, whatever the rest of the
// address or the form names.
func TestCompaniesAreApart(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		alfa, beta := h.company("Padaria Alfa"), h.company("Loja Beta")
		foreign := beta.shirt.Variants[0].ID
		o := beta.place(beta.cake.Variants[0].ID, "pix_key/pix")
		for _, path := range []string{
			h.path(h.links.Product(alfa.id, foreign)), h.path(h.links.Order(alfa.id, o.ID)), h.path(h.links.Shop(alfa.id, beta.contact, "")),
			h.path(h.links.QR(alfa.id, o.ID)), h.path(h.links.Order(alfa.id, o.ID)) + "/live", alfa.shop() + "/p/" + foreign,
		} {
			h.get(path).want(http.StatusNotFound).lacks("Camiseta", "Beta", "br.gov.bcb")
		}
		h.post(alfa.shop()+"/add", "variant", foreign, "quantity", "1").want(http.StatusNotFound)
		h.post(alfa.shop()+"/line", "variant", foreign, "quantity", "1").want(http.StatusNotFound)
		h.post(h.path(h.links.Order(alfa.id, o.ID)) + "/cancel").want(http.StatusNotFound)
		// What a form names of another company's is not there.
		h.post(alfa.shop()+"/add", "variant", alfa.cake.Variants[0].ID, "quantity", "1").to()
		h.post(alfa.shop()+"/delivery", "zone", beta.pickup).want(http.StatusUnprocessableEntity)
		h.get(alfa.shop() + "?c=" + beta.id).want(http.StatusOK).lacks("Beta")
		// Another customer of the same company has a cart and orders of their own.
		other := company{house: h, id: alfa.id, contact: h.customer(alfa.id, "5581977776666", "Caio")}
		h.get(other.shop() + "/cart").want(http.StatusOK).has("Seu carrinho está vazio.")
		h.get(alfa.shop() + "/cart").want(http.StatusOK).has("Bolo de rolo")
	})
}

func TestOnlyATicketOpensAPage(t *testing.T) {
	h := open(t, "sqlite")
	c := h.company("Padaria Alfa")
	o := c.place(c.cake.Variants[0].ID, "pix_key/pix")
	product, order := h.path(h.links.Product(c.id, c.cake.Variants[0].ID)), h.path(h.links.Order(c.id, o.ID))
	for _, path := range []string{
		product + "a", product[:len(product)-1], strings.Replace(product, "/s/p/", "/s/o/", 1), strings.Replace(order, "/s/o/", "/s/p/", 1),
		strings.Replace(order, "/s/o/", "/s/c/", 1), "/s/p/x", "/s/c/x/cart", "/s/q/x", "/s/", "/s/nothing", "/s/static/none.css", "/s/o/" + strings.Repeat("a", 3000),
	} {
		h.get(path).want(http.StatusNotFound).lacks("Bolo", "Alfa")
	}
	// Addresses are capabilities: the log has their pattern only.
	if log := h.logs.String(); strings.Contains(log, o.ID) || strings.Contains(log, "ten_") || !strings.Contains(log, `route="GET /s/o/{ticket}"`) {
		t.Errorf("the log is %s", log)
	}
}

func TestAShopsLinkIsOverInItsTime(t *testing.T) {
	h := open(t, "sqlite")
	c := h.company("Padaria Alfa")
	shop := c.shop()
	h.get(shop).want(http.StatusOK)
	h.clock.Advance(80 * time.Hour)
	h.get(shop).want(http.StatusGone).has("Este link venceu").lacks("Alfa", "Bia")
	h.post(shop+"/add", "variant", c.cake.Variants[0].ID, "quantity", "1").want(http.StatusGone)
}

func TestABlockedCustomerAndASuspendedCompanyHaveNoShop(t *testing.T) {
	h := open(t, "sqlite")
	c := h.company("Padaria Alfa")
	if _, err := h.contacts.Block(context.Background(), c.id, c.contact, true, ana); err != nil {
		t.Fatal(err)
	}
	h.get(c.shop()).want(http.StatusNotFound)
	product := h.path(h.links.Product(c.id, c.cake.Variants[0].ID))
	h.get(product).want(http.StatusOK)
	if _, err := h.tenancy.SetState(context.Background(), c.id, "suspended", "a test suspends it", byAna); err != nil {
		t.Fatal(err)
	}
	h.get(product).want(http.StatusNotFound).lacks("Bolo")
}

func TestFormsComeFromOurOwnPages(t *testing.T) {
	h := open(t, "sqlite")
	c := h.company("Padaria Alfa")
	form := url.Values{"variant": {c.cake.Variants[0].ID}, "quantity": {"1"}}
	for name, headers := range map[string][]string{
		"another site":    {"Sec-Fetch-Site", "cross-site"},
		"a sister":        {"Sec-Fetch-Site", "same-site"},
		"another origin":  {"Sec-Fetch-Site", "", "Origin", "https://evil.example.com"},
		"a hidden origin": {"Sec-Fetch-Site", "", "Origin", "null"},
	} {
		answer := h.call(c.shop()+"/add", form, headers...)
		if answer.status != http.StatusForbidden {
			t.Errorf("%s: status %d", name, answer.status)
		}
	}
	h.get(c.shop() + "/cart").has("Seu carrinho está vazio.")
	h.call(c.shop()+"/add", form, "Sec-Fetch-Site", "", "Origin", publicURL).want(http.StatusSeeOther)
	h.call(c.shop()+"/add", url.Values{"variant": {strings.Repeat("x", bodyMax)}}).want(http.StatusBadRequest)
}

func TestWhoGuessesOrWritesTooMuchWaits(t *testing.T) {
	h := open(t, "sqlite")
	c := h.company("Padaria Alfa")
	for range 100 {
		h.get("/s/p/guess").want(http.StatusNotFound)
	}
	limited := h.get(c.shop()).want(http.StatusTooManyRequests).has("Um momento")
	if limited.header.Get("Retry-After") == "" {
		t.Error("it is not said how long")
	}
	h.clock.Advance(time.Minute)
	h.get(c.shop()).want(http.StatusOK)
	for range 100 {
		h.post(c.shop() + "/coupon").want(http.StatusSeeOther)
	}
	h.post(c.shop() + "/coupon").want(http.StatusTooManyRequests)
	h.get(c.shop()).want(http.StatusOK) // who only looks is not held up
}

func TestAGateForgets(t *testing.T) {
	now := clock.NewManual(time.Unix(1_700_000_000, 0))
	g := newGate(1, now)
	if !g.pass("a") || g.pass("a") || !g.closed("a") || g.closed("b") {
		t.Fatal("the gate does not count")
	}
	now.Advance(time.Minute)
	if g.closed("a") || !g.pass("a") {
		t.Error("the gate does not forget")
	}
	for n := range 3 * maxSubjects {
		g.pass(decimal(int64(n)))
	}
	if len(g.seen) > maxSubjects {
		t.Errorf("%d subjects are remembered", len(g.seen))
	}
}

// Every flaw is told where it belongs, and nothing is placed.
func TestWhatIsWrongIsToldAtItsField(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.company("Padaria Alfa")
		shop, small := c.shop(), c.shirt.Variants[0].ID
		h.post(shop+"/add", "variant", small, "quantity", "4").want(http.StatusUnprocessableEntity).has("Só temos 3.", `aria-invalid="true"`)
		h.post(shop+"/add", "variant", small, "quantity", "2").to()
		h.post(shop+"/add", "variant", small, "quantity", "2").want(http.StatusUnprocessableEntity).has("Só temos 3, e 2 já estão no seu carrinho.")
		h.post(shop+"/add", "variant", small, "quantity", "x").want(http.StatusBadRequest)
		h.post(shop+"/line", "variant", small, "quantity", "x").want(http.StatusUnprocessableEntity).has("Escreva a quantidade em números.")
		h.post(shop+"/line", "variant", small, "quantity", "9").want(http.StatusUnprocessableEntity).has("Só temos 3")
		h.post(shop+"/line", "variant", small, "quantity", "2", "step", "1").to()
		h.get(shop + "/cart").has(`value="3"`)
		h.post(shop+"/line", "variant", small, "quantity", "3", "step", "-1").to()
		if to := h.get(shop + "/pay").to(); to != shop+"/delivery" {
			t.Errorf("paying before the delivery leads to %s", to)
		}
		h.post(shop+"/delivery", "zone", c.pickup).to()
		pay := h.get(shop + "/pay")
		wish := func(pairs ...string) page {
			form := []string{"total", pay.field("total"), "key", pay.field("key"), "pay", "pix_key/pix", "name", "Bia"}
			return h.post(shop+"/pay", append(form, pairs...)...)
		}
		wish("name", " ").want(http.StatusUnprocessableEntity).has("Diga o seu nome.")
		wish("pay", "").want(http.StatusUnprocessableEntity).has("Escolha como quer pagar.")
		wish("pay", "pix_key/cash").want(http.StatusUnprocessableEntity).has("A loja não aceita mais esta forma de pagamento.")
		wish("pay", "till/boleto").want(http.StatusUnprocessableEntity).has("O boleto precisa do CPF ou CNPJ.")
		wish("pay", "till/boleto", "tax_id", "111.111.111-11").want(http.StatusUnprocessableEntity).has("os dígitos não batem")
		wish("total", "").want(http.StatusUnprocessableEntity).has("Confira o total")
		// The price moves under the customer: told, and agreed to anew.
		shirt := c.shirt
		shirt.Variants[0].Price, shirt.Version = 5490, 0
		if _, err := h.products.Save(context.Background(), shirt, ana); err != nil {
			t.Fatal(err)
		}
		moved := wish().want(http.StatusConflict).has("O total mudou de R$\u00a099,80 para R$\u00a0109,80.")
		h.get(shop+"/cart").has("O preço de um item mudou", "antes R$\u00a049,90")
		// Then somebody else takes the pieces.
		if _, err := h.orders.Place(context.Background(), order.Place{
			TenantID: c.id, Source: order.FromAttendant, Payment: payment.Choice{Provider: payment.OnDelivery, Method: payment.Cash}, Delivery: order.Delivery{ZoneID: c.pickup},
			Lines: []order.Piece{{VariantID: small, Quantity: 2}}, Key: "somebody-else", By: event.Actor{Kind: "user", ID: "usr_ana"},
		}); err != nil {
			t.Fatal(err)
		}
		pay = moved
		wish().want(http.StatusConflict).has("Acabou de esgotar.", "Só temos 1.", "Ajuste os itens marcados")
		if to := h.get(shop + "/pay").to(); to != shop+"/cart" {
			t.Errorf("paying what is sold out leads to %s", to)
		}
		h.post(shop+"/line", "variant", small, "quantity", "0").to()
		if to := wish().to(); to != shop+"?ok=placed" {
			t.Errorf("an empty cart leads to %s", to)
		}
		found, err := h.orders.List(context.Background(), order.Search{TenantID: c.id, ContactID: c.contact})
		if err != nil || len(found.Items) != 0 {
			t.Errorf("%d orders were placed, %v", len(found.Items), err)
		}
	})
}

func TestBothLanguagesSayAll(t *testing.T) {
	words := map[string]map[string]string{}
	for _, lang := range []string{portuguese, english} {
		words[lang] = must(decodeWords(must(files.ReadFile("text/" + lang + ".json"))(t)))(t)
	}
	verbs := regexp.MustCompile(`%[a-z%]`)
	for key, text := range words[portuguese] {
		other, ok := words[english][key]
		if !ok {
			t.Errorf("English has no %s", key)
		}
		if !slices.Equal(verbs.FindAllString(text, -1), verbs.FindAllString(other, -1)) {
			t.Errorf("%s takes other things in English: %q and %q", key, text, other)
		}
	}
	if len(words[english]) != len(words[portuguese]) {
		t.Errorf("%d and %d words", len(words[portuguese]), len(words[english]))
	}
	// What a page names is there.
	named := regexp.MustCompile(`\b([tn]) "([a-zA-Z._]+)"`)
	pages := must(fs.Glob(files, "page/*.html"))(t)
	for _, name := range pages {
		for _, found := range named.FindAllStringSubmatch(string(must(files.ReadFile(name))(t)), -1) {
			key := found[2]
			if found[1] == "n" {
				key += ".one"
			}
			if _, ok := words[portuguese][key]; !ok {
				t.Errorf("%s names %s, which nobody says", name, key)
			}
		}
	}
}

func decodeWords(raw []byte) (words map[string]string, err error) {
	return words, json.Unmarshal(raw, &words)
}

func TestTheLanguageIsTheBrowsers(t *testing.T) {
	for header, want := range map[string]string{
		"": portuguese, "en": english, "pt-PT,en;q=0.9": portuguese, "fr, en;q=0.1": english, "fr": portuguese, ";;;": portuguese, "en-US,en;q=0.5": english,
		strings.Repeat("en,", 5000): portuguese,
	} {
		if got := tongueOf(header); got != want {
			t.Errorf("%.40q is %s, want %s", header, got, want)
		}
	}
}

func FuzzForms(f *testing.F) {
	f.Add("variant=var_1&quantity=2&step=1")
	f.Add("cep=50030-230&zone=zon_1&address=Rua+A%0D%0A&note=%00%ff")
	f.Add("pay=pix_key%2Fpix&total=-1&key=crt_1.2&tax_id=529.982.247-25&name=%F0%9F%A6%80")
	f.Fuzz(func(t *testing.T, query string) {
		form, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		line, delivery, pay := readLine(form), readDelivery(form), readPay(form)
		if line.quantity < -1 || line.quantity > order.MaxQuantity {
			t.Errorf("a quantity of %d", line.quantity)
		}
		if pay.seen && (pay.expected.Check() != nil) {
			t.Errorf("a total of %d", pay.expected)
		}
		if !delivery.cepFlaw && delivery.delivery.CEP != "" && len(delivery.delivery.CEP) != 8 {
			t.Errorf("a CEP of %q", delivery.delivery.CEP)
		}
		for _, text := range []string{
			line.variantID, delivery.note, delivery.delivery.ZoneID, delivery.delivery.Address, delivery.delivery.City, delivery.delivery.Neighbourhood,
			pay.customer.Name, pay.customer.Phone, pay.customer.TaxID, pay.key, pay.choice.Provider, string(pay.choice.Method),
		} {
			if !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\r\x7f") || len(text) > 2*maxLong {
				t.Errorf("a text of %q", text)
			}
		}
	})
}
