package database_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

func note(ctx context.Context, tx *database.Tx, name string) error {
	_, err := tx.Exec(ctx, insertNote, name, tx.Now(), 0)
	return err
}

func TestAReadSeesOneState(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		err := db.Read(t.Context(), everywhere, func(ctx context.Context, tx *database.Tx) error {
			seen := func() (n int) {
				if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM setup_token").Scan(&n); err != nil {
					t.Fatal(err)
				}
				return n
			}
			before := seen()
			// Another request commits meanwhile, and is not held up by the read.
			write(t, db, func(ctx context.Context, tx *database.Tx) error { return note(ctx, tx, "meanwhile") })
			if after := seen(); after != before {
				t.Errorf("saw %d, then %d", before, after)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := count(t, db); n != 1 {
			t.Fatalf("%d rows", n)
		}
	})
}

func TestAReadCannotWrite(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		if err := db.Read(t.Context(), everywhere, func(ctx context.Context, tx *database.Tx) error { return note(ctx, tx, "x") }); err == nil {
			t.Fatal("a read wrote")
		}
		if n := count(t, db); n != 0 {
			t.Fatalf("%d rows", n)
		}
	})
}

func TestTheTimeStandsStill(t *testing.T) {
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			cfg := databasetest.Config(t, engine)
			now := clock.NewManual(time.UnixMilli(1_700_000_000_123))
			cfg.Clock = now
			db, err := database.Open(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			write(t, db, func(_ context.Context, tx *database.Tx) error {
				first := tx.Now()
				now.Advance(time.Hour)
				if first != 1_700_000_000_123 || tx.Now() != first {
					t.Errorf("%d, then %d", first, tx.Now())
				}
				return nil
			})
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestAPanicRollsBackAndGivesTheConnectionBack(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for range 20 { // more than there are connections
			func() {
				defer func() {
					if recover() != "a defect" {
						t.Error("the panic was swallowed")
					}
				}()
				_ = db.Write(t.Context(), everywhere, func(ctx context.Context, tx *database.Tx) error {
					if err := note(ctx, tx, "x"); err != nil {
						t.Error(err)
					}
					panic("a defect")
				})
			}()
		}
		if n := count(t, db); n != 0 {
			t.Fatalf("%d rows stayed", n)
		}
	})
}

