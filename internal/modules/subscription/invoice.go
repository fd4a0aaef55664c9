package subscription

import (
	"fmt"
	"time"

	"prosa/internal/base/calendar"
	"prosa/internal/base/clock"
	"prosa/internal/base/money"
)

// Invoice is a bill of a vendor with a number of our own.
type Invoice struct {
	TenantID      string         `json:"-"`
	ID            string         `json:"id"`
	Number        string         `json:"number" doc:"Of our own series of the year: 2026-000042."`
	Provider      string         `json:"provider"`
	BillID        string         `json:"bill_id" doc:"The vendor's."`
	VersionID     string         `json:"version_id" doc:"Of the plan when it was issued."`
	State         BillState      `json:"state" enum:"open,pending,paid,failed,void,refunded,disputed"`
	Amount        money.Amount   `json:"amount_minor"`
	Paid          money.Amount   `json:"paid_minor"`
	Refunded      money.Amount   `json:"refunded_minor"`
	Currency      money.Currency `json:"currency"`
	PeriodStartMS int64          `json:"period_start_ms"`
	PeriodEndMS   int64          `json:"period_end_ms"`
	DueMS         int64          `json:"due_ms"`
	PaidMS        int64          `json:"paid_ms" doc:"0 for not."`
	DisputedMS    int64          `json:"disputed_ms" doc:"When a chargeback was first seen, 0 for none."`
	Attempts      int64          `json:"attempts"`
	Problem       string         `json:"problem" doc:"Why the last attempt to charge it failed."`
	URL           string         `json:"url" doc:"Where it can be paid, empty when it can't."`
	PixCode       string         `json:"pix_code"`
	BoletoLine    string         `json:"boleto_line"`
	Payer         Payer          `json:"payer" doc:"As it was when the invoice was issued."`
	NFSeNumber    string         `json:"nfse_number" doc:"Of the fiscal document, entered by hand."`
	NFSeMS        int64          `json:"nfse_ms"`
	IssuedMS      int64          `json:"issued_ms"`

	externalID string
}

// Payable reports whether money is still awaited.
func (i Invoice) Payable() bool {
	return i.State == BillOpen || i.State == BillPending || i.State == BillFailed
}

// takes brings an invoice to what the vendor's bill says at nowMS.
func (i Invoice) takes(bill Bill, nowMS int64) Invoice {
	i.State, i.Amount, i.Paid, i.Refunded, i.Currency = bill.State, bill.Amount, bill.Paid, bill.Refunded, bill.Currency
	i.PeriodStartMS, i.PeriodEndMS, i.PaidMS, i.Attempts = bill.PeriodStartMS, bill.PeriodEndMS, bill.PaidMS, bill.Attempts
	i.Problem, i.URL, i.PixCode, i.BoletoLine = short(bill.Problem), bill.URL, bill.PixCode, bill.BoletoLine
	if i.DueMS = bill.DueMS; i.DueMS == 0 {
		i.DueMS = bill.CreatedMS
	}
	switch {
	case bill.State != BillDisputed:
		i.DisputedMS = 0
	case i.DisputedMS == 0:
		i.DisputedMS = nowMS
	}
	if !i.Payable() {
		i.URL, i.PixCode, i.BoletoLine = "", "", ""
	}
	return i
}

// homeZone is where the seller of the plans keeps its books.
const homeZone = "America/Sao_Paulo"

// bookYear is the year of the seller's books at a time.
func bookYear(ms int64) int64 {
	zone, _ := calendar.Zone(homeZone)
	return int64(clock.FromMS(ms).In(zone).Year())
}

// numberOf spells a place in the series of a year.
func numberOf(year, sequence int64) string { return fmt.Sprintf("%04d-%06d", year, sequence) }

// zoneOf gives a company's zone, the seller's for one that is unknown.
func zoneOf(name string) *time.Location {
	if zone, known := calendar.Zone(name); known {
		return zone
	}
	if zone, err := time.LoadLocation(name); err == nil && name != "" {
		return zone
	}
	zone, _ := calendar.Zone(homeZone)
	return zone
}

const problemMax = 300 // bytes kept of what a vendor says

// short bounds what is kept of a vendor's words.
func short(text string) string {
	if len(text) > problemMax {
		text = text[:problemMax]
	}
	return clean(text)
}
