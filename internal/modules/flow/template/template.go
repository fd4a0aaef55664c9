// Package template holds flows that are ready to use: a company starts from one
// and changes it. Each is an export as a company would make it, with its layout
// and its tests; it passes the engine's proofs and its own tests on every
// channel, and customers made up against it find nothing.
//
// The tests look at where the conversation stands and not at every word, so
// that a company that changes a text keeps them green.
package template

import (
	"embed"
	"encoding/json"
	"path"
	"strings"

	"prosa/internal/base/fault"
)

//go:embed *.json
var files embed.FS

// Template is a ready flow. Its texts are JSON; Title and Description are by
// language.
type Template struct {
	Name        string            `json:"-"`
	Title       map[string]string `json:"title"`
	Description map[string]string `json:"description"`
	Definition  json.RawMessage   `json:"definition"`
	Layout      json.RawMessage   `json:"layout"`
	Tests       json.RawMessage   `json:"tests"`
}

// About gives the title and the description; lang is "en" or anything else for
// Brazilian Portuguese.
func (t Template) About(lang string) (title, description string) {
	if lang != "en" {
		lang = "pt-BR"
	}
	return t.Title[lang], t.Description[lang]
}

// Names lists the templates in alphabetical order: "agendamento", "captacao"...
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

// Get gives a template; NotFound for an unknown name.
func Get(name string) (Template, error) {
	text, err := files.ReadFile(path.Base(name) + ".json")
	if err != nil {
		return Template{}, fault.New(fault.NotFound, "there is no template %q", name)
	}
	t := Template{Name: path.Base(name)}
	if err := json.Unmarshal(text, &t); err != nil {
		return Template{}, fault.Wrap(err, fault.Internal, "a template can't be read")
	}
	return t, nil
}

// All gives every template in the order of Names.
func All() ([]Template, error) {
	var out []Template
	for _, name := range Names() {
		t, err := Get(name)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// Text gives a template's definition alone; NotFound for an unknown name.
func Text(name string) ([]byte, error) {
	t, err := Get(name)
	if err != nil {
		return nil, err
	}
	return t.Definition, nil
}
