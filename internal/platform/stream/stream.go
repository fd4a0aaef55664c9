package stream

import (
	"context"
	"crypto/tls"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"prosa/internal/base/fault"
)

// The streams.
const (
	In    = "IN"
	Event = "EVENT"
	Dead  = "DEAD"
)

// How long things may take before they count as failed.
const (
	connectTimeout = 10 * time.Second
	publishTimeout = 5 * time.Second
	watchInterval  = time.Second
)

// Stream is an open connection to the streams. It is safe for concurrent use.
type Stream struct {
	cfg  Config
	host *host // nil when the server is elsewhere
	conn *nats.Conn
	js   jetstream.JetStream
	wake wakes

	// life counts the connections made: when it grows, the server may be another
	// one, with another past.
	life atomic.Int64
	// line ends with the present connection, and with it the publishing under
	// way: its answers can't come any more.
	line atomic.Pointer[line]
	// trouble is why nothing may be written just now, nil when all is well.
	trouble atomic.Pointer[fault.Error]
	// broken asks the watch to look after the server at once.
	broken chan struct{}

	close    sync.Once
	closing  chan struct{}
	watching sync.WaitGroup
	closeErr error
}

// line is the life of one connection.
type line struct {
	context.Context
	cut context.CancelFunc
}

// relink ends the line and begins the next.
func (s *Stream) relink() {
	next := &line{}
	next.Context, next.cut = context.WithCancel(context.Background())
	if before := s.line.Swap(next); before != nil {
		before.cut()
	}
}

// Open starts the embedded server, or connects to the one at cfg.URL, and
// creates or updates the streams. It waits some seconds for a server that is
// not there yet. Errors: fault.Unavailable when there is none,
// fault.Conflict when another process uses the folder, fault.Invalid when the
// server's largest payload is too small.
func Open(ctx context.Context, cfg Config) (*Stream, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.URL == "" && cfg.Dir == "" {
		return nil, fault.OnField("PROSA_STREAM_URL", "the embedded server needs a folder")
	}
	s := &Stream{cfg: cfg.withDefaults(), closing: make(chan struct{}), broken: make(chan struct{}, 1)}
	s.relink()
	if s.cfg.URL == "" {
		var err error
		if s.host, err = openHost(s.cfg.Dir, "", s.cfg.Token, s.cfg.Logger, func() { signal(s.broken) }); err != nil {
			return nil, err
		}
	}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.check()
	s.watching.Go(s.watch)
	return s, nil
}

func (s *Stream) open(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	if s.conn, err = s.connect(ctx); err != nil {
		return fault.Wrap(err, fault.Unavailable, "the stream server can't be reached")
	}
	if have := s.conn.MaxPayload(); have < MaxPayload {
		return fault.New(fault.Invalid, "the stream server carries messages of %d bytes at most; set its max_payload to %d", have, MaxPayload)
	}
	if s.js, err = jetstream.New(s.conn, jetstream.WithDefaultTimeout(publishTimeout)); err != nil {
		return fault.Wrap(err, fault.Unavailable, "the streams can't be used")
	}
	for _, config := range s.streams() {
		if err := s.ensure(ctx, config); err != nil {
			return fault.Wrap(err, fault.Unavailable, "the stream "+config.Name+" can't be made")
		}
	}
	return s.wake.listen(s.conn)
}

func (s *Stream) connect(ctx context.Context) (*nats.Conn, error) {
	options := []nats.Option{
		nats.Name("prosa"),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(100 * time.Millisecond),
		nats.ReconnectJitter(100*time.Millisecond, 100*time.Millisecond),
		// Nothing is held back while the server is away: whoever publishes is told
		// at once, and decides.
		nats.ReconnectBufSize(-1),
		nats.NoEcho(),
		nats.ReconnectHandler(func(*nats.Conn) { s.life.Add(1) }),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			s.relink()
			if err != nil {
				s.cfg.Logger.Warn("stream server lost", "error", err)
			}
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			s.cfg.Logger.Warn("stream connection", "error", err)
		}),
	}
	if !s.cfg.Token.IsZero() {
		options = append(options, nats.Token(s.cfg.Token.Reveal()))
	}
	if s.host != nil {
		options = append(options, nats.InProcessServer(s.host))
	}
	roots, err := s.cfg.roots()
	if err != nil {
		return nil, err
	}
	if roots != nil && s.host == nil {
		options = append(options, nats.Secure(&tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}))
	}
	for {
		conn, err := nats.Connect(s.cfg.URL, options...)
		if err == nil {
			return conn, nil
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(250 * time.Millisecond):
		}
	}
}

