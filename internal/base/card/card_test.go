package card

import (
	"strings"
	"testing"
)

func TestWithin(t *testing.T) {
	for text, want := range map[string]bool{
		// Numbers that vendors give out for tests.
		"4242424242424242": true, "4242 4242 4242 4242": true, "4242-4242-4242-4242": true, "4242.4242.4242.4242": true,
		"o cartão é 5555555555554444, obrigada": true, "378282246310005": true, "3782 822463 10005": true, "2223003122003222": true,
		"6011111111111117": true, "6362970000457013": true, "3566002020360505": true, "4000000760000002!": true, "nº:4242424242424242;": true,
		"4242424242424242 12/29 123": true, "12 4242 4242 4242 4242": true, "R$ 10.00 4242424242424242": true,
		// Not the number of a card.
		"": false, "4242424242424241": false, "424242424242": false, "acq_4242424242424242": false, "a4242424242424242": false, "4242424242424242f": false,
		"1234567812345670": false, "0000000000000000": false, "4222222222222": false, "30569309025904": false,
		"11.222.333/0001-81": false, "45.997.418/0001-53": false, "+55 11 98765-4321": false, "1763873640000": false, "Rua 4242": false,
		strings.Repeat("4", 20): false, "4242  4242 4242 4242": false,
	} {
		if Within(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

// One wrong digit is always found out.
func TestOneWrongDigit(t *testing.T) {
	const good = "4242424242424242"
	for i := range len(good) {
		for c := byte('0'); c <= '9'; c++ {
			text := good[:i] + string(c) + good[i+1:]
			if Within(text) && text != good {
				t.Errorf("%s passes", text)
			}
		}
	}
}

func FuzzWithin(f *testing.F) {
	f.Add("4242 4242 4242 4242")
	f.Add("x4242-")
	f.Fuzz(func(t *testing.T, text string) {
		Within(text)
		if !Within(text+" 4242 4242 4242 4242x 4242424242424242") && !strings.ContainsAny(text, "0123456789") {
			t.Errorf("%q hides a number", text)
		}
	})
}
