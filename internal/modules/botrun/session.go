package botrun

import (
	"context"

	"prosa/internal/modules/flow"
	"prosa/internal/platform/database"
)

// key names a conversation.
type key struct{ tenantID, conversationID string }

// session is a row of bot_session while a batch works on it.
type session struct {
	key
	id        string
	botID     string
	versionID string
	state     flow.State
	broken    error // the stored state can't be read
	wakesMS   int64
	startedMS int64
	changed   bool
	language  string // of the customer, for an apology without a flow
}

// live reports whether the session waits for the customer.
func (s *session) live() bool { return s.id != "" && s.state.Status == flow.Waiting }

// loadSessions reads the sessions of the conversations, those that exist.
func loadSessions(ctx context.Context, tx *database.Tx, keys []key) (map[key]*session, error) {
	args := make([][]any, len(keys))
	for i, k := range keys {
		args[i] = []any{k.tenantID, k.conversationID}
	}
	found := make(map[key]*session, len(keys))
	_, err := tx.Each(ctx, `SELECT id, bot_id, version_id, seq, status, state, wakes_ms, started_ms FROM bot_session
		WHERE tenant_id = $1 AND conversation_id = $2`, args, func(i int, row database.Row) error {
		s := &session{key: keys[i]}
		var state, status string
		var seq int64
		if err := row.Scan(&s.id, &s.botID, &s.versionID, &seq, &status, &state, &s.wakesMS, &s.startedMS); err != nil {
			return err
		}
		// A state that can't be read is this session's failure, not the batch's.
		if s.state, s.broken = flow.Decode(state); s.broken != nil {
			s.state = flow.State{Seq: seq, Status: flow.Status(status)}
		}
		found[s.key] = s
		return nil
	})
	return found, err
}

// timerShard is where all timers lie: one sweeper a process looks at them, and
// firing one twice does no harm.
const timerShard = 0

// saveSessions writes the changed sessions; a conversation has one row, so a new
// session replaces the one before.
func saveSessions(ctx context.Context, tx *database.Tx, sessions []*session) error {
	args := make([][]any, 0, len(sessions))
	for _, s := range sessions {
		args = append(args, []any{
			s.tenantID, s.conversationID, s.id, s.botID, s.versionID, s.state.Seq, string(s.state.Status), s.state.Encode(),
			timerShard, s.wakesMS, s.startedMS, tx.Now(),
		})
	}
	_, err := tx.Each(ctx, `
		INSERT INTO bot_session (tenant_id, conversation_id, id, bot_id, version_id, seq, status, state, shard, wakes_ms, started_ms, updated_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (tenant_id, conversation_id) DO UPDATE SET
			id = excluded.id, bot_id = excluded.bot_id, version_id = excluded.version_id, seq = excluded.seq, status = excluded.status,
			state = excluded.state, shard = excluded.shard, wakes_ms = excluded.wakes_ms, started_ms = excluded.started_ms, updated_ms = excluded.updated_ms`,
		args, nil)
	return err
}

// record is a row of bot_turn.
type record struct {
	key
	sessionID, versionID string
	seq                  int64
	input, effects       string
	atMS                 int64
}

func saveRecords(ctx context.Context, tx *database.Tx, records []record) error {
	args := make([][]any, 0, len(records))
	for _, r := range records {
		args = append(args, []any{r.tenantID, r.conversationID, r.sessionID, r.seq, r.versionID, r.input, r.effects, r.atMS})
	}
	_, err := tx.Each(ctx, `INSERT INTO bot_turn (tenant_id, conversation_id, session_id, seq, version_id, input, effects, at_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, args, nil)
	return err
}

func loadRecords(ctx context.Context, tx *database.Tx, tenantID, sessionID string) ([]record, error) {
	rows, err := tx.Query(ctx, `SELECT tenant_id, conversation_id, session_id, seq, version_id, input, effects, at_ms FROM bot_turn
		WHERE tenant_id = $1 AND session_id = $2 ORDER BY seq`, tenantID, sessionID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var records []record
	for rows.Next() {
		var r record
		if err := rows.Scan(&r.tenantID, &r.conversationID, &r.sessionID, &r.seq, &r.versionID, &r.input, &r.effects, &r.atMS); err != nil {
			return nil, err
		}
		records = append(records, r)
	}
	return records, rows.Err()
}
