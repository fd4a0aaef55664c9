package phone

import (
	"encoding/json"
	"testing"

	"prosa/internal/sandbox/meta"
)

// whatsappSend lets the business send a message to Ana's WhatsApp.
func (w *world) whatsappSend(body m) { w.t.Helper(); w.graphSend("5511987654321", body) }

func (w *world) newest(chat string) Bubble {
	w.t.Helper()
	bubbles := w.bubbles(chat)
	return bubbles[len(bubbles)-1]
}

func TestATemplateIsDrawnWhole(t *testing.T) {
	w := start(t)
	_, chat, _ := w.ana()
	components, _ := json.Marshal([]m{
		{"type": "HEADER", "format": "TEXT", "text": "Pedido {{1}}", "example": m{"header_text": []string{"1"}}},
		{"type": "BODY", "text": "Olá {{1}}, saiu!", "example": m{"body_text": [][]string{{"Ana"}}}},
		{"type": "FOOTER", "text": "Casa Aurora"},
		{"type": "BUTTONS", "buttons": []m{
			{"type": "QUICK_REPLY", "text": "Obrigada"}, {"type": "URL", "text": "Rastrear", "url": "https://loja.example/{{1}}", "example": []string{"https://loja.example/1"}},
			{"type": "PHONE_NUMBER", "text": "Ligar", "phone_number": "+551140032026"},
		}},
	})
	if _, err := w.meta.PutTemplate(meta.Template{WABA: "800", Name: "pedido", Language: "pt_BR", Category: "UTILITY", Status: "APPROVED", Components: components}); err != nil {
		t.Fatal(err)
	}
	w.whatsappSend(m{"type": "template", "template": m{"name": "pedido", "language": m{"code": "pt_BR"}, "components": []m{
		{"type": "header", "parameters": []m{{"type": "text", "text": "42"}}}, {"type": "body", "parameters": []m{{"type": "text", "text": "Ana"}}},
		{"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": []m{{"type": "payload", "payload": "thanks"}}},
		{"type": "button", "sub_type": "url", "index": "1", "parameters": []m{{"type": "text", "text": "BR123"}}},
	}}})
	b := w.newest(chat)
	if b.Kind != "template" || b.Header == nil || b.Header.Text != "Pedido 42" || b.Text != "Olá Ana, saiu!" || b.Footer != "Casa Aurora" || len(b.Rows) != 3 {
		t.Fatalf("%+v", b)
	}
	if b.Rows[0][0].ID != "thanks" || b.Rows[0][0].Text != "Obrigada" || b.Rows[1][0].Value != "https://loja.example/BR123" || b.Rows[2][0].Kind != "phone" {
		t.Fatalf("%+v", b.Rows)
	}
	if tapped := w.send(chat, m{"kind": "tap", "bubble": b.ID, "choice": "thanks"}); tapped.Kind != "button_reply" {
		t.Fatalf("%+v", tapped)
	}
	if again := w.bubbles(chat)[0]; !again.Rows[0][0].Chosen {
		t.Fatalf("%+v", again.Rows)
	}
	// Without a payload of the call a quick reply is drawn once, and can be tapped.
	w.whatsappSend(m{"type": "template", "template": m{"name": "pedido", "language": m{"code": "pt_BR"}, "components": []m{
		{"type": "header", "parameters": []m{{"type": "text", "text": "43"}}}, {"type": "body", "parameters": []m{{"type": "text", "text": "Ana"}}},
		{"type": "button", "sub_type": "url", "index": "1", "parameters": []m{{"type": "text", "text": "BR124"}}},
	}}})
	if b = w.newest(chat); len(b.Rows) != 3 {
		t.Fatalf("%+v", b.Rows)
	}
	w.send(chat, m{"kind": "tap", "bubble": b.ID, "choice": b.Rows[0][0].ID})
}

