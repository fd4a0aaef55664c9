package meter

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

func day(uses ...Use) Day {
	return Day{Deployment: "massivo-prod", Day: "2026-11-22", Revision: 1, Uses: tidy(uses)}
}

// folder is Files in a folder.
type folder struct {
	dir string
	// dies makes the next Put fail behind its effect, as a kill does.
	dies bool
	puts int
}

func (f *folder) Put(_ context.Context, name string, content []byte) error {
	f.puts++
	path := filepath.Join(f.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		return err
	}
	if f.dies {
		f.dies = false
		return errors.New("killed")
	}
	return nil
}

func (f *folder) Open(_ context.Context, name string) (io.ReadCloser, error) {
	return os.Open(filepath.Join(f.dir, name))
}

func (f *folder) List(_ context.Context, prefix string, each func(name, tag string) error) error {
	return filepath.WalkDir(f.dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(f.dir, path)
		if err != nil || !strings.HasPrefix(filepath.ToSlash(name), prefix) {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return each(filepath.ToSlash(name), fmt.Sprintf("%x", content)[:min(60, 2*len(content))]+fmt.Sprint(len(content)))
	})
}

type bench struct {
	*Service
	tally *Tally
	clock *clock.Manual
	files *folder
	// used is what the source tells, by company.
	used map[string][]Use
}

func newBench(t *testing.T, db *database.DB) *bench {
	b := &bench{clock: clock.NewManual(time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)), files: &folder{dir: t.TempDir()}, used: map[string][]Use{}}
	b.tally = NewTally(db, b.clock, slog.New(slog.DiscardHandler))
	b.Service = New(Deps{
		DB: db, Clock: b.clock, Files: b.files, Logger: slog.New(slog.DiscardHandler), Deployment: "massivo-prod",
		Companies: func(context.Context) ([]string, error) { return []string{"ten_a", "ten_b"}, nil },
		Sources: []Source{func(_ context.Context, companyID string, fromMS, untilMS int64, add func(Kind, string, int64)) error {
			if dayOf(fromMS) != "2026-11-22" || untilMS-fromMS != millisecondsADay {
				return nil
			}
			for _, u := range b.used[companyID] {
				add(u.Kind, u.Of, u.Count)
			}
			return nil
		}},
	})
	return b
}

// at moves the clock to a time.
func (b *bench) at(day, hour, minute int) {
	b.clock.Advance(time.Date(2026, 11, day, hour, minute, 0, 0, time.UTC).Sub(b.clock.Now()))
}

func (b *bench) stored(t *testing.T) (list []string) {
	t.Helper()
	err := b.DB.Read(t.Context(), allCompanies(), func(ctx context.Context, tx *database.Tx) error {
		list = nil
		rows, err := tx.Query(ctx, "SELECT deployment, day, company_id, kind, detail, amount FROM finops_use ORDER BY 1, 2, 3, 4, 5")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var deployment, company, kind, detail string
			var day, amount int64
			if err := rows.Scan(&deployment, &day, &company, &kind, &detail, &amount); err != nil {
				return err
			}
			list = append(list, fmt.Sprintf("%s %d %s %s %s %d", deployment, day, company, kind, detail, amount))
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestFileGivesBackWhatItGot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		uses := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Use {
			return Use{
				rapid.SampledFrom([]string{"ten_a", "ten_b", "ten_c"}).Draw(t, "company"), rapid.SampledFrom(kinds()).Draw(t, "kind"),
				rapid.SampledFrom([]string{"", "whatsapp", "whatsapp/marketing/55", `a "quoted", word`}).Draw(t, "of"), rapid.Int64Range(1, 1<<40).Draw(t, "count"),
			}
		}), 0, 30).Draw(t, "uses")
		d := day(uses...)
		d.Revision = rapid.Int64Range(1, 9).Draw(t, "revision")
		first, err := Encode(d)
		if err != nil {
			t.Fatal(err)
		}
		if second, _ := Encode(d); !bytes.Equal(first, second) {
			t.Fatal("the same numbers are other bytes")
		}
		got, err := Decode(d.Name(), bytes.NewReader(first))
		if err != nil || got.Deployment != d.Deployment || got.Day != d.Day || got.Revision != d.Revision || !slices.Equal(got.Uses, d.Uses) {
			t.Fatalf("%+v, %v; want %+v", got, err, d)
		}
	})
}

