package webhook

import (
	"context"
	"log/slog"
	"net/http"

	"prosa/internal/base/fault"
)

// movedMax bounds what another deployment sends on in one call.
const movedMax = 32 << 20

// Movers keep what the deployment that a company came from sends on.
type Movers interface {
	// Take returns when the pieces are on the disk. Errors: fault.Unauthorized for
	// what the move's key did not sign, fault.Invalid for what can't be read.
	Take(ctx context.Context, moveID, at, signature string, body []byte) error
}

// Moved answers POST /webhooks/moved/{move}: the pieces of webhooks that still
// came to where a company was before.
type Moved struct {
	movers          Movers
	time, signature string // names of the headers
	logger          *slog.Logger
}

var _ http.Handler = (*Moved)(nil)

// NewMoved makes the handler; time and signature name the headers of the call.
func NewMoved(movers Movers, time, signature string, logger *slog.Logger) *Moved {
	return &Moved{movers, time, signature, logger}
}

// ServeHTTP implements http.Handler.
func (m *Moved) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, refused := readCallback(w, r, movedMax)
	if refused != nil {
		refused.write(w)
		return
	}
	err := m.movers.Take(r.Context(), r.PathValue("move"), r.Header.Get(m.time), r.Header.Get(m.signature), body)
	switch {
	case err == nil:
		accepted.write(w)
	case fault.Is(err, fault.Unauthorized):
		unauthorized.write(w)
	case fault.Is(err, fault.Invalid):
		cutOff.write(w)
	default:
		m.logger.ErrorContext(r.Context(), "what was sent on by another deployment could not be kept", "error", err)
		unavailable.write(w)
	}
}
