package listing

import (
	"context"
	"errors"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/platform/database"
)

// Connection is the tie between a WhatsApp account and a catalog.
type Connection struct {
	AccountID      string `json:"account_id"`
	CatalogID      string `json:"catalog_id"`
	CatalogName    string `json:"catalog_name"`
	BusinessID     string `json:"business_id"`
	CartEnabled    bool   `json:"cart_enabled"`
	CatalogVisible bool   `json:"catalog_visible"`
	// Problem is the reason of the last test's failure.
	Problem     string `json:"problem" doc:"Why the last test failed: catalog_credentials, catalog_permission, not_connected and so on; empty when it did not."`
	Text        string `json:"text" doc:"What Meta says, in its own words."`
	TestedMS    int64  `json:"tested_ms" doc:"0: never."`
	ConnectedMS int64  `json:"connected_ms"`
}

const connectionColumns = `a.account_id, a.catalog_id, c.name, a.business_id, a.cart_enabled, a.catalog_visible, a.problem, a.problem_text, a.tested_ms, a.connected_ms`

const connectionTables = `listing_account a JOIN listing_catalog c ON c.tenant_id = a.tenant_id AND c.id = a.catalog_id`

func scanConnection(row database.Row) (c Connection, err error) {
	err = row.Scan(&c.AccountID, &c.CatalogID, &c.CatalogName, &c.BusinessID, &c.CartEnabled, &c.CatalogVisible, &c.Problem, &c.Text, &c.TestedMS, &c.ConnectedMS)
	return c, err
}

// Connections lists the accounts of a company that show a catalog.
func (s *Service) Connections(ctx context.Context, tenantID string) ([]Connection, error) {
	list := []Connection{}
	err := s.DB.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+connectionColumns+` FROM `+connectionTables+` WHERE a.tenant_id = $1 ORDER BY a.account_id`, tenantID)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			c, err := scanConnection(rows)
			if err != nil {
				return err
			}
			list = append(list, c)
		}
		return rows.Err()
	})
	return list, err
}

func (s *Service) connection(ctx context.Context, tenantID, accountID string) (c Connection, err error) {
	err = s.DB.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		c, err = scanConnection(tx.QueryRow(ctx, `SELECT `+connectionColumns+` FROM `+connectionTables+` WHERE a.tenant_id = $1 AND a.account_id = $2`, tenantID, accountID))
		return absent(err, "connected catalog")
	})
	return c, err
}

// as gives an account of the company to ask Meta as, with the business that was
// named or is known of it.
func (s *Service) as(ctx context.Context, tenantID, accountID, businessID string) (Account, error) {
	businessID = strings.TrimSpace(businessID)
	if len(businessID) > 40 || strings.Trim(businessID, "0123456789") != "" {
		return Account{}, fault.OnField("business_id", "is Meta's number of the business")
	}
	account, err := s.Accounts.Account(ctx, tenantID, accountID)
	if err != nil {
		return account, err
	}
	if businessID != "" {
		account.BusinessID = businessID
	}
	return account, nil
}

// Offered lists the catalogs that an account could show. Errors: fault.NotFound,
// and Meta's.
func (s *Service) Offered(ctx context.Context, tenantID, accountID, businessID string) ([]Found, error) {
	account, err := s.as(ctx, tenantID, accountID, businessID)
	if err != nil {
		return nil, err
	}
	list, err := s.Meta.Catalogs(ctx, account)
	if list == nil {
		list = []Found{}
	}
	return list, err
}

// Connecting asks for an account to show a catalog.
type Connecting struct {
	TenantID   string
	AccountID  string
	BusinessID string
	CatalogID  string // empty makes a new one, called Name
	Name       string
	By         event.Actor
}

