package archive

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

var (
	tableForm  = regexp.MustCompile(`(?s)CREATE TABLE (\w+) \((.*?)\n\);`)
	columnForm = regexp.MustCompile(`(?m)^\s+(\w+)\s+(TEXT|BIGINT|INTEGER|BOOLEAN)\b([^\n]*)`)
	keyForm    = regexp.MustCompile(`PRIMARY KEY \(([^)]*)\)`)
)

type table struct {
	columns []column // without the company; '#' and '?' as in a sheet
	key     []string // without the company
}

// schema reads the tables of companies out of the migrations.
func schema(t *testing.T) map[string]table {
	t.Helper()
	files, err := filepath.Glob("../../migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no migrations: %v", err)
	}
	tables := map[string]table{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range tableForm.FindAllStringSubmatch(string(text), -1) {
			made, ours := table{}, false
			for _, c := range columnForm.FindAllStringSubmatch(found[2], -1) {
				if c[1] == "tenant_id" {
					ours = true
					continue
				}
				made.columns = append(made.columns, column{c[1], map[string]byte{"BIGINT": '#', "INTEGER": '#', "BOOLEAN": '?'}[c[2]]})
			}
			if key := keyForm.FindStringSubmatch(found[2]); key != nil {
				for _, name := range strings.Split(key[1], ",") {
					if name = strings.TrimSpace(name); name != "tenant_id" {
						made.key = append(made.key, name)
					}
				}
			}
			if ours {
				tables[found[1]] = made
			}
		}
	}
	return tables
}

// A table of companies that nobody decided about fails here: it goes out, or
// it is said why not.
func TestEachTableOfCompaniesIsDecidedAbout(t *testing.T) {
	tables := schema(t)
	out := map[string]bool{}
	for _, s := range sheets {
		made, ok := tables[s.table]
		if !ok {
			t.Errorf("%s goes out and is no table of companies", s.table)
			continue
		}
		out[s.table] = true
		fields := s.fields()
		for i, field := range fields {
			at := slices.IndexFunc(made.columns, func(c column) bool { return c.name == field.name })
			if at < 0 {
				t.Errorf("%s has no column %s", s.table, field.name)
				continue
			}
			if is := made.columns[at].kind; is != field.kind && (field.kind != '@' || is != 0) {
				t.Errorf("%s.%s is marked %q", s.table, field.name, field.kind)
			}
			if i < s.keys && (i >= len(made.key) || made.key[i] != field.name) {
				t.Errorf("%s is read along %s, its key is %v", s.table, field.name, made.key)
			}
		}
		if s.keys != len(made.key) {
			t.Errorf("%s is read along %d columns, its key is %v", s.table, s.keys, made.key)
		}
	}
	for name := range tables {
		if _, stays := kept[name]; stays == out[name] {
			t.Errorf("%s: list it in sheets, or in kept with the reason", name)
		}
	}
	for name := range kept {
		if _, ok := tables[name]; !ok {
			t.Errorf("%s is kept and is no table of companies", name)
		}
	}
}

func TestNothingThatOpensADoorGoesOut(t *testing.T) {
	door := regexp.MustCompile(`hash|token|secret|sealed|credential|hook|password|client_key`)
	for _, s := range sheets {
		for _, field := range s.fields() {
			if door.MatchString(field.name) && s.table != "product_image" { // whose hash names a file of the archive
				t.Errorf("%s.%s goes out", s.table, field.name)
			}
		}
	}
}

const (
	ours   = "ten_ours"
	theirs = "ten_theirs"
)

