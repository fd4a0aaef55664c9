package stripe

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v82/webhook"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/modules/subscription"
)

const invoiceEvent = `{"id":"evt_1","object":"event","api_version":"2025-08-27.basil","created":1760000000,"type":"invoice.paid","data":{"object":{"id":"in_1","object":"invoice","parent":{"type":"subscription_details","subscription_details":{"subscription":"sub_1"}}}}}`

func signed(body, secret string, at time.Time) http.Header {
	payload := webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: []byte(body), Secret: secret, Timestamp: at})
	return http.Header{"Stripe-Signature": {payload.Header}}
}

// listener is an adapter with a clock that stands.
func listener(t testing.TB, now time.Time) *Adapter {
	t.Helper()
	a, err := New(testConfig("http://127.0.0.1:1"), http.DefaultClient, clock.NewManual(now))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestVerifyWhatTheVendorsLibrarySigns(t *testing.T) {
	now := time.Unix(1760000100, 0)
	a := listener(t, now)
	for name, header := range map[string]http.Header{
		"the secret":             signed(invoiceEvent, testSecret, now),
		"the one being replaced": signed(invoiceEvent, "whsec_old", now),
		"at the edge":            signed(invoiceEvent, testSecret, now.Add(-tolerance)),
		"both secrets": {"Stripe-Signature": {signed(invoiceEvent, "whsec_unknown", now).Get("Stripe-Signature") +
			",v1=" + hex.EncodeToString(webhook.ComputeSignature(now, []byte(invoiceEvent), testSecret)) + ",v0=" + strings.Repeat("0", 64)}},
	} {
		list, err := a.Verify(header, []byte(invoiceEvent))
		want := subscription.Notice{EventID: "evt_1", Kind: "invoice.paid", SubscriptionID: "sub_1", BillID: "in_1", AtMS: 1760000000000}
		if err != nil || len(list) != 1 || list[0] != want {
			t.Errorf("%s: %+v, %v", name, list, err)
		}
	}
}

func TestVerifyRefuses(t *testing.T) {
	now := time.Unix(1760000100, 0)
	good := signed(invoiceEvent, testSecret, now).Get(signatureHeader)
	stamp := fmt.Sprintf("t=%d", now.Unix())
	altered := []byte(strings.Replace(invoiceEvent, "sub_1", "sub_2", 1))
	for name, one := range map[string]struct {
		header http.Header
		body   []byte
	}{
		"an altered byte":          {http.Header{signatureHeader: {good}}, altered},
		"JSON written again":       {http.Header{signatureHeader: {good}}, []byte(strings.Replace(invoiceEvent, `,"object":"event"`, `, "object":"event"`, 1))},
		"another timestamp":        {http.Header{signatureHeader: {strings.Replace(good, stamp, fmt.Sprintf("t=%d", now.Unix()+1), 1)}}, nil},
		"an old one":               {signed(invoiceEvent, testSecret, now.Add(-tolerance-time.Second)), nil},
		"one of the future":        {signed(invoiceEvent, testSecret, now.Add(tolerance+time.Second)), nil},
		"no header":                {http.Header{}, nil},
		"an empty header":          {http.Header{signatureHeader: {""}}, nil},
		"no time":                  {http.Header{signatureHeader: {strings.TrimPrefix(good, stamp+",")}}, nil},
		"no signature":             {http.Header{signatureHeader: {stamp}}, nil},
		"another secret":           {signed(invoiceEvent, "whsec_another", now), nil},
		"both secrets as one":      {signed(invoiceEvent, testHook, now), nil},
		"the empty secret":         {signed(invoiceEvent, "", now), nil},
		"a scheme that is no more": {http.Header{signatureHeader: {strings.Replace(good, "v1=", "v0=", 1)}}, nil},
		"half a signature":         {http.Header{signatureHeader: {good[:len(good)-2]}}, nil},
	} {
		body := one.body
		if body == nil {
			body = []byte(invoiceEvent)
		}
		if list, err := listener(t, now).Verify(one.header, body); !fault.Is(err, fault.Unauthorized) || list != nil {
			t.Errorf("%s: %+v, %v", name, list, err)
		}
	}
	cfg := testConfig("http://127.0.0.1:1")
	cfg.WebhookSecrets = secret.Text{}
	a, err := New(cfg, http.DefaultClient, clock.NewManual(now))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Verify(signed(invoiceEvent, "", now), []byte(invoiceEvent)); !fault.Is(err, fault.Unauthorized) {
		t.Errorf("without a secret: %v", err)
	}
}

func TestWhatEventsWantLookedAt(t *testing.T) {
	now := time.Unix(1760000100, 0)
	a := listener(t, now)
	for object, want := range map[string]subscription.Notice{
		`{"id":"cs_1","object":"checkout.session","subscription":"sub_1","invoice":"in_1"}`:                {CheckoutID: "cs_1", SubscriptionID: "sub_1", BillID: "in_1"},
		`{"id":"cs_1","object":"checkout.session","subscription":null,"invoice":null}`:                     {CheckoutID: "cs_1"},
		`{"id":"cs_1","object":"checkout.session","subscription":{"id":"sub_1","object":"subscription"}}`:  {CheckoutID: "cs_1", SubscriptionID: "sub_1"},
		`{"id":"sub_1","object":"subscription"}`:                                                           {SubscriptionID: "sub_1"},
		`{"id":"in_1","object":"invoice","subscription":"sub_1"}`:                                          {SubscriptionID: "sub_1", BillID: "in_1"},
		`{"id":"in_1","object":"invoice","parent":null}`:                                                   {BillID: "in_1"},
		`{"id":"inpay_1","object":"invoice_payment","invoice":"in_1"}`:                                     {BillID: "in_1"},
		`{"id":"pi_1","object":"payment_intent"}`:                                                          {BillID: "pi_1"},
		`{"id":"dp_1","object":"dispute","charge":"ch_1","payment_intent":"pi_1"}`:                         {BillID: "pi_1"},
		`{"id":"ch_1","object":"charge","payment_intent":{"id":"pi_1","object":"payment_intent","x":[1]}}`: {BillID: "pi_1"},
		`{"id":"ch_1","object":"charge","payment_intent":null}`:                                            {},
		`{"id":"cus_1","object":"customer","subscription":7}`:                                              {},
	} {
		body := `{"id":"evt_1","object":"event","created":5,"type":"x.y","data":{"object":` + object + `}}`
		list, err := a.Verify(signed(body, testSecret, now), []byte(body))
		if err != nil {
			t.Errorf("%s: %v", object, err)
			continue
		}
		if want == (subscription.Notice{}) {
			if len(list) != 0 {
				t.Errorf("%s says %+v", object, list)
			}
			continue
		}
		want.EventID, want.Kind, want.AtMS = "evt_1", "x.y", 5000
		if len(list) != 1 || list[0] != want {
			t.Errorf("%s says %+v, want %+v", object, list, want)
		}
	}
	for _, body := range []string{``, `[]`, `{}`, `{"id":"evt_1"}`, `{"id":1,"type":"x"}`, `{"id":"evt_1","type":"x","data":{"object":[]}}`, `"evt"`} {
		if _, err := a.Verify(signed(body, testSecret, now), []byte(body)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// FuzzVerify holds that nothing but a signature opens the door, and that what is
// signed never breaks the reader.
func FuzzVerify(f *testing.F) {
	now := time.Unix(1760000100, 0)
	f.Add(signed(invoiceEvent, testSecret, now).Get(signatureHeader), []byte(invoiceEvent))
	f.Add("t=1760000100,v1=00,v1=zz,,=", []byte(`{"id":"evt_1","type":"x","data":{"object":{"object":"dispute","payment_intent":{"id":{}}}}}`))
	f.Add("t=,v1=", []byte(`{"data":null}`))
	a := listener(f, now)
	f.Fuzz(func(t *testing.T, header string, body []byte) {
		list, err := a.Verify(http.Header{signatureHeader: {header}}, body)
		if err == nil {
			// Then the vendor's own library must think the same with one of the secrets.
			for _, secret := range []string{testSecret, "whsec_old"} {
				if webhook.ValidatePayloadIgnoringTolerance(body, header, secret) == nil {
					return
				}
			}
			t.Fatalf("%q opened the door: %+v", header, list)
		}
		for _, secret := range []string{testSecret, "whsec_old"} {
			list, err := a.Verify(signed(string(body), secret, now), body)
			if err != nil && !fault.Is(err, fault.Invalid) {
				t.Fatalf("signed, and refused: %v", err)
			}
			for _, n := range list {
				if n.EventID == "" || n.CheckoutID+n.SubscriptionID+n.BillID == "" {
					t.Fatalf("%+v", n)
				}
			}
		}
	})
}
