package conversation

import (
	"context"

	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/platform/database"
)

// Turns is what conversation asks of the bots: given what customers wrote to
// conversations that a bot owns, decide what is said and done. It is called
// inside the batch's transaction, with the conversation rows locked, and must
// do no network I/O. A conversation may appear several times in one call, in
// the order of its messages.
//
// botrun fills it; app joins the two.
type Turns interface {
	Turns(ctx context.Context, tx *database.Tx, requests []TurnRequest) ([]Turn, error)
}

// TurnCause says why a bot gets a turn.
type TurnCause string

// Causes of a turn.
const (
	CustomerWrote TurnCause = "message"
	Started       TurnCause = "start" // a person or the API put the bot on the conversation
	TimerFired    TurnCause = "timer"
	CallReturned  TurnCause = "call"
)

// TurnRequest is one input for the bot that owns a conversation.
type TurnRequest struct {
	TenantID       string
	ConversationID string
	BotID          string
	Channel        message.Channel
	AccountID      string // of the channel
	Cause          TurnCause
	// MessageID, Content and AtMS are the customer's message; for other causes
	// Content is zero and AtMS is the time of the cause.
	MessageID string
	Content   message.Content
	AtMS      int64
	// Referral is the advert or link that the customer came by with the message.
	Referral *message.Referral
	// New is true for the first message of a conversation.
	New     bool
	Contact ContactFacts
	// Timer names the timer that fired, for TimerFired.
	Timer string
	// Answer is what came of a call that the bot asked for, for CallReturned: the
	// bots' own JSON.
	Answer string
}

// ContactFacts is what a flow may read of a customer.
type ContactFacts struct {
	ID       string
	Name     string
	Username string
	Language string
	Fields   map[string]string
	Tags     []string
}

// Turn is what came out of one request, in the order of the requests.
type Turn struct {
	// Replies are said in order. Their ids are deterministic, so that a repeated
	// turn makes the same rows.
	Replies []Reply
	// HandOff gives the conversation to people; nil keeps it.
	HandOff *HandOff
	// Resolve closes the conversation after the replies.
	Resolve bool
	// Fields are to be set on the contact.
	Fields map[string]string
	// Tag and Untag are tags to put on the contact and to take off.
	Tag, Untag []string
}

// Reply is one message of a bot.
type Reply struct {
	ID      string
	Content message.Content
}

// HandOff is a bot's request for a person.
type HandOff struct {
	Team string // name of the team, empty for any
	// Assignee is the e-mail of the attendant who gets it; a company without such
	// a member leaves it to the team.
	Assignee string
	Reason   string            // asked, failed, misses, limit, expired, flow
	Note     string            // what the attendant should know, in the company's language
	Fields   map[string]string // what the bot collected
}

// Actor and Cause of a change are those of the event that tells of it.
type (
	// Actor is who asked for a change.
	Actor = event.Actor
	// Cause is why a change was made.
	Cause = event.Cause
)
