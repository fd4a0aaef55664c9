package channel

import (
	"context"
	"maps"
	"strconv"
	"strings"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/platform/database"
)

// What a rotation of the app's secret leaves behind: the old one, accepted for a
// day, since the platform changes over at a time of its own.
const (
	appSecret     = "app_secret"
	oldSecret     = "app_secret_old"
	oldUntil      = "app_secret_old_until"
	secretGraceMS = int64(24 * time.Hour / time.Millisecond)
)

// maxDrafts bounds the accounts that a company is setting up at once.
const maxDrafts = 20

// Draft begins to connect an account: it has a webhook URL and the secrets that
// we choose, and claims nothing. Error: Refused "too_many_drafts".
func (s *Service) Draft(ctx context.Context, in NewAccount) (account Account, err error) {
	if err := in.checkName(); err != nil {
		return Account{}, err
	}
	if err := checkTexts(in.Name, in.ExternalID, in.Display, in.Settings, in.Credentials); err != nil {
		return Account{}, err
	}
	err = s.db.Write(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) error {
		var drafts int
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM channel_account WHERE tenant_id = $1 AND state = $2`, in.TenantID, string(Drafted)).Scan(&drafts); err != nil {
			return err
		}
		if drafts >= maxDrafts {
			return fault.Refuse("too_many_drafts", "finish or remove one of the %d channels that are being set up", maxDrafts)
		}
		account = in.account(tx.Now())
		account.State = Drafted
		if err := s.insertAccount(ctx, tx, account); err != nil {
			return err
		}
		return s.tell(ctx, tx, account, in.Actor)
	})
	return account, err
}

// account makes the row of a new account with its hook and our secrets.
func (in *NewAccount) account(nowMS int64) Account {
	credentials := make(map[string]secret.Text, len(in.Credentials)+2)
	for name, value := range in.Credentials {
		if !value.IsZero() {
			credentials[name] = value
		}
	}
	for _, ours := range []string{"verify_token", "hook_secret"} {
		if credentials[ours].IsZero() {
			credentials[ours] = secret.New(token(24))
		}
	}
	return Account{
		TenantID: in.TenantID, ID: id.New(id.Account, nowMS), Channel: in.Channel, Name: in.Name, ExternalID: in.ExternalID,
		Display: in.Display, Hook: token(16), Settings: in.Settings, Credentials: credentials, BotID: in.BotID,
		State: Active, CreatedMS: nowMS, Version: 1,
	}
}

// Connect is Create for what a person typed: the platform is asked first whether
// the token is of that number, page or bot. Errors: those of Create; Refused
// "another_account" when it is of another one, else with the platform's words.
func (s *Service) Connect(ctx context.Context, in NewAccount) (Account, error) {
	if err := in.validate(); err != nil {
		return Account{}, err
	}
	found, err := s.prove(ctx, in.account(clock.MS(s.clock.Now())))
	if err != nil {
		return Account{}, err
	}
	if in.Display == "" {
		in.Display = found.Display
	}
	return s.Create(ctx, in)
}

// Prove makes an account active once the platform has said that its token,
// perhaps a new one, is of the number, page or bot that it stands for: a draft
// that is complete, a token that is rotated, or an account that was stopped or
// switched off. What waits in its queue goes on; DiscardBeforeMS gives up what
// is older. Nothing changes on an error. Errors: those of Update and Connect.
func (s *Service) Prove(ctx context.Context, in AccountChange) (account Account, err error) {
	tried, err := s.Get(ctx, in.TenantID, in.ID)
	if err != nil {
		return Account{}, err
	}
	if in.Version != 0 && in.Version != tried.Version {
		return Account{}, fault.New(fault.Conflict, "the channel was changed by somebody else; load it again")
	}
	was := tried.State
	in.State = nil
	rotate(&tried, in.Credentials, clock.MS(s.clock.Now()))
	if err := in.apply(&tried); err != nil {
		return Account{}, err
	}
	complete := NewAccount{Channel: tried.Channel, Name: tried.Name, ExternalID: tried.ExternalID, Display: tried.Display, Settings: tried.Settings, Credentials: tried.Credentials}
	if err := complete.validate(); err != nil {
		return Account{}, err
	}
	found, err := s.prove(ctx, tried)
	if err != nil {
		return Account{}, err
	}
	if tried.Display == "" {
		tried.Display = found.Display
	}
	tried.State, tried.StoppedWhy = Active, ""
	err = s.db.Write(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) error {
		if was == Drafted || was == Disabled {
			if err := s.admit(ctx, tx, in.TenantID); err != nil {
				return err
			}
		}
		account = tried
		if err := s.updateAccount(ctx, tx, account); err != nil {
			return err
		}
		account.Version++
		if err := s.liftPauses(ctx, tx, account); err != nil {
			return err
		}
		if in.DiscardBeforeMS > 0 {
			if err := s.discard(ctx, tx, account, in.DiscardBeforeMS); err != nil {
				return err
			}
		}
		return s.tell(ctx, tx, account, in.Actor)
	})
	return account, err
}

// prove asks the platform whose token an account has.
func (s *Service) prove(ctx context.Context, account Account) (Probe, error) {
	adapter, ok := s.adapters[account.Channel]
	if !ok {
		return Probe{}, fault.Refuse("channel_absent", "this installation does not speak %s", account.Channel)
	}
	found, err := adapter.Probe(ctx, account)
	if err != nil {
		return Probe{}, refusedBy(err)
	}
	if found.ExternalID != account.ExternalID {
		return Probe{}, &fault.Error{Code: fault.Refused, Field: "credentials.token", Reason: "another_account",
			Message: "the token is of " + strings.TrimSpace(found.Name+" "+found.Display) + " (" + found.ExternalID + "), not of " + account.ExternalID}
	}
	return found, nil
}

// rotate keeps the secret that a new one replaces for a while.
func rotate(account *Account, fresh map[string]secret.Text, nowMS int64) {
	old, next := account.Credential(appSecret), fresh[appSecret]
	if next.IsZero() || old.IsZero() || old.Equal(next.Reveal()) {
		return
	}
	account.Credentials = maps.Clone(account.Credentials)
	account.Credentials[oldSecret] = old
	account.Credentials[oldUntil] = secret.New(strconv.FormatInt(nowMS+secretGraceMS, 10))
}

// former gives the account as it was signed before its secret was rotated, and
// until when that is accepted; 0 when it was not.
func (a Account) former() (Account, int64) {
	until, err := strconv.ParseInt(a.Credential(oldUntil).Reveal(), 10, 64)
	if err != nil || a.Credential(oldSecret).IsZero() {
		return Account{}, 0
	}
	a.Credentials = maps.Clone(a.Credentials)
	a.Credentials[appSecret] = a.Credentials[oldSecret]
	return a, until
}

// Disconnect switches an account off: what Subscribe registered is taken back,
// its webhooks are refused from now on, nothing leaves. What was said stays. A
// platform that does not agree stops nobody: its words come back as problem.
// A draft is removed. Error: NotFound.
func (s *Service) Disconnect(ctx context.Context, tenantID, accountID string, actor event.Actor) (problem string, err error) {
	account, adapter, err := s.connected(ctx, tenantID, accountID)
	if err != nil {
		return "", err
	}
	if account.State == Drafted {
		return "", s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
			_, err := tx.Exec(ctx, `DELETE FROM channel_account WHERE tenant_id = $1 AND id = $2 AND state = $3`, tenantID, accountID, string(Drafted))
			tx.AfterCommit(s.directory.Expire)
			return err
		})
	}
	if taker, ok := adapter.(Disconnecter); ok && !s.shared(account) {
		if err := refusedBy(taker.Disconnect(ctx, account)); err != nil {
			problem = fault.MessageOf(err)
		}
	}
	off := Disabled
	_, err = s.Update(ctx, AccountChange{TenantID: tenantID, ID: accountID, State: &off, Actor: actor})
	return problem, err
}

// shared reports whether another account of the same app stands under the same
// business account at the platform, whose webhooks it would lose.
func (s *Service) shared(account Account) bool {
	business := account.Settings["waba_id"]
	return business != "" && s.directory.any(func(other Account) bool {
		return other.ID != account.ID && other.Channel == account.Channel && other.Settings["waba_id"] == business && appMark(other) == appMark(account) && other.State != Disabled && other.State != Drafted
	})
}

// Test sends a text by an account to an address that a person typed, past the
// queue, so that the platform's own answer comes back. Error: Refused with the
// platform's words.
func (s *Service) Test(ctx context.Context, tenantID, accountID, to, text string) (Receipt, error) {
	account, adapter, err := s.connected(ctx, tenantID, accountID)
	if err != nil {
		return Receipt{}, err
	}
	kind := map[message.Channel]message.AddressKind{message.WhatsApp: message.WaID, message.Telegram: message.TelegramChat, message.Messenger: message.PSID, message.Instagram: message.IGSID}[account.Channel]
	if account.Channel == message.WhatsApp {
		to = strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, to)
	}
	if to = strings.TrimSpace(to); to == "" || len(to) > maxExternalID || database.Text(to) != nil {
		return Receipt{}, fault.OnField("to", "is not an address on this channel")
	}
	ours := id.New(id.Delivery, clock.MS(s.clock.Now()))
	parts, err := adapter.Render(Outbound{To: []message.Address{{Kind: kind, Value: to}}, Content: message.Content{Kind: message.Text, Text: text}, Ours: ours, Human: true})
	if err != nil {
		return Receipt{}, err
	}
	var last Receipt
	for _, part := range parts {
		part.Ours = ours
		if last, err = adapter.Send(ctx, account, part); err != nil {
			return Receipt{}, refusedBy(err)
		}
	}
	return last, nil
}

// WaitingIn tells how many deliveries of an account wait, and since when the
// oldest does, in the caller's transaction.
func (s *Service) WaitingIn(ctx context.Context, tx *database.Tx, account Account) (count, oldestMS int64, err error) {
	err = tx.QueryRow(ctx, `SELECT COUNT(*), COALESCE(MIN(created_ms), 0) FROM delivery WHERE tenant_id = $1 AND account_id = $2 AND next_try_ms > 0`,
		account.TenantID, account.ID).Scan(&count, &oldestMS)
	return count, oldestMS, err
}

// discard gives up what waits and was queued before a time.
func (s *Service) discard(ctx context.Context, tx *database.Tx, account Account, beforeMS int64) error {
	rows, err := tx.Query(ctx, `SELECT DISTINCT conversation_id, message_id FROM delivery
		WHERE tenant_id = $1 AND account_id = $2 AND next_try_ms > 0 AND state = 'queued' AND created_ms < $3 AND message_id <> '' ORDER BY message_id`,
		account.TenantID, account.ID, beforeMS)
	if err != nil {
		return err
	}
	defer rows.Close()
	var changes []Change
	var updates [][]any
	const why = "it waited while the channel was disconnected, and was given up when it came back"
	for rows.Next() {
		change := Change{TenantID: account.TenantID, Status: message.Failed, AtMS: tx.Now(), ErrorCode: "discarded", ErrorText: why}
		if err := rows.Scan(&change.ConversationID, &change.MessageID); err != nil {
			return err
		}
		changes = append(changes, change)
		updates = append(updates, []any{account.TenantID, change.MessageID, change.ErrorCode, why, tx.Now()})
	}
	if err := rows.Err(); err != nil || len(changes) == 0 {
		return err
	}
	rows.Close()
	if _, err := tx.Each(ctx, failRest, updates, nil); err != nil {
		return err
	}
	return s.ledger.Settle(ctx, tx, changes)
}
