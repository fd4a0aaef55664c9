package flow

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/message"
	"prosa/internal/message/fold"
	"prosa/internal/modules/flow/expression"
)

func TestWishes(t *testing.T) {
	for _, c := range []struct {
		said string
		want wish
	}{
		{"Atendente", wishPerson}, {"ATENDENTE!!!", wishPerson}, {"humano", wishPerson}, {"quero um atendente", wishPerson}, {"Oi, atendente por favor", wishPerson},
		{"quero falar com alguém", wishPerson}, {"Quero falar com uma pessoa de verdade", wishPerson}, {"posso conversar com um vendedor?", wishPerson},
		{"me passa pra um humano", wishPerson}, {"preciso de um atendente", wishPerson}, {"chama o gerente", wishPerson}, {"falar com o suporte", wishPerson},
		{"can I talk to a human?", wishPerson}, {"I want to speak with an agent", wishPerson}, {"agent", wishPerson},
		{"não quero falar com atendente", wishNone}, {"I don't want to talk to a human", wishNone}, {"quero dar um presente para uma pessoa", wishNone},
		{"a gente quer comprar", wishNone}, {"preciso de um presente para alguém especial", wishNone}, {"qual o horário?", wishNone},
		{"eu estava falando com vocês ontem e queria contar uma história longa sobre falar com uma pessoa da loja", wishNone},
		{"sair", wishExit}, {"Parar.", wishExit}, {"STOP", wishExit}, {"quero sair", wishExit}, {"não consigo sair de casa", wishNone}, {"cancelar meu pedido", wishNone}, {"cancelar", wishNone}, {"Vendedor", wishNone},
		{"menu", wishMenu}, {"Menu, por favor", wishMenu}, {"voltar", wishMenu}, {"/start", wishMenu}, {"início", wishMenu}, {"o menu do restaurante", wishNone},
		{"", wishNone}, {"👍", wishNone}, {strings.Repeat("falar com atendente ", 50), wishNone},
	} {
		if got := wishOf(fold.Words(c.said)); got != c.want {
			t.Errorf("%q: wish %d, want %d", c.said, got, c.want)
		}
	}
}

func TestInstagramAlwaysReachesAPerson(t *testing.T) {
	for channel, want := range map[message.Channel]Status{message.Instagram: HandedOff, message.WhatsApp: Waiting} {
		c := meet(t, compiled(t, "every"), channel)
		c.write("oi") // the question that follows is deaf
		if c.write("atendente"); c.state.Status != want {
			t.Errorf("%s: %s", channel, c.state.Status)
		}
	}
}

