package zoho

import (
	"cmp"
	"net/url"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/modules/crm"
	"prosa/internal/platform/httpclient"
)

// Config says where the vendor is.
type Config struct {
	AccountsURL string        `env:"PROSA_ZOHO_ACCOUNTS_URL" doc:"Address of the simulator, in place of Zoho's data centres; nothing else is called then. Empty: Zoho."`
	Timeout     time.Duration `env:"PROSA_ZOHO_TIMEOUT" default:"15s" doc:"How long a call may take before its answer counts as lost."`
}

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error {
	if c.AccountsURL != "" {
		base, err := url.Parse(c.AccountsURL)
		if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" || base.User != nil || base.RawQuery != "" || strings.HasSuffix(c.AccountsURL, "/") {
			return fault.OnField("PROSA_ZOHO_ACCOUNTS_URL", "must be an absolute http or https URL without a slash at the end")
		}
	}
	if c.Timeout <= 0 {
		return fault.OnField("PROSA_ZOHO_TIMEOUT", "must be positive")
	}
	return nil
}

// centre is a data centre.
type centre struct {
	key, accounts string
	// apis are the hosts that api_domain may name: production, sandboxes and
	// developer editions.
	zone string
}

// centres is the vendor's table. Canada is not under zoho.ca. Source: "Multi DC",
// and accounts.zoho.com/oauth/serverinfo.
func centres() []centre {
	return []centre{
		{"us", "https://accounts.zoho.com", "com"},
		{"eu", "https://accounts.zoho.eu", "eu"},
		{"in", "https://accounts.zoho.in", "in"},
		{"au", "https://accounts.zoho.com.au", "com.au"},
		{"jp", "https://accounts.zoho.jp", "jp"},
		{"cn", "https://accounts.zoho.com.cn", "com.cn"},
		{"sa", "https://accounts.zoho.sa", "sa"},
		{"ca", "https://accounts.zohocloud.ca", "ca"},
		{"uk", "https://accounts.zoho.uk", "uk"},
	}
}

// apis are the addresses that an answer's api_domain may name.
func (c centre) apis() []string {
	return []string{"https://www.zohoapis." + c.zone, "https://sandbox.zohoapis." + c.zone, "https://developer.zohoapis." + c.zone}
}

// accounts gives where tokens of a data centre are asked for.
func (c Config) accounts(key string) (string, bool) {
	for _, known := range centres() {
		if known.key == key {
			return cmp.Or(c.AccountsURL, known.accounts), true
		}
	}
	return "", false
}

// shown is the table as people choose from it.
func shown() []crm.Centre {
	var list []crm.Centre
	for _, known := range centres() {
		list = append(list, crm.Centre{Key: known.key, Host: strings.TrimPrefix(known.accounts, "https://")})
	}
	return list
}

// Bases are the URLs that the adapter's HTTP client may call: an api_domain that
// names another host is refused before a token goes there.
func (c Config) Bases() []string {
	if c.AccountsURL != "" {
		return []string{c.AccountsURL}
	}
	var bases []string
	for _, known := range centres() {
		bases = append(append(bases, known.accounts), known.apis()...)
	}
	return bases
}

// answerMax bounds an answer, in bytes: the fields of a module are the longest.
const answerMax = 4 << 20

// Limits bounds the adapter's HTTP client.
func (c Config) Limits() httpclient.Limits {
	return httpclient.Limits{Timeout: c.Timeout, Body: answerMax, Redirects: -1}
}
