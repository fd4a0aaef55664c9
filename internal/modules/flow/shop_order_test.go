package flow

import (
	"strings"
	"testing"

	"prosa/internal/modules/flow/stand"
)

const (
	addOne   = `{"name":"s","kind":"cart_add","variant":"vars.pedido","quantity":"2","next":"c","on_unavailable":"n"}`
	quietly  = `{"name":"c","kind":"cart_show","quiet":true,"next":"p","on_empty":"n"}`
	placeIt  = `{"name":"p","kind":"order_place","next":"z","on_cancel":"n","on_short":"n","on_failed":"n"}`
	placedIt = `{"name":"z","kind":"end","text":"{{vars.order_number}}: {{vars.order_total}}"}`
)

func TestPlacingAnOrder(t *testing.T) {
	c := shops(t, "", askMenu, addOne, quietly, placeIt, placedIt, nothing)
	c.says("oi")
	if said := c.says("var_caneca"); said != portugueseShop.payment {
		t.Fatalf("%q", said)
	}
	if said := c.says("pix"); said != portugueseShop.taxID {
		t.Fatalf("%q", said)
	}
	if said := c.says("123"); said != portuguese.expect["cpf"] {
		t.Fatalf("%q", said)
	}
	if said := c.says("529.982.247-25"); !strings.Contains(said, "Total: R$ 78,00") || !strings.HasSuffix(said, portugueseShop.confirm) {
		t.Fatalf("%q", said)
	}
	if said := c.says("sim"); !strings.HasSuffix(said, "1001: R$ 78,00") || c.state.Status != Ended {
		t.Fatalf("%q", said)
	}
}

// A total that moved between the question and the yes is asked about again.
func TestATotalThatMovedIsConfirmedAnew(t *testing.T) {
	c := shops(t, "", askMenu, addOne, quietly, placeIt, placedIt, nothing)
	c.says("oi")
	c.says("var_caneca")
	c.says("dinheiro na entrega")
	c.stand.Ask("shop.set", []byte(`{"variant_id":"var_caneca","quantity":3}`))
	if said := c.says("sim"); !strings.Contains(said, "Total: R$ 117,00") || c.state.Node != "p" {
		t.Fatalf("%q", said)
	}
	if said := c.says("não"); said != "nada" {
		t.Fatalf("%q", said)
	}
}

func TestAWantedQuantity(t *testing.T) {
	asks := `{"name":"s","kind":"cart_add","variant":"vars.pedido","text":"Quantas?","next":"z","on_unavailable":"n"}`
	total := `{"name":"z","kind":"end","text":"{{vars.cart_count}}"}`
	for said, want := range map[string]string{"2": "2", "quero 3": "3", "três": "3", "two": "2", "99": "Só temos 12 unidades. | nada"} {
		c := shops(t, "", askMenu, asks, total, nothing)
		c.says("oi")
		c.says("var_caneca")
		if got := c.says(said); got != want {
			t.Errorf("%s: %q", said, got)
		}
	}
	c := shops(t, "", askMenu, asks, total, nothing)
	c.says("oi")
	c.says("var_caneca")
	if said := c.says("muitas"); said != portugueseShop.quantity || c.state.Node != "s" {
		t.Errorf("%q", said)
	}
}

func TestChangingTheCart(t *testing.T) {
	nodes := []string{askMenu, strings.Replace(addOne, `"next":"c"`, `"next":"m"`, 1), `{"name":"m","kind":"cart_change","next":"z","on_empty":"n"}`, `{"name":"z","kind":"end","text":"{{vars.cart_count}}"}`, nothing}
	for name, way := range map[string]struct{ said, want string }{
		"more":  {"Caneca esmaltada,5", "5"},
		"none":  {"Caneca esmaltada,0", portugueseShop.empty + " | nada"},
		"tap":   {"Caneca esmaltada," + portugueseShop.takeOut, portugueseShop.empty + " | nada"},
		"clear": {portugueseShop.clear, portugueseShop.empty + " | nada"},
		"keep":  {portugueseShop.leaveIt, "2"},
	} {
		c := shops(t, "", nodes...)
		c.says("oi")
		c.says("var_caneca")
		got := ""
		for said := range strings.SplitSeq(way.said, ",") {
			got = c.says(said)
		}
		if got != way.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestSettlingTheDelivery(t *testing.T) {
	nodes := []string{askMenu, `{"name":"s","kind":"shipping","next":"z","on_none":"n"}`, `{"name":"z","kind":"end","text":"{{vars.cart_total}}"}`, nothing}
	for name, way := range map[string]struct {
		said []string
		want string
	}{
		"fetched":     {[]string{"Retirar na loja"}, "R$ 0,00"},
		"brought":     {[]string{"entrega", "50030-230", "Rua A, 1", "Boa Vista", "Recife"}, "R$ 12,00"},
		"not there":   {[]string{"entrega", "90000-000", "Centro"}, portugueseShop.noDelivery + " | nada"},
		"no such CEP": {[]string{"entrega", "123"}, portuguese.expect["cep"]},
	} {
		c := shops(t, "", nodes...)
		c.says("oi")
		c.says("x")
		got := ""
		for _, said := range way.said {
			got = c.says(said)
		}
		if got != way.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestTheStatusOfAnOrder(t *testing.T) {
	asks := `{"name":"s","kind":"order_status","text":"Número?","next":"z","on_none":"n"}`
	for said, want := range map[string]string{"1001": "1001", "não sei": "1001", "77": "nada"} {
		c := shops(t, "", askMenu, asks, `{"name":"z","kind":"end","text":"{{vars.order_number}}"}`, nothing)
		c.stand.Ask("shop.add", []byte(`{"variant_id":"var_caneca","quantity":1}`))
		c.stand.Ask("shop.place", []byte(`{"expected_total":3900}`))
		c.says("oi")
		c.says("x")
		if got := c.says(said); !strings.HasSuffix(got, want) {
			t.Errorf("%s: %q", said, got)
		}
	}
}

// Every way out and every field of the shop's nodes has a name in both languages.
func TestTheShopIsNamedForPeople(t *testing.T) {
	for _, kind := range Kinds() {
		create, _ := kinds(kind)
		made := create()
		if !strings.HasPrefix(kind, "product_") && !strings.HasPrefix(kind, "cart_") && !strings.HasPrefix(kind, "order_") && kind != "coupon" && kind != "shipping" {
			continue
		}
		for _, english := range []bool{false, true} {
			w := wording{english: english, node: made}
			for _, way := range made.exits() {
				if name := w.fixed(way.label); name == way.label || name == "" {
					t.Errorf("%s: the exit %s has no name", kind, way.label)
				}
			}
		}
	}
	for _, field := range []string{"query", "results", "none", "products", "product", "variant", "quantity", "done", "empty", "code", "number", "order", "waiting", "remind", "remind_minutes"} {
		pt, en := (wording{}).field(field), (wording{english: true}).field(field)
		if pt == en || strings.HasPrefix(pt, `"`) {
			t.Errorf("%s: %q, %q", field, pt, en)
		}
	}
	if len(stand.Sample()) < 3 {
		t.Error("the stand has little to sell")
	}
}
