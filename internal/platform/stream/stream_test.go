package stream_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/platform/stream"
)

func TestMain(m *testing.M) {
	// A process that this test starts to be killed: see kill_test.go.
	if dir := childDir(); dir != "" {
		child(dir)
		return
	}
	goleak.VerifyTestMain(m)
}

// each runs fn with the server inside the process, and with a server that is
// reached by URL.
func each(t *testing.T, fn func(t *testing.T, cfg stream.Config)) {
	t.Run("embedded", func(t *testing.T) { fn(t, stream.Config{Dir: t.TempDir()}) })
	t.Run("url", func(t *testing.T) { fn(t, stream.Config{URL: serve(t, t.TempDir(), "127.0.0.1:0").url}) })
}

type standalone struct {
	url  string
	stop func()
}

// serve runs a server of its own until the test ends or stop is called.
func serve(t *testing.T, dir, listen string) standalone {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- stream.Serve(ctx, stream.ServerConfig{Listen: listen, Dir: dir, Ready: func(url string) { ready <- url }})
	}()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	select {
	case url := <-ready:
		return standalone{url, stop}
	case err := <-ended:
		ended <- err
		t.Fatal(err)
		return standalone{}
	}
}

func open(t *testing.T, cfg stream.Config) *stream.Stream {
	t.Helper()
	s, err := stream.Open(t.Context(), cfg)
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

func publish(t *testing.T, s *stream.Stream, subject string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if _, err := s.Publish(t.Context(), subject, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
}

// fetch reads until n messages have come.
func fetch(t *testing.T, c *stream.Consumer, n int) []stream.Message {
	t.Helper()
	var all []stream.Message
	for len(all) < n {
		batch, err := c.Fetch(t.Context(), n-len(all), 10*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if len(batch) == 0 {
			t.Fatalf("%d messages came, not %d", len(all), n)
		}
		all = append(all, batch...)
	}
	return all
}

func texts(batch []stream.Message) []string {
	var out []string
	for _, m := range batch {
		out = append(out, string(m.Data))
	}
	return out
}

func consume(t *testing.T, s *stream.Stream, shard int, epoch int64) *stream.Consumer {
	t.Helper()
	c, err := s.Consume(t.Context(), stream.In, stream.ConsumerName("conversation", shard, epoch), fmt.Sprintf("in.channel.%d", shard))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestWhatIsPublishedIsFetchedInOrderAndGoesWhenAcknowledged(t *testing.T) {
	each(t, func(t *testing.T, cfg stream.Config) {
		s := open(t, cfg)
		publish(t, s, "in.channel.3", "a", "b", "c")
		publish(t, s, "in.channel.4", "of another shard")
		c := consume(t, s, 3, 1)
		got := fetch(t, c, 3)
		if !slices.Equal(texts(got), []string{"a", "b", "c"}) {
			t.Fatalf("got %q", texts(got))
		}
		for _, m := range got {
			if m.Redelivered || m.Ack() != nil {
				t.Fatalf("%+v", m)
			}
		}
		if again, err := c.Fetch(t.Context(), 10, 20*time.Millisecond); err != nil || len(again) != 0 {
			t.Fatalf("got %q %v", texts(again), err)
		}
		waitFor(t, func() bool {
			state, err := s.State(t.Context(), stream.In)
			return err == nil && state.Messages == 1 && state.Last == 4
		})
	})
}

func TestANewEpochTakesOverAtOnce(t *testing.T) {
	each(t, func(t *testing.T, cfg stream.Config) {
		s := open(t, cfg)
		publish(t, s, "in.channel.0", "done", "in hand", "read ahead")
		first := consume(t, s, 0, 7)
		got := fetch(t, first, 2)
		if err := got[0].Ack(); err != nil {
			t.Fatal(err)
		}
		waitFor(t, func() bool { state, err := s.State(t.Context(), stream.In); return err == nil && state.Messages == 2 })

		begun := time.Now()
		second := consume(t, s, 0, 8)
		if got := texts(fetch(t, second, 2)); !slices.Equal(got, []string{"in hand", "read ahead"}) {
			t.Fatalf("got %q", got)
		}
		if took := time.Since(begun); took > 10*time.Second {
			t.Fatalf("the take-over waited %s", took)
		}
		// The old owner learns it, and can't come back.
		waitFor(t, func() bool {
			_, err := first.Fetch(t.Context(), 1, time.Millisecond)
			return fault.CodeOf(err) == fault.Conflict
		})
		if _, err := s.Consume(t.Context(), stream.In, stream.ConsumerName("conversation", 0, 7), "in.channel.0"); fault.CodeOf(err) != fault.Conflict {
			t.Fatalf("an older epoch came back: %v", err)
		}
	})
}

func TestAConsumerNeedsAnEpoch(t *testing.T) {
	s := open(t, stream.Config{Dir: t.TempDir()})
	for _, name := range []string{"", "conversation", "conversation-x", "-4"} {
		if _, err := s.Consume(t.Context(), stream.In, name, "in.channel.0"); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestAFullStreamRefusesAndLosesNothing(t *testing.T) {
	each(t, func(t *testing.T, cfg stream.Config) {
		cfg.InMB = 8
		s := open(t, cfg)
		piece := bytes.Repeat([]byte("x"), 1<<20)
		stored := 0
		var err error
		for range 20 {
			if _, err = s.Publish(t.Context(), "in.channel.0", piece); err != nil {
				break
			}
			stored++
		}
		if fault.CodeOf(err) != fault.Unavailable || stored < 6 {
			t.Fatalf("after %d MiB: %v", stored, err)
		}
		if state, err := s.State(t.Context(), stream.In); err != nil || state.Messages != uint64(stored) {
			t.Fatalf("holds %+v %v", state, err)
		}
		// It goes on by itself when the worker has made room.
		for _, m := range fetch(t, consume(t, s, 0, 1), stored) {
			if err := m.Ack(); err != nil {
				t.Fatal(err)
			}
		}
		waitFor(t, func() bool { _, err := s.Publish(t.Context(), "in.channel.0", piece); return err == nil })
	})
}

func TestTheLargestEventTravels(t *testing.T) {
	each(t, func(t *testing.T, cfg stream.Config) {
		s := open(t, cfg)
		frame := event.AppendFrame(nil, []event.Raw{{TenantID: "ten_a", Channel: "whatsapp", Body: bytes.Repeat([]byte("y"), event.EventMaxBytes)}})
		for range 5 { // more than is read ahead
			publish(t, s, "in.channel.0", string(frame))
		}
		for _, m := range fetch(t, consume(t, s, 0, 1), 5) {
			if !bytes.Equal(m.Data, frame) {
				t.Fatal("came out changed")
			}
		}
		if _, err := s.Publish(t.Context(), "in.channel.0", make([]byte, stream.MaxPayload+1)); fault.CodeOf(err) != fault.TooLarge {
			t.Fatalf("got %v", err)
		}
	})
}

func TestAppendContinuesOnlyTheKnownEnd(t *testing.T) {
	each(t, func(t *testing.T, cfg stream.Config) {
		s := open(t, cfg)
		ctx := t.Context()
		if seq, id, err := s.Last(ctx, stream.Event, "event.2"); seq != 0 || id != "" || err != nil {
			t.Fatalf("%d %q %v", seq, id, err)
		}
		first, err := s.Append(ctx, "event.2", []byte("a"), "2-100", 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Append(ctx, "event.2", []byte("z"), "2-101", 0); fault.CodeOf(err) != fault.Conflict {
			t.Fatalf("an append behind another end passed: %v", err)
		}
		// The answer was lost and the call is repeated: stored once.
		if again, err := s.Append(ctx, "event.2", []byte("a"), "2-100", 0); err != nil || again != first {
			t.Fatalf("%d %v", again, err)
		}
		second, err := s.Append(ctx, "event.2", []byte("b"), "2-101", first)
		if err != nil {
			t.Fatal(err)
		}
		if seq, id, err := s.Last(ctx, stream.Event, "event.2"); seq != second || id != "2-101" || err != nil {
			t.Fatalf("%d %q %v", seq, id, err)
		}
	})
}

func TestTail(t *testing.T) {
	each(t, func(t *testing.T, cfg stream.Config) {
		s := open(t, cfg)
		publish(t, s, "event.0", "a", "b")
		publish(t, s, "event.1", "c")
		ctx, cancel := context.WithCancel(t.Context())
		seen := make(chan string, 10)
		ended := make(chan error, 2)
		go func() {
			ended <- s.Tail(ctx, stream.Event, 2, func(seq uint64, data []byte) error {
				seen <- fmt.Sprintf("%d%s", seq, data)
				return nil
			})
		}()
		for _, want := range []string{"2b", "3c"} {
			if got := <-seen; got != want {
				t.Fatalf("got %s, not %s", got, want)
			}
		}
		publish(t, s, "event.7", "d")
		if got := <-seen; got != "4d" {
			t.Fatalf("got %s", got)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		enough := fault.New(fault.Unavailable, "enough")
		if err := s.Tail(t.Context(), stream.Event, 1, func(uint64, []byte) error { return enough }); err != enough {
			t.Fatalf("the reader's error came back as %v", err)
		}
		err := s.Tail(t.Context(), stream.Event, 9, nil)
		if fault.CodeOf(err) != fault.Conflict {
			t.Fatalf("a place that the stream never had: %v", err)
		}
	})
}

func TestWaitingNamesTheSlowestDurableConsumer(t *testing.T) {
	s := open(t, stream.Config{Dir: t.TempDir()})
	if at, err := s.Waiting(t.Context(), stream.In); err != nil || !at.IsZero() {
		t.Fatalf("%s %v", at, err)
	}
	before := time.Now()
	publish(t, s, "in.channel.0", "a")
	between := time.Now()
	publish(t, s, "in.channel.0", "b")
	got := fetch(t, consume(t, s, 0, 1), 2)
	if at, err := s.Waiting(t.Context(), stream.In); err != nil || at.Before(before) || at.After(between) {
		t.Fatalf("%s %v", at, err)
	}
	_ = got[0].Ack()
	waitFor(t, func() bool { at, err := s.Waiting(t.Context(), stream.In); return err == nil && at.After(between) })
	_ = got[1].Ack()
	waitFor(t, func() bool { at, err := s.Waiting(t.Context(), stream.In); return err == nil && at.IsZero() })
}

func TestWakeReachesOwnAndOtherProcesses(t *testing.T) {
	url := serve(t, t.TempDir(), "127.0.0.1:0").url
	here, there := open(t, stream.Config{URL: url}), open(t, stream.Config{URL: url})
	woken := make(chan string, 10)
	stop := here.OnWake(func(shard int) { woken <- fmt.Sprint("here ", shard) })
	defer there.OnWake(func(shard int) { woken <- fmt.Sprint("there ", shard) })()
	here.Wake(5)
	got := []string{<-woken, <-woken}
	slices.Sort(got)
	if !slices.Equal(got, []string{"here 5", "there 5"}) {
		t.Fatalf("got %v", got)
	}
	stop()
	here.Wake(6)
	if got := <-woken; got != "there 6" {
		t.Fatalf("got %v", got)
	}
	if len(woken) != 0 {
		t.Fatalf("woken once too often: %s", <-woken)
	}
}

func TestServerAwayAndBack(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir, "127.0.0.1:0")
	s := open(t, stream.Config{URL: server.url})
	publish(t, s, "in.channel.0", "before")
	c := consume(t, s, 0, 1)
	if err := fetch(t, c, 1)[0].Ack(); err != nil {
		t.Fatal(err)
	}
	publish(t, s, "event.0", "seen")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	seen, ended := make(chan string, 9), make(chan error, 1)
	go func() {
		ended <- s.Tail(ctx, stream.Event, 1, func(_ uint64, data []byte) error { seen <- string(data); return nil })
	}()
	if got := <-seen; got != "seen" {
		t.Fatal(got)
	}
	life := s.Life()

	server.stop()
	waitFor(t, func() bool { return fault.CodeOf(s.Ready()) == fault.Unavailable })
	if _, err := s.Publish(t.Context(), "in.channel.0", []byte("lost")); fault.CodeOf(err) != fault.Unavailable {
		t.Fatalf("got %v", err)
	}

	serve(t, dir, strings.TrimPrefix(server.url, "nats://"))
	waitFor(t, func() bool { return s.Life() == life+1 && s.Ready() == nil })
	publish(t, s, "in.channel.0", "after")
	publish(t, s, "event.0", "also seen")
	waitFor(t, func() bool { // the server forgot the consumer; it is made again
		got, err := c.Fetch(t.Context(), 1, 100*time.Millisecond)
		if err != nil && fault.CodeOf(err) != fault.Unavailable {
			t.Fatal(err)
		}
		return slices.Equal(texts(got), []string{"after"})
	})
	if got := <-seen; got != "also seen" {
		t.Fatal(got)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

// The server comes back without the end of the stream, as after a power cut:
// who followed it must be told, since its sequences will name other messages.
func TestTailIsToldWhenTheEndWasLost(t *testing.T) {
	dir, copied := t.TempDir(), t.TempDir()
	server := serve(t, dir, "127.0.0.1:0")
	s := open(t, stream.Config{URL: server.url})
	publish(t, s, "event.0", "kept")
	server.stop()
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	address := strings.TrimPrefix(server.url, "nats://")
	server = serve(t, dir, address)
	waitFor(t, func() bool { return s.Life() == 1 })
	publish(t, s, "event.0", "lost", "also lost")
	seen, ended := make(chan string, 9), make(chan error, 1)
	go func() {
		ended <- s.Tail(t.Context(), stream.Event, 1, func(_ uint64, data []byte) error { seen <- string(data); return nil })
	}()
	for _, want := range []string{"kept", "lost", "also lost"} {
		if got := <-seen; got != want {
			t.Fatalf("got %s", got)
		}
	}
	server.stop()
	serve(t, copied, address)
	waitFor(t, func() bool { return s.Life() == 2 })
	// The places of what was lost are filled again before the reader looks.
	publish(t, s, "event.1", "x", "y", "z")
	var told *fault.Error
	if err := <-ended; !errors.As(err, &told) || told.Reason != stream.Reset {
		t.Fatalf("got %v", err)
	}
}

func TestEachLooksAndDeleteTakesOff(t *testing.T) {
	s := open(t, stream.Config{Dir: t.TempDir()})
	publish(t, s, "dead.conversation", "a", "b")
	publish(t, s, "dead.mail", "c")
	look := func(from, to uint64) (seen []string) {
		err := s.Each(t.Context(), stream.Dead, from, to, func(seq uint64, subject string, data []byte) error {
			seen = append(seen, fmt.Sprint(seq, " ", subject, " ", string(data)))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return seen
	}
	if err := s.Delete(t.Context(), stream.Dead, 2); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), stream.Dead, 2); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("deleted twice: %v", err)
	}
	if got := look(1, 9); !slices.Equal(got, []string{"1 dead.conversation a", "3 dead.mail c"}) {
		t.Errorf("got %q", got)
	}
	if got := look(2, 2); len(got) != 0 {
		t.Errorf("got %q", got)
	}
	enough := errors.New("enough")
	if err := s.Each(t.Context(), stream.Dead, 1, 9, func(uint64, string, []byte) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("got %v", err)
	}
}

func TestOneProcessAFolder(t *testing.T) {
	dir := t.TempDir()
	s := open(t, stream.Config{Dir: dir})
	if _, err := stream.Open(t.Context(), stream.Config{Dir: dir}); fault.CodeOf(err) != fault.Conflict {
		t.Fatalf("got %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, stream.Config{Dir: dir})
}

func TestConfig(t *testing.T) {
	for name, cfg := range map[string]stream.Config{
		"password": {URL: "nats://user:secret@host:4222"},
		"small":    {Dir: "x", InMB: 1},
		"replicas": {Dir: "x", Replicas: 9},
		"age":      {Dir: "x", EventAge: time.Second},
		"disk":     {Dir: "x", FreeMB: -1},
	} {
		if err := cfg.Validate(); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := (stream.Config{}).Validate(); err != nil {
		t.Error(err)
	}
	if _, err := stream.Open(t.Context(), stream.Config{}); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("neither folder nor URL: %v", err)
	}
}

// waitFor asks until it is so; a test that waits in vain ends with its own
// time-out and the line of the call.
func waitFor(t *testing.T, so func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !so() {
		if time.Now().After(deadline) {
			t.Fatal("it did not come to be")
		}
		time.Sleep(2 * time.Millisecond)
	}
}