func zipped(text string) io.Reader {
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	_, _ = zip.Write([]byte(text))
	_ = zip.Close()
	return &out
}

func TestDecodeNamesRowAndColumn(t *testing.T) {
	const name, header = "meters/massivo-prod/2026-11-22.csv.gz", "deployment,day,revision,company_id,meter,of,count\n"
	const good = "massivo-prod,2026-11-22,1,ten_a,messages_in,whatsapp,5\n"
	if d, err := Decode(name, zipped(header+good)); err != nil || len(d.Uses) != 1 || d.Revision != 1 {
		t.Fatal(d, err)
	}
	for _, c := range []struct{ name, text, want string }{
		{"no header", good, "row 1"},
		{"another deployment", header + strings.Replace(good, "massivo", "enterprise", 1), "row 2, column deployment"},
		{"another day", header + strings.Replace(good, "-22", "-23", 1), "row 2, column day"},
		{"two revisions", header + good + "massivo-prod,2026-11-22,2,ten_b,messages_in,whatsapp,5\n", "row 3, column revision"},
		{"no number", header + strings.Replace(good, ",5", ",5.5", 1), "row 2, column count"},
		{"less than nothing", header + strings.Replace(good, ",5", ",-5", 1), "row 2, column count"},
		{"a number written otherwise", header + strings.Replace(good, ",5", ",+5", 1), "row 2, column count"},
		{"twice", header + good + good, "row 3, column company_id"},
		{"an unknown meter", header + strings.Replace(good, "messages_in", "messages", 1), "row 2, column kind"},
		{"a name for an id", header + strings.Replace(good, "ten_a", "Padaria São João", 1), "row 2, column company_id"},
		{"more than there is", header + strings.Replace(good, ",5", ",1125899906842625", 1), "row 2, column count"},
		{"a row without an end", header + good + `"` + strings.Repeat("a\n", 5_000_000), "row 3: is longer than a row may be"},
		{"messages of nobody", header + strings.Replace(good, "ten_a", "", 1), "row 2, column company_id"},
		{"no rows", header, "row 2, column revision"},
		{"nothing, then something", header + "massivo-prod,2026-11-22,1,,,,0\n" + good, "row 3, column company_id"},
		{"something, then nothing", header + good + "massivo-prod,2026-11-22,1,,,,0\n", "row 3, column company_id"},
		{"nothing of a company", header + "massivo-prod,2026-11-22,1,ten_a,,,0\n", "row 2, column kind"},
		{"a row cut off", header + good + "massivo-prod,2026", "row 3"},
	} {
		if _, err := Decode(name, zipped(c.text)); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	if _, err := Decode(name, strings.NewReader(header+good)); !fault.Is(err, fault.Invalid) {
		t.Errorf("not in gzip: %v", err)
	}
	for _, bad := range []string{"", "x.csv.gz", "meters/massivo-prod/2026-13-01.csv.gz", "meters/../2026-11-22.csv.gz", "meters/massivo-prod/2026-11-22.csv"} {
		if _, err := Decode(bad, zipped(header+good)); !fault.Is(err, fault.Invalid) {
			t.Errorf("named %q: %v", bad, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	good, err := Encode(day(Use{"ten_a", MessagesIn, "whatsapp", 5}, Use{"ten_b", BilledParts, "whatsapp/marketing/55", 7}))
	if err != nil {
		f.Fatal(err)
	}
	zip, err := gzip.NewReader(bytes.NewReader(good))
	if err != nil {
		f.Fatal(err)
	}
	text, err := io.ReadAll(zip)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	f.Add("")
	f.Add("deployment,day,revision,company_id,meter,of,count\nmassivo-prod,2026-11-22,3,,,,0\n")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Decode("meters/massivo-prod/2026-11-22.csv.gz", zipped(text))
		if err != nil {
			if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.TooLarge) {
				t.Fatalf("%v says not what is wrong", err)
			}
			return
		}
		// What is taken can be written again, and says the same.
		again, err := Encode(d)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Decode(d.Name(), bytes.NewReader(again))
		if err != nil || !slices.Equal(back.Uses, d.Uses) || back.Revision != d.Revision {
			t.Fatalf("%+v became %+v, %v", d, back, err)
		}
	})
}

func TestCPUIsSplitExactly(t *testing.T) {
	process := Use{"", ProcessMillis, "", 1001}
	for _, c := range []struct {
		name string
		uses []Use
		want []Use
	}{
		{"requests take their time, messages the rest", []Use{process, {"ten_a", APIMicros, "", 101_000}, {"ten_a", MessagesIn, "whatsapp", 1}, {"ten_b", MessagesIn, "whatsapp", 2}},
			[]Use{{"ten_a", CPUMillis, "", 401}, {"ten_b", CPUMillis, "", 600}}},
		{"requests that waited longer than all computed", []Use{process, {"ten_a", APIMicros, "", 5_000_000}, {"ten_b", APIMicros, "", 5_000_000}, {"ten_b", MessagesOut, "x", 9}},
			[]Use{{"ten_a", CPUMillis, "", 501}, {"ten_b", CPUMillis, "", 500}}},
		{"no messages", []Use{process, {"ten_a", APIMicros, "", 1000}}, []Use{{"ten_a", CPUMillis, "", 1001}}},
		{"nobody", []Use{process}, []Use{{"", CPUMillis, "", 1001}}},
		{"nothing used", []Use{{"ten_a", MessagesIn, "x", 3}}, nil},
	} {
		got, err := cpu(c.uses)
		if err != nil || !slices.Equal(tidy(got), tidy(c.want)) {
			t.Errorf("%s: %v, %v; want %v", c.name, tidy(got), err, c.want)
		}
	}
}

func TestTallyKeepsWhatCouldNotBeWritten(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := newBench(t, db)
		b.tally.Request("ten_a", 1500*time.Microsecond)
		b.tally.Request("", time.Second) // nobody's
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if err := b.tally.Flush(gone); err == nil {
			t.Fatal("written into a database that is away")
		}
		b.tally.Request("ten_a", 500*time.Microsecond)
		b.clock.Advance(10 * time.Second)
		for range 1_000_000 { // some time that the operating system counts
			_ = fmt.Sprint(b.clock)
		}
		if err := b.tally.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.tally.Request("ten_a", 100*time.Microsecond)
		if err := b.tally.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		uses, err := b.tallied(t.Context(), "2026-11-22")
		if err != nil {
			t.Fatal(err)
		}
		found := map[Use]bool{}
		cpu := int64(0)
		for _, u := range uses {
			if u.Kind == ProcessMillis {
				cpu, u.Count = u.Count, 0
			}
			if u.Kind == CapacityMillis {
				if u.Count < 10_000 {
					t.Errorf("%d ms could be used in ten seconds", u.Count)
				}
				u.Count = 0
			}
			found[u] = true
		}
		for _, want := range []Use{{"ten_a", APIRequests, "", 3}, {"ten_a", APIMicros, "", 2100}, {"", ProcessMillis, "", 0}, {"", CapacityMillis, "", 0}} {
			if !found[want] {
				t.Errorf("%+v is not in %+v", want, uses)
			}
		}
		if cpu == 0 || len(uses) != 4 {
			t.Errorf("%+v", uses)
		}
	})
}

