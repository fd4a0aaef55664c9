package telegram

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/httpclient"
)

// SecretHeader carries the secret that setWebhook was given (Bot API,
// setWebhook, secret_token).
const SecretHeader = "X-Telegram-Bot-Api-Secret-Token"

// Names of the credentials of a bot.
const (
	Token      = "token"
	HookSecret = "hook_secret"
)

// Adapter implements channel.Adapter.
type Adapter struct {
	config Config
	http   *http.Client
	record channel.Recorder
	clock  clock.Clock
	logger *slog.Logger
	blobs  Blobs
	// web fetches public files that Telegram could not: companies and flows name
	// their addresses.
	web    *http.Client
	floods floods
}

var (
	_ channel.Adapter      = (*Adapter)(nil)
	_ channel.Checker      = (*Adapter)(nil)
	_ channel.Disconnecter = (*Adapter)(nil)
	_ channel.Profiler     = (*Adapter)(nil)
)

// Deps is what an Adapter is made of.
type Deps struct {
	HTTP     *http.Client
	Recorder channel.Recorder
	Clock    clock.Clock
	Logger   *slog.Logger
	Blobs    Blobs
}

// Blobs opens the bytes of a file of ours, with their count.
type Blobs interface {
	Open(ctx context.Context, tenantID, key string) (io.ReadCloser, int64, error)
}

// New makes an adapter.
func New(config Config, deps Deps) *Adapter {
	web := httpclient.Guarded(httpclient.Policy{
		Limits: httpclient.Limits{Timeout: config.UploadTimeout, Body: message.LimitsOf(message.Telegram).Document + 1},
	})
	return &Adapter{config: config, http: deps.HTTP, record: deps.Recorder, clock: deps.Clock, logger: deps.Logger, blobs: deps.Blobs, web: web}
}

// Channel implements channel.Adapter.
func (a *Adapter) Channel() message.Channel { return message.Telegram }

// Challenge implements channel.Adapter: Telegram has no handshake.
func (a *Adapter) Challenge(url.Values, []channel.Account) ([]byte, error) {
	return nil, fault.New(fault.NotFound, "Telegram has no handshake")
}

// Verify implements channel.Adapter: every account's secret is compared, in
// constant time.
func (a *Adapter) Verify(header http.Header, _ []byte, accounts []channel.Account) ([]channel.Account, error) {
	given := header.Get(SecretHeader)
	var matched []channel.Account
	for _, account := range accounts {
		secret := account.Credential(HookSecret)
		if secret.Equal(given) && !secret.IsZero() {
			matched = append(matched, account)
		}
	}
	if len(matched) == 0 {
		return nil, fault.New(fault.Unauthorized, "the secret is not valid")
	}
	return matched, nil
}
