package focus

import (
	"errors"
	"io"

	"prosa/internal/modules/finops/exact"
)

// Report is what a check found in a file.
type Report struct {
	Format   string    `json:"format"`
	Version  string    `json:"version"`
	Rows     int64     `json:"rows"`
	Refusals []Refusal `json:"refusals"`
	Findings []Finding `json:"findings"`
	Totals   []Total   `json:"totals"`
}

// Total is the sum of the good rows of a currency.
type Total struct {
	Currency  string       `json:"currency"`
	Billed    exact.Amount `json:"billed"`
	Effective exact.Amount `json:"effective"`
}

// mostRefusals is after how many a check gives up.
const mostRefusals = 1000

// Good reports whether the file would be taken.
func (r *Report) Good() bool { return len(r.Refusals) == 0 }

// Check reads a whole file and tells all that is wrong with it, where an import
// would stop at the first. Error: of the file below.
func Check(file io.ReaderAt, size int64, limits Limits) (report Report, err error) {
	report = Report{Refusals: []Refusal{}, Findings: []Finding{}, Totals: []Total{}}
	var refusal *Refusal
	reader, err := Open(file, size, limits)
	if errors.As(err, &refusal) {
		report.Refusals = append(report.Refusals, *refusal)
		return report, nil
	}
	if err != nil {
		return report, err
	}
	report.Format, report.Version = reader.Format(), reader.Version()
	for len(report.Refusals) < mostRefusals {
		row, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = report.add(row)
		}
		if errors.As(err, &refusal) {
			report.Refusals = append(report.Refusals, *refusal)
			if reader.failed != nil {
				break // what follows can't be found
			}
			continue
		}
		if err != nil {
			return report, errors.Join(err, reader.Close())
		}
		report.Rows++
	}
	report.Findings = reader.Findings()
	return report, reader.Close()
}

func (r *Report) add(row *Row) (err error) {
	currency := row.Text[BillingCurrency]
	at := -1
	for i := range r.Totals {
		if r.Totals[i].Currency == currency {
			at = i
		}
	}
	if at < 0 {
		if len(r.Totals) == 200 {
			return &Refusal{Row: row.Number, Column: BillingCurrency.String(), Rule: BadCurrency, Message: "the file has more currencies than the world"}
		}
		at = len(r.Totals)
		r.Totals = append(r.Totals, Total{Currency: currency})
	}
	total := &r.Totals[at]
	if total.Billed, err = total.Billed.Add(row.Billed); err == nil {
		total.Effective, err = total.Effective.Add(row.Effective)
	}
	if err != nil {
		return &Refusal{Row: row.Number, Column: BilledCost.String(), Rule: BadNumber, Message: messageOf(err)}
	}
	return nil
}
