package botrun

import (
	"context"
	"hash/fnv"

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
	number    int64
	state     flow.State
	node      string // waits here, or ended here
	broken    error  // the stored state can't be read
	wakesMS   int64
	startedMS int64
	stored    bool // the row holds this session, not one before it
	changed   bool
	language  string // of the customer, for an apology without a flow

	shift shift
}

// shift is where a bot's newest publication that did not let sessions drain
// leads those of versions before it.
type shift struct {
	policy    Policy
	versionID string
	number    int64
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
	_, err := tx.All(ctx, `SELECT s.id, s.bot_id, s.version_id, s.number, s.seq, s.status, s.node, s.state, s.wakes_ms, s.started_ms,
			COALESCE(b.shift, ''), COALESCE(b.shift_version_id, ''), COALESCE(b.shift_number, 0)
		FROM bot_session s LEFT JOIN bot b ON b.tenant_id = s.tenant_id AND b.id = s.bot_id
		WHERE s.tenant_id = $1 AND s.conversation_id = $2`, args, func(i int, row database.Row) error {
		s := &session{key: keys[i], stored: true}
		var state, status string
		var seq int64
		if err := row.Scan(&s.id, &s.botID, &s.versionID, &s.number, &seq, &status, &s.node, &state, &s.wakesMS, &s.startedMS,
			&s.shift.policy, &s.shift.versionID, &s.shift.number); err != nil {
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

// saveSessions writes the changed sessions; a conversation has one row, so a new
// session replaces the one before. One that goes on is written without the
// columns that don't change, so that their index is not touched.
func saveSessions(ctx context.Context, tx *database.Tx, sessions []*session) error {
	var fresh, going [][]any
	for _, s := range sessions {
		args := []any{s.tenantID, s.conversationID, s.versionID, s.number, s.state.Seq, string(s.state.Status), s.node, s.state.Encode(), s.wakesMS, tx.Now()}
		if s.stored {
			going = append(going, args)
			continue
		}
		fresh = append(fresh, append(args, s.id, s.botID, s.startedMS))
		s.stored = true
	}
	if _, err := tx.All(ctx, `
		UPDATE bot_session SET version_id = $3, number = $4, seq = $5, status = $6, node = $7, state = $8, wakes_ms = $9, updated_ms = $10
		WHERE tenant_id = $1 AND conversation_id = $2`, going, nil); err != nil {
		return err
	}
	_, err := tx.All(ctx, `
		INSERT INTO bot_session (tenant_id, conversation_id, version_id, number, seq, status, node, state, wakes_ms, updated_ms, id, bot_id, started_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		ON CONFLICT (tenant_id, conversation_id) DO UPDATE SET
			version_id = excluded.version_id, number = excluded.number, seq = excluded.seq, status = excluded.status, node = excluded.node,
			state = excluded.state, wakes_ms = excluded.wakes_ms, updated_ms = excluded.updated_ms, id = excluded.id, bot_id = excluded.bot_id,
			started_ms = excluded.started_ms`, fresh, nil)
	return err
}

// jitterMS moves a timer back by up to a fiftieth of its length, a minute at
// most, always the same for the same session: those of a whole morning that
// were set for nine o'clock don't fire in one second.
func jitterMS(sessionID string, length int64) int64 {
	most := min(length/50, 60_000)
	if most <= 0 {
		return 0
	}
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(sessionID)) // never fails
	return int64(sum.Sum32()) % most
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
	_, err := tx.All(ctx, `INSERT INTO bot_turn (tenant_id, conversation_id, session_id, seq, version_id, input, effects, at_ms)
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
