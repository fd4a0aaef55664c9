package mercadopago

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/modules/payment"
)

// Headers and kinds of callbacks.
const (
	signatureHeader = "X-Signature"
	requestHeader   = "X-Request-Id"
	kindOrder       = "order"
	kindPayment     = "payment"
)

const idMax = 64 // bytes

// Verify implements payment.Vendor. The signature covers the id in the query,
// the request's id and the time, not the body, which is not read. Source:
// "Webhooks", "Validate the origin".
func (a *Adapter) Verify(account payment.Account, call payment.Callback) (payment.Notice, error) {
	dataID := call.Query.Get("data.id")
	stamp, given, ok := signature(call.Header.Get(signatureHeader))
	wanted := sign(account.Secret.Reveal(), dataID, call.Header.Get(requestHeader), stamp)
	// Compared whatever else is wrong, so that the time taken tells nothing.
	if !hmac.Equal(wanted, given) || !ok || dataID == "" || account.Secret.IsZero() {
		return payment.Notice{}, unauthorized()
	}
	if at, err := signedAt(stamp); err != nil || (time.UnixMilli(call.AtMS).Sub(at)).Abs() > a.cfg.CallbackWindow {
		return payment.Notice{}, unauthorized()
	}
	kind := call.Query.Get("type")
	if kind != kindOrder && kind != kindPayment || !wellFormed(dataID) {
		return payment.Notice{}, nil // claims, subscriptions and the like
	}
	return payment.Notice{Kind: kind, ExternalID: dataID}, nil
}

func unauthorized() error {
	return fault.New(fault.Unauthorized, "the callback is not signed by the account's secret")
}

// sign makes the HMAC of a callback. What is absent is left out of the text.
func sign(secret, dataID, requestID, stamp string) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	for _, part := range []struct{ name, value string }{{"id", strings.ToLower(dataID)}, {"request-id", requestID}, {"ts", stamp}} {
		if part.value != "" {
			_, _ = mac.Write([]byte(part.name + ":" + part.value + ";"))
		}
	}
	return mac.Sum(nil)
}

// signature reads "ts=...,v1=...".
func signature(header string) (stamp string, mac []byte, ok bool) {
	for part := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch strings.TrimSpace(name) {
		case "ts":
			stamp = strings.TrimSpace(value)
		case "v1":
			decoded, err := hex.DecodeString(strings.TrimSpace(value))
			if err == nil {
				mac = decoded
			}
		}
	}
	return stamp, mac, stamp != "" && len(mac) == sha256.Size
}

// signedAt reads the time of a signature: the document's example has seconds,
// what is sent has milliseconds.
func signedAt(stamp string) (time.Time, error) {
	n, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || n < 0 {
		return time.Time{}, unauthorized()
	}
	if n < 100_000_000_000 {
		return time.Unix(n, 0), nil
	}
	return time.UnixMilli(n), nil
}

// wellFormed reports whether an id can stand in a path.
func wellFormed(dataID string) bool {
	return len(dataID) <= idMax && !strings.ContainsFunc(dataID, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '-' && r != '_'
	})
}
