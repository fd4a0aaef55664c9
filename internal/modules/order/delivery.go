package order

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"prosa/internal/base/br"
	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/money"
	"prosa/internal/event"
	"prosa/internal/message/fold"
	"prosa/internal/modules/audit"
	"prosa/internal/platform/database"
)

// ZoneKind is how a zone is met.
type ZoneKind string

// Kinds of zone.
const (
	Pickup        ZoneKind = "pickup"
	ByCEP         ZoneKind = "cep"
	Neighbourhood ZoneKind = "neighbourhood"
	Flat          ZoneKind = "flat" // everywhere
)

// maxZones bounds the zones of a company: they are looked at whole.
const maxZones = 200

// Zone is a way in which goods reach customers.
type Zone struct {
	TenantID       string       `json:"-"`
	ID             string       `json:"id"`
	Kind           ZoneKind     `json:"kind" enum:"pickup,cep,neighbourhood,flat"`
	Name           string       `json:"name"`
	CEPFrom        string       `json:"cep_from" doc:"Eight digits; of kind cep."`
	CEPTo          string       `json:"cep_to"`
	Neighbourhoods []string     `json:"neighbourhoods" doc:"Of kind neighbourhood."`
	Price          money.Amount `json:"price"`
	FreeAbove      money.Amount `json:"free_above" doc:"From this subtotal on it is free; 0 for never."`
	MinOrder       money.Amount `json:"min_order"`
	Promise        string       `json:"promise" doc:"Such as: até 40 min."`
	Position       int64        `json:"position"`
	Active         bool         `json:"active"`
	CreatedMS      int64        `json:"created_ms"`
}

// Delivery is where an order goes.
type Delivery struct {
	ZoneID        string `json:"zone_id,omitempty" maxLength:"64" doc:"Empty: the first zone that fits."`
	CEP           string `json:"cep,omitempty" maxLength:"20"`
	Neighbourhood string `json:"neighbourhood,omitempty" maxLength:"200"`
	Address       string `json:"address,omitempty" maxLength:"1000" doc:"Street, number and what helps to find it."`
	City          string `json:"city,omitempty" maxLength:"200"`
	// What was found when it was chosen.
	ZoneName string   `json:"zone_name,omitempty" readOnly:"true"`
	Kind     ZoneKind `json:"kind,omitempty" readOnly:"true"`
	Promise  string   `json:"promise,omitempty" readOnly:"true"`
}

func (d Delivery) empty() bool { return d == Delivery{} }

func (d *Delivery) tidy() error {
	for _, text := range []*string{&d.Neighbourhood, &d.Address, &d.City} {
		if *text = strings.TrimSpace(*text); len(*text) > 1000 || database.Text(*text) != nil {
			return fault.OnField("delivery", "an address has at most 1000 bytes of text")
		}
	}
	if d.CEP != "" {
		digits, ok := br.CEP(d.CEP)
		if !ok {
			return fault.OnField("delivery.cep", "a CEP has eight digits")
		}
		d.CEP = digits
	}
	d.ZoneName, d.Kind, d.Promise = "", "", ""
	return nil
}

// Quote is a way in which an order could go, with its price.
type Quote struct {
	Zone  Zone         `json:"zone"`
	Price money.Amount `json:"price"`
}

func (z Zone) serves(d Delivery) bool {
	switch z.Kind {
	case ByCEP:
		return d.CEP != "" && z.CEPFrom <= d.CEP && d.CEP <= z.CEPTo
	case Neighbourhood:
		folded := fold.Text(d.Neighbourhood)
		return folded != "" && slices.ContainsFunc(z.Neighbourhoods, func(n string) bool { return fold.Text(n) == folded })
	case Pickup:
		return true
	default:
		return d.Address != "" || d.CEP != "" || d.Neighbourhood != ""
	}
}

func (z Zone) priceOf(subtotal money.Amount) money.Amount {
	if z.FreeAbove > 0 && subtotal >= z.FreeAbove {
		return 0
	}
	return z.Price
}

// quotes are the zones that serve a place, in the company's order.
func quotes(zones []Zone, d Delivery, subtotal money.Amount) []Quote {
	list := []Quote{}
	for _, z := range zones {
		if z.Active && z.serves(d) && subtotal >= z.MinOrder {
			list = append(list, Quote{z, z.priceOf(subtotal)})
		}
	}
	return list
}

// noDelivery is the reason when nothing serves the place.
const noDelivery = "no_delivery"

// route finds how a delivery goes: the zone that was chosen, else the first
// that is no pickup. ok is false when nothing serves.
func route(zones []Zone, d Delivery, subtotal money.Amount) (after Delivery, price money.Amount, ok bool) {
	for _, q := range quotes(zones, d, subtotal) {
		if d.ZoneID == q.Zone.ID || d.ZoneID == "" && q.Zone.Kind != Pickup {
			d.ZoneID, d.ZoneName, d.Kind, d.Promise = q.Zone.ID, q.Zone.Name, q.Zone.Kind, q.Zone.Promise
			return d, q.Price, true
		}
	}
	return d, 0, false
}

// Zones lists a company's zones in their order.
func (s *Service) Zones(ctx context.Context, tenantID string) (list []Zone, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		list, err = loadZones(ctx, tx, tenantID)
		return err
	})
	return list, err
}

// Quotes lists the ways in which something of a subtotal could go to a place, as
// they were a second ago at the most.
func (s *Service) Quotes(ctx context.Context, tenantID string, d Delivery, subtotal money.Amount) ([]Quote, error) {
	if err := d.tidy(); err != nil {
		return nil, err
	}
	zones, err := s.zones.recent(ctx, s.db, tenantID)
	return quotes(zones, d, subtotal), err
}

