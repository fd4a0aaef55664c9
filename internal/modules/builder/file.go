package builder

import (
	"context"
	"encoding/json"
)

// File is a bot's draft as it is exported and imported.
type File struct {
	Name       string          `json:"name"`
	Key        string          `json:"key"`
	Definition json.RawMessage `json:"definition"`
	Layout     json.RawMessage `json:"layout"`
	Tests      json.RawMessage `json:"tests"`
}

// Export gives the draft as a file. It holds names of secrets and never their
// values. Error: fault.NotFound.
func (s *Service) Export(ctx context.Context, tenantID, botID string) (File, error) {
	bot, err := s.bots.GetBot(ctx, tenantID, botID)
	if err != nil {
		return File{}, err
	}
	draft, err := s.Draft(ctx, tenantID, botID)
	return File{Name: bot.Name, Key: bot.Key, Definition: draft.Definition, Layout: draft.Layout, Tests: draft.Tests}, err
}

// ReadFile reads an export, or the bare text of a flow. Whether it is a flow at
// all is found when it is kept or checked.
func ReadFile(text []byte) File {
	var file File
	if json.Unmarshal(text, &file) != nil || len(file.Definition) == 0 {
		return File{Definition: text}
	}
	return file
}
