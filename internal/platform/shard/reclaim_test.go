package shard_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/shard"
)

// A process that died holds its shards for a TTL; one that knows that it is
// alone need not wait.
func TestReclaimTakesTheShardsOfADeadLifeAtOnce(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx := context.Background()
		err := db.Write(ctx, database.Platform("a test writes what a dead process left"), func(ctx context.Context, tx *database.Tx) error {
			for n := range 2 {
				if _, err := tx.Exec(ctx, `INSERT INTO shard_lease (shard, owner, epoch, expires_ms) VALUES ($1, 'dead', 7, $2)`, n, tx.Now()+600_000); err != nil {
					return err
				}
			}
			_, err := tx.Exec(ctx, `INSERT INTO process_beat (process, target, at_ms) VALUES ('dead', 'worker', $1)`, tx.Now())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := shard.Reclaim(ctx, db); err != nil {
			t.Fatal(err)
		}
		got := make(chan shard.Lease, 2)
		ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		keeper := shard.NewKeeper(db, "alive", shard.Config{Count: 2, TTL: 10 * time.Minute, Renew: 20 * time.Millisecond}, slog.New(slog.DiscardHandler), jobFunc(func(ctx context.Context, lease shard.Lease) error {
			got <- lease
			<-ctx.Done()
			return nil
		}))
		done := make(chan error, 1)
		go func() { done <- keeper.Run(ctx) }()
		for range 2 {
			select {
			case lease := <-got:
				if lease.Epoch <= 7 {
					t.Errorf("shard %d came back with epoch %d, which does not fence the dead life", lease.Shard, lease.Epoch)
				}
			case <-ctx.Done():
				t.Fatal("the shards of the dead life were not taken")
			}
		}
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	})
}
