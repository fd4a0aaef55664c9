package message

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func someGoods(n int, native bool) []Goods {
	var out []Goods
	for i := range n {
		g := Goods{Option: fmt.Sprint("g.", i), Name: fmt.Sprint("Camiseta ", i), Price: 4990, Currency: "BRL", ImageURL: "https://loja.example/1.jpg", Link: "https://loja.example/p"}
		if native {
			g.RetailerID = fmt.Sprint("var_", i)
		}
		out = append(out, g)
	}
	return out
}

func stands(stalls []Stall) string {
	var all []string
	for _, s := range stalls {
		all = append(all, string(s.Stand))
	}
	return strings.Join(all, " ")
}

// TestTheLadderOfGoods holds each rung of each channel.
func TestTheLadderOfGoods(t *testing.T) {
	shelf := func(catalogID string, carousel bool, goods []Goods, link string) Shelf {
		return Shelf{CatalogID: catalogID, Carousel: carousel, Link: link, Sections: []Section{{Goods: goods}}}
	}
	without := func(change func(*Goods), goods []Goods) []Goods {
		for i := range goods {
			change(&goods[i])
		}
		return goods
	}
	noOption := func(g *Goods) { g.Option = "" }
	noPicture := func(g *Goods) { g.ImageURL = "" }
	longOption := func(g *Goods) { g.Option = strings.Repeat("x", 65) }
	for _, c := range []struct {
		name    string
		kind    Kind
		shelf   Shelf
		channel Channel
		want    string
	}{
		{"one of the catalog", Product, shelf("1", false, someGoods(1, true), ""), WhatsApp, "product"},
		{"one without id", Product, shelf("1", false, someGoods(1, false), ""), WhatsApp, "card"},
		{"one without catalog", Product, shelf("", false, someGoods(1, true), ""), WhatsApp, "card"},
		{"a list of one", Products, shelf("1", false, someGoods(1, true), ""), WhatsApp, "product"},
		{"30 of the catalog", Products, shelf("1", false, someGoods(30, true), ""), WhatsApp, "product_list"},
		{"31 of the catalog", Products, shelf("1", false, someGoods(31, true), ""), WhatsApp, "product_list product_list"},
		{"10 side by side", Products, shelf("1", true, someGoods(10, true), ""), WhatsApp, "product_carousel"},
		{"11 side by side", Products, shelf("1", true, someGoods(11, true), ""), WhatsApp, "product_carousel product_carousel"},
		{"cards", Products, shelf("", true, someGoods(3, false), ""), WhatsApp, "cards"},
		{"cards without pictures", Products, shelf("", true, without(noPicture, someGoods(3, false)), ""), WhatsApp, "rows"},
		{"10 rows", Products, shelf("", false, someGoods(10, false), ""), WhatsApp, "rows"},
		{"11 rows", Products, shelf("", false, someGoods(11, false), ""), WhatsApp, "rows rows"},
		{"nothing to tap", Products, shelf("", false, without(noOption, someGoods(3, false)), ""), WhatsApp, "text"},
		{"catalog", Catalog, shelf("1", false, nil, "https://x.example"), WhatsApp, "catalog"},
		{"door", Catalog, shelf("", false, nil, "https://x.example"), WhatsApp, "door"},
		{"no door", Catalog, shelf("", false, nil, ""), WhatsApp, "text"},

		{"one", Product, shelf("1", false, someGoods(1, true), ""), Telegram, "card"},
		{"rows", Products, shelf("1", false, someGoods(30, true), ""), Telegram, "rows"},
		{"album", Products, shelf("1", true, someGoods(11, true), ""), Telegram, "cards cards"},
		{"long ids", Products, shelf("", false, without(longOption, someGoods(3, false)), ""), Telegram, "text"},
		{"door", Catalog, shelf("1", false, nil, "https://x.example"), Telegram, "door"},

		{"one", Product, shelf("1", false, someGoods(1, true), ""), Messenger, "card"},
		{"cards without asking", Products, shelf("1", false, someGoods(12, true), ""), Messenger, "cards cards"},
		{"chips", Products, shelf("", false, without(noPicture, someGoods(14, false)), ""), Messenger, "rows rows"},
		{"several", Products, shelf("1", true, someGoods(3, true), ""), Instagram, "cards"},
		{"nothing to tap", Products, shelf("", false, without(noOption, someGoods(3, false)), ""), Instagram, "text"},
		{"door", Catalog, shelf("1", false, nil, "https://x.example"), Instagram, "door"},
		{"one", Product, shelf("1", false, someGoods(1, true), ""), "sms", "text"},
	} {
		if got := stands(Arrange(c.kind, c.shelf, "Veja", c.channel, "pt-BR")); got != c.want {
			t.Errorf("%s on %s: %q, want %q", c.name, c.channel, got, c.want)
		}
	}
}

