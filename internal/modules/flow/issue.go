package flow

import "strings"

// Weight says whether an issue keeps a flow from being published.
type Weight string

// Weights.
const (
	Error   Weight = "error"
	Warning Weight = "warning"
)

// Issue is something that Compile found, about a node or, with an empty Node,
// about the flow. Code is stable; Sentence is for people.
type Issue struct {
	Weight Weight   `json:"weight"`
	Node   string   `json:"node,omitempty"`
	Code   string   `json:"code"`
	Args   []string `json:"args,omitempty"`
}

// The codes of issues.
const (
	codeName         = "bad_name"
	codeTwice        = "name_twice"
	codeMissing      = "missing"
	codeLanguage     = "bad_language"
	codeOptions      = "bad_count"
	codeBounds       = "out_of_bounds"
	codeRange        = "min_over_max"
	codeReserved     = "reserved_word"
	codeExpect       = "unknown_expectation"
	codeOneContent   = "two_contents"
	codeMedia        = "unknown_media"
	codePlace        = "bad_place"
	codeVariable     = "bad_variable"
	codePath         = "unknown_value"
	codeExpression   = "bad_expression"
	codeTooLong      = "text_too_long"
	codeTitleCut     = "title_cut"
	codeNumbered     = "shown_as_numbers"
	codeUntranslated = "not_translated"
	codeDeadEnd      = "dead_end"
	codeNowhere      = "leads_nowhere"
	codeUnreachable  = "unreachable"
	codeCycle        = "cycle_without_wait"
	codeBurst        = "too_many_messages"
	codeLong         = "too_many_steps"
	codeUnset        = "variable_not_set"
)

// Sentence says the issue in words that a lay person understands; lang is "en"
// or anything else for Brazilian Portuguese.
func (i Issue) Sentence(lang string) string {
	pt, en := sentence(i.Code)
	text := pt
	if lang == "en" {
		text = en
	}
	for n := range 5 {
		arg := ""
		if n < len(i.Args) {
			arg = i.Args[n]
		}
		text = strings.ReplaceAll(text, "$"+itoa(n+1), arg)
	}
	return text
}

func sentence(code string) (pt, en string) {
	switch code {
	case codeName:
		return "O nome \"$1\" não serve: use letras, números, - ou _, até 40.", "The name \"$1\" won't do: use letters, digits, - or _, at most 40."
	case codeTwice:
		return "O nome \"$1\" já está em uso.", "The name \"$1\" is already taken."
	case codeMissing:
		return "Falta preencher \"$1\".", "\"$1\" is missing."
	case codeLanguage:
		return "O idioma \"$1\" não é um dos idiomas deste fluxo.", "The language \"$1\" is not one of this flow's."
	case codeOptions:
		return "São $1 itens; precisa ter de 1 a $2.", "There are $1 items; there must be 1 to $2."
	case codeBounds:
		return "\"$1\" precisa ficar entre $2 e $3.", "\"$1\" must be between $2 and $3."
	case codeRange:
		return "O mínimo é maior que o máximo: nenhuma resposta serviria.", "The minimum is above the maximum: no answer would do."
	case codeReserved:
		return "\"$1\" sempre chama uma pessoa e não pode levar a outro lugar.", "\"$1\" always calls a person and can't lead elsewhere."
	case codeExpect:
		return "Não existe pergunta do tipo \"$1\".", "There is no question of type \"$1\"."
	case codeOneContent:
		return "Uma mensagem leva um arquivo ou um lugar, não os dois.", "A message holds a file or a place, not both."
	case codeMedia:
		return "Não existe arquivo do tipo \"$1\".", "There is no medium of kind \"$1\"."
	case codePlace:
		return "Esse lugar não existe no mapa.", "That place is not on the map."
	case codeVariable:
		return "\"$2\" não serve como nome em $1: use letras minúsculas sem acento, números e _.", "\"$2\" won't do as a name in $1: use lower-case letters, digits and _."
	case codePath:
		return "Em $1, \"$2\" não existe. Use vars.nome, contact.name, now.hour...", "In $1, \"$2\" does not exist. Use vars.name, contact.name, now.hour..."
	case codeExpression:
		return "Em $1 há um erro de escrita: $2", "In $1 there is a mistake: $2"
	case codeTooLong:
		return "O texto de $1 tem $4 caracteres; no canal $2 cabem $5.", "The text of $1 has $4 characters; $2 carries $5."
	case codeTitleCut:
		return "A opção \"$1\" apareceria cortada no $2: \"$4\".", "The option \"$1\" would be cut on $2: \"$4\"."
	case codeNumbered:
		return "No $1 as $2 opções aparecem como texto numerado.", "On $1 the $2 options are shown as numbered text."
	case codeUntranslated:
		return "\"$1\" não tem tradução para $2.", "\"$1\" has no translation to $2."
	case codeDeadEnd:
		return "A saída \"$1\" não leva a lugar nenhum: ligue a um próximo passo.", "The exit \"$1\" leads nowhere: connect it to a next step."
	case codeNowhere:
		return "\"$1\" leva a \"$2\", que não existe.", "\"$1\" leads to \"$2\", which does not exist."
	case codeUnreachable:
		return "Nenhum caminho chega aqui.", "No path leads here."
	case codeCycle:
		return "A conversa daria voltas sem esperar o cliente: $1.", "The conversation would go in circles without waiting for the customer: $1."
	case codeBurst:
		return "A partir daqui o cliente receberia $1 mensagens de uma vez; o máximo é $2. Junte textos ou espere uma resposta.", "From here the customer would get $1 messages at once; the most is $2. Join texts or wait for an answer."
	case codeLong:
		return "A partir daqui a conversa passaria por $1 passos sem esperar o cliente; o máximo é $2.", "From here the conversation would take $1 steps without waiting for the customer; the most is $2."
	case codeUnset:
		return "Em $1 é usado \"vars.$2\", que ainda não tem valor em algum dos caminhos até aqui.", "$1 uses \"vars.$2\", which has no value yet on some path to here."
	default:
		return code, code
	}
}
