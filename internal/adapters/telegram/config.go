package telegram

import (
	"net/url"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/platform/httpclient"
)

// Config says where the Bot API is and how long we wait for it.
type Config struct {
	BaseURL        string        `env:"PROSA_TELEGRAM_BASE_URL" default:"https://api.telegram.org" doc:"Telegram Bot API; a local Bot API server, or the simulator's address in demo and homolog."`
	Timeout        time.Duration `env:"PROSA_TELEGRAM_TIMEOUT" default:"15s" doc:"How long a call may take before its answer counts as missing."`
	UploadTimeout  time.Duration `env:"PROSA_TELEGRAM_UPLOAD_TIMEOUT" default:"2m" doc:"How long a send with a file may take."`
	MaxConnections int           `env:"PROSA_TELEGRAM_MAX_CONNECTIONS" default:"40" doc:"How many webhooks of a bot Telegram may post at once, 1 to 100."`
}

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error {
	base, err := url.Parse(c.BaseURL)
	switch {
	case err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http":
		return fault.OnField("PROSA_TELEGRAM_BASE_URL", "must be an absolute http or https URL")
	case base.User != nil || base.RawQuery != "" || base.Fragment != "" || strings.HasSuffix(c.BaseURL, "/"):
		return fault.OnField("PROSA_TELEGRAM_BASE_URL", "must be without user, query, fragment and slash at the end")
	case c.Timeout <= 0 || c.UploadTimeout <= 0:
		return fault.OnField("PROSA_TELEGRAM_TIMEOUT", "must be positive")
	case c.MaxConnections < 1 || c.MaxConnections > 100:
		return fault.OnField("PROSA_TELEGRAM_MAX_CONNECTIONS", "must be 1 to 100")
	}
	return nil
}

// Bases are the URLs that the adapter's HTTP client may call.
func (c Config) Bases() []string { return []string{c.BaseURL} }

// Limits bounds the adapter's HTTP client. Each call has its own, shorter time.
func (c Config) Limits() httpclient.Limits {
	return httpclient.Limits{Timeout: max(c.Timeout, c.UploadTimeout), Redirects: -1}
}

// publicPage is where Telegram shows public chats and stories to everybody.
const publicPage = "https://t.me/"
