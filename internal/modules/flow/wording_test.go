package flow

import (
	"regexp"
	"strings"
	"testing"
)

// The sentences name what the builder shows, while the arguments keep the names
// of the JSON text for machines.
func TestSentencesNameWhatTheAuthorSees(t *testing.T) {
	for _, c := range []struct {
		name, text string
		args       string
		pt, en     string
	}{
		{"an option", wrapped(choose(pick("s", "Sim, quero", ""), pick("n", "Não", "z")) + "," + endZ), "s",
			`A opção "Sim, quero" não leva a lugar nenhum: ligue a um próximo passo.`, `The option "Sim, quero" leads nowhere: connect it to a next step.`},
		{"an option without a title", wrapped(choose(pick("s", "Sim", "z"), pick("n", "", "z")) + "," + endZ), "options.n.title",
			`Falta preencher o título da opção 2.`, `Fill in the title of option 2.`},
		{"a quotation mark in a title", wrapped(choose(pick("s", `O "bom"`, "")) + "," + endZ), "s",
			`A opção "O 'bom'" não leva a lugar nenhum: ligue a um próximo passo.`, `The option "O 'bom'" leads nowhere: connect it to a next step.`},
		{"what misses lead to", wrapped(strings.Replace(askA, `"next"`, `"on_miss":"q","next"`, 1) + "," + endZ), "on_miss|q",
			`A saída "Se não entender" leva a "q", que não existe.`, `The exit "When not understood" leads to "q", which does not exist.`},
		{"an answered question", wrapped(strings.Replace(askA, `"z"`, `""`, 1)), "next",
			`A saída "Respondeu" não leva a lugar nenhum: ligue a um próximo passo.`, `The exit "Answered" leads nowhere: connect it to a next step.`},
		{"a case without a name", wrapped(`{"name":"a","kind":"condition","cases":[{"when":"1 +","next":"z"}],"else":"z"},` + endZ), "cases.1|*|*",
			`Na condição do caminho 1 há um erro de escrita: letra 4: falta algo no final`, `In the condition of path 1 there is a mistake: character 4: something is missing at the end`},
		{"a case without a condition", wrapped(`{"name":"a","kind":"condition","cases":[{"when":" ","next":"z"}],"else":"z"},` + endZ), "cases.1",
			`Falta preencher a condição do caminho 1.`, `Fill in the condition of path 1.`},
		{"a case with a name", wrapped(`{"name":"a","kind":"switch","on":"1","cases":[{"name":"vip","values":["1",""],"next":"z"}],"else":"z"},` + endZ), "cases.1.values",
			`Falta preencher os valores do caminho "vip".`, `Fill in the values of the path "vip".`},
		{"an arm", wrapped(`{"name":"a","kind":"split","arms":[{"name":"x","weight":0,"next":"z"},{"name":"y","weight":1,"next":"z"}]},` + endZ), "arms.x.weight|1|1000",
			`O peso do caminho "x" precisa ficar entre 1 e 1000.`, `The weight of the path "x" must be between 1 and 1000.`},
		{"a value that is set", wrapped(`{"name":"a","kind":"set","set":[{"var":"x","to":"vars.y"}],"next":"z"},` + endZ), "set.1|y",
			`No valor de "x" é usada a variável "y", que ainda não tem valor em algum dos caminhos até aqui.`, `In the value of "x", the variable "y" is used, which has no value yet on some path to here.`},
		{"an opening time", wrapped(`{"name":"a","kind":"hours","week":{"mon":[["9","10"]]},"open":"z","closed":"z"},` + endZ), "week.mon",
			`No horário de segunda-feira, cada período tem começo e fim, como 09:00 e 18:00.`, `In the opening times of Monday, each period has a beginning and an end, such as 09:00 and 18:00.`},
		{"a header", wrapped(`{"name":"a","kind":"web","method":"GET","url":"https://a.br","headers":{"X-A":"{{vars.q}}"},"next":"z","on_error":"z"},` + endZ), "headers.X-A|q",
			`No cabeçalho "X-A" é usada a variável "q", que ainda não tem valor em algum dos caminhos até aqui.`, `In the header "X-A", the variable "q" is used, which has no value yet on some path to here.`},
		{"a detour", strings.Replace(wrapped(askA+","+endZ), `"nodes"`, `"settings":{"interrupts":[{"words":["preço"],"next":"q"}]},"nodes"`, 1), "settings.interrupts.1|q",
			`A palavra "preço" leva a "q", que não existe.`, `The word "preço" leads to "q", which does not exist.`},
		{"no start", strings.Replace(wrapped(askA+","+endZ), `"start":"a"`, `"start":""`, 1), "start|",
			`O início do fluxo não leva a lugar nenhum: ligue a um próximo passo.`, `The start of the flow leads nowhere: connect it to a next step.`},
		{"a translation", strings.Replace(wrapped(`{"name":"a","kind":"end","text":{"en":"x"}}`), `["pt-BR"]`, `["pt-BR","en"]`, 1), "text.pt-BR",
			`Falta preencher o texto em português.`, `Fill in the text in Portuguese.`},
	} {
		t.Run(c.name, func(t *testing.T) {
			definition, err := Parse([]byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			_, issues := Compile(definition, Options{})
			var told []string
			for _, issue := range issues {
				pt, en := issue.Sentence("pt-BR"), issue.Sentence("en")
				if pt == c.pt {
					if en != c.en {
						t.Errorf("in English: %s", en)
					}
					if args := strings.Join(issue.Args, "|"); args != c.args && !strings.HasSuffix(c.args, "*") {
						t.Errorf("arguments %q", args)
					}
					return
				}
				told = append(told, pt)
			}
			t.Errorf("told %q", told)
		})
	}
}

// No field of the JSON text shows through in the sentences about the corpus of
// broken flows, in either language.
func TestSentencesHoldNoFieldNames(t *testing.T) {
	raw := regexp.MustCompile(`\b(on_miss|on_error|on_message|save|settings\.|options\.|cases\.|arms\.|headers\.|week\.|timeout_seconds|closed_days|link\.|media\.|low\.|pt-BR)\b|"(next|else|to|body|url|text|start|nodes|flow|contact)"`)
	for _, c := range hostileDefinitions(t) {
		definition, err := Parse([]byte(c.text))
		if err != nil {
			continue
		}
		flows := map[string]*Definition{}
		for key, text := range c.flows {
			if flows[key], err = Parse([]byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		_, issues := Compile(definition, Options{Channels: allChannels, Key: "eu", Flows: flows, Secrets: []string{}})
		for _, issue := range issues {
			for _, lang := range []string{"pt-BR", "en"} {
				if sentence := issue.Sentence(lang); raw.MatchString(sentence) {
					t.Errorf("%s: %s", c.name, sentence)
				}
			}
		}
	}
}
