package stage

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"prosa/internal/base/fault"
)

// Answer is an HTTP answer before it is written, so that a fault can lose it
// after the effect.
type Answer struct {
	Status int
	Type   string // Content-Type; empty: JSON
	Body   []byte
	Header map[string]string
}

// JSON makes an answer of a value.
func JSON(status int, value any) Answer {
	body, err := json.Marshal(value)
	if err != nil {
		return Answer{Status: http.StatusInternalServerError, Body: []byte(`{}`)}
	}
	return Answer{Status: status, Body: body}
}

// Write sends the answer.
func (a Answer) Write(w http.ResponseWriter) {
	header := w.Header()
	for name, value := range a.Header {
		header.Set(name, value)
	}
	kind := a.Type
	if kind == "" {
		kind = "application/json; charset=UTF-8"
	}
	header.Set("Content-Type", kind)
	header.Set("Content-Length", strconv.Itoa(len(a.Body)))
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body) // a caller that hung up is its own problem
}

// Cut closes the connection without an answer.
func Cut(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
		return
	}
	panic(http.ErrAbortHandler) // net/http's own way to drop a connection that cannot be taken over
}

// Pause waits for d or for the end of the context, and says whether it waited
// to the end.
func Pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// maxControlBody bounds the body of a control call, in bytes; it may carry
// media in base64.
const maxControlBody = 32 << 20

// ReadJSON reads a control call's body; an empty one leaves value as it is.
// Unknown fields are refused, since a misspelt field would be a silent no.
func ReadJSON(r *http.Request, value any) error {
	decoder := json.NewDecoder(io.LimitReader(r.Body, maxControlBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(value); err != nil && !errors.Is(err, io.EOF) {
		return fault.New(fault.Invalid, "the body is not the JSON that this call takes: %w", err)
	}
	return nil
}

// Failure makes the answer of a failed control call.
func Failure(err error) Answer {
	status := http.StatusInternalServerError
	switch fault.CodeOf(err) {
	case fault.Invalid:
		status = http.StatusUnprocessableEntity
	case fault.Unauthorized:
		status = http.StatusUnauthorized
	case fault.Forbidden:
		status = http.StatusForbidden
	case fault.NotFound:
		status = http.StatusNotFound
	case fault.Conflict, fault.Refused:
		status = http.StatusConflict
	case fault.TooLarge:
		status = http.StatusRequestEntityTooLarge
	case fault.RateLimited:
		status = http.StatusTooManyRequests
	case fault.Unavailable:
		status = http.StatusServiceUnavailable
	}
	type problem struct {
		Code    fault.Code `json:"code"`
		Message string     `json:"message"`
		Field   string     `json:"field,omitempty"`
	}
	body := problem{Code: fault.CodeOf(err), Message: fault.MessageOf(err)}
	var detail *fault.Error
	if errors.As(err, &detail) {
		body.Field = detail.Field
	}
	return JSON(status, map[string]problem{"error": body})
}

// Exchange is one HTTP exchange as it was on the wire, secrets masked.
type Exchange struct {
	AtMS            int64             `json:"at"`
	Method          string            `json:"method"`
	URL             string            `json:"url"`
	RequestHeaders  map[string]string `json:"request_headers,omitempty"`
	RequestBody     string            `json:"request_body,omitempty"`
	Status          int               `json:"status,omitempty"`
	ResponseHeaders map[string]string `json:"response_headers,omitempty"`
	ResponseBody    string            `json:"response_body,omitempty"`
	Attempt         int               `json:"attempt,omitempty"`
	Error           string            `json:"error,omitempty"`
	TookMS          int64             `json:"ms"`
}

// maxKept bounds a body inside an Exchange, in bytes.
const maxKept = 64 << 10

// Clip cuts a body to what an Exchange keeps.
func Clip(body []byte) string {
	if len(body) > maxKept {
		return string(body[:maxKept]) + "…"
	}
	return string(body)
}

// Headers copies the headers worth showing, with secrets masked.
func Headers(header http.Header) map[string]string {
	kept := make(map[string]string, len(header))
	for name, values := range header {
		if len(values) == 0 {
			continue
		}
		switch name {
		case "Authorization":
			kept[name] = "Bearer ***"
		case "Cookie", "Set-Cookie", "X-Telegram-Bot-Api-Secret-Token":
			kept[name] = "***"
		default:
			kept[name] = values[0]
		}
	}
	return kept
}
