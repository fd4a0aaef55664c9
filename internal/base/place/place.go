package place

import "slices"

// Product lines: many companies together, or one in an installation of its own.
const (
	Massivo    = "massivo"
	Enterprise = "enterprise"
)

// Environments, in the order in which an image walks them.
const (
	Dev     = "dev"
	Homolog = "homolog"
	Prod    = "prod"
)

// Shared is the line and the environment of what serves all of them: the
// organization's own accounts.
const Shared = "shared"

var (
	lines        = []string{Massivo, Enterprise}
	environments = []string{Dev, Homolog, Prod}
)

// Lines gives the product lines.
func Lines() []string { return slices.Clone(lines) }

// Environments gives the environments in the order in which an image walks them.
func Environments() []string { return slices.Clone(environments) }

// IsLine says whether there is such a product line.
func IsLine(text string) bool { return slices.Contains(lines, text) }

// IsEnvironment says whether there is such an environment.
func IsEnvironment(text string) bool { return slices.Contains(environments, text) }

// IsBuilding says whether an environment is for building the product, and serves
// no customers.
func IsBuilding(environment string) bool { return environment == Dev || environment == Homolog }
