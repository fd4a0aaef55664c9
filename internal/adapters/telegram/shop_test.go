package telegram_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"prosa/internal/adapters/telegram"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	simulator "prosa/internal/sandbox/telegram"
)

// shown is a message as the telephone has it.
type shown struct {
	Text     string
	Caption  string
	Entities []struct {
		Type           string
		Offset, Length int
	}
	Markup struct {
		Rows [][]struct {
			Text string
			Data string `json:"callback_data"`
			URL  string
			Copy struct{ Text string } `json:"copy_text"`
		} `json:"inline_keyboard"`
	} `json:"reply_markup"`
}

// say renders and sends, and gives what the telephone then has.
func (w *world) say(t *testing.T, out channel.Outbound) []simulator.Message {
	t.Helper()
	before, _, err := w.platform.Messages(bot, rui, "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := w.adapter.Render(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range parts {
		receipt, err := w.adapter.Send(t.Context(), w.account, part)
		if err != nil || receipt.ExternalID == "" {
			t.Errorf("%+v, %v\n%s", receipt, err, part.Body)
		}
	}
	after, _, err := w.platform.Messages(bot, rui, "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	return after[len(before):]
}

func kinds(messages []simulator.Message) string {
	var all []string
	for _, message := range messages {
		all = append(all, message.Kind)
	}
	return strings.Join(all, " ")
}

func read(t *testing.T, message simulator.Message) shown {
	t.Helper()
	var s shown
	if err := json.Unmarshal(message.Content, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func opened(t *testing.T, changes ...func(*simulator.Config)) *world {
	t.Helper()
	w := start(t, changes...)
	w.act(t, simulator.Action{Do: "start"})
	return w
}

// purchases are the messages of a purchase, by name.
func purchases(t *testing.T) map[string]channel.Outbound {
	all := telegram.Outbounds(t)
	maps.DeleteFunc(all, func(_ string, out channel.Outbound) bool {
		return out.Content.Shelf == nil && out.Content.Bill == nil && out.Content.Progress == nil
	})
	return all
}

func TestAPurchaseTakesTheFormsItShould(t *testing.T) {
	w := opened(t)
	want := map[string]string{
		"card": "photo", "card_blob": "photo", "card_words": "text", "card_bare": "text", "rows": "text", "album": "photo photo photo text", "door": "text",
		"bill": "text photo", "bill_ways": "text photo", "bill_long_code": "text photo", "bill_long": "text text text photo", "bill_delivery": "text text",
		"bill_english": "text photo", "order_status": "text", "order_status_words": "text",
	}
	all := purchases(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if got := kinds(w.say(t, all[name])); got != want[name] {
			t.Errorf("%s came as %q, want %q", name, got, want[name])
		}
	}
}

func TestTheCodeIsCopied(t *testing.T) {
	w := opened(t)
	const code = "00020126BR.GOV.BCB.PIX6304ABCD"
	said := read(t, w.say(t, telegram.Outbounds(t)["bill"])[0])
	units := utf16.Encode([]rune(said.Text))
	if len(said.Entities) != 1 || said.Entities[0].Type != "code" || string(utf16.Decode(units[said.Entities[0].Offset:][:said.Entities[0].Length])) != code {
		t.Errorf("%+v of %q", said.Entities, said.Text)
	}
	if rows := said.Markup.Rows; rows[0][0].Copy.Text != code || rows[1][0].URL != "https://loja.example/s/o/1" || !strings.Contains(said.Text, "Total: R$ 131,80") {
		t.Errorf("%+v", said)
	}
	// A code that no button holds is still one to tap.
	said = read(t, w.say(t, telegram.Outbounds(t)["bill_long_code"])[0])
	if len(said.Entities) != 1 || said.Entities[0].Length != 300 || said.Markup.Rows[0][0].URL == "" {
		t.Errorf("%+v", said)
	}
}

func TestAGoodIsTaken(t *testing.T) {
	w := opened(t)
	for name, data := range map[string]string{"card": "g.a", "rows": "g.l", "album": "g.c"} {
		messages := w.say(t, telegram.Outbounds(t)[name])
		last := messages[len(messages)-1]
		in := w.act(t, simulator.Action{Do: "press", Message: last.MessageID, Data: data})
		if in.Content.Kind != message.Pick || in.Content.Pick.ID != data {
			t.Errorf("%s: %+v", name, in.Content)
		}
	}
}

// TestAPictureThatCannotBeFetchedCostsOnlyItself lets Telegram look for
// pictures at an address that has none.
func TestAPictureThatCannotBeFetchedCostsOnlyItself(t *testing.T) {
	nothing := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(nothing.Close)
	w := opened(t, func(c *simulator.Config) { c.FetchLinks = true })
	for name, want := range map[string]string{"card": "text", "album": "text text"} {
		out := telegram.Outbounds(t)[name]
		for s := range out.Content.Shelf.Sections {
			for g := range out.Content.Shelf.Sections[s].Goods {
				out.Content.Shelf.Sections[s].Goods[g].ImageURL = nothing.URL + "/gone.jpg"
			}
		}
		messages := w.say(t, out)
		if kinds(messages) != want {
			t.Errorf("%s came as %s", name, kinds(messages))
		}
		said := read(t, messages[len(messages)-1])
		if !strings.Contains(read(t, messages[0]).Text, "Camiseta A\nR$ 49,90") || said.Markup.Rows[0][0].Data != "g.a" {
			t.Errorf("%s: %+v", name, said)
		}
	}
	// Who blocked the bot is not written to again.
	w.act(t, simulator.Action{Do: "block"})
	parts, err := w.adapter.Render(telegram.Outbounds(t)["card"])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.adapter.Send(t.Context(), w.account, parts[0]); err == nil {
		t.Error("a blocked bot spoke")
	}
}

// hostile are names that somebody typed, or was made to.
var hostile = []string{
	"*Negrito* _it_ ~x~ ```code``` <b>&amp;</b>", "linha um\nlinha dois\r\n\ttab", "\u202eotiderc \u2066x\u2069", strings.Repeat("nome muito comprido ", 60),
	strings.Repeat("👨‍👩‍👧‍👦", 90), "zero\u200b\u200dwidth", "{{vars.cart_total}} %s %d", "a\x07b\x1b[31m", "http://x.example/?a=1&b=\"2\"",
}

// renamed gives all that a message of the shop names a hostile name.
func renamed(content message.Content, name string) message.Content {
	if content.Shelf != nil {
		shelf := *content.Shelf
		shelf.Sections = slices.Clone(shelf.Sections)
		for i, section := range shelf.Sections {
			goods := slices.Clone(section.Goods)
			for n := range goods {
				goods[n].Name, goods[n].Description = name, name
			}
			shelf.Sections[i].Goods = goods
			if section.Title != "" {
				shelf.Sections[i].Title = name
			}
		}
		if shelf.Header != "" {
			shelf.Header = name
		}
		content.Shelf = &shelf
	}
	if content.Bill != nil {
		bill := *content.Bill
		bill.Lines = slices.Clone(bill.Lines)
		for i := range bill.Lines {
			bill.Lines[i].Name = name
		}
		if bill.Footer != "" {
			bill.Footer = name
		}
		content.Bill = &bill
	}
	return content
}

// TestNamesOfAnyKindAreTaken: what a product is called never keeps a message from
// its customer.
func TestNamesOfAnyKindAreTaken(t *testing.T) {
	w := opened(t)
	all := purchases(t)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		for n, name := range hostile {
			out := all[key]
			out.Content = renamed(out.Content, name)
			if shown := w.say(t, out); len(shown) == 0 {
				t.Errorf("%s with the name %d did not come", key, n)
			}
		}
	}
}
