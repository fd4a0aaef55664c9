package flow

import (
	"strings"
	"testing"
)

func TestAnswersThatGetNoReply(t *testing.T) {
	const (
		end   = `{"name":"z","kind":"end"}`
		blank = `{"name":"z","kind":"end","text":" "}`
		bye   = `{"name":"z","kind":"end","text":"Tchau"}`
		tag   = `{"name":"t","kind":"tag","add":["vip"],"next":"s"},{"name":"s","kind":"set","set":[{"var":"x","to":"1"}],"next":"z"}`
	)
	to := func(next string) string { return strings.Replace(askA, `"z"`, `"`+next+`"`, 1) }
	for _, c := range []struct{ name, nodes, at, told string }{
		{"an end at once", to("z") + "," + end, "a", `A saída "Respondeu" leva ao fim sem nenhuma resposta ao cliente: escreva um texto em "z".`},
		{"an end of blanks", to("z") + "," + blank, "a", `A saída "Respondeu" leva ao fim sem nenhuma resposta ao cliente: escreva um texto em "z".`},
		{"tag and set, then the end", to("t") + "," + tag + "," + end, "a", `A saída "Respondeu" leva ao fim sem nenhuma resposta ao cliente: escreva um texto em "z".`},
		{"one option of two", choose(pick("s", "Sim", "m"), pick("n", "Não", "z")) + `,{"name":"m","kind":"message","text":"Oba","next":"z"},` + end, "a",
			`A opção "Não" leva ao fim sem nenhuma resposta ao cliente: escreva um texto em "z".`},
		{"a branch", to("c") + `,{"name":"c","kind":"condition","cases":[{"when":"vars.nome == 'x'","next":"z"}],"else":"m"},{"name":"m","kind":"message","text":"Oba","next":"z"},` + end, "a",
			`A saída "Respondeu" leva ao fim sem nenhuma resposta ao cliente: escreva um texto em "z".`},
		{"an end with a text", to("t") + "," + tag + "," + bye, "", ""},
		{"a message before the end", to("m") + `,{"name":"m","kind":"message","text":"Oba","next":"z"},` + end, "", ""},
		{"a person", to("h") + `,{"name":"h","kind":"handoff"}`, "", ""},
		{"no question", `{"name":"a","kind":"message","text":"Oi","next":"z"},` + end, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			definition, err := Parse([]byte(wrapped(c.nodes)))
			if err != nil {
				t.Fatal(err)
			}
			compiled, issues := Compile(definition, Options{})
			if compiled == nil {
				t.Fatalf("%+v", issues)
			}
			if c.told == "" {
				if len(issues) != 0 {
					t.Errorf("%+v", issues)
				}
				return
			}
			if len(issues) != 1 || issues[0].Code != codeNoReply || issues[0].Weight != Warning || issues[0].Node != c.at || issues[0].Sentence("pt-BR") != c.told {
				t.Fatalf("%+v", issues)
			}
			if en := issues[0].Sentence("en"); !strings.Contains(en, `without any reply to the customer: write a text in "z".`) {
				t.Error(en)
			}
		})
	}
}
