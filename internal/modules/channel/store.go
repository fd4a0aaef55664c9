package channel

import (
	"context"
	"encoding/json"
	"errors"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/message"
	"prosa/internal/platform/database"
	"prosa/internal/platform/hold"
)

const accountColumns = `tenant_id, id, channel, name, external_id, display, hook, settings, credentials, bot_id,
	state, stopped_why, last_webhook_ms, last_sent_ms, created_ms, version`

// scanAccount reads a row of accountColumns. The credentials come back sealed.
func scanAccount(row database.Row) (account Account, sealed string, err error) {
	var settings string
	err = row.Scan(&account.TenantID, &account.ID, &account.Channel, &account.Name, &account.ExternalID, &account.Display,
		&account.Hook, &settings, &sealed, &account.BotID, &account.State, &account.StoppedWhy,
		&account.LastWebhookMS, &account.LastSentMS, &account.CreatedMS, &account.Version)
	if err != nil {
		return account, "", err
	}
	if err := json.Unmarshal([]byte(settings), &account.Settings); err != nil {
		return account, "", fault.Wrap(err, fault.Internal, "settings of channel account "+account.ID+" are unreadable")
	}
	return account, sealed, nil
}

func (s *Service) seal(account Account) (string, error) {
	plain := make(map[string]string, len(account.Credentials))
	for name, value := range account.Credentials {
		plain[name] = value.Reveal()
	}
	raw, err := json.Marshal(plain)
	if err != nil {
		return "", fault.Wrap(err, fault.Internal, "credentials could not be encoded")
	}
	return s.sealer.Seal(account.TenantID+"/"+account.ID, raw)
}

func (s *Service) unseal(account *Account, sealed string) error {
	raw, err := s.sealer.Open(account.TenantID+"/"+account.ID, sealed)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "credentials of channel account "+account.ID+" do not open with the keys of this installation")
	}
	plain := map[string]string{}
	if err := json.Unmarshal(raw, &plain); err != nil {
		return fault.Wrap(err, fault.Internal, "credentials of channel account "+account.ID+" are unreadable")
	}
	account.Credentials = make(map[string]secret.Text, len(plain))
	for name, value := range plain {
		account.Credentials[name] = secret.New(value)
	}
	return nil
}

