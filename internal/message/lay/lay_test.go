package lay

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/message"
)

var channels = []message.Channel{message.WhatsApp, message.Telegram, message.Messenger, message.Instagram, "signal"}

func TestLinks(t *testing.T) {
	shop := message.Link{Title: "Abrir a loja virtual inteira", URL: "https://loja.example/a"}
	map2 := message.Link{Title: "Mapa", URL: "https://mapa.example/b"}
	for name, c := range map[string]struct {
		channel message.Channel
		content message.Content
		buttons int
		has     string
	}{
		"one on whatsapp":      {message.WhatsApp, message.Content{Text: "Veja", Links: []message.Link{shop}}, 1, "Veja"},
		"two on whatsapp":      {message.WhatsApp, message.Content{Text: "Veja", Links: []message.Link{shop, map2}}, 0, "Mapa: https://mapa.example/b"},
		"two on telegram":      {message.Telegram, message.Content{Text: "Veja", Links: []message.Link{shop, map2}}, 2, "Veja"},
		"two on messenger":     {message.Messenger, message.Content{Text: "Veja", Links: []message.Link{shop, map2}}, 2, "Veja"},
		"none":                 {message.WhatsApp, message.Content{Text: "Veja"}, 0, "Veja"},
		"no words":             {message.WhatsApp, message.Content{Links: []message.Link{shop}}, 1, "Abrir a loja"},
		"a phone is no page":   {message.Telegram, message.Content{Text: "Ligue", Links: []message.Link{{Title: "Fone", URL: "tel:+55119"}}}, 0, "Fone: tel:+55119"},
		"a channel of no type": {"signal", message.Content{Text: "Veja", Links: []message.Link{map2}}, 0, "https://mapa.example/b"},
	} {
		doors := Links(c.content, c.channel, "pt-BR")
		if len(doors.Links) != c.buttons || !strings.Contains(doors.Text, c.has) {
			t.Errorf("%s: %+v", name, doors)
		}
	}
	long := Links(message.Content{Text: strings.Repeat("palavra ", 300), Links: []message.Link{shop}}, message.WhatsApp, "en")
	if len(long.Before) != 1 || long.Text != "Abrir a loja virtual inteira" || long.Links[0].Title != "Abrir a loja virtua…" {
		t.Errorf("%+v", long)
	}
}

func TestRequest(t *testing.T) {
	for _, c := range []struct {
		channel message.Channel
		wish    string
		native  bool
	}{
		{message.WhatsApp, Place, true}, {message.WhatsApp, Phone, true}, {message.WhatsApp, Email, false},
		{message.Telegram, Place, true}, {message.Telegram, Phone, true}, {message.Telegram, Email, false},
		{message.Messenger, Place, false}, {message.Messenger, Phone, true}, {message.Messenger, Email, true},
		{message.Instagram, Place, false}, {message.Instagram, Phone, false}, {message.Instagram, Email, false},
	} {
		ask := Request(message.Content{Request: c.wish}, c.channel, "pt-BR")
		if ask.Native != c.native || ask.Text == "" || ask.Native == (ask.Label == "") {
			t.Errorf("%s of %s: %+v", c.wish, c.channel, ask)
		}
		if said := Request(message.Content{Request: c.wish, Text: "Onde entregamos?"}, c.channel, "en"); said.Text != "Onde entregamos?" {
			t.Errorf("%s of %s: %+v", c.wish, c.channel, said)
		}
	}
}

func picture(n int) message.Slide {
	return message.Slide{
		Title: fmt.Sprint("Bolo ", n), Text: "R$ 30", Media: &message.Media{MIME: "image/jpeg", URL: "https://cdn.example/b.jpg"},
		Options: []message.Option{{ID: fmt.Sprint("o", n), Title: "Quero"}},
	}
}

