package job

import (
	"context"
	"encoding/json"

	"prosa/internal/platform/database"
)

// Waiting gives the arguments of the jobs of a kind that are not finished and
// whose arguments hold a text, for who takes what belongs to a company
// elsewhere.
func Waiting(ctx context.Context, tx *database.Tx, kind, holds string) ([]json.RawMessage, error) {
	rows, err := tx.Query(ctx, waitingQuery(tx.Engine()), kind, holds)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []json.RawMessage{}
	for rows.Next() {
		var args string
		if err := rows.Scan(&args); err != nil {
			return nil, err
		}
		list = append(list, json.RawMessage(args))
	}
	return list, rows.Err()
}

// Again is a job as Waiting gave it, to be enqueued elsewhere.
type Again struct {
	Of   string
	Args json.RawMessage
}

// Kind implements Args.
func (a Again) Kind() string { return a.Of }

// MarshalJSON gives the arguments as they were.
func (a Again) MarshalJSON() ([]byte, error) { return a.Args, nil }
