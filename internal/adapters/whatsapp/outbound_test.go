package whatsapp

import (
	"strings"

	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// good is something for sale, n distinguishing it.
func good(n int) message.Goods {
	letter := string(rune('A' + n))
	return message.Goods{
		RetailerID: "var_" + strings.ToLower(letter), Option: "g." + strings.ToLower(letter), Name: "Camiseta " + letter, Description: "Algodão, feita no Recife.",
		Price: 4990, ListPrice: 5990, Currency: "BRL", ImageURL: "https://loja.example/i/" + letter + ".jpg", Link: "https://loja.example/s/p/" + letter,
	}
}

func goods(n int) []message.Goods {
	var out []message.Goods
	for i := range n {
		out = append(out, good(i))
	}
	return out
}

func shelfOf(catalogID string, goods ...message.Goods) *message.Shelf {
	return &message.Shelf{CatalogID: catalogID, Header: "Novidades", Footer: "Frete grátis", Button: "Quero", Sections: []message.Section{{Title: "Camisetas", Goods: goods}}, Link: "https://loja.example/s/c/1"}
}

// bill asks for R$ 131,80 of Ana.
func bill() *message.Bill {
	return &message.Bill{
		Reference: "1023-1", Number: "1023", Currency: "BRL",
		Lines: []message.BillLine{
			{RetailerID: "var_a", Name: "Camiseta Azul M", Quantity: 2, Price: 5990, Sale: 4990},
			{RetailerID: "var_b", Name: "Boné", Quantity: 1, Price: 3000},
		},
		Subtotal: 12980, Discount: 1000, Shipping: 1200, Total: 13180,
		Pix:  &message.PixCode{Code: "00020126BR.GOV.BCB.PIX6304ABCD", Merchant: "Loja Aurora", Key: "12345678000199", KeyType: "CNPJ"},
		Page: "https://loja.example/s/o/1", QR: &message.Media{MIME: "image/png", Size: 500, Blob: "photo"}, Footer: "Loja Aurora",
	}
}

func billed(change func(*message.Bill)) *message.Bill {
	b := bill()
	change(b)
	return b
}

// shopping are the messages of a purchase, by name.
func shopping() map[string]channel.Outbound {
	ana := to("wa:5581988887777")
	one := func(c message.Content) channel.Outbound { return channel.Outbound{To: ana, Ours: "dlv_01", Content: c} }
	bare := func(change func(*message.Goods)) *message.Shelf {
		g := good(0)
		change(&g)
		return shelfOf("", g)
	}
	many := shelfOf("3300", goods(20)...)
	many.Sections = append(many.Sections, message.Section{Goods: goods(15)})
	carousel := func(catalogID string, n int) *message.Shelf {
		s := shelfOf(catalogID, goods(n)...)
		s.Carousel = true
		return s
	}
	native := func(b *message.Bill) { b.Native = true }
	return map[string]channel.Outbound{
		"product":       one(message.Content{Kind: message.Product, Text: "Olhe esta", Shelf: shelfOf("3300", good(0))}),
		"product_bare":  one(message.Content{Kind: message.Product, Shelf: &message.Shelf{CatalogID: "3300", Sections: []message.Section{{Goods: goods(1)}}}}),
		"products":      one(message.Content{Kind: message.Products, Text: "O que temos", Shelf: shelfOf("3300", goods(3)...)}),
		"products_many": one(message.Content{Kind: message.Products, Text: "O que temos", Shelf: many}),
		"products_side": one(message.Content{Kind: message.Products, Text: "O que temos", Shelf: carousel("3300", 11)}),
		"catalog":       one(message.Content{Kind: message.Catalog, Text: "Nossa loja", Shelf: shelfOf("3300", good(1))}),
		"catalog_bare":  one(message.Content{Kind: message.Catalog, Shelf: &message.Shelf{CatalogID: "3300"}}),
		"card":          one(message.Content{Kind: message.Product, Text: "Olhe esta", Shelf: shelfOf("", good(0))}),
		"card_blob":     one(message.Content{Kind: message.Product, Shelf: bare(func(g *message.Goods) { g.Image = file("image/jpeg", 900) })}),
		"card_webp":     one(message.Content{Kind: message.Product, Shelf: bare(func(g *message.Goods) { g.Image, g.ImageURL = file("image/webp", 900), "" })}),
		"card_link":     one(message.Content{Kind: message.Product, Shelf: bare(func(g *message.Goods) { g.Option = "" })}),
		"card_picture":  one(message.Content{Kind: message.Product, Shelf: bare(func(g *message.Goods) { g.Option, g.Link = "", "" })}),
		"card_words":    one(message.Content{Kind: message.Product, Shelf: bare(func(g *message.Goods) { g.Option, g.Link, g.ImageURL = "", "", "" })}),
		"rows":          one(message.Content{Kind: message.Products, Text: "O que temos", Shelf: shelfOf("", goods(3)...)}),
		"rows_many":     one(message.Content{Kind: message.Products, Shelf: shelfOf("", goods(13)...)}),
		"cards":         one(message.Content{Kind: message.Products, Text: "O que temos", Shelf: carousel("", 3)}),
		"door":          one(message.Content{Kind: message.Catalog, Shelf: shelfOf("")}),
		"bill":          one(message.Content{Kind: message.Invoice, Text: "Falta pagar", Bill: billed(native)}),
		"bill_ways": one(message.Content{Kind: message.Invoice, Bill: billed(func(b *message.Bill) {
			b.Native, b.Reference, b.Link, b.Boleto = true, "1023-2", "https://pay.example/1", "34191.79001 01043.510047 91020.150008 1 00000000013180"
		})}),
		"bill_words": one(message.Content{Kind: message.Invoice, Text: "Falta pagar", Bill: bill()}),
		"bill_words_ways": one(message.Content{Kind: message.Invoice, Bill: billed(func(b *message.Bill) {
			b.Link, b.Boleto = "https://pay.example/1", "34191.79001 01043.510047 91020.150008 1 00000000013180"
		})}),
		"bill_no_key":        one(message.Content{Kind: message.Invoice, Bill: billed(func(b *message.Bill) { b.Native, b.Pix.Key = true, "" })}),
		"bill_delivery":      one(message.Content{Kind: message.Invoice, Bill: billed(func(b *message.Bill) { b.Native, b.Pix, b.QR, b.Page = true, nil, nil, "" })}),
		"bill_long":          one(message.Content{Kind: message.Invoice, Text: strings.Repeat("Uma frase inteira. ", 80), Bill: bill()}),
		"order_status":       one(message.Content{Kind: message.OrderNews, Text: "Saiu para entrega", Progress: &message.Progress{Reference: "1023-1", Number: "1023", Step: message.StepShipped, Note: "Com o João", Native: true, Page: "https://loja.example/s/o/1"}}),
		"order_status_words": one(message.Content{Kind: message.OrderNews, Progress: &message.Progress{Number: "1023", Step: message.StepShipped, Note: "Com o João", Page: "https://loja.example/s/o/1"}}),
		"order_status_bare":  one(message.Content{Kind: message.OrderNews, Text: "Pedido pago. Obrigado!", Progress: &message.Progress{Number: "1023", Step: message.StepProcessing}}),
		"bill_english":       {To: ana, Ours: "dlv_01", Language: "en", Content: message.Content{Kind: message.Invoice, Bill: bill()}},
		"bill_abroad":        {To: to("wa:351912345678"), Ours: "dlv_01", Content: message.Content{Kind: message.Invoice, Bill: billed(func(b *message.Bill) { b.Native, b.Reference = true, "1023-9" })}},
	}
}
