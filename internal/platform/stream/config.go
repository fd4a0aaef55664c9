package stream

import (
	"crypto/x509"
	"log/slog"
	"net/url"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/event"
)

// MaxPayload is the largest message that a server must carry, in bytes: one
// event of the largest size alone in its frame, and the frame's own fields.
const MaxPayload = event.EventMaxBytes + 1<<20

// Config says where the streams live and how much they may hold.
type Config struct {
	URL      string        `env:"PROSA_STREAM_URL" doc:"NATS server or cluster (nats://host:4222, several by comma); empty runs one inside the process."`
	Token    secret.Text   `env:"PROSA_STREAM_TOKEN" doc:"Token for the NATS server." secret:"true"`
	CA       secret.Text   `env:"PROSA_STREAM_CA" doc:"Certificates (PEM) of the authority that signed the NATS server's, when the machine does not know it; with tls:// URLs." secret:"true"`
	Replicas int           `env:"PROSA_STREAM_REPLICAS" default:"1" doc:"Copies of each stream in a cluster: 1, 3 or 5."`
	InMB     int64         `env:"PROSA_STREAM_IN_MB" default:"2048" doc:"Most MiB of accepted webhooks waiting for a worker; beyond that platforms are asked to repeat."`
	EventMB  int64         `env:"PROSA_STREAM_EVENT_MB" default:"1024" doc:"Most MiB of events kept for consumers and for browsers that come back."`
	EventAge time.Duration `env:"PROSA_STREAM_EVENT_AGE" default:"48h" doc:"How long events are kept."`
	DeadMB   int64         `env:"PROSA_STREAM_DEAD_MB" default:"256" doc:"Most MiB of dead letters; the oldest go first."`
	FreeMB   int64         `env:"PROSA_STREAM_FREE_MB" default:"256" doc:"Embedded server: writing stops while the disk has less than this many MiB free."`

	// Dir is the folder of the embedded server, used when URL is empty.
	Dir string `env:"-"`
	// Logger gets the warnings of the server and of the connection; nil is none.
	Logger *slog.Logger `env:"-"`

	free func(dir string) (int64, error) // freeBytes, unless a test says otherwise
}

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error {
	if parsed, err := url.Parse(c.URL); err == nil && parsed.User != nil {
		return fault.OnField("PROSA_STREAM_URL", "must not carry a password, since it is printed: use PROSA_STREAM_TOKEN")
	}
	if _, err := c.roots(); err != nil {
		return err
	}
	if c.Replicas < 0 || c.Replicas > 5 {
		return fault.OnField("PROSA_STREAM_REPLICAS", "must be 1, 3 or 5")
	}
	for name, mb := range map[string]int64{"PROSA_STREAM_IN_MB": c.InMB, "PROSA_STREAM_EVENT_MB": c.EventMB, "PROSA_STREAM_DEAD_MB": c.DeadMB} {
		if mb < 0 || mb > 0 && mb < 8 {
			return fault.OnField(name, "must be at least 8 MiB")
		}
	}
	if c.FreeMB < 0 {
		return fault.OnField("PROSA_STREAM_FREE_MB", "must not be negative")
	}
	if c.EventAge < 0 || c.EventAge > 0 && c.EventAge < time.Minute {
		return fault.OnField("PROSA_STREAM_EVENT_AGE", "must be at least a minute")
	}
	return nil
}

// roots are the authorities that a server's certificate may come from; nil are
// those that the machine knows.
func (c Config) roots() (*x509.CertPool, error) {
	if c.CA.IsZero() {
		return nil, nil
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM([]byte(c.CA.Reveal())) {
		return nil, fault.OnField("PROSA_STREAM_CA", "holds no certificate: it must be PEM, -----BEGIN CERTIFICATE-----")
	}
	return pool, nil
}

// withDefaults fills what a caller that made the Config by hand left at zero.
func (c Config) withDefaults() Config {
	c.Replicas = max(c.Replicas, 1)
	c.InMB = or(c.InMB, 2048)
	c.EventMB = or(c.EventMB, 1024)
	c.EventAge = or(c.EventAge, 48*time.Hour)
	c.DeadMB = or(c.DeadMB, 256)
	c.FreeMB = or(c.FreeMB, 256)
	if c.free == nil {
		c.free = freeBytes
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

func or[T comparable](value, standard T) T {
	var zero T
	if value == zero {
		return standard
	}
	return value
}
