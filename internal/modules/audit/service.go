package audit

import (
	"context"

	"prosa/internal/base/id"
	"prosa/internal/base/page"
	"prosa/internal/platform/database"
)

// Service reads the log.
type Service struct {
	db *database.DB
}

// New makes the service.
func New(db *database.DB) *Service { return &Service{db: db} }

// place is where a page of the log ended.
type place struct {
	ID string `json:"i"`
}

// List gives a company's entries, newest first. Error: fault.Invalid for a
// cursor that is not ours.
func (s *Service) List(ctx context.Context, tenantID, cursor string, limit int) (page.List[Entry], error) {
	// Behind every id in any collation, so that the first page needs no other statement.
	from := place{ID: string(id.Audit) + "_zz"}
	if _, err := page.Decode(cursor, &from); err != nil {
		return page.List[Entry]{}, err
	}
	size := page.Size(limit)
	list := page.List[Entry]{Items: []Entry{}}
	err := s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		entries, err := listBefore(ctx, tx, tenantID, from.ID, size+1)
		if err != nil {
			return err
		}
		list.Items = append(list.Items[:0], entries...)
		return nil
	})
	if len(list.Items) > size {
		list.Items = list.Items[:size]
		list.Next = page.Encode(place{ID: list.Items[size-1].ID})
	}
	return list, err
}

// aboutMost bounds the entries about one thing.
const aboutMost = 100

// About gives what was done to one thing, newest first, at most a hundred:
// tenantID is empty for what operators did to what is the platform's.
func (s *Service) About(ctx context.Context, tenantID, target string) (list []Entry, err error) {
	scope := database.Company(tenantID)
	if tenantID == "" {
		scope = database.Platform("operators see what they did to what is no company's")
	}
	err = s.db.Read(ctx, scope, func(ctx context.Context, tx *database.Tx) error {
		list, err = listAbout(ctx, tx, tenantID, target)
		return err
	})
	return list, err
}

// Note writes one entry in a transaction of its own, for actions whose module
// keeps no log. An entry without a company is the platform's.
func (s *Service) Note(ctx context.Context, entry Entry) error {
	scope := database.Company(entry.TenantID)
	if entry.TenantID == "" {
		scope = database.Platform("an operator's action on the platform belongs to no company")
	}
	return s.db.Write(ctx, scope, func(ctx context.Context, tx *database.Tx) error {
		return Write(ctx, tx, entry)
	})
}
