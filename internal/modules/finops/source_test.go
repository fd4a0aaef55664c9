package finops

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

func TestFilesThatMakeUpABill(t *testing.T) {
	manifest := func(files ...string) string { return `{"dataFiles":["` + strings.Join(files, `","`) + `"]}` }
	for name, c := range map[string]struct {
		items     []string // in order of age
		manifests map[string]string
		want      string
	}{
		"alone":                   {items: []string{"oct.csv", "nov.csv.gz", "dec.snappy.parquet", "readme.md"}, want: "oct.csv: oct.csv | nov.csv.gz: nov.csv.gz | dec.snappy.parquet: dec.snappy.parquet"},
		"parts of one":            {items: []string{"x/bill-00001.csv.gz", "x/bill-00002.csv.gz"}, want: "x/bill.csv.gz: x/bill-00001.csv.gz x/bill-00002.csv.gz"},
		"a year is no part":       {items: []string{"bill-11.csv", "bill-12.csv"}, want: "bill-11.csv: bill-11.csv | bill-12.csv: bill-12.csv"},
		"a month is no part":      {items: []string{"aws-202609.csv", "aws-202610.csv", "aws_112026.csv", "b-000001.csv", "b-000002.csv", "c-202610-00001.csv", "c-202610-00002.csv"}, want: "aws-202609.csv: aws-202609.csv | aws-202610.csv: aws-202610.csv | aws_112026.csv: aws_112026.csv | b.csv: b-000001.csv b-000002.csv | c-202610.csv: c-202610-00001.csv c-202610-00002.csv"},
		"an export, overwritten":  {items: []string{"e/data/BILLING_PERIOD=2026-10/e-00001.csv.gz", "e/data/BILLING_PERIOD=2026-10/e-00002.csv.gz", "e/data/BILLING_PERIOD=2026-11/e-00001.csv.gz"}, want: "e/BILLING_PERIOD=2026-10: e/data/BILLING_PERIOD=2026-10/e-00001.csv.gz e/data/BILLING_PERIOD=2026-10/e-00002.csv.gz | e/BILLING_PERIOD=2026-11: e/data/BILLING_PERIOD=2026-11/e-00001.csv.gz"},
		"an export, its versions": {items: []string{"data/BILLING_PERIOD=2026-10/20261101T00-a/e.parquet", "data/BILLING_PERIOD=2026-10/20261102T00-b/e.parquet"}, want: "BILLING_PERIOD=2026-10: data/BILLING_PERIOD=2026-10/20261102T00-b/e.parquet"},
		"a manifest chooses": {items: []string{"data/BILLING_PERIOD=2026-10/1/e.parquet", "data/BILLING_PERIOD=2026-10/2/e.parquet", "metadata/BILLING_PERIOD=2026-10/1/e-Manifest.json"},
			manifests: map[string]string{"metadata/BILLING_PERIOD=2026-10/1/e-Manifest.json": manifest("s3://b/p/data/BILLING_PERIOD=2026-10/1/e.parquet")},
			want:      "BILLING_PERIOD=2026-10: data/BILLING_PERIOD=2026-10/1/e.parquet"},
		"a manifest waits": {items: []string{"data/BILLING_PERIOD=2026-10/e-00001.csv.gz", "metadata/BILLING_PERIOD=2026-10/e-Manifest.json"},
			manifests: map[string]string{"metadata/BILLING_PERIOD=2026-10/e-Manifest.json": manifest("s3://b/data/BILLING_PERIOD=2026-10/e-00001.csv.gz", "s3://b/data/BILLING_PERIOD=2026-10/e-00002.csv.gz")},
			want:      "BILLING_PERIOD=2026-10: waiting, e-00002.csv.gz has not come yet"},
		"a manifest that is none": {items: []string{"data/BILLING_PERIOD=2026-10/e.csv", "metadata/BILLING_PERIOD=2026-10/Manifest.json"},
			manifests: map[string]string{"metadata/BILLING_PERIOD=2026-10/Manifest.json": "{"}, want: "BILLING_PERIOD=2026-10: waiting, metadata/BILLING_PERIOD=2026-10/Manifest.json names no files"},
	} {
		t.Run(name, func(t *testing.T) {
			var items []blob.Item
			for i, item := range c.items {
				items = append(items, blob.Item{Name: item, ModifiedMS: int64(i + 1)})
			}
			sets, err := groupFiles(items, func(name string) ([]byte, error) { return []byte(c.manifests[name]), nil })
			if err != nil {
				t.Fatal(err)
			}
			var told []string
			for _, set := range sets {
				text := set.Name + ":"
				for _, file := range set.files {
					text += " " + file.Name
				}
				if set.Outcome != "" {
					text += " " + set.Outcome + ", " + set.Problem
				}
				told = append(told, text)
			}
			if got := strings.Join(told, " | "); got != c.want {
				t.Errorf("made\n%s, want\n%s", got, c.want)
			}
		})
	}
	broken := errors.New("away")
	if _, err := groupFiles([]blob.Item{{Name: "metadata/BILLING_PERIOD=2026-10/Manifest.json"}}, func(string) ([]byte, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
}

func TestSourcesAreLookedAtAndOnlyChangesRead(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newService(t, db)
		dir := t.TempDir()
		s.cfg.Sources = secret.New("aws=" + dir)
		lay := func(name string, rows ...row) {
			t.Helper()
			content, err := os.ReadFile(bill(t, rows...))
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		lay("e/data/BILLING_PERIOD=2026-10/e-00001.csv", row{billed: "1"})
		lay("e/data/BILLING_PERIOD=2026-10/e-00002.csv", row{billed: "2"})
		lay("bad.csv", row{billed: "x"})
		if err := s.sweepIfDue(t.Context()); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "row 1, column BilledCost") {
			t.Fatal(err)
		}
		same(t, totalOf(t, s), map[string]string{"aws 202610 USD": "3"})
		outcomes := func() string {
			sources, err := s.Sources(t.Context())
			if err != nil || len(sources) != 1 || !sources[0].Configured {
				t.Fatal(sources, err)
			}
			text := ""
			for _, set := range sources[0].Sets {
				text += set.Name + " " + set.Outcome + "; "
			}
			return text
		}
		if got := outcomes(); got != "bad.csv refused; e/BILLING_PERIOD=2026-10 imported; " {
			t.Error(got)
		}
		// It was done today: nothing is looked at, also not the file that is broken.
		if err := s.sweepIfDue(t.Context()); err != nil {
			t.Error(err)
		}
		if err := s.Sweep(t.Context(), "aws"); err != nil {
			t.Error("a file that was refused and has not changed is read again:", err)
		}
		lay("bad.csv", row{billed: "5", day: "2026-09-01"})
		lay("e/data/BILLING_PERIOD=2026-10/e-00002.csv", row{billed: "20"})
		if err := s.Sweep(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		same(t, totalOf(t, s), map[string]string{"aws 202610 USD": "21", "aws 202609 USD": "5"})
		if err := s.Sweep(t.Context(), "nobody"); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		left, err := filepath.Glob(filepath.Join(os.TempDir(), "prosa-bill-*"))
		if err != nil || len(left) != 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	})
}

func TestSettings(t *testing.T) {
	good := Config{Every: time.Hour, MaxRows: 1, MaxBytes: 1, Sources: secret.New(" aws=/bills , gcp=s3://key:secret@host/bucket?region=x")}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	if list, err := good.sources(); err != nil || len(list) != 2 || list[1].name != "gcp" || list[1].location.Reveal() != "s3://key:secret@host/bucket?region=x" {
		t.Error(list, err)
	}
	for name, change := range map[string]func(c *Config){
		"no name": func(c *Config) { c.Sources = secret.New("/bills") }, "capitals": func(c *Config) { c.Sources = secret.New("AWS=/bills") },
		"no place": func(c *Config) { c.Sources = secret.New("aws=") }, "twice": func(c *Config) { c.Sources = secret.New("a=/x,a=/y") },
		"too often": func(c *Config) { c.Every = time.Second }, "no rows": func(c *Config) { c.MaxRows = 0 },
	} {
		bad := good
		change(&bad)
		if err := bad.Validate(); !fault.Is(err, fault.Invalid) || strings.Contains(fmt.Sprint(err), "secret@") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
