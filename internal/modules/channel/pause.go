package channel

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sync"
	"time"

	"prosa/internal/platform/database"
)

// Pause is what a platform asked us to wait for, at the level that its code
// names. It outlives the process, and holds back in every process.
type Pause struct {
	Level   Scope  `json:"level" enum:"customer,account,app,campaigns"`
	Subject string `json:"subject" doc:"The conversation of level customer; else a mark of the number, page, bot or app."`
	Code    string `json:"code" doc:"The platform's."`
	Reason  string `json:"reason" doc:"The platform's words."`
	SinceMS int64  `json:"since_ms"`
	UntilMS int64  `json:"until_ms"`
	// Strikes counts the pauses of one trouble: each is longer than the one
	// before, until an hour passed without.
	Strikes int `json:"strikes"`

	tenantID, accountID string
}

// calmAfterMS is how long after its end a pause is remembered for its strikes.
const calmAfterMS = int64(time.Hour / time.Millisecond)

// slowEvery is how slowly an account replies while its campaigns are paused:
// the platform counts what we write, and replies are what must still arrive.
const slowEvery = time.Second

// recheckMS bounds how long a paused lane sleeps before it looks again, so that
// a pause lifted by a person lets go soon.
const recheckMS = 30_000

// pauses is what this process knows of accounts, apps and campaigns that wait.
// Those of single customers stand in the rows of their deliveries.
type pauses struct {
	mu    sync.RWMutex
	known map[string]Pause // by level and subject
	doubt map[string]map[string]bool
}

func pauseKey(level Scope, subject string) string { return string(level) + "/" + subject }

// until tells when an account may send again, and whether it has to go slowly.
func (p *pauses) until(account Account, priority int, nowMS int64) (untilMS int64, slow bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if len(p.known) == 0 {
		return 0, false
	}
	untilMS = max(p.known[pauseKey(OneAccount, account.ID)].UntilMS, p.known[pauseKey(OneApp, appMark(account))].UntilMS)
	if campaigns := p.known[pauseKey(Campaigns, account.ID)].UntilMS; campaigns > nowMS {
		if slow = true; priority > 0 {
			untilMS = max(untilMS, campaigns)
		}
	}
	return untilMS, slow
}

// note adds a pause, or makes one longer, and gives it as it stands.
func (p *pauses) note(next Pause, waitFor func(strikes int) int64, nowMS int64) Pause {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := pauseKey(next.Level, next.Subject)
	if old, ok := p.known[key]; ok && old.UntilMS+calmAfterMS > nowMS {
		next.Strikes = old.Strikes
		if old.UntilMS > nowMS {
			next.SinceMS = old.SinceMS
		} else {
			next.Strikes++
		}
		next.UntilMS = max(old.UntilMS, nowMS+waitFor(max(next.Strikes, 1)))
	} else {
		next.Strikes, next.UntilMS = 1, nowMS+waitFor(1)
	}
	next.Strikes = max(next.Strikes, 1)
	if p.known == nil {
		p.known = map[string]Pause{}
	}
	p.known[key] = next
	return next
}

// replace takes what the table holds. What was noted here and is not committed
// yet stays.
func (p *pauses) replace(rows []Pause, nowMS int64) {
	fresh := make(map[string]Pause, len(rows))
	for _, row := range rows {
		key := pauseKey(row.Level, row.Subject)
		if row.UntilMS > fresh[key].UntilMS {
			fresh[key] = row
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for key, old := range p.known {
		if nowMS-old.SinceMS < 10_000 && old.UntilMS > fresh[key].UntilMS {
			fresh[key] = old
		}
	}
	p.known = fresh
}

func (p *pauses) of(account Account, nowMS int64) (list []Pause) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	for _, key := range []string{pauseKey(OneAccount, account.ID), pauseKey(OneApp, appMark(account)), pauseKey(Campaigns, account.ID)} {
		if pause, ok := p.known[key]; ok && pause.UntilMS > nowMS {
			list = append(list, pause)
		}
	}
	return list
}

func (p *pauses) forget(account Account) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, key := range []string{pauseKey(OneAccount, account.ID), pauseKey(Campaigns, account.ID)} {
		delete(p.known, key)
	}
	delete(p.doubt, account.ID)
}

// doubtsToStop is how many conversations in a row must meet a doubtful refusal
// before the account counts as no longer permitted.
const doubtsToStop = 3

// doubts counts a doubtful refusal, and reports whether it is the one that
// stops the account. The same conversation counts once: its thread alone may be
// what is not permitted.
func (p *pauses) doubts(accountID, conversationID string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.doubt == nil {
		p.doubt = map[string]map[string]bool{}
	}
	if p.doubt[accountID] == nil {
		p.doubt[accountID] = map[string]bool{}
	}
	p.doubt[accountID][conversationID] = true
	return len(p.doubt[accountID]) >= doubtsToStop
}

// trusts forgets the doubts of an account that sends.
func (p *pauses) trusts(accountID string) {
	p.mu.RLock()
	doubted := len(p.doubt[accountID]) > 0
	p.mu.RUnlock()
	if doubted {
		p.mu.Lock()
		delete(p.doubt, accountID)
		p.mu.Unlock()
	}
}

// appMark names the app that an account's token is of, without telling its
// secret: accounts of one app share it, also those of other companies. The app's
// id would not do: it is no secret, and nobody may hold others back by naming
// theirs.
func appMark(account Account) string {
	name := account.Credential(appSecret).Reveal()
	if name == "" {
		name = account.ID // a bot is its own app
	}
	sum := sha256.Sum256([]byte(string(account.Channel) + "/" + name))
	return hex.EncodeToString(sum[:12])
}

