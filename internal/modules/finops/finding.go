package finops

import (
	"context"
	"slices"
	"strings"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/finops/exact"
	"prosa/internal/modules/finops/focus"
	"prosa/internal/platform/database"
)

// Quality is how far the numbers of a month may be trusted.
type Quality struct {
	Month    int64      `json:"month"`
	Imports  []Import   `json:"imports" doc:"The current readings of the billing period."`
	Sources  []Source   `json:"sources"`
	Shares   []Coverage `json:"shares"`
	Odd      []Oddity   `json:"odd" doc:"What the bills do otherwise than FOCUS says, and was taken as it was."`
	Clashes  []Clash    `json:"clashes" doc:"Tags that contradict the map of accounts."`
	Strays   []Stray    `json:"strays" doc:"Accounts of the bills that nobody mapped."`
	Invoices []Invoice  `json:"invoices"`
	// Displaced are bills that are not counted since another bill of the same
	// billing account and period came after them.
	Displaced []Displaced `json:"displaced"`
	// Missing names sources that have a bill of the month before, and none of
	// this one although it has ended.
	Missing []string `json:"missing" doc:"Sources that billed the month before and not this one, which is over; with a billing account, such as \"aws (123)\", where only that did."`
	// Unbilled are days of the month that no bill covers although their time has
	// come: nothing that is judged by days counts them.
	Unbilled []Unbilled `json:"unbilled"`
}

// Oddity is a finding in the bill of a source.
type Oddity struct {
	Source string `json:"source"`
	focus.Finding
}

// Coverage is how much of the cost of a month has an owner.
type Coverage struct {
	Currency string       `json:"currency"`
	Total    exact.Amount `json:"total"`
	// Mapped is on accounts that have a product line; MappedBP in basis points.
	Mapped   exact.Amount `json:"mapped"`
	MappedBP *int64       `json:"mapped_bp"`
	// Tagged has both a product line and an environment among its tags.
	Tagged   exact.Amount `json:"tagged"`
	TaggedBP *int64       `json:"tagged_bp"`
	// Company is on resources that serve one company alone, by their tag.
	Company   exact.Amount `json:"company"`
	CompanyBP *int64       `json:"company_bp"`
	// Corrections restate closed periods.
	Corrections exact.Amount `json:"corrections"`
}

// Clash is a tag that says otherwise than the map of accounts. The account
// counts.
type Clash struct {
	AccountID      string       `json:"account_id"`
	Line           string       `json:"line"`
	Environment    string       `json:"environment"`
	TagLine        string       `json:"tag_line"`
	TagEnvironment string       `json:"tag_environment"`
	Resources      int64        `json:"resources"`
	Example        string       `json:"example"`
	Currency       string       `json:"currency"`
	Cost           exact.Amount `json:"cost"`
}

// Stray is an account that nobody mapped.
type Stray struct {
	AccountID string       `json:"account_id"`
	Name      string       `json:"name"`
	Currency  string       `json:"currency"`
	Cost      exact.Amount `json:"cost"`
}

// Displaced is a bill that another took the place of, which is not a newer edition
// of it: it bears another name.
type Displaced struct {
	Source string `json:"source"`
	Set    string `json:"set" doc:"What its files are called together."`
	By     string `json:"by" doc:"What the files of the bill that counts are called."`
	// Gone are billing accounts of it that no bill of the period has any more.
	Gone   []string `json:"gone"`
	Totals []Sums   `json:"totals"`
}

// Invoice is what an invoice says beside what the bill adds up to.
type Invoice struct {
	Source    string        `json:"source"`
	Period    int64         `json:"period" doc:"yyyymm"`
	InvoiceID string        `json:"invoice_id" doc:"Empty: all of the period."`
	Currency  string        `json:"currency"`
	Amount    *exact.Amount `json:"amount" doc:"As typed in; null: not yet."`
	Billed    *exact.Amount `json:"billed" doc:"BilledCost of its rows; null: no row names it."`
	// Difference is Amount - Billed; null where one of them is.
	Difference *exact.Amount `json:"difference"`
	Actor      string        `json:"actor"`
	TypedMS    int64         `json:"typed_ms"`
}

