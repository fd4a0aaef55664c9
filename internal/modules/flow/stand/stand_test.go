package stand

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func ask(t testing.TB, s *Stand, kind string, request map[string]any) (map[string]any, Answer) {
	t.Helper()
	text, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	answer := s.Ask(kind, text)
	var body map[string]any
	if err := json.Unmarshal([]byte(answer.Body), &body); err != nil {
		t.Fatalf("%s: %q", kind, answer.Body)
	}
	return body, answer
}

func TestAPurchaseAtTheStand(t *testing.T) {
	s := New(nil)
	if found, _ := ask(t, s, "shop.search", map[string]any{"query": "camisetas", "limit": 5}); len(found["goods"].([]any)) != 1 {
		t.Fatalf("%v", found)
	}
	if cart, _ := ask(t, s, "shop.add", map[string]any{"variant_id": "var_caneca", "quantity": 2}); cart["total"] != 7800.0 || cart["total_text"] != "R$ 78,00" {
		t.Fatalf("%v", cart)
	}
	if cart, _ := ask(t, s, "shop.coupon", map[string]any{"code": "desconto10"}); cart["total"] != 7020.0 {
		t.Fatalf("%v", cart)
	}
	if cart, _ := ask(t, s, "shop.delivery", map[string]any{"kind": "flat", "label": "Entrega"}); cart["total"] != 8220.0 {
		t.Fatalf("%v", cart)
	}
	if no, answer := ask(t, s, "shop.place", map[string]any{"expected_total": 1}); answer.OK || no["reason"] != "price_moved" {
		t.Fatalf("%v", no)
	}
	order, answer := ask(t, s, "shop.place", map[string]any{"expected_total": 8220})
	if !answer.OK || order["number"] != "1001" {
		t.Fatalf("%v", order)
	}
	if no, _ := ask(t, s, "shop.place", map[string]any{"expected_total": 0}); no["reason"] != "cart_empty" {
		t.Fatalf("%v", no)
	}
	_, waits := ask(t, s, "shop.await", map[string]any{"order_id": order["id"]})
	again := New(nil)
	if err := again.Restore(s.State()); err != nil {
		t.Fatal(err)
	}
	paid, _ := ask(t, again, "shop.await", map[string]any{"order_id": order["id"]})
	if waits.Topic == "" || paid["state"] != "paid" {
		t.Fatalf("%+v %v", waits, paid)
	}
	if told, _ := ask(t, again, "shop.order", map[string]any{"number": "1001", "language": "en"}); told["state_text"] != "confirmed" {
		t.Fatalf("%v", told)
	}
	if again.Restore("{") == nil || again.Restore("") != nil || again.State() != "" {
		t.Fatal("a state that is none")
	}
}

// However the cart is changed, it holds no more than there is, its parts add up,
// and writing it down and reading it back changes nothing.
func TestTheCartAddsUp(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := New(nil)
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			variant := rapid.SampledFrom([]string{"var_azul_p", "var_azul_m", "var_preta_g", "var_caneca", "x"}).Draw(rt, "variant")
			kind := rapid.SampledFrom([]string{"shop.add", "shop.set", "shop.clear", "shop.coupon"}).Draw(rt, "kind")
			ask(t, s, kind, map[string]any{"variant_id": variant, "quantity": rapid.IntRange(-1, 9).Draw(rt, "quantity"), "code": "DESCONTO10"})
			cart, _ := ask(t, s, "shop.cart", nil)
			var sum, count float64
			for _, each := range cart["lines"].([]any) {
				line := each.(map[string]any)
				if line["quantity"].(float64) > line["available"].(float64) || line["quantity"].(float64) <= 0 {
					rt.Fatalf("%v", line)
				}
				sum, count = sum+line["price"].(float64)*line["quantity"].(float64), count+line["quantity"].(float64)
			}
			if cart["coupon"] != "" {
				sum -= float64(int64(sum) / 10)
			}
			if cart["total"] != sum || cart["count"] != count || cart["empty"] != (count == 0) {
				rt.Fatalf("%v is not %v of %v", cart, sum, count)
			}
			other := New(nil)
			if err := other.Restore(s.State()); err != nil || fmt.Sprint(other.state) != fmt.Sprint(s.state) {
				rt.Fatalf("%v: %v, %v", err, other.state, s.state)
			}
		}
	})
}

func FuzzAsk(f *testing.F) {
	for _, kind := range []string{"shop.search", "shop.show", "shop.variants", "shop.add", "shop.receive", "shop.quotes", "shop.place", "shop.order", "shop.x"} {
		f.Add(kind, `{"query":"caneca","product_id":"prd_caneca","order":{"items":[{"retailer_id":"var_caneca","quantity":1}]}}`)
	}
	f.Fuzz(func(t *testing.T, kind, request string) {
		answer := New(nil).Ask(kind, []byte(request))
		if !json.Valid([]byte(answer.Body)) || !answer.OK && !strings.Contains(answer.Body, `"reason"`) {
			t.Errorf("%q", answer.Body)
		}
	})
}
