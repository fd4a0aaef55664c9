package meta

import (
	"net/url"
	"strings"
	"time"

	"prosa/internal/base/fault"
)

// Config says where the Graph API is. The adapters fill it from their own
// configuration, since Instagram's host and versions are not WhatsApp's.
type Config struct {
	BaseURL string        // scheme and host, without a slash at the end
	Version string        // "v25.0"
	Timeout time.Duration // of one call
	// UploadTimeout is for calls that carry a file.
	UploadTimeout time.Duration
}

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error {
	base, err := url.Parse(c.BaseURL)
	switch {
	case err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http":
		return fault.OnField("BaseURL", "must be an absolute http or https URL")
	case strings.HasSuffix(c.BaseURL, "/"):
		return fault.OnField("BaseURL", "must not end in a slash")
	case base.User != nil || base.RawQuery != "" || base.Fragment != "":
		return fault.OnField("BaseURL", "must be without user, query and fragment")
	case len(c.Version) < 2 || c.Version[0] != 'v' || strings.ContainsAny(c.Version, "/?# "):
		return fault.OnField("Version", "must look like v25.0")
	case c.Timeout <= 0 || c.UploadTimeout <= 0:
		return fault.OnField("Timeout", "must be positive")
	}
	return nil
}
