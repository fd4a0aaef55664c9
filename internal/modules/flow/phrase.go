package flow

import "prosa/internal/message"

// phrases are the engine's own sentences in one language. A flow may replace
// the first group by Settings.Texts.
type phrases struct {
	miss, stale, apology, handoff, lost, bye, idle string

	more         string // label of the next numbered page
	button       string // label that opens a list
	choose       string // after a remark about a medium, at a choice
	here         string // the same, at a question
	cards, form  string // how to answer a deck and a form
	media        map[message.Kind]string
	voice, other string
	expect       map[string]string // by Question.Expect: why the answer was refused
	short, long  string            // a text answer outside its bounds
	bounds       string            // a number outside its bounds
	scores       [5]string         // titles of a rating from 1 to 5
	score5       string            // the answer is no such score
	score10      string
	tag          string // language in questions to the outside
	shop         *shopPhrases
}

// phrasesFor gives the sentences for a language: Brazilian Portuguese for
// Portuguese, English for every other.
func phrasesFor(language string) *phrases {
	if len(language) >= 2 && (language[:2] == "pt" || language[:2] == "PT") {
		return &portuguese
	}
	return &english
}

// Apology is what a customer is told when a flow can't be run at all, before a
// person takes over.
func Apology(language string) string { return phrasesFor(language).apology }

var portuguese = phrases{
	miss:    "Não entendi. Toque em uma das opções ou responda com o número:",
	stale:   "Essa opção é de uma mensagem anterior. Vamos continuar por aqui:",
	apology: "Desculpe, algo deu errado por aqui. Vou chamar uma pessoa para continuar o atendimento.",
	handoff: "Certo! Vou chamar uma pessoa para te atender. É só aguardar por aqui.",
	bye:     "Tudo bem, encerramos por aqui. Quando quiser, é só mandar uma mensagem.",
	idle:    "Como não tive resposta, encerrei esta conversa. Quando quiser, é só mandar uma mensagem.",
	more:    "Mais opções",
	button:  "Ver opções",
	lost:    "Acho melhor uma pessoa te ajudar com isso. Já estou chamando, é só aguardar por aqui.",
	choose:  "Toque em uma das opções ou responda com o número:",
	here:    "Pode responder por texto?",
	cards:   "Toque em uma das opções:",
	form:    "Toque no botão e preencha o formulário:",
	voice:   "Ainda não consigo ouvir áudios por aqui.",
	media: map[message.Kind]string{
		message.Audio:    "Ainda não consigo ouvir áudios por aqui.",
		message.Sticker:  "Adorei a figurinha!",
		message.Image:    "Recebi sua imagem, mas ainda não consigo ver imagens.",
		message.Video:    "Recebi seu vídeo, mas ainda não consigo ver vídeos.",
		message.Document: "Recebi seu arquivo, mas ainda não consigo ler arquivos.",
		message.Place:    "Recebi sua localização.",
		message.Cards:    "Recebi o contato.",
		message.Cart:     "Recebi seu carrinho.",
	},
	other: "Recebi sua mensagem, mas não consigo abrir esse tipo de conteúdo.",
	expect: map[string]string{
		"text":     "Preciso de uma resposta em texto.",
		"number":   "Preciso de um número. Exemplo: 42",
		"email":    "Esse e-mail não parece certo. Exemplo: nome@exemplo.com.br",
		"phone":    "Esse telefone não parece certo. Mande com DDD. Exemplo: (81) 99999-1234",
		"date":     "Não reconheci essa data. Exemplo: 25/12/2026",
		"cpf":      "Esse CPF não parece certo. Confira os 11 números.",
		"cnpj":     "Esse CNPJ não parece certo. Confira os 14 caracteres.",
		"cep":      "Esse CEP não parece certo. São 8 números. Exemplo: 50030-230",
		"money":    "Não reconheci esse valor. Exemplo: R$ 1.234,56",
		"time":     "Não reconheci esse horário. Exemplo: 14:30",
		"file":     "Preciso que você mande um arquivo por aqui.",
		"location": "Preciso da sua localização: toque no clipe e em Localização.",
	},
	short:   "A resposta ficou curta. Pode escrever um pouco mais?",
	long:    "A resposta ficou longa. Pode resumir?",
	bounds:  "Esse número está fora do esperado.",
	scores:  [5]string{"1 - Péssimo", "2 - Ruim", "3 - Regular", "4 - Bom", "5 - Ótimo"},
	score5:  "Toque em uma das notas ou responda com um número de 1 a 5:",
	score10: "Responda com um número de 0 a 10.",
	tag:     "pt-BR",
	shop:    &portugueseShop,
}

