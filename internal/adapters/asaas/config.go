package asaas

import (
	"net/url"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/platform/httpclient"
)

// Config says where the API is and who we are there.
type Config struct {
	BaseURL      string        `env:"PROSA_ASAAS_BASE_URL" default:"https://api.asaas.com" doc:"Asaas's API (https://api-sandbox.asaas.com for its own test accounts), or the simulator's address."`
	Key          secret.Text   `env:"PROSA_ASAAS_KEY" doc:"API key. Without it no plan can be paid by Asaas."`
	WebhookToken secret.Text   `env:"PROSA_ASAAS_WEBHOOK_TOKEN" doc:"Token that Asaas's callbacks carry, as it was chosen in the webhook's settings. Without it they are refused, and payments are only noticed by asking."`
	Notices      bool          `env:"PROSA_ASAAS_NOTICES" default:"true" doc:"Asaas tells payers of their bills by its own mails, besides ours. It charges for some kinds."`
	Timeout      time.Duration `env:"PROSA_ASAAS_TIMEOUT" default:"20s" doc:"How long a call may take before its answer counts as lost."`
}

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error {
	base, err := url.Parse(c.BaseURL)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" || base.User != nil || base.RawQuery != "" || strings.HasSuffix(c.BaseURL, "/") {
		return fault.OnField("PROSA_ASAAS_BASE_URL", "must be an absolute http or https URL without a slash at the end")
	}
	if c.Timeout <= 0 {
		return fault.OnField("PROSA_ASAAS_TIMEOUT", "must be positive")
	}
	return nil
}

// Bases are the URLs that the adapter's HTTP client may call.
func (c Config) Bases() []string { return []string{c.BaseURL} }

// answerMax bounds an answer, in bytes.
const answerMax = 4 << 20

// Limits bounds the adapter's HTTP client.
func (c Config) Limits() httpclient.Limits {
	return httpclient.Limits{Timeout: c.Timeout, Body: answerMax, Redirects: -1}
}
