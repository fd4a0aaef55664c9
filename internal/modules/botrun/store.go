package botrun

import (
	"context"
	"errors"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

const botColumns = "tenant_id, id, name, state, live_version_id, created_ms, version"

func scanBot(row database.Row) (Bot, error) {
	var b Bot
	err := row.Scan(&b.TenantID, &b.ID, &b.Name, &b.State, &b.LiveVersionID, &b.CreatedMS, &b.Version)
	return b, err
}

func insertBot(ctx context.Context, tx *database.Tx, b Bot) error {
	_, err := tx.Exec(ctx, "INSERT INTO bot ("+botColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7)",
		b.TenantID, b.ID, b.Name, string(b.State), b.LiveVersionID, b.CreatedMS, b.Version)
	return err
}

func loadBot(ctx context.Context, tx *database.Tx, tenantID, botID, lock string) (Bot, error) {
	bot, err := scanBot(tx.QueryRow(ctx, "SELECT "+botColumns+" FROM bot WHERE tenant_id = $1 AND id = $2"+lock, tenantID, botID))
	if errors.Is(err, database.ErrNoRows) {
		return Bot{}, fault.New(fault.NotFound, "no such bot")
	}
	return bot, err
}

func listBots(ctx context.Context, tx *database.Tx, tenantID, after string, limit int) ([]Bot, error) {
	rows, err := tx.Query(ctx, "SELECT "+botColumns+` FROM bot
		WHERE tenant_id = $1 AND state <> 'archived' AND id > $2 ORDER BY id LIMIT $3`, tenantID, after, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var bots []Bot
	for rows.Next() {
		bot, err := scanBot(rows)
		if err != nil {
			return nil, err
		}
		bots = append(bots, bot)
	}
	return bots, rows.Err()
}

func setLive(ctx context.Context, tx *database.Tx, tenantID, botID, versionID string) error {
	_, err := tx.Exec(ctx, "UPDATE bot SET live_version_id = $3, version = version + 1 WHERE tenant_id = $1 AND id = $2", tenantID, botID, versionID)
	return err
}

const versionColumns = "tenant_id, id, bot_id, number, hash, definition, note, author_id, created_ms"

func scanVersion(row database.Row) (Version, error) {
	var v Version
	err := row.Scan(&v.TenantID, &v.ID, &v.BotID, &v.Number, &v.Hash, &v.Definition, &v.Note, &v.AuthorID, &v.CreatedMS)
	return v, err
}

func insertVersion(ctx context.Context, tx *database.Tx, v Version) error {
	_, err := tx.Exec(ctx, "INSERT INTO flow_version ("+versionColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		v.TenantID, v.ID, v.BotID, v.Number, v.Hash, v.Definition, v.Note, v.AuthorID, v.CreatedMS)
	return err
}

func loadVersion(ctx context.Context, tx *database.Tx, tenantID, versionID string) (Version, error) {
	version, err := scanVersion(tx.QueryRow(ctx, "SELECT "+versionColumns+" FROM flow_version WHERE tenant_id = $1 AND id = $2", tenantID, versionID))
	if errors.Is(err, database.ErrNoRows) {
		return Version{}, fault.New(fault.NotFound, "no such version")
	}
	return version, err
}

// lastVersion gives the newest version of a bot, or a zero one.
func lastVersion(ctx context.Context, tx *database.Tx, tenantID, botID string) (Version, error) {
	version, err := scanVersion(tx.QueryRow(ctx, "SELECT "+versionColumns+` FROM flow_version
		WHERE tenant_id = $1 AND bot_id = $2 ORDER BY number DESC LIMIT 1`, tenantID, botID))
	if errors.Is(err, database.ErrNoRows) {
		return Version{}, nil
	}
	return version, err
}
