package payment

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"

	"prosa/internal/base/br"
	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/money"
	"prosa/internal/event"
	"prosa/internal/platform/database"
)

// Service is what the rest of the house asks of payment. Methods that take a
// transaction work inside the caller's, which holds the order's row; the others
// open their own.
type Service struct {
	db        database.Opener
	cfg       Config
	orders    Orders
	providers map[string]Provider
	logger    *slog.Logger
}

// New makes the service with the vendors of this installation.
func New(cfg Config, db *database.DB, logger *slog.Logger, providers ...Provider) *Service {
	s := &Service{db: db, cfg: cfg, providers: map[string]Provider{}, logger: logger}
	for _, provider := range providers {
		s.providers[provider.Name()] = provider
	}
	return s
}

// Bind names whose orders are paid. app calls it once, before the start.
func (s *Service) Bind(orders Orders) { s.orders = orders }

// Choices are the ways in which a company's customers may pay.
func (s *Service) Choices(ctx context.Context, tenantID string) ([]Choice, error) {
	setting, err := s.Setting(ctx, tenantID)
	if err != nil {
		return nil, err
	}
	list := setting.choices()
	for _, name := range s.vendors() {
		more, err := s.providers[name].Choices(ctx, tenantID)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

func (s *Service) vendors() []string {
	names := make([]string, 0, len(s.providers))
	for name := range s.providers {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Request asks for money for an order.
type Request struct {
	TenantID string
	OrderID  string
	// Number is the order's, which a static Pix code carries.
	Number   string
	Choice   Choice
	Amount   money.Amount
	Currency money.Currency
	// Terms are those of the same transaction; nil: they are read.
	Terms *Terms
}

// Ask begins a payment. One to a vendor is asked for by the sweeper, or at once
// by Reach. Error: fault.Refused with reason no_such_payment for a way that the
// company does not offer.
func (s *Service) Ask(ctx context.Context, tx *database.Tx, in Request) (Payment, error) {
	setting, err := in.setting(ctx, tx)
	if err != nil {
		return Payment{}, err
	}
	p := Payment{
		TenantID: in.TenantID, ID: id.New(id.Payment, tx.Now()), OrderID: in.OrderID, Choice: in.Choice, State: Pending, Amount: in.Amount, Currency: in.Currency,
		CreatedMS: tx.Now(), UpdatedMS: tx.Now(), Version: 1,
	}
	lookMS := int64(0)
	switch {
	case in.Choice.vendor():
		if offered, err := s.offered(ctx, tx, in); err != nil {
			return p, err
		} else if !offered {
			return p, errChoice()
		}
		p.State, p.Verified, lookMS = Created, true, tx.Now()
	case !slices.Contains(setting.choices(), in.Choice):
		return p, errChoice()
	case in.Choice.Provider == PixKey:
		if p.Code, err = setting.code(in.Amount, in.Number); err != nil {
			return p, err
		}
	}
	if in.Choice.Prepaid() {
		p.ExpiresMS = tx.Now() + setting.ExpiryMinutes*60_000
	}
	insertPayment(tx, p, lookMS)
	return p, nil
}

// setting gives how the company of the request wants to be paid.
func (in Request) setting(ctx context.Context, tx *database.Tx) (Setting, error) {
	if in.Terms != nil {
		return in.Terms.setting, nil
	}
	return loadSetting(ctx, tx, in.TenantID)
}

// offered reports whether a company's customers may pay in a vendor's way.
func (s *Service) offered(ctx context.Context, tx *database.Tx, in Request) (bool, error) {
	provider := s.providers[in.Choice.Provider]
	if _, withAccounts := provider.(Vendor); withAccounts {
		return offers(ctx, tx, in.TenantID, in.Choice)
	}
	return provider != nil, nil
}

func errChoice() error {
	return &fault.Error{Code: fault.Refused, Reason: "no_such_payment", Field: "payment", Message: "the company does not take payments in this way"}
}

// code is the static Pix code of an order.
func (c Setting) code(amount money.Amount, number string) (string, error) {
	return br.Pix{Key: c.PixKey, Name: c.PixName, City: c.PixCity, Amount: amount, TxID: number}.Code()
}

// Close ends what is still open of an order's payments: nobody should pay them
// any more. What is paid all the same still counts.
func (s *Service) Close(ctx context.Context, tx *database.Tx, tenantID, orderID string, kind Kind, by event.Actor) error {
	payments, err := loadPayments(ctx, tx, tenantID, orderID)
	if err != nil {
		return err
	}
	for _, p := range payments {
		if !p.Open() {
			continue
		}
		fact := Fact{Key: "order/" + string(kind), Kind: kind, AtMS: tx.Now(), By: by}
		if err := s.note(ctx, tx, &p, []Fact{fact}, by); err != nil {
			return err
		}
	}
	return nil
}

// Confirm is the one door for facts about a payment: of callbacks, of polls and
// of people. Facts that are known count for nothing. Errors: fault.NotFound,
// fault.Invalid.
func (s *Service) Confirm(ctx context.Context, tenantID, paymentID string, facts []Fact, by event.Actor) (after Payment, err error) {
	for _, fact := range facts {
		if err := fact.check(); err != nil {
			return after, err
		}
	}
	orderID, err := s.orderOf(ctx, tenantID, paymentID)
	if err != nil {
		return after, err
	}
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		if err := s.orders.LockOrder(ctx, tx, tenantID, orderID); err != nil {
			return err
		}
		after, err = loadPayment(ctx, tx, tenantID, paymentID)
		if err != nil {
			return err
		}
		before := after.State
		if err := s.note(ctx, tx, &after, facts, by); err != nil {
			return err
		}
		if after.State == Failed && before != Failed {
			if err := s.orders.Lost(ctx, tx, after, by); err != nil {
				return err
			}
		}
		sums, err := sumsOf(ctx, tx, tenantID, orderID)
		if err != nil {
			return err
		}
		return s.orders.Settle(ctx, tx, tenantID, orderID, sums, by)
	})
	return after, err
}

func (f Fact) check() error {
	money := f.Kind == WasPaid || f.Kind == WasRefunded || f.Kind == WasChargedBack
	switch {
	case f.Key == "" || len(f.Key) > 200 || database.Text(f.Key) != nil || len(f.Note) > 2000 || database.Text(f.Note) != nil:
		return fault.OnField("key", "a fact has a key of at most 200 bytes")
	case !money && f.Kind != WasExpired && f.Kind != WasCanceled && f.Kind != WasFailed:
		return fault.OnField("kind", "no such kind of fact")
	case f.Amount.Check() != nil || money != (f.Amount > 0):
		return fault.OnField("amount", "money that moved has an amount above 0")
	}
	return nil
}

// orderOf tells whose payment it is; that never changes.
func (s *Service) orderOf(ctx context.Context, tenantID, paymentID string) (orderID string, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		err := tx.QueryRow(ctx, `SELECT order_id FROM payment WHERE tenant_id = $1 AND id = $2`, tenantID, paymentID).Scan(&orderID)
		return absent(err, "payment")
	})
	return orderID, err
}

