package thread

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/clock"
	"prosa/internal/modules/channel"
)

// expiresSoon is when the end of a token is told of before.
const expiresSoon = 7 * 24 * time.Hour

// States of a finding.
const (
	stateOK      = "ok"
	stateWarn    = "warn"
	stateBad     = "bad"
	stateUnknown = "unknown"
)

// Failed is the finding about a point whose question the platform did not
// answer: bad when it refused, unknown when it could not be reached.
func Failed(point string, err error) channel.Finding {
	finding := channel.Finding{Point: point, State: stateUnknown, Text: err.Error()}
	var failure *channel.SendError
	if errors.As(err, &failure) {
		finding.Text = failure.Message
		finding.Facts = map[string]string{"error": failure.Code}
		switch failure.Class {
		case channel.Retry, channel.Ambiguous, channel.Throttled:
		default:
			finding.State = stateBad
		}
	}
	return finding
}

// CheckToken looks into the account's token by its app: whether it holds, until
// when, and what it allows (Graph API, debug_token). Without the app only its use
// tells, so that it gives nothing.
func (l *Line) CheckToken(ctx context.Context, account channel.Account, wanted []string) []channel.Finding {
	app, known := asApp(account)
	if !known {
		return nil
	}
	answer, err := l.Graph.Do(ctx, app, meta.Call{
		Verb: http.MethodGet, Path: "debug_token", Query: url.Values{"input_token": {account.Credential(meta.Token).Reveal()}},
	}, meta.PageErrors)
	if err != nil {
		// What was refused is the app's own token: its id or secret.
		return []channel.Finding{Failed("secret", err)}
	}
	var told struct {
		Data struct {
			App     meta.Text `json:"app_id"`
			Valid   bool      `json:"is_valid"`
			Expires int64     `json:"expires_at"` // seconds, 0 never
			Scopes  []string  `json:"scopes"`
			Error   struct {
				Message string `json:"message"`
			} `json:"error"`
		} `json:"data"`
	}
	if meta.Read(answer, &told) != nil {
		return []channel.Finding{{Point: "token", State: stateUnknown, Text: "the answer about the token cannot be read"}}
	}
	data := told.Data
	token := channel.Finding{Point: "token", State: stateOK, Text: data.Error.Message, Facts: map[string]string{}}
	if data.Expires > 0 {
		endsMS := data.Expires * 1000
		token.Facts["expires_ms"] = strconv.FormatInt(endsMS, 10)
		if endsMS-clock.MS(l.Clock.Now()) < expiresSoon.Milliseconds() {
			token.State = stateWarn
		}
	}
	if !data.Valid || data.App != "" && string(data.App) != account.Settings[AppID] {
		token.State = stateBad
	}
	findings := []channel.Finding{{Point: "secret", State: stateOK}, token}
	return append(findings, missing("permissions", data.Scopes, wanted))
}

// missing is ok when all that is wanted is there.
func missing(point string, has, wanted []string) channel.Finding {
	var lacks []string
	for _, name := range wanted {
		if !slices.Contains(has, name) {
			lacks = append(lacks, name)
		}
	}
	if len(lacks) == 0 {
		return channel.Finding{Point: point, State: stateOK}
	}
	return channel.Finding{Point: point, State: stateBad, Facts: map[string]string{"missing": strings.Join(lacks, ",")}}
}

// CheckSubscription looks whether the app gets all events of the node.
func (l *Line) CheckSubscription(ctx context.Context, account channel.Account, node string, wanted []string) channel.Finding {
	fields, apps, err := l.Subscribed(ctx, account, node)
	switch {
	case err != nil:
		return Failed("subscription", err)
	case apps == 0:
		return channel.Finding{Point: "subscription", State: stateBad, Facts: map[string]string{"missing": strings.Join(wanted, ",")}}
	}
	finding := missing("subscription", fields, wanted)
	if finding.State == stateBad && slices.Contains(fields, "messages") {
		finding.State = stateWarn // what people write comes; signs of it may not
	}
	return finding
}

// CheckHook looks where the app's events go. Without the app nobody can tell.
func (l *Line) CheckHook(ctx context.Context, account channel.Account, hookURL string) []channel.Finding {
	app, known := asApp(account)
	if !known {
		return []channel.Finding{{Point: "webhook", State: stateUnknown, Facts: map[string]string{"url": hookURL}}}
	}
	answer, err := l.Graph.Do(ctx, app, meta.Call{Verb: http.MethodGet, Path: url.PathEscape(account.Settings[AppID]) + "/subscriptions"}, meta.PageErrors)
	if err != nil {
		return []channel.Finding{Failed("webhook", err)}
	}
	var found struct {
		Data []struct {
			Object   string `json:"object"`
			Callback string `json:"callback_url"`
			Active   bool   `json:"active"`
		} `json:"data"`
	}
	if meta.Read(answer, &found) != nil {
		return []channel.Finding{{Point: "webhook", State: stateUnknown, Text: "the answer about the webhook cannot be read"}}
	}
	finding := channel.Finding{Point: "webhook", State: stateBad, Facts: map[string]string{}}
	for _, hook := range found.Data {
		if hook.Object != l.Dialect.Object {
			continue
		}
		finding.Facts["url"] = hook.Callback
		if hook.Active && hook.Callback == hookURL {
			finding.State = stateOK
		}
	}
	return []channel.Finding{finding}
}
