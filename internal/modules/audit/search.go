package audit

import (
	"context"
	"math"

	"prosa/internal/base/id"
	"prosa/internal/base/page"
	"prosa/internal/platform/database"
)

// Search says which entries operators look for; what is empty or zero narrows nothing.
type Search struct {
	TenantID string
	Actor    string // the id of who did it
	Action   string // how the action begins: "company" or "company.state_changed"
	Target   string // the id of what it was done to
	FromMS   int64  // not before this moment, in milliseconds since the Unix epoch
	ToMS     int64  // not after it
}

// moment is where a page of a search ended. Entries of several companies are
// ordered by their time, since an id is unique in its company alone.
type moment struct {
	AtMS int64  `json:"a"`
	ID   string `json:"i"`
}

// Search gives entries of all companies and of the platform, newest first. Error:
// fault.Invalid for a cursor that is not ours.
func (s *Service) Search(ctx context.Context, search Search, cursor string, limit int) (page.List[Entry], error) {
	from := moment{AtMS: math.MaxInt64, ID: string(id.Audit) + "_zz"}
	if _, err := page.Decode(cursor, &from); err != nil {
		return page.List[Entry]{}, err
	}
	size := page.Size(limit)
	list := page.List[Entry]{Items: []Entry{}}
	scope := database.Platform("operators search what was done in any company")
	err := s.db.Read(ctx, scope, func(ctx context.Context, tx *database.Tx) error {
		entries, err := searchBefore(ctx, tx, search, from, size+1)
		if err != nil {
			return err
		}
		list.Items = append(list.Items[:0], entries...)
		return nil
	})
	if len(list.Items) > size {
		list.Items = list.Items[:size]
		last := list.Items[size-1]
		list.Next = page.Encode(moment{AtMS: last.AtMS, ID: last.ID})
	}
	return list, err
}
