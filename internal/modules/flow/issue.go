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

	flow *Definition // that it is about, for what its author calls things
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
	codeOneShelf      = "one_shelf"
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
	codeNoReply       = "no_reply"
	codeEvent         = "unknown_event"
	codeAppButton     = "no_app_button"
	codePart          = "unknown_part"
	codeOtherwise     = "shown_otherwise"
	codeRefused       = "refused_there"

	codeTemplateUnknown = "unknown_template"
)

// Mild reports whether the issue only tells that a channel shows something in
// another form: no fault of the flow.
func (i Issue) Mild() bool { return i.Code == codeOtherwise }

// Sentence says the issue in words that a lay person understands; lang is "en"
// or anything else for Brazilian Portuguese. Fields and exits come as the
// builder shows them, while Args keep their names in the JSON text.
func (i Issue) Sentence(lang string) string {
	pt, en := sentence(i.code())
	text := pt
	if lang == "en" {
		text = en
	}
	args := i.shown(lang)
	// In one pass: an argument may hold a "$" of its own.
	pairs := make([]string, 0, 2*len(args))
	for gap, arg := range args {
		pairs = append(pairs, gap, arg)
	}
	return sentenceCase(strings.NewReplacer(pairs...).Replace(text))
}

// Sentences of codes that read better with another for some arguments.
const (
	sayNoNodes  = "no_nodes"
	sayTooMany  = "too_many"
	sayNoLimits = "text_too_long_anywhere"
)

// code gives the code whose sentence fits the arguments best.
func (i Issue) code() string {
	switch {
	case i.Code == codeNowhere && i.arg(1) == "":
		return codeDeadEnd
	case i.Code == codeMissing && i.arg(0) == "nodes":
		return sayNoNodes
	case i.Code == codeTooLong && i.arg(1) == "":
		return sayNoLimits
	case i.Code == codeOptions && i.arg(2) != "" && i.arg(0) == "0":
		return codeMissing
	case i.Code == codeOptions && i.arg(2) != "":
		return sayTooMany
	default:
		return i.Code
	}
}

func (i Issue) arg(n int) string {
	if n < len(i.Args) {
		return i.Args[n]
	}
	return ""
}

// shown gives the gaps of a sentence: $1 to $5 are the arguments as an author
// knows them, $in is the first with its preposition.
func (i Issue) shown(lang string) map[string]string {
	args := make([]string, 5)
	copy(args, i.Args)
	w := wording{english: lang == "en", flow: i.flow}
	if i.flow != nil {
		for _, node := range i.flow.Nodes {
			if node.head().Name == i.Node && i.Node != "" {
				w.node = node
				break
			}
		}
	}
	switch i.Code {
	case codeDeadEnd, codeNowhere, codeNoReply:
		args[0] = w.exit(args[0])
	case codeMissing, codeBounds, codePath, codeExpression, codeUnset, codeClock, codeSpan, codeOverlap, codeDay, codeNotJSON:
		args[0] = w.field(args[0])
	case codeOptions:
		args[2] = w.field(args[2])
		if i.code() == codeMissing {
			args[0] = args[2]
		} else if i.code() == sayTooMany {
			args[0], args[2] = args[2], args[0]
		}
	case codeTooLong:
		args[0], args[1] = w.field(args[0]), channelTitle(args[1])
	case codeTitleCut:
		if n, ok := w.node.(*choiceNode); ok {
			args[0] = w.option(n, args[0])
		} else {
			args[0] = w.pick("a opção ", "the option ") + quoted(args[0])
		}
		args[1] = channelTitle(args[1])
	case codeOtherwise, codeRefused:
		args[0], args[1] = w.carried(args[0]), channelTitle(args[1])
	case codeNumbered, codeWindow:
		args[0] = channelTitle(args[0])
	case codeUntranslated:
		args[0], args[1] = w.field(args[0]), w.language(args[1])
	}
	gaps := map[string]string{"$in": w.within(args[0])}
	for n, arg := range args {
		gaps["$"+itoa(n+1)] = arg
	}
	return gaps
}

