package share_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/modules/finops/exact"
	"prosa/internal/modules/finops/share"
)

func attos(a exact.Amount) *big.Int {
	n := new(big.Int).Mul(big.NewInt(a.Nano), big.NewInt(1_000_000_000))
	return n.Add(n, big.NewInt(a.Atto))
}

func sum(parts []share.Part) *big.Int {
	total := new(big.Int)
	for _, p := range parts {
		total.Add(total, attos(p.Amount))
	}
	return total
}

func TestSplit(t *testing.T) {
	amount := func(nano, atto int64) exact.Amount { return exact.Amount{Nano: nano, Atto: atto} }
	for _, c := range []struct {
		name    string
		total   exact.Amount
		weights []share.Weight
		method  string
		want    []share.Part
	}{
		{
			"by weight", amount(100_000_000_000, 0), []share.Weight{{"a", 1}, {"b", 3}}, share.Proportional,
			[]share.Part{{"a", amount(25_000_000_000, 0)}, {"b", amount(75_000_000_000, 0)}},
		},
		{
			"a third of one: the rest goes to the smallest key", amount(1_000_000_000, 0), []share.Weight{{"c", 5}, {"a", 5}, {"b", 5}}, share.Proportional,
			[]share.Part{{"a", amount(333_333_333, 333_333_334)}, {"b", amount(333_333_333, 333_333_333)}, {"c", amount(333_333_333, 333_333_333)}},
		},
		{
			"the rest goes to the largest remainder", amount(0, 10), []share.Weight{{"a", 1}, {"b", 2}, {"c", 4}}, share.Proportional,
			[]share.Part{{"a", amount(0, 1)}, {"b", amount(0, 3)}, {"c", amount(0, 6)}}, // 1.43, 2.86, 5.71: b and c take the two that are left
		},
		{
			"a credit is split as a charge is", amount(0, -10), []share.Weight{{"a", 1}, {"b", 2}, {"c", 4}}, share.Proportional,
			[]share.Part{{"a", amount(0, -1)}, {"b", amount(0, -3)}, {"c", amount(0, -6)}},
		},
		{
			"who weighs nothing gets nothing", amount(7, 1), []share.Weight{{"a", 0}, {"b", 2}, {"c", 0}}, share.Proportional,
			[]share.Part{{"b", amount(7, 1)}},
		},
		{
			"nobody weighs anything", amount(0, 3), []share.Weight{{"b", 0}, {"a", 0}}, share.Even,
			[]share.Part{{"a", amount(0, 2)}, {"b", amount(0, 1)}},
		},
		{"one takes all", amount(5, 7), []share.Weight{{"a", 9}}, share.Whole, []share.Part{{"a", amount(5, 7)}}},
		{"one who weighs nothing takes all", amount(-5, -7), []share.Weight{{"a", 0}}, share.Whole, []share.Part{{"a", amount(-5, -7)}}},
		{"nothing", amount(0, 0), []share.Weight{{"a", 1}, {"b", 1}}, share.Proportional, []share.Part{{"a", amount(0, 0)}, {"b", amount(0, 0)}}},
		{
			"the lower half carries", amount(1, 999_999_999), []share.Weight{{"a", 1}, {"b", 1 << 62}}, share.Proportional,
			[]share.Part{{"a", amount(0, 0)}, {"b", amount(1, 999_999_999)}},
		},
		{
			"a bill of billions by weights of billions", amount(1<<62, 1), []share.Weight{{"a", 1 << 62}, {"b", 1 << 62}}, share.Proportional,
			[]share.Part{{"a", amount(1<<61, 1)}, {"b", amount(1<<61, 0)}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, method, err := share.Split(c.total, c.weights)
			if err != nil || method != c.method || !slices.Equal(got, c.want) {
				t.Fatalf("got %v by %s, %v; want %v by %s", got, method, err, c.want, c.method)
			}
			if sum(got).Cmp(attos(c.total)) != 0 {
				t.Fatalf("the shares sum to %s, not %s", sum(got), attos(c.total))
			}
		})
	}
}

