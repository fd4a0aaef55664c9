package stripe

// words are the texts of the pages in one language.
type words struct {
	Test, Copy, Copied, NotFound, Cancel, Return, Later, Paid, Expired, Waiting, Lapsed, Open, Refused, PayNow, Trial, Invoice, Portal, Pay string

	Each, PayBy, Use, Code, Method map[string]string
	Discount                       map[string]string // by the coupon's duration
}

func wordsOf(locale string) words {
	if locale == "en" {
		return english()
	}
	return portuguese()
}

func portuguese() words {
	return words{
		Test: "Página simulada: nenhum dinheiro de verdade se move, e nenhum número de cartão é pedido.",
		Copy: "Copiar código", Copied: "Copiado", NotFound: "Este pagamento não existe.",
		Cancel: "Voltar sem pagar", Return: "Voltar ao site", Later: "Pagar depois e voltar ao site",
		Paid: "Pagamento confirmado.", Expired: "O prazo deste pagamento acabou.", Waiting: "Aguardando o pagamento.",
		Lapsed: "O código venceu sem pagamento.", Open: "Esta fatura está em aberto.", Refused: "O banco recusou o cartão. Tente de novo, ou pague de outro jeito.",
		PayNow: "Simular: já paguei no banco", Trial: "Grátis por {days} dias; cobramos depois.",
		Invoice: "Fatura", Portal: "Forma de pagamento", Pay: "Pagar",
		Each: map[string]string{"month": "por mês", "year": "por ano"},
		Discount: map[string]string{
			"once": "Desconto de {off} na primeira cobrança; depois, {price}.", "repeating": "Desconto de {off} por {months} meses; depois, {price}.", "forever": "De {price}, com desconto de {off}.",
		},
		PayBy: map[string]string{
			byCard: "Pagar com cartão", byPix: "Pagar com Pix", byBoleto: "Pagar com boleto", chooseDeclined: "Simular cartão recusado",
		},
		Use: map[string]string{
			byCard: "Usar cartão Mastercard final 4444", chooseBad: "Usar cartão sem limite (recusado na renovação)", byPix: "Usar Pix", byBoleto: "Usar boleto",
		},
		Code:   map[string]string{byPix: "Pix copia e cola", byBoleto: "Linha digitável"},
		Method: map[string]string{byCard: "cartão", byPix: "Pix", byBoleto: "boleto"},
	}
}

func english() words {
	return words{
		Test: "Simulated page: no real money moves, and no card number is asked for.",
		Copy: "Copy code", Copied: "Copied", NotFound: "This payment does not exist.",
		Cancel: "Go back without paying", Return: "Back to the site", Later: "Pay later and go back to the site",
		Paid: "Payment confirmed.", Expired: "The time for this payment is over.", Waiting: "Waiting for the payment.",
		Lapsed: "The code expired unpaid.", Open: "This invoice is open.", Refused: "The bank declined the card. Try again, or pay another way.",
		PayNow: "Simulate: I paid at my bank", Trial: "Free for {days} days; charged afterwards.",
		Invoice: "Invoice", Portal: "Payment method", Pay: "Pay",
		Each: map[string]string{"month": "a month", "year": "a year"},
		Discount: map[string]string{
			"once": "{off} off the first payment; {price} afterwards.", "repeating": "{off} off for {months} months; {price} afterwards.", "forever": "Instead of {price}, {off} off.",
		},
		PayBy: map[string]string{
			byCard: "Pay by card", byPix: "Pay by Pix", byBoleto: "Pay by boleto", chooseDeclined: "Simulate a declined card",
		},
		Use: map[string]string{
			byCard: "Use Mastercard ending in 4444", chooseBad: "Use a card without funds (declined at renewal)", byPix: "Use Pix", byBoleto: "Use boleto",
		},
		Code:   map[string]string{byPix: "Pix code", byBoleto: "Boleto number"},
		Method: map[string]string{byCard: "card", byPix: "Pix", byBoleto: "boleto"},
	}
}
