package app

import (
	"context"

	"prosa/internal/base/fault"
	"prosa/internal/modules/botrun"
	"prosa/internal/modules/conversation"
	"prosa/internal/platform/database"
	"prosa/internal/platform/service"
)

// nudgeBot gives the bot of a conversation a turn of its own: a timer fired, or
// a call was answered.
func (r *running) nudgeBot(ctx context.Context, nudge botrun.Nudge) error {
	request := conversation.TurnRequest{
		TenantID: nudge.TenantID, ConversationID: nudge.ConversationID, Cause: conversation.TimerFired, Timer: nudge.Timer, Answer: nudge.Answer,
		AtMS: r.clock.Now().UnixMilli(),
	}
	if nudge.Answer != "" {
		request.Cause = conversation.CallReturned
	}
	return r.conversation.RunTurn(ctx, nil, request)
}

// callForBots makes the web calls of flows. What an earlier life of a process
// that is alone on its data was at is made again at once; others wait until its
// claim has run out.
func (r *running) callForBots() service.Service {
	calls := r.bots.Caller(r.nudgeBot)
	calls.Start = func(ctx context.Context) error {
		if !r.alone() {
			return nil
		}
		return r.bots.Reclaim(ctx)
	}
	return calls
}

// attendant finds the member of a company to whom a bot hands over.
func (h *house) attendant(ctx context.Context, tx *database.Tx, tenantID, email string) (conversation.Owner, error) {
	member, err := h.identity.MemberByEmail(ctx, tx, tenantID, email)
	if fault.Is(err, fault.NotFound) {
		return conversation.Owner{}, nil
	}
	return conversation.Owner{Kind: conversation.Human, ID: member.UserID, Name: member.Name}, err
}
