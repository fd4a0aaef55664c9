package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"prosa/internal/event"
	"prosa/internal/modules/product"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// The checkout of five requests, and adding to carts alone: 300 products of two
// variants, 8 clients in a closed loop, on this very machine. SHOW_SECONDS is how
// long each is measured; without it the requests are made a few times, to see
// that they pass. The server of PostgreSQL is that of the tests, which never
// waits for the disk, unless PROSA_TEST_POSTGRES_URL names another.
func TestShowCheckoutRate(t *testing.T) {
	const clients = 8
	seconds, _ := strconv.ParseFloat(os.Getenv("SHOW_SECONDS"), 64)
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			var trips atomic.Int64
			cfg := databasetest.Config(t, engine)
			cfg.PoolSize = clients + 4
			cfg.Observe = func(o database.Outcome) { trips.Add(int64(o.RoundTrips)) }
			db, err := database.Open(context.Background(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
			o := openStore(t, db)
			l := load{Address: strings.TrimPrefix(o.server.URL, "http://"), Zone: o.zone, Seconds: seconds}
			for name, value := range o.root.jar {
				l.Cookie = name + "=" + value
			}
			products := 300
			if seconds == 0 {
				products = 4
			}
			l.Variants = stocked(t, o, products)
			account := o.connect(o.root, "carga", "444:token-of-the-loaded-shop-x")
			for n := range clients {
				from := fmt.Sprint("70", n)
				conversation, _ := o.writes(o.root, account, from, "Cliente "+from, "oi "+from, nil)
				l.Contacts = append(l.Contacts, o.root.get("/conversations/"+conversation).want(http.StatusOK).text("contact_id"))
			}
			l.Crowd = crowd(t, db, o.root.tenantID(), l.Contacts[0], clients+int(600*seconds))
			postmaster := postmasterOf(t, db)
			if seconds > 0 { // plans made, caches filled, as after the first minute
				warm := l
				warm.Seconds = 1
				measure(t, warm, postmaster, trips.Load)
				analyze(t, cfg)
			}
			checkouts := measure(t, l, postmaster, trips.Load)
			l.Adds = true
			additions := measure(t, l, postmaster, trips.Load)
			p50, p99 := fsyncTimes(t)
			t.Logf("%s, %d clients: checkouts %s", engine, clients, checkouts)
			t.Logf("%s, %d clients: cart additions %s", engine, clients, additions)
			t.Logf("%s: %s; fsync of 4 KiB p50 %s, p99 %s", engine, durabilityOf(t, db), p50.Round(10*time.Microsecond), p99.Round(10*time.Microsecond))
		})
	}
}

// crowd makes so many customers, each like the one that is known.
func crowd(t *testing.T, db *database.DB, tenantID, known string, size int) int {
	t.Helper()
	rows := make([][]any, size)
	for n := range rows {
		rows[n] = []any{tenantID, known, crowdID(n)}
	}
	err := db.Write(t.Context(), database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Each(ctx, `INSERT INTO contact (tenant_id, id, name, profile, username, language, folded, fields, tags, blocked, created_ms, updated_ms, version)
			SELECT tenant_id, $3, name, profile, username, language, folded, fields, tags, blocked, created_ms, updated_ms, version
			FROM contact WHERE tenant_id = $1 AND id = $2`, rows, nil)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return size
}

// stocked makes products of two variants of which there are plenty.
func stocked(t *testing.T, o opened, products int) (variants []string) {
	t.Helper()
	for n := range products {
		saved, err := o.products.Save(context.Background(), product.Product{
			TenantID: o.root.tenantID(), Name: fmt.Sprint("Produto ", n), Options: []string{"Tamanho"}, Variants: []product.Variant{
				{SKU: fmt.Sprint("P", n), Options: []string{"P"}, Price: 1990, Tracked: true, OnHand: 1_000_000},
				{SKU: fmt.Sprint("G", n), Options: []string{"G"}, Price: 2990, Tracked: true, OnHand: 1_000_000},
			},
		}, event.Actor{Kind: "user", ID: "usr_load"})
		if err != nil {
			t.Fatal(err)
		}
		variants = append(variants, saved.Variants[0].ID, saved.Variants[1].ID)
	}
	return variants
}

// analyze has PostgreSQL look at its tables, as autovacuum would within a minute.
func analyze(t *testing.T, cfg database.Config) {
	t.Helper()
	if cfg.Engine() != database.Postgres {
		return
	}
	owner, err := database.OpenOwner(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := owner.Exec("ANALYZE"); err != nil {
		t.Error(err)
	}
	if err := owner.Close(); err != nil {
		t.Error(err)
	}
}

// durabilityOf tells what a commit waits for.
func durabilityOf(t *testing.T, db *database.DB) string {
	t.Helper()
	if db.Engine() == database.SQLite {
		return "synchronous=FULL"
	}
	var fsync, commit string
	err := db.Read(t.Context(), database.Platform("test"), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, "SELECT current_setting('fsync'), current_setting('synchronous_commit')").Scan(&fsync, &commit)
	})
	if err != nil {
		t.Fatal(err)
	}
	return "fsync=" + fsync + " synchronous_commit=" + commit
}
