package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/event"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/shard"
	"prosa/internal/platform/stream"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childVariable); dir != "" {
		child(dir)
		return
	}
	os.Exit(m.Run())
}

var quiet = slog.New(slog.DiscardHandler)

func openStream(t *testing.T, dir string) *stream.Stream {
	t.Helper()
	s, err := stream.Open(context.Background(), stream.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// run makes this process the owner of the shards, with the relay as its job,
// until stop.
func run(t *testing.T, db *database.DB, shards int, relay *Relay) (stop func()) {
	t.Helper()
	cfg := shard.Config{Count: shards, TTL: 5 * time.Second, Renew: 10 * time.Millisecond}
	if err := shard.Reclaim(context.Background(), db); err != nil {
		t.Fatal(err)
	}
	k := shard.NewKeeper(db, "test", cfg, quiet, relay)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- k.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}

func write(t *testing.T, db *database.DB, shard int, envelopes ...event.Envelope) {
	t.Helper()
	err := db.Write(context.Background(), database.Company("ten_a"), func(ctx context.Context, tx *database.Tx) error {
		return Write(ctx, tx, shard, envelopes...)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func about(conversation string, seq int64) event.Envelope {
	return event.Envelope{TenantID: "ten_a", Type: event.MessageCreated, ConversationID: conversation, Seq: seq}
}

// read reads envelopes from the stream until enough says so.
func read(t *testing.T, s *stream.Stream, from uint64, enough func(all []event.Envelope) bool) []event.Envelope {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var all []event.Envelope
	done := errors.New("enough")
	err := s.Tail(ctx, stream.Event, from, func(_ uint64, data []byte) error {
		var frame []event.Envelope
		if err := json.Unmarshal(data, &frame); err != nil {
			return err
		}
		all = append(all, frame...)
		if enough(all) {
			return done
		}
		return nil
	})
	if !errors.Is(err, done) {
		t.Fatalf("after %d envelopes: %v", len(all), err)
	}
	return all
}

func count(n int) func([]event.Envelope) bool {
	return func(all []event.Envelope) bool { return len(all) >= n }
}

func rows(t *testing.T, db *database.DB, where string) (n int) {
	t.Helper()
	err := db.Read(context.Background(), database.Platform("a test counts rows"), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, "SELECT COUNT(*) FROM outbox WHERE "+where).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func eventually(t *testing.T, so func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !so() {
		if time.Now().After(deadline) {
			t.Fatal("it did not come to be")
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func TestWhatIsCommittedIsPublishedInOrder(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := openStream(t, t.TempDir())
		// Two waiting transactions, the later sequences in the earlier one, as when
		// PostgreSQL commits late; and events about nothing in particular.
		write(t, db, 1, about("cnv_a", 3), about("cnv_b", 1), event.Envelope{TenantID: "ten_a", Type: event.ChannelUpdated, Data: json.RawMessage(`{"a":"é"}`)})
		write(t, db, 1, about("cnv_a", 2), about("cnv_a", 1), about("cnv_b", 2))
		failed := errors.New("rolled back")
		err := db.Write(t.Context(), database.Company("ten_a"), func(ctx context.Context, tx *database.Tx) error {
			return errors.Join(Write(ctx, tx, 1, about("cnv_never", 1)), failed)
		})
		if !errors.Is(err, failed) {
			t.Fatal(err)
		}
		run(t, db, 4, NewRelay(db, s, quiet))
		all := read(t, s, 1, count(6))
		sequences := map[string][]int64{}
		for _, e := range all {
			sequences[e.ConversationID] = append(sequences[e.ConversationID], e.Seq)
			if e.Version != event.Version || id.Check(id.Event, e.ID) != nil || e.AtMS == 0 || e.TenantID != "ten_a" || len(e.Data) == 0 {
				t.Errorf("not filled in: %+v", e)
			}
		}
		if got := fmt.Sprint(sequences); got != "map[:[0] cnv_a:[1 2 3] cnv_b:[1 2]]" {
			t.Fatalf("got %s", got)
		}
		eventually(t, func() bool { return rows(t, db, "published_ms = 0") == 0 })
		// And what is committed while the relay waits, at once: a whole poll would
		// be a second.
		begun := time.Now()
		write(t, db, 3, about("cnv_c", 1))
		read(t, s, 1, count(7))
		t.Logf("from commit to reader in %s", time.Since(begun))
	})
}

func TestWriteRefusesAnEventWithoutCompanyOrType(t *testing.T) {
	db := databasetest.Open(t)
	for _, e := range []event.Envelope{{Type: "x"}, {TenantID: "ten_a"}, {TenantID: "ten_a", Type: "x", Data: json.RawMessage("{")}} {
		err := db.Write(t.Context(), database.Company("ten_a"), func(ctx context.Context, tx *database.Tx) error { return Write(ctx, tx, 0, e) })
		if fault.CodeOf(err) != fault.Internal {
			t.Errorf("%+v: %v", e, err)
		}
	}
	if n := rows(t, db, "TRUE"); n != 0 {
		t.Errorf("%d rows", n)
	}
}

func TestARestartNeitherRepeatsNorRenewsTheEpoch(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := openStream(t, t.TempDir())
		before, err := Epoch(t.Context(), db)
		if err != nil || id.Check(id.Epoch, before) != nil {
			t.Fatalf("%q %v", before, err)
		}
		for i := range 3 {
			write(t, db, i, about("cnv_a", int64(i)))
			stop := run(t, db, 3, NewRelay(db, s, quiet))
			read(t, s, 1, count(i+1))
			eventually(t, func() bool { return rows(t, db, "published_ms = 0") == 0 })
			stop()
		}
		if state, err := s.State(t.Context(), stream.Event); err != nil || state.Messages != 3 {
			t.Fatalf("%+v %v", state, err)
		}
		if after, err := Epoch(t.Context(), db); err != nil || after != before {
			t.Fatalf("%q became %q %v", before, after, err)
		}
	})
}

// The power goes, and with it what the stream had not synced: an older copy of
// its folder is what comes back.
func TestALostEndIsFilledAgainUnderANewEpoch(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		dir, copied := t.TempDir(), t.TempDir()
		relay := func(s *stream.Stream) func() { return run(t, db, 3, NewRelay(db, s, quiet)) }
		s := openStream(t, dir)
		stop := relay(s)
		write(t, db, 0, about("cnv_a", 1))
		write(t, db, 1, about("cnv_b", 1))
		read(t, s, 1, count(2))
		eventually(t, func() bool { return rows(t, db, "published_ms = 0") == 0 })
		stop()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		before, err := Epoch(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}

		s = openStream(t, dir)
		stop = relay(s)
		for seq := range int64(5) { // shards 0 and 2 lose, shard 1 doesn't
			write(t, db, 0, about("cnv_a", seq+2))
			write(t, db, 2, about("cnv_c", seq+1))
			read(t, s, 1, count(2+2*(int(seq)+1)))
		}
		eventually(t, func() bool { return rows(t, db, "published_ms = 0") == 0 })
		stop()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}

		s = openStream(t, copied)
		if state, err := s.State(t.Context(), stream.Event); err != nil || state.Last != 2 {
			t.Fatalf("the copy holds %+v %v", state, err)
		}
		stop = relay(s)
		write(t, db, 1, about("cnv_b", 2)) // the shard that lost nothing goes on
		all := read(t, s, 1, count(13))
		sequences := map[string][]int64{}
		for _, e := range all {
			sequences[e.ConversationID] = append(sequences[e.ConversationID], e.Seq)
		}
		if got := fmt.Sprint(sequences); got != "map[cnv_a:[1 2 3 4 5 6] cnv_b:[1 2] cnv_c:[1 2 3 4 5]]" {
			t.Fatalf("got %s", got)
		}
		after, err := Epoch(t.Context(), db)
		if err != nil || after == before {
			t.Fatalf("the epoch is still %q %v", after, err)
		}
		eventually(t, func() bool { return rows(t, db, "published_ms = 0") == 0 })
		stop()
		stop = relay(s)
		write(t, db, 0, about("cnv_a", 7))
		read(t, s, 1, count(14))
		stop()
		if last, err := Epoch(t.Context(), db); err != nil || last != after {
			t.Fatalf("one loss made two epochs: %q, %q %v", after, last, err)
		}
	})
}

// forgetful loses the answers of Append, or fails before.
type forgetful struct {
	*stream.Stream
	calls atomic.Int64
}

func (f *forgetful) Append(ctx context.Context, subject string, data []byte, id string, after uint64) (uint64, error) {
	away := fault.New(fault.Unavailable, "the line went dead")
	switch f.calls.Add(1) % 3 {
	case 0:
		return 0, away
	case 1:
		if _, err := f.Stream.Append(ctx, subject, data, id, after); err != nil {
			return 0, err
		}
		return 0, away
	default:
		return f.Stream.Append(ctx, subject, data, id, after)
	}
}

func TestLostAnswersRepeatButLoseNothing(t *testing.T) {
	db := databasetest.Open(t)
	s := openStream(t, t.TempDir())
	run(t, db, 1, NewRelay(db, &forgetful{Stream: s}, quiet))
	ids := map[string]bool{}
	distinct := func(n int) func([]event.Envelope) bool {
		return func(all []event.Envelope) bool {
			for _, e := range all {
				ids[e.ID] = true
			}
			return len(ids) >= n
		}
	}
	for i := range 6 {
		write(t, db, 0, about("cnv_a", int64(i+1)))
		read(t, s, 1, distinct(i+1))
	}
	eventually(t, func() bool { return rows(t, db, "published_ms = 0") == 0 })
	if len(ids) != 6 {
		t.Fatalf("%d different events came of 6", len(ids))
	}
}

func TestLargeBacklogTravelsInFramesWithinTheLimit(t *testing.T) {
	db := databasetest.Open(t)
	s := openStream(t, t.TempDir())
	text, err := json.Marshal(strings.Repeat("x", event.FrameMaxBytes/10))
	if err != nil {
		t.Fatal(err)
	}
	var many []event.Envelope
	for i := range 2*event.FrameMaxEvents + 10 {
		e := about("cnv_a", int64(i+1))
		if i < 30 {
			e.Data = text
		}
		many = append(many, e)
	}
	alone := about("cnv_b", 1)
	alone.Data = json.RawMessage(`"` + strings.Repeat("y", event.FrameMaxBytes+1) + `"`)
	impossible := about("cnv_c", 1)
	impossible.Data = json.RawMessage(`"` + strings.Repeat("z", stream.MaxPayload) + `"`)
	write(t, db, 0, append(many, impossible, alone)...)
	run(t, db, 1, NewRelay(db, s, quiet))
	all := read(t, s, 1, count(len(many)+1))
	for i, e := range all[:len(many)] {
		if e.Seq != int64(i+1) {
			t.Fatalf("place %d has sequence %d", i, e.Seq)
		}
	}
	if all[len(many)].ConversationID != "cnv_b" {
		t.Fatal("what is behind an impossible event did not come")
	}
	if state, err := s.State(t.Context(), stream.Event); err != nil || state.Messages > 10 {
		t.Fatalf("%d events took %+v %v", len(many), state, err)
	}
}

func TestOldRowsGoWhenTheirConsumersHavePassed(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := openStream(t, t.TempDir())
		slow, err := s.Consume(t.Context(), stream.Event, stream.ConsumerName("report", 0, 1), "event.0")
		if err != nil {
			t.Fatal(err)
		}
		defer slow.Close()
		relay := NewRelay(db, s, quiet)
		// Long enough for a consumer's count of what waits to be up to date.
		relay.keep, relay.pruneEvery = 300*time.Millisecond, time.Millisecond
		run(t, db, 1, relay)
		write(t, db, 0, about("cnv_a", 1))
		write(t, db, 0, about("cnv_a", 2))
		var got []stream.Message
		for events := 0; events < 2; {
			batch, err := slow.Fetch(t.Context(), 10, time.Second)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range batch {
				events += strings.Count(string(m.Data), `"type"`)
			}
			got = append(got, batch...)
		}
		eventually(t, func() bool { return rows(t, db, "published_ms = 0") == 0 })
		for old := time.Now(); time.Since(old) < 2*relay.keep; { // the relay has many chances to do wrong
			write(t, db, 0, about("cnv_b", 1))
		}
		if n := rows(t, db, "id IN (SELECT id FROM outbox_body WHERE heads LIKE '%cnv_a%')"); n != 2 {
			t.Fatalf("%d rows are left of what a consumer has not passed", n)
		}
		for _, m := range got {
			if err := m.Ack(); err != nil {
				t.Fatal(err)
			}
		}
		eventually(t, func() bool {
			batch, err := slow.Fetch(t.Context(), 10, 10*time.Millisecond)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range batch {
				_ = m.Ack()
			}
			return rows(t, db, "TRUE") == 0
		})
	})
}

