package mercadopago

import (
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/modules/payment"
)

// signed makes the headers of a callback.
func signed(secretText, dataID, requestID string, at time.Time) http.Header {
	ts := strconv.FormatInt(at.UnixMilli(), 10)
	return http.Header{
		"X-Request-Id": {requestID},
		"X-Signature":  {"ts=" + ts + ",v1=" + hex.EncodeToString(sign(secretText, dataID, requestID, ts))},
	}
}

// A vector made by another program: printf 'id:ord01jq;request-id:bb56a2f1;ts:1742505638683;' |
// openssl dgst -sha256 -hmac 'the secret'.
const (
	vectorText = "ts=1742505638683,v1=" + vectorMAC
	vectorMAC  = "1b9fe492bc6bf9b59c9e9e1f98aa81c1c2c8df02e76e4fd253e4519e7214aed5"
)

func TestVerify(t *testing.T) {
	at := time.UnixMilli(1742505638683)
	account := payment.Account{Secret: secret.New("the secret")}
	a := &Adapter{cfg: Config{CallbackWindow: 15 * time.Minute}}
	good := func() payment.Callback {
		return payment.Callback{
			Header: http.Header{"X-Request-Id": {"bb56a2f1"}, "X-Signature": {vectorText}},
			Query:  url.Values{"data.id": {"ORD01JQ"}, "type": {"order"}}, AtMS: at.UnixMilli(),
		}
	}
	notice, err := a.Verify(account, good())
	if err != nil || notice != (payment.Notice{Kind: "order", ExternalID: "ORD01JQ"}) {
		t.Fatalf("%+v %v", notice, err)
	}
	for name, spoil := range map[string]func(c *payment.Callback){
		"no signature": func(c *payment.Callback) { c.Header.Del("X-Signature") },
		"no time":      func(c *payment.Callback) { c.Header.Set("X-Signature", "v1="+vectorMAC) },
		"no mac":       func(c *payment.Callback) { c.Header.Set("X-Signature", "ts=1742505638683") },
		"short mac":    func(c *payment.Callback) { c.Header.Set("X-Signature", vectorText[:40]) },
		"another mac": func(c *payment.Callback) {
			c.Header.Set("X-Signature", strings.Replace(vectorText, "v1="+vectorMAC[:2], "v1=00", 1))
		},
		"another time":    func(c *payment.Callback) { c.Header.Set("X-Signature", strings.Replace(vectorText, "683,", "684,", 1)) },
		"another request": func(c *payment.Callback) { c.Header.Set("X-Request-Id", "bb56a2f2") },
		"another id":      func(c *payment.Callback) { c.Query.Set("data.id", "ORD01JR") },
		"no id":           func(c *payment.Callback) { c.Query.Del("data.id") },
		"too old":         func(c *payment.Callback) { c.AtMS += (15*time.Minute + time.Second).Milliseconds() },
		"from the future": func(c *payment.Callback) { c.AtMS -= (15*time.Minute + time.Second).Milliseconds() },
		"the time as a word": func(c *payment.Callback) {
			c.Header.Set("X-Signature", "ts=now,v1="+hex.EncodeToString(sign("the secret", "ORD01JQ", "bb56a2f1", "now")))
		},
	} {
		c := good()
		spoil(&c)
		if _, err := a.Verify(account, c); !fault.Is(err, fault.Unauthorized) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := a.Verify(payment.Account{}, good()); !fault.Is(err, fault.Unauthorized) {
		t.Errorf("without a secret: %v", err)
	}
	for name, change := range map[string]struct{ dataID, kind string }{"a claim": {"77", "claim"}, "no word": {"77", ""}, "a path": {"../x", "order"}, "long": {strings.Repeat("9", 65), "payment"}} {
		c := good()
		c.Query.Set("data.id", change.dataID)
		c.Query.Set("type", change.kind)
		c.Header = signed("the secret", change.dataID, "r", at)
		if notice, err := a.Verify(account, c); err != nil || notice != (payment.Notice{}) {
			t.Errorf("%s: %+v %v", name, notice, err)
		}
	}
	// Seconds, as the document's example has them, and no request id.
	c := good()
	c.Header = http.Header{"X-Signature": {"ts=1742505638,v1=" + hex.EncodeToString(sign("the secret", "ORD01JQ", "", "1742505638"))}}
	if _, err := a.Verify(account, c); err != nil {
		t.Errorf("by the second: %v", err)
	}
}

func FuzzSignature(f *testing.F) {
	for _, seed := range []string{vectorText, "", "ts=,v1=", "v1=zz,ts=1", "ts=1;v1=2", " ts = 1 , v1 = " + vectorMAC, "ts=1,ts=2,v1=00,v1=" + vectorMAC} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		stamp, mac, ok := signature(header)
		if ok && (stamp == "" || len(mac) != 32) {
			t.Errorf("%q gives %q and %d bytes", header, stamp, len(mac))
		}
		if at, err := signedAt(stamp); err == nil && at.Before(time.Unix(0, 0)) {
			t.Errorf("%q is %v", stamp, at)
		}
	})
}