// Quality gives the quality of a month's numbers.
func (s *Service) Quality(ctx context.Context, month int64) (q Quality, err error) {
	if err := checkPeriod("month", month); err != nil {
		return q, err
	}
	q = Quality{Month: month, Odd: []Oddity{}, Missing: []string{}}
	if q.Sources, err = s.Sources(ctx); err != nil {
		return q, err
	}
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		if q.Imports, err = selectImports(ctx, tx, "state = 'current' AND period = $1 ORDER BY source, no", month); err != nil {
			return err
		}
		if err := tellTwins(ctx, tx, q.Imports); err != nil {
			return err
		}
		if q.Displaced, err = displacedOf(ctx, tx, month, q.Imports); err != nil {
			return err
		}
		if q.Shares, err = coverageOf(ctx, tx, month); err != nil {
			return err
		}
		if q.Odd, err = oddOf(ctx, tx, month); err != nil {
			return err
		}
		if q.Clashes, err = clashesOf(ctx, tx, month); err != nil {
			return err
		}
		if q.Strays, err = straysOf(ctx, tx, month); err != nil {
			return err
		}
		if q.Invoices, err = invoicesOf(ctx, tx, month); err != nil {
			return err
		}
		if q.Unbilled, err = unbilledOf(ctx, tx, month, dayOf(clock.MS(s.clock.Now()))); err != nil {
			return err
		}
		if clock.MS(s.clock.Now()) >= clock.MS(timeOfMonth(nextMonth(month, 1))) {
			q.Missing, err = missingOf(ctx, tx, month, q.Imports)
		}
		return err
	})
	return q, err
}

func coverageOf(ctx context.Context, tx *database.Tx, month int64) ([]Coverage, error) {
	filter, where, args, err := monthOnly(month)
	if err != nil {
		return nil, err
	}
	list := []Coverage{}
	err = eachRow(ctx, tx, `SELECT i.currency, CASE WHEN COALESCE(a.line, '') <> '' THEN 1 ELSE 0 END, CASE WHEN i.tag_line <> '' AND i.tag_environment <> '' THEN 1 ELSE 0 END,
		CASE WHEN i.company_id <> '' THEN 1 ELSE 0 END, CASE WHEN i.charge_class <> '' THEN 1 ELSE 0 END, `+filter.sum()+ledger+where+" GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5", args, func(row database.Row) error {
		var currency string
		var is [4]int64
		var sum columns
		if err := row.Scan(&currency, &is[0], &is[1], &is[2], &is[3], &sum.nano, &sum.atto); err != nil {
			return err
		}
		amount, err := sum.amount()
		if err != nil {
			return err
		}
		if len(list) == 0 || list[len(list)-1].Currency != currency {
			list = append(list, Coverage{Currency: currency})
		}
		c := &list[len(list)-1]
		if c.Total, err = c.Total.Add(amount); err != nil {
			return err
		}
		for i, into := range []*exact.Amount{&c.Mapped, &c.Tagged, &c.Company, &c.Corrections} {
			if is[i] == 0 {
				continue
			}
			if *into, err = into.Add(amount); err != nil {
				return err
			}
		}
		return nil
	})
	for i := range list {
		c := &list[i]
		c.MappedBP, c.TaggedBP, c.CompanyBP = basisPoints(c.Mapped, c.Total), basisPoints(c.Tagged, c.Total), basisPoints(c.Company, c.Total)
	}
	return list, err
}

func monthOnly(month int64) (Filter, string, []any, error) {
	filter, err := Filter{Cost: Effective, From: month, To: month}.usual()
	if err != nil {
		return filter, "", nil, err
	}
	where, args := filter.where()
	return filter, where, args, nil
}

func oddOf(ctx context.Context, tx *database.Tx, month int64) ([]Oddity, error) {
	list := []Oddity{}
	err := eachRow(ctx, tx, `SELECT m.source, f.rule, f.column_name, f.count, f.first_row, f.sample FROM finops_import m JOIN finops_finding f ON f.import_no = m.no
		WHERE m.state = 'current' AND m.period = $1 ORDER BY m.source, f.count DESC, f.rule, f.column_name`, []any{month}, func(row database.Row) error {
		var one Oddity
		err := row.Scan(&one.Source, &one.Rule, &one.Column, &one.Count, &one.FirstRow, &one.Sample)
		list = append(list, one)
		return err
	})
	return list, err
}

