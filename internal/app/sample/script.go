package sample

// who says a line of a script.
const (
	customer  = "customer"
	bot       = "bot"
	attendant = "attendant"
	note      = "note"
)

// line is one message of a script; after is the usual time since the one
// before, in seconds.
type line struct {
	by    string
	text  string
	after int
}

// script is a conversation that happens often. {product}, {order}, {name},
// {city} and {price} are filled in.
type script struct {
	topic  string
	weight int // how often it happens
	lines  []line
	// solvedByBot ends without a person.
	solvedByBot bool
}

func menu() line {
	return line{bot, "Olá, {name}! Eu sou o assistente virtual da loja. Como posso ajudar?", 2}
}

func scripts() []script {
	return []script{
		{topic: "hours", weight: 5, solvedByBot: true, lines: []line{
			{customer, "Boa tarde, vocês abrem amanhã?", 0}, menu(),
			{customer, "Ver horários", 14},
			{bot, "Atendemos de segunda a sexta, das 9h às 18h, e aos sábados, das 9h às 13h.", 2},
			{customer, "Perfeito, obrigado!", 25},
			{bot, "Imagina! Até logo.", 2},
		}},
		{topic: "where", weight: 4, lines: []line{
			{customer, "oi", 0}, menu(),
			{customer, "Pedidos", 11},
			{bot, "Qual é o número do seu pedido?", 2},
			{customer, "{order}", 40},
			{bot, "Obrigado! Vou te passar para alguém da equipe.", 2},
			{attendant, "Oi, {name}! Aqui é da Casa Aurora. Já achei o seu pedido {order}: ele saiu do nosso depósito hoje cedo e a entrega em {city} está prevista para amanhã até as 18h.", 210},
			{customer, "Ah que bom! Achei que tinha se perdido 😅", 60},
			{attendant, "Fica tranquila que está tudo certo. Quer que eu te mande o código de rastreio?", 45},
			{customer, "Quero sim", 20},
			{attendant, "BR{order}AUR. Qualquer coisa é só chamar por aqui!", 50},
			{customer, "Obrigada!", 30},
		}},
		{topic: "price", weight: 4, lines: []line{
			{customer, "Bom dia! Quanto está {product}?", 0}, menu(),
			{customer, "Quero falar com alguém", 15},
			{bot, "Certo! Já vou chamar uma pessoa da equipe.", 2},
			{attendant, "Bom dia, {name}! {product} está por {price} à vista no Pix, ou em até 6x sem juros.", 150},
			{customer, "E o frete pra {city}?", 80},
			{attendant, "Para {city} fica R$ 28,90, chega em 4 dias úteis. Posso separar um pra você?", 70},
			{customer, "Vou ver com meu marido e te falo", 120},
			{attendant, "Combinado! Deixo reservado até amanhã.", 30},
			{note, "Reservei {product} até amanhã ao meio-dia.", 10},
		}},
		{topic: "broken", weight: 3, lines: []line{
			{customer, "Chegou quebrado 😡", 0}, menu(),
			{customer, "atendente", 8},
			{bot, "Certo! Já vou chamar uma pessoa da equipe.", 2},
			{attendant, "{name}, sinto muito! Qual é o número do pedido? Se puder, me manda uma foto também.", 95},
			{customer, "{order}", 60},
			{attendant, "Obrigada. Já pedi a troca: a coleta passa aí em {city} na quinta e o novo sai no mesmo dia, sem custo nenhum.", 260},
			{note, "Troca de {product}, pedido {order}. Transportadora avariou a caixa: abrir chamado com eles.", 20},
			{customer, "Tá bom, obrigado pela rapidez", 90},
			{attendant, "Imagina! Te aviso quando sair.", 25},
		}},
		{topic: "size", weight: 3, lines: []line{
			{customer, "Oi, qual a medida de {product}?", 0}, menu(),
			{customer, "1", 10},
			{bot, "Atendemos de segunda a sexta, das 9h às 18h, e aos sábados, das 9h às 13h.", 2},
			{customer, "não era isso, quero falar com uma pessoa", 22},
			{bot, "Certo! Já vou chamar uma pessoa da equipe.", 2},
			{attendant, "Oi, {name}! {product} tem 45 cm de altura por 30 cm de largura. Quer que eu mande uma foto com fita métrica?", 180},
			{customer, "não precisa, é isso mesmo que eu procurava. compro pelo site?", 75},
			{attendant, "Pode ser pelo site ou eu fecho por aqui com Pix, como preferir 🙂", 40},
			{customer, "pelo site então, valeu", 35},
		}},
		{topic: "invoice", weight: 2, lines: []line{
			{customer, "preciso da nota fiscal do pedido {order}", 0}, menu(),
			{customer, "Falar com atendente", 9},
			{bot, "Certo! Já vou chamar uma pessoa da equipe.", 2},
			{attendant, "Oi, {name}! Acabei de reenviar a nota do pedido {order} para o seu e-mail. Confere se chegou?", 240},
			{customer, "chegou sim, obrigado", 130},
		}},
		{topic: "thanks", weight: 2, solvedByBot: true, lines: []line{
			{customer, "Só passando pra dizer que {product} ficou lindo aqui em casa ❤️", 0}, menu(),
			{customer, "não preciso de nada não, só elogio mesmo", 20},
			{bot, "Que alegria ler isso! Vou contar para a equipe. Até logo!", 2},
		}},
		{topic: "wholesale", weight: 1, lines: []line{
			{customer, "Vocês vendem no atacado? Tenho uma pousada em {city}", 0}, menu(),
			{customer, "3", 12},
			{bot, "Certo! Já vou chamar uma pessoa da equipe.", 2},
			{attendant, "Vendemos sim, {name}! A partir de 10 peças o desconto é de 15%. O que você procura?", 200},
			{customer, "umas 12 de {product}", 110},
			{attendant, "Fica {price} cada, já com o desconto. Me passa o CNPJ que eu faço o orçamento?", 95},
			{customer, "te mando à tarde", 60},
			{attendant, "Perfeito, fico no aguardo!", 20},
			{note, "Pousada em {city}, 12 × {product}. Mandar orçamento assim que vier o CNPJ.", 15},
		}},
	}
}

func products() []string {
	return []string{
		"a luminária Brisa", "o vaso Serra", "a manta Orvalho", "o jogo de jantar Ipê", "a poltrona Maré", "o tapete Duna", "o espelho Lua",
		"a cafeteira Manhã", "o abajur Vagalume", "a bandeja Jatobá", "o relógio Pêndulo", "a cortina Névoa",
	}
}

func prices() []string {
	return []string{"R$ 89,90", "R$ 129,00", "R$ 159,90", "R$ 219,00", "R$ 349,90", "R$ 489,00", "R$ 1.290,00"}
}

func cities() []string {
	return []string{"São Paulo", "Campinas", "Niterói", "Belo Horizonte", "Curitiba", "Joinville", "Goiânia", "Recife", "Salvador", "Porto Alegre", "Londrina", "Vitória"}
}
