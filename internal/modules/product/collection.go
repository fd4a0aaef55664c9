package product

import (
	"context"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/platform/database"
)

// Shelf tells the two kinds of collection apart.
type Shelf string

// Kinds of collection.
const (
	Category Shelf = "category" // of the tree; a product stands in one
	List     Shelf = "list"     // made by hand; a product stands in any number
)

// maxCollections bounds the shelves of a company: they are listed whole.
const maxCollections = 500

// Collection is a shelf.
type Collection struct {
	TenantID  string `json:"-"`
	ID        string `json:"id"`
	Kind      Shelf  `json:"kind" enum:"category,list"`
	ParentID  string `json:"parent_id"`
	Name      string `json:"name"`
	Position  int64  `json:"position"`
	CreatedMS int64  `json:"created_ms"`
}

// Collections lists all shelves of a company, by position and name.
func (s *Service) Collections(ctx context.Context, tenantID string) (list []Collection, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		list, err = loadCollections(ctx, tx, tenantID)
		return err
	})
	return list, err
}

func loadCollections(ctx context.Context, tx *database.Tx, tenantID string) ([]Collection, error) {
	rows, err := tx.Query(ctx, `SELECT tenant_id, id, kind, parent_id, name, position, created_ms FROM collection WHERE tenant_id = $1 ORDER BY position, name, id`, tenantID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Collection{}
	for rows.Next() {
		var c Collection
		if err := rows.Scan(&c.TenantID, &c.ID, &c.Kind, &c.ParentID, &c.Name, &c.Position, &c.CreatedMS); err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, rows.Err()
}

// SaveCollection makes a shelf (without an id) or changes one. Errors:
// fault.Invalid, fault.NotFound, fault.Conflict with reason name_taken.
func (s *Service) SaveCollection(ctx context.Context, c Collection, by event.Actor) (Collection, error) {
	c.Name = strings.TrimSpace(c.Name)
	if c.Name == "" || len(c.Name) > maxWord || database.Text(c.Name) != nil {
		return c, fault.OnField("name", "must be text of 1 to %d bytes", maxWord)
	}
	if c.Kind != Category && c.Kind != List || c.Kind == List && c.ParentID != "" {
		return c, fault.OnField("kind", "must be category or list; only a category has a parent")
	}
	err := s.db.Write(ctx, database.Company(c.TenantID), func(ctx context.Context, tx *database.Tx) error {
		all, err := loadCollections(ctx, tx, c.TenantID)
		if err != nil {
			return err
		}
		if err := c.fits(all); err != nil {
			return err
		}
		if c.ID == "" {
			c.ID, c.CreatedMS = id.New(id.Collection, tx.Now()), tx.Now()
		}
		if err := writeCollection(ctx, tx, c); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{TenantID: c.TenantID, Actor: by, Action: "collection.saved", Target: c.ID, Facts: map[string]string{"name": c.Name}})
	})
	return c, err
}

func writeCollection(ctx context.Context, tx *database.Tx, c Collection) error {
	_, err := tx.Exec(ctx, `INSERT INTO collection (tenant_id, id, kind, parent_id, name, position, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (tenant_id, id) DO UPDATE SET parent_id = excluded.parent_id, name = excluded.name, position = excluded.position`,
		c.TenantID, c.ID, string(c.Kind), c.ParentID, c.Name, c.Position, c.CreatedMS)
	if database.IsUnique(err) {
		return &fault.Error{Code: fault.Conflict, Reason: "name_taken", Field: "name", Message: "there is a shelf of this name"}
	}
	return err
}

// fits checks a shelf against all others: it exists when it is named, and its
// parents end at the top.
func (c *Collection) fits(all []Collection) error {
	find := func(id string) *Collection {
		if i := slices.IndexFunc(all, func(o Collection) bool { return o.ID == id }); i >= 0 {
			return &all[i]
		}
		return nil
	}
	if c.ID != "" {
		old := find(c.ID)
		if old == nil || old.Kind != c.Kind {
			return fault.New(fault.NotFound, "no such collection")
		}
		c.CreatedMS = old.CreatedMS
	} else if len(all) >= maxCollections {
		return fault.Refuse("too_many", "a company has at most %d shelves", maxCollections)
	}
	for parentID, steps := c.ParentID, 0; parentID != ""; steps++ {
		parent := find(parentID)
		if parent == nil || parent.Kind != Category {
			return &fault.Error{Code: fault.NotFound, Field: "parent_id", Message: "no such category"}
		}
		if parent.ID == c.ID || steps > 8 {
			return fault.OnField("parent_id", "a category can't stand below itself, and the tree has at most 8 steps")
		}
		parentID = parent.ParentID
	}
	return nil
}

// DeleteCollection removes a shelf; its products stay. Errors: fault.NotFound,
// fault.Refused with reason not_empty for a category that has others below it.
func (s *Service) DeleteCollection(ctx context.Context, tenantID, collectionID string, by event.Actor) error {
	return s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		all, err := loadCollections(ctx, tx, tenantID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(all, func(c Collection) bool { return c.ParentID == collectionID }) {
			return fault.Refuse("not_empty", "there are categories below this one")
		}
		gone, err := tx.Exec(ctx, `DELETE FROM collection WHERE tenant_id = $1 AND id = $2`, tenantID, collectionID)
		if err != nil {
			return err
		}
		if gone == 0 {
			return fault.New(fault.NotFound, "no such collection")
		}
		for _, query := range []string{
			`DELETE FROM collection_item WHERE tenant_id = $1 AND collection_id = $2`,
			`UPDATE product SET category_id = '', version = version + 1 WHERE tenant_id = $1 AND category_id = $2`,
		} {
			if _, err := tx.Exec(ctx, query, tenantID, collectionID); err != nil {
				return err
			}
		}
		return audit.Write(ctx, tx, audit.Entry{TenantID: tenantID, Actor: by, Action: "collection.deleted", Target: collectionID})
	})
}

// SetItems puts products onto a hand-made list, in this order and no others.
// Error: fault.NotFound.
func (s *Service) SetItems(ctx context.Context, tenantID, collectionID string, productIDs []string) error {
	return s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		kind, err := kindOf(ctx, tx, tenantID, collectionID)
		if err != nil {
			return err
		}
		if kind != List {
			return fault.New(fault.NotFound, "no such list")
		}
		known, err := loadProducts(ctx, tx, tenantID, productIDs, "")
		if err != nil {
			return err
		}
		var items [][]any
		for i, productID := range productIDs {
			if !slices.ContainsFunc(known, func(p Product) bool { return p.ID == productID }) {
				return &fault.Error{Code: fault.NotFound, Field: "products", Message: "no such product"}
			}
			items = append(items, []any{tenantID, collectionID, productID, i})
		}
		if _, err := tx.Exec(ctx, `DELETE FROM collection_item WHERE tenant_id = $1 AND collection_id = $2`, tenantID, collectionID); err != nil {
			return err
		}
		_, err = tx.Each(ctx, `INSERT INTO collection_item (tenant_id, collection_id, product_id, position) VALUES ($1, $2, $3, $4)
			ON CONFLICT (tenant_id, collection_id, product_id) DO UPDATE SET position = excluded.position`, items, nil)
		return err
	})
}

func kindOf(ctx context.Context, tx *database.Tx, tenantID, collectionID string) (kind Shelf, err error) {
	err = tx.QueryRow(ctx, `SELECT kind FROM collection WHERE tenant_id = $1 AND id = $2`, tenantID, collectionID).Scan(&kind)
	return kind, absent(err, "collection")
}
