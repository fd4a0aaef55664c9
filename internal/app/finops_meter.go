package app

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/modules/finops/meter"
	"prosa/internal/modules/move"
	"prosa/internal/modules/subscription"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/hold"
)

// shelves fills meter.Files with the named files of a folder or a bucket.
type shelves struct{ blob.Shelf }

// Open implements meter.Files.
func (s shelves) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	content, _, err := s.Shelf.Open(ctx, name)
	return content, err
}

// List implements meter.Files.
func (s shelves) List(ctx context.Context, prefix string, each func(name, tag string) error) error {
	return s.Shelf.List(ctx, prefix, func(item blob.Item) error {
		return each(item.Name, fmt.Sprintf("%d.%d.%s", item.Size, item.ModifiedMS, item.Version))
	})
}

// deployment names this installation among all: <line>-<environment>.
func (h *house) deployment() string { return h.cfg.Server.Line + "-" + h.cfg.Server.Environment }

// joinMeters makes what measures the companies of this deployment, and tells the
// ledger their names.
func (h *house) joinMeters() error {
	h.tally = meter.NewTally(h.db, h.clock, h.logger)
	deps := meter.Deps{
		DB: h.db, Clock: h.clock, Logger: h.logger, Deployment: h.deployment(), Companies: h.companies,
		Sources: []meter.Source{h.whileHere(h.measureMessages), h.whileHere(h.measureFiles), h.whileHere(h.measurePrice)},
	}
	if url := h.cfg.Meters.Files; !url.IsZero() {
		shelf, err := blob.OpenShelf(url)
		if err != nil {
			return err
		}
		deps.Files = shelves{shelf}
	}
	places, err := h.cfg.Meters.Places()
	if err != nil {
		return err
	}
	deps.Others = map[string]meter.Files{}
	for _, place := range places {
		shelf, err := blob.OpenShelf(place.Location)
		if err != nil {
			return err
		}
		deps.Others[place.Deployment] = shelves{shelf}
	}
	h.meters = meter.New(deps)
	h.costs.BindNames(h.companyNames)
	if leases := h.cfg.Environments.Leases; !leases.IsZero() {
		shelf, err := blob.OpenShelf(leases)
		if err != nil {
			return err
		}
		h.costs.BindPower(powerRecords{shelf}.off)
	}
	return h.meters.Register(h.jobs)
}

// whileHere keeps a source to the time in which a company worked here: one that
// moves brings its history along and leaves it behind, and a rehearsal lays it
// twice. What both deployments counted would be paid twice.
func (h *house) whileHere(source meter.Source) meter.Source {
	return func(ctx context.Context, companyID string, fromMS, untilMS int64, add func(meter.Kind, string, int64)) error {
		stands, err := hold.Find(ctx, h.db, companyID)
		if err != nil {
			return err
		}
		switch stands.Level {
		case hold.Arriving:
			return nil
		case hold.Moved:
			untilMS = min(untilMS, stands.SinceMS)
		}
		moves, err := h.moves.List(ctx, companyID)
		if err != nil {
			return err
		}
		for _, m := range moves {
			if m.Side == move.Target {
				fromMS = max(fromMS, m.Facts.LandedMS)
			}
		}
		if fromMS >= untilMS {
			return nil
		}
		return source(ctx, companyID, fromMS, untilMS, add)
	}
}

// measureMessages is a meter.Source: all that is said, in the same words.
func (h *house) measureMessages(ctx context.Context, companyID string, fromMS, untilMS int64, add func(meter.Kind, string, int64)) error {
	return h.conversation.Measures(ctx, companyID, fromMS, untilMS, func(what, of string, count int64) { add(meter.Kind(what), of, count) })
}

// measureFiles is a meter.Source: the bytes of files that were put before the day
// ended and are still kept.
func (h *house) measureFiles(ctx context.Context, companyID string, _, untilMS int64, add func(meter.Kind, string, int64)) error {
	total := int64(0)
	err := h.blobs.List(ctx, companyID, func(ref blob.Ref) error {
		if ref.KeptMS < untilMS {
			total += ref.Size
		}
		return nil
	})
	if total > 0 {
		add(meter.MediaBytes, "", total)
	}
	return err
}

