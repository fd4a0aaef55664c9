package health

import (
	"context"
	"encoding/json"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
	"prosa/internal/platform/hold"
	"prosa/internal/platform/outbox"
	"prosa/internal/platform/service"
)

// Service watches the accounts of channel.
type Service struct {
	db       *database.DB
	cfg      Config
	channels *channel.Service
	hookURL  HookURL
	post     Post
	clock    clock.Clock
	logger   *slog.Logger
	shards   int
	nudged   chan struct{}

	mu      sync.Mutex
	rhythms map[string]learned
}

// learned is a rhythm and when it was learned.
type learned struct {
	rhythm rhythm
	atMS   int64
}

// Deps is what a Service is made of.
type Deps struct {
	DB       *database.DB
	Channels *channel.Service
	HookURL  HookURL
	// Post may be nil: nobody is written to.
	Post   Post
	Clock  clock.Clock
	Logger *slog.Logger
	Shards int
}

// New makes the service.
func New(cfg Config, deps Deps) *Service {
	return &Service{db: deps.DB, cfg: cfg, channels: deps.Channels, hookURL: deps.HookURL, post: deps.Post, clock: deps.Clock,
		logger: deps.Logger, shards: deps.Shards, nudged: make(chan struct{}, 1), rhythms: map[string]learned{}}
}

// nudge asks for a look at the alarms now.
func (s *Service) nudge() {
	select {
	case s.nudged <- struct{}{}:
	default:
	}
}

// Sweeper looks at the alarms, checks connections once a day and renews tokens
// in time.
func (s *Service) Sweeper() service.Service {
	return service.Service{Run: func(ctx context.Context) error {
		ticker := time.NewTicker(s.cfg.Every)
		defer ticker.Stop()
		for {
			if err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
				s.logger.WarnContext(ctx, "the health of channels could not be looked at", "error", err)
			}
			select {
			case <-ctx.Done():
				return nil
			case <-ticker.C:
			case <-s.nudged:
			}
		}
	}}
}

// Sweep does what is due now: checks, renewals, then the alarms of every
// account. One that fails holds no other back.
func (s *Service) Sweep(ctx context.Context) error {
	claimed, err := s.claim(ctx)
	if err != nil {
		return err
	}
	for _, due := range claimed {
		if _, err := s.check(ctx, due); err != nil && ctx.Err() == nil {
			s.logger.WarnContext(ctx, "a channel could not be checked", "account", due.ID, "error", err)
		}
		if err := s.renew(ctx, due); err != nil && ctx.Err() == nil {
			s.logger.WarnContext(ctx, "the token of a channel could not be renewed", "account", due.ID, "error", err)
		}
	}
	s.lookAll(ctx)
	return nil
}

// lookAll looks at the alarms of every account, until the house closes.
func (s *Service) lookAll(ctx context.Context) {
	for _, account := range s.channels.Directory().Accounts() {
		if err := s.look(ctx, account); err != nil && ctx.Err() == nil {
			s.logger.WarnContext(ctx, "the alarms of a channel could not be looked at", "account", account.ID, "error", err)
		}
	}
}

