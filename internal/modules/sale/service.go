package sale

import (
	"log/slog"

	"prosa/internal/modules/conversation"
	"prosa/internal/modules/order"
	"prosa/internal/modules/payment"
	"prosa/internal/modules/product"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
)

// Service is what the rest of the house asks of sale.
type Service struct {
	db            *database.DB
	cfg           Config
	orders        *order.Service
	products      *product.Service
	payments      *payment.Service
	conversations *conversation.Service
	blobs         blob.Store
	listing       Listing
	links         Links
	picture       Picture
	speaks        Speaks
	fire          Fire
	logger        *slog.Logger
}

// Deps is what a Service is made of.
type Deps struct {
	DB            *database.DB
	Orders        *order.Service
	Products      *product.Service
	Payments      *payment.Service
	Conversations *conversation.Service
	Blobs         blob.Store
	// Listing may be nil: nobody then has a catalog at Meta.
	Listing Listing
	Links   Links
	Picture Picture
	Speaks  Speaks
	Logger  *slog.Logger
}

// New makes the service. BindBots names who waits.
func New(cfg Config, deps Deps) *Service {
	return &Service{
		db: deps.DB, cfg: cfg, orders: deps.Orders, products: deps.Products, payments: deps.Payments, conversations: deps.Conversations,
		blobs: deps.Blobs, listing: deps.Listing, links: deps.Links, picture: deps.Picture, speaks: deps.Speaks, logger: deps.Logger,
	}
}

// BindBots names how waiting bots are woken. app calls it once, before the
// start; bots ask sale, so that one of the two has to come later.
func (s *Service) BindBots(fire Fire) { s.fire = fire }