func TestWhatATelephoneDoesOnWhatsApp(t *testing.T) {
	w := start(t)
	_, chat, _ := w.ana()
	if b := w.send(chat, m{"kind": "ad", "text": "Vi o anúncio", "name": "Canecas"}); b.Kind != "text" || b.Text != "Vi o anúncio" {
		t.Fatalf("%+v", b)
	}
	w.whatsappSend(m{"type": "interactive", "interactive": m{"type": "flow", "body": m{"text": "Agende"}, "action": m{"name": "flow", "parameters": m{
		"flow_message_version": "3", "flow_id": "1", "flow_cta": "Agendar", "flow_token": "tok-7", "flow_action": "navigate", "flow_action_payload": m{"screen": "A"},
	}}}})
	offer := w.newest(chat)
	if offer.Kind != "flow" || offer.Rows[0][0].Kind != "flow" {
		t.Fatalf("%+v", offer)
	}
	filled := w.send(chat, m{"kind": "form", "bubble": offer.ID, "values": m{"nome": "Ana", "dia": "terça"}})
	if filled.Kind != "form_reply" || filled.Form == nil || len(filled.Form.Fields) != 2 || filled.Form.Fields[0] != (Field{"dia", "terça"}) {
		t.Fatalf("%+v", filled)
	}
	sent, err := w.meta.Message(plainID(filled.ID))
	if err != nil || sent.ReplyTo != plainID(offer.ID) || !json.Valid(sent.Content) {
		t.Fatalf("%+v %v", sent, err)
	}
	w.whatsappSend(m{"type": "interactive", "interactive": m{"type": "request_contact_info", "body": m{"text": "Seu telefone?"}, "action": m{"name": "request_contact_info"}}})
	if shared := w.send(chat, m{"kind": "tap", "bubble": w.newest(chat).ID, "choice": "contact"}); shared.Kind != "contacts" || len(shared.Contacts) != 1 {
		t.Fatalf("%+v", shared)
	}
	for state, kind := range map[string]string{"missed": "call", "stop": "preference", "resume": "preference"} {
		if b := w.send(chat, m{"kind": kind, "state": state}); b.Kind != kind || b.Text != state {
			t.Errorf("%+v", b)
		}
	}
	own := w.send(chat, m{"kind": "text", "text": "um"})
	if b := w.send(chat, m{"kind": "edit", "bubble": own.ID, "text": "dois"}); !b.Edited || b.Text != "dois" {
		t.Fatalf("%+v", b)
	}
	if b := w.send(chat, m{"kind": "poll", "text": "?", "answers": []string{"a", "b"}}); b.Kind != "unsupported" {
		t.Fatalf("%+v", b)
	}
	if b := w.send(chat, m{"kind": "change_number", "phone": "+5511999998888"}); b.Kind != "system" || b.Notice == "" {
		t.Fatalf("%+v", b)
	}
}

func TestWhatATelephoneDoesOnTelegram(t *testing.T) {
	w := start(t)
	_, _, chat := w.ana()
	w.send(chat, m{"kind": "start"})
	if b := w.send(chat, m{"kind": "poll", "text": "Qual cor?", "answers": []string{"Azul", "Verde"}}); b.Kind != "poll" || b.Poll == nil || len(b.Poll.Answers) != 2 {
		t.Fatalf("%+v", b)
	}
	if b := w.send(chat, m{"kind": "location", "latitude": -23.5, "longitude": -46.6, "seconds": 900}); b.Location == nil || b.Location.Live != 900 {
		t.Fatalf("%+v", b)
	}
	if b := w.send(chat, m{"kind": "dice", "emoji": "🎲"}); b.Kind != "sticker" || b.Text != "🎲" {
		t.Fatalf("%+v", b)
	}
	own := w.send(chat, m{"kind": "text", "text": "um"})
	if b := w.send(chat, m{"kind": "edit", "bubble": own.ID, "text": "dois"}); !b.Edited || b.Text != "dois" {
		t.Fatalf("%+v", b)
	}
	user := readUser(t, chat)
	w.botCall("sendPoll", m{"chat_id": user, "question": "Gostou?", "options": []m{{"text": "Sim"}, {"text": "Não"}}, "is_anonymous": false})
	asked := w.newest(chat)
	if asked.Poll == nil || asked.Poll.Question != "Gostou?" {
		t.Fatalf("%+v", asked)
	}
	if b := w.send(chat, m{"kind": "vote", "bubble": asked.ID, "picks": []int{1}}); b.Poll == nil || !b.Poll.Answers[1].Chosen || b.Poll.Answers[1].Votes != 1 {
		t.Fatalf("%+v", b)
	}
	w.call("POST", "chats/"+chat+"/messages", m{"kind": "preference", "state": "stop"}, nil, 409)
}

func readUser(t *testing.T, chat string) int64 {
	t.Helper()
	where, err := readChat(chat)
	if err != nil {
		t.Fatal(err)
	}
	return where.user
}
