package stand

import (
	"slices"
	"strconv"
	"strings"

	"prosa/internal/base/money"
	"prosa/internal/message"
)

func shown(p *Product, option string, price int64) message.Goods {
	retailer := ""
	if len(p.Variants) > 0 {
		retailer = p.Variants[0].ID
	}
	return message.Goods{RetailerID: retailer, Option: option, Name: p.Name, Description: p.Description, Price: money.Amount(price), Currency: "BRL"}
}

// change does one thing to the cart and tells how it is then.
func (s *Stand) change(what string, q *question) Answer {
	switch what {
	case "add", "set":
		_, v := s.variant(q.VariantID)
		if v == nil {
			return s.gone(q)
		}
		at := slices.IndexFunc(s.state.Lines, func(l line) bool { return l.Variant == v.ID })
		quantity := q.Quantity
		if at >= 0 && what == "add" {
			quantity += s.state.Lines[at].Quantity
		}
		switch {
		case quantity > v.Stock && v.Stock == 0:
			return refuse("out_of_stock", q.pick("Esse produto está esgotado.", "This product is sold out."))
		case quantity > v.Stock:
			return refuse("out_of_stock", q.pick("Só temos ", "We only have ")+strconv.FormatInt(v.Stock, 10)+q.pick(" unidades.", " left."))
		case quantity <= 0 && at >= 0:
			s.state.Lines = slices.Delete(s.state.Lines, at, at+1)
		case quantity <= 0:
		case at >= 0:
			s.state.Lines[at].Quantity = quantity
		default:
			s.state.Lines = append(s.state.Lines, line{v.ID, quantity})
		}
	case "clear":
		s.state.Lines, s.state.Coupon, s.state.Delivery, s.state.Shipping = nil, "", "", 0
	case "coupon":
		code := strings.ToUpper(strings.TrimSpace(q.Code))
		if code != "" && code != "DESCONTO10" {
			return refuse("coupon_unknown", q.pick("Esse cupom não existe.", "This coupon does not exist."))
		}
		s.state.Coupon = code
	case "delivery":
		s.state.Delivery, s.state.Shipping = q.Label, 0
		if q.Kind != "pickup" {
			s.state.Shipping = shippingPrice
		}
	}
	return tell(s.cart(q))
}

// shippingPrice is what the stand takes for bringing something, minor units.
const shippingPrice = 1200

func (s *Stand) cart(q *question) map[string]any {
	lines := []any{}
	var text strings.Builder
	count, subtotal := int64(0), int64(0)
	for _, l := range s.state.Lines {
		p, v := s.variant(l.Variant)
		if p == nil {
			continue
		}
		sum := v.Price * l.Quantity
		count, subtotal = count+l.Quantity, subtotal+sum
		name := strings.TrimSpace(p.Name + " " + strings.Join(v.Options, " "))
		text.WriteString(strconv.FormatInt(l.Quantity, 10) + " × " + name + ": " + q.price(sum) + "\n")
		lines = append(lines, map[string]any{
			"variant_id": v.ID, "name": p.Name, "options": v.Options, "quantity": l.Quantity, "available": v.Stock, "price": v.Price, "total": sum,
			"price_text": q.price(v.Price), "total_text": q.price(sum),
		})
	}
	discount := int64(0)
	if s.state.Coupon != "" {
		discount = subtotal / 10
		text.WriteString(q.pick("Desconto", "Discount") + ": -" + q.price(discount) + "\n")
	}
	if s.state.Delivery != "" {
		text.WriteString(s.state.Delivery + ": " + q.price(s.state.Shipping) + "\n")
	}
	total := subtotal - discount + s.state.Shipping
	text.WriteString("Total: " + q.price(total))
	return map[string]any{
		"lines": lines, "count": count, "empty": count == 0, "moved": false, "short": false, "coupon": s.state.Coupon, "coupon_flaw": "",
		"delivery_text": s.state.Delivery, "delivery_flaw": "", "subtotal_text": q.price(subtotal), "discount_text": q.price(discount),
		"shipping_text": q.price(s.state.Shipping), "total": total, "total_text": q.price(total), "text": text.String(),
	}
}

