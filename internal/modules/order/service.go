package order

import (
	"encoding/json"
	"log/slog"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/modules/product"
	"prosa/internal/platform/database"
)

// Service is what the rest of the house asks of order.
type Service struct {
	db       database.Opener
	cfg      Config
	stock    Stock
	payments Payments
	contacts Contacts
	tell     Tell
	logger   *slog.Logger
	zones    *zoneBook
}

// Deps is what the service is made of.
type Deps struct {
	DB       *database.DB
	Stock    Stock
	Payments Payments
	Contacts Contacts
	Tell     Tell
	Logger   *slog.Logger
}

// New makes the service.
func New(cfg Config, deps Deps) *Service {
	return &Service{db: deps.DB, cfg: cfg, stock: deps.Stock, payments: deps.Payments, contacts: deps.Contacts, tell: deps.Tell, logger: deps.Logger, zones: newZoneBook(deps.DB)}
}

// CartEvent is the data of cart.updated.
type CartEvent struct {
	Cart Cart `json:"cart"`
}

// Placed is the data of order.placed, order.paid and order.updated.
type Placed struct {
	Order Order `json:"order"`
}

// told is what a transaction has to tell, gathered so that it shares a row of
// the outbox.
type told struct {
	envelopes []event.Envelope
	by        event.Actor
	tenantID  string
}

func (t *told) add(kind string, data any) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "an event could not be encoded")
	}
	t.envelopes = append(t.envelopes, event.Envelope{TenantID: t.tenantID, Type: kind, Actor: t.by, Cause: causeOf(t.by), Data: raw})
	return nil
}

func (t *told) levels(levels []product.Level) error {
	for _, level := range levels {
		envelope, err := level.Envelope()
		if err != nil {
			return err
		}
		envelope.Actor, envelope.Cause = t.by, causeOf(t.by)
		t.envelopes = append(t.envelopes, envelope)
	}
	return nil
}

func causeOf(by event.Actor) event.Cause {
	switch by.Kind {
	case "bot":
		return event.ByBot
	case "customer":
		return event.ByCustomer
	case "system":
		return event.Auto
	default:
		return event.Manual
	}
}

func unpack(text string, into any) error {
	return fault.Wrap(json.Unmarshal([]byte(text), into), fault.Internal, "a stored order is unreadable")
}

func pack(value any) (string, error) {
	raw, err := json.Marshal(value)
	return string(raw), fault.Wrap(err, fault.Internal, "an order could not be encoded")
}
