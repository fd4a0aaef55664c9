package conversation

import (
	"context"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/platform/database"
)

// Step is a person's wish about one conversation.
type Step struct {
	TenantID       string
	ConversationID string
	By             Viewer
	// Version is the version that the person saw; 0 does not care.
	Version int64
}

// act makes one transition that a person asked for. ready may refuse it or
// fill in what depends on the conversation.
func (s *Service) act(ctx context.Context, step Step, ready func(c *Conversation) (Change, error)) (Conversation, error) {
	return s.change(ctx, step.TenantID, step.ConversationID, step.Version, &step.By,
		func(_ context.Context, _ *database.Tx, w *work, e *entry) error {
			change, err := ready(e.Conversation)
			if err != nil {
				return err
			}
			change.Actor, change.Cause = step.By.actor(), event.Manual
			return w.move(e, change)
		})
}

// mayTouch refuses a person who is not the owner to change what another person
// owns. Error: Refused "not_owner".
func mayTouch(by Viewer, c *Conversation) error {
	if c.Owner.Kind == Human && c.Owner.ID != by.UserID && !by.oversees() {
		return fault.Refuse("not_owner", "%s has this conversation", c.Owner.Name)
	}
	return nil
}

// Take makes the person the owner: from the queue, from a bot, or, for who
// oversees, from another person.
func (s *Service) Take(ctx context.Context, step Step) (Conversation, error) {
	return s.act(ctx, step, func(c *Conversation) (Change, error) {
		return Change{To: Open, Owner: step.By.owner()}, mayTouch(step.By, c)
	})
}

// Assignment is a wish to give a conversation to somebody.
type Assignment struct {
	Step
	// UserID is the new owner; empty puts the conversation back into the queue.
	UserID   string
	UserName string
	// Team to wait for, empty keeps the present one.
	Team string
}

// Assign gives the conversation to a person or back to the queue.
func (s *Service) Assign(ctx context.Context, in Assignment) (Conversation, error) {
	return s.act(ctx, in.Step, func(c *Conversation) (Change, error) {
		change := Change{To: Queued, Team: in.Team}
		if in.UserID != "" {
			change.To, change.Owner = Open, Owner{Kind: Human, ID: in.UserID, Name: in.UserName}
		}
		return change, mayTouch(in.By, c)
	})
}

// Resolve ends the conversation.
func (s *Service) Resolve(ctx context.Context, step Step) (Conversation, error) {
	return s.act(ctx, step, func(c *Conversation) (Change, error) {
		return Change{To: Resolved}, mayTouch(step.By, c)
	})
}

// Reopen brings an ended conversation back, to the person who asks. Error:
// Conflict when the customer has a newer one that is open.
func (s *Service) Reopen(ctx context.Context, step Step) (Conversation, error) {
	return s.act(ctx, step, func(c *Conversation) (Change, error) {
		if c.Past {
			return Change{}, fault.Refuse("bad_transition", "what was said before the channel was connected can only be read")
		}
		if c.State != Resolved {
			return Change{}, fault.Refuse("bad_transition", "only a conversation that ended can be reopened")
		}
		return Change{To: Open, Owner: step.By.owner()}, nil
	})
}

// Snooze puts the conversation aside until a time in milliseconds, or until
// the customer writes when it is 0. Whoever owns it keeps it.
func (s *Service) Snooze(ctx context.Context, step Step, untilMS int64) (Conversation, error) {
	return s.act(ctx, step, func(c *Conversation) (Change, error) {
		return Change{To: Snoozed, SnoozeUntil: untilMS}, mayTouch(step.By, c)
	})
}

// HandBack gives the conversation to a bot, which answers from the customer's
// next message on. An empty botID means the bot that had it.
func (s *Service) HandBack(ctx context.Context, step Step, botID string) (Conversation, error) {
	return s.act(ctx, step, func(c *Conversation) (Change, error) {
		if botID == "" {
			botID = c.BotID
		}
		if botID == "" {
			return Change{}, fault.Refuse("no_bot", "no bot answers on this channel")
		}
		if bots, _ := s.serves(step.TenantID); !bots {
			return Change{}, errSilent()
		}
		return Change{To: WithBot, Owner: Owner{Kind: Bot, ID: botID}}, mayTouch(step.By, c)
	})
}

// errSilent refuses to give a conversation to a bot that may not answer.
func errSilent() error {
	return fault.Refuse("plan_limit", "the plan is used up this month: its bots are silent")
}

// StartBot gives the conversation to a bot and has it speak at once.
func (s *Service) StartBot(ctx context.Context, step Step, botID string) (Conversation, error) {
	return s.change(ctx, step.TenantID, step.ConversationID, step.Version, &step.By,
		func(ctx context.Context, tx *database.Tx, w *work, e *entry) error {
			if err := mayTouch(step.By, e.Conversation); err != nil {
				return err
			}
			if bots, _ := s.serves(e.TenantID); !bots {
				return errSilent()
			}
			change := Change{To: WithBot, Owner: Owner{Kind: Bot, ID: botID}, Actor: step.By.actor(), Cause: event.Manual}
			if err := w.move(e, change); err != nil {
				return err
			}
			return s.turn(ctx, tx, w, e, TurnRequest{Cause: Started})
		})
}
