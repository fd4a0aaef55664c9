package webhook

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/modules/payment"
)

// callbackMax is the largest body of a payment's callback, in bytes; it carries
// an id.
const callbackMax = 64 << 10

// callbackTime bounds the reading and the storing of one.
const callbackTime = 10 * time.Second

// PaymentAccounts takes the callbacks of vendors of payments. payment.Accounts
// fills it.
type PaymentAccounts interface {
	// Take returns when the callback is stored. Errors: fault.NotFound for an
	// unknown hook, fault.Unauthorized for a wrong signature, others when it
	// could not be stored.
	Take(ctx context.Context, provider, hook string, call payment.Callback) error
}

// Payments answers POST .../{hook} of one vendor of payments: 200 when the
// callback is stored, 401 for a wrong signature, 404 for an unknown hook and 503
// when it can't be stored now, so that the vendor repeats it. Bodies are empty.
type Payments struct {
	provider string
	accounts PaymentAccounts
	clock    clock.Clock
	logger   *slog.Logger
}

var _ http.Handler = (*Payments)(nil)

// NewPayments makes the handler of a vendor.
func NewPayments(provider string, accounts PaymentAccounts, at clock.Clock, logger *slog.Logger) *Payments {
	return &Payments{provider: provider, accounts: accounts, clock: at, logger: logger}
}

// ServeHTTP implements http.Handler.
func (p *Payments) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.take(w, r).write(w) }

func (p *Payments) take(w http.ResponseWriter, r *http.Request) answer {
	body, refused := readCallback(w, r, callbackMax)
	if refused != nil {
		return *refused
	}
	ctx, cancel := context.WithTimeout(r.Context(), callbackTime)
	defer cancel()
	err := p.accounts.Take(ctx, p.provider, r.PathValue("hook"), payment.Callback{
		Header: r.Header, Query: r.URL.Query(), Body: body, AtMS: clock.MS(p.clock.Now()),
	})
	switch fault.CodeOf(err) {
	case "":
		return accepted
	case fault.Unauthorized:
		return unauthorized
	case fault.NotFound:
		return unknown
	}
	p.logger.WarnContext(ctx, "a payment's callback could not be stored and is asked for again", "vendor", p.provider, "error", err)
	return unavailable
}
