package builder

import "encoding/json"

// Template is a ready flow to begin with.
type Template struct {
	Name        string          `json:"name"`
	Title       string          `json:"title"`
	Description string          `json:"description"`
	Definition  json.RawMessage `json:"definition"`
	Layout      json.RawMessage `json:"layout"`
	Tests       json.RawMessage `json:"tests"`
}
