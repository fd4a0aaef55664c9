package lay

import "strings"

// words are what we say where the company said nothing.
type words struct {
	open, more                      string
	askPlace, askPhone, askEmail    string
	sendPlace, sendPhone, sendEmail string
}

func wordsOf(language string) words {
	if strings.HasPrefix(language, "en") {
		return words{
			open: "Open", more: "See more:",
			askPlace: "Please send us your location.", askPhone: "What is your phone number?", askEmail: "What is your e-mail address?",
			sendPlace: "Send location", sendPhone: "Send phone number", sendEmail: "Send e-mail",
		}
	}
	return words{
		open: "Abrir", more: "Veja mais:",
		askPlace: "Por favor, envie sua localização.", askPhone: "Qual é o seu telefone?", askEmail: "Qual é o seu e-mail?",
		sendPlace: "Enviar localização", sendPhone: "Enviar telefone", sendEmail: "Enviar e-mail",
	}
}

// stack joins the parts that are not blank, with the separator between them.
func stack(separator string, parts ...string) string {
	kept := parts[:0:0]
	for _, part := range parts {
		if part = strings.TrimSpace(part); part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, separator)
}

func or(texts ...string) string {
	for _, text := range texts {
		if strings.TrimSpace(text) != "" {
			return text
		}
	}
	return ""
}
