package app

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/secret"
	"prosa/internal/modules/finops"
	"prosa/internal/modules/finops/focus"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/outbox"
)

// The demo's bills pass our own checker without a finding, show what the pages
// are to show, and are made anew from the same day without a change.
func TestTheBillsOfTheDemo(t *testing.T) {
	dir := t.TempDir()
	now := clock.NewManual(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
	cfg := finops.Config{Sources: secret.New("aws=" + filepath.Join(dir, billFolder)), Every: time.Hour, MaxRows: 1e6, MaxBytes: 1e9,
		LineTag: "product_line", EnvironmentTag: "environment", CompanyTag: "company"}
	db := databasetest.Open(t)
	h := &house{clock: now, costs: finops.New(cfg, db, now, slog.New(slog.DiscardHandler)), tenancy: tenancy.New(db, tenancy.Emit(outbox.Write), now)}
	ctx := t.Context()
	if err := h.layCosts(ctx, dir); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, billFolder, "prosa/data/*/*.csv.gz"))
	if err != nil || len(files) != billMonths+1 {
		t.Fatal(files, err)
	}
	for _, path := range files {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		report, err := focus.Check(bytes.NewReader(content), int64(len(content)), focus.Limits{Rows: 1e6, Bytes: 1e9})
		if err != nil || !report.Good() || len(report.Findings) != 0 || report.Version != "1.3" {
			t.Errorf("%s: %+v, %v", path, report, err)
		}
	}
	if err := h.costs.Sweep(ctx, "aws"); err != nil {
		t.Fatal(err)
	}
	cells, err := h.costs.Matrix(ctx, finops.Filter{Cost: finops.Billed})
	if err != nil || len(cells) != 7*(billMonths+1) { // six accounts, and the shared ones
		t.Fatalf("%d cells, %v", len(cells), err)
	}
	idle, err := h.costs.Idle(ctx, finops.Filter{To: 202610})
	if err != nil {
		t.Fatal(err)
	}
	rules := map[string]bool{}
	for _, one := range idle {
		rules[one.Rule] = true
	}
	if !rules["no_traffic"] || !rules["weekend"] {
		t.Errorf("idle: %+v", idle)
	}
	quality, err := h.costs.Quality(ctx, 202609)
	if err != nil || len(quality.Clashes) != 1 || len(quality.Invoices) != 1 || quality.Invoices[0].Difference == nil || !quality.Invoices[0].Difference.IsZero() || len(quality.Strays) != 0 {
		t.Errorf("%+v, %v", quality, err)
	}
	forecast, err := h.costs.Forecast(ctx, finops.Filter{})
	if err != nil || len(forecast) != 1 || len(forecast[0].Anomalies) == 0 || forecast[0].ErrorBP > 2_000 {
		t.Errorf("%+v, %v", forecast, err)
	}
	before, err := os.Stat(files[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := h.layCosts(ctx, dir); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(files[0])
	if err != nil || !after.ModTime().Equal(before.ModTime()) {
		t.Error("the same bill was written again", err)
	}
}
