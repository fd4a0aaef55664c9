package id

import (
	"testing"

	"pgregory.net/rapid"
)

func TestIdentifiersKeepTheirTimeAndOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		early := rapid.Int64Range(0, 1<<47).Draw(t, "early")
		late := rapid.Int64Range(early+1, 1<<47+1).Draw(t, "late")
		a, b := New(Message, early), New(Message, late)
		if err := Check(Message, a); err != nil {
			t.Fatal(err)
		}
		if TimeMS(a) != early || TimeMS(b) != late {
			t.Fatalf("times %d %d came back as %d %d", early, late, TimeMS(a), TimeMS(b))
		}
		if a >= b {
			t.Fatalf("%s should sort before %s", a, b)
		}
	})
}

func TestDeriveRepeatsItself(t *testing.T) {
	a := Derive(Message, 1700000000000, "bse_x", "4", "0")
	if b := Derive(Message, 1700000000000, "bse_x", "4", "0"); a != b {
		t.Fatalf("%s and %s differ", a, b)
	}
	if b := Derive(Message, 1700000000000, "bse_x", "40", ""); a == b {
		t.Fatal("parts ran together")
	}
}

func TestCheckRefuses(t *testing.T) {
	good := New(User, 1)
	for _, text := range []string{"", "usr_", "msg_" + good[4:], good[:29], good + "0", "usr_8" + good[5:], "usr_l" + good[5:], "USR_" + good[4:]} {
		if Check(User, text) == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}

func TestFirstIsTheSmallestOfItsTime(t *testing.T) {
	for _, ms := range []int64{0, 1, 1700000000000, 1<<48 - 2} {
		first, next := First(Message, ms), First(Message, ms+1)
		if err := Check(Message, first); err != nil {
			t.Fatal(err)
		}
		for range 100 {
			if one := New(Message, ms); one < first || one >= next {
				t.Fatalf("%s does not stand between %s and %s", one, first, next)
			}
		}
	}
}

func TestKnownVector(t *testing.T) {
	// TypeID specification, valid.yml, "uuidv7".
	u := [16]byte{0x01, 0x89, 0x0a, 0x5d, 0xac, 0x96, 0x77, 0x4b, 0xbc, 0xce, 0xb3, 0x02, 0x09, 0x9a, 0x80, 0x57}
	if got := format("prefix", 0x01890a5dac96, u); got != "prefix_01h455vb4pex5vsknk084sn02q" {
		t.Fatalf("got %s", got)
	}
}
