package sample

// Scene is a conversation that goes on when the demo starts. It is lived, not
// told: a simulated telephone writes it, the bot answers, and an attendant of
// the team takes it, so that it can go on.
type Scene struct {
	Name    string
	Channel string // whatsapp | telegram | messenger | instagram
	// Says is what the customer writes before a person is there. With HandsOff
	// the last of it asks for one.
	Says     []string
	HandsOff bool
	// After is written while waiting, without an answer.
	After []string
	// Attendant, by e-mail, takes it and says Reply; empty leaves it waiting.
	Attendant string
	Reply     string
	Answer    string // of the customer to Reply; empty for none
}

// Scenes are what goes on when the demo starts.
func Scenes() []Scene {
	team := Team()
	person := "Quero falar com um atendente"
	return []Scene{
		{Name: "Larissa Cardoso", Channel: "whatsapp", Says: []string{"Boa tarde!", person}, HandsOff: true, After: []string{"Meu pedido 43117 ainda não chegou"},
			Attendant: team[2].Email, Reply: "Oi, Larissa! Já achei o seu pedido: ele saiu hoje cedo e chega até as 18h.", Answer: "Ah que bom! Achei que tinha se perdido 😅"},
		{Name: "Leandro Figueiredo", Channel: "whatsapp", Says: []string{"Oi, tudo bem?", person}, HandsOff: true, After: []string{"Quanto fica a poltrona Maré com frete pra Joinville?"},
			Attendant: team[2].Email, Reply: "Boa tarde, Leandro! A poltrona Maré está por R$ 1.290,00, e o frete para Joinville fica em R$ 28,90."},
		{Name: "Sônia Batista", Channel: "telegram", Says: []string{"Chegou quebrado 😡", person}, HandsOff: true,
			Attendant: team[3].Email, Reply: "Sônia, sinto muito! Qual é o número do pedido?", Answer: "40822"},
		{Name: "Pousada Mar Azul", Channel: "whatsapp", Says: []string{"Vocês vendem no atacado?", person}, HandsOff: true,
			Attendant: team[4].Email, Reply: "Vendemos sim! A partir de 10 peças o desconto é de 15%. O que vocês procuram?"},
		{Name: "Lucas Carvalho", Channel: "whatsapp", Says: []string{"preciso da nota fiscal do pedido 41203", person}, HandsOff: true},
		{Name: "Luíza Pereira", Channel: "telegram", Says: []string{"oi", person}, HandsOff: true, After: []string{"o vaso Serra tem na cor verde?"}},
		{Name: "Marcela Rocha", Channel: "whatsapp", Says: []string{"Bom dia", person}, HandsOff: true, After: []string{"a luminária veio sem o parafuso"}},
		{Name: "Renata Vieira", Channel: "instagram", Says: []string{"Amei a luminária do story 😍", person}, HandsOff: true,
			Attendant: team[3].Email, Reply: "Que bom, Renata! É a luminária Brisa, por R$ 349,00. Quer que eu separe uma?", Answer: "quero sim!"},
		{Name: "Otávio Peixoto", Channel: "messenger", Says: []string{"Vocês entregam em Niterói?", person}, HandsOff: true},
		{Name: "Márcio Lacerda", Channel: "whatsapp", Says: []string{"Vocês abrem amanhã?"}},
	}
}
