package money

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]Amount{
		"10": 1000, "0": 0, "49,90": 4990, "49,9": 4990, "R$ 49,90": 4990, "r$49,90": 4990, "R$\u00a01.234,50": 123450, "1.234": 123400, "1.234.567,89": 123456789,
		"1234.5": 123450, "1,234.56": 123456, "49.90 BRL": 4990, "BRL 49.90": 4990, "US$ 3.10": 310, "€ 3,10": 310, "007,5": 750, "  5 ": 500,
		"100000000000": Max,
	} {
		got, err := Parse(text)
		if err != nil || got != want {
			t.Errorf("Parse(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", " ", "1,", "1.", "R$", "-1", "+1", "1,234", "1.23.4", "1.2345", "12.34,5", "1,2,3", "1..2", ",50", ".50", "1e3", "٣", "1 000", "NaN", "100000000000,01",
		"99999999999999999999", strings.Repeat("1", 50), "1,234,567", "R$ 1 R$", "0x10", "1_000", "10,999",
	} {
		if got, err := Parse(text); err == nil {
			t.Errorf("Parse(%q) = %d, want an error", text, got)
		}
	}
}

func TestParsePriceTellsTheCurrency(t *testing.T) {
	for text, want := range map[string]Currency{"49.90 BRL": BRL, "R$ 1": BRL, "US$ 1": USD, "1 usd": USD, "1": "", "eur 2": EUR} {
		if _, got, err := ParsePrice(text); err != nil || got != want {
			t.Errorf("ParsePrice(%q) gives %q, %v", text, got, err)
		}
	}
	if BRL.Check() != nil || Currency("JPY").Check() == nil {
		t.Error("the list of currencies is wrong")
	}
}

func TestParseDecimal(t *testing.T) {
	for text, want := range map[string]Amount{"7.99": 799, "7.9": 790, "7": 700, "7.990": 799, "0.01": 1, "1234.00": 123400} {
		if got, err := ParseDecimal(text); err != nil || got != want {
			t.Errorf("ParseDecimal(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "7,99", "7.995", "1e2", "-1", ".5", "5.", "1.2.3", " 1", strings.Repeat("9", 41)} {
		if got, err := ParseDecimal(text); err == nil {
			t.Errorf("ParseDecimal(%q) = %d, want an error", text, got)
		}
	}
}

func TestTexts(t *testing.T) {
	for amount, want := range map[Amount][2]string{
		0: {"0.00", "R$ 0,00"}, 5: {"0.05", "R$ 0,05"}, 123456789: {"1234567.89", "R$ 1.234.567,89"}, 99999: {"999.99", "R$ 999,99"}, -1050: {"-10.50", "-R$ 10,50"},
	} {
		if amount.Decimal() != want[0] || amount.Text(BRL) != want[1] {
			t.Errorf("%d is %q and %q", amount, amount.Decimal(), amount.Text(BRL))
		}
	}
	if got := Amount(123456).Text(USD); got != "US$ 1,234.56" {
		t.Error(got)
	}
	if got := Amount(100).Text("XYZ"); got != "XYZ 1,00" {
		t.Error(got)
	}
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := Amount(rapid.Int64Range(0, int64(Max)).Draw(t, "amount"))
		for _, currency := range []Currency{BRL, USD, EUR} {
			got, read, err := ParsePrice(amount.Text(currency))
			if err != nil || got != amount || read != currency {
				t.Fatalf("%s reads as %d %s, %v", amount.Text(currency), got, read, err)
			}
		}
		if got, err := ParseDecimal(amount.Decimal()); err != nil || got != amount {
			t.Fatalf("%s reads as %d, %v", amount.Decimal(), got, err)
		}
	})
}

func TestPercentRoundsHalfUp(t *testing.T) {
	for _, c := range []struct {
		amount Amount
		points int64
		want   Amount
	}{{1000, 1000, 100}, {5, 1000, 1}, {4, 1000, 0}, {15, 1000, 2}, {999, 3333, 333}, {100, 20000, 100}, {100, -1, 0}, {Max, Whole, Max}} {
		if got := c.amount.Percent(c.points); got != c.want {
			t.Errorf("%d at %d is %d, want %d", c.amount, c.points, got, c.want)
		}
	}
}

func TestTimes(t *testing.T) {
	if got, err := Amount(199).Times(3); err != nil || got != 597 {
		t.Error(got, err)
	}
	if got, err := Max.Times(0); err != nil || got != 0 {
		t.Error(got, err)
	}
	for _, c := range []struct {
		amount   Amount
		quantity int64
	}{{Max, 2}, {-1, 1}, {1, -1}, {2, int64(Max)}, {Max + 1, 1}} {
		if got, err := c.amount.Times(c.quantity); err == nil {
			t.Errorf("%d times %d is %d", c.amount, c.quantity, got)
		}
	}
}

func TestSplitAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Amount {
			return Amount(rapid.Int64Range(0, int64(Max)).Draw(t, "weight"))
		}), 1, 40).Draw(t, "weights")
		var sum Amount
		for _, weight := range weights {
			sum += weight
		}
		total := Amount(rapid.Int64Range(0, int64(sum)).Draw(t, "total"))
		var got Amount
		for i, part := range Split(total, weights) {
			if part < 0 || part > weights[i] {
				t.Fatalf("part %d of weight %d", part, weights[i])
			}
			got += part
		}
		if got != total {
			t.Fatalf("%d split gives %d", total, got)
		}
	})
}

func TestSplitGivesTheRestToTheLargestRemainders(t *testing.T) {
	for _, c := range []struct {
		total   Amount
		weights []Amount
		want    []Amount
	}{
		{100, []Amount{1, 1, 1}, []Amount{34, 33, 33}},
		{10, []Amount{0, 0}, []Amount{10, 0}},
		{0, []Amount{5, 5}, []Amount{0, 0}},
		{5, []Amount{70, 20, 10}, []Amount{4, 1, 0}},
		{1, []Amount{10, 20}, []Amount{0, 1}},
		{7, []Amount{-5, 3}, []Amount{0, 7}},
		{7, nil, nil},
	} {
		got := Split(c.total, c.weights)
		for i := range got {
			if len(got) != len(c.want) || got[i] != c.want[i] {
				t.Errorf("Split(%d, %v) = %v, want %v", c.total, c.weights, got, c.want)
				break
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"R$ 1.234,50", "1,234.56", "49.90 BRL", "1.234", "1,", "€", "\u00a0", "0.001"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, parse := range []func(string) (Amount, error){Parse, ParseDecimal} {
			amount, err := parse(text)
			if err != nil {
				continue
			}
			if amount < 0 || amount > Max {
				t.Fatalf("%q is %d", text, amount)
			}
			if again, err := Parse(amount.Text(BRL)); err != nil || again != amount {
				t.Fatalf("%q is %d, which reads as %d: %v", text, amount, again, err)
			}
		}
	})
}
