package change

import (
	"strings"

	"prosa/internal/message"
)

// Sentence says the change in words that a lay person understands; lang is "en"
// or anything else for Brazilian Portuguese.
func (c Change) Sentence(lang string) string {
	pt, en := c.pattern()
	text := pt
	if lang == "en" {
		text = en
	}
	before, after := c.Before, c.After
	if c.What == NodeAdded || c.What == NodeRemoved || c.Field == "kind" {
		before, after = kindName(before, lang), kindName(after, lang)
	}
	field := strings.ReplaceAll(fieldName(c.Field, lang), "$label", short(c.label(lang)))
	return strings.NewReplacer("$node", short(c.Node), "$field", field, "$item", itemKind(c.Field, lang),
		"$label", short(c.label(lang)), "$language", c.Language, "$before", short(before), "$after", short(after)).Replace(text)
}

// label is what the exit or item is called: the title, else the last name of
// the path that says something.
func (c Change) label(lang string) string {
	if c.Label != "" {
		return c.Label
	}
	if c.What == Value {
		return itemOf(c.Field)
	}
	if c.What == VariableNew || c.What == VariableGone {
		return strings.TrimPrefix(c.Field, "variables.")
	}
	parts := strings.Split(c.Field, ".")
	last := parts[len(parts)-1]
	pt, en := last, last
	switch last {
	case "next":
		if len(parts) > 1 {
			pt, en = parts[len(parts)-2], parts[len(parts)-2]
		}
		if en == "low" {
			pt, en = "nota baixa", "low score"
		}
	case "else":
		pt, en = "senão", "otherwise"
	case "on_miss":
		pt, en = "não entendi", "not understood"
	case "on_error":
		pt, en = "erro", "error"
	case "on_other":
		pt, en = "canal sem formulário", "channel without forms"
	case "on_message":
		pt, en = "o cliente escreveu", "the customer wrote"
	case "open":
		pt = "aberto"
	case "closed":
		pt = "fechado"
	}
	if lang == "en" {
		return en
	}
	return pt
}

// itemOf names the item that a field belongs to: the part before the last.
func itemOf(path string) string {
	parts := strings.Split(path, ".")
	return parts[max(0, len(parts)-2)]
}

// pattern gives the sentence with its gaps, in both languages.
func (c Change) pattern() (pt, en string) {
	switch c.What {
	case NodeAdded:
		return `Novo passo "$node" ($after).`, `New step "$node" ($after).`
	case NodeRemoved:
		return `O passo "$node" ($before) foi removido.`, `The step "$node" ($before) was removed.`
	case NodeRenamed:
		return `O passo "$before" agora se chama "$after".`, `The step "$before" is now called "$after".`
	case NodesMoved:
		return `Os passos estão em outra ordem no texto; a conversa é a mesma.`, `The steps stand in another order in the text; the conversation is the same.`
	case Exit:
		return c.exit()
	case Text:
		return c.text()
	case ItemAdded:
		if c.After != "" {
			return c.in(`entrou $item "$label", que vai para "$after".`, `there is a new $item "$label", which leads to "$after".`)
		}
		return c.in(`entrou $item "$label".`, `there is a new $item "$label".`)
	case ItemRemoved:
		return c.in(`não há mais $item "$label".`, `the $item "$label" is gone.`)
	case ItemRenamed:
		if c.Before == "" {
			return c.in(`$item sem nome agora se chama "$after".`, `a nameless $item is now called "$after".`)
		}
		return c.in(`$item "$before" agora se chama "$after".`, `the $item "$before" is now called "$after".`)
	case ItemsMoved:
		return c.in(`a ordem mudou: $after.`, `the order changed: $after.`)
	case VariableNew:
		return `Nova variável "$label", que começa com "$after".`, `New variable "$label", which begins as "$after".`
	case VariableGone:
		return `A variável "$label" foi removida.`, `The variable "$label" was removed.`
	default:
		switch {
		case c.Before == "":
			return c.in(`$field agora é "$after".`, `$field is now "$after".`)
		case c.After == "":
			return c.in(`$field ficou sem valor (era "$before").`, `$field has no value now (was "$before").`)
		default:
			return c.in(`$field agora é "$after" (era "$before").`, `$field is now "$after" (was "$before").`)
		}
	}
}

// in says where it is: in the node, or in the flow's settings.
func (c Change) in(pt, en string) (string, string) {
	if c.Node == "" {
		return "Nos ajustes do fluxo, " + pt, "In the flow's settings, " + en
	}
	return `Em "$node", ` + pt, `In "$node", ` + en
}

