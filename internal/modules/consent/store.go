package consent

import (
	"context"
	"errors"

	"prosa/internal/platform/database"
)

const entryColumns = `tenant_id, id, contact_id, topic, granted, source, account_id, message_id, actor_id, actor_name, proof, token, at_ms`

func scanEntry(row database.Row) (e Entry, err error) {
	return e, row.Scan(&e.TenantID, &e.ID, &e.ContactID, &e.Topic, &e.Granted, &e.Source, &e.AccountID, &e.MessageID,
		&e.ActorID, &e.ActorName, &e.Proof, &e.Token, &e.AtMS)
}

// insert adds an entry and reports whether it is new.
func insert(ctx context.Context, tx *database.Tx, e Entry) (fresh bool, err error) {
	_, err = tx.Each(ctx, `INSERT INTO consent_entry (`+entryColumns+`, created_ms) VALUES (`+database.List(14, 1)+`)
		ON CONFLICT DO NOTHING RETURNING id`, [][]any{{e.TenantID, e.ID, e.ContactID, e.Topic, e.Granted, string(e.Source), e.AccountID, e.MessageID,
		e.ActorID, e.ActorName, e.Proof, e.Token, e.AtMS, tx.Now()}}, func(int, database.Row) error {
		fresh = true
		return nil
	})
	return fresh, err
}

func entriesOf(ctx context.Context, tx *database.Tx, tenantID, contactID string) ([]Entry, error) {
	rows, err := tx.Query(ctx, `SELECT `+entryColumns+` FROM consent_entry WHERE tenant_id = $1 AND contact_id = $2
		ORDER BY at_ms DESC, granted, id DESC LIMIT 200`, tenantID, contactID)
	return collect(rows, err)
}

func listEntries(ctx context.Context, tx *database.Tx, tenantID, topic string, granted *bool, before string, limit int) ([]Entry, error) {
	// Both stand in the query always, so that one plan serves all.
	either, wanted := granted == nil, granted != nil && *granted
	rows, err := tx.Query(ctx, `SELECT `+entryColumns+` FROM consent_entry WHERE tenant_id = $1 AND id < $2 AND ($3 = '' OR topic = $3)
		AND ($4 OR granted = $5) ORDER BY id DESC LIMIT $6`, tenantID, before, topic, either, wanted, limit)
	return collect(rows, err)
}

func collect(rows *database.Rows, err error) ([]Entry, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Entry{}
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, rows.Err()
}

func optIn(ctx context.Context, tx *database.Tx, tenantID string) (asks bool, err error) {
	err = tx.QueryRow(ctx, `SELECT opt_in FROM consent_rule WHERE tenant_id = $1`, tenantID).Scan(&asks)
	if errors.Is(err, database.ErrNoRows) {
		return false, nil
	}
	return asks, err
}
