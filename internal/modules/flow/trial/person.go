package trial

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/message"
	"prosa/internal/modules/flow"
)

// person makes up what a customer does next. Some are sensible, most are not.
type person struct {
	rng *rand.Rand
	// odd is how many of a hundred steps make no sense, drawn for each person.
	odd int
	// buyer wants to get to the end of a purchase, and seldom lets the bot wait.
	buyer bool
}

func meet(rng *rand.Rand) *person { return &person{rng: rng, odd: []int{5, 30, 60}[rng.IntN(3)]} }

// shopper is a person who mostly wants to buy.
func shopper(rng *rand.Rand) *person {
	p := meet(rng)
	if rng.IntN(3) > 0 {
		p.odd, p.buyer = 1, true
	}
	return p
}

// now is when the conversation begins: in and out of hours, on a holiday.
func (p *person) now() string {
	return p.one("", "2026-11-23T22:30:00-03:00", "2026-11-22T11:00:00-03:00", "2026-12-25T10:00:00-03:00", "2027-02-28T23:59:30-03:00")
}

func (p *person) one(of ...string) string { return of[p.rng.IntN(len(of))] }

func (p *person) contact() flow.Contact {
	return flow.Contact{
		Name:     p.one("", "Ana Souza", "Zé", "{{vars.x}}", "😀", "María José da Conceição Albuquerque de Araújo Pereira"),
		Language: p.one("", "pt-BR", "pt-BR", "en", "xx"),
	}
}

// next draws a step that is possible where the conversation stands.
func (p *person) next(s *stage) Step {
	if s.ask != nil && ofShop(s.ask) && s.state.Topic == "" && p.rng.IntN(20) > 0 {
		return Step{Answer: p.answer(s)}
	}
	if s.ask != nil && p.rng.IntN(10) < 7 {
		return Step{Answer: p.answer(s)}
	}
	roll := 34
	if p.rng.IntN(100) < p.odd {
		roll = p.rng.IntN(34)
	} else if s.state.Status == flow.Waiting && !p.buyer && p.rng.IntN(12) == 0 || p.buyer && s.state.Topic != "" && p.rng.IntN(2) == 0 || s.subject.node(s.at).Kind == "wait" && p.rng.IntN(2) == 0 {
		roll = 0
	}
	switch {
	case roll < 6:
		return Step{Wait: p.silence(s)}
	case roll < 8:
		return Step{Answer: &Answer{OK: true, Late: true, Body: jsontext.Value(`{"a":1}`)}}
	case roll < 10 && s.state.Status == flow.New:
		return Step{Start: true}
	case roll < 16:
		if s.subject.sells() && p.rng.IntN(4) == 0 {
			return Step{Customer: p.fromCatalog()}
		}
		return Step{Customer: p.medium()}
	case roll < 21 && len(s.choices) > 0:
		return Step{Customer: p.stale(s)}
	case roll < 24:
		return Step{Customer: p.quick(&Customer{Text: p.one("atendente", "quero falar com alguém", "menu", "sair", "voltar", "human")})}
	case roll < 34:
		return Step{Customer: p.quick(&Customer{Text: p.noise()})}
	default:
		return Step{Customer: p.quick(p.sense(s))}
	}
}

// silence is how long the customer says nothing: often just until the bot's
// timer fires.
func (p *person) silence(s *stage) string {
	if s.timer != nil && s.timer.AtMS > s.env.NowMS && p.rng.IntN(2) == 0 {
		return strconv.FormatInt((s.timer.AtMS-s.env.NowMS+second-1)/second, 10) + "s"
	}
	return p.one("5s", "2m", "1h", "3h", "26h", "5d")
}

// quick sends some messages in the same millisecond as the one before.
func (p *person) quick(c *Customer) *Customer {
	c.Quick = p.rng.IntN(8) == 0
	return c
}

// sense answers what the bot asked, mostly.
func (p *person) sense(s *stage) *Customer {
	node := s.subject.node(s.at)
	waits := s.state.Status == flow.Waiting
	switch {
	case waits && s.shown != nil && s.shownBy == s.at && len(s.shown.Options) > 0:
		at := p.rng.IntN(len(s.shown.Options))
		names := s.subject.optionNames(s.shownBy, s.shown)
		switch p.rng.IntN(6) {
		case 0:
			return &Customer{Text: strconv.Itoa(at + 1)}
		case 1:
			return &Customer{Text: s.shown.Options[at].Title}
		case 2:
			if node.Kind == "choice" && at < len(node.Options) && len(node.Options[at].Synonyms) > 0 {
				return &Customer{Text: node.Options[at].Synonyms[p.rng.IntN(len(node.Options[at].Synonyms))]}
			}
		}
		return &Customer{Pick: names[at]}
	case waits && node.Kind == "form":
		return &Customer{Form: p.body(node.Save, s.subject.words)}
	case waits && node.Kind == "rating":
		return &Customer{Text: strconv.Itoa(p.rng.IntN(12))}
	case waits && sells(node.Kind):
		return p.shopping(node.Kind)
	case waits && node.Expect != "":
		return p.expected(node.Expect)
	default:
		c := &Customer{Text: p.one("oi", "Bom dia!", "sim", "não", "1", "2", "ok")}
		if p.rng.IntN(12) == 0 {
			c.Referral = &message.Referral{SourceType: p.one("ad", "link"), SourceID: "12", Ref: p.one("", "promo", "{{vars.x}}")}
		}
		return c
	}
}

