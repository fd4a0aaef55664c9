package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/modules/consent"
	"prosa/internal/modules/identity"
)

func (a *api) registerConsent() {
	handle(a, route{
		id: "get-consents", method: http.MethodGet, path: "/contacts/{contact}/consents", tag: "contact", needs: identity.ContactRead,
		summary: "What a customer allowed and forbade to be sent, with the ledger behind it.",
	}, a.getConsents)
	handle(a, route{
		id: "write-consent", method: http.MethodPost, path: "/contacts/{contact}/consents", tag: "contact", needs: identity.ContactWrite,
		summary: "Write down what a customer said elsewhere; a yes needs its proof.",
	}, a.writeConsent)
	handle(a, route{
		id: "list-consents", method: http.MethodGet, path: "/consents", tag: "contact", needs: identity.ContactRead,
		summary: "The ledger of all customers, newest first.",
	}, a.listConsents)
	handle(a, route{
		id: "get-consent-rule", method: http.MethodGet, path: "/consent-rule", tag: "contact", needs: identity.ContactRead,
		summary: "Whether marketing asks for a yes first.",
	}, a.getConsentRule)
	handle(a, route{
		id: "set-consent-rule", method: http.MethodPut, path: "/consent-rule", tag: "contact", needs: identity.CompanyManage,
		summary: "Decide whether marketing asks for a yes first.",
	}, a.setConsentRule)
}

type consentsOutput struct{ Body consent.View }

func (a *api) getConsents(ctx context.Context, in *ContactPath) (*consentsOutput, error) {
	view, err := a.deps.Consents.Of(ctx, caller(ctx).TenantID(), in.Contact)
	return &consentsOutput{view}, err
}

type writeConsentInput struct {
	ContactPath
	Body struct {
		Topic   string `json:"topic,omitempty" maxLength:"80" doc:"marketing when absent."`
		Granted bool   `json:"granted"`
		Proof   string `json:"proof,omitempty" maxLength:"2000" doc:"By what: a signed form, their words on the telephone."`
	}
}

func (a *api) writeConsent(ctx context.Context, in *writeConsentInput) (*consentsOutput, error) {
	who := caller(ctx)
	view, err := a.deps.Consents.Write(ctx, consent.WriteDown{
		TenantID: who.TenantID(), ContactID: in.Contact, Topic: consent.TopicOf(in.Body.Topic), Granted: in.Body.Granted, Proof: in.Body.Proof,
		Actor: who.Actor(), IP: who.ClientIP,
	})
	return &consentsOutput{view}, err
}

type listConsentsInput struct {
	Paging
	Topic   string `query:"topic" maxLength:"40"`
	Granted string `query:"granted" enum:"true,false"`
}

func (a *api) listConsents(ctx context.Context, in *listConsentsInput) (*listing[consent.Entry], error) {
	var granted *bool
	if in.Granted != "" {
		yes := in.Granted == "true"
		granted = &yes
	}
	return listed(a.deps.Consents.List(ctx, caller(ctx).TenantID(), in.Topic, granted, in.Cursor, in.Limit))
}

type consentRuleOutput struct{ Body consent.Rule }

func (a *api) getConsentRule(ctx context.Context, _ *struct{}) (*consentRuleOutput, error) {
	rule, err := a.deps.Consents.Rule(ctx, caller(ctx).TenantID())
	return &consentRuleOutput{rule}, err
}

type setConsentRuleInput struct{ Body consent.Rule }

func (a *api) setConsentRule(ctx context.Context, in *setConsentRuleInput) (*consentRuleOutput, error) {
	who := caller(ctx)
	err := a.deps.Consents.SetRule(ctx, who.TenantID(), in.Body, who.Actor(), who.ClientIP)
	return &consentRuleOutput{in.Body}, err
}
