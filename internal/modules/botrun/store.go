package botrun

import (
	"context"
	"errors"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

const botColumns = "tenant_id, id, key, name, state, live_version_id, created_ms, version"

func scanBot(row database.Row) (Bot, error) {
	var b Bot
	err := row.Scan(&b.TenantID, &b.ID, &b.Key, &b.Name, &b.State, &b.LiveVersionID, &b.CreatedMS, &b.Version)
	return b, err
}

func insertBot(ctx context.Context, tx *database.Tx, b Bot) error {
	_, err := tx.Exec(ctx, "INSERT INTO bot ("+botColumns+", shift, shift_version_id, shift_number) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', '', 0)",
		b.TenantID, b.ID, b.Key, b.Name, string(b.State), b.LiveVersionID, b.CreatedMS, b.Version)
	return err
}

func updateBot(ctx context.Context, tx *database.Tx, b Bot) error {
	_, err := tx.Exec(ctx, "UPDATE bot SET name = $3, state = $4, version = $5 WHERE tenant_id = $1 AND id = $2",
		b.TenantID, b.ID, b.Name, string(b.State), b.Version)
	return err
}

func loadBot(ctx context.Context, tx *database.Tx, tenantID, botID, lock string) (Bot, error) {
	return oneBot(tx.QueryRow(ctx, "SELECT "+botColumns+" FROM bot WHERE tenant_id = $1 AND id = $2"+lock, tenantID, botID))
}

func loadBotByKey(ctx context.Context, tx *database.Tx, tenantID, key string) (Bot, error) {
	return oneBot(tx.QueryRow(ctx, "SELECT "+botColumns+" FROM bot WHERE tenant_id = $1 AND key = $2", tenantID, key))
}

func oneBot(row database.Row) (Bot, error) {
	bot, err := scanBot(row)
	if errors.Is(err, database.ErrNoRows) {
		return Bot{}, fault.New(fault.NotFound, "no such bot")
	}
	return bot, err
}

// keysLike gives the keys of the company that begin with this one.
func keysLike(ctx context.Context, tx *database.Tx, tenantID, key string) (map[string]bool, error) {
	rows, err := tx.Query(ctx, "SELECT key FROM bot WHERE tenant_id = $1 AND key >= $2 AND key < $3", tenantID, key, key+"~")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	keys := map[string]bool{}
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, err
		}
		keys[one] = true
	}
	return keys, rows.Err()
}

func listBots(ctx context.Context, tx *database.Tx, tenantID string, state State, after string, limit int) ([]Bot, error) {
	rows, err := tx.Query(ctx, "SELECT "+botColumns+` FROM bot
		WHERE tenant_id = $1 AND state = $2 AND id > $3 ORDER BY id LIMIT $4`, tenantID, string(state), after, limit)
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

// setLive has new sessions begin with the version, and notes what becomes of
// those under way: the newest publication that did not let them drain counts.
func setLive(ctx context.Context, tx *database.Tx, v Version) error {
	_, err := tx.Exec(ctx, "UPDATE bot SET live_version_id = $3, version = version + 1 WHERE tenant_id = $1 AND id = $2", v.TenantID, v.BotID, v.ID)
	if err != nil || v.Sessions == Drain {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE bot SET shift = $3, shift_version_id = $4, shift_number = $5 WHERE tenant_id = $1 AND id = $2",
		v.TenantID, v.BotID, string(v.Sessions), v.ID, v.Number)
	return err
}

const (
	versionHead    = "v.tenant_id, v.id, v.bot_id, v.number, v.hash, v.sessions, v.note, v.author_id, v.created_ms, v.id = b.live_version_id, b.key"
	versionText    = ", v.definition, v.layout, v.tests, v.lock"
	fromVersion    = " FROM flow_version v JOIN bot b ON b.tenant_id = v.tenant_id AND b.id = v.bot_id WHERE v.tenant_id = $1"
	versionColumns = "tenant_id, id, bot_id, number, hash, sessions, note, author_id, created_ms, definition, layout, tests, lock"
)

func (v *Version) head() []any {
	return []any{&v.TenantID, &v.ID, &v.BotID, &v.Number, &v.Hash, &v.Sessions, &v.Note, &v.AuthorID, &v.CreatedMS, &v.Live, &v.Key}
}

func insertVersion(ctx context.Context, tx *database.Tx, v Version) error {
	_, err := tx.Exec(ctx, "INSERT INTO flow_version ("+versionColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
		v.TenantID, v.ID, v.BotID, v.Number, v.Hash, string(v.Sessions), v.Note, v.AuthorID, v.CreatedMS, v.Definition, v.Layout, v.Tests, v.Lock)
	return err
}

func oneVersion(row database.Row) (v Version, err error) {
	err = row.Scan(append(v.head(), &v.Definition, &v.Layout, &v.Tests, &v.Lock)...)
	if errors.Is(err, database.ErrNoRows) {
		return Version{}, fault.New(fault.NotFound, "no such version")
	}
	return v, err
}

func loadVersion(ctx context.Context, tx *database.Tx, tenantID, versionID string) (Version, error) {
	return oneVersion(tx.QueryRow(ctx, "SELECT "+versionHead+versionText+fromVersion+" AND v.id = $2", tenantID, versionID))
}

func loadNumber(ctx context.Context, tx *database.Tx, tenantID, botID string, number int64) (Version, error) {
	return oneVersion(tx.QueryRow(ctx, "SELECT "+versionHead+versionText+fromVersion+" AND v.bot_id = $2 AND v.number = $3", tenantID, botID, number))
}

// lastVersion gives the newest version of a bot, or a zero one.
func lastVersion(ctx context.Context, tx *database.Tx, tenantID, botID string) (Version, error) {
	version, err := oneVersion(tx.QueryRow(ctx, "SELECT "+versionHead+versionText+fromVersion+` AND v.bot_id = $2
		ORDER BY v.number DESC LIMIT 1`, tenantID, botID))
	if fault.Is(err, fault.NotFound) {
		return Version{}, nil
	}
	return version, err
}

func listVersions(ctx context.Context, tx *database.Tx, tenantID, botID string, before int64, limit int) ([]Version, error) {
	rows, err := tx.Query(ctx, "SELECT "+versionHead+fromVersion+` AND v.bot_id = $2 AND v.number < $3
		ORDER BY v.number DESC LIMIT $4`, tenantID, botID, before, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var versions []Version
	for rows.Next() {
		var v Version
		if err := rows.Scan(v.head()...); err != nil {
			return nil, err
		}
		versions = append(versions, v)
	}
	return versions, rows.Err()
}
