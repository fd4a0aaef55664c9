package listing

import (
	"context"
	"encoding/json"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/modules/product"
	"prosa/internal/platform/database"
	"prosa/internal/platform/stream"
)

// told waits until a condition holds, as others bring it about.
func told(t *testing.T, what string, holds func() bool) {
	t.Helper()
	patience := time.NewTimer(30 * time.Second)
	defer patience.Stop()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for !holds() {
		select {
		case <-patience.C:
			t.Fatal(what)
		case <-look.C:
		}
	}
}

func TestTheFollowerMarksWhatEventsTell(t *testing.T) {
	h := open(t, database.SQLite)
	h.goods("A", 4990, 3)
	h.connect()
	h.pass(2 * time.Minute)
	streams, err := stream.Open(context.Background(), stream.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer streams.Close()
	var epoch atomic.Value
	epoch.Store("epo_1")
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	follower := h.Follower(func() Stream { return streams }, func(context.Context) (string, error) { return epoch.Load().(string), nil })
	go func() { ended <- follower.Run(ctx) }()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	cursor := func() (known string, seq int64) {
		h.write(func(ctx context.Context, tx *database.Tx) error {
			err := tx.QueryRow(ctx, `SELECT epoch, seq FROM listing_cursor WHERE name = $1`, cursorName).Scan(&known, &seq)
			if errors.Is(err, database.ErrNoRows) {
				return nil
			}
			return err
		})
		return known, seq
	}
	told(t, "the follower has no place in the stream", func() bool { known, _ := cursor(); return known == "epo_1" })
	// At first all is compared: what happened before is not known.
	if o := h.overview(); o.DueMS > h.clock.Now().UnixMilli() {
		t.Errorf("after a new epoch the catalog is due at %d, want now", o.DueMS)
	}
	h.pass(2 * time.Minute)

	fresh := product.Product{ID: "prd_new", State: product.Active, Variants: []product.Variant{{ID: "var_new"}, {ID: "var_old", Archived: true}}}
	publish := func(kind string, data any) {
		t.Helper()
		raw, err := json.Marshal(data)
		if err != nil {
			t.Fatal(err)
		}
		frame, err := json.Marshal([]event.Envelope{{TenantID: alfa, Type: kind, Data: raw}, {TenantID: "ten_beta", Type: kind, Data: raw}, {TenantID: alfa, Type: event.OrderPlaced, Data: raw}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := streams.Publish(context.Background(), "event.0", frame); err != nil {
			t.Fatal(err)
		}
	}
	publish(event.ProductUpdated, product.Event{Product: fresh})
	told(t, "a new product is not marked", func() bool { _, err := h.item(context.Background(), alfa, shelfID, "var_new"); return err == nil })
	if _, err := h.item(context.Background(), alfa, shelfID, "var_old"); !fault.Is(err, fault.NotFound) {
		t.Errorf("an archived variant is marked: %v", err)
	}
	if _, seq := cursor(); seq != 1 {
		t.Errorf("the place in the stream is %d, want 1", seq)
	}
	// A stream that began anew has everything compared.
	h.pass(2 * time.Minute)
	epoch.Store("epo_2")
	told(t, "a new epoch is not noticed", func() bool { known, _ := cursor(); return known == "epo_2" })
	if o := h.overview(); o.DueMS > h.clock.Now().UnixMilli() {
		t.Errorf("after a lost stream the catalog is due at %d, want now", o.DueMS)
	}
}

func (h *house) write(fn func(ctx context.Context, tx *database.Tx) error) {
	h.t.Helper()
	if err := h.DB.Write(context.Background(), database.Platform("a test looks at everything that is stored"), fn); err != nil {
		h.t.Fatal(err)
	}
}

func TestOneFollowsAtATime(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		from, err := h.enter(ctx, "epo_1", 1, 7)
		if err != nil || from != 8 {
			t.Fatalf("the first enters at %d: %v", from, err)
		}
		other := New(h.cfg, h.Deps)
		other.Process = "another"
		if _, err := other.enter(ctx, "epo_1", 1, 9); !errors.Is(err, errOther) {
			t.Fatalf("two follow: %v", err)
		}
		h.clock.Advance(followLease + time.Second)
		if from, err = other.enter(ctx, "epo_1", 1, 9); err != nil || from != 8 {
			t.Fatalf("the second goes on at %d: %v", from, err)
		}
		// The first one wakes up and may not write any more.
		late := &gathering{service: h.Service, epoch: "epo_1", seq: 9}
		if err := late.write(ctx, true); !errors.Is(err, errOther) {
			t.Fatalf("one that slept writes: %v", err)
		}
		// What the stream has forgotten is not known.
		h.clock.Advance(followLease + time.Second)
		if from, err = h.enter(ctx, "epo_1", 20, 30); err != nil || from != 31 {
			t.Fatalf("behind the stream's beginning it goes on at %d: %v", from, err)
		}
	})
}

// A process may be killed between any two steps of a turn; the next one finds
// the lease run out and does the work again.
func TestATurnThatIsCutOffIsDoneAgain(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		var ids []string
		for n := range 5 {
			ids = append(ids, h.goods(sku(n), 4990, 3).Variants[0].ID)
		}
		h.connect()
		for steps := 0; ; steps++ {
			dead := &turn{Service: h.Service, catalog: catalog{tenantID: alfa, id: shelfID}}
			held, err := dead.take(ctx)
			if err != nil || !held {
				t.Fatalf("after %d lives the lease is not to be had: %v", steps, err)
			}
			if dead.account, err = h.Accounts.Account(ctx, alfa, account); err != nil {
				t.Fatal(err)
			}
			dead.maker = maker{tenantID: alfa, links: h.Links, store: "Loja"}
			did, err := dead.step(ctx) // and then it is killed: nothing is given back
			if err != nil {
				t.Fatal(err)
			}
			if second := (&turn{Service: h.Service, catalog: catalog{tenantID: alfa, id: shelfID}}); true {
				if held, err := second.take(ctx); err != nil || held {
					t.Fatalf("a catalog that is worked on was taken: %v", err)
				}
			}
			h.clock.Advance(leaseFor + time.Second)
			if !did && steps > 8 {
				break
			}
			if steps > 60 {
				t.Fatal("lives that are cut off get nowhere")
			}
		}
		for _, id := range ids {
			h.want(id, Visible, "")
		}
		h.want2(len(ids))
		// One that slept through its lease writes nothing.
		slow := &turn{Service: h.Service, catalog: catalog{tenantID: alfa, id: shelfID}}
		if held, err := slow.take(ctx); err != nil || !held {
			t.Fatal(held, err)
		}
		h.clock.Advance(leaseFor + time.Second)
		quick := &turn{Service: h.Service, catalog: catalog{tenantID: alfa, id: shelfID}}
		if held, err := quick.take(ctx); err != nil || !held {
			t.Fatal(held, err)
		}
		if err := slow.write(ctx, nil); !errors.Is(err, errLost) {
			t.Errorf("a turn without its lease writes: %v", err)
		}
		if err := quick.write(ctx, nil); err != nil {
			t.Error(err)
		}
	})
}
