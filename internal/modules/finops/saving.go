package finops

import (
	"context"
	"encoding/json"
	"math/big"
	"strings"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/finops/exact"
	"prosa/internal/platform/database"
)

// Saving is a measure that is to save money: an entry of the ledger of savings.
// What it saves is measured on the bill and never typed in.
type Saving struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Line        string `json:"line" doc:"What it touches; empty for all."`
	Environment string `json:"environment" doc:"Empty for all."`
	Service     string `json:"service" doc:"Part of the service's name; empty for all."`
	Resource    string `json:"resource" doc:"Part of the resource's id; empty for all."`
	Currency    string `json:"currency"`
	Started     string `json:"started" doc:"The first day on which it works."`
	Ended       string `json:"ended" doc:"The first day on which it does not any more; empty while it does."`
	BeforeDays  int64  `json:"before_days" doc:"The window before that it is held against, in days."`
	// PlannedHours a week that are to be off, for a schedule.
	PlannedHours int64  `json:"planned_hours_off" doc:"A week, of 168; 0 for what is no schedule."`
	Note         string `json:"note"`
	By           string `json:"by"`
	Version      int64  `json:"version"`

	started, ended int64
}

// Window is what something cost in some days.
type Window struct {
	From   string       `json:"from"`
	Until  string       `json:"until" doc:"The last day."`
	Days   int64        `json:"days" doc:"That are judged: those that are billed."`
	Gaps   int64        `json:"gaps" doc:"Days that were asked for and that no bill covers: they are not judged."`
	Billed exact.Amount `json:"billed"`
	PerDay exact.Amount `json:"per_day"`

	last int64 // the day of Until
}

// Measured is a saving held against the bill.
type Measured struct {
	Saving
	Before *Window `json:"before,omitempty" doc:"Absent when there is no bill of it."`
	After  *Window `json:"after,omitempty" doc:"From the first day until the last that is judged."`
	// The counterfactual: what the days after would have cost at the average of
	// the window before.
	Without  *exact.Amount `json:"without,omitempty" doc:"What the days after would have cost at the average of those before."`
	Saved    *exact.Amount `json:"saved,omitempty" doc:"Without it less what was billed; negative when it costs more."`
	PerMonth *exact.Amount `json:"per_month,omitempty" doc:"Saved, for a month of 365/12 days."`
	Points   *int64        `json:"saved_basis_points,omitempty" doc:"Of what it would have cost."`
	Planned  *exact.Amount `json:"planned,omitempty" doc:"What the planned hours would save of all of it: an upper bound, since disks and addresses are billed on."`
	HoursOff *Hours        `json:"hours_off,omitempty" doc:"As they were observed."`
	// NotMeasured says why nothing is said to be saved.
	NotMeasured string `json:"not_measured,omitempty" enum:"not_begun,nothing_before,no_bill_before,no_bill_after" doc:"Why there is no saved: none of its days is judged yet; nothing of it was billed before; no day before, or after, is covered by all bills of it."`
	// Lacking are days since its start that keep others from being judged.
	Lacking []Unbilled `json:"lacking,omitempty" doc:"Days from the first on that a bill of it does not cover. A bill that stays away for a month while others come has ended, and lacks nothing."`
}

// Hours is for how long an environment was off, of the time in which somebody
// looked.
type Hours struct {
	Off      float64 `json:"off"`
	Observed float64 `json:"observed"`
}

// Power tells for how long a deployment was off between two times, of the time
// that was observed.
type Power func(ctx context.Context, deployment string, from, until time.Time) (off, observed time.Duration, err error)

// BindPower names who knows when environments were off. app calls it once, before
// anything runs.
func (s *Service) BindPower(power Power) { s.power = power }

func (v *Saving) clean() (err error) {
	v.Name, v.Note = strings.TrimSpace(v.Name), strings.TrimSpace(v.Note)
	if v.BeforeDays == 0 {
		v.BeforeDays = 30
	}
	for field, text := range map[string]string{"name": v.Name, "line": v.Line, "environment": v.Environment, "service": v.Service, "resource": v.Resource, "note": v.Note} {
		if len(text) > 1000 || database.Text(text) != nil {
			return fault.OnField(field, "is too long, or no text")
		}
	}
	switch {
	case v.Name == "" || len(v.Name) > 200:
		return fault.OnField("name", "must have 1 to 200 characters")
	case v.BeforeDays < 1 || v.BeforeDays > 366:
		return fault.OnField("before_days", "must be 1 to 366")
	case v.PlannedHours < 0 || v.PlannedHours > 168:
		return fault.OnField("planned_hours_off", "must be 0 to 168: a week has no more")
	}
	if err := checkCurrency(v.Currency); err != nil {
		return err
	}
	if v.started, err = parseDay("started", v.Started); err != nil {
		return err
	}
	v.ended = 0
	if v.Ended != "" {
		if v.ended, err = parseDay("ended", v.Ended); err == nil && v.ended <= v.started {
			err = fault.OnField("ended", "must be behind the first day")
		}
	}
	return err
}

