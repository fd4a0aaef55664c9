package blob

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
)

func TestShelves(t *testing.T) {
	t.Run("folder", func(t *testing.T) {
		dir := t.TempDir()
		for _, location := range []string{dir, "file://" + dir} {
			shelf, err := OpenShelf(secret.New(location))
			if err != nil {
				t.Fatal(err)
			}
			conformShelf(t, shelf)
		}
	})
	t.Run("bucket", func(t *testing.T) {
		store, storage := bucket(t, testSecret)
		storage.page = 2
		conformShelf(t, bucketShelf{store})
	})
}

// conformShelf is what every Shelf must do.
func conformShelf(t *testing.T, shelf Shelf) {
	t.Helper()
	ctx := context.Background()
	if got := names(t, shelf, ""); len(got) != 0 {
		t.Fatalf("a new shelf holds %v", got)
	}
	for _, name := range []string{"b/2.csv", "b/1.csv", "b.csv", "a/deep/er.csv"} {
		if err := shelf.Put(ctx, name, []byte("of "+name)); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := names(t, shelf, ""), []string{"a/deep/er.csv", "b.csv", "b/1.csv", "b/2.csv"}; !slices.Equal(got, want) {
		t.Fatalf("holds %v, want %v", got, want)
	}
	if got, want := names(t, shelf, "b/"), []string{"b/1.csv", "b/2.csv"}; !slices.Equal(got, want) {
		t.Fatalf("below b/ are %v, want %v", got, want)
	}
	before := read(t, shelf, "b.csv")
	if before.text != "of b.csv" || before.item.Size != 8 || before.item.Version == "" || before.item.ModifiedMS <= 0 {
		t.Fatalf("read %+v", before)
	}
	if err := shelf.Put(ctx, "b.csv", []byte("another")); err != nil {
		t.Fatal(err)
	}
	if after := read(t, shelf, "b.csv"); after.text != "another" || after.item.Version == before.item.Version {
		t.Fatalf("read %+v after it was replaced", after)
	}
	for range 2 {
		if err := shelf.Remove(ctx, "b.csv"); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := shelf.Open(ctx, "b.csv"); !fault.Is(err, fault.NotFound) {
		t.Fatalf("a removed file: %v", err)
	}
	for _, name := range []string{"", ".", "..", "../x", "/etc/passwd", "a//b", "a/../../b", `a\b`, "a\x00b", strings.Repeat("a", 513)} {
		if err := shelf.Put(ctx, name, []byte("x")); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q was kept: %v", name, err)
		}
		if _, _, err := shelf.Open(ctx, name); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q was opened: %v", name, err)
		}
	}
	for _, name := range names(t, shelf, "") {
		if err := shelf.Remove(ctx, name); err != nil {
			t.Fatal(err)
		}
	}
}

func names(t *testing.T, shelf Shelf, prefix string) (list []string) {
	t.Helper()
	err := shelf.List(t.Context(), prefix, func(item Item) error {
		list = append(list, item.Name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

type readItem struct {
	text string
	item Item
}

func read(t *testing.T, shelf Shelf, name string) readItem {
	t.Helper()
	file, item, err := shelf.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	return readItem{string(text), item}
}

func TestAFolderShelfShowsNoDrafts(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, draftMark+"1"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	shelf, err := OpenShelf(secret.New(dir))
	if err != nil {
		t.Fatal(err)
	}
	if got := names(t, shelf, ""); len(got) != 0 {
		t.Fatalf("shows %v", got)
	}
}

func TestAddressesOfShelves(t *testing.T) {
	for _, location := range []string{"", "ftp://host/x", "file://host/x", "s3://host", "s3://key:s3cr3t@host/BAD"} {
		_, err := OpenShelf(secret.New(location))
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", location, err)
		}
		if err != nil && strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("the secret is told: %v", err)
		}
	}
}