func TestDayIsWrittenOnceAndAgainWhenItChanged(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b, ctx := newBench(t, db), t.Context()
		b.used["ten_a"] = []Use{{Kind: MessagesIn, Of: "whatsapp", Count: 5}}
		if _, err := b.Write(ctx, "2026-11-22"); !fault.Is(err, fault.Invalid) {
			t.Fatalf("a day that has not closed: %v", err)
		}
		if _, err := b.Write(ctx, "2026-11-32"); !fault.Is(err, fault.Invalid) {
			t.Fatalf("no day: %v", err)
		}
		b.at(23, 0, 29)
		// Days on which nothing was leave no file.
		written, err := b.WriteDue(ctx)
		if err != nil || slices.ContainsFunc(written, func(w Written) bool { return w.Day == "2026-11-22" }) {
			t.Fatalf("%+v, %v: half an hour has not passed", written, err)
		}
		if b.files.puts != 0 {
			t.Fatal("a file of nothing was written")
		}
		b.at(23, 0, 30)
		b.files.dies = true
		if _, err := b.WriteDue(ctx); err == nil {
			t.Fatal("the kill was not noticed")
		}
		first, err := b.Write(ctx, "2026-11-22")
		if err != nil || !first.Changed || first.Revision != 1 || first.Rows != 1 {
			t.Fatalf("%+v, %v", first, err)
		}
		puts := b.files.puts
		for range 2 {
			if again, err := b.Write(ctx, "2026-11-22"); err != nil || again.Changed || again.Revision != 1 {
				t.Fatalf("%+v, %v", again, err)
			}
		}
		if written, err := b.WriteDue(ctx); err != nil || len(written) != 0 || b.files.puts != puts {
			t.Fatalf("%+v, %v: it was written just now", written, err)
		}
		b.used["ten_b"] = []Use{{Kind: MessagesIn, Of: "telegram", Count: 7}} // late
		b.at(24, 2, 0)
		written, err = b.WriteDue(ctx)
		if i := slices.IndexFunc(written, func(w Written) bool { return w.Day == "2026-11-22" }); err != nil || i < 0 || written[i].Revision != 2 || !written[i].Changed {
			t.Fatalf("%+v, %v", written, err)
		}
		d, err := read(ctx, b.files, "meters/massivo-prod/2026-11-22.csv.gz")
		if err != nil || d.Revision != 2 || len(d.Uses) != 2 {
			t.Fatalf("%+v, %v", d, err)
		}
	})
}

