package flow

import (
	"encoding/json"
	"testing"

	"prosa/internal/message"
)

const (
	sendT = `{"name":"t","kind":"template","template":"pedido_pronto","language":"pt_BR","values":{"1":"{{contact.name}}","button.1":"{{vars.pedido}}"},"next":"y","on_error":"n"}`
	sentY = `{"name":"y","kind":"end","text":"Feito."}`
	sentN = `{"name":"n","kind":"handoff","text":"Não deu."}`
	askP  = `{"name":"a","kind":"question","text":"Pedido?","expect":"text","save":"pedido","next":"t"}`
)

func TestATemplateIsFilledInAndSent(t *testing.T) {
	c := talk(t, "", askP, sendT, sentY, sentN)
	c.write("oi")
	c.write("A12")
	var asked TemplateRequest
	if c.ask == nil || c.ask.Kind != "template.fill" || json.Unmarshal(c.ask.Request, &asked) != nil {
		t.Fatalf("no template is asked for: %+v", c.ask)
	}
	if asked.Name != "pedido_pronto" || asked.Language != "pt_BR" || asked.Values["1"] != "Ana Souza" || asked.Values["button.1"] != "A12" {
		t.Errorf("%+v", asked)
	}
	body, err := json.Marshal(map[string]any{"content": message.Content{Kind: message.Template, Text: "Olá", Template: &message.TemplateRef{Name: "pedido_pronto", Language: "pt_BR"}}})
	if err != nil {
		t.Fatal(err)
	}
	effects := c.answered(true, 0, string(body))
	if len(effects) == 0 || effects[0].Send == nil || effects[0].Send.Template == nil || effects[0].Send.Template.Name != "pedido_pronto" {
		t.Fatalf("%+v", effects)
	}
	if c.state.Status != Ended {
		t.Errorf("the conversation is %s", c.state.Status)
	}
}

func TestATemplateThatCannotBeSentTakesItsOtherWay(t *testing.T) {
	for name, answer := range map[string]Answer{
		"refused":      {Error: "WhatsApp has paused the template"},
		"no content":   {OK: true, Body: `{}`},
		"another kind": {OK: true, Body: `{"content":{"kind":"text","text":"x"}}`},
		"no JSON":      {OK: true, Body: `<html>`},
	} {
		c := talk(t, "", askP, sendT, sentY, sentN)
		c.write("oi")
		c.write("A12")
		effects := c.answered(answer.OK, 0, answer.Body)
		if len(effects) == 0 || effects[0].Send == nil || effects[0].Send.Text != "Não deu." || c.state.Status != HandedOff {
			t.Errorf("%s: %+v", name, effects)
		}
	}
}

func TestTemplatesAreCheckedWhereTheyAreKnown(t *testing.T) {
	definition, err := Parse([]byte(wrapped(askP + "," + sendT + "," + sentY + "," + sentN)))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		known []string
		want  int
	}{{nil, 0}, {[]string{}, 1}, {[]string{"pedido_pronto/en_US"}, 1}, {[]string{"pedido_pronto/pt_BR"}, 0}} {
		flow, issues := Compile(definition, Options{Templates: c.known})
		if flow == nil || len(issues) != c.want {
			t.Errorf("%v: %v", c.known, issues)
		}
		for _, issue := range issues {
			if issue.Code != codeTemplateUnknown || issue.Weight != Warning || issue.Node != "t" {
				t.Errorf("%+v", issue)
			}
		}
	}
}
