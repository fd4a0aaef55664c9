package builder

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

// Draft is the flow that is being written for a bot, with its layout and its
// tests.
type Draft struct {
	TenantID string `json:"-"`
	BotID    string `json:"bot_id"`
	// Revision counts the saves; the next save must name it.
	Revision   int64           `json:"revision" doc:"Name it when saving: an older one is refused."`
	Definition json.RawMessage `json:"definition" doc:"The flow (api/flow.schema.json). It may be unfinished."`
	Layout     json.RawMessage `json:"layout" doc:"Where the nodes lie: {nodes: {name: {x, y}}, notes: [{x, y, text}]}."`
	Tests      json.RawMessage `json:"tests" doc:"The flow's own tests, an array."`
	AuthorID   string          `json:"author_id" doc:"Who saved last, empty for the system."`
	AuthorName string          `json:"author_name"`
	UpdatedMS  int64           `json:"updated_ms"`
	BasedOn    int64           `json:"based_on" doc:"Number of the version that it was begun from, 0 for none."`
	Differs    bool            `json:"differs" doc:"Publishing would change something."`

	hash      string // of the flow and its tests, see contentHash
	basedHash string // the same of the version that it was begun from
}

// Limits of a draft, in bytes.
const (
	DefinitionMax = 2 << 20
	LayoutMax     = 512 << 10
	TestsMax      = 1 << 20
	depthMax      = 32
)

// Limits of the other texts.
const (
	noteMax = 500
)

// empty values of a draft's parts.
const (
	noLayout = `{}`
	noTests  = `[]`
)

// bounded checks that a part of a draft is JSON of the wanted kind ('{' or '[')
// within its limit, and gives it without needless space. Error: fault.Invalid or
// fault.TooLarge, on field.
func bounded(field string, text json.RawMessage, open byte, most int) (json.RawMessage, error) {
	if len(text) > most {
		return nil, &fault.Error{Code: fault.TooLarge, Field: field, Message: "has more than " + itoa(most) + " bytes"}
	}
	if err := shallow(field, text); err != nil {
		return nil, err
	}
	compact, err := compacted(text)
	if err != nil {
		return nil, fault.OnField(field, "is not JSON")
	}
	if len(compact) == 0 || compact[0] != open {
		kind := "an object"
		if open == '[' {
			kind = "an array"
		}
		return nil, fault.OnField(field, "must be %s", kind)
	}
	// The character NUL, also when it is written as an escape, is taken by no
	// channel and no database.
	if database.Text(string(compact)) != nil || !utf8.Valid(compact) || bytes.Contains(compact, []byte(`\u0000`)) {
		return nil, fault.OnField(field, "holds characters that can't be stored")
	}
	return compact, nil
}

// shallow bounds the nesting before a parser recurses into it.
func shallow(field string, text []byte) error {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > depthMax {
				return &fault.Error{Code: fault.TooLarge, Field: field, Message: "is nested more than " + itoa(depthMax) + " deep"}
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}
