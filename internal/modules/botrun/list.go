package botrun

import (
	"context"
	"errors"

	"prosa/internal/base/fault"
	"prosa/internal/base/page"
	"prosa/internal/modules/flow"
	"prosa/internal/platform/database"
)

// Running is how many sessions are under way in one version, and where.
type Running struct {
	VersionID string           `json:"version_id"`
	Number    int64            `json:"number"`
	Sessions  int64            `json:"sessions"`
	Nodes     map[string]int64 `json:"nodes" doc:"Sessions by the node at which they wait."`
}

// Impact tells what a publication would meet: the sessions under way by version
// and node, newest version first.
func (s *Service) Impact(ctx context.Context, tenantID, botID string) (running []Running, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		if _, err = loadBot(ctx, tx, tenantID, botID, ""); err != nil {
			return err
		}
		running, err = loadRunning(ctx, tx, tenantID, botID)
		return err
	})
	return running, err
}

func loadRunning(ctx context.Context, tx *database.Tx, tenantID, botID string) ([]Running, error) {
	rows, err := tx.Query(ctx, `SELECT version_id, number, node, COUNT(*) FROM bot_session
		WHERE tenant_id = $1 AND bot_id = $2 AND status = 'waiting' GROUP BY version_id, number, node ORDER BY number DESC, node`, tenantID, botID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var running []Running
	for rows.Next() {
		var versionID, node string
		var number, count int64
		if err := rows.Scan(&versionID, &number, &node, &count); err != nil {
			return nil, err
		}
		if n := len(running); n == 0 || running[n-1].VersionID != versionID {
			running = append(running, Running{VersionID: versionID, Number: number, Nodes: map[string]int64{}})
		}
		last := &running[len(running)-1]
		last.Nodes[node] += count
		last.Sessions += count
	}
	return running, rows.Err()
}

// Standing is how a bot stands.
type Standing struct {
	LiveNumber int64 // of the version with which new sessions begin; 0 for none
	Sessions   int64 // under way, of all versions
}

// Standings tells how each bot of a company stands.
func (s *Service) Standings(ctx context.Context, tenantID string) (standings map[string]Standing, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		standings = map[string]Standing{}
		// The left join keeps bots without a version.
		rows, err := tx.Query(ctx, `SELECT b.id, COALESCE(v.number, 0), (SELECT COUNT(*) FROM bot_session s
				WHERE s.tenant_id = b.tenant_id AND s.bot_id = b.id AND s.status = 'waiting')
			FROM bot b LEFT JOIN flow_version v ON v.tenant_id = b.tenant_id AND v.id = b.live_version_id WHERE b.tenant_id = $1`, tenantID)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var botID string
			var one Standing
			if err := rows.Scan(&botID, &one.LiveNumber, &one.Sessions); err != nil {
				return err
			}
			standings[botID] = one
		}
		return rows.Err()
	})
	return standings, err
}

// SessionQuery asks for sessions of a bot, newest first; what is zero does not
// narrow. A conversation shows its last session.
type SessionQuery struct {
	TenantID, BotID string
	Number          int64
	Node            string
	Status          flow.Status
	Cursor          string
	Limit           int
}

// SessionView is a session in a list.
type SessionView struct {
	SessionID      string      `json:"session_id"`
	ConversationID string      `json:"conversation_id"`
	Number         int64       `json:"version"`
	Node           string      `json:"node,omitempty" doc:"Where it waits, or where it ended."`
	Status         flow.Status `json:"status" enum:"waiting,ended,handed_off,failed"`
	Turns          int64       `json:"turns"`
	StartedMS      int64       `json:"started_ms"`
	UpdatedMS      int64       `json:"updated_ms"`
}

// Sessions lists sessions. Error: fault.Invalid for a cursor.
func (s *Service) Sessions(ctx context.Context, q SessionQuery) (page.List[SessionView], error) {
	var before struct {
		ID string `json:"i"`
	}
	before.ID = "~" // behind every id
	if _, err := page.Decode(q.Cursor, &before); err != nil {
		return page.List[SessionView]{}, err
	}
	size := page.Size(q.Limit)
	var list page.List[SessionView]
	err := s.db.Read(ctx, database.Company(q.TenantID), func(ctx context.Context, tx *database.Tx) error {
		list.Items = nil
		rows, err := tx.Query(ctx, `SELECT id, conversation_id, number, node, status, seq, started_ms, updated_ms FROM bot_session
			WHERE tenant_id = $1 AND bot_id = $2 AND id < $3
				AND (CAST($4 AS BIGINT) = 0 OR number = $4) AND (CAST($5 AS TEXT) = '' OR node = $5) AND (CAST($6 AS TEXT) = '' OR status = $6)
			ORDER BY id DESC LIMIT $7`, q.TenantID, q.BotID, before.ID, q.Number, q.Node, string(q.Status), size+1)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var v SessionView
			if err := rows.Scan(&v.SessionID, &v.ConversationID, &v.Number, &v.Node, &v.Status, &v.Turns, &v.StartedMS, &v.UpdatedMS); err != nil {
				return err
			}
			list.Items = append(list.Items, v)
		}
		return rows.Err()
	})
	if len(list.Items) > size {
		list.Items = list.Items[:size]
		before.ID = list.Items[size-1].SessionID
		list.Next = page.Encode(before)
	}
	return list, err
}

// SessionOf tells whose a session is, also one that its conversation has left
// behind. Error: fault.NotFound.
func (s *Service) SessionOf(ctx context.Context, tenantID, sessionID string) (botID, conversationID string, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, `SELECT v.bot_id, t.conversation_id FROM bot_turn t
			JOIN flow_version v ON v.tenant_id = t.tenant_id AND v.id = t.version_id
			WHERE t.tenant_id = $1 AND t.session_id = $2 ORDER BY t.seq LIMIT 1`, tenantID, sessionID).Scan(&botID, &conversationID)
	})
	if errors.Is(err, database.ErrNoRows) {
		return "", "", fault.New(fault.NotFound, "no such session")
	}
	return botID, conversationID, err
}
