package account

import (
	"maps"
	"slices"
	"strings"

	"prosa/internal/base/fault"
)

// A layer is applied in accounts of the organization, in those that carry a
// product line, or, the one that makes the place of the states, in all.
const bootstrapLayer = "00-bootstrap"

// Layers by where they are applied. The folders of aws/layers are the same.
var (
	layersOfOrganization = map[string]string{
		"10-organization": "management", "15-security": "security", "25-zone": "network", "80-finops": "management",
	}
	layersOfWorkloads = []string{"20-access", "30-network", "40-data", "45-edge", "50-runtime", "70-observability"}
)

// Layers names every layer, in the order in which they are applied.
func Layers() []string {
	names := append(slices.Collect(maps.Keys(layersOfOrganization)), layersOfWorkloads...)
	names = append(names, bootstrapLayer)
	slices.Sort(names)
	return names
}

// Holders names the accounts in which a layer is applied; none for no layer.
func (f File) Holders(layer string) []string {
	if held, ok := layersOfOrganization[layer]; ok {
		return []string{held}
	}
	var names []string
	if layer == bootstrapLayer {
		for _, holder := range f.holders() {
			names = append(names, holder.name)
		}
	}
	if layer == bootstrapLayer || slices.Contains(layersOfWorkloads, layer) {
		for _, a := range f.Accounts {
			names = append(names, a.Name)
		}
	}
	return names
}

// applied refuses a layer that is not applied in an account. Error:
// fault.NotFound.
func (f File) applied(name, layer string) error {
	held := f.Holders(layer)
	switch {
	case len(held) == 0:
		return fault.New(fault.NotFound, "there is no layer %s", layer)
	case !slices.Contains(held, name):
		return fault.New(fault.NotFound, "%s is applied in %s, not in %s", layer, strings.Join(held, ", "), name)
	}
	return nil
}
