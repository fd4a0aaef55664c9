package subscription

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"unicode"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/platform/database"
)

const subscriptionColumns = `tenant_id, id, provider, customer_id, external_id, version_id, billing, price, discount, discount_cycles, currency, state,
	period_start_ms, period_end_ms, trial_end_ms, ends_at_period, ended_ms, method, brand, last4, overdue_ms, told, reason, due_ms, looks, problem, created_ms, version`

func loadSubscription(ctx context.Context, tx *database.Tx, tenantID, lock string) (s Subscription, err error) {
	err = tx.QueryRow(ctx, `SELECT `+subscriptionColumns+` FROM subscription WHERE tenant_id = $1`+lock, tenantID).Scan(
		&s.TenantID, &s.ID, &s.Provider, &s.CustomerID, &s.ExternalID, &s.VersionID, &s.Interval, &s.Price, &s.Discount, &s.DiscountCycles, &s.Currency, &s.State,
		&s.PeriodStartMS, &s.PeriodEndMS, &s.TrialEndMS, &s.EndsAtPeriod, &s.EndedMS, &s.Method, &s.Brand, &s.Last4, &s.OverdueMS, &s.told, &s.Reason,
		&s.dueMS, &s.looks, &s.problem, &s.CreatedMS, &s.version)
	if errors.Is(err, database.ErrNoRows) {
		return s, &fault.Error{Code: fault.NotFound, Reason: "no_subscription", Message: "the company has no subscription"}
	}
	return s, err
}

func saveSubscription(ctx context.Context, tx *database.Tx, s Subscription) error {
	_, err := tx.Exec(ctx, `INSERT INTO subscription (`+subscriptionColumns+`, updated_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29)
		ON CONFLICT (tenant_id) DO UPDATE SET provider = excluded.provider, customer_id = excluded.customer_id, external_id = excluded.external_id,
			version_id = excluded.version_id, billing = excluded.billing, price = excluded.price, discount = excluded.discount, discount_cycles = excluded.discount_cycles,
			currency = excluded.currency, state = excluded.state, period_start_ms = excluded.period_start_ms, period_end_ms = excluded.period_end_ms,
			trial_end_ms = excluded.trial_end_ms, ends_at_period = excluded.ends_at_period, ended_ms = excluded.ended_ms, method = excluded.method, brand = excluded.brand,
			last4 = excluded.last4, overdue_ms = excluded.overdue_ms, told = excluded.told, reason = excluded.reason, due_ms = excluded.due_ms, looks = excluded.looks,
			problem = excluded.problem, version = excluded.version, updated_ms = excluded.updated_ms`,
		s.TenantID, s.ID, s.Provider, s.CustomerID, s.ExternalID, s.VersionID, string(s.Interval), int64(s.Price), int64(s.Discount), s.DiscountCycles, string(s.Currency), string(s.State),
		s.PeriodStartMS, s.PeriodEndMS, s.TrialEndMS, s.EndsAtPeriod, s.EndedMS, s.Method, s.Brand, s.Last4, s.OverdueMS, s.told, s.Reason, s.dueMS, s.looks, s.problem, s.CreatedMS, s.version,
		tx.Now())
	return err
}

func loadPayer(ctx context.Context, tx *database.Tx, tenantID string) (p Payer, err error) {
	var data string
	err = tx.QueryRow(ctx, `SELECT data FROM payer WHERE tenant_id = $1`, tenantID).Scan(&data)
	if errors.Is(err, database.ErrNoRows) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	return p, json.Unmarshal([]byte(data), &p)
}

