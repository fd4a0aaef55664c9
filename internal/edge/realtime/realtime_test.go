package realtime

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/tenancy"
)

const patience = 10 * time.Second

// tape is a stream in memory.
type tape struct {
	mu    sync.Mutex
	first uint64
	rows  [][]byte
	more  chan struct{}
	epoch string
}

func newTape() *tape { return &tape{first: 1, more: make(chan struct{}), epoch: "e1"} }

func (s *tape) append(t testing.TB, envelopes ...event.Envelope) uint64 {
	t.Helper()
	data, err := json.Marshal(envelopes)
	if err != nil {
		t.Fatal(err)
	}
	return s.raw(data)
}

func (s *tape) raw(data []byte) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows = append(s.rows, data)
	close(s.more)
	s.more = make(chan struct{})
	return s.first + uint64(len(s.rows)) - 1
}

// forget drops the oldest rows, as retention does.
func (s *tape) forget(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows, s.first = s.rows[n:], s.first+uint64(n)
}

// refill begins another life.
func (s *tape) refill(epoch string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows, s.first, s.epoch = nil, 1, epoch
}

func (s *tape) Epoch(context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.epoch, nil
}

func (s *tape) Bounds(context.Context, string) (first, last uint64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.first, s.first + uint64(len(s.rows)) - 1, nil
}

func (s *tape) Tail(ctx context.Context, _ string, from uint64, fn func(uint64, []byte) error) error {
	for {
		s.mu.Lock()
		from = max(from, s.first)
		var row []byte
		if at := from - s.first; at < uint64(len(s.rows)) {
			row = s.rows[at]
		}
		more := s.more
		s.mu.Unlock()
		if row == nil {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-more:
				continue
			}
		}
		if err := fn(from, row); err != nil {
			return err
		}
		from++
	}
}

// house is a hub behind a real HTTP server. The query says who looks.
type house struct {
	*Hub
	tape   *tape
	server *httptest.Server
	stop   context.CancelFunc
	ended  chan error

	mu    sync.Mutex
	check func(ctx context.Context) (identity.Principal, error)
}

func small() Config {
	cfg := Default()
	cfg.KeepEvents, cfg.LightEvery, cfg.ReplayWait = 64, 20*time.Millisecond, 2*time.Second
	return cfg
}

func start(t testing.TB, cfg Config, tape *tape) *house {
	t.Helper()
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	h := serve(t, New(cfg, tape, tape.Epoch, slog.New(slog.DiscardHandler)))
	h.tape = tape
	return h
}

// serve runs a hub behind a server.
func serve(t testing.TB, hub *Hub) *house {
	t.Helper()
	h := &house{Hub: hub, ended: make(chan error, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	h.stop = cancel
	go func() { h.ended <- h.Run(ctx) }()
	<-h.ready
	h.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := person(r.FormValue("user"), r.FormValue("tenant"), identity.Role(r.FormValue("role")))
		viewer := Viewer{Principal: who, Check: func(ctx context.Context) (identity.Principal, error) {
			h.mu.Lock()
			defer h.mu.Unlock()
			if h.check != nil {
				return h.check(ctx)
			}
			return who, nil
		}}
		if err := h.Serve(w, r, viewer, r.Header.Get("Last-Event-ID")); err != nil {
			w.WriteHeader(map[fault.Code]int{fault.Unavailable: 503, fault.RateLimited: 429}[fault.CodeOf(err)])
		}
	}))
	t.Cleanup(func() {
		cancel()
		<-h.ended
		h.server.Close()
	})
	return h
}

func person(user, tenant string, role identity.Role) identity.Principal {
	return identity.Principal{
		Session: identity.Session{ID: "ses_" + user}, User: identity.User{ID: user},
		Company: tenancy.Company{ID: tenant, State: tenancy.Active}, Role: role,
	}
}

// browser reads a stream of events.
type browser struct {
	t      *testing.T
	body   io.ReadCloser
	events chan told
	lastID string
}

type told struct {
	id, kind, data string
}

func (h *house) open(t *testing.T, user, tenant string, role identity.Role, lastID string) *browser {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, fmt.Sprintf("%s/?user=%s&tenant=%s&role=%s", h.server.URL, user, tenant, role), nil)
	if err != nil {
		t.Fatal(err)
	}
	if lastID != "" {
		request.Header.Set("Last-Event-ID", lastID)
	}
	response, err := h.server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		t.Fatalf("status %d", response.StatusCode)
	}
	b := &browser{t: t, body: response.Body, events: make(chan told, 10000), lastID: lastID}
	go b.read()
	t.Cleanup(b.close)
	return b
}

