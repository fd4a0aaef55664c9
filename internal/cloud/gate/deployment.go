package gate

import (
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/place"
)

// Deployment is a product line in an environment.
type Deployment struct{ Line, Environment string }

// ParseDeployment reads <line>-<environment>, the name of an account.
func ParseDeployment(text string) (Deployment, error) {
	line, environment, _ := strings.Cut(text, "-")
	if !place.IsLine(line) || !place.IsEnvironment(environment) {
		return Deployment{}, fault.OnField("deployment", "%.60q is none: <line>-<environment> of %s and %s is wanted", text, strings.Join(place.Lines(), ", "), strings.Join(place.Environments(), ", "))
	}
	return Deployment{Line: line, Environment: environment}, nil
}

// String gives <line>-<environment>.
func (d Deployment) String() string { return d.Line + "-" + d.Environment }

// Previous is where an image must have run before; the first environment has
// none.
func (d Deployment) Previous() (Deployment, bool) {
	environments := place.Environments()
	at := slices.Index(environments, d.Environment)
	if at < 1 {
		return Deployment{}, false
	}
	return Deployment{Line: d.Line, Environment: environments[at-1]}, true
}
