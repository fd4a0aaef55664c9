package finops

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/secret"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// childVariable holds what a child of this test imports.
const childVariable = "PROSA_FINOPS_TEST_CHILD"

type child struct{ Dir, URL, Source, File string }

// TestImportChild is the process that is killed, or measured; alone it does
// nothing.
func TestImportChild(t *testing.T) {
	text := os.Getenv(childVariable)
	if text == "" {
		t.Skip("is a child of other tests")
	}
	var c child
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	db, err := database.Open(t.Context(), database.Config{Dir: c.Dir, URL: secret.New(c.URL)})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s := newService(t, db)
	s.clock, s.logger = clock.System{}, slog.New(slog.DiscardHandler)
	importFiles(t, s, c.Source, c.File)
}

func (c child) command(t *testing.T) *exec.Cmd {
	t.Helper()
	raw, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestImportChild$")
	cmd.Env = append(os.Environ(), childVariable+"="+string(raw))
	return cmd
}

func open(t *testing.T, cfg database.Config) *Service {
	t.Helper()
	db, err := database.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return newService(t, db)
}

func TestShowAKilledImportLeavesTheNumbers(t *testing.T) {
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			cfg := databasetest.Config(t, engine)
			s := open(t, cfg)
			importFiles(t, s, "aws", bill(t, row{billed: "1.25"}))
			old := map[string]string{"aws 202610 USD": "1.25"}
			rows := make([]row, 0, 10_000)
			for i := range 10_000 {
				rows = append(rows, row{billed: "0.0025", resource: fmt.Sprint("i-", i)})
			}
			work := child{Dir: cfg.Dir, URL: cfg.URL.Reveal(), Source: "aws", File: bill(t, rows...)}
			killed, done := 0, 0
			for pause := 20 * time.Millisecond; done == 0; pause += time.Duration(rand.IntN(int(300 * time.Millisecond))) {
				cmd := work.command(t)
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				ended := make(chan error, 1)
				go func() { ended <- cmd.Wait() }()
				select {
				case err := <-ended:
					if err != nil {
						t.Fatal(err)
					}
					done++
					continue
				case <-time.After(pause):
				}
				if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
					t.Fatal(err)
				}
				<-ended
				killed++
				got := totalOf(t, s)
				if fmt.Sprint(got) == fmt.Sprint(map[string]string{"aws 202610 USD": "25"}) {
					break // the flip was faster than the signal
				}
				same(t, got, old)
			}
			same(t, totalOf(t, s), map[string]string{"aws 202610 USD": "25"})
			t.Logf("killed %d times: each time the ledger held the bill before, whole; then the new one", killed)
		})
	}
}

// The bar: a million rows in 60 s and 1 GB, on both engines.
func TestShowAMillionRows(t *testing.T) {
	wanted, err := strconv.Atoi(os.Getenv("SHOW_ROWS"))
	if err != nil {
		t.Skip("takes a minute: make show-focus runs it (SHOW_ROWS=1000000)")
	}
	path, want := million(t, wanted)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			cfg := databasetest.Config(t, engine)
			cfg.CacheKB = 0
			began := time.Now()
			cmd := child{Dir: cfg.Dir, URL: cfg.URL.Reveal(), Source: "aws", File: path}.command(t)
			if output, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, output)
			}
			took := time.Since(began)
			usage, _ := cmd.ProcessState.SysUsage().(*syscall.Rusage)
			s := open(t, cfg)
			same(t, totalOf(t, s), map[string]string{"aws 202610 USD": want})
			asked := time.Now()
			cells, err := s.Matrix(t.Context(), Filter{})
			if err != nil || len(cells) == 0 {
				t.Fatal(err)
			}
			t.Logf("%d rows (%d MB packed) in %.1f s, %d MB of memory at most; the matrix of them in %.2f s; sum %s, as by fractions over the file",
				wanted, info.Size()>>20, took.Seconds(), usage.Maxrss>>10, time.Since(asked).Seconds(), want)
			if wanted <= 1_000_000 && (took > time.Minute || usage.Maxrss > 1<<20) {
				t.Error("over the bar of 60 s and 1 GB")
			}
		})
	}
}

// million writes a bill by the hour: some 1,350 things in six accounts for 31
// days, each with tags, and tells its sum.
func million(t *testing.T, rows int) (path, sum string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "bill.csv.gz")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	packed, err := gzip.NewWriterLevel(file, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	to := bufio.NewWriter(packed)
	fmt.Fprintln(to, testHeader)
	begin := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	things := (rows + 31*24 - 1) / (31 * 24)
	total := new(big.Int)
	for n := range rows {
		thing, hour := n%things, n/things
		at := begin.Add(time.Duration(hour) * time.Hour)
		atto := int64(n)*7919_000_003%1_000_000_000_000 + 1
		total.Add(total, big.NewInt(atto))
		cost := fmt.Sprintf("0.%018d", atto)
		fmt.Fprintf(to, "AWS,payer,%012d,,USD,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,%s,%s,Usage,,$0.0001 per thing and hour,%s,%s,%s,%s,Compute,Amazon ECS,arn:aws:ecs:sa-east-1:thing/%06d,\"{\"\"product_line\"\":\"\"massivo\"\",\"\"owner\"\":\"\"team-%d\"\"}\",1,Hours\n",
			100000000001+thing%6, at.Format(time.RFC3339), at.Add(time.Hour).Format(time.RFC3339), cost, cost, cost, cost, thing, thing%50)
	}
	if err := errors.Join(to.Flush(), packed.Close(), file.Close()); err != nil {
		t.Fatal(err)
	}
	return path, strings.TrimRight(strings.TrimRight(new(big.Rat).SetFrac(total, big.NewInt(1_000_000_000_000_000_000)).FloatString(18), "0"), ".")
}