func (b *browser) close() { _ = b.body.Close() }

func (b *browser) read() {
	defer close(b.events)
	var e told
	lines := bufio.NewScanner(b.body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "id":
			e.id = value
		case "event":
			e.kind = value
		case "data":
			e.data = value
		case "":
			if e.kind != "" {
				b.events <- e
			}
			e = told{}
		}
	}
}

// next gives the next event that is not presence or counts; ok is false when
// the connection ended.
func (b *browser) next() (e told, ok bool) {
	b.t.Helper()
	for {
		select {
		case e, ok := <-b.events:
			if ok && (e.kind == presenceUpdated || e.kind == countsChanged) {
				continue
			}
			if e.id != "" {
				b.lastID = e.id
			}
			return e, ok
		case <-time.After(patience):
			b.t.Fatal("nothing came")
		}
	}
}

func (b *browser) want(kind, part string) told {
	b.t.Helper()
	e, ok := b.next()
	if !ok || e.kind != kind || !strings.Contains(e.data, part) {
		b.t.Fatalf("got %+v (%v), want %s with %s", e, ok, kind, part)
	}
	return e
}

func (b *browser) wantEnd() {
	b.t.Helper()
	if e, ok := b.next(); ok {
		b.t.Fatalf("the connection goes on with %+v", e)
	}
}

func message(tenant string, n int) event.Envelope {
	return event.Envelope{
		Version: 1, ID: fmt.Sprintf("evt_%d", n), TenantID: tenant, Type: event.MessageCreated,
		Data: json.RawMessage(fmt.Sprintf(`{"n":%d}`, n)),
	}
}

func TestEventsReachTheirCompanyOnly(t *testing.T) {
	h := start(t, small(), newTape())
	a, b := h.open(t, "usr_a", "ten_a", identity.Attendant, ""), h.open(t, "usr_b", "ten_b", identity.Admin, "")
	a.want("hello", `"resumed":false`)
	b.want("hello", `"epoch":"e1"`)
	h.tape.append(t, message("ten_a", 1), message("ten_b", 2), message("ten_a", 3))
	if e := a.want(event.MessageCreated, `{"n":1}`); e.id != "e1.1.0" {
		t.Fatalf("id is %s", e.id)
	}
	a.want(event.MessageCreated, `{"n":3}`)
	if e := b.want(event.MessageCreated, `{"n":2}`); e.id != "e1.1.1" {
		t.Fatalf("id is %s", e.id)
	}
}

