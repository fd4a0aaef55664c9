package tenancy

import (
	"context"
	"strconv"
	"time"

	"prosa/internal/base/money"
	"prosa/internal/modules/mail"
	"prosa/internal/platform/database"
)

// Used is how much of a meter a company uses.
type Used struct {
	Meter   Meter `json:"meter" enum:"attendants,channels,bots,conversations,messages"`
	Used    int64 `json:"used"`
	Limit   int64 `json:"limit" doc:"Of the plan; -1 for none."`
	Granted int64 `json:"granted" doc:"More than the plan grants, for a time."`
	Over    Over  `json:"over" enum:"block,overage" doc:"What happens beyond the limit."`
	// OveragePrice is what each one beyond costs, in minor units.
	OveragePrice money.Amount `json:"overage_minor"`
	// Percent of limit and grants together, 0 without a limit; may be above 100.
	Percent int64 `json:"percent"`
	// Level is where the warnings stand.
	Level string `json:"level" enum:"ok,warning,reached"`
	// The month that is counted, in the company's time zone; 0 for what is there.
	PeriodStartMS int64 `json:"period_start_ms"`
	PeriodEndMS   int64 `json:"period_end_ms"`
}

// Levels of use: from 80 % on it is a warning.
const (
	levelOK      = "ok"
	levelWarning = "warning"
	levelReached = "reached"
	warnPercent  = 80
)

// level of a use against what is granted in all; without a limit it is ok.
func level(used, most int64, limited bool) (percent int64, word string) {
	switch {
	case !limited:
		return 0, levelOK
	case used >= most:
		percent = 100
		if most > 0 {
			percent = used * 100 / most
		}
		return percent, levelReached
	case used*100 >= most*warnPercent:
		return used * 100 / most, levelWarning
	default:
		return used * 100 / most, levelOK
	}
}

// period is a month of a company's calendar.
type period struct {
	name           string // 2026-11
	startMS, endMS int64
}

func periodOf(ms int64, zone *time.Location) period {
	year, month, _ := time.UnixMilli(ms).In(zone).Date()
	start, end := time.Date(year, month, 1, 0, 0, 0, 0, zone), time.Date(year, month+1, 1, 0, 0, 0, 0, zone)
	return period{start.Format("2006-01"), start.UnixMilli(), end.UnixMilli()}
}

// zone is the company's; what was stored was checked.
func (c Company) zone() *time.Location {
	zone, err := time.LoadLocation(c.Timezone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// Count tells how many of something a company has, in the caller's transaction.
type Count func(ctx context.Context, tx *database.Tx, tenantID string) (int64, error)

// BindCounts names who counts what a company has; what nobody counts is 0.
func (s *Service) BindCounts(counts map[Meter]Count) { s.counts = counts }

// Usage tells what a company uses of what its plan grants, each meter. Error:
// fault.NotFound.
func (s *Service) Usage(ctx context.Context, tenantID string) (list []Used, err error) {
	if err := checkID(tenantID); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		list, err = s.UsageIn(ctx, tx, tenantID)
		return err
	})
	return list, err
}

// UsageIn is Usage in the caller's transaction.
func (s *Service) UsageIn(ctx context.Context, tx *database.Tx, tenantID string) ([]Used, error) {
	company, err := Load(ctx, tx, tenantID)
	if err != nil {
		return nil, err
	}
	e, err := EntitlementsOf(ctx, tx, tenantID)
	if err != nil {
		return nil, err
	}
	extra, err := granted(ctx, tx, tenantID)
	if err != nil {
		return nil, err
	}
	month := periodOf(tx.Now(), company.zone())
	sums, err := sumsOf(ctx, tx, tenantID, month.name)
	if err != nil {
		return nil, err
	}
	list := []Used{}
	for _, meter := range Meters() {
		u := Used{Meter: meter, Limit: Unlimited, Over: Block, Granted: extra[meter]}
		limit, limited := e.Limits[meter]
		if limited {
			u.Limit, u.Over, u.OveragePrice = limit.Count, limit.Over, limit.OveragePrice
		}
		if meter.Metered() {
			u.Used, u.PeriodStartMS, u.PeriodEndMS = sums[meter].used, month.startMS, month.endMS
		} else if count := s.counts[meter]; count != nil {
			if u.Used, err = count(ctx, tx, tenantID); err != nil {
				return nil, err
			}
		}
		u.Percent, u.Level = level(u.Used, u.Limit+u.Granted, u.Limit != Unlimited)
		list = append(list, u)
	}
	return list, nil
}

