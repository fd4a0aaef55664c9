package whatsapp

import (
	"maps"
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

// outbounds are one message of each kind that WhatsApp carries, by name; the
// validation against Meta's description uses them too.
func outbounds() map[string]channel.Outbound {
	ana := to("wa:5581988887777", "bs:BR.7")
	one := func(c message.Content) channel.Outbound { return channel.Outbound{To: ana, Content: c} }
	all := map[string]channel.Outbound{
		"text":           one(message.Content{Kind: message.Text, Text: "Bom dia! <b> & \"aspas\" 💙"}),
		"text_link":      one(message.Content{Kind: message.Text, Text: "veja https://loja.example/azul"}),
		"text_long":      one(message.Content{Kind: message.Text, Text: strings.Repeat("Uma frase inteira. ", 400)}),
		"quote":          {To: ana, QuoteID: "wamid.IN9", Content: message.Content{Kind: message.Text, Text: "sobre isto"}},
		"callback":       {To: ana, Ours: "dlv_01", Content: message.Content{Kind: message.Text, Text: "com retorno"}},
		"bsuid":          {To: to("bs:BR.7"), Content: message.Content{Kind: message.Text, Text: "sem telefone"}},
		"buttons":        one(message.Content{Kind: message.Options, Text: "Como ajudo?", Choice: &message.Choice{Header: "Loja Aurora", Footer: "seg a sex", Options: options(3, "Opção ")}}),
		"list":           one(message.Content{Kind: message.Options, Text: "Como ajudo?", Choice: &message.Choice{Button: "Abrir", Options: options(7, "Opção ")}}),
		"numbered":       one(message.Content{Kind: message.Options, Text: "Como ajudo?", Choice: &message.Choice{Options: options(14, "Opção ")}}),
		"image":          one(message.Content{Kind: message.Image, Text: "a praia", Media: file("image/jpeg", 1000)}),
		"video":          one(message.Content{Kind: message.Video, Media: file("video/mp4", 1000)}),
		"audio":          one(message.Content{Kind: message.Audio, Media: file("audio/mpeg", 1000)}),
		"voice":          one(message.Content{Kind: message.Audio, Media: &message.Media{MIME: "audio/ogg; codecs=opus", Voice: true, Blob: "photo"}}),
		"document":       one(message.Content{Kind: message.Document, Text: "a nota", Media: file("application/pdf", 1000)}),
		"sticker":        one(message.Content{Kind: message.Sticker, Media: file("image/webp", 1000)}),
		"image_document": one(message.Content{Kind: message.Document, Media: file("image/png", 1000)}),
		"address":        one(message.Content{Kind: message.Place, Place: &message.Location{Latitude: -8.05, Longitude: -34.88, Address: "Recife"}}),
		"caption":        one(message.Content{Kind: message.Image, Text: strings.Repeat("longa ", 300), Media: file("image/jpeg", 1000)}),
		"location":       one(message.Content{Kind: message.Place, Place: &message.Location{Latitude: -8.05, Longitude: -34.88, Name: "Marco Zero", Address: "Recife"}}),
		"contacts":       one(message.Content{Kind: message.Cards, Cards: []message.Card{{Name: "Ana Sá", Phones: []string{"+5581988887777"}, Emails: []string{"ana@loja.example"}}, {Phones: []string{"+558133331212"}}}}),
		"reaction":       one(message.Content{Kind: message.Emoji, Text: "👍", Target: "wamid.IN9"}),
		"unreaction":     one(message.Content{Kind: message.Emoji, Target: "wamid.IN9"}),
		"template": one(message.Content{Kind: message.Template, Template: &message.TemplateRef{Name: "pedido_enviado", Language: "pt_BR",
			Components: []byte(`[{"type":"body","parameters":[{"type":"text","text":"Ana"}]},{"type":"button","sub_type":"url","index":"0","parameters":[{"type":"text","text":"p/1"}]}]`)}}),
		"template_plain": one(message.Content{Kind: message.Template, Template: &message.TemplateRef{Name: "ola", Language: "pt_BR"}}),
	}
	maps.Copy(all, shopping())
	return all
}

func TestRender(t *testing.T) {
	adapter := New(testConfig("https://graph.example"), Deps{})
	got := map[string][]channel.Part{}
	for name, out := range outbounds() {
		parts, err := adapter.Render(out)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		got[name] = parts
	}
	compare(t, "testdata/golden/render.json", got)
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
