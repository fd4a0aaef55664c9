package metacatalog

import (
	"slices"
	"sort"
	"strconv"
	"strings"
)

// Catalog is a product catalog of a business.
type Catalog struct {
	ID       string `json:"id"`
	Business string `json:"business"`
	Name     string `json:"name"`
	Vertical string `json:"vertical"`

	items map[string]*item // by retailer id
	order []*item          // by number; holes stay until there are many
	holes int
}

func newCatalog(c Catalog) *Catalog {
	c.items = map[string]*item{}
	return &c
}

// add puts a new item at the end.
func (c *Catalog) add(i *item) {
	c.items[i.Retailer] = i
	c.order = append(c.order, i)
}

// remove takes an item away.
func (c *Catalog) remove(i *item) {
	delete(c.items, i.Retailer)
	i.gone = true
	if c.holes++; c.holes > len(c.order)/2 {
		c.order = slices.DeleteFunc(c.order, func(i *item) bool { return i.gone })
		c.holes = 0
	}
}

// after gives the place of the first item whose number is above n.
func (c *Catalog) after(n int64) int {
	return sort.Search(len(c.order), func(i int) bool { return c.order[i].Number > n })
}

func (c *Catalog) fields() object {
	return object{"id": c.ID, "name": c.Name, "vertical": c.Vertical, "product_count": len(c.items), "business": object{"id": c.Business, "name": "Empresa"}}
}

// createCatalog answers POST /{business}/owned_product_catalogs.
func (s *Server) createCatalog(c *call) (any, *graphError) {
	name, vertical := strings.TrimSpace(c.param("name")), c.param("vertical")
	if vertical == "" {
		vertical = "commerce"
	}
	switch {
	case name == "":
		return nil, invalid("The parameter name is required")
	case vertical != "commerce":
		return nil, invalid("Param vertical must be commerce here - got %q.", vertical)
	}
	catalog := s.makeCatalog(c.holder.Business, name)
	return object{"id": catalog.ID}, nil
}

// makeCatalog makes an empty catalog; the caller holds the lock.
func (s *Server) makeCatalog(business, name string) *Catalog {
	catalog := newCatalog(Catalog{ID: s.newNumber("catalog"), Business: business, Name: name, Vertical: "commerce"})
	s.catalogs[catalog.ID] = catalog
	s.journal.Put(catalogPrefix+catalog.ID, catalog)
	return catalog
}

// newNumber gives the id of a new object: long digits, as Graph's.
func (s *Server) newNumber(kind string) string {
	s.seq++
	s.journal.Put(seqKey, s.seq)
	return "1" + digitsOf(kind+" "+strconv.FormatInt(s.seq, 10), 15)
}

// listCatalogs answers GET /{business}/owned_product_catalogs.
func (s *Server) listCatalogs(c *call) (any, *graphError) {
	owned := make([]*Catalog, 0, len(s.catalogs))
	for _, catalog := range s.catalogs {
		if catalog.Business == c.holder.Business {
			owned = append(owned, catalog)
		}
	}
	slices.SortFunc(owned, func(a, b *Catalog) int { return strings.Compare(a.Name+"\x00"+a.ID, b.Name+"\x00"+b.ID) })
	return listed(c, owned)
}

// listed answers a short list of catalogs in one page.
func listed(c *call, catalogs []*Catalog) (any, *graphError) {
	data := make([]object, 0, len(catalogs))
	for _, catalog := range catalogs {
		view, refused := chosen(c, catalog.fields(), "id", "name")
		if refused != nil {
			return nil, refused
		}
		data = append(data, view)
	}
	return object{"data": data, "paging": object{}}, nil
}

// connection answers /{waba}/product_catalogs: an account shows one catalog.
func (s *Server) connection(c *call) (any, *graphError) {
	connected := s.wabas[c.id]
	if c.Method == "GET" {
		if catalog := s.catalogs[connected]; catalog != nil {
			return listed(c, []*Catalog{catalog})
		}
		return listed(c, nil)
	}
	catalogID := c.param("catalog_id")
	if catalogID == "" {
		return nil, invalid("The parameter catalog_id is required")
	}
	catalog := s.catalogs[catalogID]
	if catalog == nil {
		return nil, noObject(c.Method, catalogID)
	}
	if catalog.Business != c.holder.Business {
		return nil, notAllowed()
	}
	switch c.Method {
	case "POST":
		if connected != "" && connected != catalogID {
			e := invalid("Invalid parameter")
			e.Subcode = 2388086
			e.UserTitle, e.UserMsg = "Only one catalog", "This WhatsApp Business Account is already connected to another catalog. Disconnect it first."
			return nil, e
		}
		s.wabas[c.id] = catalogID
	case "DELETE":
		if connected != catalogID {
			return nil, invalid("The catalog is not connected to this account")
		}
		delete(s.wabas, c.id)
	default:
		return nil, noObject(c.Method, c.id)
	}
	s.journal.Put(wabaPrefix+c.id, s.wabas[c.id])
	return object{"success": true}, nil
}

// commerce is what a number shows of its catalog.
type commerce struct {
	Cart    bool `json:"cart"`
	Visible bool `json:"visible"`
}

// commerceOf gives the settings of a number: at first there is a cart, and the
// storefront's icon is hidden. Source: "Sell Products & Services".
func (s *Server) commerceOf(phone string) commerce {
	if kept := s.phones[phone]; kept != nil {
		return *kept
	}
	return commerce{Cart: true}
}

// commerce answers /{phone}/whatsapp_commerce_settings.
func (s *Server) commerce(c *call) (any, *graphError) {
	set := s.commerceOf(c.id)
	switch c.Method {
	case "GET":
		return object{"data": []object{{"id": "5" + digitsOf("commerce "+c.id, 14), "is_cart_enabled": set.Cart, "is_catalog_visible": set.Visible}}}, nil
	case "POST":
		var refused *graphError
		if set.Cart, refused = c.flag("is_cart_enabled", set.Cart); refused != nil {
			return nil, refused
		}
		if set.Visible, refused = c.flag("is_catalog_visible", set.Visible); refused != nil {
			return nil, refused
		}
		s.phones[c.id] = &set
		s.journal.Put(phonePrefix+c.id, set)
		return object{"success": true}, nil
	}
	return nil, noObject(c.Method, c.id)
}
