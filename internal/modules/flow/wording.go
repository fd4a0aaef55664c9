package flow

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"prosa/internal/message"
)

// wording says the places of a flow as its author sees them: the fields of the
// builder's forms and the exits on its cards, not the members of the JSON text.
// Names come with their article, in lower case.
type wording struct {
	english bool
	flow    *Definition // nil where it is not known
	node    node        // nil for the flow itself
}

func (w wording) pick(pt, en string) string {
	if w.english {
		return en
	}
	return pt
}

// numbered is an item of a list that has no name of its own.
func (w wording) numbered(pt, en, number string) string {
	return w.pick(pt, en) + " " + number
}

func quoted(text string) string {
	text = strings.ReplaceAll(summary(text), `"`, "'")
	return `"` + text + `"`
}

// exit names a way out by its label, or a way into the flow by its field.
func (w wording) exit(label string) string {
	if w.node == nil {
		if name := w.entrance(label); name != "" {
			return name
		}
	}
	switch n := w.node.(type) {
	case *choiceNode:
		if label != "on_miss" {
			return w.option(n, label)
		}
	case *conditionNode, *switchNode:
		if label != "else" {
			return w.way(label)
		}
	case *splitNode:
		return w.pick("o caminho ", "the path ") + quoted(label)
	case *deckNode:
		if label != "next" && label != "on_miss" {
			return w.pick("a opção ", "the option ") + quoted(label)
		}
	case *subflowNode:
		if label != "next" && label != "on_error" {
			return w.pick("o resultado ", "the outcome ") + quoted(label)
		}
	}
	return w.pick("a saída ", "the exit ") + quoted(w.fixed(label))
}

// entrance names a field of the flow that leads to a node.
func (w wording) entrance(field string) string {
	switch field {
	case "start":
		return w.pick("o início do fluxo", "the start of the flow")
	case "settings.menu":
		return w.pick(`a palavra "menu"`, `the word "menu"`)
	case "settings.idle.next":
		return w.pick("o caminho de quem não responde", "the path of those who do not answer")
	case "settings.on_cart":
		return w.pick("o caminho de quem manda um carrinho", "the path of those who send a cart")
	case "settings.on_product":
		return w.pick("o caminho de quem pergunta de um produto", "the path of those who ask about a product")
	case "settings.on_error":
		return w.pick("o caminho depois de uma falha", "the path after a failure")
	}
	if on, found := strings.CutPrefix(field, "settings.events."); found {
		return w.pick("o caminho de ", "the path of ") + w.event(on)
	}
	number, found := strings.CutPrefix(field, "settings.interrupts.")
	if !found {
		return ""
	}
	if w.flow != nil {
		for i, own := range w.flow.Settings.Interrupts {
			if itoa(i+1) == number && len(own.Words) > 0 && own.Words[0] != "" {
				return w.pick("a palavra ", "the word ") + quoted(own.Words[0])
			}
		}
	}
	return w.numbered("o desvio", "detour", number)
}

// fixed is what the cards call an exit that a kind of node always has.
func (w wording) fixed(label string) string {
	switch label {
	case "next":
		switch w.node.(type) {
		case *questionNode:
			return w.pick("Respondeu", "Answered")
		case *formNode:
			return w.pick("Preencheu", "Filled in")
		case *ratingNode:
			return w.pick("Deu a nota", "Gave a score")
		case *webNode, *templateNode:
			return w.pick("Deu certo", "It worked")
		case *waitNode:
			return w.pick("Passou o tempo", "Time is up")
		case *subflowNode:
			return w.pick("Voltou", "Came back")
		}
		if name := w.served(); name != "" {
			return name
		}
		return w.pick("Depois", "Then")
	case "else":
		return w.pick("Senão", "Else")
	case "on_miss":
		return w.pick("Se não entender", "When not understood")
	case "on_error":
		return w.pick("Se der erro", "On an error")
	case "on_message":
		return w.pick("Se o cliente escrever", "If the customer writes")
	case "on_other":
		return w.pick("Canal sem formulário", "Channel without forms")
	case "open":
		return w.pick("Aberto", "Open")
	case "closed":
		return w.pick("Fechado", "Closed")
	case "to":
		return w.pick("Vai para", "Goes to")
	case "low":
		return w.pick("Nota baixa", "Low score")
	default:
		return w.shopExit(label)
	}
}

