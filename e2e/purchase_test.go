package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// purchase is a customer on the way through the shop's ready flow.
type purchase struct {
	t    *testing.T
	h    *house
	chat *chat
}

// hears waits for the company's words.
func (p *purchase) hears(words string) bubble {
	p.t.Helper()
	return p.chat.await(p.t, fmt.Sprintf("%q", words), func(b bubble) bool { return strings.Contains(b.Text, words) })
}

// taps waits for a choice that begins so and taps it.
func (p *purchase) taps(title string) {
	p.t.Helper()
	id := ""
	b := p.chat.await(p.t, "the choice "+title, func(b bubble) bool {
		for text, choice := range b.choices() {
			if strings.HasPrefix(text, title) {
				id = choice
				return true
			}
		}
		return false
	})
	p.chat.send(map[string]any{"kind": "tap", "bubble": b.ID, "choice": id})
}

// code waits for the Pix code of the customer's order, as the company has it.
func (p *purchase) code(admin *client, contact string) (orderID, code string) {
	p.t.Helper()
	until(p.t, "the Pix code", func() (bool, string) {
		var list struct {
			Items []struct {
				ID string `json:"id"`
			} `json:"items"`
		}
		if err := admin.get("/orders?contact_id="+contact, &list); err != nil || len(list.Items) == 0 {
			return false, fmt.Sprint(err, list)
		}
		var order struct {
			Payments []struct{ Code string } `json:"payments"`
		}
		if err := admin.get("/orders/"+list.Items[0].ID, &order); err != nil || len(order.Payments) == 0 || order.Payments[0].Code == "" {
			return false, fmt.Sprint(err, order)
		}
		orderID, code = list.Items[0].ID, order.Payments[0].Code
		return true, ""
	})
	return orderID, code
}

// The whole purchase in the conversation: a customer writes, finds a thing,
// fills a cart, orders and pays by Pix at the simulated Mercado Pago; thanks and
// the news of the order come by themselves, each once, also when Prosa is killed
// between the payment and the thanks.
func TestPurchase(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			// A send that the kill cut off is made again once WhatsApp said nothing of it
			// for a while: less than the test waits.
			h := newHouse(t, mode, "PROSA_SEED_TEMPLATE=loja", "PROSA_CHANNEL_SETTLE_AFTER=5s")
			admin := h.signIn("admin")
			for _, channel := range []string{"whatsapp", "telegram"} {
				t.Run(channel, func(t *testing.T) { h.purchase(t, admin, channel) })
			}
		})
	}
}

func (h *house) purchase(t *testing.T, admin *client, channel string) {
	name := "Compradora " + channel
	p := &purchase{t: t, h: h, chat: h.newPhone(name, channel)}
	if channel == "telegram" {
		p.chat.send(map[string]any{"kind": "start"})
	} else {
		p.chat.say("oi")
	}
	p.taps("Buscar produto")
	p.hears("procura?")
	p.chat.say("caneca")
	p.taps("Canecas esmaltadas")
	p.hears("Quantas unidades")
	p.chat.say("2")
	for _, title := range []string{"Ver o carrinho", "Fechar o pedido", "Não tenho", "Retirar na loja", "Pix", "Sim"} {
		p.taps(title)
	}
	p.hears("feito!")
	var row struct {
		ContactID string `json:"contact_id"`
	}
	if err := admin.get("/conversations/"+admin.find("all", name).ID, &row); err != nil {
		t.Fatal(err)
	}
	orderID, code := p.code(admin, row.ContactID)
	until(t, "the bill with its code", func() (bool, string) { return strings.Contains(p.raw(), code), p.raw() })
	newClient(t, h.SandboxURL+"/mercadopago").do(http.MethodPost, "/_sandbox/pay", map[string]string{"code": code}, nil)
	until(t, "the paid order", func() (bool, string) {
		var order struct{ State string }
		err := admin.get("/orders/"+orderID, &order)
		return order.State == "confirmed", fmt.Sprint(order, err)
	})
	h.killSpeaker()
	const thanks, ready = "Pagamento recebido, obrigado! O pedido", "está pronto para retirada"
	p.hears(thanks)
	admin.do(http.MethodPost, "/orders/"+orderID+"/move", map[string]string{"to": "ready"}, nil)
	p.hears(ready)
	for what, want := range map[string]string{"the thanks": thanks, "the news": ready, "the flow's end": "Se precisar de mais alguma coisa"} {
		p.hears(want)
		if n := p.count(want); n != 1 {
			t.Errorf("%s came %d times: %s", what, n, p.raw())
		}
	}
	if n := strings.Count(p.raw(), code); channel == "whatsapp" && n != 1 {
		t.Errorf("the code came %d times: %s", n, p.raw())
	}
}

// killSpeaker kills the process that speaks, and starts it again.
func (h *house) killSpeaker() {
	h.t.Helper()
	name := "worker"
	if h.mode == "all" {
		name = "all"
	}
	h.parts[name].kill()
	h.startPart(name)
	h.ready(name)
}

// raw is the chat as the telephone has it.
func (p *purchase) raw() string {
	_, raw, err := p.chat.c.try(http.MethodGet, p.chat.path("/messages?limit=200"), nil)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// count counts the company's bubbles that hold the words.
func (p *purchase) count(words string) (n int) {
	for _, b := range p.chat.bubbles() {
		if b.Dir == "theirs" && strings.Contains(b.Text, words) {
			n++
		}
	}
	return n
}
