package finops

import (
	"context"
	"strconv"
	"strings"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/place"
	"prosa/internal/modules/audit"
	"prosa/internal/platform/database"
)

// Account says to which product line and environment an account of a provider
// belongs, from a day on.
type Account struct {
	ID          string `json:"id" doc:"Of this entry; an account may have several, one after the other."`
	AccountID   string `json:"account_id" doc:"As bills name it: SubAccountId."`
	Name        string `json:"name"`
	Line        string `json:"line" enum:"massivo,enterprise,shared"`
	Environment string `json:"environment" enum:"dev,homolog,prod,shared"`
	FromDay     int64  `json:"from_day" doc:"Days since 1970-01-01 UTC; 0: since ever."`
	ToDay       int64  `json:"to_day" doc:"Not included; 0: open."`
	Origin      string `json:"origin" enum:"file,typed"`
	UpdatedMS   int64  `json:"updated_ms"`
	Version     int64  `json:"version"`
}

// Shared is the line and the environment of what serves all: the organization's
// own accounts.
const Shared = place.Shared

// either spells a choice.
func either(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

func (a Account) check() error {
	for field, text := range map[string]string{"account_id": a.AccountID, "name": a.Name} {
		if strings.TrimSpace(text) != text || len(text) > 200 || database.Text(text) != nil {
			return fault.OnField(field, "must be a text of at most 200 bytes")
		}
	}
	if a.AccountID == "" {
		return fault.OnField("account_id", "is missing")
	}
	switch {
	case a.Line == Shared && a.Environment == Shared:
	case place.IsLine(a.Line) && place.IsEnvironment(a.Environment):
	default:
		return fault.OnField("line", "must be %s with %s; or %[3]s with %[3]s", either(place.Lines()), either(place.Environments()), Shared)
	}
	if a.FromDay < 0 || a.FromDay > 100_000 || a.ToDay < 0 || a.ToDay > 100_000 || a.ToDay != 0 && a.ToDay <= a.FromDay {
		return fault.OnField("to_day", "must be later than from_day")
	}
	return nil
}

// overlaps reports whether two entries claim the same day.
func (a Account) overlaps(b Account) bool {
	return (a.ToDay == 0 || b.FromDay < a.ToDay) && (b.ToDay == 0 || a.FromDay < b.ToDay)
}

// Accounts gives the whole map, in order of accounts and days.
func (s *Service) Accounts(ctx context.Context) (list []Account, err error) {
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		list, err = selectAccounts(ctx, tx, "id <> '' ORDER BY line, environment, account_id, from_day")
		return err
	})
	return list, err
}

// SaveAccount makes an entry (without an ID) or changes one. Errors:
// fault.Invalid, also when two entries claim an account on the same day;
// fault.NotFound; fault.Conflict when Version is not the stored one.
func (s *Service) SaveAccount(ctx context.Context, a Account, by audit.Entry) (Account, error) {
	if err := a.check(); err != nil {
		return Account{}, err
	}
	a.Origin = "typed"
	err := s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		if err := holdAccounts(ctx, tx); err != nil {
			return err
		}
		before := Account{}
		if a.ID != "" {
			list, err := selectAccounts(ctx, tx, "id = $1"+tx.ForUpdate(), a.ID)
			if err != nil {
				return err
			}
			if len(list) == 0 {
				return fault.New(fault.NotFound, "there is no such entry")
			}
			if before = list[0]; before.Version != a.Version {
				return fault.New(fault.Conflict, "somebody else changed it meanwhile")
			}
		} else {
			a.ID, a.Version = id.New(id.CostAccount, tx.Now()), 0
		}
		return putAccount(ctx, tx, &a, before, by)
	})
	return a, err
}

// holdAccounts lets one change the map at a time: workers fill it as they start,
// all at once, and two entries for a day would count its charges twice. There is
// no row to lock before the first entry of an account, so one of our own is.
func holdAccounts(ctx context.Context, tx *database.Tx) error {
	_, err := tx.Exec(ctx, `INSERT INTO finops_file (source, name, mark, outcome, problem, seen_ms) VALUES ('', 'accounts', '', 'known', '', $1)
		ON CONFLICT (source, name) DO UPDATE SET seen_ms = excluded.seen_ms`, tx.Now())
	return err
}