// Every type of event goes to those who may see it and to nobody else.
func TestNoEventLeaksPastItsPermission(t *testing.T) {
	for _, one := range []struct {
		name     string
		envelope event.Envelope
		sees     []string // of attendant, owner, supervisor, admin
	}{
		{"message", event.Envelope{Type: event.MessageCreated}, []string{"attendant", "owner", "supervisor", "admin"}},
		{"message of somebody", event.Envelope{Type: event.MessageUpdated, Viewers: &event.Viewers{UserIDs: []string{"usr_owner"}}}, []string{"owner", "supervisor", "admin"}},
		{"conversation of somebody", event.Envelope{Type: event.ConversationUpdated, Viewers: &event.Viewers{UserIDs: []string{"usr_owner", "usr_x"}}}, []string{"owner", "supervisor", "admin"}},
		{"conversation of a team", event.Envelope{Type: event.ConversationCreated, Viewers: &event.Viewers{TeamIDs: []string{"tea_1"}}}, []string{"supervisor", "admin"}},
		{"read", event.Envelope{Type: event.ConversationRead, Actor: event.Actor{ID: "usr_owner"}}, []string{"owner"}},
		{"contact", event.Envelope{Type: event.ContactUpdated}, []string{"attendant", "owner", "supervisor", "admin"}},
		{"channel", event.Envelope{Type: event.ChannelUpdated}, []string{"attendant", "owner", "supervisor", "admin"}},
		{"member", event.Envelope{Type: event.MemberUpdated, Data: json.RawMessage(`{"user_id":"usr_x"}`)}, []string{"attendant", "owner", "supervisor", "admin"}},
		{"company", event.Envelope{Type: event.TenantUpdated, Data: json.RawMessage(`{"state":"active"}`)}, []string{"attendant", "owner", "supervisor", "admin"}},
		{"bot", event.Envelope{Type: event.BotUpdated}, []string{"attendant", "owner", "supervisor", "admin"}},
		{"quarantine", event.Envelope{Type: event.QuarantineAdded}, []string{"admin"}},
		{"session", event.Envelope{Type: event.SessionRevoked, Data: json.RawMessage(`{"user_id":"usr_x"}`)}, nil},
		{"unknown", event.Envelope{Type: "payment.captured"}, nil},
	} {
		t.Run(one.name, func(t *testing.T) {
			for name, who := range map[string]identity.Principal{
				"attendant":  person("usr_attendant", "ten_a", identity.Attendant),
				"owner":      person("usr_owner", "ten_a", identity.Attendant),
				"supervisor": person("usr_supervisor", "ten_a", identity.Supervisor),
				"admin":      person("usr_admin", "ten_a", identity.Admin),
				"nobody":     person("usr_nobody", "ten_a", ""),
				"stranger":   person("usr_owner", "ten_b", identity.Admin),
				"operator":   {User: identity.User{ID: "usr_op", Operator: true}},
			} {
				envelope := one.envelope
				envelope.TenantID = "ten_a"
				want := false
				for _, seer := range one.sees {
					want = want || seer == name
				}
				if got := mayRead(&who, &envelope); got != want {
					t.Errorf("%s: sees it is %v, want %v", name, got, want)
				}
			}
		})
	}
	stray := event.Envelope{Type: event.MessageCreated}
	if nowhere := (identity.Principal{Role: identity.Admin}); mayRead(&nowhere, &stray) {
		t.Error("an event of no company was shown to somebody who looks at none")
	}
}

// Viewers are for us; a browser is not told who else may look.
func TestViewersAreNotTold(t *testing.T) {
	h := start(t, small(), newTape())
	b := h.open(t, "usr_a", "ten_a", identity.Attendant, "")
	b.want("hello", "")
	envelope := message("ten_a", 1)
	envelope.Viewers = &event.Viewers{UserIDs: []string{"usr_a", "usr_other"}}
	h.tape.append(t, envelope)
	if e := b.want(event.MessageCreated, ""); strings.Contains(e.data, "usr_other") {
		t.Fatal(e.data)
	}
}

func TestResumeHasNoLossAndNoDouble(t *testing.T) {
	const frames, each = 200, 3
	for _, keep := range []int{1000, 20} { // from memory; from the stream
		t.Run(fmt.Sprint("memory of ", keep), func(t *testing.T) {
			cfg := small()
			cfg.KeepEvents, cfg.Queue = keep, frames*each
			h := start(t, cfg, newTape())
			first := h.open(t, "usr_a", "ten_a", identity.Attendant, "")
			first.want("hello", "")
			var sending sync.WaitGroup
			sending.Go(func() {
				for f := range frames {
					var envelopes []event.Envelope
					for i := range each {
						envelopes = append(envelopes, message("ten_a", f*each+i))
						envelopes = append(envelopes, message("ten_b", -1))
					}
					h.tape.append(t, envelopes...)
				}
			})
			// The connection breaks every few events, in the middle of frames too.
			b, seen := first, 0
			for seen < frames*each {
				for range 1 + seen%47 {
					if seen == frames*each {
						break
					}
					b.want(event.MessageCreated, fmt.Sprintf(`{"n":%d}`, seen))
					seen++
				}
				b.close()
				b = h.open(t, "usr_a", "ten_a", identity.Attendant, b.lastID)
				b.want("hello", `"resumed":true`)
			}
			sending.Wait()
			h.tape.append(t, message("ten_a", 999999))
			b.want(event.MessageCreated, "999999")
		})
	}
}

func TestResumeInAnotherProcess(t *testing.T) {
	tape := newTape()
	one := start(t, small(), tape)
	b := one.open(t, "usr_a", "ten_a", identity.Attendant, "")
	b.want("hello", "")
	tape.append(t, message("ten_a", 1), message("ten_a", 2))
	b.want(event.MessageCreated, `{"n":1}`)
	tape.append(t, message("ten_a", 3))
	other := start(t, small(), tape) // begins at the stream's end, with no memory
	c := other.open(t, "usr_a", "ten_a", identity.Attendant, b.lastID)
	c.want("hello", `"resumed":true`)
	c.want(event.MessageCreated, `{"n":2}`)
	c.want(event.MessageCreated, `{"n":3}`)
	tape.append(t, message("ten_a", 4))
	c.want(event.MessageCreated, `{"n":4}`)
}

