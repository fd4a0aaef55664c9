package message

import "strings"

// previewSize is about what two lines of a list row show.
var previewSize = Size{Max: 140, Unit: Runes}

// Preview gives one line that stands for the content in a list of
// conversations. lang is "en" or anything else for Brazilian Portuguese.
func Preview(content Content, lang string) string {
	words := previewWords(lang)
	text := oneLine(content.Text)
	switch content.Kind {
	case Text, Note, Options:
	case Pick:
		if content.Pick != nil {
			text = or(text, content.Pick.Title)
		}
	case Image:
		text = labelled("📷", words.photo, text)
	case Video:
		text = labelled("🎬", words.video, text)
	case Audio:
		if content.Media != nil && content.Media.Voice {
			text = labelled("🎤", words.voice, text)
		} else {
			text = labelled("🎵", words.audio, text)
		}
	case Document:
		name := ""
		if content.Media != nil {
			name = content.Media.Name
		}
		text = labelled("📄", words.document, or(text, name))
	case Sticker:
		text = labelled("🩷", words.sticker, "")
	case Place:
		name := ""
		if content.Place != nil {
			name = or(content.Place.Name, content.Place.Address)
		}
		text = labelled("📍", words.place, name)
	case Cards:
		name := ""
		if len(content.Cards) > 0 {
			name = content.Cards[0].Name
		}
		text = labelled("👤", words.card, name)
	case Form:
		text = labelled("📝", words.form, text)
	case Emoji:
		if text == "" {
			text = words.unreacted
		} else {
			text = words.reacted + " " + text
		}
	case Cart:
		text = labelled("🛒", words.cart, text)
	case Product, Products, Catalog:
		if content.Kind == Product && content.Shelf != nil {
			for _, good := range content.Shelf.Goods() {
				text = good.Name
			}
		}
		text = labelled("🛍️", words.goods, text)
	case Invoice:
		number := ""
		if content.Bill != nil && content.Bill.Number != "" {
			number = words.bill + " #" + content.Bill.Number
		}
		text = labelled("💳", words.bill, number)
	case OrderNews:
		text = labelled("📦", words.progress, text)
	case Template:
		if content.Template != nil && content.Template.Shown != nil {
			text = or(text, oneLine(content.Template.Shown.Text))
		}
		text = labelled("📨", words.template, text)
	case Welcome:
		text = words.welcome
	case System:
		text = labelled("⚙️", words.system, text)
	case Activity:
		text = or(text, words.activity)
	case Share:
		text = preview(content.Share, text, words)
	case Survey:
		if content.Poll != nil {
			text = or(text, oneLine(content.Poll.Question))
		}
		text = labelled("📊", words.poll, text)
	case PhoneCall:
		text = labelled("📞", words.call(content.Call), text)
	case Permission:
		text = labelled("🔔", words.consent(content.Consent), text)
	case Links, Request:
	case Deck:
		for n := 0; text == "" && n < len(content.Deck); n++ {
			text = or(oneLine(content.Deck[n].Title), oneLine(content.Deck[n].Text))
		}
		text = labelled("🗂️", words.deck, text)
	case Album:
		text = labelled("🖼️", words.album, text)
	case FormOffer:
		text = labelled("📝", words.formAsk, text)
	case Amendment:
		text = labelled("✏️", words.edit, text)
	case Withdrawal:
		text = "🚫 " + words.revoke
	default:
		text = labelled("❔", words.unsupported, text)
	}
	return previewSize.Cut(text)
}

// preview says what of the platform was sent on.
func preview(shared *Shared, text string, words previewNames) string {
	if shared == nil {
		return labelled("🔗", words.share, text)
	}
	switch shared.Kind {
	case "story_mention":
		return labelled("⭕", words.mention, text)
	case "story":
		return labelled("⭕", words.story, text)
	default:
		return labelled("🔗", words.share, or(text, or(oneLine(shared.Title), shared.URL)))
	}
}

func oneLine(text string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
}

// labelled puts a sign in front of the words of the customer, or of the name
// of the kind where there are none.
func labelled(sign, name, text string) string { return sign + " " + or(text, name) }

type previewNames struct {
	photo, video, voice, audio, document, sticker, place, card, form, reacted, unreacted,
	cart, goods, bill, progress, template, welcome, system, activity, unsupported,
	share, story, mention, poll, deck, album, formAsk, edit, revoke,
	called, ringing, missed, answered, ended, permitted, forbidden, granted, refused string
}

// call names what became of a call.
func (n previewNames) call(call *Call) string {
	if call == nil {
		return n.called
	}
	switch call.State {
	case "ringing":
		return n.ringing
	case "missed":
		return n.missed
	case "answered":
		return n.answered
	case "ended":
		return n.ended
	case "permitted":
		return n.permitted
	case "forbidden":
		return n.forbidden
	default:
		return n.called
	}
}

func (n previewNames) consent(consent *Consent) string {
	if consent != nil && consent.Granted {
		return n.granted
	}
	return n.refused
}

func previewWords(lang string) previewNames {
	if lang == "en" {
		return previewNames{
			photo: "Photo", video: "Video", voice: "Voice message", audio: "Audio", document: "Document",
			sticker: "Sticker", place: "Location", card: "Contact", form: "Form answered",
			reacted: "Reacted with", unreacted: "Removed a reaction", cart: "Cart",
			goods: "Products", bill: "Payment", progress: "Order update", template: "Template message",
			welcome: "Opened the chat", system: "Account change", activity: "Activity",
			unsupported: "Message of a kind not supported",
			share:       "Shared something", story: "Story", mention: "Mentioned you in a story", poll: "Poll", deck: "Cards", album: "Album",
			formAsk: "Form", edit: "Edited", revoke: "Deleted message",
			called: "Call", ringing: "Incoming call", missed: "Missed call", answered: "Call answered", ended: "Call ended",
			permitted: "Allowed calls", forbidden: "Declined calls",
			granted: "Accepts messages", refused: "Stopped messages",
		}
	}
	return previewNames{
		photo: "Foto", video: "Vídeo", voice: "Mensagem de voz", audio: "Áudio", document: "Documento",
		sticker: "Figurinha", place: "Localização", card: "Contato", form: "Formulário respondido",
		reacted: "Reagiu com", unreacted: "Removeu uma reação", cart: "Carrinho",
		goods: "Produtos", bill: "Pagamento", progress: "Andamento do pedido", template: "Mensagem de modelo",
		welcome: "Abriu a conversa", system: "Mudança na conta", activity: "Atividade",
		unsupported: "Mensagem de um tipo não suportado",
		share:       "Compartilhou algo", story: "Story", mention: "Mencionou você em um story", poll: "Enquete", deck: "Cartões", album: "Álbum",
		formAsk: "Formulário", edit: "Editada", revoke: "Mensagem apagada",
		called: "Chamada", ringing: "Chamada recebida", missed: "Chamada perdida", answered: "Chamada atendida", ended: "Chamada encerrada",
		permitted: "Permitiu chamadas", forbidden: "Recusou chamadas",
		granted: "Aceita mensagens", refused: "Parou de receber mensagens",
	}
}
