package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/message/ability"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/identity"
)

// registerMend adds what a person does to a message that stands.
func (a *api) registerMend() {
	mend := func(id, path, summary string) route {
		return route{
			id: id, method: http.MethodPost, path: "/messages/{message}" + path, tag: "message", needs: identity.InboxReply, status: http.StatusCreated,
			summary: summary,
		}
	}
	handle(a, mend("react-to-message", "/react", "React as the company, or take that back with no emoji. The answer is a message of its own; the other one changes when the platform has it. Reasons: not_there, not_owner, window_closed."), a.react)
	handle(a, mend("edit-message", "/edit", "Give one's own message other words, where the channel can. Reasons: not_yours, not_text, too_long, not_there, edit."), a.editMessage)
	handle(a, mend("withdraw-message", "/withdraw", "Take one's own message back, where the channel can. Reasons: not_yours, too_old, not_there, revoke."), a.withdrawMessage)
	handle(a, route{
		id: "list-abilities", method: http.MethodGet, path: "/abilities", tag: "message", needs: identity.InboxRead,
		summary: "What may be sent and done on each channel.",
	}, a.listAbilities)
}

type reactInput struct {
	MessagePath
	Once
	Body struct {
		Emoji string `json:"emoji" maxLength:"64" doc:"Empty: take the reaction back."`
	}
}

func (a *api) react(ctx context.Context, in *reactInput) (*messageOutput, error) {
	done, err := a.deps.Conversations.React(ctx, mending(ctx, in.Message, in.Key), in.Body.Emoji)
	return &messageOutput{done}, err
}

type editMessageInput struct {
	MessagePath
	Once
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"80000"`
	}
}

func (a *api) editMessage(ctx context.Context, in *editMessageInput) (*messageOutput, error) {
	done, err := a.deps.Conversations.Edit(ctx, mending(ctx, in.Message, in.Key), in.Body.Text)
	return &messageOutput{done}, err
}

type withdrawMessageInput struct {
	MessagePath
	Once
}

func (a *api) withdrawMessage(ctx context.Context, in *withdrawMessageInput) (*messageOutput, error) {
	done, err := a.deps.Conversations.Withdraw(ctx, mending(ctx, in.Message, in.Key))
	return &messageOutput{done}, err
}

// mending is the caller's wish about a message.
func mending(ctx context.Context, messageID, key string) conversation.Mending {
	who := caller(ctx)
	return conversation.Mending{TenantID: who.TenantID(), MessageID: messageID, By: viewerOf(who), ClientKey: key}
}

type abilitiesOutput struct {
	Body struct {
		Items []ability.Ability `json:"items"`
	}
}

func (a *api) listAbilities(context.Context, *struct{}) (*abilitiesOutput, error) {
	out := &abilitiesOutput{}
	out.Body.Items = ability.All()
	return out, nil
}
