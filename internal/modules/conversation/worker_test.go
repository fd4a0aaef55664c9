package conversation

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/platform/database"
	"prosa/internal/platform/shard"
	"prosa/internal/platform/stream"
)

// fenceFunc is a fence under a test's control.
type fenceFunc func(ctx context.Context, tx *database.Tx) error

func (f fenceFunc) Fence(ctx context.Context, tx *database.Tx) error { return f(ctx, tx) }

func TestPoisonedEventIsBuriedAlone(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.withBot()
		h.bots.answer = func(ctx context.Context, tx *database.Tx, r TurnRequest) (Turn, error) {
			if r.Content.Text == "poison" {
				// A statement that fails is no failure of the bot.
				_, err := tx.Exec(ctx, `INSERT INTO no_such_table VALUES (1)`)
				return Turn{}, err
			}
			return Turn{Replies: []Reply{replyTo(r, "echo "+r.Content.Text)}}, nil
		}
		var raws []event.Raw
		for n := range 11 {
			text := fmt.Sprint("m", n)
			if n == 6 {
				text = "poison"
			}
			raws = append(raws, h.says(n%3, text))
		}
		r := h.run(nil)
		if err := r.do(context.Background(), raws); err != nil {
			t.Fatal(err)
		}
		if len(h.dead) != 1 || !strings.Contains(string(h.dead[0].Body), "poison") || !strings.Contains(h.dead[0].Problem, "no_such_table") {
			t.Errorf("dead: %+v", h.dead)
		}
		if n := h.number(`SELECT COUNT(*) FROM message WHERE direction = 'in'`); n != 10 {
			t.Errorf("%d neighbours were stored, want 10", n)
		}
		if n := h.number(`SELECT COUNT(*) FROM quarantine`); n != 1 {
			t.Errorf("%d in quarantine", n)
		}
		for _, row := range h.list(AllView, sup) {
			if row.ContactName == "Customer 0" {
				if got := h.spoken(row.ID); got != "in:m0 | out:echo m0 | in:m3 | out:echo m3 | in:m9 | out:echo m9" {
					t.Errorf("order was lost: %s", got)
				}
			}
		}
	})
}

func TestLostShardWritesNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		asked := 0
		r := h.run(fenceFunc(func(context.Context, *database.Tx) error {
			asked++
			return fault.New(fault.Conflict, "shard 3 has passed on")
		}))
		err := r.do(context.Background(), []event.Raw{h.says(1, "oi"), h.says(2, "oi")})
		var fenced errFenced
		if !errors.As(err, &fenced) || asked != 1 {
			t.Errorf("%v after %d looks", err, asked)
		}
		if n := h.number(`SELECT COUNT(*) FROM message`) + h.number(`SELECT COUNT(*) FROM inbound_key`) + int64(len(h.dead)); n != 0 {
			t.Errorf("%d rows and letters of one who lost the shard", n)
		}
	})
}

func TestDatabaseAwayIsWaitedFor(t *testing.T) {
	h := newHouse(t, database.SQLite)
	away := 3
	r := h.run(fenceFunc(func(context.Context, *database.Tx) error {
		if away--; away >= 0 {
			return fault.New(fault.Unavailable, "the database is not available")
		}
		return nil
	}))
	if err := r.do(context.Background(), []event.Raw{h.says(1, "oi")}); err != nil {
		t.Fatal(err)
	}
	if h.only().Seq != 1 || len(h.dead) != 0 {
		t.Error("a message was lost while the database was away")
	}
}

