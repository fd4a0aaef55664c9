package builder

import (
	"encoding/json"

	"prosa/internal/base/fault"
	"prosa/internal/modules/flow/template"
)

// Template is a ready flow to begin with.
type Template struct {
	Name        string          `json:"name"`
	Title       string          `json:"title" doc:"In the caller's language, as is the description."`
	Description string          `json:"description"`
	Definition  json.RawMessage `json:"definition"`
	Layout      json.RawMessage `json:"layout"`
	Tests       json.RawMessage `json:"tests"`
}

// Templates lists the ready flows. The error is a defect of ours.
func Templates(lang string) ([]Template, error) {
	ready, err := template.All()
	list := make([]Template, 0, len(ready))
	for _, one := range ready {
		view := Template{Name: one.Name, Definition: one.Definition, Layout: orElse(one.Layout, noLayout), Tests: orElse(one.Tests, noTests)}
		view.Title, view.Description = one.About(lang)
		list = append(list, view)
	}
	return list, err
}

// templateOf reads a ready flow. Error: fault.NotFound on template.
func templateOf(name string) (template.Template, error) {
	ready, err := template.Get(name)
	if fault.Is(err, fault.NotFound) {
		return ready, &fault.Error{Code: fault.NotFound, Field: "template", Message: fault.MessageOf(err)}
	}
	return ready, err
}
