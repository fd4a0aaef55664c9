package order

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// processes are two processes of one installation, at the same company, and the
// count of what the first one asks its server.
func processes(t *testing.T, engine database.Engine) (here, elsewhere *house, trips *atomic.Int64) {
	t.Helper()
	cfg, manual := databasetest.Config(t, engine), clock.NewManual(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC))
	cfg.Clock = manual
	trips = &atomic.Int64{}
	start := func() *database.DB {
		db, err := database.Open(context.Background(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		return db
	}
	elsewhereDB := start()
	cfg.Observe = func(o database.Outcome) { trips.Add(int64(o.RoundTrips)) }
	here = furnish(t, start(), manual)
	blobs, err := blob.NewFolder(blob.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	elsewhere = &house{t: t, db: elsewhereDB, clock: manual, tenant: here.tenant, vendor: newVendor()}
	elsewhere.join(blobs)
	return here, elsewhere, trips
}

func TestZonesThatAreRememberedBindNobody(t *testing.T) {
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			here, elsewhere, _ := processes(t, engine)
			ctx := context.Background()
			variant := here.stocked("A", 1000, 50)
			zone, err := here.SaveZone(ctx, Zone{TenantID: here.tenant, Kind: Pickup, Name: "Balcão", Price: 100, Active: true}, ana)
			if err != nil {
				t.Fatal(err)
			}
			deliver := func(h *house) (Cart, error) {
				return h.SetDelivery(ctx, Change{TenantID: h.tenant, ContactID: "ctc_bia", Source: FromBot, By: bia}, Delivery{ZoneID: zone.ID}, "")
			}
			quoted := func(h *house) int {
				list, err := h.Quotes(ctx, h.tenant, Delivery{}, 1000)
				if err != nil {
					t.Fatal(err)
				}
				if len(list) == 0 {
					return -1
				}
				return int(list[0].Price)
			}
			here.add("ctc_bia", variant, 1)
			for _, h := range []*house{here, elsewhere} {
				if c, err := deliver(h); err != nil || c.Freight != 100 || quoted(h) != 100 {
					t.Fatal(c.Freight, err)
				}
			}
			// The price changes in one process. A cart knows at once in both, and so
			// does a list of quotes in the one; in the other it is a moment older.
			zone.Price = 250
			if zone, err = here.SaveZone(ctx, zone, ana); err != nil {
				t.Fatal(err)
			}
			if n := quoted(here); n != 250 {
				t.Errorf("the process that changed it still quotes %d", n)
			}
			elsewhere.age()
			if n := quoted(elsewhere); n != 250 {
				t.Errorf("%s later another process still quotes %d", quoteTrust, n)
			}
			for _, h := range []*house{elsewhere, here} {
				if c, err := deliver(h); err != nil || c.Freight != 250 || c.Total != 1250 {
					t.Errorf("a cart pays %d of %d, %v", c.Freight, c.Total, err)
				}
			}
			// What is undone was never true, and what it read is forgotten.
			undone := errors.New("undone")
			err = elsewhere.db.Write(ctx, database.Company(here.tenant), func(_ context.Context, tx *database.Tx) error {
				zone := zone
				zone.Price = 999
				inside := elsewhere.Within(tx)
				if _, err := inside.SaveZone(ctx, zone, ana); err != nil {
					t.Error(err)
				}
				if c, err := inside.SetDelivery(ctx, Change{TenantID: here.tenant, ContactID: "ctc_bia", Source: FromBot, By: bia}, Delivery{ZoneID: zone.ID}, ""); err != nil || c.Freight != 999 {
					t.Errorf("inside: %d, %v", c.Freight, err)
				}
				return undone
			})
			if !errors.Is(err, undone) {
				t.Fatal(err)
			}
			if n := quoted(elsewhere); n != 250 {
				t.Errorf("what was undone is quoted: %d", n)
			}
			if c, err := deliver(elsewhere); err != nil || c.Freight != 250 {
				t.Errorf("after what was undone a cart pays %d, %v", c.Freight, err)
			}
			// A zone that is gone serves nobody: the order is refused where it was remembered.
			if err := here.DeleteZone(ctx, here.tenant, zone.ID, ana); err != nil {
				t.Fatal(err)
			}
			_, err = elsewhere.Place(ctx, Place{TenantID: here.tenant, ContactID: "ctc_bia", Source: FromBot, Payment: cash, Key: "key-of-the-order", By: bia})
			if f := (*fault.Error)(nil); !errors.As(err, &f) || f.Reason != noDelivery {
				t.Errorf("ordered by a zone that is gone: %v", err)
			}
		})
	}
}

// age has all that is remembered be older than quotes may be.
func (h *house) age() {
	h.zones.mu.Lock()
	defer h.zones.mu.Unlock()
	for tenantID, known := range h.zones.known {
		known.at = known.at.Add(-quoteTrust)
		h.zones.known[tenantID] = known
	}
}

func TestFewCompaniesAreRemembered(t *testing.T) {
	b := &zoneBook{known: map[string]knownZones{}}
	for n := range 3 * maxKnownZones {
		b.keep(string(rune(n)), knownZones{}, 0)
	}
	if len(b.known) > maxKnownZones {
		t.Errorf("%d companies", len(b.known))
	}
	b.keep("late", knownZones{version: "old"}, 7)
	if known, _ := b.find("late"); known.version != "" {
		t.Error("what was read before a change was remembered")
	}
}

// What a checkout asks of PostgreSQL. More round trips are slower whatever the
// machine: raise a number only with a reason.
func TestACheckoutTakesFewRoundTrips(t *testing.T) {
	here, _, trips := processes(t, database.Postgres)
	ctx := context.Background()
	first, second, zone := here.stocked("A", 1000, 50), here.stocked("B", 1000, 50), here.pickup()
	step := func(what string, most int64, fn func() error) {
		t.Helper()
		before := trips.Load()
		if err := fn(); err != nil {
			t.Fatal(what, err)
		}
		if n := trips.Load() - before; n > most {
			t.Errorf("%s: %d round trips, %d at most", what, n, most)
		}
	}
	change := Change{TenantID: here.tenant, ContactID: "ctc_bia", Source: FromBot, By: bia}
	for range 2 { // the second one is of a process that has seen it all
		step("the first line", 2, func() error { here.add("ctc_bia", first, 1); return nil })
		step("the second line", 2, func() error { here.add("ctc_bia", second, 2); return nil })
		if _, err := here.Quotes(ctx, here.tenant, Delivery{}, 3000); err != nil {
			t.Fatal(err)
		}
		step("quotes that are known", 0, func() error { _, err := here.Quotes(ctx, here.tenant, Delivery{}, 3000); return err })
		step("delivery", 2, func() error { _, err := here.SetDelivery(ctx, change, Delivery{ZoneID: zone}, ""); return err })
		key := "key-of-" + here.clock.Now().String()
		var placed Order
		step("the order", 3, func() (err error) {
			placed, err = here.Place(ctx, Place{TenantID: here.tenant, ContactID: "ctc_bia", Source: FromBot, Payment: cash, Key: key, By: bia})
			return err
		})
		if placed.State != Confirmed || placed.Number == 0 || placed.Total != 3000 || len(placed.Payments) != 1 {
			t.Errorf("%+v", placed)
		}
		got, err := here.Get(ctx, here.tenant, placed.ID)
		if err != nil || got.Number != placed.Number || len(got.Lines) != 2 || len(got.Events) != 2 || got.Events[0].Kind != "placed" || got.Events[1].To != Confirmed {
			t.Errorf("%+v, %v", got, err)
		}
		here.clock.Advance(time.Minute)
	}
}
