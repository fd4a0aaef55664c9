package meter

import (
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
)

// Config says where meters go, and from where else they come.
type Config struct {
	Files   secret.Text `env:"PROSA_FINOPS_METERS_URL" doc:"Where deployments write what their companies used, day by day, and the cost ledger reads it: a folder or s3://key:secret@host/bucket[/folder] with the options of PROSA_BLOB_URL. Empty: no meters are written or read."`
	Sources secret.Text `env:"PROSA_FINOPS_METER_SOURCES" doc:"Where the ledger reads meters of deployments that write to a place of their own: deployment=location, separated by commas, such as massivo-dev=s3://host/bucket. Of each place only that deployment's files are believed. Empty for none."`
}

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error {
	_, err := c.Places()
	return err
}

// Place is where a deployment's files lie.
type Place struct {
	Deployment string // <line>-<environment>
	Location   secret.Text
}

// Places takes Sources apart, in its order. Error: fault.Invalid.
func (c Config) Places() (list []Place, err error) {
	const variable = "PROSA_FINOPS_METER_SOURCES"
	seen := map[string]bool{}
	for part := range strings.SplitSeq(c.Sources.Reveal(), ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		name, location, _ := strings.Cut(part, "=")
		if name == "" || len(name) > 64 || !plain(name) || location == "" {
			return nil, fault.OnField(variable, "must be deployment=location, the deployment such as massivo-dev")
		}
		if seen[name] {
			return nil, fault.OnField(variable, "names %s twice", name)
		}
		seen[name] = true
		list = append(list, Place{name, secret.New(location)})
	}
	return list, nil
}