// expected gives an answer of the kind that a question expects.
func (p *person) expected(kind string) *Customer {
	switch kind {
	case "number":
		return &Customer{Text: p.one("1", "42", "10234", "1.234,56", "0", "-7", "R$ 10,50")}
	case "money":
		return &Customer{Text: p.one("R$ 10,50", "1.234,56", "100", "dez", "R$ 0")}
	case "email":
		return &Customer{Text: p.one("ana@exemplo.com.br", "a@b", "ZE@EXEMPLO.COM")}
	case "phone":
		if p.rng.IntN(4) == 0 {
			return &Customer{Media: "contacts"}
		}
		return &Customer{Text: p.one("(81) 99999-1234", "+1 415 555 0100", "123")}
	case "date":
		return &Customer{Text: p.one("amanhã", "25/12/2026", "30/11", "31/02/2027", "hoje", "01/01/1990")}
	case "time":
		return &Customer{Text: p.one("14:30", "9h", "meio-dia", "25:00", "10h15")}
	case "cpf":
		return &Customer{Text: p.one("529.982.247-25", "111.111.111-11")}
	case "cnpj":
		return &Customer{Text: p.one("11.222.333/0001-81", "11.222.333/0001-82")}
	case "cep":
		return &Customer{Text: p.one("50030-230", "5003")}
	case "file", "media":
		return &Customer{Media: p.one("image", "document", "audio", "video")}
	case "location":
		return &Customer{Location: &message.Location{Latitude: -8.05, Longitude: -34.9, Name: "Recife"}}
	default:
		return &Customer{Text: p.one("Ana Souza", "Quero uma camiseta azul, tamanho M", "x", "tanto faz", strings.Repeat("muito ", 300))}
	}
}

func (p *person) medium() *Customer {
	if p.rng.IntN(6) == 0 {
		return &Customer{Location: &message.Location{Latitude: -23.5, Longitude: -46.6, Address: "Rua A, 1"}}
	}
	c := &Customer{Media: p.one("image", "video", "audio", "voice", "document", "sticker", "contacts", "order", "form", "reaction", "call", "share", "story_reply", "story_mention", "welcome", "system", "unsupported")}
	if c.Media == "image" && p.rng.IntN(2) == 0 {
		c.Text = p.one("1", "olha isso", "atendente")
	}
	return c
}

// stale taps a button that is not on show any more, of another session, or of
// none at all.
func (p *person) stale(s *stage) *Customer {
	old := s.choices[p.rng.IntN(len(s.choices))]
	if len(old.Options) == 0 {
		return &Customer{Tap: "x", Text: "x"}
	}
	option := old.Options[p.rng.IntN(len(old.Options))]
	switch p.rng.IntN(4) {
	case 0: // of another session
		return &Customer{Tap: "9999999999" + option.ID[min(len(option.ID), 10):], Text: option.Title}
	case 1:
		return &Customer{Tap: p.one("", "a.b.c", "\"}{", strings.Repeat("9", 64)), Text: option.Title}
	case 2: // an option that the choice never had
		return &Customer{Tap: option.ID + "zz", Text: ""}
	default:
		return &Customer{Tap: option.ID, Text: option.Title}
	}
}

func (p *person) noise() string {
	switch p.rng.IntN(4) {
	case 0:
		letters := make([]rune, 1+p.rng.IntN(30))
		alphabet := []rune("abc ç ã {}[]\"'\\/<>&%$#@!0123456789\u200d\u202e👍🏽\n")
		for i := range letters {
			letters[i] = alphabet[p.rng.IntN(len(alphabet))]
		}
		return string(letters)
	case 1:
		return p.one(strings.Repeat("muito ", 3000), strings.Repeat("9", 400), strings.Repeat("👩‍👩‍👧‍👦", 500), "a"+strings.Repeat("\u0301", 300))
	default:
		return p.one("👍", " ", "{{contact.name}}", "{{1/0", "}}", "null", "true", "-1", "0", "99", "1️⃣", "Robert'); DROP TABLE bot;--", "../../etc/passwd",
			"<script>alert(1)</script>", "%s%n", "não sei", "???", "1 e 2", "the first one", "https://example.com", "\u202eolleh", "ok obrigado", "cancelar")
	}
}