func loadZones(ctx context.Context, tx *database.Tx, tenantID string) ([]Zone, error) {
	rows, err := tx.Query(ctx, `SELECT tenant_id, id, kind, name, cep_from, cep_to, neighbourhoods, price, free_above, min_order, promise, position, active, created_ms
		FROM delivery_zone WHERE tenant_id = $1 ORDER BY position, id`, tenantID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Zone{}
	for rows.Next() {
		var z Zone
		var names string
		if err := rows.Scan(&z.TenantID, &z.ID, &z.Kind, &z.Name, &z.CEPFrom, &z.CEPTo, &names, &z.Price, &z.FreeAbove, &z.MinOrder, &z.Promise, &z.Position,
			&z.Active, &z.CreatedMS); err != nil {
			return nil, err
		}
		if err := unpack(names, &z.Neighbourhoods); err != nil {
			return nil, err
		}
		list = append(list, z)
	}
	return list, rows.Err()
}

func (z *Zone) tidy() error {
	z.Name, z.Promise = strings.TrimSpace(z.Name), strings.TrimSpace(z.Promise)
	if z.Neighbourhoods == nil || z.Kind != Neighbourhood {
		z.Neighbourhoods = []string{}
	}
	if z.Name == "" || len(z.Name) > 400 || len(z.Promise) > 400 || database.Text(z.Name+z.Promise) != nil {
		return fault.OnField("name", "must be text of 1 to 400 bytes")
	}
	if z.Price.Check() != nil || z.FreeAbove.Check() != nil || z.MinOrder.Check() != nil {
		return fault.OnField("price", "amounts lie between 0 and %s", money.Max.Decimal())
	}
	switch z.Kind {
	case ByCEP:
		var first, last bool
		z.CEPFrom, first = br.CEP(z.CEPFrom)
		z.CEPTo, last = br.CEP(z.CEPTo)
		if !first || !last || z.CEPFrom > z.CEPTo {
			return fault.OnField("cep_from", "a range goes from one CEP to a later one")
		}
		return nil
	case Neighbourhood:
		if len(z.Neighbourhoods) == 0 || len(z.Neighbourhoods) > 500 {
			return fault.OnField("neighbourhoods", "must name 1 to 500")
		}
		for _, name := range z.Neighbourhoods {
			if fold.Text(name) == "" || len(name) > 200 || database.Text(name) != nil {
				return fault.OnField("neighbourhoods", "a name has 1 to 200 bytes of text")
			}
		}
	case Pickup, Flat:
	default:
		return fault.OnField("kind", "must be pickup, cep, neighbourhood or flat")
	}
	z.CEPFrom, z.CEPTo = "", ""
	return nil
}

// SaveZone makes a zone (without an id) or changes one. Errors: fault.Invalid,
// fault.NotFound.
func (s *Service) SaveZone(ctx context.Context, z Zone, by event.Actor) (Zone, error) {
	if err := z.tidy(); err != nil {
		return z, err
	}
	names, err := json.Marshal(z.Neighbourhoods)
	if err != nil {
		return z, fault.Wrap(err, fault.Internal, "a zone could not be encoded")
	}
	err = s.db.Write(ctx, database.Company(z.TenantID), func(ctx context.Context, tx *database.Tx) error {
		all, err := loadZones(ctx, tx, z.TenantID)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(all, func(o Zone) bool { return o.ID == z.ID })
		switch {
		case z.ID == "" && len(all) >= maxZones:
			return fault.Refuse("too_many", "a company has at most %d zones", maxZones)
		case z.ID == "":
			z.ID, z.CreatedMS = id.New(id.Zone, tx.Now()), tx.Now()
		case at < 0:
			return fault.New(fault.NotFound, "no such zone")
		default:
			z.CreatedMS = all[at].CreatedMS
		}
		if _, err := tx.Exec(ctx, `INSERT INTO delivery_zone (tenant_id, id, kind, name, cep_from, cep_to, neighbourhoods, price, free_above, min_order, promise,
			position, active, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
			ON CONFLICT (tenant_id, id) DO UPDATE SET kind = excluded.kind, name = excluded.name, cep_from = excluded.cep_from, cep_to = excluded.cep_to,
			neighbourhoods = excluded.neighbourhoods, price = excluded.price, free_above = excluded.free_above, min_order = excluded.min_order,
			promise = excluded.promise, position = excluded.position, active = excluded.active`,
			z.TenantID, z.ID, string(z.Kind), z.Name, z.CEPFrom, z.CEPTo, string(names), int64(z.Price), int64(z.FreeAbove), int64(z.MinOrder), z.Promise,
			z.Position, z.Active, z.CreatedMS); err != nil {
			return err
		}
		if err := turn(ctx, tx, z.TenantID); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{TenantID: z.TenantID, Actor: by, Action: "delivery.saved", Target: z.ID, Facts: map[string]string{"name": z.Name}})
	})
	return z, err
}

// DeleteZone removes a zone; orders keep what they chose. Error:
// fault.NotFound.
func (s *Service) DeleteZone(ctx context.Context, tenantID, zoneID string, by event.Actor) error {
	return s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		gone, err := tx.Exec(ctx, `DELETE FROM delivery_zone WHERE tenant_id = $1 AND id = $2`, tenantID, zoneID)
		if err == nil && gone == 0 {
			return fault.New(fault.NotFound, "no such zone")
		}
		if err != nil {
			return err
		}
		if err := turn(ctx, tx, tenantID); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{TenantID: tenantID, Actor: by, Action: "delivery.deleted", Target: zoneID})
	})
}
