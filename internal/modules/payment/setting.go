package payment

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"prosa/internal/base/br"
	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/platform/database"
)

// Setting is how a company wants to be paid.
type Setting struct {
	TenantID      string `json:"-"`
	PixKey        string `json:"pix_key" maxLength:"77" doc:"The company's own Pix key; empty for none. Payments to it are confirmed by a person."`
	PixName       string `json:"pix_name" maxLength:"100" doc:"Who is paid, as banks show it: 25 characters without accents."`
	PixCity       string `json:"pix_city" maxLength:"100" doc:"15 characters without accents."`
	Cash          bool   `json:"cash" doc:"Cash on delivery."`
	Card          bool   `json:"card" doc:"Card on delivery."`
	ExpiryMinutes int64  `json:"expiry_minutes" minimum:"5" maximum:"43200" doc:"How long an order waits for its payment, and stock for it."`
	Version       int64  `json:"version"`
}

const defaultExpiry = 60

// Setting reads how a company wants to be paid; one that never said takes cash.
func (s *Service) Setting(ctx context.Context, tenantID string) (setting Setting, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		setting, err = loadSetting(ctx, tx, tenantID)
		return err
	})
	return setting, err
}

const settingQuery = `SELECT pix_key, pix_name, pix_city, cash, card, expiry_minutes, version FROM payment_setting WHERE tenant_id = $1`

func (c *Setting) scan(row database.Row) error {
	return row.Scan(&c.PixKey, &c.PixName, &c.PixCity, &c.Cash, &c.Card, &c.ExpiryMinutes, &c.Version)
}

// unsaid is the setting of a company that never said how it wants to be paid.
func unsaid(tenantID string) Setting {
	return Setting{TenantID: tenantID, Cash: true, ExpiryMinutes: defaultExpiry}
}

func loadSetting(ctx context.Context, tx *database.Tx, tenantID string) (Setting, error) {
	c := Setting{TenantID: tenantID}
	err := c.scan(tx.QueryRow(ctx, settingQuery, tenantID))
	if errors.Is(err, database.ErrNoRows) {
		return unsaid(tenantID), nil
	}
	return c, err
}

// Terms are how a company wants to be paid, as a transaction sees it.
type Terms struct{ setting Setting }

// Terms reads how a company wants to be paid with the next statement of the
// transaction, for an Ask that follows it.
func (s *Service) Terms(tx *database.Tx, tenantID string) *Terms {
	terms := &Terms{setting: unsaid(tenantID)}
	tx.Later(terms.setting.scan, settingQuery, tenantID)
	return terms
}

// SaveSetting changes how a company wants to be paid. Errors: fault.Invalid,
// fault.Conflict for a version that is not the newest.
func (s *Service) SaveSetting(ctx context.Context, c Setting, by event.Actor) (Setting, error) {
	c.PixKey, c.PixName, c.PixCity = strings.TrimSpace(c.PixKey), strings.TrimSpace(c.PixName), strings.TrimSpace(c.PixCity)
	if c.PixKey != "" {
		if c.PixKey = pixKey(c.PixKey); c.PixKey == "" {
			return c, fault.OnField("pix_key", "not a key of Pix: a CPF, a CNPJ, a phone with +55, an e-mail or a random key")
		}
		if _, err := c.code(1, "x"); err != nil {
			return c, err
		}
	}
	if c.ExpiryMinutes < 5 || c.ExpiryMinutes > 43_200 {
		return c, fault.OnField("expiry_minutes", "must be between 5 minutes and 30 days")
	}
	err := s.db.Write(ctx, database.Company(c.TenantID), func(ctx context.Context, tx *database.Tx) error {
		version, changed := int64(0), false
		_, err := tx.Each(ctx, `INSERT INTO payment_setting (tenant_id, pix_key, pix_name, pix_city, cash, card, expiry_minutes, version)
			VALUES ($1, $2, $3, $4, $5, $6, $7, 1)
			ON CONFLICT (tenant_id) DO UPDATE SET pix_key = excluded.pix_key, pix_name = excluded.pix_name, pix_city = excluded.pix_city, cash = excluded.cash,
			card = excluded.card, expiry_minutes = excluded.expiry_minutes, version = payment_setting.version + 1
			WHERE payment_setting.version = $8 OR $8 = 0 RETURNING version`,
			[][]any{{c.TenantID, c.PixKey, c.PixName, c.PixCity, c.Cash, c.Card, c.ExpiryMinutes, c.Version}},
			func(_ int, row database.Row) error {
				changed = true
				return row.Scan(&version)
			})
		if err != nil {
			return err
		}
		if !changed {
			return fault.New(fault.Conflict, "the settings were changed by somebody else; load them again")
		}
		c.Version = version
		return audit.Write(ctx, tx, audit.Entry{TenantID: c.TenantID, Actor: by, Action: "payment.settings_changed", Target: c.TenantID, Facts: map[string]string{
			"pix_key": c.PixKey, "cash": strconv.FormatBool(c.Cash), "card": strconv.FormatBool(c.Card),
		}})
	})
	return c, err
}

// pixKey gives a key in the form in which banks know it, empty for what is none.
// Source: Banco Central do Brasil, "Manual operacional do DICT".
func pixKey(text string) string {
	if strings.Contains(text, "@") {
		return strings.ToLower(text)
	}
	if len(text) == 36 && strings.Count(text, "-") == 4 {
		return strings.ToLower(text)
	}
	if strings.HasPrefix(text, "+") || strings.HasPrefix(text, "(") {
		if digits, ok := br.Phone(text); ok {
			return "+" + digits
		}
		return ""
	}
	if digits, ok := br.CPF(text); ok {
		return digits
	}
	if number, ok := br.CNPJ(text); ok {
		return number
	}
	return ""
}

// choices are the methods that need no vendor.
func (c Setting) choices() []Choice {
	list := []Choice{}
	if c.PixKey != "" {
		list = append(list, Choice{PixKey, Pix})
	}
	if c.Cash {
		list = append(list, Choice{OnDelivery, Cash})
	}
	if c.Card {
		list = append(list, Choice{OnDelivery, Card})
	}
	return list
}
