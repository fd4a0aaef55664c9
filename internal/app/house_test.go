package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/conversation"
	"prosa/internal/platform/config"
	"prosa/internal/platform/database"
	"prosa/internal/platform/stream"
	"prosa/internal/platform/telemetry"
)

// living is a demo house that runs inside the test, with its simulators.
type living struct {
	*running
	t    *testing.T
	base string
	http *http.Client
}

func liveIn(t *testing.T) *living {
	t.Helper()
	port, err := freePort("127.0.0.1", 20_000+int(time.Now().UnixNano()%20_000))
	if err != nil {
		t.Fatal(err)
	}
	command := demoCommand{Data: t.TempDir()}
	cfg, err := load(command.settings(config.Map(map[string]string{"PROSA_HASH_MEMORY_KIB": "1024", "PROSA_HASH_TIME": "1"}), "127.0.0.1", port))
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	h, err := open(ctx, cfg, targetAll, telemetry.Discard())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.close() })
	if err := h.checkSchema(ctx, targetAll); err != nil {
		t.Fatal(err)
	}
	world, err := newWorld(cfg.Sandbox, filepath.Join(cfg.Server.DataDir, "sandbox"), cfg.Server.gatewayURL(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	plan := seedPlan{history: true, sandbox: &sandboxClient{base: cfg.Server.PublicURL, http: &http.Client{Transport: inside{world}}}}
	if made, err := h.seed(ctx, plan); err != nil || made == nil {
		t.Fatalf("seeding: %v, %v", made, err)
	}
	if again, err := h.seed(ctx, plan); err != nil || again != nil {
		t.Fatalf("a second seeding: %v, %v", again, err)
	}
	group, r, err := h.group(targetAll, world.services()...)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{metaPath + "/", instagramPath + "/", messengerPath + "/", telegramPath + "/", "/sandbox/"} {
		r.mux.Handle(path, world)
	}
	if err := group.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := group.Stop(); err != nil {
			t.Error(err)
		}
	})
	return &living{running: r, t: t, base: "http://" + net.JoinHostPort("127.0.0.1", fmt.Sprint(port)), http: &http.Client{Timeout: 20 * time.Second}}
}