func TestSectionsAreCutToTheList(t *testing.T) {
	shelf := Shelf{CatalogID: "1", Header: strings.Repeat("título ", 20)}
	for i := range 12 {
		shelf.Sections = append(shelf.Sections, Section{Title: strings.Repeat("é", 30*(i%2)), Goods: someGoods(4, true)})
	}
	stalls := Arrange(Products, shelf, "", WhatsApp, "en")
	sizes := ""
	for _, s := range stalls {
		sizes += fmt.Sprint(len(s.Sections), "/", len(s.Goods), " ")
		for _, section := range s.Sections {
			if section.Title == "" || !(Size{24, UTF16}).Fits(section.Title) {
				t.Errorf("title %q", section.Title)
			}
		}
	}
	if sizes != "8/30 5/18 " {
		t.Error(sizes)
	}
	if s := stalls[1]; s.Header != "Products" || s.Text != "Choose a product:" {
		t.Errorf("%q %q", s.Header, s.Text)
	}
	if shelf.Sections[1].Title != strings.Repeat("é", 30) {
		t.Error("the caller's shelf was changed")
	}
}

func TestPricesAndLabels(t *testing.T) {
	g := Goods{Option: "a", Name: "Camiseta de algodão com gola", Description: "Feita no Recife", Price: 4990, ListPrice: 5990, Currency: "BRL"}
	shelf := Shelf{Sections: []Section{{Goods: []Goods{g, {Option: "b", Name: "Boné", Price: 3000, Currency: "BRL"}}}}}
	whats := Arrange(Products, shelf, "", WhatsApp, "")[0].Rows
	if whats[0].Title != "Camiseta de algodão com…" || whats[0].Description != "R$ 49,90 (antes R$ 59,90) · Camiseta de algodão com gola" || whats[1].Description != "R$ 30,00" {
		t.Errorf("%+v", whats)
	}
	if keys := Arrange(Products, shelf, "", Telegram, "")[0].Rows; keys[0].Title != "Camiseta de algodão com gola · R$ 49,90" {
		t.Errorf("%+v", keys)
	}
	chips := Arrange(Products, shelf, "", Messenger, "")[0]
	if chips.Rows[0].Title != "Camiseta de algodão…" || chips.Text != "Escolha um produto:\n\nCamiseta de algodão com gola\nR$ 49,90 (antes R$ 59,90)\n\nBoné\nR$ 30,00" {
		t.Errorf("%+v", chips)
	}
	one := Arrange(Product, Shelf{Sections: []Section{{Goods: []Goods{g}}}}, "Olhe", WhatsApp, "en")[0]
	if one.Text != "Olhe\n\nCamiseta de algodão com gola\nR$ 49,90 (was R$ 59,90)\n\nFeita no Recife" || one.Button != "I want it" {
		t.Errorf("%+v", one)
	}
}