func TestMatching(t *testing.T) {
	flow := compiled(t, "recepcao")
	for _, c := range []struct{ said, node string }{
		{"1", "horarios"}, {"1.", "horarios"}, {"1)", "horarios"}, {"1️⃣", "horarios"}, {"opção 1", "horarios"}, {"a 1", "horarios"}, {"número 2", "pedido"},
		{"Ver horários", "horarios"}, {"VER HORARIOS", "horarios"}, {"ver horário por favor", "horarios"}, {"pedidos", "pedido"}, {"cadê meu pedido?", "pedido"},
		{"qual o prazo de entrega", "pedido"}, {"que horas fecha hoje", "horarios"},
		{"4", "menu"}, {"0", "menu"}, {"12", "menu"}, {"pedido no horário", "menu"}, {"não sei", "menu"}, {"despedidos", "menu"}, {"xyz", "menu"},
	} {
		customer := meet(t, flow, message.WhatsApp)
		customer.write("oi")
		if customer.write(c.said); customer.state.Node != c.node {
			t.Errorf("%q leads to %q, want %q", c.said, customer.state.Node, c.node)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		text string
		want float64
		ok   bool
	}{
		{"42", 42, true}, {" 42 ", 42, true}, {"-3", -3, true}, {"1,5", 1.5, true}, {"1.5", 1.5, true}, {"1.500", 1500, true}, {"1.234,56", 1234.56, true},
		{"1,234.56", 1234.56, true}, {"1.234.567", 1234567, true}, {"R$ 10,50", 10.5, true}, {"10%", 10, true}, {"0,125", 0.125, true}, {"0.125", 0.125, true},
		{"", 0, false}, {"abc", 0, false}, {"1e5", 0, false}, {"0x10", 0, false}, {"NaN", 0, false}, {"--1", 0, false}, {"1-2", 0, false}, {".", 0, false}, {",", 0, false},
		{"-", 0, false}, {"123456789012345678901", 0, false}, {"12 anos", 0, false}, {"½", 0, false},
	} {
		if got, ok := readNumber(c.text); ok != c.ok || ok && got != c.want {
			t.Errorf("%q: %v %v, want %v %v", c.text, got, ok, c.want, c.ok)
		}
	}
}

func TestEmailsAndPhones(t *testing.T) {
	for text, want := range map[string]string{
		"Ana@Exemplo.com.br": "ana@exemplo.com.br", " ana.souza+loja@x-y.co. ": "ana.souza+loja@x-y.co", "o'neil@x.ie": "o'neil@x.ie",
		"ana": "", "ana@": "", "@x.com": "", "ana@x": "", "ana@@x.com": "", "ana@x..com": "", "ana..s@x.com": "", "ana.@x.com": "", "ana@-x.com": "", "ana@x.c": "",
		"ana@1.2.3.4": "", "ana x@x.com": "", "Ana <ana@x.com>": "", strings.Repeat("a", 65) + "@x.com": "", "ana@" + strings.Repeat("a.", 130) + "com": "",
	} {
		if got, _ := email(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"(81) 99999-1234": "5581999991234", "+1 415 555 0100": "14155550100", "+351 912 345 678": "351912345678",
		"+55 81 1234": "", "14155550100": "", "+0 123 456 789": "", "+12": "", "+1 415 555 01x0": "", "": "",
	} {
		if got, _ := phone(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestDates(t *testing.T) {
	today := time.Date(2026, 11, 23, 22, 0, 0, 0, time.FixedZone("-03", -3*60*60))
	for _, c := range []struct{ said, want string }{
		{"25/12/2026", "2026-12-25"}, {"25-12-26", "2026-12-25"}, {"2026-12-25", "2026-12-25"}, {"25/12", "2026-12-25"}, {"01/02", "2027-02-01"}, {"23/11", "2026-11-23"},
		{"hoje", "2026-11-23"}, {"Amanhã!", "2026-11-24"}, {"depois de amanhã", "2026-11-25"}, {"ontem", "2026-11-22"}, {"7/3/85", "1985-03-07"}, {"29/02/2028", "2028-02-29"},
		{"29/02/2027", ""}, {"31/04/2026", ""}, {"32/01/2026", ""}, {"12/13/2026", ""}, {"0/1/2026", ""}, {"25", ""}, {"dia 25", ""}, {"1/1/1", ""}, {"99999/1/1", ""}, {"", ""}, {"25/12/2026/1", ""},
	} {
		got, ok := date(fold.Words(c.said), today)
		if c.want == "" && ok || c.want != "" && (!ok || got.Format(time.DateOnly) != c.want) {
			t.Errorf("%q: %v %v, want %q", c.said, got, ok, c.want)
		}
	}
}

func TestStateSurvivesItsTextForm(t *testing.T) {
	value := rapid.OneOf(
		rapid.Map(rapid.String(), func(s string) Value { return Value{expression.Of(strings.ToValidUTF8(s, ""))} }),
		rapid.Map(rapid.Float64(), func(n float64) Value { return Value{expression.OfNumber(n)} }),
		rapid.Map(rapid.Bool(), func(b bool) Value { return Value{expression.OfFlag(b)} }),
	)
	rapid.Check(t, func(t *rapid.T) {
		s := State{
			Status: rapid.SampledFrom([]Status{New, Waiting, Ended, HandedOff, Failed}).Draw(t, "status"), Node: rapid.StringN(0, 10, 40).Draw(t, "node"),
			Seq: rapid.Int64Range(0, 1<<50).Draw(t, "seq"), Asked: rapid.Int64Range(0, 1<<50).Draw(t, "asked"), Misses: rapid.IntRange(0, 9).Draw(t, "misses"),
			Page: rapid.IntRange(0, 9).Draw(t, "page"), Idles: rapid.IntRange(0, 2).Draw(t, "idles"), Lang: rapid.IntRange(0, 9).Draw(t, "lang"),
			StartedMS: rapid.Int64Range(0, 1<<45).Draw(t, "started"), HourMS: rapid.Int64Range(0, 1<<30).Draw(t, "hour"), HourTurns: rapid.IntRange(0, 200).Draw(t, "turns"),
		}
		for range rapid.IntRange(0, 5).Draw(t, "vars") {
			before := s.Vars
			name := rapid.StringMatching(`[a-z_]{1,8}`).Draw(t, "name")
			v := value.Draw(t, "value")
			s.Vars = with(s.Vars, name, v)
			if !expression.Equal(s.Get(name).Value, v.Value) {
				t.Fatalf("%s is %v, want %v", name, s.Get(name), v)
			}
			for _, old := range before {
				if old.Name != name && !expression.Equal(s.Get(old.Name).Value, old.Value.Value) {
					t.Fatalf("setting %s changed %s", name, old.Name)
				}
			}
		}
		back, err := Decode(s.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if back.Encode() != s.Encode() || back.Seq != s.Seq || back.Node != s.Node || len(back.Vars) != len(s.Vars) {
			t.Fatalf("%s became %s", s.Encode(), back.Encode())
		}
	})
}

func TestDecodeRefuses(t *testing.T) {
	for _, text := range []string{"{", `{"v":2}`, `{}`, `[]`, `{"v":1,"x":[]}`, `{"v":1,"x":{"a":[1]}}`, `{"v":1,"q":"1"}`, `null`} {
		if _, err := Decode(text); err == nil {
			t.Errorf("%s was read", text)
		}
	}
	if s, err := Decode(""); err != nil || s.Status != New {
		t.Errorf("an empty text: %v %v", s, err)
	}
}

func TestOptionIDs(t *testing.T) {
	id := optionPrefix(testSession, 1<<40) + "2r"
	if !isOption(id) || len(id) > 32 {
		t.Errorf("%q", id)
	}
	for _, other := range []string{"", "a.b", "payload", "a.b.c.d", "..", "session-too-long.1.1", "x.-1.0", "x.1.é", "GET_STARTED.v2.final!"} {
		if isOption(other) {
			t.Errorf("%q was taken for ours", other)
		}
	}
}

func TestLanguages(t *testing.T) {
	flow := &Compiled{languages: []string{"pt-BR", "en", "es-AR", "es"}}
	for wanted, at := range map[string]int{"": 0, "pt": 0, "pt-PT": 0, "en": 1, "EN-us": 1, "es": 3, "es-MX": 2, "fr": 0} {
		if got := flow.language(wanted); got != at {
			t.Errorf("%q: %d, want %d", wanted, got, at)
		}
	}
	if phrasesFor("en-GB") != &english || phrasesFor("pt") != &portuguese || phrasesFor("fr") != &english {
		t.Error("phrases of the wrong language")
	}
}