func TestWhatCannotBeResumedIsFetchedAnew(t *testing.T) {
	tape := newTape()
	for n := range 10 {
		tape.append(t, message("ten_a", n))
	}
	tape.forget(5)
	h := start(t, small(), tape)
	for id, reason := range map[string]string{"e0.3.0": unknownEpoch, "garbage": unknownEpoch, "e1.3.0": tooOld, "e1.999.0": unknownEpoch} {
		b := h.open(t, "usr_a", "ten_a", identity.Attendant, id)
		b.want("hello", `"resumed":false`)
		b.want("resync", reason)
		seq := h.tape.append(t, message("ten_a", 100))
		if e := b.want(event.MessageCreated, `{"n":100}`); e.id != fmt.Sprintf("e1.%d.0", seq) {
			t.Fatalf("after %s: %s", id, e.id)
		}
		b.close()
	}
}

func TestANewEpochMakesEverybodyFetchAnew(t *testing.T) {
	tape := newTape()
	h := start(t, small(), tape)
	b := h.open(t, "usr_a", "ten_a", identity.Attendant, "")
	b.want("hello", "e1")
	tape.append(t, message("ten_a", 1))
	b.want(event.MessageCreated, `{"n":1}`)
	tape.refill("e2")
	b.want("resync", unknownEpoch)
	tape.append(t, message("ten_a", 2))
	if e := b.want(event.MessageCreated, `{"n":2}`); e.id != "e2.1.0" {
		t.Fatalf("id is %s", e.id)
	}
}

func TestASlowBrowserIsClosedAndResumes(t *testing.T) {
	tape := newTape()
	h := New(small(), tape, tape.Epoch, slog.New(slog.DiscardHandler))
	h.epoch = "e1"
	close(h.ready)
	slow := &client{viewer: Viewer{Principal: person("usr_a", "ten_a", identity.Attendant)}, queue: make(chan *entry, 4), doubt: make(chan struct{}, 1), done: make(chan struct{})}
	if _, err := h.admit(slow); err != nil {
		t.Fatal(err)
	}
	for n := range 10 {
		data, err := json.Marshal([]event.Envelope{message("ten_a", n)})
		if err != nil {
			t.Fatal(err)
		}
		h.publish(context.Background(), "e1", uint64(n+1), data)
	}
	select {
	case <-slow.done:
	default:
		t.Fatal("a full queue did not end the connection")
	}
	recorder := httptest.NewRecorder()
	err := h.pump(context.Background(), slow, &writer{w: recorder, control: http.NewResponseController(recorder), wait: time.Second})
	if err != nil || !strings.Contains(recorder.Body.String(), "event: bye\ndata: {\"reason\":\"slow\"}") {
		t.Fatalf("%v: %s", err, recorder.Body.String())
	}
	h.dismiss(slow)
	if n := h.Connections(); n != 0 {
		t.Fatalf("%d connections left", n)
	}
}

func TestRevokedSessionsAndChangedRightsEndConnections(t *testing.T) {
	gone := func(context.Context) (identity.Principal, error) {
		return identity.Principal{}, fault.New(fault.Unauthorized, "nobody is signed in")
	}
	demoted := func(context.Context) (identity.Principal, error) { return person("usr_a", "ten_a", ""), nil }
	suspended := func(context.Context) (identity.Principal, error) {
		who := person("usr_a", "ten_a", identity.Admin)
		who.Company.State = tenancy.Suspended
		return who, nil
	}
	for _, one := range []struct {
		reason   string
		now      func(context.Context) (identity.Principal, error)
		envelope event.Envelope
	}{
		{"revoked", gone, event.Envelope{Type: event.SessionRevoked, TenantID: "ten_elsewhere", Data: json.RawMessage(`{"user_id":"usr_a","session_id":"ses_usr_a"}`)}},
		{"revoked", gone, event.Envelope{Type: event.SessionRevoked, Data: json.RawMessage(`{"user_id":"usr_a"}`)}},
		{"changed", demoted, event.Envelope{Type: event.MemberUpdated, TenantID: "ten_a", Data: json.RawMessage(`{"user_id":"usr_a"}`)}},
		{"changed", suspended, event.Envelope{Type: event.TenantUpdated, TenantID: "ten_a", Data: json.RawMessage(`{"state":"suspended"}`)}},
	} {
		h := start(t, small(), newTape())
		b := h.open(t, "usr_a", "ten_a", identity.Admin, "")
		b.want("hello", "")
		h.mu.Lock()
		h.check = one.now
		h.mu.Unlock()
		// What comes behind it is never written, however fast.
		h.tape.append(t, one.envelope, message("ten_a", 1), message("ten_a", 2))
		b.want("bye", one.reason)
		b.wantEnd()
	}
}

