package product

import (
	"context"
	"maps"
	"slices"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

// MaxGoods is how many names one reading of Goods takes.
const MaxGoods = 100

// Goods is what stands behind the name that a channel's catalog has for a
// thing: a variant's id, or its SKU.
type Goods struct {
	RetailerID string   `json:"retailer_id"`
	VariantID  string   `json:"variant_id"`
	ProductID  string   `json:"product_id"`
	Name       string   `json:"name"`
	Options    []string `json:"options"`
	SKU        string   `json:"sku"`
	Image      *Image   `json:"image,omitempty"`
}

// Named tells which variants stand behind a catalog's own ids of things.
type Named func(ctx context.Context, tx *database.Tx, tenantID, catalogID string, retailerIDs []string) (map[string]string, error)

// Goods reads what a catalog's retailer ids stand for, in their order; those
// that the company does not have are left out. An id that is neither a variant
// nor a SKU is asked of named. Error: fault.Invalid for more than MaxGoods of
// them.
func (s *Service) Goods(ctx context.Context, tenantID, catalogID string, retailerIDs []string, named Named) (list []Goods, err error) {
	list = []Goods{}
	if len(retailerIDs) > MaxGoods {
		return nil, fault.OnField("id", "at most %d at a time", MaxGoods)
	}
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		others, err := named(ctx, tx, tenantID, catalogID, retailerIDs)
		if err != nil {
			return err
		}
		wanted := slices.AppendSeq(slices.Clone(retailerIDs), maps.Values(others))
		byID, err := s.Offers(ctx, tx, tenantID, wanted)
		if err != nil {
			return err
		}
		bySKU, err := s.OffersBySKU(ctx, tx, tenantID, retailerIDs)
		if err != nil {
			return err
		}
		for _, name := range retailerIDs {
			offer, known := byID[name]
			if !known {
				offer, known = byID[others[name]]
			}
			if !known {
				offer, known = bySKU[name]
			}
			if known {
				list = append(list, offer.goods(name))
			}
		}
		return nil
	})
	return list, err
}

func (o Offer) goods(retailerID string) Goods {
	g := Goods{RetailerID: retailerID, VariantID: o.ID, ProductID: o.ProductID, Name: o.Name, Options: o.Options, SKU: o.SKU}
	if o.ImageURL != "" || o.ImageSum != "" {
		g.Image = &Image{URL: o.ImageURL, Blob: o.ImageSum}
	}
	return g
}
