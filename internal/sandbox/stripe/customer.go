package stripe

import (
	"strings"

	"prosa/internal/base/br"
)

// routes registers an endpoint.
type routes = func(pattern string, serve func(*call) (object, *apiError))

func (s *Server) customerRoutes(api routes) {
	api("POST /v1/customers", s.createCustomer)
	api("GET /v1/customers", func(c *call) (object, *apiError) {
		email := c.text("email")
		return paged(c, "/v1/customers", s.customers, func(one *customer) bool { return email == "" || one.Email == email }, s.viewCustomer)
	})
	api("GET /v1/customers/{id}", getting(s, "customer", func() *table[customer] { return s.customers }, s.viewCustomer))
	api("POST /v1/customers/{id}", s.updateCustomer)
	api("POST /v1/products", s.createProduct)
	api("GET /v1/products/{id}", getting(s, "product", func() *table[product] { return s.products }, viewProduct))
	api("POST /v1/prices", func(c *call) (object, *apiError) {
		p := s.priceParams(c.form, "")
		p.Lookup = c.text("lookup_key")
		if refused := c.done(); refused != nil {
			return nil, refused
		}
		return viewPrice(s.prices.put(p.ID, p)), nil
	})
	api("GET /v1/prices", func(c *call) (object, *apiError) {
		keys := c.list("lookup_keys")
		return paged(c, "/v1/prices", s.prices, func(p *price) bool { return len(keys) == 0 || contains(keys, p.Lookup) }, viewPrice)
	})
	api("POST /v1/coupons", s.createCoupon)
	api("GET /v1/coupons/{id}", getting(s, "coupon", func() *table[coupon] { return s.coupons }, viewCoupon))
}

func contains(list []string, value string) bool {
	for _, one := range list {
		if one == value {
			return true
		}
	}
	return false
}

// getting makes the endpoint that reads one object. The table is asked for at each
// call, since a reset makes new ones.
func getting[T any](_ *Server, kind string, from func() *table[T], view func(*T) object) func(*call) (object, *apiError) {
	return func(c *call) (object, *apiError) {
		if refused := c.done(); refused != nil {
			return nil, refused
		}
		row := from().get(c.id)
		if row == nil {
			return nil, missing(kind, c.id, "id")
		}
		return view(row), nil
	}
}

// paged makes a page of a list: newest first, after a cursor.
func paged[T any](c *call, url string, t *table[T], wanted func(*T) bool, view func(*T) object) (object, *apiError) {
	limit, after := c.number("limit"), c.text("starting_after")
	if limit == 0 {
		limit = listUsual
	}
	if limit < 1 || limit > listMost {
		c.fail(invalid("parameter_invalid_integer", "This value must be between 1 and 100", "limit"))
	}
	if after != "" && t.get(after) == nil {
		c.fail(missing("object", after, "starting_after"))
	}
	if refused := c.done(); refused != nil {
		return nil, refused
	}
	var views []object
	passed := after == ""
	for _, row := range t.newest(wanted) {
		shown := view(row)
		if !passed {
			passed = shown["id"] == after
			continue
		}
		if int64(len(views)) == limit {
			return listOf(url, views, true), nil
		}
		views = append(views, shown)
	}
	return listOf(url, views, false), nil
}

func (s *Server) createCustomer(c *call) (object, *apiError) {
	made := &customer{
		ID: s.newID("cus_"), Name: c.text("name"), Email: c.text("email"), Phone: c.text("phone"), Address: c.pairs("address"),
		Locales: c.list("preferred_locales"), Metadata: c.pairs("metadata"), Created: s.now().Unix(),
	}
	if made.Email != "" && !strings.Contains(made.Email, "@") {
		c.fail(invalid("email_invalid", "Invalid email address: "+made.Email, "email"))
	}
	for i := range c.count("tax_id_data") {
		made.TaxIDs = append(made.TaxIDs, c.taxID("tax_id_data["+stamped(int64(i))+"]"))
	}
	if refused := c.done(); refused != nil {
		return nil, refused
	}
	return s.viewCustomer(s.customers.put(made.ID, made)), nil
}

// taxID takes a tax number, which must fit its kind.
func (f *form) taxID(name string) taxID {
	id := taxID{Type: f.one(name+"[type]", "br_cpf", "br_cnpj"), Value: f.need(name + "[value]")}
	fits := false
	if id.Type == "br_cpf" {
		_, fits = br.CPF(id.Value)
	} else {
		_, fits = br.CNPJ(id.Value)
	}
	if !fits {
		f.fail(invalid("tax_id_invalid", "Invalid value for "+id.Type+".", name+"[value]"))
	}
	return id
}

