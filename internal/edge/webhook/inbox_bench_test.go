package webhook

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"prosa/internal/event"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/stream"
)

// The numbers of docs/adr/0001: the accept path into synced frames on the
// stream against group commits into a table, as rows of events and as rows of
// frames, on both engines; and what it costs to take the events out again.
//
//	PROSA_BENCH_POSTGRES_URL=postgres://... go test -run '^$' -bench Inbox \
//	    -benchtime 20000x -count 5 ./internal/edge/webhook
//
// The URL names a superuser of a PostgreSQL on this machine that waits for its
// disk (fsync and synchronous_commit on); without it those rows are skipped.
// TMPDIR chooses the disk. Metrics: events/s, p50-us and p99-us of a webhook,
// cpu-us of this process and of PostgreSQL's for one event.

const benchURL = "PROSA_BENCH_POSTGRES_URL"

// clients are how many webhooks are under way at once.
var clients = []int{64, 256}

// inbox is a place that keeps events until they are worked on.
type inbox struct {
	publisher Publisher
	// shards is how many collectors feed it: the stream needs a subject for each
	// shard, a table takes all in one transaction.
	shards int
	// drain takes everything out, in batches of about 256 events.
	drain func(events int) error
	// busy does one transaction of a worker on the engine that the inbox shares
	// with it.
	busy func() error
	// db is the SQLite that it lives in, or beside; nil for none.
	db *database.DB
	// server tells the CPU time of processes beside our own.
	server func() time.Duration
}

func BenchmarkInboxAccept(b *testing.B) {
	fsync(b)
	eachLoad(b, false)
}

// The worker's transactions run without a pause beside the accepting: on SQLite
// they hold the one writer.
func BenchmarkInboxAcceptBesideAWorker(b *testing.B) {
	eachLoad(b, true)
}

func eachLoad(b *testing.B, worker bool) {
	for _, n := range clients {
		b.Run(fmt.Sprint("clients=", n), func(b *testing.B) {
			eachInbox(b, func(b *testing.B, in inbox) { accept(b, in, n, worker) })
		})
	}
}

// One transaction of a second holds the database's writer, as a step of a
// migration or a large deletion does: how many webhooks are stored meanwhile.
// SQLite only, where it holds everybody; b.N means nothing here.
func BenchmarkInboxAcceptDuringALongTransaction(b *testing.B) {
	eachInbox(b, func(b *testing.B, in inbox) {
		if in.db == nil {
			b.Skip("the writer of PostgreSQL is not alone")
		}
		deps := realDeps(nil)
		deps.Publisher, deps.Shards = in.publisher, in.shards
		h := newHandler(b, deps)
		var stored atomic.Int64
		var all sync.WaitGroup
		err := in.db.Write(context.Background(), scope, func(context.Context, *database.Tx) error {
			end := time.Now().Add(time.Second)
			for n := range clients[0] {
				all.Go(func() {
					for i := n; time.Now().Before(end); i += clients[0] {
						if meta(h, "mine", "secret-a", benchBody(i)).Code == http.StatusOK && time.Now().Before(end) {
							stored.Add(1)
						}
					}
				})
			}
			time.Sleep(time.Until(end))
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		all.Wait()
		b.ReportMetric(float64(stored.Load()), "stored")
	})
}

func BenchmarkInboxDrain(b *testing.B) {
	eachInbox(b, func(b *testing.B, in inbox) {
		raw := event.Raw{TenantID: "ten_a", AccountID: "cha_1", Channel: "whatsapp", ReceivedMS: 1, Body: []byte(benchBody(1))}
		frame := event.AppendFrame(nil, slices.Repeat([]event.Raw{raw}, 64))
		for range (b.N + 63) / 64 {
			if _, err := in.publisher.Publish(context.Background(), "in.channel.0", frame); err != nil {
				b.Fatal(err)
			}
		}
		events := (b.N + 63) / 64 * 64
		cpu := usage(in)
		b.ResetTimer()
		if err := in.drain(events); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
		b.ReportMetric(float64((usage(in)-cpu).Microseconds())/float64(events), "cpu-us")
	})
}

func eachInbox(b *testing.B, fn func(b *testing.B, in inbox)) {
	for _, c := range []struct {
		name string
		open func(b *testing.B) inbox
	}{
		{"stream-8-shards", func(b *testing.B) inbox { return streamInbox(b, 8) }},
		{"stream-4-shards", func(b *testing.B) inbox { return streamInbox(b, 4) }},
		{"stream-1-shard", func(b *testing.B) inbox { return streamInbox(b, 1) }},
		{"sqlite-rows", func(b *testing.B) inbox { return sqliteInbox(b, false) }},
		{"sqlite-frames", func(b *testing.B) inbox { return sqliteInbox(b, true) }},
		{"postgres-rows", func(b *testing.B) inbox { return postgresInbox(b, false) }},
		{"postgres-frames", func(b *testing.B) inbox { return postgresInbox(b, true) }},
	} {
		b.Run(c.name, func(b *testing.B) { fn(b, c.open(b)) })
	}
}

// accept sends b.N signed WhatsApp messages of 20,000 customers.
func accept(b *testing.B, in inbox, clients int, worker bool) {
	deps := realDeps(nil)
	deps.Publisher, deps.Shards = in.publisher, in.shards
	h := newHandler(b, deps)
	bodies := make([]string, 4096)
	signatures := make([]string, len(bodies))
	for i := range bodies {
		bodies[i] = benchBody(i)
		mac := hmac.New(sha256.New, []byte("secret-a"))
		mac.Write([]byte(bodies[i]))
		signatures[i] = "sha256=" + hex.EncodeToString(mac.Sum(nil))
	}
	stop, worked := make(chan struct{}), atomic.Int64{}
	var beside sync.WaitGroup
	if worker {
		beside.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if err := in.busy(); err != nil {
					b.Error(err)
					return
				}
				worked.Add(1)
			}
		})
	}
	took := make([]time.Duration, b.N)
	var next atomic.Int64
	var all sync.WaitGroup
	cpu := usage(in)
	b.ResetTimer()
	for range clients {
		all.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= b.N {
					return
				}
				r := httptest.NewRequest(http.MethodPost, "/webhooks/whatsapp/mine", strings.NewReader(bodies[i%len(bodies)]))
				r.Header.Set("X-Hub-Signature-256", signatures[i%len(bodies)])
				w := httptest.NewRecorder()
				begun := time.Now()
				h.ServeHTTP(w, r)
				took[i] = time.Since(begun)
				if w.Code != http.StatusOK {
					b.Errorf("answered %d", w.Code)
					return
				}
			}
		})
	}
	all.Wait()
	b.StopTimer()
	spent := usage(in) - cpu
	close(stop)
	beside.Wait()
	slices.Sort(took)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(took[b.N/2].Microseconds()), "p50-us")
	b.ReportMetric(float64(took[b.N*99/100].Microseconds()), "p99-us")
	if worker {
		b.ReportMetric(float64(worked.Load())/b.Elapsed().Seconds(), "worker-tx/s")
	} else {
		b.ReportMetric(float64(spent.Microseconds())/float64(b.N), "cpu-us")
	}
}

