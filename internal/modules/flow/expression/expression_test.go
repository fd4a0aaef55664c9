package expression

import (
	"errors"
	"strings"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
)

type scope map[string]Value

func (s scope) Lookup(path string) Value { return s[path] }

var people = scope{
	"contact.name": Of("José da Silva"), "contact.city": Of("São Paulo"),
	"vars.age": OfNumber(20), "vars.total": Of("12.5"), "vars.vip": OfFlag(true), "vars.evil": Of("{{contact.name}} {{1/0"),
}

func TestExpressions(t *testing.T) {
	for _, c := range [][2]string{
		{`1 + 2 * 3`, "7"}, {`(1 + 2) * 3`, "9"}, {`10 - 4 - 3`, "3"}, {`-2 + 5`, "3"}, {`7 % 4`, "3"}, {`1 / 4`, "0.25"},
		{`1 / 0`, ""}, {`1 % 0`, ""}, {`"a" * 2`, ""}, {`vars.total + 1`, "12.51"}, {`number(vars.total) + 1`, "13.5"},
		{`"R$ " + 12`, "R$ 12"}, {`contact.name`, "José da Silva"}, {`contact.phone`, ""}, {`contact.phone ?? "sem telefone"`, "sem telefone"},
		{`contact.name ?? "x"`, "José da Silva"}, {`first(contact.name)`, "José"}, {`first("")`, ""},
		{`vars.age >= 18 and contact.city == "sao paulo"`, "true"}, {`vars.age > 20`, "false"}, {`vars.age <= 20`, "true"}, {`vars.age < 20`, "false"},
		{`vars.age != 20 or vars.vip`, "true"}, {`not vars.vip`, "false"}, {`!vars.vip || false`, "false"}, {`not (1 == 2)`, "true"},
		{`contact.phone == ""`, "true"}, {`contact.phone != ""`, "false"}, {`contact.phone < 5`, "false"}, {`contact.phone >= 5`, "false"},
		{`contact.city contains "PAULO"`, "true"}, {`contact.city startsWith "são"`, "true"}, {`contact.city contains ""`, "false"},
		{`"b" > "a"`, "true"}, {`"a" > 1`, "false"}, {`"12" == 12`, "true"}, {`"1,5" == 1.5`, "false"}, {`"0x10" == 16`, "false"}, {`"inf" > 1`, "false"},
		{`length("ação")`, "4"}, {`upper("ação")`, "AÇÃO"}, {`lower("AÇÃO")`, "ação"}, {`trim("  a ")`, "a"}, {`round(2.345, 2)`, "2.35"},
		{`round(1, 99)`, ""}, {`date("2026-12-01")`, "01/12/2026"}, {`date("amanhã")`, "amanhã"}, {`date(contact.phone)`, ""}, {`prefix(", ", first(contact.name))`, ", José"}, {`prefix(", ", contact.phone)`, ""}, {`length(")")`, "1"}, {`'aspas "duplas"'`, `aspas "duplas"`}, {`true and 1 == 1`, "true"}, {`100000000000000000000`, "100000000000000000000"},
		{`contact.phone == contact.email`, "true"}, {`false`, "false"},
		{`money(123456)`, "R$ 1.234,56"}, {`money(5)`, "R$ 0,05"}, {`money(-100000000)`, "-R$ 1.000.000,00"}, {`money("abc")`, ""}, {`money(contact.phone)`, ""}, {`money(10.6)`, "R$ 0,11"},
		{`digits("(81) 9999-1234 x2")`, "8199991234" + "2"}, {`digits(contact.name)`, ""}, {`date("2026-12-25")`, "25/12/2026"}, {`date("amanhã")`, "amanhã"}, {`date(contact.phone)`, ""},
	} {
		program, err := Compile(c[0])
		if err != nil {
			t.Errorf("%s: %v", c[0], err)
			continue
		}
		fuel := Fuel(1000)
		got, err := program.Eval(people, &fuel)
		if err != nil || got.String() != c[1] {
			t.Errorf("%s = %q (%v), want %q", c[0], got.String(), err, c[1])
		}
	}
}

