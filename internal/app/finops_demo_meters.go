package app

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"prosa/internal/base/secret"
	"prosa/internal/modules/finops"
	"prosa/internal/modules/finops/exact"
	"prosa/internal/modules/finops/meter"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/service"
)

// meterFolder is where the demo's meters lie in its data folder.
const meterFolder = "costs"

// sampleCompanies are how many companies of massivo there are beside those of the
// demo itself.
const sampleCompanies = 24

// layMeters makes what companies would have used in production since the first of
// the demo's bills: files as a deployment writes them, read by the real import.
// The demo itself is massivo-dev, and measures itself.
func (h *house) layMeters(ctx context.Context, dir string) error {
	shelf, err := blob.OpenShelf(secret.New(filepath.Join(dir, meterFolder)))
	if err != nil {
		return err
	}
	own, err := h.companies(ctx)
	if err != nil {
		return err
	}
	massivo := own
	for n := range sampleCompanies {
		massivo = append(massivo, fmt.Sprintf("sample-%02d", n+1))
	}
	there := map[string]bool{}
	if err := shelf.List(ctx, "meters/", func(item blob.Item) error { there[item.Name] = true; return nil }); err != nil {
		return err
	}
	now := h.clock.Now().UTC()
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	for day := today.AddDate(0, -billMonths, 1-today.Day()); day.Before(today); day = day.AddDate(0, 0, 1) {
		for deployment, companies := range map[string][]string{"massivo-prod": massivo, "enterprise-prod": {"sample-group"}} {
			used := demoUse(deployment, companies, day)
			if there[used.Name()] {
				continue
			}
			content, err := meter.Encode(used)
			if err != nil {
				return err
			}
			if err := shelf.Put(ctx, used.Name(), content); err != nil {
				return err
			}
		}
	}
	return h.typeFees(ctx, today.AddDate(0, -billMonths, 1-today.Day()))
}

// sampleCosts lays the demo's bills and meters and reads them while people look
// around already: nobody waits for half a year of costs.
func (h *house) sampleCosts(dir string) service.Service {
	return service.Service{Name: "sample costs", Run: func(ctx context.Context) error {
		err := h.layCosts(ctx, dir)
		if err == nil {
			err = h.costs.Sweep(ctx, "aws")
		}
		if err == nil {
			_, err = h.meters.Import(ctx)
		}
		if err != nil && ctx.Err() == nil {
			h.logger.ErrorContext(ctx, "the demo's costs could not be made; its pages of costs stay empty", "error", err)
		}
		<-ctx.Done()
		return nil
	}}
}

// demoUse makes a day up; the same day is always the same.
func demoUse(deployment string, companies []string, day time.Time) meter.Day {
	d := meter.Day{Deployment: deployment, Day: day.Format(time.DateOnly), Revision: 1}
	busy := int64(100 + 3*((day.Year()-2026)*12+int(day.Month())))
	switch day.Weekday() {
	case time.Saturday, time.Sunday:
		busy = busy * 55 / 100
	case time.Monday:
		busy = busy * 112 / 100
	}
	cpu := int64(0)
	for n, company := range companies {
		size := int64(9_000 / (n + 2)) // a few large ones, many small ones
		if deployment == "enterprise-prod" {
			size = 14_000
		}
		in := max(1, size*busy/100*(1000+wobble(company+d.Day))/1000)
		out, bot, api := in*13/10, in*9/10, in/2+20
		price := int64(19_900)
		if size > 2_000 {
			price = 149_900
		}
		spent := api*12 + (in+out)*2
		cpu += spent
		for _, u := range []meter.Use{
			{Kind: meter.ActiveContacts, Count: in/6 + 1}, {Kind: meter.APIMicros, Count: api * 12_000}, {Kind: meter.APIRequests, Count: api},
			{Kind: meter.BilledParts, Of: "whatsapp/marketing/55", Count: in/25 + 1}, {Kind: meter.BilledParts, Of: "whatsapp/utility/55", Count: in/12 + 1},
			{Kind: meter.BotMessages, Of: "whatsapp", Count: bot}, {Kind: meter.Conversations, Of: "whatsapp", Count: in/7 + 1},
			{Kind: meter.CPUMillis, Count: spent}, {Kind: meter.FreeParts, Of: "whatsapp/service/55", Count: out / 2}, {Kind: meter.HumanSeconds, Count: in * 11},
			{Kind: meter.MediaBytes, Count: in * 40_000 * int64(day.YearDay())}, {Kind: meter.MessageBytes, Of: "whatsapp", Count: (in + out) * 290},
			{Kind: meter.MessagesIn, Of: "whatsapp", Count: in}, {Kind: meter.MessagesOut, Of: "whatsapp", Count: out},
			{Kind: meter.PlanPrice, Of: "BRL", Count: price}, {Kind: meter.TemplateSends, Of: "whatsapp", Count: in/10 + 1},
		} {
			u.CompanyID = company
			d.Uses = append(d.Uses, u)
		}
	}
	d.Uses = append(d.Uses, meter.Use{Kind: meter.ProcessMillis, Count: cpu}, meter.Use{Kind: meter.CapacityMillis, Count: max(2*cpu, 8*24*3600*1000)})
	return d.Tidy()
}

// typeFees types in what WhatsApp would charge; the prices are made up and say so.
func (h *house) typeFees(ctx context.Context, first time.Time) error {
	known, err := h.costs.Fees(ctx)
	if err != nil || len(known) > 0 {
		return err
	}
	fee := func(category string, micros int64) finops.Fee {
		return finops.Fee{Channel: "whatsapp", Category: category, Calling: "55", Currency: "BRL", Price: exact.Amount{Nano: micros * 1000},
			From: first.Format(time.DateOnly), Sample: true, Note: "demo: not WhatsApp's price"}
	}
	_, err = h.costs.PutFees(ctx, []finops.Fee{fee("marketing", 312_500), fee("utility", 34_000)}, bySystem("demo"))
	return err
}
