package telegram

import (
	"maps"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
)

func rui() []message.Address {
	return []message.Address{{Kind: message.TelegramUser, Value: "77001"}, {Kind: message.TelegramChat, Value: "77001"}}
}

func options(n int, title string) []message.Option {
	var out []message.Option
	for i := range n {
		out = append(out, message.Option{ID: "o" + string(rune('a'+i)), Title: title + string(rune('A'+i))})
	}
	return out
}

func blob(mime string, size int64) *message.Media {
	return &message.Media{MIME: mime, Size: size, Blob: "photo", Name: "../praia.jpg"}
}

// outbounds are one message of each kind that Telegram carries, by name; the
// validation against the Bot API's description uses them too.
func outbounds() map[string]channel.Outbound {
	one := func(c message.Content) channel.Outbound {
		return channel.Outbound{To: rui(), Content: c, Ours: "dlv_1"}
	}
	voice := blob("audio/ogg; codecs=opus", 1000)
	voice.Voice = true
	moving := blob("video/mp4", 1000)
	moving.Animated = true
	all := map[string]channel.Outbound{
		"text":          one(message.Content{Kind: message.Text, Text: "Bom dia! <b>_*[ 💙"}),
		"text_long":     one(message.Content{Kind: message.Text, Text: strings.Repeat("Uma frase inteira. ", 400)}),
		"quote":         {To: rui(), QuoteID: "77001:40", Content: message.Content{Kind: message.Text, Text: "sobre isto"}},
		"keyboard":      one(message.Content{Kind: message.Options, Text: "Como ajudo?", Choice: &message.Choice{Header: "Loja", Footer: "seg a sex", Options: options(3, "Opção ")}}),
		"keyboard_wide": one(message.Content{Kind: message.Options, Text: "Como ajudo?", Choice: &message.Choice{Options: options(7, "Opção ")}}),
		"keyboard_long": one(message.Content{Kind: message.Options, Text: "Como ajudo?", Choice: &message.Choice{Options: options(7, "Uma opção bem comprida ")}}),
		"numbered":      one(message.Content{Kind: message.Options, Text: "Qual?", Choice: &message.Choice{Options: []message.Option{{ID: strings.Repeat("x", 65), Title: "A"}}}}),
		"photo":         one(message.Content{Kind: message.Image, Text: "a praia", Media: blob("image/jpeg", 1000)}),
		"photo_big":     one(message.Content{Kind: message.Image, Media: blob("image/jpeg", 11<<20)}),
		"gif":           one(message.Content{Kind: message.Image, Media: blob("image/gif", 1000)}),
		"video":         one(message.Content{Kind: message.Video, Media: blob("video/mp4", 1000)}),
		"animation":     one(message.Content{Kind: message.Video, Media: moving}),
		"video_odd":     one(message.Content{Kind: message.Video, Media: blob("video/x-matroska", 1000)}),
		"audio":         one(message.Content{Kind: message.Audio, Text: "a música", Media: blob("audio/mpeg", 1000)}),
		"voice":         one(message.Content{Kind: message.Audio, Media: voice}),
		"audio_odd":     one(message.Content{Kind: message.Audio, Media: blob("audio/amr", 1000)}),
		"document":      one(message.Content{Kind: message.Document, Text: "a nota", Media: blob("application/pdf", 1000)}),
		"sticker":       one(message.Content{Kind: message.Sticker, Text: "com legenda", Media: blob("image/webp", 1000)}),
		"caption":       one(message.Content{Kind: message.Image, Text: strings.Repeat("longa ", 300), Media: blob("image/jpeg", 1000)}),
		"location":      one(message.Content{Kind: message.Place, Place: &message.Location{}}),
		"venue":         one(message.Content{Kind: message.Place, Place: &message.Location{Latitude: -8.05, Longitude: -34.88, Name: "Marco Zero"}}),
		"venue_address": one(message.Content{Kind: message.Place, Place: &message.Location{Latitude: -8.05, Longitude: -34.88, Address: "Recife"}}),
		"contacts":      one(message.Content{Kind: message.Cards, Cards: []message.Card{{Name: "Ana Maria Sá", Phones: []string{"+5581988887777", "+558133331212"}}, {Name: "Sem fone", Emails: []string{"a@b.example"}}}}),
		"reaction":      one(message.Content{Kind: message.Emoji, Text: "👍", Target: "77001:40"}),
		"unreaction":    one(message.Content{Kind: message.Emoji, Target: "77001:40"}),
	}
	maps.Copy(all, shopping())
	return all
}

func TestRender(t *testing.T) {
	adapter := New(testConfig("https://api.example"), Deps{})
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
	adapter := New(testConfig("https://api.example"), Deps{})
	for name, out := range map[string]channel.Outbound{
		"no address":         {To: []message.Address{{Kind: message.WaID, Value: "1"}}, Content: message.Content{Kind: message.Text, Text: "x"}},
		"address no number":  {To: []message.Address{{Kind: message.TelegramChat, Value: "@loja"}}, Content: message.Content{Kind: message.Text, Text: "x"}},
		"empty text":         {To: rui(), Content: message.Content{Kind: message.Text, Text: " \n"}},
		"template":           {To: rui(), Content: message.Content{Kind: message.Template, Template: &message.TemplateRef{Name: "x", Language: "pt_BR"}}},
		"note":               {To: rui(), Content: message.Content{Kind: message.Note, Text: "x"}},
		"choice of nothing":  {To: rui(), Content: message.Content{Kind: message.Options}},
		"file not at hand":   {To: rui(), Content: message.Content{Kind: message.Image, Media: &message.Media{Remote: "1"}}},
		"file too big":       {To: rui(), Content: message.Content{Kind: message.Video, Media: blob("video/mp4", 51<<20)}},
		"place of nothing":   {To: rui(), Content: message.Content{Kind: message.Place}},
		"card of nothing":    {To: rui(), Content: message.Content{Kind: message.Cards, Cards: []message.Card{{}}}},
		"reaction to nobody": {To: rui(), Content: message.Content{Kind: message.Emoji, Text: "👍", Target: "wamid.1"}},
	} {
		parts, err := adapter.Render(out)
		if code := fault.CodeOf(err); code != fault.Refused && code != fault.Invalid {
			t.Errorf("%s: %d parts, %v", name, len(parts), err)
		}
	}
}

func TestRenderSpeaksEnglish(t *testing.T) {
	adapter := New(testConfig("https://api.example"), Deps{})
	parts, err := adapter.Render(channel.Outbound{To: rui(), Language: "en", Content: message.Content{Kind: message.Options, Choice: &message.Choice{Options: options(2, "Item ")}}})
	if err != nil || len(parts) != 1 || !strings.Contains(string(parts[0].Body), "Choose an option:") {
		t.Fatalf("%+v, %v", parts, err)
	}
}
