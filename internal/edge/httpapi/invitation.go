package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/base/secret"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/mail"
)

// invitationLink is the page that takes an invitation. The token is a fragment:
// browsers never send it, so that it stands in no log of a proxy.
func (a *api) invitationLink(token secret.Text) string {
	return a.deps.PublicURL + "/invitation#" + token.Reveal()
}

func (a *api) registerInvitation() {
	handle(a, route{
		id: "list-invitations", method: http.MethodGet, path: "/invitations", tag: "invitation", needs: identity.MemberManage,
		summary: "The latest invitations, newest first.",
	}, a.listInvitations)
	handle(a, route{
		id: "create-invitation", method: http.MethodPost, path: "/invitations", tag: "invitation", needs: identity.MemberManage, status: http.StatusCreated,
		summary: "Invite somebody; the link is shown once. Reason: already_member.",
	}, a.createInvitation)
	handle(a, route{
		id: "revoke-invitation", method: http.MethodDelete, path: "/invitations/{invitation}", tag: "invitation", needs: identity.MemberManage, status: http.StatusNoContent,
		summary: "Close an open invitation.",
	}, a.revokeInvitation)
	handle(a, route{
		id: "resend-invitation", method: http.MethodPost, path: "/invitations/{invitation}/letter", tag: "invitation", needs: identity.MemberManage,
		summary: "Mail an open invitation once more. Reason: letter_done when the mail is on its way, has arrived or is out of date.",
	}, a.resendInvitation)
	handle(a, route{
		id: "open-invitation", method: http.MethodPost, path: "/invitation/open", tag: "invitation", needs: anybody,
		summary: "What the holder of a link sees.",
	}, a.openInvitation)
	handle(a, route{
		id: "accept-invitation", method: http.MethodPost, path: "/invitation/accept", tag: "invitation", needs: anybody, status: http.StatusCreated, answers: entrance(),
		summary: "Join the company and sign in. Who has an account gives its password, and then its second factor (202). Reasons: weak_password, bad_credentials.",
	}, a.acceptInvitation)
}

// invitationView is an invitation with the fate of its mail.
type invitationView struct {
	identity.Invitation
	Letter *mail.Status `json:"letter,omitempty" doc:"The mail that carries it; absent when none was sent."`
}

type invitationList struct {
	Body struct {
		Items []invitationView `json:"items"`
	}
}

func (a *api) listInvitations(ctx context.Context, _ *struct{}) (*invitationList, error) {
	invitations, err := a.deps.Identity.Invitations(ctx, caller(ctx).TenantID())
	if err != nil {
		return nil, err
	}
	keys := make([]string, len(invitations))
	for i, invitation := range invitations {
		keys[i] = identity.InvitationKey(invitation.ID)
	}
	letters, err := a.deps.Mail.Of(ctx, caller(ctx).TenantID(), keys)
	if err != nil {
		return nil, err
	}
	out := &invitationList{}
	out.Body.Items = make([]invitationView, len(invitations))
	for i, invitation := range invitations {
		out.Body.Items[i].Invitation = invitation
		if letter, ok := letters[keys[i]]; ok {
			out.Body.Items[i].Letter = &letter
		}
	}
	return out, nil
}

type createInvitationInput struct {
	Body struct {
		Email string        `json:"email" maxLength:"254"`
		Role  identity.Role `json:"role" enum:"attendant,supervisor,admin"`
	}
}

type createdInvitation struct {
	Body struct {
		Invitation identity.Invitation `json:"invitation"`
		Link       string              `json:"link"`
		Mailed     bool                `json:"mailed" doc:"The link goes by e-mail too; the list of invitations tells how far it is."`
	}
}

func (a *api) createInvitation(ctx context.Context, in *createInvitationInput) (*createdInvitation, error) {
	who := caller(ctx)
	invitation, token, err := a.deps.Identity.Invite(ctx, who, who.TenantID(), in.Body.Email, in.Body.Role)
	if err != nil {
		return nil, err
	}
	out := &createdInvitation{}
	out.Body.Invitation, out.Body.Link, out.Body.Mailed = invitation, a.invitationLink(token), a.deps.Identity.Posts()
	return out, nil
}

type invitationInput struct {
	Invitation string `path:"invitation" maxLength:"64"`
}

func (a *api) revokeInvitation(ctx context.Context, in *invitationInput) (*struct{}, error) {
	return nil, a.deps.Identity.Revoke(ctx, caller(ctx), in.Invitation)
}

type letterStatus struct{ Body mail.Status }

func (a *api) resendInvitation(ctx context.Context, in *invitationInput) (*letterStatus, error) {
	who := caller(ctx)
	status, err := a.deps.Mail.Again(ctx, who.TenantID(), identity.InvitationKey(in.Invitation), who.Actor(), who.ClientIP)
	return &letterStatus{status}, err
}

type openInvitationInput struct {
	Body struct {
		Token string `json:"token" maxLength:"100"`
	}
}

type openedInvitation struct {
	Body struct {
		CompanyName string        `json:"company_name"`
		Email       string        `json:"email"`
		Role        identity.Role `json:"role" enum:"attendant,supervisor,admin,cost"`
		ExpiresMS   int64         `json:"expires_ms"`
		HasAccount  bool          `json:"has_account" doc:"Ask for the account's password instead of a new one."`
	}
}

func (a *api) openInvitation(ctx context.Context, in *openInvitationInput) (*openedInvitation, error) {
	letter, err := a.deps.Identity.Open(ctx, secret.New(in.Body.Token))
	if err != nil {
		return nil, err
	}
	out := &openedInvitation{}
	out.Body.CompanyName, out.Body.Email, out.Body.Role = letter.Company.Name, letter.Invitation.Email, letter.Invitation.Role
	out.Body.ExpiresMS, out.Body.HasAccount = letter.Invitation.ExpiresMS, letter.HasAccount
	return out, nil
}

type acceptInvitationInput struct {
	Body struct {
		Token    string      `json:"token" maxLength:"100"`
		Name     string      `json:"name,omitempty" maxLength:"200" doc:"For a new account."`
		Password secret.Text `json:"password" maxLength:"800"`
		Locale   string      `json:"locale,omitempty" enum:"pt-BR,en"`
	}
}

func (a *api) acceptInvitation(ctx context.Context, in *acceptInvitationInput) (*signIn, error) {
	grant, err := a.deps.Identity.Accept(ctx, secret.New(in.Body.Token),
		identity.Draft{Name: in.Body.Name, Password: in.Body.Password, Locale: in.Body.Locale}, aboutOf(ctx).client)
	if err != nil {
		return nil, err
	}
	return a.signedIn(ctx, grant), nil
}
