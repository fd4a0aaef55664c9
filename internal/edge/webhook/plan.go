package webhook

import (
	"context"
	"log/slog"
	"net/http"

	"prosa/internal/base/fault"
)

// planCallbackMax is the largest body of a callback about a plan, in bytes; it
// carries the object that it is about, though nobody believes that copy.
const planCallbackMax = 512 << 10

// PlanNotices takes what vendors tell about payments of plans.
type PlanNotices interface {
	// Hear verifies a callback and keeps it; it is worked on afterwards. Errors:
	// fault.Unauthorized, fault.Invalid; fault.NotFound for a vendor that this
	// installation does not work with.
	Hear(ctx context.Context, vendor string, header http.Header, body []byte) error
}

// Plans takes the callbacks of those who take the money of plans. There are few,
// so that each is stored by a transaction of its own, and answered when it is.
type Plans struct {
	notices PlanNotices
	logger  *slog.Logger
}

var _ http.Handler = (*Plans)(nil)

// NewPlans makes the handler of POST .../{vendor}.
func NewPlans(notices PlanNotices, logger *slog.Logger) *Plans {
	return &Plans{notices: notices, logger: logger}
}

// ServeHTTP implements http.Handler.
func (p *Plans) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.take(w, r).write(w) }

func (p *Plans) take(w http.ResponseWriter, r *http.Request) answer {
	body, refused := readCallback(w, r, planCallbackMax)
	if refused != nil {
		return *refused
	}
	ctx, cancel := context.WithTimeout(r.Context(), callbackTime)
	defer cancel()
	vendor := r.PathValue("vendor")
	err := p.notices.Hear(ctx, vendor, r.Header, body)
	switch fault.CodeOf(err) {
	case "":
		return accepted
	case fault.Unauthorized, fault.Invalid:
		return unauthorized
	case fault.NotFound:
		return unknown
	}
	p.logger.WarnContext(ctx, "a callback about a plan's payment could not be stored and is asked for again", "vendor", vendor, "error", err)
	return unavailable
}
