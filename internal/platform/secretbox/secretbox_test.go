package secretbox

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
)

func open(t testing.TB, keys ...string) *Box {
	t.Helper()
	box, err := Open(Config{Keys: secret.New(strings.Join(keys, ","))})
	if err != nil {
		t.Fatal(err)
	}
	return box
}

func TestOpensExactlyWhatWasSealedForThePlace(t *testing.T) {
	box := open(t, NewKey("k1").Reveal())
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		parts := rapid.SliceOfN(rapid.String(), 1, 4).Draw(t, "parts")
		others := rapid.SliceOfN(rapid.String(), 1, 4).Draw(t, "others")
		sealed, err := box.Seal(AAD(parts...), plain)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := box.Open(AAD(parts...), sealed); err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("%q came back as %q, %v", plain, got, err)
		}
		if strings.Join(parts, "\x00") == strings.Join(others, "\x00") && len(parts) == len(others) {
			return
		}
		if _, err := box.Open(AAD(others...), sealed); !fault.Is(err, fault.Refused) {
			t.Fatalf("opened for %q what was sealed for %q", others, parts)
		}
		if again, _ := box.Seal(AAD(parts...), plain); again == sealed {
			t.Fatal("the same text was sealed twice alike")
		}
	})
}

func TestEveryChangeIsSeen(t *testing.T) {
	box := open(t, NewKey("k1").Reveal(), NewKey("k2").Reveal())
	sealed, err := box.Seal("a", []byte("token"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(sealed) {
		for _, c := range []byte{'A', 'B', '.', '2', '-'} {
			changed := sealed[:i] + string(c) + sealed[i+1:]
			if changed == sealed {
				continue
			}
			if plain, err := box.Open("a", changed); err == nil {
				t.Fatalf("%q opened to %q", changed, plain)
			}
		}
	}
}

func TestRotation(t *testing.T) {
	old, fresh := NewKey("old").Reveal(), NewKey("new").Reveal()
	sealed, err := open(t, old).Seal("a", []byte("token"))
	if err != nil {
		t.Fatal(err)
	}
	both := open(t, fresh, old)
	if plain, err := both.Open("a", sealed); err != nil || string(plain) != "token" {
		t.Fatalf("%q, %v", plain, err)
	}
	if !both.NeedsRotation(sealed) || !both.NeedsRotation("nonsense") {
		t.Fatal("an old seal was not named")
	}
	again, err := both.Seal("a", []byte("token"))
	if err != nil || both.NeedsRotation(again) {
		t.Fatal("a new seal was named")
	}
	only := open(t, fresh)
	if _, err := only.Open("a", again); err != nil {
		t.Fatal(err)
	}
	if _, err := only.Open("a", sealed); !fault.Is(err, fault.Refused) {
		t.Fatalf("opened without its key: %v", err)
	}
}

func TestWrongKeysAreRefusedWithoutShowingThem(t *testing.T) {
	good := NewKey("k").Reveal()
	for _, keys := range []string{"k", "k:", ":" + good[2:], "k:c2hvcnQ=", "k:!!!!", good + "," + good, "a.b:" + good[2:], good + ","} {
		_, err := Open(Config{Keys: secret.New(keys)})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", keys, err)
		} else if strings.Contains(err.Error(), good[2:]) {
			t.Errorf("the error shows the key: %v", err)
		}
	}
}

func TestKeyFileIsMadeOnceAndKeptClosed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	boxes := make([]*Box, 8)
	var first sync.WaitGroup
	for i := range boxes {
		first.Go(func() {
			var err error
			if boxes[i], err = Open(Config{Dir: dir}); err != nil {
				t.Error(err)
			}
		})
	}
	first.Wait()
	if t.Failed() {
		return
	}
	sealed, err := boxes[0].Seal("a", []byte("token"))
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range boxes {
		if _, err := other.Open("a", sealed); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, FileName)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Fatalf("the folder holds %v, %v", files, err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Config{Dir: dir}); !fault.Is(err, fault.Refused) {
		t.Fatalf("a key file that others can read was taken: %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	box := open(f, NewKey("k1").Reveal())
	sealed, err := box.Seal("a", []byte("token"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Add("v1.k1.")
	f.Add("v1..AAAA")
	f.Fuzz(func(t *testing.T, text string) {
		if plain, err := box.Open("a", text); err == nil && text != sealed {
			t.Fatalf("%q opened to %q", text, plain)
		}
	})
}
