package share

import (
	"math/big"

	"prosa/internal/base/fault"
	"prosa/internal/modules/finops/exact"
)

const perUnit = 1_000_000_000 // nanos in one, and attos in a nano

// attos gives an amount in units of 1e-18.
func attos(a exact.Amount) *big.Int {
	n := new(big.Int).Mul(big.NewInt(a.Nano), big.NewInt(perUnit))
	return n.Add(n, big.NewInt(a.Atto))
}

// amountOf gives the amount of so many units of 1e-18. Error: fault.Invalid when
// it does not fit.
func amountOf(n *big.Int) (exact.Amount, error) {
	nano, atto := new(big.Int).QuoRem(n, big.NewInt(perUnit), new(big.Int))
	if !nano.IsInt64() {
		return exact.Amount{}, fault.New(fault.Invalid, "the amount is too large")
	}
	return exact.Amount{Nano: nano.Int64(), Atto: atto.Int64()}, nil
}

// carried makes an amount whose lower half stays below one nano; both are not
// negative.
func carried(nano, atto int64) exact.Amount {
	return exact.Amount{Nano: nano + atto/perUnit, Atto: atto % perUnit}
}
