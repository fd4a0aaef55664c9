package money

import "prosa/internal/base/fault"

// Currency is a code of ISO 4217.
type Currency string

// Currencies that the house counts in; each has two decimals.
const (
	BRL Currency = "BRL"
	USD Currency = "USD"
	EUR Currency = "EUR"
)

type style struct{ symbol, group, point string }

var forms = map[Currency]style{
	BRL: {"R$", ".", ","},
	USD: {"US$", ",", "."},
	EUR: {"€", ".", ","},
}

// Check refuses a currency that the house does not count in.
func (c Currency) Check() error {
	if _, ok := forms[c]; !ok {
		return fault.New(fault.Invalid, "the currency must be BRL, USD or EUR")
	}
	return nil
}
