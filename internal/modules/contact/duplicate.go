package contact

import (
	"context"

	"prosa/internal/base/fault"
	"prosa/internal/message/fold"
	"prosa/internal/platform/database"
)

// Why two contacts may be one person.
const (
	// MetReason: one event of a platform named addresses of both.
	MetReason = "met"
	// NameReason: both are called the same.
	NameReason = "same_name"
)

// Duplicate is a contact that may be the same person as another.
type Duplicate struct {
	Contact Contact `json:"contact"`
	Reason  string  `json:"reason" enum:"met,same_name"`
}

// duplicatesShown is how many of each reason are told.
const duplicatesShown = 10

// Duplicates gives the contacts that may be the same person: those that a
// platform named together first, then those of the same name. Nobody is joined
// by it. Error: NotFound.
func (s *Service) Duplicates(ctx context.Context, tenantID, contactID string) ([]Duplicate, error) {
	list := []Duplicate{}
	err := s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		found, err := s.Load(ctx, tx, tenantID, []string{contactID})
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return fault.New(fault.NotFound, "no such contact")
		}
		seen := map[string]bool{contactID: true}
		add := func(reason string, contacts []Contact) {
			for _, c := range contacts {
				if !seen[c.ID] && c.MergedInto == "" {
					seen[c.ID] = true
					list = append(list, Duplicate{c, reason})
				}
			}
		}
		met, err := s.met(ctx, tx, tenantID, contactID)
		if err != nil {
			return err
		}
		add(MetReason, met)
		same, err := s.called(ctx, tx, found[0])
		add(NameReason, same)
		return err
	})
	return list, err
}

func (s *Service) met(ctx context.Context, tx *database.Tx, tenantID, contactID string) ([]Contact, error) {
	rows, err := tx.Query(ctx, `SELECT other_id FROM contact_conflict WHERE tenant_id = $1 AND contact_id = $2
		UNION SELECT contact_id FROM contact_conflict WHERE tenant_id = $1 AND other_id = $2 LIMIT $3`, tenantID, contactID, duplicatesShown)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var other string
		if err := rows.Scan(&other); err != nil {
			return nil, err
		}
		ids = append(ids, other)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	rows.Close()
	return s.Load(ctx, tx, tenantID, ids)
}

// called gives the contacts of the same name.
func (s *Service) called(ctx context.Context, tx *database.Tx, c Contact) ([]Contact, error) {
	name := fold.Text(c.Name)
	if len([]rune(name)) < 4 {
		return nil, nil // "Ana" is nobody in particular
	}
	rows, err := tx.Query(ctx, `SELECT `+contactColumns+` FROM contact WHERE tenant_id = $1 AND merged_into = '' AND id <> $2 AND folded LIKE $3 ESCAPE '\'
		ORDER BY id DESC LIMIT 100`, c.TenantID, c.ID, Pattern(c.Name))
	if err != nil {
		return nil, err
	}
	found, err := withAddresses(ctx, tx, c.TenantID, rows)
	same := found[:0]
	for _, other := range found {
		if fold.Text(other.Name) == name && len(same) < duplicatesShown {
			same = append(same, other)
		}
	}
	return same, err
}
