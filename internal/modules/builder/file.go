package builder

import "encoding/json"

// File is a bot's flow as it is exported and imported.
type File struct {
	Name       string          `json:"name"`
	Key        string          `json:"key"`
	Definition json.RawMessage `json:"definition"`
	Layout     json.RawMessage `json:"layout"`
	Tests      json.RawMessage `json:"tests"`
}