// An event that was on its way while the person signed in anew ends nothing.
func TestOldNewsOfRightsEndNothing(t *testing.T) {
	h := start(t, small(), newTape())
	b := h.open(t, "usr_a", "ten_a", identity.Attendant, "")
	b.want("hello", "")
	h.tape.append(t, event.Envelope{Type: event.SessionRevoked, TenantID: "ten_a", Data: json.RawMessage(`{"user_id":"usr_a"}`)}, message("ten_a", 1))
	b.want(event.MessageCreated, `{"n":1}`)
	h.tape.append(t, event.Envelope{Type: event.MemberUpdated, TenantID: "ten_a", Data: json.RawMessage(`{"user_id":"usr_a"}`)}, message("ten_a", 2))
	b.want(event.MemberUpdated, "")
	b.want(event.MessageCreated, `{"n":2}`)
}

func TestASessionThatEndedUnheardIsFound(t *testing.T) {
	cfg := small()
	cfg.Recheck = 10 * time.Millisecond
	h := start(t, cfg, newTape())
	h.mu.Lock()
	h.check = func(context.Context) (identity.Principal, error) {
		return identity.Principal{}, fault.New(fault.Unauthorized, "nobody is signed in")
	}
	h.mu.Unlock()
	b := h.open(t, "usr_a", "ten_a", identity.Attendant, "")
	b.want("hello", "")
	b.want("bye", "revoked")

	h.mu.Lock()
	h.check = func(context.Context) (identity.Principal, error) {
		return person("usr_a", "ten_a", identity.Supervisor), nil
	}
	h.mu.Unlock()
	b = h.open(t, "usr_a", "ten_a", identity.Attendant, "")
	b.want("hello", "")
	b.want("bye", "changed")
}

func TestStoppingSaysGoodbyeAndWaits(t *testing.T) {
	h := start(t, small(), newTape())
	b := h.open(t, "usr_a", "ten_a", identity.Attendant, "")
	b.want("hello", "")
	h.stop()
	b.want("bye", "shutdown")
	b.wantEnd()
	if err := <-h.ended; err != nil {
		t.Fatal(err)
	}
	h.ended <- nil // for the clean-up
	if n := h.Connections(); n != 0 {
		t.Fatalf("%d connections outlived the hub", n)
	}
	response, err := h.server.Client().Get(h.server.URL + "/?user=usr_a&tenant=ten_a&role=admin")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusServiceUnavailable {
		t.Fatalf("status %d while stopped", response.StatusCode)
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	cfg := small()
	cfg.PerUser, cfg.Connections = 2, 3
	h := New(cfg, newTape(), nil, slog.New(slog.DiscardHandler))
	admit := func(user string) error {
		_, err := h.admit(&client{viewer: Viewer{Principal: person(user, "ten_a", identity.Attendant)}, queue: make(chan *entry, 1), done: make(chan struct{})})
		return err
	}
	for i, one := range []struct {
		user string
		code fault.Code
	}{{"usr_a", ""}, {"usr_a", ""}, {"usr_a", fault.RateLimited}, {"usr_b", ""}, {"usr_c", fault.Unavailable}} {
		if code := fault.CodeOf(admit(one.user)); code != one.code {
			t.Errorf("connection %d of %s: %q, want %q", i, one.user, code, one.code)
		}
	}
}

func TestTypingIsToldToOthersAndNotRepeated(t *testing.T) {
	h := start(t, small(), newTape())
	a, b, c := h.open(t, "usr_a", "ten_a", identity.Attendant, ""), h.open(t, "usr_b", "ten_a", identity.Attendant, ""), h.open(t, "usr_c", "ten_b", identity.Attendant, "")
	for _, one := range []*browser{a, b, c} {
		one.want("hello", "")
	}
	h.Typing("ten_a", "cnv_1", event.Actor{Kind: "user", ID: "usr_a", Name: "Ana"}, nil, true, 5)
	if e := b.want(event.ConversationTyping, `"user_name":"Ana","typing":true`); e.id != "" {
		t.Fatalf("typing has the id %s", e.id)
	}
	h.tape.append(t, message("ten_a", 1), message("ten_b", 2))
	a.want(event.MessageCreated, `{"n":1}`) // and nothing of their own typing before
	c.want(event.MessageCreated, `{"n":2}`)
}

func TestCountsAreToldSeldomAndPresenceToAll(t *testing.T) {
	cfg := small()
	cfg.LightEvery = time.Hour // told by hand below
	h := start(t, cfg, newTape())
	b, other := h.open(t, "usr_b", "ten_a", identity.Attendant, ""), h.open(t, "usr_a", "ten_a", identity.Attendant, "")
	b.want("hello", "")
	other.want("hello", "")
	for n := range 20 {
		h.tape.append(t, message("ten_a", n))
		b.want(event.MessageCreated, "")
	}
	h.tellLight(1)
	h.tellLight(2)
	h.tape.append(t, message("ten_a", 99))
	counts, presence := 0, ""
	for e := range b.events {
		switch e.kind {
		case countsChanged:
			counts++
		case presenceUpdated:
			presence = e.data
		}
		if strings.Contains(e.data, `{"n":99}`) {
			break
		}
	}
	if counts != 1 || !strings.Contains(presence, `"online":["usr_a","usr_b"]`) {
		t.Fatalf("%d counts, presence %s", counts, presence)
	}
}

func TestSignsOfLife(t *testing.T) {
	cfg := small()
	cfg.Beat = 10 * time.Millisecond
	h := start(t, cfg, newTape())
	response, err := h.server.Client().Get(h.server.URL + "/?user=usr_a&tenant=ten_a&role=attendant")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), ":") {
			return
		}
	}
	t.Fatal("no comment came", lines.Err())
}

