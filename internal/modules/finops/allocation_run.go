package finops

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"prosa/internal/modules/finops/exact"
	"prosa/internal/platform/database"
)

// bearing is what finops_share keeps a sum of.
type bearing struct {
	line, environment, companyID, kind, service, currency, method string
}

func (b bearing) compare(o bearing) int {
	return cmp.Or(strings.Compare(b.line, o.line), strings.Compare(b.environment, o.environment), strings.Compare(b.companyID, o.companyID),
		strings.Compare(b.kind, o.kind), strings.Compare(b.service, o.service), strings.Compare(b.currency, o.currency), strings.Compare(b.method, o.method))
}

// Allocate makes the shares of a month anew if a bill, a meter, the map of
// accounts, a rule or a fee has changed since they were made; it reports whether
// it did. The shares of what was charged sum to it exactly, by currency: no part
// of a charge is lost or made up. Errors: fault.Invalid for a month that is none.
func (s *Service) Allocate(ctx context.Context, month int64) (made bool, err error) {
	if err := checkPeriod("month", month); err != nil {
		return false, err
	}
	s.allocating.Lock()
	defer s.allocating.Unlock()
	var inputs, known string
	var sums map[bearing]cost
	var count int64
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		err := tx.QueryRow(ctx, "SELECT inputs FROM finops_share_run WHERE month = $1", month).Scan(&known)
		if err != nil && !errors.Is(err, database.ErrNoRows) {
			return err
		}
		if inputs, err = inputsOf(ctx, tx, month); err != nil || inputs == known {
			return err
		}
		sums, count, err = allocate(ctx, tx, month)
		return err
	})
	if err != nil || inputs == known {
		return false, err
	}
	return true, s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		return keepShares(ctx, tx, month, inputs, sums, count)
	})
}

// inputsOf spells what the shares of a month are made from, so that a change of
// any of it shows.
func inputsOf(ctx context.Context, tx *database.Tx, month int64) (string, error) {
	first, last := monthDays(month)
	spelled := ""
	for _, query := range []struct {
		text string
		args []any
	}{
		{"SELECT COUNT(*), COALESCE(MAX(no), 0), CAST(COALESCE(SUM(no), 0) AS BIGINT) FROM finops_import WHERE state = 'current'", nil},
		{"SELECT COUNT(*), COALESCE(MAX(imported_ms), 0), CAST(COALESCE(SUM(revision), 0) AS BIGINT) FROM finops_use_file WHERE day >= $1 AND day <= $2", []any{first, last}},
		{"SELECT COUNT(*), COALESCE(MAX(updated_ms), 0), CAST(COALESCE(SUM(version), 0) AS BIGINT) FROM finops_account", nil},
		{"SELECT COUNT(*), COALESCE(MAX(changed_ms), 0), 0 FROM finops_rule", nil},
		{"SELECT COUNT(*), COALESCE(MAX(changed_ms), 0), 0 FROM finops_fee", nil},
	} {
		var a, b, c int64
		if err := tx.QueryRow(ctx, query.text, query.args...).Scan(&a, &b, &c); err != nil {
			return "", err
		}
		spelled += fmt.Sprintf("%d.%d.%d ", a, b, c)
	}
	return spelled, nil
}

