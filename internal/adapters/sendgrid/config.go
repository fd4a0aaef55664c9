package sendgrid

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/base64"
	"net/url"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/platform/httpclient"
)

// Config says where the API is and who we are there.
type Config struct {
	BaseURL   string        `env:"PROSA_SENDGRID_BASE_URL" default:"https://api.sendgrid.com" doc:"SendGrid's API (https://api.eu.sendgrid.com for European subusers), or the simulator's address."`
	Key       secret.Text   `env:"PROSA_SENDGRID_KEY" doc:"API key; mail.send is enough, with suppression rights addresses can be cleared too."`
	EventKey  string        `env:"PROSA_SENDGRID_EVENT_KEY" doc:"Verification key of the signed event webhook, as the console shows it. Without it nothing is known of a mail after it was taken."`
	Templates []string      `env:"PROSA_SENDGRID_TEMPLATES" doc:"Dynamic templates to use instead of our own texts: template/language=d-id, comma-separated (invitation/pt-BR=d-0123)."`
	Category  string        `env:"PROSA_SENDGRID_CATEGORY" default:"prosa" doc:"Category of the mails in the vendor's statistics; empty for none."`
	Timeout   time.Duration `env:"PROSA_SENDGRID_TIMEOUT" default:"15s" doc:"How long a call may take before its answer counts as lost."`
}

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error {
	base, err := url.Parse(c.BaseURL)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" || base.User != nil || base.RawQuery != "" || strings.HasSuffix(c.BaseURL, "/") {
		return fault.OnField("PROSA_SENDGRID_BASE_URL", "must be an absolute http or https URL without a slash at the end")
	}
	if c.Timeout <= 0 {
		return fault.OnField("PROSA_SENDGRID_TIMEOUT", "must be positive")
	}
	if _, err := c.templates(); err != nil {
		return err
	}
	_, err = c.eventKey()
	return err
}

// templates gives the vendor's templates by our name and language.
func (c Config) templates() (map[string]string, error) {
	found := map[string]string{}
	for _, entry := range c.Templates {
		name, id, ok := strings.Cut(entry, "=")
		if !ok || !strings.Contains(name, "/") || !strings.HasPrefix(id, "d-") {
			return nil, fault.OnField("PROSA_SENDGRID_TEMPLATES", "%q is not template/language=d-id", entry)
		}
		found[name] = id
	}
	return found, nil
}

// eventKey reads the verification key: base64 of a SubjectPublicKeyInfo of curve
// P-256. nil when there is none.
func (c Config) eventKey() (*ecdsa.PublicKey, error) {
	if c.EventKey == "" {
		return nil, nil
	}
	wrong := fault.OnField("PROSA_SENDGRID_EVENT_KEY", "is not a verification key of SendGrid")
	der, err := base64.StdEncoding.DecodeString(c.EventKey)
	if err != nil {
		return nil, wrong
	}
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, wrong
	}
	key, ok := parsed.(*ecdsa.PublicKey)
	if !ok || key.Curve != elliptic.P256() {
		return nil, wrong
	}
	return key, nil
}

// Bases are the URLs that the adapter's HTTP client may call.
func (c Config) Bases() []string { return []string{c.BaseURL} }

// answerMax bounds an answer, in bytes.
const answerMax = 1 << 20

// Limits bounds the adapter's HTTP client.
func (c Config) Limits() httpclient.Limits {
	return httpclient.Limits{Timeout: c.Timeout, Body: answerMax, Redirects: -1}
}
