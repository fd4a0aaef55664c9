package httpapi

import (
	"context"
	"net/http"
	"time"

	"prosa/internal/base/secret"
	"prosa/internal/modules/acquisition"
)

// signupLife is that of the cookie of a purchase.
const signupLife = 30 * 24 * time.Hour

func (a *api) registerSignup() {
	handle(a, route{
		id: "list-trades", method: http.MethodGet, path: "/trades", tag: "signup", needs: anybody,
		summary: "What companies do, with the bots that each begins with.",
	}, func(_ context.Context, in *localeInput) (*all[acquisition.Trade], error) {
		return whole(acquisition.Trades(in.Locale), nil)
	})
	handle(a, route{
		id: "get-terms", method: http.MethodGet, path: "/terms", tag: "signup", needs: anybody,
		summary: "The terms of today.",
	}, func(_ context.Context, in *localeInput) (*termsOutput, error) {
		terms, err := acquisition.CurrentTerms(in.Locale)
		return &termsOutput{terms}, err
	})
	handle(a, route{
		id: "begin-signup", method: http.MethodPost, path: "/signup", tag: "signup", needs: anybody, status: http.StatusCreated,
		summary: "Begin a purchase; a cookie keeps it for this browser. Reasons: signup_closed, plan_withdrawn, interval_not_offered, too_many_attempts.",
	}, a.beginSignup)
	handle(a, route{
		id: "get-signup", method: http.MethodGet, path: "/signup", tag: "signup", needs: anybody,
		summary: "The purchase of this browser. Reason: no_journey.",
	}, func(ctx context.Context, in *SignupCookie) (*journeyOutput, error) {
		return shownJourney(a.deps.Signup.Look(ctx, in.token()))
	})
	handle(a, route{
		id: "change-signup", method: http.MethodPatch, path: "/signup", tag: "signup", needs: anybody,
		summary: "Save what was typed, right or wrong: problems tells what is wrong with it. While the provider's page is open, this goes back to the form. Reason: journey_locked.",
	}, a.changeSignup)
	handle(a, route{
		id: "send-signup-code", method: http.MethodPost, path: "/signup/code", tag: "signup", needs: anybody, status: http.StatusNoContent,
		summary: "Mail a code that proves the e-mail: 8 characters, 10 minutes, 5 tries. Reasons: email_missing, email_proven, mail_off, too_many_codes (429, with Retry-After).",
	}, func(ctx context.Context, in *SignupCookie) (*struct{}, error) {
		return nil, a.deps.Signup.SendCode(ctx, in.token(), a.visitor(ctx))
	})
	handle(a, route{
		id: "prove-signup-email", method: http.MethodPost, path: "/signup/proof", tag: "signup", needs: anybody,
		summary: "Take the code that was mailed. Reasons: bad_code, code_expired, code_tries.",
	}, a.proveSignup)
	handle(a, route{
		id: "accept-terms", method: http.MethodPost, path: "/signup/terms", tag: "signup", needs: anybody,
		summary: "Agree to the terms, as they were shown. Reason: terms_changed.",
	}, a.acceptTerms)
	a.registerSignupPayment()
	a.registerSignupReturn()
}

// registerSignupPayment is how a purchase is paid.
func (a *api) registerSignupPayment() {
	handle(a, route{
		id: "pay-signup", method: http.MethodPost, path: "/signup/checkout", tag: "signup", needs: anybody,
		summary: "Begin the payment: checkout.url is the provider's page, empty while it is being opened (look again). A trial without payment answers the state paid. " +
			"Reasons: journey_incomplete (with the fields), company_exists, plan_withdrawn, interval_not_offered, method_unknown, coupon_unknown, coupon_expired, coupon_exhausted, coupon_not_for_plan.",
	}, a.paySignup)
	handle(a, route{
		id: "pay-signup-again", method: http.MethodPost, path: "/signup/again", tag: "signup", needs: anybody,
		summary: "Open another page of the provider in place of one that was declined, expired or left. Reasons as of pay-signup.",
	}, func(ctx context.Context, in *SignupCookie) (*journeyOutput, error) {
		return shownJourney(a.deps.Signup.Again(ctx, in.token(), a.visitor(ctx)))
	})
	handle(a, route{
		id: "cancel-signup", method: http.MethodPost, path: "/signup/cancel", tag: "signup", needs: anybody,
		summary: "Give the purchase up, as long as nothing was paid. Reason: journey_locked.",
	}, func(ctx context.Context, in *SignupCookie) (*journeyOutput, error) {
		return shownJourney(a.deps.Signup.GiveUp(ctx, in.token()))
	})
}

