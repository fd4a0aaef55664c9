package secretbox

import (
	"bytes"
	"testing"
)

func TestDerivedKeysServeOnePurpose(t *testing.T) {
	older, newer := NewKey("k1").Reveal(), NewKey("k2").Reveal()
	derive := func(box *Box, purpose string) [][]byte {
		t.Helper()
		keys, err := box.Derive(purpose)
		if err != nil {
			t.Fatal(err)
		}
		return keys
	}
	before, after := derive(open(t, older), "links"), derive(open(t, newer, older), "links")
	if len(before) != 1 || len(after) != 2 || len(before[0]) != keySize {
		t.Fatalf("%d and %d keys", len(before), len(after))
	}
	if !bytes.Equal(before[0], after[1]) {
		t.Error("a new key in front changes what the older one gives")
	}
	if bytes.Equal(after[0], after[1]) {
		t.Error("two keys give one")
	}
	if other := derive(open(t, older), "other"); bytes.Equal(before[0], other[0]) {
		t.Error("two purposes share a key")
	}
	if !bytes.Equal(before[0], derive(open(t, older), "links")[0]) {
		t.Error("a key is derived anew each time")
	}
}