// answer makes up what a web call gives back.
func (p *person) answer(s *stage) *Answer {
	if s.state.Topic != "" {
		state := p.one("paid", "paid", "expired", "canceled")
		return &Answer{OK: true, Body: jsontext.Value(`{"state":"` + state + `","order":{"id":"ord_1","number":"1001"}}`)}
	}
	if ofShop(s.ask) && p.rng.IntN(20) > 0 {
		told := s.stand.Ask(s.ask.Kind, s.ask.Request)
		return &Answer{OK: told.OK, Body: jsontext.Value(told.Body), Topic: told.Topic}
	}
	switch p.rng.IntN(10) {
	case 0:
		return &Answer{Status: 500, Error: "500"}
	case 1:
		return &Answer{Status: 404}
	case 2:
		return &Answer{Error: "timeout"}
	case 3:
		return &Answer{OK: true, Raw: p.one("<html>", "{", "null", "[]", "\"", "\u0001", strings.Repeat("[", 500), `{"a":`+strings.Repeat("9", 500)+"}")}
	case 4:
		return &Answer{OK: true, Body: jsontext.Value(`{}`)}
	case 5:
		return &Answer{OK: true, Raw: `{"x":"` + strings.Repeat("y", 300<<10) + `"}`}
	default:
		return &Answer{OK: true, Body: p.body(s.subject.node(s.ask.Node).Save, s.subject.words)}
	}
}

// body makes an answer in which the paths that a call saves have values.
func (p *person) body(save map[string]string, words []string) jsontext.Value {
	root := map[string]any{}
	for _, variable := range slices.Sorted(maps.Keys(save)) {
		at := root
		parts := strings.Split(save[variable], ".")
		for _, part := range parts[:len(parts)-1] {
			inner, is := at[part].(map[string]any)
			if !is {
				inner = map[string]any{}
				at[part] = inner
			}
			at = inner
		}
		at[parts[len(parts)-1]] = p.value(words)
	}
	text, err := json.Marshal(root, json.Deterministic(true))
	if err != nil {
		return jsontext.Value(`{}`) // values of ours can be written
	}
	return text
}

func (p *person) value(words []string) any {
	if len(words) > 0 && p.rng.IntN(2) == 0 {
		return p.one(words...)
	}
	switch p.rng.IntN(6) {
	case 0:
		return p.rng.IntN(1000)
	case 1:
		return p.rng.IntN(2) == 0
	case 2:
		return nil
	case 3:
		return []any{1, "a"}
	case 4:
		return strings.Repeat("longo ", 100)
	default:
		return p.one("enviado", "entregue", "2026-12-01", "Ana", fmt.Sprint("BR", p.rng.IntN(1000)), "")
	}
}

// fromCatalog is what a customer sends out of a channel's catalog.
func (p *person) fromCatalog() *Customer {
	good := p.one("var_caneca", "x")
	if p.rng.IntN(2) == 0 {
		return &Customer{Cart: &message.Order{CatalogID: "1", Items: []message.OrderItem{{RetailerID: good, Quantity: 1, Price: "39.00", Currency: "BRL"}}}}
	}
	return &Customer{Text: p.one("Tem esse?", "Quanto custa?"), About: &message.ProductRef{CatalogID: "1", RetailerID: good}}
}

// sells reports a node of the shop that a customer answers in words.
func sells(kind string) bool {
	switch kind {
	case "product_search", "product_show", "cart_add", "cart_change", "coupon", "shipping", "order_place", "order_pay", "order_status":
		return true
	}
	return false
}

// shopping is what a customer says to a node of the shop.
func (p *person) shopping(kind string) *Customer {
	switch kind {
	case "product_search", "product_show":
		return &Customer{Text: p.one("caneca", "camiseta", "boné", "azul", "xyz", "1")}
	case "cart_add", "cart_change":
		return &Customer{Text: p.one("1", "2", "quero 3", "dois", "0", "999")}
	case "coupon":
		return &Customer{Text: p.one("não", "DESCONTO10", "natal")}
	case "shipping":
		return &Customer{Text: p.one("50030-230", "50030230", "90000-000", "Rua da Aurora, 10", "Recife")}
	case "order_place":
		return &Customer{Text: p.one("529.982.247-25", "Ana Souza", "sim", "não")}
	default:
		return &Customer{Text: p.one("já paguei", "1001", "o último")}
	}
}
