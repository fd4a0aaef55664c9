// Package exact holds amounts of money and quantities as bills write them: with
// up to 18 decimal places, exactly, and summable in a database.
//
// Invariants:
//
//   - No operation rounds, save those whose name says so; none wraps around: what
//     does not fit is fault.Invalid.
//   - An Amount is in normal form: |Atto| < 10^9, and Nano and Atto never have
//     opposite signs. Equal values are equal structs.
//   - The columns of an Amount may be summed each by itself: Sum brings two such
//     sums back into one Amount.
//   - No floating point.
package exact

import (
	"encoding/json"
	"math"
	"math/big"
	"math/bits"
	"strings"

	"prosa/internal/base/fault"
)

// Amount is Nano*10^-9 + Atto*10^-18, from -9,223,372,036 to 9,223,372,036 with
// all 18 places. The zero value is zero.
type Amount struct {
	Nano int64
	Atto int64
}

const unit = int64(1_000_000_000)

func errRange() error {
	return fault.New(fault.Invalid, "the amount is larger than 9,223,372,036")
}

// Sum makes an Amount of the sums of the two columns. Error: fault.Invalid when
// it does not fit.
func Sum(nano, atto int64) (Amount, error) {
	carry, rest := atto/unit, atto%unit
	total, ok := add(nano, carry)
	if !ok {
		return Amount{}, errRange()
	}
	switch {
	case total > 0 && rest < 0:
		total, rest = total-1, rest+unit
	case total < 0 && rest > 0:
		total, rest = total+1, rest-unit
	}
	return Amount{total, rest}, nil
}

// FromInt makes an Amount of whole units. Error: fault.Invalid when it does not
// fit.
func FromInt(units int64) (Amount, error) {
	if units > math.MaxInt64/unit || units < math.MinInt64/unit {
		return Amount{}, errRange()
	}
	return Amount{Nano: units * unit}, nil
}

func add(a, b int64) (sum int64, ok bool) {
	sum = a + b
	return sum, (sum > a) == (b > 0)
}

// Add gives a+b. Error: fault.Invalid when it does not fit.
func (a Amount) Add(b Amount) (Amount, error) {
	nano, ok := add(a.Nano, b.Nano)
	if !ok {
		return Amount{}, errRange()
	}
	return Sum(nano, a.Atto+b.Atto)
}

// Sub gives a-b. Error: fault.Invalid when it does not fit.
func (a Amount) Sub(b Amount) (Amount, error) {
	if b.Nano == math.MinInt64 {
		return Amount{}, errRange()
	}
	return a.Add(b.Neg())
}

// Neg gives -a. The lowest amount of all, which has no opposite, is never made
// by Parse.
func (a Amount) Neg() Amount { return Amount{-a.Nano, -a.Atto} }

// Cmp gives -1, 0 or 1, as a is less than, equal to or greater than b.
func (a Amount) Cmp(b Amount) int {
	switch {
	case a.Nano < b.Nano, a.Nano == b.Nano && a.Atto < b.Atto:
		return -1
	case a == b:
		return 0
	}
	return 1
}

// Sign gives -1, 0 or 1.
func (a Amount) Sign() int { return a.Cmp(Amount{}) }

// IsZero reports whether it is zero.
func (a Amount) IsZero() bool { return a == Amount{} }

// Abs gives the amount without its sign.
func (a Amount) Abs() Amount {
	if a.Sign() < 0 {
		return a.Neg()
	}
	return a
}

var attoUnit = big.NewInt(unit * unit)

// Rat gives the amount as a fraction.
func (a Amount) Rat() *big.Rat { return new(big.Rat).SetFrac(a.whole(), attoUnit) }

// whole counts 10^-18.
func (a Amount) whole() *big.Int {
	n := big.NewInt(a.Nano)
	n.Mul(n, big.NewInt(unit))
	return n.Add(n, big.NewInt(a.Atto))
}

func fromWhole(n *big.Int) (Amount, error) {
	nano, atto := new(big.Int).QuoRem(n, big.NewInt(unit), new(big.Int))
	if !nano.IsInt64() || nano.Int64() == math.MinInt64 {
		return Amount{}, errRange()
	}
	return Amount{nano.Int64(), atto.Int64()}, nil
}

// FromRat makes an Amount of a fraction that has at most 18 decimal places.
// Error: fault.Invalid.
func FromRat(r *big.Rat) (Amount, error) {
	n := new(big.Int).Mul(r.Num(), attoUnit)
	n, rest := n.QuoRem(n, r.Denom(), new(big.Int))
	if rest.Sign() != 0 {
		return Amount{}, fault.New(fault.Invalid, "the number has more than 18 decimal places")
	}
	return fromWhole(n)
}

// RoundRat makes the Amount next to a fraction; half goes to the even
// neighbour. Error: fault.Invalid when it does not fit.
func RoundRat(r *big.Rat) (Amount, error) {
	n := new(big.Int).Mul(r.Num(), attoUnit)
	n, rest := n.QuoRem(n, r.Denom(), new(big.Int))
	twice := new(big.Int).Abs(rest)
	twice.Lsh(twice, 1)
	if c := twice.Cmp(r.Denom()); c > 0 || c == 0 && n.Bit(0) == 1 {
		n.Add(n, big.NewInt(int64(r.Sign())))
	}
	return fromWhole(n)
}

// mostText bounds what Parse looks at: 18 places, and as many zeros as an
// E-notation may save.
const mostText = 64

