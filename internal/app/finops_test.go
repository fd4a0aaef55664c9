package app

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"prosa/internal/modules/finops"
	"prosa/internal/platform/config"
)

// call runs the command line with settings.
func call(t *testing.T, settings map[string]string, args ...string) (code int, out, complaint string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(args, surroundings{ctx: context.Background(), lookup: config.Map(settings), out: &stdout, err: &stderr})
	return code, stdout.String(), stderr.String()
}

func TestTheCommandLineOfTheLedger(t *testing.T) {
	dir := t.TempDir()
	month := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	content, total, err := demoBill(month, month.AddDate(0, 2, 0))
	if err != nil {
		t.Fatal(err)
	}
	good, bad := filepath.Join(dir, "in", "good.csv.gz"), filepath.Join(dir, "bad.csv")
	if err := os.MkdirAll(filepath.Dir(good), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(good, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(bad, []byte("BilledCost\n1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	settings := map[string]string{"PROSA_DATA_DIR": filepath.Join(dir, "data"), "PROSA_FINOPS_ACCOUNTS": filepath.Join("..", "..", "deploy", "terraform", "accounts.yaml"),
		"PROSA_FINOPS_SOURCES": "folder=" + filepath.Join(dir, "in")}
	must := func(want string, args ...string) string {
		t.Helper()
		code, out, complaint := call(t, settings, args...)
		if code != exitOK || !strings.Contains(out, want) {
			t.Fatalf("prosa %v: %d\n%s%s, want %q", args, code, out, complaint, want)
		}
		return out
	}
	refused := func(want string, args ...string) {
		t.Helper()
		code, _, complaint := call(t, settings, args...)
		if code == exitOK || !strings.Contains(complaint, want) {
			t.Fatalf("prosa %v: %d, %s, want %q", args, code, complaint, want)
		}
	}
	must("FOCUS 1.3, csv.gz", "finops", "check", good)
	refused("would be refused", "finops", "check", bad)
	var report struct {
		Refusals []struct{ Column, Rule string }
	}
	_, out, _ := call(t, settings, "finops", "check", "--json", bad)
	if err := json.Unmarshal([]byte(out), &report); err != nil || len(report.Refusals) != 1 || report.Refusals[0].Rule != "missing_column" {
		t.Error(out, err)
	}
	refused("migrations", "finops", "import", "--source", "aws", "--file", good)
	must("migrations applied", "migrate")
	must("billed "+total.String()+" USD", "finops", "import", "--source", "aws", "--file", good)
	must("known, nothing to do", "finops", "import", "--source", "aws", "--file", good)
	must("in place of number 1", "finops", "import", "--source", "aws", "--file", good, "--again")
	refused("column BillingAccountId: the column is missing", "finops", "import", "--source", "aws", "--file", bad)
	refused("good.csv.gz counts in the source aws already, in its bill of 2026-", "finops", "import", "--source", "folder")
	refused("must be a month, such as 2026-11", "finops", "withdraw", "--source", "aws", "--period", "2026-13")
	refused("no bill of aws in 2025-01 counts", "finops", "withdraw", "--source", "aws", "--period", "2025-01")
	refused("aws has no such bill of 2026-09: there is number", "finops", "withdraw", "--source", "aws", "--period", "2026-09", "--set", "other.csv")
	must("good.csv.gz: counts no more\n  billed ", "finops", "withdraw", "--source", "aws", "--period", "2026-09")
	must("known, and withdrawn since (--again brings it back)", "finops", "import", "--source", "aws", "--file", good)
	must("imported  good.csv.gz", "finops", "import", "--source", "folder")
	refused("no source aws is configured", "finops", "import", "--source", "aws")

	var quality finops.Quality
	if err := json.Unmarshal([]byte(must("{", "finops", "quality", "--month", "202609")), &quality); err != nil || len(quality.Imports) != 1 || len(quality.Strays) != 0 {
		t.Errorf("%+v, %v", quality, err)
	}
	refused("must be a month", "finops", "quality", "--month", "5")
	exported := filepath.Join(dir, "out.csv")
	must("", "finops", "export", "--month", "202609", "--to", exported)
	must("FOCUS 1.3, csv, ", "finops", "check", exported)
	if rows, err := csv.NewReader(strings.NewReader(must("BilledCost", "finops", "export", "--month", "202609"))).ReadAll(); err != nil || len(rows) < 1000 {
		t.Error(len(rows), err)
	}
	refused("can't be written", "finops", "export", "--month", "202609", "--to", filepath.Join(dir, "gone", "out.csv"))
	must("", "finops", "export", "--month", "202609", "--to", os.DevNull)
	before, err := os.ReadFile(exported)
	if err != nil {
		t.Fatal(err)
	}
	refused("must be a month", "finops", "export", "--month", "202613", "--to", exported)
	after, err := os.ReadFile(exported)
	if left, _ := filepath.Glob(filepath.Join(dir, ".prosa-*")); err != nil || !bytes.Equal(before, after) || len(left) != 0 {
		t.Errorf("a refusal left %d bytes of %d, and %v, %v", len(after), len(before), left, err)
	}

	// The same bill packed otherwise, under another name.
	unpacked, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	plain := filepath.Join(dir, "plain.csv")
	rows, err := io.ReadAll(unpacked)
	if err := errors.Join(err, os.WriteFile(plain, rows, 0o600)); err != nil {
		t.Fatal(err)
	}
	must("may count twice: number ", "finops", "import", "--source", "twin", "--file", plain)

	// A file of accounts with a mistake fills no map and no budget.
	text, err := os.ReadFile(settings["PROSA_FINOPS_ACCOUNTS"])
	if err != nil {
		t.Fatal(err)
	}
	settings["PROSA_FINOPS_ACCOUNTS"] = filepath.Join(dir, "accounts.yaml")
	if err := os.WriteFile(settings["PROSA_FINOPS_ACCOUNTS"], []byte(strings.Replace(string(text), `"100000000021"`, `"100000000011"`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	refused("account id 100000000011 is that of accounts[0]", "finops", "quality", "--month", "202609")

	// So does a text with one, and what is not a text of accounts at all.
	for say, wrong := range map[string]string{
		"account id 100000000011 is that of accounts[0]": strings.Replace(string(text), `"100000000021"`, `"100000000011"`, 1),
		"PROSA_FINOPS_ACCOUNTS: line 1: accounts":        `{"version":1,"accounts":[],"organization":{}}`,
		"the file is no YAML":                            `{"version":1`,
	} {
		settings["PROSA_FINOPS_ACCOUNTS"] = wrong
		refused(say, "finops", "quality", "--month", "202609")
	}
}

// What is exported is as open to others as the file that it takes the place of; a
// link stays one.
func TestAFileIsWrittenWholeOrLeft(t *testing.T) {
	dir := t.TempDir()
	name, link := filepath.Join(dir, "out.csv"), filepath.Join(dir, "link.csv")
	if err := errors.Join(os.WriteFile(name, []byte("old"), 0o640), os.Chmod(name, 0o640), os.Symlink(name, link)); err != nil {
		t.Fatal(err)
	}
	say := func(text string, then error) func(io.Writer) error {
		return func(to io.Writer) error {
			return errors.Join(then, func() error { _, err := io.WriteString(to, text); return err }())
		}
	}
	full := errors.New("full")
	if err := writeWhole(link, say("ne", full)); !errors.Is(err, full) {
		t.Error(err)
	}
	for _, want := range []string{"old", "new"} {
		got, err := os.ReadFile(link)
		files, _ := os.ReadDir(dir)
		if err != nil || string(got) != want || len(files) != 2 {
			t.Errorf("%q, %d files, %v", got, len(files), err)
		}
		if err := writeWhole(link, say("new", nil)); err != nil {
			t.Error(err)
		}
	}
	if info, err := os.Lstat(name); err != nil || info.Mode() != 0o640 {
		t.Error(info.Mode(), err)
	}
}

func TestWhatABillCoversIsSaid(t *testing.T) {
	at := func(day string) int64 {
		parsed, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		return parsed.UnixMilli()
	}
	for _, c := range [][3]string{{"2026-10-01", "2026-11-01", "2026-10"}, {"2026-10-08", "2026-10-15", "2026-10 (2026-10-08 to 2026-10-14)"}, {"2026-10-08", "2026-11-08", "2026-10 (2026-10-08 to 2026-11-07)"}} {
		if got := periodText(finops.Import{FromMS: at(c[0]), ToMS: at(c[1])}); got != c[2] {
			t.Errorf("%q, want %q", got, c[2])
		}
	}
}
