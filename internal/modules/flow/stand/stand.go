package stand

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/message/fold"
)

// Product is a thing for sale at the stand.
type Product struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Description string    `json:"description,omitempty"`
	Collection  string    `json:"collection,omitempty"` // id
	Options     []string  `json:"options,omitempty"`    // names: "Tamanho"
	Variants    []Variant `json:"variants"`
}

// Variant is one of a product.
type Variant struct {
	ID      string   `json:"id"`
	Options []string `json:"options,omitempty"` // values, in the order of Product.Options
	Price   int64    `json:"price"`             // minor units
	Stock   int64    `json:"stock"`
}

// Stand is a shop in memory. It is of one conversation and not for several at a
// time.
type Stand struct {
	products []Product
	state    state
}

// state is what changes.
type state struct {
	Lines    []line          `json:"lines,omitempty"`
	Coupon   string          `json:"coupon,omitempty"`
	Delivery string          `json:"delivery,omitempty"`
	Shipping int64           `json:"shipping,omitempty"`
	Orders   []order         `json:"orders,omitempty"`
	Asked    map[string]bool `json:"asked,omitempty"` // orders whose payment is awaited
}

type line struct {
	Variant  string `json:"variant"`
	Quantity int64  `json:"quantity"`
}

type order struct {
	ID     string `json:"id"`
	Number string `json:"number"`
	Total  int64  `json:"total"`
	Paid   bool   `json:"paid"`
	Cash   bool   `json:"cash,omitempty"`
}

// Sample is what a stand sells where no company's own products are known.
func Sample() []Product {
	return []Product{
		{ID: "prd_camiseta", Name: "Camiseta básica", Description: "Algodão, gola redonda.", Collection: "col_roupas", Options: []string{"Cor", "Tamanho"}, Variants: []Variant{
			{ID: "var_azul_p", Options: []string{"Azul", "P"}, Price: 5990, Stock: 4}, {ID: "var_azul_m", Options: []string{"Azul", "M"}, Price: 5990, Stock: 7},
			{ID: "var_preta_m", Options: []string{"Preta", "M"}, Price: 6490, Stock: 2}, {ID: "var_preta_g", Options: []string{"Preta", "G"}, Price: 6490},
		}},
		{ID: "prd_caneca", Name: "Caneca esmaltada", Description: "300 ml.", Collection: "col_casa", Variants: []Variant{{ID: "var_caneca", Price: 3900, Stock: 12}}},
		{ID: "prd_bone", Name: "Boné", Collection: "col_roupas", Variants: []Variant{{ID: "var_bone", Price: 4900}}},
	}
}

// New opens a stand with the products; Sample when there are none.
func New(products []Product) *Stand {
	if len(products) == 0 {
		products = Sample()
	}
	return &Stand{products: products}
}

// State writes down what changed since New; empty for nothing.
func (s *Stand) State() string {
	text, err := json.Marshal(s.state)
	if err != nil || string(text) == "{}" {
		return ""
	}
	return string(text)
}

// Restore reads what State wrote; Invalid for anything else.
func (s *Stand) Restore(text string) error {
	s.state = state{}
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), &s.state); err != nil {
		return fault.New(fault.Invalid, "the state of a shop can't be read")
	}
	return nil
}

// Answer is what the stand says. A refusal is not OK and its Body tells why; a
// pending one has a Topic.
type Answer struct {
	OK    bool
	Body  string
	Topic string
}

// question is every request of the shop's nodes at once.
type question struct {
	Language     string         `json:"language"`
	Query        string         `json:"query"`
	Collection   string         `json:"collection"`
	Limit        int            `json:"limit"`
	Page         int            `json:"page"`
	ProductID    string         `json:"product_id"`
	ProductIDs   []string       `json:"product_ids"`
	Name         string         `json:"name"` // of a template
	VariantID    string         `json:"variant_id"`
	Quantity     int64          `json:"quantity"`
	Text         string         `json:"text"`
	Button       string         `json:"button"`
	OptionPrefix string         `json:"option_prefix"`
	Code         string         `json:"code"`
	CEP          string         `json:"cep"`
	Kind         string         `json:"kind"`
	Label        string         `json:"label"`
	Expected     int64          `json:"expected_total"`
	OrderID      string         `json:"order_id"`
	Number       string         `json:"number"`
	Method       string         `json:"method"`
	RetailerID   string         `json:"retailer_id"`
	Order        *message.Order `json:"order"`
}

// Ask answers one question of a flow.
func (s *Stand) Ask(kind string, request []byte) Answer {
	var q question
	if json.Unmarshal(request, &q) != nil {
		return refuse("bad_request", "")
	}
	switch kind {
	case "template.fill":
		return tell(map[string]any{"content": message.Content{Kind: message.Template, Text: "[" + q.Name + "]", Template: &message.TemplateRef{
			Name: q.Name, Language: q.Language, Shown: &message.TemplateShown{Text: "[" + q.Name + "]"},
		}}})
	case "shop.search":
		return s.search(&q)
	case "shop.collections":
		return tell(map[string]any{"collections": []any{}})
	case "shop.variants":
		return s.variants(&q)
	case "shop.show":
		return s.show(&q)
	case "shop.about":
		return s.about(&q)
	case "shop.add", "shop.set", "shop.clear", "shop.cart", "shop.coupon", "shop.delivery":
		return s.change(strings.TrimPrefix(kind, "shop."), &q)
	case "shop.receive":
		return s.receive(&q)
	case "shop.quotes":
		return s.quotes(&q)
	case "shop.payments":
		return tell(map[string]any{"choices": []any{
			map[string]any{"provider": "stand", "method": "pix", "label": "Pix", "tax_id": true},
			map[string]any{"provider": "stand", "method": "cash", "label": q.pick("Dinheiro na entrega", "Cash on delivery")},
		}})
	case "shop.place", "shop.await", "shop.orders", "shop.order":
		return s.order(strings.TrimPrefix(kind, "shop."), &q)
	}
	return refuse("unknown_question", "")
}

