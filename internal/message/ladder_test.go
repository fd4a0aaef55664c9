package message

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func options(titles ...string) []Option {
	out := make([]Option, len(titles))
	for i, title := range titles {
		out[i] = Option{ID: fmt.Sprintf("o%d", i), Title: title}
	}
	return out
}

func many(n int) []Option {
	out := make([]Option, n)
	for i := range out {
		out[i] = Option{ID: fmt.Sprintf("o%d", i), Title: fmt.Sprintf("Opção %d", i+1)}
	}
	return out
}

func TestLadder(t *testing.T) {
	long := "Quero falar com um atendente" // 28: over a button and a row, within a description
	huge := strings.Repeat("muito longo ", 8)
	described := options("A", "B")
	described[0].Description = "a primeira"
	for _, c := range []struct {
		name    string
		options []Option
		channel Channel
		want    Shape
	}{
		{"three short", options("Sim", "Não", "Talvez"), WhatsApp, ShapeButtons},
		{"four short", options("A", "B", "C", "D"), WhatsApp, ShapeList},
		{"a description needs a list", described, WhatsApp, ShapeList},
		{"a title of 21 to 24 needs a list", options("Falar com um atendente", "B"), WhatsApp, ShapeList},
		{"a longer title goes to the description", options(long, "B"), WhatsApp, ShapeList},
		{"longer than a description", options(huge, "B"), WhatsApp, ShapeNumbered},
		{"ten", many(10), WhatsApp, ShapeList},
		{"eleven", many(11), WhatsApp, ShapeNumbered},
		{"keyboard", many(11), Telegram, ShapeKeyboard},
		{"keyboard of long titles", options(huge, long), Telegram, ShapeKeyboard},
		{"over a keyboard", many(101), Telegram, ShapeNumbered},
		{"quick replies", many(13), Messenger, ShapeQuick},
		{"over quick replies", many(14), Messenger, ShapeNumbered},
		{"instagram", many(3), Instagram, ShapeQuick},
		{"an unknown channel", many(2), "sms", ShapeNumbered},
		{"no options", nil, WhatsApp, ShapeNumbered},
		{"an id over 64 bytes", []Option{{ID: strings.Repeat("x", 65), Title: "A"}}, Telegram, ShapeNumbered},
	} {
		if got := Lay(Choice{Options: c.options}, "Escolha:", c.channel); got.Shape != c.want {
			t.Errorf("%s on %s: %s, want %s", c.name, c.channel, got.Shape, c.want)
		}
	}
}

func TestRowShowsTheWholeTitle(t *testing.T) {
	layout := Lay(Choice{Options: options("Quero falar com um atendente", "B")}, "?", WhatsApp)
	row := layout.Options[0]
	if row.Title != "Quero falar com um aten…" || row.Description != "Quero falar com um atendente" || row.ID != "o0" {
		t.Fatalf("%+v", row)
	}
	if layout.Button != "Ver opções" {
		t.Fatalf("button %q", layout.Button)
	}
}

func TestCutTitlesStayUnique(t *testing.T) {
	layout := Lay(Choice{Options: options("Camiseta azul de algodão P", "Camiseta azul de algodão M", "Camiseta azul de algodão G")}, "?", Messenger)
	want := []string{"Camiseta azul de al…", "Camiseta azul de… 2", "Camiseta azul de… 3"}
	for i, option := range layout.Options {
		if option.Title != want[i] || option.ID != fmt.Sprintf("o%d", i) {
			t.Errorf("option %d: %+v, want %q", i, option, want[i])
		}
	}
}

func TestNumberedPages(t *testing.T) {
	choice := Choice{Header: "Cidades", Footer: "Loja", More: "Ver mais", Options: many(20)}
	first := Lay(choice, "Qual cidade?", WhatsApp)
	if first.Pages != 3 || len(first.Options) != 9 || !strings.HasPrefix(first.Text, "Cidades\n\nQual cidade?\n\n1. Opção 1\n2. Opção 2\n") ||
		!strings.HasSuffix(first.Text, "\n9. Opção 9\n0. Ver mais\n\nLoja") {
		t.Fatalf("%+v", first)
	}
	choice.Page = 2
	last := Lay(choice, "Qual cidade?", WhatsApp)
	if len(last.Options) != 2 || !strings.Contains(last.Text, "\n\n19. Opção 19\n20. Opção 20\n0. Ver mais") {
		t.Fatalf("%+v", last)
	}
	choice.Page = 99
	if beyond := Lay(choice, "Qual cidade?", WhatsApp); beyond.Text != last.Text {
		t.Fatalf("a page beyond the last: %+v", beyond)
	}
}

func TestLongBodyGoesBeforeTheButtons(t *testing.T) {
	text := strings.Repeat("Uma frase comum. ", 100)
	layout := Lay(Choice{Options: options("Sim", "Não")}, text, WhatsApp)
	if layout.Shape != ShapeButtons || len(layout.Before) != 1 || layout.Text == "" {
		t.Fatalf("%s, %d parts before, text %q", layout.Shape, len(layout.Before), layout.Text)
	}
	if empty := Lay(Choice{Header: "Oi", Options: options("Sim")}, "", WhatsApp); empty.Text != "Oi" || empty.Header != "" {
		t.Fatalf("buttons without a body: %+v", empty)
	}
}

