package sale

import (
	"context"
	"fmt"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/order"
	"prosa/internal/modules/payment"
	"prosa/internal/platform/database"
	"prosa/internal/platform/hold"
	"prosa/internal/platform/service"
)

// Reminder reminds payers before their payment ends. The time stands in the
// database: one that passed while nothing ran is looked at by the first sweep.
func (s *Service) Reminder() service.Service {
	return service.Service{Name: "payment reminders", Run: func(ctx context.Context) error {
		tick := time.NewTicker(s.cfg.RemindEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
			if _, err := s.Remind(ctx); err != nil && ctx.Err() == nil {
				s.logger.ErrorContext(ctx, "payers could not be reminded", "error", err)
			}
		}
	}}
}

// due is a bill whose payer is to be reminded.
type due struct {
	tenantID, orderID, paymentID string
	seq                          int64
}

// Remind reminds all who are due, and tells how many that were.
func (s *Service) Remind(ctx context.Context) (reminded int, err error) {
	var list []due
	err = s.db.Read(ctx, database.Platform("payers of any company who are to be reminded"), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT tenant_id, order_id, seq, payment_id FROM sale_bill WHERE remind_ms > 0 AND remind_ms <= $1 AND `+hold.Out+` ORDER BY remind_ms LIMIT $2`,
			tx.Now(), s.cfg.RemindBatch)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var d due
			if err := rows.Scan(&d.tenantID, &d.orderID, &d.seq, &d.paymentID); err != nil {
				return err
			}
			list = append(list, d)
		}
		return rows.Err()
	})
	if err != nil {
		return 0, err
	}
	for _, d := range list {
		said, err := s.remindOne(ctx, d)
		if err != nil {
			s.logger.ErrorContext(ctx, "a payer could not be reminded, and is later", "tenant", d.tenantID, "order", d.orderID, "error", err)
			continue
		}
		if said {
			reminded++
		}
	}
	return reminded, ctx.Err()
}

func (s *Service) remindOne(ctx context.Context, d due) (said bool, err error) {
	o, err := s.orders.Get(ctx, d.tenantID, d.orderID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return false, err
	}
	v, _, err := s.before(ctx, order.Order{TenantID: d.tenantID, ID: d.orderID, ContactID: o.ContactID})
	if err != nil {
		return false, err
	}
	err = s.db.Write(ctx, database.Company(d.tenantID), func(ctx context.Context, tx *database.Tx) error {
		said = false
		if _, err := tx.Exec(ctx, `UPDATE sale_bill SET remind_ms = 0 WHERE tenant_id = $1 AND order_id = $2 AND seq = $3`, d.tenantID, d.orderID, d.seq); err != nil {
			return err
		}
		if o.ID != "" { // it may have been paid since it was read
			if o, err = s.orders.Within(tx).Get(ctx, d.tenantID, d.orderID); err != nil {
				return err
			}
		}
		text := reminder(o, d.paymentID, tx.Now(), v)
		if text == "" {
			return nil
		}
		key := "remind:" + d.paymentID
		ours, err := claim(ctx, tx, d.tenantID, d.orderID, key)
		if err != nil || !ours {
			return err
		}
		m, err := s.conversations.SayIn(ctx, tx, conversation.SayInput{
			TenantID: d.tenantID, ConversationID: o.ConversationID, Key: key, Sender: house, Content: message.Content{Kind: message.Text, Text: text},
			Unsaid: fmt.Sprintf(v.unsaid, text),
		})
		if err != nil {
			return passOver(err)
		}
		said = true
		return noteSaid(ctx, tx, d.tenantID, key, m.ID)
	})
	return said, err
}

// reminder is what a payer reads, empty when there is nothing to pay any more.
func reminder(o order.Order, paymentID string, nowMS int64, v vocabulary) string {
	for _, p := range o.Payments {
		if p.ID != paymentID || !payable(o, p) || o.ConversationID == "" || p.ExpiresMS <= nowMS {
			continue
		}
		text := fmt.Sprintf(v.remind, numberOf(o), (p.ExpiresMS-nowMS+59_999)/60_000, reais(p.Amount))
		way := p.Link
		if p.Choice.Method == payment.Pix && p.Code != "" {
			way = p.Code
		}
		return strings.TrimSpace(text + "\n\n" + way)
	}
	return ""
}