func (q *question) pick(pt, en string) string {
	if strings.HasPrefix(q.Language, "en") {
		return en
	}
	return pt
}

func (q *question) price(minor int64) string {
	text := fmt.Sprintf("%d.%02d", minor/100, minor%100)
	return "R$ " + q.pick(strings.ReplaceAll(text, ".", ","), text)
}

func tell(body any) Answer {
	text, err := json.Marshal(body)
	if err != nil {
		return refuse("unwritable", "")
	}
	return Answer{OK: true, Body: string(text)}
}

func refuse(reason, text string) Answer {
	body, _ := json.Marshal(map[string]string{"reason": reason, "text": text}) // texts can be written
	return Answer{Body: string(body)}
}

// goods tells of a product as the shop does.
func (q *question) goods(p *Product) map[string]any {
	variant, price, sellable := "", int64(0), 0
	for _, v := range p.Variants {
		if v.Stock > 0 {
			if sellable++; sellable == 1 {
				variant, price = v.ID, v.Price
			}
		}
	}
	if sellable == 0 && len(p.Variants) > 0 {
		variant, price = p.Variants[0].ID, p.Variants[0].Price
	}
	return map[string]any{
		"product_id": p.ID, "variant_id": variant, "name": p.Name, "description": p.Description, "price": price, "list_price": price,
		"price_text": q.price(price), "available": sellable > 0, "variants": sellable, "image_url": "", "link": "",
	}
}

// found lists the products that a question means.
func (s *Stand) found(q *question) (list []*Product) {
	wanted := strings.Fields(fold.Words(q.Query))
	for i := range s.products {
		p := &s.products[i]
		named := len(q.ProductIDs) == 0
		for _, id := range q.ProductIDs {
			named = named || id == p.ID
		}
		text := " " + fold.Words(p.Name+" "+p.Description)
		for _, word := range wanted {
			named = named && strings.Contains(text, " "+strings.TrimSuffix(word, "s"))
		}
		if named && (q.Collection == "" || q.Collection == p.Collection) {
			list = append(list, p)
		}
	}
	return list
}

func (s *Stand) search(q *question) Answer {
	limit := max(q.Limit, 1)
	all := s.found(q)
	from := min(max(q.Page, 0)*limit, len(all))
	upto := min(from+limit, len(all))
	goods := []any{}
	for _, p := range all[from:upto] {
		goods = append(goods, q.goods(p))
	}
	return tell(map[string]any{"goods": goods, "more": upto < len(all)})
}

func (s *Stand) variants(q *question) Answer {
	for i := range s.products {
		p := &s.products[i]
		if p.ID != q.ProductID {
			continue
		}
		list := []any{}
		for _, v := range p.Variants {
			list = append(list, map[string]any{
				"variant_id": v.ID, "options": v.Options, "name": strings.TrimSpace(p.Name + " " + strings.Join(v.Options, " ")),
				"price_text": q.price(v.Price), "available": v.Stock > 0,
			})
		}
		return tell(map[string]any{"name": p.Name, "options": p.Options, "variants": list})
	}
	return s.gone(q)
}

func (s *Stand) gone(q *question) Answer {
	return refuse("product_not_found", q.pick("Esse produto não está mais à venda.", "This product is not for sale any more."))
}

// show makes cards, as for a company without a catalog at the channel.
func (s *Stand) show(q *question) Answer {
	goods := []any{}
	shelf := &message.Shelf{Button: q.Button, Sections: []message.Section{{}}}
	for _, p := range s.found(q) {
		told := q.goods(p)
		price, _ := told["price"].(int64)
		shelf.Sections[0].Goods = append(shelf.Sections[0].Goods, shown(p, q.OptionPrefix+"."+strconv.Itoa(len(goods)), price))
		goods = append(goods, told)
	}
	if len(goods) == 0 {
		return refuse("nothing_to_show", q.pick("Não há produtos para mostrar.", "There are no products to show."))
	}
	content := message.Content{Kind: message.Products, Text: q.Text, Shelf: shelf}
	return tell(map[string]any{"content": content, "goods": goods})
}

func (s *Stand) about(q *question) Answer {
	if p, _ := s.variant(q.RetailerID); p != nil {
		return tell(q.goods(p))
	}
	return s.gone(q)
}

func (s *Stand) variant(id string) (*Product, *Variant) {
	for i := range s.products {
		for j := range s.products[i].Variants {
			if s.products[i].Variants[j].ID == id {
				return &s.products[i], &s.products[i].Variants[j]
			}
		}
	}
	return nil, nil
}
