package exact

import (
	"encoding/json"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]Amount{
		"0": {}, "-0": {}, "+0.000": {}, "0E9": {}, "0e-99": {},
		"1": {Nano: unit}, "-1": {Nano: -unit}, "+1.50": {Nano: 1_500_000_000}, ".5": {Nano: 500_000_000},
		"0.00000080000": {Nano: 800}, "0.000000000000000001": {Atto: 1}, "-0.0000000015": {Nano: -1, Atto: -500_000_000},
		"1.6E-5": {Nano: 16_000}, "4e+2": {Nano: 400 * unit}, "123456789E-18": {Atto: 123_456_789}, "2E-9": {Nano: 2},
		"9223372036.854775807999999999": {Nano: math.MaxInt64, Atto: unit - 1},
		"-9223372036.854775807":         {Nano: -math.MaxInt64},
		"0.1000000000000000000000":      {Nano: 100_000_000}, "10000000000E-10": {Nano: unit}, "0000000000000000001": {Nano: unit},
	} {
		got, err := Parse(text)
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v, want %+v", text, got, err, want)
		}
	}
}

func TestWhatIsNoNumber(t *testing.T) {
	for _, text := range []string{
		"", " ", "1 ", " 1", "-", "+", ".", "1.", "1,5", "1,000.00", "1.2.3", "--1", "+-1", "1e", "1e+", "e5", "1e1.5", "1e1000", "0x10", "NaN", "Inf", "1_000", "NULL", "null",
		"R$ 5", "$5", "５", "1E--1", "5/1/25", "9223372036.854775808", "-9223372036.854775808", "9223372037", "1e10", "1E99", "1234567890123",
		"0.0000000000000000001", "1.0000000000000000001", "1E-19", strings.Repeat("0", 65),
	} {
		if got, err := Parse(text); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q was read as %s, %v", text, got, err)
		}
	}
}

func TestRoundedNumbersAreTold(t *testing.T) {
	for text, want := range map[string]struct {
		text    string
		rounded bool
	}{
		"0.000016059900000000001": {"0.0000160599", true},
		"0.0000000000000000015":   {"0.000000000000000002", true}, "0.0000000000000000025": {"0.000000000000000002", true},
		"0.0000000000000000026": {"0.000000000000000003", true}, "-1E-19": {"0", true}, "-1.9E-18": {"-0.000000000000000002", true},
		"0.1": {"0.1", false}, "1e-05": {"0.00001", false},
	} {
		got, rounded, err := ParseRounded(text)
		if err != nil || got.String() != want.text || rounded != want.rounded {
			t.Errorf("%s: %s, %v, %v", text, got, rounded, err)
		}
	}
	if _, _, err := ParseRounded("abc"); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}

func anyAmount() *rapid.Generator[Amount] {
	return rapid.Custom(func(t *rapid.T) Amount {
		a, err := Sum(rapid.Int64Range(-math.MaxInt64/4, math.MaxInt64/4).Draw(t, "nano"), rapid.Int64Range(1-unit, unit-1).Draw(t, "atto"))
		if err != nil {
			t.Fatal(err)
		}
		return a
	})
}

func TestAmountsFollowFractions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyAmount().Draw(t, "a"), anyAmount().Draw(t, "b")
		sum, err := a.Add(b)
		if err != nil || sum.Rat().Cmp(new(big.Rat).Add(a.Rat(), b.Rat())) != 0 {
			t.Fatalf("%s + %s = %s, %v", a, b, sum, err)
		}
		difference, err := a.Sub(b)
		if err != nil || difference.Rat().Cmp(new(big.Rat).Sub(a.Rat(), b.Rat())) != 0 {
			t.Fatalf("%s - %s = %s, %v", a, b, difference, err)
		}
		if a.Cmp(b) != a.Rat().Cmp(b.Rat()) || a.Sign() != a.Rat().Sign() || a.Abs().Rat().Cmp(new(big.Rat).Abs(a.Rat())) != 0 {
			t.Fatalf("%s and %s compare as %d", a, b, a.Cmp(b))
		}
		for _, x := range []Amount{a, sum, difference, a.Neg()} {
			if x.Atto <= -unit || x.Atto >= unit || x.Nano > 0 && x.Atto < 0 || x.Nano < 0 && x.Atto > 0 {
				t.Fatalf("%+v is not in normal form", x)
			}
			again, err := Parse(x.String())
			if err != nil || again != x {
				t.Fatalf("%s was read again as %s, %v", x, again, err)
			}
			back, err := FromRat(x.Rat())
			if err != nil || back != x {
				t.Fatalf("%s came back as %s, %v", x, back, err)
			}
		}
	})
}

