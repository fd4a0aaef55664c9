package meta

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

type m = map[string]any

func interactive(kind string, action m, rest ...m) m {
	in := m{"type": kind, "body": m{"text": "corpo"}, "action": action}
	for _, extra := range rest {
		for name, value := range extra {
			if value == nil {
				delete(in, name)
				continue
			}
			in[name] = value
		}
	}
	return m{"type": "interactive", "interactive": in}
}

func buttons(titles ...string) m {
	list := []m{}
	for i, title := range titles {
		list = append(list, m{"type": "reply", "reply": m{"id": fmt.Sprintf("b%d", i), "title": title}})
	}
	return m{"buttons": list}
}

func rows(n int) []m {
	out := []m{}
	for i := range n {
		out = append(out, m{"id": fmt.Sprintf("r%d", i), "title": fmt.Sprintf("Linha %d", i)})
	}
	return out
}

func listAction(sections ...m) m { return m{"button": "Ver", "sections": sections} }

func pix(total, subtotal int, rest m) m {
	amount := func(v int) m { return m{"value": v, "offset": 100} }
	p := m{
		"reference_id": "pedido-1", "type": "digital-goods", "payment_type": "br", "currency": "BRL",
		"total_amount": amount(total),
		"payment_settings": []m{{"type": "pix_dynamic_code", "pix_dynamic_code": m{
			"code": "000201", "merchant_name": "Loja", "key": "39580525000189", "key_type": "CNPJ"}}},
		"order": m{"status": "pending", "items": []m{{"retailer_id": "1", "name": "Bolo", "amount": amount(subtotal), "quantity": 1}},
			"subtotal": amount(subtotal), "tax": amount(0)},
	}
	for name, value := range rest {
		p[name] = value
	}
	return m{"name": "review_and_pay", "parameters": p}
}

// quickReplies are the buttons of a card.
func quickReplies(titles ...string) m {
	out := []m{}
	for i, title := range titles {
		out = append(out, m{"type": "quick_reply", "quick_reply": m{"id": fmt.Sprint(title, i), "title": title}})
	}
	return m{"buttons": out}
}