// option names an option of a choice by its title, else by its place.
func (w wording) option(n *choiceNode, name string) string {
	for i := range n.Options {
		if n.Options[i].Name != name {
			continue
		}
		language := ""
		if w.flow != nil && len(w.flow.Languages) > 0 {
			language = w.flow.Languages[0]
		}
		if title := strings.TrimSpace(n.Options[i].Title.gist(language)); title != "" {
			return w.pick("a opção ", "the option ") + quoted(title)
		}
		return w.numbered("a opção", "option", itoa(i+1))
	}
	return w.pick("a opção ", "the option ") + quoted(name)
}

// way names a case of a condition or switch: "cases.2" is the second.
func (w wording) way(label string) string {
	number, plain := strings.CutPrefix(label, "cases.")
	if !plain {
		return w.pick("o caminho ", "the path ") + quoted(label)
	}
	at := ""
	switch n := w.node.(type) {
	case *conditionNode:
		for i := range n.Cases {
			if itoa(i+1) == number {
				at = n.Cases[i].Name
			}
		}
	case *switchNode:
		for i := range n.Cases {
			if itoa(i+1) == number {
				at = n.Cases[i].Name
			}
		}
	}
	if at != "" {
		return w.pick("o caminho ", "the path ") + quoted(at)
	}
	return w.numbered("o caminho", "path", number)
}

// field names a field of a node or of the flow by its path.
func (w wording) field(path string) string {
	if name := w.plain(path); name != "" {
		return name
	}
	if at := strings.LastIndexByte(path, '.'); at > 0 && w.flow != nil && contains(w.flow.Languages, path[at+1:]) {
		return w.field(path[:at]) + w.pick(" em ", " in ") + w.language(path[at+1:])
	}
	list, item, _ := strings.Cut(path, ".")
	switch list {
	case "options":
		return w.ofOption(item)
	case "cases":
		number, values := strings.CutSuffix(item, ".values")
		way := w.way("cases." + number)
		if values {
			return w.pick("os valores d"+way, "the values of "+way)
		}
		return w.pick("a condição d"+way, "the condition of "+way)
	case "arms":
		return w.pick("o peso do caminho ", "the weight of the path ") + quoted(strings.TrimSuffix(item, ".weight"))
	case "headers":
		return w.pick("o cabeçalho ", "the header ") + quoted(item)
	case "cards", "links", "album":
		return w.ofList(list, item)
	case "in":
		return w.pick("o valor enviado para ", "the value sent to ") + quoted(item)
	case "out":
		return w.pick("o resultado guardado em ", "the result kept in ") + quoted(item)
	case "set", "fields":
		return w.assigned(list, item)
	case "week":
		return w.pick("o horário de ", "the opening times of ") + w.weekday(item)
	}
	if number, found := strings.CutPrefix(path, "settings.interrupts."); found {
		return w.numbered("as palavras do desvio", "the words of detour", strings.TrimSuffix(number, ".words"))
	}
	return quoted(path)
}

// ofList names a part of a card, a link or a file by its place: "2.title".
func (w wording) ofList(list, item string) string {
	number, part, _ := strings.Cut(item, ".")
	switch list {
	case "links":
		if part == "url" {
			return w.numbered("o endereço do link", "the address of link", number)
		}
		return w.numbered("o texto do link", "the text of link", number)
	case "album":
		return w.numbered("o arquivo", "file", number)
	}
	part, rest, _ := strings.Cut(part, ".")
	switch part {
	case "title":
		return w.numbered("o título do cartão", "the title of card", number)
	case "text":
		return w.numbered("o texto do cartão", "the text of card", number)
	case "media":
		return w.numbered("o arquivo do cartão", "the file of card", number)
	case "links":
		return w.ofList("links", rest) + w.pick(" no cartão ", " on card ") + number
	default:
		return w.numbered("os botões do cartão", "the buttons of card", number)
	}
}

// event names what an Event is about.
func (w wording) event(on string) string {
	switch on {
	case "referral":
		return w.pick("quem vem de anúncio ou link", "those who come by an advert or a link")
	case "story_reply":
		return w.pick("quem responde a um story", "those who answer a story")
	case "story_mention":
		return w.pick("quem nos menciona em um story", "those who mention us in a story")
	case "share":
		return w.pick("quem manda uma publicação", "those who share a post")
	case "call":
		return w.pick("quem liga e não é atendido", "those whose call was missed")
	case "reaction":
		return w.pick("quem reage a uma mensagem", "those who react to a message")
	default:
		return quoted(on)
	}
}

