package botrun

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"prosa/internal/base/id"
	"prosa/internal/message"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/flow/template"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/telemetry"
)

// load is a company whose bot is talked to in batches.
type load struct {
	db       *database.DB
	service  *Service
	tenant   string
	bot      string
	requests []conversation.TurnRequest
	at       int64
	said     int // messages of each conversation
}

// newLoad makes batches of so many messages, each of another conversation.
func newLoad(t testing.TB, engine database.Engine, size int) *load {
	t.Helper()
	cfg := databasetest.Config(t, engine)
	cfg.CacheKB = 0 // as a house has it
	db, err := database.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	l := &load{db: db, tenant: id.New(id.Tenant, 1), at: time.Now().UnixMilli(), requests: make([]conversation.TurnRequest, size)}
	l.service = New(db, defaults(), Deps{Log: telemetry.Discard()})
	bot, err := l.service.CreateBot(t.Context(), l.tenant, "Recepção")
	if err != nil {
		t.Fatal(err)
	}
	text, err := template.Text("recepcao")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := l.service.PublishVersion(t.Context(), l.tenant, bot.ID, Draft{Definition: text}); err != nil {
		t.Fatal(err)
	}
	l.bot = bot.ID
	return l
}

// batch takes the next message of the conversations from first on, in one
// committed transaction.
func (l *load) batch(t testing.TB, first int) {
	words := []string{"oi", "1"}[l.said%2]
	if l.said%50 == 49 {
		words = "sair"
	}
	for i := range l.requests {
		l.requests[i] = conversation.TurnRequest{
			TenantID: l.tenant, ConversationID: fmt.Sprintf("cnv_%d", first+i), BotID: l.bot, Channel: message.WhatsApp, Cause: conversation.CustomerWrote,
			MessageID: fmt.Sprintf("msg_%d_%d", l.said, first+i), Content: message.Content{Kind: message.Text, Text: words}, AtMS: l.at + int64(l.said)*1000,
		}
	}
	err := l.db.Write(t.Context(), database.Company(l.tenant), func(ctx context.Context, tx *database.Tx) error {
		_, err := l.service.Turns(ctx, tx, l.requests)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func BenchmarkTurns(b *testing.B) {
	for _, engine := range databasetest.Engines() {
		b.Run(string(engine), func(b *testing.B) {
			// One batch holds a message of each of 64 conversations.
			const size = 64
			l := newLoad(b, engine, size)
			b.ReportAllocs()
			for b.Loop() {
				l.batch(b, 0)
				l.said++
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*size), "us/turn")
		})
	}
}

// TestShowTurns prints how many turns a second a bot takes with the database,
// from the request to the commit with its fsync, and how long a customer waits
// for that. PROSA_SHOW_FOR is how long each line is measured:
// PROSA_SHOW_FOR=5s go test -run TestShowTurns -v ./internal/modules/botrun.
func TestShowTurns(t *testing.T) {
	cell := 50 * time.Millisecond
	if text := os.Getenv("PROSA_SHOW_FOR"); text != "" {
		var err error
		if cell, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%-10s %8s %8s %10s %9s %9s", "engine", "live", "batch", "turns/s", "p50 ms", "p99 ms")
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			l := newLoad(t, engine, 1)
			live := 0
			for _, c := range []struct{ live, batch int }{{1, 1}, {100, 1}, {100, 100}, {10_000, 1}, {10_000, 64}, {10_000, 256}} {
				for ; live < c.live; live += len(l.requests) { // each has a session before the measuring begins
					l.resize(min(500, c.live-live))
					l.said = 0
					l.batch(t, live)
				}
				l.resize(c.batch)
				first := 0
				l.said++
				var took []time.Duration
				began := time.Now()
				for time.Since(began) < cell {
					from := time.Now()
					l.batch(t, first)
					took = append(took, time.Since(from))
					if first += c.batch; first+c.batch > c.live {
						first = 0
						l.said++
					}
				}
				all := time.Since(began)
				slices.Sort(took)
				ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
				t.Logf("%-10s %8d %8d %10.0f %9.2f %9.2f", engine, c.live, c.batch, float64(len(took)*c.batch)/all.Seconds(),
					ms(took[len(took)/2]), ms(took[len(took)*99/100]))
			}
		})
	}
}

func (l *load) resize(batch int) { l.requests = make([]conversation.TurnRequest, batch) }
