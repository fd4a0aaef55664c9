package audit

import (
	"context"
	"encoding/json"
	"fmt"

	"prosa/internal/base/id"
	"prosa/internal/platform/database"
)

// Write adds entries in the caller's transaction. An entry without a company
// needs a transaction of platform scope.
func Write(ctx context.Context, tx *database.Tx, entries ...Entry) error {
	args := make([][]any, len(entries))
	for i, entry := range entries {
		if entry.AtMS == 0 {
			entry.AtMS = tx.Now()
		}
		if entry.ID == "" {
			entry.ID = id.New(id.Audit, entry.AtMS)
		}
		facts, err := encodeFacts(entry)
		if err != nil {
			return err
		}
		args[i] = []any{
			entry.TenantID, entry.ID, entry.AtMS, entry.Actor.Kind, entry.Actor.ID,
			entry.Action, entry.Target, facts, entry.IP,
		}
	}
	_, err := tx.Each(ctx, `
		INSERT INTO audit_entry (tenant_id, id, at_ms, actor_kind, actor_id, action, target, facts, ip)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, args, nil)
	return err
}

// stored is the column facts: the actor's name of that day is kept with them,
// since people leave and are renamed.
type stored struct {
	ActorName string            `json:"actor_name,omitempty"`
	Facts     map[string]string `json:"facts,omitempty"`
}

func encodeFacts(entry Entry) (string, error) {
	text, err := json.Marshal(stored{ActorName: entry.Actor.Name, Facts: entry.Facts})
	return string(text), err
}

// listBefore reads entries in falling order of their ids, which is that of time.
func listBefore(ctx context.Context, tx *database.Tx, tenantID, beforeID string, limit int) ([]Entry, error) {
	return readEntries(ctx, tx, `
		SELECT tenant_id, id, at_ms, actor_kind, actor_id, action, target, facts, ip
		FROM audit_entry WHERE tenant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, tenantID, beforeID, limit)
}

// listAbout reads what was done to one thing, newest first.
func listAbout(ctx context.Context, tx *database.Tx, tenantID, target string) ([]Entry, error) {
	return readEntries(ctx, tx, `
		SELECT tenant_id, id, at_ms, actor_kind, actor_id, action, target, facts, ip
		FROM audit_entry WHERE tenant_id = $1 AND target = $2 ORDER BY id DESC LIMIT $3`, tenantID, target, aboutMost)
}

// searchBefore reads entries of all companies that fit, in falling order of their
// time and ids. Only what is asked for stands in the statement, so that an index
// can serve it.
func searchBefore(ctx context.Context, tx *database.Tx, search Search, from moment, limit int) ([]Entry, error) {
	query := `
		SELECT tenant_id, id, at_ms, actor_kind, actor_id, action, target, facts, ip
		FROM audit_entry WHERE at_ms <= $1 AND (at_ms < $1 OR id < $2)`
	args := []any{from.AtMS, from.ID}
	also := func(condition string, value any) {
		args = append(args, value)
		query += fmt.Sprintf(" AND "+condition, len(args))
	}
	for _, exact := range []struct{ column, value string }{{"tenant_id", search.TenantID}, {"actor_id", search.Actor}, {"target", search.Target}} {
		if exact.value != "" {
			also(exact.column+" = $%d", exact.value)
		}
	}
	if search.Action != "" {
		also("action >= $%d", search.Action)
		also("action < $%d", search.Action+"\U0010ffff") // behind all that begins so, byte by byte
	}
	if search.FromMS > 0 {
		also("at_ms >= $%d", search.FromMS)
	}
	if search.ToMS > 0 {
		also("at_ms <= $%d", search.ToMS)
	}
	args = append(args, limit)
	return readEntries(ctx, tx, query+fmt.Sprintf(" ORDER BY at_ms DESC, id DESC LIMIT $%d", len(args)), args...)
}

func readEntries(ctx context.Context, tx *database.Tx, query string, args ...any) ([]Entry, error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var entries []Entry
	for rows.Next() {
		var entry Entry
		var text string
		if err := rows.Scan(&entry.TenantID, &entry.ID, &entry.AtMS, &entry.Actor.Kind, &entry.Actor.ID,
			&entry.Action, &entry.Target, &text, &entry.IP); err != nil {
			return nil, err
		}
		var facts stored
		if err := json.Unmarshal([]byte(text), &facts); err != nil {
			return nil, err
		}
		entry.Actor.Name, entry.Facts = facts.ActorName, facts.Facts
		entries = append(entries, entry)
	}
	return entries, rows.Err()
}
