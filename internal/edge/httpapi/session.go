package httpapi

import (
	"context"
	"errors"
	"net/http"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/tenancy"
)

// me is who is signed in, what they look at and what they may do there.
type me struct {
	User        identity.User         `json:"user"`
	SessionID   string                `json:"session_id"`
	Company     *tenancy.Company      `json:"company,omitempty" doc:"The company looked at; absent for none."`
	Role        identity.Role         `json:"role" enum:"attendant,supervisor,admin," doc:"In that company; empty for none."`
	Permissions []identity.Permission `json:"permissions" doc:"What may be done here and now: hide the rest."`
	Companies   []identity.Membership `json:"companies"`
	Features    features              `json:"features"`
	MustEnrol   bool                  `json:"must_enrol" doc:"A second factor is to be set up before anything else."`
	Support     *identity.Support     `json:"support,omitempty" doc:"The operator's look into a company that they are not a member of: it reads only."`
	Standing    string                `json:"standing,omitempty" enum:"moving,moved" doc:"The company stands still: it is being moved to another installation, or it lives there now. Absent for one that works."`
}

type features struct {
	Demo bool `json:"demo"`
}

func (a *api) me(ctx context.Context, who identity.Principal) me {
	who = a.here(ctx, who)
	out := me{
		User: who.User, SessionID: who.Session.ID, Role: who.Role, Permissions: who.Permissions(),
		Companies: who.Companies, Features: features{Demo: a.deps.Demo}, MustEnrol: who.MustEnrol, Support: who.Support,
	}
	if who.TenantID() != "" {
		out.Company = &who.Company
		out.Standing = a.standing(who.TenantID())
	}
	return out
}

// standing tells why nothing may be written for a company now; empty for one
// that works.
func (a *api) standing(companyID string) string {
	var refusal *fault.Error
	if a.deps.Stands != nil && errors.As(a.deps.Stands(companyID, false), &refusal) {
		return refusal.Reason
	}
	return ""
}

type meOutput struct{ Body me }

func (a *api) registerSession() {
	handle(a, route{
		id: "sign-in", method: http.MethodPost, path: "/session", tag: "session", needs: anybody, status: http.StatusCreated, answers: entrance(),
		summary: "Sign in, or with a second factor begin to (202). Reasons: bad_credentials (401), too_many_attempts (429, with Retry-After).",
	}, a.signIn)
	handle(a, route{
		id: "get-session", method: http.MethodGet, path: "/session", tag: "session", needs: signedIn, summary: "Who is signed in.",
	}, func(ctx context.Context, _ *struct{}) (*meOutput, error) {
		return &meOutput{a.me(ctx, caller(ctx))}, nil
	})
	handle(a, route{
		id: "switch-company", method: http.MethodPatch, path: "/session", tag: "session", needs: signedIn,
		summary: "Look at another company of one's own.",
	}, a.switchCompany)
	handle(a, route{
		id: "sign-out", method: http.MethodDelete, path: "/session", tag: "session", needs: signedIn, status: http.StatusNoContent,
		summary: "Sign out.",
	}, a.signOut)
	handle(a, route{
		id: "list-sessions", method: http.MethodGet, path: "/sessions", tag: "session", needs: signedIn, summary: "Where one is signed in.",
	}, a.listSessions)
	handle(a, route{
		id: "sign-out-everywhere", method: http.MethodDelete, path: "/sessions", tag: "session", needs: signedIn, status: http.StatusNoContent,
		summary: "Sign out in all browsers, this one too.",
	}, a.signOutEverywhere)
	handle(a, route{
		id: "end-session", method: http.MethodDelete, path: "/sessions/{session}", tag: "session", needs: signedIn, status: http.StatusNoContent,
		summary: "End one of one's own sessions.",
	}, a.endSession)
	handle(a, route{
		id: "end-other-sessions", method: http.MethodPost, path: "/sessions/end-others", tag: "session", needs: signedIn, status: http.StatusNoContent,
		summary: "End all of one's own sessions but this one.",
	}, func(ctx context.Context, _ *struct{}) (*struct{}, error) {
		return nil, a.deps.Identity.EndOtherSessions(ctx, caller(ctx))
	})
	handle(a, route{
		id: "end-member-sessions", method: http.MethodPost, path: "/members/{user}/sessions/end", tag: "member", needs: identity.MemberManage, status: http.StatusNoContent,
		summary: "End the sessions in which a member looks at the company.",
	}, func(ctx context.Context, in *MemberPath) (*struct{}, error) {
		return nil, a.deps.Identity.EndMemberSessions(ctx, caller(ctx), in.User)
	})
	a.registerStep()
	handle(a, route{
		id: "change-me", method: http.MethodPatch, path: "/me", tag: "session", needs: signedIn,
		summary: "Change one's own account. A new password ends all other sessions. Reasons: wrong_password, weak_password.",
	}, a.changeMe)
}

