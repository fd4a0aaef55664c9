package subscription

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/money"
	"prosa/internal/modules/plan"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// ManualProvider is the name of who keeps contracts that were signed offline.
const ManualProvider = "manual"

// Entry is one line of a contract that no vendor holds. A contract is the sum of
// its lines, in the order of their time.
type Entry struct {
	Key  string
	Kind string
	AtMS int64
	Data []byte // JSON, of who keeps the contract
}

// Entries reads the lines of a contract. Error: fault.NotFound.
func (s *Service) Entries(ctx context.Context, contractID string) (list []Entry, nowMS int64, err error) {
	err = s.db.Read(ctx, database.Platform("a contract is known by its own id"), func(ctx context.Context, tx *database.Tx) error {
		nowMS = tx.Now()
		rows, err := tx.Query(ctx, `SELECT key, kind, at_ms, data FROM contract_entry WHERE contract_id = $1 ORDER BY at_ms, key`, contractID)
		if err != nil {
			return err
		}
		defer rows.Close()
		list = nil
		for rows.Next() {
			var e Entry
			var data string
			if err := rows.Scan(&e.Key, &e.Kind, &e.AtMS, &data); err != nil {
				return err
			}
			e.Data = []byte(data)
			list = append(list, e)
		}
		return rows.Err()
	})
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "no such contract")
	}
	return list, nowMS, err
}

// Enter writes a line of a contract; the same key again changes nothing. A time
// of 0 is now. Error: fault.NotFound.
func (s *Service) Enter(ctx context.Context, contractID string, e Entry) error {
	return s.db.Write(ctx, database.Platform("a contract is known by its own id"), func(ctx context.Context, tx *database.Tx) error {
		var tenantID string
		err := tx.QueryRow(ctx, `SELECT tenant_id FROM contract_entry WHERE contract_id = $1 LIMIT 1`, contractID).Scan(&tenantID)
		if errors.Is(err, database.ErrNoRows) {
			return fault.New(fault.NotFound, "no such contract")
		}
		if err != nil {
			return err
		}
		return enter(ctx, tx, tenantID, contractID, e)
	})
}

