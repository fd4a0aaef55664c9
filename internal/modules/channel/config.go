package channel

import (
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/message"
)

// Config tunes what leaves for the platforms.
type Config struct {
	InFlight      int           `env:"PROSA_CHANNEL_IN_FLIGHT" default:"256" doc:"Calls to platforms under way at once, for each shard that this process owns."`
	MaxAttempts   int           `env:"PROSA_CHANNEL_MAX_ATTEMPTS" default:"9" doc:"Tries of a delivery before it fails; the waits grow from 1 s to 10 min."`
	SettleAfter   time.Duration `env:"PROSA_CHANNEL_SETTLE_AFTER" default:"60s" doc:"How long an ambiguous send waits for the platform's report before it is repeated (WhatsApp)."`
	PollEvery     time.Duration `env:"PROSA_CHANNEL_POLL_EVERY" default:"1s" doc:"How often the queue is looked at for rows that no wake-up announced."`
	EarlyFor      time.Duration `env:"PROSA_CHANNEL_EARLY_FOR" default:"10m" doc:"How long a report about a message not known yet is parked."`
	ExchangeFor   time.Duration `env:"PROSA_CHANNEL_EXCHANGE_FOR" default:"168h" doc:"How long the exchange log is kept."`
	ExchangeRows  int           `env:"PROSA_CHANNEL_EXCHANGE_ROWS" default:"10000" doc:"Exchanges kept for each account."`
	RefreshEvery  time.Duration `env:"PROSA_CHANNEL_REFRESH_EVERY" default:"2s" doc:"How often the snapshot of accounts is compared with the database."`
	StaleAfter    time.Duration `env:"PROSA_CHANNEL_STALE_AFTER" default:"15s" doc:"Age at which the snapshot of accounts no longer proves that a webhook URL is unknown."`
	WhatsAppRate  float64       `env:"PROSA_CHANNEL_WHATSAPP_RATE" default:"80" doc:"Messages a second for one WhatsApp number."`
	WhatsAppPair  float64       `env:"PROSA_CHANNEL_WHATSAPP_PAIR_EVERY" default:"6" doc:"Seconds that one message to the same WhatsApp customer costs, once the burst is used."`
	WhatsAppBurst int           `env:"PROSA_CHANNEL_WHATSAPP_PAIR_BURST" default:"45" doc:"Messages to one WhatsApp customer that may go at once."`
	TelegramRate  float64       `env:"PROSA_CHANNEL_TELEGRAM_RATE" default:"30" doc:"Messages a second for one Telegram bot."`
	TelegramPair  float64       `env:"PROSA_CHANNEL_TELEGRAM_PAIR_EVERY" default:"1" doc:"Seconds that one message to the same Telegram chat costs, once the burst is used."`
	TelegramBurst int           `env:"PROSA_CHANNEL_TELEGRAM_PAIR_BURST" default:"5" doc:"Messages to one Telegram chat that may go at once."`
	MetaRate      float64       `env:"PROSA_CHANNEL_META_RATE" default:"100" doc:"Messages a second for one Messenger page or Instagram account."`
}

// Validate says which setting cannot be worked with.
func (c Config) Validate() error {
	switch {
	case c.InFlight < 1:
		return fault.OnField("PROSA_CHANNEL_IN_FLIGHT", "must be at least 1")
	case c.MaxAttempts < 1:
		return fault.OnField("PROSA_CHANNEL_MAX_ATTEMPTS", "must be at least 1")
	case c.PollEvery <= 0 || c.RefreshEvery <= 0 || c.SettleAfter <= 0:
		return fault.OnField("PROSA_CHANNEL_POLL_EVERY", "the intervals must be longer than zero")
	case c.WhatsAppRate <= 0 || c.TelegramRate <= 0 || c.MetaRate <= 0:
		return fault.OnField("PROSA_CHANNEL_WHATSAPP_RATE", "the rates must be above zero")
	}
	return nil
}

// pace is how fast an account and one of its customers may be written to.
type pace struct {
	perSecond float64       // an account's messages a second
	every     time.Duration // what one message to the same customer costs
	burst     int           // messages to one customer that may go at once
}

// paceOf gives the limits of a platform. Sources: channels.md 3.3 (80/s a
// number; 1 message per 6 s and customer, burst 45), 6.3 (30/s a bot, 1/s a
// chat with short bursts), 4.2 and 5 (well under 300/s).
func (c Config) paceOf(ch message.Channel) pace {
	seconds := func(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
	switch ch {
	case message.WhatsApp:
		return pace{c.WhatsAppRate, seconds(c.WhatsAppPair), max(c.WhatsAppBurst, 1)}
	case message.Telegram:
		return pace{c.TelegramRate, seconds(c.TelegramPair), max(c.TelegramBurst, 1)}
	default:
		return pace{c.MetaRate, 0, 1}
	}
}