// putAccount writes an entry that is fit to stand beside the others.
func putAccount(ctx context.Context, tx *database.Tx, a *Account, before Account, by audit.Entry) error {
	others, err := selectAccounts(ctx, tx, "account_id = $1 AND id <> $2 ORDER BY from_day"+tx.ForUpdate(), a.AccountID, a.ID)
	if err != nil {
		return err
	}
	for _, other := range others {
		if a.overlaps(other) {
			return fault.OnField("from_day", "account %s is %s %s on some of these days", other.AccountID, other.Line, other.Environment)
		}
	}
	a.Version++
	a.UpdatedMS = tx.Now()
	_, err = tx.Exec(ctx, `INSERT INTO finops_account (`+accountColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (id) DO UPDATE SET account_id = excluded.account_id, name = excluded.name, line = excluded.line, environment = excluded.environment,
			from_day = excluded.from_day, to_day = excluded.to_day, origin = excluded.origin, updated_ms = excluded.updated_ms, version = excluded.version`,
		a.ID, a.AccountID, a.Name, a.Line, a.Environment, a.FromDay, a.ToDay, a.Origin, a.UpdatedMS, a.Version)
	if err != nil {
		return err
	}
	facts := map[string]string{"account": a.AccountID, "now": a.Line + " " + a.Environment, "from": dayText(a.FromDay), "to": dayText(a.ToDay)}
	if before.ID != "" {
		facts["before"] = before.Line + " " + before.Environment
	}
	return audit.Write(ctx, tx, audit.Entry{Actor: by.Actor, IP: by.IP, Action: "finops.account_mapped", Target: a.ID, Facts: facts})
}

// RemoveAccount forgets an entry. Errors: fault.NotFound, fault.Conflict.
func (s *Service) RemoveAccount(ctx context.Context, entryID string, version int64, by audit.Entry) error {
	return s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		list, err := selectAccounts(ctx, tx, "id = $1"+tx.ForUpdate(), entryID)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return fault.New(fault.NotFound, "there is no such entry")
		}
		if list[0].Version != version {
			return fault.New(fault.Conflict, "somebody else changed it meanwhile")
		}
		if _, err := tx.Exec(ctx, "DELETE FROM finops_account WHERE id = $1", entryID); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{Actor: by.Actor, IP: by.IP, Action: "finops.account_unmapped", Target: entryID,
			Facts: map[string]string{"account": list[0].AccountID, "before": list[0].Line + " " + list[0].Environment}})
	})
}

// FillAccounts brings the map up to a list of accounts (the accounts.yaml): what
// is new is added, since ever; what belongs elsewhere now does so from today.
// What operators typed stands. It tells how many entries changed.
func (s *Service) FillAccounts(ctx context.Context, list []Account, by audit.Entry) (changed int, err error) {
	today := dayOf(clock.MS(s.clock.Now()))
	err = s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		if err := holdAccounts(ctx, tx); err != nil {
			return err
		}
		changed = 0
		for _, a := range list {
			a.ID, a.Origin, a.FromDay, a.ToDay, a.Version = "", "file", 0, 0, 0
			if err := a.check(); err != nil {
				return err
			}
			did, err := fillAccount(ctx, tx, a, today, by)
			if err != nil {
				return err
			}
			changed += did
		}
		return nil
	})
	return changed, err
}

func fillAccount(ctx context.Context, tx *database.Tx, a Account, today int64, by audit.Entry) (int, error) {
	known, err := selectAccounts(ctx, tx, "account_id = $1 ORDER BY from_day"+tx.ForUpdate(), a.AccountID)
	if err != nil {
		return 0, err
	}
	if len(known) > 0 {
		last := known[len(known)-1]
		if last.Origin == "typed" || last.ToDay != 0 {
			return 0, nil // an operator's word stands
		}
		if last.Line == a.Line && last.Environment == a.Environment && last.Name == a.Name {
			return 0, nil
		}
		if last.Line == a.Line && last.Environment == a.Environment || last.FromDay >= today {
			before := last
			last.Name, last.Line, last.Environment = a.Name, a.Line, a.Environment
			return 1, putAccount(ctx, tx, &last, before, by)
		}
		before := last
		last.ToDay = today
		if err := putAccount(ctx, tx, &last, before, by); err != nil {
			return 0, err
		}
		a.FromDay = today
	}
	a.ID = id.New(id.CostAccount, tx.Now())
	return 1, putAccount(ctx, tx, &a, Account{}, by)
}

const accountColumns = "id, account_id, name, line, environment, from_day, to_day, origin, updated_ms, version"

func selectAccounts(ctx context.Context, tx *database.Tx, where string, args ...any) ([]Account, error) {
	list := []Account{}
	err := eachRow(ctx, tx, "SELECT "+accountColumns+" FROM finops_account WHERE "+where, args, func(row database.Row) error {
		var a Account
		err := row.Scan(&a.ID, &a.AccountID, &a.Name, &a.Line, &a.Environment, &a.FromDay, &a.ToDay, &a.Origin, &a.UpdatedMS, &a.Version)
		list = append(list, a)
		return err
	})
	return list, err
}

// dayText writes a day for people; an open end is a dash.
func dayText(day int64) string {
	if day == 0 {
		return "-"
	}
	return timeOfDay(day).Format("2006-01-02")
}

func intText(n int64) string { return strconv.FormatInt(n, 10) }
