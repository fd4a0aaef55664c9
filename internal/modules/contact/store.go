package contact

import (
	"context"
	"encoding/json"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

const contactColumns = `tenant_id, id, name, profile, username, language, fields, blocked, created_ms, updated_ms, version, tags, named, merged_into`

func scanContact(row database.Row) (c Contact, err error) {
	var fields, tags string
	if err := row.Scan(&c.TenantID, &c.ID, &c.Name, &c.Profile, &c.Username, &c.Language, &fields, &c.Blocked,
		&c.CreatedMS, &c.UpdatedMS, &c.Version, &tags, &c.Named, &c.MergedInto); err != nil {
		return c, err
	}
	c.Tags = splitTags(tags)
	return c, decodeFields(fields, &c)
}

func decodeFields(text string, c *Contact) error {
	c.Fields = map[string]string{}
	if text == "{}" || text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), &c.Fields); err != nil {
		return fault.Wrap(err, fault.Internal, "the fields of contact "+c.ID+" are unreadable")
	}
	return nil
}

func encodeFields(fields map[string]string) (string, error) {
	if len(fields) == 0 {
		return "{}", nil
	}
	raw, err := json.Marshal(fields)
	return string(raw), fault.Wrap(err, fault.Internal, "fields could not be encoded")
}

// loadContacts reads contacts with their addresses and locks them, in key
// order. Those that don't exist are left out.
func loadContacts(ctx context.Context, tx *database.Tx, tenantID string, ids []string) ([]Contact, error) {
	rows, err := tx.Query(ctx, `SELECT `+contactColumns+` FROM contact WHERE tenant_id = $1 AND id IN (`+database.List(len(ids), 2)+`)
		ORDER BY id`+tx.ForUpdate(), append([]any{tenantID}, database.Strings(ids)...)...)
	if err != nil {
		return nil, err
	}
	return withAddresses(ctx, tx, tenantID, rows)
}

// withAddresses reads rows of contactColumns to their end and adds the
// addresses.
func withAddresses(ctx context.Context, tx *database.Tx, tenantID string, rows *database.Rows) ([]Contact, error) {
	defer rows.Close()
	list := []Contact{}
	var ids []string
	for rows.Next() {
		c, err := scanContact(rows)
		if err != nil {
			return nil, err
		}
		list, ids = append(list, c), append(ids, c.ID)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	addresses, err := loadAddresses(ctx, tx, tenantID, ids)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].Addresses = addresses[list[i].ID]
		if list[i].Addresses == nil {
			list[i].Addresses = []Address{}
		}
	}
	return list, nil
}

// loadAddresses reads the addresses of contacts, oldest first.
func loadAddresses(ctx context.Context, tx *database.Tx, tenantID string, ids []string) (map[string][]Address, error) {
	found := make(map[string][]Address, len(ids))
	for len(ids) > 0 {
		some := ids[:min(len(ids), database.MaxList)]
		ids = ids[len(some):]
		rows, err := tx.Query(ctx, `SELECT contact_id, kind, value, scope, reachable, created_ms FROM contact_address
			WHERE tenant_id = $1 AND contact_id IN (`+database.List(len(some), 2)+`) ORDER BY contact_id, created_ms, kind, value`,
			append([]any{tenantID}, database.Strings(some)...)...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var contactID string
			var a Address
			if err := rows.Scan(&contactID, &a.Kind, &a.Value, &a.AccountID, &a.Reachable, &a.CreatedMS); err != nil {
				rows.Close()
				return nil, err
			}
			found[contactID] = append(found[contactID], a)
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	return found, nil
}
