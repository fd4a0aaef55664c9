package flow

import (
	"time"

	"prosa/internal/message"
)

// InputKind says why the engine gets a turn.
type InputKind string

// Kinds of input.
const (
	Wrote InputKind = "message" // the customer wrote, tapped or sent something
	Start InputKind = "start"   // a person or the API put the bot on the conversation
	Timer InputKind = "timer"   // a scheduled time came
)

// Input is what a turn is about.
type Input struct {
	Kind    InputKind       `json:"kind"`
	Content message.Content `json:"content,omitzero"` // for Wrote
	Timer   string          `json:"timer,omitempty"`  // name of the timer, for Timer
}

// Env is all that the engine knows of the world. It is recorded with a turn.
type Env struct {
	NowMS   int64           `json:"now"` // milliseconds UTC
	Channel message.Channel `json:"channel"`
	Session string          `json:"session"` // id; the ids of options are made from it
	Contact Contact         `json:"contact,omitzero"`
	// Zone is where dates and hours are read; nil is UTC. It is not recorded: a
	// replay takes the company's.
	Zone *time.Location `json:"-"`
}

// Contact is what a flow may read of a customer.
type Contact struct {
	Name     string            `json:"name,omitempty"`
	Username string            `json:"username,omitempty"`
	Language string            `json:"language,omitempty"` // BCP 47, empty unknown
	Fields   map[string]string `json:"fields,omitempty"`   // email, phone, and the company's own
}

// Effect is something to be done. Exactly one part is set.
type Effect struct {
	Send     *message.Content `json:"send,omitempty"`
	HandOff  *HandOff         `json:"handoff,omitempty"`
	SetField *Field           `json:"set_field,omitempty"`
	Schedule *Schedule        `json:"schedule,omitempty"`
	End      *End             `json:"end,omitempty"`
}

// Reasons of a hand-off.
const (
	ReasonAsked   = "asked"   // the customer asked for a person
	ReasonFailed  = "failed"  // something in the flow went wrong
	ReasonMisses  = "misses"  // the bot did not understand several times
	ReasonLimit   = "limit"   // too many turns: perhaps a bot on the other side
	ReasonExpired = "expired" // the customer did not answer
	ReasonFlow    = "flow"    // a hand-off node
)

// HandOff gives the conversation to people; the session is over.
type HandOff struct {
	Team   string            `json:"team,omitempty"`
	Reason string            `json:"reason"`
	Note   string            `json:"note,omitempty"`   // for the attendant
	Fields map[string]string `json:"fields,omitempty"` // what the bot collected
}

// Field sets a field of the contact.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Schedule asks for a turn with this timer at a time. A session has one timer;
// a new one replaces it, and one that fires late is recognised by its name.
type Schedule struct {
	Timer string `json:"timer"`
	AtMS  int64  `json:"at"`
}

// End closes the session and the conversation.
type End struct {
	Reason string `json:"reason"` // flow, exit, expired
}