// Connect has an account show a catalog, which is made when none is named, and
// begins to send the company's products. Errors: fault.NotFound,
// fault.Invalid, and Meta's.
func (s *Service) Connect(ctx context.Context, in Connecting) (Connection, error) {
	account, err := s.as(ctx, in.TenantID, in.AccountID, in.BusinessID)
	if err != nil {
		return Connection{}, err
	}
	in.Name = strings.TrimSpace(in.Name)
	if len(in.Name) > 200 || database.Text(in.Name+in.CatalogID) != nil || len(in.CatalogID) > 100 || in.CatalogID+in.Name == "" {
		return Connection{}, fault.OnField("name", "a catalog has a name of at most 200 bytes")
	}
	if in.CatalogID == "" {
		if in.CatalogID, err = s.Meta.Create(ctx, account, in.Name); err != nil {
			return Connection{}, err
		}
	} else if in.Name, err = s.nameOf(ctx, account, in.CatalogID); err != nil {
		return Connection{}, err
	}
	if err := s.Meta.Connect(ctx, account, in.CatalogID); err != nil {
		return Connection{}, err
	}
	settings, err := s.Meta.Settings(ctx, account)
	if err != nil {
		return Connection{}, err
	}
	err = s.DB.Write(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) error {
		now := tx.Now()
		if _, err := tx.Exec(ctx, `INSERT INTO listing_catalog (`+catalogColumns+`) VALUES ($1, $2, $3, $4, $5, '', 0, 0, 0, $6, 0, $5, '', 0, '', 0, 0, 0, 0, '', '', $5)
			ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name, account_id = excluded.account_id, compare_ms = excluded.compare_ms, compare_after = '',
			next_ms = excluded.next_ms, push_parked_ms = 0, read_parked_ms = 0, problem = '', problem_text = ''`,
			in.TenantID, in.CatalogID, in.Name, in.AccountID, now, s.cfg.Rows); err != nil {
			return err
		}
		var before string
		err := tx.QueryRow(ctx, `SELECT catalog_id FROM listing_account WHERE tenant_id = $1 AND account_id = $2`, in.TenantID, in.AccountID).Scan(&before)
		if err != nil && !errors.Is(err, database.ErrNoRows) {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO listing_account (tenant_id, account_id, catalog_id, business_id, cart_enabled, catalog_visible, settings_ms, problem, problem_text, tested_ms, connected_ms)
			VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', $7, $7)
			ON CONFLICT (tenant_id, account_id) DO UPDATE SET catalog_id = excluded.catalog_id, business_id = excluded.business_id, cart_enabled = excluded.cart_enabled,
			catalog_visible = excluded.catalog_visible, settings_ms = excluded.settings_ms, problem = '', problem_text = '', tested_ms = excluded.tested_ms, connected_ms = excluded.connected_ms`,
			in.TenantID, in.AccountID, in.CatalogID, account.BusinessID, settings.CartEnabled, settings.CatalogVisible, now); err != nil {
			return err
		}
		if before != "" && before != in.CatalogID {
			if err := leave(ctx, tx, in.TenantID, before); err != nil {
				return err
			}
		}
		return audit.Write(ctx, tx, audit.Entry{TenantID: in.TenantID, Actor: in.By, Action: "listing.connected", Target: in.AccountID, Facts: map[string]string{"catalog": in.CatalogID}})
	})
	if err != nil {
		return Connection{}, err
	}
	return s.connection(ctx, in.TenantID, in.AccountID)
}

// nameOf makes sure that the account may use a catalog, and tells its name.
func (s *Service) nameOf(ctx context.Context, account Account, catalogID string) (string, error) {
	list, err := s.Meta.Catalogs(ctx, account)
	if err != nil {
		return "", err
	}
	for _, found := range list {
		if found.ID == catalogID {
			return or(found.Name, catalogID), nil
		}
	}
	return "", &fault.Error{Code: fault.NotFound, Field: "catalog_id", Message: "the account can't use this catalog"}
}

// leave hands a catalog that an account shows no more to another account that
// does, or lets it rest.
func leave(ctx context.Context, tx *database.Tx, tenantID, catalogID string) error {
	var next string
	err := tx.QueryRow(ctx, `SELECT account_id FROM listing_account WHERE tenant_id = $1 AND catalog_id = $2 ORDER BY account_id LIMIT 1`, tenantID, catalogID).Scan(&next)
	if err != nil && !errors.Is(err, database.ErrNoRows) {
		return err
	}
	if next != "" {
		_, err = tx.Exec(ctx, `UPDATE listing_catalog SET account_id = $3 WHERE tenant_id = $1 AND id = $2`, tenantID, catalogID, next)
		return err
	}
	for _, query := range []string{
		`DELETE FROM listing_item WHERE tenant_id = $1 AND catalog_id = $2`,
		`DELETE FROM listing_batch WHERE tenant_id = $1 AND catalog_id = $2`,
		`DELETE FROM listing_catalog WHERE tenant_id = $1 AND id = $2`,
	} {
		// The prices stay: a cart that comes late still names this catalog.
		if _, err := tx.Exec(ctx, query, tenantID, catalogID); err != nil {
			return err
		}
	}
	return nil
}

// Disconnect has us forget a catalog that an account shows. At Meta it stays as
// it is. Error: fault.NotFound.
func (s *Service) Disconnect(ctx context.Context, tenantID, accountID string, by event.Actor) error {
	return s.DB.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		var catalogID string
		err := tx.QueryRow(ctx, `DELETE FROM listing_account WHERE tenant_id = $1 AND account_id = $2 RETURNING catalog_id`, tenantID, accountID).Scan(&catalogID)
		if err != nil {
			return absent(err, "connected catalog")
		}
		if err := leave(ctx, tx, tenantID, catalogID); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{TenantID: tenantID, Actor: by, Action: "listing.disconnected", Target: accountID, Facts: map[string]string{"catalog": catalogID}})
	})
}

// notConnected is the problem of a catalog that the WhatsApp account does not
// show, as seen at Meta.
const notConnected = "not_connected"

// Test asks Meta whether the connection works, and keeps the answer. What went
// well lets a catalog go on that was stopped. Errors: fault.NotFound, and what
// the database says.
func (s *Service) Test(ctx context.Context, tenantID, accountID string) (Connection, error) {
	c, err := s.connection(ctx, tenantID, accountID)
	if err != nil {
		return c, err
	}
	problem, text, settings, err := s.probe(ctx, tenantID, c)
	if err != nil {
		return c, err
	}
	err = s.DB.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE listing_account SET problem = $3, problem_text = $4, tested_ms = $5 WHERE tenant_id = $1 AND account_id = $2`,
			tenantID, accountID, problem, text, tx.Now()); err != nil || problem != "" {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE listing_account SET cart_enabled = $3, catalog_visible = $4, settings_ms = $5 WHERE tenant_id = $1 AND account_id = $2`,
			tenantID, accountID, settings.CartEnabled, settings.CatalogVisible, tx.Now()); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE listing_catalog SET problem = '', problem_text = '', push_parked_ms = 0, read_parked_ms = 0, next_ms = $3
			WHERE tenant_id = $1 AND id = $2 AND problem <> ''`, tenantID, c.CatalogID, tx.Now())
		return err
	})
	if err != nil {
		return c, err
	}
	return s.connection(ctx, tenantID, accountID)
}

