package health

import (
	"context"

	"prosa/internal/base/clock"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

// Health is what is known of a connection, as people may see it.
type Health struct {
	State         channel.State   `json:"state" enum:"draft,active,stopped,disabled"`
	LastWebhookMS int64           `json:"last_webhook_ms"`
	LastSentMS    int64           `json:"last_sent_ms"`
	FailedMS      int64           `json:"failed_ms" doc:"When a send was given up last, 0 never."`
	FailedCode    string          `json:"failed_code,omitempty"`
	FailedText    string          `json:"failed_text,omitempty"`
	TokenEndsMS   int64           `json:"token_ends_ms" doc:"0 never, or unknown."`
	RenewedMS     int64           `json:"renewed_ms"`
	RenewProblem  string          `json:"renew_problem,omitempty"`
	Quality       string          `json:"quality,omitempty"`
	Limit         string          `json:"limit,omitempty" doc:"The platform's name of how many customers a day may be written to first."`
	Restricted    string          `json:"restricted,omitempty" doc:"The platform's words."`
	RestrictedMS  int64           `json:"restricted_until_ms,omitempty"`
	Points        []Point         `json:"findings"`
	CheckedMS     int64           `json:"checked_ms" doc:"0 never."`
	CheckProblem  string          `json:"check_problem,omitempty"`
	Alarms        []Alarm         `json:"alarms"`
	Pauses        []channel.Pause `json:"pauses"`
	Waiting       int64           `json:"waiting" doc:"Deliveries in the queue."`
	WaitingMS     int64           `json:"waiting_since_ms" doc:"When the oldest of them was queued, 0 for none."`
	UsualGapMS    int64           `json:"usual_gap_ms" doc:"Usual time between two webhooks at this hour, 0 unknown."`
	Hours         []Hour          `json:"hours" doc:"The last week, oldest first; hours in which nothing happened are left out."`
	News          []News          `json:"news" doc:"The latest words of the platform, newest first."`
}

// Point is one point of a check, as people may see it.
type Point channel.Finding

// PointsOf shows findings.
func PointsOf(findings []channel.Finding) []Point {
	points := make([]Point, len(findings))
	for i, finding := range findings {
		points[i] = Point(finding)
	}
	return points
}

// maxNews bounds the news on the page.
const maxNews = 30

// View gives what is known of an account. Error: NotFound.
func (s *Service) View(ctx context.Context, tenantID, accountID string) (v Health, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		account, err := s.channels.Account(ctx, tx, tenantID, accountID)
		if err != nil {
			return err
		}
		r, err := load(ctx, tx, account, false)
		if err != nil {
			return err
		}
		nowMS := clock.MS(s.clock.Now())
		v = Health{State: account.State, LastWebhookMS: account.LastWebhookMS, LastSentMS: account.LastSentMS,
			FailedMS: r.FailedMS, FailedCode: r.FailedCode, FailedText: r.FailedText, TokenEndsMS: r.TokenExpiresMS, RenewedMS: r.RenewedMS, RenewProblem: r.RenewProblem,
			Quality: r.Quality, Limit: r.Tier, Points: PointsOf(r.Findings), CheckedMS: r.CheckedMS, CheckProblem: r.CheckProblem, Alarms: []Alarm{}, Pauses: []channel.Pause{}}
		if r.RestrictedUntil == 0 || r.RestrictedUntil > nowMS {
			v.Restricted, v.RestrictedMS = r.Restricted, r.RestrictedUntil
		}
		rhythm, err := s.rhythm(ctx, tx, account)
		if err != nil {
			return err
		}
		v.UsualGapMS = rhythm.gapMS(nowMS)
		pauses, err := s.channels.PausesIn(ctx, tx, account)
		if err != nil {
			return err
		}
		v.Pauses = append(v.Pauses, pauses...)
		if v.Waiting, v.WaitingMS, err = s.channels.WaitingIn(ctx, tx, account); err != nil {
			return err
		}
		alarms, err := loadAlarms(ctx, tx, tenantID, accountID)
		if err != nil {
			return err
		}
		v.Alarms = append(v.Alarms, alarms[accountID]...)
		if v.Hours, err = loadHours(ctx, tx, account, nowMS-weekMS); err != nil {
			return err
		}
		v.News, err = loadNews(ctx, tx, account, maxNews)
		return err
	})
	return v, err
}

// Alarms gives the alarms of a company's accounts, by account.
func (s *Service) Alarms(ctx context.Context, tenantID string) (alarms map[string][]Alarm, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		alarms, err = loadAlarms(ctx, tx, tenantID, "")
		return err
	})
	return alarms, err
}
