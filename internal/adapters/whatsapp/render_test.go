package whatsapp

import (
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

func to(addresses ...string) []message.Address {
	kinds := map[string]message.AddressKind{"wa": message.WaID, "bs": message.BSUID}
	var out []message.Address
	for _, address := range addresses {
		kind, value, _ := strings.Cut(address, ":")
		out = append(out, message.Address{Kind: kinds[kind], Value: value})
	}
	return out
}

func options(n int, title string) []message.Option {
	var out []message.Option
	for i := range n {
		out = append(out, message.Option{ID: "o" + string(rune('a'+i)), Title: title + string(rune('A'+i))})
	}
	return out
}

func file(mime string, size int64) *message.Media {
	return &message.Media{MIME: mime, Size: size, Blob: "photo", Name: "C:\\fotos\\praia.jpg"}
}

func TestRenderRefuses(t *testing.T) {
	adapter := New(testConfig("https://graph.example"), Deps{})
	ana := to("wa:5581988887777")
	for name, out := range map[string]channel.Outbound{
		"no address":         {Content: message.Content{Kind: message.Text, Text: "x"}},
		"empty text":         {To: ana, Content: message.Content{Kind: message.Text, Text: " \n"}},
		"note":               {To: ana, Content: message.Content{Kind: message.Note, Text: "x"}},
		"choice of nothing":  {To: ana, Content: message.Content{Kind: message.Options}},
		"file not at hand":   {To: ana, Content: message.Content{Kind: message.Image, Media: &message.Media{Remote: "1"}}},
		"image too big":      {To: ana, Content: message.Content{Kind: message.Image, Media: file("image/png", 6<<20)}},
		"video too big":      {To: ana, Content: message.Content{Kind: message.Video, Media: file("video/mp4", 17<<20)}},
		"sticker too big":    {To: ana, Content: message.Content{Kind: message.Sticker, Media: file("image/webp", 101<<10)}},
		"type of nobody":     {To: ana, Content: message.Content{Kind: message.Image, Media: file("image/heic", 1000)}},
		"place of nothing":   {To: ana, Content: message.Content{Kind: message.Place}},
		"card of nothing":    {To: ana, Content: message.Content{Kind: message.Cards, Cards: []message.Card{{}}}},
		"reaction to nobody": {To: ana, Content: message.Content{Kind: message.Emoji, Text: "👍"}},
		"template unnamed":   {To: ana, Content: message.Content{Kind: message.Template, Template: &message.TemplateRef{Name: "x"}}},
		"components broken":  {To: ana, Content: message.Content{Kind: message.Template, Template: &message.TemplateRef{Name: "x", Language: "pt_BR", Components: []byte("{")}}},
	} {
		parts, err := adapter.Render(out)
		if code := fault.CodeOf(err); code != fault.Refused && code != fault.Invalid {
			t.Errorf("%s: %d parts, %v", name, len(parts), err)
		}
	}
}

func TestRenderSpeaksEnglish(t *testing.T) {
	adapter := New(testConfig("https://graph.example"), Deps{})
	parts, err := adapter.Render(channel.Outbound{
		To: to("wa:5581988887777"), Language: "en-US",
		Content: message.Content{Kind: message.Options, Choice: &message.Choice{Options: options(5, "Item ")}},
	})
	if err != nil || len(parts) != 1 {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	for _, want := range []string{"Choose an option:", "See options"} {
		if !strings.Contains(string(parts[0].Body), want) {
			t.Errorf("no %q in %s", want, parts[0].Body)
		}
	}
}
