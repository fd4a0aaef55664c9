package flow

import (
	"strings"
	"testing"

	"prosa/internal/base/fault"
)

func TestUnreadableFlowsInBothLanguages(t *testing.T) {
	for _, c := range []struct{ name, text, field, pt, en string }{
		{"an unknown field of a node", wrapped(strings.Replace(askA, `"text"`, `"txt":"x","text"`, 1) + "," + endZ), "nodes.a",
			`Não dá para ler o fluxo: o campo "txt" não existe.`, `The flow can't be read: txt: there is no such field.`},
		{"a text for a number", wrapped(strings.Replace(askA, `"save"`, `"min":"2","save"`, 1) + "," + endZ), "nodes.a",
			`Não dá para ler o fluxo: no campo "min" não cabe um texto.`, `The flow can't be read: min: a JSON string does not belong here.`},
		{"a list for a text", wrapped(strings.Replace(askA, `"nome"`, `[1]`, 1) + "," + endZ), "nodes.a",
			`Não dá para ler o fluxo: no campo "save" não cabe uma lista.`, ``},
		{"a field twice", wrapped(endZ + "," + strings.Replace(askA, `"text"`, `"text":"x","text"`, 1)), "nodes.a.text",
			`Não dá para ler o fluxo: o campo "nodes.1.text" aparece duas vezes.`, ``},
		{"an unknown kind", wrapped(`{"name":"a","kind":"script"}`), "nodes.a", `Não dá para ler o fluxo: não existe passo do tipo "script".`, ``},
		{"too many nodes", wrapped(strings.Repeat(endZ+",", 2001) + endZ), "", `Não dá para ler o fluxo: o fluxo é grande demais; o máximo é 2000 passos, este tem 2002.`, ``},
		{"a later schema", strings.Replace(wrapped(askA+","+endZ), `"schema":1`, `"schema":2`, 1), "schema", `Não dá para ler o fluxo: esta versão do Prosa lê o formato 1, e este fluxo é do formato 2.`, ``},
		{"a nameless language", wrapped(`{"name":"a","kind":"end","text":{"":"x"}}`), "nodes.a", `Não dá para ler o fluxo: no campo "text" falta o nome do idioma do texto.`, ``},
		{"cut off", wrapped(askA)[:60], "", `não é um JSON válido.`, `not valid JSON.`},
		{"too deep", strings.Repeat("[", 1000), "", `Não dá para ler o fluxo: há campos demais uns dentro dos outros; o máximo é 16 níveis.`, ``},
		{"NUL", wrapped(strings.ReplaceAll(askA, "Nome", `\u0000`)), "", `Não dá para ler o fluxo: o texto contém o caractere NUL, que nenhum canal aceita.`, ``},
	} {
		_, err := Parse([]byte(c.text))
		known, ok := err.(*fault.Error)
		if !ok || c.field != "" && known.Field != c.field {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if pt := Unreadable(err, "pt-BR"); !strings.HasSuffix(pt, c.pt) {
			t.Errorf("%s: %s", c.name, pt)
		}
		if en := Unreadable(err, "en"); !strings.HasSuffix(en, c.en) || en == "" {
			t.Errorf("%s: %s", c.name, en)
		}
	}
}

// Nothing that Parse says of the corpus stays English in Portuguese.
func TestNoEnglishInUnreadableFlows(t *testing.T) {
	for _, c := range hostileDefinitions(t) {
		if _, err := Parse([]byte(c.text)); err != nil {
			if pt := Unreadable(err, "pt-BR"); strings.Contains(pt, " the ") || strings.Contains(pt, "there is") || strings.Contains(pt, "não foi entendido") {
				t.Errorf("%s: %s", c.name, pt)
			}
		}
	}
}
