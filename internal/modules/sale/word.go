package sale

import (
	"strings"

	"prosa/internal/base/money"
	"prosa/internal/modules/order"
	"prosa/internal/modules/payment"
)

// Languages in which customers are spoken to.
const (
	portuguese = "pt-BR"
	english    = "en"
)

// languageOf brings a language tag to one that the house speaks; fallback when
// it speaks none of it.
func languageOf(tag, fallback string) string {
	switch tag = strings.ToLower(tag); {
	case strings.HasPrefix(tag, "en"):
		return english
	case strings.HasPrefix(tag, "pt"):
		return portuguese
	case fallback == english:
		return english
	default:
		return portuguese
	}
}

// vocabulary is what is said about orders. Verbs of fmt stand for what the
// field's comment names.
type vocabulary struct {
	look, cartEmpty, subtotal, discount, delivery, total, free, only, gone, moved string

	bill, billPart, billAnew                       string // number, total
	copyCode, pay, view, footer                    string
	placed, paid, confirmed, preparing, ready, out string // number
	shipped, delivered, completed                  string
	expired, canceled, canceledBack                string
	short                                          string // got, number, lacking
	late, back                                     string
	failed, remind                                 string
	received, receivedMissing, finish              string

	unsaid                                              string // text
	noteShort, noteLate, noteOver, noteHand, noteFailed string

	orderStates map[order.State]string
	methods     map[payment.Choice]string
	online      map[payment.Method]string
	reasons     map[string]string
}

func words(language string) vocabulary {
	if language == english {
		return inEnglish
	}
	return inPortuguese
}

var inPortuguese = vocabulary{
	look: "Dê uma olhada:", cartEmpty: "Seu carrinho está vazio.", subtotal: "Subtotal", discount: "Desconto", delivery: "Entrega", total: "Total",
	free: "grátis", only: "só temos %d", gone: "acabou", moved: "Alguns preços mudaram desde que você escolheu.",

	bill: "Pedido %s: o total é %s.", billPart: "O pedido %s mudou: falta pagar %s.",
	billAnew: "O pedido %s mudou e agora custa %s. Pague por aqui: a cobrança anterior não vale mais.",
	copyCode: "Copiar código Pix", pay: "Pagar", view: "Ver pedido", footer: "Confirmamos assim que o pagamento chegar.",
	placed: "Pedido %s recebido! O pagamento é na entrega: %s.", paid: "Pagamento recebido, obrigado! O pedido %s está confirmado.",
	confirmed: "O pedido %s está confirmado. Obrigado!",
	preparing: "O pedido %s está sendo preparado.", ready: "O pedido %s está pronto para retirada.", out: "O pedido %s saiu para entrega.",
	shipped: "O pedido %s foi enviado.", delivered: "O pedido %s foi entregue. Bom proveito!", completed: "O pedido %s foi concluído. Obrigado pela compra!",
	expired:  "O prazo de pagamento do pedido %s acabou e ele foi cancelado. Se ainda quiser, é só pedir de novo.",
	canceled: "O pedido %s foi cancelado.", canceledBack: "O pedido %s foi cancelado. Vamos devolver %s.",
	short:  "Recebemos %s pelo pedido %s, mas ainda faltam %s. Uma pessoa vai falar com você.",
	late:   "Seu pagamento do pedido %s chegou depois do prazo e os itens já acabaram. Vamos devolver o valor.",
	back:   "Devolvemos %s do pedido %s.",
	failed: "Não conseguimos gerar o pagamento do pedido %s. Uma pessoa vai ajudar você.",
	remind: "O pagamento do pedido %s vence em %d min. Total: %s.",

	received: "Recebemos seu carrinho!", receivedMissing: "Não conseguimos incluir:", finish: "Para escolher a entrega e pagar: %s",

	unsaid:     "Não enviado ao cliente, pois o prazo de resposta do canal acabou:\n%s",
	noteShort:  "Pedido %s: pagaram %s de %s. Combine o restante com o cliente ou devolva o valor.",
	noteLate:   "Pedido %s: o pagamento chegou depois do prazo e não há mais estoque. O valor precisa voltar ao cliente.",
	noteOver:   "Pedido %s: pagaram %s a mais. A devolução está em andamento.",
	noteHand:   "Pedido %s: devolva %s ao cliente e marque a devolução como feita no pedido.",
	noteFailed: "Pedido %s: o provedor recusou o pagamento. Ofereça outra forma de pagar.",

	orderStates: map[order.State]string{
		order.AwaitingPayment: "aguardando pagamento", order.Confirmed: "confirmado", order.Preparing: "em preparo", order.Ready: "pronto para retirada",
		order.OutForDelivery: "saiu para entrega", order.Shipped: "enviado", order.Delivered: "entregue", order.Completed: "concluído",
		order.Expired: "expirado", order.Canceled: "cancelado",
	},
	methods: map[payment.Choice]string{
		{Provider: payment.PixKey, Method: payment.Pix}: "Pix", {Provider: payment.OnDelivery, Method: payment.Cash}: "Dinheiro na entrega",
		{Provider: payment.OnDelivery, Method: payment.Card}: "Cartão na entrega",
	},
	online: map[payment.Method]string{
		payment.Pix: "Pix", payment.Card: "Cartão de crédito", payment.Slip: "Boleto", payment.Link: "Link de pagamento", payment.Cash: "Dinheiro",
	},
	reasons: map[string]string{
		"out_of_stock": "Não há mais estoque desse item nessa quantidade.", "not_for_sale": "Esse item não está à venda.", "too_many": "É mais do que um pedido pode ter.",
		"cart_empty": "Seu carrinho está vazio.", "price_moved": "O total mudou. Confira o carrinho de novo.", "no_delivery": "Não entregamos nesse endereço, ou o valor do pedido é baixo demais para ele.",
		"delivery_missing": "Falta escolher a entrega.", "no_such_payment": "Essa forma de pagamento não está disponível.",
		"coupon_unknown": "Esse cupom não existe.", "coupon_expired": "Esse cupom não vale mais.", "coupon_minimum": "O pedido ainda não tem o valor mínimo do cupom.",
		"coupon_first_order": "Esse cupom é só para o primeiro pedido.", "coupon_used_up": "Esse cupom já foi usado o bastante.",
		"catalog_foreign": "Esse carrinho não é do nosso catálogo.", "currency": "Esse carrinho está em outra moeda.",
		"order_not_found": "Não encontramos esse pedido.", "not_found": "Não encontramos isso.", "invalid": "Não entendemos. Confira o que foi escrito.",
		"conflict": "Isso mudou agora há pouco. Tente de novo.", "not_shown": "Não há nada para mostrar.", "refused": "Não foi possível.", "too_large": "É grande demais.",
	},
}

