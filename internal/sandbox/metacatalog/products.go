package metacatalog

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// itemView answers one item with the asked fields.
func (s *Server) itemView(c *call, i *item, usual ...string) (any, *graphError) {
	return chosen(c, i.fields(s.now().UnixMilli()), usual...)
}

// products answers GET /{catalog}/products: a page in the order of the items'
// numbers.
func (s *Server) products(c *call, catalog *Catalog) (any, *graphError) {
	limit := usualPage
	if asked := c.param("limit"); asked != "" {
		n, err := strconv.Atoi(asked)
		if err != nil || n < 1 {
			return nil, invalid("Param limit must be a positive integer")
		}
		if n > maxPage {
			return nil, tooMuch()
		}
		limit = n
	}
	after, refused := readCursor(c.param("after"))
	if refused != nil {
		return nil, refused
	}
	matches, refused := readFilter(c.param("filter"))
	if refused != nil {
		return nil, refused
	}
	page, more := catalog.page(after, limit, matches)
	data := make([]any, len(page))
	for i, one := range page {
		view, refused := s.itemView(c, one, "id", "name", "retailer_id")
		if refused != nil {
			return nil, refused
		}
		data[i] = view
	}
	answer := object{"data": data}
	if len(page) > 0 {
		last := cursor(page[len(page)-1].Number)
		paging := object{"cursors": object{"before": cursor(page[0].Number), "after": last}}
		if more {
			query := c.URL.Query()
			query.Del("access_token")
			query.Set("after", last)
			paging["next"] = s.config.PublicURL + c.URL.Path + "?" + query.Encode()
		}
		answer["paging"] = paging
	}
	if c.param("summary") == "true" || c.param("summary") == "1" || c.param("summary") == "total_count" {
		answer["summary"] = object{"total_count": catalog.count(matches)}
	}
	return answer, nil
}

// page gives up to limit items behind a number, and whether there are more.
func (c *Catalog) page(after int64, limit int, matches func(*item) bool) (page []*item, more bool) {
	for _, one := range c.order[c.after(after):] {
		if one.gone || matches != nil && !matches(one) {
			continue
		}
		if len(page) == limit {
			return page, true
		}
		page = append(page, one)
	}
	return page, false
}

func (c *Catalog) count(matches func(*item) bool) int {
	if matches == nil {
		return len(c.items)
	}
	n := 0
	for _, one := range c.items {
		if matches(one) {
			n++
		}
	}
	return n
}

func cursor(number int64) string {
	return base64.RawURLEncoding.EncodeToString([]byte("n" + strconv.FormatInt(number, 10)))
}

func readCursor(text string) (int64, *graphError) {
	if text == "" {
		return 0, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil && strings.HasPrefix(string(raw), "n") {
		if number, err := strconv.ParseInt(string(raw[1:]), 10, 64); err == nil {
			return number, nil
		}
	}
	return 0, invalid("Invalid cursors values")
}

// readFilter makes a test of a filter: an object of fields, each with an object
// of operators. All must hold. Source: Product Catalog, products, "filter".
func readFilter(text string) (func(*item) bool, *graphError) {
	if text == "" {
		return nil, nil
	}
	var fields map[string]map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &fields); err != nil {
		return nil, invalid("Param filter must be a valid JSON rule")
	}
	var tests []func(*item) bool
	for name, operators := range fields {
		of, known := filterable[name]
		if !known {
			return nil, invalid("Param filter: %s can't be filtered by", name)
		}
		for operator, raw := range operators {
			test, refused := operation(operator, raw)
			if refused != nil {
				return nil, refused
			}
			tests = append(tests, func(i *item) bool { return test(of(i)) })
		}
	}
	return func(i *item) bool {
		for _, test := range tests {
			if !test(i) {
				return false
			}
		}
		return true
	}, nil
}

var filterable = map[string]func(*item) string{
	"retailer_id":               func(i *item) string { return i.Retailer },
	"name":                      func(i *item) string { return i.Data["title"] },
	"availability":              func(i *item) string { return i.Data["availability"] },
	"retailer_product_group_id": func(i *item) string { return i.Data["item_group_id"] },
	"custom_label_0":            func(i *item) string { return i.Data["custom_label_0"] },
}

func operation(operator string, raw json.RawMessage) (func(string) bool, *graphError) {
	var one string
	var many []string
	var err error
	if operator == "is_any" || operator == "is_not_any" {
		err = json.Unmarshal(raw, &many)
	} else {
		err = json.Unmarshal(raw, &one)
	}
	if err != nil {
		return nil, invalid("Param filter: wrong operand of %s", operator)
	}
	wanted := strings.ToLower(one)
	switch operator {
	case "is_any", "is_not_any":
		slices.Sort(many)
		return func(value string) bool {
			_, found := slices.BinarySearch(many, value)
			return found == (operator == "is_any")
		}, nil
	case "eq":
		return func(value string) bool { return value == one }, nil
	case "i_contains":
		return func(value string) bool { return strings.Contains(strings.ToLower(value), wanted) }, nil
	case "contains":
		return func(value string) bool { return strings.Contains(value, one) }, nil
	}
	return nil, invalid("Param filter: unknown operator %s", operator)
}