// A database sums each column by itself.
func TestSumsOfColumnsAreSums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var nano, atto int64
		want := new(big.Rat)
		for _, text := range rapid.SliceOf(rapid.StringMatching(`-?[0-9]{1,7}\.[0-9]{0,17}[1-9]`)).Draw(t, "texts") {
			a, err := Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			nano, atto = nano+a.Nano, atto+a.Atto
			exact, _ := new(big.Rat).SetString(text)
			want.Add(want, exact)
		}
		got, err := Sum(nano, atto)
		if err != nil || got.Rat().Cmp(want) != 0 {
			t.Fatalf("%s, %v, want %s", got, err, want.FloatString(18))
		}
	})
}

func TestRoundingGoesToTheNeighbour(t *testing.T) {
	half := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Mul(attoUnit, big.NewInt(2)))
	rapid.Check(t, func(t *rapid.T) {
		r := big.NewRat(rapid.Int64().Draw(t, "n"), rapid.Int64Range(1, math.MaxInt64).Draw(t, "d"))
		a, err := RoundRat(r)
		if fault.Is(err, fault.Invalid) {
			return
		}
		gap := new(big.Rat).Sub(a.Rat(), r)
		if gap.Abs(gap).Cmp(half) > 0 {
			t.Fatalf("%s was rounded to %s", r, a)
		}
	})
}

func TestWhatDoesNotFitIsRefused(t *testing.T) {
	most := Amount{Nano: math.MaxInt64, Atto: unit - 1}
	if _, err := most.Add(Amount{Atto: 1}); !fault.Is(err, fault.Invalid) {
		t.Error("wrapped around:", err)
	}
	if _, err := most.Neg().Sub(Amount{Nano: 2}); !fault.Is(err, fault.Invalid) {
		t.Error("wrapped around:", err)
	}
	if _, err := (Amount{}).Sub(Amount{Nano: math.MinInt64}); !fault.Is(err, fault.Invalid) {
		t.Error("the lowest has no opposite:", err)
	}
	if _, err := Sum(math.MaxInt64, unit); !fault.Is(err, fault.Invalid) {
		t.Error("wrapped around:", err)
	}
	for _, units := range []int64{math.MaxInt64, math.MinInt64, 9_223_372_037} {
		if _, err := FromInt(units); !fault.Is(err, fault.Invalid) {
			t.Error(units, err)
		}
	}
	if _, err := FromRat(big.NewRat(1, 3)); !fault.Is(err, fault.Invalid) {
		t.Error("a third:", err)
	}
	if got, err := FromInt(-5); err != nil || got.String() != "-5" || got.IsZero() {
		t.Error(got, err)
	}
}

func TestJSONIsAText(t *testing.T) {
	raw, err := json.Marshal(map[string]Amount{"cost": {Nano: 250_000_000}})
	if err != nil || string(raw) != `{"cost":"0.25"}` {
		t.Fatal(string(raw), err)
	}
	var back struct{ Cost Amount }
	if err := json.Unmarshal([]byte(`{"Cost":"-1.5"}`), &back); err != nil || back.Cost.String() != "-1.5" {
		t.Fatal(back, err)
	}
	for _, text := range []string{`{"Cost":1.5}`, `{"Cost":"x"}`} {
		if err := json.Unmarshal([]byte(text), &back); err == nil {
			t.Error(text, "was read")
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"0", "-1.5", "1.6E-5", "9223372036.854775807999999999", "1,5", "NaN", "1e999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := Parse(text)
		if err != nil {
			return
		}
		want, ok := new(big.Rat).SetString(text)
		if !ok || a.Rat().Cmp(want) != 0 {
			t.Fatalf("%q was read as %s", text, a)
		}
		if again, err := Parse(a.String()); err != nil || again != a {
			t.Fatalf("%s was read again as %s, %v", a, again, err)
		}
	})
}
