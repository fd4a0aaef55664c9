package move

import (
	"context"
	"log/slog"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
	"prosa/internal/platform/hold"
	"prosa/internal/platform/outbox"
	"prosa/internal/platform/secretbox"
)

// Account is a channel of the company, as a move sees it.
type Account struct {
	ID         string `json:"id"`
	Channel    string `json:"channel"`
	Name       string `json:"name"`
	ExternalID string `json:"external_id"`
}

// Channels is what a move asks of the channels.
type Channels interface {
	// Live gives the accounts of a company that messages come to.
	Live(ctx context.Context, companyID string) ([]Account, error)
	// Point has the platform of an account deliver here from now on.
	Point(ctx context.Context, companyID, accountID string) error
	// Speaks reports whether this installation speaks a platform.
	Speaks(channel string) bool
}

// With is what a Service is made of, beside its Config.
type With struct {
	DB     *database.DB
	Box    Sealer
	Blobs  blob.Store
	Clock  clock.Clock
	Logger *slog.Logger
	// Deployment names this installation: massivo-prod.
	Deployment, Line, Schema string
	Shards                   int
	// GatewayURL is where platforms, and the other side, reach this installation.
	GatewayURL string
	// Fetching is the kind of the jobs that fetch files of messages.
	Fetching string
	Channels Channels
	// Shelf stands in for the one that the configuration names.
	Shelf Shelf
}

// Service moves companies, as the source or as the target.
type Service struct {
	cfg    Config
	with   With
	db     *database.DB
	box    Sealer
	blobs  blob.Store
	pieces *Pieces
}

// New makes the service.
func New(cfg Config, with With) *Service {
	if with.Logger == nil {
		with.Logger = slog.New(slog.DiscardHandler)
	}
	with.Shards = max(with.Shards, 1)
	return &Service{cfg: cfg, with: with, db: with.DB, box: with.Box, blobs: with.Blobs, pieces: NewPieces(with.DB)}
}

// Pieces gives the keeper of pieces that were put aside.
func (s *Service) Pieces() *Pieces { return s.pieces }

func (s *Service) nowMS() int64 { return clock.MS(s.with.Clock.Now()) }

// Configured reports whether companies can move from here or to here.
func (s *Service) Configured() bool { return !s.cfg.Key.IsZero() }

// key opens the box of the move's key.
func (s *Service) key() (*secretbox.Box, error) {
	if s.cfg.Key.IsZero() {
		return nil, fault.Refuse("move_off", "no company can be moved: PROSA_MOVE_URL and PROSA_MOVE_KEY are not set")
	}
	box, err := secretbox.Open(secretbox.Config{Keys: s.cfg.Key})
	if err != nil {
		return nil, fault.OnField("PROSA_MOVE_KEY", "is no key: 'prosa config --new-key' makes one, the same text on both sides")
	}
	return box, nil
}

// open gives the files of a move.
func (s *Service) open(moveID string) (*files, error) {
	box, err := s.key()
	if err != nil {
		return nil, err
	}
	shelf := s.with.Shelf
	if shelf == nil {
		found, err := blob.OpenShelf(s.cfg.URL)
		if err != nil {
			return nil, err
		}
		whole, ok := found.(Shelf)
		if !ok {
			return nil, fault.New(fault.Internal, "the shelf of moves can't write on condition")
		}
		shelf = whole
	}
	return openFiles(shelf, box, moveID)
}

// Stream tells how far those who follow the events have come.
type Stream interface {
	// Waiting gives the time of the oldest event that a follower has not done;
	// zero when all have done everything.
	Waiting(ctx context.Context, name string) (time.Time, error)
}

// watchEvery is how often it is looked how far the events have passed.
const (
	watchEvery = 200 * time.Millisecond
	// cameEvery is the same for companies that have left, which lasts for weeks.
	cameEvery = time.Second
)

// Watch notes, while a company drains or is frozen here, how far the events have
// passed those who follow them, so that what they have to do for it is done
// before it is copied; and, once it has left, how far what came in has been put
// aside. events and in are the streams' names.
func (s *Service) Watch(ctx context.Context, gate *hold.Gate, streams Stream, events, in string) error {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	var came time.Time
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		levels := map[hold.Level]bool{}
		for _, level := range gate.Companies() {
			levels[level] = true
		}
		for level := range levels {
			if level == hold.Moved && time.Since(came) < cameEvery {
				continue
			}
			if level == hold.Moved {
				came = time.Now()
			}
			if err := s.pass(ctx, level, streams, events, in); err != nil && ctx.Err() == nil {
				s.with.Logger.WarnContext(ctx, "how far the work has come could not be noted", "error", err)
			}
		}
	}
}

func (s *Service) pass(ctx context.Context, level hold.Level, streams Stream, events, in string) error {
	passed, name := s.nowMS(), in
	switch level {
	case hold.Moved:
	case hold.Draining, hold.Frozen:
		name = events
		behind, err := outbox.Behind(ctx, s.db)
		if err != nil {
			return err
		}
		if behind > 0 {
			passed = min(passed, behind-1)
		}
	default:
		return nil
	}
	oldest, err := streams.Waiting(ctx, name)
	if err != nil {
		return err
	}
	if !oldest.IsZero() {
		passed = min(passed, oldest.UnixMilli()-1)
	}
	return hold.Pass(ctx, s.db, level, passed)
}

// until looks again and again until so is true, for at most limit. what is told
// when it is not.
func until(ctx context.Context, limit time.Duration, what string, so func() (bool, error)) error {
	deadline := time.Now().Add(limit)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		done, err := so()
		if err != nil || done {
			return err
		}
		if time.Now().After(deadline) {
			return fault.New(fault.Unavailable, "%s", what)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
