package realtime

import (
	"time"

	"prosa/internal/base/fault"
)

// Config bounds what browsers may hold of this process.
type Config struct {
	Connections int           `env:"PROSA_LIVE_CONNECTIONS" default:"10000" doc:"Browsers with live updates at once, for each process."`
	PerUser     int           `env:"PROSA_LIVE_PER_USER" default:"20" doc:"Live connections of one person at once."`
	Queue       int           `env:"PROSA_LIVE_QUEUE" default:"512" doc:"Events that wait for one browser before it is closed as too slow."`
	KeepEvents  int           `env:"PROSA_LIVE_KEEP_EVENTS" default:"8192" doc:"Latest events kept in memory, from which browsers resume."`
	KeepBytes   int           `env:"PROSA_LIVE_KEEP_BYTES" default:"16777216" doc:"Memory that they may take."`
	Beat        time.Duration `env:"PROSA_LIVE_BEAT" default:"20s" doc:"A sign of life goes to each browser this often."`
	Recheck     time.Duration `env:"PROSA_LIVE_RECHECK" default:"1m" doc:"The session of each connection is checked this often, beside the events that revoke it."`
	WriteWait   time.Duration `env:"PROSA_LIVE_WRITE_WAIT" default:"10s" doc:"How long one write to a browser may take."`
	LightEvery  time.Duration `env:"PROSA_LIVE_LIGHT_EVERY" default:"2s" doc:"Changed counts and presence are told at most this often."`
	ReplayWait  time.Duration `env:"PROSA_LIVE_REPLAY_WAIT" default:"10s" doc:"How long a replay from the stream may take."`
}

// Default is the configuration of an empty environment.
func Default() Config {
	return Config{
		Connections: 10000, PerUser: 20, Queue: 512, KeepEvents: 8192, KeepBytes: 16 << 20, Beat: 20 * time.Second,
		Recheck: time.Minute, WriteWait: 10 * time.Second, LightEvery: 2 * time.Second, ReplayWait: 10 * time.Second,
	}
}

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error {
	switch {
	case c.Connections < 1 || c.PerUser < 1 || c.Queue < 1 || c.KeepEvents < 1 || c.KeepBytes < 1:
		return fault.OnField("PROSA_LIVE_CONNECTIONS", "the limits of live updates must be at least 1")
	case c.Beat <= 0 || c.Recheck <= 0 || c.WriteWait <= 0 || c.LightEvery <= 0 || c.ReplayWait <= 0:
		return fault.OnField("PROSA_LIVE_BEAT", "the times of live updates must be longer than zero")
	}
	return nil
}