func clashesOf(ctx context.Context, tx *database.Tx, month int64) ([]Clash, error) {
	filter, where, args, err := monthOnly(month)
	if err != nil {
		return nil, err
	}
	list := []Clash{}
	err = eachRow(ctx, tx, "SELECT i.account_id, a.line, a.environment, i.tag_line, i.tag_environment, COUNT(DISTINCT i.resource_id), MIN(i.resource_id), i.currency, "+filter.sum()+ledger+where+
		` AND a.line <> 'shared' AND (i.tag_line <> '' AND i.tag_line <> a.line OR i.tag_environment <> '' AND i.tag_environment <> a.environment)
		GROUP BY 1, 2, 3, 4, 5, 8 ORDER BY 9 DESC, 1, 4, 5 LIMIT 200`, args, func(row database.Row) error {
		var one Clash
		var sum columns
		err := row.Scan(&one.AccountID, &one.Line, &one.Environment, &one.TagLine, &one.TagEnvironment, &one.Resources, &one.Example, &one.Currency, &sum.nano, &sum.atto)
		if err == nil {
			one.Cost, err = sum.amount()
		}
		list = append(list, one)
		return err
	})
	return list, err
}

func straysOf(ctx context.Context, tx *database.Tx, month int64) ([]Stray, error) {
	filter, where, args, err := monthOnly(month)
	if err != nil {
		return nil, err
	}
	list := []Stray{}
	err = eachRow(ctx, tx, "SELECT i.account_id, MAX(i.account_name), i.currency, "+filter.sum()+ledger+where+" AND a.line IS NULL GROUP BY 1, 3 ORDER BY 4 DESC, 1 LIMIT 200", args, func(row database.Row) error {
		var one Stray
		var sum columns
		err := row.Scan(&one.AccountID, &one.Name, &one.Currency, &sum.nano, &sum.atto)
		if err == nil {
			one.Cost, err = sum.amount()
		}
		list = append(list, one)
		return err
	})
	return list, err
}

// displacedOf finds bills whose latest reading is not current. History keeps them,
// so that it is told as long as nothing newer of that name is read.
func displacedOf(ctx context.Context, tx *database.Tx, month int64, current []Import) ([]Displaced, error) {
	old, err := selectImports(ctx, tx, `state = 'replaced' AND period = $1 AND NOT EXISTS (SELECT 1 FROM finops_import n
		WHERE n.source = finops_import.source AND n.set_name = finops_import.set_name AND n.period_from_ms < finops_import.period_to_ms AND finops_import.period_from_ms < n.period_to_ms AND n.state <> 'staging' AND n.no > finops_import.no) ORDER BY source, no`, month)
	list := []Displaced{}
	for _, one := range old {
		found := Displaced{Source: one.Source, Set: one.Set, Gone: []string{}, Totals: one.Totals}
		for _, payer := range one.Payers {
			at := slices.IndexFunc(current, func(now Import) bool {
				return now.Source == one.Source && slices.Contains(now.Payers, payer) && now.term().overlaps(one.term())
			})
			if at < 0 {
				found.Gone = append(found.Gone, payer)
				continue
			}
			found.By = current[at].Set
		}
		list = append(list, found)
	}
	return list, err
}

type invoiceKey struct{ source, invoice, currency string }

