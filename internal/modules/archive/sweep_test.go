package archive

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// looksLikeAName are columns in which somebody could name a blob.
var looksLikeAName = regexp.MustCompile(`(^|_)(content|request|images?|hash|thumb|picture|media|header|definition|tests|lock|effects|input|answer|blob|poster|files?)$`)

// A new table that may name a file is looked at before the file is deleted.
func TestEachColumnThatMayNameAFileIsLookedAt(t *testing.T) {
	tables := schema(t)
	known := map[string]bool{}
	for _, s := range names {
		made, ok := tables[s.table]
		if !ok {
			t.Errorf("%s is no table of companies", s.table)
			continue
		}
		var key []string
		for n, field := range s.fields() {
			if n < s.keys {
				key = append(key, field.name)
			}
			if !slices.ContainsFunc(made.columns, func(c column) bool { return c.name == field.name && c.kind == field.kind }) {
				t.Errorf("%s has no column %s of this kind", s.table, field.name)
			}
			known[s.table+"."+field.name] = true
		}
		if !slices.Equal(key, made.key) {
			t.Errorf("%s is read along %v, its key is %v", s.table, key, made.key)
		}
	}
	for name := range nameless {
		known[name] = true
	}
	for name, made := range tables {
		if _, erased := goes[name]; !erased {
			continue
		}
		for _, c := range made.columns {
			if column := name + "." + c.name; c.kind == 0 && looksLikeAName.MatchString(c.name) && !known[column] {
				t.Errorf("%s may name a file: list it in names, or in nameless with the reason", column)
			}
		}
	}
}

func TestFilesThatNobodyNamesGo(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		blobs, err := blob.NewFolder(blob.Config{Dir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		put := func(tenant, content string) string {
			t.Helper()
			ref, err := blobs.Put(t.Context(), tenant, strings.NewReader(content), 100)
			if err != nil {
				t.Fatal(err)
			}
			return ref.Hash
		}
		kept := []string{put(ours, "sent"), put(ours, "small"), put(ours, "chosen"), put(theirs, "orphan")}
		orphan := put(ours, "orphan")
		write := func(query string, args ...any) {
			t.Helper()
			if err := db.Write(t.Context(), database.Company(ours), func(ctx context.Context, tx *database.Tx) error {
				_, err := tx.Exec(ctx, query, args...)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		for n := range pageRows + 3 { // more than one page; the last names the last
			hash := ""
			if n == pageRows+2 {
				hash = kept[2]
			}
			write(`INSERT INTO upload (tenant_id, id, user_id, kind, mime, name, size, hash, thumb, width, height, seconds, voice_note, animated, created_ms)
				VALUES ($1, $2, 'usr_1', 'image', 'image/png', 'a', 1, $3, '', 0, 0, 0, false, false, 1)`, ours, "med_"+strings.Repeat("a", n/26)+string(rune('a'+n%26)), hash)
		}
		write(`INSERT INTO bot_draft (tenant_id, bot_id, revision, definition, layout, tests, hash, based_on, based_hash, author_id, author_name, updated_ms)
			VALUES ($1, 'bot_1', 1, $2, '{}', '[]', '', 0, '', '', '', 1)`, ours, `{"media":{"blob":"`+kept[0]+`","thumb":"`+kept[1]+`"}}`)
		service := New(db, blobs)
		all := func(context.Context) ([]string, error) { return []string{ours}, nil }
		if err := service.sweepAll(t.Context(), clock.System{}, all); err != nil {
			t.Fatal(err)
		}
		if _, _, err := blobs.Open(t.Context(), ours, orphan); err != nil {
			t.Fatal("a young file went", err)
		}
		later := clock.NewManual(time.Now().Add(sweepGrace + time.Hour))
		for range 2 {
			if err := service.sweepAll(t.Context(), later, all); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := blobs.Open(t.Context(), ours, orphan); err == nil {
			t.Fatal("the orphan is still there")
		}
		for n, hash := range kept {
			tenant := ours
			if n == 3 {
				tenant = theirs
			}
			if file, _, err := blobs.Open(t.Context(), tenant, hash); err != nil || file.Close() != nil {
				t.Errorf("file %d went: %v", n, err)
			}
		}
	})
}
