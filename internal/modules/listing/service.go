package listing

import (
	"context"
	"log/slog"

	"prosa/internal/base/clock"
	"prosa/internal/event"
	"prosa/internal/modules/product"
	"prosa/internal/platform/database"
)

// Products is what listing asks of the module that owns them; product fills it.
type Products interface {
	Entries(ctx context.Context, tx *database.Tx, tenantID, after string, limit int) ([]product.Entry, error)
	Load(ctx context.Context, tx *database.Tx, tenantID string, productIDs []string) ([]product.Product, error)
	Shelves(ctx context.Context, tx *database.Tx, tenantID string) (map[string]string, error)
	Offers(ctx context.Context, tx *database.Tx, tenantID string, variantIDs []string) (map[string]product.Offer, error)
	OffersBySKU(ctx context.Context, tx *database.Tx, tenantID string, skus []string) (map[string]product.Offer, error)
	Save(ctx context.Context, p product.Product, by event.Actor) (product.Product, error)
}

// Deps are what the module needs of others.
type Deps struct {
	DB       *database.DB
	Meta     Meta
	Accounts Accounts
	Links    Links
	Products Products
	// Store names a company, for goods without a brand.
	Store  func(ctx context.Context, tenantID string) (string, error)
	Clock  clock.Clock
	Logger *slog.Logger
	// Process is unlike the name of any other process.
	Process string
}

// Service is what the rest of the house asks of listing. Methods that take a
// transaction work inside the caller's; the others open their own.
type Service struct {
	Deps
	cfg Config
}

// New makes the service.
func New(cfg Config, deps Deps) *Service { return &Service{deps, cfg} }

// now is the present in milliseconds.
func (s *Service) now() int64 { return clock.MS(s.Clock.Now()) }