func (l *living) call(method, path string, body, out any) {
	l.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		l.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(l.t.Context(), method, l.base+path, bytes.NewReader(raw))
	if err != nil {
		l.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	response, err := l.http.Do(request)
	if err != nil {
		l.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	if response.StatusCode > 299 {
		l.t.Fatalf("%s %s answered %d: %s", method, path, response.StatusCode, answer)
	}
	if out != nil {
		if err := json.Unmarshal(answer, out); err != nil {
			l.t.Fatalf("%s %s: %v in %s", method, path, err, answer)
		}
	}
}

// until waits for what other goroutines bring about.
func (l *living) until(what string, ok func() bool) {
	l.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			l.t.Fatalf("%s did not come", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

type shownBubble struct {
	ID, Dir, Kind, Text string
	Media               *struct{ URL string }
}

func (l *living) bubbles(chat string) []shownBubble {
	var page struct{ Bubbles []shownBubble }
	l.call(http.MethodGet, phonePath+"/chats/"+chat+"/messages?limit=50", nil, &page)
	return page.Bubbles
}

// The whole house in one process: a customer writes and sends a picture, the
// bot answers, and the picture is fetched and kept.
func TestTheHouseLives(t *testing.T) {
	l := liveIn(t)
	chat := "w." + sampleNumber + ".5521987650202"
	l.call(http.MethodPost, phonePath+"/chats/"+chat+"/messages", map[string]string{"kind": "text", "text": "oi"}, nil)
	l.until("the bot's menu", func() bool {
		for _, b := range l.bubbles(chat) {
			if b.Dir == "theirs" && strings.Contains(b.Text, "Como posso ajudar?") {
				return true
			}
		}
		return false
	})
	l.call(http.MethodPost, phonePath+"/chats/"+chat+"/messages", map[string]any{"kind": "voice", "seconds": 2}, nil)
	tenants, err := l.tenancy.List(t.Context(), "", 10)
	if err != nil || len(tenants.Items) != 1 {
		t.Fatalf("%+v, %v", tenants, err)
	}
	tenantID := tenants.Items[0].ID
	boss := conversation.Viewer{UserID: "usr_test", Role: conversation.Admin}
	l.until("the voice note, fetched", func() bool {
		list, err := l.conversation.List(t.Context(), conversation.ListInput{TenantID: tenantID, By: boss, View: conversation.AllView, Query: "Rafael Antunes"})
		if err != nil || len(list.Items) == 0 {
			return false
		}
		thread, _, err := l.conversation.Thread(t.Context(), tenantID, list.Items[0].ID, boss, 0, 50)
		if err != nil {
			return false
		}
		for _, m := range thread {
			if m.Kind == message.Audio && m.Content.Media.State == "ready" {
				_, size, err := l.blobs.Open(t.Context(), tenantID, m.Content.Media.Blob)
				return err == nil && size == m.Content.Media.Size && size > 0
			}
		}
		return false
	})
	if got := l.locales.of(tenantID); got != "pt-BR" {
		t.Errorf("the company speaks %s", got)
	}
	list, err := l.conversation.List(t.Context(), conversation.ListInput{TenantID: tenantID, By: boss, View: conversation.ResolvedView, Limit: 200})
	if err != nil || len(list.Items) < 100 {
		t.Errorf("three weeks left %d conversations, %v", len(list.Items), err)
	}
}

func TestDeadLettersAreShownReplayedAndDropped(t *testing.T) {
	l := liveIn(t)
	ctx := t.Context()
	desk := letters{l.streams, l.replay}
	for n := range 3 {
		raw := event.Raw{TenantID: "ten_x", AccountID: "cha_x", Channel: "whatsapp", ReceivedMS: int64(n + 1), Problem: "cannot be done", Body: []byte(fmt.Sprintf(`{"n":%d}`, n))}
		if _, err := l.streams.Publish(ctx, "dead.conversation", event.AppendFrame(nil, []event.Raw{raw})); err != nil {
			t.Fatal(err)
		}
	}
	list, err := desk.List(ctx, "", 2)
	if err != nil || len(list.Items) != 2 || list.Items[0].Body != `{"n":2}` || list.Items[0].Reason != "cannot be done" || list.Items[0].Consumer != "conversation" {
		t.Fatalf("shown %+v, %v", list, err)
	}
	rest, err := desk.List(ctx, list.Next, 2)
	if err != nil || len(rest.Items) != 1 || rest.Next != "" {
		t.Fatalf("then %+v, %v", rest, err)
	}
	if err := desk.Drop(ctx, list.Items[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := desk.Drop(ctx, list.Items[0].ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("dropped twice: %v", err)
	}
	if err := desk.Drop(ctx, "no number"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a strange id gave %v", err)
	}
	if err := desk.Replay(ctx, rest.Items[0].ID); err != nil {
		t.Fatal(err)
	}
	// It is worked on again, and quarantined, since the account is nobody's.
	l.until("the replayed piece in quarantine", func() bool {
		list, err := l.channel.ListQuarantine(ctx, "", 50)
		return err == nil && len(list.Items) > 0
	})
	state, err := l.streams.State(ctx, stream.Dead)
	if err != nil || state.Messages != 1 {
		t.Errorf("%d letters are left, %v", state.Messages, err)
	}
}

func TestReadyzTellsWhatIsMissing(t *testing.T) {
	l := liveIn(t)
	ask := func() (int, health) {
		answer := &insideAnswer{header: http.Header{}, ready: make(chan struct{})}
		var body bytes.Buffer
		l.readyz(recorder{answer, &body}, (&http.Request{}).WithContext(t.Context()))
		var state health
		if err := json.Unmarshal(body.Bytes(), &state); err != nil {
			t.Fatal(err)
		}
		return max(answer.status, http.StatusOK), state
	}
	l.until("readiness", func() bool { code, state := ask(); return code == http.StatusOK && state.Ready })
	l.ready = append(l.ready, func() error { return errors.New("the moon is away") })
	if code, state := ask(); code != http.StatusServiceUnavailable || state.Ready || len(state.Problems) != 1 {
		t.Errorf("answered %d: %+v", code, state)
	}
}

type recorder struct {
	*insideAnswer
	body *bytes.Buffer
}

func (r recorder) Write(p []byte) (int, error) { return r.body.Write(p) }

// A schema that this binary does not know is refused by all but the one
// process that may bring it up.
func TestOnlyTheLoneProcessMigratesByItself(t *testing.T) {
	cfg, err := load(config.Map(map[string]string{"PROSA_DATA_DIR": t.TempDir()}))
	if err != nil {
		t.Fatal(err)
	}
	h, err := open(t.Context(), cfg, targetAPI, telemetry.Discard())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.close() }()
	if err := h.checkSchema(t.Context(), targetAPI); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "prosa migrate") {
		t.Errorf("an empty database gave %v", err)
	}
	if err := h.checkSchema(t.Context(), targetAll); err != nil {
		t.Error(err)
	}
	if err := h.checkSchema(t.Context(), targetAPI); err != nil {
		t.Error(err)
	}
	if h.db.Engine() != database.SQLite || !h.knows(message.WhatsApp) || h.knows("pigeon") {
		t.Error("the house is furnished otherwise than told")
	}
	if _, _, err := h.group("moon"); err == nil {
		t.Error("an unknown target was put together")
	}
}

// The release before is gone back to after its follower migrated: every target
// starts, and says what it found; below the schema's floor none does.
func TestAnEarlierReleaseServesOnALaterSchema(t *testing.T) {
	dir := t.TempDir()
	settings := config.Map(map[string]string{"PROSA_DATA_DIR": dir})
	cfg, err := load(settings)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := migrate(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	owner, err := database.OpenOwner(t.Context(), cfg.Database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = owner.Close() }()
	if _, err := owner.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (299901010000, TRUE)"); err != nil {
		t.Fatal(err)
	}
	var log, out bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	for _, target := range []string{targetAll, targetAPI} {
		log.Reset()
		h := &house{cfg: cfg, logger: logger}
		if h.db, err = database.Open(t.Context(), cfg.Database); err != nil {
			t.Fatal(err)
		}
		if err := h.checkSchema(t.Context(), target); err != nil || !strings.Contains(log.String(), "299901010000") {
			t.Errorf("%s: %v, said %q", target, err, log.String())
		}
		if _, err := owner.Exec("UPDATE schema_floor SET version = 299901010000"); err != nil {
			t.Fatal(err)
		}
		if err := h.checkSchema(t.Context(), target); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "newer binary") {
			t.Errorf("%s below the floor: %v", target, err)
		}
		if _, err := owner.Exec("UPDATE schema_floor SET version = 0"); err != nil {
			t.Fatal(err)
		}
		if err := h.close(); err != nil {
			t.Error(err)
		}
	}
	if err := (&migrateCommand{}).Run(&surroundings{ctx: t.Context(), lookup: settings, out: &out, err: &log}); err != nil || !strings.Contains(out.String(), "nothing applied") {
		t.Errorf("migrate: %v, said %q", err, out.String())
	}
}

// A page whose name was bound to this machine is refused: the demo has no
// passwords.
func TestTheDemoAnswersOnlyUnderItsOwnName(t *testing.T) {
	r := &running{hosts: []string{"localhost", "127.0.0.1", "::1"}}
	handler := r.named(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	for host, want := range map[string]int{"localhost:8080": 204, "127.0.0.1:8080": 204, "[::1]:8080": 204, "localhost": 204,
		"evil.example:8080": 421, "localhost.evil.example": 421, "": 421} {
		answer := &insideAnswer{header: http.Header{}, ready: make(chan struct{})}
		var body bytes.Buffer
		handler.ServeHTTP(recorder{answer, &body}, &http.Request{Host: host})
		if answer.status != want {
			t.Errorf("%q was answered %d, want %d", host, answer.status, want)
		}
	}
}

func TestPortsInUseArePassedOver(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	taken := listener.Addr().(*net.TCPAddr).Port
	port, err := freePort("127.0.0.1", taken)
	if err != nil || port <= taken {
		t.Errorf("got %d for %d, %v", port, taken, err)
	}
}
