package conversation

import (
	"slices"

	"prosa/internal/base/fault"
)

// Change asks for another state or owner.
type Change struct {
	To State
	// Owner is the person for Open and the bot for WithBot; the other states
	// decide it themselves.
	Owner Owner
	// Team to wait for or to belong to; empty keeps the present one.
	Team  string
	Actor Actor
	Cause Cause
	// Reason is kept in the activity: a word such as "asked" or "failed".
	Reason string
	// SnoozeUntil is when a snoozed conversation comes back, in milliseconds; 0
	// waits for the customer.
	SnoozeUntil int64
}

// maxSnooze is how far ahead a snooze may end, in milliseconds: a year.
const maxSnooze = 366 * 24 * 3600_000

// outcome is what a change did, to be written beside the conversation.
type outcome struct {
	// What names the change in the thread: started, bot_handoff, queued, taken,
	// assigned, released, handed_back, snoozed, woken, resolved, reopened, team.
	// Empty: there was nothing to change.
	What string
	// From is who owned it before.
	From Owner
	// Ends says that the open interval ends now.
	Ends bool
	// Begins is the kind of the interval that starts now, empty for none.
	Begins string
}

// Kinds of interval in the ledger.
const (
	inBot     = "bot"
	inQueue   = "queue"
	inHuman   = "human"
	inSnoozed = "snoozed"
)

// transitions lists where a state may lead; "" is a conversation being made.
// Source: inbox.md 2.1. Beyond it, a person may hand back a snoozed
// conversation to a bot.
var transitions = map[State][]State{
	"":       {WithBot, Queued, Open, Resolved},
	WithBot:  {WithBot, Queued, Open, Resolved},
	Queued:   {Queued, Open, WithBot, Snoozed, Resolved},
	Open:     {Open, Queued, WithBot, Snoozed, Resolved},
	Snoozed:  {Snoozed, Queued, Open, WithBot, Resolved},
	Resolved: {WithBot, Queued, Open},
}

// transition moves the conversation to another state or owner: the only place
// that does. A change to what is so already is no error and has no outcome.
//
// Errors: fault.Refused "bad_transition" for a step that is not in the table,
// fault.Invalid for an owner or time that doesn't fit the state.
func transition(c *Conversation, change Change, nowMS int64) (outcome, error) {
	if !slices.Contains(transitions[c.State], change.To) {
		return outcome{}, fault.Refuse("bad_transition", "a conversation that is %s can't become %s", c.State, change.To)
	}
	owner, err := ownerAfter(c, change)
	if err != nil {
		return outcome{}, err
	}
	if change.To == Snoozed && change.SnoozeUntil != 0 && change.SnoozeUntil <= nowMS {
		return outcome{}, fault.OnField("until_ms", "a snooze must end in the future")
	}
	if change.To == Snoozed && change.SnoozeUntil > nowMS+maxSnooze {
		return outcome{}, fault.OnField("until_ms", "a snooze ends within a year")
	}
	team := c.Team
	if change.Team != "" {
		team = change.Team
	}
	sameOwner := owner.Kind == c.Owner.Kind && owner.ID == c.Owner.ID
	if c.State == change.To && sameOwner && team == c.Team && change.To != Snoozed {
		return outcome{}, nil
	}
	out := outcome{What: whatHappened(c.State, change, sameOwner), From: c.Owner, Ends: c.State != "" && c.State != Resolved, Begins: intervalOf(change.To)}
	c.WaitingMS = waitingAfter(c, change.To, nowMS)
	c.State, c.Owner, c.Team = change.To, owner, team
	c.SnoozedMS, c.ResolvedMS = 0, 0
	switch change.To {
	case Snoozed:
		c.SnoozedMS = change.SnoozeUntil
	case Resolved:
		c.ResolvedMS = nowMS
	case WithBot:
		c.BotID = owner.ID
	case Open:
		c.LastUserID = owner.ID
	}
	return out, nil
}

func ownerAfter(c *Conversation, change Change) (Owner, error) {
	switch change.To {
	case WithBot:
		if change.Owner.Kind != Bot || change.Owner.ID == "" {
			return Owner{}, fault.OnField("bot_id", "say which bot")
		}
		return change.Owner, nil
	case Open:
		if change.Owner.Kind != Human || change.Owner.ID == "" {
			return Owner{}, fault.OnField("user_id", "say who takes it")
		}
		return change.Owner, nil
	case Snoozed:
		if c.Owner.Kind == Human {
			return c.Owner, nil
		}
	}
	return Owner{Kind: Nobody}, nil
}

// waitingAfter says since when the customer waits for a person. Bots and ends
// clear it; coming into the queue from anywhere but a person's hands sets it.
func waitingAfter(c *Conversation, to State, nowMS int64) int64 {
	switch {
	case to == WithBot || to == Resolved:
		return 0
	case to == Queued && c.State != Open && c.State != Queued && c.WaitingMS == 0:
		return nowMS
	default:
		return c.WaitingMS
	}
}

func intervalOf(state State) string {
	switch state {
	case WithBot:
		return inBot
	case Queued:
		return inQueue
	case Open:
		return inHuman
	case Snoozed:
		return inSnoozed
	default:
		return ""
	}
}

func whatHappened(from State, change Change, sameOwner bool) string {
	switch {
	case from == "":
		return "started"
	case change.To == Resolved:
		return "resolved"
	case from == Resolved:
		return "reopened"
	case change.To == Snoozed:
		return "snoozed"
	case change.To == WithBot:
		return "handed_back"
	case from == WithBot && change.To == Queued:
		return "bot_handoff"
	case change.To == Open && from == Snoozed && sameOwner:
		return "woken"
	case change.To == Open && change.Actor.ID == change.Owner.ID:
		return "taken"
	case change.To == Open && sameOwner:
		return "team"
	case change.To == Open:
		return "assigned"
	case from == Snoozed:
		return "woken"
	case from == Open:
		return "released"
	default:
		return "team"
	}
}
