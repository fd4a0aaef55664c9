package stripe

import (
	"net/http"
	"strconv"

	"prosa/internal/sandbox/stage"
)

type object = map[string]any

// apiError is a refusal in the vendor's shape: {"error":{"type","code","message"}}.
type apiError struct {
	status  int
	kind    string
	code    string
	message string
	param   string
	decline string
	wait    int // seconds, told with a 429
}

// Error implements error.
func (e *apiError) Error() string { return e.message }

func (e *apiError) answer() stage.Answer {
	one := object{"type": e.kind, "message": e.message}
	for name, value := range map[string]string{"code": e.code, "param": e.param, "decline_code": e.decline} {
		if value != "" {
			one[name] = value
		}
	}
	answer := stage.JSON(e.status, object{"error": one})
	if e.wait > 0 {
		answer.Header = map[string]string{"Retry-After": strconv.Itoa(e.wait)}
	}
	return answer
}

func invalid(code, message, param string) *apiError {
	return &apiError{status: http.StatusBadRequest, kind: "invalid_request_error", code: code, message: message, param: param}
}

// missing is a reference to what is not there: 404 in a path, 400 in a parameter.
func missing(kind, id, param string) *apiError {
	e := invalid("resource_missing", "No such "+kind+": '"+id+"'", param)
	if param == "id" {
		e.status = http.StatusNotFound
	}
	return e
}

func declined(code, decline, message string) *apiError {
	return &apiError{status: http.StatusPaymentRequired, kind: "card_error", code: code, decline: decline, message: message}
}

var (
	errNoFunds    = declined("card_declined", "insufficient_funds", "Your card has insufficient funds.")
	errMustAct    = declined("invoice_payment_intent_requires_action", "", "Payment for this invoice requires additional user action before it can be completed successfully.")
	errSubMustAct = declined("subscription_payment_intent_requires_action", "", "Payment for this subscription requires additional user action before it can be completed successfully.")
	errNoKey      = &apiError{status: http.StatusUnauthorized, kind: "invalid_request_error", message: "You did not provide an API key."}
	errWrongKey   = &apiError{status: http.StatusUnauthorized, kind: "invalid_request_error", message: "Invalid API Key provided: sk_****"}
	errKeyUsed    = &apiError{status: http.StatusBadRequest, kind: "idempotency_error", message: "Keys for idempotent requests can only be used with the same parameters they were first used with."}
	errPath       = &apiError{status: http.StatusNotFound, kind: "invalid_request_error", message: "Unrecognized request URL."}
)

// faultError is what a rule makes a call answer.
func faultError(rule stage.Rule) *apiError {
	e := &apiError{status: rule.Status, kind: "api_error", message: "An unknown error occurred."}
	switch {
	case rule.Status == http.StatusTooManyRequests:
		e.kind, e.code, e.message, e.wait = "invalid_request_error", "rate_limit", "Request rate limit exceeded.", rule.RetryAfter
	case rule.Status == http.StatusUnauthorized:
		return errWrongKey
	case rule.Status == http.StatusForbidden:
		e.kind, e.message = "invalid_request_error", "The provided key does not have the required permissions for this endpoint."
	case rule.Status < 500:
		e.kind = "invalid_request_error"
	}
	return e
}