// probe asks all that a connection needs; a failure of Meta's is a finding.
func (s *Service) probe(ctx context.Context, tenantID string, c Connection) (problem, text string, settings Settings, err error) {
	account, err := s.as(ctx, tenantID, c.AccountID, c.BusinessID)
	if fault.Is(err, fault.NotFound) {
		return "account", fault.MessageOf(err), settings, nil
	}
	if err != nil {
		return "", "", settings, err
	}
	list, err := s.Meta.Catalogs(ctx, account)
	if err == nil {
		settings, err = s.Meta.Settings(ctx, account)
	}
	if err == nil {
		_, err = s.Meta.Read(ctx, account, c.CatalogID, "", 1)
	}
	if err != nil {
		return or(reasonOf(err), "unavailable"), fault.MessageOf(err), settings, nil
	}
	for _, found := range list {
		if found.ID == c.CatalogID && found.Connected {
			return "", "", settings, nil
		}
	}
	return notConnected, "", settings, nil
}

// SaveSettings changes what customers of a number see of the catalog. Errors:
// fault.NotFound, and Meta's.
func (s *Service) SaveSettings(ctx context.Context, tenantID, accountID string, settings Settings, by event.Actor) (Connection, error) {
	c, err := s.connection(ctx, tenantID, accountID)
	if err != nil {
		return c, err
	}
	account, err := s.as(ctx, tenantID, accountID, c.BusinessID)
	if err != nil {
		return c, err
	}
	if err := s.Meta.SetSettings(ctx, account, settings); err != nil {
		return c, err
	}
	err = s.DB.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE listing_account SET cart_enabled = $3, catalog_visible = $4, settings_ms = $5 WHERE tenant_id = $1 AND account_id = $2`,
			tenantID, accountID, settings.CartEnabled, settings.CatalogVisible, tx.Now()); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{TenantID: tenantID, Actor: by, Action: "listing.settings_changed", Target: accountID})
	})
	if err != nil {
		return c, err
	}
	c.CartEnabled, c.CatalogVisible = settings.CartEnabled, settings.CatalogVisible
	return c, nil
}