var english = phrases{
	miss:    "I didn't get that. Tap one of the options or answer with its number:",
	stale:   "That option is from an earlier message. Let's go on from here:",
	apology: "Sorry, something went wrong on our side. I'm calling a person to help you.",
	handoff: "All right! I'm calling a person to help you. Please wait here.",
	bye:     "All right, we'll stop here. Write whenever you like.",
	idle:    "I had no answer, so I closed this conversation. Write whenever you like.",
	more:    "More options",
	button:  "See options",
	lost:    "A person can help you better with this. I'm calling someone, please wait here.",
	choose:  "Tap one of the options or answer with its number:",
	here:    "Could you answer in writing?",
	cards:   "Tap one of the options:",
	form:    "Tap the button and fill in the form:",
	voice:   "I can't listen to voice messages yet.",
	media: map[message.Kind]string{
		message.Audio:    "I can't listen to audio yet.",
		message.Sticker:  "Nice sticker!",
		message.Image:    "I got your picture, but I can't look at pictures yet.",
		message.Video:    "I got your video, but I can't watch videos yet.",
		message.Document: "I got your file, but I can't read files yet.",
		message.Place:    "I got your location.",
		message.Cards:    "I got the contact.",
		message.Cart:     "I got your cart.",
	},
	other: "I got your message, but I can't open that kind of content.",
	expect: map[string]string{
		"text":     "I need an answer in writing.",
		"number":   "I need a number. Example: 42",
		"email":    "That e-mail doesn't look right. Example: name@example.com",
		"phone":    "That phone number doesn't look right. Include the area code. Example: +1 415 555 0100",
		"date":     "I didn't recognise that date. Example: 25/12/2026",
		"cpf":      "That CPF doesn't look right. Please check its 11 digits.",
		"cnpj":     "That CNPJ doesn't look right. Please check its 14 characters.",
		"cep":      "That CEP doesn't look right. It has 8 digits. Example: 50030-230",
		"money":    "I didn't recognise that amount. Example: 1,234.56",
		"time":     "I didn't recognise that time. Example: 14:30",
		"file":     "I need you to send a file here.",
		"location": "I need your location: tap the attachment button, then Location.",
	},
	short:   "That answer is short. Could you write a little more?",
	long:    "That answer is long. Could you shorten it?",
	bounds:  "That number is outside of what I expected.",
	scores:  [5]string{"1 - Very bad", "2 - Bad", "3 - Fair", "4 - Good", "5 - Very good"},
	score5:  "Tap one of the scores or answer with a number from 1 to 5:",
	score10: "Answer with a number from 0 to 10.",
	tag:     "en",
	shop:    &englishShop,
}

// remark is what the engine says about content that is not an answer, such as
// a sticker where an option was awaited; empty for what has words.
func (p *phrases) remark(content *message.Content) string {
	switch content.Kind {
	case message.Text, message.Pick, message.Form, message.Welcome:
		return ""
	case message.Audio:
		if content.Media != nil && content.Media.Voice {
			return p.voice
		}
	}
	if text, known := p.media[content.Kind]; known {
		return text
	}
	return p.other
}
