package money

import (
	"math/bits"
	"strconv"
	"strings"

	"prosa/internal/base/fault"
)

// Amount is a sum of money in minor units: 1990 is R$ 19,90.
type Amount int64

// Max is the largest amount that the house takes, either way: a hundred
// thousand million of the major unit. Whatever is larger is a mistake.
const Max Amount = 10_000_000_000_000

// Whole is a hundred per cent in basis points, the unit of Percent.
const Whole = 10_000

// Check refuses what no price can be: less than nothing, or above Max.
func (a Amount) Check() error {
	if a < 0 || a > Max {
		return fault.New(fault.Invalid, "an amount lies between 0 and %s", Max.Decimal())
	}
	return nil
}

// Times gives the amount of so many pieces. Error: fault.TooLarge above Max.
func (a Amount) Times(quantity int64) (Amount, error) {
	if a.Check() != nil || quantity < 0 || quantity > 0 && int64(a) > int64(Max)/quantity {
		return 0, fault.New(fault.TooLarge, "the sum is above what the house takes")
	}
	return a * Amount(quantity), nil
}

// Percent gives a part in basis points (1,000 is a tenth), rounded half up to
// the minor unit. The amount lies within Max and the part within 0 and Whole;
// anything outside is brought to the nearer end.
func (a Amount) Percent(basisPoints int64) Amount {
	basisPoints = min(max(basisPoints, 0), Whole)
	a = min(max(a, 0), Max)
	return (a*Amount(basisPoints) + Whole/2) / Whole
}

// Split spreads total over weights so that the parts add up to total exactly:
// each gets its share rounded down, and the units left over go to the largest
// remainders, the earlier one first where they are equal. Weights below zero
// count as none; when all are none the first part takes all. The parts of a
// total that is not above the sum of the weights are not above their weights.
func Split(total Amount, weights []Amount) []Amount {
	parts := make([]Amount, len(weights))
	if len(weights) == 0 || total <= 0 {
		return parts
	}
	var sum uint64
	for _, weight := range weights {
		sum += uint64(max(weight, 0))
	}
	if sum == 0 {
		parts[0] = total
		return parts
	}
	remainders := make([]uint64, len(weights))
	left := total
	for i, weight := range weights {
		high, low := bits.Mul64(uint64(total), uint64(max(weight, 0)))
		share, remainder := bits.Div64(high, low, sum) // weight <= sum, so share <= total: it fits
		parts[i], remainders[i] = Amount(share), remainder
		left -= parts[i]
	}
	for ; left > 0; left-- {
		best := -1
		for i, remainder := range remainders {
			if remainder > 0 && (best < 0 || remainder > remainders[best]) {
				best = i
			}
		}
		parts[best]++
		remainders[best] = 0
	}
	return parts
}

// Decimal spells the amount for machines: "1234.50".
func (a Amount) Decimal() string {
	sign := ""
	if a < 0 {
		sign, a = "-", -a
	}
	units, cents := strconv.FormatInt(int64(a/100), 10), int64(a%100)
	return sign + units + "." + pad(cents)
}

// Text spells the amount for people, in the currency's own manner:
// "R$ 1.234,50".
func (a Amount) Text(currency Currency) string {
	sign := ""
	if a < 0 {
		sign, a = "-", -a
	}
	form := forms[currency]
	if form.symbol == "" {
		form = style{symbol: string(currency), group: ".", point: ","}
	}
	units := strconv.FormatInt(int64(a/100), 10)
	var grouped strings.Builder
	for i, digit := range units {
		if i > 0 && (len(units)-i)%3 == 0 {
			grouped.WriteString(form.group)
		}
		grouped.WriteRune(digit)
	}
	return sign + form.symbol + " " + grouped.String() + form.point + pad(int64(a%100))
}

func pad(cents int64) string {
	if cents < 10 {
		return "0" + strconv.FormatInt(cents, 10)
	}
	return strconv.FormatInt(cents, 10)
}
