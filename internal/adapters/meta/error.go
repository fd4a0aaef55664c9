package meta

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"prosa/internal/modules/channel"
)

// GraphError is the error object of the Graph API (Meta: Graph API, Handling
// Errors). Code is nil when the answer names none.
type GraphError struct {
	Message   string `json:"message"`
	Type      string `json:"type"`
	Code      *int   `json:"code"`
	Subcode   int    `json:"error_subcode"`
	Transient bool   `json:"is_transient"`
	UserTitle string `json:"error_user_title"`
	UserText  string `json:"error_user_msg"`
	TraceID   string `json:"fbtrace_id"`
	Data      struct {
		Details string `json:"details"`
	} `json:"error_data"`
}

// Verdict is what a vendor's code means for the message, the customer and the
// account.
type Verdict struct {
	Class channel.Class
	Scope channel.Scope
	// Pause is how long to wait where the code itself says it.
	Pause time.Duration
	// MaxTries bounds Retry, the first try included; 0 is the caller's default.
	MaxTries int
}

// Table gives a product's verdict on a code and subcode; false when the code is
// not in its table.
type Table func(code, subcode int) (Verdict, bool)

// Classify decides what an answer that is not a success means. A known code
// decides; else only 5xx, 429 and is_transient may be tried again.
func Classify(status int, header http.Header, body []byte, table Table) *channel.SendError {
	var answer struct {
		Error *GraphError `json:"error"`
	}
	if Read(body, &answer) != nil || answer.Error == nil {
		verdict := plain(status, false)
		return &channel.SendError{
			Class: verdict.Class, Scope: verdict.Scope, AfterMS: retryAfter(header),
			Code:    "http_" + strconv.Itoa(status),
			Message: "the platform answered " + strconv.Itoa(status) + " without an error object",
		}
	}
	graph := answer.Error
	verdict := plain(status, graph.Transient)
	code := "http_" + strconv.Itoa(status)
	if graph.Code != nil {
		code = strconv.Itoa(*graph.Code)
		if graph.Subcode != 0 {
			code += "/" + strconv.Itoa(graph.Subcode)
		}
		if known, ok := table(*graph.Code, graph.Subcode); ok {
			verdict = known
		}
	}
	failure := &channel.SendError{Class: verdict.Class, Scope: verdict.Scope, MaxTries: verdict.MaxTries, Code: code, Message: graph.sentence()}
	if failure.AfterMS = verdict.Pause.Milliseconds(); failure.AfterMS == 0 {
		failure.AfterMS = retryAfter(header)
	}
	return failure
}

// plain is the verdict where no code is known.
func plain(status int, transient bool) Verdict {
	switch {
	case status == http.StatusTooManyRequests:
		return Verdict{Class: channel.Throttled, Scope: channel.OneAccount}
	case status >= 500, transient:
		return Verdict{Class: channel.Retry}
	case status == http.StatusUnauthorized:
		return Verdict{Class: channel.Stop}
	default:
		return Verdict{Class: channel.Rejected}
	}
}

// sentence is the most telling text of the error.
func (e *GraphError) sentence() string {
	parts := make([]string, 0, 2)
	switch {
	case e.UserText != "":
		parts = append(parts, e.UserText)
	case e.Message != "":
		parts = append(parts, e.Message)
	}
	if e.Data.Details != "" && !strings.Contains(e.Message, e.Data.Details) {
		parts = append(parts, e.Data.Details)
	}
	if len(parts) == 0 {
		return "the platform gave no reason"
	}
	return strings.Join(parts, ": ")
}

// retryAfter reads the header in seconds; the form with a date is not used by
// Meta and counts as absent.
func retryAfter(header http.Header) int64 {
	seconds, err := strconv.ParseInt(header.Get("Retry-After"), 10, 32)
	if err != nil || seconds < 0 {
		return 0
	}
	return seconds * 1000
}
