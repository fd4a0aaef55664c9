package acquisition

import "slices"

// Trade is what a company does, with the bots that it begins with.
type Trade struct {
	Key     string     `json:"key"`
	Name    string     `json:"name" doc:"In the language asked for, as is the summary."`
	Summary string     `json:"summary"`
	Bots    []TradeBot `json:"bots"`
}

// TradeBot is a bot that a company of a trade begins with.
type TradeBot struct {
	Template string `json:"template"`
	Name     string `json:"name"`
}

// usualTrade is for who does not tell.
const usualTrade = "outro"

// ready is a trade in both languages; the first bot is the one that answers.
type ready struct {
	key           string
	name, summary map[string]string
	bots          []readyBot
}

type readyBot struct {
	template string
	name     map[string]string
}

func words(pt, en string) map[string]string { return map[string]string{"pt-BR": pt, "en": en} }

// trades in the order that they are shown in. The templates are the bot
// builder's (modules/flow/template); a test holds them against it.
func trades() []ready {
	reception := readyBot{"recepcao", words("Recepção", "Reception")}
	survey := readyBot{"pesquisa", words("Pesquisa de satisfação", "Satisfaction survey")}
	shop := readyBot{"loja", words("Loja", "Shop")}
	order := readyBot{"status-pedido", words("Acompanhar pedido", "Order status")}
	booking := readyBot{"agendamento", words("Agendamento", "Booking")}
	lead := readyBot{"captacao", words("Captação de contatos", "Lead capture")}
	hours := readyBot{"menu-horarios", words("Menu com horários", "Menu with opening hours")}
	return []ready{
		{"varejo", words("Loja e varejo", "Shop and retail"), words("Mostra produtos, monta o carrinho e recebe por Pix.", "Shows products, fills the cart and is paid by Pix."), []readyBot{shop, order, survey}},
		{"alimentacao", words("Restaurante e alimentação", "Restaurant and food"), words("Recebe pedidos e informa horários.", "Takes orders and tells the opening hours."), []readyBot{shop, hours, survey}},
		{"saude", words("Saúde e clínicas", "Health and clinics"), words("Marca consultas e encaminha para a recepção.", "Books appointments and hands over to the front desk."), []readyBot{booking, reception, survey}},
		{"beleza", words("Beleza e bem-estar", "Beauty and well-being"), words("Agenda horários e confirma presença.", "Books times and confirms them."), []readyBot{booking, hours, survey}},
		{"servicos", words("Serviços", "Services"), words("Qualifica o pedido e passa para a equipe.", "Qualifies the request and hands it to the team."), []readyBot{reception, lead, survey}},
		{"educacao", words("Educação", "Education"), words("Responde dúvidas e capta interessados.", "Answers questions and collects who is interested."), []readyBot{lead, hours, survey}},
		{usualTrade, words("Outro", "Other"), words("Uma recepção que recebe e encaminha.", "A front desk that greets and hands over."), []readyBot{reception, survey}},
	}
}

// Trades lists the trades in a language.
func Trades(locale string) []Trade {
	if locale != "en" {
		locale = "pt-BR"
	}
	var list []Trade
	for _, t := range trades() {
		shown := Trade{Key: t.key, Name: t.name[locale], Summary: t.summary[locale]}
		for _, bot := range t.bots {
			shown.Bots = append(shown.Bots, TradeBot{Template: bot.template, Name: bot.name[locale]})
		}
		list = append(list, shown)
	}
	return list
}

func knowsTrade(key string) bool {
	return slices.ContainsFunc(trades(), func(t ready) bool { return t.key == key })
}

// botsOf gives the bots of a trade, the one that answers first ahead.
func botsOf(key, locale string) []TradeBot {
	list := Trades(locale)
	at := slices.IndexFunc(list, func(t Trade) bool { return t.Key == or(key, usualTrade) })
	if at < 0 {
		at = len(list) - 1
	}
	return list[at].Bots
}
