package finops

import (
	"context"
	"math/big"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/finops/exact"
	"prosa/internal/platform/database"
)

// anyWord stands for any category or country of a fee.
const anyWord = "*"

// Fee is what a channel charges for one billed part of a message. Nobody's price
// list is built in: an operator types it in or imports it, and says from where.
type Fee struct {
	ID       string       `json:"id"`
	Channel  string       `json:"channel" enum:"whatsapp,telegram,messenger,instagram"`
	Category string       `json:"category" doc:"The platform's word: marketing, utility, ...; * for any."`
	Calling  string       `json:"calling_code" doc:"Country calling code of the customer's telephone, such as 55; * for any."`
	Currency string       `json:"currency"`
	Price    exact.Amount `json:"price" doc:"Of one billed part."`
	From     string       `json:"from" doc:"First day, 2026-11-01."`
	Until    string       `json:"until" doc:"The first day on which it does not count any more; empty while it counts."`
	Sample   bool         `json:"sample" doc:"Made up, to show how it looks: what it gives is marked so too."`
	Note     string       `json:"note" doc:"Where the price was read."`
	By       string       `json:"by"`

	fromDay, untilDay int64
}

// clean checks a fee and sets what is computed. Error: fault.Invalid.
func (f *Fee) clean() (err error) {
	switch {
	case f.Channel == "" || len(f.Channel) > 32:
		return fault.OnField("channel", "must be a channel")
	case f.Category == "" || len(f.Category) > 64 || database.Text(f.Category) != nil:
		return fault.OnField("category", "must be a word of the platform, or *")
	case f.Calling != anyWord && (len(f.Calling) < 1 || len(f.Calling) > 3 || strings.Trim(f.Calling, "0123456789") != ""):
		return fault.OnField("calling_code", "must be a country calling code, or *")
	case f.Price.Sign() < 0:
		return fault.OnField("price", "must not be negative")
	case len(f.Note) > 500 || database.Text(f.Note) != nil:
		return fault.OnField("note", "must have at most 500 characters")
	}
	if err := checkCurrency(f.Currency); err != nil {
		return err
	}
	if f.fromDay, err = parseDay("from", f.From); err != nil {
		return err
	}
	f.untilDay = 0
	if f.Until != "" {
		if f.untilDay, err = parseDay("until", f.Until); err != nil {
			return err
		}
		if f.untilDay <= f.fromDay {
			return fault.OnField("until", "must be behind the first day")
		}
	}
	return nil
}

// parseDay reads a day, counted from 1970-01-01. Error: fault.Invalid.
func parseDay(field, text string) (int64, error) {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0, fault.OnField(field, "must be a day, such as 2026-11-22")
	}
	return dayOf(at.UnixMilli()), nil
}

func isoDay(day int64) string { return timeOfDay(day).Format(time.DateOnly) }

// checkCurrency refuses what is no code of ISO 4217 by its form.
func checkCurrency(code string) error {
	if len(code) != 3 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return fault.OnField("currency", "must be three letters, such as BRL")
	}
	return nil
}

// exactness ranks how exactly a fee names what it is for; -1 when it is for
// something else.
func (f Fee) exactness(channel, category, calling string, day int64) int {
	rank := 0
	switch {
	case f.Channel != channel || day < f.fromDay || f.untilDay != 0 && day >= f.untilDay:
		return -1
	case f.Category == category:
		rank += 2
	case f.Category != anyWord:
		return -1
	}
	switch f.Calling {
	case calling:
		return rank + 1
	case anyWord:
		return rank
	}
	return -1
}

// feeFor finds the fee that names something most exactly; of several of the same
// rank, the one that began last.
func feeFor(fees []Fee, channel, category, calling string, day int64) (best Fee, ok bool) {
	rank := -1
	for _, f := range fees {
		if r := f.exactness(channel, category, calling, day); r > rank || r >= 0 && r == rank && f.fromDay > best.fromDay {
			best, rank = f, r
		}
	}
	return best, rank >= 0
}

// feeLine is what a channel charged for a company on a day.
type feeLine struct {
	deployment, companyID, channel, currency string
	sample                                   bool
	amount                                   exact.Amount
}

func (f feeLine) method() string {
	if f.sample {
		return "prosa-fee-sample-1"
	}
	return "prosa-fee-1"
}

// fees of a month, and what no fee is known for.
type priced struct {
	lines    []feeLine
	unpriced int64
}

