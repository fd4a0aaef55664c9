package mercadopago

import (
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/mercadopago/sdk-go/pkg/mperror"
	"github.com/mercadopago/sdk-go/pkg/order"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/modules/payment"
)

// shown spells facts for a comparison.
func shown(facts []payment.Fact) string {
	var parts []string
	for _, f := range facts {
		parts = append(parts, string(f.Kind)+" "+f.Key+" "+f.Amount.Decimal())
	}
	return strings.Join(parts, ", ")
}

func TestOrderFacts(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"waiting":  {`{"id":"ORD1","status":"action_required","transactions":{"payments":[{"id":"PAY1","status":"action_required","amount":"39.80"}]}}`, ""},
		"unknown":  {`{"id":"ORD1","status":"in_review","transactions":{"payments":[{"id":"PAY1","status":"in_review","amount":"39.80","paid_amount":"39.80"}]}}`, ""},
		"paid":     {`{"id":"ORD1","status":"processed","transactions":{"payments":[{"id":"PAY1","status":"processed","amount":"39.80","paid_amount":"40.00"}]}}`, "paid PAY1 40.00"},
		"no sum":   {`{"id":"ORD1","status":"processed","transactions":{"payments":[{"id":"PAY1","status":"processed","amount":"39.80"}]}}`, "paid PAY1 39.80"},
		"in parts": {`{"id":"ORD1","status":"processed","transactions":{"payments":[{"id":"PAY1","status":"processed","paid_amount":"39.80"}],"refunds":[{"id":"REF1","amount":"1.00","status":"processed"},{"id":"REF2","amount":"2.00","status":"failed"},{"id":"REF3","amount":"3.00","status":"processing"}]}}`, "paid PAY1 39.80, refunded REF1 1.00, refunded REF3 3.00"},
		"back":     {`{"id":"ORD1","status":"refunded","transactions":{"payments":[{"id":"PAY1","status":"refunded","paid_amount":"39.80"}],"refunds":[{"id":"REF1","amount":"39.80","status":"processed"}]}}`, "paid PAY1 39.80, refunded REF1 39.80"},
		"disputed": {`{"id":"ORD1","status":"charged_back","transactions":{"payments":[{"id":"PAY1","status":"charged_back","paid_amount":"39.80"}],"refunds":[{"id":"REF1","amount":"9.80","status":"processed"}]}}`, "paid PAY1 39.80, refunded REF1 9.80, charged_back ORD1/charged_back 30.00"},
		"expired":  {`{"id":"ORD1","status":"expired","transactions":{"payments":[{"id":"PAY1","status":"expired","amount":"39.80"}]}}`, "expired ORD1/expired 0.00"},
		"canceled": {`{"id":"ORD1","status":"canceled"}`, "canceled ORD1/canceled 0.00"},
		"failed":   {`{"id":"ORD1","status":"failed","status_detail":"high_risk"}`, "failed ORD1/failed 0.00"},
		"no money": {`{"id":"ORD1","status":"processed","transactions":{"payments":[{"id":"PAY1","status":"processed","paid_amount":"1,0"}]}}`, "unreadable"},
		"centavos": {`{"id":"ORD1","status":"processed","transactions":{"payments":[{"id":"PAY1","status":"processed","paid_amount":"1.005"}]}}`, "unreadable"},
		"no name":  {`{"id":"ORD1","status":"refunded","transactions":{"refunds":[{"amount":"1.00"}]}}`, "unreadable"},
	} {
		var found order.Response
		if err := json.Unmarshal([]byte(c.text), &found); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		facts, err := orderFacts(&found)
		got := shown(facts)
		if err != nil {
			got = "unreadable"
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestPaymentFacts(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"nothing":   {`[]`, ""},
		"refused":   {`[{"id":1,"status":"rejected","currency_id":"BRL","transaction_amount":39.8},{"id":2,"status":"in_process","currency_id":"BRL","transaction_amount":39.8}]`, ""},
		"paid":      {`[{"id":120000000001,"status":"approved","currency_id":"BRL","transaction_amount":39.8}]`, "paid payment/120000000001 39.80"},
		"whole":     {`[{"id":1,"status":"approved","currency_id":"BRL","transaction_amount":40}]`, "paid payment/1 40.00"},
		"twice":     {`[{"id":2,"status":"approved","currency_id":"BRL","transaction_amount":39.80},{"id":1,"status":"approved","currency_id":"BRL","transaction_amount":39.80}]`, "paid payment/2 39.80, paid payment/1 39.80"},
		"back":      {`[{"id":1,"status":"refunded","currency_id":"BRL","transaction_amount":39.8,"refunds":[{"id":7,"amount":9.8,"status":"approved"},{"id":8,"amount":30,"status":"approved"},{"id":9,"amount":5,"status":"rejected"}]}]`, "paid payment/1 39.80, refunded refund/7 9.80, refunded refund/8 30.00"},
		"disputed":  {`[{"id":1,"status":"charged_back","currency_id":"BRL","transaction_amount":39.8}]`, "paid payment/1 39.80, charged_back charged_back/1 39.80"},
		"dollars":   {`[{"id":1,"status":"approved","currency_id":"USD","transaction_amount":39.8}]`, "unreadable"},
		"in floats": {`[{"id":1,"status":"approved","currency_id":"BRL","transaction_amount":3.98e1}]`, "unreadable"},
		"no sum":    {`[{"id":1,"status":"approved","currency_id":"BRL"}]`, "unreadable"},
	} {
		var list []made
		if err := json.Unmarshal([]byte(c.text), &list); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		facts, err := paymentFacts(list)
		got := shown(facts)
		if err != nil {
			got = "unreadable"
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestOrderRequest(t *testing.T) {
	account := payment.Account{PayerEmail: "caixa@alfa.example.com"}
	minute := int64(60_000)
	for name, c := range map[string]struct {
		in   payment.Asked
		want string
	}{
		"short hold": {payment.Asked{Method: payment.Pix, ExpiresMS: 10 * minute}, "PT30M"},
		"odd hold":   {payment.Asked{Method: payment.Pix, ExpiresMS: 45*minute + 1}, "PT46M"},
		"long hold":  {payment.Asked{Method: payment.Pix, ExpiresMS: 90 * 24 * 60 * minute}, "PT43200M"},
		"no end":     {payment.Asked{Method: payment.Pix}, ""},
		"boleto":     {payment.Asked{Method: payment.Slip, ExpiresMS: 25 * 60 * minute, Bill: payment.Bill{Name: "Padaria", TaxID: "11.222.333/0001-81"}}, "P2D"},
		"soon":       {payment.Asked{Method: payment.Slip, ExpiresMS: minute, Bill: payment.Bill{Name: "Bia Souza", TaxID: "52998224725", CEP: "50030230"}}, "P1D"},
	} {
		c.in.PaymentID, c.in.Amount = "pay_1", 123456
		first, err := orderRequest(account, c.in)
		again, _ := orderRequest(account, c.in)
		if err != nil || first.Transactions.Payments[0].ExpirationTime != c.want || first.TotalAmount != "1234.56" || first.ExternalReference != "pay_1" {
			t.Errorf("%s: %+v %v", name, first, err)
			continue
		}
		a, _ := json.Marshal(first)
		b, _ := json.Marshal(again)
		if string(a) != string(b) {
			t.Errorf("%s: %s and %s", name, a, b)
		}
	}
	for name, in := range map[string]payment.Asked{
		"boleto of nobody":   {Method: payment.Slip},
		"boleto without CPF": {Method: payment.Slip, Bill: payment.Bill{Name: "Bia", TaxID: "111.111.111-11"}},
		"cash":               {Method: payment.Cash},
	} {
		if _, err := orderRequest(account, in); !isRefused(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestClassify(t *testing.T) {
	for status, want := range map[int]struct {
		code   fault.Code
		reason string
	}{
		http.StatusUnauthorized: {fault.Refused, payment.WrongCredentials}, http.StatusForbidden: {fault.Refused, payment.WrongCredentials},
		http.StatusNotFound: {fault.NotFound, ""}, http.StatusTooManyRequests: {fault.RateLimited, ""}, http.StatusLocked: {fault.Unavailable, ""},
		http.StatusInternalServerError: {fault.Unavailable, ""}, http.StatusServiceUnavailable: {fault.Unavailable, ""},
		http.StatusBadRequest: {fault.Refused, payment.RefusedByVendor}, http.StatusConflict: {fault.Refused, payment.RefusedByVendor},
		http.StatusUnprocessableEntity: {fault.Refused, payment.RefusedByVendor},
	} {
		err := classify(&mperror.ResponseError{StatusCode: status, Message: `{"errors":[{"code":"x","message":"why it is so"}]}`})
		if fault.CodeOf(err) != want.code || reasonOf(err) != want.reason {
			t.Errorf("%d is %v", status, err)
		}
	}
	if classify(nil) != nil {
		t.Error("no error became one")
	}
	if err := classify(http.ErrHandlerTimeout); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("a lost call is %v", err)
	}
	own := fault.New(fault.TooLarge, "x")
	if err := classify(own); !fault.Is(err, fault.TooLarge) {
		t.Errorf("an error of ours is %v", err)
	}
}

func FuzzSentence(f *testing.F) {
	for _, seed := range []string{
		`{"errors":[{"code":"property_value","message":"invalid","details":["'$.total_amount' must match"]}]}`,
		`{"message":"payer.email must be a valid email","error":"bad_request","status":400,"cause":[{"code":4050,"description":"payer.email must be a valid email"}]}`,
		`{"error":"bad_request"}`, `<html>`, ``, `{"message":"` + strings.Repeat("é", 500) + `"}`, "{\"message\":\"a\\u0000\\nb\"}", `{"errors":1}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		text := sentence(body)
		if len(text) > sentenceMax || !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\n\r") {
			t.Errorf("%q gives %q", body, text)
		}
	})
}

func TestSentence(t *testing.T) {
	for body, want := range map[string]string{
		`{"errors":[{"code":"a","message":"One.","details":["two"]},{"message":"Three."}]}`: "One.; two; Three.",
		`{"message":"m","error":"e","cause":[{"description":"d"}]}`:                         "m; d",
		`{"error":"bad_request"}`: "bad_request",
		`<html>`:                  "",
	} {
		if got := sentence(body); got != want {
			t.Errorf("%s is %q, want %q", body, got, want)
		}
	}
}

func TestConfig(t *testing.T) {
	good := Config{BaseURL: "https://api.example.com", Timeout: 1, CallbackWindow: 1}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	for _, spoil := range []func(c *Config){
		func(c *Config) { c.BaseURL = "api.example.com" }, func(c *Config) { c.BaseURL += "/" }, func(c *Config) { c.BaseURL = "https://a:b@example.com" },
		func(c *Config) { c.Timeout = 0 }, func(c *Config) { c.CallbackWindow = 0 },
	} {
		wrong := good
		spoil(&wrong)
		if wrong.Validate() == nil {
			t.Errorf("%+v was taken", wrong)
		}
		if _, err := New(wrong, nil, nil); err == nil {
			t.Errorf("an adapter of %+v", wrong)
		}
	}
}

// Each of these is off by a centavo when it is a float on the way.
func TestMoneyIsReadAsText(t *testing.T) {
	for text, want := range map[string]money.Amount{"4.35": 435, "1.15": 115, "8.29": 829, "1234567.01": 123456701, "20": 2000, "0.1": 10} {
		var one made
		if err := json.Unmarshal([]byte(`{"transaction_amount":`+text+`}`), &one); err != nil {
			t.Fatal(err)
		}
		if amount, err := amountOf(one.Amount); err != nil || amount != want {
			t.Errorf("%s is %d %v", text, amount, err)
		}
	}
}