// registerSignupReturn is how a visitor comes back, and in.
func (a *api) registerSignupReturn() {
	handle(a, route{
		id: "resume-signup", method: http.MethodPost, path: "/signup/resume", tag: "signup", needs: anybody, status: http.StatusNoContent,
		summary: "Mail the link to a purchase that was begun with an e-mail. The answer is the same whether there is one or not. Reason: too_many_attempts.",
	}, func(ctx context.Context, in *resumeSignupInput) (*struct{}, error) {
		return nil, a.deps.Signup.AskResume(ctx, in.Body.Email, a.visitor(ctx))
	})
	handle(a, route{
		id: "open-signup", method: http.MethodPost, path: "/signup/open", tag: "signup", needs: anybody,
		summary: "Open a purchase in this browser by the link of a letter. Reason: no_journey.",
	}, a.openSignup)
	handle(a, route{
		id: "show-activation", method: http.MethodPost, path: "/signup/activation", tag: "signup", needs: anybody,
		summary: "The link of the first admin, for the browser that bought. Reasons: not_ready, activated.",
	}, a.showActivation)
	handle(a, route{
		id: "send-activation", method: http.MethodPost, path: "/signup/activation/letter", tag: "signup", needs: anybody, status: http.StatusNoContent,
		summary: "Mail the link of the first admin once more. Reasons: not_ready, activated, mail_off, too_many_letters (429, with Retry-After).",
	}, func(ctx context.Context, in *SignupCookie) (*struct{}, error) {
		return nil, a.deps.Signup.SendActivation(ctx, in.token())
	})
	handle(a, route{
		id: "get-contract", method: http.MethodGet, path: "/signup/contract.pdf", tag: "signup", needs: anybody,
		summary: "The accepted terms with the company's data. Reasons: no_journey, terms_missing, terms_changed.",
	}, a.getContract)
}

type localeInput struct {
	Locale string `query:"locale" enum:"pt-BR,en" default:"pt-BR"`
}

type termsOutput struct{ Body acquisition.Terms }

type journeyOutput struct{ Body acquisition.Journey }

func shownJourney(journey acquisition.Journey, err error) (*journeyOutput, error) {
	if err != nil {
		return nil, err
	}
	return &journeyOutput{journey}, nil
}

// journeyBegun is an answer that gives the browser its cookie.
type journeyBegun struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      acquisition.Journey
}

// SignupCookie is which purchase a call is about; the browser tells, not the
// caller.
type SignupCookie struct {
	Secure string `cookie:"__Host-acq" hidden:"true"`
	Plain  string `cookie:"acq" hidden:"true"`
}

func (c SignupCookie) token() secret.Text {
	if c.Secure != "" {
		return secret.New(c.Secure)
	}
	return secret.New(c.Plain)
}

// visitor is who makes a call without being anybody's.
func (a *api) visitor(ctx context.Context) acquisition.Visitor {
	return acquisition.Visitor{IP: aboutOf(ctx).client.IP}
}