// feesOf multiplies what platforms billed by the fees of the day.
func feesOf(ctx context.Context, tx *database.Tx, month int64) (out priced, err error) {
	fees, err := loadFees(ctx, tx)
	if err != nil {
		return out, err
	}
	first, last := monthDays(month)
	rows, err := tx.Query(ctx, `SELECT deployment, day, company_id, detail, amount FROM finops_use
		WHERE day >= $1 AND day <= $2 AND kind = 'billed_parts' ORDER BY deployment, day, company_id, detail`, first, last)
	if err != nil {
		return out, err
	}
	defer rows.Close()
	for rows.Next() {
		var line feeLine
		var day, count int64
		var detail string
		if err := rows.Scan(&line.deployment, &day, &line.companyID, &detail, &count); err != nil {
			return out, err
		}
		words := strings.SplitN(detail+"//", "/", 4)
		fee, ok := feeFor(fees, words[0], words[1], words[2], day)
		if !ok {
			out.unpriced += count
			continue
		}
		line.channel, line.currency, line.sample = words[0], fee.Currency, fee.Sample
		if line.amount, err = times(fee.Price, count); err != nil {
			return out, err
		}
		out.lines = append(out.lines, line)
	}
	return out, rows.Err()
}

// times multiplies exactly.
func times(price exact.Amount, count int64) (exact.Amount, error) {
	return exact.FromRat(new(big.Rat).Mul(price.Rat(), new(big.Rat).SetInt64(count)))
}

// Fees lists all fees: by channel, category, country and day.
func (s *Service) Fees(ctx context.Context) (list []Fee, err error) {
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		list, err = loadFees(ctx, tx)
		return err
	})
	return list, err
}

func loadFees(ctx context.Context, tx *database.Tx) ([]Fee, error) {
	rows, err := tx.Query(ctx, `SELECT id, channel, category, calling, currency, nano, atto, from_day, until_day, sample, note, actor_name FROM finops_fee
		ORDER BY channel, category, calling, currency, from_day`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Fee{}
	for rows.Next() {
		var f Fee
		if err := rows.Scan(&f.ID, &f.Channel, &f.Category, &f.Calling, &f.Currency, &f.Price.Nano, &f.Price.Atto, &f.fromDay, &f.untilDay, &f.Sample, &f.Note, &f.By); err != nil {
			return nil, err
		}
		f.From = isoDay(f.fromDay)
		if f.untilDay != 0 {
			f.Until = isoDay(f.untilDay)
		}
		list = append(list, f)
	}
	return list, rows.Err()
}

// kind is what there is one price for.
func (f Fee) kind() [4]string { return [4]string{f.Channel, f.Category, f.Calling, f.From} }

// PutFees adds fees, or changes those with the same channel, category, country
// and first day. All are taken or none. Error: fault.Invalid with the number of
// the fee, from 1; also where such a one stands in another currency.
func (s *Service) PutFees(ctx context.Context, fees []Fee, by audit.Entry) ([]Fee, error) {
	known := map[[4]string]bool{}
	for i := range fees {
		if err := fees[i].clean(); err != nil {
			return nil, numbered(i, err)
		}
		if known[fees[i].kind()] {
			return nil, numbered(i, fault.OnField("from", "has a price of that kind and first day already in this list"))
		}
		known[fees[i].kind()] = true
	}
	err := s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		for i, f := range fees {
			put, err := tx.Exec(ctx, `INSERT INTO finops_fee (id, channel, category, calling, currency, nano, atto, from_day, until_day, sample, note, actor_name, changed_ms)
				VALUES (`+database.List(13, 1)+`) ON CONFLICT (channel, category, calling, from_day) DO UPDATE SET
				nano = excluded.nano, atto = excluded.atto, until_day = excluded.until_day, sample = excluded.sample, note = excluded.note, actor_name = excluded.actor_name, changed_ms = excluded.changed_ms
				WHERE finops_fee.currency = excluded.currency`,
				id.New(id.Fee, tx.Now()), f.Channel, f.Category, f.Calling, f.Currency, f.Price.Nano, f.Price.Atto, f.fromDay, f.untilDay, f.Sample, f.Note, by.Actor.Name, tx.Now())
			if err != nil {
				return err
			}
			if put == 0 {
				return numbered(i, fault.OnField("currency", "differs from that of the price of this kind and first day which stands: delete that one, or begin on another day"))
			}
		}
		return note(ctx, tx, by, "finops.fees_set", "", map[string]string{"count": decimal(int64(len(fees)))})
	})
	if err != nil {
		return nil, err
	}
	return s.Fees(ctx)
}

// DeleteFee removes a fee that was wrong. Error: fault.NotFound.
func (s *Service) DeleteFee(ctx context.Context, feeID string, by audit.Entry) error {
	return s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		gone, err := tx.Exec(ctx, "DELETE FROM finops_fee WHERE id = $1", feeID)
		if err != nil {
			return err
		}
		if gone == 0 {
			return fault.New(fault.NotFound, "there is no such fee")
		}
		return note(ctx, tx, by, "finops.fee_deleted", feeID, nil)
	})
}
