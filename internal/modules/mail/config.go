package mail

import (
	"net/mail"
	"strings"
	"time"

	"prosa/internal/base/fault"
)

// Config tunes how mails are sent.
type Config struct {
	Sender   string `env:"PROSA_MAIL_SENDER" default:"off" doc:"Who sends mails: sendgrid, smtp, folder (they are written to the data folder: for trials), or off. Without one there is no way to set a forgotten password, and invitations are handed over as links."`
	From     string `env:"PROSA_MAIL_FROM" default:"prosa@localhost" doc:"Address that mails come from."`
	FromName string `env:"PROSA_MAIL_FROM_NAME" default:"Prosa" doc:"Name that mails come from."`
	ReplyTo  string `env:"PROSA_MAIL_REPLY_TO" doc:"Where answers to mails go, when not to the sender."`

	SweepEvery  time.Duration `env:"PROSA_MAIL_SWEEP_EVERY" default:"1s" doc:"How often it is looked for mails to send, besides those of this process, which go at once."`
	SweepBatch  int           `env:"PROSA_MAIL_SWEEP_BATCH" default:"50" doc:"Mails sent in one sweep at most."`
	Lease       time.Duration `env:"PROSA_MAIL_LEASE" default:"2m" doc:"A mail that is being sent for longer than this has an unknown fate; longer than the sender's time-out."`
	SettleAfter time.Duration `env:"PROSA_MAIL_SETTLE_AFTER" default:"10m" doc:"A mail of unknown fate is sent again when the vendor told nothing of it for this long."`
	Keep        time.Duration `env:"PROSA_MAIL_KEEP" default:"2160h" doc:"Mails are forgotten after this long."`
}

// Senders that Config.Sender names.
const (
	SenderOff    = "off"
	SenderFolder = "folder"
)

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error {
	switch c.Sender {
	case SenderOff, SenderFolder, "smtp", "sendgrid":
	default:
		return fault.OnField("PROSA_MAIL_SENDER", "must be sendgrid, smtp, folder or off")
	}
	switch {
	case !isAddress(c.From):
		return fault.OnField("PROSA_MAIL_FROM", "must be an e-mail address")
	case c.ReplyTo != "" && !isAddress(c.ReplyTo):
		return fault.OnField("PROSA_MAIL_REPLY_TO", "must be an e-mail address")
	case strings.ContainsAny(c.FromName, "\r\n"):
		return fault.OnField("PROSA_MAIL_FROM_NAME", "must be one line")
	case c.SweepEvery <= 0 || c.SweepBatch < 1:
		return fault.OnField("PROSA_MAIL_SWEEP_EVERY", "must be longer than zero, and PROSA_MAIL_SWEEP_BATCH at least 1")
	case c.Lease < time.Second:
		return fault.OnField("PROSA_MAIL_LEASE", "must be at least a second")
	case c.SettleAfter <= 0:
		return fault.OnField("PROSA_MAIL_SETTLE_AFTER", "must be longer than zero")
	case c.Keep < 24*time.Hour:
		return fault.OnField("PROSA_MAIL_KEEP", "must be at least a day")
	}
	return nil
}

func isAddress(text string) bool {
	parsed, err := mail.ParseAddress(text)
	return err == nil && parsed.Address == text
}
