package builder

import (
	"encoding/json"

	"prosa/internal/message"
)

// Turn is one turn of a simulated conversation: the engine is asked with what
// the caller kept of the turn before, and nothing is stored.
type Turn struct {
	// Definition replaces the draft's.
	Definition json.RawMessage `json:"definition,omitempty" doc:"The flow; the draft's when absent."`
	Channel    message.Channel `json:"channel" enum:"whatsapp,telegram,messenger,instagram"`
	Contact    TurnContact     `json:"contact,omitempty"`
	State      string          `json:"state,omitempty" maxLength:"262144" doc:"As the turn before answered; empty begins."`
	Session    string          `json:"session,omitempty" maxLength:"64" doc:"Any word, the same in all turns of one simulation: a split chooses by it."`
	Input      TurnInput       `json:"input"`
	NowMS      int64           `json:"now_ms,omitempty" doc:"The clock of the simulation; ours when absent."`
}

// TurnContact is the customer of a simulation.
type TurnContact struct {
	Name     string            `json:"name,omitempty" maxLength:"200"`
	Language string            `json:"language,omitempty" maxLength:"20"`
	Fields   map[string]string `json:"fields,omitempty" maxProperties:"50"`
}

// TurnInput is why the flow gets a turn.
type TurnInput struct {
	Kind    string           `json:"kind" enum:"start,message,timer,answer"`
	Content *message.Content `json:"content,omitempty" doc:"For a message. A tapped option is a pick with the id that was shown."`
	Timer   string           `json:"timer,omitempty" maxLength:"100" doc:"For a timer: its name."`
	Answer  *TurnAnswer      `json:"answer,omitempty" doc:"For an answer: what the web call that was asked for gave."`
}

// TurnAnswer is the made-up answer of a web call.
type TurnAnswer struct {
	ID     string          `json:"id" maxLength:"200" doc:"Of the ask."`
	OK     bool            `json:"ok"`
	Status int             `json:"status,omitempty"`
	Body   json.RawMessage `json:"body,omitempty"`
	Error  string          `json:"error,omitempty" maxLength:"500"`
}

// Simulated is what a turn did.
type Simulated struct {
	State     string                     `json:"state" doc:"Give it back with the next turn."`
	Status    string                     `json:"status" enum:"waiting,ended,handed_off,failed,"`
	Node      string                     `json:"node" doc:"Where it waits; empty when it does not."`
	Variables map[string]json.RawMessage `json:"variables"`
	Messages  []Spoken                   `json:"messages"`
	Effects   []json.RawMessage          `json:"effects" doc:"All effects, as they are recorded of a live turn."`
	Trail     []Passed                   `json:"trail" doc:"The nodes passed, with the exit taken of each."`
	Timer     *SetTimer                  `json:"timer,omitempty" doc:"When the flow goes on by itself, if the customer does not write."`
	Ask       *Asked                     `json:"ask,omitempty" doc:"A call that it waits for."`
}

// Spoken is a message of the bot, as it is and as a channel shows it.
type Spoken struct {
	Content message.Content `json:"content"`
	Shown   []Shown         `json:"shown" doc:"One for each channel."`
}

// Shown is a message on a channel.
type Shown struct {
	Channel message.Channel  `json:"channel" enum:"whatsapp,telegram,messenger,instagram"`
	Shape   string           `json:"shape" enum:"text,buttons,list,keyboard,quick_replies,numbered" doc:"How the options are offered."`
	Before  []string         `json:"before" doc:"Parts of a long text that go out first."`
	Text    string           `json:"text"`
	Header  string           `json:"header"`
	Footer  string           `json:"footer"`
	Button  string           `json:"button" doc:"Label that opens a list."`
	Options []message.Option `json:"options"`
	Page    int              `json:"page"`
	Pages   int              `json:"pages"`
}

// Passed is one step of a trail.
type Passed struct {
	Node string `json:"node"`
	Exit string `json:"exit"`
}

// SetTimer is when a flow goes on by itself.
type SetTimer struct {
	Name string `json:"name"`
	AtMS int64  `json:"at_ms"`
}

// Asked is a call that a flow waits for.
type Asked struct {
	ID      string          `json:"id"`
	Node    string          `json:"node"`
	Kind    string          `json:"kind"`
	Request json.RawMessage `json:"request"`
}
