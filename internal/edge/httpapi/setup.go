package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/base/secret"
	"prosa/internal/modules/identity"
	"prosa/internal/modules/tenancy"
)

// signIn is what an operation answers that signs somebody in: a session, or the
// second step that is left.
type signIn struct {
	Status    int
	SetCookie []http.Cookie `header:"Set-Cookie"`
	Body      any
}

// entrance lists what signIn may hold, for the contract.
func entrance() map[int]any {
	return map[int]any{http.StatusCreated: me{}, http.StatusAccepted: secondStep{}}
}

func (a *api) signedIn(ctx context.Context, grant identity.Grant) *signIn {
	if grant.Challenge != nil {
		return a.askStep(*grant.Challenge)
	}
	return &signIn{
		Status: http.StatusCreated, SetCookie: []http.Cookie{a.signedInCookie(grant.Token), a.stepCookie(secret.Text{})}, Body: a.me(ctx, grant.Principal),
	}
}

func (a *api) registerSetup() {
	handle(a, route{
		id: "get-setup", method: http.MethodGet, path: "/setup", tag: "setup", needs: anybody,
		summary: "What a browser asks first: first run, demo, version.",
	}, a.getSetup)
	handle(a, route{
		id: "set-up", method: http.MethodPost, path: "/setup", tag: "setup", needs: anybody, status: http.StatusCreated, answers: map[int]any{http.StatusCreated: me{}},
		summary: "First run: the first company, its admin and operator, by the token that the server printed. Reasons: setup_done, bad_token, weak_password.",
	}, a.setUp)
	handle(a, route{
		id: "open-demo-session", method: http.MethodPost, path: "/demo/session", tag: "setup", needs: anybody, status: http.StatusCreated, answers: map[int]any{http.StatusCreated: me{}},
		summary: "Sign in as the sample company's people; not found unless this is the demo.",
	}, a.openDemoSession)
}

type setupState struct {
	Body struct {
		Needed bool `json:"needed" doc:"The platform has no user yet: show the set-up page."`
		Demo   bool `json:"demo" doc:"Sign-in without a password is offered."`
		// DemoRoles are empty where nobody enters so.
		DemoRoles []identity.Role `json:"demo_roles" enum:"attendant,supervisor,admin,cost" doc:"As whom one enters without a password, at this host."`
		Mail      bool            `json:"mail" doc:"People are written to: a forgotten password can be replaced by e-mail."`
		Version   string          `json:"version"`
		Secure    bool            `json:"secure" doc:"Browsers reach us by https."`
		// Passkeys are bound to a name.
		Passkeys bool `json:"passkeys" doc:"Sign-in by passkey is offered."`
	}
}

func (a *api) getSetup(ctx context.Context, _ *struct{}) (*setupState, error) {
	needed, err := a.deps.Identity.SetupNeeded(ctx)
	if err != nil {
		return nil, err
	}
	out := &setupState{}
	out.Body.Needed, out.Body.Demo, out.Body.Version, out.Body.Secure = needed, a.deps.Demo, a.deps.Version, a.secure
	out.Body.DemoRoles = a.demoRoles(ctx)
	out.Body.Mail, out.Body.Passkeys = a.deps.Identity.Posts(), a.deps.Identity.TakesPasskeys(aboutOf(ctx).client.Host)
	return out, nil
}

// demoRoles are those who can do something at the host that was asked: the
// operators' console is for staff, and other hosts know none.
func (a *api) demoRoles(ctx context.Context) []identity.Role {
	switch {
	case !a.deps.Demo:
		return []identity.Role{}
	case a.console == nil:
		return []identity.Role{identity.Attendant, identity.Supervisor, identity.Admin, identity.CostReader}
	case aboutOf(ctx).console:
		return []identity.Role{identity.Admin, identity.CostReader}
	}
	return []identity.Role{identity.Attendant, identity.Supervisor, identity.Admin}
}

type setUpInput struct {
	Body struct {
		Token       string      `json:"token" maxLength:"100"`
		CompanyName string      `json:"company_name" maxLength:"200"`
		Name        string      `json:"name" maxLength:"200"`
		Email       string      `json:"email" maxLength:"254"`
		Password    secret.Text `json:"password" maxLength:"800"`
		Locale      string      `json:"locale,omitempty" enum:"pt-BR,en"`
		Timezone    string      `json:"timezone,omitempty" maxLength:"64"`
	}
}

func (a *api) setUp(ctx context.Context, in *setUpInput) (*signIn, error) {
	grant, err := a.deps.Identity.SetUp(ctx, identity.Setup{
		Token:   secret.New(in.Body.Token),
		Company: tenancy.Draft{Name: in.Body.CompanyName, Locale: in.Body.Locale, Timezone: in.Body.Timezone},
		User:    identity.Draft{Email: in.Body.Email, Name: in.Body.Name, Password: in.Body.Password, Locale: in.Body.Locale},
	}, aboutOf(ctx).client)
	if err != nil {
		return nil, err
	}
	return a.signedIn(ctx, grant), nil
}

type demoInput struct {
	Body struct {
		Role identity.Role `json:"role" enum:"attendant,supervisor,admin,cost"`
	}
}

func (a *api) openDemoSession(ctx context.Context, in *demoInput) (*signIn, error) {
	grant, err := a.deps.Identity.SignInDemo(ctx, in.Body.Role, aboutOf(ctx).client)
	if err != nil {
		return nil, err
	}
	return a.signedIn(ctx, grant), nil
}