func (c Change) exit() (pt, en string) {
	pt, en = `A saída "$label" de "$node"`, `The exit "$label" of "$node"`
	switch {
	case c.Field == "start":
		pt, en = "O início da conversa", "The conversation's start"
	case c.Field == "settings.menu":
		pt, en = `A palavra "menu"`, `The word "menu"`
	case c.Field == "settings.on_error":
		pt, en = "O caminho depois de uma falha", "The way after a failure"
	case c.Field == "settings.idle.next":
		pt, en = "O caminho depois do silêncio do cliente", "The way after the customer's silence"
	case c.Node == "":
		pt, en = `A palavra "$label"`, `The word "$label"`
	case c.Label == "" && (c.Field == "next" || c.Field == "to"):
		pt, en = `O próximo passo de "$node"`, `The next step of "$node"`
	}
	switch {
	case c.After == "":
		return pt + ` não leva mais a lugar nenhum (ia para "$before").`, en + ` leads nowhere now (it led to "$before").`
	case c.Before == "":
		return pt + ` agora vai para "$after".`, en + ` now leads to "$after".`
	default:
		return pt + ` agora vai para "$after" (ia para "$before").`, en + ` now leads to "$after" (it led to "$before").`
	}
}

func (c Change) text() (pt, en string) {
	pt, en = `$field`, `$field`
	if c.Label != "" {
		pt, en = `$field de "$label"`, `$field of "$label"`
	}
	if c.Language != "" {
		pt, en = pt+" ($language)", en+" ($language)"
	}
	switch {
	case c.After == "":
		return c.in(pt+` não existe mais: "$before"`, en+` is gone: "$before"`)
	case c.Before == "":
		return c.in(pt+` agora diz: "$after"`, en+` now says: "$after"`)
	default:
		return c.in(pt+` agora diz: "$after" (dizia: "$before")`, en+` now says: "$after" (it said: "$before")`)
	}
}

// short keeps a sentence a sentence, and its quotation marks its own.
func short(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	return strings.ReplaceAll(message.Size{Max: 80, Unit: message.Runes}.Cut(text), `"`, "'")
}

// itemKind names one item of the list that a path leads to, with its article in
// Portuguese.
func itemKind(path, lang string) string {
	pt, en := "o item", "item"
	for part := range strings.SplitSeq(path, ".") {
		switch part {
		case "options":
			pt, en = "a opção", "option"
		case "cases":
			pt, en = "o caso", "case"
		case "values":
			pt, en = "o valor", "value"
		case "outcomes":
			pt, en = "a saída", "exit"
		case "arms":
			pt, en = "o braço", "arm"
		case "synonyms":
			pt, en = "o sinônimo", "synonym"
		case "words", "interrupts":
			pt, en = "a palavra", "word"
		case "languages":
			pt, en = "o idioma", "language"
		case "set":
			pt, en = "a variável", "variable"
		case "fields":
			pt, en = "o campo", "field"
		case "add", "remove":
			pt, en = "a etiqueta", "tag"
		case "cards":
			pt, en = "o cartão", "card"
		case "links":
			pt, en = "o link", "link"
		case "album":
			pt, en = "o arquivo", "file"
		case "events":
			pt, en = "o acontecimento", "event"
		case "closed_days", "open_days":
			pt, en = "o dia", "day"
		}
	}
	if lang == "en" {
		return en
	}
	return pt
}

