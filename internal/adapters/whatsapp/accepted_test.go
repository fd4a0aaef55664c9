package whatsapp_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// TestNoShelfOrBillIsRefused draws goods and bills of any size and sends them
// to a platform that refuses what Meta refuses: none needs its stand-in.
func TestNoShelfOrBillIsRefused(t *testing.T) {
	w := opened(t)
	words := rapid.SampledFrom([]string{"olá", "💙", "👩‍👩‍👧", "preço\n", "fim.", "a\u0301\u0302", "https://x.example", "uma palavra comprida"})
	text := func(r *rapid.T, label string, most int) string {
		return strings.Join(rapid.SliceOfN(words, 0, most).Draw(r, label), " ")
	}
	run := 0
	rapid.Check(t, func(r *rapid.T) {
		run++
		content := message.Content{Kind: rapid.SampledFrom([]message.Kind{message.Product, message.Products, message.Catalog, message.Invoice}).Draw(r, "kind"), Text: text(r, "text", 300)}
		if content.Kind == message.Invoice {
			content.Bill = drawBill(r, fmt.Sprint("ref-", run), text)
		} else {
			content.Shelf = drawShelf(r, text)
			if content.Kind != message.Catalog && len(content.Shelf.Goods()) == 0 {
				return
			}
		}
		parts, err := w.adapter.Render(toAna(channel.Outbound{Content: content}))
		if err != nil {
			r.Fatal(err)
		}
		for _, part := range parts {
			if _, err := w.adapter.Send(t.Context(), w.account, channel.Part{Method: part.Method, Body: part.Body, Upload: part.Upload}); err != nil {
				r.Fatalf("%v\n%s", err, part.Body)
			}
			for _, instead := range part.Instead {
				if _, err := w.adapter.Send(t.Context(), w.account, instead); err != nil {
					r.Fatalf("instead: %v\n%s", err, instead.Body)
				}
			}
		}
	})
	t.Logf("%d messages in %d runs", w.platform.Ledger(0).Counts.Sends, run)
}

func drawShelf(r *rapid.T, text func(*rapid.T, string, int) string) *message.Shelf {
	shelf := &message.Shelf{
		Header: text(r, "header", 20), Footer: text(r, "footer", 20), Button: text(r, "button", 6), Carousel: rapid.Bool().Draw(r, "carousel"),
		CatalogID: rapid.SampledFrom([]string{"", "3300"}).Draw(r, "catalog"), Link: rapid.SampledFrom([]string{"", "https://loja.example/s/c/1"}).Draw(r, "link"),
	}
	n := 0
	for range rapid.IntRange(1, 3).Draw(r, "sections") {
		section := message.Section{Title: text(r, "title", 8)}
		for range rapid.IntRange(0, 14).Draw(r, "goods") {
			n++
			good := message.Goods{
				RetailerID: fmt.Sprint("var_", n), Option: fmt.Sprint("g.", n), Name: "P" + text(r, "name", 12), Description: text(r, "description", 60),
				Price: money.Amount(rapid.Int64Range(1, 1_000_000).Draw(r, "price")), Currency: money.BRL,
				ImageURL: rapid.SampledFrom([]string{"", "https://loja.example/i.jpg"}).Draw(r, "image"), Link: rapid.SampledFrom([]string{"", "https://loja.example/p"}).Draw(r, "page"),
			}
			if rapid.IntRange(0, 9).Draw(r, "untappable") == 0 {
				good.Option = ""
			}
			section.Goods = append(section.Goods, good)
		}
		shelf.Sections = append(shelf.Sections, section)
	}
	return shelf
}

func drawBill(r *rapid.T, reference string, text func(*rapid.T, string, int) string) *message.Bill {
	b := &message.Bill{
		Reference: reference, Number: "7", Currency: money.BRL, Native: rapid.Bool().Draw(r, "native"), Footer: text(r, "footer", 12),
		Page: rapid.SampledFrom([]string{"", "https://loja.example/o"}).Draw(r, "page"), Link: rapid.SampledFrom([]string{"", "https://pay.example/1"}).Draw(r, "link"),
		Boleto: rapid.SampledFrom([]string{"", "34191.79001 01043.510047"}).Draw(r, "boleto"),
	}
	if rapid.Bool().Draw(r, "pix") {
		b.Pix = &message.PixCode{Code: "000201", Merchant: "Loja", Key: rapid.SampledFrom([]string{"", "a@b.example"}).Draw(r, "key"), KeyType: "EMAIL"}
		b.QR = &message.Media{MIME: "image/png", Size: 15, Blob: "qr"}
	}
	for range rapid.IntRange(1, 40).Draw(r, "lines") {
		line := message.BillLine{RetailerID: rapid.SampledFrom([]string{"", "var_1"}).Draw(r, "id"), Name: "L" + text(r, "name", 20), Quantity: rapid.Int64Range(1, 99).Draw(r, "quantity"), Price: 1000}
		total, err := line.Total()
		if err != nil {
			r.Fatal(err)
		}
		b.Lines = append(b.Lines, line)
		b.Subtotal += total
	}
	b.Total = b.Sum()
	return b
}

