package metacatalog

import (
	"time"

	"prosa/internal/adapters/meta"
	"prosa/internal/platform/httpclient"
)

// Config says where the Graph API is and how long we wait for it.
type Config struct {
	BaseURL string        `env:"PROSA_METACATALOG_BASE_URL" default:"https://graph.facebook.com" doc:"Graph API of Meta's catalogs; the simulator's address in demo and homolog."`
	Version string        `env:"PROSA_METACATALOG_VERSION" default:"v25.0" doc:"Version of the Graph API."`
	Timeout time.Duration `env:"PROSA_METACATALOG_TIMEOUT" default:"1m" doc:"How long a call, such as a batch of thousands of items, may take before its answer counts as missing."`
}

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error { return c.graph().Validate() }

// Bases are the URLs that the adapter's HTTP client may call.
func (c Config) Bases() []string { return []string{c.BaseURL} }

// Limits bounds the adapter's HTTP client.
func (c Config) Limits() httpclient.Limits {
	return httpclient.Limits{Timeout: c.Timeout, Body: maxAnswer, Redirects: -1}
}

func (c Config) graph() meta.Config {
	return meta.Config{BaseURL: c.BaseURL, Version: c.Version, Timeout: c.Timeout, UploadTimeout: c.Timeout}
}

const (
	// maxAnswer bounds an answer, in bytes: a page of 500 items with long
	// descriptions has about 6 MB.
	maxAnswer = 16 << 20
	// maxPush bounds a batch, in bytes. Source: items_batch, "Limitations": 28 MB.
	maxPush = 28 << 20
	// maxCatalogs bounds the pages of a business's list of catalogs.
	maxCatalogPages = 20
)
