package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"prosa/internal/base/fault"
	"prosa/internal/modules/acquisition"
	"prosa/internal/modules/builder"
)

// Problem is how an operation fails: RFC 9457 with the house's code.
type Problem struct {
	Type      string      `json:"type" doc:"Always about:blank: the code says it all."`
	Title     string      `json:"title" doc:"The status in words."`
	Status    int         `json:"status"`
	Detail    string      `json:"detail,omitempty" doc:"A sentence for a developer, in English. Show people a text by code and reason."`
	Code      string      `json:"code" enum:"invalid,unauthorized,forbidden,not_found,conflict,refused,too_large,rate_limited,unavailable,internal"`
	Reason    string      `json:"reason,omitempty" doc:"A word inside the code, such as window_closed."`
	Field     string      `json:"field,omitempty" doc:"The input that it is about."`
	RequestID string      `json:"request_id,omitempty"`
	Errors    []FieldFlaw `json:"errors,omitempty" doc:"All flaws of an invalid input."`
	// Facts are small texts by name, for a program.
	Facts map[string]string `json:"facts,omitempty" doc:"What a screen may tell, such as who changed a draft."`
}

// FieldFlaw is one flaw of an input. It never repeats the input's value.
type FieldFlaw struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// Error implements error.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

var statuses = map[fault.Code]int{
	fault.Invalid:      http.StatusUnprocessableEntity,
	fault.Unauthorized: http.StatusUnauthorized,
	fault.Forbidden:    http.StatusForbidden,
	fault.NotFound:     http.StatusNotFound,
	fault.Conflict:     http.StatusConflict,
	fault.Refused:      http.StatusConflict,
	fault.TooLarge:     http.StatusRequestEntityTooLarge,
	fault.RateLimited:  http.StatusTooManyRequests,
	fault.Unavailable:  http.StatusServiceUnavailable,
	fault.Internal:     http.StatusInternalServerError,
}

// statusClosed is what the log shows for a caller who left; nobody reads the
// answer (nginx's word for it).
const statusClosed = 499

// problemOf translates an error, once for the whole API.
func problemOf(ctx context.Context, err error) *Problem {
	code := fault.CodeOf(err)
	p := &Problem{
		Type: "about:blank", Status: statuses[code], Code: string(code), Detail: fault.MessageOf(err), RequestID: requestID(ctx),
	}
	var f *fault.Error
	if errors.As(err, &f) && code != fault.Internal {
		p.Reason, p.Field = f.Reason, f.Field
	}
	var incomplete *acquisition.Incomplete
	if errors.As(err, &incomplete) {
		for _, field := range incomplete.Fields {
			p.Errors = append(p.Errors, FieldFlaw{Field: field, Message: "is missing or wrong"})
		}
	}
	var refusal *builder.Refusal
	if errors.As(err, &refusal) {
		p.Facts = refusal.Facts()
		for _, flaw := range refusal.Flaws() {
			p.Errors = append(p.Errors, FieldFlaw(flaw))
		}
	}
	if code == fault.Internal && ctx.Err() != nil {
		p.Status = statusClosed
	}
	p.Title = title(p.Status)
	return p
}

func title(status int) string {
	if status == statusClosed {
		return "Client Closed Request"
	}
	return http.StatusText(status)
}

// unavailableFor is how long a caller should leave a part that is away alone.
const unavailableFor = 2 * time.Second

// headersOf gives the headers of a failure: when to try again.
func headersOf(err error) http.Header {
	header := http.Header{}
	var waiting interface{ RetryAfter() time.Duration }
	switch {
	case errors.As(err, &waiting):
		header.Set("Retry-After", seconds(waiting.RetryAfter()))
	case fault.Is(err, fault.Unavailable), fault.Is(err, fault.RateLimited):
		header.Set("Retry-After", seconds(unavailableFor))
	}
	return header
}

// seconds rounds up: a caller who comes back too early is refused again.
func seconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}

// fail turns the error of a handler into what huma writes, and logs what is
// ours to mend.
func fail(ctx context.Context, logger *slog.Logger, err error) error {
	p := problemOf(ctx, err)
	switch {
	case p.Status == http.StatusInternalServerError:
		logger.ErrorContext(ctx, "an operation failed", "error", err)
	case p.Status == http.StatusServiceUnavailable:
		logger.WarnContext(ctx, "an operation found a part away", "error", err)
	}
	if header := headersOf(err); len(header) > 0 {
		return huma.ErrorWithHeaders(p, header)
	}
	return p
}

// asProblem is a huma transformer: huma's own errors (a body that is no JSON, a
// value against its schema) take the form of all others, without the values
// that they quote.
func asProblem(ctx huma.Context, _ string, value any) (any, error) {
	model, ok := value.(*huma.ErrorModel)
	if !ok {
		return value, nil
	}
	p := &Problem{
		Type: "about:blank", Title: title(model.Status), Status: model.Status, Detail: model.Detail,
		Code: string(codeOf(model.Status)), RequestID: requestID(ctx.Context()),
	}
	for _, detail := range model.Errors {
		p.Errors = append(p.Errors, FieldFlaw{Field: detail.Location, Message: detail.Message})
	}
	if len(p.Errors) > 0 {
		p.Field = p.Errors[0].Field
	}
	if model.Status == http.StatusInternalServerError {
		p.Detail, p.Errors, p.Field = fault.MessageOf(fault.New(fault.Internal, "")), nil, ""
	}
	return p, nil
}

func codeOf(status int) fault.Code {
	switch status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusUnsupportedMediaType, http.StatusNotAcceptable, http.StatusRequestTimeout:
		return fault.Invalid
	}
	for code, known := range statuses {
		if known == status && code != fault.Refused {
			return code
		}
	}
	return fault.Internal
}

// writeProblem answers outside of huma, for what never reaches an operation.
func writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(r.Context(), err)
	for name, values := range headersOf(err) {
		w.Header()[name] = values
	}
	writeJSON(w, p.Status, p.ContentType(""), p)
}
