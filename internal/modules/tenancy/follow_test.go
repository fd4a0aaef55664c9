package tenancy

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/id"
	"prosa/internal/event"
	"prosa/internal/platform/database"
	"prosa/internal/platform/outbox"
	"prosa/internal/platform/shard"
	"prosa/internal/platform/stream"
)

// running runs the relay and the follower of the only shard, as a process does,
// until stop is called.
func (r *rig) running(streams *stream.Stream, process string) (stop func()) {
	r.t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	ctx, cancel := context.WithCancel(context.Background())
	keeper := shard.NewKeeper(r.db, process, shard.Config{Count: 1, Renew: 20 * time.Millisecond, TTL: 10 * time.Second}, quiet,
		outbox.NewRelay(r.db, streams, quiet), r.Follower(streams, quiet))
	var done sync.WaitGroup
	done.Go(func() { _ = keeper.Run(ctx) })
	return func() {
		cancel()
		done.Wait()
	}
}

// tell writes events as a module does.
func (r *rig) tell(tenantID string, envelopes ...event.Envelope) {
	r.t.Helper()
	r.must(r.db.Write(context.Background(), database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		return outbox.Write(ctx, tx, 0, envelopes...)
	}))
}

func (r *rig) await(tenantID string, conversations, messages int64) {
	r.t.Helper()
	look, late := time.NewTicker(20*time.Millisecond), time.After(30*time.Second)
	defer look.Stop()
	for {
		c, m := r.used(tenantID)
		if c == conversations && m == messages {
			return
		}
		select {
		case <-look.C:
		case <-late:
			r.t.Fatalf("%d conversations and %d messages are counted, want %d and %d", c, m, conversations, messages)
		}
	}
}

// A follower that comes back counts what happened while it was away, and
// nothing twice, although it reads what it had read before.
func TestWhatHappenedWhileNobodyFollowedIsCountedOnce(t *testing.T) {
	eachRig(t, func(t *testing.T, r *rig) {
		streams, err := stream.Open(t.Context(), stream.Config{Dir: t.TempDir()})
		r.must(err)
		t.Cleanup(func() {
			if err := streams.Close(); err != nil {
				t.Error(err)
			}
		})
		a, b := r.company(nil), r.company(nil)
		stop := r.running(streams, "first")
		r.tell(a, wrote(a, "m1", "ana", "in", start), wrote(a, "m2", "ana", "out", start))
		r.await(a, 1, 2)
		stop()
		r.tell(a, wrote(a, "m3", "bia", "in", start))
		r.tell(b, wrote(b, "m1", "ana", "in", start)) // the same ids in another company
		for n, life := range []string{"second", "third"} {
			stop = r.running(streams, life)
			r.await(a, 2, 3)
			r.tell(b, wrote(b, fmt.Sprint("n", n), "ana", "in", start))
			r.await(b, 1, int64(2+n))
			stop()
		}
		r.await(a, 2, 3)
	})
}

// refusing is a claim that somebody else has taken over.
type refusing struct{ err error }

func (f refusing) Fence(context.Context, *database.Tx) error { return f.err }

func TestWhoLostTheShardCountsNothing(t *testing.T) {
	eachRig(t, func(t *testing.T, r *rig) {
		a, lost := r.company(nil), errors.New("the shard is another's")
		follower := r.Follower(nil, slog.New(slog.DiscardHandler))
		if err := follower.Count(t.Context(), refusing{lost}, [][]byte{frame(t, wrote(a, "m1", "ana", "in", start))}); !errors.Is(err, lost) {
			t.Fatal(err)
		}
		if err := r.saveCursor(t.Context(), refusing{lost}, 3, start); !errors.Is(err, lost) {
			t.Fatal(err)
		}
		if at, err := r.loadCursor(t.Context(), 3); err != nil || !at.IsZero() {
			t.Fatalf("%v, %v", at, err)
		}
		r.must(r.saveCursor(t.Context(), unfenced{}, 3, start))
		if at, err := r.loadCursor(t.Context(), 3); err != nil || !at.Equal(start) {
			t.Fatalf("%v, %v", at, err)
		}
		r.await(a, 0, 0)
	})
}