// TestNoOtherFormIsRefused draws links, requests, decks, albums, forms, polls and
// choices under files: what the adapter lets through, the platform takes, and so
// is what would stand in for it.
func TestNoOtherFormIsRefused(t *testing.T) {
	w := opened(t)
	words := rapid.SampledFrom([]string{"olá", "💙", "👩‍👩‍👧", "preço\n", "fim.", "https://x.example", "uma palavra comprida", "\t"})
	text := func(r *rapid.T, label string, most int) string {
		return strings.Join(rapid.SliceOfN(words, 0, most).Draw(r, label), " ")
	}
	media := func(r *rapid.T) *message.Media {
		kind := rapid.SampledFrom([]string{"image/jpeg", "image/png", "video/mp4", "application/pdf", "audio/ogg", "image/webp"}).Draw(r, "mime")
		if rapid.Bool().Draw(r, "link") && kind != "audio/ogg" {
			return &message.Media{MIME: kind, URL: "https://loja.example/f"}
		}
		return &message.Media{MIME: kind, Size: 15, Blob: "b"}
	}
	maybe := func(r *rapid.T) *message.Media {
		if rapid.Bool().Draw(r, "file") {
			return media(r)
		}
		return nil
	}
	links := func(r *rapid.T, most int) []message.Link {
		var out []message.Link
		for i := range rapid.IntRange(0, most).Draw(r, "links") {
			out = append(out, message.Link{Title: text(r, "label", 6), URL: fmt.Sprint(rapid.SampledFrom([]string{"https://loja.example/", "tel:", "x"}).Draw(r, "base"), i)})
		}
		return out
	}
	options := func(r *rapid.T, most int) []message.Option {
		var out []message.Option
		for i := range rapid.IntRange(0, most).Draw(r, "options") {
			out = append(out, message.Option{ID: fmt.Sprint("o", i), Title: text(r, "title", 6)})
		}
		return out
	}
	sent := 0
	rapid.Check(t, func(r *rapid.T) {
		content := message.Content{Text: text(r, "text", 300)}
		switch content.Kind = rapid.SampledFrom([]message.Kind{message.Links, message.Request, message.Deck, message.Album, message.FormOffer, message.Survey, message.Options}).Draw(r, "kind"); content.Kind {
		case message.Links:
			content.Links, content.Media = links(r, 4), maybe(r)
		case message.Request:
			content.Request = rapid.SampledFrom([]string{"place", "phone", "email"}).Draw(r, "wish")
		case message.Deck:
			same := rapid.Bool().Draw(r, "same")
			for i := range rapid.IntRange(0, 12).Draw(r, "slides") {
				slide := message.Slide{Title: text(r, "title", 6), Text: text(r, "words", 20), Media: maybe(r), Options: options(r, 4), Links: links(r, 2)}
				if same {
					slide = message.Slide{Title: fmt.Sprint(i), Media: &message.Media{MIME: "image/jpeg", Size: 15, Blob: "b"}, Options: []message.Option{{ID: fmt.Sprint(i), Title: "Quero"}}}
				}
				content.Deck = append(content.Deck, slide)
			}
		case message.Album:
			for range rapid.IntRange(0, 5).Draw(r, "files") {
				content.Album = append(content.Album, *media(r))
			}
		case message.FormOffer:
			content.Ask = &message.FormCall{ID: rapid.SampledFrom([]string{"77", "ficha"}).Draw(r, "form"), Button: text(r, "button", 8), Token: "t", Screen: rapid.SampledFrom([]string{"", "UM"}).Draw(r, "screen"), Data: []byte(rapid.SampledFrom([]string{"", "{}", `{"a":1}`, "[1]"}).Draw(r, "data"))}
		case message.Survey:
			content.Poll = &message.Poll{Question: text(r, "question", 20)}
			for range rapid.IntRange(0, 14).Draw(r, "answers") {
				content.Poll.Options = append(content.Poll.Options, text(r, "answer", 8))
			}
		default:
			content.Choice, content.Media = &message.Choice{Header: text(r, "header", 10), Footer: text(r, "footer", 10), Options: options(r, 12)}, maybe(r)
		}
		parts, err := w.adapter.Render(toAna(channel.Outbound{Content: content, Language: rapid.SampledFrom([]string{"", "en"}).Draw(r, "language")}))
		if err != nil {
			if code := fault.CodeOf(err); code != fault.Refused && code != fault.Invalid {
				r.Fatal(err)
			}
			return
		}
		for _, part := range parts {
			for _, one := range append([]channel.Part{part}, part.Instead...) {
				one.Instead = nil
				sent++
				if _, err := w.adapter.Send(t.Context(), w.account, one); err != nil {
					r.Fatalf("%v\n%s", err, one.Body)
				}
			}
		}
	})
	t.Logf("%d messages were taken", sent)
}
