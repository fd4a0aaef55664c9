package webhook

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// CatalogVendor reads the webhooks that Meta sends about catalogs; app fills it
// from adapters/metacatalog.
type CatalogVendor interface {
	// Challenge answers the handshake of an app. Error: fault.Forbidden.
	Challenge(query url.Values, accounts []channel.Account) ([]byte, error)
	// Verify gives the accounts whose app signed the body. Error:
	// fault.Unauthorized.
	Verify(header http.Header, body []byte, accounts []channel.Account) ([]channel.Account, error)
	// Notices calls fn for each batch that the body tells of. Error: fault.Invalid
	// for a body about something else.
	Notices(body []byte, fn func(catalogID, handle string) error) error
}

// Catalogs answers the webhooks about catalogs, under the hook of the WhatsApp
// account whose app sends them. What they tell only shortens a wait: one that is
// lost costs nothing.
type Catalogs struct {
	vendor    CatalogVendor
	directory Directory
	hear      func(ctx context.Context, catalogID, handle string) error
	logger    *slog.Logger
}

var _ http.Handler = (*Catalogs)(nil)

// NewCatalogs makes the handler; hear is told of batches that are over.
func NewCatalogs(vendor CatalogVendor, directory Directory, hear func(ctx context.Context, catalogID, handle string) error, logger *slog.Logger) *Catalogs {
	return &Catalogs{vendor: vendor, directory: directory, hear: hear, logger: logger}
}

// ServeHTTP implements http.Handler.
func (c *Catalogs) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	accounts, fresh := c.directory.ByHook(message.WhatsApp, r.PathValue("hook"))
	switch {
	case len(accounts) == 0 && fresh:
		unknown.write(w)
	case len(accounts) == 0:
		stale.write(w)
	case r.Method == http.MethodGet:
		c.challenge(w, r, accounts)
	default:
		c.take(w, r, accounts).write(w)
	}
}

func (c *Catalogs) challenge(w http.ResponseWriter, r *http.Request, accounts []channel.Account) {
	text, err := c.vendor.Challenge(r.URL.Query(), accounts)
	if err != nil {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	// The text comes from the request: it must never be taken for a page.
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	_, _ = w.Write(text) // who is gone doesn't need it
}

func (c *Catalogs) take(w http.ResponseWriter, r *http.Request, accounts []channel.Account) answer {
	body, refused := readCallback(w, r, callbackMax)
	if refused != nil {
		return *refused
	}
	if _, err := c.vendor.Verify(r.Header, body, accounts); err != nil {
		return unauthorized
	}
	err := c.vendor.Notices(body, func(catalogID, handle string) error { return c.hear(r.Context(), catalogID, handle) })
	switch {
	case fault.Is(err, fault.Invalid):
		return accepted // about something else; repeating it helps nobody
	case err != nil:
		c.logger.ErrorContext(r.Context(), "a notice about a catalog could not be heard", "error", err)
		return unavailable
	}
	return accepted
}
