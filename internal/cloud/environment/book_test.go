package environment_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/cloud/environment"
	"prosa/internal/cloud/schedule"
)

// Nobody's words keep the others from reading the book.
func TestWordsAreBounded(t *testing.T) {
	c := open(t, "on-demand", saturday)
	ctx, long := t.Context(), strings.Repeat("x", 120<<10)
	if _, err := c.s.Take(ctx, homolog, environment.Wish{Who: "eve", Why: long, For: time.Hour}); !fault.Is(err, fault.Invalid) {
		t.Errorf("why: %v", err)
	}
	lease, err := c.s.Take(ctx, homolog, environment.Wish{Who: " ana\x1b[2J", Why: "one\ntwo", For: time.Hour})
	if err != nil || lease.Who != "ana [2J" || lease.Why != "one two" {
		t.Fatalf("%+v, %v", lease, err)
	}
	if _, err := c.s.Extend(ctx, homolog, lease.ID, long, time.Hour); !fault.Is(err, fault.Invalid) {
		t.Errorf("extended by: %v", err)
	}
	if _, err := c.s.End(ctx, homolog, lease.ID, long, true); !fault.Is(err, fault.Invalid) {
		t.Errorf("ended by: %v", err)
	}
	for _, words := range [][2]string{{"eve", long}, {long, "x"}} {
		if err := c.s.Release(ctx, homolog, words[0], words[1], true); !fault.Is(err, fault.Invalid) {
			t.Errorf("released: %v", err)
		}
	}
	// Who spells themselves as they did is the same person.
	if _, err := c.s.End(ctx, homolog, lease.ID, " ana\x1b[2J", false); err != nil {
		t.Error(err)
	}
}

// A book that is nearly full takes no more of people, and goes on being read,
// ticked and emptied.
func TestAFullBookIsStillRead(t *testing.T) {
	c := open(t, "on-demand", saturday)
	ctx, now := t.Context(), c.clock.Now()
	book := map[string]any{"deployment": homolog}
	var leases []schedule.Lease
	for n := range 5000 {
		leases = append(leases, schedule.Lease{ID: fmt.Sprint("lea_", n), Who: "eve", Why: strings.Repeat("x", 600), FromMS: now.Add(-time.Hour).UnixMilli(), UntilMS: now.Add(time.Hour).UnixMilli()})
	}
	book["leases"] = leases
	text, err := json.Marshal(book)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.shelf.Put(ctx, "leases/"+homolog+".json", text); err != nil {
		t.Fatal(err)
	}
	if _, err := c.s.Take(ctx, homolog, environment.Wish{Who: "ana", Why: "teste", For: time.Hour}); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "full") {
		t.Errorf("taken: %v", err)
	}
	if _, err := c.s.Extend(ctx, homolog, "lea_1", "ana", time.Hour); !fault.Is(err, fault.Conflict) {
		t.Errorf("extended: %v", err)
	}
	c.tick()
	if view, err := c.s.Status(ctx, homolog); err != nil || len(view.Leases) != 5000 || view.Last.SeenMS == 0 {
		t.Errorf("%d leases, seen %d, %v", len(view.Leases), view.Last.SeenMS, err)
	}
	if err := c.s.Release(ctx, homolog, "ana", "", true); err != nil {
		t.Error(err)
	}
	c.clock.Advance(32 * 24 * time.Hour)
	if _, err := c.s.Take(ctx, homolog, environment.Wish{Who: "ana", Why: "teste", For: time.Hour}); err != nil {
		t.Error(err)
	}
}