// TestEveryStallFits draws shelves of any size: what comes out is within the
// channel, and no good is lost.
func TestEveryStallFits(t *testing.T) {
	word := rapid.SampledFrom([]string{"olá", "💙", "👩‍👩‍👧", "preço", "\n\n", "fim.", "a\u0301\u0302", "comprida"})
	text := func(t *rapid.T, label string, most int) string {
		return strings.Join(rapid.SliceOfN(word, 0, most).Draw(t, label), " ")
	}
	rapid.Check(t, func(t *rapid.T) {
		channel := rapid.SampledFrom([]Channel{WhatsApp, Telegram, Messenger, Instagram, "pigeon"}).Draw(t, "channel")
		kind := rapid.SampledFrom([]Kind{Product, Products, Catalog}).Draw(t, "kind")
		shelf := Shelf{Header: text(t, "header", 30), Footer: text(t, "footer", 30), Button: text(t, "button", 8), Carousel: rapid.Bool().Draw(t, "carousel")}
		if rapid.Bool().Draw(t, "catalog") {
			shelf.CatalogID = "3300"
		}
		n := 0
		picture := rapid.SampledFrom([]string{"", "https://x.example/1.jpg"}).Draw(t, "picture")
		for range rapid.IntRange(1, 4).Draw(t, "sections") {
			section := Section{Title: text(t, "title", 10)}
			for range rapid.IntRange(0, 25).Draw(t, "goods") {
				n++
				section.Goods = append(section.Goods, Goods{RetailerID: fmt.Sprint("r", n), Option: fmt.Sprint("o", n), Name: "x" + text(t, "name", 20), Description: text(t, "description", 12), Price: 100, Currency: "BRL", ImageURL: picture})
			}
			shelf.Sections = append(shelf.Sections, section)
		}
		limits := LimitsOf(channel)
		var shown []Goods
		for _, s := range Arrange(kind, shelf, text(t, "text", 400), channel, "pt-BR") {
			shown = append(shown, s.Goods...)
			room := limits.Shop.Body
			switch s.Stand {
			case StandText:
				room = limits.Text
			case StandRows:
				room = limits.Text
				if limits.Rows > 0 {
					room = limits.ListBody
				}
				most := max(limits.Rows, limits.Keyboard)
				if most == 0 {
					most = limits.QuickReplies
				}
				if len(s.Rows) != len(s.Goods) || len(s.Rows) > most {
					t.Fatalf("%d rows", len(s.Rows))
				}
			case StandCards, StandCarousel:
				if len(s.Goods) < 2 || len(s.Goods) > limits.Shop.Cards {
					t.Fatalf("%d cards", len(s.Goods))
				}
				for _, g := range s.Goods {
					if card := g.CardText(channel, "pt-BR"); !limits.Shop.CardBody.Fits(card) || strings.Count(card, "\n") > 2 {
						t.Fatalf("card %q", card)
					}
				}
			case StandList:
				if len(s.Goods) > 30 || len(s.Sections) > 10 || s.Header == "" {
					t.Fatalf("list of %d in %d", len(s.Goods), len(s.Sections))
				}
			}
			if !room.Fits(s.Text) || s.Text == "" && s.Stand != StandProduct {
				t.Fatalf("%s with a text of %d", s.Stand, room.Of(s.Text))
			}
			if limits.Header.Max > 0 && !limits.Header.Fits(s.Header) || limits.Footer.Max > 0 && !limits.Footer.Fits(s.Footer) {
				t.Fatalf("header %q, footer %q", s.Header, s.Footer)
			}
			for _, row := range s.Rows {
				if row.Title == "" || limits.Rows > 0 && (!limits.RowTitle.Fits(row.Title) || !limits.RowDescription.Fits(row.Description)) || !limits.OptionID.Fits(row.ID) {
					t.Fatalf("row %+v", row)
				}
			}
		}
		if kind != Catalog && channel != "pigeon" && !reflect.DeepEqual(shown, shelf.Goods()) {
			t.Fatalf("%d goods were shown of %d", len(shown), n)
		}
	})
}
