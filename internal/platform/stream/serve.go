package stream

import (
	"context"
	"errors"
	"log/slog"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
)

// ServerConfig is for Serve.
type ServerConfig struct {
	// Listen is host:port; port 0 takes a free one.
	Listen string
	Dir    string
	// Token must be given by clients; empty lets all in.
	Token secret.Text
	// Logger gets the server's warnings; nil is none.
	Logger *slog.Logger
	// Ready, if set, is told the URL for clients as soon as the server answers.
	Ready func(url string)
}

// Serve runs a NATS server of its own, set up as the embedded one is (every
// message synced, the largest payload raised), until ctx ends. For small
// installations that split the process but have no NATS cluster. Error:
// fault.Unavailable when its store fails.
func Serve(ctx context.Context, cfg ServerConfig) error {
	logger := cfg.Logger
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	broken := make(chan struct{}, 1)
	h, err := openHost(cfg.Dir, cfg.Listen, cfg.Token, logger, func() { signal(broken) })
	if err != nil {
		return err
	}
	if cfg.Ready != nil {
		cfg.Ready(h.url())
	}
	select {
	case <-ctx.Done():
		return h.close()
	case <-broken:
		// Whoever supervises the process starts it again, as often as it takes.
		return errors.Join(fault.New(fault.Unavailable, "the store of the streams has failed; is the disk full?"), h.close())
	}
}