// acquisitionCookie carries the token of a purchase. As that of a session, it is
// a __Host- one where browsers reach us by https.
func (a *api) acquisitionCookie(token secret.Text) http.Cookie {
	name := "acq"
	if a.secure {
		name = "__Host-acq"
	}
	return http.Cookie{
		Name: name, Value: token.Reveal(), Path: "/", MaxAge: int(signupLife / time.Second), Secure: a.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

type beginSignupInput struct {
	Body struct {
		VersionID string `json:"version_id" maxLength:"40"`
		Interval  string `json:"interval" enum:"month,year"`
		Locale    string `json:"locale" enum:"pt-BR,en"`
		Coupon    string `json:"coupon,omitempty" maxLength:"40"`
	}
}

func (a *api) beginSignup(ctx context.Context, in *beginSignupInput) (*journeyBegun, error) {
	token, journey, err := a.deps.Signup.Begin(ctx, acquisition.Beginning{
		VersionID: in.Body.VersionID, Interval: in.Body.Interval, Locale: in.Body.Locale, Coupon: in.Body.Coupon,
	}, a.visitor(ctx))
	if err != nil {
		return nil, err
	}
	return &journeyBegun{SetCookie: a.acquisitionCookie(token), Body: journey}, nil
}

type changeSignupInput struct {
	SignupCookie
	Body signupPatch
}

// signupPatch is what was typed; absent leaves a field as it is.
type signupPatch struct {
	Name                  *string `json:"name,omitempty" maxLength:"200"`
	Email                 *string `json:"email,omitempty" maxLength:"254"`
	Phone                 *string `json:"phone,omitempty" maxLength:"40"`
	VersionID             *string `json:"version_id,omitempty" maxLength:"40"`
	Interval              *string `json:"interval,omitempty" enum:"month,year"`
	Coupon                *string `json:"coupon,omitempty" maxLength:"40" doc:"Empty for none."`
	Kind                  *string `json:"kind,omitempty" enum:"company,person"`
	TaxID                 *string `json:"tax_id,omitempty" maxLength:"40"`
	TaxIDConfirmed        *bool   `json:"tax_id_confirmed,omitempty"`
	LegalName             *string `json:"legal_name,omitempty" maxLength:"150"`
	TradeName             *string `json:"trade_name,omitempty" maxLength:"120"`
	StateRegistration     *string `json:"state_registration,omitempty" maxLength:"20"`
	MunicipalRegistration *string `json:"municipal_registration,omitempty" maxLength:"20"`
	Regime                *string `json:"regime,omitempty" maxLength:"20" doc:"simples, presumido, real, mei; empty for not told."`
	FiscalEmail           *string `json:"fiscal_email,omitempty" maxLength:"254"`
	ISSWithheld           *bool   `json:"iss_withheld,omitempty"`
	ZIP                   *string `json:"zip,omitempty" maxLength:"20"`
	Street                *string `json:"street,omitempty" maxLength:"120"`
	Number                *string `json:"number,omitempty" maxLength:"20"`
	Complement            *string `json:"complement,omitempty" maxLength:"60"`
	District              *string `json:"district,omitempty" maxLength:"60"`
	City                  *string `json:"city,omitempty" maxLength:"60"`
	CityCode              *string `json:"city_code,omitempty" maxLength:"20"`
	State                 *string `json:"state,omitempty" maxLength:"40"`
	Trade                 *string `json:"trade,omitempty" maxLength:"40"`
	SampleCatalog         *bool   `json:"sample_catalog,omitempty"`
	SecondContract        *bool   `json:"second_contract,omitempty" doc:"Another contract of a company that has one is meant."`
}

func (a *api) changeSignup(ctx context.Context, in *changeSignupInput) (*journeyOutput, error) {
	return shownJourney(a.deps.Signup.Change(ctx, in.token(), acquisition.Patch(in.Body)))
}

type proveSignupInput struct {
	SignupCookie
	Body struct {
		Code string `json:"code" maxLength:"40"`
	}
}

func (a *api) proveSignup(ctx context.Context, in *proveSignupInput) (*journeyOutput, error) {
	return shownJourney(a.deps.Signup.Prove(ctx, in.token(), in.Body.Code, a.visitor(ctx)))
}

type acceptTermsInput struct {
	SignupCookie
	Body struct {
		Version string `json:"version" maxLength:"40"`
		Hash    string `json:"hash" maxLength:"64"`
	}
}

func (a *api) acceptTerms(ctx context.Context, in *acceptTermsInput) (*journeyOutput, error) {
	return shownJourney(a.deps.Signup.Agree(ctx, in.token(), in.Body.Version, in.Body.Hash, a.visitor(ctx)))
}

type paySignupInput struct {
	SignupCookie
	Body struct {
		Method string `json:"method,omitempty" enum:"card,pix,boleto" doc:"Absent leaves the choice to the provider's page."`
	}
}

func (a *api) paySignup(ctx context.Context, in *paySignupInput) (*journeyOutput, error) {
	return shownJourney(a.deps.Signup.Pay(ctx, in.token(), in.Body.Method, a.visitor(ctx)))
}

type resumeSignupInput struct {
	Body struct {
		Email string `json:"email" maxLength:"254"`
	}
}

type openSignupInput struct {
	Body struct {
		Token string `json:"token" maxLength:"100"`
	}
}

func (a *api) openSignup(ctx context.Context, in *openSignupInput) (*journeyBegun, error) {
	token, journey, err := a.deps.Signup.Resume(ctx, secret.New(in.Body.Token))
	if err != nil {
		return nil, err
	}
	return &journeyBegun{SetCookie: a.acquisitionCookie(token), Body: journey}, nil
}

type activationLink struct {
	Body struct {
		URL string `json:"url" doc:"The page on which the first admin chooses a password. It opens a door: show it to this browser alone."`
	}
}

func (a *api) showActivation(ctx context.Context, in *SignupCookie) (*activationLink, error) {
	url, err := a.deps.Signup.ActivationLink(ctx, in.token())
	if err != nil {
		return nil, err
	}
	out := &activationLink{}
	out.Body.URL = url
	return out, nil
}

type contractFile struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (a *api) getContract(ctx context.Context, in *SignupCookie) (*contractFile, error) {
	file, name, err := a.deps.Signup.Contract(ctx, in.token())
	if err != nil {
		return nil, err
	}
	return &contractFile{ContentType: "application/pdf", Disposition: `attachment; filename="` + name + `"`, Body: file}, nil
}
