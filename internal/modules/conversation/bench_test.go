package conversation

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

const benchBatch = 256

// BenchmarkBatch measures the transaction of a batch, with the real channel and
// contact modules and the outbox: a customer's message with its bot's reply,
// and the three reports on that reply. It runs on a data folder with fsync.
//
//	go test -run '^$' -bench Batch -benchtime 100x ./internal/modules/conversation
func BenchmarkBatch(b *testing.B) {
	for _, engine := range databasetest.Engines() {
		b.Run(string(engine), func(b *testing.B) {
			b.Run("message+reply", func(b *testing.B) { benchMessages(b, newHouse(b, engine).withBot()) })
			b.Run("three-statuses", func(b *testing.B) { benchStatuses(b, newHouse(b, engine).withBot()) })
		})
	}
}

// benchMessages has 5,000 known customers write, one message each in turn.
func benchMessages(b *testing.B, h *house) {
	const customers = 5000
	at := 0
	fill := func() []event.Raw {
		raws := make([]event.Raw, benchBatch)
		for n := range raws {
			raws[n] = h.says(at%customers, "quero saber do meu pedido")
			at++
		}
		return raws
	}
	for at < customers {
		h.deliver(fill()...)
	}
	freshPlans(h)
	batches := make([][]event.Raw, b.N)
	for n := range batches {
		h.clock.Advance(time.Second)
		batches[n] = fill()
	}
	h.told = nil
	used := cpu(b)
	b.ResetTimer()
	for _, batch := range batches {
		h.clock.Advance(time.Second)
		h.deliver(batch...)
	}
	rates(b, used)
}

// rates reports what a message costs. CPU is this process's alone: of
// PostgreSQL it is the client's part.
func rates(b *testing.B, before time.Duration) {
	messages := float64(b.N * benchBatch)
	b.ReportMetric(messages/b.Elapsed().Seconds(), "messages/s")
	b.ReportMetric(float64((cpu(b)-before).Microseconds())/messages, "cpu-us/message")
}

// freshPlans drops PostgreSQL's connections with the plans that they made while
// the tables were empty. A server that lives drops them by itself, whenever it
// has gathered statistics; the tests' server never does.
func freshPlans(h *house) {
	if pool, ok := h.db.Unwrap().(*pgxpool.Pool); ok {
		pool.Reset()
	}
}

func cpu(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// benchStatuses reports sent, delivered and read on the bots' replies, each in
// its own batch, as they come seconds apart.
func benchStatuses(b *testing.B, h *house) {
	ctx := context.Background()
	var ids []string
	for len(ids) < b.N*benchBatch {
		raws := make([]event.Raw, benchBatch)
		for n := range raws {
			raws[n] = h.says(len(ids)+n, "oi")
		}
		h.deliver(raws...)
		for range raws {
			ids = append(ids, "")
		}
	}
	ids = ids[:0]
	err := h.db.Read(ctx, database.Company(h.company), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id FROM delivery ORDER BY id LIMIT $1`, b.N*benchBatch)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var one string
			if err := rows.Scan(&one); err != nil {
				return err
			}
			ids = append(ids, one)
		}
		return rows.Err()
	})
	if err != nil || len(ids) != b.N*benchBatch {
		b.Fatal(err, len(ids))
	}
	freshPlans(h)
	var batches [][]event.Raw
	for n := range b.N {
		for _, status := range []message.Status{message.Sent, message.Delivered, message.Read} {
			var raws []event.Raw
			for _, ours := range ids[n*benchBatch : (n+1)*benchBatch] {
				raws = append(raws, h.from(1, channel.Inbound{Kind: channel.InStatus, Status: &channel.StatusReport{
					ExternalID: "wamid." + ours, Ours: ours, Status: status}}))
			}
			batches = append(batches, raws)
		}
	}
	h.told = nil
	used := cpu(b)
	b.ResetTimer()
	for _, batch := range batches {
		h.clock.Advance(time.Second)
		h.deliver(batch...)
	}
	rates(b, used)
}
