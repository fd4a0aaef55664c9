package telegram

import (
	"strings"

	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

func goods(n int) []message.Goods {
	var out []message.Goods
	for i := range n {
		letter := string(rune('A' + i))
		out = append(out, message.Goods{
			RetailerID: "var_" + letter, Option: "g." + strings.ToLower(letter), Name: "Camiseta " + letter, Description: "Algodão, feita no Recife.",
			Price: 4990, ListPrice: 5990, Currency: "BRL", ImageURL: "https://loja.example/i/" + letter + ".jpg", Link: "https://loja.example/s/p/" + letter,
		})
	}
	return out
}

func shelfOf(goods ...message.Goods) *message.Shelf {
	return &message.Shelf{CatalogID: "3300", Header: "Novidades", Footer: "Frete grátis", Sections: []message.Section{{Goods: goods}}, Link: "https://loja.example/s/c/1"}
}

func billed(change func(*message.Bill)) *message.Bill {
	b := &message.Bill{
		Reference: "1023-1", Number: "1023", Currency: "BRL", Native: true,
		Lines: []message.BillLine{
			{RetailerID: "var_a", Name: "Camiseta Azul M", Quantity: 2, Price: 5990, Sale: 4990},
			{RetailerID: "var_b", Name: "Boné", Quantity: 1, Price: 3000},
		},
		Subtotal: 12980, Discount: 1000, Shipping: 1200, Total: 13180,
		Pix:  &message.PixCode{Code: "00020126BR.GOV.BCB.PIX6304ABCD"},
		Page: "https://loja.example/s/o/1", QR: &message.Media{MIME: "image/png", Size: 500, Blob: "photo"},
	}
	change(b)
	return b
}

// shopping are the messages of a purchase, by name.
func shopping() map[string]channel.Outbound {
	one := func(c message.Content) channel.Outbound {
		return channel.Outbound{To: rui(), Content: c, Ours: "dlv_1"}
	}
	good := func(change func(*message.Goods)) *message.Shelf {
		g := goods(1)[0]
		change(&g)
		return shelfOf(g)
	}
	side := shelfOf(goods(3)...)
	side.Carousel = true
	return map[string]channel.Outbound{
		"card":               one(message.Content{Kind: message.Product, Text: "Olhe esta", Shelf: shelfOf(goods(1)...)}),
		"card_blob":          one(message.Content{Kind: message.Product, Shelf: good(func(g *message.Goods) { g.Image = blob("image/jpeg", 900) })}),
		"card_words":         one(message.Content{Kind: message.Product, Shelf: good(func(g *message.Goods) { g.ImageURL = "" })}),
		"card_bare":          one(message.Content{Kind: message.Product, Shelf: good(func(g *message.Goods) { g.ImageURL, g.Option, g.Link = "", "", "" })}),
		"rows":               one(message.Content{Kind: message.Products, Text: "O que temos", Shelf: shelfOf(goods(12)...)}),
		"album":              one(message.Content{Kind: message.Products, Text: "O que temos", Shelf: side}),
		"door":               one(message.Content{Kind: message.Catalog, Shelf: shelfOf()}),
		"bill":               one(message.Content{Kind: message.Invoice, Text: "Falta pagar 💳", Bill: billed(func(*message.Bill) {})}),
		"bill_ways":          one(message.Content{Kind: message.Invoice, Bill: billed(func(b *message.Bill) { b.Link, b.Boleto = "https://pay.example/1", "34191.79001 01043.510047" })}),
		"bill_long_code":     one(message.Content{Kind: message.Invoice, Bill: billed(func(b *message.Bill) { b.Pix.Code = strings.Repeat("0", 300) })}),
		"bill_long":          one(message.Content{Kind: message.Invoice, Text: strings.Repeat("Uma frase inteira. ", 220), Bill: billed(func(*message.Bill) {})}),
		"bill_delivery":      one(message.Content{Kind: message.Invoice, Text: strings.Repeat("Uma frase inteira. ", 220), Bill: billed(func(b *message.Bill) { b.Pix, b.QR = nil, nil })}),
		"bill_english":       {To: rui(), Language: "en", Content: message.Content{Kind: message.Invoice, Bill: billed(func(*message.Bill) {})}},
		"order_status":       one(message.Content{Kind: message.OrderNews, Text: "Saiu para entrega", Progress: &message.Progress{Number: "1023", Step: message.StepShipped, Note: "Com o João", Native: true, Page: "https://loja.example/s/o/1"}}),
		"order_status_words": one(message.Content{Kind: message.OrderNews, Progress: &message.Progress{Number: "1023", Step: message.StepCanceled}}),
	}
}
