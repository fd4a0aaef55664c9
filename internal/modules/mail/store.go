package mail

import (
	"context"
	"errors"

	"prosa/internal/platform/database"
	"prosa/internal/platform/hold"
)

const letterColumns = `tenant_id, id, letter_key, template, locale, recipient, name, data, state, claim, attempts, next_ms, expires_ms, sender, reason, problem, created_ms, updated_ms`

func scanLetter(row database.Row, nowMS int64) (Status, error) {
	var s Status
	err := row.Scan(&s.TenantID, &s.ID, &s.key, &s.Template, &s.Locale, &s.To, &s.name, &s.sealed, &s.State, &s.claim, &s.Attempts, &s.NextMS,
		&s.expiresMS, &s.Sender, &s.Reason, &s.Problem, &s.CreatedMS, &s.UpdatedMS)
	s.settle(nowMS)
	return s, err
}

func scanLetters(ctx context.Context, tx *database.Tx, query string, args ...any) ([]Status, error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Status{}
	for rows.Next() {
		status, err := scanLetter(rows, tx.Now())
		if err != nil {
			return nil, err
		}
		list = append(list, status)
	}
	return list, rows.Err()
}

func insertLetter(ctx context.Context, tx *database.Tx, l Letter, letterID, sealed string) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO mail_letter (tenant_id, id, letter_key, template, locale, recipient, name, data, state, claim, attempts, next_ms, expires_ms,
			sender, external_id, reason, problem, created_ms, updated_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'queued', 0, 0, $9, $10, '', '', '', '', $9, $9)
		ON CONFLICT (tenant_id, letter_key) DO NOTHING`,
		l.TenantID, letterID, l.Key, l.Template, l.Locale, l.To, oneLine(l.Name), sealed, tx.Now(), l.ExpiresMS)
	return err
}

func byKeys(ctx context.Context, tx *database.Tx, tenantID string, keys []string) ([]Status, error) {
	args := append([]any{tenantID}, database.Strings(keys)...)
	return scanLetters(ctx, tx, `SELECT `+letterColumns+` FROM mail_letter WHERE tenant_id = $1 AND letter_key IN (`+database.List(len(keys), 2)+`)`, args...)
}

// byID finds a letter of any company; ids are unique over all. lock is
// tx.ForUpdate or empty. Error: fault.NotFound.
func byID(ctx context.Context, tx *database.Tx, letterID, lock string) (Status, error) {
	status, err := scanLetter(tx.QueryRow(ctx, `SELECT `+letterColumns+` FROM mail_letter WHERE id = $1`+lock, letterID), tx.Now())
	if errors.Is(err, database.ErrNoRows) {
		return status, errNoLetter()
	}
	return status, err
}

func letters(ctx context.Context, tx *database.Tx, state State, before string, limit int) ([]Status, error) {
	if state == "" {
		return scanLetters(ctx, tx, `SELECT `+letterColumns+` FROM mail_letter WHERE id < $1 ORDER BY id DESC LIMIT $2`, before, limit)
	}
	return scanLetters(ctx, tx, `SELECT `+letterColumns+` FROM mail_letter WHERE id < $1 AND state = $3 ORDER BY id DESC LIMIT $2`, before, limit, string(state))
}

func dueLetters(ctx context.Context, tx *database.Tx, limit int) ([]Status, error) {
	return scanLetters(ctx, tx, `SELECT `+letterColumns+` FROM mail_letter WHERE next_ms > 0 AND next_ms <= $1 AND `+hold.Out+` ORDER BY next_ms, id LIMIT $2`, tx.Now(), limit)
}

func requeue(ctx context.Context, tx *database.Tx, s Status) (Status, error) {
	s.State, s.Attempts, s.NextMS, s.Reason, s.Again, s.UpdatedMS = Queued, 0, tx.Now(), "", false, tx.Now()
	_, err := tx.Exec(ctx, `UPDATE mail_letter SET state = 'queued', attempts = 0, next_ms = $3, reason = '', updated_ms = $3 WHERE tenant_id = $1 AND id = $2`,
		s.TenantID, s.ID, tx.Now())
	return s, err
}

func suppressed(ctx context.Context, tx *database.Tx, address string) (reason string, err error) {
	err = tx.QueryRow(ctx, `SELECT reason FROM mail_suppression WHERE recipient = $1`, address).Scan(&reason)
	if errors.Is(err, database.ErrNoRows) {
		return "", nil
	}
	return reason, err
}

func suppress(ctx context.Context, tx *database.Tx, status Status, reason, note string) error {
	_, err := tx.Exec(ctx, `INSERT INTO mail_suppression (recipient, reason, note, letter_id, created_ms) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (recipient) DO NOTHING`, status.To, reason, note, status.ID, tx.Now())
	return err
}

func absolve(ctx context.Context, tx *database.Tx, address string) error {
	_, err := tx.Exec(ctx, `DELETE FROM mail_suppression WHERE recipient = $1`, address)
	return err
}