var inEnglish = vocabulary{
	look: "Have a look:", cartEmpty: "Your cart is empty.", subtotal: "Subtotal", discount: "Discount", delivery: "Delivery", total: "Total",
	free: "free", only: "only %d left", gone: "sold out", moved: "Some prices have changed since you chose.",

	bill: "Order %s: the total is %s.", billPart: "Order %s has changed: %s is left to pay.",
	billAnew: "Order %s has changed and now costs %s. Please pay here: the earlier bill no longer counts.",
	copyCode: "Copy Pix code", pay: "Pay", view: "View order", footer: "We confirm as soon as the payment arrives.",
	placed: "Order %s received! You pay on delivery: %s.", paid: "Payment received, thank you! Order %s is confirmed.",
	confirmed: "Order %s is confirmed. Thank you!",
	preparing: "Order %s is being prepared.", ready: "Order %s is ready for pickup.", out: "Order %s is out for delivery.",
	shipped: "Order %s has been shipped.", delivered: "Order %s has been delivered. Enjoy!", completed: "Order %s is complete. Thank you for your purchase!",
	expired:  "The time to pay order %s is over and it was canceled. If you still want it, just order again.",
	canceled: "Order %s was canceled.", canceledBack: "Order %s was canceled. We will refund %s.",
	short:  "We received %s for order %s, but %s is still missing. A person will talk to you.",
	late:   "Your payment of order %s arrived too late and the items are sold out. We will refund it.",
	back:   "We refunded %s of order %s.",
	failed: "We could not make the payment of order %s. A person will help you.",
	remind: "The payment of order %s ends in %d min. Total: %s.",

	received: "We received your cart!", receivedMissing: "We could not include:", finish: "To choose the delivery and pay: %s",

	unsaid:     "Not sent to the customer, since the channel's time to answer is over:\n%s",
	noteShort:  "Order %s: %s of %s was paid. Settle the rest with the customer or refund it.",
	noteLate:   "Order %s: the payment arrived too late and the stock is gone. The money has to go back.",
	noteOver:   "Order %s: %s too much was paid. The refund is under way.",
	noteHand:   "Order %s: refund %s to the customer and mark the refund as done in the order.",
	noteFailed: "Order %s: the provider refused the payment. Offer another way to pay.",

	orderStates: map[order.State]string{
		order.AwaitingPayment: "awaiting payment", order.Confirmed: "confirmed", order.Preparing: "being prepared", order.Ready: "ready for pickup",
		order.OutForDelivery: "out for delivery", order.Shipped: "shipped", order.Delivered: "delivered", order.Completed: "completed",
		order.Expired: "expired", order.Canceled: "canceled",
	},
	methods: map[payment.Choice]string{
		{Provider: payment.PixKey, Method: payment.Pix}: "Pix", {Provider: payment.OnDelivery, Method: payment.Cash}: "Cash on delivery",
		{Provider: payment.OnDelivery, Method: payment.Card}: "Card on delivery",
	},
	online: map[payment.Method]string{
		payment.Pix: "Pix", payment.Card: "Credit card", payment.Slip: "Boleto", payment.Link: "Payment link", payment.Cash: "Cash",
	},
	reasons: map[string]string{
		"out_of_stock": "There is not enough of this item left.", "not_for_sale": "This item is not for sale.", "too_many": "That is more than an order may have.",
		"cart_empty": "Your cart is empty.", "price_moved": "The total has changed. Please look at the cart again.", "no_delivery": "We don't deliver to this address, or the order is too small for it.",
		"delivery_missing": "The delivery is not chosen yet.", "no_such_payment": "This way to pay is not available.",
		"coupon_unknown": "There is no such coupon.", "coupon_expired": "This coupon is not valid any more.", "coupon_minimum": "The order is below the coupon's minimum.",
		"coupon_first_order": "This coupon is for the first order only.", "coupon_used_up": "This coupon was used often enough.",
		"catalog_foreign": "This cart is not of our catalog.", "currency": "This cart is in another currency.",
		"order_not_found": "We could not find this order.", "not_found": "We could not find that.", "invalid": "We did not understand. Please check what was written.",
		"conflict": "This has just changed. Please try again.", "not_shown": "There is nothing to show.", "refused": "That was not possible.", "too_large": "That is too large.",
	},
}

// label names a way to pay.
func (v vocabulary) label(choice payment.Choice) string {
	if name := v.methods[choice]; name != "" {
		return name
	}
	if name := v.online[choice.Method]; name != "" {
		return name
	}
	return string(choice.Method)
}

// price spells an amount, or that there is none.
func (v vocabulary) price(amount money.Amount) string {
	if amount == 0 {
		return v.free
	}
	return reais(amount)
}

func reais(amount money.Amount) string { return amount.Text(money.BRL) }