func enter(ctx context.Context, tx *database.Tx, tenantID, contractID string, e Entry) error {
	if e.AtMS == 0 {
		e.AtMS = tx.Now()
	}
	_, err := tx.Exec(ctx, `INSERT INTO contract_entry (tenant_id, contract_id, key, kind, at_ms, data) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		tenantID, contractID, e.Key, e.Kind, e.AtMS, string(e.Data))
	return err
}

// Contract is one that was signed offline.
type Contract struct {
	VersionID string       `json:"version_id" maxLength:"40"`
	Interval  Interval     `json:"interval" enum:"month,year"`
	Price     money.Amount `json:"price_minor" minimum:"1" doc:"Of an interval, as signed."`
	StartMS   int64        `json:"start_ms" doc:"0 for now. At most a year back."`
	DueDays   int64        `json:"due_days" minimum:"0" maximum:"60" doc:"Days from the start of a period until its invoice is due; the next business day counts."`
	Payer     Payer        `json:"payer"`
	Reason    string       `json:"reason" minLength:"5" maxLength:"500"`
}

// Opening is the first line of a contract.
type Opening struct {
	Interval Interval       `json:"interval"`
	Price    money.Amount   `json:"price"`
	Currency money.Currency `json:"currency"`
	StartMS  int64          `json:"start_ms"`
	DueDays  int64          `json:"due_days"`
	Zone     string         `json:"zone"`
}

// EntryOpened is the kind of the first line of a contract.
const EntryOpened = "opened"

// OpenContract begins the subscription of a contract that was signed offline:
// its invoices are due by the calendar, and an operator records that they were
// paid. Errors: fault.Invalid, fault.NotFound, fault.Conflict with reason
// subscribed, fault.Unavailable.
func (s *Service) OpenContract(ctx context.Context, tenantID string, c Contract, by By) (sub Subscription, err error) {
	if c.Reason, err = checkReason(c.Reason); err != nil {
		return sub, err
	}
	if _, err := s.provider(ManualProvider); err != nil {
		return sub, err
	}
	if c.Payer, err = c.Payer.tidy(); err != nil {
		return sub, err
	}
	version, err := s.plans.Version(ctx, c.VersionID)
	if err != nil {
		return sub, err
	}
	if version.State == plan.Draft {
		return sub, fault.New(fault.NotFound, "no such plan")
	}
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		company, err := tenancy.Load(ctx, tx, tenantID)
		if err != nil {
			return err
		}
		start := c.StartMS
		if start == 0 {
			start = tx.Now()
		}
		switch {
		case start > tx.Now()+366*day || start < tx.Now()-366*day:
			return fault.OnField("start_ms", "must be at most a year away")
		case c.DueDays < 0 || c.DueDays > 60:
			return fault.OnField("due_days", "must be 0 to 60")
		case c.Price <= 0 || c.Price.Check() != nil:
			return fault.OnField("price_minor", "a contract has a price")
		}
		contractID := id.New(id.Subscription, tx.Now())
		data, err := json.Marshal(Opening{c.Interval, c.Price, version.Currency, start, c.DueDays, company.Timezone})
		if err != nil {
			return err
		}
		if err := enter(ctx, tx, tenantID, contractID, Entry{Key: EntryOpened, Kind: EntryOpened, AtMS: min(start, tx.Now()), Data: data}); err != nil {
			return err
		}
		err = s.Begin(ctx, tx, tenantID, Start{
			Provider: ManualProvider, CustomerID: tenantID, SubscriptionID: contractID, VersionID: c.VersionID, Interval: c.Interval, Price: c.Price,
			Currency: version.Currency, State: Active, Payer: c.Payer,
		})
		if err != nil {
			return err
		}
		return by.log(ctx, tx, tenantID, "subscription.contract_opened", contractID, map[string]string{"plan": c.VersionID, "price": c.Price.Decimal(), "reason": c.Reason})
	})
	if err != nil {
		return sub, err
	}
	if err := s.Look(ctx, tenantID); err != nil {
		return sub, err
	}
	return s.Of(ctx, tenantID)
}

// Payment is the money of an invoice as an operator saw it on the account.
type Payment struct {
	BillID string       `json:"bill_id"`
	Amount money.Amount `json:"amount"`
	PaidMS int64        `json:"paid_ms"`
}

// EntryPaid is the kind of a line that tells of a payment.
const EntryPaid = "paid"

// RecordPaid notes that an invoice of a contract was paid. Errors:
// fault.NotFound, fault.Invalid, fault.Refused with reason not_manual or
// not_payable.
func (s *Service) RecordPaid(ctx context.Context, tenantID, invoiceID string, paidMS int64, reason string, by By) (invoice Invoice, err error) {
	if reason, err = checkReason(reason); err != nil {
		return invoice, err
	}
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		if invoice, err = loadInvoice(ctx, tx, tenantID, invoiceID); err != nil {
			return err
		}
		if paidMS == 0 {
			paidMS = tx.Now()
		}
		switch {
		case invoice.Provider != ManualProvider:
			return fault.Refuse("not_manual", "a payment service tells itself that this invoice is paid")
		case !invoice.Payable():
			return fault.Refuse("not_payable", "this invoice awaits no payment")
		case paidMS > tx.Now()+time.Hour.Milliseconds() || paidMS < invoice.IssuedMS-366*day:
			return fault.OnField("paid_ms", "is not when it was paid")
		}
		data, err := json.Marshal(Payment{invoice.BillID, invoice.Amount, paidMS})
		if err != nil {
			return err
		}
		if err := enter(ctx, tx, tenantID, invoice.externalID, Entry{Key: EntryPaid + ":" + invoice.BillID, Kind: EntryPaid, Data: data}); err != nil {
			return err
		}
		return by.log(ctx, tx, tenantID, "invoice.paid_recorded", invoiceID, map[string]string{"number": invoice.Number, "reason": reason})
	})
	if err != nil {
		return invoice, err
	}
	if err := s.look(ctx, tenantID, invoice.Provider, invoice.externalID); err != nil {
		return invoice, err
	}
	return s.Invoice(ctx, tenantID, invoiceID)
}

// Invoice reads one. Error: fault.NotFound.
func (s *Service) Invoice(ctx context.Context, tenantID, invoiceID string) (invoice Invoice, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		invoice, err = loadInvoice(ctx, tx, tenantID, invoiceID)
		return err
	})
	return invoice, err
}

// ExtendTrial gives a trial that no vendor holds a later end, also one that is
// over. Errors: fault.Invalid; fault.Refused with reason trial_at_vendor.
func (s *Service) ExtendTrial(ctx context.Context, tenantID string, untilMS int64, reason string, by By) (sub Subscription, err error) {
	if reason, err = checkReason(reason); err != nil {
		return sub, err
	}
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		if sub, err = loadSubscription(ctx, tx, tenantID, tx.ForUpdate()); err != nil {
			return err
		}
		if sub.Provider != "" || sub.State == Ended {
			return fault.Refuse("trial_at_vendor", "only a trial for which nobody takes money yet is extended here")
		}
		if untilMS <= max(tx.Now(), sub.TrialEndMS) || untilMS > tx.Now()+366*day {
			return fault.OnField("until_ms", "must be later than now and the trial's end, within a year")
		}
		sub.TrialEndMS, sub.EndsAtPeriod = untilMS, false
		if err := by.log(ctx, tx, tenantID, "subscription.trial_extended", sub.ID, map[string]string{"reason": reason}); err != nil {
			return err
		}
		if err := s.stand(ctx, tx, sub, ""); err != nil {
			return err
		}
		sub, err = loadSubscription(ctx, tx, tenantID, "")
		return err
	})
	return sub, err
}
