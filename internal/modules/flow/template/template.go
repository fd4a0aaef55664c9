// Package template holds flows that are ready to use: a company starts from one
// and changes it. Each passes the engine's proofs on every channel.
package template

import (
	"embed"
	"path"
	"strings"

	"prosa/internal/base/fault"
)

//go:embed *.json
var files embed.FS

// Names lists the templates in alphabetical order: "captacao", "recepcao".
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil // an embedded folder is always readable
	}
	names := make([]string, 0, len(entries))
	for _, entry := range entries {
		names = append(names, strings.TrimSuffix(entry.Name(), ".json"))
	}
	return names
}

// Text gives a template's definition; NotFound for an unknown name.
func Text(name string) ([]byte, error) {
	text, err := files.ReadFile(path.Base(name) + ".json")
	if err != nil {
		return nil, fault.New(fault.NotFound, "there is no template %q", name)
	}
	return text, nil
}