func (s *Service) insertAccount(ctx context.Context, tx *database.Tx, a Account) error {
	settings, sealed, err := s.encode(a)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO channel_account (`+accountColumns+`) VALUES (`+database.List(16, 1)+`)`,
		a.TenantID, a.ID, string(a.Channel), a.Name, a.ExternalID, a.Display, a.Hook, settings, sealed, a.BotID,
		string(a.State), a.StoppedWhy, a.LastWebhookMS, a.LastSentMS, a.CreatedMS, a.Version)
	if database.IsUnique(err) {
		return &fault.Error{Code: fault.Conflict, Field: "external_id", Reason: "external_taken",
			Message: "this number, page or bot is already connected"}
	}
	return err
}

func (s *Service) encode(a Account) (settings, sealed string, err error) {
	if a.Settings == nil {
		a.Settings = map[string]string{}
	}
	raw, err := json.Marshal(a.Settings)
	if err != nil {
		return "", "", fault.Wrap(err, fault.Internal, "settings could not be encoded")
	}
	sealed, err = s.seal(a)
	return string(raw), sealed, err
}

// updateAccount writes the row if nobody changed it since it was read.
func (s *Service) updateAccount(ctx context.Context, tx *database.Tx, a Account) error {
	settings, sealed, err := s.encode(a)
	if err != nil {
		return err
	}
	rows, err := tx.Exec(ctx, `UPDATE channel_account SET name = $3, external_id = $4, display = $5, settings = $6, credentials = $7,
		bot_id = $8, state = $9, stopped_why = $10, version = version + 1 WHERE tenant_id = $1 AND id = $2 AND version = $11`,
		a.TenantID, a.ID, a.Name, a.ExternalID, a.Display, settings, sealed, a.BotID, string(a.State), a.StoppedWhy, a.Version)
	if database.IsUnique(err) {
		return &fault.Error{Code: fault.Conflict, Field: "external_id", Reason: "external_taken",
			Message: "this number, page or bot is already connected"}
	}
	if err == nil && rows == 0 {
		return fault.New(fault.Conflict, "the channel was changed by somebody else; load it again")
	}
	return err
}

func (s *Service) loadAccount(ctx context.Context, tx *database.Tx, tenantID, id string) (Account, error) {
	account, sealed, err := scanAccount(tx.QueryRow(ctx, `SELECT `+accountColumns+` FROM channel_account WHERE tenant_id = $1 AND id = $2`, tenantID, id))
	if errors.Is(err, database.ErrNoRows) {
		return Account{}, fault.New(fault.NotFound, "no such channel")
	}
	if err != nil {
		return Account{}, err
	}
	return account, s.unseal(&account, sealed)
}

func (s *Service) listAccounts(ctx context.Context, tx *database.Tx, where string, args ...any) ([]Account, error) {
	rows, err := tx.Query(ctx, `SELECT `+accountColumns+` FROM channel_account `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var accounts []Account
	for rows.Next() {
		account, sealed, err := scanAccount(rows)
		if err != nil {
			return nil, err
		}
		if err := s.unseal(&account, sealed); err != nil {
			// One row that does not open must not hide the others: it is shown as
			// stopped, with the reason.
			account.State, account.StoppedWhy = Stopped, err.Error()
		}
		accounts = append(accounts, account)
	}
	return accounts, rows.Err()
}

// queued is what the sender holds in memory of a delivery that still has
// something to do; the request itself is read when it is marked.
type queued struct {
	tenantID       string
	id             string
	accountID      string
	conversationID string
	messageID      string
	seq            int64
	part           int
	parts          int
	priority       int
	human          bool
	kind           message.Kind
	state          message.Status
	attempt        int
	nextTryMS      int64
	// to is how the customer was to be reached when the message was ordered
	// here; nil for a row that was read.
	to []message.Address
}

const queuedColumns = `tenant_id, id, account_id, conversation_id, message_id, seq, part, parts, priority, human, kind, state, attempt, next_try_ms`

func scanQueued(row database.Row) (q queued, err error) {
	err = row.Scan(&q.tenantID, &q.id, &q.accountID, &q.conversationID, &q.messageID, &q.seq, &q.part, &q.parts,
		&q.priority, &q.human, &q.kind, &q.state, &q.attempt, &q.nextTryMS)
	return q, err
}

// waiting reads the shard's rows that have something to do between two times.
func waiting(ctx context.Context, tx *database.Tx, shard int, fromMS, toMS int64) ([]queued, error) {
	rows, err := tx.Query(ctx, `SELECT `+queuedColumns+` FROM delivery
		WHERE shard = $1 AND next_try_ms > 0 AND next_try_ms > $2 AND next_try_ms <= $3 AND `+hold.Out+` ORDER BY next_try_ms`, shard, fromMS, toMS)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []queued
	for rows.Next() {
		q, err := scanQueued(rows)
		if err != nil {
			return nil, err
		}
		found = append(found, q)
	}
	return found, rows.Err()
}

// admit asks whether the company may have one more account.
func (s *Service) admit(ctx context.Context, tx *database.Tx, tenantID string) error {
	if s.allow == nil {
		return nil
	}
	return s.allow(ctx, tx, tenantID, func(ctx context.Context) (int64, error) { return s.CountIn(ctx, tx, tenantID) })
}

// CountIn tells how many accounts a company has, in the caller's transaction.
func (s *Service) CountIn(ctx context.Context, tx *database.Tx, tenantID string) (n int64, err error) {
	err = tx.QueryRow(ctx, "SELECT COUNT(*) FROM channel_account WHERE tenant_id = $1 AND state IN ('active', 'stopped')", tenantID).Scan(&n)
	return n, err
}
