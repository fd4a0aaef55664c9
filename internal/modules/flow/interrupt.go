package flow

import (
	"strings"

	"prosa/internal/message"
	"prosa/internal/message/fold"
)

// wish is something that a customer may ask for at any point.
type wish uint8

const (
	wishNone wish = iota
	wishPerson
	wishExit
	wishMenu
)

// maxPhrase is how many words a message may have to be read as a wish: longer
// ones tell a story in which the words mean something else.
const maxPhrase = 12

// wishOf reads a folded message (fold.Words). Single words count only when
// they are the whole message, politeness aside; asking for a person is also
// read from a phrase, unless it is negated. Words that answer questions of
// their own ("cancelar", "vendedor") are left out.
func wishOf(words string) wish {
	if words == "" || len(words) > 120 {
		return wishNone
	}
	switch core(words) {
	case "atendente", "atendimento", "atendimento humano", "humano", "pessoa", "pessoa real", "alguem", "suporte humano", "ajuda humana", "sac",
		"human", "person", "real person", "someone", "representative", "agent", "live agent":
		return wishPerson
	case "sair", "encerrar", "parar", "pare", "encerrar atendimento", "finalizar atendimento", "stop", "exit", "quit":
		return wishExit
	case "menu", "inicio", "voltar", "voltar ao menu", "voltar ao inicio", "menu principal", "opcoes", "comecar de novo", "recomecar", "back", "main menu", "start over", "home", "start":
		return wishMenu
	}
	if asksForPerson(words) {
		return wishPerson
	}
	return wishNone
}

// core drops the words of politeness around a wish.
func core(words string) string {
	for {
		before := words
		for _, polite := range []string{"oi", "ola", "por favor", "por gentileza", "pf", "pfv", "please", "hi", "hello", "quero", "eu quero", "queria", "um", "uma", "o", "a", "i want", "i want a", "an"} {
			words = strings.TrimPrefix(words, polite+" ")
			words = strings.TrimSuffix(words, " "+polite)
		}
		if words == before {
			return words
		}
	}
}

// asksForPerson reads "quero falar com alguém", "me passa para um atendente",
// "can I talk to a human": a word of talking and later one for a person. A word
// of wanting needs a plainer one ("preciso de um atendente"), since "quero dar
// um presente a uma pessoa" asks for nobody.
func asksForPerson(words string) bool {
	talking, wanting, count := false, false, 0
	for word := range strings.SplitSeq(words, " ") {
		if count++; count > maxPhrase {
			return false
		}
		switch word {
		case "nao", "nem", "sem", "not", "don", "dont", "no", "never", "nunca":
			return false
		case "falar", "conversar", "fala", "falo", "chamar", "chama", "chame", "passa", "passar", "passe", "transfere", "transferir", "transfira",
			"talk", "speak", "chat", "connect", "transfer":
			talking = true
		case "preciso", "quero", "queria", "gostaria", "need", "want":
			wanting = true
		case "atendente", "humano", "humana", "human", "agent", "representative", "operador", "operator":
			if talking || wanting {
				return true
			}
		case "pessoa", "alguem", "gente", "vendedor", "vendedora", "consultor", "consultora", "responsavel", "gerente", "suporte", "atendimento",
			"person", "someone", "somebody", "attendant", "support":
			if talking {
				return true
			}
		}
	}
	return false
}

// interrupt acts on a wish before the node sees the message.
func (r *run) interrupt(content *message.Content) (step, bool) {
	if content.Kind != message.Text && content.Kind != message.Pick {
		return step{}, false
	}
	words := fold.Words(content.Text)
	at := r.flow.waiting(r.state.Node)
	wanted := wishOf(words)
	deaf := false
	if node, ok := at.(interface{ deaf() bool }); ok {
		// Instagram requires a way to a person that no flow can switch off.
		deaf = node.deaf() && !(wanted == wishPerson && r.env.Channel == message.Instagram)
	}
	if deaf {
		return step{}, false
	}
	// An option that the author named with the same words says where to go.
	if choice, ok := at.(*choice); ok && choice.named(r, words) >= 0 {
		return step{}, false
	}
	if wanted != wishPerson {
		if next, own := r.ownWord(words); own {
			return next, true
		}
	}
	switch wanted {
	case wishPerson:
		r.handOff(exitPerson, ReasonAsked, "", r.flow.texts.handoff)
		return stop(), true
	case wishExit:
		r.pass(exitLeave)
		r.at = ""
		r.say(r.flow.texts.bye)
		r.end("exit")
		return stop(), true
	case wishMenu:
		r.pass(exitMenu)
		r.at = ""
		r.back(0)
		return leave("", r.flow.menu), true
	default:
		return step{}, false
	}
}

// ownWord finds a word that the author listed: in the flow at hand, or in the
// one that its sub-flows belong to, which is then gone back to.
func (r *run) ownWord(words string) (step, bool) {
	for _, own := range r.flow.interrupts {
		if own.words[words] {
			r.pass(exitWord)
			r.at = ""
			return leave("", own.next), true
		}
	}
	if len(r.state.Stack) == 0 {
		return step{}, false
	}
	for _, own := range r.home().interrupts {
		if own.words[words] {
			r.pass(exitWord)
			r.back(0)
			return leave("", own.next), true
		}
	}
	return step{}, false
}

// goods leads a cart that the customer sent, or a question about a product, to
// the node that the flow has for it, unless the node at hand takes it itself.
func (r *run) goods(content *message.Content) (step, bool) {
	if r.busy() {
		return step{}, false
	}
	if at, ok := r.flow.runners[r.state.Node].(*seller); ok {
		if show, shows := at.scene.(*productShow); shows && (content.Kind != message.Cart || show.node.OnCart != "") {
			return step{}, false
		}
	}
	home := r.home()
	next := ""
	switch {
	case content.Kind == message.Cart && content.Order != nil:
		next = home.onCart
	case content.About != nil:
		next = home.onProduct
	}
	if next == "" {
		return step{}, false
	}
	r.pass(exitGoods)
	r.at = ""
	r.back(0)
	return leave("", next), true
}