// fieldName is what people call a field; one that has no name here keeps its
// own, in quotation marks.
func fieldName(path, lang string) string {
	last := path[strings.LastIndexByte(path, '.')+1:]
	pt, en := "", ""
	switch last {
	case "name":
		pt, en = "o nome", "the name"
	case "kind":
		pt, en = "o tipo", "the kind"
	case "text":
		pt, en = "o texto", "the text"
	case "header":
		pt, en = "o cabeçalho", "the header"
	case "footer":
		pt, en = "o rodapé", "the footer"
	case "button":
		pt, en = "o botão da lista", "the list's button"
	case "title":
		pt, en = "o título", "the title"
	case "description":
		pt, en = "a descrição", "the description"
	case "retry":
		pt, en = "a frase ao não entender", "the sentence after a misunderstanding"
	case "results":
		pt, en = "o texto acima dos resultados", "the text above the results"
	case "none":
		pt, en = "a frase quando não há produto", "the sentence for no product"
	case "done":
		pt, en = "a frase quando deu certo", "the sentence for when it is done"
	case "empty":
		pt, en = "a frase sobre o carrinho vazio", "the sentence about the empty cart"
	case "waiting":
		pt, en = "a frase enquanto espera o pagamento", "the sentence while the payment is awaited"
	case "remind":
		pt, en = "o lembrete do pagamento", "the reminder of the payment"
	case "remind_minutes":
		pt, en = "o tempo até o lembrete", "the time until the reminder"
	case "products":
		pt, en = "os produtos", "the products"
	case "collection":
		pt, en = "a coleção", "the collection"
	case "query":
		pt, en = "a busca", "the search"
	case "quantity":
		pt, en = "a quantidade", "the quantity"
	case "comment":
		pt, en = "o pedido de comentário", "the request for a comment"
	case "options":
		pt, en = "as opções", "the options"
	case "cases":
		pt, en = "os casos", "the cases"
	case "arms":
		pt, en = "os braços", "the arms"
	case "synonyms":
		pt, en = "os sinônimos", "the synonyms"
	case "languages":
		pt, en = "os idiomas", "the languages"
	case "expect":
		pt, en = "o tipo de resposta", "the kind of answer"
	case "save":
		pt, en = "a variável que guarda a resposta", "the variable that keeps the answer"
	case "field":
		pt, en = "o campo do contato", "the contact's field"
	case "min":
		pt, en = "o mínimo", "the minimum"
	case "max":
		pt, en = "o máximo", "the maximum"
	case "misses":
		pt, en = "o número de tentativas", "the number of attempts"
	case "when":
		pt, en = "a condição", "the condition"
	case "team":
		pt, en = "a equipe", "the team"
	case "assignee":
		pt, en = "o atendente", "the attendant"
	case "note":
		pt, en = "a nota para o atendente", "the note for the attendant"
	case "scale":
		pt, en = "a escala", "the scale"
	case "most":
		pt, en = "a maior das notas baixas", "the highest of the low scores"
	case "on":
		pt, en = "o valor comparado", "the value compared"
	case "weight":
		pt, en = "o peso de \"$label\"", "the weight of \"$label\""
	case "to":
		pt, en = "o valor de \"$label\"", "the value of \"$label\""
	case "flow":
		pt, en = "o robô chamado", "the bot that is called"
	case "outcome":
		pt, en = "o resultado", "the outcome"
	case "method":
		pt, en = "o método", "the method"
	case "body":
		pt, en = "o corpo da chamada", "the body of the call"
	case "zone":
		pt, en = "o fuso horário", "the time zone"
	case "until":
		pt, en = "a hora", "the time of day"
	case "form":
		pt, en = "o formulário", "the form"
	case "screen":
		pt, en = "a primeira tela do formulário", "the form's first screen"
	case "data":
		pt, en = "os dados iniciais do formulário", "what the form begins with"
	case "poll":
		pt, en = "a enquete", "the poll"
	case "request":
		pt, en = "o botão do aplicativo", "the app's own button"
	case "url":
		pt, en = "o endereço", "the address"
	case "minutes":
		pt, en = "o tempo em minutos", "the time in minutes"
	case "hours", "max_hours":
		pt, en = "o tempo em horas", "the time in hours"
	case "days":
		pt, en = "o tempo em dias", "the time in days"
	case "seconds", "timeout_seconds", "gather_seconds":
		pt, en = "o tempo em segundos", "the time in seconds"
	case "holidays":
		pt, en = "o calendário de feriados", "the calendar of holidays"
	case "stale":
		pt, en = "a frase sobre um botão antigo", "the sentence about an old button"
	case "miss":
		pt, en = "a frase ao não entender", "the sentence after a misunderstanding"
	case "apology":
		pt, en = "o pedido de desculpas", "the apology"
	case "handoff":
		pt, en = "a frase ao chamar uma pessoa", "the sentence before a person comes"
	case "lost":
		pt, en = "a frase ao desistir de entender", "the sentence after giving up"
	case "bye":
		pt, en = "a despedida", "the goodbye"
	case "idle":
		pt, en = "a frase depois do silêncio", "the sentence after silence"
	case "mon", "tue", "wed", "thu", "fri", "sat", "sun":
		pt, en = "o horário de "+weekday(last, "pt-BR"), "the opening time on "+weekday(last, "en")
	}
	switch {
	case pt == "" || strings.HasPrefix(path, "variables."):
		return `"` + path + `"`
	case lang == "en":
		return en
	default:
		return pt
	}
}

func weekday(short, lang string) string {
	pt, en := "", ""
	switch short {
	case "mon":
		pt, en = "segunda", "Monday"
	case "tue":
		pt, en = "terça", "Tuesday"
	case "wed":
		pt, en = "quarta", "Wednesday"
	case "thu":
		pt, en = "quinta", "Thursday"
	case "fri":
		pt, en = "sexta", "Friday"
	case "sat":
		pt, en = "sábado", "Saturday"
	default:
		pt, en = "domingo", "Sunday"
	}
	if lang == "en" {
		return en
	}
	return pt
}

// kindName is what people call a kind of node.
func kindName(kind, lang string) string {
	pt := kind
	switch kind {
	case "message":
		pt = "mensagem"
	case "choice":
		pt = "escolha"
	case "question":
		pt = "pergunta"
	case "condition":
		pt = "condição"
	case "switch":
		pt = "desvio por valor"
	case "set":
		pt = "guardar valores"
	case "handoff":
		pt = "chamar pessoa"
	case "end":
		pt = "fim"
	case "wait":
		pt = "espera"
	case "jump":
		pt = "ir para"
	case "subflow":
		pt = "subfluxo"
	case "return":
		pt = "voltar do subfluxo"
	case "deck":
		pt = "cartões"
	case "form":
		pt = "formulário"
	case "web":
		pt = "chamada web"
	case "template":
		pt = "modelo de mensagem"
	case "hours":
		pt = "horário de atendimento"
	case "tag":
		pt = "etiquetas"
	case "rating":
		pt = "avaliação"
	case "split":
		pt = "divisão"
	}
	if lang == "en" {
		return kind
	}
	return pt
}