func TestAnOwnerOfThePastStops(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := openStream(t, t.TempDir())
		k := shard.NewKeeper(db, "now", shard.Config{Count: 1, Renew: 10 * time.Millisecond, TTL: 5 * time.Second}, quiet)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go k.Run(ctx)
		eventually(t, func() bool { return len(k.Held()) == 1 })
		old := k.Held()[0]
		old.Epoch--
		write(t, db, 0, about("cnv_a", 1))
		if err := NewRelay(db, s, quiet).Run(t.Context(), old); fault.CodeOf(err) != fault.Conflict {
			t.Fatalf("got %v", err)
		}
		if n := rows(t, db, "published_ms = 0"); n != 1 {
			t.Fatal("an owner of the past marked a row")
		}
	})
}

func TestForwardWakesOtherProcesses(t *testing.T) {
	db := databasetest.Open(t)
	bell := make(bell, 4)
	stop := Forward(db, bell)
	write(t, db, 2, about("cnv_a", 1))
	if got := <-bell; got != 2 {
		t.Fatalf("woke shard %d", got)
	}
	stop()
	write(t, db, 2, about("cnv_a", 2))
	if len(bell) != 0 {
		t.Fatal("woken after the end")
	}
}

type bell chan int

func (b bell) Wake(shard int) { b <- shard }

