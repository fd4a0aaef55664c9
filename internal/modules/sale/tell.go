package sale

import (
	"context"
	"fmt"
	"slices"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/order"
	"prosa/internal/modules/payment"
	"prosa/internal/platform/database"
)

// house is the sender of what nobody in particular says.
var house = conversation.Sender{Kind: "system"}

// Tell says what an order gives to say, and wakes the bots that wait for it. It
// may be called any number of times: each cause is spoken about once.
func (s *Service) Tell(ctx context.Context, tenantID, orderID string) error {
	o, err := s.orders.Get(ctx, tenantID, orderID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	v, said, err := s.before(ctx, o)
	if err != nil {
		return err
	}
	for _, c := range causes(o, said, v) {
		if err := s.speak(ctx, o, c, v); err != nil {
			return err
		}
	}
	return s.wake(ctx, o, v)
}

// before reads in which words the customer is spoken to, and what was said.
func (s *Service) before(ctx context.Context, o order.Order) (v vocabulary, said map[string]bool, err error) {
	err = s.db.Read(ctx, database.Company(o.TenantID), func(ctx context.Context, tx *database.Tx) error {
		language, err := s.speaks(ctx, tx, o.TenantID, o.ContactID)
		if err != nil {
			return err
		}
		v = words(languageOf(language, portuguese))
		said, err = saidOf(ctx, tx, o.TenantID, o.ID)
		return err
	})
	return v, said, err
}

// wake tells the bots that wait for the order's payment how that ended.
func (s *Service) wake(ctx context.Context, o order.Order, v vocabulary) error {
	state := ending(o)
	if state == "" || s.fire == nil {
		return nil
	}
	body, err := encode(settled{state, s.orderOf(o, v)})
	if err != nil {
		return err
	}
	return s.fire(ctx, o.TenantID, topicOf(o.ID), body)
}

// speak says one thing, in one transaction with the row that says so.
func (s *Service) speak(ctx context.Context, o order.Order, c cause, v vocabulary) error {
	if c.bill != nil {
		_, err := s.sendBill(ctx, o, *c.bill, house, c.key, v, true)
		return err
	}
	return s.db.Write(ctx, database.Company(o.TenantID), func(ctx context.Context, tx *database.Tx) error {
		ours, err := claim(ctx, tx, o.TenantID, o.ID, c.key)
		if err != nil || !ours || c.quiet || o.ConversationID == "" {
			return err
		}
		in := conversation.SayInput{TenantID: o.TenantID, ConversationID: o.ConversationID, Key: c.key, Sender: house}
		switch {
		case c.note != "":
			in.Content = message.Content{Kind: message.Note, Text: c.note}
		case c.step != "":
			if in.Content, err = s.progress(ctx, tx, o, c, v); err != nil {
				return err
			}
		default:
			in.Content = message.Content{Kind: message.Text, Text: c.text}
		}
		in.Unsaid = fmt.Sprintf(v.unsaid, c.text)
		m, err := s.conversations.SayIn(ctx, tx, in)
		if err != nil {
			return passOver(err)
		}
		return noteSaid(ctx, tx, o.TenantID, c.key, m.ID)
	})
}

// passOver lets a conversation that is gone be: there is nobody to tell.
func passOver(err error) error {
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// progress composes order news. The channel's own form follows a bill that was
// sent in it; a vendor refuses to cancel what was paid there.
func (s *Service) progress(ctx context.Context, tx *database.Tx, o order.Order, c cause, v vocabulary) (message.Content, error) {
	bill, err := lastBill(ctx, tx, o.TenantID, o.ID)
	progress := &message.Progress{Number: numberOf(o), Step: c.step, Page: s.links.Order(o.TenantID, o.ID), View: v.view}
	if bill.native && (c.step != message.StepCanceled || o.Paid == 0) {
		progress.Reference, progress.Native = bill.reference, true
	}
	return message.Content{Kind: message.OrderNews, Text: c.text, Progress: progress}, err
}

// sendBill sends the bill of a payment, once a key. unsaid says that a closed
// window leaves a note instead of being an error.
func (s *Service) sendBill(ctx context.Context, o order.Order, p payment.Payment, by conversation.Sender, key string, v vocabulary, unsaid bool) (m conversation.Message, err error) {
	var picture *message.Media
	if p.Choice.Method == payment.Pix && p.Code != "" {
		if picture, err = s.draw(ctx, o.TenantID, p.Code); err != nil {
			return m, err
		}
	}
	account, err := s.payments.Setting(ctx, o.TenantID)
	if err != nil {
		return m, err
	}
	err = s.db.Write(ctx, database.Company(o.TenantID), func(ctx context.Context, tx *database.Tx) error {
		ours, err := claim(ctx, tx, o.TenantID, o.ID, key)
		if err != nil || !ours || o.ConversationID == "" {
			return err
		}
		// It may have been paid, changed or canceled since it was read.
		if o, err = s.orders.Within(tx).Get(ctx, o.TenantID, o.ID); err != nil {
			return err
		}
		if !slices.ContainsFunc(o.Payments, func(q payment.Payment) bool { return q.ID == p.ID && q.Amount == p.Amount && payable(o, q) }) {
			if unsaid {
				return nil
			}
			return errNothingToPay()
		}
		setting, err := loadSetting(ctx, tx, o.TenantID)
		if err != nil {
			return err
		}
		content := s.billOf(o, p, account, picture, v)
		before, err := lastBill(ctx, tx, o.TenantID, o.ID)
		if err != nil {
			return err
		}
		if before.seq > 0 && before.paymentID != p.ID && p.Amount == o.Total && edited(o) {
			content.Text = fmt.Sprintf(v.billAnew, numberOf(o), reais(o.Total))
		}
		sent := sentBill{seq: before.seq + 1, native: setting.NativeBill && p.Amount == o.Total}
		sent.reference = fmt.Sprintf("%d-%d", o.Number, sent.seq)
		content.Bill.Reference, content.Bill.Native = sent.reference, sent.native
		in := conversation.SayInput{TenantID: o.TenantID, ConversationID: o.ConversationID, Key: key, Content: content, Sender: by}
		if unsaid {
			in.Unsaid = fmt.Sprintf(v.unsaid, content.Text)
		}
		m, err = s.conversations.SayIn(ctx, tx, in)
		if unsaid && fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := insertBill(ctx, tx, o.TenantID, o.ID, p.ID, sent, remindAt(p, setting, tx.Now())); err != nil {
			return err
		}
		return noteSaid(ctx, tx, o.TenantID, key, m.ID)
	})
	return m, err
}

// edited reports whether an order was changed after it was placed.
func edited(o order.Order) bool {
	return slices.ContainsFunc(o.Events, func(e order.Event) bool { return e.Kind == "edited" })
}

// remindAt is when a payer is reminded, 0 for never: not of what ends so soon
// that the bill is the reminder.
func remindAt(p payment.Payment, setting Setting, nowMS int64) int64 {
	at := p.ExpiresMS - setting.RemindMinutes*60_000
	if setting.RemindMinutes == 0 || p.ExpiresMS == 0 || at < nowMS+setting.RemindMinutes*30_000 {
		return 0
	}
	return at
}

// sayPlain says in words what the channel took in its own form and could not
// deliver, which only its status told: a bill while it can be paid, and the news
// of an order while nothing newer is. What follows on the order is told in words
// too.
func (s *Service) sayPlain(ctx context.Context, tenantID string, m conversation.Message) error {
	orderID, err := s.saidOfOrder(ctx, tenantID, m.ClientKey)
	if err != nil || orderID == "" {
		return err
	}
	o, err := s.orders.Get(ctx, tenantID, orderID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	v, _, err := s.before(ctx, o)
	if err != nil {
		return err
	}
	content := m.Content
	reference, still := "", true
	switch {
	case content.Bill != nil:
		bill := *content.Bill
		reference, bill.Native = bill.Reference, false
		content.Bill = &bill
		still = slices.ContainsFunc(o.Payments, func(p payment.Payment) bool { return payable(o, p) })
	case content.Progress != nil:
		progress := *content.Progress
		reference, progress.Native, progress.Reference = progress.Reference, false, ""
		content.Progress = &progress
		moves := steps(o, nil, v)
		still = slices.ContainsFunc(moves, func(c cause) bool { return c.key == m.ClientKey && !c.quiet })
	}
	return s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		key := "plain:" + m.ID
		ours, err := claim(ctx, tx, tenantID, orderID, key)
		if err != nil || !ours {
			return err
		}
		if err := plainBill(ctx, tx, tenantID, orderID, reference); err != nil || !still {
			return err
		}
		said, err := s.conversations.SayIn(ctx, tx, conversation.SayInput{
			TenantID: tenantID, ConversationID: m.ConversationID, Key: key, Content: content, Sender: house, Unsaid: fmt.Sprintf(v.unsaid, content.Text),
		})
		if err != nil {
			return passOver(err)
		}
		return noteSaid(ctx, tx, tenantID, key, said.ID)
	})
}

// saidOfOrder gives the order about which a key spoke, empty for none.
func (s *Service) saidOfOrder(ctx context.Context, tenantID, key string) (orderID string, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		orderID, err = orderOfKey(ctx, tx, tenantID, key)
		return err
	})
	return orderID, err
}
