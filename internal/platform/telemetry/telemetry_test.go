package telemetry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/secret"
	"prosa/internal/platform/database"
)

func line(t *testing.T, log func(logger *slog.Logger)) map[string]any {
	t.Helper()
	var out bytes.Buffer
	log(NewLogger(&out, Config{Format: "json"}))
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("%s: %v", out.String(), err)
	}
	return got
}

func TestLinesCarryWhatTheContextIsAbout(t *testing.T) {
	ctx := WithMessage(WithConversation(WithTenant(context.Background(), "ten_a"), "cnv_1"), "msg_1")
	inner := WithConversation(ctx, "cnv_2")
	got := line(t, func(logger *slog.Logger) {
		logger.With("service", "x").InfoContext(inner, "sent", "n", 1)
	})
	for key, want := range map[string]any{"tenant_id": "ten_a", "conversation_id": "cnv_2", "message_id": "msg_1", "service": "x", "n": 1.0, "msg": "sent"} {
		if got[key] != want {
			t.Errorf("%s is %v, want %v", key, got[key], want)
		}
	}
	if outer := line(t, func(logger *slog.Logger) { logger.InfoContext(ctx, "x") }); outer["conversation_id"] != "cnv_1" {
		t.Errorf("the outer context changed: %v", outer)
	}
	if plain := line(t, func(logger *slog.Logger) { logger.Info("x") }); len(plain) != 3 {
		t.Errorf("a line without context: %v", plain)
	}
}

func TestSecretsAreMasked(t *testing.T) {
	const value = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
	for _, format := range []string{"text", "json"} {
		var out bytes.Buffer
		logger := NewLogger(&out, Config{Format: format})
		logger.Info("x", "access_token", value, "Authorization", "Bearer "+value, "key", secret.New(value),
			slog.Group("request", "cookie", value),
			"error", &url.Error{Op: "Get", URL: "https://api.telegram.org/bot" + value + "/getMe", Err: errors.New("refused")})
		logger.With("app_secret", value).Info("y", "token_valid", true)
		if strings.Contains(out.String(), value) {
			t.Errorf("%s shows a secret: %s", format, out.String())
		}
		if !strings.Contains(out.String(), "api.telegram.org") || !strings.Contains(out.String(), "refused") {
			t.Errorf("%s lost the rest: %s", format, out.String())
		}
	}
}

func TestLevelAndFormat(t *testing.T) {
	var out bytes.Buffer
	logger := NewLogger(&out, Config{Format: "text", Level: slog.LevelWarn})
	logger.Info("quiet")
	logger.Warn("loud")
	if got := out.String(); strings.Contains(got, "quiet") || !strings.Contains(got, "msg=loud") {
		t.Fatal(got)
	}
	if (Config{Format: "xml"}).Validate() == nil || (Config{Format: "json"}).Validate() != nil {
		t.Fatal("the format is not checked")
	}
}

func TestMetrics(t *testing.T) {
	m := NewMetrics("1.2.3", "worker")
	m.Counter("prosa_messages_total", "Messages.", "channel").WithLabelValues("whatsapp").Inc()
	m.Counter("prosa_messages_total", "Messages.", "channel").WithLabelValues("whatsapp").Inc()
	m.Histogram("prosa_reply_seconds", "Time to reply.", Seconds()).WithLabelValues().Observe(.004)
	m.GaugeFunc("prosa_backlog", "Waiting.", func() float64 { return 7 })
	recorder := httptest.NewRecorder()
	m.Handler().ServeHTTP(recorder, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{
		`prosa_messages_total{channel="whatsapp"} 2`, `prosa_reply_seconds_bucket{le="0.005"} 1`, "prosa_backlog 7",
		`prosa_build_info{target="worker",version="1.2.3"} 1`, "process_resident_memory_bytes", "go_goroutines",
	} {
		if !strings.Contains(recorder.Body.String(), want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	if other := NewMetrics("", ""); len(gather(t, other)) == 0 || strings.Contains(gather(t, other), "prosa_messages_total") {
		t.Error("registries share metrics")
	}
}

func gather(t *testing.T, m *Metrics) string {
	t.Helper()
	families, err := m.Registry().Gather()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, family := range families {
		names = append(names, family.GetName())
	}
	return strings.Join(names, " ")
}

func TestBadMetricsAreDefects(t *testing.T) {
	m := NewMetrics("", "")
	for name, make := range map[string]func(){
		"no prefix":       func() { m.Counter("messages_total", "") },
		"no unit":         func() { m.Counter("prosa_messages", "") },
		"an id as label":  func() { m.Gauge("prosa_backlog", "", "tenant_id") },
		"a URL as label":  func() { m.Gauge("prosa_backlog", "", "url") },
		"another kind":    func() { m.Gauge("prosa_x_total", ""); m.Counter("prosa_x_total", "") },
		"capital letters": func() { m.Gauge("prosa_Backlog", "") },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s was accepted", name)
				}
			}()
			make()
		}()
	}
}

func TestTransactionsAreCounted(t *testing.T) {
	m := NewMetrics("", "")
	observe := m.Transactions()
	observe(database.Outcome{Took: time.Millisecond, Waited: time.Second})
	observe(database.Outcome{ReadOnly: true, Err: errors.New("x")})
	recorder := httptest.NewRecorder()
	m.Handler().ServeHTTP(recorder, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{
		`prosa_database_transaction_seconds_count{kind="write",outcome="committed"} 1`,
		`prosa_database_transaction_seconds_count{kind="read",outcome="rolled_back"} 1`,
		`prosa_database_wait_seconds_sum{kind="write"} 1`,
	} {
		if !strings.Contains(recorder.Body.String(), want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
}
