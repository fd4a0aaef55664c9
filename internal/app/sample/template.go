package sample

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

//go:embed template.json
var templateJSON []byte

// Templates are the company's message templates as WhatsApp holds them, in the
// form of the simulator's control API: approved ones, one that waits for its
// review and one that was rejected.
func Templates() ([]map[string]any, error) {
	var list []map[string]any
	if err := json.Unmarshal(templateJSON, &list); err != nil {
		return nil, fmt.Errorf("the sample company's templates: %w", err)
	}
	return list, nil
}