type signInInput struct {
	Body struct {
		Email    string      `json:"email" maxLength:"254"`
		Password secret.Text `json:"password" maxLength:"800"`
	}
}

func (a *api) signIn(ctx context.Context, in *signInInput) (*signIn, error) {
	grant, err := a.deps.Identity.SignIn(ctx, in.Body.Email, in.Body.Password, aboutOf(ctx).client)
	if err != nil {
		return nil, err
	}
	return a.signedIn(ctx, grant), nil
}

type switchInput struct {
	Body struct {
		CompanyID string `json:"company_id" maxLength:"64"`
	}
}

func (a *api) switchCompany(ctx context.Context, in *switchInput) (*meOutput, error) {
	if !a.looksFromHere(ctx, in.Body.CompanyID) {
		return nil, fault.New(fault.Forbidden, "you are not a member of that company")
	}
	who, err := a.deps.Identity.Switch(ctx, caller(ctx), in.Body.CompanyID)
	if err != nil {
		return nil, err
	}
	return &meOutput{a.me(ctx, who)}, nil
}

type signedOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

func (a *api) signOut(ctx context.Context, _ *struct{}) (*signedOut, error) {
	return &signedOut{a.signedOutCookie()}, a.deps.Identity.SignOut(ctx, caller(ctx))
}

func (a *api) signOutEverywhere(ctx context.Context, _ *struct{}) (*signedOut, error) {
	return &signedOut{a.signedOutCookie()}, a.deps.Identity.SignOutEverywhere(ctx, caller(ctx))
}

type sessionView struct {
	identity.Session
	Current bool `json:"current" doc:"The session that asks."`
}

type sessionList struct {
	Body struct {
		Items []sessionView `json:"items"`
	}
}

func (a *api) listSessions(ctx context.Context, _ *struct{}) (*sessionList, error) {
	who := caller(ctx)
	sessions, err := a.deps.Identity.Sessions(ctx, who)
	if err != nil {
		return nil, err
	}
	out := &sessionList{}
	out.Body.Items = []sessionView{}
	for _, session := range sessions {
		out.Body.Items = append(out.Body.Items, sessionView{session, session.ID == who.Session.ID})
	}
	return out, nil
}

type sessionInput struct {
	Session string `path:"session" maxLength:"64"`
}

func (a *api) endSession(ctx context.Context, in *sessionInput) (*struct{}, error) {
	return nil, a.deps.Identity.EndSession(ctx, caller(ctx), in.Session)
}

type changeMeInput struct {
	Body struct {
		Name            *string      `json:"name,omitempty" maxLength:"200"`
		Locale          *string      `json:"locale,omitempty" enum:"pt-BR,en"`
		CurrentPassword secret.Text  `json:"current_password,omitempty" required:"false" maxLength:"800"`
		NewPassword     *secret.Text `json:"new_password,omitempty" maxLength:"800"`
	}
}

func (a *api) changeMe(ctx context.Context, in *changeMeInput) (*meOutput, error) {
	who, err := a.deps.Identity.Change(ctx, caller(ctx), identity.Profile{
		Name: in.Body.Name, Locale: in.Body.Locale, CurrentPassword: in.Body.CurrentPassword, NewPassword: in.Body.NewPassword,
	})
	if err != nil {
		return nil, err
	}
	return &meOutput{a.me(ctx, who)}, nil
}