// note adds facts to a payment and sums it anew.
func (s *Service) note(ctx context.Context, tx *database.Tx, p *Payment, facts []Fact, by event.Actor) error {
	if err := insertFacts(ctx, tx, p, facts, by); err != nil {
		return err
	}
	all, err := loadFacts(ctx, tx, p.TenantID, p.ID)
	if err != nil {
		return err
	}
	open := p.Open()
	p.sum(all)
	p.Version++
	p.UpdatedMS = tx.Now()
	lookMS := int64(0)
	if p.Choice.vendor() && (p.Open() || open && p.State != Paid) {
		lookMS = tx.Now() // once more after the end: the vendor has to hear of it
	}
	return updatePayment(ctx, tx, *p, lookMS)
}

// Load reads the payments of an order, oldest first, and its refunds.
func (s *Service) Load(ctx context.Context, tx *database.Tx, tenantID, orderID string) ([]Payment, []Refund, error) {
	payments, err := loadPayments(ctx, tx, tenantID, orderID)
	if err != nil {
		return nil, nil, err
	}
	refunds, err := loadRefunds(ctx, tx, tenantID, orderID)
	return payments, refunds, err
}

// Owe has the waiting refunds of an order become what is owed: they are made,
// changed or taken back. Refunds under way count.
func (s *Service) Owe(ctx context.Context, tx *database.Tx, tenantID, orderID string, owed money.Amount, reason string) error {
	payments, refunds, err := s.Load(ctx, tx, tenantID, orderID)
	if err != nil {
		return err
	}
	// The newest money goes back first: of two payments it is the second.
	slices.SortStableFunc(payments, func(a, b Payment) int {
		return cmp.Or(cmp.Compare(b.CreatedMS, a.CreatedMS), strings.Compare(b.ID, a.ID))
	})
	for _, p := range payments {
		room := p.Paid - p.Refunded
		var waiting *Refund
		for i, r := range refunds {
			switch {
			case r.PaymentID != p.ID:
			case r.State == RefundSending:
				room -= r.Amount
				owed -= r.Amount
			case r.State == RefundPending:
				waiting = &refunds[i]
			}
		}
		part := min(max(owed, 0), max(room, 0))
		owed -= part
		if err := s.setRefund(ctx, tx, p, waiting, part, reason); err != nil {
			return err
		}
	}
	return nil
}

// RefundedByHand says that a person has sent a refund. Errors: fault.NotFound,
// fault.Conflict when it does not wait any more or a vendor sends it.
func (s *Service) RefundedByHand(ctx context.Context, tenantID, refundID, note string, by event.Actor) (Payment, error) {
	var refund Refund
	err := s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		refund, err = claimRefund(ctx, tx, tenantID, refundID, true)
		return err
	})
	if err != nil {
		return Payment{}, err
	}
	return s.returned(ctx, tenantID, refund, Fact{Note: note}, by)
}

// returned notes that money went back, and the refund as done. The key is the
// vendor's, by which a look finds it too, or else the refund's own id, so that
// it counts once.
func (s *Service) returned(ctx context.Context, tenantID string, refund Refund, fact Fact, by event.Actor) (Payment, error) {
	fact.Key, fact.Kind, fact.Amount, fact.By, fact.refundID = cmp.Or(fact.Key, refund.ID), WasRefunded, refund.Amount, by, refund.ID
	after, err := s.Confirm(ctx, tenantID, refund.PaymentID, []Fact{fact}, by)
	return after, err
}

func absent(err error, what string) error {
	if errors.Is(err, database.ErrNoRows) {
		return fault.New(fault.NotFound, "no such %s", what)
	}
	return err
}
