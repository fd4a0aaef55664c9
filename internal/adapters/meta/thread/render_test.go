package thread

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

// Limits as the platform's pages state them, apart from our own tables.
var (
	buttonText  = message.Size{Max: 640, Unit: message.UTF16}
	buttonTitle = message.Size{Max: 20, Unit: message.UTF16}
	cardText    = message.Size{Max: 80, Unit: message.UTF16}
)

func drawText(t *rapid.T, label string, most int) string {
	words := rapid.SliceOfN(rapid.SampledFrom([]string{"olá", "💙", "👩‍👩‍👧", "preço", "é", "\n\n", "fim.", "a\u0301\u0302", "https://x.example", "1"}), 0, most).Draw(t, label)
	return strings.Join(words, " ")
}

func drawOptions(t *rapid.T, most int) []message.Option {
	var options []message.Option
	for i := range rapid.IntRange(1, most).Draw(t, "options") {
		options = append(options, message.Option{ID: fmt.Sprint("id", i), Title: drawText(t, "title", 12), Description: drawText(t, "description", 20)})
	}
	return options
}

func drawFile(t *rapid.T) *message.Media {
	mime := rapid.SampledFrom([]string{"image/jpeg", "image/webp", "video/mp4", "audio/ogg", "audio/aac", "application/pdf", "text/csv", ""}).Draw(t, "mime")
	file := &message.Media{MIME: mime, Size: rapid.Int64Range(0, 40<<20).Draw(t, "size")}
	if rapid.Bool().Draw(t, "public") {
		file.URL = "https://loja.example/f"
	} else {
		file.Blob = "blob"
	}
	return file
}

func drawContent(t *rapid.T) message.Content {
	content := message.Content{Kind: rapid.SampledFrom([]message.Kind{
		message.Text, message.Options, message.Links, message.Deck, message.Image, message.Document, message.Album, message.Products, message.Product, message.Request, message.Survey, message.Cards,
	}).Draw(t, "kind"), Text: drawText(t, "text", 700)}
	switch content.Kind {
	case message.Options:
		content.Choice = &message.Choice{Header: drawText(t, "header", 30), Footer: drawText(t, "footer", 30), Options: drawOptions(t, 20)}
	case message.Survey:
		content.Poll = &message.Poll{Question: drawText(t, "question", 40), Options: []string{"a", "b"}}
	case message.Links:
		for range rapid.IntRange(1, 5).Draw(t, "links") {
			content.Links = append(content.Links, message.Link{Title: drawText(t, "label", 8), URL: rapid.SampledFrom([]string{"https://x.example", "tel:+55"}).Draw(t, "url")})
		}
	case message.Deck:
		for range rapid.IntRange(1, 12).Draw(t, "slides") {
			slide := message.Slide{Title: drawText(t, "slide", 20), Text: drawText(t, "below", 20)}
			if rapid.Bool().Draw(t, "tapped") {
				slide.Options = drawOptions(t, 4)
			}
			if rapid.Bool().Draw(t, "pictured") {
				slide.Media = &message.Media{MIME: "image/jpeg", URL: "https://x.example/1.jpg"}
			}
			content.Deck = append(content.Deck, slide)
		}
	case message.Image, message.Document:
		content.Media = drawFile(t)
	case message.Album:
		for range rapid.IntRange(1, 12).Draw(t, "files") {
			content.Album = append(content.Album, *drawFile(t))
		}
	case message.Products, message.Product:
		section := message.Section{}
		for i := range rapid.IntRange(1, 15).Draw(t, "goods") {
			good := message.Goods{Option: fmt.Sprint("g", i), Name: "x" + drawText(t, "name", 20), Description: drawText(t, "description", 12), Price: 100, Currency: "BRL", Link: "https://x.example/g"}
			if rapid.Bool().Draw(t, "picture") {
				good.ImageURL = "https://x.example/1.jpg"
			}
			section.Goods = append(section.Goods, good)
		}
		content.Shelf = &message.Shelf{Header: drawText(t, "header", 30), Button: drawText(t, "button", 8), Sections: []message.Section{section}}
	case message.Request:
		content.Request = rapid.SampledFrom([]string{"place", "phone", "email"}).Draw(t, "request")
	case message.Cards:
		content.Cards = []message.Card{{Name: drawText(t, "card", 300)}}
	}
	return content
}