// Savings lists the ledger with what each entry saved so far, the latest first.
func (s *Service) Savings(ctx context.Context) (list []Measured, err error) {
	today := dayOf(clock.MS(s.clock.Now()))
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		savings, err := selectSavings(ctx, tx, "ORDER BY started_day DESC, id")
		if err != nil {
			return err
		}
		accounts, err := loadAtlas(ctx, tx)
		if err != nil {
			return err
		}
		list = make([]Measured, len(savings))
		from := today
		for _, saving := range savings {
			from = min(from, saving.started-saving.BeforeDays)
		}
		known, err := billedBetween(ctx, tx, from, today, today)
		if err != nil {
			return err
		}
		for i, saving := range savings {
			if list[i], err = measure(ctx, tx, saving, accounts, known, today); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || s.power == nil {
		return list, err
	}
	for i := range list {
		m := &list[i]
		if m.PlannedHours == 0 || m.Line == "" || m.Environment == "" || m.After == nil {
			continue
		}
		off, observed, err := s.power(ctx, m.Line+"-"+m.Environment, timeOfDay(m.started), timeOfDay(m.After.last+1))
		if err != nil {
			return nil, err
		}
		if observed > 0 {
			m.HoursOff = &Hours{off.Hours(), observed.Hours()}
		}
	}
	return list, nil
}

// measure holds a saving against the bill.
func measure(ctx context.Context, tx *database.Tx, v Saving, accounts atlas, known billed, today int64) (m Measured, err error) {
	m.Saving = v
	last := today - lateDays
	if v.ended != 0 {
		last = min(last, v.ended-1)
	}
	from := v.started - v.BeforeDays
	charges, err := chargesOf(ctx, tx, v, accounts, from, max(last, v.started))
	if err != nil {
		return m, err
	}
	payers := charges.before(v.started, known)
	if len(payers) == 0 {
		m.NotMeasured = "nothing_before"
		return m, nil
	}
	before, err := charges.window(known, payers, from, v.started-1)
	if m.Before = before; err != nil || before == nil || last < v.started {
		m.NotMeasured = "not_begun"
		if before == nil {
			m.NotMeasured = "no_bill_before"
		}
		return m, err
	}
	for who := range payers {
		m.Lacking = append(m.Lacking, known.gaps(who, v.started, last)...)
	}
	sortUnbilled(m.Lacking)
	// No charge on a day that is billed: it costs nothing any more.
	after, err := charges.window(known, payers, v.started, last)
	if m.After = after; err != nil || after == nil {
		m.NotMeasured = "no_bill_after"
		return m, err
	}
	without, err := portion(before.Billed, after.Days, before.Days)
	if err != nil {
		return m, err
	}
	saved, err := without.Sub(after.Billed)
	if err != nil {
		return m, err
	}
	month, err := exact.RoundRat(new(big.Rat).Mul(saved.Rat(), big.NewRat(365, 12*after.Days)))
	m.Without, m.Saved, m.PerMonth, m.Points = &without, &saved, &month, basisPoints(saved, without)
	if v.PlannedHours > 0 && err == nil {
		var planned exact.Amount
		planned, err = portion(without, v.PlannedHours, 168)
		m.Planned = &planned
	}
	return m, err
}

// spanned is what a payer charged for some days on end.
type spanned struct {
	payer     payer
	day, days int64
	amount    exact.Amount
}

type spans []spanned

// chargesOf gives what was charged of a saving's part of the bill for times that
// touch some days, both included.
func chargesOf(ctx context.Context, tx *database.Tx, v Saving, accounts atlas, from, until int64) (list spans, err error) {
	err = eachRow(ctx, tx, `SELECT f.source, i.billing_account, c.day, c.days, i.account_id, i.service, i.resource_id, CAST(SUM(c.billed_nano) AS BIGINT), CAST(SUM(c.billed_atto) AS BIGINT)
		FROM finops_charge c JOIN finops_item i ON i.import_no = c.import_no AND i.no = c.item_no JOIN finops_import f ON f.no = c.import_no
		WHERE c.day <= $1 AND c.day + c.days > $2 AND c.month >= $3 AND f.state = 'current' AND i.currency = $4 AND i.charge_category <> 'Tax' AND i.charge_category <> 'Credit'
		GROUP BY f.source, i.billing_account, c.day, c.days, i.account_id, i.service, i.resource_id`,
		[]any{until, from, nextMonth(monthOf(from*dayMS), -12), v.Currency}, func(row database.Row) error {
			one := spanned{payer: payer{currency: v.Currency}}
			var nano, atto int64
			var account, service, resource string
			if err := row.Scan(&one.payer.source, &one.payer.account, &one.day, &one.days, &account, &service, &resource, &nano, &atto); err != nil {
				return err
			}
			at := accounts.at(account, one.day)
			if v.Line != "" && v.Line != at.line || v.Environment != "" && v.Environment != at.environment || !contains(service, v.Service) || !contains(resource, v.Resource) {
				return nil
			}
			var err error
			one.amount, err = exact.Sum(nano, atto)
			list = append(list, one)
			return err
		})
	return list, err
}

// before names the payers that charged something before a day.
func (s spans) before(day int64, known billed) map[payer]bool {
	payers := map[payer]bool{}
	for _, one := range s {
		if one.day < day && known[one.payer] != nil {
			payers[one.payer] = true
		}
	}
	return payers
}

// window adds up what was billed for some days, both included, of those that the
// payers have billed; what was charged for a longer time counts by the days that
// fall into it. Nil when none of the days is billed.
func (s spans) window(known billed, payers map[payer]bool, from, until int64) (*Window, error) {
	judged := map[int64]bool{}
	first, last := until+1, from-1
	for day := from; day <= until; day++ {
		if known.has(payers, day) {
			judged[day] = true
			first, last = min(first, day), day
		}
	}
	days := int64(len(judged))
	if days == 0 {
		return nil, nil
	}
	total := new(big.Rat)
	for _, one := range s {
		within := int64(0)
		for day := max(one.day, from); day <= min(one.day+one.days-1, until); day++ {
			if judged[day] {
				within++
			}
		}
		total.Add(total, new(big.Rat).Mul(one.amount.Rat(), big.NewRat(within, one.days)))
	}
	w := &Window{From: isoDay(first), Until: isoDay(last), Days: days, Gaps: until - from + 1 - days, last: last}
	var err error
	if w.Billed, err = exact.RoundRat(total); err != nil {
		return nil, err
	}
	w.PerDay, err = portion(w.Billed, 1, w.Days)
	return w, err
}

// contains reports whether a text has a part, in any case of letters.
func contains(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

const savingColumns = "id, name, line, environment, service, resource, currency, started_day, ended_day, before_days, planned, note, actor_name, version"

func selectSavings(ctx context.Context, tx *database.Tx, where string, args ...any) ([]Saving, error) {
	list := []Saving{}
	err := eachRow(ctx, tx, "SELECT "+savingColumns+" FROM finops_saving "+where, args, func(row database.Row) error {
		var v Saving
		var planned string
		if err := row.Scan(&v.ID, &v.Name, &v.Line, &v.Environment, &v.Service, &v.Resource, &v.Currency, &v.started, &v.ended, &v.BeforeDays, &planned, &v.Note, &v.By, &v.Version); err != nil {
			return err
		}
		v.Started = isoDay(v.started)
		if v.ended != 0 {
			v.Ended = isoDay(v.ended)
		}
		list = append(list, v)
		return json.Unmarshal([]byte(planned), &list[len(list)-1].PlannedHours)
	})
	return list, err
}

// SaveSaving adds an entry, or changes the one of its id and version; each change
// is in the log with what it was before. Errors: fault.Invalid, fault.NotFound,
// fault.Conflict when it was changed meanwhile.
func (s *Service) SaveSaving(ctx context.Context, v Saving, by audit.Entry) (Saving, error) {
	if err := v.clean(); err != nil {
		return Saving{}, err
	}
	planned, err := json.Marshal(v.PlannedHours)
	if err != nil {
		return Saving{}, err
	}
	err = s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		action, facts := "finops.saving_added", map[string]string{"name": v.Name, "started": v.Started}
		if v.ID == "" {
			v.ID, v.Version = id.New(id.Saving, tx.Now()), 0
		} else {
			before, err := selectSavings(ctx, tx, "WHERE id = $1"+tx.ForUpdate(), v.ID)
			switch {
			case err != nil:
				return err
			case len(before) == 0:
				return fault.New(fault.NotFound, "there is no such saving")
			case before[0].Version != v.Version:
				return fault.New(fault.Conflict, "somebody changed it meanwhile")
			}
			action = "finops.saving_changed"
			facts["before"] = before[0].Name + ", " + before[0].Started + ", " + decimal(before[0].BeforeDays) + " days before"
		}
		v.Version++
		v.By = by.Actor.Name
		_, err := tx.Exec(ctx, `INSERT INTO finops_saving (`+savingColumns+`, created_ms, changed_ms) VALUES (`+database.List(16, 1)+`)
			ON CONFLICT (id) DO UPDATE SET name = excluded.name, line = excluded.line, environment = excluded.environment, service = excluded.service, resource = excluded.resource,
			currency = excluded.currency, started_day = excluded.started_day, ended_day = excluded.ended_day, before_days = excluded.before_days, planned = excluded.planned, note = excluded.note,
			actor_name = excluded.actor_name, version = excluded.version, changed_ms = excluded.changed_ms`,
			v.ID, v.Name, v.Line, v.Environment, v.Service, v.Resource, v.Currency, v.started, v.ended, v.BeforeDays, string(planned), v.Note, v.By, v.Version, tx.Now(), tx.Now())
		if err != nil {
			return err
		}
		return note(ctx, tx, by, action, v.ID, facts)
	})
	return v, err
}
