package mercadopago

import (
	"errors"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/mercadopago/sdk-go/pkg/mperror"

	"prosa/internal/base/fault"
	"prosa/internal/modules/payment"
)

// problem is a refusal, in the forms of the Orders API ("errors") and of the
// older ones ("message", "cause").
type problem struct {
	Errors []struct {
		Code    string   `json:"code"`
		Message string   `json:"message"`
		Details []string `json:"details"`
	} `json:"errors"`
	Message string `json:"message"`
	Error   string `json:"error"`
	Cause   []struct {
		Description string `json:"description"`
	} `json:"cause"`
}

// sentenceMax bounds what is repeated of a vendor's refusal, in bytes.
const sentenceMax = 400

// sentence gives what the vendor says of why, for a person to read.
func sentence(body string) string {
	var p problem
	// What is not of these forms, such as a proxy's page, says nothing to a person.
	_ = json.Unmarshal([]byte(body), &p, json.DefaultOptionsV2())
	var parts []string
	for _, one := range p.Errors {
		parts = append(parts, one.Message)
		parts = append(parts, one.Details...)
	}
	parts = append(parts, p.Message)
	for _, cause := range p.Cause {
		parts = append(parts, cause.Description)
	}
	if p.Message == "" && len(parts) == 1 {
		parts = append(parts, p.Error)
	}
	kept := parts[:0]
	for _, part := range parts {
		if part = strings.TrimSpace(part); part != "" {
			kept = append(kept, part)
		}
	}
	text := strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, strings.Join(kept, "; "))
	if len(text) > sentenceMax {
		text = text[:sentenceMax]
	}
	return strings.ToValidUTF8(text, "")
}

// statusOf gives the HTTP status of a refusal, 0 for any other error.
func statusOf(err error) int {
	if refused := new(mperror.ResponseError); errors.As(err, &refused) {
		return refused.StatusCode
	}
	return 0
}

// classify says what an error of a call means for us: who has to act, and
// whether asking again may help. Errors that are ours already stay.
func classify(err error) error {
	refused := new(mperror.ResponseError)
	if !errors.As(err, &refused) {
		if own := new(fault.Error); err == nil || errors.As(err, &own) {
			return err
		}
		// The cause holds the address at most; the token went in a header.
		return fault.Wrap(err, fault.Unavailable, "Mercado Pago can't be reached")
	}
	why := sentence(refused.Message)
	if why != "" {
		why = ": " + why
	}
	switch status := refused.StatusCode; {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return fault.Refuse(payment.WrongCredentials, "Mercado Pago does not accept the access token%s", why)
	case status == http.StatusNotFound:
		return fault.New(fault.NotFound, "Mercado Pago does not know it%s", why)
	case status == http.StatusTooManyRequests:
		return fault.New(fault.RateLimited, "Mercado Pago asks to call more slowly")
	case status >= 500 || status == http.StatusRequestTimeout || status == http.StatusLocked || status == http.StatusTooEarly:
		return fault.New(fault.Unavailable, "Mercado Pago has trouble (HTTP %d)", status)
	default:
		return refuse("Mercado Pago refused (HTTP %d)%s", status, why)
	}
}

// isRefused reports whether the vendor said no to what was asked.
func isRefused(err error) bool {
	refused := new(fault.Error)
	return errors.As(err, &refused) && refused.Reason == payment.RefusedByVendor
}

func unreadable() error {
	return fault.New(fault.Unavailable, "an answer of Mercado Pago could not be read")
}