// TestRenderStaysWithinLimits draws messages of any kind and size and holds what
// comes out against the platform's limits.
func TestRenderStaysWithinLimits(t *testing.T) {
	for _, dialect := range []Dialect{MessengerDialect, InstagramDialect} {
		t.Run(dialect.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				out := channel.Outbound{To: []message.Address{{Kind: dialect.Address, Value: "1"}}, Ours: "dlv_1", Content: drawContent(t), Human: rapid.Bool().Draw(t, "human")}
				parts, err := dialect.Render(out)
				if err != nil {
					if code := fault.CodeOf(err); code != fault.Refused && code != fault.Invalid {
						t.Fatal(err)
					}
					return
				}
				for _, part := range parts {
					var q request
					if err := json.Unmarshal(part.Body, &q); err != nil {
						t.Fatal(err)
					}
					checkRequest(t, dialect, &q, part)
				}
			})
		})
	}
}

func checkRequest(t *rapid.T, dialect Dialect, q *request, part channel.Part) {
	body := q.Message
	if body == nil || q.Recipient.ID != "1" || q.Type == "" || body.Metadata != "dlv_1" {
		t.Fatalf("request %s", part.Body)
	}
	if !message.LimitsOf(dialect.Channel).Text.Fits(body.Text) || len(body.QuickReplies) > 13 {
		t.Fatalf("text of %d bytes, %d chips", len(body.Text), len(body.QuickReplies))
	}
	if filled := body.Text != "" || body.Attachment != nil || len(body.Attachments) > 1; !filled || len(body.QuickReplies) > 0 && body.Text == "" {
		t.Fatalf("an empty message %s", part.Body)
	}
	seen := map[string]bool{}
	for _, chip := range body.QuickReplies {
		if chip.Type == "text" && (chip.Title == "" || !buttonTitle.Fits(chip.Title) || seen[chip.Title] || chip.Payload == "") {
			t.Fatalf("chip %+v", chip)
		}
		seen[chip.Title] = true
	}
	if len(body.Attachments) > mostPictures || len(body.Attachments) != len(part.Uploads) {
		t.Fatalf("%d attachments, %d files", len(body.Attachments), len(part.Uploads))
	}
	if body.Attachment == nil {
		return
	}
	payload := body.Attachment.Payload
	switch payload.Template {
	case "button":
		if payload.Text == "" || !buttonText.Fits(payload.Text) || len(payload.Buttons) == 0 || len(payload.Buttons) > 3 {
			t.Fatalf("button template %s", part.Body)
		}
		checkButtons(t, payload.Buttons)
	case "generic":
		if len(payload.Elements) == 0 || len(payload.Elements) > 10 {
			t.Fatalf("%d cards", len(payload.Elements))
		}
		for _, card := range payload.Elements {
			if card.Title == "" || !cardText.Fits(card.Title) || !cardText.Fits(card.Subtitle) || len(card.Buttons) > 3 ||
				card.Subtitle == "" && card.Image == "" && len(card.Buttons) == 0 {
				t.Fatalf("card %+v", card)
			}
			checkButtons(t, card.Buttons)
		}
	case "":
		if payload.URL == "" && part.Upload == nil {
			t.Fatalf("no file for %s", part.Body)
		}
	}
}

func checkButtons(t *rapid.T, buttons []button) {
	for _, b := range buttons {
		if b.Title == "" || !buttonTitle.Fits(b.Title) || (b.Type == "web_url") != (b.URL != "") || (b.Type == "postback") != (b.Payload != "") {
			t.Fatalf("button %+v", b)
		}
	}
}
