package finops

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"sort"
	"strings"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/finops/exact"
	"prosa/internal/platform/database"
)

func hashOfSet(files []File) string {
	hashes := make([]string, len(files))
	for i, file := range files {
		hashes[i] = file.Hash
	}
	slices.Sort(hashes)
	sum := sha256.Sum256([]byte(strings.Join(hashes, "\n")))
	return hex.EncodeToString(sum[:])
}

// setNameOf calls files that were named by hand as those of a source are called.
func setNameOf(files []File) string {
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = plainSet(file.Name)
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), " ")
}

const importColumns = `no, source, period, period_from_ms, period_to_ms, state, set_name, payers, set_hash, files, version, rows, totals, late, replaces, actor, started_ms, finished_ms`

func selectImports(ctx context.Context, tx *database.Tx, where string, args ...any) ([]Import, error) {
	rows, err := tx.Query(ctx, "SELECT "+importColumns+" FROM finops_import WHERE "+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Import{}
	for rows.Next() {
		var one Import
		var files, totals, payers string
		if err := rows.Scan(&one.No, &one.Source, &one.Period, &one.FromMS, &one.ToMS, &one.State, &one.Set, &payers, &one.SetHash, &files, &one.Version, &one.Rows, &totals,
			&one.Late, &one.Replaces, &one.Actor, &one.StartedMS, &one.FinishedMS); err != nil {
			return nil, err
		}
		if err := errors.Join(json.Unmarshal([]byte(files), &one.Files), json.Unmarshal([]byte(totals), &one.Totals), json.Unmarshal([]byte(payers), &one.Payers)); err != nil {
			return nil, fault.Wrap(err, fault.Internal, "a stored import can't be read")
		}
		list = append(list, one)
	}
	return list, rows.Err()
}

// tries is how often a number that somebody else took is drawn again: each loss is
// another import's luck, and no more run at once.
const tries = 64

// begin makes the row of a reading that is under way.
func (r *reading) begin(ctx context.Context, period term) (no int64, err error) {
	files, err := json.Marshal(r.files)
	if err != nil {
		return 0, fault.Wrap(err, fault.Internal, "an import could not be encoded")
	}
	for try := 1; ; try++ {
		err = r.service.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
			if err := tx.QueryRow(ctx, "SELECT COALESCE(MAX(no), 0) + 1 FROM finops_import").Scan(&no); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, "INSERT INTO finops_import ("+importColumns+", parts) VALUES ("+database.List(18, 1)+", 0)",
				no, r.source, monthOf(period.fromMS), period.fromMS, period.toMS, "staging", r.set, "[]", r.setHash, string(files), "", int64(0), "[]", false, int64(0), r.actor, r.startedMS, int64(0))
			return err
		})
		// Another import may have taken the number.
		if !database.IsUnique(err) || try == tries {
			return no, err
		}
	}
}

// flip puts what was staged in the place of what was current, in one
// transaction, after the database has counted it again.
func (r *reading) flip(ctx context.Context, by audit.Entry) (done []Import, err error) {
	for try := 1; ; try++ {
		err = r.service.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
			done = nil
			// One at a time: whose bills have an account in common is known by those
			// that are current.
			if err := holdBills(ctx, tx); err != nil {
				return err
			}
			if err := refuseElsewhere(ctx, tx, r.source, r.files); err != nil {
				return err
			}
			before, err := r.displace(ctx, tx)
			if err != nil {
				return err
			}
			for _, period := range r.order {
				one, err := r.flipPeriod(ctx, tx, period, before[period], by)
				if err != nil {
					return err
				}
				done = append(done, one)
			}
			return tellTwins(ctx, tx, done)
		})
		// Another import may have been the first to hold the row that all hold.
		if !database.IsUnique(err) || try == tries {
			return done, err
		}
	}
}

// holdBills lets one transaction at a time decide which bills count.
func holdBills(ctx context.Context, tx *database.Tx) error {
	_, err := tx.Exec(ctx, `INSERT INTO finops_file (source, name, mark, outcome, problem, seen_ms) VALUES ('', 'flip', '', 'known', '', $1)
		ON CONFLICT (source, name) DO UPDATE SET seen_ms = excluded.seen_ms`, tx.Now())
	return err
}