// Parse reads a decimal number: digits with an optional sign, point and exponent
// ("-0.25", "1.6E-5"), no separators of thousands. A number with more than 18
// places that are not zero is refused. Error: fault.Invalid.
func Parse(text string) (Amount, error) {
	d, err := scan(text)
	if err != nil {
		return Amount{}, err
	}
	a, rest, err := d.amount()
	if err == nil && rest {
		err = fault.New(fault.Invalid, "%q has more than 18 decimal places", text)
	}
	return a, err
}

// ParseRounded is Parse for numbers that were counted in binary: what is beyond
// the 18th place is rounded, half to even, and told.
func ParseRounded(text string) (a Amount, rounded bool, err error) {
	d, err := scan(text)
	if err != nil {
		return Amount{}, false, err
	}
	a, rest, err := d.amount()
	if err != nil || !rest {
		return a, false, err
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return Amount{}, false, errNumber(text)
	}
	a, err = RoundRat(r)
	return a, true, err
}

func errNumber(text string) error { return fault.New(fault.Invalid, "%.40q is not a number", text) }

// decimal is digits*10^exponent.
type decimal struct {
	negative bool
	digits   string // without leading zeros
	exponent int
}

func scan(text string) (d decimal, err error) {
	if text == "" || len(text) > mostText {
		return d, errNumber(text)
	}
	rest := text
	if rest[0] == '-' || rest[0] == '+' {
		d.negative = rest[0] == '-'
		rest = rest[1:]
	}
	mantissa, power := rest, ""
	if at := strings.IndexAny(rest, "eE"); at >= 0 {
		mantissa, power = rest[:at], rest[at+1:]
		if d.exponent, err = scanExponent(power); err != nil {
			return d, errNumber(text)
		}
	}
	whole, places, pointed := strings.Cut(mantissa, ".")
	if whole == "" && places == "" || pointed && places == "" || !allDigits(whole) || !allDigits(places) {
		return d, errNumber(text)
	}
	d.exponent -= len(places)
	d.digits = strings.TrimLeft(whole+places, "0")
	trimmed := strings.TrimRight(d.digits, "0")
	d.exponent += len(d.digits) - len(trimmed)
	d.digits = trimmed
	return d, nil
}

// scanExponent reads the number behind an E, of at most three digits.
func scanExponent(text string) (n int, err error) {
	digits := strings.TrimLeft(text, "+-")
	if len(text)-len(digits) > 1 || digits == "" || len(digits) > 3 || !allDigits(digits) {
		return 0, errNumber(text)
	}
	for _, c := range []byte(digits) {
		n = n*10 + int(c-'0')
	}
	if text[0] == '-' {
		n = -n
	}
	return n, nil
}

func allDigits(text string) bool {
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// amount counts the digits from the front of the 10 whole places to the 18th
// decimal one; rest tells that some stand behind it.
func (d decimal) amount() (a Amount, rest bool, err error) {
	if d.digits == "" {
		return Amount{}, false, nil
	}
	const places = 18
	if len(d.digits)+d.exponent > 10 {
		return Amount{}, false, errRange()
	}
	// shift is how many zeros are behind the digits when 10^-18 is counted.
	shift := d.exponent + places
	digits := d.digits
	if shift < 0 {
		rest = true
		digits = digits[:max(0, len(digits)+shift)]
		shift = 0
	}
	total := len(digits) + shift // at most 28
	digit := func(i int) uint64 {
		if i < len(digits) {
			return uint64(digits[i] - '0')
		}
		return 0
	}
	var nano, atto uint64
	for i := range total {
		if total-i > 9 {
			high, low := bits.Mul64(nano, 10)
			sum, carry := bits.Add64(low, digit(i), 0)
			if high != 0 || carry != 0 || sum > math.MaxInt64 {
				return Amount{}, false, errRange()
			}
			nano = sum
			continue
		}
		atto = atto*10 + digit(i)
	}
	a = Amount{int64(nano), int64(atto)}
	if d.negative {
		a = a.Neg()
	}
	return a, rest, nil
}

// String prints the amount without loss and without zeros that say nothing:
// "-0.25", "12".
func (a Amount) String() string {
	nano, atto := uint64(a.Nano), uint64(a.Atto)
	sign := ""
	if a.Sign() < 0 {
		sign, nano, atto = "-", -nano, -atto
	}
	text := make([]byte, 0, 32)
	text = append(text, sign...)
	text = appendDigits(text, nano/uint64(unit), 1)
	if places := nano % uint64(unit); places != 0 || atto != 0 {
		text = append(text, '.')
		text = appendDigits(text, places, 9)
		if atto != 0 {
			text = appendDigits(text, atto, 9)
		}
		for text[len(text)-1] == '0' {
			text = text[:len(text)-1]
		}
	}
	return string(text)
}

// appendDigits appends a number with at least so many digits.
func appendDigits(text []byte, n uint64, least int) []byte {
	var digits [20]byte
	at := len(digits)
	for n > 0 || len(digits)-at < least {
		at--
		digits[at] = byte('0' + n%10)
		n /= 10
	}
	return append(text, digits[at:]...)
}

// MarshalJSON writes the amount as a string, since numbers of JSON are floats to
// most who read them.
func (a Amount) MarshalJSON() ([]byte, error) { return json.Marshal(a.String()) }

// UnmarshalText reads what String writes; by it the API knows that an amount is a
// string. Error: fault.Invalid.
func (a *Amount) UnmarshalText(text []byte) (err error) {
	*a, err = Parse(string(text))
	return err
}

// UnmarshalJSON reads a string. Error: fault.Invalid.
func (a *Amount) UnmarshalJSON(raw []byte) error {
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return fault.New(fault.Invalid, "an amount is a text: \"12.50\"")
	}
	parsed, err := Parse(text)
	if err == nil {
		*a = parsed
	}
	return err
}
