package stage

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	j, records, err := OpenJournal(dir, "j")
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, record := range records {
		out[record.Key] = string(record.Value)
	}
	return out
}

func TestWhatWasFlushedIsReadAgain(t *testing.T) {
	dir := t.TempDir()
	j, records, err := OpenJournal(dir, "j")
	if err != nil || len(records) != 0 {
		t.Fatalf("%v %v", records, err)
	}
	j.Put("a", 1)
	j.Put("b", map[string]string{"text": "tab\t, line\n, é"})
	j.Put("a", 2)
	j.Delete("c")
	j.Put("d", "gone")
	j.Delete("d")
	if err := j.Flush(); err != nil {
		t.Fatal(err)
	}
	j.Put("e", "not flushed")
	// No Close: the process is killed here. The bytes are the kernel's.
	raw, err := os.ReadFile(filepath.Join(dir, "j"))
	if err != nil {
		t.Fatal(err)
	}
	copyDir := t.TempDir()
	if err := os.WriteFile(filepath.Join(copyDir, "j"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	got := read(t, copyDir)
	want := map[string]string{"a": "2", "b": `{"text":"tab\t, line\n, é"}`}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("got %v", got)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if got := read(t, dir); got["e"] != `"not flushed"` {
		t.Fatalf("Close lost what waited: %v", got)
	}
	if err := j.Close(); err != nil {
		t.Fatal("closing twice:", err)
	}
	j.Put("f", 1)
	if j.Flush() == nil {
		t.Fatal("a closed journal says that it wrote")
	}
}

// TestATornFileKeepsItsBeginning: wherever the file is cut, what stands before
// the cut is read, and writing goes on after it.
func TestATornFileKeepsItsBeginning(t *testing.T) {
	var whole []byte
	for i := range 20 {
		value, _ := json.Marshal(map[string]int{"n": i})
		whole = appendLine(whole, fmt.Sprint("k", i), value)
	}
	rapid.Check(t, func(rt *rapid.T) {
		cut := rapid.IntRange(0, len(whole)).Draw(rt, "cut")
		flip := rapid.Bool().Draw(rt, "flip")
		torn := append([]byte(nil), whole[:cut]...)
		if flip && cut > 0 {
			torn[cut-1] ^= 0x20
		}
		dir, err := os.MkdirTemp("", "journal")
		if err != nil {
			rt.Fatal(err)
		}
		defer os.RemoveAll(dir)
		if err := os.WriteFile(filepath.Join(dir, "j"), torn, 0o600); err != nil {
			rt.Fatal(err)
		}
		j, records, err := OpenJournal(dir, "j")
		if err != nil {
			rt.Fatal(err)
		}
		for i, record := range records {
			if record.Key != fmt.Sprint("k", i) || string(record.Value) != fmt.Sprintf(`{"n":%d}`, i) {
				rt.Fatalf("record %d is %s %s", i, record.Key, record.Value)
			}
		}
		j.Put("after", true)
		if err := j.Close(); err != nil {
			rt.Fatal(err)
		}
		again, next, err := OpenJournal(dir, "j")
		if err != nil || len(next) != len(records)+1 || next[len(next)-1].Key != "after" {
			rt.Fatalf("%d records became %d: %v", len(records), len(next), err)
		}
		_ = again.Close()
	})
}

func TestHistoryIsRewritten(t *testing.T) {
	dir := t.TempDir()
	j, _, err := OpenJournal(dir, "j")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5000 {
		j.Put("same", i)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	before, _ := os.Stat(filepath.Join(dir, "j"))
	if got := read(t, dir); got["same"] != "4999" {
		t.Fatal(got)
	}
	after, _ := os.Stat(filepath.Join(dir, "j"))
	if after.Size()*100 > before.Size() {
		t.Fatalf("%d bytes became %d", before.Size(), after.Size())
	}
	if got := read(t, dir); got["same"] != "4999" {
		t.Fatal(got)
	}
}

func TestConcurrentFlushesShare(t *testing.T) {
	dir := t.TempDir()
	j, _, err := OpenJournal(dir, "j")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			for n := range 50 {
				j.Put(fmt.Sprintf("%d/%d", i, n), n)
				if err := j.Flush(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if err := j.Reset(); err != nil {
		t.Fatal(err)
	}
	j.Put("only", 1)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if got := read(t, dir); len(got) != 1 {
		t.Fatalf("%d records after a reset", len(got))
	}
}

func TestWhatCannotBeEncodedIsToldAtFlush(t *testing.T) {
	j, _, err := OpenJournal(t.TempDir(), "j")
	if err != nil {
		t.Fatal(err)
	}
	j.Put("bad", func() {})
	j.Put("good", 1)
	if j.Flush() == nil {
		t.Fatal("a lost record was not told")
	}
	_ = j.Close()
	var none *Journal
	none.Put("a", 1)
	none.Delete("a")
	if none.Flush() != nil || none.Reset() != nil || none.Close() != nil {
		t.Fatal("a nil journal keeps nothing and fails nothing")
	}
}

func FuzzReadRecords(f *testing.F) {
	f.Add(appendLine(nil, "k", []byte(`{"a":1}`)))
	f.Add([]byte("00000000\tk\tv\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "j"), raw, 0o600); err != nil {
			t.Skip()
		}
		j, _, err := OpenJournal(dir, "j")
		if err != nil {
			t.Fatal(err)
		}
		_ = j.Close()
	})
}
