package storefront

import (
	"bytes"
	"context"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"prosa/internal/modules/order"
	"prosa/internal/modules/product"
)

func TestAProductIsShownToEverybody(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.company("Padaria Alfa")
		link := c.links.Product(c.id, c.shirt.Variants[1].ID)
		seen := h.get(h.path(link)).want(http.StatusOK)
		seen.has(
			`<meta property="og:url" content="`+link+`">`, `content="https://img.example.com/camiseta.jpg"`, `content="in stock"`, `content="59.90"`,
			`<meta property="product:sale_price:amount" content="44.90">`, `"priceCurrency":"BRL"`, "R$\u00a044,90", "25% off",
			`https://wa.example.com/558140001000?text=Ol%C3%A1`, `https://t.example.com/alfa_bot?start=`+c.shirt.Variants[1].ID,
		).lacks("noindex", "4000-2000", "<form")
		if policy := seen.header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "img-src 'self' https://img.example.com;") || strings.Contains(policy, "unsafe") {
			t.Errorf("the policy is %s", policy)
		}
		if seen.header.Get("Cache-Control") != "public, max-age=60" || seen.header.Get("X-Robots-Tag") != "" || seen.header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("the headers are %v", seen.header)
		}
		seen.golden("product.pt-BR")
		h.call(h.path(link), nil, "Accept-Language", "de, en-GB;q=0.8, pt;q=0.2").want(http.StatusOK).golden("product.en")
		soldOut := h.get(h.path(c.links.Product(c.id, c.shirt.Variants[2].ID))).want(http.StatusOK)
		soldOut.has("Esgotado", `content="out of stock"`, "schema.org/OutOfStock")
		h.get(h.path(c.links.Product(c.id, c.cake.Variants[0].ID))).want(http.StatusOK).has("Feito sob encomenda", "<p>Serve oito.</p>")
		// What people wrote is text, wherever it stands.
		h.get(h.path(c.links.Product(c.id, c.vase.Variants[0].ID))).want(http.StatusOK).has("Vaso &lt;único&gt;", "Última peça").lacks("<único>")
	})
}

func TestWhatIsNotSoldIsNotFound(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.company("Padaria Alfa")
		ctx := context.Background()
		link := h.path(c.links.Product(c.id, c.vase.Variants[0].ID))
		h.get(link).want(http.StatusOK)
		for _, state := range []product.State{product.Draft, product.Archived} {
			if _, err := h.products.SetState(ctx, c.id, c.vase.ID, state, ana); err != nil {
				t.Fatal(err)
			}
			h.get(link).want(http.StatusNotFound).has("Não encontramos esta página").lacks("Vaso")
			h.get(c.shop() + "/p/" + c.vase.Variants[0].ID).want(http.StatusNotFound)
			h.get(c.shop()).want(http.StatusOK).lacks("Vaso")
		}
	})
}

func TestAShopIsBrowsedAndSearched(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.company("Padaria Alfa")
		ctx := context.Background()
		shelf := must(h.products.SaveCollection(ctx, product.Collection{TenantID: c.id, Kind: product.List, Name: "Novidades"}, ana))(t)
		if err := h.products.SetItems(ctx, c.id, shelf.ID, []string{c.cake.ID}); err != nil {
			t.Fatal(err)
		}
		home := h.get(c.shop()).want(http.StatusOK)
		home.has("Olá, Bia", "Camiseta Algodão", "Bolo de rolo", "Vaso &lt;único&gt;", "a partir de", `content="noindex, nofollow"`)
		if home.header.Get("Cache-Control") != "private, no-store" || home.header.Get("X-Robots-Tag") != "noindex, nofollow" || home.header.Get("Referrer-Policy") != "same-origin" {
			t.Errorf("the headers are %v", home.header)
		}
		home.golden("shop.pt-BR")
		h.call(c.shop(), nil, "Accept-Language", "en").want(http.StatusOK).golden("shop.en")
		h.get(c.shop()+"?q=algodao").want(http.StatusOK).has("Camiseta Algodão", "Resultados para “algodao”").lacks("Bolo")
		h.get(c.shop() + "?q=CAMISETAS").want(http.StatusOK).has("Camiseta Algodão")
		h.get(c.shop() + "?q=%22%3E%3Cscript%3E").want(http.StatusOK).has("Nada encontrado").lacks("<script>")
		h.get(c.shop() + "?c=" + shelf.ID).want(http.StatusOK).has("Bolo").lacks("Camiseta")
		h.get(c.shop()+"/p/"+c.shirt.Variants[0].ID).want(http.StatusOK).has("Últimas 3 peças", `action="`+c.shop()+`/add"`, `max="3"`).golden("good.pt-BR")
	})
}

