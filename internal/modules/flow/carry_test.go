package flow

import (
	"reflect"
	"strings"
	"testing"

	"prosa/internal/message"
)

// warnings gives what a channel is said to show otherwise or to refuse.
func warnings(t *testing.T, channel message.Channel, nodes ...string) (out []string) {
	t.Helper()
	definition, err := Parse([]byte(wrapped(strings.Join(nodes, ","))))
	if err != nil {
		t.Fatal(err)
	}
	flow, issues := Compile(definition, Options{Channels: []message.Channel{channel}})
	if flow == nil {
		t.Fatalf("%v", issues)
	}
	for _, issue := range issues {
		if issue.Code == codeOtherwise || issue.Code == codeRefused {
			out = append(out, issue.Args[0])
			for _, lang := range []string{"pt-BR", "en"} {
				if said := issue.Sentence(lang); strings.Contains(said, "$") || strings.Contains(said, `"`+issue.Args[0]+`"`) {
					t.Errorf("%s", said)
				}
			}
		}
	}
	return out
}

func TestAnAuthorIsToldWhatAChannelShowsOtherwise(t *testing.T) {
	const link = `{"title":"Site","url":"https://loja.exemplo.com.br/"}`
	file := func(kind, mime string) string {
		return `{"name":"a","kind":"message","media":{"kind":"` + kind + `","blob":"b","mime":"` + mime + `"},"next":"z"}`
	}
	card := func(title string) string {
		return `{"title":"` + title + `","media":{"kind":"image","blob":"b","mime":"image/png"},"options":[{"name":"o` + title + `","title":"Quero","next":"z"}]}`
	}
	all := []message.Channel{message.WhatsApp, message.Telegram, message.Messenger, message.Instagram}
	for _, c := range []struct {
		name, what, node string
		on               []message.Channel
	}{
		{"one link", "links", `{"name":"a","kind":"message","text":"x","links":[` + link + `],"next":"z"}`, nil},
		{"two links", "links", `{"name":"a","kind":"message","text":"x","links":[` + link + `,` + link + `],"next":"z"}`, all[:1]},
		{"four links", "links", `{"name":"a","kind":"message","text":"x","links":[` + strings.Repeat(link+",", 3) + link + `],"next":"z"}`, []message.Channel{all[0], all[2], all[3]}},
		{"a place asked for", "request", `{"name":"a","kind":"question","text":"?","expect":"location","request":true,"save":"x","next":"z"}`, all[2:]},
		{"a phone asked for", "request", `{"name":"a","kind":"question","text":"?","expect":"phone","request":true,"save":"x","next":"z"}`, all[3:]},
		{"an e-mail asked for", "request", `{"name":"a","kind":"question","text":"?","expect":"email","request":true,"save":"x","next":"z"}`, []message.Channel{all[0], all[1], all[3]}},
		{"cards", "deck", `{"name":"a","kind":"deck","cards":[` + card("um") + `,` + card("dois") + `]}`, all[1:2]},
		{"a poll", "poll", strings.Replace(choose(pick("s", "Sim", "z"), pick("n", "Não", "z")), `"kind":"choice"`, `"kind":"choice","poll":true`, 1), []message.Channel{all[0], all[2], all[3]}},
		{"an album", "album", `{"name":"a","kind":"message","album":[{"kind":"image","blob":"b","mime":"image/png"}],"next":"z"}`, []message.Channel{all[0], all[3]}},
		{"a form", "form", `{"name":"a","kind":"form","text":"x","form":"1","button":"Abrir","save":{},"next":"z","on_other":"z"}`, all[1:]},
		{"a sticker", "sticker", file("sticker", "image/webp"), all[2:]},
		{"a PDF", "document", file("document", "application/pdf"), nil},
		{"a spreadsheet", "document", file("document", "text/csv"), all[3:]},
		{"a voice note", "audio", file("audio", "audio/ogg"), all[3:]},
	} {
		var told []message.Channel
		for _, channel := range all {
			for _, what := range warnings(t, channel, c.node, endZ) {
				if what == c.what {
					told = append(told, channel)
				} else {
					t.Errorf("%s on %s: %s", c.name, channel, what)
				}
			}
		}
		if !reflect.DeepEqual(told, c.on) {
			t.Errorf("%s: told for %v, want %v", c.name, told, c.on)
		}
	}
}

