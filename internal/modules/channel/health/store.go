package health

import (
	"context"
	"encoding/json"
	"errors"

	"prosa/internal/base/fault"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

const recordColumns = `failed_ms, failed_code, failed_text, token_expires_ms, renewed_ms, renew_next_ms, renew_problem, quality, tier,
	restricted, restricted_until_ms, policy, policy_ms, findings, checked_ms, check_next_ms, check_problem`

func scanRecord(row database.Row, before ...any) (r record, err error) {
	var findings string
	err = row.Scan(append(before, &r.FailedMS, &r.FailedCode, &r.FailedText, &r.TokenExpiresMS, &r.RenewedMS, &r.RenewNextMS, &r.RenewProblem, &r.Quality, &r.Tier,
		&r.Restricted, &r.RestrictedUntil, &r.Policy, &r.PolicyMS, &findings, &r.CheckedMS, &r.CheckNextMS, &r.CheckProblem)...)
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal([]byte(findings), &r.Findings); err != nil {
		return r, fault.Wrap(err, fault.Internal, "the findings of a channel are unreadable")
	}
	return r, nil
}

// load reads what is known of an account; nothing is known of a new one. On
// PostgreSQL the row is locked, once there is one.
func load(ctx context.Context, tx *database.Tx, account channel.Account, lock bool) (record, error) {
	suffix := ""
	if lock {
		suffix = tx.ForUpdate()
	}
	r, err := scanRecord(tx.QueryRow(ctx, `SELECT `+recordColumns+` FROM channel_health WHERE tenant_id = $1 AND account_id = $2`+suffix, account.TenantID, account.ID))
	if errors.Is(err, database.ErrNoRows) {
		return record{}, nil
	}
	return r, err
}

// save writes what is known; the last failed send is channel's and stays.
func save(ctx context.Context, tx *database.Tx, account channel.Account, r record) error {
	if r.Findings == nil {
		r.Findings = []channel.Finding{}
	}
	findings, err := json.Marshal(r.Findings)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "findings could not be encoded")
	}
	_, err = tx.Exec(ctx, `INSERT INTO channel_health (tenant_id, account_id, `+recordColumns+`) VALUES ($1, $2, 0, '', '', `+database.List(14, 3)+`)
		ON CONFLICT (tenant_id, account_id) DO UPDATE SET token_expires_ms = excluded.token_expires_ms, renewed_ms = excluded.renewed_ms,
			renew_next_ms = excluded.renew_next_ms, renew_problem = excluded.renew_problem, quality = excluded.quality, tier = excluded.tier,
			restricted = excluded.restricted, restricted_until_ms = excluded.restricted_until_ms, policy = excluded.policy, policy_ms = excluded.policy_ms,
			findings = excluded.findings, checked_ms = excluded.checked_ms, check_next_ms = excluded.check_next_ms, check_problem = excluded.check_problem`,
		account.TenantID, account.ID, r.TokenExpiresMS, r.RenewedMS, r.RenewNextMS, r.RenewProblem, r.Quality, r.Tier,
		r.Restricted, r.RestrictedUntil, r.Policy, r.PolicyMS, string(findings), r.CheckedMS, r.CheckNextMS, r.CheckProblem)
	return err
}

// change reads, alters and writes what is known of an account.
func (s *Service) change(ctx context.Context, account channel.Account, alter func(r *record)) error {
	return s.db.Write(ctx, database.Company(account.TenantID), func(ctx context.Context, tx *database.Tx) error {
		r, err := load(ctx, tx, account, true)
		if err != nil {
			return err
		}
		alter(&r)
		return save(ctx, tx, account, r)
	})
}

// loadHours reads the hours of an account since a time, oldest first.
func loadHours(ctx context.Context, tx *database.Tx, account channel.Account, sinceMS int64) ([]Hour, error) {
	rows, err := tx.Query(ctx, `SELECT hour_ms, heard, sent, failed FROM channel_pulse WHERE tenant_id = $1 AND account_id = $2 AND hour_ms >= $3 ORDER BY hour_ms`,
		account.TenantID, account.ID, sinceMS)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	hours := []Hour{}
	for rows.Next() {
		var h Hour
		if err := rows.Scan(&h.AtMS, &h.Heard, &h.Sent, &h.Failed); err != nil {
			return nil, err
		}
		hours = append(hours, h)
	}
	return hours, rows.Err()
}

// loadAlarms reads the alarms of a company, or of one account, by account.
func loadAlarms(ctx context.Context, tx *database.Tx, tenantID, accountID string) (map[string][]Alarm, error) {
	rows, err := tx.Query(ctx, `SELECT account_id, kind, grade, facts, raised_ms FROM channel_alarm
		WHERE tenant_id = $1 AND ($2 = '' OR account_id = $2) ORDER BY account_id, grade, kind`, tenantID, accountID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	alarms := map[string][]Alarm{}
	for rows.Next() {
		var of, facts string
		var a Alarm
		if err := rows.Scan(&of, &a.Kind, &a.Grade, &facts, &a.RaisedMS); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(facts), &a.Facts); err != nil {
			return nil, fault.Wrap(err, fault.Internal, "an alarm is unreadable")
		}
		alarms[of] = append(alarms[of], a)
	}
	return alarms, rows.Err()
}