// invoicesOf joins the invoices that rows name with those that were typed in.
func invoicesOf(ctx context.Context, tx *database.Tx, month int64) ([]Invoice, error) {
	known := map[invoiceKey]*Invoice{}
	at := func(key invoiceKey) *Invoice {
		if known[key] == nil {
			known[key] = &Invoice{Source: key.source, Period: month, InvoiceID: key.invoice, Currency: key.currency}
		}
		return known[key]
	}
	whole := map[invoiceKey]exact.Amount{} // all of a source's period
	err := eachRow(ctx, tx, `SELECT m.source, i.invoice_id, i.currency, CAST(SUM(c.billed_nano) AS BIGINT), CAST(SUM(c.billed_atto) AS BIGINT)
		FROM finops_import m JOIN finops_charge c ON c.import_no = m.no JOIN finops_item i ON i.import_no = c.import_no AND i.no = c.item_no
		WHERE m.state = 'current' AND m.period = $1 GROUP BY 1, 2, 3`, []any{month}, func(row database.Row) error {
		var key invoiceKey
		var sum columns
		if err := row.Scan(&key.source, &key.invoice, &key.currency, &sum.nano, &sum.atto); err != nil {
			return err
		}
		amount, err := sum.amount()
		if err != nil {
			return err
		}
		if key.invoice != "" {
			at(key).Billed = &amount
		}
		key.invoice = ""
		whole[key], err = whole[key].Add(amount)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = eachRow(ctx, tx, "SELECT source, invoice_id, currency, amount_nano, amount_atto, actor, typed_ms FROM finops_invoice WHERE period = $1", []any{month}, func(row database.Row) error {
		var key invoiceKey
		var amount exact.Amount
		var actor string
		var typedMS int64
		if err := row.Scan(&key.source, &key.invoice, &key.currency, &amount.Nano, &amount.Atto, &actor, &typedMS); err != nil {
			return err
		}
		one := at(key)
		one.Amount, one.Actor, one.TypedMS = &amount, actor, typedMS
		if total, there := whole[key]; there && key.invoice == "" {
			one.Billed = &total
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	list := make([]Invoice, 0, len(known))
	for _, one := range known {
		if one.Amount != nil && one.Billed != nil {
			difference, err := one.Amount.Sub(*one.Billed)
			if err != nil {
				return nil, err
			}
			one.Difference = &difference
		}
		list = append(list, *one)
	}
	slices.SortFunc(list, func(a, b Invoice) int {
		return strings.Compare(a.Source+"\x00"+a.InvoiceID+"\x00"+a.Currency, b.Source+"\x00"+b.InvoiceID+"\x00"+b.Currency)
	})
	return list, nil
}

// missingOf names the sources that billed the month before and not this one; where
// only one of a source's billing accounts did, with that.
func missingOf(ctx context.Context, tx *database.Tx, month int64, current []Import) ([]string, error) {
	list := []string{}
	before, err := selectImports(ctx, tx, "state = 'current' AND period = $1 ORDER BY source, no", nextMonth(month, -1))
	sources, has := map[string]bool{}, map[string]bool{}
	for _, one := range current {
		sources[one.Source] = true
		for _, payer := range one.Payers {
			has[one.Source+" ("+payer+")"] = true
		}
	}
	for _, one := range before {
		names := []string{one.Source}
		if sources[one.Source] {
			names = nil
			for _, payer := range one.Payers {
				names = append(names, one.Source+" ("+payer+")")
			}
		}
		for _, name := range names {
			if !has[name] {
				has[name] = true
				list = append(list, name)
			}
		}
	}
	return list, err
}

// SaveInvoice keeps what an invoice says; a nil Amount forgets it. Error:
// fault.Invalid.
func (s *Service) SaveInvoice(ctx context.Context, invoice Invoice, by audit.Entry) error {
	if err := checkSource(invoice.Source); err != nil {
		return err
	}
	if err := checkPeriod("period", invoice.Period); err != nil {
		return err
	}
	if len(invoice.Currency) != 3 || strings.Trim(invoice.Currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return fault.OnField("currency", "must be a currency, such as USD")
	}
	if len(invoice.InvoiceID) > 200 || database.Text(invoice.InvoiceID) != nil {
		return fault.OnField("invoice_id", "must be a text of at most 200 bytes")
	}
	return s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		facts := map[string]string{"period": monthText(invoice.Period), "invoice": invoice.InvoiceID, "currency": invoice.Currency}
		if invoice.Amount == nil {
			if _, err := tx.Exec(ctx, "DELETE FROM finops_invoice WHERE source = $1 AND period = $2 AND invoice_id = $3 AND currency = $4", invoice.Source, invoice.Period, invoice.InvoiceID, invoice.Currency); err != nil {
				return err
			}
			return audit.Write(ctx, tx, audit.Entry{Actor: by.Actor, IP: by.IP, Action: "finops.invoice_forgotten", Target: invoice.Source, Facts: facts})
		}
		_, err := tx.Exec(ctx, `INSERT INTO finops_invoice (source, period, invoice_id, currency, amount_nano, amount_atto, actor, typed_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (source, period, invoice_id, currency) DO UPDATE SET amount_nano = excluded.amount_nano, amount_atto = excluded.amount_atto, actor = excluded.actor, typed_ms = excluded.typed_ms`,
			invoice.Source, invoice.Period, invoice.InvoiceID, invoice.Currency, invoice.Amount.Nano, invoice.Amount.Atto, by.Actor.ID, tx.Now())
		if err != nil {
			return err
		}
		facts["amount"] = invoice.Amount.String()
		return audit.Write(ctx, tx, audit.Entry{Actor: by.Actor, IP: by.IP, Action: "finops.invoice_typed", Target: invoice.Source, Facts: facts})
	})
}

// Imports gives the readings of bills, latest first; before is the number of
// the last one seen, 0 for the beginning.
func (s *Service) Imports(ctx context.Context, before int64, limit int) (list []Import, err error) {
	if limit < 1 || limit > 500 {
		return nil, fault.OnField("limit", "must be 1 to 500")
	}
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		list, err = selectImports(ctx, tx, "($1 = 0 OR no < $1) ORDER BY no DESC LIMIT $2", before, limit)
		if err != nil {
			return err
		}
		return tellTwins(ctx, tx, list)
	})
	return list, err
}
