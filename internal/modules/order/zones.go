package order

import (
	"context"
	"sync"
	"time"

	"prosa/internal/base/id"
	"prosa/internal/platform/database"
)

// zonesTopic is what a change of zones notifies.
const zonesTopic = "order.zones"

const (
	// quoteTrust bounds for how long a list of quotes may show the zones as they
	// were before another process changed them. A cart and an order never do.
	quoteTrust = time.Second
	// maxKnownZones bounds the companies whose zones are remembered.
	maxKnownZones = 1_000
)

// zoneBook remembers the zones of companies: they are looked at whole, by every
// cart that goes somewhere, and hardly ever change. Each change gives them
// another version (table delivery_book), and whoever is bound by them compares
// it in their own transaction.
type zoneBook struct {
	mu         sync.Mutex
	generation uint64
	known      map[string]knownZones
}

type knownZones struct {
	version string
	list    []Zone    // never changed
	at      time.Time // when they were true; zero: only who is bound by them may look
}

func newZoneBook(db *database.DB) *zoneBook {
	b := &zoneBook{known: map[string]knownZones{}}
	db.OnNotify(zonesTopic, func(int) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.generation++
		clear(b.known)
	})
	return b
}

func (b *zoneBook) find(tenantID string) (known knownZones, generation uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.known[tenantID], b.generation
}

func (b *zoneBook) keep(tenantID string, known knownZones, generation uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if generation != b.generation {
		return // changed meanwhile
	}
	if len(b.known) >= maxKnownZones {
		clear(b.known)
	}
	b.known[tenantID] = known
}

// zoneQuestion is the question for a company's zones of now. It travels with the
// next statement.
type zoneQuestion struct {
	book     *zoneBook
	tenantID string
	version  string
	answered bool
}

const zoneVersion = `SELECT COALESCE((SELECT version FROM delivery_book WHERE tenant_id = $1), '')`

func (b *zoneBook) ask(tx *database.Tx, tenantID string) *zoneQuestion {
	q := &zoneQuestion{book: b, tenantID: tenantID}
	tx.Later(q.hear, zoneVersion, tenantID)
	return q
}

func (q *zoneQuestion) hear(row database.Row) error {
	q.answered = true
	return row.Scan(&q.version)
}

// zones gives the zones as the transaction sees them.
func (q *zoneQuestion) zones(ctx context.Context, tx *database.Tx) ([]Zone, error) {
	known, generation := q.book.find(q.tenantID)
	if !q.answered { // nothing was waited for since it was asked
		if err := tx.Flush(ctx); err != nil {
			return nil, err
		}
	}
	if known.list != nil && known.version == q.version {
		return known.list, nil
	}
	list, err := loadZones(ctx, tx, q.tenantID)
	if err == nil {
		// No two changes share a version, so what is read in a transaction that is
		// undone is never taken for anything else; and without a time it is not
		// quoted before it was read anew.
		q.book.keep(q.tenantID, knownZones{version: q.version, list: list}, generation)
	}
	return list, err
}

// recent gives zones that were true a moment ago.
func (b *zoneBook) recent(ctx context.Context, db database.Opener, tenantID string) (list []Zone, err error) {
	if known, _ := b.find(tenantID); known.list != nil && time.Since(known.at) < quoteTrust {
		return known.list, nil
	}
	err = db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		_, generation := b.find(tenantID)
		q := b.ask(tx, tenantID)
		if list, err = q.zones(ctx, tx); err == nil {
			b.keep(tenantID, knownZones{q.version, list, time.Now()}, generation)
		}
		return err
	})
	return list, err
}

// turn gives a company's zones another version, in the transaction that changes
// them.
func turn(ctx context.Context, tx *database.Tx, tenantID string) error {
	tx.Notify(zonesTopic, 0)
	_, err := tx.Exec(ctx, `INSERT INTO delivery_book (tenant_id, version) VALUES ($1, $2) ON CONFLICT (tenant_id) DO UPDATE SET version = excluded.version`,
		tenantID, id.New(id.Zone, tx.Now()))
	return err
}
