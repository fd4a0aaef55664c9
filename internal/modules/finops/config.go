package finops

import (
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
)

// Config says where bills are and how they are read.
type Config struct {
	Sources secret.Text `env:"PROSA_FINOPS_SOURCES" doc:"Where bills in the FOCUS format are: name=location, separated by commas. A location is a folder or s3://key:secret@host/bucket[/folder] with the options of PROSA_BLOB_URL. Empty for none."`

	Accounts string        `env:"PROSA_FINOPS_ACCOUNTS" doc:"The accounts.yaml from which the map of accounts and the budgets are filled: its path, or its text (JSON or YAML), of which the accounts, their ids and their budgets are enough. Empty leaves the map to the operators."`
	Every    time.Duration `env:"PROSA_FINOPS_EVERY" default:"24h" doc:"How often the sources are looked at."`
	MaxRows  int64         `env:"PROSA_FINOPS_MAX_ROWS" default:"50000000" doc:"Most rows that are read of the bill of a period."`
	MaxBytes int64         `env:"PROSA_FINOPS_MAX_BYTES" default:"34359738368" doc:"Most bytes that are read of a file of a bill, unpacked."`

	LineTag        string `env:"PROSA_FINOPS_LINE_TAG" default:"product_line" doc:"The tag that claims a product line."`
	EnvironmentTag string `env:"PROSA_FINOPS_ENVIRONMENT_TAG" default:"environment" doc:"The tag that claims an environment."`
	CompanyTag     string `env:"PROSA_FINOPS_COMPANY_TAG" default:"company" doc:"The tag that names the company of a resource that serves one alone."`
}

// Validate reports the first rule that the configuration breaks.
func (c Config) Validate() error {
	if _, err := c.sources(); err != nil {
		return err
	}
	if c.Every < time.Minute {
		return fault.OnField("PROSA_FINOPS_EVERY", "must be a minute or more")
	}
	if c.MaxRows < 1 || c.MaxBytes < 1 {
		return fault.OnField("PROSA_FINOPS_MAX_ROWS", "must be more than zero, as PROSA_FINOPS_MAX_BYTES must")
	}
	return nil
}

// feed is a configured source: a name and where its bills are.
type feed struct {
	name     string
	location secret.Text
}

// sources takes the setting apart, in its order.
func (c Config) sources() (list []feed, err error) {
	const variable = "PROSA_FINOPS_SOURCES"
	for part := range strings.SplitSeq(c.Sources.Reveal(), ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		name, location, _ := strings.Cut(part, "=")
		if err := checkSource(name); err != nil || location == "" {
			return nil, fault.OnField(variable, "must be name=location, the name of a-z, 0-9 and -")
		}
		for _, other := range list {
			if other.name == name {
				return nil, fault.OnField(variable, "names %s twice", name)
			}
		}
		list = append(list, feed{name, secret.New(location)})
	}
	return list, nil
}

// checkSource holds a source's name against its form.
func checkSource(name string) error {
	if name == "" || len(name) > 40 {
		return fault.OnField("source", "must have 1 to 40 characters")
	}
	for _, c := range []byte(name) {
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-') {
			return fault.OnField("source", "must be of a-z, 0-9 and -")
		}
	}
	return nil
}