func sentence(code string) (pt, en string) {
	switch code {
	case codeName:
		return "O nome \"$1\" não serve: use letras, números, - ou _, até 40.", "The name \"$1\" won't do: use letters, digits, - or _, at most 40."
	case codeTwice:
		return "O nome \"$1\" já está em uso.", "The name \"$1\" is already taken."
	case codeMissing:
		return "Falta preencher $1.", "Fill in $1."
	case codeLanguage:
		return "O idioma \"$1\" não é um dos idiomas deste fluxo.", "The language \"$1\" is not one of this flow's."
	case codeOptions:
		return "São $1 itens; precisa ter de 1 a $2.", "There are $1 items; there must be 1 to $2."
	case codeBounds:
		return "$1 precisa ficar entre $2 e $3.", "$1 must be between $2 and $3."
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
		return "\"$2\" não serve como nome: use letras minúsculas sem acento, números e _.", "\"$2\" won't do as a name: use lower-case letters, digits and _."
	case codePath:
		return "$in, \"$2\" não existe. Use vars.nome, contact.name, now.hour...", "$in, \"$2\" does not exist. Use vars.name, contact.name, now.hour..."
	case codeExpression:
		return "$in há um erro de escrita: $3", "$in there is a mistake: $2"
	case codeTooLong:
		return "$1 tem $4 caracteres; no $2 cabem $5.", "$1 has $4 characters; $2 carries $5."
	case codeTitleCut:
		return "$1 apareceria cortada no $2: \"$4\".", "$1 would be cut on $2: \"$4\"."
	case codeNumbered:
		return "No $1 as $2 opções aparecem como texto numerado.", "On $1 the $2 options are shown as numbered text."
	case codeUntranslated:
		return "$1 não tem tradução para $2.", "$1 has no translation to $2."
	case codeDeadEnd:
		return "$1 não leva a lugar nenhum: ligue a um próximo passo.", "$1 leads nowhere: connect it to a next step."
	case codeNowhere:
		return "$1 leva a \"$2\", que não existe.", "$1 leads to \"$2\", which does not exist."
	case codeUnreachable:
		return "Nenhum caminho chega aqui.", "No path leads here."
	case codeCycle:
		return "A conversa daria voltas sem esperar o cliente: $1.", "The conversation would go in circles without waiting for the customer: $1."
	case codeBurst:
		return "A partir daqui o cliente receberia $1 mensagens de uma vez; o máximo é $2. Junte textos ou espere uma resposta.", "From here the customer would get $1 messages at once; the most is $2. Join texts or wait for an answer."
	case codeLong:
		return "A partir daqui a conversa passaria por $1 passos sem esperar o cliente; o máximo é $2.", "From here the conversation would take $1 steps without waiting for the customer; the most is $2."
	case codeUnset:
		return "$in é usada a variável \"$2\", que ainda não tem valor em algum dos caminhos até aqui.", "$in, the variable \"$2\" is used, which has no value yet on some path to here."
	case codeEmail:
		return "\"$1\" não é um e-mail.", "\"$1\" is not an e-mail address."
	case codeWait:
		return "Diga uma espera só, de 1 segundo a 30 dias, ou a hora até quando esperar.", "Give one length of wait, from 1 second to 30 days, or the time to wait until."
	case codeClock:
		return "$in, \"$2\" não é uma hora. Exemplo: 09:00", "$in, \"$2\" is not a time. Example: 09:00"
	case codeWindow:
		return "Depois de uma espera tão longa, o $1 pode não aceitar mais mensagens do bot: terão passado 24 horas da última mensagem do cliente.", "After so long a wait $1 may no longer take messages of the bot: 24 hours will have passed since the customer's last message."
	case codeOneTarget:
		return "Um desvio leva a um passo ou a outro bot, não aos dois.", "A jump leads to a step or to another bot, not both."
	case codeScale:
		return "A nota vai até 5 ou até 10, não até $1.", "A rating goes to 5 or to 10, not to $1."
	case codeZone:
		return "\"$1\" não é um fuso do Brasil. Exemplo: America/Manaus", "\"$1\" is not a time zone of Brazil. Example: America/Manaus"
	case codeHolidays:
		return "Os feriados \"$1\" não existem: use \"br\" (nacionais) ou \"none\" (nenhum).", "There are no holidays \"$1\": use \"br\" (national) or \"none\"."
	case codeSpan:
		return "$in, cada período tem começo e fim, como 09:00 e 18:00.", "$in, each period has a beginning and an end, such as 09:00 and 18:00."
	case codeOverlap:
		return "$in há períodos que se cruzam.", "$in there are periods that overlap."
	case codeDay:
		return "$in, \"$2\" não é um dia. Exemplo: 2026-12-24", "$in, \"$2\" is not a day. Example: 2026-12-24"
	case codeNeverOpen:
		return "Nenhum dia da semana tem horário: sempre estará fechado.", "No day of the week has opening times: it will always be closed."
	case codeOneShelf:
		return "Diga o que mostrar: produtos escolhidos, uma coleção, uma busca ou o catálogo inteiro, um só deles.", "Say what to show: chosen products, a collection, a search or the whole catalog, one of them only."
	case codeMethod:
		return "\"$1\" não é um método: use GET, POST, PUT, PATCH ou DELETE.", "\"$1\" is not a method: use GET, POST, PUT, PATCH or DELETE."
	case codeURL:
		return "O endereço precisa começar com https:// e um servidor fixo; valores só podem vir depois da primeira barra.", "The address must begin with https:// and a fixed host; values may only come after the first slash."
	case codeHeader:
		return "O cabeçalho \"$1\" não pode ser usado.", "The header \"$1\" can't be used."
	case codeBody:
		return "Um pedido GET não leva corpo: use POST.", "A GET request has no body: use POST."
	case codeNotJSON:
		return "$1 não é um JSON válido.", "$1 is not valid JSON."
	case codeAnswerPath:
		return "\"$1\" não é um caminho na resposta. Exemplo: pedido.itens.0.nome", "\"$1\" is not a path in the answer. Example: order.items.0.name"
	case codeSecretPlace:
		return "O segredo \"$1\" só pode ser usado sozinho em {{ }}, no endereço, nos cabeçalhos ou no corpo de uma chamada.", "The secret \"$1\" may only stand alone in {{ }}, in the address, headers or body of a web call."
	case codeSecretName:
		return "\"$1\" não serve como nome de segredo: use letras sem acento, números e _, até 40.", "\"$1\" won't do as the name of a secret: use letters, digits and _, at most 40."
	case codeSecretUnknown:
		return "O segredo \"$1\" ainda não foi cadastrado.", "The secret \"$1\" has not been stored yet."
	case codeTemplateUnknown:
		return "O modelo \"$1\" em $2 não está aprovado no WhatsApp: até lá este passo segue pela saída de erro.", "The template \"$1\" in $2 is not approved at WhatsApp: until then this step takes its error exit."
	case codeFlowMissing:
		return "O bot \"$1\" não existe ou ainda não foi publicado.", "The bot \"$1\" does not exist or is not published yet."
	case codeFlowCycle:
		return "Os bots chamam uns aos outros em círculo: $1.", "The bots call each other in a circle: $1."
	case codeFlowDepth:
		return "São $1 bots um dentro do outro; o máximo é $2.", "There are $1 bots within each other; the most is $2."
	case codeFlowCount:
		return "São mais de $1 bots ligados a este.", "More than $1 bots belong to this one."
	case codeOutcome:
		return "O bot \"$1\" não tem o resultado \"$2\".", "The bot \"$1\" has no outcome \"$2\"."
	case codeParameter:
		return "O bot \"$1\" não tem uma variável inicial \"$2\" para receber o valor.", "The bot \"$1\" has no first variable \"$2\" to take the value."
	case codeResult:
		return "O bot \"$1\" nunca dá valor a \"$2\".", "The bot \"$1\" never sets \"$2\"."
	case codeNoReturn:
		return "O bot \"$1\" nunca volta: não tem nenhum passo \"voltar\" que se alcance.", "The bot \"$1\" never comes back: it has no return step that can be reached."
	case codeCycleTimed:
		return "A conversa pode dar voltas só com esperas, sem o cliente escrever: $1. Depois de algumas voltas uma pessoa é chamada.", "The conversation can go round with waits alone, without the customer writing: $1. After some rounds a person is called."
	case codeNoPerson:
		return "Daqui o cliente não consegue chegar a uma pessoa: este passo não ouve \"atendente\" e nenhum caminho leva a alguém.", "From here the customer can't reach a person: this step does not listen for \"agent\" and no way leads to one."
	case codeEvent:
		return "Não existe acontecimento do tipo \"$1\".", "There is no event of type \"$1\"."
	case codeAppButton:
		return "O aplicativo só tem botão para localização, telefone e e-mail.", "The app has a button for places, phone numbers and e-mail addresses only."
	case codePart:
		return "\"$2\" não é uma parte desta resposta.", "\"$2\" is no part of this answer."
	case codeOtherwise:
		return "No $2, $1.", "On $2, $1."
	case codeRefused:
		return "No $2, $1.", "On $2, $1."
	case codeNoReply:
		return "$1 leva ao fim sem nenhuma resposta ao cliente: escreva um texto em \"$2\".", "$1 leads to the end without any reply to the customer: write a text in \"$2\"."
	case sayNoNodes:
		return "O fluxo ainda não tem passos.", "The flow has no steps yet."
	case sayTooMany:
		return "$in há $3 itens; o máximo é $2.", "$in there are $3 items; the most is $2."
	case sayNoLimits:
		return "$1 tem $4 caracteres; o máximo é $5.", "$1 has $4 characters; the most is $5."
	default:
		return code, code
	}
}