func TestAShelfIsPaged(t *testing.T) {
	h := open(t, "sqlite")
	c := h.company("Padaria Alfa")
	for n := range pageSize {
		h.clock.Advance(time.Millisecond)
		p := product.Product{TenantID: c.id, Name: "Pão " + decimal(int64(n)), Variants: []product.Variant{{SKU: "PAO" + decimal(int64(n)), Price: 100}}}
		if _, err := h.products.Save(context.Background(), p, ana); err != nil {
			t.Fatal(err)
		}
	}
	first := h.get(c.shop()).want(http.StatusOK).lacks("Camiseta")
	_, rest, found := strings.Cut(first.body, `<p class="more"><a class="button plain" href="`)
	if !found {
		t.Fatal("there is no way to the rest")
	}
	more, _, _ := strings.Cut(rest, `"`)
	h.get(strings.ReplaceAll(more, "&amp;", "&")).want(http.StatusOK).has("Camiseta", "Bolo").lacks("Pão 23")
}

func TestTheWholeWayToAnOrder(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.company("Padaria Alfa")
		shop := c.shop()
		h.get(shop + "/cart").want(http.StatusOK).has("Seu carrinho está vazio.").golden("cart-empty.pt-BR")
		if to := h.post(shop+"/add", "variant", c.shirt.Variants[1].ID, "quantity", "2").to(); to != shop+"/cart?ok=added" {
			t.Fatalf("adding leads to %s", to)
		}
		if to := h.post(shop+"/add", "variant", c.cake.Variants[0].ID, "quantity", "1", "back", "shop").to(); to != shop+"?ok=added" {
			t.Fatalf("adding leads to %s", to)
		}
		h.get(shop+"?ok=added").has("Pronto, está no carrinho.", "3 itens")
		h.post(shop+"/coupon", "code", "nenhum").want(http.StatusUnprocessableEntity).has("Este cupom não existe.", `value="nenhum"`)
		h.post(shop+"/coupon", "code", "bemvindo").to()
		cart := h.get(shop+"/cart").want(http.StatusOK).has("Cupom BEMVINDO", "−R$\u00a013,48", "R$\u00a0121,32")
		cart.golden("cart.pt-BR")
		h.call(shop+"/cart", nil, "Accept-Language", "en-US").golden("cart.en")
		// Without a place only the counter is offered; a place opens the rest.
		h.get(shop + "/delivery").want(http.StatusOK).has("Retirar na loja").lacks("Motoboy").golden("delivery-first.pt-BR")
		h.get(shop + "/delivery?cep=123").want(http.StatusOK).has("O CEP tem 8 números")
		h.get(shop+"/delivery?cep=50030-230").want(http.StatusOK).has("Motoboy", "R$\u00a09,90").golden("delivery.pt-BR")
		h.post(shop+"/delivery", "cep", "50030-230", "zone", c.motoboy).want(http.StatusUnprocessableEntity).has("Diga a rua e o número")
		h.post(shop+"/delivery", "cep", "50030-230").want(http.StatusUnprocessableEntity).has("Escolha como quer receber.")
		h.post(shop+"/delivery", "cep", "60000-000", "zone", c.motoboy, "address", "Rua A, 1").want(http.StatusUnprocessableEntity).has("Não entregamos neste lugar")
		if to := h.post(shop+"/delivery", "cep", "50030230", "zone", c.motoboy, "address", "Rua do Sol, 12", "city", "Recife", "note", "portão azul").to(); to != shop+"/pay" {
			t.Fatalf("the delivery leads to %s", to)
		}
		pay := h.get(shop+"/pay").want(http.StatusOK).has("Rua do Sol, 12", "R$\u00a0131,22", "Dinheiro na entrega", `value="Bia Souza"`)
		pay.golden("pay.pt-BR")
		h.call(shop+"/pay", nil, "Accept-Language", "en").golden("pay.en")
		wish := []string{"total", pay.field("total"), "key", pay.field("key"), "pay", "pix_key/pix", "name", "Bia Souza", "phone", "81 98888-7777"}
		address := h.post(shop+"/pay", wish...).to()
		if again := h.post(shop+"/pay", wish...).to(); again != address {
			t.Errorf("the same button leads to %s and %s", address, again)
		}
		list := must(h.orders.List(context.Background(), order.Search{TenantID: c.id}))(t).Items
		if len(list) != 1 || list[0].ContactID != c.contact || list[0].ConversationID != "cnv_1" || list[0].Source != order.FromWeb || list[0].Total != 13122 || list[0].Note != "portão azul" {
			t.Fatalf("placed were %+v", list)
		}
		if want := h.path(h.links.Order(c.id, list[0].ID)); address != want {
			t.Fatalf("the order stands at %s, want %s", address, want)
		}
		placed := h.get(address).want(http.StatusOK).has("Falta só o pagamento", "Pix copia e cola", "br.gov.bcb.pix", "A loja confere o Pix", "Cancelar pedido", "/s/q/")
		placed.golden("order-unpaid.pt-BR")
		h.call(address, nil, "Accept-Language", "en").golden("order-unpaid.en")
		h.get(shop).has("Pedido 101", "Aguardando pagamento").lacks("Ver carrinho")
	})
}

