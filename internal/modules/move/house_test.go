package move

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/hold"
	"prosa/internal/platform/secretbox"
)

const (
	ours   = "ten_ours"
	theirs = "ten_theirs"
)

// paperChannels note which accounts were pointed here.
type paperChannels struct {
	mu      sync.Mutex
	pointed []string
	broken  error
	dumb    bool
}

func (c *paperChannels) Live(context.Context, string) ([]Account, error) {
	return []Account{{ID: "cha_1", Channel: "whatsapp", Name: "Loja", ExternalID: "930"}}, nil
}

func (c *paperChannels) Point(_ context.Context, _, accountID string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.broken != nil {
		return c.broken
	}
	c.pointed = append(c.pointed, accountID)
	return nil
}

func (c *paperChannels) Speaks(string) bool { return !c.dumb }

// side is one installation.
type side struct {
	*Service
	db       *database.DB
	box      *secretbox.Box
	blobs    blob.Store
	channels *paperChannels
}

func newSide(t *testing.T, engine database.Engine, name, shelf, key string, shards int) *side {
	t.Helper()
	cfg := databasetest.Config(t, engine)
	db, err := database.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	hold.Fence(db)
	box, err := secretbox.Open(secretbox.Config{Keys: secretbox.NewKey(name)})
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.NewFolder(blob.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	channels := &paperChannels{}
	service := New(Config{URL: secret.New(shelf), Key: secret.New(key), Drain: 500e6, Patient: 2e9, Forward: 3600e9}, With{
		DB: db, Box: box, Blobs: blobs, Clock: clock.System{}, Deployment: name, Line: name, Schema: "same", Shards: shards,
		GatewayURL: "http://" + name + ".example.com", Fetching: "media.fetch", Channels: channels,
	})
	s := &side{service, db, box, blobs, channels}
	s.write(t, "INSERT INTO plan (id, slug, line, position, state, created_ms, version) VALUES ('pln_known', 'plan', 'massivo', 1, 'open', 1, 1)")
	s.write(t, `INSERT INTO plan_version (id, plan_id, number, state, content, hash, revision, created_ms, updated_ms, published_ms, withdrawn_ms)
		VALUES ('plv_known', 'pln_known', 1, 'published', '{}', '', 1, 1, 1, 1, 0)`)
	return s
}

var moveKey = "m:" + base64.StdEncoding.EncodeToString([]byte("0123456789abcdef0123456789abcdef"))

// sides gives two installations that share a shelf.
func sides(t *testing.T, from, to database.Engine) (source, target *side) {
	t.Helper()
	shelf := t.TempDir()
	return newSide(t, from, "massivo", shelf, moveKey, 4), newSide(t, to, "enterprise", shelf, moveKey, 4)
}

// combinations of engines, each a subtest. Those with PostgreSQL in them are
// run where the tests run on it.
func combinations(t *testing.T, fn func(t *testing.T, source, target *side)) {
	t.Helper()
	for _, from := range []database.Engine{database.SQLite, database.Postgres} {
		for _, to := range []database.Engine{database.SQLite, database.Postgres} {
			needs := to
			if from == database.Postgres {
				needs = from
			}
			if !slices.Contains(databasetest.Engines(), needs) {
				continue
			}
			t.Run(string(from)+" to "+string(to), func(t *testing.T) {
				source, target := sides(t, from, to)
				fn(t, source, target)
			})
		}
	}
}

func (s *side) write(t *testing.T, query string, args ...any) {
	t.Helper()
	if err := s.db.Write(t.Context(), everybody(), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	}); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func (s *side) number(t *testing.T, query string, args ...any) (n int64) {
	t.Helper()
	if err := s.db.Read(t.Context(), everybody(), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, query, args...).Scan(&n)
	}); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func (s *side) text(t *testing.T, query string, args ...any) (text string) {
	t.Helper()
	if err := s.db.Read(t.Context(), everybody(), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, query, args...).Scan(&text)
	}); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return text
}

