package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/modules/identity"
)

func (a *api) registerCostReader() {
	handle(a, route{
		id: "list-cost-readers", method: http.MethodGet, path: "/operator/cost-readers", tag: "cost", needs: identity.PlatformOperate,
		summary: "Who reads costs and is no operator, and the latest invitations to do so.",
	}, a.listCostReaders)
	handle(a, route{
		id: "invite-cost-reader", method: http.MethodPost, path: "/operator/cost-readers", tag: "cost", needs: identity.PlatformOperate, fresh: true, status: http.StatusCreated,
		summary: "Invite somebody to read costs, and nothing else; the link is shown once. They need a second factor. Reasons: already_member, step_up_required.",
	}, a.inviteCostReader)
	handle(a, route{
		id: "remove-cost-reader", method: http.MethodDelete, path: "/operator/cost-readers/{user}", tag: "cost", needs: identity.PlatformOperate, fresh: true, status: http.StatusNoContent,
		summary: "Take the power to read costs away; the person's sessions end.",
	}, func(ctx context.Context, in *struct {
		User string `path:"user" maxLength:"64"`
	}) (*struct{}, error) {
		return nil, a.deps.Identity.RemoveReader(ctx, caller(ctx), in.User)
	})
	handle(a, route{
		id: "revoke-cost-reader", method: http.MethodDelete, path: "/operator/cost-reader-invitations/{invitation}", tag: "cost", needs: identity.PlatformOperate, status: http.StatusNoContent,
		summary: "Close an open invitation to read costs.",
	}, func(ctx context.Context, in *invitationInput) (*struct{}, error) {
		return nil, a.deps.Identity.RevokeReader(ctx, caller(ctx), in.Invitation)
	})
}

type costReaders struct {
	Body struct {
		Items       []identity.Reader     `json:"items" nullable:"false"`
		Invitations []identity.Invitation `json:"invitations" nullable:"false"`
	}
}

func (a *api) listCostReaders(ctx context.Context, _ *struct{}) (out *costReaders, err error) {
	out = &costReaders{}
	out.Body.Items, out.Body.Invitations, err = a.deps.Identity.Readers(ctx)
	return out, err
}

func (a *api) inviteCostReader(ctx context.Context, in *struct {
	Body struct {
		Email string `json:"email" maxLength:"254"`
	}
}) (*createdInvitation, error) {
	invitation, token, err := a.deps.Identity.InviteReader(ctx, caller(ctx), in.Body.Email)
	if err != nil {
		return nil, err
	}
	out := &createdInvitation{}
	out.Body.Invitation, out.Body.Link, out.Body.Mailed = invitation, a.invitationLink(token), a.deps.Identity.Posts()
	return out, nil
}
