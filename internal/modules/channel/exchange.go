package channel

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"prosa/internal/base/id"
	"prosa/internal/base/page"
	"prosa/internal/platform/database"
)

// traces gathers what is worth knowing but must never slow the work down: the
// exchange log and when an account last heard and was heard.
type traces struct {
	mu        sync.Mutex
	exchanges []Exchange
	heard     map[string]int64 // account -> last webhook
	spoke     map[string]int64 // account -> last accepted send
	failures  map[string]failure
	pulses    map[pulseKey]pulse
	dropped   atomic.Int64
}

// Bounds of what waits in memory for the next write.
const (
	maxTraces    = 8192
	maxTraceBody = 16 << 10 // bytes of a request or response that are kept
)

// Record implements Recorder: it keeps the exchange for the next write, and
// drops it, counted, when too many wait.
func (s *Service) Record(e Exchange) {
	e.Request, e.Response = bounded(e.Request), bounded(e.Response)
	s.traces.mu.Lock()
	defer s.traces.mu.Unlock()
	if len(s.traces.exchanges) >= maxTraces {
		s.traces.dropped.Add(1)
		return
	}
	s.traces.exchanges = append(s.traces.exchanges, e)
}

// DroppedExchanges counts what Record could not keep since the start.
func (s *Service) DroppedExchanges() int64 { return s.traces.dropped.Load() }

func bounded(text string) string {
	if len(text) > maxTraceBody {
		text = text[:maxTraceBody] + "... (cut)"
	}
	return strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "\uFFFD")
}

// Heard notes that webhooks of accounts came in at a time.
func (s *Service) Heard(accountID string, atMS int64) {
	s.note(&s.traces.heard, accountID, atMS, pulse{heard: 1})
}

func (s *Service) sent(accountID string, atMS int64) {
	s.note(&s.traces.spoke, accountID, atMS, pulse{sent: 1})
}

func (s *Service) note(into *map[string]int64, accountID string, atMS int64, p pulse) {
	s.traces.mu.Lock()
	defer s.traces.mu.Unlock()
	s.traces.beat(accountID, atMS, p)
	if *into == nil {
		*into = map[string]int64{}
	}
	(*into)[accountID] = max((*into)[accountID], atMS)
}

// Tracer is the service that writes the traces once a second and forgets old
// ones once an hour.
type Tracer struct{ service *Service }

// Tracer gives the service.
func (s *Service) Tracer() Tracer { return Tracer{s} }

// Run writes until ctx ends, then once more.
func (t Tracer) Run(ctx context.Context) error {
	second, hour := time.NewTicker(time.Second), time.NewTicker(time.Hour)
	defer second.Stop()
	defer hour.Stop()
	for {
		select {
		case <-ctx.Done():
			return t.service.flush(context.WithoutCancel(ctx))
		case <-second.C:
			if err := t.service.flush(ctx); err != nil {
				t.service.logger.WarnContext(ctx, "the exchange log could not be written", "error", err)
			}
		case <-hour.C:
			if err := t.service.forget(ctx); err != nil {
				t.service.logger.WarnContext(ctx, "old exchanges could not be removed", "error", err)
			}
		}
	}
}

// flush writes what waits. What cannot be written is dropped: a log that piles
// up while the database is away would take the memory of the work itself.
func (s *Service) flush(ctx context.Context) error {
	s.traces.mu.Lock()
	exchanges, heard, spoke, failures, pulses := s.traces.exchanges, s.traces.heard, s.traces.spoke, s.traces.failures, s.traces.pulses
	s.traces.exchanges, s.traces.heard, s.traces.spoke, s.traces.failures, s.traces.pulses = nil, nil, nil, nil, nil
	s.traces.mu.Unlock()
	if len(exchanges)+len(heard)+len(spoke)+len(failures) == 0 {
		return nil
	}
	err := s.db.Write(ctx, database.Platform("exchange log: one write for the exchanges of every company"), func(ctx context.Context, tx *database.Tx) error {
		rows := make([][]any, len(exchanges))
		for i, e := range exchanges {
			rows[i] = []any{e.TenantID, id.New(id.Exchange, e.AtMS), e.AccountID, e.DeliveryID, e.AtMS, e.TookMS, e.Outgoing, e.Method,
				e.Path, e.Request, e.Status, e.Response, e.Problem}
		}
		if len(rows) > 0 {
			if _, err := tx.All(ctx, `INSERT INTO exchange (tenant_id, id, account_id, delivery_id, at_ms, took_ms, outgoing, method, path, request, status, response, problem)
				VALUES (`+database.List(13, 1)+`)`, rows, nil); err != nil {
				return err
			}
		}
		// The version stays: seeing traffic is not a change of the account.
		if err := noteSeen(ctx, tx, "last_webhook_ms", heard, s.directory); err != nil {
			return err
		}
		if err := noteSeen(ctx, tx, "last_sent_ms", spoke, s.directory); err != nil {
			return err
		}
		return notePulses(ctx, tx, pulses, failures, s.directory)
	})
	if err != nil {
		s.traces.dropped.Add(int64(len(exchanges)))
	}
	return err
}

