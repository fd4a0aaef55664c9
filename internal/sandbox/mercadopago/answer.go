package mercadopago

import (
	"net/http"

	"prosa/internal/sandbox/stage"
)

// apiError is a refusal in the vendor's shape for orders:
// {"errors":[{"code","message","details":[]}]}.
type apiError struct {
	status  int
	code    string
	message string
	details []string
}

func (e *apiError) answer() stage.Answer {
	one := object{"code": e.code, "message": e.message}
	if len(e.details) > 0 {
		one["details"] = e.details
	}
	return stage.JSON(e.status, object{"errors": []object{one}})
}

type object = map[string]any

func invalid(code, message string, details ...string) *apiError {
	return &apiError{http.StatusBadRequest, code, message, details}
}

var (
	errUnauthorized = &apiError{status: http.StatusUnauthorized, code: "unauthorized", message: "The value of the authorization header is not valid"}
	errNoOrder      = &apiError{status: http.StatusNotFound, code: "order_not_found", message: "order not found"}
	errNoPayment    = &apiError{status: http.StatusNotFound, code: "payment_not_found", message: "payment not found"}
	errNoKey        = &apiError{status: http.StatusBadRequest, code: "empty_required_header", message: "The header X-Idempotency-Key is required and was not sent."}
	errKeyUsed      = &apiError{status: http.StatusConflict, code: "idempotency_key_already_used", message: "The value sent in the header X-Idempotency-Key was used with another request within 24 hours."}
	errPath         = &apiError{status: http.StatusNotFound, code: "resource_not_found", message: "the resource does not exist"}
)

// faultError is what a rule makes a call answer.
func faultError(rule stage.Rule) *apiError {
	e := &apiError{status: rule.Status, code: "internal_error", message: "Internal error"}
	switch rule.Status {
	case http.StatusTooManyRequests:
		e.code, e.message = "too_many_requests", "Too many requests"
	case http.StatusUnauthorized:
		return errUnauthorized
	}
	return e
}
