package botrun

import (
	"strings"
	"unicode/utf8"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

// State says whether a bot may be put on conversations.
type State string

// States of a bot.
const (
	Active   State = "active"
	Archived State = "archived"
)

// Bot is a company's bot: a name and the version of its flow that new sessions
// begin with.
type Bot struct {
	TenantID      string `json:"-"`
	ID            string `json:"id"`
	Name          string `json:"name"`
	State         State  `json:"state" enum:"active,archived"`
	LiveVersionID string `json:"live_version_id,omitempty" doc:"Absent until something is published."`
	CreatedMS     int64  `json:"created_ms"`
	Version       int64  `json:"version" doc:"Counts changes of this row, not of the flow."`
}

// Version is an immutable, numbered version of a bot's flow.
type Version struct {
	TenantID   string `json:"-"`
	ID         string `json:"id"`
	BotID      string `json:"bot_id"`
	Number     int64  `json:"number"`
	Hash       string `json:"hash" doc:"SHA-256 of the definition's canonical text."`
	Definition string `json:"definition" doc:"The flow as JSON text (api/flow.schema.json)."`
	Note       string `json:"note,omitempty"`
	AuthorID   string `json:"author_id,omitempty"`
	CreatedMS  int64  `json:"created_ms"`
}

const (
	nameMax = 80
	noteMax = 500
)

func checkName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if err := database.Text(name); err != nil {
		return "", fault.OnField("name", "%s", fault.MessageOf(err))
	}
	if n := utf8.RuneCountInString(name); n == 0 || n > nameMax {
		return "", fault.OnField("name", "must have 1 to %d characters", nameMax)
	}
	return name, nil
}