func TestImportReplacesADay(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b, ctx := newBench(t, db), t.Context()
		put := func(d Day) {
			t.Helper()
			content, err := Encode(d)
			if err == nil {
				err = b.files.Put(ctx, d.Name(), content)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		put(day(Use{"ten_a", MessagesIn, "whatsapp", 5}, Use{"ten_b", MessagesIn, "whatsapp", 6}))
		other := day(Use{"ten_a", Conversations, "whatsapp", 1})
		other.Deployment = "enterprise-prod"
		put(other)
		if err := b.files.Put(ctx, "meters/massivo-dev/2026-11-22.csv.gz", []byte("no meters")); err != nil {
			t.Fatal(err)
		}
		got, err := b.Import(ctx)
		if err != nil || got.Files != 3 || got.Read != 2 || got.Rows != 3 || len(got.Refused) != 1 {
			t.Fatalf("%+v, %v", got, err)
		}
		before := b.stored(t)
		want := []string{"enterprise-prod 20779 ten_a conversations whatsapp 1", "massivo-prod 20779 ten_a messages_in whatsapp 5", "massivo-prod 20779 ten_b messages_in whatsapp 6"}
		if !slices.Equal(before, want) {
			t.Fatalf("%q", before)
		}
		if got, err := b.Import(ctx); err != nil || got.Read != 0 {
			t.Fatalf("%+v, %v: nothing is new", got, err)
		}
		late := day(Use{"ten_a", MessagesIn, "whatsapp", 9})
		late.Revision = 3
		put(late)
		if got, err := b.Import(ctx); err != nil || got.Read != 1 {
			t.Fatalf("%+v, %v", got, err)
		}
		want = []string{want[0], "massivo-prod 20779 ten_a messages_in whatsapp 9"}
		if after := b.stored(t); !slices.Equal(after, want) {
			t.Fatalf("%q", after)
		}
		old := day(Use{"ten_a", MessagesIn, "whatsapp", 1})
		old.Revision = 2
		put(old)
		if _, err := b.Import(ctx); err != nil {
			t.Fatal(err)
		}
		if after := b.stored(t); !slices.Equal(after, want) {
			t.Fatalf("an older revision came later: %q", after)
		}
	})
}

// away is a place that cannot be reached.
type away struct{ folder }

func (away) List(context.Context, string, func(string, string) error) error {
	return fault.New(fault.Unavailable, "nobody answers")
}

