package br

import (
	"testing"

	"pgregory.net/rapid"
)

func TestDocuments(t *testing.T) {
	for _, c := range []struct {
		name string
		read func(string) (string, bool)
		text string
		want string // empty: refused
	}{
		{"CPF", CPF, "529.982.247-25", "52998224725"},
		{"CPF", CPF, " 52998224725 ", "52998224725"},
		{"CPF", CPF, "529.982.247-26", ""},
		{"CPF", CPF, "111.111.111-11", ""},
		{"CPF", CPF, "5299822472", ""},
		{"CPF", CPF, "529a982b247c25", ""},
		{"CPF", CPF, "", ""},
		{"CPF", CPF, "５２９９８２２４７２５", ""},
		{"CNPJ", CNPJ, "11.222.333/0001-81", "11222333000181"},
		{"CNPJ", CNPJ, "12.ABC.345/01DE-35", "12ABC34501DE35"}, // the Receita Federal's own example
		{"CNPJ", CNPJ, "12.abc.345/01de-35", "12ABC34501DE35"},
		{"CNPJ", CNPJ, "12.ABC.345/01DE-36", ""},
		// A, L, W and 6 weigh the same modulo 11: the digits are weak for letters, which
		// is why a number is shown back and confirmed.
		{"CNPJ", CNPJ, "12.LBC.345/01DE-35", "12LBC34501DE35"},
		{"CNPJ", CNPJ, "12.WBC.345/01DE-35", "12WBC34501DE35"},
		{"CNPJ", CNPJ, "12.6BC.345/01DE-35", "126BC34501DE35"},
		{"CNPJ", CNPJ, "11.444.777/0001-61", "11444777000161"},
		{"CNPJ", CNPJ, "00.000.000/0001-91", "00000000000191"},
		{"CPF", CPF, "111.444.777-35", "11144477735"},
		{"CPF", CPF, "123.456.789-09", "12345678909"},
		{"CNPJ", CNPJ, "12ABC34501DEAB", ""},
		{"CNPJ", CNPJ, "00000000000000", ""},
		{"CEP", CEP, "50030-230", "50030230"},
		{"CEP", CEP, "50.030-230", "50030230"},
		{"CEP", CEP, "00000-000", ""},
		{"CEP", CEP, "5003023", ""},
		{"phone", Phone, "(81) 99999-1234", "5581999991234"},
		{"phone", Phone, "+55 81 99999 1234", "5581999991234"},
		{"phone", Phone, "081 3333-1234", "558133331234"},
		{"phone", Phone, "81 8888-1234", "5581988881234"},    // before the ninth digit
		{"phone", Phone, "(55) 99999-1234", "5555999991234"}, // 55 is also the area code of Santa Maria
		{"phone", Phone, "11 94444-1234", "5511944441234"},
		{"phone", Phone, "99999-1234", ""}, // no area code
		{"phone", Phone, "(20) 99999-1234", ""},
		{"phone", Phone, "81 1234-5678", ""},
		{"phone", Phone, "não tenho", ""},
	} {
		got, ok := c.read(c.text)
		if c.want == "" && ok {
			t.Errorf("%s %q was accepted as %s", c.name, c.text, got)
		}
		if c.want != "" && (!ok || got != c.want) {
			t.Errorf("%s %q: %q %v, want %q", c.name, c.text, got, ok, c.want)
		}
	}
}

func TestFormats(t *testing.T) {
	for _, c := range [][2]string{
		{FormatCPF("52998224725"), "529.982.247-25"},
		{FormatCNPJ("12ABC34501DE35"), "12.ABC.345/01DE-35"},
		{FormatCEP("50030230"), "50030-230"},
		{FormatPhone("5581999991234"), "(81) 99999-1234"},
		{FormatPhone("558133331234"), "(81) 3333-1234"},
		{FormatCPF("x"), "x"}, {FormatCNPJ(""), ""}, {FormatCEP("1"), "1"}, {FormatPhone("14155550100"), "14155550100"},
	} {
		if c[0] != c[1] {
			t.Errorf("%q, want %q", c[0], c[1])
		}
	}
}

// A wrong digit anywhere is noticed: that is what check digits are for. Only
// where one of them is 0 it may not be, since 0 stands for two remainders.
func TestOneWrongDigitIsRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := []byte(rapid.StringMatching(`[0-9]{9}`).Draw(t, "body"))
		body = append(body, check(string(body), 2, 10))
		body = append(body, check(string(body), 2, 11))
		if same(string(body)) {
			return
		}
		if _, ok := CPF(FormatCPF(string(body))); !ok {
			t.Fatalf("%s was refused", body)
		}
		at := rapid.IntRange(0, 8).Draw(t, "at")
		body[at] = '0' + (body[at]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10
		if _, ok := CPF(string(body)); ok && body[9] != '0' && body[10] != '0' {
			t.Fatalf("%s was accepted", body)
		}
	})
}

func TestVariants(t *testing.T) {
	for _, c := range []struct{ number, other string }{
		{"5581999991234", "558199991234"},
		{"558199991234", "5581999991234"},
		{"558133331234", ""}, // a fixed line never gets a ninth digit
		{"5581923451234", ""},
		{"14155550100", ""},
		{"5520999991234", ""},
		{"55", ""},
	} {
		got := Variants(c.number)
		if got[0] != c.number || (c.other == "") != (len(got) == 1) || c.other != "" && got[1] != c.other {
			t.Errorf("%s: %v, want %q beside", c.number, got, c.other)
		}
	}
}

func TestVariantsAgreeBothWays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.StringMatching(`55(11|81|99)9?[2-9][0-9]{7}`).Draw(t, "number")
		for _, variant := range Variants(number) {
			found := false
			for _, back := range Variants(variant) {
				found = found || back == number
			}
			if !found {
				t.Fatalf("%s leads to %s, which does not lead back", number, variant)
			}
		}
	})
}

func FuzzPhone(f *testing.F) {
	f.Add("+55 (81) 99999-1234")
	f.Fuzz(func(t *testing.T, text string) {
		digits, ok := Phone(text)
		if !ok {
			return
		}
		if again, ok := Phone(digits); !ok || again != digits {
			t.Fatalf("%q gave %s, which gave %s", text, digits, again)
		}
		if back, ok := Phone(FormatPhone(digits)); !ok || back != digits {
			t.Fatalf("%s does not survive its format", digits)
		}
	})
}
