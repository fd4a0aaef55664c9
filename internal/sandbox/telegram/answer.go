package telegram

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"prosa/internal/sandbox/stage"
)

// apiError is an answer of the form {"ok":false,...}.
type apiError struct {
	code        int
	description string
	retryAfter  int
}

func (e *apiError) Error() string { return e.description }

// bad is a 400: "Bad Request: " and the reason, which starts in lower case
// unless it is a code of the server.
func bad(format string, args ...any) *apiError {
	return &apiError{code: http.StatusBadRequest, description: "Bad Request: " + fmt.Sprintf(format, args...)}
}

// forbidden is a 403.
func forbidden(reason string) *apiError {
	return &apiError{code: http.StatusForbidden, description: "Forbidden: " + reason}
}

func flood(seconds int) *apiError {
	return &apiError{code: http.StatusTooManyRequests, description: "Too Many Requests: retry after " + strconv.Itoa(seconds), retryAfter: seconds}
}

var (
	errUnauthorized = &apiError{code: http.StatusUnauthorized, description: "Unauthorized"}
	errNotFound     = &apiError{code: http.StatusNotFound, description: "Not Found"}
	errNoMethod     = &apiError{code: http.StatusNotFound, description: "Not Found: method not found"}
	errInternal     = &apiError{code: http.StatusInternalServerError, description: "Internal Server Error"}
	errTooLarge     = &apiError{code: http.StatusRequestEntityTooLarge, description: "Request Entity Too Large"}
)

// envelope is what every method answers with.
type envelope struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result,omitempty"`
	Code        int             `json:"error_code,omitempty"`
	Description string          `json:"description,omitempty"`
	Parameters  *parameters     `json:"parameters,omitempty"`
}

type parameters struct {
	RetryAfter int `json:"retry_after,omitempty"`
}

func (e *apiError) answer() stage.Answer {
	body := envelope{Code: e.code, Description: e.description}
	if e.retryAfter > 0 {
		body.Parameters = &parameters{RetryAfter: e.retryAfter}
	}
	answer := stage.JSON(e.code, body)
	answer.Type = "application/json"
	return answer
}

// result answers with a value; the description is told by the webhook methods
// only.
func result(value any, description string) stage.Answer {
	raw, err := json.Marshal(value)
	if err != nil {
		return errInternal.answer()
	}
	answer := stage.JSON(http.StatusOK, envelope{OK: true, Result: raw, Description: description})
	answer.Type = "application/json"
	return answer
}

// faultError is what an injected status answers with.
func faultError(rule stage.Rule) *apiError {
	switch {
	case rule.Status == http.StatusTooManyRequests:
		return flood(max(1, rule.RetryAfter))
	case rule.Status == http.StatusForbidden:
		return forbidden("bot was blocked by the user")
	case rule.Status == http.StatusUnauthorized:
		return errUnauthorized
	case rule.Status == http.StatusNotFound:
		return errNotFound
	case rule.Status == http.StatusConflict:
		return &apiError{code: rule.Status, description: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"}
	case rule.Status >= 500:
		return &apiError{code: rule.Status, description: http.StatusText(rule.Status)}
	}
	return &apiError{code: rule.Status, description: "Bad Request: injected fault"}
}
