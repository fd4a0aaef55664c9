package flow

import (
	"reflect"
	"strings"
	"testing"

	"prosa/internal/message"
	"prosa/internal/modules/flow/expression"
)

// talk compiles a flow of the given nodes and settings and meets a customer.
func talk(t *testing.T, settings string, nodes ...string) *customer {
	t.Helper()
	text := wrapped(strings.Join(nodes, ","))
	if settings != "" {
		text = strings.Replace(text, `"nodes"`, settings+`,"nodes"`, 1)
	}
	definition, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	flow, issues := Compile(definition, Options{Channels: allChannels})
	if flow == nil {
		for _, issue := range issues {
			t.Errorf("%s: %s", issue.Node, issue.Sentence("en"))
		}
		t.FailNow()
	}
	return meet(t, flow, message.WhatsApp)
}

func sends(effects []Effect) (out []*message.Content) {
	for _, effect := range effects {
		if effect.Send != nil {
			out = append(out, effect.Send)
		}
	}
	return out
}

func lastText(t *testing.T, effects []Effect) string {
	t.Helper()
	all := sends(effects)
	if len(all) == 0 {
		t.Fatal("nothing was said")
	}
	return all[len(all)-1].Text
}

func TestAMessageOfEachContent(t *testing.T) {
	c := talk(t, "",
		`{"name":"a","kind":"message","text":"Olá, {{contact.first_name}}","next":"b"}`,
		`{"name":"b","kind":"message","media":{"kind":"document","blob":"blob_1","mime":"application/pdf","name":"tabela.pdf"},"text":"A tabela","next":"c"}`,
		`{"name":"c","kind":"message","text":"Onde estamos","location":{"latitude":-8.06,"longitude":-34.87,"name":"Loja","address":"Rua da Aurora"},"next":"d"}`,
		`{"name":"d","kind":"message","media":{"kind":"audio","blob":"blob_2","mime":"audio/ogg"},"next":"z"}`, endZ)
	got := sends(c.write("oi"))
	want := []*message.Content{
		{Kind: message.Text, Text: "Olá, Ana"},
		{Kind: message.Document, Text: "A tabela", Media: &message.Media{MIME: "application/pdf", Name: "tabela.pdf", Blob: "blob_1", State: "ready"}},
		{Kind: message.Text, Text: "Onde estamos"},
		{Kind: message.Place, Place: &message.Location{Latitude: -8.06, Longitude: -34.87, Name: "Loja", Address: "Rua da Aurora"}},
		{Kind: message.Audio, Media: &message.Media{MIME: "audio/ogg", Blob: "blob_2", State: "ready"}},
	}
	if !reflect.DeepEqual(got, want) {
		for i := range got {
			t.Errorf("%d: %+v", i, *got[i])
		}
	}
	if c.state.Status != Ended {
		t.Errorf("status %s", c.state.Status)
	}
}

func TestAnEmptyTextIsNotSent(t *testing.T) {
	c := talk(t, "", `{"name":"a","kind":"message","text":"{{contact.city}}","next":"z"}`, `{"name":"z","kind":"end","text":"Tchau"}`)
	if got := sends(c.write("oi")); len(got) != 1 || got[0].Text != "Tchau" {
		t.Fatalf("%+v", got)
	}
}

