package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

	"prosa/internal/base/secret"
	"prosa/internal/modules/identity"
)

func (a *api) registerStep() {
	handle(a, route{
		id: "sign-in-second-step", method: http.MethodPost, path: "/session/factor", tag: "session", needs: anybody, status: http.StatusCreated,
		answers: map[int]any{http.StatusCreated: me{}},
		summary: "Finish a sign-in by the second factor, in the browser that began. Reasons: bad_code, challenge_over (401), too_many_attempts (429).",
	}, a.secondStep)
	handle(a, route{
		id: "ask-passkey", method: http.MethodPost, path: "/session/passkey/begin", tag: "session", needs: anybody, status: http.StatusAccepted,
		answers: map[int]any{http.StatusAccepted: secondStep{}},
		summary: "Begin a sign-in by passkey alone. Reason: passkeys_off.",
	}, a.askPasskey)
	handle(a, route{
		id: "sign-in-by-passkey", method: http.MethodPost, path: "/session/passkey", tag: "session", needs: anybody, status: http.StatusCreated,
		answers: map[int]any{http.StatusCreated: me{}},
		summary: "Sign in by passkey alone. Reasons: bad_passkey, challenge_over (401).",
	}, a.signInByPasskey)
	handle(a, route{
		id: "ask-step-up", method: http.MethodPost, path: "/session/step-up/passkey", tag: "session", needs: signedIn,
		summary: "What the browser's passkeys are asked to prove again who is signed in.",
	}, a.askStepUp)
	handle(a, route{
		id: "step-up", method: http.MethodPost, path: "/session/step-up", tag: "session", needs: signedIn, status: http.StatusNoContent,
		summary: "Prove again who is signed in, for the operations marked x-fresh and ten minutes: by the second factor, or by the password of who has none. Reasons: bad_code, wrong_password, factor_needed, challenge_over (403), too_many_attempts (429).",
	}, a.stepUp)
}

// secondStep is what is left of a sign-in.
type secondStep struct {
	ExpiresMS int64           `json:"expires_ms"`
	Methods   []string        `json:"methods" doc:"How it may be taken: totp, passkey, recovery."`
	Passkey   json.RawMessage `json:"passkey,omitempty" doc:"What navigator.credentials.get takes, with bytes as base64url; absent without a passkey."`
}

func (a *api) askStep(step identity.Challenge) *signIn {
	return &signIn{
		Status: http.StatusAccepted, SetCookie: []http.Cookie{a.stepCookie(step.Token)},
		Body: secondStep{ExpiresMS: step.ExpiresMS, Methods: step.Methods, Passkey: step.Passkey},
	}
}

// StepToken is the cookie of the browser that began. huma reads embedded fields of
// exported types only.
type StepToken struct {
	Plain  string `cookie:"step" hidden:"true"`
	Secure string `cookie:"__Host-step" hidden:"true"`
}

func (s StepToken) token(secure bool) secret.Text {
	if secure {
		return secret.New(s.Secure)
	}
	return secret.New(s.Plain)
}

type secondStepInput struct {
	StepToken
	Body struct {
		Code     string          `json:"code,omitempty" maxLength:"20" doc:"Of the app."`
		Recovery string          `json:"recovery,omitempty" maxLength:"60" doc:"A recovery code."`
		Passkey  json.RawMessage `json:"passkey,omitempty" doc:"The credential as JSON."`
	}
}

func (a *api) secondStep(ctx context.Context, in *secondStepInput) (*signIn, error) {
	grant, err := a.deps.Identity.SecondStep(ctx, in.token(a.secure),
		identity.Proof{Code: in.Body.Code, Recovery: in.Body.Recovery, Passkey: in.Body.Passkey}, aboutOf(ctx).client)
	if err != nil {
		return nil, err
	}
	return a.signedIn(ctx, grant), nil
}

func (a *api) askPasskey(ctx context.Context, _ *struct{}) (*signIn, error) {
	step, err := a.deps.Identity.OfferPasskey(ctx, aboutOf(ctx).client)
	if err != nil {
		return nil, err
	}
	return a.askStep(step), nil
}

type passkeyInput struct {
	StepToken
	Body struct {
		Passkey json.RawMessage `json:"passkey" doc:"The credential as JSON."`
	}
}

func (a *api) signInByPasskey(ctx context.Context, in *passkeyInput) (*signIn, error) {
	grant, err := a.deps.Identity.SignInByPasskey(ctx, in.token(a.secure), in.Body.Passkey, aboutOf(ctx).client)
	if err != nil {
		return nil, err
	}
	return a.signedIn(ctx, grant), nil
}

// passkeyOptions is what the browser's passkeys are asked.
type passkeyOptions struct {
	Body struct {
		Passkey json.RawMessage `json:"passkey" doc:"What navigator.credentials takes, with bytes as base64url."`
	}
}

func (a *api) askStepUp(ctx context.Context, _ *struct{}) (*passkeyOptions, error) {
	options, err := a.deps.Identity.AskStepUp(ctx, caller(ctx))
	out := &passkeyOptions{}
	out.Body.Passkey = options
	return out, err
}

type stepUpInput struct {
	Body struct {
		Password secret.Text     `json:"password,omitempty" required:"false" maxLength:"800"`
		Code     string          `json:"code,omitempty" maxLength:"20"`
		Passkey  json.RawMessage `json:"passkey,omitempty"`
	}
}

func (a *api) stepUp(ctx context.Context, in *stepUpInput) (*struct{}, error) {
	return nil, a.deps.Identity.StepUp(ctx, caller(ctx),
		identity.Proof{Password: in.Body.Password, Code: in.Body.Code, Passkey: in.Body.Passkey}, aboutOf(ctx).client)
}
