package whatsapp

import (
	"strings"
	"time"

	"prosa/internal/adapters/meta"
	"prosa/internal/base/fault"
	"prosa/internal/platform/httpclient"
)

// Config says where the Cloud API is and how long we wait for it.
type Config struct {
	BaseURL       string        `env:"PROSA_WHATSAPP_BASE_URL" default:"https://graph.facebook.com" doc:"Graph API of the WhatsApp Cloud API; the simulator's address in demo and homolog."`
	Version       string        `env:"PROSA_WHATSAPP_VERSION" default:"v25.0" doc:"Version of the Graph API."`
	Timeout       time.Duration `env:"PROSA_WHATSAPP_TIMEOUT" default:"15s" doc:"How long a send may take before its answer counts as missing."`
	UploadTimeout time.Duration `env:"PROSA_WHATSAPP_UPLOAD_TIMEOUT" default:"2m" doc:"How long the upload of a file may take."`
	MediaHosts    []string      `env:"PROSA_WHATSAPP_MEDIA_HOSTS" default:"lookaside.fbsbx.com,fbcdn.net" doc:"Hosts, with their subdomains, that media are fetched from with the token, beside the host of the Graph API."`
}

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error {
	if err := c.graph().Validate(); err != nil {
		return err
	}
	for _, host := range c.MediaHosts {
		if host == "" || strings.ContainsAny(host, "/:@ ") || !strings.Contains(host, ".") {
			return fault.OnField("PROSA_WHATSAPP_MEDIA_HOSTS", "%q is not a host name", host)
		}
	}
	return nil
}

// Bases are the URLs that the adapter's HTTP client may call.
func (c Config) Bases() []string { return []string{c.BaseURL} }

// Limits bounds the adapter's HTTP client. Each call has its own, shorter time;
// redirects are followed by nobody but Fetch, hop by hop.
func (c Config) Limits() httpclient.Limits {
	return httpclient.Limits{Timeout: max(c.Timeout, c.UploadTimeout), Redirects: -1}
}

func (c Config) graph() meta.Config {
	return meta.Config{BaseURL: c.BaseURL, Version: c.Version, Timeout: c.Timeout, UploadTimeout: c.UploadTimeout}
}
