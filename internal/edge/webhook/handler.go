package webhook

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/telemetry"
)

// Directory knows the accounts of each hook without asking the database.
// channel.Directory fills it.
type Directory interface {
	// ByHook gives the accounts that share a webhook URL. fresh is false while
	// the knowledge is too old to prove that an account does not exist.
	ByHook(ch message.Channel, hook string) (accounts []channel.Account, fresh bool)
	// ByExternal gives the account that stands for the platform's own id.
	ByExternal(ch message.Channel, externalID string) (channel.Account, bool)
}

// Publisher stores a frame and returns when it is on the disk. It does not keep
// data. platform/stream fills it.
type Publisher interface {
	Publish(ctx context.Context, subject string, data []byte) (seq uint64, err error)
}

// Deps is what a Handler is made of.
type Deps struct {
	Adapters  map[message.Channel]channel.Adapter
	Directory Directory
	Publisher Publisher
	// Shards is the count of shards, the same in every process.
	Shards int
	Clock  clock.Clock
	Logger *slog.Logger
	// Metrics may be nil.
	Metrics *telemetry.Metrics
	// Heard, if set, is told of each account whose event was stored.
	Heard func(accountID string, atMS int64)
}

// Handler answers GET and POST /webhooks/{channel}/{hook}.
type Handler struct {
	Deps
	cfg        Config
	mux        *http.ServeMux
	collectors []*collector
	metrics    metrics
	inHand     atomic.Int64 // bytes of bodies

	mu     sync.RWMutex
	closed bool
	busy   sync.WaitGroup // requests
	ended  sync.WaitGroup // collectors
}

var _ http.Handler = (*Handler)(nil)

// New makes a handler and starts its collectors; Close ends them.
func New(cfg Config, deps Deps) *Handler {
	h := &Handler{Deps: deps, cfg: cfg.withDefaults(), mux: http.NewServeMux()}
	if h.Logger == nil {
		h.Logger = slog.New(slog.DiscardHandler)
	}
	h.metrics = newMetrics(deps.Metrics)
	h.collectors = make([]*collector, max(deps.Shards, 1))
	for shard := range h.collectors {
		c := newCollector(shard, h)
		h.collectors[shard] = c
		h.ended.Go(c.run)
	}
	h.mux.HandleFunc("GET /webhooks/{channel}/{hook}", h.challenge)
	h.mux.HandleFunc("POST /webhooks/{channel}/{hook}", h.receive)
	return h
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

// Close refuses what comes from now on, stores what is in hand and ends the
// collectors. When ctx ends before, it returns fault.Unavailable; requests that
// are still in hand then get their answers all the same. It may be called again.
func (h *Handler) Close(ctx context.Context) error {
	h.mu.Lock()
	first := !h.closed
	h.closed = true
	h.mu.Unlock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.busy.Wait()
		if first {
			for _, c := range h.collectors {
				close(c.queue)
			}
		}
		h.ended.Wait()
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fault.New(fault.Unavailable, "webhooks are still being stored")
	}
}

// enter counts a request in, unless the handler is closed.
func (h *Handler) enter() bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if !h.closed {
		h.busy.Add(1)
	}
	return !h.closed
}

// answer is how a request ends: an HTTP status and the word that the metrics
// have for it. Bodies are always empty.
type answer struct {
	status  int
	outcome string
}

var (
	accepted     = answer{http.StatusOK, "accepted"}
	unauthorized = answer{http.StatusUnauthorized, "unauthorized"}
	unknown      = answer{http.StatusNotFound, "unknown"}
	tooLarge     = answer{http.StatusRequestEntityTooLarge, "too_large"}
	cutOff       = answer{http.StatusBadRequest, "cut_off"}
	tooSlow      = answer{http.StatusRequestTimeout, "too_slow"}
	stale        = answer{http.StatusServiceUnavailable, "stale"}
	full         = answer{http.StatusServiceUnavailable, "full"}
	unavailable  = answer{http.StatusServiceUnavailable, "unavailable"}
	closing      = answer{http.StatusServiceUnavailable, "closing"}
)

func (a answer) write(w http.ResponseWriter) {
	if a.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	w.WriteHeader(a.status)
}

