package amazon

import (
	"fmt"
	"net/url"
	"strings"

	"prosa/internal/base/fault"
)

// Config says where AWS is reached.
type Config struct {
	Region  string `env:"PROSA_ENVIRONMENT_AWS_REGION" default:"sa-east-1" doc:"Region whose services, machines and database are switched."`
	BaseURL string `env:"PROSA_ENVIRONMENT_AWS_URL" doc:"Base URL of AWS for all of its services, for a stand-in; empty for AWS itself."`
	Cluster string `env:"PROSA_ENVIRONMENT_AWS_CLUSTER" doc:"Cluster of the services; empty for the one called as the deployment."`
}

// Validate reports what can't be worked with.
func (c Config) Validate() error {
	if c.BaseURL != "" {
		if parsed, err := url.Parse(c.BaseURL); err != nil || parsed.Host == "" || !strings.HasPrefix(parsed.Scheme, "http") {
			return fault.OnField("PROSA_ENVIRONMENT_AWS_URL", "must be a whole http(s) URL")
		}
	}
	if c.Region == "" || strings.Trim(c.Region, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return fault.OnField("PROSA_ENVIRONMENT_AWS_REGION", "must be a region such as sa-east-1")
	}
	return nil
}

// endpoint of a service (AWS General Reference, "Service endpoints").
func (c Config) endpoint(service string) string {
	if c.BaseURL != "" {
		return strings.TrimRight(c.BaseURL, "/")
	}
	return fmt.Sprintf("https://%s.%s.amazonaws.com", service, c.Region)
}