func TestSplitRefuses(t *testing.T) {
	for name, weights := range map[string][]share.Weight{
		"nobody": nil, "a negative weight": {{"a", -1}, {"b", 2}}, "the same twice": {{"a", 1}, {"b", 1}, {"a", 1}},
	} {
		if _, err := share.New(weights); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func weights() *rapid.Generator[[]share.Weight] {
	return rapid.Custom(func(t *rapid.T) []share.Weight {
		n := rapid.IntRange(1, 40).Draw(t, "companies")
		list := make([]share.Weight, n)
		for i := range list {
			value := rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(0, 5), rapid.Int64Range(0, 1<<62)).Draw(t, "weight")
			list[i] = share.Weight{Key: fmt.Sprintf("ten_%02d", i), Value: value}
		}
		return list
	})
}

// The rule of the whole ledger: nothing is lost, nothing is made up, nobody is
// off by more than the last digit, and the order of the companies is no matter.
func TestSharesSumExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := exact.Amount{Nano: rapid.Int64Range(-1<<62, 1<<62).Draw(t, "nano"), Atto: rapid.Int64Range(-999_999_999, 999_999_999).Draw(t, "atto")}
		list := weights().Draw(t, "weights")
		parts, method, err := share.Split(total, list)
		if err != nil {
			t.Fatal(err)
		}
		if sum(parts).Cmp(attos(total)) != 0 {
			t.Fatalf("%v sum to %s, not to %s", parts, sum(parts), attos(total))
		}
		value, all := map[string]int64{}, new(big.Int)
		for _, w := range list {
			value[w.Key] = w.Value
			all.Add(all, big.NewInt(w.Value))
		}
		for _, p := range parts {
			weight := big.NewInt(value[p.Key])
			if method != share.Proportional {
				weight, all = big.NewInt(1), big.NewInt(int64(len(parts)))
			} else if value[p.Key] == 0 {
				t.Fatalf("%s weighs nothing and gets %v", p.Key, p.Amount)
			}
			// |share * all - total * weight| < all: less than one unit away.
			off := new(big.Int).Sub(new(big.Int).Mul(attos(p.Amount), all), new(big.Int).Mul(attos(total), weight))
			if off.CmpAbs(all) >= 0 {
				t.Fatalf("%s gets %v, which is off by a unit or more", p.Key, p.Amount)
			}
			if p.Amount.Atto <= -1_000_000_000 || p.Amount.Atto >= 1_000_000_000 || (p.Amount.Nano > 0 && p.Amount.Atto < 0) || (p.Amount.Nano < 0 && p.Amount.Atto > 0) {
				t.Fatalf("%v is no amount as it should be written", p.Amount)
			}
		}
		mixed := slices.Clone(list)
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		if again, _, err := share.Split(total, mixed); err != nil || !slices.Equal(again, parts) {
			t.Fatalf("in another order: %v, %v; want %v", again, err, parts)
		}
	})
}

// FOCUS 1.3: the ratios of the rows that came from one row sum to exactly 1.
func TestRatiosSumToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, err := share.New(weights().Draw(t, "weights"))
		if err != nil {
			t.Fatal(err)
		}
		ratios, err := s.Ratios()
		if err != nil || sum(ratios).Cmp(big.NewInt(1_000_000_000_000_000_000)) != 0 {
			t.Fatalf("%v, %v", ratios, err)
		}
	})
}

// A splitter is used for all charges of a day: one split leaves no trace in the
// next.
func TestSplitterIsReused(t *testing.T) {
	s, err := share.New([]share.Weight{{"a", 1}, {"b", 2}, {"c", 3}, {"d", 0}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range int64(100) {
		total := exact.Amount{Nano: i * 7919 * (1 - 2*(i%2)), Atto: 0}
		parts, err := s.Split(total)
		if err != nil || sum(parts).Cmp(attos(total)) != 0 || len(parts) != 3 {
			t.Fatalf("%v of %v, %v", parts, total, err)
		}
	}
}

// A month of a thousand companies is some hundred thousand shares.
func BenchmarkSplitAmongAThousand(b *testing.B) {
	list := make([]share.Weight, 1000)
	for i := range list {
		list[i] = share.Weight{Key: fmt.Sprintf("ten_%04d", i), Value: rand.New(rand.NewPCG(uint64(i), 1)).Int64N(1 << 40)}
	}
	s, err := share.New(list)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.Split(exact.Amount{Nano: 123_456_789_012, Atto: 345_678_901}); err != nil {
			b.Fatal(err)
		}
	}
}
