package health

import (
	"time"

	"prosa/internal/base/fault"
)

// Config tunes how closely connections are watched.
type Config struct {
	Every       time.Duration `env:"PROSA_HEALTH_EVERY" default:"1m" doc:"How often alarms of channels are looked at."`
	CheckEvery  time.Duration `env:"PROSA_HEALTH_CHECK_EVERY" default:"24h" doc:"How often the token, the permissions and the subscription of each channel are checked with its platform."`
	RetryEvery  time.Duration `env:"PROSA_HEALTH_RETRY_EVERY" default:"1h" doc:"When a check or the renewal of a token is tried again after it failed."`
	RenewBefore time.Duration `env:"PROSA_HEALTH_RENEW_BEFORE" default:"480h" doc:"How long before its end a token is renewed, where the platform gives a new one (Instagram Login)."`
	Batch       int           `env:"PROSA_HEALTH_BATCH" default:"20" doc:"Channels checked at one look."`

	MetaApps    string `env:"PROSA_GUIDE_META_APPS" default:"https://developers.facebook.com/apps" doc:"Where the guided set-up sends people for their app at Meta."`
	MetaUsers   string `env:"PROSA_GUIDE_META_USERS" default:"https://business.facebook.com/settings/system-users" doc:"Where the guided set-up sends people for a lasting token of Meta."`
	MetaNumbers string `env:"PROSA_GUIDE_META_NUMBERS" default:"https://business.facebook.com/wa/manage/phone-numbers" doc:"Where the guided set-up sends people for their WhatsApp numbers."`
	BotFather   string `env:"PROSA_GUIDE_BOTFATHER" default:"https://t.me/BotFather" doc:"Where the guided set-up sends people for a Telegram bot."`
}

// Validate says which setting cannot be worked with.
func (c Config) Validate() error {
	if c.Every <= 0 || c.CheckEvery <= 0 || c.RetryEvery <= 0 || c.RenewBefore <= 0 {
		return fault.OnField("PROSA_HEALTH_EVERY", "the intervals must be longer than zero")
	}
	if c.Batch < 1 {
		return fault.OnField("PROSA_HEALTH_BATCH", "must be at least 1")
	}
	return nil
}
