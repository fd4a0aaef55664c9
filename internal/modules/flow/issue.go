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
	Flow   string   `json:"flow,omitempty"` // key of the other flow that it is about
	Node   string   `json:"node,omitempty"`
	Code   string   `json:"code"`
	Args   []string `json:"args,omitempty"`
}

// The codes of issues.
const (
	codeName          = "bad_name"
	codeTwice         = "name_twice"
	codeMissing       = "missing"
	codeLanguage      = "bad_language"
	codeOptions       = "bad_count"
	codeBounds        = "out_of_bounds"
	codeRange         = "min_over_max"
	codeReserved      = "reserved_word"
	codeExpect        = "unknown_expectation"
	codeOneContent    = "two_contents"
	codeMedia         = "unknown_media"
	codePlace         = "bad_place"
	codeVariable      = "bad_variable"
	codePath          = "unknown_value"
	codeExpression    = "bad_expression"
	codeTooLong       = "text_too_long"
	codeTitleCut      = "title_cut"
	codeNumbered      = "shown_as_numbers"
	codeUntranslated  = "not_translated"
	codeDeadEnd       = "dead_end"
	codeNowhere       = "leads_nowhere"
	codeUnreachable   = "unreachable"
	codeCycle         = "cycle_without_wait"
	codeBurst         = "too_many_messages"
	codeLong          = "too_many_steps"
	codeUnset         = "variable_not_set"
	codeEmail         = "bad_email"
	codeWait          = "bad_wait"
	codeClock         = "bad_clock"
	codeWindow        = "wait_over_window"
	codeOneTarget     = "two_targets"
	codeScale         = "bad_scale"
	codeZone          = "unknown_zone"
	codeHolidays      = "unknown_holidays"
	codeSpan          = "bad_span"
	codeOverlap       = "overlap"
	codeDay           = "bad_day"
	codeNeverOpen     = "never_open"
	codeMethod        = "bad_method"
	codeURL           = "bad_url"
	codeHeader        = "bad_header"
	codeBody          = "body_of_get"
	codeNotJSON       = "not_json"
	codeAnswerPath    = "bad_path"
	codeSecretPlace   = "secret_out_of_place"
	codeSecretName    = "bad_secret_name"
	codeSecretUnknown = "unknown_secret"
	codeFlowMissing   = "unknown_flow"
	codeFlowCycle     = "flow_cycle"
	codeFlowDepth     = "flow_too_deep"
	codeFlowCount     = "too_many_flows"
	codeOutcome       = "unknown_outcome"
	codeParameter     = "unknown_parameter"
	codeResult        = "unknown_result"
	codeNoReturn      = "never_returns"
	codeCycleTimed    = "cycle_of_waits"
	codeNoPerson      = "no_person"
)