func TestOrderKeepsPlacesAndSequences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		conversation := rapid.SampledFrom([]string{"", "cnv_a", "cnv_b"})
		var list []piece
		for i := range rapid.IntRange(0, 20).Draw(t, "n") {
			list = append(list, piece{envelope: fmt.Sprint(i), conversationID: conversation.Draw(t, "conversation"), seq: rapid.Int64Range(0, 5).Draw(t, "seq")})
		}
		was := slices.Clone(list)
		order(list)
		last := map[string]int64{}
		for i, r := range list {
			if free := r.conversationID == "" || r.seq == 0; free && r != was[i] || !free && r.conversationID != was[i].conversationID {
				t.Fatalf("place %d changed hands: %v became %v", i, was, list)
			}
			if r.conversationID != "" && r.seq > 0 {
				if r.seq < last[r.conversationID] {
					t.Fatalf("out of order: %v", list)
				}
				last[r.conversationID] = r.seq
			}
		}
		byText := func(a, b piece) int { return strings.Compare(a.envelope, b.envelope) }
		slices.SortFunc(was, byText)
		slices.SortFunc(list, byText)
		if !slices.Equal(was, list) {
			t.Fatalf("%v became %v", was, list)
		}
	})
}

func TestFirstIDParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.Int64Range(1, 1<<47).Draw(t, "at")
		first := firstID(at)
		if early := id.New(id.Event, at-1); early >= first {
			t.Fatalf("%s is not before %s", early, first)
		}
		if same := id.New(id.Event, at); same < first {
			t.Fatalf("%s is before %s", same, first)
		}
	})
}

func TestFrameNumbers(t *testing.T) {
	if got := frameNumber(frameID(12, 1700000000123)); got != 1700000000123 {
		t.Fatal(got)
	}
	for _, text := range []string{"", "12", "a-b", "1-2-3"} {
		if got := frameNumber(text); got != 0 {
			t.Errorf("%q gave %d", text, got)
		}
	}
}
