package asaas

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the goldens anew")

// transcript is calls with their answers, and the callbacks that they led to in
// the order in which they were made.
type transcript struct {
	*shop
	text  bytes.Buffer
	told  map[string]bool
	token string
}

func record(t *testing.T) *transcript {
	t.Helper()
	return &transcript{shop: start(t, Config{PublicURL: "http://asaas.example.com"}), told: map[string]bool{}, token: key}
}

// says writes a remark between calls.
func (g *transcript) says(remark string) { fmt.Fprintf(&g.text, "# %s\n\n", remark) }

// qrPicture is the QR code of an answer; a test of its own looks at it.
var qrPicture = regexp.MustCompile(`"encodedImage": "[A-Za-z0-9+/=]+"`)

// does makes a call and writes both down, then what it told.
func (g *transcript) does(method, path, body string) object {
	g.t.Helper()
	request, err := http.NewRequest(method, g.http.URL+path, strings.NewReader(body))
	if err != nil {
		g.t.Fatal(err)
	}
	request.Header.Set("access_token", g.token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		g.t.Fatal(err)
	}
	defer answer.Body.Close()
	var raw bytes.Buffer
	if _, err := raw.ReadFrom(answer.Body); err != nil {
		g.t.Fatal(err)
	}
	got := object{}
	pretty := ""
	if raw.Len() > 0 {
		decoder := json.NewDecoder(bytes.NewReader(raw.Bytes()))
		decoder.UseNumber() // amounts as they are spelt
		if err := decoder.Decode(&got); err != nil {
			g.t.Fatalf("%s: %v", raw.Bytes(), err)
		}
		text, err := json.MarshalIndent(got, "", "  ")
		if err != nil {
			g.t.Fatal(err)
		}
		pretty = qrPicture.ReplaceAllString(string(text), `"encodedImage": "a picture"`) + "\n"
	}
	if len(body) > 300 {
		body = fmt.Sprintf("%s... (%d bytes)", body[:80], len(body))
	}
	fmt.Fprintf(&g.text, "%s %s\n", method, path)
	if body != "" {
		fmt.Fprintln(&g.text, body)
	}
	fmt.Fprintf(&g.text, "%d\n%s\n", answer.StatusCode, pretty)
	g.hears()
	return got
}

// hears writes down the callbacks that were made since the last time. The body is
// that which is posted.
func (g *transcript) hears() {
	g.t.Helper()
	g.server.mu.Lock()
	defer g.server.mu.Unlock()
	var fresh []*notice
	for id, n := range g.server.notices {
		if !g.told[id] {
			g.told[id] = true
			fresh = append(fresh, n)
		}
	}
	slices.SortFunc(fresh, func(a, b *notice) int { return strings.Compare(a.ID, b.ID) })
	for _, n := range fresh {
		var body struct {
			Payment struct {
				Status, BillingType, DueDate, ExternalReference, Subscription string
				Deleted                                                       bool
				Value                                                         json.Number
			}
		}
		if err := json.Unmarshal(n.Body, &body); err != nil {
			g.t.Fatal(err)
		}
		p := body.Payment
		fmt.Fprintf(&g.text, "callback %s %s\n  %s %s %s due %s of %q, %q deleted %t\n\n", n.Event, n.Payment, p.Status, p.BillingType, p.Value, p.DueDate, p.Subscription, p.ExternalReference, p.Deleted)
	}
}

// passes lets time go by.
func (g *transcript) passes(days int, remark string) {
	g.t.Helper()
	g.clock.Advance(time.Duration(days) * 24 * time.Hour)
	g.says(remark)
}

// holds compares what was written with the golden.
func (g *transcript) holds(name string) {
	g.t.Helper()
	file := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			g.t.Fatal(err)
		}
		if err := os.WriteFile(file, g.text.Bytes(), 0o644); err != nil {
			g.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		g.t.Fatal(err)
	}
	got, old := strings.Split(g.text.String(), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(got), len(old)) {
		if got[i] != old[i] {
			g.t.Fatalf("%s, line %d says %q, was %q; if that is right, run with -update", file, i+1, got[i], old[i])
		}
	}
	if len(got) != len(old) {
		g.t.Fatalf("%s has %d lines, had %d; if that is right, run with -update", file, len(got), len(old))
	}
}

const (
	auroraBody = `{"name":"Padaria Aurora Ltda","cpfCnpj":"12ABC34501DE35","email":"caixa@aurora.example","mobilePhone":"19998765432","externalReference":"acq_1"}`
	monthly    = `{"customer":"%s","billingType":"%s","value":199.90,"nextDueDate":"2026-01-31","cycle":"MONTHLY","description":"Plano Profissional","externalReference":"acq_1","callback":{"successUrl":"https://prosa.example.com/volta"}}`
)

