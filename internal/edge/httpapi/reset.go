package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/base/secret"
)

func (a *api) registerReset() {
	handle(a, route{
		id: "ask-password-reset", method: http.MethodPost, path: "/password-reset", tag: "session", needs: anybody, status: http.StatusAccepted,
		summary: "Mail a link to a new password. The answer is the same whether the e-mail is anybody's or not. Reasons: mail_off, too_many_attempts (429, with Retry-After).",
	}, a.askReset)
	handle(a, route{
		id: "open-password-reset", method: http.MethodPost, path: "/password-reset/open", tag: "session", needs: anybody,
		summary: "Whose password a link replaces.",
	}, a.openReset)
	handle(a, route{
		id: "reset-password", method: http.MethodPost, path: "/password-reset/accept", tag: "session", needs: anybody, status: http.StatusNoContent,
		summary: "Replace a forgotten password by the link, once. Ends all sessions and signs nobody in. Reason: weak_password.",
	}, a.reset)
}

type askResetInput struct {
	Body struct {
		Email string `json:"email" maxLength:"254"`
	}
}

func (a *api) askReset(ctx context.Context, in *askResetInput) (*struct{}, error) {
	return nil, a.deps.Identity.AskReset(ctx, in.Body.Email, aboutOf(ctx).client)
}

type openResetInput struct {
	Body struct {
		Token string `json:"token" maxLength:"100"`
	}
}

type openedReset struct {
	Body struct {
		Email string `json:"email"`
	}
}

func (a *api) openReset(ctx context.Context, in *openResetInput) (*openedReset, error) {
	email, err := a.deps.Identity.OpenReset(ctx, secret.New(in.Body.Token))
	if err != nil {
		return nil, err
	}
	out := &openedReset{}
	out.Body.Email = email
	return out, nil
}

type resetInput struct {
	Body struct {
		Token    string      `json:"token" maxLength:"100"`
		Password secret.Text `json:"password" maxLength:"800"`
	}
}

func (a *api) reset(ctx context.Context, in *resetInput) (*struct{}, error) {
	return nil, a.deps.Identity.Reset(ctx, secret.New(in.Body.Token), in.Body.Password, aboutOf(ctx).client)
}