func (s *Server) updateCustomer(c *call) (object, *apiError) {
	known := s.customers.get(c.id)
	if known == nil {
		return nil, missing("customer", c.id, "id")
	}
	changed := *known
	for name, field := range map[string]*string{"name": &changed.Name, "email": &changed.Email, "phone": &changed.Phone} {
		if c.has(name) {
			*field = c.text(name)
		}
	}
	if address := c.pairs("address"); len(address) > 0 {
		changed.Address = address
	}
	if locales := c.list("preferred_locales"); len(locales) > 0 {
		changed.Locales = locales
	}
	changed.Metadata = merged(known.Metadata, c.pairs("metadata"))
	if refused := c.done(); refused != nil {
		return nil, refused
	}
	return s.viewCustomer(s.customers.put(changed.ID, &changed)), nil
}

// merged changes metadata: an empty value takes its key away.
func merged(old, changes map[string]string) map[string]string {
	all := map[string]string{}
	for key, value := range old {
		all[key] = value
	}
	for key, value := range changes {
		if all[key] = value; value == "" {
			delete(all, key)
		}
	}
	return all
}

func (s *Server) createProduct(c *call) (object, *apiError) {
	made := &product{ID: c.text("id"), Name: c.need("name"), Metadata: c.pairs("metadata"), Created: s.now().Unix()}
	if made.ID == "" {
		made.ID = s.newID("prod_")
	}
	if s.products.get(made.ID) != nil {
		c.fail(invalid("resource_already_exists", "Product already exists.", "id"))
	}
	if refused := c.done(); refused != nil {
		return nil, refused
	}
	return viewProduct(s.products.put(made.ID, made)), nil
}

// priceParams takes a price, by the names after prefix. It is not kept yet.
func (s *Server) priceParams(f *form, prefix string) *price {
	in := func(name string) string {
		if prefix == "" {
			return name
		}
		head, rest, nested := strings.Cut(name, "[")
		if nested {
			return prefix + "[" + head + "][" + rest
		}
		return prefix + "[" + name + "]"
	}
	p := &price{
		ID: s.newID("price_"), Product: f.need(in("product")), Currency: f.need(in("currency")), Created: s.now().Unix(),
		Interval: f.one(in("recurring[interval]"), "month", "year"),
	}
	f.need(in("unit_amount"))
	p.Amount = amount(f.number(in("unit_amount")))
	if p.Interval == "" {
		f.fail(invalid("parameter_missing", "A subscription needs a recurring price.", in("recurring")))
	}
	if p.Currency != strings.ToLower(p.Currency) || len(p.Currency) != 3 {
		f.fail(invalid("", "Invalid currency: "+p.Currency, in("currency")))
	}
	if p.Amount < 0 {
		f.fail(invalid("parameter_invalid_integer", "Invalid non-negative integer", in("unit_amount")))
	}
	if p.Product != "" && s.products.get(p.Product) == nil {
		f.fail(missing("product", p.Product, in("product")))
	}
	return p
}

func (s *Server) createCoupon(c *call) (object, *apiError) {
	made := &coupon{
		ID: c.text("id"), Name: c.text("name"), AmountOff: amount(c.number("amount_off")), Currency: c.text("currency"),
		Duration: c.one("duration", "once", "repeating", "forever"), Months: c.number("duration_in_months"), Created: s.now().Unix(),
	}
	if made.ID == "" {
		made.ID = s.newID("")
	}
	switch {
	case made.AmountOff <= 0 || made.Currency == "":
		c.fail(invalid("parameter_missing", "You must pass amount_off and currency.", "amount_off"))
	case made.Duration == "":
		c.fail(invalid("parameter_missing", "Missing required param: duration.", "duration"))
	case (made.Duration == "repeating") != (made.Months > 0):
		c.fail(invalid("", "duration_in_months belongs to a repeating coupon.", "duration_in_months"))
	case len([]rune(made.Name)) > 40:
		c.fail(invalid("", "The name is longer than 40 characters.", "name"))
	case s.coupons.get(made.ID) != nil:
		c.fail(invalid("resource_already_exists", "Coupon already exists.", "id"))
	}
	if refused := c.done(); refused != nil {
		return nil, refused
	}
	return viewCoupon(s.coupons.put(made.ID, made)), nil
}
