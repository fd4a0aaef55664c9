package conversation

import (
	"time"

	"prosa/internal/base/fault"
)

// Config tunes how conversations come and go.
type Config struct {
	ReopenWithin time.Duration `env:"REOPEN_WITHIN" default:"24h" doc:"How long after its end a conversation is reopened by its customer; later a new one begins."`
	BotPerMinute int           `env:"BOT_PER_MINUTE" default:"60" doc:"Most messages of a bot in one conversation and minute; above it people take over, which ends a loop of two machines."`
	BatchEvents  int           `env:"BATCH_EVENTS" default:"600" doc:"Most events in one transaction of a worker."`
	BatchShare   int           `env:"BATCH_SHARE" default:"100" doc:"Most events of one company in a transaction while others wait."`
	BatchEvery   time.Duration `env:"BATCH_EVERY" default:"20ms" doc:"Least time from one batch of a shard to the next, so that what comes close together shares a transaction; the first event after a pause never waits."`
	KeysFor      time.Duration `env:"KEYS_FOR" default:"720h" doc:"How long a repeated webhook is known as such."`
	ParkFor      time.Duration `env:"PARK_FOR" default:"10m" doc:"How long an edit or reaction waits for its message before it is shown by itself."`
	GatherAlbum  time.Duration `env:"GATHER_ALBUM" default:"1500ms" doc:"How long a bot waits for further pictures of an album, so that it answers once."`
	SweepEvery   time.Duration `env:"SWEEP_EVERY" default:"1s" doc:"How often due snoozes are looked for."`

	AttendantsSeeAll  bool `env:"ATTENDANTS_SEE_ALL" default:"false" doc:"Attendants also see conversations that other attendants own."`
	AttendantsSeeBots bool `env:"ATTENDANTS_SEE_BOTS" default:"true" doc:"Attendants see conversations that bots own, and may take them."`
}

// Validate says which setting cannot be worked with.
func (c Config) Validate() error {
	switch {
	case c.ReopenWithin < 0 || c.KeysFor <= 0 || c.ParkFor <= 0 || c.SweepEvery <= 0:
		return fault.OnField("REOPEN_WITHIN", "the times must not be negative")
	case c.KeysFor < 8*24*time.Hour:
		return fault.OnField("KEYS_FOR", "platforms repeat webhooks for 7 days: keep keys for at least 8")
	case c.GatherAlbum < 0 || c.GatherAlbum > time.Minute:
		return fault.OnField("GATHER_ALBUM", "must be from 0 to 1m")
	case c.BotPerMinute < 1:
		return fault.OnField("BOT_PER_MINUTE", "must be at least 1")
	case c.BatchEvery < 0 || c.BatchEvery > time.Second:
		return fault.OnField("BATCH_EVERY", "must be from 0 to 1s")
	case c.BatchEvents < 1 || c.BatchShare < 1:
		return fault.OnField("BATCH_EVENTS", "must be at least 1")
	}
	return nil
}

// Defaults is the configuration of a house that sets nothing.
func Defaults() Config {
	return Config{
		ReopenWithin: 24 * time.Hour, BotPerMinute: 60, BatchEvents: 600, BatchShare: 100, BatchEvery: 20 * time.Millisecond, KeysFor: 30 * 24 * time.Hour,
		ParkFor: 10 * time.Minute, GatherAlbum: 1500 * time.Millisecond, SweepEvery: time.Second, AttendantsSeeBots: true,
	}
}
