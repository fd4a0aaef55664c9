package botrun

import (
	"context"

	"prosa/internal/base/page"
	"prosa/internal/platform/database"
)

// Rating is what a customer thought, asked by a rating node.
type Rating struct {
	TenantID       string `json:"-"`
	SessionID      string `json:"session_id"`
	Node           string `json:"node"`
	BotID          string `json:"bot_id"`
	Number         int64  `json:"version"`
	ConversationID string `json:"conversation_id"`
	Score          int64  `json:"score"`
	Scale          int64  `json:"scale"`
	Comment        string `json:"comment,omitempty"`
	AtMS           int64  `json:"at_ms"`
}

// RatingQuery asks for ratings of a bot, newest first.
type RatingQuery struct {
	TenantID, BotID string
	Cursor          string
	Limit           int
}

// RatingSummary says how often each score was given at a node.
type RatingSummary struct {
	Node    string          `json:"node"`
	Scale   int64           `json:"scale"`
	Count   int64           `json:"count"`
	Average float64         `json:"average"`
	Scores  map[int64]int64 `json:"scores"`
}

const ratingColumns = "tenant_id, session_id, node, bot_id, number, conversation_id, score, scale, comment, at_ms"

// saveRatings keeps what customers thought; a second word at the same node of a
// session (a comment after the score) replaces the first.
func saveRatings(ctx context.Context, tx *database.Tx, ratings []Rating) error {
	args := make([][]any, 0, len(ratings))
	for _, r := range ratings {
		args = append(args, []any{r.TenantID, r.SessionID, r.Node, r.BotID, r.Number, r.ConversationID, r.Score, r.Scale, r.Comment, r.AtMS})
	}
	_, err := tx.Each(ctx, "INSERT INTO bot_rating ("+ratingColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (tenant_id, session_id, node) DO UPDATE SET
			score = excluded.score, scale = excluded.scale, comment = excluded.comment, at_ms = excluded.at_ms`, args, nil)
	return err
}

// Ratings lists what customers thought. Error: fault.Invalid for a cursor.
func (s *Service) Ratings(ctx context.Context, q RatingQuery) (page.List[Rating], error) {
	var before struct {
		AtMS    int64  `json:"a"`
		Session string `json:"s"`
		Node    string `json:"n"`
	}
	before.AtMS = 1 << 62
	if _, err := page.Decode(q.Cursor, &before); err != nil {
		return page.List[Rating]{}, err
	}
	size := page.Size(q.Limit)
	var list page.List[Rating]
	err := s.db.Read(ctx, database.Company(q.TenantID), func(ctx context.Context, tx *database.Tx) error {
		list.Items = nil
		rows, err := tx.Query(ctx, "SELECT "+ratingColumns+` FROM bot_rating WHERE tenant_id = $1 AND bot_id = $2
			AND (at_ms, session_id, node) < ($3, $4, $5) ORDER BY at_ms DESC, session_id DESC, node DESC LIMIT $6`,
			q.TenantID, q.BotID, before.AtMS, before.Session, before.Node, size+1)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var r Rating
			if err := rows.Scan(&r.TenantID, &r.SessionID, &r.Node, &r.BotID, &r.Number, &r.ConversationID, &r.Score, &r.Scale, &r.Comment, &r.AtMS); err != nil {
				return err
			}
			list.Items = append(list.Items, r)
		}
		return rows.Err()
	})
	if len(list.Items) > size {
		list.Items = list.Items[:size]
		last := list.Items[size-1]
		before.AtMS, before.Session, before.Node = last.AtMS, last.SessionID, last.Node
		list.Next = page.Encode(before)
	}
	return list, err
}

// RatingSummaries sums up the ratings of a bot since a time in milliseconds, a
// node and scale each.
func (s *Service) RatingSummaries(ctx context.Context, tenantID, botID string, sinceMS int64) (list []RatingSummary, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		list = nil
		rows, err := tx.Query(ctx, `SELECT node, scale, score, COUNT(*) FROM bot_rating WHERE tenant_id = $1 AND bot_id = $2 AND at_ms >= $3
			GROUP BY node, scale, score ORDER BY node, scale, score`, tenantID, botID, sinceMS)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var node string
			var scale, score, count int64
			if err := rows.Scan(&node, &scale, &score, &count); err != nil {
				return err
			}
			if n := len(list); n == 0 || list[n-1].Node != node || list[n-1].Scale != scale {
				list = append(list, RatingSummary{Node: node, Scale: scale, Scores: map[int64]int64{}})
			}
			sum := &list[len(list)-1]
			sum.Scores[score] = count
			sum.Average = (sum.Average*float64(sum.Count) + float64(score*count)) / float64(sum.Count+count)
			sum.Count += count
		}
		return rows.Err()
	})
	return list, err
}