func noteSeen(ctx context.Context, tx *database.Tx, column string, seen map[string]int64, directory *Directory) error {
	var rows [][]any
	for accountID, atMS := range seen {
		if account, ok := directory.Account(accountID); ok {
			rows = append(rows, []any{account.TenantID, accountID, atMS})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := tx.All(ctx, `UPDATE channel_account SET `+column+` = $3 WHERE tenant_id = $1 AND id = $2 AND `+column+` < $3`, rows, nil)
	return err
}

// forget removes exchanges that are too old or too many, and parked reports
// that nobody came for.
func (s *Service) forget(ctx context.Context) error {
	return s.db.Write(ctx, database.Platform("exchange log: retention for every company"), func(ctx context.Context, tx *database.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM exchange WHERE at_ms < $1`, tx.Now()-s.cfg.ExchangeFor.Milliseconds()); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM exchange WHERE (tenant_id, account_id, id) IN (
			SELECT tenant_id, account_id, id FROM (SELECT tenant_id, account_id, id, ROW_NUMBER() OVER (PARTITION BY tenant_id, account_id ORDER BY id DESC) AS place FROM exchange) ranked
			WHERE place > $1)`, s.cfg.ExchangeRows); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM channel_pulse WHERE hour_ms < $1`, tx.Now()-pulsesFor); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM channel_pause WHERE until_ms < $1`, tx.Now()-calmAfterMS); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DELETE FROM early_status WHERE parked_ms < $1`, tx.Now()-s.cfg.EarlyFor.Milliseconds())
		return err
	})
}

// ExchangeView is an exchange as people may see it.
type ExchangeView struct {
	ID         string `json:"id"`
	DeliveryID string `json:"delivery_id,omitempty"`
	AtMS       int64  `json:"at_ms"`
	TookMS     int64  `json:"took_ms"`
	Outgoing   bool   `json:"outgoing"`
	Method     string `json:"method"`
	Path       string `json:"path"`
	Request    string `json:"request"`
	Status     int    `json:"status"`
	Response   string `json:"response"`
	Problem    string `json:"problem,omitempty"`
}

// Exchanges pages through what an account's platform said and was told, newest
// first. Error: NotFound for an account of nobody or of another company.
func (s *Service) Exchanges(ctx context.Context, tenantID, accountID, cursor string, limit int) (list page.List[ExchangeView], err error) {
	var before string
	if _, err := page.Decode(cursor, &before); err != nil {
		return list, err
	}
	if before == "" {
		before = "\U0010FFFF"
	}
	size := page.Size(limit)
	list.Items = []ExchangeView{}
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		if _, err := s.loadAccount(ctx, tx, tenantID, accountID); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT id, delivery_id, at_ms, took_ms, outgoing, method, path, request, status, response, problem
			FROM exchange WHERE tenant_id = $1 AND account_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4`, tenantID, accountID, before, size+1)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var e ExchangeView
			if err := rows.Scan(&e.ID, &e.DeliveryID, &e.AtMS, &e.TookMS, &e.Outgoing, &e.Method, &e.Path, &e.Request, &e.Status, &e.Response, &e.Problem); err != nil {
				return err
			}
			list.Items = append(list.Items, e)
		}
		return rows.Err()
	})
	if err == nil && len(list.Items) > size {
		list.Items = list.Items[:size]
		list.Next = page.Encode(list.Items[size-1].ID)
	}
	return list, err
}