// Whatever a flow's author writes, each channel gets something that it accepts
// and that carries every option.
func TestLayoutsAlwaysFit(t *testing.T) {
	text := rapid.StringOfN(rapid.SampledFrom([]rune("abc dé. \n👍🏽")), 0, 3000, -1)
	rapid.Check(t, func(t *rapid.T) {
		channel := rapid.SampledFrom([]Channel{WhatsApp, Telegram, Messenger, Instagram}).Draw(t, "channel")
		n := rapid.IntRange(1, 30).Draw(t, "n")
		choice := Choice{
			Header: rapid.StringN(0, 80, -1).Draw(t, "header"), Footer: rapid.StringN(0, 80, -1).Draw(t, "footer"),
			Button: rapid.StringN(0, 40, -1).Draw(t, "button"), Page: rapid.IntRange(0, 4).Draw(t, "page"),
		}
		for i := range n {
			choice.Options = append(choice.Options, Option{
				ID:          fmt.Sprintf("s1.%d", i),
				Title:       rapid.StringOfN(rapid.SampledFrom([]rune("ab ãé👍")), 1, 80, -1).Draw(t, "title"),
				Description: rapid.StringOfN(rapid.SampledFrom([]rune("ab ãé👍")), 0, 100, -1).Draw(t, "description"),
			})
		}
		layout := Lay(choice, text.Draw(t, "text"), channel)
		limits := LimitsOf(channel)
		room, title := limits.Text, Size{}
		switch layout.Shape {
		case ShapeButtons:
			room, title = limits.ButtonBody, limits.ButtonTitle
		case ShapeList:
			room, title = limits.ListBody, limits.RowTitle
			if layout.Button == "" || !limits.ListButton.Fits(layout.Button) {
				t.Fatalf("list button %q", layout.Button)
			}
		case ShapeQuick:
			title = limits.QuickTitle
		}
		if layout.Text == "" || !room.Fits(layout.Text) {
			t.Fatalf("body of %d", room.Of(layout.Text))
		}
		for _, part := range layout.Before {
			if part == "" || !limits.Text.Fits(part) {
				t.Fatalf("part %q", part)
			}
		}
		if !limits.Header.Fits(layout.Header) || !limits.Footer.Fits(layout.Footer) {
			t.Fatalf("header %q footer %q", layout.Header, layout.Footer)
		}
		if layout.Shape == ShapeNumbered {
			if n > PageSize && layout.Pages < 2 {
				t.Fatal("options without a page")
			}
			return
		}
		if len(layout.Options) != n {
			t.Fatalf("%d of %d options", len(layout.Options), n)
		}
		seen := map[string]bool{}
		for i, option := range layout.Options {
			if option.ID != choice.Options[i].ID {
				t.Fatal("an id was changed")
			}
			if seen[option.Title] || option.Title == "" {
				t.Fatalf("title %q twice or empty", option.Title)
			}
			seen[option.Title] = true
			if title.Max > 0 && !title.Fits(option.Title) {
				t.Fatalf("title %q is over %v", option.Title, title)
			}
			if layout.Shape == ShapeList && !limits.RowDescription.Fits(option.Description) {
				t.Fatalf("description %q", option.Description)
			}
		}
	})
}

func TestPreview(t *testing.T) {
	for _, c := range []struct {
		content Content
		pt, en  string
	}{
		{Content{Kind: Text, Text: "oi\n\ntudo bem?"}, "oi tudo bem?", "oi tudo bem?"},
		{Content{Kind: Image}, "📷 Foto", "📷 Photo"},
		{Content{Kind: Image, Text: "a nota"}, "📷 a nota", "📷 a nota"},
		{Content{Kind: Audio, Media: &Media{Voice: true}}, "🎤 Mensagem de voz", "🎤 Voice message"},
		{Content{Kind: Audio}, "🎵 Áudio", "🎵 Audio"},
		{Content{Kind: Document, Media: &Media{Name: "nf.pdf"}}, "📄 nf.pdf", "📄 nf.pdf"},
		{Content{Kind: Sticker}, "🩷 Figurinha", "🩷 Sticker"},
		{Content{Kind: Place, Place: &Location{Name: "Praça"}}, "📍 Praça", "📍 Praça"},
		{Content{Kind: Cards, Cards: []Card{{Name: "Ana"}}}, "👤 Ana", "👤 Ana"},
		{Content{Kind: Pick, Pick: &Picked{ID: "x", Title: "Pedidos"}}, "Pedidos", "Pedidos"},
		{Content{Kind: Emoji, Text: "❤️"}, "Reagiu com ❤️", "Reacted with ❤️"},
		{Content{Kind: Emoji}, "Removeu uma reação", "Removed a reaction"},
		{Content{Kind: Cart, Order: &Order{}}, "🛒 Carrinho", "🛒 Cart"},
		{Content{Kind: Welcome}, "Abriu a conversa", "Opened the chat"},
		{Content{Kind: "hologram"}, "❔ Mensagem de um tipo não suportado", "❔ Message of a kind not supported"},
	} {
		if got := Preview(c.content, "pt-BR"); got != c.pt {
			t.Errorf("%s: %q, want %q", c.content.Kind, got, c.pt)
		}
		if got := Preview(c.content, "en"); got != c.en {
			t.Errorf("%s: %q, want %q", c.content.Kind, got, c.en)
		}
	}
	if got := Preview(Content{Kind: Text, Text: strings.Repeat("palavra ", 100)}, "pt-BR"); len([]rune(got)) > 140 {
		t.Errorf("preview of %d runes", len([]rune(got)))
	}
}

// TestABlankTitleLeavesNoDescription: vendors refuse a description of spaces.
func TestABlankTitleLeavesNoDescription(t *testing.T) {
	layout := Lay(Choice{Options: []Option{{ID: "a", Title: " \n"}, {ID: "b", Title: "B", Description: "\t"}, {ID: "c", Title: "C"}, {ID: "d", Title: "D"}}}, "Qual?", WhatsApp)
	if layout.Shape != ShapeList || layout.Options[0] != (Option{ID: "a", Title: "1"}) || layout.Options[1].Description != "" {
		t.Errorf("%+v", layout)
	}
}