func benchBody(i int) string {
	customer := 5511900000000 + i*7919%20000
	return fmt.Sprintf(`{"object":"whatsapp_business_account","entry":[{"id":"900800700600","changes":[{"value":{"messaging_product":"whatsapp",`+
		`"metadata":{"display_phone_number":"551140001000","phone_number_id":"%s"},"contacts":[{"profile":{"name":"Cliente %d"},"wa_id":"%d","user_id":"BR.%d"}],`+
		`"messages":[{"from":"%d","from_user_id":"BR.%d","id":"wamid.HBgNNTUxMTk5OTk5OTk5ORUCABIYIDA%dA","timestamp":"1763800000",`+
		`"type":"text","text":{"body":"Oi, tudo bem? Gostaria de saber se o vestido azul ainda tem no tamanho M e quanto fica o frete para Recife."}}]},"field":"messages"}]}]}`,
		firstNumber, i, customer, customer, customer, customer, i)
}

// usage is the CPU time of everybody who works for the inbox.
func usage(in inbox) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	total := time.Duration(u.Utime.Nano() + u.Stime.Nano())
	if in.server != nil {
		total += in.server()
	}
	return total
}

// fsync tells the disk's time for a small append.
func fsync(b *testing.B) {
	file, err := os.Create(filepath.Join(b.TempDir(), "fsync"))
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	took := make([]time.Duration, 300)
	for i := range took {
		begun := time.Now()
		if _, err := file.Write(make([]byte, 1024)); err != nil {
			b.Fatal(err)
		}
		if err := syscall.Fdatasync(int(file.Fd())); err != nil {
			b.Fatal(err)
		}
		took[i] = time.Since(begun)
	}
	slices.Sort(took)
	b.Logf("append of 1 KB and fdatasync: p50 %s, p99 %s", took[150], took[297])
}