func TestAnOrderIsFollowed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.company("Padaria Alfa")
		o := c.place(c.cake.Variants[0].ID, "pix_key/pix")
		address := h.path(h.links.Order(c.id, o.ID))
		stamp := h.get(address + "/live").want(http.StatusOK).body
		h.get(address).has(`data-stamp="`+stamp+`"`, `data-live="`+address+`/live"`)
		picture := h.get(strings.Replace(address, "/s/o/", "/s/q/", 1)).want(http.StatusOK)
		drawn, err := png.Decode(bytes.NewReader([]byte(picture.body)))
		if err != nil || drawn.Bounds().Dx() < 300 || picture.header.Get("Content-Type") != "image/png" {
			t.Fatalf("the code is %v, %v", drawn, err)
		}
		h.clock.Advance(5 * time.Minute)
		c.paid(o, 2000)
		h.get(address).has("Falta uma parte do pagamento", "Recebemos R$\u00a020,00.", "Faltam R$\u00a025,00.").lacks("Cancelar pedido")
		h.post(address + "/cancel").want(http.StatusConflict).has("não pode mais ser cancelado")
		c.paid(o, 2500)
		if now := h.get(address + "/live").body; now == stamp {
			t.Error("the stamp did not change with the payment")
		}
		h.get(address).has("Pagamento confirmado", "20/11, 09:05").lacks("Pix copia e cola", "Cancelar pedido").golden("order-paid.pt-BR")
		h.get(strings.Replace(address, "/s/o/", "/s/q/", 1)).want(http.StatusNotFound)
		for _, state := range []order.State{order.Preparing, order.Ready, order.Delivered} {
			if _, err := h.orders.Move(context.Background(), order.Act{TenantID: c.id, OrderID: o.ID, By: ana}, state); err != nil {
				t.Fatal(err)
			}
		}
		h.get(address).has("Retirado", "Esperamos que goste")
	})
}

func TestAnUnpaidOrderEnds(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.company("Padaria Alfa")
		canceled := c.place(c.vase.Variants[0].ID, "pix_key/pix")
		address := h.path(h.links.Order(c.id, canceled.ID))
		if to := h.post(address + "/cancel").to(); to != address {
			t.Fatalf("canceling leads to %s", to)
		}
		h.get(address).has("Pedido cancelado").lacks("Pix copia e cola", "Sim, cancelar").golden("order-canceled.pt-BR")
		h.post(address + "/cancel").want(http.StatusConflict)
		// The piece is there again, and its next buyer is too late.
		late := c.place(c.vase.Variants[0].ID, "pix_key/pix")
		h.clock.Advance(31 * time.Minute)
		if n, err := h.orders.Sweep(context.Background()); n != 1 || err != nil {
			t.Fatalf("%d expired, %v", n, err)
		}
		address = h.path(h.links.Order(c.id, late.ID))
		h.get(address).has("O prazo de pagamento acabou", "o pedido volta sozinho").golden("order-expired.pt-BR")
		c.place(c.vase.Variants[0].ID, "on_delivery/cash") // somebody else takes the piece
		c.paid(late, late.Total)
		h.get(address).has("Seu pagamento chegou depois do prazo", "R$\u00a0119,90 serão devolvidos a você.")
	})
}

func TestAVendorsCodeComesLater(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		c := h.company("Padaria Alfa")
		o := c.place(c.cake.Variants[0].ID, "till/pix")
		address := h.path(h.links.Order(c.id, o.ID))
		h.get(address).want(http.StatusOK).has("Esta página se atualiza sozinha", `http-equiv="refresh"`).lacks("<textarea")
		h.get(strings.Replace(address, "/s/o/", "/s/q/", 1)).want(http.StatusNotFound)
		before := h.get(address + "/live").body
		h.till.mu.Lock()
		h.till.code = "00020126"
		h.till.mu.Unlock()
		if _, err := h.payments.Reach(context.Background(), c.id, o.Payments[0].ID); err != nil {
			t.Fatal(err)
		}
		if h.get(address+"/live").body == before {
			t.Error("the stamp did not change with the code")
		}
		h.get(address).has("00020126", "https://till.example.com/pay").lacks("A loja confere o Pix")
		// One who comes when the vendor answers has the code at once.
		quick := c.place(c.cake.Variants[0].ID, "till/pix")
		h.get(h.path(h.links.Order(c.id, quick.ID))).has("00020126")
	})
}

// place orders one piece, picked up, by the pages alone.
func (c company) place(variantID, way string) order.Order {
	c.t.Helper()
	c.clock.Advance(time.Second) // so that it is the newest
	shop := c.shop()
	c.post(shop+"/add", "variant", variantID, "quantity", "1").to()
	c.post(shop+"/delivery", "zone", c.pickup).to()
	pay := c.get(shop + "/pay").want(http.StatusOK)
	c.post(shop+"/pay", "total", pay.field("total"), "key", pay.field("key"), "pay", way, "name", "Bia").to()
	list, err := c.orders.List(context.Background(), order.Search{TenantID: c.id, Limit: 1})
	if err != nil {
		c.t.Fatal(err)
	}
	return must(c.orders.Get(context.Background(), c.id, list.Items[0].ID))(c.t)
}
