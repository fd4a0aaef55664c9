package flow

import (
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/base/fault"
)

// Unreadable says an error of Parse in words for the flow's author; lang is "en"
// or anything else for Brazilian Portuguese. Whoever meets one has written JSON,
// so fields keep their names here.
func Unreadable(err error, lang string) string {
	said := fault.MessageOf(err)
	if lang == "en" {
		return "The flow can't be read: " + said + "."
	}
	place, rest, found := strings.Cut(said, ": ")
	if !found || strings.ContainsAny(place, " \"") {
		place, rest = "", said
	}
	return "Não dá para ler o fluxo: " + translated(place, rest) + "."
}

// translated says in Portuguese what Parse says of a place; the numbers of a limit
// stand behind it as they are.
func translated(place, said string) string {
	here := "aqui"
	if place != "" {
		here = `no campo "` + place + `"`
	}
	kind, wrong := strings.CutPrefix(said, "a JSON ")
	kind, also := strings.CutSuffix(kind, " does not belong here")
	switch {
	case wrong && also:
		return here + " não cabe " + jsonKind(kind)
	case said == "there is no such field":
		return `o campo "` + place + `" não existe`
	case said == "the field comes twice":
		return `o campo "` + place + `" aparece duas vezes`
	case said == "not valid JSON":
		return strings.TrimPrefix(here+" ", "aqui ") + "o texto não é um JSON válido"
	case said == "a text needs the name of its language":
		return here + " falta o nome do idioma do texto"
	case said == "a value is a text, a number, true or false":
		return here + " só cabe um texto, um número, true ou false"
	case said == "in version 0 the nodes are an object by name":
		return "na versão 0, os passos são um objeto por nome"
	case said == "a flow must not hold the character NUL: no channel and no database takes it":
		return "o texto contém o caractere NUL, que nenhum canal aceita"
	}
	for _, limit := range []struct{ en, pt string }{
		{"there is no kind of node ", "não existe passo do tipo "},
		{"this engine reads version ", "esta versão do Prosa lê o formato "},
		{"a flow has at most ", "o fluxo é grande demais; o máximo é "},
		{"a flow is nested at most ", "há campos demais uns dentro dos outros; o máximo é "},
	} {
		if rest, found := strings.CutPrefix(said, limit.en); found {
			return limit.pt + strings.NewReplacer(", this one has ", ", este tem ", ", the flow is of version ", ", e este fluxo é do formato ", " nodes", " passos", " deep", " níveis").Replace(rest)
		}
	}
	return here + " o valor não foi entendido"
}

// jsonKind names a kind of JSON value with its article.
func jsonKind(kind string) string {
	switch kind {
	case "string":
		return "um texto"
	case "number":
		return "um número"
	case "true", "false":
		return "um verdadeiro ou falso"
	case "null":
		return "um valor vazio (null)"
	case "[", "array":
		return "uma lista"
	default:
		return "um objeto"
	}
}

// place turns the place of a JSON error into a field path that calls a node by
// its name ("nodes.menu.text").
func place(text []byte, err error) string {
	path := pointer(err)
	rest, inside := strings.CutPrefix(path, "nodes.")
	if !inside {
		return path
	}
	number, rest, deeper := strings.Cut(rest, ".")
	var names struct {
		Nodes []struct {
			Name any `json:"name"`
		} `json:"nodes"`
	}
	// What is before the error is read; the error itself is known already.
	_ = json.Unmarshal(text, &names, jsontext.AllowDuplicateNames(true))
	for i, node := range names.Nodes {
		if name, ok := node.Name.(string); ok && itoa(i) == number {
			number = strings.TrimPrefix(field(i, name), "nodes.")
			break
		}
	}
	if deeper {
		number += "." + rest
	}
	return "nodes." + number
}