func TestABrokenFrameIsPassedOver(t *testing.T) {
	h := start(t, small(), newTape())
	b := h.open(t, "usr_a", "ten_a", identity.Attendant, "")
	b.want("hello", "")
	h.tape.raw([]byte("not json"))
	h.tape.append(t, message("ten_a", 1))
	b.want(event.MessageCreated, `{"n":1}`)
}

func TestTheStreamMayGoAway(t *testing.T) {
	tape := newTape()
	flaky := &flakySource{tape: tape, fail: make(chan struct{})}
	h := New(small(), flaky, tape.Epoch, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	<-h.ready
	watcher := &client{viewer: Viewer{Principal: person("usr_a", "ten_a", identity.Attendant)}, queue: make(chan *entry, 100), done: make(chan struct{})}
	if _, err := h.admit(watcher); err != nil {
		t.Fatal(err)
	}
	close(flaky.fail)
	tape.append(t, message("ten_a", 1))
	for heard := false; !heard; {
		select {
		case e := <-watcher.queue:
			heard = !e.light && e.at.seq == 1
		case <-time.After(patience):
			t.Fatal("the hub did not come back")
		}
	}
	h.dismiss(watcher)
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

// flakySource fails its first tail.
type flakySource struct {
	*tape
	fail chan struct{}
	once sync.Once
}

func (s *flakySource) Tail(ctx context.Context, stream string, from uint64, fn func(uint64, []byte) error) error {
	failed := false
	s.once.Do(func() {
		<-s.fail
		failed = true
	})
	if failed {
		return errors.New("the connection broke")
	}
	return s.tape.Tail(ctx, stream, from, fn)
}

// A browser that comes before the hub knows where the stream stands is greeted
// when it does; only one that would wait too long is told to come again.
func TestABrowserWaitsForTheHub(t *testing.T) {
	tape := newTape()
	hub := New(small(), tape, tape.Epoch, slog.New(slog.DiscardHandler))
	impatient, cancel := context.WithCancel(context.Background())
	cancel()
	if err := hub.settled(impatient); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("a hub that never ran: %v", err)
	}
	came := make(chan error, 1)
	go func() { came <- hub.settled(context.Background()) }()
	h := serve(t, hub)
	if err := <-came; err != nil {
		t.Fatal(err)
	}
	h.open(t, "usr_a", "ten_a", identity.Attendant, "").want("hello", "")
}
