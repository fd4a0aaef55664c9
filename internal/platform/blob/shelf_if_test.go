package blob

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
)

func TestShelvesAreWrittenOnCondition(t *testing.T) {
	for name, open := range map[string]func(t *testing.T) Shelf{
		"folder": func(t *testing.T) Shelf {
			shelf, err := OpenShelf(secret.New(t.TempDir()))
			if err != nil {
				t.Fatal(err)
			}
			return shelf
		},
		"bucket": func(t *testing.T) Shelf { store, _ := bucket(t, testSecret); return bucketShelf{store} },
	} {
		t.Run(name, func(t *testing.T) { conformCondition(t, open) })
	}
}

func conformCondition(t *testing.T, open func(t *testing.T) Shelf) {
	ctx := context.Background()
	t.Run("by version", func(t *testing.T) {
		shelf := open(t)
		if _, err := shelf.PutIf(ctx, "a/x", "0123", []byte("a")); !fault.Is(err, fault.Conflict) {
			t.Fatalf("what is not there was replaced: %v", err)
		}
		first, err := shelf.PutIf(ctx, "a/x", "", []byte("a"))
		if err != nil || first.Version == "" || first.Name != "a/x" || first.Size != 1 {
			t.Fatal(first, err)
		}
		if _, err := shelf.PutIf(ctx, "a/x", "", []byte("b")); !fault.Is(err, fault.Conflict) {
			t.Fatalf("what is there was made anew: %v", err)
		}
		second, err := shelf.PutIf(ctx, "a/x", first.Version, []byte("b"))
		if err != nil || second.Version == first.Version {
			t.Fatal(second, err)
		}
		if _, err := shelf.PutIf(ctx, "a/x", first.Version, []byte("c")); !fault.Is(err, fault.Conflict) {
			t.Fatalf("an old version was taken: %v", err)
		}
		// Told again what it already did, it says the same.
		if again, err := shelf.PutIf(ctx, "a/x", first.Version, []byte("b")); err != nil || again.Version != second.Version {
			t.Fatal(again, err)
		}
		held, item, err := ReadShelf(ctx, shelf, "a/x", 1)
		if err != nil || string(held) != "b" || item.Version != second.Version {
			t.Fatalf("%q, %+v, %v", held, item, err)
		}
		if _, err := shelf.PutIf(ctx, "../x", "", nil); !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
	})
	t.Run("loses nothing of many who count at once", func(t *testing.T) {
		shelf := open(t)
		const people, each = 6, 5
		var counting sync.WaitGroup
		for person := range people {
			counting.Go(func() {
				for n := range each {
					if err := count(ctx, shelf, fmt.Sprintf("%d-%d", person, n)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		counting.Wait()
		held, _, err := ReadShelf(ctx, shelf, "count", 10_000)
		if lines := strings.Fields(string(held)); err != nil || distinct(lines) != people*each {
			t.Fatalf("%d of %d lines, %v", len(lines), people*each, err)
		}
	})
	t.Run("is read whole or not at all", func(t *testing.T) {
		shelf := open(t)
		if err := shelf.Put(ctx, "x", []byte("four")); err != nil {
			t.Fatal(err)
		}
		if _, _, err := ReadShelf(ctx, shelf, "x", 3); !fault.Is(err, fault.TooLarge) {
			t.Fatal(err)
		}
		if held, _, err := ReadShelf(ctx, shelf, "x", 4); err != nil || string(held) != "four" {
			t.Fatal(held, err)
		}
		if _, _, err := ReadShelf(ctx, shelf, "none", 4); !fault.Is(err, fault.NotFound) {
			t.Fatal(err)
		}
	})
}

// count is what every writer does: read, change, write on condition, and begin
// again when somebody else was faster.
func count(ctx context.Context, shelf Shelf, line string) error {
	for {
		held, item, err := ReadShelf(ctx, shelf, "count", 10_000)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		_, err = shelf.PutIf(ctx, "count", item.Version, append(held, line+"\n"...))
		if !fault.Is(err, fault.Conflict) {
			return err
		}
	}
}

func distinct(lines []string) int {
	lines = slices.Clone(lines)
	slices.Sort(lines)
	return len(slices.Compact(lines))
}

// A conditional write whose answer was lost is repeated by the client and meets
// itself: that is no conflict.
func TestALostAnswerIsNoConflict(t *testing.T) {
	store, storage := bucket(t, testSecret)
	storage.silent = 1
	if _, err := (bucketShelf{store}).PutIf(t.Context(), "x", "", []byte("mine")); err != nil {
		t.Fatal(err)
	}
	if held, _, err := ReadShelf(t.Context(), bucketShelf{store}, "x", 100); err != nil || string(held) != "mine" || storage.silent != 0 {
		t.Fatalf("%q, %v", held, err)
	}
}

// Processes share a folder as people share a bucket.
func TestProcessesShareAFolder(t *testing.T) {
	if dir := os.Getenv("PROSA_TEST_SHARED_DIR"); dir != "" {
		shelf, err := OpenShelf(secret.New(dir))
		if err != nil {
			t.Fatal(err)
		}
		for n := range 20 {
			if err := count(t.Context(), shelf, os.Getenv("PROSA_TEST_SHARED_WHO")+"-"+strconv.Itoa(n)); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	dir := t.TempDir()
	var running sync.WaitGroup
	for who := range 3 {
		running.Go(func() {
			child := exec.Command(os.Args[0], "-test.run=^TestProcessesShareAFolder$")
			child.Env = append(os.Environ(), "PROSA_TEST_SHARED_DIR="+dir, "PROSA_TEST_SHARED_WHO="+strconv.Itoa(who))
			if out, err := child.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	running.Wait()
	held, err := os.ReadFile(filepath.Join(dir, "count"))
	if lines := strings.Fields(string(held)); err != nil || distinct(lines) != 60 {
		t.Fatalf("%d of 60 lines, %v", len(lines), err)
	}
}

// Without a key in the address, the task's own is asked for: short-lived, from
// where its container is told.
func TestAShelfByTheTasksRole(t *testing.T) {
	storage := &shelf{objects: map[string]object{}, page: 3}
	server := httptest.NewServer(storage)
	t.Cleanup(server.Close)
	asked := 0
	keys := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		fmt.Fprintf(w, `{"AccessKeyId": %q, "SecretAccessKey": %q, "Token": "", "Expiration": %q}`, testKey, testSecret, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	}))
	t.Cleanup(keys.Close)
	t.Setenv("HOME", t.TempDir()) // and no keys of whoever runs this
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY", "AWS_SHARED_CREDENTIALS_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"} {
		t.Setenv(name, "")
	}
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("pod"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", keys.URL)
	t.Setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token)
	opened, err := OpenShelf(secret.New("s3://" + strings.TrimPrefix(server.URL, "http://") + "/prosa-test/leases?region=sa-east-1&tls=off&style=path&credentials=role"))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := opened.Put(t.Context(), "x", []byte("1")); err != nil {
			t.Fatal(err)
		}
	}
	if asked != 1 {
		t.Errorf("the keys were asked for %d times", asked)
	}
}