func (g *transcript) subscribes(billingType string) (subscription, bill string) {
	g.t.Helper()
	customer := g.does("POST", "/v3/customers", auroraBody)["id"].(string)
	subscription = g.does("POST", "/v3/subscriptions", fmt.Sprintf(monthly, customer, billingType))["id"].(string)
	return subscription, g.server.Payments()[0].ID
}

// TestTranscriptOfPix is a purchase whose payer chooses Pix: read, paid, given
// back in parts, the price changed, one bill late, and the end.
func TestTranscriptOfPix(t *testing.T) {
	g := record(t)
	sub, bill := g.subscribes("UNDEFINED")
	g.does("GET", "/v3/customers?externalReference=acq_1", "")
	g.does("GET", "/v3/payments?subscription="+sub, "")
	g.does("GET", "/v3/payments/"+bill+"/pixQrCode", "")
	g.does("GET", "/v3/payments/"+bill+"/identificationField", "")
	g.does("POST", "/_sandbox/pay", `{"payment":"`+bill+`","method":"PIX"}`)
	g.does("GET", "/v3/payments/"+bill, "")
	g.says("a part goes back, then more than is left, then the rest")
	g.does("POST", "/v3/payments/"+bill+"/refund", `{"value":99.90,"description":"a wish"}`)
	g.does("POST", "/v3/payments/"+bill+"/refund", `{"value":100.01}`)
	g.does("POST", "/v3/payments/"+bill+"/refund", `{}`)
	g.does("POST", "/v3/payments/"+bill+"/refund", `{}`)
	g.says("another price, also of what waits")
	g.does("PUT", "/v3/subscriptions/"+sub, `{"value":299.90,"updatePendingPayments":true}`)
	g.passes(29, "the day after the second bill's: Brasília's days count")
	g.does("GET", "/v3/payments?subscription="+sub+"&status=OVERDUE", "")
	g.says("a late bill gets a new day, and is paid as a boleto")
	late := g.server.Payments()[1].ID
	g.does("PUT", "/v3/payments/"+late, `{"dueDate":"2026-03-05"}`)
	g.does("POST", "/_sandbox/pay", `{"payment":"`+late+`","method":"BOLETO"}`)
	g.does("POST", "/v3/payments/"+late+"/refund", `{}`)
	g.does("DELETE", "/v3/payments/"+late, "")
	g.says("the end: what waits is taken back, what was paid stays")
	g.does("DELETE", "/v3/subscriptions/"+sub, "")
	g.does("GET", "/v3/payments?subscription="+sub, "")
	g.does("GET", "/v3/subscriptions?externalReference=acq_1", "")
	g.does("PUT", "/v3/subscriptions/"+sub, `{"value":10}`)
	g.holds("pix")
}

// TestTranscriptOfACard is a card that is refused, pays, pays the next month by
// itself, and is charged back; and a bill of a change beside the subscription.
func TestTranscriptOfACard(t *testing.T) {
	g := record(t)
	sub, bill := g.subscribes("CREDIT_CARD")
	g.does("GET", "/v3/payments/"+bill+"/pixQrCode", "")
	g.does("GET", "/v3/payments/"+bill+"/identificationField", "")
	g.does("POST", "/_sandbox/pay", `{"payment":"`+bill+`","method":"PIX"}`)
	g.does("POST", "/_sandbox/pay", `{"payment":"`+bill+`","refuse":true}`)
	g.does("GET", "/v3/payments/"+bill, "")
	g.does("POST", "/_sandbox/pay", `{"payment":"`+bill+`"}`)
	g.does("GET", "/v3/payments/"+bill, "")
	g.says("the difference of a larger plan is a bill of its own")
	change := g.does("POST", "/v3/payments", `{"customer":"cus_000000000001","billingType":"PIX","value":"57.33","dueDate":"2026-02-03","description":"Diferença","externalReference":"change|`+sub+`|chg:1"}`)["id"].(string)
	g.does("GET", "/v3/payments?externalReference=change%7C"+sub+"%7Cchg:1", "")
	g.does("DELETE", "/v3/payments/"+change, "")
	g.does("GET", "/v3/payments/"+change, "")
	g.does("GET", "/v3/payments/"+change+"/pixQrCode", "")
	g.passes(28, "the last day of February: the card pays by itself, and the next day is the 31st again")
	g.does("GET", "/v3/payments?subscription="+sub+"&limit=2&offset=1", "")
	g.says("the card's owner takes the money back")
	g.does("POST", "/_sandbox/chargeback", `{"payment":"`+bill+`"}`)
	g.does("GET", "/v3/payments?status=CHARGEBACK_REQUESTED", "")
	g.says("it rests, and goes on with a day")
	g.does("PUT", "/v3/subscriptions/"+sub, `{"status":"INACTIVE"}`)
	g.does("PUT", "/v3/subscriptions/"+sub, `{"status":"ACTIVE"}`)
	g.does("PUT", "/v3/subscriptions/"+sub, `{"status":"ACTIVE","nextDueDate":"2026-04-30"}`)
	g.passes(32, "and that day is kept")
	g.does("GET", "/v3/subscriptions/"+sub, "")
	g.holds("card")
}

