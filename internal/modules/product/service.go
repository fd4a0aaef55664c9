package product

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/page"
	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
)

// Service is what the rest of the house asks of product. Methods that take a
// transaction work inside the caller's; the others open their own.
type Service struct {
	db    database.Opener
	tell  Tell
	blobs blob.Store
}

// New makes the service.
func New(db *database.DB, tell Tell, blobs blob.Store) *Service {
	return &Service{db: db, tell: tell, blobs: blobs}
}

// Save makes a product (without an id) or changes one whole. Variants are met by
// their ids, else by their SKU; those that are left out are archived. OnHand
// counts for a new variant only: stock that exists is moved by Move. A version
// that is not 0 must be the product's. Errors: fault.Invalid, fault.NotFound,
// fault.Conflict with reason handle_taken or sku_taken.
func (s *Service) Save(ctx context.Context, p Product, by event.Actor) (saved Product, err error) {
	err = s.db.Write(ctx, database.Company(p.TenantID), func(ctx context.Context, tx *database.Tx) error {
		saved, err = s.save(ctx, tx, clone(p), by)
		return err
	})
	return saved, err
}

// clone lets a transaction that runs twice begin with the same product.
func clone(p Product) Product {
	p.Variants = slices.Clone(p.Variants)
	return p
}

func (s *Service) save(ctx context.Context, tx *database.Tx, p Product, by event.Actor) (Product, error) {
	if err := p.tidy(); err != nil {
		return p, err
	}
	if err := s.checkPlaces(ctx, tx, p); err != nil {
		return p, err
	}
	var before *Product
	if p.ID != "" {
		found, err := loadProducts(ctx, tx, p.TenantID, []string{p.ID}, tx.ForUpdate())
		if err != nil {
			return p, err
		}
		if len(found) == 0 {
			return p, fault.New(fault.NotFound, "no such product")
		}
		before = &found[0]
		if p.Version != 0 && p.Version != before.Version {
			return p, fault.New(fault.Conflict, "the product was changed by somebody else; load it again")
		}
		p.CreatedMS, p.Version = before.CreatedMS, before.Version
	} else {
		p.ID, p.CreatedMS, p.Version = id.New(id.Product, tx.Now()), tx.Now(), 0
	}
	p.Version++
	p.UpdatedMS = tx.Now()
	fresh := p.meet(before, tx.Now())
	if err := writeProduct(ctx, tx, &p, fresh); err != nil {
		return p, err
	}
	// A new variant begins with what was counted.
	var moves []Movement
	for _, v := range p.Variants {
		if fresh[v.ID] && v.OnHand > 0 {
			moves = append(moves, Movement{VariantID: v.ID, Kind: Receive, OnHandDelta: v.OnHand, Reason: "first count"})
		}
	}
	writeMovements(tx, p.TenantID, moves, by)
	action := "product.changed"
	if before == nil {
		action = "product.created"
	}
	if err := audit.Write(ctx, tx, audit.Entry{TenantID: p.TenantID, Actor: by, Action: action, Target: p.ID, Facts: map[string]string{"name": p.Name}}); err != nil {
		return p, err
	}
	return p, s.announce(ctx, tx, event.ProductUpdated, by, Event{p})
}

// meet gives every variant its identity and its stock, and adds those that were
// left out as archived ones. It tells which are new.
func (p *Product) meet(before *Product, nowMS int64) (fresh map[string]bool) {
	fresh = map[string]bool{}
	var old []Variant
	if before != nil {
		old = slices.Clone(before.Variants)
	}
	for i := range p.Variants {
		v := &p.Variants[i]
		at := slices.IndexFunc(old, func(o Variant) bool { return o.ID == v.ID })
		if v.ID == "" {
			at = slices.IndexFunc(old, func(o Variant) bool { return o.SKU == v.SKU && !o.Archived })
		}
		v.ProductID, v.Archived = p.ID, false
		if at < 0 {
			v.ID, v.Reserved = id.New(id.Variant, nowMS), 0
			if !v.Tracked {
				v.OnHand = 0
			}
			fresh[v.ID] = true
			continue
		}
		v.ID, v.OnHand, v.Reserved = old[at].ID, old[at].OnHand, old[at].Reserved
		old = slices.Delete(old, at, at+1)
	}
	for _, v := range old {
		v.Archived = true
		p.Variants = append(p.Variants, v)
	}
	return fresh
}

// checkPlaces makes sure that what the product names is the company's own.
func (s *Service) checkPlaces(ctx context.Context, tx *database.Tx, p Product) error {
	if p.CategoryID != "" {
		kind, err := kindOf(ctx, tx, p.TenantID, p.CategoryID)
		if err != nil {
			return err
		}
		if kind != Category {
			return &fault.Error{Code: fault.NotFound, Field: "category_id", Message: "no such category"}
		}
	}
	hashes := map[string]bool{}
	for _, image := range p.Images {
		if image.Blob != "" {
			hashes[image.Blob] = true
		}
	}
	for _, v := range p.Variants {
		if v.Image != nil && v.Image.Blob != "" {
			hashes[v.Image.Blob] = true
		}
	}
	for hash := range hashes {
		if _, err := loadPicture(ctx, tx, p.TenantID, hash); err != nil {
			return &fault.Error{Code: fault.NotFound, Field: "images", Message: "no such picture"}
		}
	}
	return nil
}

// Get reads one product with its variants. Error: fault.NotFound.
func (s *Service) Get(ctx context.Context, tenantID, productID string) (p Product, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		found, err := loadProducts(ctx, tx, tenantID, []string{productID}, "")
		if err == nil && len(found) == 0 {
			return fault.New(fault.NotFound, "no such product")
		}
		if err == nil {
			p = found[0]
		}
		return err
	})
	return p, err
}