// allocate splits all charges of a month: those of a day, account and service at
// once.
func allocate(ctx context.Context, tx *database.Tx, month int64) (map[bearing]cost, int64, error) {
	sums, count := map[bearing]cost{}, int64(0)
	add := func(at bearing, c cost) (err error) {
		sums[at], err = sums[at].add(c)
		return err
	}
	err := eachSplit(ctx, tx, month, false, func(c charged, parts []part) error {
		count++
		for _, p := range parts {
			err := add(bearing{c.at.line, c.at.environment, p.companyID, p.kind, c.service, c.currency, p.method}, p.cost)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	priced, err := feesOf(ctx, tx, month)
	if err != nil {
		return nil, 0, err
	}
	for _, f := range priced.lines {
		line, environment, _ := strings.Cut(f.deployment, "-")
		at := bearing{line, environment, f.companyID, kindFee, f.channel, f.currency, f.method()}
		if environment != prod {
			at.kind, at.companyID = kindBuilding, ""
		}
		if err := add(at, cost{f.amount, f.amount}); err != nil {
			return nil, 0, err
		}
	}
	return sums, count, nil
}

func keepShares(ctx context.Context, tx *database.Tx, month int64, inputs string, sums map[bearing]cost, count int64) error {
	keys := make([]bearing, 0, len(sums))
	for key := range sums {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, bearing.compare)
	rows := make([][]any, len(keys))
	for i, k := range keys {
		c := sums[k]
		rows[i] = []any{month, k.line, k.environment, k.companyID, k.kind, k.service, k.currency, k.method, c.billed.Nano, c.billed.Atto, c.effective.Nano, c.effective.Atto}
	}
	// The run comes first: its row lets one process at a time replace a month.
	if _, err := tx.Exec(ctx, `INSERT INTO finops_share_run (month, inputs, ran_ms, charges) VALUES ($1, $2, $3, $4)
		ON CONFLICT (month) DO UPDATE SET inputs = $2, ran_ms = $3, charges = $4`, month, inputs, tx.Now(), count); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM finops_share WHERE month = $1", month); err != nil {
		return err
	}
	_, err := tx.All(ctx, `INSERT INTO finops_share (month, line, environment, company_id, kind, service, currency, method, billed_nano, billed_atto, effective_nano, effective_atto)
		VALUES (`+database.List(12, 1)+`)`, rows, nil)
	return err
}

// charged is what is split at once: a charge of the bill, or all of a day,
// account and service.
type charged struct {
	importNo, itemNo  int64 // 0 where several are taken together
	day, days         int64
	accountID         string
	category, service string
	companyID         string
	currency          string
	cost              cost
	at                placed
}

// eachSplit gives what was charged in a month with its parts, charge by charge
// or those of a day, account and service together.
func eachSplit(ctx context.Context, tx *database.Tx, month int64, single bool, each func(charged, []part) error) error {
	rules, err := loadRules(ctx, tx)
	if err != nil {
		return err
	}
	m, err := loadMeters(ctx, tx, month)
	if err != nil {
		return err
	}
	accounts, err := loadAtlas(ctx, tx)
	if err != nil {
		return err
	}
	keys := "c.day, c.days, i.account_id, i.service_category, i.service, i.company_id, i.currency"
	origin, group := "0, 0, ", keys
	if single {
		origin, group = "c.import_no, c.item_no, ", "c.import_no, c.item_no, "+keys
	}
	rows, err := tx.Query(ctx, `SELECT `+origin+keys+`, CAST(SUM(c.billed_nano) AS BIGINT), CAST(SUM(c.billed_atto) AS BIGINT), CAST(SUM(c.effective_nano) AS BIGINT), CAST(SUM(c.effective_atto) AS BIGINT)
		FROM finops_charge c JOIN finops_item i ON i.import_no = c.import_no AND i.no = c.item_no JOIN finops_import f ON f.no = c.import_no
		WHERE c.month = $1 AND f.state = 'current' GROUP BY `+group+` ORDER BY `+group, month)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var c charged
		var billed, effective [2]int64
		err := rows.Scan(&c.importNo, &c.itemNo, &c.day, &c.days, &c.accountID, &c.category, &c.service, &c.companyID, &c.currency,
			&billed[0], &billed[1], &effective[0], &effective[1])
		if err != nil {
			return err
		}
		if c.cost.billed, err = exact.Sum(billed[0], billed[1]); err != nil {
			return err
		}
		if c.cost.effective, err = exact.Sum(effective[0], effective[1]); err != nil {
			return err
		}
		c.at = accounts.at(c.accountID, c.day)
		c.at.companyID = c.companyID
		parts, err := m.split(c.at, basisOf(rules, c.category, c.service), c.day, c.days, c.cost)
		if err != nil {
			return err
		}
		if err := each(c, parts); err != nil {
			return err
		}
	}
	return rows.Err()
}

// atlas is the map of accounts, by account.
type atlas map[string][]span

type span struct {
	from, to          int64
	line, environment string
}

func loadAtlas(ctx context.Context, tx *database.Tx) (atlas, error) {
	rows, err := tx.Query(ctx, "SELECT account_id, line, environment, from_day, to_day FROM finops_account")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := atlas{}
	for rows.Next() {
		var account string
		var s span
		if err := rows.Scan(&account, &s.line, &s.environment, &s.from, &s.to); err != nil {
			return nil, err
		}
		list[account] = append(list[account], s)
	}
	return list, rows.Err()
}

// at gives where an account belonged on a day; nowhere when nobody said so.
func (p atlas) at(account string, day int64) placed {
	for _, s := range p[account] {
		if day >= s.from && (s.to == 0 || day < s.to) {
			return placed{line: s.line, environment: s.environment}
		}
	}
	return placed{}
}