// What was measured of a day may turn out to be nobody's: then the day is empty.
func TestADayThatIsEmptiedIsReadSo(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b, ctx := newBench(t, db), t.Context()
		b.used["ten_a"] = []Use{{Kind: MessagesIn, Of: "whatsapp", Count: 5}}
		b.at(23, 1, 0)
		for i, rows := range []int{1, 0, 1} {
			if rows == 0 {
				delete(b.used, "ten_a")
			} else {
				b.used["ten_a"] = []Use{{Kind: MessagesIn, Of: "whatsapp", Count: 5}}
			}
			written, err := b.Write(ctx, "2026-11-22")
			if err != nil || !written.Changed || written.Revision != int64(i+1) {
				t.Fatalf("%+v, %v", written, err)
			}
			if out, err := b.Import(ctx); err != nil || out.Read != 1 || len(out.Refused) != 0 || len(b.stored(t)) != rows {
				t.Errorf("revision %d: %+v, %v, holds %v", i+1, out, err, b.stored(t))
			}
		}
	})
}

func TestEachPlaceSpeaksForItsDeploymentAlone(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b, ctx := newBench(t, db), t.Context()
		put := func(place *folder, name, deployment string, count int64) {
			t.Helper()
			d := day(Use{"ten_a", MessagesIn, "whatsapp", count})
			d.Deployment = deployment
			content, err := Encode(d)
			if err == nil {
				err = place.Put(ctx, name, content)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		dev := &folder{dir: t.TempDir()}
		b.Others = map[string]Files{"enterprise-dev": &away{}, "massivo-dev": dev}
		const file = "/2026-11-22.csv.gz"
		put(b.files, "meters/massivo-prod"+file, "massivo-prod", 1)
		put(dev, "meters/massivo-dev"+file, "massivo-dev", 2)
		// What speaks for others: here for who has a place, there for us.
		put(b.files, "meters/massivo-dev"+file, "massivo-dev", 98)
		put(b.files, "meters/x/massivo-dev"+file, "massivo-dev", 98)
		put(dev, "meters/massivo-prod"+file, "massivo-prod", 99)
		put(dev, "meters/massivo-dev/massivo-prod"+file, "massivo-prod", 99)
		got, err := b.Import(ctx)
		if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "enterprise-dev") {
			t.Errorf("a place that cannot be reached is not named: %v", err)
		}
		if got.Files != 2 || got.Read != 2 {
			t.Errorf("%+v", got)
		}
		want := []string{"massivo-dev 20779 ten_a messages_in whatsapp 2", "massivo-prod 20779 ten_a messages_in whatsapp 1"}
		if stored := b.stored(t); !slices.Equal(stored, want) {
			t.Errorf("%q", stored)
		}
		delete(b.Others, "enterprise-dev")
		if got, err := b.Import(ctx); err != nil || got.Read != 0 {
			t.Errorf("%+v, %v: nothing is new", got, err)
		}
	})
}

func TestPlacesAreTakenApart(t *testing.T) {
	good := Config{Sources: secret.New(" massivo-dev=s3://key:secret@host/bucket?region=x, enterprise-prod=/srv/meters ,")}
	list, err := good.Places()
	if err != nil || len(list) != 2 || list[0].Location.Reveal() != "s3://key:secret@host/bucket?region=x" || list[1].Deployment != "enterprise-prod" {
		t.Errorf("%v, %v", list, err)
	}
	for _, bad := range []string{"s3://host/bucket", "massivo-dev=", "=x", "massivo/dev=x", "../x=y", "a=x,a=y"} {
		err := Config{Sources: secret.New(bad)}.Validate()
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "PROSA_FINOPS_METER_SOURCES") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// Two processes that import a day at once leave the younger of both, whole.
func TestImportsOfADayAtOnceLeaveTheYoungest(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := newBench(t, db)
		for round := range 5 {
			var all sync.WaitGroup
			errs := make([]error, 6)
			for i := range errs {
				d := day(Use{fmt.Sprint("ten_", i), MessagesIn, "whatsapp", int64(i + 1)})
				d.Revision = int64(10*round + i + 1)
				all.Go(func() { errs[i] = b.replace(t.Context(), d, file{d.Name(), fmt.Sprint(d.Revision)}) })
			}
			all.Wait()
			if err := errors.Join(errs...); err != nil {
				t.Fatal(err)
			}
			if got := b.stored(t); !slices.Equal(got, []string{"massivo-prod 20779 ten_5 messages_in whatsapp 6"}) {
				t.Fatalf("round %d: %q", round, got)
			}
		}
	})
}