// flipPeriod lets a bill count, in the place of those before it.
func (r *reading) flipPeriod(ctx context.Context, tx *database.Tx, period term, before []Import, by audit.Entry) (Import, error) {
	stage := r.stages[period]
	totals := stage.totals()
	counted, err := sumsOf(ctx, tx, stage.no)
	if err != nil {
		return Import{}, err
	}
	if !slices.Equal(counted, totals) {
		return Import{}, fault.New(fault.Internal, "the ledger counts %v where the bill says %v", counted, totals)
	}
	one := Import{No: stage.no, Source: r.source, Period: monthOf(period.fromMS), FromMS: period.fromMS, ToMS: period.toMS, State: "current", Set: r.set, Payers: stage.accounts(), SetHash: r.setHash, Files: r.files,
		Version: r.version, Rows: stage.rows, Totals: totals, Actor: r.actor, StartedMS: r.startedMS, FinishedMS: tx.Now()}
	if one.Late, err = r.late(ctx, tx, period); err != nil {
		return Import{}, err
	}
	for _, old := range before {
		one.Replaces = old.No
		if _, err := tx.Exec(ctx, "UPDATE finops_import SET state = 'replaced' WHERE no = $1", old.No); err != nil {
			return Import{}, err
		}
	}
	text, err := json.Marshal(totals)
	payers, payersErr := json.Marshal(one.Payers)
	if err := errors.Join(err, payersErr); err != nil {
		return Import{}, fault.Wrap(err, fault.Internal, "sums could not be encoded")
	}
	changed, err := tx.Exec(ctx, `UPDATE finops_import SET state = 'current', version = $1, rows = $2, totals = $3,
		late = $4, replaces = $5, finished_ms = $6, parts = $7, payers = $8 WHERE no = $9 AND state = 'staging'`,
		one.Version, one.Rows, string(text), one.Late, one.Replaces, one.FinishedMS, stage.part, string(payers), one.No)
	if err != nil {
		return Import{}, err
	}
	if changed != 1 {
		return Import{}, fault.New(fault.Conflict, "the import took so long that it was given up by the clean-up: run it again")
	}
	if err := r.keepFindings(ctx, tx, one.No); err != nil {
		return Import{}, err
	}
	return one, audit.Write(ctx, tx, audit.Entry{Actor: by.Actor, IP: by.IP, Action: "finops.imported", Target: r.source,
		Facts: map[string]string{"period": monthText(one.Period), "rows": intText(one.Rows), "hash": r.setHash}})
}

func (r *reading) keepFindings(ctx context.Context, tx *database.Tx, no int64) error {
	args := make([][]any, 0, len(r.findings))
	for _, f := range r.findings {
		args = append(args, []any{no, string(f.Rule), f.Column, f.Count, f.FirstRow, f.Sample})
	}
	sort.Slice(args, func(i, j int) bool {
		return args[i][1].(string)+args[i][2].(string) < args[j][1].(string)+args[j][2].(string)
	})
	_, err := tx.All(ctx, "INSERT INTO finops_finding (import_no, rule, column_name, count, first_row, sample) VALUES ($1, $2, $3, $4, $5, $6)", args, nil)
	return err
}

// late reports that a bill came when its period should have been closed. The past
// that comes with a new source is not late: nobody looked then.
func (r *reading) late(ctx context.Context, tx *database.Tx, period term) (bool, error) {
	closes := period.toMS + lateMS
	if tx.Now() <= closes {
		return false, nil
	}
	var looked int64
	err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM finops_import WHERE source = $1 AND state <> 'staging' AND finished_ms <= $2", r.source, closes).Scan(&looked)
	return looked > 0, err
}

func (st *stage) totals() []Sums {
	list := make([]Sums, 0, len(st.sums))
	for _, sums := range st.sums {
		list = append(list, *sums)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Currency < list[j].Currency })
	return list
}

