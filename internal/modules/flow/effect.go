package flow

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"prosa/internal/message"
)

// InputKind says why the engine gets a turn.
type InputKind string

// Kinds of input.
const (
	Wrote InputKind = "message" // the customer wrote, tapped or sent something
	Start InputKind = "start"   // a person or the API put the bot on the conversation
	Timer InputKind = "timer"   // a scheduled time came
	// Answered brings the outcome of an Ask.
	Answered InputKind = "answer"
)

// Input is what a turn is about.
type Input struct {
	Kind    InputKind       `json:"kind"`
	Content message.Content `json:"content,omitzero"` // for Wrote
	// Message and Referral come beside the content, see Heard.
	Message  string            `json:"message,omitempty"`
	Referral *message.Referral `json:"referral,omitempty"`
	Timer    string            `json:"timer,omitempty"`  // name of the timer, for Timer
	Answer   *Answer           `json:"answer,omitempty"` // for Answered
}

func (in *Input) heard() *Heard {
	return &Heard{Content: in.Content, ID: in.Message, Referral: in.Referral}
}

// Answer is what came of an Ask. One whose ID is not that of the pending Ask
// came too late and means nothing.
type Answer struct {
	ID     string `json:"id"`
	OK     bool   `json:"ok"`              // the call was made and succeeded (for web: status 2xx)
	Status int    `json:"status,omitzero"` // of HTTP; 0 when there was no response
	Body   string `json:"body,omitempty"`  // JSON text; more than MaxAnswer bytes count as a failure
	Error  string `json:"error,omitempty"` // why there is no answer, for the log
	// Pending says that there is no answer yet: it comes by itself once something
	// happens to the Topic, under the same ID. The customer may write meanwhile.
	Pending bool   `json:"pending,omitzero"`
	Topic   string `json:"topic,omitempty"` // such as "order:ord_..."
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
	Tags     []string          `json:"tags,omitempty"`     // read as contact.tags: "vip, sul"
}

// Effect is something to be done. Exactly one part is set.
type Effect struct {
	Send     *message.Content `json:"send,omitempty"`
	HandOff  *HandOff         `json:"handoff,omitempty"`
	SetField *Field           `json:"set_field,omitempty"`
	Schedule *Schedule        `json:"schedule,omitempty"`
	End      *End             `json:"end,omitempty"`
	Ask      *Ask             `json:"ask,omitempty"`
	Tag      *Tag             `json:"tag,omitempty"`
	Rate     *Rate            `json:"rate,omitempty"`
	// Trail is the last effect of every turn that did something.
	Trail []Passed `json:"trail,omitempty"`
}

// Ask wants something that only the outside knows; the session waits for the
// Answer with the same ID, or for its deadline, whichever comes first.
type Ask struct {
	ID      string         `json:"id"`   // unique in the session
	Node    string         `json:"node"` // see Passed.Node
	Kind    string         `json:"kind"` // "web"; Request is then a WebRequest
	Request jsontext.Value `json:"request"`
}

// Tag changes the tags of the contact.
type Tag struct {
	Add    []string `json:"add,omitempty"`
	Remove []string `json:"remove,omitempty"`
}

// Rate is what a customer thinks of the service. Where a comment is asked for,
// a first Rate comes with the score, and a second of the same session and node
// with the comment replaces it.
type Rate struct {
	Node    string `json:"node"`
	Score   int    `json:"score"`
	Scale   int    `json:"scale"` // the highest score: 5 (from 1) or 10 (from 0)
	Comment string `json:"comment,omitempty"`
}

// Passed is an exit that a turn took. The node where the turn came to rest
// stands last, with an empty Exit.
type Passed struct {
	// Node is a name; within a sub-flow "node of the sub-flow/name", and after a
	// jump to another flow "key of the flow:name".
	Node string `json:"node"`
	// Exit is a label of Graph.Exits or, with an "@", a way of the engine's own:
	// @person, @menu, @exit, @word, @idle, @expired, @misses, @limit, @failed,
	// @again (too old, begun anew), @shop (a cart or a question about a product),
	// @event (see Event).
	Exit string `json:"exit,omitempty"`
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
	Team     string            `json:"team,omitempty"`
	Assignee string            `json:"assignee,omitempty"` // e-mail of an attendant
	Reason   string            `json:"reason"`
	Note     string            `json:"note,omitempty"`   // for the attendant
	Fields   map[string]string `json:"fields,omitempty"` // what the bot collected
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
