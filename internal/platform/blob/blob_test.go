package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
)

func folder(t *testing.T) *Folder {
	t.Helper()
	store, err := NewFolder(Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestFolder(t *testing.T) { conform(t, func(t *testing.T) Store { return folder(t) }) }

// conform is what every Store must do.
func conform(t *testing.T, make func(t *testing.T) Store) {
	ctx := context.Background()
	t.Run("gives back what it got", func(t *testing.T) {
		store := make(t)
		rapid.Check(t, func(t *rapid.T) {
			content := rapid.SliceOfN(rapid.Byte(), 0, 5000).Draw(t, "content")
			ref, err := store.Put(ctx, "ten_a", bytes.NewReader(content), 5000)
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(content)
			if ref.Hash != hex.EncodeToString(sum[:]) || ref.Size != int64(len(content)) {
				t.Fatalf("named %+v", ref)
			}
			file, size, err := store.Open(ctx, "ten_a", ref.Hash)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			if got, err := io.ReadAll(file); err != nil || !bytes.Equal(got, content) || size != ref.Size {
				t.Fatalf("%d of %d bytes came back, %v", len(got), len(content), err)
			}
			if at, err := file.Seek(0, io.SeekStart); at != 0 || err != nil {
				t.Fatalf("can't be read again: %v", err)
			}
		})
	})
	t.Run("keeps companies apart", func(t *testing.T) {
		store := make(t)
		ref, err := store.Put(ctx, "ten_a", strings.NewReader("mine"), 10)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := store.Open(ctx, "ten_b", ref.Hash); !fault.Is(err, fault.NotFound) {
			t.Fatalf("company b got %v", err)
		}
		if err := store.Delete(ctx, "ten_b", ref.Hash); err != nil {
			t.Fatal(err)
		}
		if got := list(t, store, "ten_b"); len(got) != 0 {
			t.Fatalf("company b sees %v", got)
		}
		if got := list(t, store, "ten_a"); len(got) != 1 || got[0] != ref {
			t.Fatalf("company a sees %v", got)
		}
	})
	t.Run("stops at the limit", func(t *testing.T) {
		store := make(t)
		if _, err := store.Put(ctx, "ten_a", strings.NewReader("12345"), 5); err != nil {
			t.Fatal("a file that just fits: ", err)
		}
		endless := &endless{}
		if _, err := store.Put(ctx, "ten_a", endless, 1000); !fault.Is(err, fault.TooLarge) {
			t.Fatalf("a file without end: %v", err)
		}
		if endless.read > 1<<20 {
			t.Fatalf("%d bytes were read of a file that may have 1000", endless.read)
		}
		if got := list(t, store, "ten_a"); len(got) != 1 {
			t.Fatalf("left behind: %v", got)
		}
	})
	t.Run("keeps nothing of a broken stream", func(t *testing.T) {
		store := make(t)
		broken := errors.New("the line went dead")
		_, err := store.Put(ctx, "ten_a", io.MultiReader(strings.NewReader("half"), failure{broken}), 1000)
		if !errors.Is(err, broken) || fault.Is(err, fault.Unavailable) {
			t.Fatalf("got %v, want the stream's own error", err)
		}
		cancelled, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := store.Put(cancelled, "ten_a", strings.NewReader("x"), 1000); !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v", err)
		}
		if got := list(t, store, "ten_a"); len(got) != 0 {
			t.Fatalf("left behind: %v", got)
		}
	})
	t.Run("deletes, twice", func(t *testing.T) {
		store := make(t)
		ref, err := store.Put(ctx, "ten_a", strings.NewReader("x"), 10)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := store.Delete(ctx, "ten_a", ref.Hash); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := store.Open(ctx, "ten_a", ref.Hash); !fault.Is(err, fault.NotFound) {
			t.Fatalf("still there: %v", err)
		}
	})
	t.Run("expires what is old", func(t *testing.T) {
		store := make(t)
		ref, err := store.Put(ctx, "ten_a", strings.NewReader("x"), 10)
		if err != nil {
			t.Fatal(err)
		}
		past, future := time.Now().Add(-time.Hour).UnixMilli(), time.Now().Add(time.Hour).UnixMilli()
		for _, step := range []struct {
			before int64
			gone   bool
		}{{past, false}, {future, true}, {future, false}} {
			if gone, err := store.Expire(ctx, "ten_a", ref.Hash, step.before); gone != step.gone || err != nil {
				t.Fatalf("before %d: %v, %v", step.before, gone, err)
			}
		}
		if got := list(t, store, "ten_a"); len(got) != 0 {
			t.Fatalf("left: %v", got)
		}
	})
	t.Run("reads from the middle", func(t *testing.T) {
		store := make(t)
		content := bytes.Repeat([]byte("0123456789"), 20_000)
		ref, err := store.Put(ctx, "ten_a", bytes.NewReader(content), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		file, size, err := store.Open(ctx, "ten_a", ref.Hash)
		if err != nil || size != int64(len(content)) {
			t.Fatal(size, err)
		}
		defer file.Close()
		if end, err := file.Seek(0, io.SeekEnd); end != size || err != nil {
			t.Fatal(end, err)
		}
		if _, err := file.Seek(150_003, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(file); err != nil || !bytes.Equal(got, content[150_003:]) {
			t.Fatalf("%d bytes, %v", len(got), err)
		}
	})
	t.Run("refuses names that are not names", func(t *testing.T) {
		store := make(t)
		good := strings.Repeat("a", 64)
		for _, hash := range []string{"", "..", "../../etc/passwd", good[:63], good + "a", strings.ToUpper(good), good[:62] + "/a"} {
			if _, _, err := store.Open(ctx, "ten_a", hash); !fault.Is(err, fault.NotFound) {
				t.Errorf("%q: %v", hash, err)
			}
		}
		for _, tenant := range []string{"", ".", "..", "../x", "a/b", "draft.tmp", strings.Repeat("a", 65)} {
			if _, err := store.Put(ctx, tenant, strings.NewReader("x"), 10); err == nil {
				t.Errorf("company %q was accepted", tenant)
			}
		}
	})
	t.Run("takes the same from many at once", func(t *testing.T) {
		store := make(t)
		var writers sync.WaitGroup
		for range 8 {
			writers.Go(func() {
				ref, err := store.Put(ctx, "ten_a", strings.NewReader("same"), 10)
				if err != nil {
					t.Error(err)
					return
				}
				file, _, err := store.Open(ctx, "ten_a", ref.Hash)
				if err != nil {
					t.Error(err)
					return
				}
				defer file.Close()
				if got, err := io.ReadAll(file); string(got) != "same" || err != nil {
					t.Errorf("%q, %v", got, err)
				}
			})
		}
		writers.Wait()
		if got := list(t, store, "ten_a"); len(got) != 1 {
			t.Fatalf("kept %d times", len(got))
		}
	})
}

func list(t *testing.T, store Store, tenantID string) (refs []Ref) {
	t.Helper()
	err := store.List(context.Background(), tenantID, func(ref Ref) error {
		if ref.KeptMS <= 0 {
			t.Errorf("%s was never kept", ref.Hash)
		}
		ref.KeptMS = 0
		refs = append(refs, ref)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return refs
}

type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) { e.read += len(p); return len(p), nil }

type failure struct{ err error }

func (f failure) Read([]byte) (int, error) { return 0, f.err }

func TestFolderLeavesNoDraftsAndSweepsOldOnes(t *testing.T) {
	dir := t.TempDir()
	store, err := NewFolder(Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = store.Put(t.Context(), "ten_a", failure{errors.New("x")}, 10)
	_, _ = store.Put(t.Context(), "ten_a", strings.NewReader("too long"), 3)
	if _, err := store.Put(t.Context(), "ten_a", strings.NewReader("ok"), 3); err != nil {
		t.Fatal(err)
	}
	young, old := filepath.Join(dir, "blob", drafts, "young"), filepath.Join(dir, "blob", drafts, "old")
	for _, path := range []string{young, old} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-2 * abandoned)
	if err := os.Chtimes(old, past, past); err != nil {
		t.Fatal(err)
	}
	if _, err := NewFolder(Config{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(filepath.Join(dir, "blob", drafts))
	if err != nil || len(left) != 1 || left[0].Name() != "young" {
		t.Fatalf("left: %v, %v", left, err)
	}
}

func TestFolderThatCannotBeWrittenIsUnavailable(t *testing.T) {
	dir := t.TempDir()
	store, err := NewFolder(Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "blob", drafts)); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Put(t.Context(), "ten_a", strings.NewReader("x"), 3); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("got %v", err)
	}
}
