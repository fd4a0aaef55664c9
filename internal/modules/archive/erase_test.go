package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// A table of companies that nobody decided about fails here: it is erased with
// its company, or it is said why not.
func TestEachTableIsErasedOrRemainsForAReason(t *testing.T) {
	tables := schema(t)
	for name, made := range tables {
		key, erased := goes[name]
		if _, stays := remains[name]; stays == erased {
			t.Errorf("%s: list it in goes, or in remains with the reason", name)
			continue
		}
		if erased && key != strings.Join(made.key, " ") {
			t.Errorf("%s is emptied along %q, its key is %v", name, key, made.key)
		}
	}
	for _, list := range []map[string]string{goes, remains} {
		for name := range list {
			if _, ok := tables[name]; !ok {
				t.Errorf("%s is no table of companies", name)
			}
		}
	}
}

// count tells how many rows of a company each table that goes holds.
func count(t *testing.T, db *database.DB, tenantID string) map[string]int {
	t.Helper()
	rows := map[string]int{}
	err := db.Read(t.Context(), database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		for table := range schema(t) {
			var n int
			if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM "+table+" WHERE tenant_id = $1", tenantID).Scan(&n); err != nil {
				return err
			}
			if n > 0 {
				rows[table] = n
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func doom(companies ...string) Doomed {
	return func(context.Context) ([]string, error) { return companies, nil }
}

func TestACompanyIsErasedAndNoOther(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		fill(t, db, 3)
		before := count(t, db, theirs)
		blobs, err := blob.NewFolder(blob.Config{Dir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		for _, tenant := range []string{ours, theirs} {
			if _, err := blobs.Put(t.Context(), tenant, strings.NewReader(tenant), 100); err != nil {
				t.Fatal(err)
			}
		}
		service := New(db, blobs)
		for range 2 { // twice is as once
			if err := service.EraseAll(t.Context(), doom(ours)); err != nil {
				t.Fatal(err)
			}
		}
		left := count(t, db, ours)
		for table := range left {
			if _, stays := remains[table]; !stays {
				t.Errorf("%d rows of %s are left", left[table], table)
			}
		}
		if left["audit_entry"] != 3+1 || left["invoice"] != 3 || left["erasure"] != 1 {
			t.Errorf("what remains: %v", left)
		}
		if after := count(t, db, theirs); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("another company had %v and has %v", before, after)
		}
		files := 0
		for _, tenant := range []string{ours, theirs} {
			if err := blobs.List(t.Context(), tenant, func(blob.Ref) error { files++; return nil }); err != nil {
				t.Fatal(err)
			}
		}
		if files != 1 {
			t.Errorf("%d files are left, want the other company's", files)
		}
	})
}

// breaking fails when files are asked for, as a crash between tables and files.
type breaking struct {
	blob.Store
	err error
}

func (b *breaking) List(ctx context.Context, tenantID string, each func(blob.Ref) error) error {
	if b.err != nil {
		return b.err
	}
	return b.Store.List(ctx, tenantID, each)
}

func (b *breaking) Open(ctx context.Context, tenantID, hash string) (io.ReadSeekCloser, int64, error) {
	return b.Store.Open(ctx, tenantID, hash)
}

func TestAnErasureThatBreaksOffGoesOn(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		fill(t, db, 2)
		fillOne(t, db, 2*eraseRows+7) // more than one piece
		folder, err := blob.NewFolder(blob.Config{Dir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := folder.Put(t.Context(), ours, strings.NewReader("x"), 10); err != nil {
			t.Fatal(err)
		}
		blobs := &breaking{folder, errors.New("the disk is away")}
		service := New(db, blobs)
		if err := service.EraseAll(t.Context(), doom(theirs, ours)); !errors.Is(err, blobs.err) {
			t.Fatalf("the failure was told as %v", err)
		}
		blobs.err = nil
		if err := service.EraseAll(t.Context(), doom(theirs, ours)); err != nil {
			t.Fatal(err)
		}
		for _, tenant := range []string{ours, theirs} {
			for table := range count(t, db, tenant) {
				if _, stays := remains[table]; !stays {
					t.Errorf("%s is not empty", table)
				}
			}
		}
		var listed []blob.Ref
		if err := folder.List(t.Context(), ours, func(r blob.Ref) error { listed = append(listed, r); return nil }); err != nil || slices.Contains(listed, blob.Ref{}) || len(listed) != 0 {
			t.Errorf("files are left: %v %v", listed, err)
		}
	})
}