func TestWorkerFromStreamToRows(t *testing.T) {
	h := newHouse(t, database.SQLite).withBot()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	streams, err := stream.Open(ctx, stream.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := streams.Close(); err != nil {
			t.Error(err)
		}
	})
	h.writeTx(func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO shard_lease (shard, owner, epoch, expires_ms) VALUES (3, 'p', 7, 0)
			ON CONFLICT (shard) DO UPDATE SET epoch = 7`)
		return err
	})
	publish := func(data []byte) {
		t.Helper()
		if _, err := streams.Publish(ctx, Subject(3), data); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 6 {
		publish(event.AppendFrame(nil, []event.Raw{h.says(n%2, fmt.Sprint("m", n)), h.says(2, fmt.Sprint("x", n))}))
	}
	publish([]byte("no frame"))
	publish(event.AppendFrame(nil, nil))
	publish(event.AppendFrame(nil, []event.Raw{h.says(3, "last")}))
	done := make(chan error, 1)
	go func() { done <- h.Worker(streams).Run(ctx, shard.Lease{Shard: 3, Epoch: 7}) }()
	until(t, func() bool {
		state, err := streams.State(ctx, stream.In)
		return err == nil && state.Messages == 0
	})
	if n := h.number(`SELECT COUNT(*) FROM message WHERE direction = 'in'`); n != 13 {
		t.Errorf("%d messages, want 13", n)
	}
	if n := h.number(`SELECT COUNT(*) FROM quarantine`); n != 1 {
		t.Errorf("%d in quarantine, want the broken frame", n)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("the worker ended with %v", err)
	}
	// A former owner is turned away and leaves its frame to the next one.
	ctx = context.Background()
	publish(event.AppendFrame(nil, []event.Raw{h.says(1, "after")}))
	err = h.Worker(streams).Run(ctx, shard.Lease{Shard: 3, Epoch: 8})
	var fenced errFenced
	if !errors.As(err, &fenced) {
		t.Errorf("the worker of a lost lease ended with %v", err)
	}
	if state, err := streams.State(ctx, stream.In); err != nil || state.Messages != 1 {
		t.Errorf("%+v %v", state, err)
	}
}

// until waits for what a running part brings about.
func until(t *testing.T, is func() bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-deadline:
			t.Fatal("it did not come to pass")
		case <-tick.C:
		}
	}
}

func TestBacklogIsFairAndKeepsOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBacklog()
		pushed, acked := map[string]int{}, 0
		frames := rapid.IntRange(1, 8).Draw(t, "frames")
		total := 0
		for range frames {
			var raws []event.Raw
			for range rapid.IntRange(1, 40).Draw(t, "events") {
				company := rapid.SampledFrom([]string{"ten_big", "ten_big", "ten_big", "ten_a", "ten_b", ""}).Draw(t, "company")
				raws = append(raws, event.Raw{TenantID: company, ReceivedMS: int64(pushed[company])})
				pushed[company]++
				total++
			}
			b.push(raws, func() error { acked++; return nil })
		}
		next := map[string]int{}
		for b.size > 0 {
			waitingCompanies := len(b.turn)
			batch := b.take(20, 5)
			if len(batch) == 0 {
				t.Fatal("something waits and nothing comes")
			}
			taken := map[string]int{}
			for _, w := range batch {
				if int(w.raw.ReceivedMS) != next[w.raw.TenantID] {
					t.Fatalf("%s: event %d came in place of %d", w.raw.TenantID, w.raw.ReceivedMS, next[w.raw.TenantID])
				}
				next[w.raw.TenantID]++
				taken[w.raw.TenantID]++
				if w.frame.left--; w.frame.left == 0 {
					if err := w.frame.ack(); err != nil {
						t.Fatal(err)
					}
				}
				total--
			}
			for company, n := range taken {
				if waitingCompanies > 1 && n > 5 {
					t.Fatalf("%q took %d of a batch while others waited", company, n)
				}
			}
		}
		if total != 0 || acked != frames {
			t.Fatalf("%d events left, %d of %d frames acknowledged", total, acked, frames)
		}
	})
}

func TestOldKeysAreForgotten(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.deliver(h.says(1, "old"), h.says(2, "old"))
		h.clock.Advance(20 * 24 * time.Hour)
		h.deliver(h.says(1, "new"))
		h.clock.Advance(11 * 24 * time.Hour)
		if err := h.forgetKeys(context.Background()); err != nil {
			t.Fatal(err)
		}
		if n := h.number(`SELECT COUNT(*) FROM inbound_key`); n != 1 {
			t.Errorf("%d keys are left, want the new one", n)
		}
	})
}

func TestSweeperRunsUntilItsLeaseIsLost(t *testing.T) {
	h := newHouse(t, database.SQLite)
	h.Service.cfg.SweepEvery = 5 * time.Millisecond
	h.writeTx(func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO shard_lease (shard, owner, epoch, expires_ms) VALUES (3, 'p', 7, 0) ON CONFLICT (shard) DO UPDATE SET epoch = 7`)
		return err
	})
	h.deliver(h.says(1, "oi"))
	c := h.only()
	snooze := func() {
		h.must(h.Snooze(context.Background(), h.step(sup, c), h.now()+1000))
		h.clock.Advance(time.Second)
	}
	done := make(chan error, 1)
	go func() { done <- h.Sweeper().Run(context.Background(), shard.Lease{Shard: 3, Epoch: 7}) }()
	snooze()
	until(t, func() bool { return h.number(`SELECT COUNT(*) FROM conversation WHERE state = 'queued'`) == 1 })
	h.writeTx(func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE shard_lease SET epoch = 8 WHERE shard = 3`)
		return err
	})
	snooze()
	if err := <-done; !fault.Is(err, fault.Conflict) {
		t.Errorf("the sweeper ended with %v", err)
	}
}
