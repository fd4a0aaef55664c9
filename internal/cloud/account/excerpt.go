package account

import (
	"encoding/json"

	"prosa/deploy"
	"prosa/internal/base/fault"
)

// needed is what an excerpt must have, by the definition of the schema.
var needed = map[string][]string{
	"organization": {"management", "security", "network"},
	"holder":       {"account_id"},
	"account":      {"name", "line", "environment", "account_id", "budget"},
}

// ParseExcerpt reads a text of the form of accounts.yaml of which only the
// accounts and their budgets must be there: what a process is told that has no use
// for the rest. What is there has the form that it has in the file, and Problems
// judges it as it judges the file; rules about what may be left out are not asked.
// Error: as Parse.
func ParseExcerpt(text []byte) (File, error) {
	schema, err := excerptSchema()
	if err != nil {
		return File{}, err
	}
	return parse(text, schema, true)
}

// excerptSchema is the schema of accounts.yaml with fewer things required.
func excerptSchema() (string, error) {
	var schema struct {
		Type       string                    `json:"type"`
		Closed     bool                      `json:"additionalProperties"`
		Required   []string                  `json:"required"`
		Properties map[string]any            `json:"properties"`
		Defs       map[string]map[string]any `json:"$defs"`
	}
	if err := json.Unmarshal([]byte(deploy.AccountsSchema()), &schema); err != nil {
		return "", fault.Wrap(err, fault.Internal, "the schema is no JSON")
	}
	for name, fields := range needed {
		schema.Defs[name]["required"] = fields
	}
	text, err := json.Marshal(schema)
	return string(text), fault.Wrap(err, fault.Internal, "the schema can't be written")
}
