package stripe

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the goldens anew")

var ids = regexp.MustCompile(`\b(cus|sub|in|pi|pm|price|cs_test|si|il|re|dp|ii|inpay|ch|bps|upcoming_in|evt)_[0-9a-hjkmnp-tv-z]{26}\b`)

// transcript is calls with their answers, ids counted instead of drawn.
type transcript struct {
	*shop
	text  bytes.Buffer
	known map[string]string
	count map[string]int
}

func (g *transcript) plain(text string) string {
	text = strings.ReplaceAll(text, g.http.URL, "http://stripe.example.com")
	return ids.ReplaceAllStringFunc(text, func(id string) string {
		if g.known[id] == "" {
			kind := id[:strings.LastIndexByte(id, '_')]
			g.count[kind]++
			g.known[id] = fmt.Sprintf("%s_%d", kind, g.count[kind])
		}
		return g.known[id]
	})
}

// does makes a call and writes it down.
func (g *transcript) does(method, path string, params pairs) object {
	g.t.Helper()
	answer, got := g.call(method, path, "", params)
	names := []string{}
	for name := range params {
		names = append(names, name)
	}
	slices.Sort(names)
	fmt.Fprintf(&g.text, "%s %s\n", method, g.plain(path))
	for _, name := range names {
		fmt.Fprintf(&g.text, "  %s=%s\n", name, g.plain(params[name]))
	}
	shown, err := json.MarshalIndent(got, "", "  ")
	if err != nil {
		g.t.Fatal(err)
	}
	code := regexp.MustCompile(`"data": "0002[^"]*"|6304[0-9A-F]{4}`)
	fmt.Fprintf(&g.text, "%d\n%s\n\n", answer.StatusCode, code.ReplaceAllString(g.plain(string(shown)), `"data": "a code"`))
	return got
}

// TestTranscript holds the shapes of answers: of a purchase by Pix, a change, a
// refund, a dispute, and what is refused.
func TestTranscript(t *testing.T) {
	g := &transcript{shop: start(t, Config{}), known: map[string]string{}, count: map[string]int{}}
	of := g.does(http.MethodPost, "/v1/customers", pairs{
		"name": "Padaria Aurora Ltda", "email": "caixa@aurora.example", "tax_id_data[0][type]": "br_cnpj", "tax_id_data[0][value]": "12.ABC.345/01DE-35",
		"preferred_locales[0]": "pt-BR", "address[country]": "BR", "address[city]": "Campinas", "metadata[k]": "v",
	})["id"].(string)
	g.does(http.MethodPost, "/v1/products", pairs{"id": "prosa_p", "name": "Profissional"})
	g.does(http.MethodPost, "/v1/coupons", pairs{"id": "prosa_c", "name": "− R$ 10,00", "amount_off": "1000", "currency": "brl", "duration": "repeating", "duration_in_months": "2"})
	session := g.does(http.MethodPost, "/v1/checkout/sessions", g.terms(of, pairs{"discounts[0][coupon]": "prosa_c", "client_reference_id": "acq_1", "locale": "pt-BR"}))["id"].(string)
	g.control("choose", Choice{Session: session, Action: choosePix}, http.StatusOK)
	awaited := g.does(http.MethodGet, "/v1/checkout/sessions/"+session, pairs{"expand[0]": "subscription.default_payment_method"})
	sub := awaited["subscription"].(object)["id"].(string)
	bill := awaited["invoice"].(string)
	g.does(http.MethodGet, "/v1/payment_intents", pairs{"customer": of, "expand[0]": "data.payment_method", "expand[1]": "data.latest_charge"})
	g.control("pay", Pay{Session: session}, http.StatusOK)
	g.does(http.MethodGet, "/v1/invoices", pairs{"subscription": sub, "expand[0]": "data.payments"})
	item := g.does(http.MethodGet, "/v1/subscriptions/"+sub, nil)["items"].(object)["data"].([]any)[0].(object)["id"].(string)
	g.does(http.MethodPost, "/v1/invoices/create_preview", pairs{"customer": of, "invoice_items[0][amount]": "500", "invoice_items[0][currency]": "brl", "invoice_items[0][description]": "Diferença"})
	g.does(http.MethodPost, "/v1/subscriptions/"+sub, pairs{
		"items[0][id]": item, "items[0][price_data][currency]": "brl", "items[0][price_data][unit_amount]": "20000", "items[0][price_data][product]": "prosa_p",
		"items[0][price_data][recurring][interval]": "month", "proration_behavior": "none", "metadata[prosa_key]": "chg:1",
	})
	intent := g.does(http.MethodGet, "/v1/invoice_payments", pairs{"invoice": bill})["data"].([]any)[0].(object)["payment"].(object)["payment_intent"].(string)
	g.does(http.MethodPost, "/v1/refunds", pairs{"payment_intent": intent, "amount": "700", "metadata[prosa_key]": "r:1"})
	g.control("dispute", Dispute{Invoice: bill}, http.StatusOK)
	g.does(http.MethodGet, "/v1/disputes", pairs{"payment_intent": intent})
	g.does(http.MethodPost, "/v1/refunds", pairs{"payment_intent": intent})
	g.does(http.MethodPost, "/v1/billing_portal/sessions", pairs{"customer": of, "return_url": "https://shop.example/plan"})
	g.does(http.MethodPost, "/v1/checkout/sessions/"+session+"/expire", nil)
	g.does(http.MethodPost, "/v1/customers", pairs{"colour": "red"})
	g.does(http.MethodPost, "/v1/invoices/"+bill+"/pay", nil)
	g.does(http.MethodDelete, "/v1/subscriptions/"+sub, nil)
	g.does(http.MethodGet, "/v1/subscriptions/sub_0", nil)

	const file = "testdata/transcript.txt"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, g.text.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, g.text.Bytes()) {
		got, old := strings.Split(g.text.String(), "\n"), strings.Split(string(want), "\n")
		for i := range min(len(got), len(old)) {
			if got[i] != old[i] {
				t.Fatalf("line %d says %q, was %q; if that is right, run with -update", i+1, got[i], old[i])
			}
		}
		t.Fatalf("%d lines, were %d; if that is right, run with -update", len(got), len(old))
	}
}