// Sentence says the issue in words that a lay person understands; lang is "en"
// or anything else for Brazilian Portuguese.
func (i Issue) Sentence(lang string) string {
	pt, en := sentence(i.Code)
	text := pt
	if lang == "en" {
		text = en
	}
	// In one pass: an argument may hold a "$" of its own.
	pairs := make([]string, 0, 10)
	for n := range 5 {
		arg := ""
		if n < len(i.Args) {
			arg = i.Args[n]
		}
		pairs = append(pairs, "$"+itoa(n+1), arg)
	}
	return strings.NewReplacer(pairs...).Replace(text)
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
		return "Uma mensagem leva um arquivo, um lugar, um contato ou um link: só um deles.", "A message holds a file, a place, a contact or a link: one of them."
	case codeMedia:
		return "Não existe arquivo do tipo \"$1\".", "There is no medium of kind \"$1\"."
	case codePlace:
		return "Esse lugar não existe no mapa.", "That place is not on the map."
	case codeVariable:
		return "\"$2\" não serve como nome em $1: use letras minúsculas sem acento, números e _.", "\"$2\" won't do as a name in $1: use lower-case letters, digits and _."
	case codePath:
		return "Em $1, \"$2\" não existe. Use vars.nome, contact.name, now.hour...", "In $1, \"$2\" does not exist. Use vars.name, contact.name, now.hour..."
	case codeExpression:
		return "Em $1 há um erro de escrita: $3", "In $1 there is a mistake: $2"
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
	case codeEmail:
		return "\"$1\" não é um e-mail.", "\"$1\" is not an e-mail address."
	case codeWait:
		return "Diga uma espera só, de 1 segundo a 30 dias, ou a hora até quando esperar.", "Give one length of wait, from 1 second to 30 days, or the time to wait until."
	case codeClock:
		return "Em $1, \"$2\" não é uma hora. Exemplo: 09:00", "In $1, \"$2\" is not a time. Example: 09:00"
	case codeWindow:
		return "Depois de uma espera tão longa, o $1 pode não aceitar mais mensagens do robô: passaram 24 horas da última mensagem do cliente.", "After so long a wait $1 may no longer take messages of the bot: 24 hours have passed since the customer's last message."
	case codeOneTarget:
		return "Um desvio leva a um passo ou a outro fluxo, não aos dois.", "A jump leads to a step or to another flow, not both."
	case codeScale:
		return "A nota vai até 5 ou até 10, não até $1.", "A rating goes to 5 or to 10, not to $1."
	case codeZone:
		return "\"$1\" não é um fuso do Brasil. Exemplo: America/Manaus", "\"$1\" is not a time zone of Brazil. Example: America/Manaus"
	case codeHolidays:
		return "Não conheço os feriados \"$1\": use \"br\" ou \"none\".", "There are no holidays \"$1\": use \"br\" or \"none\"."
	case codeSpan:
		return "Em $1, cada horário tem começo e fim, como 09:00 e 18:00.", "In $1, each opening time has a beginning and an end, such as 09:00 and 18:00."
	case codeOverlap:
		return "Em $1 há horários que se cruzam.", "In $1 there are times that overlap."
	case codeDay:
		return "Em $1, \"$2\" não é um dia. Exemplo: 2026-12-24", "In $1, \"$2\" is not a day. Example: 2026-12-24"
	case codeNeverOpen:
		return "Nenhum dia da semana tem horário: sempre estará fechado.", "No day of the week has opening times: it will always be closed."
	case codeMethod:
		return "\"$1\" não é um método: use GET, POST, PUT, PATCH ou DELETE.", "\"$1\" is not a method: use GET, POST, PUT, PATCH or DELETE."
	case codeURL:
		return "O endereço precisa começar com https:// e um servidor fixo; valores só podem vir depois da primeira barra.", "The address must begin with https:// and a fixed host; values may only come after the first slash."
	case codeHeader:
		return "O cabeçalho \"$1\" não pode ser usado.", "The header \"$1\" can't be used."
	case codeBody:
		return "Um pedido GET não leva corpo: use POST.", "A GET request has no body: use POST."
	case codeNotJSON:
		return "O texto de \"$1\" não é um JSON válido.", "The text of \"$1\" is not valid JSON."
	case codeAnswerPath:
		return "\"$1\" não é um caminho na resposta. Exemplo: pedido.itens.0.nome", "\"$1\" is not a path in the answer. Example: order.items.0.name"
	case codeSecretPlace:
		return "O segredo \"$1\" só pode ser usado sozinho em {{ }}, no endereço, nos cabeçalhos ou no corpo de uma chamada.", "The secret \"$1\" may only stand alone in {{ }}, in the address, headers or body of a web call."
	case codeSecretName:
		return "\"$1\" não serve como nome de segredo: use letras sem acento, números e _, até 40.", "\"$1\" won't do as the name of a secret: use letters, digits and _, at most 40."
	case codeSecretUnknown:
		return "O segredo \"$1\" ainda não foi cadastrado.", "The secret \"$1\" has not been stored yet."
	case codeFlowMissing:
		return "O fluxo \"$1\" não existe ou ainda não foi publicado.", "The flow \"$1\" does not exist or is not published yet."
	case codeFlowCycle:
		return "Os fluxos chamam uns aos outros em círculo: $1.", "The flows call each other in a circle: $1."
	case codeFlowDepth:
		return "São $1 fluxos um dentro do outro; o máximo é $2.", "There are $1 flows within each other; the most is $2."
	case codeFlowCount:
		return "São mais de $1 fluxos ligados a este.", "More than $1 flows belong to this one."
	case codeOutcome:
		return "O fluxo \"$1\" não tem o resultado \"$2\".", "The flow \"$1\" has no outcome \"$2\"."
	case codeParameter:
		return "O fluxo \"$1\" não tem uma variável inicial \"$2\" para receber o valor.", "The flow \"$1\" has no first variable \"$2\" to take the value."
	case codeResult:
		return "O fluxo \"$1\" nunca dá valor a \"$2\".", "The flow \"$1\" never sets \"$2\"."
	case codeNoReturn:
		return "O fluxo \"$1\" nunca volta: não tem nenhum passo \"voltar\" que se alcance.", "The flow \"$1\" never comes back: it has no return step that can be reached."
	case codeCycleTimed:
		return "A conversa pode dar voltas só com esperas, sem o cliente escrever: $1. Depois de algumas voltas uma pessoa é chamada.", "The conversation can go round with waits alone, without the customer writing: $1. After some rounds a person is called."
	case codeNoPerson:
		return "Daqui o cliente não consegue chegar a uma pessoa: este passo não ouve \"atendente\" e nenhum caminho leva a alguém.", "From here the customer can't reach a person: this step does not listen for \"agent\" and no way leads to one."
	default:
		return code, code
	}
}
