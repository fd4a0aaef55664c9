package sale

import (
	"context"
	"errors"
	"strconv"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/platform/database"
)

// Setting is how a company sells in conversations.
type Setting struct {
	TenantID      string `json:"-"`
	NativeBill    bool   `json:"native_bill" doc:"Bills are sent in the channel's own form where it has one (WhatsApp order_details); text and picture where it is refused."`
	HonourHours   int64  `json:"honour_hours" minimum:"0" maximum:"720" doc:"How long a lower price that a catalog really showed still counts for a cart that was sent; 0 for never."`
	RemindMinutes int64  `json:"remind_minutes" minimum:"0" maximum:"1440" doc:"How long before a Pix ends the payer is reminded; 0 for never."`
	Version       int64  `json:"version"`
}

// usual is the setting of a company that never said.
func usual(tenantID string) Setting {
	return Setting{TenantID: tenantID, NativeBill: true, HonourHours: 24, RemindMinutes: 10}
}

// Setting reads how a company sells.
func (s *Service) Setting(ctx context.Context, tenantID string) (setting Setting, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		setting, err = loadSetting(ctx, tx, tenantID)
		return err
	})
	return setting, err
}

func loadSetting(ctx context.Context, tx *database.Tx, tenantID string) (Setting, error) {
	c := Setting{TenantID: tenantID}
	err := tx.QueryRow(ctx, `SELECT native_bill, honour_hours, remind_minutes, version FROM sale_setting WHERE tenant_id = $1`, tenantID).
		Scan(&c.NativeBill, &c.HonourHours, &c.RemindMinutes, &c.Version)
	if errors.Is(err, database.ErrNoRows) {
		return usual(tenantID), nil
	}
	return c, err
}

// SaveSetting changes how a company sells. Errors: fault.Invalid,
// fault.Conflict for a version that is not the newest.
func (s *Service) SaveSetting(ctx context.Context, c Setting, by event.Actor) (Setting, error) {
	if c.HonourHours < 0 || c.HonourHours > 720 {
		return c, fault.OnField("honour_hours", "must be between 0 and 720")
	}
	if c.RemindMinutes < 0 || c.RemindMinutes > 1440 {
		return c, fault.OnField("remind_minutes", "must be between 0 and 1440")
	}
	err := s.db.Write(ctx, database.Company(c.TenantID), func(ctx context.Context, tx *database.Tx) error {
		changed, version := false, int64(0)
		_, err := tx.Each(ctx, `INSERT INTO sale_setting (tenant_id, native_bill, honour_hours, remind_minutes, version) VALUES ($1, $2, $3, $4, 1)
			ON CONFLICT (tenant_id) DO UPDATE SET native_bill = excluded.native_bill, honour_hours = excluded.honour_hours,
			remind_minutes = excluded.remind_minutes, version = sale_setting.version + 1
			WHERE sale_setting.version = $5 OR $5 = 0 RETURNING version`,
			[][]any{{c.TenantID, c.NativeBill, c.HonourHours, c.RemindMinutes, c.Version}},
			func(_ int, row database.Row) error {
				changed = true
				return row.Scan(&version)
			})
		if err == nil && !changed {
			err = fault.New(fault.Conflict, "the settings were changed by somebody else; load them again")
		}
		if err != nil {
			return err
		}
		c.Version = version
		return audit.Write(ctx, tx, audit.Entry{TenantID: c.TenantID, Actor: by, Action: "sale.settings_changed", Target: c.TenantID, Facts: map[string]string{
			"native_bill": strconv.FormatBool(c.NativeBill), "honour_hours": strconv.FormatInt(c.HonourHours, 10), "remind_minutes": strconv.FormatInt(c.RemindMinutes, 10),
		}})
	})
	return c, err
}
