package telegram

import (
	"context"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"prosa/internal/base/fault"
	"prosa/internal/modules/channel"
)

// Probe implements channel.Adapter. Errors: fault.Refused, fault.Unavailable,
// fault.RateLimited.
func (a *Adapter) Probe(ctx context.Context, account channel.Account) (channel.Probe, error) {
	result, err := a.do(ctx, account, call{method: "getMe", body: []byte(`{}`)})
	if err != nil {
		return channel.Probe{}, asFault(err)
	}
	var me user
	if read(result, &me) != nil || me.ID == 0 {
		return channel.Probe{}, fault.New(fault.Unavailable, "Telegram's answer about the bot cannot be read")
	}
	probe := channel.Probe{ExternalID: strconv.FormatInt(me.ID, 10), Display: "@" + me.Username, Name: me.name(), Facts: map[string]string{}}
	result, err = a.do(ctx, account, call{method: "getWebhookInfo", body: []byte(`{}`)})
	if err != nil {
		return probe, asFault(err)
	}
	var hook webhookInfo
	if read(result, &hook) != nil {
		return probe, fault.New(fault.Unavailable, "Telegram's answer about the webhook cannot be read")
	}
	probe.Facts["webhook"] = hook.URL
	probe.Facts["pending_updates"] = strconv.FormatInt(hook.Pending, 10)
	if hook.LastError != "" {
		probe.Facts["last_error"] = hook.LastError
	}
	return probe, nil
}

// Subscribe implements channel.Adapter. What waits at Telegram is kept: those
// are customers' messages.
func (a *Adapter) Subscribe(ctx context.Context, account channel.Account, hookURL string) error {
	secret := account.Credential(HookSecret).Reveal()
	if secret == "" || len(secret) > 256 || strings.IndexFunc(secret, notSecret) >= 0 {
		return fault.OnField("credentials."+HookSecret, "must have 1 to 256 letters, digits, _ and -")
	}
	body, err := json.Marshal(struct {
		URL         string   `json:"url"`
		Secret      string   `json:"secret_token"`
		Allowed     []string `json:"allowed_updates"`
		Connections int      `json:"max_connections"`
	}{hookURL, secret, allowedUpdates, a.config.MaxConnections})
	if err != nil {
		return fault.OnField("url", "the address cannot be written")
	}
	if _, err := a.do(ctx, account, call{method: "setWebhook", body: body}); err != nil {
		return asFault(err)
	}
	return nil
}

func notSecret(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-')
}