// sum is what was used of a meter in a month, and what was told of it.
type sum struct{ used, warnedMS, reachedMS int64 }

func sumsOf(ctx context.Context, tx *database.Tx, tenantID, month string) (map[Meter]sum, error) {
	rows, err := tx.Query(ctx, "SELECT meter, used, warned_ms, reached_ms FROM usage_sum WHERE tenant_id = $1 AND period = $2", tenantID, month)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	sums := map[Meter]sum{}
	for rows.Next() {
		var meter Meter
		var s sum
		if err := rows.Scan(&meter, &s.used, &s.warnedMS, &s.reachedMS); err != nil {
			return nil, err
		}
		sums[meter] = s
	}
	return sums, rows.Err()
}

// watch compares what a company has used this month with what it may: it warns,
// each time once a month, and silences the bots of one that has used up what
// blocks, or gives them their voice back.
//
// Who counts has the sums locked before it comes here for the entitlement; who
// comes for the entitlement first must not go for the sums, so it does not tell.
func (s *Service) watch(ctx context.Context, tx *database.Tx, company Company, tell bool) error {
	e, err := entitlementsOf(ctx, tx, company.ID, tx.ForUpdate())
	if err != nil || len(e.Limits) == 0 {
		return err
	}
	extra, err := granted(ctx, tx, company.ID)
	if err != nil {
		return err
	}
	month := periodOf(tx.Now(), company.zone())
	sums, err := sumsOf(ctx, tx, company.ID, month.name)
	if err != nil {
		return err
	}
	silentMS := int64(0)
	for _, meter := range Meters() {
		limit, limited := e.Limits[meter]
		if !meter.Metered() || !limited || limit.Count == Unlimited {
			continue
		}
		most := limit.Count + extra[meter]
		_, at := level(sums[meter].used, most, true)
		if at == levelReached && limit.Over == Block {
			silentMS = month.endMS
		}
		if !tell {
			continue
		}
		if err := s.warn(ctx, tx, company, month, meter, limit, most, sums[meter], at); err != nil {
			return err
		}
	}
	changed, err := tx.Exec(ctx, "UPDATE entitlement SET silent_ms = $2 WHERE tenant_id = $1 AND silent_ms <> $2", company.ID, silentMS)
	if changed > 0 {
		tx.Notify(Topic, 0)
	}
	return err
}

// warn writes to the admins when 80 or 100 per cent are reached, each once a
// month; who passes both at once hears of the second only.
func (s *Service) warn(ctx context.Context, tx *database.Tx, company Company, month period, meter Meter, limit Limit, most int64, was sum, at string) error {
	column, template := "warned_ms", mail.UsageWarning
	switch {
	case at == levelOK || at == levelWarning && (was.warnedMS > 0 || was.reachedMS > 0) || at == levelReached && was.reachedMS > 0:
		return nil
	case at == levelReached && limit.Over == Overage:
		column, template = "reached_ms", mail.UsageBilled
	case at == levelReached:
		column, template = "reached_ms", mail.UsageReached
	}
	if _, err := tx.Exec(ctx, "UPDATE usage_sum SET "+column+" = $4 WHERE tenant_id = $1 AND period = $2 AND meter = $3", company.ID, month.name, string(meter), tx.Now()); err != nil {
		return err
	}
	return s.write(ctx, tx, company, template, "usage:"+month.name+":"+string(meter)+":"+column, map[string]string{
		"meter": string(meter), "used": strconv.FormatInt(was.used, 10), "limit": strconv.FormatInt(most, 10),
		"until": time.UnixMilli(month.endMS).In(company.zone()).Format("02/01/2006"),
	})
}

// Silences reports whether this use keeps the bots silent until the month ends.
func (u Used) Silences() bool {
	return u.Meter.Metered() && u.Over == Block && u.Level == levelReached
}
