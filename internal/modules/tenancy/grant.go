package tenancy

import (
	"context"
	"strconv"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/modules/audit"
	"prosa/internal/platform/database"
)

// Grant is more than a company's plan grants, for a time.
type Grant struct {
	ID        string `json:"id"`
	Meter     Meter  `json:"meter" enum:"attendants,channels,bots,conversations,messages"`
	Extra     int64  `json:"extra"`
	Reason    string `json:"reason"`
	By        string `json:"by" doc:"The operator's name."`
	CreatedMS int64  `json:"created_ms"`
	ExpiresMS int64  `json:"expires_ms"`
}

// grantLongest is for how long more may be granted.
const grantLongest = 366 * 24 * time.Hour

// Grant gives a company more of a meter until a time, for operators. Bots that
// were silent speak again at once where that suffices. Errors: fault.Invalid,
// fault.NotFound.
func (s *Service) Grant(ctx context.Context, tenantID string, g Grant, by By) (Grant, error) {
	if err := checkID(tenantID); err != nil {
		return g, err
	}
	if err := (Limit{Count: g.Extra, Over: Block}).Check(g.Meter); err != nil {
		return g, fault.OnField("meter", "is not counted")
	}
	if g.Extra < 1 || g.Extra > 1_000_000_000 {
		return g, fault.OnField("extra", "must be at least 1")
	}
	if err := checkReason(g.Reason); err != nil {
		return g, err
	}
	err := s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		if g.ExpiresMS <= tx.Now() || g.ExpiresMS > tx.Now()+grantLongest.Milliseconds() {
			return fault.OnField("expires_ms", "a grant ends within a year")
		}
		company, err := Load(ctx, tx, tenantID)
		if err != nil {
			return err
		}
		g.ID, g.By, g.CreatedMS = id.New(id.Grant, tx.Now()), by.Actor.Name, tx.Now()
		_, err = tx.Exec(ctx, `INSERT INTO entitlement_grant (tenant_id, id, meter, extra, reason, actor_id, actor_name, created_ms, expires_ms)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, tenantID, g.ID, string(g.Meter), g.Extra, g.Reason, by.Actor.ID, by.Actor.Name, g.CreatedMS, g.ExpiresMS)
		if err != nil {
			return err
		}
		if err := s.watch(ctx, tx, company, false); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{TenantID: tenantID, Actor: by.Actor, Action: "grant.made", Target: g.ID, IP: by.IP,
			Facts: map[string]string{"meter": string(g.Meter), "extra": strconv.FormatInt(g.Extra, 10), "reason": g.Reason}})
	})
	return g, err
}

// EndGrant takes a grant back. Errors: fault.NotFound.
func (s *Service) EndGrant(ctx context.Context, tenantID, grantID string, by By) error {
	if err := checkID(tenantID); err != nil {
		return err
	}
	return s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		company, err := Load(ctx, tx, tenantID)
		if err != nil {
			return err
		}
		ended, err := tx.Exec(ctx, "UPDATE entitlement_grant SET expires_ms = $3 WHERE tenant_id = $1 AND id = $2 AND expires_ms > $3", tenantID, grantID, tx.Now())
		if err != nil {
			return err
		}
		if ended == 0 {
			return fault.New(fault.NotFound, "no such grant")
		}
		if err := s.watch(ctx, tx, company, false); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{TenantID: tenantID, Actor: by.Actor, Action: "grant.ended", Target: grantID, IP: by.IP})
	})
}

// Grants lists what was granted to a company and has not ended, the first to
// end first.
func (s *Service) Grants(ctx context.Context, tenantID string) (list []Grant, err error) {
	if err := checkID(tenantID); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id, meter, extra, reason, actor_name, created_ms, expires_ms FROM entitlement_grant
			WHERE tenant_id = $1 AND expires_ms > $2 ORDER BY expires_ms, id`, tenantID, tx.Now())
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var g Grant
			if err := rows.Scan(&g.ID, &g.Meter, &g.Extra, &g.Reason, &g.By, &g.CreatedMS, &g.ExpiresMS); err != nil {
				return err
			}
			list = append(list, g)
		}
		return rows.Err()
	})
	return list, err
}
