package finops

import (
	"context"
	"slices"

	"prosa/internal/base/fault"
	"prosa/internal/modules/audit"
	"prosa/internal/platform/database"
)

// maxRules bounds the rules: each charge looks through them.
const maxRules = 200

// Rules gives the rules of the split in their order, the standard ones until
// somebody wrote others.
func (s *Service) Rules(ctx context.Context) (list []Rule, err error) {
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		list, err = loadRules(ctx, tx)
		return err
	})
	return list, err
}

func loadRules(ctx context.Context, tx *database.Tx) ([]Rule, error) {
	rows, err := tx.Query(ctx, "SELECT category, service, basis FROM finops_rule ORDER BY no")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Rule
	for rows.Next() {
		var r Rule
		if err := rows.Scan(&r.Category, &r.Service, &r.Basis); err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	if err := rows.Err(); err != nil || len(list) > 0 {
		return list, err
	}
	return StandardRules(), nil
}

// PutRules replaces all rules; none brings the standard ones back. Shares of past
// months are made anew by them. Error: fault.Invalid with the number of the rule.
func (s *Service) PutRules(ctx context.Context, rules []Rule, by audit.Entry) ([]Rule, error) {
	if len(rules) > maxRules {
		return nil, fault.OnField("rules", "must be at most %d", maxRules)
	}
	for i, r := range rules {
		switch {
		case !slices.Contains([]Basis{ByCPU, ByMessages, ByBytes, ByRows, ByStorage, ByRequests, Evenly}, r.Basis):
			return nil, numbered(i, fault.OnField("basis", "%q is no basis", r.Basis))
		case len(r.Category) > 64 || database.Text(r.Category) != nil:
			return nil, numbered(i, fault.OnField("category", "must have at most 64 characters"))
		case len(r.Service) > 100 || database.Text(r.Service) != nil:
			return nil, numbered(i, fault.OnField("service", "must have at most 100 characters"))
		}
	}
	err := s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM finops_rule"); err != nil {
			return err
		}
		rows := make([][]any, len(rules))
		for i, r := range rules {
			rows[i] = []any{i + 1, r.Category, r.Service, string(r.Basis), tx.Now()}
		}
		if _, err := tx.All(ctx, "INSERT INTO finops_rule (no, category, service, basis, changed_ms) VALUES ($1, $2, $3, $4, $5)", rows, nil); err != nil {
			return err
		}
		return note(ctx, tx, by, "finops.rules_set", "", map[string]string{"count": decimal(int64(len(rules)))})
	})
	if err != nil {
		return nil, err
	}
	return s.Rules(ctx)
}