// Authors read their mistakes in their own language: no sentence of the parser
// lacks its Portuguese.
func TestMistakesAreToldInPortuguese(t *testing.T) {
	for source, want := range map[string]string{
		"": "letra 1: falta algo no final", "1 2": "letra 4: \"2\" não cabe aqui", "foo(1)": "letra 5: não existe a função \"foo\"", "length()": "letra 9: length recebe 1 valores, não 0",
		"(1": "letra 3: falta \")\"", "a.": "letra 3: depois do ponto vem um nome", `"a`: "letra 1: falta fechar as aspas do texto", "1.2.3": "letra 6: \"1.2.3\" não é um número", "a ; b": "letra 3: \";\" não faz sentido aqui",
		"\xff": "a expressão não é UTF-8 válido", strings.Repeat("-", 99) + "1": "letra 42: há parênteses ou sinais demais um dentro do outro", strings.Repeat("1+", 600) + "1": "uma expressão tem no máximo 1000 letras",
	} {
		_, err := Compile(source)
		if got := Portuguese(err); got != want {
			t.Errorf("%.30q: %q, want %q", source, got, want)
		}
	}
	for source, want := range map[string]string{"a {{b": "\"{{\" não é fechado por \"}}\"", "{{1 +}}": "{{1 +}}: letra 4: falta algo no final"} {
		_, err := Parse(source)
		if got := Portuguese(err); got != want {
			t.Errorf("%q: %q, want %q", source, got, want)
		}
	}
	if got := Portuguese(ErrFuel); got != fault.MessageOf(ErrFuel) {
		t.Errorf("%q", got)
	}
}

func TestBrokenExpressionsSayWhere(t *testing.T) {
	for _, c := range [][2]string{
		{``, "missing at the end"}, {`1 +`, "missing at the end"}, {`(1`, `")" is missing`}, {`1 2`, `"2" is not expected`}, {`"a`, "not closed"},
		{`a..b`, "must follow the dot"}, {`a.`, "must follow the dot"}, {`foo(1)`, `no function "foo"`}, {`length()`, "takes 1 values, not 0"}, {`length(1,2)`, "takes 1 values, not 2"},
		{`1.2.3`, "not a number"}, {`a = b`, `"=" is not understood`}, {`a ; b`, "not understood"}, {`é`, "not understood"}, {`and`, "not expected"}, {`* 2`, "not expected"},
		{strings.Repeat("(", 200) + "1" + strings.Repeat(")", 200), "nested too deeply"}, {strings.Repeat("-", 200) + "1", "nested too deeply"},
		{strings.Repeat("!", 999), "nested too deeply"}, {strings.Repeat("1+", 600) + "1", "at most 1000"}, {"\xff", "UTF-8"},
		{`let a = 1; a`, "not expected"}, {`map(1..3, #)`, "no function"}, {`repeat("a", 9)`, "no function"},
	} {
		_, err := Compile(c[0])
		if err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%.40s: %v, want %q", c[0], err, c[1])
		}
	}
}

// processorTime is what this process has used: the machine may be busy with
// others' work.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// The worst that a legal source can do ends at once and in little memory.
func TestBombs(t *testing.T) {
	long := scope{"v": Of(strings.Repeat("é", maxText))}
	for _, source := range []string{
		strings.Repeat("v+", 330) + "v",
		strings.Repeat("upper(lower(trim(", 13) + "v" + strings.Repeat(")))", 13),
		strings.Repeat("v contains v or ", 60) + "v contains v",
		strings.Repeat("v==v and ", 100) + "v<v",
		strings.Repeat("999999999999*", 70) + "9",
	} {
		program, err := Compile(source)
		if err != nil {
			t.Fatalf("%.30s: %v", source, err)
		}
		start, fuel := processorTime(), Fuel(20_000)
		v, err := program.Eval(long, &fuel)
		if spent := processorTime() - start; spent > hostileTime {
			t.Errorf("%.30s took %v", source, spent)
		}
		if err == nil && len(v.String()) > maxText {
			t.Errorf("%.30s made %d bytes", source, len(v.String()))
		}
	}
}