// fill puts rows into every table that goes out, of both companies, with the
// company's id in each text.
func fill(t *testing.T, db *database.DB, rows int) {
	t.Helper()
	tables := schema(t)
	err := db.Write(t.Context(), database.Platform("test"), func(ctx context.Context, tx *database.Tx) error {
		for _, s := range sheets {
			for _, tenant := range []string{ours, theirs} {
				for n := range rows {
					names, marks, args := []string{"tenant_id"}, []string{"$1"}, []any{tenant}
					for _, c := range tables[s.table].columns {
						names, marks = append(names, c.name), append(marks, fmt.Sprintf("$%d", len(marks)+1))
						switch c.kind {
						case '#':
							args = append(args, int64(n+1))
						case '?':
							args = append(args, n%2 == 0)
						default:
							args = append(args, fmt.Sprintf("%s-%s-%04d", tenant, c.name, n))
						}
					}
					insert := "INSERT INTO " + s.table + " (" + strings.Join(names, ", ") + ") VALUES (" + strings.Join(marks, ", ") + ")"
					if _, err := tx.Exec(ctx, insert, args...); err != nil {
						return fmt.Errorf("%s: %w", s.table, err)
					}
					if s.keys == 0 {
						break // one row a company
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// fillOne puts many rows into one table.
func fillOne(t *testing.T, db *database.DB, rows int) {
	t.Helper()
	err := db.Write(t.Context(), database.Company(ours), func(ctx context.Context, tx *database.Tx) error {
		for n := range rows {
			_, err := tx.Exec(ctx, `INSERT INTO collection_item (tenant_id, collection_id, product_id, position) VALUES ($1, $2, $3, $4)`,
				ours, fmt.Sprintf("col_%d", n%3), fmt.Sprintf("prd_%05d", n), int64(n))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestACompanyTakesAllOfItsOwnAlongAndNothingElse(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		const rows = 3
		fill(t, db, rows)
		blobs, err := blob.NewFolder(blob.Config{Dir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		for _, tenant := range []string{ours, theirs} {
			if _, err := blobs.Put(t.Context(), tenant, strings.NewReader("a picture of "+tenant), 100); err != nil {
				t.Fatal(err)
			}
		}
		var packed bytes.Buffer
		by := audit.Entry{TenantID: ours, Actor: event.Actor{Kind: "user", ID: "usr_1"}}
		if err := New(db, blobs).Write(t.Context(), by, true, &packed); err != nil {
			t.Fatal(err)
		}
		entries := unpack(t, packed.Bytes())
		for name, body := range entries {
			if strings.Contains(body, theirs) {
				t.Errorf("%s holds another company's words", name)
			}
		}
		var manifest Manifest
		if err := json.Unmarshal([]byte(entries["manifest.json"]), &manifest); err != nil {
			t.Fatal(err)
		}
		if manifest.CompanyID != ours || manifest.Files != 1 || manifest.FileBytes != int64(len("a picture of "+ours)) || manifest.BeganMS == 0 {
			t.Errorf("the manifest says %+v", manifest)
		}
		for i, s := range sheets {
			want := int64(rows)
			if s.keys == 0 {
				want = 1
			}
			if s.table == "audit_entry" {
				want++ // that it was asked for
			}
			if got := manifest.Entries[i]; got.Name != s.file+".jsonl" || got.Rows != want {
				t.Errorf("%s: %+v, want %d rows", s.table, got, want)
			}
			lines := strings.Split(strings.TrimSuffix(entries[s.file+".jsonl"], "\n"), "\n")
			if int64(len(lines)) != want {
				t.Errorf("%s has %d lines", s.file, len(lines))
			}
			for _, line := range lines {
				var row map[string]any
				if err := json.Unmarshal([]byte(line), &row); err != nil || len(row) != len(s.fields()) {
					t.Errorf("%s: %s is not a row: %v", s.file, line, err)
				}
			}
		}
	})
}

func TestEveryPageIsRead(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		const rows = 2*pageRows + 7
		fillOne(t, db, rows)
		blobs, err := blob.NewFolder(blob.Config{Dir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		var packed bytes.Buffer
		if err := New(db, blobs).Write(t.Context(), audit.Entry{TenantID: ours, Actor: event.Actor{Kind: "user"}}, false, &packed); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, line := range strings.Fields(unpack(t, packed.Bytes())["collection_items.jsonl"]) {
			seen[line] = true
		}
		if len(seen) != rows {
			t.Errorf("%d rows came out of %d", len(seen), rows)
		}
	})
}

func TestJSONStaysJSON(t *testing.T) {
	fields := []column{{"id", 0}, {"facts", '@'}, {"broken", '@'}, {"n", '#'}, {"yes", '?'}}
	holders := hold(fields)
	for i, value := range []any{`a"b`, `{"k":[1]}`, `{`, int64(7), true} {
		switch into := holders[i].(type) {
		case *string:
			*into = value.(string)
		case *int64:
			*into = value.(int64)
		case *bool:
			*into = value.(bool)
		}
	}
	line, err := lineOf(fields, holders)
	if want := `{"id":"a\"b","facts":{"k":[1]},"broken":"{","n":7,"yes":true}`; err != nil || string(line) != want {
		t.Errorf("%s, %v; want %s", line, err, want)
	}
}

func unpack(t *testing.T, packed []byte) map[string]string {
	t.Helper()
	reader, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	entries := map[string]string{}
	for _, file := range reader.File {
		content, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(content)
		if err != nil {
			t.Fatal(err)
		}
		entries[file.Name] = string(body)
	}
	return entries
}