// fill puts rows into every table of companies, those too that stay, with the
// company's id in each text.
func (s *side) fill(t *testing.T, tenantID string, rows int) {
	t.Helper()
	s.write(t, `INSERT INTO tenant (id, name, slug, line, state, state_ms, tax_id, folded, locale, timezone, settings, created_ms, version)
		VALUES ($1, $1, $1, 'massivo', 'active', 1, '', $1, 'pt-BR', 'UTC', '{}', 1, 1)`, tenantID)
	names := slices.Clone(goes)
	for name := range stays {
		names = append(names, name)
	}
	for _, name := range names {
		tables := []table{{Name: name}}
		if err := describeIn(t.Context(), s.db, tables); err != nil {
			t.Fatal(err)
		}
		s.fillTable(t, &tables[0], tenantID, rows)
	}
	for n := range rows {
		user := fmt.Sprintf("%s-user_id-%04d", tenantID, n)
		s.write(t, `INSERT INTO app_user (id, email, name, password_hash, operator, locale, state, created_ms, version, reenrol)
			VALUES ($1, $2, $1, 'hash', $3, 'pt-BR', 'active', 1, 1, $4)`, user, user+"@example.com", n == 0, false)
		for _, kind := range []string{"totp", "passkey"} {
			id := user + "-" + kind
			sealed, err := s.box.Seal("factor:"+id, []byte("seed of "+user))
			if err != nil {
				t.Fatal(err)
			}
			s.write(t, `INSERT INTO factor (id, user_id, kind, name, sealed, handle, last_step, created_ms, confirmed_ms, used_ms)
				VALUES ($1, $2, $3, '', $4, '', 0, 1, 1, 1)`, id, user, kind, sealed)
		}
		s.write(t, "INSERT INTO recovery_code (user_id, code_hash, used_ms) VALUES ($1, 'code', 0)", user)
	}
}

// particular are values that a rule of the schema asks for.
func particular(table, name string, n int) (any, bool) {
	switch table + "." + name {
	case "channel_account.state":
		return "disabled", true
	case "shop_order.discount", "shop_order.shipping", "order_line.returned", "stock.reserved":
		return int64(0), true
	case "shop_order.total", "shop_order.subtotal":
		return int64(1000 + n), true
	case "acquisition.state":
		return "active", true
	case "subscription.version_id":
		return "plv_known", true
	case "wish.kind":
		return "refund", true
	}
	return nil, false
}

func (s *side) fillTable(t *testing.T, of *table, tenantID string, rows int) {
	t.Helper()
	if len(of.key) == 0 || of.Name == "acquisition" {
		rows = min(rows, 1)
	}
	var args [][]any
	for n := range rows {
		values := make([]any, len(of.columns))
		for i, c := range of.columns {
			if special, ok := particular(of.Name, c.name, n); ok {
				values[i] = special
				continue
			}
			switch c.kind {
			case 'n':
				values[i] = int64(n + 1)
			case 'b':
				values[i] = n%2 == 0
			case 'x':
				values[i] = []byte{0, 1, byte(n), 255}
			default:
				values[i] = fmt.Sprintf("%s-%s-%04d", tenantID, c.name, n)
			}
			if c.name == "tenant_id" {
				values[i] = tenantID
			}
		}
		for i, c := range of.columns {
			if place, sealed := places[of.Name+"."+c.name]; sealed {
				text, err := s.box.Seal(place(tenantID, of.get(values)), []byte(values[i].(string)))
				if err != nil {
					t.Fatal(err)
				}
				values[i] = text
			}
		}
		args = append(args, values)
	}
	if err := s.db.Write(t.Context(), everybody(), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Each(ctx, of.insert(), args, nil)
		return err
	}); err != nil {
		t.Fatalf("%s: %v", of.Name, err)
	}
}

func (s *side) put(t *testing.T, tenantID, content string) string {
	t.Helper()
	ref, err := s.blobs.Put(t.Context(), tenantID, strings.NewReader(content), 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	return ref.Hash
}

// must fails the test on an error.
func must[T any](value T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// refusedFor reports whether err is a refusal for a reason.
func refusedFor(err error, reason string) bool {
	f, ok := asFault(err)
	return ok && f.Reason == reason
}

func asFault(err error) (*fault.Error, bool) {
	var f *fault.Error
	ok := errors.As(err, &f)
	return f, ok
}