// streams is what each stream is: see the package comment.
func (s *Stream) streams() []jetstream.StreamConfig {
	in := jetstream.StreamConfig{
		Name:        In,
		Description: "What came in from outside, as it came; gone when its shard's owner has dealt with it.",
		Subjects:    []string{"in.>"},
		Retention:   jetstream.WorkQueuePolicy,
		Discard:     jetstream.DiscardNew,
		MaxBytes:    s.cfg.InMB << 20,
	}
	happened := jetstream.StreamConfig{
		Name:        Event,
		Description: "What happened, in frames of envelopes; the outbox table holds the truth.",
		Subjects:    []string{"event.>"},
		Retention:   jetstream.LimitsPolicy,
		Discard:     jetstream.DiscardOld,
		MaxBytes:    s.cfg.EventMB << 20,
		MaxAge:      s.cfg.EventAge,
		AllowDirect: true,
	}
	if s.cfg.Replicas == 1 {
		// Lost tails are filled again from the table. A replicated stream syncs in
		// its own way and knows no such mode.
		happened.PersistMode = jetstream.AsyncPersistMode
	}
	dead := jetstream.StreamConfig{
		Name:        Dead,
		Description: "What a consumer could not deal with, to be seen, mended and replayed.",
		Subjects:    []string{"dead.>"},
		Retention:   jetstream.LimitsPolicy,
		Discard:     jetstream.DiscardOld,
		MaxBytes:    s.cfg.DeadMB << 20,
	}
	all := []jetstream.StreamConfig{in, happened, dead}
	for i := range all {
		all[i].Storage = jetstream.FileStorage
		all[i].Replicas = s.cfg.Replicas
		all[i].MaxMsgSize = MaxPayload
	}
	return all
}

// ensure creates the stream or brings an existing one to the configuration.
func (s *Stream) ensure(ctx context.Context, config jetstream.StreamConfig) error {
	existing, err := s.js.Stream(ctx, config.Name)
	switch {
	case err == nil:
		// The mode can't be changed on a stream that exists.
		config.PersistMode = existing.CachedInfo().Config.PersistMode
	case !errors.Is(err, jetstream.ErrStreamNotFound):
		return err
	}
	_, err = s.js.CreateOrUpdateStream(ctx, config)
	return err
}

// Close drops the connection and stops the embedded server. What was published
// stays. It may be called again.
func (s *Stream) Close() error {
	s.close.Do(func() {
		close(s.closing)
		s.watching.Wait()
		if s.conn != nil {
			s.conn.Close()
		}
		if s.host != nil {
			s.closeErr = s.host.close()
		}
	})
	return s.closeErr
}

// Ready tells why nothing can be published just now: fault.Unavailable.
func (s *Stream) Ready() error {
	if trouble := s.trouble.Load(); trouble != nil {
		return trouble
	}
	if !s.conn.IsConnected() {
		return fault.New(fault.Unavailable, "no connection to the stream server")
	}
	return nil
}

// Embedded tells whether the server runs in this process, so that nobody else
// publishes.
func (s *Stream) Embedded() bool { return s.host != nil }

// Life counts the connections to the server. When it has grown, the server may
// have lost what was not synced.
func (s *Stream) Life() int64 { return s.life.Load() }

// State is what a stream holds.
type State struct {
	First, Last uint64 // sequences; Last is kept when messages go
	Messages    uint64
	Bytes       uint64
}

// State tells what a stream holds.
func (s *Stream) State(ctx context.Context, name string) (State, error) {
	stream, err := s.js.Stream(ctx, name)
	if err != nil {
		return State{}, classify(err, "read the state of "+name)
	}
	state := stream.CachedInfo().State
	return State{First: state.FirstSeq, Last: state.LastSeq, Messages: state.Msgs, Bytes: state.Bytes}, nil
}

// Bounds gives the sequences of the first and the last message that a stream
// holds.
func (s *Stream) Bounds(ctx context.Context, name string) (first, last uint64, err error) {
	state, err := s.State(ctx, name)
	return state.First, state.Last, err
}

// watch guards the embedded server's disk and starts the server anew when its
// store has failed.
func (s *Stream) watch() {
	if s.host == nil {
		return
	}
	ticker := time.NewTicker(watchInterval)
	defer ticker.Stop()
	failed := false // the store has failed and was not started anew since
	for {
		select {
		case <-s.closing:
			return
		case <-ticker.C:
			s.check()
		case <-s.broken:
			failed = true
			s.check()
		}
		// Not before there is room: it would fail again.
		if failed && s.trouble.Load() == nil {
			failed = !s.heal()
		}
	}
}

// check looks at the disk.
func (s *Stream) check() {
	if s.host == nil {
		return
	}
	free, err := s.cfg.free(s.cfg.Dir)
	switch {
	case err != nil:
		s.worry(fault.New(fault.Unavailable, "the disk of the streams can't be read: %w", err))
	case free < s.cfg.FreeMB<<20:
		s.worry(fault.New(fault.Unavailable, "the disk of the streams is full: %d MiB free, %d needed", free>>20, s.cfg.FreeMB))
	default:
		s.worry(nil)
	}
}

// worry sets or clears the trouble and logs the change.
func (s *Stream) worry(trouble *fault.Error) {
	before := s.trouble.Swap(trouble)
	switch {
	case before == nil && trouble != nil:
		s.cfg.Logger.Error("streams refuse writing", "why", trouble.Message)
	case before != nil && trouble == nil:
		s.cfg.Logger.Info("streams take writing again")
	}
}

// heal starts the embedded server anew and tells whether it came up.
func (s *Stream) heal() bool {
	s.cfg.Logger.Warn("the store of the streams has failed: starting the server anew")
	err := s.host.restart()
	if err != nil {
		s.cfg.Logger.Error("the stream server did not start", "error", err)
	}
	// Room for the clients to come back before anybody complains again.
	select {
	case <-s.closing:
	case <-time.After(watchInterval):
	}
	return err == nil
}

// complain tells the watch of an error that only a new start cures.
func (s *Stream) complain(err error) {
	if s.host != nil && isBroken(err) {
		signal(s.broken)
	}
}

// signal leaves a note in a channel that holds one.
func signal(to chan<- struct{}) {
	select {
	case to <- struct{}{}:
	default:
	}
}
