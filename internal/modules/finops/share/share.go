package share

import (
	"math/big"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/modules/finops/exact"
)

// Methods of a split, as AllocatedMethodId of FOCUS 1.3 names them. They are
// part of what is exported: a method never changes its meaning; a new way to
// split gets a new name.
const (
	// Proportional splits by weights, the largest remainders taking the rest.
	Proportional = "prosa-proportional-1"
	// Even splits into equal shares: nobody weighs anything.
	Even = "prosa-even-1"
	// Whole gives all of it to one.
	Whole = "prosa-whole-1"
)

// Weight is how much of something somebody used.
type Weight struct {
	Key   string // who: unique in a split
	Value int64  // not negative
}

// Part is somebody's share.
type Part struct {
	Key    string
	Amount exact.Amount
}

// Splitter splits amounts by the same weights. It is not safe for concurrent use.
type Splitter struct {
	method  string
	keys    []string
	weights []*big.Int
	sum     *big.Int

	// Reused from split to split: a month has thousands.
	left, product, quotient *big.Int
	rests                   []*big.Int
	order                   []int
	parts                   []Part
}

// New makes a splitter. Errors: fault.Invalid for a key that comes twice, for a
// negative weight, and when there is nobody to split among.
func New(weights []Weight) (*Splitter, error) {
	if len(weights) == 0 {
		return nil, fault.New(fault.Invalid, "there is nobody to split among")
	}
	sorted := slices.Clone(weights)
	slices.SortFunc(sorted, func(a, b Weight) int { return strings.Compare(a.Key, b.Key) })
	s := &Splitter{
		method: Proportional, sum: new(big.Int), left: new(big.Int), product: new(big.Int), quotient: new(big.Int),
	}
	for i, w := range sorted {
		if w.Value < 0 {
			return nil, fault.New(fault.Invalid, "%s weighs less than nothing", w.Key)
		}
		if i > 0 && sorted[i-1].Key == w.Key {
			return nil, fault.New(fault.Invalid, "%s comes twice", w.Key)
		}
		s.sum.Add(s.sum, big.NewInt(w.Value))
	}
	if s.sum.Sign() == 0 {
		s.method = Even
		s.sum.SetInt64(int64(len(sorted)))
	}
	if len(sorted) == 1 {
		s.method = Whole
	}
	for _, w := range sorted {
		value := w.Value
		if value == 0 && s.method == Proportional {
			continue
		}
		if s.method != Proportional {
			value = max(value, 1)
		}
		s.keys = append(s.keys, w.Key)
		s.weights = append(s.weights, big.NewInt(value))
	}
	if s.method == Whole {
		s.sum.Set(s.weights[0])
	}
	for i := range s.keys {
		s.rests, s.order = append(s.rests, new(big.Int)), append(s.order, i)
	}
	s.parts = make([]Part, len(s.keys))
	return s, nil
}

// Method names how it splits: Proportional, Even or Whole.
func (s *Splitter) Method() string { return s.method }

// Split gives the shares of an amount, by key. They are good until the next
// call. Error: fault.Invalid for an amount beyond what exact can hold.
func (s *Splitter) Split(total exact.Amount) ([]Part, error) {
	whole := attos(total)
	negative := whole.Sign() < 0
	s.left.Abs(whole)
	whole.Abs(whole)
	for i, weight := range s.weights {
		s.product.Mul(whole, weight)
		s.quotient.QuoRem(s.product, s.sum, s.rests[i])
		s.left.Sub(s.left, s.quotient)
		amount, err := amountOf(s.quotient)
		if err != nil {
			return nil, err
		}
		s.parts[i] = Part{s.keys[i], amount}
	}
	// What is left over is less than there are parts.
	if extra := int(s.left.Int64()); extra > 0 {
		for i := range s.order {
			s.order[i] = i
		}
		slices.SortStableFunc(s.order, func(a, b int) int { return s.rests[b].Cmp(s.rests[a]) })
		for _, i := range s.order[:extra] {
			s.parts[i].Amount = carried(s.parts[i].Amount.Nano, s.parts[i].Amount.Atto+1)
		}
	}
	if negative {
		for i := range s.parts {
			a := s.parts[i].Amount
			s.parts[i].Amount = exact.Amount{Nano: -a.Nano, Atto: -a.Atto}
		}
	}
	return s.parts, nil
}

// Ratios are the shares of one: AllocatedRatio of FOCUS 1.3, which sum to exactly
// 1 as it asks.
func (s *Splitter) Ratios() ([]Part, error) {
	parts, err := s.Split(exact.Amount{Nano: perUnit})
	return slices.Clone(parts), err
}

// Split splits one amount, and names the method. Errors: those of New and of
// Splitter.Split.
func Split(total exact.Amount, weights []Weight) (parts []Part, method string, err error) {
	s, err := New(weights)
	if err != nil {
		return nil, "", err
	}
	parts, err = s.Split(total)
	return parts, s.method, err
}

// Count splits a whole number of things that can't be divided further, such as
// milliseconds; who gets none is left out. Errors: those of New.
func Count(total int64, weights []Weight) (map[string]int64, error) {
	parts, _, err := Split(exact.Amount{Atto: total}, weights)
	if err != nil {
		return nil, err
	}
	counts := map[string]int64{}
	for _, p := range parts {
		if n := p.Amount.Nano*perUnit + p.Amount.Atto; n != 0 {
			counts[p.Key] = n
		}
	}
	return counts, nil
}
