package stripe

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/platform/httpclient"
)

// Config says where the API is, who we are there, and what its pages offer.
type Config struct {
	BaseURL        string        `env:"PROSA_STRIPE_BASE_URL" default:"https://api.stripe.com" doc:"Stripe's API, or the simulator's address in demo and homolog."`
	Key            secret.Text   `env:"PROSA_STRIPE_KEY" doc:"Secret or restricted key (sk_..., rk_...). Without it no plan can be paid by Stripe."`
	WebhookSecrets secret.Text   `env:"PROSA_STRIPE_WEBHOOK_SECRETS" doc:"Signing secret of the webhook endpoint (whsec_...); while it is rotated, both, comma-separated."`
	Methods        []string      `env:"PROSA_STRIPE_METHODS" default:"card,pix,boleto" doc:"Ways to pay that the account has activated, of card, pix and boleto."`
	Timeout        time.Duration `env:"PROSA_STRIPE_TIMEOUT" default:"30s" doc:"How long a call may take before its answer counts as lost."`
}

// Ways to pay, in the words of the vendor and of ours.
const (
	card   = "card"
	pix    = "pix"
	boleto = "boleto"
)

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error {
	base, err := url.Parse(c.BaseURL)
	switch {
	case err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http":
		return fault.OnField("PROSA_STRIPE_BASE_URL", "must be an absolute http or https URL")
	case base.User != nil || base.RawQuery != "" || base.Fragment != "" || strings.HasSuffix(c.BaseURL, "/"):
		return fault.OnField("PROSA_STRIPE_BASE_URL", "must be without user, query, fragment and slash at the end")
	case c.Timeout <= 0:
		return fault.OnField("PROSA_STRIPE_TIMEOUT", "must be positive")
	case len(c.Methods) == 0:
		return fault.OnField("PROSA_STRIPE_METHODS", "must name one way to pay at least")
	}
	for _, method := range c.Methods {
		if !slices.Contains([]string{card, pix, boleto}, method) {
			return fault.OnField("PROSA_STRIPE_METHODS", "%q is not one of card, pix and boleto", method)
		}
	}
	return nil
}

// secrets are those that a callback may be signed with.
func (c Config) secrets() (list []string) {
	for one := range strings.SplitSeq(c.WebhookSecrets.Reveal(), ",") {
		if one = strings.TrimSpace(one); one != "" {
			list = append(list, one)
		}
	}
	return list
}

// Bases are the URLs that the adapter's HTTP client may call.
func (c Config) Bases() []string { return []string{c.BaseURL} }

// answerMax bounds an answer, in bytes.
const answerMax = 8 << 20

// Limits bounds the adapter's HTTP client.
func (c Config) Limits() httpclient.Limits {
	return httpclient.Limits{Timeout: c.Timeout, Body: answerMax, Redirects: -1}
}