func streamInbox(b *testing.B, shards int) inbox {
	s, err := stream.Open(context.Background(), stream.Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	db := databasetest.Open(b)
	return inbox{
		publisher: s, shards: shards, db: db, busy: sqliteWorker(b, db),
		drain: func(events int) error {
			c, err := s.Consume(context.Background(), stream.In, stream.ConsumerName("bench", 0, 1), "in.channel.0")
			if err != nil {
				return err
			}
			defer c.Close()
			for events > 0 {
				batch, err := c.Fetch(context.Background(), 4, 5*time.Second)
				if err != nil {
					return err
				}
				for _, m := range batch {
					raws, err := event.ReadFrame(m.Data)
					if err != nil {
						return err
					}
					events -= len(raws)
					if err := m.Ack(); err != nil {
						return err
					}
				}
			}
			return nil
		},
	}
}

// publish adapts a function to Publisher.
type publish func(ctx context.Context, frame []byte) error

func (p publish) Publish(ctx context.Context, _ string, frame []byte) (uint64, error) {
	return 0, p(ctx, frame)
}

var scope = database.Platform("a benchmark of an inbox in a table")

// sqliteWorker does a transaction of 200 rows with a second index, about that
// of a batch of 25 messages with all that belongs to them.
func sqliteWorker(b *testing.B, db *database.DB) func() error {
	ddl(b, db, `CREATE TABLE work (id TEXT PRIMARY KEY, conversation TEXT NOT NULL, seq BIGINT NOT NULL, body TEXT NOT NULL)`,
		`CREATE INDEX work_thread ON work (conversation, seq)`)
	n := 0
	return func() error {
		return db.Write(context.Background(), scope, func(ctx context.Context, tx *database.Tx) error {
			rows := make([][]any, 200)
			for i := range rows {
				n++
				rows[i] = []any{fmt.Sprintf("wrk_%012d", n), fmt.Sprintf("cnv_%05d", n*7919%20000), n, "a line that somebody wrote, of the usual length"}
			}
			_, err := tx.Each(ctx, "INSERT INTO work (id, conversation, seq, body) VALUES ($1, $2, $3, $4)", rows, nil)
			return err
		})
	}
}

func ddl(b *testing.B, db *database.DB, statements ...string) {
	b.Helper()
	err := db.Write(context.Background(), scope, func(ctx context.Context, tx *database.Tx) error {
		for _, statement := range statements {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

func sqliteInbox(b *testing.B, frames bool) inbox {
	db := databasetest.Open(b)
	ddl(b, db, `CREATE TABLE inbox (seq INTEGER PRIMARY KEY, shard INTEGER, tenant TEXT, account TEXT, channel TEXT, received BIGINT, problem TEXT, body BYTEA)`)
	const insert = "INSERT INTO inbox (shard, tenant, account, channel, received, problem, body) VALUES (0, $1, $2, $3, $4, $5, $6)"
	limit := 256
	if frames {
		limit = 4
	}
	return inbox{
		shards: 1, db: db, busy: sqliteWorker(b, db),
		publisher: publish(func(ctx context.Context, frame []byte) error {
			return db.Write(ctx, scope, func(ctx context.Context, tx *database.Tx) error {
				if frames {
					_, err := tx.Exec(ctx, insert, "", "", "", 0, "", frame)
					return err
				}
				raws, err := event.ReadFrame(frame)
				if err != nil {
					return err
				}
				rows := make([][]any, len(raws))
				for i, r := range raws {
					rows[i] = []any{r.TenantID, r.AccountID, r.Channel, r.ReceivedMS, r.Problem, r.Body}
				}
				_, err = tx.Each(ctx, insert, rows, nil)
				return err
			})
		}),
		drain: func(int) error {
			for taken := limit; taken == limit; {
				err := db.Write(context.Background(), scope, func(ctx context.Context, tx *database.Tx) error {
					rows, err := tx.Query(ctx, "SELECT seq, body FROM inbox ORDER BY seq LIMIT $1", limit)
					if err != nil {
						return err
					}
					defer rows.Close()
					var last int64
					for taken = 0; rows.Next(); taken++ {
						var body []byte
						if err := rows.Scan(&last, &body); err != nil {
							return err
						}
					}
					if err := rows.Err(); err != nil {
						return err
					}
					_, err = tx.Exec(ctx, "DELETE FROM inbox WHERE seq <= $1", last)
					return err
				})
				if err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func postgresInbox(b *testing.B, frames bool) inbox {
	url := os.Getenv(benchURL)
	if url == "" {
		b.Skip("SKIPPED: no ", benchURL)
	}
	ctx := context.Background()
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(pool.Close)
	var durable, commit string
	if err := pool.QueryRow(ctx, "SELECT current_setting('fsync'), current_setting('synchronous_commit')").Scan(&durable, &commit); err != nil {
		b.Fatal(err)
	}
	if durable != "on" || commit != "on" {
		b.Fatalf("%s names a server with fsync %s and synchronous_commit %s", benchURL, durable, commit)
	}
	for _, statement := range []string{
		"DROP TABLE IF EXISTS inbox, work",
		"CREATE TABLE inbox (seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, shard INTEGER, tenant TEXT, account TEXT, channel TEXT, received BIGINT, problem TEXT, body BYTEA)",
		"CREATE TABLE work (id TEXT PRIMARY KEY, conversation TEXT NOT NULL, seq BIGINT NOT NULL, body TEXT NOT NULL)",
		"CREATE INDEX work_thread ON work (conversation, seq)",
	} {
		if _, err := pool.Exec(ctx, statement); err != nil {
			b.Fatal(err)
		}
	}
	limit := 256
	if frames {
		limit = 4
	}
	return inbox{
		shards: 1, busy: postgresWorker(pool), server: serverUsage(b, pool),
		publisher: publish(func(ctx context.Context, frame []byte) error {
			if frames {
				_, err := pool.Exec(ctx, "INSERT INTO inbox (shard, tenant, account, channel, received, problem, body) VALUES (0, '', '', '', 0, '', $1)", frame)
				return err
			}
			return insertRows(ctx, pool, frame)
		}),
		drain: func(int) error {
			for taken := limit; taken == limit; {
				err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
					rows, err := tx.Query(ctx, "SELECT seq, body FROM inbox ORDER BY seq LIMIT $1", limit)
					if err != nil {
						return err
					}
					var last int64
					var body []byte
					taken = 0
					if _, err := pgx.ForEachRow(rows, []any{&last, &body}, func() error { taken++; return nil }); err != nil {
						return err
					}
					_, err = tx.Exec(ctx, "DELETE FROM inbox WHERE seq <= $1", last)
					return err
				})
				if err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// insertRows is the fastest way into PostgreSQL for so many rows.
func insertRows(ctx context.Context, pool *pgxpool.Pool, frame []byte) error {
	raws, err := event.ReadFrame(frame)
	if err != nil {
		return err
	}
	var tenants, accounts, channels, problems []string
	var received []int64
	var bodies [][]byte
	for _, r := range raws {
		tenants, accounts, channels, problems = append(tenants, r.TenantID), append(accounts, r.AccountID), append(channels, r.Channel), append(problems, r.Problem)
		received, bodies = append(received, r.ReceivedMS), append(bodies, r.Body)
	}
	_, err = pool.Exec(ctx, `INSERT INTO inbox (shard, tenant, account, channel, received, problem, body)
		SELECT 0, * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::bytea[])`,
		tenants, accounts, channels, received, problems, bodies)
	return err
}

func postgresWorker(pool *pgxpool.Pool) func() error {
	n := 0
	return func() error {
		var ids, conversations []string
		var sequences []int64
		for range 200 {
			n++
			ids = append(ids, fmt.Sprintf("wrk_%012d", n))
			conversations = append(conversations, fmt.Sprintf("cnv_%05d", n*7919%20000))
			sequences = append(sequences, int64(n))
		}
		_, err := pool.Exec(context.Background(), `INSERT INTO work (id, conversation, seq, body)
			SELECT *, 'a line that somebody wrote, of the usual length' FROM unnest($1::text[], $2::text[], $3::bigint[])`, ids, conversations, sequences)
		return err
	}
}

// serverUsage reads the CPU time of the server's processes: the parent of our
// backend and its children.
func serverUsage(b *testing.B, pool *pgxpool.Pool) func() time.Duration {
	var backend int
	if err := pool.QueryRow(context.Background(), "SELECT pg_backend_pid()").Scan(&backend); err != nil {
		b.Fatal(err)
	}
	_, server, err := processUsage(strconv.Itoa(backend))
	if err != nil {
		b.Fatal("the server must run on this machine: ", err)
	}
	return func() (total time.Duration) {
		processes, err := filepath.Glob("/proc/[0-9]*")
		if err != nil {
			return 0
		}
		for _, path := range processes {
			spent, parent, err := processUsage(filepath.Base(path))
			if err == nil && (parent == server || filepath.Base(path) == server) {
				total += spent
			}
		}
		return total
	}
}

// processUsage reads /proc/pid/stat (proc(5)): the CPU time and the parent.
func processUsage(pid string) (spent time.Duration, parent string, err error) {
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return 0, "", err
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest) // from the third on
	user, err := strconv.ParseInt(fields[11], 10, 64)
	if err != nil {
		return 0, "", err
	}
	system, err := strconv.ParseInt(fields[12], 10, 64)
	const tick = 10 * time.Millisecond // 100 a second on every Linux
	return time.Duration(user+system) * tick, fields[1], err
}
