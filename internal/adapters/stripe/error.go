package stripe

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	sdk "github.com/stripe/stripe-go/v82"

	"prosa/internal/modules/subscription"
)

// refusal is an answer other than 2xx.
type refusal struct {
	status   int
	replayed bool      // stored under the key before
	until    time.Time // of a 429 that says so
	said     sdk.Error
}

// Error implements error.
func (r *refusal) Error() string { return "Stripe answered " + strconv.Itoa(r.status) + r.sentence() }

// refused reads a refusal: {"error":{"type","code","message","param"}}.
func refused(response *http.Response, text []byte) *refusal {
	r := &refusal{status: response.StatusCode, replayed: response.Header.Get(replayedHeader) == "true"}
	var body struct {
		Error sdk.Error `json:"error"`
	}
	// What is not of that form, such as a proxy's page, says nothing to a person.
	if json.Unmarshal(text, &body) == nil {
		r.said = body.Error
	}
	if seconds, err := strconv.ParseInt(response.Header.Get("Retry-After"), 10, 32); err == nil && seconds > 0 {
		r.until = time.Now().Add(time.Duration(seconds) * time.Second)
	}
	return r
}

// sentenceMax bounds what is repeated of a refusal, in bytes.
const sentenceMax = 300

// sentence gives what the vendor says of why. Its messages show at most the end
// of a key, masked.
func (r *refusal) sentence() string {
	text := strings.Map(func(c rune) rune {
		if c < ' ' {
			return ' '
		}
		return c
	}, r.said.Msg)
	if text == "" {
		return ""
	}
	if len(text) > sentenceMax {
		text = text[:sentenceMax]
	}
	return ": " + strings.ToValidUTF8(text, "")
}

// fields are the parameters that a person can mend, by our names.
var fields = []struct{ param, field string }{
	{"tax_id_data", "tax_id"}, {"email", "email"}, {"phone", "phone"}, {"name", "name"},
	{"address[postal_code]", "zip"}, {"address[city]", "city"}, {"address[state]", "state"}, {"address[line1]", "street"}, {"address", "street"},
	{"amount", "amount"}, {"payment_method", "method"},
}

// field gives our name of the parameter that the vendor does not like.
func (r *refusal) field() string {
	switch r.said.Code {
	case sdk.ErrorCodeTaxIDInvalid:
		return "tax_id"
	case sdk.ErrorCodeEmailInvalid:
		return "email"
	case sdk.ErrorCodePostalCodeInvalid:
		return "zip"
	}
	if r.status == http.StatusPaymentRequired {
		return "method"
	}
	for _, one := range fields {
		if r.said.Param != "" && strings.HasPrefix(r.said.Param, one.param) && !strings.HasPrefix(r.said.Param, "payment_method_types") {
			return one.field
		}
	}
	return ""
}

// ours are refusals that no change of the wish mends: the account or its key.
var ours = []sdk.ErrorCode{
	sdk.ErrorCodeAPIKeyExpired, sdk.ErrorCodePlatformAPIKeyExpired, sdk.ErrorCodeSecretKeyRequired, sdk.ErrorCodeTestmodeChargesOnly,
	sdk.ErrorCodePaymentMethodUnactivated, sdk.ErrorCodeAccountInvalid,
}

// kind says what is done about a refusal. Source: "Errors", "Handling errors".
func (r *refusal) kind() subscription.Kind {
	switch {
	case r.status == http.StatusUnauthorized || r.status == http.StatusForbidden || slices.Contains(ours, r.said.Code):
		return subscription.Locked
	case strings.HasPrefix(r.said.Param, "payment_method_types"):
		return subscription.Locked // a way to pay is configured here and not activated there
	case r.status == http.StatusTooManyRequests && r.said.Code != sdk.ErrorCodeLockTimeout:
		return subscription.Throttled
	case r.status == http.StatusTooManyRequests || r.status == http.StatusConflict || r.status == http.StatusRequestTimeout || r.status >= 500:
		return subscription.Down // 409: the same key is being worked on
	case r.status >= 300 && r.status < 400, r.status == http.StatusMethodNotAllowed, r.status == http.StatusNotFound && r.said.Type == "":
		return subscription.Locked // the configured address is not the API's
	default:
		return subscription.Refused
	}
}

// trouble says what an error of a call means for us. Nil stays nil.
func trouble(err error) error {
	r := new(refusal)
	if !errors.As(err, &r) {
		return err
	}
	t := &subscription.Trouble{Kind: r.kind(), Field: r.field(), Message: r.Error()}
	if !r.until.IsZero() && t.Kind == subscription.Throttled {
		t.UntilMS = r.until.UnixMilli()
	}
	return t
}

// stored reports whether an error is a failure that the key has had before.
func stored(err error) bool {
	r := new(refusal)
	return errors.As(err, &r) && r.replayed && r.status >= 500
}

// isCode reports whether the vendor refused with a code.
func isCode(err error, code sdk.ErrorCode) bool {
	r := new(refusal)
	return errors.As(err, &r) && r.said.Code == code
}

// isStatus reports whether the vendor refused with a status.
func isStatus(err error, status int) bool {
	r := new(refusal)
	return errors.As(err, &r) && r.status == status
}

// isDeclined reports whether a payment was refused by the payer's bank.
func isDeclined(err error) bool { return isStatus(err, http.StatusPaymentRequired) }