// measurePrice is a meter.Source: what a company's plan brings in a month, as it
// pays it now. A plan that is paid by the year brings a twelfth.
func (h *house) measurePrice(ctx context.Context, companyID string, _, _ int64, add func(meter.Kind, string, int64)) error {
	sub, err := h.subscriptions.Of(ctx, companyID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil || sub.State == subscription.Ended || sub.State == subscription.Trialing {
		return err
	}
	price := int64(sub.Price - sub.Discount)
	if sub.Interval == subscription.Annual {
		price /= 12
	}
	if price > 0 {
		add(meter.PlanPrice, string(sub.Currency), price)
	}
	return nil
}

// companyNames fills finops.Names.
func (h *house) companyNames(ctx context.Context, ids []string) (map[string]string, error) {
	asked := map[string]bool{}
	for _, id := range ids {
		asked[id] = true
	}
	names := map[string]string{}
	for cursor := ""; ; {
		page, err := h.tenancy.List(ctx, cursor, 200)
		if err != nil {
			return nil, err
		}
		for _, company := range page.Items {
			if asked[company.ID] {
				names[company.ID] = company.Name
			}
		}
		if cursor = page.Next; cursor == "" {
			return names, nil
		}
	}
}

// powerRecords fills finops.Power from the files that `prosa environment tick`
// writes: power/<deployment>/<yyyy-mm>.csv with part,state,from,to,why.
type powerRecords struct{ shelf blob.Shelf }

// off adds up for how long all of a deployment was down, of the time that was
// observed.
func (p powerRecords) off(ctx context.Context, deployment string, from, until time.Time) (off, observed time.Duration, err error) {
	for month := time.Date(from.Year(), from.Month(), 1, 0, 0, 0, 0, time.UTC); month.Before(until); month = month.AddDate(0, 1, 0) {
		file, _, err := p.shelf.Open(ctx, "power/"+deployment+"/"+month.Format("2006-01")+".csv")
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return 0, 0, err
		}
		down, seen, err := readPower(file, from, until)
		if err := errors.Join(err, file.Close()); err != nil {
			return 0, 0, err
		}
		off, observed = off+down, observed+seen
	}
	return off, observed, nil
}

// readPower adds up the intervals of a file that lie between two times.
func readPower(file io.Reader, from, until time.Time) (off, observed time.Duration, err error) {
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return 0, 0, fault.Wrap(err, fault.Invalid, "a record of when an environment was on can't be read")
	}
	for i, row := range rows {
		if i == 0 || len(row) < 4 || row[0] != "all" {
			continue
		}
		begun, bad := time.Parse(time.RFC3339, row[2])
		ended, worse := time.Parse(time.RFC3339, row[3])
		if bad != nil || worse != nil {
			return 0, 0, fault.New(fault.Invalid, "row %d of a record of when an environment was on has no times", i+1)
		}
		if begun.Before(from) {
			begun = from
		}
		if ended.After(until) {
			ended = until
		}
		if !ended.After(begun) {
			continue
		}
		observed += ended.Sub(begun)
		if row[1] == "down" {
			off += ended.Sub(begun)
		}
	}
	return off, observed, nil
}

// finopsMeterCommand measures days by hand; the deployment does it by itself.
type finopsMeterCommand struct {
	Day   string `help:"The day of UTC to measure and write, such as 2026-11-22; yesterday when empty."`
	Print bool   `help:"Only print what was used, as JSON."`
	Read  bool   `help:"Then read the files of all deployments into the ledger."`
}

// Run implements the command.
func (c *finopsMeterCommand) Run(around *surroundings) error {
	h, err := around.costs()
	if err != nil {
		return err
	}
	defer func() { _ = h.close() }()
	day := c.Day
	if day == "" {
		day = clock.FromMS(clock.MS(h.clock.Now())).AddDate(0, 0, -1).Format(time.DateOnly)
	}
	if c.Print {
		measured, err := h.meters.Measure(around.ctx, day)
		if err != nil {
			return err
		}
		return printJSON(around, measured)
	}
	written, err := h.meters.Write(around.ctx, day)
	if err != nil {
		return err
	}
	if err := printJSON(around, written); err != nil || !c.Read {
		return err
	}
	read, err := h.meters.Import(around.ctx)
	if err != nil {
		return err
	}
	return printJSON(around, read)
}