// find gives the adapter and the accounts of the request's URL.
func (h *Handler) find(r *http.Request) (adapter channel.Adapter, accounts []channel.Account, fresh bool, problem *answer) {
	ch := message.Channel(r.PathValue("channel"))
	adapter, ok := h.Adapters[ch]
	if !ok {
		return nil, nil, false, &unknown
	}
	accounts, fresh = h.Directory.ByHook(ch, r.PathValue("hook"))
	switch {
	case len(accounts) > 0:
		return adapter, accounts, fresh, nil
	case fresh:
		return nil, nil, fresh, &unknown
	default:
		return nil, nil, fresh, &stale
	}
}

// challenge answers the handshake by which a platform makes sure that the URL
// is ours.
func (h *Handler) challenge(w http.ResponseWriter, r *http.Request) {
	adapter, accounts, _, problem := h.find(r)
	if problem != nil {
		problem.write(w)
		return
	}
	text, err := adapter.Challenge(r.URL.Query(), accounts)
	switch {
	case fault.Is(err, fault.NotFound):
		w.WriteHeader(http.StatusNotFound)
	case err != nil:
		w.WriteHeader(http.StatusForbidden)
	default:
		// The text comes from the request: it must never be taken for a page.
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
		_, _ = w.Write(text) // who is gone doesn't need it
	}
}

// receive takes a webhook.
func (h *Handler) receive(w http.ResponseWriter, r *http.Request) {
	if !h.enter() {
		closing.write(w)
		return
	}
	defer h.busy.Done()
	begun := time.Now()
	result := h.accept(w, r)
	result.write(w)
	name := "unknown" // not what the caller made up
	if ch := message.Channel(r.PathValue("channel")); h.Adapters[ch] != nil {
		name = string(ch)
	}
	h.metrics.requests.WithLabelValues(name, result.outcome).Inc()
	h.metrics.seconds.WithLabelValues(name).Observe(time.Since(begun).Seconds())
}

func (h *Handler) accept(w http.ResponseWriter, r *http.Request) answer {
	adapter, accounts, fresh, problem := h.find(r)
	if problem != nil {
		return *problem
	}
	if r.ContentLength > bodyMax {
		return tooLarge
	}
	reserved := r.ContentLength
	if reserved < 0 {
		reserved = bodyMax
	}
	if h.inHand.Add(reserved) > int64(h.cfg.BodiesMB)<<20 {
		h.inHand.Add(-reserved)
		return full
	}
	defer h.inHand.Add(-reserved)
	body, problem := h.read(w, r)
	if problem != nil {
		return *problem
	}
	verified, err := adapter.Verify(r.Header, body, accounts)
	if err != nil || len(verified) == 0 {
		return unauthorized
	}
	t := take{
		handler: h, adapter: adapter, hook: r.PathValue("hook"), accounts: verified,
		nowMS: clock.MS(h.Clock.Now()), header: r.Header, body: body,
	}
	t.cut()
	if t.strangers > 0 && !fresh {
		return stale
	}
	return h.store(&t)
}

// read reads the body within its limits of size and time.
func (h *Handler) read(w http.ResponseWriter, r *http.Request) ([]byte, *answer) {
	control := http.NewResponseController(w)
	limited := control.SetReadDeadline(time.Now().Add(h.cfg.BodyTimeout)) == nil
	var into bytes.Buffer
	if r.ContentLength > 0 {
		into.Grow(int(r.ContentLength) + bytes.MinRead)
	}
	_, err := into.ReadFrom(http.MaxBytesReader(w, r.Body, bodyMax))
	if limited {
		_ = control.SetReadDeadline(time.Time{}) // it worked a moment ago
	}
	var large *http.MaxBytesError
	switch {
	case err == nil:
		return into.Bytes(), nil
	case errors.As(err, &large):
		return nil, &tooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, &tooSlow
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, &cutOff
	}
	return nil, &cutOff
}

// store hands the pieces to the collectors of their shards and waits until all
// are on the disk.
func (h *Handler) store(t *take) answer {
	byShard := map[int][]piece{}
	for _, p := range t.pieces {
		byShard[p.shard] = append(byShard[p.shard], p)
	}
	receipt := newReceipt(len(byShard))
	for shard, pieces := range byShard {
		if !h.collectors[shard].offer(pieces, receipt) {
			// What other shards took is stored and will come again: that is told by
			// its keys.
			return full
		}
	}
	if err := receipt.wait(); err != nil {
		return unavailable
	}
	t.report()
	return accepted
}