// Two shards count for one company while an operator grants it more: nobody
// waits for the other in a circle, and nothing is lost.
func TestShardsOfOneCompanyCountTogether(t *testing.T) {
	eachRig(t, func(t *testing.T, r *rig) {
		a := r.company(map[Meter]Limit{Conversations: {Count: 20, Over: Block}, Messages: {Count: 40, Over: Block}})
		errs := make([]error, 5)
		var wait sync.WaitGroup
		for worker := range 4 {
			wait.Go(func() {
				follower := r.Follower(nil, slog.New(slog.DiscardHandler))
				for n := range 15 {
					contact := fmt.Sprint("c", worker, "-", n)
					raw := frame(t, wrote(a, "in-"+contact, contact, "in", start), wrote(a, "out-"+contact, contact, "out", start))
					errs[worker] = errors.Join(errs[worker], follower.Count(context.Background(), unfenced{}, [][]byte{raw}))
				}
			})
		}
		wait.Go(func() {
			for range 15 {
				g, err := r.Grant(context.Background(), a, Grant{Meter: Messages, Extra: 1, ExpiresMS: start.Add(time.Hour).UnixMilli(), Reason: "a race"}, operator)
				if err == nil {
					err = r.EndGrant(context.Background(), a, g.ID, operator)
				}
				errs[4] = errors.Join(errs[4], err)
			}
		})
		wait.Wait()
		r.must(errors.Join(errs...))
		r.await(a, 60, 120)
		r.must(r.Refresh(t.Context()))
		if r.Serves(a).Bots {
			t.Fatal("beyond both limits the bots speak")
		}
		for _, l := range r.letters.letters {
			if l.TenantID != a {
				t.Errorf("a letter to %s", l.TenantID)
			}
		}
		if r.letters.of(a) == "" {
			t.Error("nobody was told")
		}
	})
}

func TestLimitsAreChecked(t *testing.T) {
	for name, c := range map[string]struct {
		meter Meter
		limit Limit
		fine  bool
	}{
		"a number":                     {Bots, Limit{Count: 3, Over: Block}, true},
		"none at all":                  {Bots, Limit{Count: 0, Over: Block}, true},
		"without an end":               {Messages, Limit{Count: Unlimited, Over: Block}, true},
		"billed beyond":                {Messages, Limit{Count: 3, Over: Overage, OveragePrice: 5}, true},
		"billed at nothing":            {Messages, Limit{Count: 3, Over: Overage}, true},
		"nobody counts it":             {"stars", Limit{Count: 3, Over: Block}, false},
		"below no limit":               {Bots, Limit{Count: -2, Over: Block}, false},
		"beyond is undecided":          {Messages, Limit{Count: 3}, false},
		"seats can't be billed beyond": {Attendants, Limit{Count: 3, Over: Overage, OveragePrice: 5}, false},
		"a price of what is blocked":   {Messages, Limit{Count: 3, Over: Block, OveragePrice: 5}, false},
		"a price below nothing":        {Messages, Limit{Count: 3, Over: Overage, OveragePrice: -5}, false},
	} {
		if err := c.limit.Check(c.meter); (err == nil) != c.fine {
			t.Errorf("%s: %v", name, err)
		}
	}
	err := Entitle(t.Context(), nil, id.New(id.Tenant, 1), Entitlements{Limits: map[Meter]Limit{"stars": {Over: Block}}})
	if err == nil {
		t.Error("something that nobody counts was granted")
	}
}

func TestLevels(t *testing.T) {
	for name, c := range map[string]struct {
		used, most int64
		limited    bool
		percent    int64
		word       string
	}{
		"no limit":            {1_000, -1, false, 0, "ok"},
		"nothing":             {0, 10, true, 0, "ok"},
		"just under the mark": {79, 100, true, 79, "ok"},
		"at the mark":         {80, 100, true, 80, "warning"},
		"one is left":         {9, 10, true, 90, "warning"},
		"the last one":        {10, 10, true, 100, "reached"},
		"beyond":              {25, 10, true, 250, "reached"},
		"nothing is granted":  {0, 0, true, 100, "reached"},
		"some of nothing":     {5, 0, true, 100, "reached"},
		"a small plan":        {4, 5, true, 80, "warning"},
	} {
		if percent, word := level(c.used, c.most, c.limited); percent != c.percent || word != c.word {
			t.Errorf("%s: %d %%, %s", name, percent, word)
		}
	}
}

// Months follow each other without a gap, in any zone and through any change of
// clocks, and each moment is in one.
func TestMonthsFollowEachOther(t *testing.T) {
	for _, name := range []string{"America/Sao_Paulo", "America/Noronha", "UTC", "Europe/Lisbon", "Asia/Kathmandu", "Pacific/Apia"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		at := periodOf(time.Date(2010, 1, 15, 0, 0, 0, 0, time.UTC).UnixMilli(), zone)
		for range 300 {
			next := periodOf(at.endMS, zone)
			if next.startMS != at.endMS || next.name <= at.name || periodOf(at.endMS-1, zone) != at || periodOf(at.startMS, zone) != at {
				t.Fatalf("%s: %+v, then %+v", name, at, next)
			}
			at = next
		}
	}
}
