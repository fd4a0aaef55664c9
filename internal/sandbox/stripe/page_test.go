package stripe

import (
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// visit gets a page without following where it leads.
func (s *shop) visit(address, press string) (int, string, string) {
	s.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	var answer *http.Response
	var err error
	if press == "" {
		answer, err = client.Get(address)
	} else {
		answer, err = client.PostForm(address, url.Values{"action": {press}})
	}
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	if policy := answer.Header.Get("Content-Security-Policy"); answer.StatusCode != http.StatusSeeOther && !strings.Contains(policy, "default-src 'none'") {
		s.t.Errorf("%s may load anything: %q", address, policy)
	}
	// No field takes a card's number, or anything.
	if strings.Contains(string(text), "<input") || strings.Contains(string(text), "<textarea") {
		s.t.Errorf("%s has a field", address)
	}
	where, err := answer.Request.URL.Parse(answer.Header.Get("Location"))
	if err != nil {
		s.t.Fatal(err)
	}
	return answer.StatusCode, html.UnescapeString(string(text)), where.String()
}

func contents(t *testing.T, text string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
}

func TestThePageOfACheckout(t *testing.T) {
	s := start(t, Config{})
	s.ok(http.MethodPost, "/v1/coupons", pairs{"id": "c", "amount_off": "1000", "currency": "brl", "duration": "forever"})
	session := s.session(pairs{"locale": "pt-BR", "discounts[0][coupon]": "c"})
	address := session["url"].(string)
	status, text, _ := s.visit(address, "")
	contents(t, text, `lang="pt-BR"`, "R$ 90,00", "por mês", "De R$ 100,00, com desconto de R$ 10,00.", "Pagar com cartão", "Pagar com Pix", "Pagar com boleto", "Simular cartão recusado", "Voltar sem pagar", "https://shop.example/no", "color-scheme:light dark")
	if raw, _ := http.Get(address); raw != nil {
		body, _ := io.ReadAll(raw.Body)
		_ = raw.Body.Close()
		if status != http.StatusOK || strings.Contains(string(body), "<b>Pro</b>") || !strings.Contains(string(body), "&lt;b&gt;Pro&lt;/b&gt;") {
			t.Error("a plan's name is read as markup")
		}
	}
	status, _, where := s.visit(address, chooseDeclined)
	if status != http.StatusSeeOther || where != address {
		t.Fatalf("declined leads to %d %s", status, where)
	}
	_, text, _ = s.visit(address, "")
	contents(t, text, `role="alert"`, "O banco recusou o cartão")
	status, _, where = s.visit(address, chooseCard)
	if want := "https://shop.example/ok?s=" + session["id"].(string); status != http.StatusSeeOther || where != want {
		t.Fatalf("paid leads to %d %s, want %s", status, where, want)
	}
	_, text, _ = s.visit(address, "")
	contents(t, text, "Pagamento confirmado.", "Voltar ao site")
	if status, text, _ = s.visit(address, chooseCard); status != http.StatusOK || !strings.Contains(text, "the checkout is complete") {
		t.Errorf("paid twice: %d %s", status, text)
	}
	if status, text, _ = s.visit(s.http.URL+"/c/pay/cs_0", ""); status != http.StatusNotFound {
		t.Errorf("nothing: %d %s", status, text)
	}
}

func TestThePageOfAPix(t *testing.T) {
	s := start(t, Config{})
	session := s.session(pairs{"locale": "en"})
	address := session["url"].(string)
	_, text, _ := s.visit(address, "")
	contents(t, text, `lang="en"`, "Pay by Pix", "a month", "Go back without paying", "no card number is asked for")
	if status, _, where := s.visit(address, choosePix); status != http.StatusSeeOther || where != address {
		t.Fatalf("leads to %d %s", status, where)
	}
	_, text, _ = s.visit(address, "")
	code := regexp.MustCompile(`id="code">([^<]+)<`).FindStringSubmatch(text)
	if code == nil || !strings.HasPrefix(code[1], "000201") {
		t.Fatalf("no code in %s", text)
	}
	contents(t, text, "data:image/png;base64,", "Waiting for the payment.", "Pay later and go back to the site", "Copy code", "https://shop.example/ok?s="+session["id"].(string))
	if status, _, where := s.visit(address, "pay"); status != http.StatusSeeOther || !strings.HasPrefix(where, "https://shop.example/ok") {
		t.Errorf("paid leads to %d %s", status, where)
	}
	_, text, _ = s.visit(address, "")
	contents(t, text, "Payment confirmed.")
}

func TestThePageOfAnInvoice(t *testing.T) {
	s := start(t, Config{})
	id := s.session(nil)["id"].(string)
	done := s.control("choose", Choice{Session: id, Action: chooseBoleto}, http.StatusOK)
	bill := s.invoices(done["subscription"])[0]
	address := bill["hosted_invoice_url"].(string)
	_, text, _ := s.visit(address, "")
	contents(t, text, "Fatura SANDBOX-0001", "Linha digitável", "R$ 100,00", "Aguardando o pagamento.")
	s.visit(address, "pay")
	_, text, _ = s.visit(address, "")
	contents(t, text, "Pagamento confirmado.")
	if _, text, _ = s.visit(address, "pay"); !strings.Contains(text, "the invoice is paid") {
		t.Errorf("paid twice: %s", text)
	}
	if status, _, _ := s.visit(s.http.URL+"/i/in_0", ""); status != http.StatusNotFound {
		t.Errorf("nothing: %d", status)
	}
	// A renewal whose code lapsed is paid by card there.
	s.passes(28)
	s.passes(4)
	late := s.invoices(done["subscription"])[0]
	address = late["hosted_invoice_url"].(string)
	_, text, _ = s.visit(address, "")
	contents(t, text, "O código venceu sem pagamento.", "Pagar com cartão")
	if got := s.subscription(done["subscription"]); got["status"] != pastDue {
		t.Errorf("the subscription is %v", got["status"])
	}
	s.visit(address, byCard)
	if got := s.subscription(done["subscription"]); got["status"] != active {
		t.Errorf("after paying: %v", got["status"])
	}
}

func TestThePortal(t *testing.T) {
	s := start(t, Config{})
	sub := s.subscribe(chooseCard, nil)
	portal := s.ok(http.MethodPost, "/v1/billing_portal/sessions", pairs{
		"customer": sub["customer"].(string), "return_url": "https://shop.example/plan", "flow_data[type]": "payment_method_update", "flow_data[after_completion][type]": "redirect",
	})
	address := portal["url"].(string)
	_, text, _ := s.visit(address, "")
	contents(t, text, "Forma de pagamento", "cartão 4242", "Usar Pix", "Usar cartão sem limite")
	for action, want := range map[string]string{byPix: byPix, byBoleto: byBoleto, chooseBad: byCard, byCard: byCard} {
		if status, _, where := s.visit(address, action); status != http.StatusSeeOther || where != "https://shop.example/plan" {
			t.Fatalf("%s leads to %d %s", action, status, where)
		}
		got := s.ok(http.MethodGet, "/v1/subscriptions/"+sub["id"].(string), pairs{"expand[0]": "default_payment_method"})
		if got["default_payment_method"].(object)["type"] != want {
			t.Errorf("%s became %v", action, got["default_payment_method"])
		}
	}
	s.visit(address, chooseBad)
	s.passes(28)
	if got := s.subscription(sub["id"]); got["status"] != pastDue {
		t.Errorf("a card without funds renewed: %v", got["status"])
	}
	if status, _, _ := s.visit(address, "cheque"); status != http.StatusOK {
		t.Errorf("no such way: %d", status)
	}
	if status, _, _ := s.visit(s.http.URL+"/p/session/x", ""); status != http.StatusNotFound {
		t.Errorf("nothing: %d", status)
	}
}

func TestThePagesSayTheSameInBothLanguages(t *testing.T) {
	pt, en := portuguese(), english()
	for name, both := range map[string][2]map[string]string{"Each": {pt.Each, en.Each}, "PayBy": {pt.PayBy, en.PayBy}, "Use": {pt.Use, en.Use}, "Code": {pt.Code, en.Code}, "Method": {pt.Method, en.Method}, "Discount": {pt.Discount, en.Discount}} {
		for key, text := range both[0] {
			if both[1][key] == "" || text == "" {
				t.Errorf("%s %s is missing in a language", name, key)
			}
		}
		if len(both[0]) != len(both[1]) {
			t.Errorf("%s has %d and %d texts", name, len(both[0]), len(both[1]))
		}
	}
}