// TestLimits holds every limit of channels' section 3 at and past its edge.
func TestLimits(t *testing.T) {
	w := start(t, Config{Unlimited: true})
	w.act(Action{Do: "text", Text: "oi"})
	long := func(n int) string { return strings.Repeat("é", n) }
	product := m{"catalog_id": "c", "product_retailer_id": "p"}
	products := func(n int) m {
		items := []m{}
		for i := range n {
			items = append(items, m{"product_retailer_id": fmt.Sprint(i)})
		}
		return m{"catalog_id": "c", "sections": []m{{"title": "Bolos", "product_items": items}}}
	}
	header := m{"header": m{"type": "text", "text": "Título"}}
	card := func(i int, body string, titles ...string) m {
		return m{"card_index": i, "type": "cta_url", "header": m{"type": "image", "image": m{"link": "https://example.com/a.png"}},
			"body": m{"text": body}, "action": quickReplies(titles...)}
	}
	form := func(rest m) m {
		p := m{"flow_message_version": "3", "flow_id": "1", "flow_cta": "Abrir", "flow_token": "t"}
		for name, value := range rest {
			p[name] = value
		}
		return m{"name": "flow", "parameters": p}
	}
	cases := []struct {
		name string
		body m
		code int // 0: accepted
		say  string
	}{
		{"text", text("oi"), 0, ""},
		{"text of 4096", text(long(4096)), 0, ""},
		{"text of 4097", text(long(4097)), 100, "Param text['body'] must be at most 4096 characters long."},
		{"empty text", text(""), 100, "length of at least 1"},
		{"blank text", text("  \n"), 100, "length of at least 1"},
		{"no text", m{"type": "text"}, 131008, ""},
		{"text of a number", m{"type": "text", "text": m{"body": 5}}, 100, "must be a string"},
		{"odd member", m{"type": "text", "text": m{"body": "a", "colour": "red"}}, 100, `Unexpected key "colour"`},
		{"odd type", m{"type": "poll"}, 100, "Param type must be one of"},
		{"no product", m{"messaging_product": nil, "type": "text", "text": m{"body": "a"}}, 100, "messaging_product is required"},
		{"other product", m{"messaging_product": "sms", "type": "text", "text": m{"body": "a"}}, 100, "messaging_product must be one of"},
		{"no recipient", m{"to": nil, "type": "text", "text": m{"body": "a"}}, 100, "parameter to is required"},
		{"recipient without digits", m{"to": "ana", "type": "text", "text": m{"body": "a"}}, 131009, ""},
		{"group", m{"recipient_type": "group", "type": "text", "text": m{"body": "a"}}, 100, "recipient_type"},
		{"reference of 512", m{"biz_opaque_callback_data": strings.Repeat("x", 512), "type": "text", "text": m{"body": "a"}}, 0, ""},
		{"reference of 513", m{"biz_opaque_callback_data": strings.Repeat("x", 513), "type": "text", "text": m{"body": "a"}}, 100, "512"},

		{"image by link", m{"type": "image", "image": m{"link": "https://example.com/a.png", "caption": long(1024)}}, 0, ""},
		{"caption of 1025", m{"type": "image", "image": m{"link": "https://example.com/a.png", "caption": long(1025)}}, 100, "1024"},
		{"id and link", m{"type": "image", "image": m{"link": "https://example.com/a.png", "id": "1"}}, 100, "only one"},
		{"neither", m{"type": "image", "image": m{}}, 131008, ""},
		{"unknown id", m{"type": "image", "image": m{"id": "1"}}, 100, "media attachment ID"},
		{"bad link", m{"type": "image", "image": m{"link": "ftp://x/y"}}, 100, "valid URI"},
		{"audio with caption", m{"type": "audio", "audio": m{"link": "https://example.com/a.ogg", "caption": "x"}}, 100, "Unexpected key"},
		{"sticker with caption", m{"type": "sticker", "sticker": m{"link": "https://example.com/a.webp", "caption": "x"}}, 100, "Unexpected key"},
		{"document", m{"type": "document", "document": m{"link": "https://example.com/a.pdf", "filename": "a.pdf", "caption": "x"}}, 0, ""},

		{"location", m{"type": "location", "location": m{"latitude": -23.5, "longitude": -46.6, "name": "Loja", "address": "Rua A"}}, 0, ""},
		{"latitude 91", m{"type": "location", "location": m{"latitude": 91, "longitude": 0}}, 100, "between -90 and 90"},
		{"location as text", m{"type": "location", "location": m{"latitude": "-23.5", "longitude": "-46.6"}}, 0, ""},
		{"no longitude", m{"type": "location", "location": m{"latitude": 1}}, 131008, ""},

		{"contact", m{"type": "contacts", "contacts": []m{{"name": m{"formatted_name": "A B", "first_name": "A"}, "phones": []m{{"phone": "+5511"}}}}}, 0, ""},
		{"contact without a part of the name", m{"type": "contacts", "contacts": []m{{"name": m{"formatted_name": "A B"}}}}, 131008, ""},
		{"no contacts", m{"type": "contacts", "contacts": []m{}}, 131009, ""},

		{"1 button", interactive("button", buttons("Um")), 0, ""},
		{"3 buttons", interactive("button", buttons("Um", "Dois", "Três")), 0, ""},
		{"4 buttons", interactive("button", buttons("Um", "Dois", "Três", "Quatro")), 131009, "buttons count"},
		{"no button", interactive("button", buttons()), 131009, "buttons count"},
		{"title of 20", interactive("button", buttons(long(20))), 0, ""},
		{"title of 21", interactive("button", buttons(long(21))), 131009, "Button title length invalid. Min length: 1, Max length: 20"},
		{"same titles", interactive("button", buttons("Um", "Um")), 131009, "Duplicated button title"},
		{"button id of 257", interactive("button", m{"buttons": []m{{"type": "reply", "reply": m{"id": long(257), "title": "a"}}}}), 131009, "Button id length"},
		{"same ids", interactive("button", m{"buttons": []m{{"type": "reply", "reply": m{"id": "a", "title": "a"}}, {"type": "reply", "reply": m{"id": "a", "title": "b"}}}}), 131009, "Duplicated button id"},
		{"body of 1024", interactive("button", buttons("Um"), m{"body": m{"text": long(1024)}}), 0, ""},
		{"body of 1025", interactive("button", buttons("Um"), m{"body": m{"text": long(1025)}}), 100, "1024"},
		{"no body", interactive("button", buttons("Um"), m{"body": nil}), 131008, ""},
		{"footer of 60", interactive("button", buttons("Um"), m{"footer": m{"text": long(60)}}), 0, ""},
		{"footer of 61", interactive("button", buttons("Um"), m{"footer": m{"text": long(61)}}), 100, "60"},
		{"header of 61", interactive("button", buttons("Um"), m{"header": m{"type": "text", "text": long(61)}}), 100, "60"},
		{"image header", interactive("button", buttons("Um"), m{"header": m{"type": "image", "image": m{"link": "https://example.com/a.png"}}}), 0, ""},

		{"list of 10", interactive("list", listAction(m{"rows": rows(10)})), 0, ""},
		{"list of 11", interactive("list", listAction(m{"title": "A", "rows": rows(6)}, m{"title": "B", "rows": []m{{"id": "x1", "title": "a"}, {"id": "x2", "title": "b"}, {"id": "x3", "title": "c"}, {"id": "x4", "title": "d"}, {"id": "x5", "title": "e"}}})), 131009, "Total row count exceed max allowed count: 10"},
		{"list body of 4096", interactive("list", listAction(m{"rows": rows(1)}), m{"body": m{"text": long(4096)}}), 0, ""},
		{"list with image header", interactive("list", listAction(m{"rows": rows(1)}), m{"header": m{"type": "image", "image": m{"link": "https://example.com/a.png"}}}), 100, "must be one of {text}"},
		{"two sections without titles", interactive("list", listAction(m{"rows": rows(1)}, m{"rows": []m{{"id": "z", "title": "z"}}})), 131008, ""},
		{"section title of 25", interactive("list", listAction(m{"title": long(25), "rows": rows(1)})), 131009, "Section title"},
		{"row title of 24", interactive("list", listAction(m{"rows": []m{{"id": "a", "title": long(24), "description": long(72)}}})), 0, ""},
		{"row title of 25", interactive("list", listAction(m{"rows": []m{{"id": "a", "title": long(25)}}})), 131009, "Row title"},
		{"row description of 73", interactive("list", listAction(m{"rows": []m{{"id": "a", "title": "a", "description": long(73)}}})), 131009, "Row description"},
		{"row id of 201", interactive("list", listAction(m{"rows": []m{{"id": long(201), "title": "a"}}})), 131009, "Row id"},
		{"same rows", interactive("list", listAction(m{"rows": []m{{"id": "a", "title": "a"}, {"id": "a", "title": "b"}}})), 131009, "Duplicated row id"},
		{"empty section", interactive("list", listAction(m{"rows": []m{}})), 131009, "rows count"},
		{"list button of 21", interactive("list", m{"button": long(21), "sections": []m{{"rows": rows(1)}}}), 131009, "Button label"},

		{"link", interactive("cta_url", m{"name": "cta_url", "parameters": m{"display_text": "Abrir", "url": "https://example.com"}}), 0, ""},
		{"link label of 21", interactive("cta_url", m{"name": "cta_url", "parameters": m{"display_text": long(21), "url": "https://example.com"}}), 100, "20"},
		{"location request", interactive("location_request_message", m{"name": "send_location"}), 0, ""},
		{"contact request", interactive("request_contact_info", m{"name": "request_contact_info"}), 0, ""},
		{"product", interactive("product", product, m{"body": nil}), 0, ""},
		{"product with header", interactive("product", product, header), 131009, "Header is not allowed"},
		{"30 products", interactive("product_list", products(30), header), 0, ""},
		{"31 products", interactive("product_list", products(31), header), 131009, "product count"},
		{"products without header", interactive("product_list", products(1)), 131008, ""},
		{"catalog", interactive("catalog_message", m{"name": "catalog_message", "parameters": m{"thumbnail_product_retailer_id": "p"}}), 0, ""},
		{"carousel", interactive("carousel", m{"cards": []m{card(0, "a", "Ver"), card(1, "b", "Ver")}}), 0, ""},
		{"carousel card of 161", interactive("carousel", m{"cards": []m{card(0, long(161), "Ver"), card(1, "b", "Ver")}}), 100, "160"},
		{"carousel of three breaks", interactive("carousel", m{"cards": []m{card(0, "a\nb\nc\nd", "Ver"), card(1, "b", "Ver")}}), 131009, "line breaks"},
		{"carousel of uneven buttons", interactive("carousel", m{"cards": []m{card(0, "a", "Ver"), card(1, "b", "Ver", "Comprar")}}), 131009, "same kind and number"},
		{"carousel of one", interactive("carousel", m{"cards": []m{card(0, "a", "Ver")}}), 131009, "cards count"},
		{"carousel with reply buttons", interactive("carousel", m{"cards": []m{{"card_index": 0, "header": m{"type": "image", "image": m{"link": "https://example.com/a.png"}}, "action": buttons("Ver")}, card(1, "b", "Ver")}}), 100, "Unexpected key"},
		{"carousel of products", interactive("carousel", m{"cards": []m{{"card_index": 0, "type": "product", "action": product}, {"card_index": 1, "type": "product", "action": product}}}), 0, ""},
		{"carousel of both", interactive("carousel", m{"cards": []m{{"card_index": 0, "type": "product", "action": product}, card(1, "b", "Ver")}}), 131009, "same kind and number"},
		{"carousel out of order", interactive("carousel", m{"cards": []m{card(1, "a", "Ver"), card(0, "b", "Ver")}}), 131009, "Card index"},
		{"form", interactive("flow", form(nil)), 0, ""},
		{"form by id and name", interactive("flow", form(m{"flow_name": "x"})), 131009, "Exactly one"},
		{"form label of 31", interactive("flow", form(m{"flow_cta": long(31)})), 131009, "Flow CTA"},

		{"pix", interactive("order_details", pix(1000, 1000, nil)), 0, ""},
		{"pix of a used reference", interactive("order_details", pix(1000, 1000, nil)), 131009, "already used"},
		{"pix of another total", interactive("order_details", pix(999, 1000, nil)), 131009, "total_amount"},
		{"pix reference of 36", interactive("order_details", pix(1000, 1000, m{"reference_id": strings.Repeat("a", 36)})), 131009, "reference_id"},
		{"pix in dollars", interactive("order_details", pix(1000, 1000, m{"currency": "USD"})), 100, "currency"},
		{"order status", interactive("order_status", m{"name": "review_order", "parameters": m{"reference_id": "pedido-1", "order": m{"status": "processing"}}}), 0, ""},
		{"odd order status", interactive("order_status", m{"name": "review_order", "parameters": m{"reference_id": "p", "order": m{"status": "lost"}}}), 100, "must be one of"},

		{"unknown template", m{"type": "template", "template": m{"name": "nada", "language": m{"code": "pt_BR"}}}, 132001, ""},
		{"reaction to nothing", m{"type": "reaction", "reaction": m{"message_id": "wamid.x", "emoji": "👍"}}, 131009, ""},
		{"reaction of a word", m{"type": "reaction", "reaction": m{"message_id": "wamid.x", "emoji": "ok"}}, 131009, "emoji"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			status, raw := w.send(c.body)
			if c.code == 0 {
				if status != http.StatusOK {
					t.Fatalf("refused: %d %s", status, raw)
				}
				return
			}
			got := graphErr(t, raw)
			if status < 400 || got.Code != c.code {
				t.Fatalf("wanted code %d, got %d %s", c.code, status, raw)
			}
			if c.say != "" && !strings.Contains(string(raw), strings.ReplaceAll(c.say, `"`, `\"`)) {
				t.Errorf("wanted %q in %s", c.say, raw)
			}
			if got.TraceID == "" || got.Type == "" || got.Message == "" {
				t.Errorf("incomplete error body: %s", raw)
			}
		})
	}
}