// Search is what a list is asked for; empty members ask for nothing.
type Search struct {
	TenantID     string
	Query        string // words; all must be found, accents and plurals aside
	State        State
	CategoryID   string
	CollectionID string
	InStock      bool // only what has a variant that can be had now
	Skip         int  // products passed over; for whoever shows pages by their number
	Cursor       string
	Limit        int
}

// List pages through products with their variants, newest first.
func (s *Service) List(ctx context.Context, in Search) (list page.List[Product], err error) {
	if database.Text(in.Query) != nil {
		return list, fault.OnField("q", "must be plain text")
	}
	before := string(id.Product) + "~"
	if _, err := page.Decode(in.Cursor, &before); err != nil {
		return list, err
	}
	query := strings.Builder{}
	query.WriteString(`SELECT id FROM product WHERE tenant_id = $1 AND id < $2 AND (state = $3 OR $3 = '') AND (category_id = $4 OR $4 = '')
		AND ($5 = '' OR id IN (SELECT product_id FROM collection_item WHERE tenant_id = $1 AND collection_id = $5))`)
	if in.InStock {
		query.WriteString(` AND EXISTS (SELECT 1 FROM ` + variantTables + ` WHERE v.tenant_id = product.tenant_id AND v.product_id = product.id
			AND NOT v.archived AND (NOT s.tracked OR s.on_hand > s.reserved))`)
	}
	size := page.Size(in.Limit)
	args := []any{in.TenantID, before, string(in.State), in.CategoryID, in.CollectionID, size + 1, max(in.Skip, 0)}
	for _, term := range terms(in.Query) {
		args = append(args, term)
		query.WriteString(` AND folded LIKE ` + database.List(1, len(args)) + ` ESCAPE '\'`)
	}
	query.WriteString(` ORDER BY id DESC LIMIT $6 OFFSET $7`)
	err = s.db.Read(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) error {
		ids, err := texts(tx.Query(ctx, query.String(), args...))
		if err != nil {
			return err
		}
		if len(ids) > size {
			ids = ids[:size]
			list.Next = page.Encode(ids[size-1])
		}
		list.Items, err = loadProducts(ctx, tx, in.TenantID, ids, "")
		slices.Reverse(list.Items)
		return err
	})
	return list, err
}

// SetState shows, hides or archives a product. Errors: fault.NotFound,
// fault.Invalid.
func (s *Service) SetState(ctx context.Context, tenantID, productID string, state State, by event.Actor) (Product, error) {
	p, err := s.Get(ctx, tenantID, productID)
	if err != nil {
		return p, err
	}
	p.State = state
	p.Variants = slices.DeleteFunc(p.Variants, func(v Variant) bool { return v.Archived })
	return s.Save(ctx, p, by)
}

// Offer is a variant as it may be sold at the transaction's time.
type Offer struct {
	Variant
	Name     string // of the product
	State    State  // of the product
	ImageURL string
	ImageSum string // hash of an uploaded picture, when there is no address
}

// Sellable reports whether customers may have it.
func (o Offer) Sellable() bool { return o.State == Active && !o.Archived }

// Offers reads variants by their ids, in no order; those that the company does
// not have are left out.
func (s *Service) Offers(ctx context.Context, tx *database.Tx, tenantID string, variantIDs []string) (map[string]Offer, error) {
	return offersOf(ctx, tx, tenantID, variantIDs)
}

// OffersLater is Offers for the variants that a query of the caller's own tables
// names in its column variant_id; $1 of its arguments is the company. take is
// called for each, with the query's columns that more names in dest, before the
// next statement of the transaction answers.
func (s *Service) OffersLater(tx *database.Tx, query string, args []any, more []string, dest []any, take func(o Offer)) {
	offersLater(tx, query, args, more, dest, take)
}

// OffersBySKU reads variants by their SKUs, which are what Meta's carts name.
func (s *Service) OffersBySKU(ctx context.Context, tx *database.Tx, tenantID string, skus []string) (map[string]Offer, error) {
	found, err := loadOffers(ctx, tx, tenantID, "v.sku", skus)
	bySKU := make(map[string]Offer, len(found))
	for _, offer := range found {
		if !offer.Archived {
			bySKU[offer.SKU] = offer
		}
	}
	return bySKU, err
}

// Event is the data of product.updated.
type Event struct {
	Product Product `json:"product"`
}

func (s *Service) announce(ctx context.Context, tx *database.Tx, kind string, by event.Actor, data any) error {
	envelope, err := envelopeOf(kind, data)
	if err != nil {
		return err
	}
	switch d := data.(type) {
	case Event:
		envelope.TenantID = d.Product.TenantID
	case Level:
		envelope.TenantID = d.TenantID
	}
	envelope.Actor, envelope.Cause = by, event.Manual
	return s.tell(ctx, tx, envelope)
}

func envelopeOf(kind string, data any) (event.Envelope, error) {
	raw, err := json.Marshal(data)
	return event.Envelope{Type: kind, Data: raw}, fault.Wrap(err, fault.Internal, "the event could not be encoded")
}

// texts reads the one column of rows to their end.
func texts(rows *database.Rows, err error) ([]string, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		list = append(list, text)
	}
	return list, rows.Err()
}

func absent(err error, what string) error {
	if errors.Is(err, database.ErrNoRows) {
		return fault.New(fault.NotFound, "no such %s", what)
	}
	return err
}