func savePayer(ctx context.Context, tx *database.Tx, tenantID string, p Payer) error {
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO payer (tenant_id, data, updated_ms) VALUES ($1, $2, $3)
		ON CONFLICT (tenant_id) DO UPDATE SET data = excluded.data, updated_ms = excluded.updated_ms`, tenantID, string(data), tx.Now())
	return err
}

const invoiceColumns = `tenant_id, id, number, provider, bill_id, external_id, version_id, state, amount, paid, refunded, currency, period_start_ms, period_end_ms, due_ms,
	paid_ms, disputed_ms, attempts, problem, url, pix_code, boleto_line, payer, nfse_number, nfse_ms, issued_ms`

func scanInvoice(row database.Row) (i Invoice, err error) {
	var payer string
	err = row.Scan(&i.TenantID, &i.ID, &i.Number, &i.Provider, &i.BillID, &i.externalID, &i.VersionID, &i.State, &i.Amount, &i.Paid, &i.Refunded, &i.Currency,
		&i.PeriodStartMS, &i.PeriodEndMS, &i.DueMS, &i.PaidMS, &i.DisputedMS, &i.Attempts, &i.Problem, &i.URL, &i.PixCode, &i.BoletoLine, &payer, &i.NFSeNumber, &i.NFSeMS, &i.IssuedMS)
	if err != nil {
		return i, err
	}
	return i, json.Unmarshal([]byte(payer), &i.Payer)
}

func loadInvoice(ctx context.Context, tx *database.Tx, tenantID, invoiceID string) (Invoice, error) {
	i, err := scanInvoice(tx.QueryRow(ctx, `SELECT `+invoiceColumns+` FROM invoice WHERE tenant_id = $1 AND id = $2`, tenantID, invoiceID))
	if errors.Is(err, database.ErrNoRows) {
		return i, fault.New(fault.NotFound, "no such invoice")
	}
	return i, err
}

// listInvoices lists a company's, newest first, those before a number.
func listInvoices(ctx context.Context, tx *database.Tx, tenantID, before string, limit int) ([]Invoice, error) {
	return collectInvoices(tx.Query(ctx, `SELECT `+invoiceColumns+` FROM invoice WHERE tenant_id = $1 AND number < $2 ORDER BY number DESC LIMIT $3`, tenantID, before, limit))
}

// billed lists a company's invoices of one of its subscriptions at a vendor.
func billed(ctx context.Context, tx *database.Tx, s Subscription) ([]Invoice, error) {
	return collectInvoices(tx.Query(ctx, `SELECT `+invoiceColumns+` FROM invoice WHERE tenant_id = $1 AND provider = $2 AND external_id = $3 ORDER BY number`,
		s.TenantID, s.Provider, s.ExternalID))
}

func collectInvoices(rows *database.Rows, err error) ([]Invoice, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Invoice{}
	for rows.Next() {
		i, err := scanInvoice(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, i)
	}
	return list, rows.Err()
}

// issue gives an invoice its number and writes it. The series' row is held until
// the commit, so that a number is never left out.
func issue(ctx context.Context, tx *database.Tx, i Invoice) (Invoice, error) {
	year := bookYear(tx.Now())
	var sequence int64
	err := tx.QueryRow(ctx, `INSERT INTO invoice_series (year, last) VALUES ($1, 1) ON CONFLICT (year) DO UPDATE SET last = invoice_series.last + 1 RETURNING last`, year).Scan(&sequence)
	if err != nil {
		return i, err
	}
	i.ID, i.Number, i.IssuedMS = id.New(id.Invoice, tx.Now()), numberOf(year, sequence), tx.Now()
	payer, err := json.Marshal(i.Payer)
	if err != nil {
		return i, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO invoice (`+invoiceColumns+`, updated_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $26)`,
		i.TenantID, i.ID, i.Number, i.Provider, i.BillID, i.externalID, i.VersionID, string(i.State), int64(i.Amount), int64(i.Paid), int64(i.Refunded), string(i.Currency),
		i.PeriodStartMS, i.PeriodEndMS, i.DueMS, i.PaidMS, i.DisputedMS, i.Attempts, i.Problem, i.URL, i.PixCode, i.BoletoLine, string(payer), i.NFSeNumber, i.NFSeMS, i.IssuedMS)
	return i, err
}

func saveInvoice(ctx context.Context, tx *database.Tx, i Invoice) error {
	_, err := tx.Exec(ctx, `UPDATE invoice SET state = $3, amount = $4, paid = $5, refunded = $6, currency = $7, period_start_ms = $8, period_end_ms = $9, due_ms = $10, paid_ms = $11,
			disputed_ms = $12, attempts = $13, problem = $14, url = $15, pix_code = $16, boleto_line = $17, nfse_number = $18, nfse_ms = $19, updated_ms = $20
		WHERE tenant_id = $1 AND id = $2`,
		i.TenantID, i.ID, string(i.State), int64(i.Amount), int64(i.Paid), int64(i.Refunded), string(i.Currency), i.PeriodStartMS, i.PeriodEndMS, i.DueMS, i.PaidMS,
		i.DisputedMS, i.Attempts, i.Problem, i.URL, i.PixCode, i.BoletoLine, i.NFSeNumber, i.NFSeMS, tx.Now())
	return err
}

// clean keeps what a vendor says storable: one line of valid text.
func clean(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "")))
}
