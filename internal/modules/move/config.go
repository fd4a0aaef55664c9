package move

import (
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
)

// Config is about companies that move to another deployment.
type Config struct {
	URL     secret.Text   `env:"PROSA_MOVE_URL" doc:"Where the files of moves lie, for both sides: a folder, file:///folder, or s3://key:secret@host/bucket[/folder] with the options of PROSA_BLOB_URL. Empty: no company can be moved."`
	Key     secret.Text   `env:"PROSA_MOVE_KEY" doc:"Key of moves, the same on both sides, as 'prosa config --new-key' prints it: it seals the files and signs the webhooks that the source sends on." secret:"true"`
	Drain   time.Duration `env:"PROSA_MOVE_DRAIN" default:"2s" doc:"How long nothing new is begun for a company before it is frozen: what is under way comes to its end."`
	Patient time.Duration `env:"PROSA_MOVE_PATIENCE" default:"60s" doc:"How long the pause waits for calls to platforms that are under way; after that the move is called off."`
	Forward time.Duration `env:"PROSA_MOVE_FORWARD" default:"720h" doc:"How long webhooks that still come to the source are sent on after a move."`
}

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error {
	switch {
	case c.URL.IsZero() != c.Key.IsZero():
		return fault.OnField("PROSA_MOVE_KEY", "and PROSA_MOVE_URL are set together")
	case c.Drain < 500*time.Millisecond || c.Drain > time.Minute:
		return fault.OnField("PROSA_MOVE_DRAIN", "must be from 500ms to 1m")
	case c.Patient < c.Drain:
		return fault.OnField("PROSA_MOVE_PATIENCE", "must be longer than PROSA_MOVE_DRAIN")
	case c.Forward < time.Hour:
		return fault.OnField("PROSA_MOVE_FORWARD", "must be at least an hour")
	}
	return nil
}
