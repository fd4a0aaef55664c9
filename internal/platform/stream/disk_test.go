package stream

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"prosa/internal/base/fault"
)

func openEmbedded(t *testing.T, cfg Config) *Stream {
	t.Helper()
	s, err := Open(t.Context(), cfg)
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

func TestADiskThatRunsFullStopsWritingUntilThereIsRoom(t *testing.T) {
	var free atomic.Int64
	free.Store(100 << 20)
	s := openEmbedded(t, Config{Dir: t.TempDir(), FreeMB: 100, free: func(string) (int64, error) { return free.Load(), nil }})
	free.Store(99 << 20)
	s.check()
	if _, err := s.Publish(t.Context(), "in.channel.0", []byte("x")); fault.CodeOf(err) != fault.Unavailable {
		t.Fatalf("got %v", err)
	}
	if s.Ready() == nil {
		t.Fatal("ready with a full disk")
	}
	free.Store(100 << 20)
	s.check()
	if _, err := s.Publish(t.Context(), "in.channel.0", []byte("x")); err != nil {
		t.Fatal(err)
	}
}

func TestTheEmbeddedServerIsReplacedUnderItsClients(t *testing.T) {
	s := openEmbedded(t, Config{Dir: t.TempDir()})
	c, err := s.Consume(t.Context(), In, ConsumerName("job", 0, 1), "in.channel.0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := s.Publish(t.Context(), "in.channel.0", []byte("before")); err != nil {
		t.Fatal(err)
	}
	if err := s.host.restart(); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { _, err := s.Publish(t.Context(), "in.channel.0", []byte("after")); return err == nil })
	seen := map[string]bool{}
	eventually(t, func() bool {
		batch, err := c.Fetch(t.Context(), 10, 50*time.Millisecond)
		if err != nil && fault.CodeOf(err) != fault.Unavailable {
			t.Fatal(err)
		}
		for _, m := range batch {
			seen[string(m.Data)] = true
		}
		return seen["before"] && seen["after"]
	})
}

// A real disk that is really full, with the guard off: the server's store then
// refuses for ever, until it is started anew.
func TestAStoreBrokenByAFullDiskHealsByItself(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "small")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+strconv.Itoa(24<<20)); err != nil {
		t.Skip("SKIPPED: a small file system can't be mounted here: ", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	// The guard looks away until the disk is full.
	var blind atomic.Bool
	blind.Store(true)
	s := openEmbedded(t, Config{Dir: filepath.Join(dir, "streams"), FreeMB: 1, free: func(dir string) (int64, error) {
		if blind.Load() {
			return 1 << 40, nil
		}
		return freeBytes(dir)
	}})
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, bytes.Repeat([]byte("b"), 16<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	stored := 0
	var err error
	for range 40 {
		if _, err = s.Publish(t.Context(), "in.channel.0", bytes.Repeat([]byte("x"), 1<<20)); err != nil {
			break
		}
		stored++
	}
	if fault.CodeOf(err) != fault.Unavailable {
		t.Fatalf("after %d MiB on 8: %v", stored, err)
	}
	blind.Store(false)
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { _, err := s.Publish(t.Context(), "in.channel.0", []byte("room again")); return err == nil })
	state, err := s.State(t.Context(), In)
	if err != nil || state.Messages < uint64(stored)+1 {
		t.Fatalf("of %d acknowledged it holds %+v %v", stored+1, state, err)
	}
}

func TestWhichErrorsAreCuredByANewStart(t *testing.T) {
	if isBroken(errors.New("some other")) || isFull(nil) {
		t.Fatal("taken for a broken store")
	}
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
