package message

import "strings"

// previewSize is about what two lines of a list row show.
var previewSize = Size{Max: 140, Unit: Runes}

// Preview gives one line that stands for the content in a list of
// conversations. lang is "en" or anything else for Brazilian Portuguese.
func Preview(content Content, lang string) string {
	words := previewWords(lang)
	text := strings.Join(strings.Fields(strings.ToValidUTF8(content.Text, "")), " ")
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
		text = labelled("📨", words.template, text)
	case Welcome:
		text = words.welcome
	case System:
		text = labelled("⚙️", words.system, text)
	case Activity:
		text = or(text, words.activity)
	default:
		text = labelled("❔", words.unsupported, text)
	}
	return previewSize.Cut(text)
}

// labelled puts a sign in front of the words of the customer, or of the name
// of the kind where there are none.
func labelled(sign, name, text string) string { return sign + " " + or(text, name) }

type previewNames struct {
	photo, video, voice, audio, document, sticker, place, card, form, reacted, unreacted,
	cart, goods, bill, progress, template, welcome, system, activity, unsupported string
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
		}
	}
	return previewNames{
		photo: "Foto", video: "Vídeo", voice: "Mensagem de voz", audio: "Áudio", document: "Documento",
		sticker: "Figurinha", place: "Localização", card: "Contato", form: "Formulário respondido",
		reacted: "Reagiu com", unreacted: "Removeu uma reação", cart: "Carrinho",
		goods: "Produtos", bill: "Pagamento", progress: "Andamento do pedido", template: "Mensagem de modelo",
		welcome: "Abriu a conversa", system: "Mudança na conta", activity: "Atividade",
		unsupported: "Mensagem de um tipo não suportado",
	}
}
