package webhook

import (
	"context"
	"log/slog"
	"net/http"

	"prosa/internal/base/fault"
)

// mailEventsMax is the largest body of a call about mails, in bytes: a vendor
// tells of many mails at once.
const mailEventsMax = 4 << 20

// MailEvents takes what vendors tell of mails. mail.Service fills it.
type MailEvents interface {
	// Hear returns when what the call tells is stored. Errors: fault.NotFound
	// when nothing is sent by that vendor here, fault.Unauthorized for a wrong
	// signature, fault.Invalid, and others when it could not be stored.
	Hear(ctx context.Context, vendor string, header http.Header, body []byte) error
}

// Mails answers POST of one vendor of mail: 200 when what it tells is stored,
// 401 for a wrong signature, 400 for what can't be read, 404 when nothing is
// sent by it here, and 503 when it can't be stored now, so that the vendor
// repeats it. Bodies are empty.
type Mails struct {
	vendor string
	events MailEvents
	logger *slog.Logger
}

var _ http.Handler = (*Mails)(nil)

// NewMails makes the handler of a vendor.
func NewMails(vendor string, events MailEvents, logger *slog.Logger) *Mails {
	return &Mails{vendor: vendor, events: events, logger: logger}
}

// ServeHTTP implements http.Handler.
func (m *Mails) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.take(w, r).write(w) }

func (m *Mails) take(w http.ResponseWriter, r *http.Request) answer {
	body, refused := readCallback(w, r, mailEventsMax)
	if refused != nil {
		return *refused
	}
	ctx, cancel := context.WithTimeout(r.Context(), callbackTime)
	defer cancel()
	err := m.events.Hear(ctx, m.vendor, r.Header, body)
	switch fault.CodeOf(err) {
	case "":
		return accepted
	case fault.Unauthorized:
		return unauthorized
	case fault.NotFound:
		return unknown
	case fault.Invalid:
		return cutOff
	}
	m.logger.WarnContext(ctx, "events of mails could not be stored and are asked for again", "vendor", m.vendor, "error", err)
	return unavailable
}
