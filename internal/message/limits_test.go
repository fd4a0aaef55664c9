package message

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSizesCountAsTheVendorDoes(t *testing.T) {
	for _, c := range []struct {
		text                 string
		runes, utf16s, bytes int
	}{
		{"", 0, 0, 0},
		{"abc", 3, 3, 3},
		{"ação", 4, 4, 6},
		{"e\u0301", 2, 2, 3},   // a letter and its accent apart
		{"👍", 1, 2, 4},         // outside the basic plane
		{"👨‍👩‍👧‍👦", 7, 11, 25}, // one grapheme
		{"\xff", 1, 1, 1},      // not UTF-8: counted, never a crash
	} {
		for unit, want := range map[Unit]int{Runes: c.runes, UTF16: c.utf16s, Bytes: c.bytes} {
			size := Size{want, unit}
			if got := size.Of(c.text); got != want {
				t.Errorf("%q in unit %d: %d, want %d", c.text, unit, got, want)
			}
			if !size.Fits(c.text) {
				t.Errorf("%q does not fit its own size in unit %d", c.text, unit)
			}
			if want > 0 && (Size{want - 1, unit}).Fits(c.text) {
				t.Errorf("%q fits one less in unit %d", c.text, unit)
			}
		}
	}
}

func TestTheShortcutOfFitsIsRight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		size := Size{rapid.IntRange(0, 40).Draw(t, "max"), rapid.SampledFrom([]Unit{Runes, UTF16, Bytes}).Draw(t, "unit")}
		if size.Fits(text) != (size.Of(text) <= size.Max) {
			t.Fatalf("Fits(%q) in %v is %v, it counts %d", text, size, size.Fits(text), size.Of(text))
		}
	})
}

// The table against the vendors' pages, figure by figure; a slip of a finger
// here would be a refused message in production.
func TestTheTableOfLimits(t *testing.T) {
	whatsapp, telegram, messenger, instagram := LimitsOf(WhatsApp), LimitsOf(Telegram), LimitsOf(Messenger), LimitsOf(Instagram)
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"WhatsApp text", whatsapp.Text, Size{4096, UTF16}},
		{"WhatsApp caption", whatsapp.Caption, Size{1024, UTF16}},
		{"WhatsApp buttons", whatsapp.Buttons, 3},
		{"WhatsApp button title", whatsapp.ButtonTitle, Size{20, UTF16}},
		{"WhatsApp button body", whatsapp.ButtonBody, Size{1024, UTF16}},
		{"WhatsApp rows", whatsapp.Rows, 10},
		{"WhatsApp row title", whatsapp.RowTitle, Size{24, UTF16}},
		{"WhatsApp row description", whatsapp.RowDescription, Size{72, UTF16}},
		{"WhatsApp list button", whatsapp.ListButton, Size{20, UTF16}},
		{"WhatsApp row id", whatsapp.OptionID, Size{200, Bytes}},
		{"WhatsApp header", whatsapp.Header, Size{60, UTF16}},
		{"WhatsApp footer", whatsapp.Footer, Size{60, UTF16}},
		{"WhatsApp image", whatsapp.Image, int64(5 << 20)},
		{"WhatsApp video", whatsapp.Video, int64(16 << 20)},
		{"WhatsApp audio", whatsapp.Audio, int64(16 << 20)},
		{"WhatsApp document", whatsapp.Document, int64(100 << 20)},
		{"WhatsApp sticker", whatsapp.Sticker, int64(100 << 10)},
		{"Telegram text", telegram.Text, Size{4096, UTF16}},
		{"Telegram caption", telegram.Caption, Size{1024, UTF16}},
		{"Telegram callback data", telegram.OptionID, Size{64, Bytes}},
		{"Telegram keyboard", telegram.Keyboard, 100},
		{"Telegram photo", telegram.Image, int64(10 << 20)},
		{"Telegram document", telegram.Document, int64(50 << 20)},
		{"Messenger text", messenger.Text, Size{2000, UTF16}},
		{"Messenger quick replies", messenger.QuickReplies, 13},
		{"Messenger quick title", messenger.QuickTitle, Size{20, UTF16}},
		{"Messenger caption", messenger.Caption, Size{}},
		{"Instagram text", instagram.Text, Size{1000, Bytes}},
		{"Instagram quick replies", instagram.QuickReplies, 13},
		{"Instagram caption", instagram.Caption, Size{}},
		{"Instagram document", instagram.Document, int64(25 << 20)}, // PDF
		{"Instagram cards", instagram.Shop.Cards, 10},
		{"Messenger cards", messenger.Shop.Cards, 10},
		{"Messenger button template", messenger.Shop.Body, Size{640, UTF16}},
		{"unknown channel", LimitsOf("sms").Text, Size{1000, Bytes}},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", c.what, c.got, c.want)
		}
	}
}

func TestALayoutOnEachChannel(t *testing.T) {
	choice := Choice{Header: "Loja da Ana", Footer: "Segunda a sexta", Button: "Abrir", Options: options("Ver horários", "Pedidos", "Falar com atendente", "Trocas e devoluções")}
	for _, c := range []struct {
		channel                      Channel
		shape                        Shape
		text, header, footer, button string
	}{
		{WhatsApp, ShapeList, "Como posso ajudar?", "Loja da Ana", "Segunda a sexta", "Abrir"},
		{Telegram, ShapeKeyboard, "Loja da Ana\n\nComo posso ajudar?\n\nSegunda a sexta", "", "", ""},
		{Messenger, ShapeQuick, "Loja da Ana\n\nComo posso ajudar?\n\nSegunda a sexta", "", "", ""},
		{Instagram, ShapeQuick, "Loja da Ana\n\nComo posso ajudar?\n\nSegunda a sexta", "", "", ""},
		{"sms", ShapeNumbered, "Loja da Ana\n\nComo posso ajudar?\n\n1. Ver horários\n2. Pedidos\n3. Falar com atendente\n4. Trocas e devoluções\n\nSegunda a sexta", "", "", ""},
	} {
		got := Lay(choice, "Como posso ajudar?", c.channel)
		if got.Shape != c.shape || got.Text != c.text || got.Header != c.header || got.Footer != c.footer || got.Button != c.button || len(got.Options) != 4 || got.Pages != 1 {
			t.Errorf("%s: %+v", c.channel, got)
		}
	}
	// Laying out does not change what was given.
	if choice.Header != "Loja da Ana" || choice.Options[3].Title != "Trocas e devoluções" {
		t.Errorf("the choice was changed: %+v", choice)
	}
}

func TestDescriptionsAreCutToTheRow(t *testing.T) {
	choice := Choice{Options: options("A", "B")}
	choice.Options[0].Description = strings.Repeat("muito bom ", 20)
	row := Lay(choice, "?", WhatsApp).Options[0]
	if !LimitsOf(WhatsApp).RowDescription.Fits(row.Description) || !strings.HasSuffix(row.Description, "…") {
		t.Errorf("%q", row.Description)
	}
	numbered := Lay(choice, "?", "sms")
	if !strings.Contains(numbered.Text+strings.Join(numbered.Before, ""), "1. A - muito bom") {
		t.Errorf("%q", numbered.Text)
	}
}
