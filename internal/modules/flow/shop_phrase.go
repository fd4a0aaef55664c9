package flow

// shopPhrases are the sentences of the shop's nodes.
type shopPhrases struct {
	search, results, none, noneAgain, moreGoods string
	option, soldOut, gone                       string
	quantity, empty, moved, short, unavailable  string
	whichLine, howMany, takeOut, clear, leaveIt string
	goOn, yes, no                               string
	coupon, noCoupon                            string
	how, bring, cep, whichQuote                 string
	street, area, city, noDelivery              string
	payment, noPayment, name, taxID, confirm    string
	placed, order, total, noOrder, waiting      string
}

var portugueseShop = shopPhrases{
	search:      "O que você procura?",
	results:     "Encontrei estes produtos. Escolha um, ou escreva outra palavra para procurar de novo:",
	none:        "Não encontrei nenhum produto.",
	noneAgain:   "Não encontrei nenhum produto com essas palavras. Tente escrever de outro jeito:",
	moreGoods:   "Mais produtos",
	option:      "Escolha uma opção:",
	soldOut:     "Infelizmente esse produto acabou.",
	gone:        "Infelizmente isso não está mais à venda.",
	quantity:    "Preciso de um número. Exemplo: 2",
	empty:       "Seu carrinho está vazio.",
	moved:       "Atenção: algum preço mudou desde que você escolheu.",
	short:       "Atenção: não há mais estoque de tudo o que você escolheu.",
	unavailable: "Não está mais disponível:",
	whichLine:   "Qual item você quer mudar?",
	howMany:     "Quantas unidades você quer? Escreva o número.",
	takeOut:     "Tirar do carrinho",
	clear:       "Esvaziar carrinho",
	leaveIt:     "Não mudar nada",
	goOn:        "Podemos continuar?",
	yes:         "Sim",
	no:          "Não",
	coupon:      "Tem um cupom? Escreva o código:",
	noCoupon:    "Não tenho",
	how:         "Como você quer receber?",
	bring:       "Entregar no endereço",
	cep:         "Qual é o CEP da entrega?",
	whichQuote:  "Qual entrega você prefere?",
	street:      "Qual é a rua, o número e o complemento?",
	area:        "Qual é o bairro?",
	city:        "Qual é a cidade?",
	noDelivery:  "Infelizmente não entregamos nesse endereço.",
	payment:     "Como você quer pagar?",
	noPayment:   "No momento não consigo receber o pagamento por aqui.",
	name:        "Qual é o seu nome?",
	taxID:       "Qual é o seu CPF? Ele é necessário para o pagamento.",
	confirm:     "Confirma o pedido?",
	placed:      "Pedido feito! O número dele é",
	order:       "Pedido",
	total:       "Total",
	noOrder:     "Não encontrei esse pedido.",
	waiting:     "Estou esperando o pagamento e aviso assim que ele chegar. Se precisar de uma pessoa, escreva \"atendente\".",
}

var englishShop = shopPhrases{
	search:      "What are you looking for?",
	results:     "I found these products. Pick one, or write another word to search again:",
	none:        "I found no product.",
	noneAgain:   "I found no product with these words. Try to say it another way:",
	moreGoods:   "More products",
	option:      "Pick an option:",
	soldOut:     "Sorry, this product is sold out.",
	gone:        "Sorry, this is not for sale any more.",
	quantity:    "I need a number. Example: 2",
	empty:       "Your cart is empty.",
	moved:       "Please note: a price has changed since you chose.",
	short:       "Please note: there is not enough left of all that you chose.",
	unavailable: "No longer available:",
	whichLine:   "Which item would you like to change?",
	howMany:     "How many would you like? Write the number.",
	takeOut:     "Take it out",
	clear:       "Empty the cart",
	leaveIt:     "Change nothing",
	goOn:        "Shall we go on?",
	yes:         "Yes",
	no:          "No",
	coupon:      "Do you have a coupon? Write its code:",
	noCoupon:    "I have none",
	how:         "How would you like to get it?",
	bring:       "Deliver to an address",
	cep:         "What is the CEP (postal code) of the delivery?",
	whichQuote:  "Which delivery do you prefer?",
	street:      "What are the street, the number and the apartment?",
	area:        "Which neighbourhood?",
	city:        "Which city?",
	noDelivery:  "Sorry, we do not deliver to this address.",
	payment:     "How would you like to pay?",
	noPayment:   "I can't take a payment here at the moment.",
	name:        "What is your name?",
	taxID:       "What is your CPF? The payment needs it.",
	confirm:     "Do you confirm the order?",
	placed:      "Order placed! Its number is",
	order:       "Order",
	total:       "Total",
	noOrder:     "I did not find that order.",
	waiting:     "I'm waiting for the payment and will tell you as soon as it arrives. If you need a person, write \"agent\".",
}
