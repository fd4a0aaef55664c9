package botrun

import (
	"context"
	"strings"

	"prosa/internal/base/id"
	"prosa/internal/platform/database"
	"prosa/internal/platform/service"
)

// pruneBatch bounds what one transaction deletes, so that the writer is never
// held long.
const pruneBatch = 500

// Pruner is the service that deletes recorded turns, and sessions that ended,
// once they are old. Versions stay: they are small, and their numbers are names.
func (s *Service) Pruner() service.Service {
	return s.ticking("bot pruner", s.config.PruneEvery, "old turns of bots could not be deleted", func(ctx context.Context) error {
		_, err := s.Prune(ctx)
		return err
	})
}

// Prune deletes what is older than PROSA_BOT_TURNS_KEEP, in small transactions,
// and tells how many rows it deleted.
func (s *Service) Prune(ctx context.Context) (deleted int64, err error) {
	var bots []key // tenant and bot
	var before int64
	err = s.db.Read(ctx, database.Platform("the old turns of all companies' bots"), func(ctx context.Context, tx *database.Tx) error {
		bots, before = nil, tx.Now()-s.config.TurnsKeep.Milliseconds()
		rows, err := tx.Query(ctx, "SELECT tenant_id, id FROM bot ORDER BY tenant_id, id")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var k key
			if err := rows.Scan(&k.tenantID, &k.conversationID); err != nil {
				return err
			}
			bots = append(bots, k)
		}
		return rows.Err()
	})
	if err != nil {
		return 0, err
	}
	for i, bot := range bots {
		// A session's id holds the time of its start, so that keys find the old.
		if i == 0 || bots[i-1].tenantID != bot.tenantID {
			n, err := s.pruneAll(ctx, bot.tenantID, `DELETE FROM bot_turn WHERE (tenant_id, session_id, seq) IN (
				SELECT tenant_id, session_id, seq FROM bot_turn WHERE tenant_id = $1 AND session_id < $2 AND at_ms < $3 LIMIT $4)`,
				bot.tenantID, firstSession(before), before, pruneBatch)
			if deleted += n; err != nil {
				return deleted, err
			}
		}
		n, err := s.pruneAll(ctx, bot.tenantID, `DELETE FROM bot_session WHERE (tenant_id, conversation_id) IN (
			SELECT tenant_id, conversation_id FROM bot_session
			WHERE tenant_id = $1 AND bot_id = $5 AND id < $2 AND status <> 'waiting' AND updated_ms < $3 LIMIT $4)`,
			bot.tenantID, firstSession(before), before, pruneBatch, bot.conversationID)
		if deleted += n; err != nil {
			return deleted, err
		}
	}
	return deleted, nil
}

// pruneAll repeats a statement, a transaction each, until it finds less than a
// batch.
func (s *Service) pruneAll(ctx context.Context, tenantID, statement string, args ...any) (deleted int64, err error) {
	for {
		var n int64
		err := s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) (err error) {
			n, err = tx.Exec(ctx, statement, args...)
			return err
		})
		if deleted += n; err != nil || n < pruneBatch {
			return deleted, err
		}
	}
}

// firstSession sorts before the ids of all sessions that began at that time or
// later, and behind those that began before.
func firstSession(ms int64) string {
	made := id.Derive(id.BotSession, ms)
	// The first ten digits behind the prefix are the 48 bits of the time.
	cut := strings.IndexByte(made, '_') + 1
	return made[:cut+10]
}
