package channel

import (
	"context"
	"time"

	"prosa/internal/platform/database"
)

// pulsesFor is how long the hours of an account are kept, in milliseconds: eight
// weeks show what a usual Tuesday at nine is like.
const pulsesFor = int64(56 * 24 * time.Hour / time.Millisecond)

const hourMS = int64(time.Hour / time.Millisecond)

type pulseKey struct {
	accountID string
	hourMS    int64
}

// pulse counts what an account heard and said in an hour.
type pulse struct{ heard, sent, failed int64 }

// failure is the last send of an account that was given up.
type failure struct {
	atMS       int64
	code, text string
}

// beat counts; the caller holds the lock.
func (t *traces) beat(accountID string, atMS int64, p pulse) {
	if t.pulses == nil {
		t.pulses = map[pulseKey]pulse{}
	}
	key := pulseKey{accountID, atMS - atMS%hourMS}
	was := t.pulses[key]
	t.pulses[key] = pulse{was.heard + p.heard, was.sent + p.sent, was.failed + p.failed}
}

// failed notes that a send was given up, and why.
func (s *Service) failed(accountID string, atMS int64, code, text string) {
	s.traces.mu.Lock()
	defer s.traces.mu.Unlock()
	s.traces.beat(accountID, atMS, pulse{failed: 1})
	if s.traces.failures == nil {
		s.traces.failures = map[string]failure{}
	}
	if s.traces.failures[accountID].atMS <= atMS {
		s.traces.failures[accountID] = failure{atMS, code, text}
	}
}

func notePulses(ctx context.Context, tx *database.Tx, pulses map[pulseKey]pulse, failures map[string]failure, directory *Directory) error {
	var rows, last [][]any
	for key, p := range pulses {
		if account, ok := directory.Account(key.accountID); ok {
			rows = append(rows, []any{account.TenantID, key.accountID, key.hourMS, p.heard, p.sent, p.failed})
		}
	}
	if _, err := tx.Each(ctx, `INSERT INTO channel_pulse (tenant_id, account_id, hour_ms, heard, sent, failed) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (tenant_id, account_id, hour_ms) DO UPDATE SET heard = channel_pulse.heard + excluded.heard,
			sent = channel_pulse.sent + excluded.sent, failed = channel_pulse.failed + excluded.failed`, rows, nil); err != nil {
		return err
	}
	for accountID, f := range failures {
		if account, ok := directory.Account(accountID); ok {
			last = append(last, []any{account.TenantID, accountID, f.atMS, f.code, cut(f.text, maxReason)})
		}
	}
	_, err := tx.Each(ctx, `INSERT INTO channel_health (tenant_id, account_id, failed_ms, failed_code, failed_text, token_expires_ms, renewed_ms, renew_next_ms,
			renew_problem, quality, tier, restricted, restricted_until_ms, policy, policy_ms, findings, checked_ms, check_next_ms, check_problem)
		VALUES ($1, $2, $3, $4, $5, 0, 0, 0, '', '', '', '', 0, '', 0, '[]', 0, 0, '')
		ON CONFLICT (tenant_id, account_id) DO UPDATE SET failed_ms = excluded.failed_ms, failed_code = excluded.failed_code, failed_text = excluded.failed_text
		WHERE channel_health.failed_ms <= excluded.failed_ms`, last, nil)
	return err
}