// claim takes the accounts whose check is due, a batch of them; another process
// takes others. What was connected a moment ago was looked at by who did it.
func (s *Service) claim(ctx context.Context) (due []channel.Account, err error) {
	type key struct{ tenantID, accountID string }
	var keys []key
	retryMS := s.cfg.RetryEvery.Milliseconds()
	err = s.db.Read(ctx, database.Platform("health of channels: the daily check of every company's"), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT a.tenant_id, a.id FROM channel_account a LEFT JOIN channel_health h ON h.tenant_id = a.tenant_id AND h.account_id = a.id
			WHERE a.`+hold.Out+` AND a.state = $1 AND COALESCE(NULLIF(h.check_next_ms, 0), a.created_ms + $2) <= $3 ORDER BY a.tenant_id, a.id LIMIT $4`,
			string(channel.Active), retryMS, clock.MS(s.clock.Now()), s.cfg.Batch)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var k key
			if err := rows.Scan(&k.tenantID, &k.accountID); err != nil {
				return err
			}
			keys = append(keys, k)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		err := s.db.Write(ctx, database.Company(k.tenantID), func(ctx context.Context, tx *database.Tx) error {
			account, err := s.channels.Account(ctx, tx, k.tenantID, k.accountID)
			if err != nil {
				return err
			}
			r, err := load(ctx, tx, account, true)
			if err != nil || r.CheckNextMS > clock.MS(s.clock.Now()) {
				return err // another process has it
			}
			r.CheckNextMS = clock.MS(s.clock.Now()) + retryMS // until the check has told
			if err := save(ctx, tx, account, r); err != nil {
				return err
			}
			tx.AfterCommit(func() { due = append(due, account) })
			return nil
		})
		if err != nil && !fault.Is(err, fault.NotFound) {
			return due, err
		}
	}
	return due, nil
}

// Check looks at a connection with its platform now. Errors: NotFound; Refused
// or Unavailable with the platform's words, which are kept too.
func (s *Service) Check(ctx context.Context, tenantID, accountID string) ([]channel.Finding, error) {
	account, err := s.channels.Get(ctx, tenantID, accountID)
	if err != nil {
		return nil, err
	}
	findings, err := s.check(ctx, account)
	if err != nil {
		return nil, err
	}
	return findings, s.look(ctx, account)
}

func (s *Service) check(ctx context.Context, account channel.Account) ([]channel.Finding, error) {
	adapter, ok := s.channels.Adapter(account.Channel)
	if !ok {
		return nil, fault.Refuse("channel_absent", "this installation does not speak %s", account.Channel)
	}
	var findings []channel.Finding
	var err error
	if checker, able := adapter.(channel.Checker); able {
		findings, err = checker.Check(ctx, account, s.hookURL(account))
	} else {
		findings, err = s.probe(ctx, account)
	}
	changed := s.change(ctx, account, func(r *record) {
		nowMS := clock.MS(s.clock.Now())
		if err != nil {
			r.CheckProblem, r.CheckNextMS = plain(fault.MessageOf(err)), nowMS+s.cfg.RetryEvery.Milliseconds()
			return
		}
		r.CheckProblem, r.CheckedMS, r.CheckNextMS = "", nowMS, nowMS+s.cfg.CheckEvery.Milliseconds()
		r.Findings = findings
		for _, finding := range findings {
			if quality := finding.Facts["quality"]; quality != "" {
				r.Quality = plain(quality)
			}
			if tier := finding.Facts["limit"]; tier != "" {
				r.Tier = plain(tier)
			}
			if finding.Point == "token" {
				if ends, parse := strconv.ParseInt(finding.Facts["expires_ms"], 10, 64); parse == nil {
					r.TokenExpiresMS = ends
				}
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return findings, changed
}

// probe is the check of a platform that has none of its own.
func (s *Service) probe(ctx context.Context, account channel.Account) ([]channel.Finding, error) {
	found, err := s.channels.Probe(ctx, account.TenantID, account.ID)
	switch {
	case fault.Is(err, fault.Refused):
		return []channel.Finding{{Point: "token", State: "bad", Text: fault.MessageOf(err)}}, nil
	case err != nil:
		return nil, err
	}
	return []channel.Finding{{Point: "token", State: "ok", Facts: map[string]string{"name": found.Name}}, {Point: "account", State: "ok", Facts: found.Facts}}, nil
}

// renew takes a fresh token before the present one ends.
func (s *Service) renew(ctx context.Context, account channel.Account) error {
	adapter, ok := s.channels.Adapter(account.Channel)
	renewer, able := adapter.(channel.Renewer)
	if !ok || !able {
		return nil
	}
	var r record
	nowMS := clock.MS(s.clock.Now())
	if err := s.db.Read(ctx, database.Company(account.TenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		r, err = load(ctx, tx, account, false)
		return err
	}); err != nil {
		return err
	}
	// A platform that renews tokens and does not say when this one ends may be
	// asked: its answer says it.
	unknown := r.TokenExpiresMS == 0 && account.Settings["flavour"] == "login" && nowMS-account.CreatedMS > dayMS
	if !unknown && (r.TokenExpiresMS == 0 || r.TokenExpiresMS-nowMS > s.cfg.RenewBefore.Milliseconds()) || r.RenewNextMS > nowMS {
		return nil
	}
	renewal, err := renewer.Renew(ctx, account)
	if err == nil && !renewal.Token.IsZero() {
		_, err = s.channels.Prove(ctx, channel.AccountChange{TenantID: account.TenantID, ID: account.ID, Version: account.Version,
			Credentials: map[string]secret.Text{"token": renewal.Token}, Actor: event.Actor{Kind: "system", ID: "renewal"}})
	}
	changed := s.change(ctx, account, func(r *record) {
		nowMS := clock.MS(s.clock.Now())
		if err != nil {
			r.RenewProblem = plain(fault.MessageOf(err))
			r.RenewNextMS = nowMS + s.cfg.RetryEvery.Milliseconds()
			r.CheckNextMS = min(r.CheckNextMS, r.RenewNextMS)
			return
		}
		r.RenewProblem, r.RenewedMS, r.RenewNextMS = "", nowMS, nowMS+dayMS
		if renewal.ExpiresMS > 0 {
			r.TokenExpiresMS = renewal.ExpiresMS
		}
	})
	if err != nil {
		return err
	}
	return changed
}

// rhythm gives what an account usually hears, learned anew every hour.
func (s *Service) rhythm(ctx context.Context, tx *database.Tx, account channel.Account) (*rhythm, error) {
	nowMS := clock.MS(s.clock.Now())
	s.mu.Lock()
	known, ok := s.rhythms[account.ID]
	s.mu.Unlock()
	if ok && nowMS-known.atMS < hourMS {
		return &known.rhythm, nil
	}
	hours, err := loadHours(ctx, tx, account, nowMS-rhythmWeeks*weekMS-hourMS)
	if err != nil {
		return nil, err
	}
	known = learned{rhythmOf(hours, nowMS), nowMS}
	s.mu.Lock()
	s.rhythms[account.ID] = known
	s.mu.Unlock()
	return &known.rhythm, nil
}

// look raises and clears the alarms of an account.
func (s *Service) look(ctx context.Context, account channel.Account) error {
	calm := false
	// Most looks find nothing new: they write nothing.
	if err := s.db.Read(ctx, database.Company(account.TenantID), func(ctx context.Context, tx *database.Tx) error {
		now, was, _, err := s.compare(ctx, tx, account.TenantID, account.ID)
		calm = err == nil && same(now, was)
		return err
	}); err != nil || calm {
		return err
	}
	return s.db.Write(ctx, database.Company(account.TenantID), func(ctx context.Context, tx *database.Tx) error {
		now, was, fresh, err := s.compare(ctx, tx, account.TenantID, account.ID)
		if err != nil {
			return err
		}
		for _, alarm := range now {
			old, known := find(was, alarm.Kind)
			if known && sameFacts(alarm, old) {
				continue
			}
			if err := s.raise(ctx, tx, fresh, alarm, old, known); err != nil {
				return err
			}
		}
		for _, old := range was {
			if _, still := find(now, old.Kind); !still {
				if err := s.clear(ctx, tx, fresh, old); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// compare gives the alarms as they should be and as they are.
func (s *Service) compare(ctx context.Context, tx *database.Tx, tenantID, accountID string) (now, was []Alarm, account channel.Account, err error) {
	if account, err = s.channels.Account(ctx, tx, tenantID, accountID); err != nil {
		if fault.Is(err, fault.NotFound) {
			return nil, nil, account, nil // removed since it was listed
		}
		return nil, nil, account, err
	}
	r, err := load(ctx, tx, account, false)
	if err != nil {
		return nil, nil, account, err
	}
	rhythm, err := s.rhythm(ctx, tx, account)
	if err != nil {
		return nil, nil, account, err
	}
	pauses, err := s.channels.PausesIn(ctx, tx, account)
	if err != nil {
		return nil, nil, account, err
	}
	stored, err := loadAlarms(ctx, tx, account.TenantID, account.ID)
	return alarmsOf(account, r, rhythm, pauses, clock.MS(s.clock.Now())), stored[account.ID], account, err
}

func find(list []Alarm, kind Kind) (Alarm, bool) {
	for _, alarm := range list {
		if alarm.Kind == kind {
			return alarm, true
		}
	}
	return Alarm{}, false
}

func same(now, was []Alarm) bool {
	if len(now) != len(was) {
		return false
	}
	for _, alarm := range now {
		if old, known := find(was, alarm.Kind); !known || !sameFacts(alarm, old) {
			return false
		}
	}
	return true
}

func sameFacts(a, b Alarm) bool {
	if a.Grade != b.Grade || len(a.Facts) != len(b.Facts) {
		return false
	}
	for name, fact := range a.Facts {
		if b.Facts[name] != fact {
			return false
		}
	}
	return true
}

// raise writes an alarm that is new or has changed. Another process may have
// been faster: then it is known by now, and its row is locked.
func (s *Service) raise(ctx context.Context, tx *database.Tx, account channel.Account, alarm, old Alarm, known bool) error {
	facts, err := json.Marshal(alarm.Facts)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "an alarm could not be encoded")
	}
	alarm.RaisedMS = tx.Now()
	if !known {
		added, err := tx.Exec(ctx, `INSERT INTO channel_alarm (tenant_id, account_id, kind, grade, facts, raised_ms, told_ms) VALUES ($1, $2, $3, $4, $5, $6, $6)
			ON CONFLICT (tenant_id, account_id, kind) DO NOTHING`, account.TenantID, account.ID, string(alarm.Kind), alarm.Grade, string(facts), tx.Now())
		if err != nil || added == 0 {
			return err
		}
	} else {
		alarm.RaisedMS = old.RaisedMS
		if _, err := tx.Exec(ctx, `UPDATE channel_alarm SET grade = $4, facts = $5 WHERE tenant_id = $1 AND account_id = $2 AND kind = $3`,
			account.TenantID, account.ID, string(alarm.Kind), alarm.Grade, string(facts)); err != nil {
			return err
		}
	}
	if s.post != nil && (!known || alarm.worse(old)) {
		if err := s.post(ctx, tx, account, alarm); err != nil {
			return err
		}
	}
	return s.tell(ctx, tx, account, alarm, true)
}

func (s *Service) clear(ctx context.Context, tx *database.Tx, account channel.Account, old Alarm) error {
	gone, err := tx.Exec(ctx, `DELETE FROM channel_alarm WHERE tenant_id = $1 AND account_id = $2 AND kind = $3`, account.TenantID, account.ID, string(old.Kind))
	if err != nil || gone == 0 {
		return err
	}
	return s.tell(ctx, tx, account, old, false)
}

func (s *Service) tell(ctx context.Context, tx *database.Tx, account channel.Account, alarm Alarm, raised bool) error {
	data, err := json.Marshal(map[string]any{"channel": account.View(), "alarm": alarm, "raised": raised})
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the event could not be encoded")
	}
	return outbox.Write(ctx, tx, channel.Shard(account.TenantID, "", s.shards), event.Envelope{
		TenantID: account.TenantID, Type: event.ChannelUpdated, Actor: event.Actor{Kind: "system"}, Cause: event.Auto, Data: data,
	})
}
