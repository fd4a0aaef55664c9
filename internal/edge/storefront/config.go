package storefront

import (
	"net/url"
	"strings"
	"time"

	"prosa/internal/base/fault"
)

// schema is the vocabulary of what pages say to crawlers; a name, never called.
const schema = "https://schema.org/"

// Config tunes the pages that customers open.
type Config struct {
	LinkLife time.Duration `env:"PROSA_STORE_LINK_LIFE" default:"168h" doc:"How long the link to a customer's own shop may be used after it was sent, rounded up to a day. Pages of products and orders do not end."`
	Writes   int           `env:"PROSA_STORE_WRITES" default:"60" doc:"Changes a minute that one address may make in the shop; beyond that it is asked to wait."`
	Guesses  int           `env:"PROSA_STORE_GUESSES" default:"30" doc:"Links a minute that one address may open which are none of ours; beyond that it is asked to wait."`
	WhatsApp string        `env:"PROSA_STORE_WHATSAPP_URL" default:"https://wa.me" doc:"Where a page sends somebody who wants to write by WhatsApp; the number is put behind it."`
	Telegram string        `env:"PROSA_STORE_TELEGRAM_URL" default:"https://t.me" doc:"The same for Telegram; the bot's name is put behind it."`
}

// Validate says which setting cannot be worked with.
func (c Config) Validate() error {
	switch {
	case c.LinkLife < time.Hour:
		return fault.OnField("PROSA_STORE_LINK_LIFE", "must be at least an hour")
	case c.Writes < 1:
		return fault.OnField("PROSA_STORE_WRITES", "must be at least 1")
	case c.Guesses < 1:
		return fault.OnField("PROSA_STORE_GUESSES", "must be at least 1")
	}
	for name, base := range map[string]string{"PROSA_STORE_WHATSAPP_URL": c.WhatsApp, "PROSA_STORE_TELEGRAM_URL": c.Telegram} {
		address, err := url.Parse(base)
		if err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http" || strings.HasSuffix(base, "/") {
			return fault.OnField(name, "must be http(s)://host, without a slash behind it")
		}
	}
	return nil
}
