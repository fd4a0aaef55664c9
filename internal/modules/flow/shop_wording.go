package flow

// served is what the cards call the good way out of a node of the shop; empty
// for the other kinds.
func (w wording) served() string {
	switch w.node.(type) {
	case *productSearchNode, *productShowNode, *productVariantNode:
		return w.pick("Escolheu", "Picked")
	case *productAboutNode:
		return w.pick("Produto encontrado", "Product found")
	case *cartAddNode:
		return w.pick("No carrinho", "In the cart")
	case *cartShowNode:
		return w.pick("Tem itens", "Has items")
	case *cartChangeNode:
		return w.pick("Mudou", "Changed")
	case *cartReceiveNode:
		return w.pick("Carrinho pronto", "Cart is ready")
	case *couponNode:
		return w.pick("Cupom aplicado", "Coupon applied")
	case *shippingNode:
		return w.pick("Entrega definida", "Delivery is set")
	case *orderPlaceNode:
		return w.pick("Pedido feito", "Order placed")
	case *orderPayNode:
		return w.pick("Pago", "Paid")
	case *orderStatusNode:
		return w.pick("Pedido encontrado", "Order found")
	}
	return ""
}

// shopExit is what the cards call the other exits of the shop's nodes.
func (w wording) shopExit(label string) string {
	switch label {
	case "on_none":
		switch w.node.(type) {
		case *shippingNode:
			return w.pick("Não entrega lá", "No delivery there")
		}
		return w.pick("Não encontrou", "Nothing found")
	case "on_cart":
		return w.pick("Mandou um carrinho", "Sent a cart")
	case "on_text":
		return w.pick("Escreveu outra coisa", "Wrote something else")
	case "on_sold_out":
		return w.pick("Esgotado", "Sold out")
	case "on_unavailable":
		return w.pick("Não disponível", "Not available")
	case "on_empty":
		return w.pick("Carrinho vazio", "Cart is empty")
	case "on_failed":
		return w.pick("Não deu certo", "It did not work")
	case "on_refused":
		return w.pick("Cupom recusado", "Coupon refused")
	case "on_skip":
		return w.pick("Sem cupom", "No coupon")
	case "on_cancel":
		return w.pick("Desistiu", "Said no")
	case "on_short":
		return w.pick("Acabou o estoque", "Out of stock")
	case "on_expired":
		return w.pick("Venceu sem pagar", "Expired unpaid")
	case "on_canceled":
		return w.pick("Pedido cancelado", "Order canceled")
	default:
		return label
	}
}

// shopField names the fields of the shop's nodes; empty for others.
func (w wording) shopField(path string) string {
	switch path {
	case "query":
		return w.pick("as palavras da busca", "the words to search for")
	case "results":
		return w.pick("o texto acima dos resultados", "the text above the results")
	case "none":
		return w.pick("a frase para quando não há produto", "the sentence for no product")
	case "products":
		return w.pick("os produtos", "the products")
	case "product":
		return w.pick("o produto", "the product")
	case "variant":
		return w.pick("a variação do produto", "the product's variant")
	case "quantity":
		return w.pick("a quantidade", "the quantity")
	case "done":
		return w.pick("a frase para quando deu certo", "the sentence for when it is done")
	case "empty":
		return w.pick("a frase sobre o carrinho vazio", "the sentence about the empty cart")
	case "code":
		return w.pick("o código do cupom", "the coupon's code")
	case "number":
		return w.pick("o número do pedido", "the number of the order")
	case "order":
		return w.pick("o pedido", "the order")
	case "waiting":
		return w.pick("a frase enquanto espera o pagamento", "the sentence while the payment is awaited")
	case "remind":
		return w.pick("o lembrete do pagamento", "the reminder of the payment")
	case "remind_minutes":
		return w.pick("o tempo até o lembrete, em minutos,", "the time until the reminder in minutes")
	default:
		return ""
	}
}