// TestTranscriptOfRefusals is what is refused, each with its code.
func TestTranscriptOfRefusals(t *testing.T) {
	g := record(t)
	customer := g.does("POST", "/v3/customers", `{"name":"Bia Lima","cpfCnpj":"529.982.247-25"}`)["id"].(string)
	g.says("customers")
	for _, body := range []string{
		`[`, `{}`, `{"cpfCnpj":"52998224725"}`, `{"name":"A"}`, `{"name":"A","cpfCnpj":"12ABC34501DE36"}`, `{"name":"A","cpfCnpj":"11111111111111"}`,
		`{"name":"A","cpfCnpj":"52998224725","email":"A <a@b.example>"}`, `{"name":"A","cpfCnpj":"52998224725","mobilePhone":"+5519998765432"}`,
	} {
		g.does("POST", "/v3/customers", body)
	}
	g.says("subscriptions")
	for _, change := range [][2]string{
		{`"customer":"%s"`, `"customer":"cus_0"`}, {`"%s","value"`, `"DINHEIRO","value"`}, {`199.90`, `4.99`}, {`199.90`, `-199.90`}, {`199.90`, `199.999`}, {`199.90`, `"1.990,00"`},
		{`2026-01-31`, `2026-01-30`}, {`2026-01-31`, `31/01/2026`}, {`2026-01-31`, `2026-02-30`}, {`MONTHLY`, `FORTNIGHTLY`},
		{`Plano Profissional`, strings.Repeat("á", descriptionMax+1)}, {`"value":199.90,`, ``}, {`"cycle":"MONTHLY",`, ``}, {`"nextDueDate":"2026-01-31",`, ``}, {`{"customer"`, `["customer"`},
	} {
		body := strings.Replace(monthly, change[0], change[1], 1)
		body = strings.Replace(strings.Replace(body, `"customer":"%s"`, `"customer":"`+customer+`"`, 1), `"%s"`, `"PIX"`, 1)
		g.does("POST", "/v3/subscriptions", body)
	}
	g.says("bills")
	for _, body := range []string{
		`{}`, `{"customer":"` + customer + `","billingType":"PIX","value":10}`, `{"customer":"` + customer + `","billingType":"PIX","value":10,"dueDate":"2025-12-31"}`,
	} {
		g.does("POST", "/v3/payments", body)
	}
	bill := g.does("POST", "/v3/payments", `{"customer":"`+customer+`","billingType":"BOLETO","value":10,"dueDate":"2026-02-03"}`)["id"].(string)
	g.does("POST", "/v3/payments/"+bill+"/refund", `{}`)
	g.does("PUT", "/v3/payments/"+bill, `{"value":4}`)
	g.does("GET", "/v3/payments/"+bill+"/pixQrCode", "")
	g.says("what is not there has no body")
	for _, call := range [][2]string{
		{"GET", "/v3/payments/pay_0"}, {"PUT", "/v3/payments/pay_0"}, {"DELETE", "/v3/payments/pay_0"}, {"POST", "/v3/payments/pay_0/refund"}, {"GET", "/v3/payments/pay_0/pixQrCode"},
		{"GET", "/v3/payments/pay_0/identificationField"}, {"GET", "/v3/subscriptions/sub_0"}, {"PUT", "/v3/subscriptions/sub_0"}, {"DELETE", "/v3/subscriptions/sub_0"}, {"GET", "/v3/none"},
	} {
		g.does(call[0], call[1], "")
	}
	g.says("another key, and none")
	g.token = key + "x"
	g.does("GET", "/v3/customers", "")
	g.token = ""
	g.does("POST", "/v3/payments", `{"customer":"`+customer+`","billingType":"PIX","value":10,"dueDate":"2026-02-03"}`)
	if bills := g.server.Payments(); len(bills) != 1 || len(g.server.Subscriptions()) != 0 {
		t.Errorf("a refused call made something: %v", bills)
	}
	g.holds("refusals")
}
