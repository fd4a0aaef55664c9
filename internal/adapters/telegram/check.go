package telegram

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/modules/channel"
)

// webhookInfo is what Telegram knows of a bot's webhook (Bot API, WebhookInfo).
type webhookInfo struct {
	URL         string   `json:"url"`
	Pending     int64    `json:"pending_update_count"`
	LastErrorAt int64    `json:"last_error_date"` // seconds
	LastError   string   `json:"last_error_message"`
	Allowed     []string `json:"allowed_updates"`
}

// Check implements channel.Checker: the token, the bot, its webhook, what the
// webhook brings and whether our secret goes with it. Errors: fault.Unavailable
// and fault.RateLimited when Telegram could not be asked; what it refuses is a
// finding.
func (a *Adapter) Check(ctx context.Context, account channel.Account, hookURL string) ([]channel.Finding, error) {
	result, err := a.ask(ctx, account, "getMe", struct{}{})
	var failure *channel.SendError
	if errors.As(err, &failure) && failure.Class == channel.Stop {
		return []channel.Finding{{Point: "token", State: "bad", Text: failure.Message}}, nil
	}
	if err != nil {
		return nil, asFault(err)
	}
	var me user
	if read(result, &me) != nil || me.ID == 0 {
		return nil, fault.New(fault.Unavailable, "Telegram's answer about the bot cannot be read")
	}
	bot := channel.Finding{Point: "account", State: "ok", Facts: map[string]string{"name": "@" + me.Username}}
	if id := strconv.FormatInt(me.ID, 10); account.ExternalID != "" && account.ExternalID != id {
		bot.State, bot.Facts["id"] = "bad", id
	}
	findings := []channel.Finding{{Point: "token", State: "ok"}, bot}
	if result, err = a.ask(ctx, account, "getWebhookInfo", struct{}{}); err != nil {
		return findings, asFault(err)
	}
	var hook webhookInfo
	if read(result, &hook) != nil {
		return findings, fault.New(fault.Unavailable, "Telegram's answer about the webhook cannot be read")
	}
	return append(findings, hook.reaches(hookURL), hook.subscribes(), hook.secret(account)), nil
}

// reaches looks at where updates go and how they arrive.
func (h *webhookInfo) reaches(hookURL string) channel.Finding {
	found := channel.Finding{Point: "webhook", State: "ok", Text: h.LastError, Facts: map[string]string{
		"url": h.URL, "pending": strconv.FormatInt(h.Pending, 10),
	}}
	if h.LastError != "" {
		found.Facts["error"] = h.LastError
		found.Facts["error_ms"] = strconv.FormatInt(h.LastErrorAt*1000, 10)
	}
	switch {
	case h.URL == "" || hookURL != "" && h.URL != hookURL:
		found.State = "bad"
	case h.Pending > 0 && h.LastError != "":
		found.State = "warn" // updates wait behind an error
	}
	return found
}

// subscribes looks for kinds of update that we read and that do not come. An
// empty list stands for the usual ones, without reactions.
func (h *webhookInfo) subscribes() channel.Finding {
	var missing []string
	for _, kind := range allowedUpdates {
		if len(h.Allowed) > 0 && !slices.Contains(h.Allowed, kind) || len(h.Allowed) == 0 && kind == "message_reaction" {
			missing = append(missing, kind)
		}
	}
	if len(missing) == 0 {
		return channel.Finding{Point: "subscription", State: "ok"}
	}
	state := "warn"
	if slices.Contains(missing, "message") {
		state = "bad"
	}
	return channel.Finding{Point: "subscription", State: state, Facts: map[string]string{"missing": strings.Join(missing, ", ")}}
}

// secret tells whether updates can be told from forged ones. Telegram never
// says which secret it has; a webhook that is refused with 401 has another.
func (h *webhookInfo) secret(account channel.Account) channel.Finding {
	found := channel.Finding{Point: "secret", State: "ok"}
	switch {
	case account.Credential(HookSecret).IsZero():
		found.State = "bad"
	case strings.Contains(h.LastError, "401"):
		found.State, found.Text = "bad", h.LastError
	}
	return found
}

// Disconnect implements channel.Disconnecter. What waits at Telegram stays
// there for a day, for the next webhook. A token that is no longer good has no
// webhook to take away.
func (a *Adapter) Disconnect(ctx context.Context, account channel.Account) error {
	_, err := a.ask(ctx, account, "deleteWebhook", struct{}{})
	var failure *channel.SendError
	if err == nil || errors.As(err, &failure) && failure.Class == channel.Stop && failure.Code != malformed {
		return nil
	}
	return asFault(err)
}
