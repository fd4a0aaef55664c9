package database_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"prosa/internal/base/id"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// BenchmarkKeys compares the two ways to key a row by company and id, on a
// table shaped like message (docs/adr/0002-identifiers-as-text.md):
//
//	text    TypeIDs as they are seen at the edge, 30 characters each
//	bytes   the same identifiers as 16 bytes each
//
// Each engine and way gets a table with the primary key (tenant_id, id) and the
// unique index (tenant_id, conversation_id, seq), filled with 100,000 rows of
// 100 companies and 4,000 conversations in order of time.
//
//	go test -run '^$' -bench Keys -benchtime 2s ./internal/platform/database
func BenchmarkKeys(b *testing.B) {
	for _, engine := range databasetest.Engines() {
		for _, form := range []keyForm{textKeys, byteKeys} {
			b.Run(fmt.Sprintf("%s/%s", engine, form.name), func(b *testing.B) { benchmarkKeys(b, engine, form) })
		}
	}
}

type keyForm struct {
	name, column string
	encode       func(text string) any
	dest         func() any
}

var (
	textKeys = keyForm{"text", "TEXT", func(text string) any { return text }, func() any { return new(string) }}
	byteKeys = keyForm{"bytes", "BYTEA", func(text string) any { return decode(text) }, func() any { return new([]byte) }}
)

// decode gives the 16 bytes of a TypeID.
func decode(text string) []byte {
	var u [16]byte
	digits := text[len(text)-26:]
	for i := range digits {
		digit := byte(0)
		for digit = range byte(32) {
			if "0123456789abcdefghjkmnpqrstvwxyz"[digit] == digits[i] {
				break
			}
		}
		// Shift the whole number left by 5 bits and add the digit.
		carry := digit
		for j := 15; j >= 0; j-- {
			u[j], carry = u[j]<<5|carry, u[j]>>3
		}
	}
	return u[:]
}

func TestDecodeKeepsTheOrder(t *testing.T) {
	a, b := id.New(id.Message, 1_700_000_000_000), id.New(id.Message, 1_700_000_000_001)
	if string(decode(a)) >= string(decode(b)) || len(decode(a)) != 16 || decode(a)[6]>>4 != 7 {
		t.Fatalf("%x %x", decode(a), decode(b))
	}
}

const (
	keyRows          = 100_000
	keyCompanies     = 100
	keyConversations = 4000
	keyBatch         = 100
)

type keyRow struct {
	tenant, id, conversation any
	seq                      int64
}

// keyTable is a filled table and where it stands.
type keyTable struct {
	db            *database.DB
	form          keyForm
	random        *rand.Rand
	companies     []any
	conversations []any
	next          []int64 // seq by conversation
	rows          []keyRow
	clock         int64
}