// carried says how a channel shows what it does not have.
func (w wording) carried(what string) string {
	switch what {
	case "links":
		return w.pick("os links aparecem escritos, sem botões", "the links are written out, without buttons")
	case "request":
		return w.pick("a pergunta aparece sem o botão do aplicativo: o cliente responde por texto ou pelo anexo", "the question has no button of the app: the customer types the answer or attaches it")
	case "deck":
		return w.pick("cada cartão vai em uma mensagem", "each card is a message of its own")
	case "album":
		return w.pick("os arquivos vão um a um", "the files go one by one")
	case "poll":
		return w.pick("a enquete aparece como menu", "the poll is shown as a menu")
	case "location":
		return w.pick("o local aparece escrito, com um link para o mapa", "the place is written out, with a link to the map")
	case "contact":
		return w.pick("o contato aparece escrito", "the contact is written out")
	case "sticker":
		return w.pick("a figurinha vai como imagem", "the sticker goes as a picture")
	case "form":
		return w.pick("não há formulários: este passo segue pela saída \"Canal sem formulário\"", "there are no forms: this step takes its exit \"Channel without forms\"")
	case "document":
		return w.pick("só documentos PDF são aceitos: este arquivo não chega ao cliente", "only PDF documents are taken: this file does not reach the customer")
	case "audio":
		return w.pick("áudio em OGG não é aceito: este arquivo não chega ao cliente", "sound in OGG is not taken: this file does not reach the customer")
	default:
		return quoted(what)
	}
}

// ofOption names the title or the description of an option: "vendas.title".
func (w wording) ofOption(item string) string {
	n, _ := w.node.(*choiceNode)
	if n == nil {
		n = &choiceNode{}
	}
	if name, found := strings.CutSuffix(item, ".description"); found {
		option := w.option(n, name)
		return w.pick("a descrição d"+option, "the description of "+option)
	}
	option := w.option(n, strings.TrimSuffix(item, ".title"))
	return w.pick("o título d"+option, "the title of "+option)
}

// assigned names a line of a set node: "1", "1.var", "1.field".
func (w wording) assigned(list, item string) string {
	number, part, whole := strings.Cut(item, ".")
	if whole {
		pt, en := "o nome da variável", "the name of variable"
		if part == "field" {
			pt, en = "o nome do campo do contato", "the name of contact field"
		}
		return w.numbered(pt, en, number)
	}
	name := ""
	if n, ok := w.node.(*setNode); ok {
		for i := range n.Set {
			if list == "set" && itoa(i+1) == number {
				name = n.Set[i].Var
			}
		}
		for i := range n.Fields {
			if list == "fields" && itoa(i+1) == number {
				name = n.Fields[i].Field
			}
		}
	}
	if name == "" {
		return w.numbered("o valor", "value", number)
	}
	return w.pick("o valor de ", "the value of ") + quoted(name)
}

// plain names the fields that stand for themselves; empty for the others.
func (w wording) plain(path string) string {
	switch path {
	case "name":
		return w.pick("o nome do fluxo", "the name of the flow")
	case "languages":
		return w.pick("o idioma dos textos", "the language of the texts")
	case "variables":
		return w.pick("as variáveis do fluxo", "the flow's variables")
	case "text":
		return w.pick("o texto", "the text")
	case "form":
		return w.pick("o código do formulário", "the id of the form")
	case "data":
		return w.pick("os dados iniciais do formulário", "what the form begins with")
	case "parts":
		return w.pick("as partes da resposta", "the parts of the answer")
	case "cards":
		return w.pick("os cartões", "the cards")
	case "links":
		return w.pick("os links", "the links")
	case "album":
		return w.pick("o álbum", "the album")
	case "header":
		return w.pick("o cabeçalho", "the header")
	case "footer":
		return w.pick("o rodapé", "the footer")
	case "button":
		if _, form := w.node.(*formNode); form {
			return w.pick("o botão que abre o formulário", "the button that opens the form")
		}
		return w.pick("o botão que abre a lista", "the button that opens the list")
	case "retry":
		return w.pick("a frase para quando não entender", "the sentence for a misunderstanding")
	case "comment":
		return w.pick("o pedido de comentário", "the request for a comment")
	case "note":
		return w.pick("o recado para o atendente", "the note for the attendant")
	case "save":
		return w.pick("onde guardar a resposta", "where the answer is kept")
	case "options":
		return w.pick("as opções", "the options")
	case "cases":
		return w.pick("os caminhos", "the paths")
	case "arms":
		return w.pick("o número de caminhos", "the number of paths")
	case "set":
		return w.pick("os valores a guardar", "the values to keep")
	case "fields":
		return w.pick("os dados para o atendente", "the data for the attendant")
	case "in + out":
		return w.pick("os valores enviados e recebidos", "the values sent and received")
	case "add + remove":
		return w.pick("as etiquetas", "the tags")
	case "on":
		return w.pick("o valor a comparar", "the value to compare")
	case "flow":
		return w.pick("o bot", "the bot")
	case "url":
		return w.pick("o endereço", "the address")
	case "body":
		return w.pick("o corpo da chamada", "the body of the call")
	case "headers":
		return w.pick("os cabeçalhos", "the headers")
	case "timeout_seconds":
		return w.pick("o tempo máximo da chamada, em segundos,", "the call's longest time in seconds")
	case "until":
		return w.pick("a hora até quando esperar", "the time to wait until")
	case "closed_days":
		return w.pick("os dias fechados", "the closed days")
	case "open_days":
		return w.pick("os dias abertos", "the open days")
	case "low.most":
		return w.pick("a maior das notas baixas", "the highest of the low scores")
	case "misses", "settings.misses":
		return w.pick("o número de tentativas", "the number of attempts")
	case "media.blob":
		return w.pick("o arquivo", "the file")
	case "contact":
		return w.pick("o nome ou o telefone do contato", "the name or the phone of the contact")
	default:
		if name := w.shopField(path); name != "" {
			return name
		}
		return w.setting(path)
	}
}

