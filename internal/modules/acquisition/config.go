package acquisition

import (
	"time"

	"prosa/internal/base/fault"
)

// Config says how companies come to us.
type Config struct {
	// SiteURL is where the public pages stand, without a path.
	SiteURL string `env:"-"`
	// Line of this installation; companies of the enterprise line come by contract.
	Line string `env:"-"`

	Payment     []string        `env:"PROSA_PLAN_PAYMENT" default:"manual" doc:"Who takes the money of plans, the preferred one first: stripe, asaas, manual (the operator records payments)."`
	PollEvery   time.Duration   `env:"PROSA_SIGNUP_POLL_EVERY" default:"15m" doc:"How often an open checkout is looked at without a notice of the provider."`
	LateEvery   time.Duration   `env:"PROSA_SIGNUP_LATE_EVERY" default:"6h" doc:"How often an expired checkout is looked at: money that comes late counts."`
	DraftLife   time.Duration   `env:"PROSA_SIGNUP_DRAFT_LIFE" default:"720h" doc:"A purchase that led nowhere is forgotten this long after it was touched last."`
	RemindAfter []time.Duration `env:"PROSA_SIGNUP_REMIND_AFTER" default:"24h,72h" doc:"When a new company's admin who did not come yet is written to again."`
	LeadAfter   time.Duration   `env:"PROSA_SIGNUP_LEAD_AFTER" default:"24h" doc:"A purchase with a proven e-mail that nobody touched for this long is a lead for the CRM, where its settings wish so."`
	DueDays     int             `env:"PROSA_SIGNUP_DUE_DAYS" default:"3" doc:"Working days to pay a boleto or a Pix; it expires as many working days after its due date."`
}

// Validate says which setting cannot be worked with.
func (c Config) Validate() error {
	switch {
	case c.PollEvery < time.Second || c.LateEvery < time.Second:
		return fault.OnField("PROSA_SIGNUP_POLL_EVERY", "must be at least a second, as PROSA_SIGNUP_LATE_EVERY")
	case c.DraftLife < time.Hour:
		return fault.OnField("PROSA_SIGNUP_DRAFT_LIFE", "must be at least an hour")
	case c.LeadAfter < time.Minute:
		return fault.OnField("PROSA_SIGNUP_LEAD_AFTER", "must be at least a minute")
	case c.DueDays < 1 || c.DueDays > 30:
		return fault.OnField("PROSA_SIGNUP_DUE_DAYS", "must be 1 to 30")
	}
	for i, after := range c.RemindAfter {
		if after <= 0 || i > 0 && after <= c.RemindAfter[i-1] {
			return fault.OnField("PROSA_SIGNUP_REMIND_AFTER", "must grow")
		}
	}
	return nil
}