// sumsOf counts an import in the database.
func sumsOf(ctx context.Context, tx *database.Tx, no int64) ([]Sums, error) {
	rows, err := tx.Query(ctx, `SELECT i.currency, CAST(SUM(c.billed_nano) AS BIGINT), CAST(SUM(c.billed_atto) AS BIGINT), CAST(SUM(c.effective_nano) AS BIGINT), CAST(SUM(c.effective_atto) AS BIGINT)
		FROM finops_charge c JOIN finops_item i ON i.import_no = c.import_no AND i.no = c.item_no WHERE c.import_no = $1 GROUP BY i.currency ORDER BY i.currency`, no)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Sums{}
	for rows.Next() {
		var one Sums
		var billed, effective columns
		if err := rows.Scan(&one.Currency, &billed.nano, &billed.atto, &effective.nano, &effective.atto); err != nil {
			return nil, err
		}
		if one.Billed, err = billed.amount(); err != nil {
			return nil, err
		}
		if one.Effective, err = effective.amount(); err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, rows.Err()
}

// columns are the two sums of an amount, as a database gives them.
type columns struct{ nano, atto int64 }

func (c columns) amount() (exact.Amount, error) { return exact.Sum(c.nano, c.atto) }

// abandon forgets what was staged.
func (r *reading) abandon(ctx context.Context) error {
	var errs []error
	for _, period := range r.order {
		errs = append(errs, r.service.drop(ctx, r.stages[period].no, "DELETE FROM finops_import WHERE no = $1 AND state = 'staging'"))
	}
	return errors.Join(errs...)
}

// abandonedMS is after how long a reading that never finished is given up: no
// import takes six hours.
const abandonedMS = int64(6 * 3600 * 1000)

// forget deletes the rows of readings that were replaced, withdrawn or died. The imports
// themselves stay as the ledger's history; of those that died nothing does.
func (s *Service) forget(ctx context.Context) error {
	var replaced, dead []int64
	err := s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) (err error) {
		if replaced, err = numbers(ctx, tx, "SELECT no FROM finops_import WHERE state IN ('replaced', 'withdrawn') AND parts > 0 ORDER BY no"); err != nil {
			return err
		}
		dead, err = numbers(ctx, tx, "SELECT no FROM finops_import WHERE state = 'staging' AND started_ms < $1 ORDER BY no", clock.MS(s.clock.Now())-abandonedMS) // the clock that began them
		return err
	})
	if err != nil {
		return err
	}
	for _, no := range replaced {
		if err := s.drop(ctx, no, "UPDATE finops_import SET parts = 0 WHERE no = $1 AND state IN ('replaced', 'withdrawn')"); err != nil {
			return err
		}
	}
	for _, no := range dead {
		if err := s.drop(ctx, no, "DELETE FROM finops_import WHERE no = $1 AND state = 'staging'"); err != nil {
			return err
		}
	}
	return nil
}

func numbers(ctx context.Context, tx *database.Tx, query string, args ...any) (list []int64, err error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, rows.Err()
}

// drop deletes the rows of an import in small transactions, and then runs last.
func (s *Service) drop(ctx context.Context, no int64, last string) error {
	for _, step := range []struct {
		highest, remove string
		size            int64
	}{
		{"SELECT COALESCE(MAX(item_no), 0) FROM finops_charge WHERE import_no = $1", "DELETE FROM finops_charge WHERE import_no = $1 AND item_no > $2 AND item_no <= $3", writeChunk / 10},
		{"SELECT COALESCE(MAX(no), 0) FROM finops_item WHERE import_no = $1", "DELETE FROM finops_item WHERE import_no = $1 AND no > $2 AND no <= $3", writeChunk},
	} {
		var highest int64
		err := s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
			return tx.QueryRow(ctx, step.highest, no).Scan(&highest)
		})
		if err != nil {
			return err
		}
		for from := int64(0); from < highest; from += step.size {
			err := s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
				_, err := tx.Exec(ctx, step.remove, no, from, from+step.size)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM finops_finding WHERE import_no = $1 AND import_no IN (SELECT no FROM finops_import WHERE state <> 'current')", no); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, last, no)
		return err
	})
}