func TestDeck(t *testing.T) {
	slides := func(n int, change func(int, *message.Slide)) []message.Slide {
		var out []message.Slide
		for i := range n {
			slide := picture(i)
			if change != nil {
				change(i, &slide)
			}
			out = append(out, slide)
		}
		return out
	}
	link := []message.Link{{Title: "Ver", URL: "https://loja.example/x"}}
	for name, c := range map[string]struct {
		channel message.Channel
		deck    []message.Slide
		want    string // S<n> side by side, 1 alone, T a text
	}{
		"three":           {message.WhatsApp, slides(3, nil), "S3"},
		"one":             {message.WhatsApp, slides(1, nil), "T 1"},
		"twelve":          {message.WhatsApp, slides(12, nil), "S6 S6"},
		"all with a link": {message.WhatsApp, slides(2, func(_ int, s *message.Slide) { s.Options, s.Links = nil, link }), "S2"},
		"links and taps":  {message.WhatsApp, slides(2, func(_ int, s *message.Slide) { s.Links = link }), "T 1 1"},
		"one is different": {message.WhatsApp, slides(2, func(i int, s *message.Slide) {
			if i == 1 {
				s.Options, s.Links = nil, link
			}
		}), "T 1 1"},
		"one is a film": {message.WhatsApp, slides(2, func(i int, s *message.Slide) {
			if i == 1 {
				s.Media = &message.Media{MIME: "video/mp4", Blob: "b"}
			}
		}), "T 1 1"},
		"no picture":        {message.WhatsApp, slides(2, func(_ int, s *message.Slide) { s.Media = nil }), "T 1 1"},
		"many words":        {message.WhatsApp, slides(2, func(_ int, s *message.Slide) { s.Text = strings.Repeat("a ", 100) }), "T 1 1"},
		"many lines":        {message.WhatsApp, slides(2, func(_ int, s *message.Slide) { s.Text = "a\nb\nc" }), "T 1 1"},
		"telegram":          {message.Telegram, slides(2, nil), "T 1 1"},
		"messenger":         {message.Messenger, slides(1, nil), "T S1"},
		"messenger no file": {message.Messenger, slides(3, func(_ int, s *message.Slide) { s.Media = nil }), "T S3"},
		"instagram":         {message.Instagram, slides(11, nil), "T S6 S5"},
		"nothing":           {message.WhatsApp, nil, "T"},
		"blank ones":        {message.WhatsApp, []message.Slide{{}, {Text: " "}}, "T"},
	} {
		var got []string
		for _, spread := range Deck(message.Content{Text: "Nossos bolos", Deck: c.deck}, c.channel, "pt-BR") {
			switch {
			case spread.Side:
				got = append(got, fmt.Sprint("S", len(spread.Slides)))
			case len(spread.Slides) == 1:
				got = append(got, "1")
			default:
				got = append(got, "T")
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}

// TestNothingIsLost draws decks and links of any shape: each slide comes once
// and in order, each address stands somewhere, and every text fits.
func TestNothingIsLost(t *testing.T) {
	word := rapid.SampledFrom([]string{"olá", "💙", "preço\n", "uma palavra comprida", "👩‍👩‍👧", ""})
	text := func(r *rapid.T, label string, most int) string {
		return strings.Join(rapid.SliceOfN(word, 0, most).Draw(r, label), " ")
	}
	rapid.Check(t, func(r *rapid.T) {
		channel := rapid.SampledFrom(channels).Draw(r, "channel")
		room := message.LimitsOf(channel).Text
		content := message.Content{Text: text(r, "text", 900)}
		for i := range rapid.IntRange(0, 12).Draw(r, "slides") {
			slide := message.Slide{Title: fmt.Sprint(i, " ", text(r, "title", 8)), Text: text(r, "words", 30)}
			if rapid.Bool().Draw(r, "picture") {
				slide.Media = &message.Media{MIME: rapid.SampledFrom([]string{"image/png", "video/mp4"}).Draw(r, "mime"), Blob: "b"}
			}
			for o := range rapid.IntRange(0, 4).Draw(r, "options") {
				slide.Options = append(slide.Options, message.Option{ID: fmt.Sprint(i, "-", o), Title: text(r, "option", 5)})
			}
			content.Deck = append(content.Deck, slide)
		}
		next := 0
		for _, spread := range Deck(content, channel, "pt-BR") {
			if !room.Fits(spread.Text) {
				r.Fatalf("text of %d", room.Of(spread.Text))
			}
			limits := LimitsOf(channel)
			if spread.Side && (len(spread.Slides) > limits.Slides || len(spread.Slides) < limits.LeastSlides) {
				r.Fatalf("%d side by side", len(spread.Slides))
			}
			for _, slide := range spread.Slides {
				if !strings.HasPrefix(slide.Title, fmt.Sprint(next)) {
					r.Fatalf("slide %d is %q", next, slide.Title)
				}
				next++
			}
		}
		if next != len(content.Deck) {
			r.Fatalf("%d of %d slides", next, len(content.Deck))
		}
		for i := range rapid.IntRange(0, 5).Draw(r, "links") {
			content.Links = append(content.Links, message.Link{Title: text(r, "label", 5), URL: fmt.Sprint("https://loja.example/", i)})
		}
		doors := Links(content, channel, "en")
		all := stack("\n", append(doors.Before, doors.Text)...)
		for _, part := range append(doors.Before, doors.Text) {
			if !room.Fits(part) {
				r.Fatalf("text of %d", room.Of(part))
			}
		}
		for i, link := range content.Links {
			if len(doors.Links) > 0 && doors.Links[i].URL != link.URL || len(doors.Links) == 0 && !strings.Contains(all, link.URL) {
				r.Fatalf("%s is lost", link.URL)
			}
		}
	})
}

func TestPollIsAChoice(t *testing.T) {
	got := Poll(message.Content{Kind: message.Survey, Text: "Ajude-nos", Poll: &message.Poll{Question: "Qual sabor?", Options: []string{"Milho", "Coco\nqueimado"}}})
	if got.Kind != message.Options || got.Text != "Ajude-nos\n\nQual sabor?" || len(got.Choice.Options) != 2 || got.Choice.Options[1] != (message.Option{ID: "poll:1", Title: "Coco queimado"}) {
		t.Errorf("%+v %+v", got, got.Choice)
	}
	if got := Poll(message.Content{Text: "Qual?", Poll: &message.Poll{Question: "Qual?"}}); got.Text != "Qual?" {
		t.Errorf("%+v", got)
	}
}
