package environment

import (
	"net/url"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/platform/blob"
)

// Config says where leases are kept and how machines are switched.
type Config struct {
	Leases   secret.Text   `env:"PROSA_ENVIRONMENT_LEASES_URL" doc:"Where leases of environments and the hours that they ran are kept, for all deployments: a folder, or s3://host/bucket[/folder]?region=..&credentials=role. Empty: no environment is switched on and off."`
	Accounts string        `env:"PROSA_ENVIRONMENT_ACCOUNTS" doc:"Path of accounts.yaml, which names every deployment with its schedule. Empty: this deployment alone, by the two settings below."`
	Schedule string        `env:"PROSA_ENVIRONMENT_SCHEDULE" doc:"When this deployment runs, where accounts.yaml is not at hand: always, on-demand, office, or hours such as 08:00-20:00 mon-fri America/Sao_Paulo."`
	Account  string        `env:"PROSA_ENVIRONMENT_ACCOUNT_ID" doc:"The cloud account of this deployment, where accounts.yaml is not at hand: no other is switched."`
	Power    string        `env:"PROSA_ENVIRONMENT_POWER" default:"aws" doc:"What is switched: aws (services, groups of machines and the database, by their names), or units (systemd units of this machine)."`
	Notify   secret.Text   `env:"PROSA_ENVIRONMENT_NOTIFY_URL" doc:"Webhook that hears of leases, and a warning before an environment goes off: JSON with a text, as chat tools take it. Empty: the log and the status page only."`
	Ready    []string      `env:"PROSA_ENVIRONMENT_READY_URLS" doc:"Addresses of /readyz of the deployment's processes, asked before it counts as up. Empty: the machines' word counts."`
	Pause    time.Duration `env:"PROSA_ENVIRONMENT_PAUSE" default:"10s" doc:"Pause between two looks at machines that come up or go."`
	Units    []string      `env:"PROSA_ENVIRONMENT_UNITS" default:"database=postgresql.service,nats=prosa-nats.service,worker=prosa-worker.service,api=prosa-api.service,gateway=prosa-gateway.service" doc:"With units: role=unit, the roles being database, nats, worker, api and gateway."`
	Migrate  string        `env:"PROSA_ENVIRONMENT_MIGRATE_UNIT" default:"prosa-migrate.service" doc:"With units: the unit that brings the schema up and ends."`
	Systemd  string        `env:"PROSA_ENVIRONMENT_SYSTEMCTL" default:"systemctl" doc:"With units: the program that starts and stops them."`
}

// Validate reports the first setting that can't be worked with.
func (c Config) Validate() error {
	if !c.Leases.IsZero() {
		if _, err := blob.OpenShelf(c.Leases); err != nil {
			return fault.OnField("PROSA_ENVIRONMENT_LEASES_URL", "%s", fault.MessageOf(err))
		}
	}
	if c.Power != "aws" && c.Power != "units" {
		return fault.OnField("PROSA_ENVIRONMENT_POWER", "must be aws or units")
	}
	if c.Pause < 0 || c.Pause > time.Minute {
		return fault.OnField("PROSA_ENVIRONMENT_PAUSE", "must be a minute at most: who looks seldom loses the right to switch")
	}
	for _, address := range append([]string{c.Notify.Reveal()}, c.Ready...) {
		if parsed, err := url.Parse(address); address != "" && (err != nil || parsed.Host == "" || !strings.HasPrefix(parsed.Scheme, "http")) {
			return fault.OnField("PROSA_ENVIRONMENT_NOTIFY_URL", "this and PROSA_ENVIRONMENT_READY_URLS are http(s) addresses")
		}
	}
	return nil
}

// readyTimeout bounds one question to /readyz.
const readyTimeout = 5 * time.Second
