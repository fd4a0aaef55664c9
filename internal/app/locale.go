package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"prosa/internal/modules/tenancy"
)

// locales knows the language of each company's own words, so that the hot path
// does not ask the database for it.
type locales struct {
	tenancy *tenancy.Service
	logger  *slog.Logger
	mu      sync.Mutex
	known   map[string]knownLocale
}

type knownLocale struct {
	locale string
	until  time.Time
}

// localeFor is how long a changed language may take to be noticed.
const localeFor = time.Minute

func newLocales(service *tenancy.Service, logger *slog.Logger) *locales {
	return &locales{tenancy: service, logger: logger, known: map[string]knownLocale{}}
}

// of fills conversation.Locale.
func (l *locales) of(tenantID string) string {
	l.mu.Lock()
	found, ok := l.known[tenantID]
	l.mu.Unlock()
	if ok && time.Now().Before(found.until) {
		return found.locale
	}
	if !ok {
		found.locale = tenancy.DefaultLocale
	}
	// Asked outside the caller's transaction, and never waited for: the answer
	// serves the next message.
	found.until = time.Now().Add(localeFor)
	l.mu.Lock()
	l.known[tenantID] = found
	l.mu.Unlock()
	go l.ask(tenantID)
	return found.locale
}

func (l *locales) ask(tenantID string) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	company, err := l.tenancy.Get(ctx, tenantID)
	if err != nil {
		l.logger.DebugContext(ctx, "the language of a company is not known", "tenant_id", tenantID, "error", err)
		return
	}
	l.mu.Lock()
	l.known[tenantID] = knownLocale{company.Locale, time.Now().Add(localeFor)}
	l.mu.Unlock()
}
