package builder

import (
	"context"
	"errors"

	"prosa/internal/platform/database"
)

const draftColumns = "tenant_id, bot_id, revision, definition, layout, tests, hash, based_on, based_hash, author_id, author_name, updated_ms"

func scanDraft(row database.Row) (d Draft, err error) {
	var definition, layout, tests string
	err = row.Scan(&d.TenantID, &d.BotID, &d.Revision, &definition, &layout, &tests, &d.hash, &d.BasedOn, &d.basedHash, &d.AuthorID, &d.AuthorName, &d.UpdatedMS)
	d.Definition, d.Layout, d.Tests = []byte(definition), []byte(layout), []byte(tests)
	d.Differs = d.hash != d.basedHash
	return d, err
}

// loadDraft gives a bot's draft; found is false for a bot that has none.
func loadDraft(ctx context.Context, tx *database.Tx, tenantID, botID, lock string) (d Draft, found bool, err error) {
	d, err = scanDraft(tx.QueryRow(ctx, "SELECT "+draftColumns+" FROM bot_draft WHERE tenant_id = $1 AND bot_id = $2"+lock, tenantID, botID))
	if errors.Is(err, database.ErrNoRows) {
		return Draft{}, false, nil
	}
	return d, err == nil, err
}

// putDraft writes a draft over the revision that its author saw, 0 for a bot
// that had none. It reports false, and changes nothing, when another one stands
// there by now.
func putDraft(ctx context.Context, tx *database.Tx, d Draft, seen int64) (bool, error) {
	rows, err := tx.Exec(ctx, "INSERT INTO bot_draft ("+draftColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (tenant_id, bot_id) DO UPDATE SET revision = excluded.revision, definition = excluded.definition, layout = excluded.layout,
			tests = excluded.tests, hash = excluded.hash, based_on = excluded.based_on, based_hash = excluded.based_hash,
			author_id = excluded.author_id, author_name = excluded.author_name, updated_ms = excluded.updated_ms
		WHERE bot_draft.revision = $13`,
		d.TenantID, d.BotID, d.Revision, string(d.Definition), string(d.Layout), string(d.Tests), d.hash, d.BasedOn, d.basedHash,
		d.AuthorID, d.AuthorName, d.UpdatedMS, seen)
	return rows == 1, err
}

// differing tells of each bot that has a draft whether it differs from what it
// was begun from.
func differing(ctx context.Context, tx *database.Tx, tenantID string) (map[string]bool, error) {
	rows, err := tx.Query(ctx, "SELECT bot_id, hash <> based_hash FROM bot_draft WHERE tenant_id = $1", tenantID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[string]bool{}
	for rows.Next() {
		var botID string
		var differs bool
		if err := rows.Scan(&botID, &differs); err != nil {
			return nil, err
		}
		found[botID] = differs
	}
	return found, rows.Err()
}
