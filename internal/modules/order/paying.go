package order

import (
	"context"

	"prosa/internal/event"
	"prosa/internal/modules/payment"
	"prosa/internal/platform/database"
)

// Ready implements payment.Orders: the payer can pay now.
func (s *Service) Ready(ctx context.Context, tx *database.Tx, p payment.Payment, by event.Actor) error {
	return s.tellOf(ctx, tx, event.PaymentReady, p, by)
}

// Lost implements payment.Orders: a payment was asked for in vain.
func (s *Service) Lost(ctx context.Context, tx *database.Tx, p payment.Payment, by event.Actor) error {
	return s.tellOf(ctx, tx, event.PaymentFailed, p, by)
}

// tellOf tells of an order whose payment changed, though its sums did not.
func (s *Service) tellOf(ctx context.Context, tx *database.Tx, kind string, p payment.Payment, by event.Actor) error {
	o, err := loadOrder(ctx, tx, p.TenantID, "id", p.OrderID, "")
	if err != nil {
		return err
	}
	if err := s.dress(ctx, tx, &o); err != nil {
		return err
	}
	t := told{tenantID: o.TenantID, by: by}
	if err := t.add(kind, Placed{o}); err != nil {
		return err
	}
	return s.tell(ctx, tx, t.envelopes...)
}
