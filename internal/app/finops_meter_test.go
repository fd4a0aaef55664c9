package app

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"prosa/internal/modules/finops"
	"prosa/internal/modules/finops/exact"
	"prosa/internal/platform/config"
	"prosa/internal/platform/telemetry"
)

func TestPowerIsReadFromItsRecord(t *testing.T) {
	const record = `part,state,from,to,why
all,up,2026-11-20T00:00:00Z,2026-11-20T12:00:00Z,lease
services,down,2026-11-20T12:00:00Z,2026-11-21T00:00:00Z,schedule
all,down,2026-11-20T12:00:00Z,2026-11-21T00:00:00Z,schedule
all,partial,2026-11-21T00:00:00Z,2026-11-21T01:00:00Z,lease
all,down,2026-11-22T00:00:00Z,2026-11-23T00:00:00Z,schedule
`
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		from, until   time.Time
		off, observed time.Duration
	}{
		{at(1, 0), at(30, 0), 36 * time.Hour, 49 * time.Hour},
		{at(20, 6), at(20, 18), 6 * time.Hour, 12 * time.Hour}, // cut at both ends
		{at(24, 0), at(25, 0), 0, 0},                           // nobody looked
	} {
		off, observed, err := readPower(strings.NewReader(record), c.from, c.until)
		if err != nil || off != c.off || observed != c.observed {
			t.Errorf("%s to %s: off %s of %s, %v", c.from, c.until, off, observed, err)
		}
	}
	for _, bad := range []string{"part,state\nall,\"up", "part,state,from,to,why\nall,up,yesterday,today,x\n"} {
		if _, _, err := readPower(strings.NewReader(bad), at(1, 0), at(2, 0)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

// The whole way with the demo's data: bills and meters laid as files, read by the
// real imports, split among companies; every month's parts sum to its bill.
func TestDemoCostsSumToTheBills(t *testing.T) {
	dir := t.TempDir()
	h := openCosts(t, dir)
	ctx := t.Context()
	if err := h.layCosts(ctx, dir); err != nil {
		t.Fatal(err)
	}
	if err := h.costs.Sweep(ctx, "aws"); err != nil {
		t.Fatal(err)
	}
	read, err := h.meters.Import(ctx)
	if err != nil || len(read.Refused) != 0 || read.Read < 360 {
		t.Fatalf("%+v, %v", read, err)
	}
	now := h.clock.Now().UTC()
	months := 0
	for back := billMonths; back >= 1; back-- {
		at := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC).AddDate(0, -back, 0)
		month := int64(at.Year())*100 + int64(at.Month())
		cells, err := h.costs.Matrix(ctx, finops.Filter{From: month, To: month})
		if err != nil {
			t.Fatal(err)
		}
		var billed exact.Amount
		for _, cell := range cells {
			if billed, err = billed.Add(cell.Total); err != nil {
				t.Fatal(err)
			}
		}
		for _, spread := range []bool{false, true} {
			out, err := h.costs.Companies(ctx, month, "BRL", spread)
			if err != nil {
				t.Fatal(err)
			}
			var given, fees exact.Amount
			for _, item := range out.Items {
				for _, c := range item.Costs {
					sum := &given
					if c.Currency == "BRL" {
						sum = &fees
					}
					if *sum, err = sum.Add(c.Total); err != nil {
						t.Fatal(err)
					}
				}
				if item.In == nil || item.In.Margin == nil || item.In.PerConversation == nil {
					t.Fatalf("%d: no margin of %+v", month, item)
				}
			}
			idle := false
			for _, r := range out.Nobody {
				idle = idle || r.Kind == "idle"
				if r.Currency == "USD" {
					if given, err = given.Add(r.Amount); err != nil {
						t.Fatal(err)
					}
				}
			}
			if given != billed || billed.IsZero() || fees.IsZero() || idle == spread || len(out.Items) != sampleCompanies+1 || out.Unpriced != 0 {
				t.Errorf("%d, idle spread %v: %s was given of %s, %s of fees, idle apart %v, %d companies, %d parts without a price", month, spread, given, billed, fees, idle, len(out.Items), out.Unpriced)
			}
		}
		t.Logf("%d: USD %s split among %d companies and nobody, to the last digit", month, billed, sampleCompanies+1)
		months++
	}
	units, err := h.costs.Units(ctx, 202001, 202001, "BRL")
	if err != nil || len(units) != 0 {
		t.Errorf("a month without bills costs %+v, %v", units, err)
	}
	savings, err := h.costs.Savings(ctx)
	if err != nil || len(savings) != 2 {
		t.Fatalf("%+v, %v", savings, err)
	}
	for _, s := range savings {
		if s.Saved == nil || s.Saved.Sign() <= 0 || s.PerMonth.Sign() <= 0 || s.Planned.Cmp(*s.Saved) < 0 {
			t.Errorf("%s of %s saved %v of %v", s.Name, s.Line, s.Saved, s.Without)
			continue
		}
		t.Logf("%s (%s): USD %s a month, measured on the bill of %d days", s.Name, s.Line, s.PerMonth, s.After.Days)
	}
	if months != billMonths {
		t.Errorf("%d months", months)
	}
}

// openCosts opens a house whose bills and meters lie in a folder.
func openCosts(t *testing.T, dir string) *house {
	t.Helper()
	cfg, err := load(config.Map(map[string]string{
		"PROSA_DATA_DIR": dir, "PROSA_FINOPS_SOURCES": "aws=" + filepath.Join(dir, billFolder), "PROSA_FINOPS_METERS_URL": filepath.Join(dir, meterFolder),
	}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := migrate(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	h, err := open(t.Context(), cfg, "test", telemetry.Discard())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.close(); err != nil {
			t.Error(err)
		}
	})
	return h
}