func TestFuelIsSharedByATurn(t *testing.T) {
	program, err := Compile(strings.Repeat("1+", 100) + "1")
	if err != nil {
		t.Fatal(err)
	}
	fuel, runs := Fuel(1000), 0
	for ; runs < 100; runs++ {
		if _, err = program.Eval(people, &fuel); err != nil {
			break
		}
	}
	if !errors.Is(err, ErrFuel) || runs < 2 || runs > 10 {
		t.Fatalf("%d runs, %v", runs, err)
	}
}

func TestTemplates(t *testing.T) {
	for _, c := range [][2]string{
		{"", ""}, {"Olá!", "Olá!"}, {"Olá, {{first(contact.name)}}! {{ vars.age }} anos", "Olá, José! 20 anos"}, {"{{contact.phone}}", ""},
		{"{ {a} } }}", "{ {a} } }}"}, {"{{vars.evil}}", "{{contact.name}} {{1/0"}, // what a customer wrote is not a template
	} {
		template, err := Parse(c[0])
		if err != nil {
			t.Errorf("%s: %v", c[0], err)
			continue
		}
		fuel := Fuel(1000)
		if got, err := template.Render(people, &fuel); err != nil || got != c[1] {
			t.Errorf("%s = %q (%v), want %q", c[0], got, err, c[1])
		}
	}
	for _, c := range [][2]string{{"Olá, {{contact.name", "not closed"}, {"{{1 +}}", "{{1 +}}"}, {"{{}}", "missing"}} {
		if _, err := Parse(c[0]); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: %v, want %q", c[0], err, c[1])
		}
	}
	template, err := Parse("a {{b.c}} d {{e ?? f.g}}")
	if err != nil || template.Static() != "a  d " || strings.Join(template.Paths(), " ") != "b.c e f.g" {
		t.Fatalf("%v %q %v", err, template.Static(), template.Paths())
	}
}

func TestOutputIsBounded(t *testing.T) {
	template, err := Parse(strings.Repeat("{{v}}", 100))
	if err != nil {
		t.Fatal(err)
	}
	fuel := Fuel(1 << 30)
	got, err := template.Render(scope{"v": Of(strings.Repeat("é", 5000))}, &fuel)
	if err != nil || len(got) > maxText || strings.Trim(got, "é") != "" {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
}

func TestEqualityIsFairToBothSides(t *testing.T) {
	value := rapid.OneOf(rapid.Map(rapid.String(), Of), rapid.Map(rapid.Float64(), OfNumber), rapid.Map(rapid.Bool(), OfFlag))
	rapid.Check(t, func(t *rapid.T) {
		a, b := value.Draw(t, "a"), value.Draw(t, "b")
		if Equal(a, b) != Equal(b, a) {
			t.Fatalf("%v and %v", a, b)
		}
		if !Equal(a, a) {
			t.Fatalf("%v differs from itself", a)
		}
		if yes, ok := less(a, b); ok && yes {
			if back, _ := less(b, a); back {
				t.Fatalf("%v and %v are less than each other", a, b)
			}
		}
	})
}

func FuzzTemplate(f *testing.F) {
	for _, seed := range []string{"Olá {{contact.name ?? 'você'}}", "{{1 + 2 * (3 - vars.age)}}", "{{not a and b contains \"x\"}}", "{{round(1/3, 2)}} {{", "{{-!-!a}}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		template, err := Parse(source)
		if err != nil {
			return
		}
		fuel := Fuel(5000)
		if out, err := template.Render(people, &fuel); err == nil && len(out) > maxText {
			t.Fatalf("%d bytes", len(out))
		}
	})
}

func BenchmarkCondition(b *testing.B) {
	program, err := Compile(`vars.age >= 18 and contact.city == "Recife"`)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		fuel := Fuel(1000)
		if _, err := program.Eval(people, &fuel); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Compile(`vars.age >= 18 and contact.city == "Recife"`); err != nil {
			b.Fatal(err)
		}
	}
}
