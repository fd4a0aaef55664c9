package health

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"prosa/internal/base/id"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

var _ channel.NewsReader = (*Service)(nil)

// News is what a platform said of an account, as people may see it.
type News struct {
	ID      string           `json:"id"`
	Kind    channel.NewsKind `json:"kind"`
	AtMS    int64            `json:"at_ms"`
	Status  string           `json:"status,omitempty"`
	Quality string           `json:"quality,omitempty"`
	Limit   string           `json:"limit,omitempty" doc:"The platform's name of the tier."`
	Reason  string           `json:"reason,omitempty" doc:"The platform's words."`
	UntilMS int64            `json:"until_ms,omitempty"`
}

// groups of kinds of which the latest word counts. What is in no group is kept
// and shown only.
var groups = [][]channel.NewsKind{
	{channel.NewsQuality}, {channel.NewsLimit},
	{channel.NewsRestricted, channel.NewsBanned, channel.NewsRevoked, channel.NewsRestored},
	{channel.NewsPolicy},
}

// kept are the kinds that people see on the page of the account; those of
// templates belong to templates.
var kept = []channel.NewsKind{
	channel.NewsQuality, channel.NewsLimit, channel.NewsRestricted, channel.NewsBanned, channel.NewsRestored, channel.NewsReview,
	channel.NewsPolicy, channel.NewsRevoked, channel.NewsProblem,
}

const maxText = 500 // bytes kept of what a platform says

func plain(text string) string {
	text = strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "")
	for len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	return text
}

// HearNews implements channel.NewsReader.
func (s *Service) HearNews(ctx context.Context, tx *database.Tx, account channel.Account, news channel.News, atMS int64) error {
	if !slices.Contains(kept, news.Kind) {
		return nil
	}
	status, quality, limit, reason := plain(news.Status), plain(news.Quality), plain(news.Limit), plain(news.Reason)
	mark := sha256.Sum256([]byte(strings.Join([]string{string(news.Kind), status, quality, limit, reason}, "\x00")))
	added, err := tx.Exec(ctx, `INSERT INTO channel_news (tenant_id, id, account_id, kind, at_ms, mark, status, quality, tier, reason, until_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (tenant_id, account_id, at_ms, mark) DO NOTHING`,
		account.TenantID, id.New(id.News, tx.Now()), account.ID, string(news.Kind), atMS, hex.EncodeToString(mark[:8]), status, quality, limit, reason, news.UntilMS)
	if err != nil || added == 0 {
		return err
	}
	r, err := load(ctx, tx, account, true)
	if err != nil {
		return err
	}
	for _, group := range groups {
		if !slices.Contains(group, news.Kind) {
			continue
		}
		list, err := loadNews(ctx, tx, account, 1, group...)
		if err != nil {
			return err
		}
		if len(list) > 0 {
			list[0].tell(&r)
		}
	}
	if err := save(ctx, tx, account, r); err != nil {
		return err
	}
	tx.AfterCommit(s.nudge)
	return nil
}

// tell puts the latest word of its kind into what is known of the account.
func (n News) tell(r *record) {
	switch n.Kind {
	case channel.NewsQuality:
		if r.Quality = n.Quality; r.Quality == "" {
			r.Quality = n.Status
		}
		if n.Limit != "" {
			r.Tier = n.Limit
		}
	case channel.NewsLimit:
		r.Tier = n.Limit
	case channel.NewsRestricted, channel.NewsBanned, channel.NewsRevoked:
		r.Restricted, r.RestrictedUntil = n.Reason, n.UntilMS
		if r.Restricted == "" {
			r.Restricted = strings.TrimSpace(string(n.Kind) + " " + n.Status)
		}
	case channel.NewsRestored:
		r.Restricted, r.RestrictedUntil = "", 0
	case channel.NewsPolicy:
		if r.Policy, r.PolicyMS = n.Reason, n.AtMS; r.Policy == "" {
			r.Policy = n.Status
		}
	}
}

// loadNews reads the latest news of an account, of some kinds or of all.
func loadNews(ctx context.Context, tx *database.Tx, account channel.Account, limit int, kinds ...channel.NewsKind) ([]News, error) {
	args := []any{account.TenantID, account.ID, limit}
	where := ""
	if len(kinds) > 0 {
		for _, kind := range kinds {
			args = append(args, string(kind))
		}
		where = ` AND kind IN (` + database.List(len(kinds), 4) + `)`
	}
	rows, err := tx.Query(ctx, `SELECT id, kind, at_ms, status, quality, tier, reason, until_ms FROM channel_news
		WHERE tenant_id = $1 AND account_id = $2`+where+` ORDER BY at_ms DESC, mark DESC LIMIT $3`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []News{}
	for rows.Next() {
		var n News
		if err := rows.Scan(&n.ID, &n.Kind, &n.AtMS, &n.Status, &n.Quality, &n.Limit, &n.Reason, &n.UntilMS); err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, rows.Err()
}