func benchmarkKeys(b *testing.B, engine database.Engine, form keyForm) {
	cfg := databasetest.Config(b, engine)
	cfg.CacheKB = 32 << 10
	if engine == database.Postgres {
		cfg.URL = cfg.OwnerURL // who may make a table; no policy is on it
	}
	db, err := database.Open(b.Context(), cfg)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	t := &keyTable{db: db, form: form, random: rand.New(rand.NewPCG(1, 2)), next: make([]int64, keyConversations), clock: 1_700_000_000_000}
	for i := range int64(keyCompanies) {
		t.companies = append(t.companies, form.encode(id.New(id.Tenant, t.clock+i)))
	}
	for i := range int64(keyConversations) {
		t.conversations = append(t.conversations, form.encode(id.New(id.Conversation, t.clock+i)))
	}
	t.create(b)
	for range keyRows / keyBatch {
		t.insert(b)
	}
	if engine == database.Postgres {
		t.exec(b, "ANALYZE keyed")
	}
	size := t.size(b)
	b.Run("insert", func(b *testing.B) {
		for b.Loop() {
			t.insert(b)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*keyBatch), "ns/row")
		b.ReportMetric(size/keyRows, "B/row")
	})
	b.Run("point", func(b *testing.B) {
		for b.Loop() {
			t.read(b, func(ctx context.Context, tx *database.Tx) error {
				for range keyBatch {
					row := t.rows[t.random.IntN(len(t.rows))]
					var body string
					if err := tx.QueryRow(ctx, "SELECT body FROM keyed WHERE tenant_id = $1 AND id = $2", row.tenant, row.id).Scan(&body); err != nil {
						return err
					}
				}
				return nil
			})
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*keyBatch), "ns/row")
	})
	b.Run("page", func(b *testing.B) {
		for b.Loop() {
			at := t.random.IntN(keyConversations)
			t.read(b, func(ctx context.Context, tx *database.Tx) error {
				rows, err := tx.Query(ctx, `SELECT id, seq, body FROM keyed WHERE tenant_id = $1 AND conversation_id = $2 AND seq < $3
					ORDER BY seq DESC LIMIT 20`, t.companies[at%keyCompanies], t.conversations[at], int64(1)<<40)
				if err != nil {
					return err
				}
				defer rows.Close()
				n := 0
				for ; rows.Next(); n++ {
					key := t.form.dest()
					var seq int64
					var body string
					if err := rows.Scan(key, &seq, &body); err != nil {
						return err
					}
				}
				if n < 5 {
					b.Fatalf("a page of %d", n)
				}
				return rows.Err()
			})
		}
	})
}

func (t *keyTable) create(b *testing.B) {
	key := t.form.column
	t.exec(b, "CREATE TABLE keyed (tenant_id "+key+" NOT NULL, id "+key+" NOT NULL, conversation_id "+key+" NOT NULL, seq BIGINT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (tenant_id, id))")
	t.exec(b, "CREATE UNIQUE INDEX keyed_thread ON keyed (tenant_id, conversation_id, seq)")
}

func (t *keyTable) exec(b *testing.B, statement string) {
	b.Helper()
	err := t.db.Write(b.Context(), everywhere, func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, statement)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

// body is as long as a message's row is beside its keys.
const body = `{"text":"Bom dia! Gostaria de saber se ainda tem o vestido azul no tamanho M, por favor."} status sent, 1700000000000, 1700000000000, 1700000000000`

// insert adds a batch in one transaction, in order of time, to random
// conversations.
func (t *keyTable) insert(b *testing.B) {
	b.Helper()
	args := make([][]any, keyBatch)
	for i := range args {
		at := t.random.IntN(keyConversations)
		t.next[at]++
		t.clock++
		row := keyRow{t.companies[at%keyCompanies], t.form.encode(id.New(id.Message, t.clock)), t.conversations[at], t.next[at]}
		t.rows = append(t.rows, row)
		args[i] = []any{row.tenant, row.id, row.conversation, row.seq, body}
	}
	err := t.db.Write(b.Context(), everywhere, func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Each(ctx, "INSERT INTO keyed (tenant_id, id, conversation_id, seq, body) VALUES ($1, $2, $3, $4, $5)", args, nil)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

func (t *keyTable) read(b *testing.B, fn func(ctx context.Context, tx *database.Tx) error) {
	b.Helper()
	if err := t.db.Read(b.Context(), everywhere, fn); err != nil {
		b.Fatal(err)
	}
}

// size gives the bytes that the table and its indexes take.
func (t *keyTable) size(b *testing.B) (bytes float64) {
	b.Helper()
	query := "SELECT CAST(page_count * page_size AS REAL) FROM pragma_page_count, pragma_page_size"
	if t.db.Engine() == database.Postgres {
		query = "SELECT CAST(pg_total_relation_size('keyed') AS DOUBLE PRECISION)"
	}
	t.read(b, func(ctx context.Context, tx *database.Tx) error { return tx.QueryRow(ctx, query).Scan(&bytes) })
	return bytes
}