func TestWritersFromAllSides(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		write(t, db, func(ctx context.Context, tx *database.Tx) error { return note(ctx, tx, "counter") })
		const writers, rounds = 8, 25
		var group sync.WaitGroup
		var told atomic.Int64
		for range writers {
			group.Go(func() {
				for range rounds {
					err := db.Write(t.Context(), everywhere, func(ctx context.Context, tx *database.Tx) error {
						tx.AfterCommit(func() { told.Add(1) })
						var n int64
						if err := tx.QueryRow(ctx, "SELECT used_ms FROM setup_token WHERE token_hash = $1"+tx.ForUpdate(), "counter").Scan(&n); err != nil {
							return err
						}
						_, err := tx.Exec(ctx, "UPDATE setup_token SET used_ms = $1 WHERE token_hash = $2", n+1, "counter")
						return err
					})
					if err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		group.Wait()
		var n int64
		err := db.Read(t.Context(), everywhere, func(ctx context.Context, tx *database.Tx) error {
			return tx.QueryRow(ctx, "SELECT used_ms FROM setup_token").Scan(&n)
		})
		if err != nil || n != writers*rounds || told.Load() != n {
			t.Fatalf("counted to %d of %d, told %d times, %v", n, writers*rounds, told.Load(), err)
		}
	})
}

// Two transactions take the same two rows in opposite order: PostgreSQL ends
// one of them, and Write runs it again.
func TestADeadlockIsRunAgain(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		write(t, db, func(ctx context.Context, tx *database.Tx) error {
			return errors.Join(note(ctx, tx, "a"), note(ctx, tx, "b"))
		})
		var attempts atomic.Int64
		var both sync.WaitGroup
		both.Add(2)
		var group sync.WaitGroup
		for _, order := range [][]string{{"a", "b"}, {"b", "a"}} {
			group.Go(func() {
				first := true
				err := db.Write(t.Context(), everywhere, func(ctx context.Context, tx *database.Tx) error {
					attempts.Add(1)
					for i, name := range order {
						if _, err := tx.Exec(ctx, "UPDATE setup_token SET used_ms = used_ms + 1 WHERE token_hash = $1", name); err != nil {
							return err
						}
						if i == 0 && first && tx.Engine() == database.Postgres {
							first = false
							both.Done()
							both.Wait() // each holds one row now
						}
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		want := map[database.Engine]int64{database.SQLite: 2, database.Postgres: 3}[db.Engine()]
		if n := attempts.Load(); n != want {
			t.Errorf("%d attempts, want %d", n, want)
		}
	})
}

func TestRowsAreClosedBeforeTheNextStatement(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		write(t, db, func(ctx context.Context, tx *database.Tx) error {
			return errors.Join(note(ctx, tx, "a"), note(ctx, tx, "b"))
		})
		err := db.Write(t.Context(), everywhere, func(ctx context.Context, tx *database.Tx) error {
			rows, err := tx.Query(ctx, "SELECT token_hash FROM setup_token ORDER BY token_hash")
			if err != nil {
				return err
			}
			defer rows.Close()
			if !rows.Next() {
				return errors.New("no row")
			}
			if _, err := tx.Exec(ctx, "DELETE FROM setup_token"); !fault.Is(err, fault.Internal) {
				t.Errorf("a statement beside open rows: %v", err)
			}
			rows.Close()
			_, err = tx.Exec(ctx, "DELETE FROM setup_token")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = db.Read(t.Context(), everywhere, func(ctx context.Context, tx *database.Tx) error {
			_, err := tx.Query(ctx, "SELECT 1")
			return err
		})
		if !fault.Is(err, fault.Internal) {
			t.Fatalf("rows left open: %v", err)
		}
	})
}

func TestATransactionEndsWithItsFunction(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		var kept *database.Tx
		write(t, db, func(_ context.Context, tx *database.Tx) error { kept = tx; return nil })
		if _, err := kept.Exec(t.Context(), "DELETE FROM setup_token"); !fault.Is(err, fault.Internal) {
			t.Fatalf("got %v", err)
		}
	})
}

func TestACancelledContextStopsTheTransaction(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		err := db.Write(ctx, everywhere, func(ctx context.Context, tx *database.Tx) error {
			if err := note(ctx, tx, "a"); err != nil {
				return err
			}
			cancel()
			return note(ctx, tx, "b")
		})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v", err)
		}
		if err := db.Write(ctx, everywhere, func(context.Context, *database.Tx) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Fatalf("a transaction began: %v", err)
		}
		if n := count(t, db); n != 0 {
			t.Fatalf("%d rows stayed", n)
		}
	})
}

func TestNoRowsAndTypes(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		write(t, db, func(ctx context.Context, tx *database.Tx) error {
			var n int64
			if err := tx.QueryRow(ctx, "SELECT used_ms FROM setup_token WHERE token_hash = $1", "absent").Scan(&n); err != database.ErrNoRows {
				t.Errorf("got %v", err)
			}
			type state string // a named type, as modules use
			const text = "olá 👋 \"quoted\" 'single' \\ back\nline"
			_, err := tx.Exec(ctx, `INSERT INTO app_user (id, email, name, password_hash, operator, locale, state, created_ms, version) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
				"usr_1", "a@b.c", text, "", true, "pt-BR", state("active"), int64(1)<<52, 1)
			if err != nil {
				return err
			}
			var name string
			var got state
			var operator bool
			var at int64
			var version int
			var nothing *string
			err = tx.QueryRow(ctx, "SELECT name, state, operator, created_ms, version, CAST(NULL AS TEXT) FROM app_user WHERE operator AND id = $1", "usr_1").
				Scan(&name, &got, &operator, &at, &version, &nothing)
			if name != text || got != "active" || !operator || at != 1<<52 || version != 1 || nothing != nil {
				t.Errorf("came back as %q %q %v %d %d %v", name, got, operator, at, version, nothing)
			}
			return err
		})
	})
}

func TestEachStopsAtTheFirstError(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		err := db.Write(t.Context(), everywhere, func(ctx context.Context, tx *database.Tx) error {
			_, err := tx.Each(ctx, insertNote, [][]any{{"a", 1, 0}, {"b", 1, 0}, {"a", 1, 0}, {"c", 1, 0}}, nil)
			return err
		})
		if !database.IsUnique(err) {
			t.Fatalf("got %v", err)
		}
		no := errors.New("no")
		err = db.Write(t.Context(), everywhere, func(ctx context.Context, tx *database.Tx) error {
			n, err := tx.Each(ctx, insertNote+" RETURNING token_hash", [][]any{{"a", 1, 0}, {"b", 1, 0}}, func(i int, _ database.Row) error {
				if i == 1 {
					return no
				}
				return nil
			})
			if n != 1 {
				t.Errorf("%d rows told", n)
			}
			return err
		})
		if !errors.Is(err, no) || count(t, db) != 0 {
			t.Fatalf("got %v", err)
		}
		write(t, db, func(ctx context.Context, tx *database.Tx) error {
			n, err := tx.Each(ctx, insertNote, nil, nil)
			if n != 0 {
				t.Errorf("%d rows of none", n)
			}
			return err
		})
	})
}

// Statements of ever new texts must not pile up or break those that are kept.
func TestManyDifferentStatements(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		write(t, db, func(ctx context.Context, tx *database.Tx) error {
			for i := range 1500 {
				var n int
				if err := tx.QueryRow(ctx, fmt.Sprintf("SELECT COUNT(*) + %d FROM setup_token", i)).Scan(&n); err != nil || n != i {
					return fmt.Errorf("%d: got %d, %w", i, n, err)
				}
			}
			return note(ctx, tx, "a")
		})
		if n := count(t, db); n != 1 {
			t.Fatalf("%d rows", n)
		}
	})
}

func TestADatabaseThatIsAwayIsUnavailable(t *testing.T) {
	t.Run("nobody listens", func(t *testing.T) {
		_, err := database.Open(t.Context(), database.Config{URL: secret.New("postgres://app:hidden@127.0.0.1:1/x?sslmode=disable&connect_timeout=2")})
		if !fault.Is(err, fault.Unavailable) || strings.Contains(err.Error(), "hidden") {
			t.Fatal(err)
		}
	})
	t.Run("closed", func(t *testing.T) {
		databasetest.Each(t, func(t *testing.T, db *database.DB) {
			if err := db.Ping(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			for name, err := range map[string]error{
				"write": db.Write(t.Context(), everywhere, func(context.Context, *database.Tx) error { return nil }),
				"read":  db.Read(t.Context(), everywhere, func(context.Context, *database.Tx) error { return nil }),
				"ping":  db.Ping(t.Context()),
			} {
				if !fault.Is(err, fault.Unavailable) {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	})
	t.Run("the server drops us", func(t *testing.T) {
		cfg := databasetest.Config(t, database.Postgres)
		db, err := database.Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		err = db.Write(t.Context(), everywhere, func(ctx context.Context, tx *database.Tx) error {
			_, err := tx.Exec(ctx, "SELECT pg_terminate_backend(pg_backend_pid())")
			return err
		})
		if !fault.Is(err, fault.Unavailable) {
			t.Fatal(err)
		}
		// And then it is back, without help.
		write(t, db, func(ctx context.Context, tx *database.Tx) error { return note(ctx, tx, "back") })
	})
}

func TestCloseWaitsForTransactions(t *testing.T) {
	db, err := database.Open(t.Context(), databasetest.Config(t, database.SQLite))
	if err != nil {
		t.Fatal(err)
	}
	inside, closed := make(chan struct{}), make(chan error, 1)
	go func() {
		<-inside
		closed <- db.Close()
	}()
	write(t, db, func(ctx context.Context, tx *database.Tx) error {
		close(inside)
		select {
		case err := <-closed:
			t.Error("closed under a transaction: ", err)
		case <-time.After(50 * time.Millisecond):
		}
		return note(ctx, tx, "a")
	})
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal("a second close: ", err)
	}
}

// Requests are given up at any point, also between two rows; the connection
// must come back fit for the next one. (A connection that is used while its
// rows are being closed crashes the process.)
func TestReadsThatAreGivenUp(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		args := make([][]any, 500)
		for i := range args {
			args[i] = []any{fmt.Sprintf("t%05d", i), int64(i), 0}
		}
		write(t, db, func(ctx context.Context, tx *database.Tx) error {
			_, err := tx.Each(ctx, insertNote, args, nil)
			return err
		})
		var group sync.WaitGroup
		for reader := range 6 {
			group.Go(func() {
				for round := range 40 {
					ctx, cancel := context.WithCancel(t.Context())
					stop := (reader*40 + round) * 2 % 500
					n := int64(0)
					err := db.Read(ctx, everywhere, func(ctx context.Context, tx *database.Tx) error {
						rows, err := tx.Query(ctx, "SELECT created_ms FROM setup_token ORDER BY token_hash")
						if err != nil {
							return err
						}
						for n = 0; rows.Next(); n++ {
							var at int64
							if err := rows.Scan(&at); err != nil {
								return err
							}
							if at != n {
								t.Errorf("row %d is %d", n, at)
							}
							if int(n) == stop {
								cancel()
								if round%2 == 0 {
									return errors.New("gone, with the rows open")
								}
							}
						}
						return rows.Err()
					})
					cancel()
					// It may have been faster than the end of its context, but
					// then it is whole.
					if err == nil && n != int64(len(args)) {
						t.Errorf("a read ended after %d rows without an error", n)
					}
				}
			})
		}
		group.Wait()
		if n := count(t, db); n != 500 {
			t.Fatalf("%d rows", n)
		}
	})
}

func TestEveryTransactionIsObserved(t *testing.T) {
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			var seen []database.Outcome
			cfg := databasetest.Config(t, engine)
			cfg.Observe = func(o database.Outcome) { seen = append(seen, o) }
			db, err := database.Open(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			no := errors.New("no")
			write(t, db, func(ctx context.Context, tx *database.Tx) error { return note(ctx, tx, "a") })
			_ = db.Write(t.Context(), everywhere, func(context.Context, *database.Tx) error { return no })
			count(t, db)
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			if len(seen) != 3 || seen[0].Err != nil || seen[0].ReadOnly || !errors.Is(seen[1].Err, no) || !seen[2].ReadOnly || seen[0].Took <= 0 {
				t.Fatalf("observed %+v", seen)
			}
		})
	}
}
