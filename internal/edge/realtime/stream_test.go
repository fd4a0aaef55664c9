package realtime

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"testing"

	"prosa/internal/event"
	"prosa/internal/modules/identity"
	"prosa/internal/platform/stream"
)

// The same on the stream that the house runs on: browsers move between two
// processes, while several shards speak, and miss nothing.
func TestOnTheRealStream(t *testing.T) {
	ctx := context.Background()
	streams, err := stream.Open(ctx, stream.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := streams.Close(); err != nil {
			t.Error(err)
		}
	})
	epoch := func(context.Context) (string, error) { return "epo_1", nil }
	cfg := small()
	cfg.KeepEvents = 16 // so that most resumes read the stream
	one := serve(t, New(cfg, streams, epoch, slog.New(slog.DiscardHandler)))
	other := serve(t, New(cfg, streams, epoch, slog.New(slog.DiscardHandler)))

	const total = 300
	var speaking sync.WaitGroup
	b := one.open(t, "usr_a", "ten_a", identity.Attendant, "")
	b.want("hello", "")
	speaking.Go(func() {
		for n := 0; n < total; n += 2 {
			data, err := json.Marshal([]event.Envelope{message("ten_a", n), message("ten_b", -1), message("ten_a", n+1)})
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := streams.Publish(ctx, fmt.Sprint("event.", n/2%4), data); err != nil {
				t.Error(err)
				return
			}
		}
	})
	houses := []*house{one, other}
	for seen, moves := 0, 0; seen < total; moves++ {
		for range min(1+moves%29, total-seen) {
			b.want(event.MessageCreated, fmt.Sprintf(`{"n":%d}`, seen))
			seen++
		}
		b.close()
		b = houses[moves%2].open(t, "usr_a", "ten_a", identity.Attendant, b.lastID)
		b.want("hello", `"resumed":true`)
	}
	speaking.Wait()

	// A process that starts later has no memory at all.
	late := serve(t, New(cfg, streams, epoch, slog.New(slog.DiscardHandler)))
	first := late.open(t, "usr_a", "ten_a", identity.Attendant, "epo_1.1.0")
	first.want("hello", `"resumed":true`)
	for n := 1; n < total; n++ {
		first.want(event.MessageCreated, fmt.Sprintf(`{"n":%d}`, n))
	}
}
