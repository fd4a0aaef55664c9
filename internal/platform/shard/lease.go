package shard

import (
	"context"
	"errors"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

// Config says how many shards there are and how fast they change hands.
type Config struct {
	Count int           `env:"PROSA_SHARDS" default:"0" doc:"Shards of the conversations, which is also the most workers that can share them. Each costs a sync of the disk for its frames and a transaction for its batches; 0 takes 1 on SQLite, whose writer is alone, and 4 on PostgreSQL. Every process must be told the same; changing it needs empty streams."`
	TTL   time.Duration `env:"PROSA_SHARD_TTL" default:"10s" doc:"After how long without a sign of life a process's shards are taken over."`
	Renew time.Duration `env:"PROSA_SHARD_RENEW" default:"1s" doc:"How often a process gives its sign of life and looks for shards to take."`
}

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error {
	c = c.WithDefaults()
	switch {
	case c.Count < 1 || c.Count > 1024:
		return fault.OnField("PROSA_SHARDS", "must be from 1 to 1024")
	case c.Renew < time.Millisecond:
		return fault.OnField("PROSA_SHARD_RENEW", "must be at least a millisecond")
	case c.TTL < 3*c.Renew:
		return fault.OnField("PROSA_SHARD_TTL", "must be at least three times PROSA_SHARD_RENEW")
	}
	return nil
}

// WithDefaults fills what was left at zero.
func (c Config) WithDefaults() Config {
	if c.Count == 0 {
		c.Count = 4
	}
	if c.TTL == 0 {
		c.TTL = 10 * time.Second
	}
	if c.Renew == 0 {
		c.Renew = c.TTL / 10
	}
	return c
}

// Lease is the right to work on a shard, for as long as its epoch is the
// newest.
type Lease struct {
	Shard int
	Epoch int64
}

// Fence refuses the transaction when the shard has a newer owner:
// fault.Conflict. Make it the first statement of every transaction of an owner.
func (l Lease) Fence(ctx context.Context, tx *database.Tx) error {
	var epoch int64
	err := tx.QueryRow(ctx, "SELECT epoch FROM shard_lease WHERE shard = $1"+hold(tx), l.Shard).Scan(&epoch)
	switch {
	case errors.Is(err, database.ErrNoRows):
		return fault.New(fault.Conflict, "shard %d has no lease", l.Shard)
	case err != nil:
		return err
	case epoch != l.Epoch:
		return fault.New(fault.Conflict, "shard %d has passed from epoch %d to %d", l.Shard, l.Epoch, epoch)
	}
	return nil
}
