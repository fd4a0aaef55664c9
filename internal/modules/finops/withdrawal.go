package finops

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/modules/audit"
	"prosa/internal/platform/database"
)

// Withdrawal names a bill that is not to count any more.
type Withdrawal struct {
	Source string
	Period int64 // yyyymm of the billing period
	// Set is what the files of the bill are called together; empty where the
	// source has one bill of the period.
	Set string
	// No is the number of the import; 0 where source, period and name say enough.
	No int64
}

// Withdraw takes a bill out of the numbers, as if nobody had imported it. That it
// was there stays in the history, with its sums; its rows go. The same files are
// not read again by themselves, only when somebody asks for them anew.
// Errors: fault.NotFound, fault.Conflict when several bills are meant.
func (s *Service) Withdraw(ctx context.Context, w Withdrawal, by audit.Entry) (gone Import, err error) {
	if err := checkSource(w.Source); err != nil {
		return Import{}, err
	}
	if err := checkPeriod("period", w.Period); err != nil {
		return Import{}, err
	}
	err = s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		if err := holdBills(ctx, tx); err != nil {
			return err
		}
		found, err := selectImports(ctx, tx, "source = $1 AND period = $2 AND state = 'current' ORDER BY no", w.Source, w.Period)
		if err != nil {
			return err
		}
		if gone, err = w.choose(found); err != nil {
			return err
		}
		gone.State = "withdrawn"
		if _, err := tx.Exec(ctx, "UPDATE finops_import SET state = 'withdrawn' WHERE no = $1", gone.No); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{Actor: by.Actor, IP: by.IP, Action: "finops.withdrawn", Target: w.Source,
			Facts: map[string]string{"period": monthText(w.Period), "set": gone.Set, "rows": intText(gone.Rows), "hash": gone.SetHash}})
	})
	if err != nil {
		return Import{}, err
	}
	return gone, s.forget(ctx)
}

// choose finds the one bill that is meant among those of the period.
func (w Withdrawal) choose(found []Import) (Import, error) {
	var names []string
	var meant []Import
	for _, one := range found {
		names = append(names, fmt.Sprintf("number %d (%s)", one.No, one.Set))
		if (w.Set == "" || w.Set == one.Set) && (w.No == 0 || w.No == one.No) {
			meant = append(meant, one)
		}
	}
	switch {
	case len(found) == 0:
		return Import{}, fault.New(fault.NotFound, "no bill of %s in %s counts", w.Source, monthText(w.Period))
	case len(meant) == 0:
		return Import{}, fault.New(fault.NotFound, "%s has no such bill of %s: there is %s", w.Source, monthText(w.Period), strings.Join(names, ", "))
	case len(meant) > 1:
		return Import{}, fault.New(fault.Conflict, "%s has %d bills of %s: name one of %s", w.Source, len(meant), monthText(w.Period), strings.Join(names, ", "))
	}
	return meant[0], nil
}

// refuseElsewhere refuses files of which one counts in another source: a bill under
// two names would be paid twice on every page. Error: fault.Conflict.
func refuseElsewhere(ctx context.Context, tx *database.Tx, source string, files []File) error {
	others, err := selectImports(ctx, tx, "source <> $1 AND state = 'current' ORDER BY no", source)
	if err != nil {
		return err
	}
	for _, other := range others {
		for _, file := range files {
			if slices.ContainsFunc(other.Files, func(known File) bool { return known.Hash == file.Hash }) {
				return fault.New(fault.Conflict, "%s counts in the source %s already, in its bill of %s: it is not read as %s beside it (prosa finops withdraw --source %s --period %s takes that out)",
					file.Name, other.Source, monthText(other.Period), source, other.Source, monthText(other.Period))
			}
		}
	}
	return nil
}