// setting names what is set for the whole flow; empty for other fields.
func (w wording) setting(path string) string {
	switch path {
	case "settings.idle.minutes":
		return w.pick("o tempo sem resposta, em minutos,", "the time without an answer in minutes")
	case "settings.max_turns_hour":
		return w.pick("o máximo de mensagens por hora", "the most messages an hour")
	case "settings.gather_seconds":
		return w.pick("o tempo para juntar mensagens, em segundos,", "the time to gather messages in seconds")
	case "settings.max_hours":
		return w.pick("a idade em que a conversa recomeça, em horas,", "the age at which a conversation starts anew in hours")
	case "settings.texts.miss":
		return w.pick("a frase para quando não entender", "the sentence for a misunderstanding")
	case "settings.texts.stale":
		return w.pick("a frase sobre um botão antigo", "the sentence about an old button")
	case "settings.texts.apology":
		return w.pick("o pedido de desculpas", "the apology")
	case "settings.texts.handoff":
		return w.pick("a frase ao chamar uma pessoa", "the sentence before a person comes")
	case "settings.texts.lost":
		return w.pick("a frase ao desistir de entender", "the sentence after giving up")
	case "settings.texts.bye":
		return w.pick("a despedida", "the goodbye")
	case "settings.texts.idle":
		return w.pick("a frase para quem não responde", "the sentence for those who do not answer")
	default:
		return ""
	}
}

func (w wording) weekday(short string) string {
	switch short {
	case "mon":
		return w.pick("segunda-feira", "Monday")
	case "tue":
		return w.pick("terça-feira", "Tuesday")
	case "wed":
		return w.pick("quarta-feira", "Wednesday")
	case "thu":
		return w.pick("quinta-feira", "Thursday")
	case "fri":
		return w.pick("sexta-feira", "Friday")
	case "sat":
		return w.pick("sábado", "Saturday")
	default:
		return w.pick("domingo", "Sunday")
	}
}

// language names a language of texts; one that is seldom met by its tag.
func (w wording) language(tag string) string {
	family, _, _ := strings.Cut(strings.ToLower(tag), "-")
	switch family {
	case "pt":
		return w.pick("português", "Portuguese")
	case "en":
		return w.pick("inglês", "English")
	case "es":
		return w.pick("espanhol", "Spanish")
	default:
		return quoted(tag)
	}
}

// channel names a channel as its maker writes it.
func channelTitle(channel string) string {
	switch message.Channel(channel) {
	case message.WhatsApp:
		return "WhatsApp"
	case message.Telegram:
		return "Telegram"
	case message.Messenger:
		return "Messenger"
	case message.Instagram:
		return "Instagram"
	default:
		return channel
	}
}

// within joins "em" to the article of a name in Portuguese: "no texto".
func (w wording) within(name string) string {
	for _, article := range []string{"os ", "as ", "o ", "a "} {
		if strings.HasPrefix(name, article) && !w.english {
			return "n" + name
		}
	}
	return w.pick("em ", "in ") + name
}

// sentenceCase begins a text with a capital letter.
func sentenceCase(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if first == utf8.RuneError {
		return text
	}
	return string(unicode.ToUpper(first)) + text[size:]
}
