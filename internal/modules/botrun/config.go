package botrun

import (
	"strings"
	"time"

	"prosa/internal/base/fault"
)

// Config tunes the running of bots.
type Config struct {
	Timezone   string        `env:"PROSA_BOT_TIMEZONE" default:"America/Sao_Paulo" doc:"Where flows read the hour and the date (IANA name)."`
	SweepEvery time.Duration `env:"PROSA_BOT_SWEEP_EVERY" default:"1s" doc:"How often the timers of sessions are looked at."`
	SweepBatch int           `env:"PROSA_BOT_SWEEP_BATCH" default:"200" doc:"Timers fired in one sweep at most, a quarter of them for one company; what is left fires in the next, at once."`
	Claim      time.Duration `env:"PROSA_BOT_CLAIM" default:"5s" doc:"How long a process has timers and answers that it took up to itself. One that failed, or whose process died over it, comes again after that: so long may a customer wait for the bot. A second firing does nothing."`
	Versions   int           `env:"PROSA_BOT_VERSIONS" default:"1024" doc:"Compiled versions of flows kept in memory."`
	CountEvery time.Duration `env:"PROSA_BOT_COUNT_EVERY" default:"2s" doc:"How often what the turns passed is added to the counts of versions."`
	TurnsKeep  time.Duration `env:"PROSA_BOT_TURNS_KEEP" default:"2160h" doc:"How long recorded turns and sessions that ended are kept (90 days)."`
	PruneEvery time.Duration `env:"PROSA_BOT_PRUNE_EVERY" default:"10m" doc:"How often what is older is deleted, in small batches."`

	Calls          int           `env:"PROSA_BOT_CALLS" default:"32" doc:"Web calls of flows that run at once in a process."`
	CallsPerTenant int           `env:"PROSA_BOT_CALLS_PER_COMPANY" default:"8" doc:"Web calls of one company that run at once in a process; its others wait, those of other companies do not."`
	CallTimeout    time.Duration `env:"PROSA_BOT_CALL_TIMEOUT" default:"15s" doc:"How long a web call may take at most, whatever the flow says."`
	CallPoll       time.Duration `env:"PROSA_BOT_CALL_POLL" default:"500ms" doc:"How often web calls are looked for that another process asked for, or a dead one left."`
	PrivateHosts   []string      `env:"PROSA_BOT_PRIVATE_HOSTS" doc:"Hosts in private networks that web calls may reach, each as <company id>=<host>. Addresses that hand out a cloud's credentials stay out of reach."`
	DeniedHosts    []string      `env:"PROSA_BOT_DENIED_HOSTS" default:"facebook.com,fb.com,facebook.net,whatsapp.com,whatsapp.net,instagram.com,messenger.com,telegram.org,t.me" doc:"Domains that web calls never reach, nor what is below them: the channels' own APIs."`
}

// Validate says which setting cannot be worked with.
func (c Config) Validate() error {
	if _, err := time.LoadLocation(c.Timezone); err != nil {
		return fault.OnField("PROSA_BOT_TIMEZONE", "%q is not an IANA time zone", c.Timezone)
	}
	for name, d := range map[string]time.Duration{
		"PROSA_BOT_SWEEP_EVERY": c.SweepEvery, "PROSA_BOT_CLAIM": c.Claim, "PROSA_BOT_COUNT_EVERY": c.CountEvery, "PROSA_BOT_TURNS_KEEP": c.TurnsKeep,
		"PROSA_BOT_PRUNE_EVERY": c.PruneEvery, "PROSA_BOT_CALL_POLL": c.CallPoll,
	} {
		if d <= 0 {
			return fault.OnField(name, "must be longer than zero")
		}
	}
	for name, n := range map[string]int{
		"PROSA_BOT_SWEEP_BATCH": c.SweepBatch, "PROSA_BOT_VERSIONS": c.Versions, "PROSA_BOT_CALLS": c.Calls, "PROSA_BOT_CALLS_PER_COMPANY": c.CallsPerTenant,
	} {
		if n < 1 {
			return fault.OnField(name, "must be at least 1")
		}
	}
	if c.CallTimeout < time.Second || c.CallTimeout > 30*time.Second {
		return fault.OnField("PROSA_BOT_CALL_TIMEOUT", "must be from 1s to 30s")
	}
	for _, entry := range c.PrivateHosts {
		if tenant, host, ok := strings.Cut(entry, "="); !ok || tenant == "" || host == "" {
			return fault.OnField("PROSA_BOT_PRIVATE_HOSTS", "%q is not <company id>=<host>", entry)
		}
	}
	return nil
}

// privateHosts gives the company's allow-list.
func (c Config) privateHosts(tenantID string) (hosts []string) {
	for _, entry := range c.PrivateHosts {
		if tenant, host, _ := strings.Cut(entry, "="); tenant == tenantID {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

// location gives the zone of the flows. It was checked by Validate; without the
// zone data of the system, UTC is still an answer.
func (c Config) location() *time.Location {
	zone, err := time.LoadLocation(c.Timezone)
	if err != nil {
		return time.UTC
	}
	return zone
}
