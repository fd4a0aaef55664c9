package mail

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/platform/config"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/secretbox"
)

// vendor takes mails as the test says.
type vendor struct {
	mu       sync.Mutex
	answer   func(m Mail) error
	tries    int
	taken    []Mail
	absolved []string
}

func (v *vendor) Name() string { return "vendor" }

func (v *vendor) Send(_ context.Context, m Mail) (string, error) {
	v.mu.Lock()
	answer := v.answer
	v.tries++
	v.mu.Unlock()
	if answer != nil {
		if err := answer(m); err != nil {
			return "", err
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.taken = append(v.taken, m)
	return "ext-" + m.LetterID, nil
}

func (v *vendor) Absolve(_ context.Context, address string) error {
	v.absolved = append(v.absolved, address)
	return nil
}

func (v *vendor) answers(answer func(m Mail) error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.answer = answer
}

func (v *vendor) tried() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.tries
}

func troubled(kind Kind) func(Mail) error {
	return func(Mail) error { return &Trouble{Kind: kind, Message: "the vendor says " + string(kind)} }
}

// bench is a service whose clock the test moves.
type bench struct {
	*Service
	t      *testing.T
	db     *database.DB
	clock  *clock.Manual
	vendor *vendor
}

var ctx = context.Background()

func engines(t *testing.T, fn func(t *testing.T, b *bench)) {
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) { fn(t, open(t, engine)) })
	}
}

func open(t *testing.T, engine database.Engine) *bench {
	t.Helper()
	b := &bench{t: t, clock: clock.NewManual(time.UnixMilli(1_700_000_000_000)), vendor: &vendor{}}
	cfg := databasetest.Config(t, engine)
	cfg.Clock = b.clock
	var err error
	if b.db, err = database.Open(ctx, cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.db.Close() })
	b.Service = b.another(b.vendor)
	return b
}

// another is a service on the same data, as another process has it.
func (b *bench) another(sender Sender) *Service {
	b.t.Helper()
	var cfg Config
	if err := config.Load(&cfg, func(string) (string, bool) { return "", false }); err != nil {
		b.t.Fatal(err)
	}
	box, err := secretbox.Open(secretbox.Config{Keys: secretbox.NewKey("k1")})
	if b.Service != nil {
		box, err = b.sealer.(*secretbox.Box), nil
	}
	if err != nil {
		b.t.Fatal(err)
	}
	s, err := New(cfg, b.db, box, sender, slog.New(slog.DiscardHandler))
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

func letterTo(to string) Letter {
	return Letter{
		TenantID: "ten_a", Key: "invitation:" + to, Template: Invitation, Locale: "pt-BR", To: to,
		Data: map[string]string{"company": "Padaria", "inviter": "Ana", "role": "atendente", "until": "amanhã", "link": "https://prosa.example.com/invitation#secret-token"},
	}
}

func (b *bench) leave(letters ...Letter) {
	b.t.Helper()
	for _, letter := range letters {
		scope := database.Company(letter.TenantID)
		if letter.TenantID == "" {
			scope = database.Platform("a test leaves a letter of no company")
		}
		err := b.db.Write(ctx, scope, func(ctx context.Context, tx *database.Tx) error { return b.Send(ctx, tx, letter) })
		if err != nil {
			b.t.Fatal(err)
		}
	}
}

func (b *bench) sweep() {
	b.t.Helper()
	if err := b.Sweep(ctx); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) status(to string) Status {
	b.t.Helper()
	key := letterTo(to).Key
	found, err := b.Of(ctx, "ten_a", []string{key})
	if err != nil {
		b.t.Fatal(err)
	}
	return found[key]
}

// is holds a letter against what it should be.
func (b *bench) is(to string, state State, reason string) Status {
	b.t.Helper()
	status := b.status(to)
	if status.State != state || status.Reason != reason {
		b.t.Fatalf("%s is %q (%q), want %q (%q); problem %q", to, status.State, status.Reason, state, reason, status.Problem)
	}
	return status
}

func (b *bench) tell(events ...Event) {
	b.t.Helper()
	if err := b.Tell(ctx, events); err != nil {
		b.t.Fatal(err)
	}
}

// stored reads everything that the tables hold, for what must not be there.
func (b *bench) stored() string {
	b.t.Helper()
	var all strings.Builder
	err := b.db.Read(ctx, database.Platform("a test looks for what must not be stored"), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, "SELECT data, problem, external_id, letter_key FROM mail_letter")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var a, b, c, d string
			if err := rows.Scan(&a, &b, &c, &d); err != nil {
				return err
			}
			all.WriteString(a + b + c + d + "\n")
		}
		return rows.Err()
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return all.String()
}
