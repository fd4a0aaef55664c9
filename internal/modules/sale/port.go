package sale

import (
	"context"
	"time"

	"prosa/internal/base/money"
	"prosa/internal/platform/database"
	"prosa/internal/platform/stream"
)

// Listing is what sale asks of who knows what Meta's catalogs hold.
type Listing interface {
	// Shown gives the catalog of a channel account, empty for none, and which of
	// the variants customers can see in it, by the catalog's own ids.
	Shown(ctx context.Context, tx *database.Tx, tenantID, accountID string, variantIDs []string) (catalogID string, shown map[string]string, err error)
	// Resolve gives the variants behind a catalog's ids; unknown ones are left
	// out.
	Resolve(ctx context.Context, tx *database.Tx, tenantID, catalogID string, retailerIDs []string) (map[string]string, error)
	// PublishedSince tells whether an item really stood at a price since a time.
	PublishedSince(ctx context.Context, tx *database.Tx, tenantID, catalogID, retailerID string, price money.Amount, currency money.Currency, sinceMS int64) (bool, error)
	// CatalogOf gives the catalog of a channel account, empty for none, and
	// whether customers see it at the number.
	CatalogOf(ctx context.Context, tx *database.Tx, tenantID, accountID string) (catalogID string, visible bool, err error)
}

// Links makes addresses of the company's own pages, which open without a
// sign-in.
type Links interface {
	Product(tenantID, variantID string) string
	Shop(tenantID, contactID, conversationID string) string
	Order(tenantID, orderID string) string
}

// Fire wakes the bots that wait for a topic; botrun's.
type Fire func(ctx context.Context, tenantID, topic, body string) error

// Picture gives the public address of an uploaded picture.
type Picture func(tenantID, hash string) string

// Speaks gives the language in which a company, or one of its customers when
// contactID is not empty, is spoken to: "pt-BR" or "en".
type Speaks func(ctx context.Context, tx *database.Tx, tenantID, contactID string) (string, error)

// Streams is what the follower asks of platform/stream.
type Streams interface {
	ConsumeSince(ctx context.Context, name, consumer, filter string, since func() time.Time) (*stream.Consumer, error)
	Publish(ctx context.Context, subject string, data []byte) (seq uint64, err error)
}