// pauseOf gives the pause that an outcome asks for.
func pauseOf(o *outcome) (pause Pause, waitFor func(strikes int) int64, ok bool) {
	if o.err == nil || o.err.Class != Throttled {
		return pause, nil, false
	}
	pause = Pause{Level: o.err.Scope, Code: o.err.Code, Reason: o.err.Message, SinceMS: o.finished,
		tenantID: o.item.tenantID, accountID: o.item.accountID}
	asked := o.err.AfterMS
	switch o.err.Scope {
	case OneCustomer:
		// How long is judged with the row, so that both agree.
		pause.Subject = o.item.conversationID
		return pause, func(int) int64 { return max(o.verdict.nextTryMS-o.finished, 0) }, true
	case OneApp:
		pause.Subject = appMark(o.account)
	case Campaigns:
		pause.Subject = o.item.accountID
		return pause, func(strikes int) int64 { return max(asked, campaignBackoff(strikes).Milliseconds()) }, true
	default:
		pause.Level, pause.Subject = OneAccount, o.item.accountID
	}
	return pause, func(strikes int) int64 { return max(asked, backoff(min(strikes, 4), 0).Milliseconds()) }, true
}

// campaignBackoff is how long campaigns rest after a platform called them too
// many: a quarter of an hour, twice as long each time, a day at most.
func campaignBackoff(strikes int) time.Duration {
	return min(15*time.Minute<<min(max(strikes-1, 0), 10), 24*time.Hour)
}

// keepPauses writes what the outcomes ask to wait for. Each is noted at once, in
// this process; others see the row within seconds.
func (s *Service) keepPauses(ctx context.Context, tx *database.Tx, done []outcome) error {
	last := map[string]Pause{}
	for i := range done {
		pause, waitFor, ok := pauseOf(&done[i])
		if !ok {
			continue
		}
		if pause.Level == OneCustomer {
			pause.Strikes, pause.UntilMS = done[i].attempt, done[i].finished+waitFor(1)
		} else {
			if done[i].pause == nil { // else noted by a try of this transaction that failed
				noted := s.pauses.note(pause, waitFor, done[i].finished)
				done[i].pause = &noted
			}
			pause = *done[i].pause
		}
		last[pause.accountID+"/"+pauseKey(pause.Level, pause.Subject)] = pause
	}
	if len(last) == 0 {
		return nil
	}
	rows := make([][]any, 0, len(last))
	for _, p := range last {
		rows = append(rows, []any{p.tenantID, p.accountID, string(p.Level), p.Subject, p.Code, cut(p.Reason, maxReason), p.Strikes, p.SinceMS, p.UntilMS})
	}
	slices.SortFunc(rows, func(a, b []any) int {
		for i := range 4 {
			if c := cmp.Compare(a[i].(string), b[i].(string)); c != 0 {
				return c
			}
		}
		return 0
	})
	_, err := tx.Each(ctx, `INSERT INTO channel_pause (tenant_id, account_id, level, subject, code, reason, strikes, since_ms, until_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (tenant_id, account_id, level, subject) DO UPDATE SET code = excluded.code, reason = excluded.reason, strikes = excluded.strikes,
			since_ms = excluded.since_ms, until_ms = CASE WHEN channel_pause.until_ms > excluded.until_ms THEN channel_pause.until_ms ELSE excluded.until_ms END`, rows, nil)
	return err
}

const pauseColumns = `tenant_id, account_id, level, subject, code, reason, strikes, since_ms, until_ms`

func scanPauses(rows *database.Rows, err error) (list []Pause, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p Pause
		if err := rows.Scan(&p.tenantID, &p.accountID, &p.Level, &p.Subject, &p.Code, &p.Reason, &p.Strikes, &p.SinceMS, &p.UntilMS); err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, rows.Err()
}

// loadPauses reads what holds back more than one customer, of every company: an
// app may serve several.
func loadPauses(ctx context.Context, tx *database.Tx) ([]Pause, error) {
	return scanPauses(tx.Query(ctx, `SELECT `+pauseColumns+` FROM channel_pause WHERE until_ms > $1 AND level <> $2`, tx.Now()-calmAfterMS, string(OneCustomer)))
}

// maxPausedCustomers bounds how many paused conversations are listed.
const maxPausedCustomers = 20

// PausesIn gives what holds an account back now, in the caller's transaction:
// the wide ones first, then the conversations that wait longest.
func (s *Service) PausesIn(ctx context.Context, tx *database.Tx, account Account) ([]Pause, error) {
	list := s.pauses.of(account, tx.Now())
	customers, err := scanPauses(tx.Query(ctx, `SELECT `+pauseColumns+` FROM channel_pause
		WHERE tenant_id = $1 AND account_id = $2 AND level = $3 AND until_ms > $4 ORDER BY until_ms DESC LIMIT $5`,
		account.TenantID, account.ID, string(OneCustomer), tx.Now(), maxPausedCustomers))
	return append(list, customers...), err
}

// liftPauses forgets what held an account back: it was connected anew.
func (s *Service) liftPauses(ctx context.Context, tx *database.Tx, account Account) error {
	_, err := tx.Exec(ctx, `DELETE FROM channel_pause WHERE tenant_id = $1 AND account_id = $2 AND level <> $3`, account.TenantID, account.ID, string(OneApp))
	tx.AfterCommit(func() { s.pauses.forget(account) })
	return err
}

// cut shortens a text to at most size bytes, at a character's boundary.
func cut(text string, size int) string {
	if len(text) <= size {
		return text
	}
	for size > 0 && text[size]&0xC0 == 0x80 {
		size--
	}
	return text[:size]
}
