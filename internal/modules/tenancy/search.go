package tenancy

import (
	"context"
	"strings"

	"prosa/internal/base/page"
	"prosa/internal/message/fold"
	"prosa/internal/platform/database"
)

// Search narrows the list of companies; empty fields narrow nothing.
type Search struct {
	// Query is a part of the name, the short name or the tax id, however spelled.
	Query string
	State State
	// VersionIDs are versions of plans.
	VersionIDs []string
}

// Found is a company in the operators' list.
type Found struct {
	Company
	PlanVersionID string `json:"plan_version_id" doc:"Empty for a company without a plan."`
}

// searchMax is how long a query may be, in bytes.
const searchMax = 200

// like matches a text anywhere; what a pattern means by % and _ is no wish of
// whoever searches.
func like(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text) + "%"
}

// Search pages through the companies that match, oldest first, for operators.
func (s *Service) Search(ctx context.Context, search Search, cursor string, limit int) (list page.List[Found], err error) {
	var after struct {
		ID string `json:"i"`
	}
	if _, err := page.Decode(cursor, &after); err != nil {
		return list, err
	}
	query := search.Query[:min(len(search.Query), searchMax)]
	folded := strings.TrimSpace(fold.Text(query))
	// A tax id as people write it: 12.ABC.345/01DE-35.
	number := strings.NewReplacer(".", "", "/", "", "-", "", " ", "").Replace(folded)
	args := []any{after.ID, page.Size(limit) + 1, string(search.State), like(folded), like(number)}
	plans := ""
	if n := min(len(search.VersionIDs), database.MaxList); n > 0 {
		plans = " AND e.plan_version_id IN (" + database.List(n, len(args)+1) + ")"
		args = append(args, database.Strings(search.VersionIDs[:n])...)
	}
	err = s.db.Read(ctx, database.Platform("operators search all companies"), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, "SELECT "+qualified("t.", columns)+`, COALESCE(e.plan_version_id, '') FROM tenant t LEFT JOIN entitlement e ON e.tenant_id = t.id
			WHERE t.id > $1 AND ($3 = '' OR t.state = $3) AND (t.folded LIKE $4 ESCAPE '\' OR t.folded LIKE $5 ESCAPE '\')`+plans+" ORDER BY t.id LIMIT $2", args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var f Found
			c := &f.Company
			if err := rows.Scan(&c.ID, &c.Name, &c.Slug, &c.Line, &c.State, &c.StateMS, &c.TaxID, &c.Locale, &c.Timezone, &c.CreatedMS, &c.Version, &f.PlanVersionID); err != nil {
				return err
			}
			list.Items = append(list.Items, f)
		}
		return rows.Err()
	})
	if size := page.Size(limit); len(list.Items) > size {
		list.Items = list.Items[:size]
		after.ID = list.Items[size-1].ID
		list.Next = page.Encode(after)
	}
	return list, err
}

// qualified puts a table's name before each of a list of columns.
func qualified(table, columns string) string {
	return table + strings.ReplaceAll(columns, ", ", ", "+table)
}
