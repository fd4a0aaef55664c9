package mercadopago

import (
	"net/url"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/platform/httpclient"
)

// Config says where the API is and how far callbacks are trusted.
type Config struct {
	BaseURL        string        `env:"PROSA_MERCADOPAGO_BASE_URL" default:"https://api.mercadopago.com" doc:"Mercado Pago's API, or the simulator's address in demo and homolog."`
	Timeout        time.Duration `env:"PROSA_MERCADOPAGO_TIMEOUT" default:"15s" doc:"How long a call may take before its answer counts as missing."`
	CallbackWindow time.Duration `env:"PROSA_MERCADOPAGO_CALLBACK_WINDOW" default:"15m" doc:"How far the time in a callback's signature may be from ours."`
}

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error {
	base, err := url.Parse(c.BaseURL)
	switch {
	case err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http":
		return fault.OnField("PROSA_MERCADOPAGO_BASE_URL", "must be an absolute http or https URL")
	case base.User != nil || base.RawQuery != "" || base.Fragment != "" || strings.HasSuffix(c.BaseURL, "/"):
		return fault.OnField("PROSA_MERCADOPAGO_BASE_URL", "must be without user, query, fragment and slash at the end")
	case c.Timeout <= 0:
		return fault.OnField("PROSA_MERCADOPAGO_TIMEOUT", "must be positive")
	case c.CallbackWindow <= 0:
		return fault.OnField("PROSA_MERCADOPAGO_CALLBACK_WINDOW", "must be positive")
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