// What no channel could carry is refused, with the place named.
func TestBrokenCardsFormsAndEvents(t *testing.T) {
	for node, code := range map[string]string{
		`{"name":"a","kind":"question","text":"?","expect":"cpf","request":true,"save":"x","next":"z"}`:                                                                    codeAppButton,
		`{"name":"a","kind":"question","text":"?","expect":"location","parts":{"y":"mime"},"save":"x","next":"z"}`:                                                         codePart,
		`{"name":"a","kind":"deck","cards":[{"title":"x","options":[{"name":"o","title":"a","next":"z"}]},{"title":"y","options":[{"name":"o","title":"a","next":"z"}]}]}`: codeTwice,
		`{"name":"a","kind":"deck","cards":[],"next":"z"}`:                                                                                                                 codeOptions,
		`{"name":"a","kind":"deck","cards":[{"title":"x"}]}`:                                                                                                               codeDeadEnd,
		`{"name":"a","kind":"form","text":"x","form":"1","button":"b","data":"{","save":{},"next":"z","on_other":"z"}`:                                                     codeNotJSON,
		`{"name":"a","kind":"form","text":"x","form":"1","button":"b","data":"{\"a\":\"{{secret.X}}\"}","save":{},"next":"z","on_other":"z"}`:                              codeSecretPlace,
		`{"name":"a","kind":"form","text":"x","form":"1","button":"b","save":{},"next":"z"}`:                                                                               codeDeadEnd,
		`{"name":"a","kind":"message","text":"x","links":[{"title":"a","url":"{{contact.name}}"}],"next":"z"}`:                                                             codeURL,
		`{"name":"a","kind":"message","album":[{"kind":"audio","blob":"b","mime":"audio/ogg"}],"next":"z"}`:                                                                codeMedia,
		`{"name":"a","kind":"message","text":"{{message.secret}}","next":"z"}`:                                                                                             codePath,
	} {
		definition, err := Parse([]byte(wrapped(node + "," + endZ)))
		if err != nil {
			t.Fatal(err)
		}
		flow, issues := Compile(definition, Options{Channels: allChannels})
		found := false
		for _, issue := range issues {
			found = found || issue.Code == code && issue.Weight == Error
		}
		if flow != nil || !found {
			t.Errorf("%s: %v", node, issues)
		}
	}
	for settings, code := range map[string]string{
		`"settings":{"events":[{"on":"dream","next":"z"}]}`:                         codeEvent,
		`"settings":{"events":[{"on":"call","next":"z"},{"on":"call","next":"z"}]}`: codeTwice,
		`"settings":{"events":[{"on":"call","next":"q"}]}`:                          codeNowhere,
	} {
		definition, err := Parse([]byte(strings.Replace(wrapped(`{"name":"a","kind":"message","text":"x","next":"z"},`+endZ), `"nodes"`, settings+`,"nodes"`, 1)))
		if err != nil {
			t.Fatal(err)
		}
		if flow, issues := Compile(definition, Options{}); flow != nil || issues[0].Code != code {
			t.Errorf("%s: %v", settings, issues)
		}
	}
}

// A message that waits behind a call of a service is known by its own facts when
// its turn comes, and a flow that reads none keeps none.
func TestFactsOfAMessage(t *testing.T) {
	c := talk(t, "",
		`{"name":"a","kind":"question","text":"?","expect":"text","save":"x","next":"w"}`,
		`{"name":"w","kind":"web","method":"GET","url":"https://api.exemplo.com.br/","next":"q","on_error":"q"}`,
		`{"name":"q","kind":"question","text":"Foto?","expect":"file","save":"f","parts":{"id":"id"},"next":"s"}`,
		`{"name":"s","kind":"message","text":"{{message.kind}} {{message.file.id}} {{vars.id}}","next":"z"}`, endZ)
	c.write("oi")
	c.write("x")
	c.write("!photo")
	effects := c.write("!answer 200 {}")
	var said []string
	for _, content := range sends(effects) {
		said = append(said, content.Text)
	}
	if len(c.state.Aside) > 0 {
		effects = c.write("!idle")
		for _, content := range sends(effects) {
			said = append(said, content.Text)
		}
	}
	if !strings.Contains(strings.Join(said, "|"), "image msg_3 msg_3") {
		t.Errorf("%q", said)
	}
	deaf := talk(t, "", `{"name":"a","kind":"question","text":"?","expect":"text","save":"x","next":"z"}`, endZ)
	deaf.write("!ad oi")
	if len(deaf.state.Facts) != 0 {
		t.Errorf("%v", deaf.state.Facts)
	}
}