func TestAChoiceCarriesWhatTheChannelNeeds(t *testing.T) {
	c := talk(t, "", `{"name":"a","kind":"choice","text":"Cor?","header":"Camisa","footer":"Loja","button":"Cores","save":"cor",
		"options":[{"name":"azul","title":"Azul","description":"do mar","next":"z"},{"name":"rosa","title":"Rosa","next":"z"}]}`,
		`{"name":"z","kind":"end","text":"{{vars.cor}}"}`)
	sent := sends(c.write("oi"))[0]
	if sent.Kind != message.Options || sent.Text != "Cor?" {
		t.Fatalf("%+v", sent)
	}
	got := *sent.Choice
	want := message.Choice{Header: "Camisa", Footer: "Loja", Button: "Cores", Options: []message.Option{
		{ID: "0000000000.1.0", Title: "Azul", Description: "do mar"}, {ID: "0000000000.1.1", Title: "Rosa"},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%+v", got)
	}
	if text := lastText(t, c.write("#2")); text != "rosa" {
		t.Fatalf("saved %q", text)
	}
}

func TestATapCountsWhateverItsTitleSays(t *testing.T) {
	// "Sair" and "Menu" are wishes when they are written, and options when they
	// are tapped or named by the author.
	for _, said := range []string{"#1", "#2", "sair", "menu", "1", "2"} {
		c := talk(t, "", choose(pick("sair", "Sair", "b"), pick("menu", "Menu", "b")), `{"name":"b","kind":"handoff","text":"Entendi."}`)
		c.write("oi")
		if text := lastText(t, c.write(said)); text != "Entendi." {
			t.Errorf("%s: %q", said, text)
		}
	}
}

func TestAPickThatIsNotOurs(t *testing.T) {
	c := talk(t, "", choose(pick("s", "Sim", "z"), pick("n", "Não", "z")), `{"name":"z","kind":"end","text":"ok"}`)
	c.write("oi")
	for _, id := range []string{"", "GET_STARTED", "outro.robo.9x"} {
		effects := c.step(Input{Kind: Wrote, Content: message.Content{Kind: message.Pick, Text: "Começar", Pick: &message.Picked{ID: id, Title: "Começar"}}})
		if text := lastText(t, effects); c.state.Status == Waiting && !strings.HasPrefix(text, "Não entendi") {
			t.Errorf("id %q: %q", id, text)
		}
	}
	again := talk(t, "", choose(pick("s", "Sim", "z"), pick("n", "Não", "z")), `{"name":"z","kind":"end","text":"ok"}`)
	again.write("oi")
	// A quick reply of a template has its own payload; its title still answers.
	effects := again.step(Input{Kind: Wrote, Content: message.Content{Kind: message.Pick, Pick: &message.Picked{ID: "payload", Title: "SIM"}}})
	if text := lastText(t, effects); text != "ok" {
		t.Errorf("%q", text)
	}
}

func TestAStaleButtonOfAnotherSession(t *testing.T) {
	stale := message.Content{Kind: message.Pick, Text: "Vendas", Pick: &message.Picked{ID: "other00000.1.0", Title: "Vendas"}}
	c := meet(t, compiled(t, "reference"), message.WhatsApp)
	effects := c.step(Input{Kind: Wrote, Content: stale})
	all := sends(effects)
	if len(all) != 2 || all[0].Text != portuguese.stale || all[1].Kind != message.Options {
		t.Fatalf("a new session: %+v", effects)
	}
	if again := sends(c.step(Input{Kind: Wrote, Content: stale})); len(again) != 1 || again[0].Text != portuguese.stale || again[0].Choice == nil {
		t.Fatalf("a session that waits: %+v", again)
	}
	// It is no misunderstanding: nobody is handed off for tapping old buttons.
	for range 10 {
		c.step(Input{Kind: Wrote, Content: stale})
	}
	if c.state.Status != Waiting || c.state.Misses != 0 {
		t.Fatalf("%+v", c.state)
	}
	wish := stale
	wish.Text, wish.Pick = "Falar com atendente", &message.Picked{ID: "other00000.1.0", Title: "Falar com atendente"}
	if c.step(Input{Kind: Wrote, Content: wish}); c.state.Status != HandedOff {
		t.Fatalf("an old button for a person: %s", c.state.Status)
	}
}

func TestOptionIndexesAreChecked(t *testing.T) {
	c := talk(t, "", choose(pick("s", "Sim", "z")), endZ)
	c.write("oi")
	for _, id := range []string{"0000000000.1.1", "0000000000.1.zz", "0000000000.1.zzzzzzzzzzz", "0000000000.1.", "0000000000.1.-1"} {
		c.state.Misses = 0
		c.step(Input{Kind: Wrote, Content: message.Content{Kind: message.Pick, Text: "?", Pick: &message.Picked{ID: id}}})
		if c.state.Status != Waiting {
			t.Errorf("%s: %s", id, c.state.Status)
		}
	}
}

func TestMissesLeaveByTheirOwnWay(t *testing.T) {
	c := talk(t, "", `{"name":"a","kind":"question","text":"CEP?","expect":"cep","save":"cep","misses":2,"on_miss":"b","next":"z"}`,
		`{"name":"b","kind":"question","text":"Então a cidade?","expect":"text","save":"cidade","next":"z"}`, endZ)
	c.write("oi")
	if text := lastText(t, c.write("não sei")); !strings.Contains(text, "CEP") {
		t.Fatalf("%q", text)
	}
	if text := lastText(t, c.write("também não")); text != "Então a cidade?" || c.state.Misses != 0 {
		t.Fatalf("%q, %d misses", text, c.state.Misses)
	}
	if c.write("Olinda"); c.state.Get("cidade").String() != "Olinda" || c.state.Status != Ended {
		t.Fatalf("%+v", c.state)
	}
}

func TestARightAnswerForgivesTheWrongOnes(t *testing.T) {
	c := talk(t, "", `{"name":"a","kind":"question","text":"CEP?","expect":"cep","save":"cep","next":"b"}`,
		`{"name":"b","kind":"question","text":"CPF?","expect":"cpf","save":"cpf","next":"z"}`, endZ)
	for _, line := range []string{"oi", "x", "x", "50030-230", "x", "x"} {
		c.write(line)
	}
	if c.state.Status != Waiting || c.state.Node != "b" || c.state.Misses != 2 {
		t.Fatalf("%+v", c.state)
	}
}

// Each kind of question: what it takes, how it saves it, and what it says to the
// rest, in both languages.
func TestQuestions(t *testing.T) {
	for _, c := range []struct{ expect, extra, good, saved, bad, complaint string }{
		{"text", "", "  Recife  ", "Recife", "!sticker", "Adorei a figurinha! Pode responder por texto?"},
		{"text", `"min":3,`, "abc", "abc", "ab", "A resposta ficou curta. Pode escrever um pouco mais?"},
		{"text", `"max":3,`, "çãé", "çãé", "abcd", "A resposta ficou longa. Pode resumir?"},
		{"text", "", "!image legenda da foto", "legenda da foto", "!voice", "Ainda não consigo ouvir áudios por aqui. Pode responder por texto?"},
		{"number", "", "1.234,5", "1234.5", "doze", "Preciso de um número. Exemplo: 42"},
		{"number", `"min":1,"max":10,`, "10", "10", "11", "Esse número está fora do esperado."},
		{"email", "", "Ana@Exemplo.COM", "ana@exemplo.com", "ana@", "Esse e-mail não parece certo. Exemplo: nome@exemplo.com.br"},
		{"phone", "", "(81) 99999-1234", "5581999991234", "99999", "Esse telefone não parece certo. Mande com DDD. Exemplo: (81) 99999-1234"},
		{"date", "", "amanhã", "2026-11-24", "30/02", "Não reconheci essa data. Exemplo: 25/12/2026"},
		{"cpf", "", "529.982.247-25", "52998224725", "529.982.247-24", "Esse CPF não parece certo. Confira os 11 números."},
		{"cnpj", "", "12.ABC.345/01DE-35", "12ABC34501DE35", "12.ABC.345/01DE-34", "Esse CNPJ não parece certo. Confira os 14 caracteres."},
		{"cep", "", "50030-230", "50030230", "5003", "Esse CEP não parece certo. São 8 números. Exemplo: 50030-230"},
	} {
		c2 := talk(t, "", `{"name":"a","kind":"question","text":"?","expect":"`+c.expect+`",`+c.extra+`"save":"x","next":"z"}`, endZ)
		c2.write("oi")
		if text := lastText(t, c2.write(c.bad)); text != c.complaint {
			t.Errorf("%s, %q: %q, want %q", c.expect, c.bad, text, c.complaint)
		}
		if c2.write(c.good); c2.state.Get("x").String() != c.saved {
			t.Errorf("%s, %q: saved %q, want %q", c.expect, c.good, c2.state.Get("x"), c.saved)
		}
		english := talk(t, "", `{"name":"a","kind":"question","text":"?","expect":"`+c.expect+`",`+c.extra+`"save":"x","next":"z"}`, endZ)
		english.flow.languages = []string{"en"}
		english.write("hi")
		if text := lastText(t, english.write(c.bad)); text == c.complaint || text == "" {
			t.Errorf("%s in English: %q", c.expect, text)
		}
	}
}

func TestConditionsTakeTheFirstCaseThatHolds(t *testing.T) {
	for said, want := range map[string]string{"5": "criança", "17": "jovem", "18": "adulto", "80": "adulto"} {
		c := talk(t, "", `{"name":"a","kind":"question","text":"Idade?","expect":"number","save":"idade","next":"b"}`,
			`{"name":"b","kind":"condition","cases":[{"when":"vars.idade < 12","next":"x"},{"when":"vars.idade < 18","next":"y"}],"else":"w"}`,
			`{"name":"x","kind":"end","text":"criança"}`, `{"name":"y","kind":"end","text":"jovem"}`, `{"name":"w","kind":"end","text":"adulto"}`)
		c.write("oi")
		if text := lastText(t, c.write(said)); text != want {
			t.Errorf("%s: %q, want %q", said, text, want)
		}
	}
}

func TestWhatConditionsCanRead(t *testing.T) {
	for when, want := range map[string]bool{
		`session.channel == "whatsapp"`: true, `session.language == "pt-br"`: true, `now.hour == 10`: true, `now.weekday == 1`: true,
		`now.date == "2026-11-23"`: true, `now.time startsWith "10:00"`: true, `contact.name == "ana souza"`: true, `contact.username == ""`: true,
		`contact.language contains "pt"`: true, `contact.plan == "gold"`: true, `contact.nothing ?? "x" == "x"`: true, `session.channel == "telegram"`: false,
		`contact.tags contains "vip"`: true, `contact.tags == "VIP, sul"`: true, `contact.tags contains "norte"`: false,
	} {
		c := talk(t, "", `{"name":"a","kind":"condition","cases":[{"when":"`+strings.ReplaceAll(when, `"`, `\"`)+`","next":"y"}],"else":"n"}`,
			`{"name":"y","kind":"end","text":"sim"}`, `{"name":"n","kind":"end","text":"não"}`)
		c.env.Contact.Fields, c.env.Contact.Tags = map[string]string{"plan": "gold"}, []string{"VIP", "sul"}
		if text := lastText(t, c.write("oi")); (text == "sim") != want {
			t.Errorf("%s: %q", when, text)
		}
	}
}

func TestSettingGoesLineByLine(t *testing.T) {
	c := talk(t, `"variables":{"n":2}`, `{"name":"a","kind":"set","set":[{"var":"n","to":"vars.n * 10"},{"var":"dobro","to":"vars.n * 2"},{"var":"nome","to":"upper(contact.first_name)"},{"var":"nada","to":"contact.city"}],
		"fields":[{"field":"score","to":"{{vars.dobro}} pontos"},{"field":"nick","to":"{{vars.nome}}"}],"next":"z"}`, `{"name":"z","kind":"end","text":"{{vars.nada ?? \"vazio\"}}"}`)
	effects := c.write("oi")
	var fields []string
	for _, effect := range effects {
		if effect.SetField != nil {
			fields = append(fields, effect.SetField.Name+"="+effect.SetField.Value)
		}
	}
	if strings.Join(fields, " ") != "score=40 pontos nick=ANA" || lastText(t, effects) != "vazio" {
		t.Fatalf("%v, %q", fields, lastText(t, effects))
	}
	if v := c.state.Get("n"); v.Kind != expression.Number || v.String() != "20" {
		t.Fatalf("%v", v)
	}
}

func TestHandingOff(t *testing.T) {
	const settings = `"variables":{"origem":"site"},"settings":{"team":"Geral"}`
	for _, c := range []struct {
		node string
		want HandOff
		said string
	}{
		{`{"name":"a","kind":"handoff"}`, HandOff{Team: "Geral", Reason: ReasonFlow, Fields: map[string]string{"origem": "site"}}, portuguese.handoff},
		{`{"name":"a","kind":"handoff","team":"Vendas","text":"Já vem.","note":"Veio do {{vars.origem}}.","fields":["origem"]}`,
			HandOff{Team: "Vendas", Reason: ReasonFlow, Note: "Veio do site.", Fields: map[string]string{"origem": "site"}}, "Já vem."},
	} {
		customer := talk(t, settings, c.node)
		effects := customer.write("oi")
		if got := *effects[len(effects)-1].HandOff; !reflect.DeepEqual(got, c.want) || lastText(t, effects) != c.said {
			t.Errorf("%+v after %q", got, lastText(t, effects))
		}
		if customer.state.Status != HandedOff {
			t.Errorf("status %s", customer.state.Status)
		}
	}
}

func TestASilentCustomerMayBeHandedOff(t *testing.T) {
	c := talk(t, `"settings":{"idle":{"minutes":5,"next":"b"}}`, askA, endZ, `{"name":"b","kind":"handoff","team":"Resgate"}`)
	c.write("oi")
	if c.timer.AtMS-c.env.NowMS != 5*60_000 {
		t.Fatalf("the timer is set for %d ms", c.timer.AtMS-c.env.NowMS)
	}
	effects := c.write("!idle")
	if got := effects[len(effects)-1].HandOff; got == nil || got.Reason != ReasonExpired || got.Team != "Resgate" {
		t.Fatalf("%+v", got)
	}
}

// The stored form of a session is a contract with the rows in the database: a
// change here needs a new version and a reader for the old one.
func TestTheStoredFormOfASession(t *testing.T) {
	state := State{
		Status: Waiting, Node: "menu", Seq: 12, Asked: 11, Misses: 1, Page: 2, Pending: "oi", Idles: 1, Lang: 1, StartedMS: 1795438800000, HourMS: 498733, HourTurns: 3,
		Vars: []Var{{"idade", Value{expression.OfNumber(40.5)}}, {"nome", Value{expression.Of("Ana \"A\" Souza\n")}}, {"vazio", Value{}}, {"vip", Value{expression.OfFlag(true)}}},
	}
	const want = `{"v":1,"s":"waiting","n":"menu","q":12,"a":11,"m":1,"p":2,"g":"oi","i":1,"l":1,"t":1795438800000,"h":498733,"c":3,` +
		`"x":{"idade":40.5,"nome":"Ana \"A\" Souza\n","vazio":"","vip":true}}`
	if got := state.Encode(); got != want {
		t.Fatalf("%s\nwant\n%s", got, want)
	}
	back, err := Decode(want)
	if err != nil || !reflect.DeepEqual(back, state) {
		t.Fatalf("%+v, %v", back, err)
	}
}