// receive takes over a cart that was filled elsewhere.
func (s *Stand) receive(q *question) Answer {
	missing := []string{}
	s.state.Lines = nil
	if q.Order != nil {
		for _, item := range q.Order.Items {
			if _, v := s.variant(item.RetailerID); v == nil || v.Stock < item.Quantity || item.Quantity <= 0 {
				missing = append(missing, item.RetailerID)
				continue
			}
			s.state.Lines = append(s.state.Lines, line{item.RetailerID, item.Quantity})
		}
	}
	return tell(map[string]any{"cart": s.cart(q), "unavailable": missing, "moved": false, "confirm": false})
}

// quotes knows one way to fetch and one to bring; nothing goes to a CEP that
// begins with 9.
func (s *Stand) quotes(q *question) Answer {
	list := []any{map[string]any{"zone_id": "", "kind": "pickup", "label": q.pick("Retirar na loja", "Pick up"), "price": 0, "price_text": q.price(0)}}
	if q.CEP != "" && !strings.HasPrefix(q.CEP, "9") {
		list = append(list, map[string]any{
			"zone_id": "zon_stand", "kind": "flat", "label": q.pick("Entrega", "Delivery"), "price": shippingPrice, "price_text": q.price(shippingPrice),
		})
	}
	return tell(map[string]any{"quotes": list})
}

// order places orders and tells of them.
func (s *Stand) order(what string, q *question) Answer {
	switch what {
	case "place":
		cart := s.cart(q)
		total, _ := cart["total"].(int64)
		switch {
		case cart["empty"] == true:
			return refuse("cart_empty", q.pick("O carrinho está vazio.", "The cart is empty."))
		case total != q.Expected:
			return refuse("price_moved", q.pick("O total mudou.", "The total has changed."))
		}
		n := len(s.state.Orders) + 1
		s.state.Orders = append(s.state.Orders, order{ID: "ord_stand_" + strconv.Itoa(n), Number: strconv.Itoa(1000 + n), Total: total, Cash: q.Method == "cash"})
		s.state.Lines, s.state.Coupon, s.state.Delivery, s.state.Shipping = nil, "", "", 0
		return tell(q.told(&s.state.Orders[n-1]))
	case "await":
		for i := range s.state.Orders {
			o := &s.state.Orders[i]
			if o.ID != q.OrderID {
				continue
			}
			if !s.state.Asked[o.ID] {
				if s.state.Asked == nil {
					s.state.Asked = map[string]bool{}
				}
				s.state.Asked[o.ID] = true
				return Answer{OK: true, Body: "{}", Topic: "order:" + o.ID}
			}
			o.Paid = true
			return tell(map[string]any{"state": "paid", "order": q.told(o)})
		}
	case "orders":
		list := []any{}
		for i := len(s.state.Orders) - 1; i >= 0; i-- {
			list = append(list, q.told(&s.state.Orders[i]))
		}
		return tell(map[string]any{"orders": list})
	default:
		for i := range s.state.Orders {
			if s.state.Orders[i].Number == strings.TrimSpace(strings.TrimPrefix(q.Number, "#")) {
				return tell(q.told(&s.state.Orders[i]))
			}
		}
	}
	return refuse("order_not_found", q.pick("Não encontrei esse pedido.", "I did not find that order."))
}

func (q *question) told(o *order) map[string]any {
	state, text, paid := "awaiting_payment", q.pick("aguardando pagamento", "awaiting payment"), "pending"
	if o.Paid {
		state, text, paid = "confirmed", q.pick("confirmado", "confirmed"), "paid"
	}
	return map[string]any{
		"id": o.ID, "number": o.Number, "state": state, "state_text": text, "payment_state": paid, "total": o.Total, "total_text": q.price(o.Total),
		"placed_ms": 0, "link": "", "prepaid": !o.Cash,
	}
}
